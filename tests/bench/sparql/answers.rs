//! Whether servers give the same answer, however each of them writes it.

use serde_json::Value;
use std::collections::BTreeSet;

/// An answer as sorted lines that can be compared: the rows of a table with their number, the
/// triples of a graph, or a truth value.
///
/// # Panics
/// When it is no answer.
pub fn normal(body: &[u8], is_graph: bool) -> Vec<String> {
    if is_graph {
        // A set: a server may say a triple twice.
        let triples: BTreeSet<String> = oxttl::NTriplesParser::new()
            .for_slice(body)
            .map(|triple| triple.expect("N-Triples").to_string())
            .collect();
        return triples.into_iter().collect();
    }
    let answer: Value = serde_json::from_slice(body).expect("JSON");
    if let Some(truth) = answer["boolean"].as_bool() {
        return vec![truth.to_string()];
    }
    let variables: Vec<&str> = answer["head"]["vars"]
        .as_array()
        .expect("variables")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let rows = answer["results"]["bindings"].as_array().expect("rows");
    // Virtuoso's way to say true or false.
    if variables == ["__ASK_RETVAL"] {
        let is_true = rows.iter().any(|row| row["__ASK_RETVAL"]["value"] == "1");
        return vec![is_true.to_string()];
    }
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let terms: Vec<String> = variables
                .iter()
                .map(|variable| term(&row[*variable]))
                .collect();
            terms.join(" ")
        })
        .collect();
    lines.sort();
    lines
}

/// One value. Numbers are compared as such: `1`, `1.0` and `"1"^^xsd:decimal` are the same.
fn term(value: &Value) -> String {
    let text = value["value"].as_str().unwrap_or_default();
    let language = value["xml:lang"].as_str().unwrap_or_default();
    let datatype = value["datatype"].as_str().unwrap_or_default();
    let is_number = ["integer", "decimal", "double", "int"]
        .iter()
        .any(|name| datatype.ends_with(name));
    match text.parse::<f64>() {
        Ok(number) if is_number => format!("{number:.6}"),
        _ => format!("{text}@{language}"),
    }
}
