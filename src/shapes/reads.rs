//! Everything that the validation of a node can read, arranged to be followed backwards.
//!
//! The compiled shapes are laid out as **positions**: where validation stands when it has got
//! from a focus node to some other node. Position [`START`] is the focus node of a shape with a
//! target. Each other position knows from where it is reached: from the same node at another
//! position (a shape that refers to another one), or over one triple (a step of a path). What a
//! constraint reads is noted at the position where it reads it. So shapes that are used in many
//! places, and paths that repeat, take no more room here than in the shapes graph.

use crate::model::vocabulary::rdf;
use crate::shapes::classes::Classes;
use crate::shapes::component::Check;
use crate::shapes::path::{Direction, Path};
use crate::shapes::shape::{Shape, ShapeId, Targets};
use crate::shapes::sparql::{self, Pattern, Places};
use indexmap::{IndexMap, IndexSet};
use oxrdf::{NamedNode, Term, Triple};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// Where validation stands, by its place in [`Reads::positions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Position(u32);

/// The focus node of a shape with a target.
const START: Position = Position(0);

/// How a position is reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// From the same node at another position.
    Same(Position),
    /// From a node at the other end of a triple; forward when that node is its subject.
    Over(Position, NamedNode, Direction),
}

/// Every reading of every shape.
#[derive(Debug, Default)]
pub(super) struct Reads {
    positions: Vec<Vec<Back>>,
    /// Whether one is at [`START`] with the same node, by position.
    is_focus: Vec<bool>,
    /// Readings of a property: forward ones want its values, backward ones its subjects.
    by_predicate: FxHashMap<NamedNode, IndexSet<(Position, Direction), FxBuildHasher>>,
    /// Readings of `rdf:type` that only ask for a class or one below it.
    by_class: IndexMap<Term, IndexSet<Position, FxBuildHasher>, FxBuildHasher>,
    /// Readings of all properties of a node but these (`sh:closed`), or of all that it is a value
    /// of.
    of_others: Vec<(Position, Direction, FxHashSet<NamedNode>)>,
    /// Readings of queries that no way leads to: triples like these concern every target of the
    /// shapes.
    of_all_targets: Vec<(Pattern, Vec<ShapeId>)>,
}

impl Reads {
    pub(super) fn of(shapes: &[Shape], targets: &Targets) -> Self {
        let mut layout = Layout {
            shapes,
            reads: Reads {
                positions: vec![Vec::new()],
                ..Reads::default()
            },
            focus: FxHashMap::default(),
            anywhere: Vec::new(),
        };
        for class in targets.classes.keys() {
            layout.class(class, START);
        }
        for property in targets.subjects_of.keys() {
            layout.predicate(property, Direction::Forward, START);
        }
        for property in targets.objects_of.keys() {
            layout.predicate(property, Direction::Backward, START);
        }
        for id in targets.shapes() {
            layout.shape(id, START);
        }
        layout.mark_focus_nodes();
        layout.find_targets_concerned();
        layout.reads
    }

    /// Whether a node at this position is a focus node of a shape with a target.
    pub(super) fn is_focus(&self, position: Position) -> bool {
        self.is_focus.get(position.0 as usize) == Some(&true)
    }

