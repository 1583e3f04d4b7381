//! The head of an example's file: what is said of the query, in the comments before it.

use crate::model::{Base, Text};
use crate::query::examples::Fault;
use crate::query::examples::parameter::{Parameter, Type};

/// What the head of a file says.
#[derive(Debug, Default)]
pub struct Header {
    pub title: Text,
    pub about: Text,
    pub keywords: (Vec<String>, Vec<String>),
    pub may_be_empty: Option<Text>,
    /// Without their defaults, which the query has.
    pub parameters: Vec<(usize, Parameter)>,
    /// How many lines it takes.
    pub lines: usize,
}

/// A statement of the head: its line, its key, and its value with the lines that go on with it.
struct Statement<'t> {
    line: usize,
    key: &'t str,
    value: String,
    /// What is said of a parameter, below it.
    properties: Vec<(usize, &'t str, &'t str)>,
}

/// Reads the head of a file; every fault is told.
pub fn read(text: &str, base: &Base, faults: &mut Vec<Fault>) -> Header {
    let mut header = Header {
        lines: text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .count(),
        ..Header::default()
    };
    let mut given: Vec<&str> = Vec::new();
    let mut empty = Text::default();
    for statement in statements(text, header.lines, faults) {
        let Statement {
            line, key, value, ..
        } = &statement;
        if given.contains(key) {
            faults.push(Fault::new(
                *line,
                format!("`{key}` est déjà dit plus haut ; gardez-en un seul."),
                format!("`{key}` is said above already; keep one of them."),
            ));
            continue;
        }
        given.push(key);
        if value.is_empty() {
            faults.push(Fault::new(
                *line,
                format!("`{key}` est vide ; écrivez-le après les deux-points."),
                format!("`{key}` is empty; write it after the colon."),
            ));
        }
        match *key {
            "title (fr)" => header.title.fr.clone_from(value),
            "title (en)" => header.title.en.clone_from(value),
            "about (fr)" => header.about.fr.clone_from(value),
            "about (en)" => header.about.en.clone_from(value),
            "keywords (fr)" => header.keywords.0 = list(value),
            "keywords (en)" => header.keywords.1 = list(value),
            "may be empty (fr)" => empty.fr.clone_from(value),
            "may be empty (en)" => empty.en.clone_from(value),
            _ => match key.strip_prefix("parameter ") {
                Some(name) => {
                    if let Some(parameter) = parameter(name, &statement, base, faults) {
                        header.parameters.push((*line, parameter));
                    }
                }
                None => faults.push(Fault::new(
                    *line,
                    format!(
                        "`{key}` n’est pas connu ici ; il y a `title`, `about`, `keywords`, `may be empty`, suivis de `(fr)` ou `(en)`, et `parameter`."
                    ),
                    format!(
                        "`{key}` is not known here; there are `title`, `about`, `keywords`, `may be empty`, followed by `(fr)` or `(en)`, and `parameter`."
                    ),
                )),
            },
        }
    }
    for wanted in [
        "title (fr)",
        "title (en)",
        "about (fr)",
        "about (en)",
        "keywords (fr)",
        "keywords (en)",
    ] {
        if !given.contains(&wanted) {
            faults.push(missing(1, wanted));
        }
    }
    match (empty.fr.is_empty(), empty.en.is_empty()) {
        (true, true) => {}
        (false, false) => header.may_be_empty = Some(empty),
        (true, false) => faults.push(missing(1, "may be empty (fr)")),
        (false, true) => faults.push(missing(1, "may be empty (en)")),
    }
    header
}

fn missing(line: usize, key: &str) -> Fault {
    Fault::new(
        line,
        format!("Il manque `# {key}: …`."),
        format!("There is no line `# {key}: …`"),
    )
}

