//! The performance history of the New York Philharmonic, as its archives publish it in JSON: the
//! worked example of docs/how-to/add-an-importer.md.
//!
//! A programme becomes a production, each of its concerts a performance, each work on it a work
//! with its composer; conductor and soloists become contributions to the production. What the
//! archives call a thing by is its key, so that a later edition of the file changes what changed.

use super::{Importer, ReadError, ReadOptions, Reading};
use crate::ingest::identify::normalised_name;
use crate::model::vocabulary::{rdf, schema};
use crate::rdf::Graph;
use crate::rdf::nesting::{Nesting, too_deep};
use crate::rdf::parse::check_size;
use oxrdf::{BlankNode, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

pub(super) const IMPORTER: Importer = Importer {
    name: "nyphil",
    media_types: &[],
    extensions: &[],
    about: (
        "L'histoire des concerts du New York Philharmonic, en JSON",
        "The performance history of the New York Philharmonic, in JSON",
    ),
    recognises: |start| {
        start.starts_with('{') && start.contains("\"programs\"") && start.contains("\"programID\"")
    },
    read,
};

/// Why the file could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the performance history of the New York Philharmonic: {0}")]
pub struct NyPhilError(String);

#[derive(Deserialize)]
struct History {
    programs: Vec<Program>,
}

#[derive(Deserialize)]
struct Program {
    #[serde(rename = "programID")]
    id: String,
    #[serde(default)]
    orchestra: Value,
    #[serde(default)]
    season: Value,
    #[serde(default)]
    concerts: Vec<Concert>,
    #[serde(default)]
    works: Vec<Work>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Concert {
    #[serde(default, rename = "eventType")]
    event_type: Value,
    #[serde(default)]
    location: Value,
    #[serde(default)]
    venue: Value,
    #[serde(default)]
    date: Value,
    #[serde(default)]
    time: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Work {
    #[serde(rename = "ID")]
    id: String,
    #[serde(default)]
    composer_name: Value,
    #[serde(default)]
    work_title: Value,
    #[serde(default)]
    conductor_name: Value,
    #[serde(default)]
    soloists: Vec<Soloist>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Soloist {
    #[serde(default)]
    soloist_name: Value,
    #[serde(default)]
    soloist_instrument: Value,
}

/// Words in what a soloist does, and the function that they stand for.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (
        &[
            "soprano",
            "tenor",
            "baritone",
            "bass-baritone",
            "alto",
            "countertenor",
            "vocalist",
            "singer",
            "chorus",
            "voice",
        ],
        "chant",
    ),
    (&["dancer"], "danse"),
    (&["actor", "actress"], "jeu"),
    (&["narrator", "speaker", "host"], "narration"),
    (&["director"], "mise-en-scene"),
    (&["design"], "scenographie"),
    (&["author"], "texte"),
];

fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    check_size(bytes, options.size_bytes)?;
    if too_deep(bytes, Nesting::Json, options.depth).is_some() {
        return Err(
            NyPhilError(format!("it nests more than {} levels deep", options.depth)).into(),
        );
    }
    let history: History =
        serde_json::from_slice(bytes).map_err(|error| NyPhilError(error.to_string()))?;
    let mut writer = Writer {
        options,
        graph: Graph::default(),
        blanks: 0,
    };
    for program in &history.programs {
        writer.program(program);
    }
    Ok(Reading {
        graph: writer.graph,
        ..Reading::default()
    })
}

struct Writer<'a> {
    options: &'a ReadOptions,
    graph: Graph,
    blanks: usize,
}