    /// How the position is reached.
    pub(super) fn back(&self, position: Position) -> &[Back] {
        self.positions
            .get(position.0 as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// The nodes of the triple at which something reads it, each with the position.
    pub(super) fn of_triple(
        &self,
        triple: &Triple,
        classes: &Classes,
    ) -> impl Iterator<Item = (Position, Term)> {
        let subject = || Term::from(triple.subject.clone());
        let by_predicate = self.by_predicate.get(&triple.predicate);
        let start = move |way| match way {
            Direction::Forward => subject(),
            Direction::Backward => triple.object.clone(),
        };
        let by_predicate = by_predicate
            .into_iter()
            .flatten()
            .map(move |(position, way)| (*position, start(*way)));
        let kinds = (triple.predicate.as_ref() == rdf::TYPE && !self.by_class.is_empty())
            .then(|| classes.with_above(&triple.object))
            .into_iter()
            .flatten();
        let by_class = kinds
            .filter_map(|class| self.by_class.get(&class))
            .flatten()
            .map(move |position| (*position, subject()));
        let of_others = self
            .of_others
            .iter()
            .filter(|(_, _, without)| !without.contains(&triple.predicate))
            .map(move |(position, way, _)| (*position, start(*way)));
        by_predicate.chain(by_class).chain(of_others)
    }

    /// The shapes for which the triple concerns every target.
    pub(super) fn of_all_targets(&self, triple: &Triple) -> impl Iterator<Item = ShapeId> {
        self.of_all_targets
            .iter()
            .filter(|(pattern, _)| pattern.matches(triple))
            .flat_map(|(_, shapes)| shapes)
            .copied()
    }

    /// The classes that some reading asks for, with the positions where it does.
    pub(super) fn of_classes(
        &self,
    ) -> impl Iterator<Item = (&Term, &IndexSet<Position, FxBuildHasher>)> {
        self.by_class.iter()
    }
}

/// The positions under construction.
struct Layout<'s> {
    shapes: &'s [Shape],
    reads: Reads,
    /// Where the focus node of each shape stands.
    focus: FxHashMap<ShapeId, Position>,
    /// What a query reads from anywhere, with the focus node about which it is asked.
    anywhere: Vec<(Pattern, Position)>,
}

/// Takes what the query of a shape reads.
struct QueryPlaces<'l, 's> {
    layout: &'l mut Layout<'s>,
    focus: Position,
}

impl Places for QueryPlaces<'_, '_> {
    type Place = Position;

    fn step(&mut self, from: Position, predicate: &NamedNode, way: Direction) -> Position {
        self.along(from, &Path::Predicate(predicate.clone()), way)
    }

    fn along(&mut self, from: Position, path: &Path, way: Direction) -> Position {
        self.layout.path(path, way, from)
    }

    fn all(&mut self, at: Position, way: Direction) {
        let reading = (at, way, FxHashSet::default());
        self.layout.reads.of_others.push(reading);
    }

    fn either(&mut self, one: Position, other: Position) -> Position {
        let either = self.layout.reached(Back::Same(one));
        self.layout.also_reached(either, Back::Same(other));
        either
    }

    fn anywhere(&mut self, pattern: Pattern) {
        self.layout.anywhere.push((pattern, self.focus));
    }
}

impl Layout<'_> {
    fn reached(&mut self, back: Back) -> Position {
        let position = u32::try_from(self.reads.positions.len())
            .expect("the compiler refuses shapes graphs long before 2^32 steps");
        self.reads.positions.push(vec![back]);
        Position(position)
    }

    fn also_reached(&mut self, position: Position, back: Back) {
        if let Some(known) = self.reads.positions.get_mut(position.0 as usize)
            && !known.contains(&back)
        {
            known.push(back);
        }
    }

    /// The shape is asked of the node at this position.
    fn shape(&mut self, id: ShapeId, from: Position) {
        let shapes = self.shapes;
        let Some(shape) = shapes.get(id.0).filter(|shape| !shape.is_deactivated) else {
            return;
        };
        if let Some(focus) = self.focus.get(&id) {
            return self.also_reached(*focus, Back::Same(from));
        }
        let focus = self.reached(Back::Same(from));
        self.focus.insert(id, focus);
        let values = match &shape.path {
            Some(path) => self.path(path, Direction::Forward, focus),
            None => focus,
        };
        for constraint in &shape.constraints {
            match &constraint.check {
                Check::Class(class) => self.class(class, values),
                Check::Equals(property)
                | Check::Disjoint(property)
                | Check::LessThan(property)
                | Check::LessThanOrEquals(property) => {
                    self.predicate(property, Direction::Forward, focus);
                }
                Check::Not(id) | Check::Node(id) | Check::Property(id) => self.shape(*id, values),
                Check::And(ids) | Check::Or(ids) | Check::Xone(ids) => {
                    for id in ids {
                        self.shape(*id, values);
                    }
                }
                Check::QualifiedMinCount(qualified) | Check::QualifiedMaxCount(qualified) => {
                    self.shape(qualified.shape, values);
                    for id in &qualified.siblings {
                        self.shape(*id, values);
                    }
                }
                Check::Closed(allowed) => {
                    let reading = (values, Direction::Forward, allowed.clone());
                    self.reads.of_others.push(reading);
                }
                Check::Query(query) => {
                    let mut places = QueryPlaces {
                        layout: self,
                        focus,
                    };
                    sparql::reads(query, (focus, values), &mut places);
                }
                // These look at the value nodes themselves, and read nothing more.
                Check::Datatype(_)
                | Check::NodeKind(_)
                | Check::MinCount(_)
                | Check::MaxCount(_)
                | Check::Range { .. }
                | Check::MinLength(_)
                | Check::MaxLength(_)
                | Check::Pattern(_)
                | Check::LanguageIn(_)
                | Check::UniqueLang
                | Check::HasValue(_)
                | Check::In(_) => {}
            }
        }
    }