fn statements<'t>(text: &'t str, lines: usize, faults: &mut Vec<Fault>) -> Vec<Statement<'t>> {
    let mut all: Vec<Statement<'t>> = Vec::new();
    for (place, whole) in text.lines().take(lines).enumerate() {
        let line = place + 1;
        let rest = whole.strip_prefix('#').unwrap_or_default();
        if rest.trim().is_empty() {
            continue;
        }
        let misplaced = || {
            Fault::new(
                line,
                "Une ligne de l’en-tête est `# clé: valeur` ; ce qui la poursuit commence par `#   `, avec trois espaces.",
                "A line of the head is `# key: value`; what goes on with it begins with `#   `, with three spaces.",
            )
        };
        if let Some(more) = rest.strip_prefix("   ") {
            let more = more.trim();
            match all.last_mut() {
                Some(last) if last.key.starts_with("parameter ") => match more.split_once(':') {
                    Some((key, value)) => last.properties.push((line, key.trim(), value.trim())),
                    None => faults.push(misplaced()),
                },
                Some(last) => {
                    last.value.push(' ');
                    last.value.push_str(more);
                }
                None => faults.push(misplaced()),
            }
            continue;
        }
        let statement = rest.strip_prefix(' ').filter(|rest| !rest.starts_with(' '));
        match statement.and_then(|statement| statement.split_once(':')) {
            Some((key, value)) => all.push(Statement {
                line,
                key: key.trim(),
                value: value.trim().to_owned(),
                properties: Vec::new(),
            }),
            None => faults.push(misplaced()),
        }
    }
    all
}

fn list(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Names that mean something else in the addresses of queries.
const RESERVED: &[&str] = &["format", "lang", "timeout", "query"];

fn parameter(
    name: &str,
    statement: &Statement<'_>,
    base: &Base,
    faults: &mut Vec<Fault>,
) -> Option<Parameter> {
    let line = statement.line;
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 40
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !RESERVED.contains(&name);
    if !is_name {
        faults.push(Fault::new(
            line,
            format!(
                "`{name}` ne peut pas nommer un paramètre ; il faut au plus 40 lettres et chiffres sans accents, une minuscule d’abord, et ni `format`, ni `lang`, ni `timeout`, ni `query`."
            ),
            format!(
                "`{name}` cannot name a parameter; it takes at most 40 letters and digits without accents, a small letter first, and neither `format` nor `lang` nor `timeout` nor `query`."
            ),
        ));
        return None;
    }
    let (takes, is_several) = match statement.value.split_once(',') {
        Some((takes, several)) if several.trim() == "several" => (takes.trim(), true),
        _ => (statement.value.as_str(), false),
    };
    let Some(takes) = Type::named(takes, base) else {
        faults.push(Fault::new(
            line,
            format!(
                "`{}` n’est pas un type de paramètre ; écrivez par exemple `date`, `entity`, `concept vocab/disciplines` ou `iri, several`.",
                statement.value
            ),
            format!(
                "`{}` is no type of parameter; write for example `date`, `entity`, `concept vocab/disciplines` or `iri, several`.",
                statement.value
            ),
        ));
        return None;
    };
    let mut parameter = Parameter {
        name: name.to_owned(),
        takes,
        is_several,
        label: Text::default(),
        min: None,
        max: None,
        among: Vec::new(),
        example: None,
        default: Vec::new(),
    };
    for (line, key, value) in &statement.properties {
        let value = (*value).to_owned();
        match *key {
            "label (fr)" => parameter.label.fr = value,
            "label (en)" => parameter.label.en = value,
            "min" => parameter.min = Some(value),
            "max" => parameter.max = Some(value),
            "among" => parameter.among = value.split_whitespace().map(str::to_owned).collect(),
            "example" => parameter.example = Some(value),
            _ => faults.push(Fault::new(
                *line,
                format!(
                    "`{key}` n’est pas connu d’un paramètre ; il y a `label (fr)`, `label (en)`, `min`, `max`, `among` et `example`."
                ),
                format!(
                    "`{key}` is not known of a parameter; there are `label (fr)`, `label (en)`, `min`, `max`, `among` and `example`."
                ),
            )),
        }
    }
    if parameter.label.fr.is_empty() {
        faults.push(missing(line, "  label (fr)"));
    }
    if parameter.label.en.is_empty() {
        faults.push(missing(line, "  label (en)"));
    }
    let bounds = [&parameter.min, &parameter.max];
    for bound in bounds.into_iter().flatten() {
        let fits = match parameter.takes {
            Type::Date => bound.len() == 10,
            _ => parameter.takes.is_number() && bound.parse::<f64>().is_ok(),
        };
        if !fits {
            faults.push(Fault::new(
                line,
                format!("`{bound}` ne peut pas borner ce type de paramètre."),
                format!("`{bound}` cannot bound this type of parameter."),
            ));
        }
    }
    match &parameter.example {
        None if parameter.takes == Type::Entity => {}
        None => faults.push(missing(line, "  example")),
        Some(example) => {
            if let Err(bad) = parameter.read(example, base) {
                faults.push(Fault {
                    line,
                    message: bad.detail,
                });
            }
        }
    }
    Some(parameter)
}
