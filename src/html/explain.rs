//! How a query would be run, in words.

use crate::html::{PageError, Site, render};
use crate::model::Text;
use askama::Template;
use askama::filters::HtmlSafe;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// The text in the form.
    pub query: String,
    /// None before there is a query.
    pub explanation: Option<Explanation>,
}

/// What is known of a query without running it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// It runs in this process, else in a worker.
    pub is_here: bool,
    pub is_cacheable: bool,
    /// Why it does not run in this process.
    pub reasons: Vec<Text>,
    /// Rows and reads, as they are written.
    pub estimate: Option<(String, String)>,
    /// Each with what was perhaps meant.
    pub warnings: Vec<(Text, Option<String>)>,
    pub steps: Option<PlanStep>,
    /// The key of each limit and its value.
    pub limits: Vec<(String, String)>,
}

/// A step of the plan with those below it.
#[derive(Clone, Debug)]
pub struct PlanStep {
    pub what: Text,
    /// As they are written.
    pub rows: String,
    pub reads: String,
    pub steps: Vec<PlanStep>,
}

#[derive(Template)]
#[template(path = "explain.html")]
struct Page<'a> {
    site: Site<'a>,
    query: &'a str,
    run: String,
    explanation: Option<View<'a>>,
}

struct View<'a> {
    explanation: &'a Explanation,
    reasons: Vec<&'a str>,
    warnings: Vec<(&'a str, Option<&'a str>)>,
    steps: Option<Node<'a>>,
}

#[derive(Template)]
#[template(path = "explain-step.html")]
struct Node<'a> {
    what: &'a str,
    numbers: String,
    steps: Vec<Node<'a>>,
}

impl HtmlSafe for Node<'_> {}

impl<'a> Node<'a> {
    fn new(step: &'a PlanStep, site: Site<'_>) -> Self {
        Self {
            what: step.what.get(site.lang),
            numbers: crate::i18n::text(
                site.lang,
                "explain-numbers",
                &[
                    ("rows", step.rows.as_str().into()),
                    ("reads", step.reads.as_str().into()),
                ],
            ),
            steps: step
                .steps
                .iter()
                .map(|below| Self::new(below, site))
                .collect(),
        }
    }
}

impl Explained {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let run = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", &self.query)
            .finish();
        render(&Page {
            site,
            query: &self.query,
            run: site.at(&format!("/sparql?{run}")),
            explanation: self.explanation.as_ref().map(|explanation| View {
                explanation,
                reasons: explanation
                    .reasons
                    .iter()
                    .map(|reason| reason.get(site.lang))
                    .collect(),
                warnings: explanation
                    .warnings
                    .iter()
                    .map(|(text, instead)| (text.get(site.lang), instead.as_deref()))
                    .collect(),
                steps: explanation.steps.as_ref().map(|step| Node::new(step, site)),
            }),
        })
    }
}
