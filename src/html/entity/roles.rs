//! What a person or organisation does, by function, and who played a character.

use crate::html::entity::Section;
use crate::html::entity::functions;
use crate::html::entity::given::Given;
use crate::html::entity::links::{Links, all_listed, is_role};
use crate::html::entity::pointing::{self, Group};
use crate::html::{PageError, render};

pub(super) const SECTION: Section = Section {
    name: "roles",
    write,
};

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let mut groups: Vec<Group<'_>> = pointing::groups(given.document)
        .into_iter()
        .filter(|group| is_role(group.relation, given))
        .collect();
    groups.sort_by_key(|group| functions::place_of(group.relation, given.site.base).0);
    if groups.is_empty() {
        return Ok(None);
    }
    Ok(Some(render(&Links {
        site: given.site,
        groups: all_listed(given, &groups),
        all: None,
    })?))
}
