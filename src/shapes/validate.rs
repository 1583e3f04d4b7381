//! Focus nodes, their value nodes, and each constraint on them.

use crate::model::vocabulary::rdf;
use crate::rdf::{Quads, QuadsError, TermId};
use crate::shapes::classes::Classes;
use crate::shapes::component::{Check, Constraint, Qualified};
use crate::shapes::literal;
use crate::shapes::message;
use crate::shapes::path::{Direction, Path};
use crate::shapes::reader::Reader;
use crate::shapes::report::{self, ValidationResult};
use crate::shapes::shape::{Keeps, Shape, ShapeId, Shapes};
use crate::shapes::sparql::{Meter, QueryConstraint, Solution};
use indexmap::IndexMap;
use oxrdf::{Literal, Term, TermRef};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::ops::ControlFlow;

/// So many terms of a graph that does not number them itself are remembered between two targets,
/// besides the targets. Few in tests, so that they see what follows from forgetting.
const REMEMBERED_TERMS: usize = if cfg!(test) { 8 } else { 1 << 18 };
/// So many answers whether a node conforms to a shape are kept.
const KEPT_ANSWERS: usize = 1 << 20;
/// How much of a text is read in the time of a step.
const BYTES_IN_A_STEP: usize = 64;
/// So many results at one target are held before they are handed over, at most.
const AT_ONE_NODE: u64 = 1_000_000;
/// So few terms are compared with one another faster than they are hashed.
const FEW: usize = 8;

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
    /// What takes time, counted: triples looked at, nodes walked from, values checked.
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
        let (mut reader, mut kept) = self.begin();
        let mut run = Run::new(self, &mut reader, &mut kept);
        let targets = run.all_targets()?;
        let listed = run.reader.remembered();
        for of_one in targets.nodes.chunk_by(|(a, _), (b, _)| a == b) {
            let Some((focus, _)) = of_one.first() else {
                continue;
            };
            let lists = of_one
                .iter()
                .filter_map(|(_, list)| targets.lists.get(*list as usize));
            let mut ids: Vec<ShapeId> = lists.copied().flatten().copied().collect();
            ids.sort_unstable();
            ids.dedup();
            if run.target(*focus, &ids, sink)?.is_break() {
                break;
            }
            run.forget(listed);
        }
        Ok(())
    }

    /// Hands over what the shapes find wrong in these nodes only, each against the shapes that
    /// target it. A node that no shape targets has no results. No class's members are listed.
    /// Says whether any shape targets one of the nodes looked at.
    ///
    /// # Errors
    /// When the data cannot be read, or a bound is reached.
    pub fn focus<'f>(
        &self,
        focus: impl IntoIterator<Item = &'f Term>,
        sink: &mut Sink<'_>,
    ) -> Result<bool, ValidationError> {
        let (mut reader, mut kept) = self.begin();
        let mut run = Run::new(self, &mut reader, &mut kept);
        let mut is_target = false;
        for focus in focus {
            let looked_at = run.node(focus, sink)?;
            is_target |= looked_at.is_target;
            if looked_at.flow.is_break() {
                break;
            }
            run.forget(0);
        }
        Ok(is_target)
    }

    fn begin(&self) -> (Reader<'a>, Kept) {
        (Reader::new(self.data, self.bounds), Kept::default())
    }

    /// Whether a node conforms to one shape.
    pub(super) fn conforms(&self, id: ShapeId, node: &Term) -> Result<bool, ValidationError> {
        let (mut reader, mut kept) = self.begin();
        let mut run = Run::new(self, &mut reader, &mut kept);
        let node = run.reader.number(node.as_ref());
        run.conforms(id, node)
    }

    /// Whether the shapes target a node of which `counts` says that it counts.
    ///
    /// # Errors
    /// When the data cannot be read, or a bound is reached.
    pub fn has_target(&self, counts: impl Fn(&Term) -> bool) -> Result<bool, ValidationError> {
        let (mut reader, mut kept) = self.begin();
        let mut run = Run::new(self, &mut reader, &mut kept);
        let targets = run.all_targets()?;
        let mut nodes = targets.nodes.iter();
        Ok(nodes.any(|(node, _)| counts(&run.reader.term(*node).into_owned())))
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

/// Many small validations of one state of the data, by one shapes graph or several: what one of
/// them reads of a node is kept for the next. The bounds are those of each.
pub struct Session<'a> {
    data: &'a dyn Quads,
    classes: &'a Classes,
    bounds: Bounds<'a>,
    reader: Reader<'a>,
    kept: Vec<(&'a Shapes, Kept)>,
}

impl<'a> Session<'a> {
    pub fn new(data: &'a dyn Quads, classes: &'a Classes, bounds: Bounds<'a>) -> Self {
        Self {
            data,
            classes,
            bounds,
            reader: Reader::new(data, bounds),
            kept: Vec::new(),
        }
    }

    /// As [`Validation::focus`]. What it takes is counted alike whatever was read before.
    ///
    /// # Errors
    /// When the data cannot be read, or a bound is reached.
    pub fn focus<'f>(
        &mut self,
        shapes: &'a Shapes,
        focus: impl IntoIterator<Item = &'f Term>,
        sink: &mut Sink<'_>,
    ) -> Result<bool, ValidationError> {
        if self.reader.remembered() > REMEMBERED_TERMS {
            self.reader.forget(0);
            self.kept.clear();
        }
        self.reader.begin_to_count();
        let known = self
            .kept
            .iter()
            .position(|(known, _)| std::ptr::eq(*known, shapes));
        let place = known.unwrap_or_else(|| {
            self.kept.push((shapes, Kept::default()));
            self.kept.len() - 1
        });
        let Some((_, kept)) = self.kept.get_mut(place) else {
            return Ok(false);
        };
        // An answer that is known takes no steps, so whether it is must not depend on what was
        // validated before.
        kept.answers.clear();
        let validation = Validation {
            shapes,
            data: self.data,
            classes: self.classes,
            bounds: self.bounds,
        };
        let mut run = Run::new(&validation, &mut self.reader, kept);
        let mut is_target = false;
        for focus in focus {
            let looked_at = run.node(focus, sink)?;
            is_target |= looked_at.is_target;
            if looked_at.flow.is_break() {
                break;
            }
        }
        Ok(is_target)
    }
}

