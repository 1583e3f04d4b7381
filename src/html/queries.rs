//! The pages of the example queries: their list, and each with a form for its parameters.

use crate::html::shown::{Prose, best};
use crate::html::sparql::{Answer, View};
use crate::html::{PageError, Site, render};
use crate::model::Text;
use askama::Template;
use oxrdf::Literal;

/// The list of the example queries.
#[derive(Clone, Debug, Default)]
pub struct Queries {
    pub queries: Vec<QueryLine>,
    /// Until which generation they were tried; `None` before they ever were.
    pub tried: Option<u64>,
}

/// A query in the list.
#[derive(Clone, Debug)]
pub struct QueryLine {
    pub name: String,
    pub title: Text,
    pub about: Text,
    pub state: QueryState,
}

/// Whether a query works over the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryState {
    Untried,
    Answers,
    /// It runs and finds nothing; when that is to be expected.
    Empty(Option<Text>),
    /// Why it does not: where in the file, and what.
    Broken(Vec<(Option<usize>, Text)>),
}

/// The page of one query.
#[derive(Clone, Debug)]
pub struct Query {
    pub name: String,
    pub title: Text,
    pub about: Text,
    pub keywords: Text,
    pub fields: Vec<Field>,
    /// The query with the values of the form.
    pub text: String,
    pub state: QueryState,
    pub answer: Option<Answer>,
    /// The same answer in other formats: a name and an address.
    pub downloads: Vec<(String, String)>,
    /// The address of the answer in the first format, for programs.
    pub address: Option<String>,
    /// The description in RDF: a name and an address.
    pub described: Vec<(String, String)>,
}

/// A parameter in the form.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub label: Text,
    /// What it takes.
    pub told: Text,
    pub input: Input,
    pub values: Vec<String>,
    pub is_several: bool,
    /// Whether any value will do when none is given.
    pub is_optional: bool,
}

/// How a value is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A value, and what it is called.
    Choice(Vec<(String, Vec<Literal>)>),
    Date {
        min: Option<String>,
        max: Option<String>,
    },
    Number {
        min: Option<String>,
        max: Option<String>,
        /// Whether it may have decimals.
        is_decimal: bool,
    },
    Text,
}

#[derive(Template)]
#[template(path = "queries.html")]
struct ListPage<'a> {
    site: Site<'a>,
    working: Vec<ListLine<'a>>,
    broken: Vec<ListLine<'a>>,
    count: usize,
    tried: Option<String>,
}

struct ListLine<'a> {
    href: String,
    title: &'a str,
    about: &'a str,
    /// Why it finds nothing, when it does.
    empty: Option<String>,
    faults: Vec<(Option<String>, Prose)>,
}

#[derive(Template)]
#[template(path = "query.html")]
struct OnePage<'a> {
    site: Site<'a>,
    title: &'a str,
    about: &'a str,
    keywords: &'a str,
    action: String,
    fields: Vec<FieldView<'a>>,
    text: &'a str,
    editor: String,
    faults: Vec<(Option<String>, Prose)>,
    empty: Option<String>,
    answer: Option<View<'a>>,
    downloads: &'a [(String, String)],
    address: Option<String>,
    described: &'a [(String, String)],
}

struct FieldView<'a> {
    name: &'a str,
    label: &'a str,
    /// Nothing where the choices tell it.
    told: Option<Prose>,
    /// `date`, `number`, `text`; `None` for a choice.
    kind: Option<&'static str>,
    min: Option<&'a str>,
    max: Option<&'a str>,
    step: Option<&'static str>,
    /// Value, what it is called, and whether it is chosen.
    choices: Vec<(&'a str, String, bool)>,
    /// One input for each, the last of them empty where another may be given.
    inputs: Vec<(String, &'a str)>,
    is_several: bool,
    is_optional: bool,
    is_chosen: bool,
}

impl Queries {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let lines = self.queries.iter().map(|query| ListLine {
            href: site.at(&format!("/queries/{}", query.name)),
            title: query.title.get(site.lang),
            about: query.about.get(site.lang),
            empty: nothing(&query.state, &site),
            faults: faults(&query.state, &site),
        });
        let (broken, working): (Vec<_>, Vec<_>) = lines.partition(|line| !line.faults.is_empty());
        render(&ListPage {
            site,
            count: working.len(),
            working,
            broken,
            tried: self.tried.map(|generation| site.number(&generation)),
        })
    }
}

