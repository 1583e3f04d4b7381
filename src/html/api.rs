//! The HTTP interface, to be read by people who write programs for it.

use crate::html::shown::Prose;
use crate::html::{PageError, Site, render};
use askama::Template;

/// All operations, in the order of the router.
#[derive(Clone, Debug)]
pub struct Api {
    pub operations: Vec<Operation>,
}

/// One method of one address, in the reader's language.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub summary: String,
    pub needs_token: bool,
    /// Name and meaning of what may stand after `?` and in headers.
    pub parameters: Vec<(String, String)>,
    /// The media types of what can be sent.
    pub takes: Vec<String>,
    /// The media types of what can be had.
    pub gives: Vec<String>,
    /// Each status and what it means.
    pub answers: Vec<(u16, String)>,
}

#[derive(Template)]
#[template(path = "api.html")]
struct Page<'a> {
    site: Site<'a>,
    operations: Vec<Shown<'a>>,
}

struct Shown<'a> {
    operation: &'a Operation,
    summary: Prose,
    parameters: Vec<(&'a str, Prose)>,
    answers: Vec<(u16, Prose)>,
}

impl Api {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let operations = self.operations.iter().map(|operation| Shown {
            operation,
            summary: Prose::new(&operation.summary),
            parameters: operation
                .parameters
                .iter()
                .map(|(name, about)| (name.as_str(), Prose::new(about)))
                .collect(),
            answers: operation
                .answers
                .iter()
                .map(|(status, about)| (*status, Prose::new(about)))
                .collect(),
        });
        render(&Page {
            site,
            operations: operations.collect(),
        })
    }
}
