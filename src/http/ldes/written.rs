//! What is said of the stream, of the nodes of its tree, and of its members.

use crate::app::following::entities::number_of;
use crate::app::history::{Place, Touched};
use crate::app::ldes::Page;
use crate::changes::entities::{Act, is_seen};
use crate::changes::{Event, Turn, Versions};
use crate::http::Server;
use crate::http::problem::Problem;
use crate::model::vocabulary::{activity, dct, ldes, rdf, rdfs, sh, tree, xsd};
use crate::model::{Base, Generation, time};
use crate::publish::formats::graphs::Graphs;
use jiff::Timestamp;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};

/// How many changes are read from the index at once.
const AT_ONCE: usize = 256;
/// How often somebody who follows asks again.
const POLLING_SECONDS: u32 = 60;

/// The tree of one stream.
pub(super) struct Tree<'a> {
    server: &'a Server,
    base: &'a Base,
    log: &'a str,
    epoch: String,
}

impl<'a> Tree<'a> {
    pub fn new(server: &'a Server) -> Self {
        let store = &server.app.store;
        Self {
            server,
            base: store.base(),
            log: store.identity(),
            epoch: server.app.ldes.epoch(store),
        }
    }

    pub fn root(&self) -> NamedNode {
        self.base.join(&format!("ldes/{}", self.log))
    }

    fn stream(&self) -> NamedNode {
        self.base.join(&format!("ldes/{}#stream", self.log))
    }

    fn node(&self, number: usize) -> NamedNode {
        let path = format!("ldes/{}/{}/{number}", self.log, self.epoch);
        self.base.join(&path)
    }

    /// What leads to some pages.
    pub fn branch(&self, number: usize) -> NamedNode {
        let path = format!("ldes/{}/{}/pages-{number}", self.log, self.epoch);
        self.base.join(&path)
    }

