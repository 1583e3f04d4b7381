//! The page of one entity: what it is, what one looks for, who says so, and where to get the data.
//!
//! A page is a head, then sections, then cards beside them: see [`SECTIONS`] and [`CARDS`]. A
//! section is one file here and one line in the table; it shows what it finds and is left out
//! where that is nothing, so that the pages of all kinds come from one list. Everything is
//! bounded: an entity with a megabyte of text or thousands of values has a page like any other,
//! with a way to the rest.

mod about;
mod accessibility;
mod bounds;
mod calendar;
mod citation;
mod credits;
mod data;
mod dates;
mod elsewhere;
mod facts;
mod functions;
mod given;
mod head;
mod header;
mod history;
mod icons;
mod identifier;
mod images;
mod licence;
mod links;
mod more;
mod offers;
mod pointing;
mod profiles;
mod roles;
mod sources;
mod venues;
mod voices;
mod whereabouts;

pub(crate) use licence::licence_name;

use crate::html::quality::Standing;
use crate::html::{PageError, Site, render};
use crate::i18n;
use crate::publish::Document;
use askama::Template;
use given::Given;
use jiff::Timestamp;

/// What the page of an entity is written from.
#[derive(Clone, Copy)]
pub struct Entity<'a> {
    pub document: &'a Document,
    pub standings: &'a [Standing],
    /// Tells what is over, and when the page was consulted.
    pub now: Timestamp,
}

/// A part of the page.
struct Section {
    /// The anchor, and the end of the keys of its title: `section-{name}`, or
    /// `section-{name}-{kind}` where a kind has words of its own.
    name: &'static str,
    /// Its content; `None` when there is nothing to show.
    write: fn(&Given<'_>) -> Result<Option<String>, PageError>,
}

/// What stands in the middle, in this order.
const SECTIONS: &[Section] = &[
    facts::SECTION,
    about::SECTION,
    whereabouts::SECTION,
    offers::SECTION,
    accessibility::SECTION,
    dates::SECTION,
    venues::SECTION,
    credits::SECTION,
    roles::SECTION,
    images::SECTION,
    links::SECTION,
    more::SECTION,
    voices::SECTION,
];

/// What stands beside it, about the data.
const CARDS: &[Section] = &[
    identifier::SECTION,
    citation::SECTION,
    data::SECTION,
    history::SECTION,
    elsewhere::SECTION,
    sources::SECTION,
    profiles::SECTION,
];

#[derive(Template)]
#[template(path = "entity.html")]
struct Page<'a> {
    site: Site<'a>,
    title: String,
    head: head::Head,
    header: header::Header,
    class: &'static str,
    sections: Vec<Written>,
    /// The sections to which a list at the top leads; empty when there are few.
    contents: Vec<(&'static str, String)>,
    cards: Vec<Written>,
}

struct Written {
    name: &'static str,
    title: String,
    html: String,
}

/// The page of an entity.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn page(entity: Entity<'_>, site: Site<'_>) -> Result<String, PageError> {
    let given = Given::new(entity, site);
    let header = header::header(&given);
    let sections = written(SECTIONS, &given)?;
    let contents = if sections.len() < CONTENTS_FROM {
        Vec::new()
    } else {
        sections
            .iter()
            .filter(|section| !section.title.is_empty())
            .map(|section| (section.name, section.title.clone()))
            .collect()
    };
    render(&Page {
        site,
        title: header.title.text.clone(),
        head: head::head(&given, &header),
        class: if header.is_cancelled {
            "entity cancelled"
        } else {
            "entity"
        },
        header,
        contents,
        sections,
        cards: written(CARDS, &given)?,
    })
}

/// From how many sections on there is a list of them.
const CONTENTS_FROM: usize = 5;

fn written(sections: &[Section], given: &Given<'_>) -> Result<Vec<Written>, PageError> {
    let mut all = Vec::new();
    for section in sections {
        if let Some(html) = (section.write)(given)? {
            all.push(Written {
                name: section.name,
                title: title(section.name, given),
                html,
            });
        }
    }
    Ok(all)
}

