//! Validates data against shapes with the library alone: no server, no data folder.
//!
//! ```sh
//! cargo run --example validate -- data.ttl shapes.ttl
//! ```

use affiche::rdf::compact::Builder;
use affiche::rdf::parse::{ParseOptions, Syntax, parse, parse_each};
use affiche::shapes::{Bounds, Classes, Shapes, Validation};
use std::error::Error;
use std::ops::ControlFlow;
use std::process::ExitCode;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, shapes] = &arguments[..] else {
        return Err("name two files of Turtle: the data, then the shapes".into());
    };

    // Shapes are compiled once. What is ill-formed is refused, with all faults and their places.
    let options = ParseOptions::default();
    let shapes = parse(&std::fs::read(shapes)?, Syntax::Turtle, &options)?;
    let shapes = Shapes::compile(&shapes.graph)?;

    // Any quads will do: what implements `affiche::rdf::Quads` can be validated where it is.
    let mut builder = Builder::default();
    parse_each(
        &std::fs::read(data)?,
        Syntax::Turtle,
        &options,
        &mut |triple| {
            builder.push(triple.as_ref());
        },
    )?;
    let graph = builder.finish();

    // SHACL takes the class hierarchy from the data; an ontology can be read in its place.
    let classes = Classes::read(&graph)?;

    // Results come one by one, so that a million of them need no memory.
    let bounds = Bounds {
        results: 1_000_000,
        ..Bounds::NONE
    };
    let mut count = 0;
    let validation = Validation::new(&shapes, &graph, &classes).within(bounds);
    validation.all(&mut |result| {
        count += 1;
        println!("{}: {}", result.focus, result.text().en);
        ControlFlow::Continue(())
    })?;
    Ok(ExitCode::from(u8::from(count > 0)))
}
