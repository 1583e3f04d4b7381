//! Why a query is not run here.

use crate::model::Text;
use crate::query::plan::numbers::shown;

/// One reason, of which a plan may have several.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reason {
    /// More is read than a small slice of time allows.
    Work { reads: f64, most: f64 },
    /// A sort, a grouping or a hash table may take long, and nothing stops it meanwhile.
    Held { reads: f64, most: f64 },
    /// A path with `*`, `+` or `?` of which neither end is known.
    OpenPath,
    /// A path with `*` or `+` over properties that may chain this many triples.
    LongPath { triples: f64 },
    /// So many rows of VALUES.
    Values { rows: usize, most: usize },
    /// A function that is not known to be cheap.
    Function(String),
    /// REGEX or REPLACE with a pattern that is not a short constant.
    Regex,
    /// Strings that may become so many times as long as those in the data.
    Growth { most: f64 },
    /// A query of so many parts that finding its plan takes long.
    Size,
    /// So many graphs.
    Graphs { named: usize, most: usize },
}

impl Reason {
    pub(super) fn text(&self) -> Text {
        match self {
            Self::Work { reads, most } => Text::new(
                format!(
                    "environ {} lectures sont prévues, plus que {}",
                    shown(*reads),
                    shown(*most)
                ),
                format!(
                    "about {} reads are expected, more than {}",
                    shown(*reads),
                    shown(*most)
                ),
            ),
            Self::Held { reads, most } => Text::new(
                format!(
                    "un tri, un groupement ou une table de hachage peut demander {} lectures d'un seul tenant, plus que {}",
                    shown(*reads),
                    shown(*most)
                ),
                format!(
                    "a sort, a grouping or a hash table may take {} reads at one go, more than {}",
                    shown(*reads),
                    shown(*most)
                ),
            ),
            Self::OpenPath => Text::new(
                "un chemin avec `*`, `+` ou `?` est ouvert aux deux bouts",
                "a path with `*`, `+` or `?` is open at both ends",
            ),
            Self::LongPath { triples } => Text::new(
                format!(
                    "un chemin avec `*` ou `+` peut suivre {} triplets",
                    shown(*triples)
                ),
                format!(
                    "a path with `*` or `+` may follow {} triples",
                    shown(*triples)
                ),
            ),
            Self::Values { rows, most } => Text::new(
                format!("VALUES a {rows} lignes, plus que {most}"),
                format!("VALUES has {rows} rows, more than {most}"),
            ),
            Self::Function(name) => Text::new(
                format!("la fonction {name} n'est pas de celles dont le coût est sûr"),
                format!("the function {name} is not among those whose cost is certain"),
            ),
            Self::Regex => Text::new(
                "le motif de REGEX ou REPLACE n'est pas une courte constante sans répétition comptée",
                "the pattern of REGEX or REPLACE is not a short constant without counted repetition",
            ),
            Self::Growth { most } => Text::new(
                format!(
                    "des textes peuvent devenir plus de {} fois plus longs que ceux des données",
                    shown(*most)
                ),
                format!(
                    "texts may become more than {} times as long as those in the data",
                    shown(*most)
                ),
            ),
            Self::Size => Text::new(
                "la requête a trop de parties pour que son plan soit calculé ici",
                "the query has too many parts for its plan to be found here",
            ),
            Self::Graphs { named, most } => Text::new(
                format!("la requête nomme {named} graphes, plus que {most}"),
                format!("the query names {named} graphs, more than {most}"),
            ),
        }
    }
}