impl Writer<'_> {
    fn program(&mut self, program: &Program) {
        let production = iri("program", &program.id);
        let composers: Vec<String> = program
            .works
            .iter()
            .filter_map(|work| text(&work.composer_name))
            .map(|name| name.split(',').next().unwrap_or_default().trim().to_owned())
            .collect();
        let mut names: Vec<&str> = Vec::new();
        for composer in &composers {
            if !names.contains(&composer.as_str()) {
                names.push(composer);
            }
        }
        let orchestra =
            text(&program.orchestra).unwrap_or_else(|| "New York Philharmonic".to_owned());
        let title = if names.is_empty() {
            orchestra.clone()
        } else {
            names.join(", ")
        };
        self.class(
            &production,
            "http://kg.artsdata.ca/ontology/LivePerformanceWork",
        );
        self.class(&production, schema::CREATIVE_WORK.as_str());
        self.add(
            production.as_ref(),
            schema::NAME,
            Literal::new_simple_literal(&*title),
        );
        let orchestra_iri = self.agent("orchestra", &orchestra, "http://schema.org/MusicGroup");
        self.contribution(&production, &orchestra_iri, "instrument");
        for work in &program.works {
            self.work(work, &production);
        }
        for concert in &program.concerts {
            self.concert(concert, &production, &orchestra_iri, &title, program);
        }
    }

    fn work(&mut self, work: &Work, production: &NamedNode) {
        if let Some(name) = text(&work.conductor_name) {
            let conductor = self.agent("person", &turned(&name), schema::PERSON.as_str());
            self.contribution(production, &conductor, "direction-musicale");
        }
        for soloist in &work.soloists {
            let Some(name) = text(&soloist.soloist_name) else {
                continue;
            };
            let does = text(&soloist.soloist_instrument)
                .unwrap_or_default()
                .to_lowercase();
            let function = FUNCTIONS
                .iter()
                .find(|(words, _)| words.iter().any(|word| does.contains(word)))
                .map_or("instrument", |(_, function)| *function);
            // People are written surname first; ensembles are not.
            let (kind, class) = if name.contains(',') {
                ("person", schema::PERSON.as_str())
            } else {
                ("ensemble", "http://schema.org/PerformingGroup")
            };
            let agent = self.agent(kind, &turned(&name), class);
            self.contribution(production, &agent, function);
        }
        // An interval has an identifier and no title.
        let Some(title) = text(&work.work_title) else {
            return;
        };
        // `5646*1` is a movement of `5646*`.
        let piece = iri("work", work.id.split('*').next().unwrap_or_default());
        self.class(&piece, "http://schema.org/MusicComposition");
        self.class(&piece, schema::CREATIVE_WORK.as_str());
        self.add(
            piece.as_ref(),
            schema::NAME,
            Literal::new_simple_literal(title),
        );
        if let Some(composer) = text(&work.composer_name) {
            let composer = self.agent("person", &turned(&composer), schema::PERSON.as_str());
            self.contribution(&piece, &composer, "musique");
        }
        let uses = NamedNodeRef::new_unchecked("http://kg.artsdata.ca/ontology/usesExpressionOf");
        self.add(production.as_ref(), uses, piece);
    }

    fn concert(
        &mut self,
        concert: &Concert,
        production: &NamedNode,
        orchestra: &NamedNode,
        title: &str,
        program: &Program,
    ) {
        let date = text(&concert.date).unwrap_or_default();
        // The date is midnight in New York, written in universal time: its day is the day.
        let day = date.split('T').next().unwrap_or_default();
        let start = match text(&concert.time).as_deref().and_then(time) {
            Some(time) => format!("{day}T{time}"),
            None => day.to_owned(),
        };
        let performance = iri("concert", &format!("{} {start}", program.id));
        self.class(&performance, schema::PERFORMING_ARTS_EVENT.as_str());
        self.class(&performance, "http://schema.org/MusicEvent");
        self.add(
            performance.as_ref(),
            schema::NAME,
            Literal::new_simple_literal(title),
        );
        self.add(
            performance.as_ref(),
            schema::START_DATE,
            Literal::new_simple_literal(start),
        );
        self.add(
            performance.as_ref(),
            schema::WORK_PERFORMED,
            production.clone(),
        );
        self.add(performance.as_ref(), schema::ORGANIZER, orchestra.clone());
        if let Some(event_type) = text(&concert.event_type) {
            let keywords = NamedNodeRef::new_unchecked("http://schema.org/keywords");
            self.add(
                performance.as_ref(),
                keywords,
                Literal::new_simple_literal(event_type),
            );
        }
        if let Some(season) = text(&program.season) {
            let whole = iri("season", &season);
            let class = self.options.terms.sv("Saison");
            self.class(&whole, class.as_str());
            let name = format!("New York Philharmonic {season}");
            self.add(
                whole.as_ref(),
                schema::NAME,
                Literal::new_simple_literal(name),
            );
            self.add(performance.as_ref(), schema::SUPER_EVENT, whole);
        }
        if let Some(venue) = text(&concert.venue) {
            let town = text(&concert.location).unwrap_or_default();
            let place = iri("place", &normalised_name(&format!("{venue} {town}")));
            self.class(&place, schema::PLACE.as_str());
            self.add(
                place.as_ref(),
                schema::NAME,
                Literal::new_simple_literal(venue),
            );
            let address = self.part(&place, schema::ADDRESS, schema::POSTAL_ADDRESS);
            self.add(
                address,
                schema::ADDRESS_LOCALITY,
                Literal::new_simple_literal(town),
            );
            self.add(performance.as_ref(), schema::LOCATION, place);
        }
    }

    fn agent(&mut self, kind: &str, name: &str, class: &str) -> NamedNode {
        let agent = iri(kind, &normalised_name(name));
        self.class(&agent, class);
        // Two spellings that read alike are one, under the first.
        let is_named = self
            .graph
            .objects(&agent.clone().into(), schema::NAME)
            .next()
            .is_some();
        if !is_named {
            self.add(
                agent.as_ref(),
                schema::NAME,
                Literal::new_simple_literal(name),
            );
        }
        agent
    }

    fn contribution(&mut self, to: &NamedNode, agent: &NamedNode, function: &str) {
        let terms = &self.options.terms;
        let (link, by, does) = (
            terms.sv("contribution"),
            terms.sv("agent"),
            terms.sv("fonction"),
        );
        let function = terms.join(&format!("vocab/fonctions/{function}"));
        let role = self.part(to, link.as_ref(), schema::ROLE);
        self.add(role.clone(), by.as_ref(), agent.clone());
        self.add(role, does.as_ref(), function);
    }

    fn part(
        &mut self,
        of: &NamedNode,
        property: NamedNodeRef<'_>,
        class: NamedNodeRef<'_>,
    ) -> BlankNode {
        self.blanks += 1;
        let part = BlankNode::new_unchecked(format!("f{}p{}", self.options.file, self.blanks));
        self.add(of.as_ref(), property, part.clone());
        self.add(part.clone(), rdf::TYPE, class.into_owned());
        part
    }

    fn class(&mut self, of: &NamedNode, class: &str) {
        self.add(of.as_ref(), rdf::TYPE, NamedNode::new_unchecked(class));
    }

    fn add(
        &mut self,
        of: impl Into<NamedOrBlankNode>,
        property: NamedNodeRef<'_>,
        value: impl Into<Term>,
    ) {
        self.graph
            .insert(Triple::new(of, property.into_owned(), value));
    }
}

fn iri(kind: &str, id: &str) -> NamedNode {
    let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
    NamedNode::new_unchecked(format!("nyphil:{kind}/{id}"))
}

/// A text, also where part of it stands in italics: `{"em": "…", "_": "…"}`. `None` for nothing,
/// and for the word `None`.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(parts) => parts
            .values()
            .filter_map(text)
            .collect::<Vec<_>>()
            .join(" "),
        Value::Array(parts) => parts.iter().filter_map(text).collect::<Vec<_>>().join(" "),
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty() && text != "None").then_some(text)
}

/// `Maazel, Lorin` as it is said; `Anthem,` and names of one word as they are.
fn turned(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.trim().is_empty() => {
            format!("{} {}", first.trim(), last.trim())
        }
        Some((name, _)) => name.trim().to_owned(),
        None => name.to_owned(),
    }
}

/// `8:00PM` as `20:00`.
fn time(text: &str) -> Option<String> {
    let (clock, half) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let (hour, minute) = clock.trim().split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let hour = match half {
        "AM" => hour % 12,
        "PM" => hour % 12 + 12,
        _ => return None,
    };
    Some(format!("{hour:02}:{minute}"))
}
