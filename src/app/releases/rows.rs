//! A table of a release, row by row.

use crate::app::releases::make::{Entity, MakeError, Releasing};
use crate::ingest::Without;
use crate::model::iri::without_fragment;
use crate::publish::tables::{BYTE_ORDER_MARK, Row, Speaker, Table, is_told};
use crate::rdf::order::compare_triples;
use crate::store::{StoreError, View};
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNode, Triple};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Arc;

/// What is told of so many others is kept in memory.
const KEPT: usize = 500;

/// A table that is being written.
pub struct Rows<'a, W: Write> {
    table: &'static Table,
    releasing: &'a Releasing<'a>,
    others: Others<'a>,
    writer: csv::Writer<W>,
    count: u64,
}

impl<'a, W: Write> Rows<'a, W> {
    /// Writes the first line.
    ///
    /// # Errors
    /// When the storage fails, or `out`.
    pub fn begin(
        releasing: &'a Releasing<'a>,
        table: &'static Table,
        mut out: W,
        failed: &dyn Fn(io::Error) -> MakeError,
    ) -> Result<Self, MakeError> {
        out.write_all(BYTE_ORDER_MARK.as_bytes()).map_err(failed)?;
        let mut writer = csv::WriterBuilder::new()
            // RFC 4180 §2; spreadsheets read both.
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        let head = writer.write_record(table.head());
        head.map_err(|error| failed(error.into()))?;
        let view = releasing.state.view();
        Ok(Self {
            table,
            others: Others {
                view,
                without: releasing.without(view)?,
                kept: RefCell::default(),
                failed: RefCell::default(),
            },
            releasing,
            writer,
            count: 0,
        })
    }

    /// Writes the line of an entity, if it has one.
    ///
    /// # Errors
    /// When the storage fails, or the disk does not take it.
    pub fn add(
        &mut self,
        entity: &Entity,
        failed: &dyn Fn(io::Error) -> MakeError,
    ) -> Result<(), MakeError> {
        let (Some(iri), Some(kind)) = (&entity.iri, entity.kind) else {
            return Ok(());
        };
        if !self.table.is_of(kind.name) {
            return Ok(());
        }
        let speakers = self.speakers(iri)?;
        let row = Row {
            base: self.others.view.base(),
            iri,
            kind,
            own: entity.public(),
            look: &|other| self.others.look(other),
            speakers: &speakers,
        };
        let line: Vec<String> = self.table.line(&row).collect();
        if let Some(error) = self.others.failed.take() {
            return Err(error.into());
        }
        self.count += 1;
        let written = self.writer.write_record(&line);
        written.map_err(|error| failed(error.into()))
    }

    /// The released sources that speak of an entity.
    fn speakers(&self, iri: &NamedNode) -> Result<Vec<Speaker>, StoreError> {
        let view = self.others.view;
        let mut names = Vec::new();
        for member in self.others.without.members(iri)? {
            for source in view.speakers(&member)? {
                names.push(source.name);
            }
        }
        let sources = self.releasing.sources.iter();
        let speaking = sources.filter(|source| names.contains(&source.name));
        Ok(speaking
            .map(|source| (source.name.to_string(), source.licence.clone()))
            .collect())
    }

    /// Gives the output back, and how many lines there are besides the first.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn end(self, failed: &dyn Fn(io::Error) -> MakeError) -> Result<(W, u64), MakeError> {
        let out = self.writer.into_inner();
        let out = out.map_err(|error| failed(error.into_error()))?;
        Ok((out, self.count))
    }
}

/// What is released of others that rows tell something of.
struct Others<'a> {
    view: View<'a>,
    without: Without<'a>,
    kept: RefCell<FxHashMap<NamedNode, Arc<[Triple]>>>,
    /// The first failure; a row is not written after it.
    failed: RefCell<Option<StoreError>>,
}

impl Others<'_> {
    fn look(&self, iri: &NamedNode) -> Arc<[Triple]> {
        if let Some(known) = self.kept.borrow().get(iri) {
            return Arc::clone(known);
        }
        let read = self.read(iri).unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            Vec::new()
        });
        let read: Arc<[Triple]> = read.into();
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(iri.clone(), Arc::clone(&read));
        read
    }

    fn read(&self, iri: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        let whole = NamedNode::new_unchecked(without_fragment(iri.as_str()));
        let mut triples = match self.without.public(&whole)? {
            Some(released) => {
                let node = NamedOrBlankNode::from(iri.clone());
                let own = released.into_iter();
                own.filter(|triple| triple.subject == node).collect()
            }
            None => self
                .view
                .quads(
                    Some(iri.as_ref().into()),
                    None,
                    None,
                    Some(GraphNameRef::DefaultGraph),
                )
                .map(|quad| quad.map(Triple::from))
                .collect::<Result<Vec<_>, _>>()?,
        };
        triples.retain(|triple| is_told(triple, self.view.base()));
        triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        Ok(triples)
    }
}
