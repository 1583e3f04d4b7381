//! Example queries: files of SPARQL with what is said of them in comments, and with typed
//! parameters.
//!
//! A file is a query that runs as it is in any SPARQL tool. Its head, the comments before the
//! first other line, is read by [`header`](self) and told in
//! `docs/how-to/add-an-example-query.md`. Each parameter is bound in the query by a `VALUES` of
//! its own, whose values are the default; other values take their place in the algebra, never in
//! the text.

mod header;
mod known;
mod parameter;
mod scan;

pub use parameter::{BadValue, MOST_VALUES, Parameter, Row, TYPES, Type};

use crate::model::{Base, Text};
use crate::query::normal::are_same;
use crate::query::{Form, syntax, values};
use crate::rdf::sparql::{self, Most, TooMuch};
use spargebra::term::GroundTerm;
use spargebra::{Query, SparqlParser};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// How much an example may nest: it is read where the stack is small.
const MOST: Most = Most {
    levels: 40,
    operators: 2_000,
};

/// A query to start from, or to ask with other values.
#[derive(Clone, Debug)]
pub struct Example {
    /// The last part of its address.
    pub name: String,
    pub title: Text,
    pub about: Text,
    /// In French, and in English.
    pub keywords: (Vec<String>, Vec<String>),
    /// When it has no answer though nothing is wrong; `None` when it always has one.
    pub may_be_empty: Option<Text>,
    pub parameters: Vec<Parameter>,
    pub form: Form,
    /// The query with its defaults, its IRIs in full.
    pub text: String,
    /// The prefixes that it declares, and their namespaces in full.
    pub prefixes: Vec<(String, String)>,
    query: Query,
}

/// Where an example comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It comes with the program.
    Program,
    /// It is a file of the operator.
    File(PathBuf),
}

/// Something wrong with the file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    pub message: Text,
}

impl Fault {
    fn new(line: usize, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            line,
            message: Text::new(fr, en),
        }
    }
}

/// A file that is to be an example.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub origin: Origin,
    /// The whole file.
    pub file: String,
    pub read: Result<Example, Vec<Fault>>,
}

/// An example with the values that somebody gave.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The query with the values put into its algebra.
    pub query: Query,
    /// The same with the values typed in; it was parsed again, and means that query.
    pub text: String,
    /// The values of each parameter as they stand in an address; none where any will do.
    pub values: BTreeMap<String, Vec<String>>,
    /// The parameters that were given a value, with it: whether there is such a thing is for
    /// [`Parameter::is_known`].
    pub given: Vec<(Parameter, GroundTerm)>,
}

impl Entry {
    /// Reads a file. What is wrong with it is kept, so that it can be shown.
    pub fn read(name: &str, file: &str, base: &Base, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            origin,
            file: file.to_owned(),
            read: Example::read(name, file, base),
        }
    }
}

/// Whether a file of this name, without its ending, can be an example: the name is its address.
pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

