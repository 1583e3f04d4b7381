//! What a query sees: the data as the default graph, the shapes as the only named graph; and what
//! its evaluation takes, counted.

use crate::rdf::{Graph, Quads};
use crate::shapes::sparql::prebind::blank_node_label;
use crate::shapes::validate::{Bounds, ValidationError};
use oxrdf::{BlankNode, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef};
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

/// The graph that `$shapesGraph` stands for.
pub(super) const SHAPES_GRAPH: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("urn:x-shacl:shapes-graph");

/// A join in memory reads no triple, but copies terms: so many copies are one step.
const COPIES_A_STEP: u64 = 16;
/// After so many steps it is asked whether to stop.
const STEPS_BETWEEN_QUESTIONS: u64 = 256;

/// Counts what an evaluation takes, and ends it at a bound.
pub(in crate::shapes) struct Meter<'a> {
    bounds: Bounds<'a>,
    steps: Cell<u64>,
    copies: Cell<u64>,
    ended: RefCell<Option<ValidationError>>,
}

impl<'a> Meter<'a> {
    pub(in crate::shapes) fn new(bounds: Bounds<'a>) -> Self {
        Self {
            bounds,
            steps: Cell::new(0),
            copies: Cell::new(0),
            ended: RefCell::default(),
        }
    }

    /// How many steps were taken.
    pub(in crate::shapes) fn steps(&self) -> usize {
        usize::try_from(self.steps.get()).unwrap_or(usize::MAX)
    }

    fn has_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    fn end(&self, error: ValidationError) {
        self.ended.borrow_mut().get_or_insert(error);
    }

    fn step(&self) -> Result<(), Ended> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > self.bounds.steps {
            self.end(ValidationError::Limit {
                name: "steps",
                most: self.bounds.steps,
            });
        } else if steps.is_multiple_of(STEPS_BETWEEN_QUESTIONS) && (self.bounds.is_stopped)() {
            self.end(ValidationError::Stopped);
        }
        if self.has_ended() { Err(Ended) } else { Ok(()) }
    }

    /// A join in memory asks for no triple, so that no error could be handed to it: it is left by
    /// unwinding, as in [`Meter::watch`].
    fn copy(&self) {
        let copies = self.copies.get() + 1;
        self.copies.set(copies);
        if copies.is_multiple_of(COPIES_A_STEP)
            && let Err(ended) = self.step()
        {
            resume_unwind(Box::new(ended));
        }
    }

    /// Runs an evaluation; what ended it before its end comes first, since the evaluator may take
    /// an error for an unbound value or for a solution that exists.
    pub(super) fn watch<T>(
        &self,
        evaluation: impl FnOnce() -> Result<T, ValidationError>,
    ) -> Result<T, ValidationError> {
        let outcome = catch_unwind(AssertUnwindSafe(evaluation));
        if let Some(error) = self.ended.borrow_mut().take() {
            return Err(error);
        }
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// The evaluation was ended; [`Meter::watch`] says why.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the evaluation was ended")]
pub(super) struct Ended;

/// A term in a solution. Its copies are counted: the evaluator makes them for each solution of
/// a join, so that even a product of sets that it holds in memory comes to an end.
pub(super) struct Node<'q> {
    term: Rc<Term>,
    meter: &'q Meter<'q>,
}

impl Clone for Node<'_> {
    fn clone(&self) -> Self {
        self.meter.copy();
        Self {
            term: Rc::clone(&self.term),
            meter: self.meter,
        }
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.term, &other.term) || self.term == other.term
    }
}

impl Eq for Node<'_> {}

impl Hash for Node<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.term.hash(state);
    }
}

/// The data and, for a query that asks for it, the shapes graph.
#[derive(Clone, Copy)]
pub(super) struct Dataset<'q> {
    pub(super) data: &'q dyn Quads,
    pub(super) shapes: Option<&'q Graph>,
    pub(super) meter: &'q Meter<'q>,
}

type Quad<'q> = InternalQuad<Node<'q>>;