    /// Notes what walking the path reads; gives the position at its end.
    fn path(&mut self, path: &Path, direction: Direction, from: Position) -> Position {
        match path {
            Path::Predicate(predicate) => {
                self.predicate(predicate, direction, from);
                self.reached(Back::Over(from, predicate.clone(), direction))
            }
            Path::Inverse(inner) => self.path(inner, direction.reversed(), from),
            Path::Sequence(steps) => match direction {
                Direction::Forward => self.sequence(steps.iter(), direction, from),
                Direction::Backward => self.sequence(steps.iter().rev(), direction, from),
            },
            Path::Alternative(paths) => {
                let mut end = None;
                for path in paths {
                    let one = Back::Same(self.path(path, direction, from));
                    match end {
                        Some(end) => self.also_reached(end, one),
                        None => end = Some(self.reached(one)),
                    }
                }
                end.unwrap_or(from)
            }
            Path::ZeroOrMore(inner) => self.repeated(inner, direction, from).0,
            Path::OneOrMore(inner) => self.repeated(inner, direction, from).1,
            Path::ZeroOrOne(inner) => {
                let once = self.path(inner, direction, from);
                let end = self.reached(Back::Same(once));
                self.also_reached(end, Back::Same(from));
                end
            }
        }
    }

    fn sequence<'p>(
        &mut self,
        steps: impl Iterator<Item = &'p Path>,
        direction: Direction,
        from: Position,
    ) -> Position {
        steps.fold(from, |from, step| self.path(step, direction, from))
    }

    /// Where one stands before each round, and after it.
    fn repeated(
        &mut self,
        inner: &Path,
        direction: Direction,
        from: Position,
    ) -> (Position, Position) {
        let before = self.reached(Back::Same(from));
        let after = self.path(inner, direction, before);
        self.also_reached(before, Back::Same(after));
        (before, after)
    }

    fn mark_focus_nodes(&mut self) {
        let positions = &self.reads.positions;
        let mut is_focus = vec![false; positions.len()];
        // A position is nearly always reached from earlier ones, so that one round does.
        let mut is_settled = false;
        while !is_settled {
            is_settled = true;
            for (index, backs) in positions.iter().enumerate() {
                let now = index == START.0 as usize
                    || backs.iter().any(|back| match back {
                        Back::Same(from) => is_focus.get(from.0 as usize) == Some(&true),
                        Back::Over(..) => false,
                    });
                if let Some(known) = is_focus.get_mut(index)
                    && *known != now
                {
                    *known = now;
                    is_settled = false;
                }
            }
        }
        self.reads.is_focus = is_focus;
    }

    /// Which shapes with a target lead to each query that reads from anywhere.
    fn find_targets_concerned(&mut self) {
        let shape_at: FxHashMap<Position, ShapeId> =
            self.focus.iter().map(|(id, at)| (*at, *id)).collect();
        for (pattern, at) in std::mem::take(&mut self.anywhere) {
            let mut met = FxHashSet::from_iter([at]);
            let mut open = vec![at];
            let mut shapes = Vec::new();
            while let Some(at) = open.pop() {
                for back in self.reads.back(at) {
                    let (Back::Same(from) | Back::Over(from, ..)) = back;
                    if *from == START {
                        shapes.extend(shape_at.get(&at));
                    }
                    if met.insert(*from) {
                        open.push(*from);
                    }
                }
            }
            self.reads.of_all_targets.push((pattern, shapes));
        }
    }

    fn predicate(&mut self, predicate: &NamedNode, direction: Direction, at: Position) {
        let reads = self.reads.by_predicate.entry(predicate.clone());
        reads.or_default().insert((at, direction));
    }

    fn class(&mut self, class: &Term, at: Position) {
        let reads = self.reads.by_class.entry(class.clone());
        reads.or_default().insert(at);
    }
}
