//! The HTTP interface: the only async module. Handlers are thin: they negotiate, cross to
//! blocking code once ([`blocking`]), and answer.
//!
//! The whole URL space is in [`router`]. A new address is a line there and a handler; a new
//! kind of failure is a row in [`problem`].

pub mod blocking;
pub mod negotiate;
pub mod problem;
mod sparql;