/// What is kept of one shapes graph while the data stays as it is.
#[derive(Default)]
struct Kept {
    /// Which nodes conform to which shapes.
    answers: FxHashMap<(ShapeId, TermId), bool>,
    /// The shapes that target the instances of a class, those of the classes above it included.
    of_class: FxHashMap<TermId, Vec<ShapeId>>,
}

struct Run<'a, 'r> {
    shapes: &'a Shapes,
    reader: &'r mut Reader<'a>,
    classes: &'a Classes,
    bounds: Bounds<'a>,
    handed_over: u64,
    kept: &'r mut Kept,
}

/// What came of one node.
struct LookedAt {
    is_target: bool,
    flow: ControlFlow<()>,
}

impl<'a, 'r> Run<'a, 'r> {
    fn new(validation: &Validation<'a>, reader: &'r mut Reader<'a>, kept: &'r mut Kept) -> Self {
        Self {
            shapes: validation.shapes,
            reader,
            classes: validation.classes,
            bounds: validation.bounds,
            handed_over: 0,
            kept,
        }
    }

    /// Checks one node against the shapes that target it.
    fn node(&mut self, focus: &Term, sink: &mut Sink<'_>) -> Result<LookedAt, ValidationError> {
        let focus = self.reader.number(focus.as_ref());
        let ids = self.shapes_of(focus)?;
        Ok(LookedAt {
            is_target: !ids.is_empty(),
            flow: self.target(focus, &ids, sink)?,
        })
    }

    /// Forgets what was read, when it is much, but for the first terms.
    fn forget(&mut self, terms: usize) {
        if self.reader.remembered() > terms + REMEMBERED_TERMS {
            self.reader.forget(terms);
            self.kept.answers.clear();
            self.kept.of_class.clear();
        }
    }