impl Example {
    /// Reads the text of a file. Relative IRIs stand for our own.
    ///
    /// # Errors
    /// Every fault of the head, or the first of the query.
    pub fn read(name: &str, file: &str, base: &Base) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let file = file.strip_prefix('\u{feff}').unwrap_or(file);
        let header = header::read(file, base, &mut faults);
        let body: Vec<&str> = file.lines().skip(header.lines).collect();
        let text = scan::with_absolute_iris(body.join("\n").trim(), base);
        let Some(query) = parse(&text, base) else {
            faults.push(unreadable(file, base));
            return Err(faults);
        };
        let mut example = Self {
            name: name.to_owned(),
            title: header.title,
            about: header.about,
            keywords: header.keywords,
            may_be_empty: header.may_be_empty,
            parameters: Vec::new(),
            form: form(&query),
            prefixes: scan::prefixes(&text),
            text,
            query,
        };
        let bindings = values::bindings(&mut example.query);
        for (line, parameter) in header.parameters {
            match with_default(parameter, &bindings, base) {
                Ok(parameter) => example.parameters.push(parameter),
                Err(message) => faults.push(Fault { line, message }),
            }
        }
        if faults.is_empty() {
            Ok(example)
        } else {
            Err(faults)
        }
    }

    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
    }

    /// The query with other values: names and values as they stand in an address. An empty value
    /// is none: forms send those.
    ///
    /// # Errors
    /// Every value that its parameter does not take, and every parameter that there is not.
    pub fn bind(&self, given: &[(String, String)], base: &Base) -> Result<Bound, Vec<BadValue>> {
        let mut bad = Vec::new();
        for (name, value) in given {
            if self.parameter(name).is_none() {
                bad.push(self.no_such(name, value));
            }
        }
        let mut bound = Bound {
            query: self.query.clone(),
            text: self.text.clone(),
            values: BTreeMap::new(),
            given: Vec::new(),
        };
        for parameter in &self.parameters {
            let values: Vec<&str> = given
                .iter()
                .filter(|(name, value)| *name == parameter.name && !value.trim().is_empty())
                .map(|(_, value)| value.trim())
                .collect();
            let most = if parameter.is_several { MOST_VALUES } else { 1 };
            if values.len() > most {
                bad.push(too_many(parameter, values.len(), most));
                continue;
            }
            let mut rows: values::Rows = Vec::new();
            for value in values {
                match parameter.read(value, base) {
                    // The same value twice would double the answer.
                    Ok(term) if rows.contains(&Some(term.clone())) => {}
                    Ok(term) => rows.push(Some(term)),
                    Err(fault) => bad.push(fault),
                }
            }
            if rows.is_empty() {
                rows.clone_from(&parameter.default);
            } else {
                let terms = rows.iter().flatten();
                bound
                    .given
                    .extend(terms.map(|term| (parameter.clone(), term.clone())));
                values::bind(&mut bound.query, &parameter.name, &rows);
                bound.text = with_values(&bound.text, &parameter.name, &rows);
            }
            let spelled = rows.iter().flatten();
            let spelled = spelled.map(|term| parameter.spell(term, base)).collect();
            bound.values.insert(parameter.name.clone(), spelled);
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        // The text is for who runs it, the algebra says what it must mean.
        let is_meant =
            parse(&bound.text, base).is_some_and(|written| are_same(&written, &bound.query));
        if !is_meant {
            return Err(vec![not_written()]);
        }
        Ok(bound)
    }

    fn no_such(&self, name: &str, value: &str) -> BadValue {
        let known: Vec<String> = self
            .parameters
            .iter()
            .map(|parameter| format!("`{}`", parameter.name))
            .collect();
        let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
        let detail = if known.is_empty() {
            Text::new(
                format!("Le paramètre `{shown}` n’existe pas : cette requête n’en a aucun."),
                format!("There is no parameter `{shown}`: this query has none."),
            )
        } else {
            let known = known.join(", ");
            Text::new(
                format!("Le paramètre `{shown}` n’existe pas ; cette requête a {known}."),
                format!("There is no parameter `{shown}`; this query has {known}."),
            )
        };
        BadValue {
            parameter: shown,
            value: value.chars().take(40).collect(),
            detail,
        }
    }
}

/// That a value cannot be written into the text: no value of any type should be such a one.
fn not_written() -> BadValue {
    BadValue {
        parameter: String::new(),
        value: String::new(),
        detail: Text::new(
            "Ces valeurs ne peuvent pas être mises dans la requête.",
            "These values cannot be put into the query.",
        ),
    }
}

fn too_many(parameter: &Parameter, given: usize, most: usize) -> BadValue {
    let name = &parameter.name;
    BadValue {
        parameter: name.clone(),
        value: given.to_string(),
        detail: Text::new(
            format!("`{name}` est donné {given} fois ; il peut l’être {most} fois au plus."),
            format!("`{name}` is given {given} times; it may be given {most} times at most."),
        ),
    }
}

