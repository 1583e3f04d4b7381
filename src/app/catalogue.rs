//! What the catalogue is made of, gathered: counts and coverage from the statistics, sources from
//! the registry, releases from their folder, and who answers for all of it from the configuration.

use crate::app::App;
use crate::app::releases::Release;
use crate::app::statistics::State;
use crate::app::statistics::facets::{Facet, FacetCounts};
use crate::config::Schedule;
use crate::model::Generation;
use crate::publish::catalogue::{Area, Catalogue, Contribution, Coverage, Frequency};
use crate::publish::released::{Released, Responsible};
use crate::store::{StoreError, View};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// How many coordinates go into a degree.
const DEGREE: f64 = 1_000_000.0;

impl App {
    /// Who answers for what is published, as far as the configuration says so.
    pub fn responsible(&self) -> Responsible {
        Responsible {
            name: self.config.publisher_name.clone(),
            contact: self.config.publisher_contact.clone(),
            licence: self.config.licence.clone(),
        }
    }
}

/// What the catalogue tells of one generation.
pub struct Described<'a> {
    app: &'a App,
    pub responsible: Responsible,
    pub generation: Generation,
    /// When that was accepted, and the first one: xsd:dateTime, UTC.
    pub modified: String,
    pub issued: String,
    pub triples: u64,
    pub entities: u64,
    pub coverage: Coverage,
    pub sources: Vec<Contribution>,
    pub profiles: Vec<String>,
    pub releases: Arc<Vec<Release>>,
}

impl<'a> Described<'a> {
    /// Describes what was counted; the settings of the sources are read from the view.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn of(app: &'a App, state: &State, view: View<'_>) -> Result<Self, StoreError> {
        let time = |generation: Generation| {
            let change = view.change(generation)?;
            Ok::<_, StoreError>(change.map_or_else(String::new, |(time, _)| time))
        };
        let sources = view.sources()?.into_iter();
        let sources = sources.filter(|source| !source.name.is_system());
        let sources = sources.map(|source| {
            let counts = state.sources.get(source.name.as_str());
            Contribution {
                claims: counts.map_or(0, |counts| counts.claims),
                entities: counts.map_or(0, |counts| counts.entities()),
                name: source.name,
                publisher: source.publisher,
                licence: source.licence,
            }
        });
        let profiles = app.door.profiles().iter();
        Ok(Self {
            app,
            responsible: app.responsible(),
            generation: state.generation,
            modified: time(state.generation)?,
            issued: time(Generation(1))?,
            triples: state.counts.triples,
            entities: state.kinds.values().sum(),
            coverage: coverage(state),
            sources: sources.collect(),
            profiles: profiles.map(|profile| profile.name.clone()).collect(),
            releases: app.releases.all(),
        })
    }

    pub fn catalogue(&self) -> Catalogue<'_> {
        Catalogue {
            base: self.app.store.base(),
            responsible: &self.responsible,
            generation: self.generation,
            modified: &self.modified,
            issued: &self.issued,
            triples: self.triples,
            entities: self.entities,
            coverage: &self.coverage,
            sources: &self.sources,
            profiles: &self.profiles,
            releases: released(self.app, &self.releases, &self.responsible),
            frequency: match self.app.config.release_schedule {
                Schedule::Off => None,
                Schedule::Daily => Some(Frequency::Daily),
                Schedule::Weekly => Some(Frequency::Weekly),
                Schedule::Monthly => Some(Frequency::Monthly),
            },
        }
    }
}

/// Releases with what their descriptions are made of besides, in their order.
pub fn released<'a>(
    app: &'a App,
    releases: &'a [Release],
    responsible: &'a Responsible,
) -> Vec<Released<'a>> {
    let mut previous = None;
    let releases = releases.iter().map(|release| {
        let released = Released {
            base: app.store.base(),
            manifest: &release.manifest,
            withdrawal: release.withdrawal.as_ref(),
            previous,
            is_queryable: release.is_queryable(),
            responsible,
        };
        if release.withdrawal.is_none() {
            previous = Some(release.manifest.date.as_str());
        }
        released
    });
    releases.collect()
}

/// Stands for which releases there are, and in which state: for entity tags.
pub fn mark(releases: &[Release]) -> String {
    let mut hash = Sha256::new();
    for release in releases {
        hash.update(release.manifest.date.as_bytes());
        let states = [release.withdrawal.is_some(), release.is_queryable()];
        hash.update(states.map(u8::from));
        for file in &release.manifest.files {
            hash.update(file.sha256.as_bytes());
        }
    }
    let hash = hash.finalize();
    hash.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// From the first to the last day of performances that take place, and what their places lie
/// within.
fn coverage(state: &State) -> Coverage {
    let selection = state.select(&[]);
    let of = |name: &str| {
        let facets = selection.facets.iter();
        let mut named = facets.filter(|counts| counts.facet.name == name);
        named.next()
    };
    let values = |counts: Option<&FacetCounts>| {
        let values = counts.into_iter().flat_map(|counts| {
            let values = counts.values.iter();
            values.filter_map(|count| state.performances.value_of(counts.facet, count))
        });
        values.cloned().collect::<Vec<_>>()
    };
    let days = values(of("day"));
    let day = |value: &crate::app::statistics::facets::Value| {
        Facet::named("day").and_then(|facet| facet.key_of(value).map(str::to_owned))
    };
    let days = days.first().and_then(day).zip(days.last().and_then(day));
    let places = values(of("place")).into_iter();
    let points = places.filter_map(|place| place.point);
    let area = points.fold(None, |area: Option<Area>, (latitude, longitude)| {
        let (y, x) = (f64::from(latitude) / DEGREE, f64::from(longitude) / DEGREE);
        let known = area.unwrap_or(Area {
            south: y,
            west: x,
            north: y,
            east: x,
        });
        Some(Area {
            south: known.south.min(y),
            west: known.west.min(x),
            north: known.north.max(y),
            east: known.east.max(x),
        })
    });
    Coverage { days, area }
}
