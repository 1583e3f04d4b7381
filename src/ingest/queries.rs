//! The example queries: which there are, and how they are published.
//!
//! Those in `examples/queries/` come with the program; an operator adds files of their own by the
//! key `queries` of the configuration. Each is described at `{base}/queries/{name}` in the form
//! that SPARQL editors look for: <https://github.com/sib-swiss/sparql-examples>.

use crate::ingest::{Door, builtin};
use crate::model::vocabulary::{PREFIXES, owl, rdf, rdfs, schema, sh, skos, xsd};
use crate::model::{Base, Lang, Text};
use crate::query::Form;
use crate::query::examples::{Entry, Example, Fault, Origin, Parameter, Type, is_name};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The largest file of an example.
pub const FILE_BYTES: u64 = 64 << 10;

/// Below the base, where the queries are.
const FOLDER: &str = "queries/";

/// A folder or file of example queries that cannot be used at all.
#[derive(Debug)]
pub struct QueryFilesError {
    pub path: PathBuf,
    pub problem: QueryFileProblem,
}

impl std::error::Error for QueryFilesError {}

impl fmt::Display for QueryFilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path.display(), self.problem)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum QueryFileProblem {
    #[error(
        "the query is called like the file without `.rq`: words of the characters a-z and 0-9 with `-` between them, 64 characters at most, as in `lieux-par-jauge.rq`; rename the file"
    )]
    Name,
    #[error("a query of the name `{0}` comes with the program; rename the file")]
    OfTheProgram(String),
    #[error("it cannot be read ({0}); mend it, or `queries` in the configuration")]
    Unreadable(#[from] io::Error),
    #[error("it has more than {FILE_BYTES} bytes, the most that an example query may have")]
    TooLarge,
    #[error("it is not UTF-8 text")]
    NotText,
}

/// The example queries that come with the program, by name.
pub(super) fn builtin(base: &Base) -> BTreeMap<String, Entry> {
    builtin::files()
        .filter_map(|(path, bytes)| {
            let name = path
                .strip_prefix("examples/queries/")?
                .strip_suffix(".rq")?;
            let text = String::from_utf8_lossy(&bytes);
            let entry = Entry::read(name, &text, base, Origin::Program);
            Some((name.to_owned(), entry))
        })
        .collect()
}

impl Door {
    /// All example queries, those of the operator too, by name; those at fault as well.
    pub fn queries(&self) -> &BTreeMap<String, Entry> {
        &self.queries
    }

    /// Adds the example queries in an operator's folder. A file whose query or head is at fault
    /// is kept with its faults, to be shown.
    ///
    /// # Errors
    /// When the folder cannot be read, or a file cannot be an example query at all.
    pub fn add_queries(&mut self, folder: &Path) -> Result<(), QueryFilesError> {
        let at = |path: &Path, problem: QueryFileProblem| QueryFilesError {
            path: path.to_owned(),
            problem,
        };
        let unreadable = |error: io::Error| at(folder, error.into());
        let mut paths = Vec::new();
        for file in fs::read_dir(folder).map_err(unreadable)? {
            let path = file.map_err(unreadable)?.path();
            if path.extension().is_some_and(|ending| ending == "rq") {
                paths.push(path);
            }
        }
        paths.sort_unstable();
        for path in paths {
            let entry = self
                .query_of_file(&path)
                .map_err(|problem| at(&path, problem))?;
            self.queries.insert(entry.name.clone(), entry);
        }
        for triple in described(&self.queries, &self.base) {
            self.ontology.insert(triple);
        }
        Ok(())
    }

