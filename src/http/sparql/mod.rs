//! The SPARQL endpoint.

mod nesting;
mod prepare;