fn form(query: &Query) -> Form {
    match query {
        Query::Select { .. } => Form::Select,
        Query::Ask { .. } => Form::Ask,
        Query::Construct { .. } => Form::Construct,
        Query::Describe { .. } => Form::Describe,
    }
}

/// The query of a text; nothing when it is none, or nests too deeply to be read here.
fn parse(text: &str, base: &Base) -> Option<Query> {
    sparql::check(text, MOST).ok()?;
    parser(base)?.parse_query(text).ok()
}

fn parser(base: &Base) -> Option<SparqlParser> {
    SparqlParser::new().with_base_iri(format!("{base}/")).ok()
}

/// Why the query of a file cannot be read.
fn unreadable(file: &str, base: &Base) -> Fault {
    if let Err(too_much) = sparql::check(file, MOST) {
        let line = match too_much {
            TooMuch::Depth { line, .. } | TooMuch::Doubled { line, .. } => line,
            TooMuch::Operators => 1,
        };
        return Fault::new(
            line,
            "La requête est imbriquée trop profondément pour un exemple, ou a trop d’opérateurs.",
            "The query is nested too deeply for an example, or has too many operators.",
        );
    }
    // The head is comments, so that lines are those of the file.
    let fault = syntax::fault(file, &|text| {
        let error = parser(base)?.parse_query(text).err()?;
        Some(error.to_string())
    });
    Fault::new(
        fault.position.map_or(1, |(line, _)| line),
        format!("La requête ne se lit pas. {}", fault.text.fr),
        format!("The query cannot be read. {}", fault.text.en),
    )
}

/// A parameter with the default that the query gives it.
fn with_default(
    mut parameter: Parameter,
    bindings: &[(String, values::Rows)],
    base: &Base,
) -> Result<Parameter, Text> {
    let name = &parameter.name;
    let mut own = bindings
        .iter()
        .filter(|(variable, _)| variable == name)
        .map(|(_, rows)| rows);
    let Some(rows) = own.next() else {
        return Err(Text::new(
            format!("La requête ne lie pas `{name}` ; écrivez-y `VALUES ?{name} {{ … }}`."),
            format!("The query does not bind `{name}`; write `VALUES ?{name} {{ … }}` there."),
        ));
    };
    if own.any(|other| other != rows) {
        return Err(Text::new(
            format!(
                "La requête lie `{name}` à plusieurs valeurs par défaut ; donnez partout la même."
            ),
            format!("The query binds `{name}` to several defaults; give the same everywhere."),
        ));
    }
    if rows.is_empty() || (rows.len() > 1 && (!parameter.is_several || rows.contains(&None))) {
        return Err(Text::new(
            format!(
                "`{name}` a {} valeurs par défaut ; il en faut une, ou `several` après le type.",
                rows.len()
            ),
            format!(
                "`{name}` has {} default values; it takes one, or `several` after the type.",
                rows.len()
            ),
        ));
    }
    for term in rows.iter().flatten() {
        let spelled = parameter.spell(term, base);
        let is_read = parameter.read(&spelled, base).map_err(|bad| bad.detail)? == *term;
        if !is_read {
            return Err(Text::new(
                format!(
                    "La valeur par défaut de `{name}` est `{term}` ; ce type de paramètre l’écrirait autrement."
                ),
                format!(
                    "The default of `{name}` is `{term}`; this type of parameter would write it otherwise."
                ),
            ));
        }
    }
    parameter.default.clone_from(rows);
    Ok(parameter)
}

/// The text with other values in the blocks of a variable.
fn with_values(text: &str, name: &str, rows: &[Option<GroundTerm>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for block in scan::blocks(text) {
        if block.variable != name {
            continue;
        }
        out.push_str(text.get(done..block.range.start).unwrap_or_default());
        let _ = write!(out, "VALUES ?{name} {{");
        for row in rows {
            match row {
                Some(term) => {
                    let _ = write!(out, " {term}");
                }
                None => out.push_str(" UNDEF"),
            }
        }
        out.push_str(" }");
        done = block.range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
