//! Focus nodes, their value nodes, and each constraint on them.

use crate::model::vocabulary::rdf;
use crate::rdf::{Quads, QuadsError};
use crate::shapes::classes::Classes;
use crate::shapes::component::{Check, Constraint, Qualified};
use crate::shapes::literal;
use crate::shapes::message;
use crate::shapes::path::{Direction, Nodes, Path};
use crate::shapes::reader::Reader;
use crate::shapes::report::{self, ValidationResult};
use crate::shapes::shape::{Shape, ShapeId, Shapes};
use crate::shapes::sparql::{Meter, Solution};
use indexmap::{IndexMap, IndexSet};
use oxrdf::{Literal, Term};
use rustc_hash::FxBuildHasher;
use std::cell::Cell;
use std::ops::ControlFlow;

/// Why a validation came to no end.
#[derive(Debug, thiserror::Error)]
pub enum ValidationError {
    #[error(transparent)]
    Quads(#[from] QuadsError),
    /// A bound was reached: which one, by its field in [`Bounds`], and how much it allows.
    #[error("the validation needs more than {most} {name}, which is its limit")]
    Limit { name: &'static str, most: u64 },
    /// Whoever asked for it no longer wants it, or its time is over.
    #[error("the validation was stopped")]
    Stopped,
    /// A query of the shapes could not be answered, or says itself that it failed (SHACL §5.3).
    #[error("a constraint of the shape {place} failed: {problem}")]
    Query { place: String, problem: String },
}

/// What a validation may take before it gives up.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// Triples looked at and constraints checked.
    pub steps: u64,
    /// Results handed over.
    pub results: u64,
    /// Asked now and then; yes ends the validation with [`ValidationError::Stopped`].
    pub is_stopped: &'a dyn Fn() -> bool,
}

impl Bounds<'_> {
    pub const NONE: Bounds<'static> = Bounds {
        steps: u64::MAX,
        results: u64::MAX,
        is_stopped: &|| false,
    };
}

/// One validation: these shapes against that data. Results are handed over as they are found,
/// those of one target node together and in a fixed order, so that a million of them need not be
/// held.
#[derive(Clone, Copy)]
pub struct Validation<'a> {
    pub shapes: &'a Shapes,
    pub data: &'a dyn Quads,
    pub classes: &'a Classes,
    pub bounds: Bounds<'a>,
}

/// Takes results; to break ends the validation without an error.
pub type Sink<'s> = dyn FnMut(ValidationResult) -> ControlFlow<()> + 's;

impl<'a> Validation<'a> {
    pub fn new(shapes: &'a Shapes, data: &'a dyn Quads, classes: &'a Classes) -> Self {
        Self {
            shapes,
            data,
            classes,
            bounds: Bounds::NONE,
        }
    }

    #[must_use]
    pub fn within(self, bounds: Bounds<'a>) -> Self {
        Self { bounds, ..self }
    }

    /// Hands over everything that the shapes find wrong in the data.
    ///
    /// # Errors
    /// When the data cannot be read, or a bound is reached.
    pub fn all(&self, sink: &mut Sink<'_>) -> Result<(), ValidationError> {
        let run = Run::new(self);
        for (focus, ids) in run.all_targets()? {
            if run.target(&focus, &ids, sink)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Hands over what the shapes find wrong in these nodes only, each against the shapes that
    /// target it. A node that no shape targets has no results. No class's members are listed.
    ///
    /// # Errors
    /// When the data cannot be read, or a bound is reached.
    pub fn focus<'f>(
        &self,
        focus: impl IntoIterator<Item = &'f Term>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ValidationError> {
        let run = Run::new(self);
        for focus in focus {
            let ids = run.shapes_of(focus)?;
            if run.target(focus, &ids, sink)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Whether a node conforms to one shape.
    pub(super) fn conforms(&self, id: ShapeId, node: &Term) -> Result<bool, ValidationError> {
        Run::new(self).conforms(id, node)
    }

    /// Whether any shape targets the node, so that it can meet the profile or fall short of it.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn is_target(&self, node: &Term) -> Result<bool, ValidationError> {
        Ok(!Run::new(self).shapes_of(node)?.is_empty())
    }
}

/// Everything that the shapes find wrong in the data, in a fixed order.
///
/// # Errors
/// When the data cannot be read.
pub fn validate(
    shapes: &Shapes,
    data: &dyn Quads,
    classes: &Classes,
) -> Result<Vec<ValidationResult>, ValidationError> {
    let mut results = Vec::new();
    Validation::new(shapes, data, classes).all(&mut |result| {
        results.push(result);
        ControlFlow::Continue(())
    })?;
    report::sort(&mut results);
    Ok(results)
}

/// What [`Validation::focus`] finds, in a fixed order.
///
/// # Errors
/// When the data cannot be read.
pub fn validate_focus<'f>(
    shapes: &Shapes,
    data: &dyn Quads,
    classes: &Classes,
    focus: impl IntoIterator<Item = &'f Term>,
) -> Result<Vec<ValidationResult>, ValidationError> {
    let mut results = Vec::new();
    Validation::new(shapes, data, classes).focus(focus, &mut |result| {
        results.push(result);
        ControlFlow::Continue(())
    })?;
    report::sort(&mut results);
    Ok(results)
}

struct Run<'a> {
    shapes: &'a Shapes,
    reader: Reader<'a>,
    classes: &'a Classes,
    bounds: Bounds<'a>,
    /// Of the queries.
    meter: Meter<'a>,
    handed_over: Cell<u64>,
}

