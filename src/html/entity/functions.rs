//! The functions of contributions in the order of their scheme, and what each belongs to.

use crate::model::Base;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a function belongs to, in the order of a programme sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Circle {
    Cast,
    Team,
    Support,
}

impl Circle {
    pub const ALL: [Self; 3] = [Self::Cast, Self::Team, Self::Support];

    /// The key of its title.
    pub fn key(self) -> &'static str {
        match self {
            Self::Cast => "credits-cast",
            Self::Team => "credits-team",
            Self::Support => "credits-support",
        }
    }
}

const SCHEME: &str = include_str!("../../../ontology/vocabularies/fonctions.ttl");

const CAST: &[&str] = &["interpretation", "voix-off"];
const SUPPORT: &[&str] = &[
    "production",
    "administration-de-production",
    "diffusion",
    "soutien",
    "subvention",
    "accueil",
];

/// Place in the scheme and circle of each function, by its local name. The built-in file writes
/// one statement a line, as its own tests see to.
static ORDER: LazyLock<HashMap<&'static str, (usize, Circle)>> = LazyLock::new(|| {
    let mut order = HashMap::new();
    let mut current = "";
    for line in SCHEME.lines() {
        if let Some(name) = line
            .strip_prefix("fonctions:")
            .and_then(|rest| rest.split_once(" a skos:Concept"))
        {
            current = name.0;
            order.insert(current, (order.len(), circle(current)));
        } else if let Some(broader) = line.trim().strip_prefix("skos:broader fonctions:") {
            let broader = broader.trim_end_matches([' ', ';', '.']);
            if let Some(entry) = order.get_mut(current) {
                entry.1 = circle(broader);
            }
        }
    }
    order
});

fn circle(top: &str) -> Circle {
    if CAST.contains(&top) {
        Circle::Cast
    } else if SUPPORT.contains(&top) {
        Circle::Support
    } else {
        Circle::Team
    }
}

/// Where a function stands in its scheme, and its circle; what is not in the scheme comes last.
pub(super) fn place_of(function: &str, base: &Base) -> (usize, Circle) {
    name_of(function, base)
        .and_then(|name| ORDER.get(name).copied())
        .unwrap_or((usize::MAX, Circle::Team))
}

/// The local name of a function of the scheme.
pub(super) fn name_of<'f>(function: &'f str, base: &Base) -> Option<&'f str> {
    base.strip(function)?.strip_prefix("vocab/fonctions/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;

    #[test]
    fn functions_stand_in_the_order_of_the_scheme_and_belong_to_a_circle() {
        let base = sample::base();
        let of = |name: &str| {
            place_of(
                base.join(&format!("vocab/fonctions/{name}")).as_str(),
                &base,
            )
        };
        assert!(of("texte") < of("mise-en-scene"));
        assert_eq!(of("jeu").1, Circle::Cast);
        assert_eq!(of("lumiere").1, Circle::Team);
        assert_eq!(of("coproduction").1, Circle::Support);
        assert_eq!(of("made-up"), (usize::MAX, Circle::Team));
    }
}
