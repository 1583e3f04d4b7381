//! Finding entities by their names: the index behind the search box, completion and lists from A
//! to Z. It knows no HTTP, and the store is read only to say what an entity is called; a follower
//! keeps the index in step with the log (`app`).