/// The title of a section; empty for one that needs none.
fn title(name: &str, given: &Given<'_>) -> String {
    let of_kind = format!("section-{name}-{}", given.document.kind.name);
    let key = if i18n::has(&of_kind) {
        of_kind
    } else {
        format!("section-{name}")
    };
    if i18n::has(&key) {
        given.site.say(&key)
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::quality::Standing;
    use crate::model::{Base, Choice, Generation, Lang, Outside, Reason};
    use crate::publish::sample;

    fn written_with(document: &Document, lang: Lang, outside: &Outside) -> String {
        let base: Base = sample::base();
        let site = Site {
            base: &base,
            root: "",
            lang,
            usual: Lang::Fr,
            generation: Generation(9),
            path: "/doc/3f8kz2m9q0cx",
            outside,
        };
        let entity = Entity {
            document,
            standings: &[] as &[Standing],
            now: sample::now(),
        };
        sample::without_hashes(&page(entity, site).expect("a page"))
    }

    fn html(document: &Document, lang: Lang) -> String {
        written_with(document, lang, Outside::NOTHING)
    }

    #[test]
    fn the_page_has_its_golden_files() {
        let performance = sample::performance();
        sample::assert_golden("performance.fr.html", &html(&performance, Lang::Fr));
        sample::assert_golden("performance.en.html", &html(&performance, Lang::En));
        sample::assert_golden("place.fr.html", &html(&sample::place(), Lang::Fr));
        sample::assert_golden("production.fr.html", &html(&sample::production(), Lang::Fr));
    }

    #[test]
    fn markup_in_the_data_stays_text() {
        let html = html(&sample::performance(), Lang::Fr);
        assert!(!html.contains("<script>alert"));
        assert_eq!(
            html.matches("<script type=\"application/ld+json\">")
                .count(),
            1
        );
        assert_eq!(
            html.matches("<script").count(),
            html.matches("</script").count()
        );
    }

    #[test]
    fn sources_that_disagree_are_shown_as_such_and_what_adds_up_is_not() {
        let base = sample::base();
        let document = sample::performance();
        let site = Site {
            base: &base,
            root: "",
            lang: Lang::Fr,
            usual: Lang::Fr,
            generation: Generation(9),
            path: "/",
            outside: Outside::NOTHING,
        };
        let entity = Entity {
            document: &document,
            standings: &[],
            now: sample::now(),
        };
        let voices = voices::voices(&Given::new(entity, site));
        let disputed: Vec<&str> = voices
            .iter()
            .filter(|voice| voice.is_disputed)
            .map(|voice| voice.property.text.as_str())
            .collect();
        assert_eq!(disputed, ["Nom (fr)", "Début"]);
        let left_out: Vec<&str> = voices
            .iter()
            .filter(|voice| voice.claims.iter().any(|claim| claim.is_left_out))
            .map(|voice| voice.property.text.as_str())
            .collect();
        assert_eq!(left_out, ["Fin"]);
    }

    #[test]
    fn the_page_says_why_one_source_is_followed() {
        let mut document = sample::performance();
        let choice = |reason| Choice {
            property: "http://schema.org/startDate".to_owned(),
            language: None,
            followed: document.sources[0].source.name.clone(),
            before: document.sources[1].source.name.clone(),
            reason,
        };
        let choices = [
            (Reason::OwnSource, "own source"),
            (
                Reason::Rank(10, 50),
                "whose rank (10) comes before that of Office de tourisme de Port-Sillon (50)",
            ),
            (
                Reason::MostRecent(Some("2026-11-20T09:12:44Z".to_owned())),
                "changed on 20 November 2026",
            ),
            (Reason::MostRecent(None), "more recent"),
            (Reason::Name, "the order of the names"),
        ]
        .map(|(reason, words)| (choice(reason), words));
        for (choice, words) in choices {
            document.choices = vec![choice];
            let html = html(&document, Lang::En);
            assert!(html.contains(words), "{words}");
        }
    }

    /// The performance, with one more statement on a part or on itself.
    fn with(subject: &str, predicate: &str, object: impl Into<oxrdf::Term>) -> Document {
        let mut document = sample::performance();
        let iri = document.description.iri.as_str();
        let subject = oxrdf::NamedNode::new_unchecked(format!("{iri}{subject}"));
        let predicate = oxrdf::NamedNode::new_unchecked(predicate);
        let triple = oxrdf::Triple::new(subject, predicate, object);
        document.description.triples.push(triple);
        document
    }

    #[test]
    fn an_image_is_shown_only_under_an_open_licence_of_its_own_and_from_a_host_that_is_named() {
        let named = Outside {
            images: vec![
                crate::model::outside::Origin::of("https://grande-ourse.example")
                    .expect("an origin"),
            ],
            ..Outside::default()
        };
        let licensed = |licence: &str| {
            let licence = oxrdf::NamedNode::new_unchecked(licence);
            with("#image-1f", about::LICENCE, licence)
        };
        let open = licensed("https://creativecommons.org/licenses/by/4.0/");
        let page = |document: &Document, outside| written_with(document, Lang::En, outside);
        let reserved = page(&sample::performance(), &named);
        assert!(!reserved.contains("<img") && reserved.contains("All rights reserved"));
        assert!(!page(&open, Outside::NOTHING).contains("<img"));
        assert!(!page(&licensed("https://example.org/ask-us"), &named).contains("<img"));
        let shown = page(&open, &named);
        assert!(shown.contains("<img src=\"https://grande-ourse.example/img/marees.jpg\" alt="));
        assert!(shown.contains("CC BY 4.0") && shown.contains("og:image"));
    }

    #[test]
    fn a_text_whose_source_gives_no_licence_is_linked_and_not_shown() {
        let mut document = sample::performance();
        let said = "Une maison, la mer qui monte";
        assert!(html(&document, Lang::En).contains(said));
        document.sources[0].source.licence = None;
        let shown = html(&document, Lang::En);
        let words = shown
            .split("application/ld+json\">")
            .next()
            .unwrap_or_default();
        assert!(!words.contains(said));
        assert!(shown.contains("gives no licence for it"));
        assert!(shown.contains("https://grande-ourse.example/saison/marees"));
    }

    #[test]
    fn what_is_no_address_is_never_a_link_and_every_text_has_its_language_and_direction() {
        let evil = oxrdf::NamedNode::new_unchecked("javascript:alert(1)");
        let document = with("", "http://schema.org/url", evil);
        assert!(!html(&document, Lang::Fr).contains("href=\"javascript:"));
        let name = oxrdf::Literal::new_language_tagged_literal_unchecked("المد والجزر", "ar");
        let page = html(&with("", "http://schema.org/name", name), Lang::Fr);
        assert!(page.contains("<span lang=\"ar\" dir=\"rtl\">المد والجزر</span>"));
        assert!(page.contains("<span lang=\"en\">The Tides in the Attic</span>"));
    }

    #[test]
    fn the_calendar_shows_no_day_as_empty_that_is_not() {
        let mut document = sample::production();
        let dates = &mut document.links.dates;
        (dates.total, dates.upcoming, dates.listed) = (3, 3, 3);
        dates.days = vec![("2027-03-02".to_owned(), 1), ("2027-03-05".to_owned(), 2)];
        let page = html(&document, Lang::Fr);
        assert!(page.contains("class=\"month-table\"") && page.contains("2&nbsp;×"));
        // Of this month not every day is known.
        document.links.dates.upcoming = 400;
        assert!(!html(&document, Lang::Fr).contains("class=\"month-table\""));
    }

    #[test]
    fn what_is_postponed_without_a_new_date_stands_apart() {
        let mut document = sample::production();
        let apart = "Reportées, sans nouvelle date";
        assert!(!html(&document, Lang::Fr).contains(apart));
        let postponed = crate::model::vocabulary::schema::EVENT_POSTPONED;
        document.links.dates.rows[0].status = Some(postponed.into_owned());
        assert!(html(&document, Lang::Fr).contains(apart));
    }

    #[test]
    fn a_page_stays_small_whatever_the_entity_has() {
        let mut document = sample::production();
        let iri = document.description.iri.clone();
        let base = sample::base();
        let mut triples = document.description.triples.clone();
        let schema = |local: &str| oxrdf::NamedNode::new_unchecked(given::schema_iri(local));
        let mut say = |predicate: &oxrdf::NamedNode, object: oxrdf::Term| {
            triples.push(oxrdf::Triple::new(iri.clone(), predicate.clone(), object));
        };
        let long = "la mer qui monte ".repeat(60_000);
        for number in 0..40 {
            let tag = format!("{}x", char::from(b'a' + number % 26));
            let text = |text: String| {
                oxrdf::Literal::new_language_tagged_literal_unchecked(
                    text,
                    format!("{tag}-x-{number}"),
                )
            };
            say(
                &schema("name"),
                text(format!("nom {number} {}", "é".repeat(900))).into(),
            );
            let words = if number == 0 { &long } else { "la mer" };
            say(&schema("description"), text(words.to_owned()).into());
        }
        let other = |number: usize| base.join(&format!("id/3f8kz2m9q0cx{number}"));
        for number in 0..3_000 {
            for local in [
                "keywords", "about", "sameAs", "url", "genre", "offers", "image",
            ] {
                say(&schema(local), other(number).into());
            }
            say(
                &base.sv("contribution"),
                base.join(&format!("id/c4w9vhs6m3pd#c{number}")).into(),
            );
            say(
                &oxrdf::NamedNode::new_unchecked(format!("https://e.example/p{number}")),
                other(number).into(),
            );
        }
        for number in 0..3_000 {
            let part = base.join(&format!("id/c4w9vhs6m3pd#c{number}"));
            let function = base.join(&format!(
                "vocab/fonctions/{}",
                ["jeu", "lumiere"][number % 2]
            ));
            triples.push(oxrdf::Triple::new(
                part.clone(),
                base.sv("agent"),
                other(number),
            ));
            triples.push(oxrdf::Triple::new(part, base.sv("fonction"), function));
        }
        document.sources[0].triples = triples.clone();
        document.description.triples = triples;
        let group = document.links.groups[0].clone();
        let row = |number: usize| {
            let mut row = group.rows[0].clone();
            row.subject = other(number);
            row.date = Some(format!(
                "2027-{:02}-{:02}T20:30:00+01:00",
                number % 12 + 1,
                number % 28 + 1
            ));
            row.place = Some(other(number % 500));
            row
        };
        document.links.dates.rows = (0..2_000).map(row).collect();
        document.links.dates.total = 2_000;
        document.links.dates.listed = 2_000;
        document.links.groups = (0..12)
            .map(|number| {
                let mut group = group.clone();
                group.relation = schema(&format!("relation{number}"));
                group.total = 10_000;
                group.rows = (0..1_000).map(row).collect();
                group
            })
            .collect();
        let html = html(&document, Lang::Fr);
        assert!(html.len() < 200_000, "{} bytes", html.len());
        assert!(html.contains("autres dates") && html.contains("dans les données"));
    }
}
