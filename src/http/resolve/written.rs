//! What was resolved, in the formats in which it can be had.

use super::asked::Table;
use crate::html;
use crate::http::entities::rdf;
use crate::http::negotiate::{CSV, HTML, JSON, Offer};
use crate::http::problem::Problem;
use crate::http::table;
use crate::model::kind::Kinds;
use crate::model::vocabulary::{dct, owl, rdf as rdf_vocabulary, schema, xsd};
use crate::model::{Base, Generation, Kind, Lang};
use crate::publish::resolution::{Found, OWN, Resolved, Status};
use crate::publish::{Context, FORMATS};
use oxrdf::{Literal, NamedNode, Triple};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub const NDJSON: Offer = Offer {
    name: "ndjson",
    media_type: "application/x-ndjson",
};

/// The formats, JSON first: most who ask are programs.
pub fn offers() -> Vec<Offer> {
    [JSON, NDJSON, CSV, HTML]
        .into_iter()
        .chain(FORMATS.iter().map(|format| Offer {
            name: format.extension,
            media_type: format.media_type,
        }))
        .collect()
}

/// The columns of an answer as a table, after those that came.
const COLUMNS: &[&str] = &[
    "status",
    "iri",
    "kind",
    "type",
    "label",
    "changed",
    "generation",
    "scheme",
    "mistyped",
    "part",
    "others",
    "withdrawn",
    "withdrawn-by",
    "withdrawn-because",
];

/// All that an answer is written from.
pub struct Resolution {
    pub resolved: Vec<Resolved>,
    /// The table in which the identifiers stood.
    pub table: Option<Table>,
    pub generation: Generation,
    /// Of which generation all identifiers of senders are known, where that is an earlier one.
    pub identifiers_at: Option<Generation>,
}

/// What the writers know beside it.
pub struct Writing<'a> {
    pub base: &'a Base,
    pub kinds: &'a Kinds,
    pub context: &'a Context,
    pub lang: Lang,
}