impl Query {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let is_without_rows = match &self.answer {
            Some(Answer::Table { rows, .. }) => rows.is_empty(),
            Some(Answer::Graph { triples, .. }) => triples.is_empty(),
            _ => false,
        };
        let query =
            percent_encoding::utf8_percent_encode(&self.text, percent_encoding::NON_ALPHANUMERIC);
        render(&OnePage {
            site,
            title: self.title.get(site.lang),
            about: self.about.get(site.lang),
            keywords: self.keywords.get(site.lang),
            action: site.at(&format!("/queries/{}", self.name)),
            fields: self.fields.iter().map(|field| field.view(&site)).collect(),
            text: &self.text,
            editor: site.at(&format!("/sparql?query={query}")),
            faults: faults(&self.state, &site),
            empty: nothing(&self.state, &site).filter(|_| is_without_rows),
            answer: self.answer.as_ref().map(|answer| View::of(answer, &site)),
            downloads: &self.downloads,
            address: self
                .address
                .as_ref()
                .map(|path| format!("{}{path}", site.base)),
            described: &self.described,
        })
    }
}

/// That a query finds nothing, and when that is to be expected.
fn nothing(state: &QueryState, site: &Site<'_>) -> Option<String> {
    match state {
        QueryState::Empty(Some(when)) => {
            Some(site.say_with("query-empty-when", "when", when.get(site.lang)))
        }
        QueryState::Empty(None) => Some(site.say("query-empty")),
        _ => None,
    }
}

fn faults(state: &QueryState, site: &Site<'_>) -> Vec<(Option<String>, Prose)> {
    let QueryState::Broken(faults) = state else {
        return Vec::new();
    };
    faults
        .iter()
        .map(|(line, message)| {
            let line =
                line.map(|line| site.say_with("query-line", "line", site.number(&(line as u64))));
            (line, Prose::new(message.get(site.lang)))
        })
        .collect()
}

impl Field {
    fn view<'a>(&'a self, site: &Site<'_>) -> FieldView<'a> {
        let mut view = FieldView {
            name: &self.name,
            label: self.label.get(site.lang),
            told: match &self.input {
                Input::Choice(_) => None,
                _ => Some(Prose::new(self.told.get(site.lang))),
            },
            kind: None,
            min: None,
            max: None,
            step: None,
            choices: Vec::new(),
            inputs: Vec::new(),
            is_several: self.is_several,
            is_optional: self.is_optional,
            is_chosen: !self.values.is_empty(),
        };
        match &self.input {
            Input::Choice(choices) => {
                let mut choices: Vec<(&str, String, bool)> = choices
                    .iter()
                    .map(|(value, names)| {
                        let name = best(names, site.lang);
                        let name = name.map_or(value.as_str(), Literal::value).to_owned();
                        (value.as_str(), name, self.values.contains(value))
                    })
                    .collect();
                choices.sort_by_key(|choice| choice.1.to_lowercase());
                view.choices = choices;
                return view;
            }
            Input::Date { min, max } => {
                view.kind = Some("date");
                view.min = min.as_deref();
                view.max = max.as_deref();
            }
            Input::Number {
                min,
                max,
                is_decimal,
            } => {
                view.kind = Some("number");
                view.min = min.as_deref();
                view.max = max.as_deref();
                view.step = Some(if *is_decimal { "any" } else { "1" });
            }
            Input::Text => view.kind = Some("text"),
        }
        let more = usize::from(self.is_several || self.values.is_empty());
        let values = self.values.iter().map(String::as_str);
        let values = values.chain(std::iter::repeat_n("", more));
        view.inputs = values
            .enumerate()
            .map(|(place, value)| {
                let id = match place {
                    0 => format!("value-{}", self.name),
                    _ => format!("value-{}-{place}", self.name),
                };
                (id, value)
            })
            .collect();
        view
    }
}
