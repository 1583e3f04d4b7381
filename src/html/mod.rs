//! Pages for people: plain structs in, one HTML text out.
//!
//! Nothing here reads the store or knows HTTP. Text from data is escaped by the templates, only
//! `http(s):` and `mailto:` IRIs become links, and no page needs JavaScript, an inline style or
//! anything from another host. A new page is a file here, a template and a line below.

mod about;
pub mod agenda;
mod api;
mod assets;
pub mod browse;
mod catalogue;
mod changes;
mod dumps;
mod entity;
mod explain;
mod facts;
mod follow;
mod head;
mod history;
pub mod home;
mod links;
mod list;
pub mod map;
mod persistence;
pub mod places;
mod problem;
mod profiles;
pub mod quality;
mod queries;
pub mod releases;
mod report;
mod resolve;
pub mod search;
mod shown;
mod site;
mod sparql;
pub mod statistics;
mod time;
mod validate;
mod vocabulary;

pub use about::page as about;
pub use api::{Api, Operation};
pub use assets::{ASSETS, Asset};
pub use catalogue::Catalogue;
pub use changes::{Changes, LogFile};
pub use dumps::{DumpFile, Dumps};
pub use entity::{Entity, page as entity};
pub use explain::{Explained, Explanation, PlanStep};
pub use follow::{Follow, Made};
pub use history::{ChangedLine, History, Memento, Version};
pub use home::{Count, Home};
pub use links::{LinksGroup, LinksPage, page as links};
pub use list::list;
pub use persistence::Persistence;
pub use problem::{Problem, Replaced, Tombstone};
pub use profiles::{Alternates, Representation, page as document_profiles};
pub use queries::{Field, Input, Queries, Query, QueryLine, QueryState};
pub use report::{Progress, Report, Shortfalls};
pub use resolve::{Resolve, Resolving};
pub use shown::name as shortened;
pub use site::Site;
pub use sparql::{Answer, Example, Sparql, endpoint};
pub use validate::{ProfileChoice, ValidateForm, Validation};
pub use vocabulary::{
    ProfileSummary, SchemeSummary, Vocabularies, alignment, concept, ontology, scheme, shapes,
};

use crate::model::Lang;
use askama::Template;
use oxrdf::Literal;