impl Resolution {
    /// How many identifiers have each status.
    pub fn counts(&self) -> Vec<(Status, usize)> {
        let count = |status: Status| {
            let of = self.resolved.iter();
            of.filter(|one| one.status == status).count()
        };
        let counts = Status::ALL.map(|status| (status, count(status)));
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

impl Writing<'_> {
    /// The answer in one of the formats, pages excepted.
    ///
    /// # Errors
    /// Never in practice: writing into memory does not fail.
    pub fn write(&self, of: &Resolution, offer: Offer) -> Result<Vec<u8>, Problem> {
        match offer {
            CSV => self.csv(of),
            NDJSON => {
                let mut lines = Vec::new();
                for place in 0..of.resolved.len() {
                    let line = Value::Object(self.object(of, place));
                    serde_json::to_writer(&mut lines, &line).map_err(Problem::internal)?;
                    lines.push(b'\n');
                }
                Ok(lines)
            }
            JSON => {
                let counts = of.counts().into_iter();
                let counts: Map<String, Value> = counts
                    .map(|(status, count)| (status.name().to_owned(), json!(count)))
                    .collect();
                let mut whole = json!({ "generation": of.generation.0, "counts": counts });
                if let Some(at) = of.identifiers_at {
                    insert(&mut whole, "identifiersAt", json!(at.0));
                }
                let objects = (0..of.resolved.len()).map(|place| self.object(of, place).into());
                insert(&mut whole, "results", Value::Array(objects.collect()));
                Ok(format!("{whole:#}\n").into_bytes())
            }
            offer => rdf(&self.triples(of), offer, self.context).map_err(Problem::internal),
        }
    }

    /// One answer alone.
    ///
    /// # Errors
    /// Never in practice.
    pub fn write_one(&self, of: &Resolution) -> Result<Vec<u8>, Problem> {
        let mut object = self.object(of, 0);
        object.insert("generation".to_owned(), json!(of.generation.0));
        if let Some(at) = of.identifiers_at {
            object.insert("identifiersAt".to_owned(), json!(at.0));
        }
        Ok(format!("{:#}\n", Value::Object(object)).into_bytes())
    }

    fn object(&self, of: &Resolution, place: usize) -> Map<String, Value> {
        let mut object = Map::new();
        let Some(one) = of.resolved.get(place) else {
            return object;
        };
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        put("given", json!(one.given));
        put("status", json!(one.status.name()));
        if let Some(scheme) = one.scheme {
            put("scheme", json!(scheme));
        }
        if one.is_mistyped {
            put("mistyped", json!(true));
        }
        if let Some(entity) = &one.entity {
            for (name, value) in self.entity(entity) {
                put(&name, value);
            }
        }
        if let Some(part) = &one.part {
            put("part", json!(part.as_str()));
        }
        if let Some(tombstone) = &one.tombstone {
            put(
                "withdrawn",
                json!({
                    "time": tombstone.time,
                    "source": tombstone.source.as_ref().map(|source| source.as_str()),
                    "reason": tombstone.reason,
                }),
            );
        }
        if !one.others.is_empty() {
            let others = one.others.iter();
            let others: Vec<Value> = others
                .map(|other| Value::Object(self.entity(other)))
                .collect();
            put(others_are(one), others.into());
        }
        if let Some(row) = of.table.as_ref().and_then(|table| table.rows.get(place)) {
            let columns = of.table.as_ref().map_or(&[][..], |table| &table.columns);
            let cells = row.iter().enumerate().map(|(place, cell)| {
                let name = columns.get(place).cloned();
                (name.unwrap_or_else(|| nameless(place)), json!(cell))
            });
            put("row", Value::Object(cells.collect()));
        }
        object
    }

    fn entity(&self, entity: &Found) -> Map<String, Value> {
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        put("iri", json!(entity.iri.as_str()));
        if let Some(kind) = entity.kind {
            put("kind", json!(kind.name));
        }
        if let Some(class) = self.class(entity.kind) {
            put("type", json!(class.as_str()));
        }
        if let Some(label) = html::best_name(&entity.names, self.lang) {
            put("label", json!(label));
        }
        if let Some((generation, time)) = &entity.changed {
            put(
                "changed",
                json!({ "generation": generation.0, "time": time }),
            );
        }
        object
    }

    /// The most telling class that all of a kind have.
    fn class(&self, kind: Option<&'static Kind>) -> Option<&NamedNode> {
        self.kinds.stored_as(kind?).first()
    }

    fn csv(&self, of: &Resolution) -> Result<Vec<u8>, Problem> {
        let mut head: Vec<String> = Vec::new();
        let mut width = 1;
        match &of.table {
            None => head.push("given".to_owned()),
            Some(table) => {
                let rows = table.rows.iter().map(Vec::len);
                width = rows.max().unwrap_or_default().max(table.columns.len());
                let names = (0..width).map(|place| {
                    let name = table.columns.get(place);
                    name.cloned().unwrap_or_else(|| nameless(place))
                });
                head.extend(names);
            }
        }
        let taken: BTreeSet<String> = head.iter().cloned().collect();
        head.extend(COLUMNS.iter().map(|name| match taken.contains(*name) {
            true => format!("affiche-{name}"),
            false => (*name).to_owned(),
        }));
        let rows = of.resolved.iter().enumerate().map(|(place, one)| {
            let mut cells = match &of.table {
                None => vec![one.given.clone()],
                Some(table) => table.rows.get(place).cloned().unwrap_or_default(),
            };
            cells.resize(width, String::new());
            cells.extend(self.cells(one));
            cells
        });
        table::csv(std::iter::once(head).chain(rows))
    }

    fn cells(&self, one: &Resolved) -> [String; COLUMNS.len()] {
        let entity = one.entity.as_ref();
        let of_entity =
            |what: &dyn Fn(&Found) -> Option<String>| entity.and_then(what).unwrap_or_default();
        let tombstone = one.tombstone.as_ref();
        let others = one.others.iter().map(|other| other.iri.as_str());
        [
            one.status.name().to_owned(),
            of_entity(&|entity| Some(entity.iri.as_str().to_owned())),
            of_entity(&|entity| entity.kind.map(|kind| kind.name.to_owned())),
            of_entity(&|entity| Some(self.class(entity.kind)?.as_str().to_owned())),
            of_entity(&|entity| html::best_name(&entity.names, self.lang).map(str::to_owned)),
            of_entity(&|entity| entity.changed.as_ref().map(|(_, time)| time.clone())),
            of_entity(&|entity| {
                let changed = entity.changed.as_ref();
                changed.map(|(generation, _)| generation.to_string())
            }),
            one.scheme.unwrap_or_default().to_owned(),
            if one.is_mistyped { "true" } else { "" }.to_owned(),
            one.part
                .as_ref()
                .map_or_else(String::new, |part| part.as_str().to_owned()),
            others.collect::<Vec<_>>().join(" "),
            tombstone.map_or_else(String::new, |tombstone| tombstone.time.clone()),
            tombstone
                .and_then(|tombstone| tombstone.source.as_ref())
                .map_or_else(String::new, |source| source.as_str().to_owned()),
            tombstone.map_or_else(String::new, |tombstone| tombstone.reason.clone()),
        ]
    }

    /// What the answers come to as statements, in a fixed order.
    fn triples(&self, of: &Resolution) -> Vec<Triple> {
        let mut triples: Vec<Triple> = Vec::new();
        for one in &of.resolved {
            if let (Some(own), Some(entity)) = (&one.own, &one.entity) {
                match one.status {
                    Status::Merged => {
                        triples.push(Triple::new(own.clone(), owl::SAME_AS, entity.iri.clone()));
                    }
                    Status::Split => triples.extend(one.others.iter().map(|other| {
                        Triple::new(own.clone(), dct::IS_REPLACED_BY, other.iri.clone())
                    })),
                    _ => {}
                }
            }
            if let Some(entity) = one.entity.as_ref().filter(|_| is_published(one)) {
                triples.extend(self.described(entity));
                let is_foreign = one
                    .scheme
                    .is_some_and(|scheme| scheme != OWN && scheme != "ark");
                if let Ok(given) = NamedNode::new(one.given.trim())
                    && is_foreign
                    && given.as_str().starts_with("http")
                    && given != entity.iri
                {
                    triples.push(Triple::new(entity.iri.clone(), schema::SAME_AS, given));
                }
            }
            let others = one.others.iter().filter(|_| one.status == Status::Split);
            triples.extend(others.flat_map(|other| self.described(other)));
        }
        let mut seen: BTreeSet<String> = BTreeSet::new();
        triples.retain(|triple| seen.insert(triple.to_string()));
        triples
    }

    fn described(&self, entity: &Found) -> Vec<Triple> {
        let iri = || entity.iri.clone();
        let classes = entity.kind.map(|kind| self.kinds.stored_as(kind));
        let mut triples: Vec<Triple> = classes
            .unwrap_or_default()
            .iter()
            .map(|class| Triple::new(iri(), rdf_vocabulary::TYPE, class.clone()))
            .collect();
        let names = entity.names.iter();
        triples.extend(names.map(|name| Triple::new(iri(), schema::NAME, name.clone())));
        if let Some((_, time)) = &entity.changed
            && let Some(Ok(noid)) = self.base.entity_of(entity.iri.as_str())
            && !time.is_empty()
        {
            let modified = Literal::new_typed_literal(time, xsd::DATE_TIME);
            triples.push(Triple::new(self.base.doc(&noid), dct::MODIFIED, modified));
        }
        triples
    }
}

fn is_published(one: &Resolved) -> bool {
    matches!(one.status, Status::Current | Status::Merged)
}

/// What the others of an answer are.
fn others_are(one: &Resolved) -> &'static str {
    match one.status {
        Status::Split => "replacedBy",
        Status::Ambiguous => "candidates",
        _ => "proposals",
    }
}

fn nameless(place: usize) -> String {
    format!("column-{}", place + 1)
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(object) = object {
        object.insert(name.to_owned(), value);
    }
}
