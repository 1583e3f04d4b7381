//! The door: everything that comes in passes here, whatever it is and whoever sends it.
//!
//! `importers` read bytes, `normalise` brings what was read to the form of the model and tells
//! the sender every value that it rewrote. A new format is one file in `importers` and one line
//! in its table; a new rule is one row in `normalise::RULES` and the function that does it.

pub mod builtin;
pub mod importers;
