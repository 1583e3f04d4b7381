//! The example queries in the description: an address each, with its own parameters.

use crate::model::Base;
use crate::query::examples::{Example, Parameter, Type};
use crate::query::formats_of;
use serde_json::{Map, Value, json};

/// The address of a query, and what `GET` does there.
pub fn path(example: &Example, base: &Base) -> (String, Value) {
    let mut parameters: Vec<Value> = example
        .parameters
        .iter()
        .map(|row| parameter(row, base))
        .collect();
    let formats: Vec<&str> = formats_of(example.form).map(|row| row.name).collect();
    parameters.push(json!({
        "name": "format",
        "in": "query",
        "description": "The format of the answer; goes before `Accept`.",
        "schema": { "type": "string", "enum": formats },
    }));
    let mut content = Map::new();
    for format in formats_of(example.form) {
        content.insert(format.media_type.to_owned(), json!({}));
    }
    content.insert("text/html".to_owned(), json!({}));
    let problem = json!({
        "description": "A value is not one that its parameter takes, or a limit was reached.",
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
        } },
    });
    let get = json!({
        "operationId": format!("example_{}", example.name.replace('-', "_")),
        "summary": example.title.en,
        "description": example.about.en,
        "tags": ["examples"],
        "parameters": parameters,
        "responses": {
            "200": { "description": "Its answer.", "content": content },
            "default": problem,
        },
    });
    (format!("/queries/{}", example.name), json!({ "get": get }))
}

fn parameter(parameter: &Parameter, base: &Base) -> Value {
    let mut one = json!({ "type": match parameter.takes {
        Type::Year | Type::Integer => "integer",
        Type::Decimal => "number",
        Type::Boolean => "boolean",
        _ => "string",
    } });
    match parameter.takes {
        Type::Date => one["format"] = json!("date"),
        Type::Iri => one["format"] = json!("iri"),
        Type::Year => {
            one["minimum"] = json!(1000);
            one["maximum"] = json!(9999);
        }
        Type::Text => one["maxLength"] = json!(200),
        _ => {}
    }
    let number = |text: &String| text.parse::<serde_json::Number>().ok();
    if let Some(min) = parameter.min.as_ref().and_then(number) {
        one["minimum"] = min.into();
    }
    if let Some(max) = parameter.max.as_ref().and_then(number) {
        one["maximum"] = max.into();
    }
    if !parameter.among.is_empty() {
        one["enum"] = json!(parameter.among);
    }
    let typed = |text: String| match one["type"].as_str() {
        Some("integer" | "number" | "boolean") => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        _ => Value::String(text),
    };
    let defaults = parameter.default.iter().flatten();
    let mut defaults: Vec<Value> = defaults
        .map(|term| typed(parameter.spell(term, base)))
        .collect();
    let example = parameter.example.clone().map(typed);
    let mut schema = if parameter.is_several {
        json!({ "type": "array", "items": one })
    } else {
        one
    };
    if parameter.is_several && !defaults.is_empty() {
        schema["default"] = Value::Array(defaults);
    } else if let Some(default) = defaults.pop() {
        schema["default"] = default;
    }
    let (label, takes) = (&parameter.label.en, parameter.told().en);
    let mut described = json!({
        "name": parameter.name,
        "in": "query",
        "description": format!("{label}: {takes}."),
        "schema": schema,
    });
    if let Some(example) = example {
        described["example"] = if parameter.is_several {
            json!([example])
        } else {
            example
        };
    }
    described
}