/// Why a page was not made. Writing into memory does not fail, so this is a defect of ours.
#[derive(Debug, thiserror::Error)]
#[error("a page could not be written: {0}")]
pub struct PageError(#[from] askama::Error);

fn render(template: &impl Template) -> Result<String, PageError> {
    Ok(template.render()?)
}

/// The name that suits a reader of a language best, where no page has to say in which it is.
pub fn best_name(names: &[Literal], lang: Lang) -> Option<&str> {
    shown::best(names, lang).map(Literal::value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::assessment::{
        AssessedExample, AssessedGroup, Note, Place, ProfileAssessment, Standing, Tally,
    };
    use crate::model::kind::KINDS;
    use crate::model::vocabulary::xsd;
    use crate::model::{Assessment, Generation, Kind, Lang, Outside, Severity, Text};
    use crate::publish::release::Withdrawal;
    use crate::publish::released::sample as released_sample;
    use crate::publish::sample;
    use oxrdf::{Literal, NamedNode, Term, Triple};
    use std::collections::BTreeMap;

    fn node(path: &str) -> NamedNode {
        sample::base().join(path)
    }

    fn french(text: &str) -> Vec<Literal> {
        vec![Literal::new_language_tagged_literal_unchecked(text, "fr")]
    }

    fn read(turtle: &str) -> Vec<Triple> {
        oxttl::TurtleParser::new()
            .with_base_iri("https://data.example.org/")
            .expect("an IRI")
            .for_slice(turtle.as_bytes())
            .collect::<Result<_, _>>()
            .expect("Turtle")
    }

    fn date(text: &str) -> jiff::civil::Date {
        text.parse().expect("a date")
    }

    fn on(start: &str, name: &str, status: Option<&str>) -> agenda::Shown {
        let literal = |text: &str| Literal::new_typed_literal(text, xsd::DATE_TIME);
        let performance = crate::model::Kind::named("performance").expect("a row");
        agenda::Shown {
            day: date(&start[..10]),
            days: 0,
            item: crate::publish::Item {
                start: Some(literal(start)),
                end: None,
                place: Some((
                    node("id/bq7n4zr2kt5x"),
                    french("Théâtre de la Grande Ourse"),
                )),
                town: Some("Port-Sillon".to_owned()),
                status: status.map(|s| NamedNode::new_unchecked(format!("http://schema.org/{s}"))),
                ..crate::publish::Item::new(node("id/3f8kz2m9q0cx"), performance, french(name))
            },
            production: Some((node("id/3f8kz2m9q0cx"), french("Une <i>autre</i> histoire"))),
            disciplines: vec![french("Cirque & rue")],
            accessibility: vec![french("Audiodescription")],
            access: vec![french("Réservé aux scolaires")],
            price: Some(agenda::Price::From(
                "12.5".to_owned(),
                Some("EUR".to_owned()),
            )),
        }
    }

    fn shows() -> Vec<agenda::Shown> {
        vec![
            on(
                "2027-03-02T20:30:00+01:00",
                "Les Marées du grenier",
                Some("EventRescheduled"),
            ),
            agenda::Shown {
                price: Some(agenda::Price::Free),
                production: None,
                ..on("2027-03-02T19:00:00+04:00", "Kabar <b>la mer</b>", None)
            },
            on(
                "2027-03-06",
                "Le Bal des sœurs Tamarin",
                Some("EventCancelled"),
            ),
        ]
    }

    fn choice(key: &str, count: Option<u64>) -> statistics::Choice {
        statistics::Choice {
            key: key.to_owned(),
            names: french("Théâtre <b>1 & 2"),
            publisher: None,
            count,
            href: format!("/statistics?place={key}"),
            is_chosen: count.is_none(),
        }
    }

    /// Of a server that has not said everything yet, and whose publisher means ill.
    fn catalogue_page(site: Site<'_>) -> String {
        let responsible = crate::publish::released::Responsible {
            name: Some("<script>alert(1)</script>".to_owned()),
            contact: Some("mailto:donnees@example.org".to_owned()),
            licence: None,
        };
        crate::publish::catalogue::sample::with(|described| {
            let catalogue = Catalogue {
                described: crate::publish::catalogue::Catalogue {
                    responsible: &responsible,
                    ..described.clone()
                },
                is_counted: true,
                dataset: "{\"name\":\"</script>\"}".to_owned(),
            };
            catalogue.page(site).expect("a page")
        })
    }

    fn home() -> Home {
        let span = |name| home::Span {
            name,
            total: 12,
            entries: shows(),
            href: "/agenda?period=weekend".to_owned(),
        };
        Home {
            is_counted: true,
            today: date("2027-03-02"),
            spans: vec![span("today"), span("weekend")],
            ongoing: vec![agenda::Shown {
                days: 4,
                ..on("2027-03-02", "Festival des <Rives>", None)
            }],
            total: 1234,
            disciplines: vec![choice("cirque", Some(12))],
            counts: KINDS
                .iter()
                .enumerate()
                .map(|(index, kind)| Count {
                    kind,
                    total: index as u64 * 97 % 400,
                })
                .collect(),
            places: vec![french("Port-Sillon"), french("\"><script>")],
            locates: false,
            dataset: Some("{\"name\":\"</script>\"}".to_owned()),
        }
    }

    fn agenda_page() -> (agenda::Agenda, crate::publish::Listing) {
        let entries = shows();
        let listing = crate::publish::Listing {
            address: "/agenda?discipline=cirque".to_owned(),
            title: Text::new("À l’affiche", "What is on"),
            total: 120,
            page: 1,
            per_page: 50,
            items: entries.iter().map(|entry| entry.item.clone()).collect(),
        };
        let day = |number: i8, count: u64| {
            let date = jiff::civil::Date::constant(2027, 3, number);
            Some(agenda::Day {
                date,
                count,
                href: (count > 0).then(|| format!("/agenda?day={date}")),
                is_today: number == 2,
                is_shown: number >= 2,
            })
        };
        let page = agenda::Agenda {
            heading: agenda::Heading::Between(Some(date("2027-03-02")), None),
            total: 119,
            cancelled: 1,
            entries,
            postponed: (
                1,
                vec![on(
                    "2027-03-09T20:00:00+01:00",
                    "Plus tard",
                    Some("EventPostponed"),
                )],
            ),
            ongoing: (
                9,
                vec![agenda::Shown {
                    days: 4,
                    ..on("2027-03-02", "Festival des <Rives>", None)
                }],
            ),
            series: "/agenda?kind=festival&kind=series".to_owned(),
            periods: vec![
                ("today", "/agenda?period=today".to_owned(), false),
                ("all", "/agenda".to_owned(), true),
            ],
            month: agenda::Month {
                first: date("2027-03-01"),
                total: 119,
                href: "/agenda?month=2027-03".to_owned(),
                previous: "/agenda?month=2027-02".to_owned(),
                next: "/agenda?month=2027-04".to_owned(),
                weeks: vec![vec![
                    day(1, 0),
                    day(2, 2),
                    day(3, 0),
                    None,
                    None,
                    day(6, 1234),
                    None,
                ]],
            },
            chosen: vec![("discipline", choice("cirque", None))],
            divisions: ["discipline", "town", "price"]
                .map(|facet| statistics::Division {
                    facet,
                    choices: vec![choice("free", Some(1234)), choice("cirque", None)],
                    left: 3,
                    all: format!("/agenda?facet={facet}"),
                })
                .to_vec(),
            whole: None,
            here: "/agenda".to_owned(),
            form: agenda::Form {
                place: "\"><script>".to_owned(),
                kept: vec![("discipline".to_owned(), "\"><i>".to_owned())],
                places: vec![french("Port-Sillon")],
                ..agenda::Form::default()
            },
            today: date("2027-03-02"),
        };
        (page, listing)
    }

    fn figures() -> statistics::Statistics {
        let totals: Vec<_> = KINDS.iter().map(|kind| (kind, 1200)).collect();
        statistics::Statistics {
            counted: Some(7),
            current: 8,
            triples: 123_456,
            rows: vec![statistics::Row {
                source: "theatre".to_owned(),
                publisher: None,
                entities: 1200,
                counts: totals.iter().map(|_| 0).collect(),
            }],
            totals,
            selected: 1,
            chosen: vec![("place", choice("x", None))],
            divisions: ["discipline", "month", "status", "language", "department"]
                .map(|facet| statistics::Division {
                    facet,
                    choices: vec![
                        choice("2027-03", Some(1234)),
                        choice("EventCancelled", None),
                    ],
                    left: 3,
                    all: format!("/statistics?facet={facet}"),
                })
                .to_vec(),
            whole: None,
            back: "/statistics".to_owned(),
            query: "?place=x".to_owned(),
        }
    }

    fn sparql() -> Sparql {
        let query = "PREFIX schema: <http://schema.org/>\nSELECT ?show ?name WHERE {\n  ?show schema:name ?name\n}\nLIMIT 10";
        Sparql {
            query: query.to_owned(),
            examples: vec![Example {
                name: Text::new("Prochaines représentations", "Next performances"),
                about: Text::new("Les dix prochaines dates.", "The next ten dates."),
                keywords: vec!["agenda".to_owned(), "calendar \"<i>\"".to_owned()],
                query: query.to_owned(),
            }],
            answer: Some(Answer::Table {
                variables: vec!["show".to_owned(), "name".to_owned()],
                rows: vec![
                    vec![
                        Some(node("id/3f8kz2m9q0cx").into()),
                        Some(Term::from(french("Les Marées </table>")[0].clone())),
                    ],
                    vec![
                        Some(NamedNode::new_unchecked("javascript:alert(1)").into()),
                        None,
                    ],
                    vec![
                        Some(NamedNode::new_unchecked("http://schema.org/Event").into()),
                        Some(Literal::from(12).into()),
                    ],
                ],
                is_cut: true,
            }),
            downloads: vec![("CSV".to_owned(), "/sparql?format=csv".to_owned())],
            release: None,
        }
    }

    fn release(because: Option<&str>) -> releases::Release {
        releases::Release {
            manifest: released_sample::manifest(),
            withdrawal: because.map(|because| Withdrawal {
                time: "2026-11-23T09:12:44Z".to_owned(),
                because: because.to_owned(),
            }),
            key: "RWQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+dP9eKL8OC351vwIasSSbXxwA3".to_owned(),
            previous: Some("2026-11-15.2".to_owned()),
            next: because.map(|_| "2026-11-29".to_owned()),
            is_queryable: true,
            citations: vec![("APA", "Le <Réseau> (2026).".to_owned())],
            descriptions: vec![("citation.bib", "released-bibtex")],
            dataset: r#"{"name":"</script><script>alert(1)"}"#.to_owned(),
        }
    }

    fn releases() -> releases::Releases {
        let one = |because: Option<&str>| {
            let release = release(because);
            releases::Released {
                manifest: release.manifest,
                withdrawal: release.withdrawal,
            }
        };
        releases::Releases {
            releases: vec![one(Some("x")), one(None)],
        }
    }

    fn queries() -> Queries {
        let line = |name: &str, state: QueryState| QueryLine {
            name: name.to_owned(),
            title: Text::new("Les <lieux>", "Places <i>"),
            about: Text::new("Où l’on <b>joue</b>.", "Where one <b>plays</b>."),
            state,
        };
        let fault = Text::new(
            "Il manque `# title (fr): <b>`.",
            "There is no `# title (fr): <b>`.",
        );
        let when = Text::new("quand rien ne <joue>", "when nothing <plays>");
        Queries {
            queries: vec![
                line("les-lieux", QueryState::Answers),
                line("rien", QueryState::Empty(Some(when))),
                line("vide", QueryState::Empty(None)),
                line(
                    "cassee",
                    QueryState::Broken(vec![(Some(3), fault.clone()), (None, fault)]),
                ),
            ],
            tried: Some(1234),
        }
    }

    fn query() -> Query {
        let evil = "\"><script>alert(1)</script>";
        let field = |name: &str, input: Input, values: &[&str]| Field {
            name: name.to_owned(),
            label: Text::new(format!("La {evil}"), format!("The {evil}")),
            told: Text::new("un texte, `ainsi`", "a text, `so`"),
            input,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            is_several: name != "town",
            is_optional: values.is_empty(),
        };
        let choices = [("danse", "Danse"), ("cirque", evil)]
            .map(|(value, label)| (value.to_owned(), french(label)));
        let number = Input::Number {
            min: Some("1".to_owned()),
            max: None,
            is_decimal: false,
        };
        Query {
            name: "les-lieux".to_owned(),
            title: Text::new("Les <lieux>", "Places <i>"),
            about: Text::new("Où l’on <b>joue</b>.", "Where one <b>plays</b>."),
            keywords: Text::new("lieu, <i>", "place, <i>"),
            fields: vec![
                field("town", Input::Text, &[evil]),
                field("genre", Input::Choice(choices.to_vec()), &["danse"]),
                field("seats", number, &["12", "13"]),
                field(
                    "since",
                    Input::Date {
                        min: None,
                        max: None,
                    },
                    &[],
                ),
            ],
            text: format!("ASK {{ ?s ?p \"{evil}\" }}"),
            state: QueryState::Empty(None),
            answer: Some(Answer::Table {
                variables: vec!["lieu".to_owned()],
                rows: Vec::new(),
                is_cut: false,
            }),
            downloads: vec![(
                "csv".to_owned(),
                "/queries/les-lieux?town=x&format=csv".to_owned(),
            )],
            address: Some("/queries/les-lieux?town=x&format=json".to_owned()),
            described: vec![("ttl".to_owned(), "/queries/les-lieux.ttl".to_owned())],
        }
    }

    /// The overview, and the page of a source.
    fn quality_pages(lang: Lang) -> [String; 2] {
        let base = sample::base();
        let site = |path| Site {
            base: &base,
            root: "",
            lang,
            usual: Lang::Fr,
            generation: Generation(1234),
            path,
            outside: Outside::NOTHING,
        };
        use super::quality::{Column, Example, Finding, Line, Quality, Row, Scope, Section, Tally};
        let tally = |asked: u64, meets: u64| Tally {
            asked,
            meets,
            per_mille: (meets * 1000).checked_div(asked),
            ..Tally::default()
        };
        let column = |name: &str, is_rehearsal| Column {
            name: name.to_owned(),
            title: Text::new(format!("Profil {name} <i>"), format!("Profile {name} <i>")),
            purpose: Text::new("Pour <b>être publié</b>.", "To be <b>published</b>."),
            is_rehearsal,
            stopped: is_rehearsal.then(|| "limits.rehearsal_timeout = 600s".to_owned()),
        };
        let line = |name: &str, shares: [u64; 3]| Line {
            name: name.to_owned(),
            points: ["2026-11-01", "2026-11-10", "2026-11-22"]
                .into_iter()
                .map(str::to_owned)
                .zip(shares)
                .collect(),
        };
        let unfinished = Tally {
            pending: 1200,
            undecided: 1,
            ..tally(0, 0)
        };
        let overview = Quality {
            judged: Some(1234),
            current: 1234,
            columns: vec![column("minimum", false), column("artsdata", true)],
            rows: vec![
                Row {
                    source: Some(("theatre".to_owned(), Some("Théâtre <i>".to_owned()))),
                    tallies: vec![tally(1480, 1234), unfinished],
                },
                Row {
                    source: None,
                    tallies: vec![tally(1, 1), tally(3, 0)],
                },
            ],
            lines: vec![
                line("minimum", [900, 950, 1000]),
                line("national", [0, 400, 831]),
            ],
            ..Quality::default()
        };
        let of_source = Quality {
            scope: Scope::Source {
                name: "theatre".to_owned(),
                publisher: None,
            },
            judged: Some(1200),
            progress: Some((64, 1480)),
            sections: vec![
                Section {
                    column: 0,
                    tally: tally(1480, 1234),
                    findings: vec![Finding {
                        severity: crate::model::Severity::Violation,
                        rule: "event-<image>".to_owned(),
                        path: Some("http://schema.org/image".to_owned()),
                        message: Text::new("Il manque `image` <b>.", "`image` is missing <b>."),
                        count: 246,
                        examples: vec![
                            Example {
                                iri: node("id/3f8kz2m9q0cx").into_string(),
                                name: french("Les <Marées>"),
                                start: Some("2027-03-02T20:30:00+01:00".to_owned()),
                            },
                            Example {
                                iri: "javascript:alert(1)".to_owned(),
                                ..Example::default()
                            },
                        ],
                    }],
                },
                Section {
                    column: 1,
                    tally: unfinished,
                    findings: Vec::new(),
                },
            ],
            rows: Vec::new(),
            ..overview.clone()
        };
        [(overview, "/quality"), (of_source, "/quality/theatre")]
            .map(|(page, path)| page.page(site(path)).expect("a page"))
    }

    const SHAPES: &str = r#"
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
        <shapes/minimum#place> a sh:NodeShape ; sh:targetClass schema:Place ;
          sh:property [ sh:path schema:name ; sh:minCount 1 ; sh:message "Il manque le nom."@fr, "The name is missing."@en ] ,
            [ sh:path [ sh:inversePath schema:location ] ; sh:severity sh:Warning ; sh:or ( [ sh:class schema:Event ] [ sh:in ( 1 2 ) ] ) ] .
    "#;

    /// Every page, by the name of its golden file, in one language.
    fn pages(lang: Lang) -> Vec<(&'static str, String)> {
        let base = sample::base();
        let site = |path: &'static str| Site {
            base: &base,
            root: "",
            lang,
            usual: Lang::Fr,
            generation: Generation(1234),
            path,
            outside: Outside::NOTHING,
        };
        let disciplines = include_str!("../../ontology/vocabularies/disciplines.ttl");
        let ontology_source = include_str!("../../ontology/ontology.ttl");
        let minimum = ProfileSummary {
            name: "minimum".to_owned(),
            title: Text::new("Profil minimum", "Minimum profile"),
            purpose: Text::new("Ce qu’il faut pour paraître.", "What it takes to appear."),
        };
        let vocabularies = Vocabularies {
            schemes: vec![SchemeSummary {
                iri: node("vocab/disciplines"),
                labels: french("Disciplines"),
                definitions: Vec::new(),
                concepts: 60,
            }],
            alignments: vec![(
                node("alignments/artsdata"),
                french("Alignements avec Artsdata"),
            )],
            profiles: vec![minimum.clone()],
        };
        let dumps = Dumps {
            files: vec![DumpFile {
                name: "affiche.nq.gz".to_owned(),
                about: "format-nquads",
                bytes: 12_345_678,
                sha256: "ab".repeat(32),
            }],
            made: Some("2026-11-20T09:12:44Z".to_owned()),
            triples: 15_600,
            sources: sample::sources(),
        };
        let problem = Problem {
            status: 404,
            title: "Rien à cette adresse".to_owned(),
            detail: Some("`/id/<x>` n’existe pas.".to_owned()),
            advice: vec!["Vérifiez l’adresse.".to_owned()],
            near: vec![(node("id/3f8kz2m9q0cx"), french("Les <Marées>"))],
            request_id: Some("5f1c".to_owned()),
        };
        let tombstone = Tombstone {
            kind: Kind::named("performance"),
            history: node("doc/3f8kz2m9q0cx/history"),
            iri: node("id/3f8kz2m9q0cx"),
            name: french("Les Marées du grenier"),
            since: Some("2026-11-20T09:12:44Z".to_owned()),
            by: Some("grande-ourse".to_owned()),
            reason: None,
        };
        let persistence = Persistence {
            naan: "12345".parse().ok(),
            publisher: Some("Réseau <des> scènes".to_owned()),
            contact: Some("mailto:donnees@example.org".to_owned()),
        };
        let profiles: Vec<_> = crate::publish::PROFILES.iter().collect();
        let alternates = Alternates {
            document: node("doc/3f8kz2m9q0cx"),
            entity: node("id/3f8kz2m9q0cx"),
            representations: vec![
                Representation {
                    address: node("doc/3f8kz2m9q0cx.html"),
                    media_type: "text/html",
                    profile: None,
                },
                Representation {
                    address: node("doc/3f8kz2m9q0cx.jsonld?_profile=schema"),
                    media_type: "application/ld+json",
                    profile: profiles.last().copied(),
                },
            ],
        };
        let theatre = node("vocab/disciplines/theatre");
        let about: Vec<Triple> = read(disciplines)
            .into_iter()
            .filter(|triple| triple.subject == theatre.clone().into())
            .collect();
        let both = |fr: &str, en: &str| Text::new(fr, en);
        let form = ValidateForm {
            profiles: vec![ProfileChoice {
                name: "minimum".to_owned(),
                title: both("Profil minimum", "Minimum profile"),
                purpose: both("Ce qu'il faut.", "What is needed."),
            }],
            formats: vec!["turtle", "jsonld"],
        };
        let evil = "<script>alert(1)</script>";
        let validation = Validation {
            verdict: "Non conforme".to_owned(),
            assessment: Assessment {
                files: vec![evil.to_owned()],
                triples: Some(12),
                counts: Tally {
                    violations: 7,
                    ..Tally::default()
                },
                profiles: vec![ProfileAssessment {
                    name: "minimum".to_owned(),
                    title: both("Profil minimum", "Minimum profile"),
                    purpose: Text::default(),
                    standing: Standing::FallsShort,
                    counts: Tally::default(),
                }],
                groups: vec![AssessedGroup {
                    severity: Severity::Violation,
                    profile: Some("minimum".to_owned()),
                    rule: evil.to_owned(),
                    path: Some("http://schema.org/name".to_owned()),
                    field: Some(both(evil, evil)),
                    message: both("Écrivez `a`", "Write `a`"),
                    count: 7,
                    examples: vec![AssessedExample {
                        subject: "javascript:alert(1)".to_owned(),
                        value: Some(evil.to_owned()),
                        place: Some(Place {
                            file: evil.to_owned(),
                            line: 3,
                        }),
                        message: Some(both(evil, evil)),
                    }],
                }],
                not_listed: 2,
                notes: vec![Note {
                    rule: "unknown-key".to_owned(),
                    subject: evil.to_owned(),
                    message: both(evil, evil),
                }],
                ..Assessment::default()
            },
        };
        let page = |result: Result<String, PageError>| result.expect("a page");
        let [quality, quality_of_source] = quality_pages(lang);
        vec![
            ("quality", quality),
            ("quality-source", quality_of_source),
            (
                "entity",
                page(entity(
                    Entity {
                        document: &sample::performance(),
                        standings: &[quality::Standing {
                            profile: "national".to_owned(),
                            meets: false,
                            findings: vec![(
                                crate::model::Severity::Violation,
                                Text::new("Il manque `name` <b>.", "`name` is missing <b>."),
                            )],
                        }],
                        now: sample::now(),
                    },
                    site("/doc/3f8kz2m9q0cx"),
                )),
            ),
            ("home", page(home().page(site("/")))),
            ("agenda", {
                let (agenda, listing) = agenda_page();
                page(agenda.page(&listing, site("/agenda")))
            }),
            (
                "list",
                page(list(&agenda_page().1, site("/agenda?discipline=cirque"))),
            ),
            ("about", page(super::about(site("/about")))),
            ("validate", page(form.page(site("/validate")))),
            ("validation", page(validation.page(site("/validate")))),
            (
                "home-empty",
                page(Home::uncounted(date("2027-03-02")).page(site("/"))),
            ),
            ("statistics", page(figures().page(site("/statistics")))),
            (
                "statistics-counting",
                page(statistics::Statistics::default().page(site("/statistics"))),
            ),
            ("vocabularies", page(vocabularies.page(site("/vocab")))),
            (
                "scheme",
                page(scheme(
                    &node("vocab/disciplines"),
                    &read(disciplines),
                    site("/vocab/disciplines"),
                )),
            ),
            (
                "concept",
                page(concept(
                    &theatre,
                    &about,
                    &BTreeMap::new(),
                    12,
                    site("/vocab/disciplines/theatre"),
                )),
            ),
            (
                "ontology",
                page(ontology(&read(ontology_source), site("/ns"))),
            ),
            (
                "alignment",
                page(alignment(
                    &node("alignments/artsdata"),
                    &read(include_str!("../../ontology/alignments/artsdata.ttl")),
                    &vocabulary::labels(&read(disciplines)),
                    site("/alignments/artsdata"),
                )),
            ),
            (
                "shapes",
                page(shapes(
                    &minimum,
                    &read(SHAPES),
                    &BTreeMap::new(),
                    site("/shapes/minimum"),
                )),
            ),
            (
                "shapes-minimum",
                page(shapes(
                    &minimum,
                    &read(include_str!("../../shapes/minimum.ttl")),
                    &vocabulary::labels(&read(ontology_source)),
                    site("/shapes/minimum"),
                )),
            ),
            ("sparql", page(sparql().page(site("/sparql?query=x")))),
            ("queries", page(queries().page(site("/queries/")))),
            (
                "query",
                page(query().page(site("/queries/les-lieux?town=x"))),
            ),
            ("dumps", page(dumps.page(site("/dumps/")))),
            ("catalogue", catalogue_page(site("/catalogue"))),
            (
                "release",
                page(release(None).page(site("/releases/2026-11-22/"))),
            ),
            (
                "release-withdrawn",
                page(
                    release(Some("L’ordre <i>d’un</i> tribunal"))
                        .page(site("/releases/2026-11-22/")),
                ),
            ),
            ("releases", page(releases().page(site("/releases/")))),
            ("problem", page(problem.page(site("/id/x")))),
            ("tombstone", page(tombstone.page(site("/doc/3f8kz2m9q0cx")))),
            (
                "persistence",
                page(persistence.page(site("/about/persistence"))),
            ),
            (
                "document-profiles",
                page(document_profiles(&profiles, site("/profiles"))),
            ),
            (
                "alternates",
                page(alternates.page(site("/doc/3f8kz2m9q0cx?_profile=alt"))),
            ),
        ]
    }

    #[test]
    fn pages_that_depend_on_nothing_else_have_their_golden_files() {
        let stable = [
            "about",
            "validate",
            "validation",
            "home",
            "vocabularies",
            "shapes",
            "sparql",
            "queries",
            "query",
            "dumps",
            "catalogue",
            "release",
            "release-withdrawn",
            "releases",
            "problem",
            "quality",
            "quality-source",
            "tombstone",
        ];
        for (name, html) in pages(Lang::Fr) {
            if stable.contains(&name) {
                let html = without_editor(&sample::without_hashes(&html));
                sample::assert_golden(&format!("page-{name}.fr.html"), &html);
            }
            // For a look in the browser: PAGES=/some/folder cargo test.
            if let Some(folder) = std::env::var_os("PAGES") {
                let file = std::path::Path::new(&folder).join(format!("{name}.html"));
                std::fs::write(file, html).expect("the folder can be written");
            }
        }
    }

    /// Without the lines that are there only when the editor's bundle was built.
    fn without_editor(html: &str) -> String {
        html.split_inclusive('\n')
            .filter(|line| !line.contains("\"/assets/editor."))
            .collect()
    }

    /// The tags of a page with their attributes, as `(name, whole tag)`; content of scripts is
    /// skipped.
    fn tags(html: &str) -> Vec<(String, &str)> {
        let mut tags = Vec::new();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            rest = &rest[start..];
            let end = rest.find('>').expect("a tag ends") + 1;
            let tag = &rest[..end];
            let name: String = tag[1..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '/' || *c == '!')
                .collect();
            rest = &rest[end..];
            if name == "script" {
                rest = &rest[rest.find("</script").expect("a script ends")..];
            }
            tags.push((name, tag));
        }
        tags
    }

    /// Whether a tag has an attribute such as `onclick`.
    fn has_handler(tag: &str) -> bool {
        tag.split(" on").skip(1).any(|rest| {
            let name = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            name.len() < rest.len() && name.starts_with('=')
        })
    }

    #[test]
    fn every_page_is_well_formed_and_fit_for_a_strict_policy_and_a_screen_reader() {
        let void = ["meta", "link", "br", "img", "input", "!doctype"];
        for lang in Lang::ALL {
            for (name, html) in pages(lang) {
                let mut open: Vec<String> = Vec::new();
                let mut level = 0;
                let mut ids = std::collections::BTreeSet::new();
                for (tag, text) in tags(&html) {
                    assert!(
                        !text.contains(" style=") && !has_handler(text),
                        "{name}: {text}"
                    );
                    assert!(
                        tag != "style" && tag != "img" && tag != "iframe",
                        "{name}: {text}"
                    );
                    assert!(
                        tag != "script"
                            || text.contains("application/ld+json")
                            || text.contains(" src=\"/assets/"),
                        "{name}: {text}"
                    );
                    let loads = tag == "link"
                        && !["canonical", "alternate", "search"]
                            .iter()
                            .any(|rel| text.contains(&format!("rel=\"{rel}\"")));
                    assert!(!loads || text.contains("href=\"/assets/"), "{name}: {text}");
                    if let Some(href) = text.split(" href=\"").nth(1) {
                        let fine = ["/", "#", "http://", "https://", "mailto:"];
                        assert!(
                            fine.iter().any(|start| href.starts_with(start)),
                            "{name}: {text}"
                        );
                    }
                    if let Some(id) = text
                        .split(" id=\"")
                        .nth(1)
                        .and_then(|id| id.split('"').next())
                    {
                        assert!(ids.insert(id.to_owned()), "{name}: id {id} stands twice");
                    }
                    if let Some(new) = tag.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
                        assert!(new <= level + 1, "{name}: h{new} after h{level}");
                        level = new;
                    }
                    if let Some(closed) = tag.strip_prefix('/') {
                        assert_eq!(open.pop().as_deref(), Some(closed), "{name}: {text}");
                    } else if !void.contains(&tag.as_str()) && !text.ends_with("/>") {
                        open.push(tag);
                    }
                }
                assert!(open.is_empty(), "{name}: {open:?}");
                assert_eq!(html.matches("<h1").count(), 1, "{name}");
                assert!(!html.contains("javascript:alert(1)\""), "{name}");
                assert!(html.contains(&format!("<html lang=\"{lang}\"")), "{name}");
            }
        }
    }
}