    fn query_of_file(&self, path: &Path) -> Result<Entry, QueryFileProblem> {
        let name = path.file_stem().and_then(|name| name.to_str());
        let name = name.filter(|name| is_name(name));
        let name = name.ok_or(QueryFileProblem::Name)?;
        if self.queries.contains_key(name) {
            return Err(QueryFileProblem::OfTheProgram(name.to_owned()));
        }
        let mut bytes = Vec::new();
        File::open(path)?
            .take(FILE_BYTES + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_BYTES {
            return Err(QueryFileProblem::TooLarge);
        }
        let text = String::from_utf8(bytes).map_err(|_| QueryFileProblem::NotText)?;
        let origin = Origin::File(path.to_owned());
        Ok(Entry::read(name, &text, &self.base, origin))
    }
}

/// The faults of all example queries: the file, and what is wrong on which line.
pub fn faults(queries: &BTreeMap<String, Entry>) -> impl Iterator<Item = (String, &Fault)> {
    queries.values().flat_map(|entry| {
        let file = match &entry.origin {
            Origin::Program => format!("{}.rq", entry.name),
            Origin::File(path) => path.display().to_string(),
        };
        let faults = entry.read.as_ref().err().into_iter().flatten();
        faults.map(move |fault| (file.clone(), fault))
    })
}

/// What is published of the queries that can be read.
pub(super) fn described(queries: &BTreeMap<String, Entry>, base: &Base) -> Vec<Triple> {
    let mut triples = prefixes(queries, base);
    let examples = queries
        .values()
        .filter_map(|entry| entry.read.as_ref().ok());
    triples.extend(examples.flat_map(|example| described_query(example, base)));
    triples
}

/// The prefixes that they use, for all together.
fn prefixes(queries: &BTreeMap<String, Entry>, base: &Base) -> Vec<Triple> {
    let collection = base.join(FOLDER);
    let mut triples = vec![
        Triple::new(collection.clone(), rdf::TYPE, owl::ONTOLOGY),
        in_language(&collection, rdfs::LABEL, "Les requêtes exemples", Lang::Fr),
        in_language(&collection, rdfs::LABEL, "The example queries", Lang::En),
    ];
    let mut declared: BTreeMap<&str, String> = PREFIXES
        .iter()
        .map(|(prefix, namespace)| (*prefix, (*namespace).to_owned()))
        .collect();
    declared.insert("sv", base.sv("").into_string());
    for example in queries
        .values()
        .filter_map(|entry| entry.read.as_ref().ok())
    {
        for (prefix, namespace) in &example.prefixes {
            if !prefix.is_empty() {
                declared.entry(prefix).or_insert_with(|| namespace.clone());
            }
        }
    }
    for (prefix, namespace) in declared {
        let node = base.join(&format!("{FOLDER}#prefix-{prefix}"));
        let text = |text: &str| Literal::new_simple_literal(text);
        triples.extend([
            Triple::new(collection.clone(), sh::DECLARE, node.clone()),
            Triple::new(node.clone(), rdf::TYPE, sh::PREFIX_DECLARATION),
            Triple::new(node.clone(), sh::PREFIX, text(prefix)),
            Triple::new(
                node,
                sh::NAMESPACE,
                Literal::new_typed_literal(namespace, xsd::ANY_URI),
            ),
        ]);
    }
    triples
}

fn described_query(example: &Example, base: &Base) -> Vec<Triple> {
    let node = base.join(&format!("{FOLDER}{}", example.name));
    let (class, property) = match example.form {
        Form::Select => (sh::SPARQL_SELECT_EXECUTABLE, sh::SELECT),
        Form::Ask => (sh::SPARQL_ASK_EXECUTABLE, sh::ASK),
        Form::Construct => (sh::SPARQL_CONSTRUCT_EXECUTABLE, sh::CONSTRUCT),
        // The editors have this class; SHACL has none for DESCRIBE.
        Form::Describe => (sh::SPARQL_DESCRIBE_EXECUTABLE, sh::DESCRIBE),
    };
    let text = Literal::new_simple_literal(&example.text);
    let mut triples = vec![
        Triple::new(node.clone(), rdf::TYPE, sh::SPARQL_EXECUTABLE),
        Triple::new(node.clone(), rdf::TYPE, class),
        Triple::new(node.clone(), property, text),
        Triple::new(node.clone(), sh::PREFIXES, base.join(FOLDER)),
        Triple::new(node.clone(), schema::TARGET, base.join("sparql")),
    ];
    triples.extend(both(&node, rdfs::LABEL, &example.title));
    triples.extend(both(&node, rdfs::COMMENT, &example.about));
    let (fr, en) = &example.keywords;
    for (words, lang) in [(fr, Lang::Fr), (en, Lang::En)] {
        let words = words.iter();
        triples.extend(words.map(|word| in_language(&node, schema::KEYWORDS, word, lang)));
    }
    for (place, parameter) in example.parameters.iter().enumerate() {
        let part = base.join(&format!("{FOLDER}{}#{}", example.name, parameter.name));
        triples.push(Triple::new(
            node.clone(),
            base.sv("parameter"),
            part.clone(),
        ));
        triples.extend(described_parameter(parameter, place, part, base));
    }
    triples
}

fn described_parameter(
    parameter: &Parameter,
    place: usize,
    node: NamedNode,
    base: &Base,
) -> Vec<Triple> {
    let mut triples = Vec::new();
    let mut say = |property: NamedNodeRef<'_>, value: Term| {
        triples.push(Triple::new(node.clone(), property, value));
    };
    let text = |text: &str| Term::from(Literal::new_simple_literal(text));
    say(rdf::TYPE, base.sv("Parameter").into());
    say(schema::VALUE_NAME, text(&parameter.name));
    let place = i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1);
    say(schema::POSITION, Literal::from(place).into());
    say(
        schema::MULTIPLE_VALUES,
        Literal::from(parameter.is_several).into(),
    );
    // None of them has to be given: without, the default holds.
    say(schema::VALUE_REQUIRED, Literal::from(false).into());
    let range = match &parameter.takes {
        Type::Iri | Type::Entity | Type::Source | Type::Profile => rdfs::RESOURCE,
        Type::Concept(_) => skos::CONCEPT,
        Type::Scheme => skos::CONCEPT_SCHEME,
        typed => typed.datatype().unwrap_or(rdfs::RESOURCE),
    };
    say(schema::RANGE_INCLUDES, range.into_owned().into());
    if let Type::Concept(scheme) = &parameter.takes {
        say(rdfs::SEE_ALSO, scheme.clone().into());
    }
    for term in parameter.default.iter().flatten() {
        say(schema::DEFAULT_VALUE, text(&parameter.spell(term, base)));
    }
    if let Some(min) = &parameter.min {
        say(schema::MIN_VALUE, text(min));
    }
    if let Some(max) = &parameter.max {
        say(schema::MAX_VALUE, text(max));
    }
    for value in &parameter.among {
        say(schema::VALUE_PATTERN, text(value));
    }
    triples.extend(both(&node, rdfs::LABEL, &parameter.label));
    triples
}

fn both<'t>(
    node: &'t NamedNode,
    property: NamedNodeRef<'static>,
    text: &'t Text,
) -> impl Iterator<Item = Triple> + 't {
    let langs = Lang::ALL.into_iter();
    langs.map(move |lang| in_language(node, property, text.get(lang), lang))
}

fn in_language(node: &NamedNode, property: NamedNodeRef<'_>, text: &str, lang: Lang) -> Triple {
    let text = Literal::new_language_tagged_literal_unchecked(text, lang.tag());
    Triple::new(node.clone(), property, text)
}