    /// What the stream is, and where its tree begins.
    pub fn description(&self) -> Result<Vec<Triple>, Problem> {
        let (base, root, stream) = (self.base, &self.root(), &self.stream());
        let local = |name: &str| base.join(&format!("ldes/{}#{name}", self.log));
        let (shape, retention) = (&local("member"), &local("all"));
        let mut triples = Vec::new();
        let mut say = |subject: &NamedNode, predicate: NamedNodeRef<'_>, object: Term| {
            triples.push(Triple::new(subject.clone(), predicate.into_owned(), object));
        };
        let iri = |node: NamedNodeRef<'_>| -> Term { node.into_owned().into() };
        let number = |number: u32| -> Term {
            Literal::new_typed_literal(number.to_string(), xsd::INTEGER).into()
        };
        let generation = base.sv("generation");
        say(stream, rdf::TYPE, iri(ldes::EVENT_STREAM));
        say(stream, tree::VIEW, root.clone().into());
        say(stream, tree::SHAPE, shape.clone().into());
        say(stream, ldes::TIMESTAMP_PATH, iri(dct::CREATED));
        say(stream, ldes::SEQUENCE_PATH, generation.clone().into());
        say(stream, ldes::VERSION_OF_PATH, iri(dct::IS_VERSION_OF));
        say(stream, ldes::VERSION_CREATE_OBJECT, iri(activity::CREATE));
        say(stream, ldes::VERSION_UPDATE_OBJECT, iri(activity::UPDATE));
        say(stream, ldes::VERSION_DELETE_OBJECT, iri(activity::DELETE));
        say(stream, ldes::POLLING_INTERVAL, number(POLLING_SECONDS));
        say(root, rdf::TYPE, iri(tree::NODE_CLASS));
        say(root, rdf::TYPE, iri(ldes::EVENT_SOURCE));
        // All is kept since the log began.
        say(root, ldes::RETENTION_POLICY, retention.clone().into());
        let class = iri(ldes::RETENTION_POLICY_CLASS);
        say(retention, rdf::TYPE, class);
        if let Some(first) = self.server.app.history.latest_time(Generation(1))? {
            say(retention, ldes::STARTING_FROM, instant(first));
        }
        say(shape, rdf::TYPE, iri(sh::NODE_SHAPE));
        say(shape, sh::NODE_KIND, iri(sh::IRI));
        for (name, path, kind) in [
            ("version-of", dct::IS_VERSION_OF, Some(sh::IRI)),
            ("created", dct::CREATED, None),
            ("sequence", generation.as_ref(), None),
        ] {
            let property = local(name);
            say(shape, sh::PROPERTY, property.clone().into());
            say(&property, sh::PATH, iri(path));
            say(&property, sh::MIN_COUNT, number(1));
            say(&property, sh::MAX_COUNT, number(1));
            if let Some(kind) = kind {
                say(&property, sh::NODE_KIND, iri(kind));
            }
        }
        // What versions say of entities meets this.
        let minimum = base.join("shapes/minimum");
        say(shape, rdfs::SEE_ALSO, minimum.into());
        Ok(triples)
    }

    /// That something is a node of the tree.
    pub fn about_node(&self, node: &NamedNode, is_complete: bool) -> Vec<Triple> {
        let class = tree::NODE_CLASS.into_owned();
        let mut triples = vec![Triple::new(node.clone(), rdf::TYPE, class)];
        if is_complete {
            let yes = Literal::from(true);
            triples.push(Triple::new(node.clone(), ldes::IMMUTABLE, yes));
        }
        triples
    }

    /// Leads from a node to a page.
    pub fn lead_to_page(
        &self,
        from: &NamedNode,
        number: usize,
        page: &Page,
        triples: &mut Vec<Triple>,
    ) -> Result<(), Problem> {
        self.lead(from, &self.node(number), page.times, triples)
    }

    /// Leads from a node to another, whose members are of these times.
    pub fn lead(
        &self,
        from: &NamedNode,
        to: &NamedNode,
        times: (u64, u64),
        triples: &mut Vec<Triple>,
    ) -> Result<(), Problem> {
        let name = to.as_str().rsplit('/').next().unwrap_or_default();
        for (bound, class, time) in [
            ("from", tree::GREATER_THAN_OR_EQUAL_TO, times.0),
            ("to", tree::LESS_THAN_OR_EQUAL_TO, times.1),
        ] {
            let relation = NamedNode::new_unchecked(format!("{}#{bound}-{name}", from.as_str()));
            let time = i64::try_from(time).map_err(Problem::internal)?;
            let time = Timestamp::from_millisecond(time).map_err(Problem::internal)?;
            let mut say = |predicate: NamedNodeRef<'_>, object: Term| {
                triples.push(Triple::new(
                    relation.clone(),
                    predicate.into_owned(),
                    object,
                ));
            };
            say(rdf::TYPE, class.into_owned().into());
            say(tree::NODE, to.clone().into());
            say(tree::PATH, dct::CREATED.into_owned().into());
            say(tree::VALUE, instant(time));
            triples.push(Triple::new(from.clone(), tree::RELATION, relation));
        }
        Ok(())
    }

    /// A page with its members: each a graph of its own, and in the default graph what it is.
    pub fn page(&self, number: usize, page: &Page, is_complete: bool) -> Result<Graphs, Problem> {
        let app = &self.server.app;
        let snapshot = app.store.snapshot()?;
        let now = snapshot.view();
        let known = app.history.generation();
        let is_known = now.generation()? <= known;
        let touches = app.history.reaching(&app.store, page.last.0)?;
        let now = is_known.then_some(now);
        let mut versions = Versions::new(&app.store, &touches, now);
        let node = self.node(number);
        let mut graphs = Graphs {
            default: self.about_node(&node, is_complete),
            named: Vec::new(),
        };
        let mut members = Vec::new();
        let stream = self.stream();
        for touched in self.touched(page)? {
            let (entity, generation) = (&touched.entity, touched.generation);
            let Some(Ok(noid)) = self.base.entity_of(entity.as_str()) else {
                continue;
            };
            // The address of the memento: what was published of it by this change.
            let document = self.base.doc(&noid);
            let member =
                NamedNode::new_unchecked(format!("{}?generation={generation}", document.as_str()));
            let triples = match touched.turn.is_end() {
                true => Vec::new(),
                false => versions.at(entity, generation)?,
            };
            let act = match triples.is_empty() {
                true => Act::Delete,
                false => Act::of(touched.turn),
            };
            let in_stream = Triple::new(stream.clone(), tree::MEMBER, member.clone());
            graphs.default.push(in_stream);
            let mut say = |predicate: NamedNodeRef<'_>, object: Term| {
                let predicate = predicate.into_owned();
                members.push(Triple::new(member.clone(), predicate, object));
            };
            say(rdf::TYPE, act.class().into_owned().into());
            say(dct::IS_VERSION_OF, entity.clone().into());
            let created = app.history.latest_time(generation)?.unwrap_or_default();
            say(dct::CREATED, instant(created));
            let sequence = Literal::new_typed_literal(generation.to_string(), xsd::INTEGER);
            say(self.base.sv("generation").as_ref(), sequence.into());
            if matches!(touched.turn, Turn::Merged | Turn::Split) {
                let excerpt = app.store.excerpt(generation, entity)?;
                let into = match Event::of(self.base, &excerpt) {
                    Event::MergedInto(survivor) => vec![survivor],
                    Event::SplitInto(successors) => successors,
                    _ => Vec::new(),
                };
                for other in into {
                    say(dct::IS_REPLACED_BY, other.into());
                }
            }
            if !triples.is_empty() {
                graphs.named.push((member, triples));
            }
        }
        graphs.default.append(&mut members);
        Ok(graphs)
    }

    /// The versions on a page, in their order.
    fn touched(&self, page: &Page) -> Result<Vec<Touched>, Problem> {
        let app = &self.server.app;
        let mut place = page.after;
        let mut found = Vec::new();
        loop {
            let (touched, _) = app.history.since_place(&app.store, place, AT_ONCE)?;
            let is_last = touched.len() < AT_ONCE;
            for one in touched {
                let entity = number_of(self.base, one.entity.as_str());
                let end = entity.map(|entity| (one.generation, entity));
                place = Place {
                    generation: one.generation,
                    entity,
                };
                if is_seen(&one) {
                    found.push(one);
                }
                if end.is_none_or(|end| end >= page.last) {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
        }
    }
}

fn instant(time: Timestamp) -> Term {
    Literal::new_typed_literal(time::utc(time), xsd::DATE_TIME).into()
}