type Ids = IndexSet<ShapeId, FxBuildHasher>;

impl<'a> Run<'a> {
    fn new(validation: &Validation<'a>) -> Self {
        Self {
            shapes: validation.shapes,
            reader: Reader::new(validation.data),
            classes: validation.classes,
            bounds: validation.bounds,
            meter: Meter::new(validation.bounds),
            handed_over: Cell::new(0),
        }
    }

    /// Checks one target node and hands its results over.
    fn target(
        &self,
        focus: &Term,
        ids: &Ids,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, ValidationError> {
        if (self.bounds.is_stopped)() {
            return Err(ValidationError::Stopped);
        }
        let mut results = Vec::new();
        for id in ids {
            let mut out = Out::Results {
                origin: focus,
                results: &mut results,
            };
            self.check(*id, focus, &mut out)?;
        }
        report::sort(&mut results);
        for result in results {
            if self.handed_over.get() >= self.bounds.results {
                return Err(ValidationError::Limit {
                    name: "results",
                    most: self.bounds.results,
                });
            }
            self.handed_over.set(self.handed_over.get() + 1);
            if sink(result).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// SHACL §2.1.3, for all nodes.
    fn all_targets(&self) -> Result<IndexMap<Term, Ids, FxBuildHasher>, QuadsError> {
        let data = self.reader.data();
        let mut all: IndexMap<Term, Ids, FxBuildHasher> = IndexMap::default();
        let mut add = |node: Term, ids: &[ShapeId]| all.entry(node).or_default().extend(ids);
        for (node, ids) in &self.shapes.targets.nodes {
            add(node.clone(), ids);
        }
        for (class, ids) in &self.shapes.targets.classes {
            for class in self.classes.with_below(class) {
                for triple in data.matching(None, Some(rdf::TYPE), Some(class.as_ref())) {
                    add(triple?.subject.into(), ids);
                }
            }
        }
        for (property, ids) in &self.shapes.targets.subjects_of {
            for triple in data.matching(None, Some(property.as_ref()), None) {
                add(triple?.subject.into(), ids);
            }
        }
        for (property, ids) in &self.shapes.targets.objects_of {
            for triple in data.matching(None, Some(property.as_ref()), None) {
                add(triple?.object, ids);
            }
        }
        Ok(all)
    }

    /// SHACL §2.1.3, for one node: the shapes that target it.
    fn shapes_of(&self, focus: &Term) -> Result<Ids, QuadsError> {
        let targets = &self.shapes.targets;
        let mut ids = Ids::default();
        ids.extend(targets.nodes.get(focus).into_iter().flatten());
        if !targets.classes.is_empty() {
            for kind in self.reader.objects(focus, rdf::TYPE)? {
                for class in self.classes.with_above(&kind) {
                    ids.extend(targets.classes.get(&class).into_iter().flatten());
                }
            }
        }
        for (property, of) in &targets.subjects_of {
            if self.reader.has_property(focus, property.as_ref())? {
                ids.extend(of);
            }
        }
        for (property, of) in &targets.objects_of {
            if self.reader.is_value_of(property.as_ref(), focus)? {
                ids.extend(of);
            }
        }
        Ok(ids)
    }

    fn check(&self, id: ShapeId, focus: &Term, out: &mut Out<'_>) -> Result<(), ValidationError> {
        let shape = self.shapes.shape(id);
        if shape.is_deactivated {
            return Ok(());
        }
        let values = match &shape.path {
            Some(path) => path.evaluate(&self.reader, focus, Direction::Forward)?,
            None => Nodes::from_iter([focus.clone()]),
        };
        for constraint in &shape.constraints {
            let mut at = At {
                shape,
                constraint,
                focus,
                out,
            };
            self.constraint(&values, &mut at)?;
            if out.is_decided() {
                break;
            }
        }
        Ok(())
    }

    fn conforms(&self, id: ShapeId, node: &Term) -> Result<bool, ValidationError> {
        let mut out = Out::Whether { conforms: true };
        self.check(id, node, &mut out)?;
        Ok(!out.is_decided())
    }

    fn conforming(&self, ids: &[ShapeId], node: &Term) -> Result<usize, ValidationError> {
        let mut count = 0;
        for id in ids {
            count += usize::from(self.conforms(*id, node)?);
        }
        Ok(count)
    }

    fn constraint(&self, values: &Nodes, at: &mut At<'_, '_>) -> Result<(), ValidationError> {
        let focus = at.focus;
        let count = values.len() as u64;
        match &at.constraint.check {
            // About the values as a whole.
            Check::MinCount(least) => at.whole(count >= *least),
            Check::MaxCount(most) => at.whole(count <= *most),
            Check::HasValue(wanted) => at.whole(values.contains(wanted)),
            Check::UniqueLang => at.unique_languages(values),
            Check::QualifiedMinCount(qualified) => {
                at.whole(self.qualifying(qualified, values)? >= qualified.count);
            }
            Check::QualifiedMaxCount(qualified) => {
                at.whole(self.qualifying(qualified, values)? <= qualified.count);
            }
            // About each value by itself.
            Check::Class(class) => {
                for value in values {
                    let is_instance = self.reader.is_instance(value, class, self.classes)?;
                    at.value(value, is_instance);
                }
            }
            Check::Datatype(datatype) => at.each(values, |value| match value {
                Term::Literal(literal) => {
                    literal.datatype() == datatype.as_ref()
                        && literal::is_well_formed(literal.as_ref()) != Some(false)
                }
                _ => false,
            }),
            Check::NodeKind(kind) => at.each(values, |value| kind.admits(value)),
            Check::Range { bound, allowed } => at.each(values, |value| {
                allowed.holds(literal::compare(value.as_ref(), bound.as_ref()))
            }),
            Check::MinLength(least) => {
                at.each(values, |value| length(value).is_some_and(|l| l >= *least));
            }
            Check::MaxLength(most) => {
                at.each(values, |value| length(value).is_some_and(|l| l <= *most));
            }
            Check::Pattern(regex) => {
                at.each(values, |value| {
                    text(value).is_some_and(|t| regex.is_match(t))
                });
            }
            Check::LanguageIn(ranges) => at.each(values, |value| match value {
                Term::Literal(literal) => literal.language().is_some_and(|language| {
                    ranges.iter().any(|range| language_matches(language, range))
                }),
                _ => false,
            }),
            Check::In(list) => at.each(values, |value| list.contains(value)),
            // Against another property of the focus node.
            Check::Equals(property) => {
                let others = self.reader.objects(focus, property.as_ref())?;
                at.each(values, |value| others.contains(value));
                for other in &others {
                    at.value(other, values.contains(other));
                }
            }
            Check::Disjoint(property) => {
                let others = self.reader.objects(focus, property.as_ref())?;
                at.each(values, |value| !others.contains(value));
            }
            Check::LessThan(property) => {
                let others = self.reader.objects(focus, property.as_ref())?;
                at.pairs(values, &others, std::cmp::Ordering::is_lt);
            }
            Check::LessThanOrEquals(property) => {
                let others = self.reader.objects(focus, property.as_ref())?;
                at.pairs(values, &others, std::cmp::Ordering::is_le);
            }
            // By other shapes.
            Check::Not(shape) => {
                for value in values {
                    at.value(value, !self.conforms(*shape, value)?);
                }
            }
            Check::And(shapes) => {
                for value in values {
                    at.value(value, self.conforming(shapes, value)? == shapes.len());
                }
            }
            Check::Or(shapes) => {
                for value in values {
                    at.value(value, self.conforming(shapes, value)? > 0);
                }
            }
            Check::Xone(shapes) => {
                for value in values {
                    at.value(value, self.conforming(shapes, value)? == 1);
                }
            }
            Check::Node(shape) => {
                for value in values {
                    at.value(value, self.conforms(*shape, value)?);
                }
            }
            Check::Property(shape) => {
                for value in values {
                    self.check(*shape, value, at.out)?;
                }
            }
            Check::Query(query) => {
                let data = self.reader.data();
                query.evaluate(data, focus, values, &self.meter, &mut |solution| {
                    at.solution(solution);
                    if at.out.is_decided() {
                        return ControlFlow::Break(());
                    }
                    ControlFlow::Continue(())
                })?;
            }
            Check::Closed(allowed) => {
                for value in values {
                    for (property, object) in self.reader.properties(value)? {
                        if !allowed.contains(&property) {
                            at.report(Some(Path::Predicate(property)), Some(object));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn qualifying(&self, qualified: &Qualified, values: &Nodes) -> Result<u64, ValidationError> {
        let mut count = 0;
        for value in values {
            let qualifies = self.conforms(qualified.shape, value)?
                && self.conforming(&qualified.siblings, value)? == 0;
            count += u64::from(qualifies);
        }
        Ok(count)
    }
}

/// Where results go: into a list, or into the one answer whether there are any.
enum Out<'o> {
    Results {
        origin: &'o Term,
        results: &'o mut Vec<ValidationResult>,
    },
    Whether {
        conforms: bool,
    },
}

impl Out<'_> {
    fn is_decided(&self) -> bool {
        matches!(self, Out::Whether { conforms: false })
    }
}

/// One constraint at one focus node.
struct At<'r, 'o> {
    shape: &'r Shape,
    constraint: &'r Constraint,
    focus: &'r Term,
    out: &'r mut Out<'o>,
}

impl At<'_, '_> {
    fn whole(&mut self, holds: bool) {
        if !holds {
            self.report(self.shape.path.clone(), None);
        }
    }

    fn value(&mut self, value: &Term, holds: bool) {
        if !holds {
            self.report(self.shape.path.clone(), Some(value.clone()));
        }
    }

    fn each(&mut self, values: &Nodes, holds: impl Fn(&Term) -> bool) {
        for value in values {
            self.value(value, holds(value));
        }
    }

    /// SHACL §4.5.3: a result for each pair that is out of order or cannot be compared.
    fn pairs(&mut self, values: &Nodes, others: &[Term], holds: fn(std::cmp::Ordering) -> bool) {
        for value in values {
            for other in others {
                let order = literal::compare(value.as_ref(), other.as_ref());
                self.value(value, order.is_some_and(holds));
            }
        }
    }

    /// SHACL §4.4.5: a result for each language that stands twice.
    fn unique_languages(&mut self, values: &Nodes) {
        let mut counts: IndexMap<String, u32, FxBuildHasher> = IndexMap::default();
        for value in values {
            if let Term::Literal(literal) = value
                && let Some(language) = literal.language()
            {
                *counts.entry(language.to_ascii_lowercase()).or_default() += 1;
            }
        }
        for count in counts.into_values() {
            self.whole(count < 2);
        }
    }

    /// SHACL §5.3.2.
    fn solution(&mut self, solution: Solution) {
        let path = solution.path.map(Path::Predicate);
        let path = path.or_else(|| self.shape.path.clone());
        self.report_with(solution.messages, path, solution.value);
    }

    fn report(&mut self, path: Option<Path>, value: Option<Term>) {
        self.report_with(Vec::new(), path, value);
    }

    /// A result; without messages of its own it has those of the shape, or ours.
    fn report_with(&mut self, own: Vec<Literal>, path: Option<Path>, value: Option<Term>) {
        match self.out {
            Out::Whether { conforms } => *conforms = false,
            Out::Results { origin, results } => {
                let messages = if !own.is_empty() {
                    own
                } else if self.shape.messages.is_empty() {
                    message::fallback(&self.constraint.check, path.as_ref())
                } else {
                    self.shape.messages.clone()
                };
                results.push(ValidationResult {
                    focus: self.focus.clone(),
                    path,
                    value,
                    source_shape: self.shape.node.clone(),
                    component: self.constraint.component_iri(),
                    source_constraint: self.constraint.source(),
                    severity: self.shape.severity,
                    severity_iri: self.shape.severity_iri.clone(),
                    messages,
                    origin: (*origin).clone(),
                });
            }
        }
    }
}

/// SPARQL's `str()`, which blank nodes don't have.
fn text(term: &Term) -> Option<&str> {
    match term {
        Term::NamedNode(node) => Some(node.as_str()),
        Term::Literal(literal) => Some(literal.value()),
        Term::BlankNode(_) => None,
    }
}

/// In characters.
fn length(term: &Term) -> Option<u64> {
    text(term).map(|text| text.chars().count() as u64)
}

/// RFC 4647 §3.3.1, basic filtering.
fn language_matches(language: &str, range: &str) -> bool {
    if range == "*" {
        return true;
    }
    let (Some(start), rest) = (language.get(..range.len()), language.get(range.len()..)) else {
        return false;
    };
    start.eq_ignore_ascii_case(range) && rest.is_none_or(|r| r.is_empty() || r.starts_with('-'))
}
