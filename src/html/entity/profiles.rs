//! Which profiles the entity meets, and what it lacks for the others.

use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds};
use crate::html::shown::Prose;
use crate::html::{PageError, Site, render};
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "profiles",
    write,
};

#[derive(Template)]
#[template(path = "entity/profiles.html")]
struct Profiles<'a> {
    site: Site<'a>,
    standings: Vec<Standing>,
}

struct Standing {
    profile: String,
    href: String,
    meets: bool,
    messages: Vec<Prose>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let site = given.site;
    let standings: Vec<Standing> = given
        .entity
        .standings
        .iter()
        .map(|standing| Standing {
            profile: standing.profile.clone(),
            href: site.at(&format!("/quality?profile={}", standing.profile)),
            meets: standing.meets,
            messages: standing
                .findings
                .iter()
                .take(bounds::VALUES)
                .map(|(_, message)| Prose::new(&bounds::cut(message.get(site.lang), bounds::VALUE)))
                .collect(),
        })
        .collect();
    if standings.is_empty() {
        return Ok(None);
    }
    Ok(Some(render(&Profiles { site, standings })?))
}
