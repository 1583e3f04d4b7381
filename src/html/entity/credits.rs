//! Cast, team and support by function, as a programme sheet prints them; those of the production
//! apart from the performance's own.

use crate::html::entity::functions::{self, Circle};
use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds};
use crate::html::shown::{Link, Words};
use crate::html::{PageError, Site, render};
use askama::Template;
use oxrdf::{NamedNode, Term};

pub(super) const SECTION: Section = Section {
    name: "credits",
    write,
};

#[derive(Template)]
#[template(path = "entity/credits.html")]
struct Credits<'a> {
    site: Site<'a>,
    lists: Vec<List>,
    left: usize,
}

/// The credits of one description.
struct List {
    /// Whose they are, when not the entity's own.
    of: Option<Link>,
    circles: Vec<(&'static str, Vec<Credit>)>,
}

struct Credit {
    function: Link,
    people: Vec<Person>,
}

struct Person {
    who: Option<Link>,
    mention: Option<Words>,
    characters: Vec<Link>,
    replaces: Option<Link>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let mut lists = Vec::new();
    let (own, mut left) = circles(given, given.iri());
    if !own.is_empty() {
        lists.push(List {
            of: None,
            circles: own,
        });
    }
    if given.document.kind.is_event {
        for work in given.schema_links("workPerformed").into_iter().take(3) {
            let (circles, more) = circles(given, work.as_str());
            left += more;
            if !circles.is_empty() {
                lists.push(List {
                    of: Some(given.link(work.as_str())),
                    circles,
                });
            }
        }
    }
    if lists.is_empty() {
        return Ok(None);
    }
    let site = given.site;
    Ok(Some(render(&Credits { site, lists, left })?))
}

/// The contributions to something by circle and function, and how many are left out.
fn circles(given: &Given<'_>, iri: &str) -> (Vec<(&'static str, Vec<Credit>)>, usize) {
    let position = |part: &NamedNode| {
        let position = given
            .facts
            .text(part.as_str(), "http://schema.org/position");
        position
            .and_then(|text| text.parse().ok())
            .unwrap_or(i64::MAX)
    };
    let (function, agent) = (given.sv("fonction"), given.sv("agent"));
    let place = |part: &NamedNode| {
        let functions = given.facts.links(part.as_str(), &function);
        functions
            .map(|function| functions::place_of(function.as_str(), given.site.base).0)
            .min()
            .unwrap_or(usize::MAX)
    };
    let name = |part: &NamedNode| {
        let agent = given.facts.links(part.as_str(), &agent).next();
        agent.map(|agent| given.facts.name(agent.as_str()).text.to_lowercase())
    };
    // By function, then as the source orders them, then by name.
    let mut parts: Vec<_> = given
        .facts
        .links(iri, &given.sv("contribution"))
        .map(|part| ((place(part), position(part), name(part)), part))
        .collect();
    parts.sort();
    let left = parts.len().saturating_sub(bounds::CREDITS);
    parts.truncate(bounds::CREDITS);
    // Function, place in the scheme, circle, people in the order of their positions.
    let mut credits: Vec<(&NamedNode, (usize, Circle), Vec<Person>)> = Vec::new();
    for (_, part) in parts {
        for function in given.facts.links(part.as_str(), &given.sv("fonction")) {
            let person = person(given, part.as_str());
            match credits.iter_mut().find(|(known, ..)| *known == function) {
                Some((_, _, people)) => people.push(person),
                None => {
                    let place = functions::place_of(function.as_str(), given.site.base);
                    credits.push((function, place, vec![person]));
                }
            }
        }
    }
    credits.sort_by_key(|(_, (place, _), _)| *place);
    let mut circles: Vec<(&'static str, Vec<Credit>)> = Vec::new();
    for circle in Circle::ALL {
        let (of_circle, rest): (Vec<_>, Vec<_>) = credits
            .into_iter()
            .partition(|(_, (_, its), _)| *its == circle);
        credits = rest;
        let of_circle: Vec<Credit> = of_circle
            .into_iter()
            .map(|(function, _, people)| Credit {
                function: given.link(function.as_str()),
                people,
            })
            .collect();
        if !of_circle.is_empty() {
            circles.push((circle.key(), of_circle));
        }
    }
    (circles, left)
}

fn person(given: &Given<'_>, part: &str) -> Person {
    let link = |local: &str| {
        let predicate = given.sv(local);
        let mut links = given.facts.links(part, &predicate);
        links.next().map(|node| given.link(node.as_str()))
    };
    let who = link("agent");
    // "Lumière : Inès Valdombre" says of Inès Valdombre what the page says already.
    let repeats = |mention: &Words| {
        let who = who.as_ref().map(|who| who.words.text.as_str());
        who.is_some_and(|who| mention.text.contains(who))
    };
    let mention = given.facts.literal(part, &given.sv("mention"));
    Person {
        mention: mention
            .map(|literal| given.words(literal))
            .filter(|mention| !repeats(mention)),
        who,
        replaces: link("remplace"),
        characters: given
            .facts
            .objects(part, &given.sv("personnage"))
            .take(bounds::VALUES)
            .map(|object| match object {
                Term::NamedNode(node) => given.link(node.as_str()),
                other => Link {
                    href: None,
                    is_external: false,
                    words: given.facts.line(part, "", other),
                },
            })
            .collect(),
    }
}