impl<'q> Dataset<'q> {
    fn node(&self, term: Term) -> Node<'q> {
        Node {
            term: Rc::new(term),
            meter: self.meter,
        }
    }

    /// The triples of one graph, each a step.
    fn triples(
        &self,
        graph: &'q dyn Quads,
        (subject, predicate, object): (Option<&Node<'q>>, Option<&Node<'q>>, Option<&Node<'q>>),
        name: Option<Node<'q>>,
    ) -> Box<dyn Iterator<Item = Result<Quad<'q>, Ended>> + 'q> {
        let dataset = *self;
        if self.meter.step().is_err() {
            return Box::new(iter::once(Err(Ended)));
        }
        let subject = match subject.map(|node| node.term.as_ref()) {
            None => None,
            Some(Term::NamedNode(node)) => Some(NamedOrBlankNodeRef::from(node.as_ref())),
            Some(Term::BlankNode(node)) => Some(node.as_ref().into()),
            Some(Term::Literal(_)) => return Box::new(iter::empty()),
        };
        let predicate = match predicate.map(|node| node.term.as_ref()) {
            None => None,
            Some(Term::NamedNode(node)) => Some(node.as_ref()),
            Some(_) => return Box::new(iter::empty()),
        };
        let object: Option<TermRef<'_>> = object.map(|node| node.term.as_ref().as_ref());
        let found = graph.matching(subject, predicate, object);
        Box::new(found.map(move |triple| {
            dataset.meter.step()?;
            let triple = triple.map_err(|error| {
                dataset.meter.end(error.into());
                Ended
            })?;
            Ok(InternalQuad {
                subject: dataset.node(triple.subject.into()),
                predicate: dataset.node(triple.predicate.into()),
                object: dataset.node(triple.object),
                graph_name: name.clone(),
            })
        }))
    }
}

impl<'q> QueryableDataset<'q> for Dataset<'q> {
    type InternalTerm = Node<'q>;
    type Error = Ended;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Node<'q>>,
        predicate: Option<&Node<'q>>,
        object: Option<&Node<'q>>,
        graph_name: Option<Option<&Node<'q>>>,
    ) -> impl Iterator<Item = Result<Quad<'q>, Ended>> + use<'q> {
        let wanted = (subject, predicate, object);
        let shapes = || {
            self.shapes.map(|shapes| {
                let name = self.node(SHAPES_GRAPH.into_owned().into());
                self.triples(shapes, wanted, Some(name))
            })
        };
        let found = match graph_name {
            Some(None) => Some(self.triples(self.data, wanted, None)),
            Some(Some(name)) if is_shapes_graph(name) => shapes(),
            Some(Some(_)) => None,
            None => shapes(),
        };
        found.unwrap_or_else(|| Box::new(iter::empty()))
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Node<'q>, Ended>> + use<'q> {
        let name = self.node(SHAPES_GRAPH.into_owned().into());
        self.shapes.map(|_| Ok(name)).into_iter()
    }

    fn contains_internal_graph_name(&self, name: &Node<'q>) -> Result<bool, Ended> {
        Ok(self.shapes.is_some() && is_shapes_graph(name))
    }

    fn internalize_term(&self, term: Term) -> Result<Node<'q>, Ended> {
        let term = match &term {
            Term::NamedNode(node) => blank_node(node).unwrap_or(term),
            _ => term,
        };
        Ok(self.node(term))
    }

    fn externalize_term(&self, node: Node<'q>) -> Result<Term, Ended> {
        Ok(Rc::unwrap_or_clone(node.term))
    }

    /// Asked for each variable of an expression, so that filtering counts as well.
    fn externalize_expression_term(&self, node: Node<'q>) -> Result<ExpressionTerm, Ended> {
        if self.meter.has_ended() {
            return Err(Ended);
        }
        self.meter.copy();
        Ok(self.externalize_term(node)?.into())
    }
}

fn is_shapes_graph(node: &Node<'_>) -> bool {
    matches!(node.term.as_ref(), Term::NamedNode(name) if name.as_ref() == SHAPES_GRAPH)
}

fn blank_node(name: &NamedNode) -> Option<Term> {
    blank_node_label(name).map(|label| BlankNode::new_unchecked(label).into())
}
