//! The standards' own test suites, driven by their manifests.
//!
//! The suites are not part of the project: they are read from `../shared/conformance`, and where
//! that folder is absent the tests say so and pass.

mod shacl_core;
