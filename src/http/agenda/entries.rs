//! What an agenda shows of something that is on: most of it from the table, the rest from the
//! store, for no more than is on the page.

use crate::app::following::entities::iri_of;
use crate::app::statistics::State;
use crate::app::statistics::facets::agenda::Entry;
use crate::app::statistics::facets::{Column, Row, Said, Value};
use crate::html::agenda::{Price, Shown};
use crate::model::Kind;
use crate::model::vocabulary::{schema, skos};
use crate::publish::Item;
use crate::store::{StoreError, View};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, Term, Triple};
use std::collections::HashMap;

const LOW_PRICE: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://schema.org/lowPrice");

/// Reads what is shown, and remembers what several of them have in common.
pub(crate) struct Reading<'a> {
    view: View<'a>,
    state: &'a State,
    names: HashMap<NamedNode, Vec<Literal>>,
    /// What is above a concept.
    above: HashMap<String, Vec<String>>,
}

impl<'a> Reading<'a> {
    pub fn new(view: View<'a>, state: &'a State) -> Self {
        Self {
            view,
            state,
            names: HashMap::new(),
            above: HashMap::new(),
        }
    }

    /// What is shown of some entries; those that were withdrawn since they were counted are left
    /// out.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn all(&mut self, entries: &[Entry]) -> Result<Vec<Shown>, StoreError> {
        let mut shown = Vec::with_capacity(entries.len());
        for entry in entries {
            shown.extend(self.one(entry)?);
        }
        Ok(shown)
    }

    fn one(&mut self, entry: &Entry) -> Result<Option<Shown>, StoreError> {
        let iri = iri_of(self.view.base(), entry.entity);
        let triples = self.view.public_description(&iri)?;
        let table = &self.state.performances;
        let Some(row) = table
            .row(entry.row as usize)
            .filter(|_| !triples.is_empty())
        else {
            return Ok(None);
        };
        let kind = self.values(&row, Column::Kind).next();
        let Some(kind) = kind.and_then(|value| Kind::named(&value.key)) else {
            return Ok(None);
        };
        let literal = |property| literals(&triples, &iri, property).next().cloned();
        let node = |property| nodes(&triples, &iri, property).next().cloned();
        let place = node(schema::LOCATION);
        let known = place.as_ref().and_then(|place| {
            let said = Said::Iri(place.as_str().to_owned());
            table.dictionary(Column::Place).value(&said)
        });
        let town = known.and_then(|place| place.town.clone());
        let place = known
            .filter(|known| !known.names.is_empty())
            .and_then(|known| Some((place?, known.names.clone())));
        // A room says little without the house that it is in.
        let house = self
            .values(&row, Column::Place)
            .find(|value| value.iri.is_some() && value.iri != known.and_then(|k| k.iri.clone()))
            .filter(|value| !value.names.is_empty())
            .map(|value| {
                let iri = value.iri.clone().unwrap_or_default();
                (NamedNode::new_unchecked(iri), value.names.clone())
            });
        let names: Vec<Literal> = literals(&triples, &iri, schema::NAME).cloned().collect();
        let production = match node(schema::WORK_PERFORMED) {
            Some(work) => {
                let of_work = self.names(&work)?;
                let is_other = !of_work
                    .iter()
                    .any(|name| names.iter().any(|own| own.value() == name.value()));
                (is_other && !of_work.is_empty()).then_some((work, of_work))
            }
            None => None,
        };
        let access = self
            .values(&row, Column::Access)
            .filter(|value| value.key != "ouvert-a-tous")
            .map(|value| value.names.clone())
            .collect();
        let accessibility = self.lowest(&row, Column::Accessibility)?;
        let disciplines = self.lowest(&row, Column::Discipline)?;
        Ok(Some(Shown {
            day: entry.day(),
            days: entry.days,
            item: Item {
                start: literal(schema::START_DATE),
                end: literal(schema::END_DATE),
                status: node(schema::EVENT_STATUS),
                place,
                house,
                town,
                ..Item::new(iri.clone(), kind, names)
            },
            production,
            disciplines,
            accessibility,
            access,
            price: self.price(&row, &triples),
        }))
    }

    fn values(&self, row: &Row, column: Column) -> impl Iterator<Item = &'a Value> {
        let state = self.state;
        let set = row.cells[column.place()];
        state.performances.dictionary(column).values_in(set)
    }

    /// The concepts of a column, without those that stand above another one.
    fn lowest(&mut self, row: &Row, column: Column) -> Result<Vec<Vec<Literal>>, StoreError> {
        let values: Vec<&Value> = self.values(row, column).collect();
        let mut all_above: Vec<String> = Vec::new();
        if values.len() > 1 {
            for iri in values.iter().filter_map(|value| value.iri.as_ref()) {
                if let Some(known) = self.above.get(iri) {
                    all_above.extend(known.iter().cloned());
                    continue;
                }
                let concept = NamedNode::new_unchecked(iri.as_str());
                let found = self.view.quads(
                    Some(concept.as_ref().into()),
                    Some(skos::BROADER),
                    None,
                    Some(GraphNameRef::DefaultGraph),
                );
                let mut above = Vec::new();
                for quad in found {
                    if let Term::NamedNode(broader) = quad?.object {
                        above.push(broader.into_string());
                    }
                }
                all_above.extend(above.iter().cloned());
                self.above.insert(iri.clone(), above);
            }
        }
        let is_lowest = |value: &&Value| match &value.iri {
            Some(iri) => !all_above.contains(iri),
            None => true,
        };
        let lowest = values.into_iter().filter(is_lowest);
        Ok(lowest
            .map(|value| {
                if value.names.is_empty() {
                    vec![Literal::new_simple_literal(&value.key)]
                } else {
                    value.names.clone()
                }
            })
            .collect())
    }

    fn names(&mut self, iri: &NamedNode) -> Result<Vec<Literal>, StoreError> {
        if let Some(names) = self.names.get(iri) {
            return Ok(names.clone());
        }
        let mut names = Vec::new();
        for quad in self.view.quads(
            Some(iri.as_ref().into()),
            Some(schema::NAME),
            None,
            Some(GraphNameRef::DefaultGraph),
        ) {
            if let Term::Literal(name) = quad?.object {
                names.push(name);
            }
        }
        self.names.insert(iri.clone(), names.clone());
        Ok(names)
    }

    /// What it costs, as far as that is said: nothing, or the lowest price.
    fn price(&self, row: &Row, triples: &[Triple]) -> Option<Price> {
        let mut said = self.values(row, Column::Price);
        if said.any(|value| value.key == crate::app::statistics::facets::FREE) {
            return Some(Price::Free);
        }
        let mut lowest: Option<(f64, String, &Triple)> = None;
        for triple in triples {
            let is_price = triple.predicate == schema::PRICE || triple.predicate == LOW_PRICE;
            if let (true, Term::Literal(price)) = (is_price, &triple.object)
                && let Ok(amount) = price.value().parse::<f64>()
                && amount > 0.0
                && lowest.as_ref().is_none_or(|(least, _, _)| amount < *least)
            {
                lowest = Some((amount, price.value().to_owned(), triple));
            }
        }
        let (_, amount, of) = lowest?;
        let currency = triples.iter().find_map(|triple| match &triple.object {
            Term::Literal(currency)
                if triple.subject == of.subject && triple.predicate == schema::PRICE_CURRENCY =>
            {
                Some(currency.value().to_owned())
            }
            _ => None,
        });
        Some(Price::From(amount, currency))
    }
}

fn objects<'t>(
    triples: &'t [Triple],
    iri: &'t NamedNode,
    property: NamedNodeRef<'t>,
) -> impl Iterator<Item = &'t Term> {
    let of = triples
        .iter()
        .filter(move |triple| triple.predicate == property && triple.subject == iri.clone().into());
    of.map(|triple| &triple.object)
}

fn literals<'t>(
    triples: &'t [Triple],
    iri: &'t NamedNode,
    property: NamedNodeRef<'t>,
) -> impl Iterator<Item = &'t Literal> {
    objects(triples, iri, property).filter_map(|object| match object {
        Term::Literal(literal) => Some(literal),
        Term::NamedNode(_) | Term::BlankNode(_) => None,
    })
}

fn nodes<'t>(
    triples: &'t [Triple],
    iri: &'t NamedNode,
    property: NamedNodeRef<'t>,
) -> impl Iterator<Item = &'t NamedNode> {
    objects(triples, iri, property).filter_map(|object| match object {
        Term::NamedNode(node) => Some(node),
        Term::Literal(_) | Term::BlankNode(_) => None,
    })
}
