//! What is known of one that has names.

use crate::model::{Kind, Lang};
use serde::{Deserialize, Serialize};

/// A name, and the language that it is in, as a tag of BCP 47.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    pub text: String,
    pub lang: Option<String>,
}

/// An entity or a concept, as it is found and shown in lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its IRI, without the base and the slash after it.
    pub path: String,
    /// The name of its kind.
    pub kind: String,
    /// What it is called, in each language.
    pub names: Vec<Name>,
    /// What else it is called, by whom ever.
    pub others: Vec<Name>,
    /// The family name of a person, where somebody said it.
    pub family: Option<String>,
    pub town: Option<String>,
    /// The code of a department.
    pub department: Option<String>,
    /// Concepts, as paths like that of the entry, or IRIs of others.
    pub disciplines: Vec<String>,
    /// What a person or organisation does in productions, as concepts.
    pub functions: Vec<String>,
    /// When it starts and ends, as the data has it.
    pub start: Option<String>,
    pub end: Option<String>,
    /// The days on which something of it is performed, counted from 1970.
    pub days: Vec<i32>,
    /// How many others point to it, up to a bound.
    pub links: u64,
    /// In how many productions it is credited, up to a bound.
    pub credits: u64,
}

impl Entry {
    /// The name that suits a reader of a language best: in that language, else in none, else in
    /// another language of the interface, else the first.
    pub fn best(&self, lang: Lang) -> Option<&Name> {
        let names = if self.names.is_empty() {
            &self.others
        } else {
            &self.names
        };
        names
            .iter()
            .min_by_key(|name| match name.lang.as_deref().map(Lang::from_tag) {
                Some(Some(spoken)) if spoken == lang => 0,
                None => 1,
                Some(Some(_)) => 2,
                Some(None) => 3,
            })
    }

    /// All names.
    pub fn all_names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter().chain(&self.others)
    }

    /// The next day on which something of it is performed.
    pub fn next_day(&self, today: i32) -> Option<i32> {
        let place = self.days.partition_point(|day| *day < today);
        self.days.get(place).copied()
    }

    /// The last day on which something of it is on.
    pub fn last_day(&self) -> Option<i32> {
        let days = [self.end.as_deref(), self.start.as_deref()];
        let own = days.into_iter().flatten().filter_map(day_of);
        own.chain(self.days.last().copied()).max()
    }

    pub fn is_performance(&self) -> bool {
        Kind::named(&self.kind).is_some_and(Kind::is_performance)
    }
}

/// The day of a date as the data has it, counted from 1970.
pub fn day_of(date: &str) -> Option<i32> {
    let day: jiff::civil::Date = date.get(..10)?.parse().ok()?;
    let since = day.since(jiff::civil::date(1970, 1, 1)).ok()?;
    Some(since.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day_of("1970-01-02T20:00:00+01:00"), Some(1));
        assert_eq!(day_of("1969-12-31"), Some(-1));
        assert_eq!(day_of("soon"), None);
    }

    #[test]
    fn what_is_next_is_not_over() {
        let entry = Entry {
            days: vec![10, 20, 30],
            end: Some("1970-03-01".to_owned()),
            ..Entry::default()
        };
        assert_eq!(entry.next_day(20), Some(20));
        assert_eq!(entry.next_day(31), None);
        assert_eq!(entry.last_day(), Some(59));
    }
}
