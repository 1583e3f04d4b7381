//! The example queries: files, published data, and answers at addresses of their own.

use affiche::ingest::{Door, queries};
use affiche::model::Base;

fn base() -> Base {
    "https://data.example.org".parse().unwrap()
}

#[test]
fn every_query_of_the_program_is_read_without_a_fault() {
    let door = Door::new(&base()).unwrap();
    let faults: Vec<String> = queries::faults(door.queries())
        .map(|(file, fault)| format!("{file}:{}: {}", fault.line, fault.message.en))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(door.queries().len() >= 24);
}