    /// Checks one target node and hands its results over.
    fn target(
        &mut self,
        focus: TermId,
        ids: &[ShapeId],
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, ValidationError> {
        if (self.bounds.is_stopped)() {
            return Err(ValidationError::Stopped);
        }
        let mut results = Vec::new();
        let mut out = Out::Results {
            origin: focus,
            before: self.handed_over,
            most: self.bounds.results.min(self.handed_over + AT_ONE_NODE),
            results: &mut results,
        };
        let checked = ids
            .iter()
            .try_for_each(|id| self.check(*id, focus, &mut out));
        // Those within the limit are handed over before it is told.
        report::sort(&mut results);
        for result in results {
            self.handed_over += 1;
            if sink(result).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        checked.map(ControlFlow::Continue)
    }

    /// SHACL §2.1.3, for all nodes.
    fn all_targets(&mut self) -> Result<AllTargets<'a>, ValidationError> {
        let targets = &self.shapes.targets;
        let mut all = AllTargets::default();
        for (node, ids) in &targets.nodes {
            let list = all.list(ids);
            self.reader.step(1)?;
            all.nodes.push((self.reader.number(node.as_ref()), list));
        }
        for (class, ids) in &targets.classes {
            let list = all.list(ids);
            let mut members = Vec::new();
            for class in self.classes.with_below(class) {
                let class = self.reader.number(class.as_ref());
                self.reader.subjects(rdf::TYPE, class, &mut members)?;
            }
            all.nodes
                .extend(members.into_iter().map(|node| (node, list)));
        }
        for (property, ids) in &targets.subjects_of {
            let list = all.list(ids);
            self.reader.pairs(property.as_ref(), |[subject, _]| {
                all.nodes.push((subject, list));
            })?;
        }
        for (property, ids) in &targets.objects_of {
            let list = all.list(ids);
            self.reader.pairs(property.as_ref(), |[_, object]| {
                all.nodes.push((object, list));
            })?;
        }
        all.nodes.sort_unstable();
        all.nodes.dedup();
        Ok(all)
    }

    /// SHACL §2.1.3, for one node: the shapes that target it.
    fn shapes_of(&mut self, focus: TermId) -> Result<Vec<ShapeId>, ValidationError> {
        let targets = &self.shapes.targets;
        let mut ids = Vec::new();
        if !targets.nodes.is_empty() {
            let node = self.reader.term(focus).into_owned();
            ids.extend(targets.nodes.get(&node).into_iter().flatten());
        }
        if !targets.classes.is_empty() {
            let mut kinds = Vec::new();
            self.reader.objects(focus, rdf::TYPE, &mut kinds)?;
            for kind in kinds {
                let of_class = self.kept.of_class.entry(kind).or_insert_with(|| {
                    let kind = self.reader.term(kind).into_owned();
                    let above = self.classes.with_above(&kind);
                    let of_class = above.iter().filter_map(|class| targets.classes.get(class));
                    of_class.flatten().copied().collect()
                });
                ids.extend_from_slice(of_class);
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
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    fn check(
        &mut self,
        id: ShapeId,
        focus: TermId,
        out: &mut Out<'_>,
    ) -> Result<(), ValidationError> {
        let shape = self.shapes.shape(id);
        if shape.is_deactivated {
            return Ok(());
        }
        let values = match &shape.path {
            Some(path) => path.evaluate(self.reader, focus, Direction::Forward)?,
            None => vec![focus],
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

    fn conforms(&mut self, id: ShapeId, node: TermId) -> Result<bool, ValidationError> {
        let keeps = self.shapes.keeps(id) != Keeps::Nothing;
        if keeps && let Some(known) = self.kept.answers.get(&(id, node)) {
            return Ok(*known);
        }
        let mut out = Out::Whether { conforms: true };
        self.check(id, node, &mut out)?;
        let conforms = !out.is_decided();
        if keeps {
            self.keep(id, node, conforms);
        }
        Ok(conforms)
    }

    /// Checks a shape that another one refers to by `sh:property`.
    fn property(
        &mut self,
        id: ShapeId,
        node: TermId,
        out: &mut Out<'_>,
    ) -> Result<(), ValidationError> {
        if self.shapes.keeps(id) != Keeps::All {
            return self.check(id, node, out);
        }
        match out {
            Out::Whether { conforms } => *conforms &= self.conforms(id, node)?,
            Out::Results { results, .. } => {
                if self.kept.answers.get(&(id, node)) == Some(&true) {
                    return Ok(());
                }
                let before = results.len();
                self.check(id, node, out)?;
                let conforms =
                    matches!(out, Out::Results { results, .. } if results.len() == before);
                self.keep(id, node, conforms);
            }
        }
        Ok(())
    }

    fn keep(&mut self, id: ShapeId, node: TermId, conforms: bool) {
        if self.kept.answers.len() >= KEPT_ANSWERS {
            self.kept.answers.clear();
        }
        self.kept.answers.insert((id, node), conforms);
    }

    /// To how many of the shapes the node conforms, counted up to `enough`.
    fn conforming(
        &mut self,
        ids: &[ShapeId],
        node: TermId,
        enough: usize,
    ) -> Result<usize, ValidationError> {
        let mut count = 0;
        for id in ids {
            count += usize::from(self.conforms(*id, node)?);
            if count >= enough {
                break;
            }
        }
        Ok(count)
    }

    fn conforms_to_all(&mut self, ids: &[ShapeId], node: TermId) -> Result<bool, ValidationError> {
        for id in ids {
            if !self.conforms(*id, node)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn constraint(
        &mut self,
        values: &[TermId],
        at: &mut At<'a, '_, '_>,
    ) -> Result<(), ValidationError> {
        self.reader.step(1 + values.len())?;
        let focus = at.focus;
        let count = values.len() as u64;
        match &at.constraint.check {
            // About the values as a whole.
            Check::MinCount(least) => at.whole(self.reader, count >= *least),
            Check::MaxCount(most) => at.whole(self.reader, count <= *most),
            Check::HasValue(wanted) => {
                let wanted = self.reader.number(wanted.as_ref());
                at.whole(self.reader, values.contains(&wanted))
            }
            Check::UniqueLang => at.unique_languages(self.reader, values),
            Check::QualifiedMinCount(qualified) => {
                let qualifying = self.qualifying(qualified, values)?;
                at.whole(self.reader, qualifying >= qualified.count)
            }
            Check::QualifiedMaxCount(qualified) => {
                let qualifying = self.qualifying(qualified, values)?;
                at.whole(self.reader, qualifying <= qualified.count)
            }
            // About each value by itself.
            Check::Class(class) => self.each(values, at, |run, value| {
                run.reader.is_instance(value, class, run.classes)
            }),
            Check::Datatype(datatype) => at.each(self.reader, values, |value| match value {
                TermRef::Literal(literal) => {
                    literal.datatype() == datatype.as_ref()
                        && literal::is_well_formed(literal) != Some(false)
                }
                _ => false,
            }),
            Check::NodeKind(kind) => at.each(self.reader, values, |value| kind.admits(value)),
            Check::Range { bound, allowed } => at.each(self.reader, values, |value| {
                allowed.holds(literal::compare(value, bound.as_ref()))
            }),
            Check::MinLength(least) => at.each(self.reader, values, |value| {
                length(value).is_some_and(|l| l >= *least)
            }),
            Check::MaxLength(most) => at.each(self.reader, values, |value| {
                length(value).is_some_and(|l| l <= *most)
            }),
            Check::Pattern(regex) => at.each(self.reader, values, |value| {
                text(value).is_some_and(|t| regex.is_match(t))
            }),
            Check::LanguageIn(ranges) => at.each(self.reader, values, |value| match value {
                TermRef::Literal(literal) => literal.language().is_some_and(|language| {
                    ranges.iter().any(|range| language_matches(language, range))
                }),
                _ => false,
            }),
            Check::In(list) => at.each(self.reader, values, |value| {
                if list.len() <= FEW {
                    list.iter().any(|allowed| allowed.as_ref() == value)
                } else {
                    list.contains(&value.into_owned())
                }
            }),
            // Against another property of the focus node.
            Check::Equals(property) => {
                let others = self.others(focus, property)?;
                let is_other = is_among(&others);
                at.each_of(self.reader, values, is_other)?;
                at.each_of(self.reader, &others, is_among(values))
            }
            Check::Disjoint(property) => {
                let others = self.others(focus, property)?;
                let is_other = is_among(&others);
                at.each_of(self.reader, values, |value| !is_other(value))
            }
            Check::LessThan(property) => {
                let others = self.others(focus, property)?;
                self.pairs(values, &others, at, std::cmp::Ordering::is_lt)
            }
            Check::LessThanOrEquals(property) => {
                let others = self.others(focus, property)?;
                self.pairs(values, &others, at, std::cmp::Ordering::is_le)
            }
            // By other shapes.
            Check::Not(shape) => {
                self.each(values, at, |run, value| Ok(!run.conforms(*shape, value)?))
            }
            Check::And(shapes) => {
                self.each(values, at, |run, value| run.conforms_to_all(shapes, value))
            }
            Check::Or(shapes) => self.each(values, at, |run, value| {
                Ok(run.conforming(shapes, value, 1)? == 1)
            }),
            Check::Xone(shapes) => self.each(values, at, |run, value| {
                Ok(run.conforming(shapes, value, 2)? == 1)
            }),
            Check::Node(shape) => self.each(values, at, |run, value| run.conforms(*shape, value)),
            Check::Property(shape) => {
                for value in values {
                    self.property(*shape, *value, at.out)?;
                    if at.out.is_decided() {
                        break;
                    }
                }
                Ok(())
            }
            Check::Query(query) => self.query(query, values, at),
            Check::Closed(allowed) => {
                for value in values {
                    for [property, object] in self.reader.properties(*value)? {
                        let TermRef::NamedNode(property) = self.reader.term(property) else {
                            continue;
                        };
                        let property = property.into_owned();
                        if !allowed.contains(&property) {
                            at.report(self.reader, Some(Path::Predicate(property)), Some(object))?;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    fn others(
        &mut self,
        focus: TermId,
        property: &oxrdf::NamedNode,
    ) -> Result<Vec<TermId>, ValidationError> {
        let mut others = Vec::new();
        self.reader.objects(focus, property.as_ref(), &mut others)?;
        Ok(others)
    }

    /// Tells each value for which something that reads further does not hold.
    fn each(
        &mut self,
        values: &[TermId],
        at: &mut At<'_, '_, '_>,
        mut holds: impl FnMut(&mut Self, TermId) -> Result<bool, ValidationError>,
    ) -> Result<(), ValidationError> {
        for value in values {
            if !holds(self, *value)? {
                at.value(self.reader, *value)?;
                if at.out.is_decided() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// SHACL §5 and §6: a result for each solution.
    fn query(
        &mut self,
        query: &QueryConstraint,
        values: &[TermId],
        at: &mut At<'_, '_, '_>,
    ) -> Result<(), ValidationError> {
        let term = |id: TermId| self.reader.term(id).into_owned();
        let (focus, values) = (term(at.focus), values.iter().copied().map(term));
        let meter = Meter::new(self.reader.left());
        let mut told = Ok(());
        let reader = &*self.reader;
        let outcome = query.evaluate(reader.data(), &focus, values, &meter, &mut |solution| {
            told = at.solution(reader, solution);
            if told.is_err() || at.out.is_decided() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        let counted = self.reader.step(meter.steps());
        told.and(outcome).and(counted)
    }

    /// SHACL §4.5.3: a result for each pair that is out of order or cannot be compared.
    fn pairs(
        &mut self,
        values: &[TermId],
        others: &[TermId],
        at: &mut At<'_, '_, '_>,
        holds: fn(std::cmp::Ordering) -> bool,
    ) -> Result<(), ValidationError> {
        for value in values {
            self.reader.step(others.len())?;
            for other in others {
                let order = literal::compare(self.reader.term(*value), self.reader.term(*other));
                if !order.is_some_and(holds) {
                    at.value(self.reader, *value)?;
                    if at.out.is_decided() {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn qualifying(
        &mut self,
        qualified: &Qualified,
        values: &[TermId],
    ) -> Result<u64, ValidationError> {
        let mut count = 0;
        for value in values {
            let qualifies = self.conforms(qualified.shape, *value)?
                && self.conforming(&qualified.siblings, *value, 1)? == 0;
            count += u64::from(qualifies);
        }
        Ok(count)
    }
}

/// Whether a node is one of these.
fn is_among(nodes: &[TermId]) -> impl Fn(TermId) -> bool + '_ {
    let set: Option<FxHashSet<TermId>> =
        (nodes.len() > FEW).then(|| nodes.iter().copied().collect());
    move |node| match &set {
        Some(set) => set.contains(&node),
        None => nodes.contains(&node),
    }
}

/// All target nodes, in the order of their numbers.
#[derive(Default)]
struct AllTargets<'a> {
    /// The shapes of each way to be a target.
    lists: Vec<&'a [ShapeId]>,
    /// Each node with the place of a list; a node may have several.
    nodes: Vec<(TermId, u32)>,
}

impl<'a> AllTargets<'a> {
    /// The place of a list.
    fn list(&mut self, ids: &'a [ShapeId]) -> u32 {
        self.lists.push(ids);
        u32::try_from(self.lists.len() - 1).expect("a shapes graph has far fewer than 2^32 targets")
    }
}

/// Where results go: into a list, or into the one answer whether there are any.
enum Out<'o> {
    Results {
        origin: TermId,
        /// How many were handed over before these.
        before: u64,
        most: u64,
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
struct At<'s, 'r, 'o> {
    shape: &'s Shape,
    constraint: &'s Constraint,
    focus: TermId,
    out: &'r mut Out<'o>,
}

impl At<'_, '_, '_> {
    fn whole(&mut self, reader: &Reader<'_>, holds: bool) -> Result<(), ValidationError> {
        if holds {
            return Ok(());
        }
        self.report(reader, self.shape.path.clone(), None)
    }

    fn value(&mut self, reader: &Reader<'_>, value: TermId) -> Result<(), ValidationError> {
        if let Out::Whether { conforms } = self.out {
            *conforms = false;
            return Ok(());
        }
        self.report(reader, self.shape.path.clone(), Some(value))
    }

    /// Tells each value whose text is not as it should be.
    fn each(
        &mut self,
        reader: &mut Reader<'_>,
        values: &[TermId],
        holds: impl Fn(TermRef<'_>) -> bool,
    ) -> Result<(), ValidationError> {
        for value in values {
            let term = reader.term(*value);
            let bytes = text(term).map_or(0, str::len);
            let holds = holds(term);
            reader.step(bytes / BYTES_IN_A_STEP)?;
            if !holds {
                self.value(reader, *value)?;
                if self.out.is_decided() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Tells each value that is not among those that it should be among.
    fn each_of(
        &mut self,
        reader: &Reader<'_>,
        values: &[TermId],
        holds: impl Fn(TermId) -> bool,
    ) -> Result<(), ValidationError> {
        for value in values {
            if !holds(*value) {
                self.value(reader, *value)?;
                if self.out.is_decided() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// SHACL §4.4.5: a result for each language that stands twice.
    fn unique_languages(
        &mut self,
        reader: &Reader<'_>,
        values: &[TermId],
    ) -> Result<(), ValidationError> {
        if values.len() < 2 {
            return Ok(());
        }
        let mut counts: IndexMap<String, u32, FxBuildHasher> = IndexMap::default();
        for value in values {
            if let TermRef::Literal(literal) = reader.term(*value)
                && let Some(language) = literal.language()
            {
                *counts.entry(language.to_ascii_lowercase()).or_default() += 1;
            }
        }
        counts
            .into_values()
            .try_for_each(|count| self.whole(reader, count < 2))
    }

    /// SHACL §5.3.2.
    fn solution(&mut self, reader: &Reader<'_>, solution: Solution) -> Result<(), ValidationError> {
        let path = solution.path.map(Path::Predicate);
        let path = path.or_else(|| self.shape.path.clone());
        self.report_with(reader, solution.messages, path, solution.value)
    }

    fn report(
        &mut self,
        reader: &Reader<'_>,
        path: Option<Path>,
        value: Option<TermId>,
    ) -> Result<(), ValidationError> {
        let value = value.map(|id| reader.term(id).into_owned());
        self.report_with(reader, Vec::new(), path, value)
    }

    /// A result; without messages of its own it has those of the shape, or ours.
    fn report_with(
        &mut self,
        reader: &Reader<'_>,
        own: Vec<Literal>,
        path: Option<Path>,
        value: Option<Term>,
    ) -> Result<(), ValidationError> {
        match self.out {
            Out::Whether { conforms } => *conforms = false,
            Out::Results {
                origin,
                before,
                most,
                results,
            } => {
                if *before + results.len() as u64 >= *most {
                    return Err(ValidationError::Limit {
                        name: "results",
                        most: *most,
                    });
                }
                let messages = if !own.is_empty() {
                    own
                } else if self.shape.messages.is_empty() {
                    message::fallback(&self.constraint.check, path.as_ref())
                } else {
                    self.shape.messages.clone()
                };
                let term = |id: TermId| reader.term(id).into_owned();
                results.push(ValidationResult {
                    focus: term(self.focus),
                    path,
                    value,
                    source_shape: self.shape.node.clone(),
                    component: self.constraint.component_iri(),
                    source_constraint: self.constraint.source(),
                    severity: self.shape.severity,
                    severity_iri: self.shape.severity_iri.clone(),
                    messages,
                    origin: term(*origin),
                });
            }
        }
        Ok(())
    }
}

/// SPARQL's `str()`, which blank nodes don't have.
fn text(term: TermRef<'_>) -> Option<&str> {
    match term {
        TermRef::NamedNode(node) => Some(node.as_str()),
        TermRef::Literal(literal) => Some(literal.value()),
        TermRef::BlankNode(_) => None,
    }
}

/// In characters.
fn length(term: TermRef<'_>) -> Option<u64> {
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
