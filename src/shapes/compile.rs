//! From a shapes graph to [`Shapes`]: every reference resolved, and every syntax rule of SHACL Core
//! that is broken told with its place.
//!
//! A stranger's shapes graph may be made to grow when its references are followed. So each part of
//! it is counted every time it is used ([`PARTS`]).

use crate::model::Severity;
use crate::model::vocabulary::{rdf, rdfs};
use crate::rdf::{Graph, Quads, QuadsError};
use crate::shapes::classes::Classes;
use crate::shapes::component::Repeats;
use crate::shapes::component::{self, COMPONENTS, Check, Constraint, FURTHER_PARAMETERS};
use crate::shapes::path::Path;
use crate::shapes::reader::as_subject;
use crate::shapes::reads::Reads;
use crate::shapes::shape::{Keeps, Shape, ShapeId, Shapes, Targets};
use crate::shapes::sparql::{self, Components};
use crate::shapes::validate::Validation;
use crate::shapes::vocabulary as sh;
use indexmap::IndexSet;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// Shapes and paths that nest deeper than this are refused: no hand writes them, and validation
/// goes as deep as they do.
const SHAPE_NESTING: usize = 64;
const PATH_NESTING: usize = 32;
/// How many members of lists, steps of paths and siblings of shapes there may be, each counted as
/// often as it is used.
const PARTS: usize = 500_000;
/// Faults beyond these are not told.
const MOST_FAULTS: usize = 1_000;

/// Why a shapes graph was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum ShapesError {
    #[error(transparent)]
    Unreadable(#[from] QuadsError),
    /// All the faults that were found, not only the first.
    #[error("the shapes are not well formed:{}", .0.iter().map(|fault| format!("\n- {fault}")).collect::<String>())]
    IllFormed(Vec<Fault>),
}

/// One fault of a shapes graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The shape: its IRI, or where it stands when it has none.
    pub place: String,
    /// The SHACL property concerned, by its local name.
    pub parameter: Option<&'static str>,
    /// The syntax rule, as named in the SHACL recommendation ("Summary of Syntax Rules"), or one
    /// of ours: `recursion`, `nesting`, `size`, `flags`, `negative`, `unsupported`.
    pub rule: &'static str,
    /// What stands there, and what should.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if let Some(parameter) = self.parameter {
            write!(f, ", sh:{parameter}")?;
        }
        write!(f, ": {} (rule {})", self.problem, self.rule)
    }
}

/// A fault before its place is known.
#[derive(Debug)]
pub(super) struct Refusal {
    rule: &'static str,
    problem: String,
}

impl Refusal {
    pub(super) fn new(rule: &'static str, problem: String) -> Self {
        Self { rule, problem }
    }

    #[cfg(test)]
    pub(super) fn rule(&self) -> &'static str {
        self.rule
    }
}

impl Shapes {
    /// The shapes of a graph: those with a target or a shape's type, and all that they refer to.
    ///
    /// # Errors
    /// When the graph cannot be read, or is not a well-formed shapes graph; every fault is told.
    pub fn compile(shapes_graph: &dyn Quads) -> Result<Shapes, ShapesError> {
        let graph: Graph = shapes_graph
            .matching(None, None, None)
            .collect::<Result<_, _>>()?;
        let graph = Arc::new(graph);
        let classes = Classes::read(graph.as_ref())?;
        let mut compiler = Compiler {
            graph: &graph,
            classes,
            components: Rc::default(),
            shapes: Vec::new(),
            heights: Vec::new(),
            known: FxHashMap::default(),
            open: Vec::new(),
            parts_left: Cell::new(PARTS),
            faults: Vec::new(),
        };
        compiler.read_components();
        let mut targets = Targets::default();
        let subjects = graph.subjects();
        let (roots, others): (Vec<_>, Vec<_>) = subjects
            .into_iter()
            .partition(|node| compiler.is_declared(node));
        for node in roots {
            compiler.root(node, &mut targets);
        }
        // What is left is used by no shape. It has no target, but can be ill formed all the same.
        let (named, unnamed): (Vec<_>, Vec<_>) = others
            .into_iter()
            .filter(|node| compiler.has_parameter(node))
            .partition(|node| node.is_named_node());
        for node in named.into_iter().chain(unnamed) {
            let place = compiler.place(node);
            compiler.shape(node, place);
        }
        let declarations = compiler.parameter_declarations();
        compiler.graph_wide_rules();
        if !compiler.faults.is_empty() {
            return Err(ShapesError::IllFormed(compiler.faults));
        }
        let reads = Reads::of(&compiler.shapes, &targets);
        let keeps = Keeps::of(&compiler.shapes);
        let notes = sparql::notes(&compiler.shapes);
        let classes = compiler.classes;
        let shapes = Shapes {
            shapes: compiler.shapes,
            targets,
            reads,
            keeps,
            notes,
        };
        let faults = shapes.wrong_parameters(&declarations, graph.as_ref(), &classes);
        if !faults.is_empty() {
            return Err(ShapesError::IllFormed(faults));
        }
        Ok(shapes)
    }

    /// SHACL §6.2.1: a shape must conform to the declarations of the parameters that it uses.
    fn wrong_parameters(
        &self,
        declarations: &[(NamedNode, ShapeId)],
        graph: &Graph,
        classes: &Classes,
    ) -> Vec<Fault> {
        let validation = Validation::new(self, graph, classes);
        let mut faults = Vec::new();
        for (component, declaration) in declarations {
            for shape in &self.shapes {
                let uses = |check: &Check| match check {
                    Check::Query(query) => query.component == *component,
                    _ => false,
                };
                // Whether a query of the declaration fails is not this shape's fault.
                if shape
                    .constraints
                    .iter()
                    .any(|constraint| uses(&constraint.check))
                    && let Ok(false) = validation.conforms(*declaration, &shape.node)
                {
                    let declared = self.shape(*declaration).path.as_ref();
                    let parameter = declared.map(ToString::to_string).unwrap_or_default();
                    let place = shape.constraints.iter().find_map(|c| match &c.check {
                        Check::Query(query) => Some(query.place().to_owned()),
                        _ => None,
                    });
                    faults.push(Fault {
                        place: place.unwrap_or_default(),
                        parameter: None,
                        rule: "Parameter-conformance",
                        problem: format!(
                            "the value of {parameter} is not what its declaration at {component} asks for"
                        ),
                    });
                }
            }
        }
        faults
    }
}

/// A shape as it is declared in the graph.
pub(super) struct Declared<'a> {
    node: &'a NamedOrBlankNode,
    place: String,
}

impl Declared<'_> {
    pub(super) fn node(&self) -> &NamedOrBlankNode {
        self.node
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }
}

/// How a shape refers to another one: the parameter, and the rule that a bad value breaks.
#[derive(Clone, Copy)]
pub(super) struct Way {
    parameter: &'static str,
    rule: &'static str,
}

impl Way {
    pub(super) fn new(parameter: &'static str, rule: &'static str) -> Self {
        Self { parameter, rule }
    }
}

pub(super) struct Compiler<'a> {
    graph: &'a Arc<Graph>,
    classes: Classes,
    /// The constraint components that the graph itself declares.
    components: Rc<Components>,
    shapes: Vec<Shape>,
    /// How deep each of the shapes goes.
    heights: Vec<usize>,
    /// `None` for a shape with a fault.
    known: FxHashMap<NamedOrBlankNode, Option<ShapeId>>,
    /// The shapes being compiled, outermost first.
    open: Vec<Open>,
    parts_left: Cell<usize>,
    faults: Vec<Fault>,
}

struct Open {
    node: NamedOrBlankNode,
    place: String,
    /// How deep the shapes go that it refers to, so far.
    height: usize,
}

/// What the component table needs.
impl Compiler<'_> {
    pub(super) fn graph(&self) -> &Arc<Graph> {
        self.graph
    }

    /// Whether it is a property shape, its path well formed or not.
    pub(super) fn has_path(&self, shape: &Declared<'_>) -> bool {
        self.graph.objects(shape.node, sh::PATH).next().is_some()
    }

    /// The constraint components that the graph declares.
    fn read_components(&mut self) {
        let mut refused = Vec::new();
        let components = Components::read(self, &mut |node, refusal| {
            refused.push((node.to_string(), refusal));
        });
        self.components = Rc::new(components);
        for (place, refusal) in refused {
            self.fault(&place, None, refusal);
        }
    }

    /// The declarations of their parameters, compiled, each with its component.
    fn parameter_declarations(&mut self) -> Vec<(NamedNode, ShapeId)> {
        let components = Rc::clone(&self.components);
        let mut declarations = Vec::new();
        for (component, node) in components.declarations() {
            let place = format!("{component}, one of its parameters");
            if let Some(id) = self.shape(node, place) {
                declarations.push((component.clone(), id));
            }
        }
        declarations
    }

    /// Adds the constraints that the shape declares with such parameters.
    fn declared_constraints(&mut self, declared: &Declared<'_>, constraints: &mut Vec<Constraint>) {
        let components = Rc::clone(&self.components);
        let mut refused = Vec::new();
        let checks = components.constraints(self, declared, &mut |refusal| refused.push(refusal));
        constraints.extend(checks.into_iter().map(|check| Constraint {
            component: &component::SPARQL,
            check,
        }));
        for refusal in refused {
            self.fault(&declared.place, None, refusal);
        }
    }

    /// The value of a parameter that belongs to a component with several of them.
    pub(super) fn further(
        &self,
        shape: &Declared<'_>,
        parameter: NamedNodeRef<'_>,
    ) -> Result<Option<Term>, Refusal> {
        self.at_most_one(shape, parameter, "multiple-parameters")
    }

    /// The members of an RDF list; `rule` is the one that a value breaks which is none.
    pub(super) fn list(&self, head: &Term, rule: &'static str) -> Result<Vec<Term>, Refusal> {
        let ill_formed = |problem: &str| Err(Refusal::new("SHACL-list", problem.to_owned()));
        let nil = Term::from(rdf::NIL.into_owned());
        let mut members = Vec::new();
        let mut seen: IndexSet<NamedOrBlankNode, FxBuildHasher> = IndexSet::default();
        let mut cell = head.clone();
        loop {
            let Some(node) = as_subject(&cell) else {
                let problem = "a list is needed here, not a literal".to_owned();
                return Err(Refusal::new(rule, problem));
            };
            self.spend(1)?;
            let up_to_two =
                |property| -> Vec<&Term> { self.graph.objects(&node, property).take(2).collect() };
            let (firsts, rests) = (up_to_two(rdf::FIRST), up_to_two(rdf::REST));
            let (first, rest) = match (firsts.as_slice(), rests.as_slice()) {
                ([], []) if cell == nil => return Ok(members),
                _ if cell == nil => {
                    return ill_formed("rdf:nil has neither rdf:first nor rdf:rest");
                }
                ([], []) if members.is_empty() => {
                    return Err(Refusal::new(rule, format!("{head} is no list")));
                }
                ([first], [rest]) => (*first, *rest),
                _ => return ill_formed("each cell of a list has one rdf:first and one rdf:rest"),
            };
            if !seen.insert(node) {
                return ill_formed("the list comes back to itself");
            }
            members.push(first.clone());
            cell = rest.clone();
        }
    }

    /// The compiled shape that another one refers to; `None` when it had faults of its own.
    pub(super) fn nested(
        &mut self,
        parent: &Declared<'_>,
        way: Way,
        value: &Term,
    ) -> Result<Option<ShapeId>, Refusal> {
        self.member(parent, way, None, value)
    }

    /// The compiled shapes of a list; `None` when one of them had faults of its own.
    pub(super) fn nested_all(
        &mut self,
        parent: &Declared<'_>,
        way: Way,
        members: &[Term],
    ) -> Result<Option<Vec<ShapeId>>, Refusal> {
        let mut ids = Some(Vec::new());
        for (index, member) in members.iter().enumerate() {
            match self.member(parent, way, Some(index + 1), member)? {
                Some(id) => ids.iter_mut().for_each(|ids| ids.push(id)),
                None => ids = None,
            }
        }
        Ok(ids)
    }

    fn member(
        &mut self,
        parent: &Declared<'_>,
        way: Way,
        index: Option<usize>,
        value: &Term,
    ) -> Result<Option<ShapeId>, Refusal> {
        let Some(node) = as_subject(value) else {
            let problem = format!("{value} cannot be a shape");
            return Err(Refusal::new(way.rule, problem));
        };
        if let Some(start) = self.open.iter().position(|open| open.node == node) {
            let cycle = self.open.iter().skip(start).chain(self.open.get(start));
            let names: Vec<&str> = cycle.map(|open| &*open.place).collect();
            let problem = format!("the shape refers to itself: {}", names.join(" → "));
            return Err(Refusal::new("recursion", problem));
        }
        let too_deep = || {
            let problem = format!("shapes refer to one another more than {SHAPE_NESTING} deep");
            Err(Refusal::new("nesting", problem))
        };
        if self.open.len() >= SHAPE_NESTING {
            return too_deep();
        }
        let place = match &node {
            NamedOrBlankNode::NamedNode(iri) => iri.to_string(),
            NamedOrBlankNode::BlankNode(_) => {
                let place = &parent.place;
                let index = index.map(|index| format!(", member {index}"));
                match self.path_of(&node) {
                    Some(path) if way.parameter == "property" => {
                        format!("{place}, its shape for {path}")
                    }
                    _ => format!("{place}, sh:{}{}", way.parameter, index.unwrap_or_default()),
                }
            }
        };
        let id = self.shape(&node, place);
        let height = id.and_then(|id| self.heights.get(id.0)).copied();
        let height = height.unwrap_or_default();
        if self.open.len() + height > SHAPE_NESTING {
            return too_deep();
        }
        if let Some(open) = self.open.last_mut() {
            open.height = open.height.max(height);
        }
        Ok(id)
    }

    pub(super) fn is_property_shape(&self, value: &Term) -> bool {
        as_subject(value).is_some_and(|node| !self.values(&node, sh::PATH).is_empty())
    }

    /// The properties that a shape's own property shapes are about: those that `sh:closed` allows.
    pub(super) fn direct_properties(
        &self,
        shape: &Declared<'_>,
    ) -> impl Iterator<Item = NamedNode> {
        self.graph
            .objects(shape.node, sh::PROPERTY)
            .filter_map(as_subject)
            .flat_map(|property| self.values(&property, sh::PATH))
            .filter_map(|path| match path {
                Term::NamedNode(property) => Some(property),
                _ => None,
            })
    }

    /// SHACL §4.7.3: the qualified value shapes of all property shapes of the shape's parents,
    /// without its own.
    pub(super) fn sibling_shapes(
        &self,
        shape: &Declared<'_>,
        own: &Term,
    ) -> Result<Vec<Term>, Refusal> {
        let mut siblings: IndexSet<Term, FxBuildHasher> = IndexSet::default();
        let node = Term::from(shape.node.clone());
        let parents = self
            .graph
            .pointing_to(&node)
            .filter(|triple| triple.predicate.as_ref() == sh::PROPERTY);
        for parent in parents {
            for property in self.graph.objects(&parent.subject, sh::PROPERTY) {
                self.spend(1)?;
                if let Some(property) = as_subject(property) {
                    siblings.extend(self.values(&property, sh::QUALIFIED_VALUE_SHAPE));
                }
            }
        }
        siblings.shift_remove(own);
        Ok(siblings.into_iter().collect())
    }
}

impl Compiler<'_> {
    fn values(&self, node: &NamedOrBlankNode, property: NamedNodeRef<'_>) -> Vec<Term> {
        self.graph.objects(node, property).cloned().collect()
    }

    /// The value of a property that a shape may have once.
    fn at_most_one(
        &self,
        shape: &Declared<'_>,
        property: NamedNodeRef<'_>,
        rule: &'static str,
    ) -> Result<Option<Term>, Refusal> {
        let values = self.values(shape.node, property);
        match values.as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(value.clone())),
            several => Err(too_many(several, rule)),
        }
    }

    fn spend(&self, parts: usize) -> Result<(), Refusal> {
        match self.parts_left.get().checked_sub(parts) {
            Some(left) => {
                self.parts_left.set(left);
                Ok(())
            }
            None => Err(Refusal::new(
                "size",
                format!("with all that they refer to, the shapes have more than {PARTS} parts"),
            )),
        }
    }

    pub(super) fn is_a(&self, node: &NamedOrBlankNode, class: NamedNodeRef<'_>) -> bool {
        let class = Term::from(class.into_owned());
        self.graph
            .objects(node, rdf::TYPE)
            .any(|kind| self.classes.is_below(kind, &class))
    }

    fn has_any(&self, node: &NamedOrBlankNode, is_one: impl Fn(&str) -> bool) -> bool {
        self.graph
            .about(node)
            .filter_map(|triple| triple.predicate.as_str().strip_prefix(sh::NS))
            .any(is_one)
    }

    fn has_shape_type(&self, node: &NamedOrBlankNode) -> bool {
        self.is_a(node, sh::NODE_SHAPE) || self.is_a(node, sh::PROPERTY_SHAPE)
    }

    /// SHACL §2.1: it has a shape's type, or a target.
    fn is_declared(&self, node: &NamedOrBlankNode) -> bool {
        let is_target = |local: &str| {
            matches!(
                local,
                "targetNode" | "targetClass" | "targetSubjectsOf" | "targetObjectsOf"
            )
        };
        self.has_any(node, is_target) || self.has_shape_type(node)
    }

    /// SHACL §2.1: it is a shape because of what it asks for.
    fn has_parameter(&self, node: &NamedOrBlankNode) -> bool {
        self.has_any(node, |local| {
            COMPONENTS.iter().any(|row| row.parameter == local)
                || FURTHER_PARAMETERS.iter().any(|row| row.parameter == local)
        }) || self
            .graph
            .about(node)
            .any(|triple| self.components.have_parameter(&triple.predicate))
    }

    /// How to find a shape in the graph that no other one leads to.
    fn place(&self, node: &NamedOrBlankNode) -> String {
        if let NamedOrBlankNode::NamedNode(iri) = node {
            return iri.to_string();
        }
        if let Some(path) = self.path_of(node) {
            return format!("a shape without an IRI, for {path}");
        }
        let of = self.graph.about(node).find(|triple| {
            let local = triple.predicate.as_str().strip_prefix(sh::NS);
            local.is_some_and(|local| local.starts_with("target"))
        });
        match of {
            Some(target) => format!("a shape without an IRI, for {}", target.object),
            None => "a shape without an IRI".to_owned(),
        }
    }

    pub(super) fn path_of(&self, node: &NamedOrBlankNode) -> Option<Path> {
        let mut paths = self.graph.objects(node, sh::PATH);
        paths
            .next()
            .and_then(|path| self.path(path, &mut Vec::new()).ok())
    }

    /// Rules that are not about shapes.
    fn graph_wide_rules(&mut self) {
        let graph = self.graph;
        for triple in graph.iter() {
            let place = || match &triple.subject {
                NamedOrBlankNode::NamedNode(iri) => iri.to_string(),
                NamedOrBlankNode::BlankNode(_) => "the shapes graph".to_owned(),
            };
            let object = &triple.object;
            if triple.predicate.as_ref() == sh::SHAPES_GRAPH && !object.is_named_node() {
                let rule = "shapesGraph-nodeKind";
                self.must_be_iri(&place(), "shapesGraph", rule, object);
            } else if triple.predicate.as_ref() == sh::ENTAILMENT {
                if object.is_named_node() {
                    // SHACL §1.5: a processor that cannot entail what is asked for says so.
                    let problem = format!("the entailment {object} is not supported; leave it out");
                    let refusal = Refusal::new("unsupported", problem);
                    self.fault(&place(), Some("entailment"), refusal);
                } else {
                    self.must_be_iri(&place(), "entailment", "entailment-nodeKind", object);
                }
            }
        }
    }

    fn root(&mut self, node: &NamedOrBlankNode, targets: &mut Targets) {
        let place = self.place(node);
        let id = self.shape(node, place.clone());
        let is_deactivated = id.is_some_and(|id| {
            self.shapes
                .get(id.0)
                .is_some_and(|shape| shape.is_deactivated)
        });
        // The faults of targets are told even when the shape has others or is switched off.
        let mut unused = Targets::default();
        let targets = if is_deactivated { &mut unused } else { targets };
        self.targets(node, &place, id.unwrap_or(ShapeId(usize::MAX)), targets);
    }

    fn targets(
        &mut self,
        node: &NamedOrBlankNode,
        place: &str,
        id: ShapeId,
        targets: &mut Targets,
    ) {
        for value in self.values(node, sh::TARGET_NODE) {
            match value {
                Term::BlankNode(_) => self.fault(
                    place,
                    Some("targetNode"),
                    Refusal::new(
                        "targetNode-nodeKind",
                        "a blank node cannot be meant".to_owned(),
                    ),
                ),
                value => targets.nodes.entry(value).or_default().push(id),
            }
        }
        let mut classes = self.values(node, sh::TARGET_CLASS);
        if self.has_shape_type(node) && self.is_a(node, rdfs::CLASS) {
            match node {
                NamedOrBlankNode::BlankNode(_) => {
                    let rule = "implicit-targetClass-nodeKind";
                    let problem = "a shape that is a class needs an IRI".to_owned();
                    self.fault(place, None, Refusal::new(rule, problem));
                }
                NamedOrBlankNode::NamedNode(iri) => {
                    let class = Term::from(iri.clone());
                    if !classes.contains(&class) {
                        classes.push(class);
                    }
                }
            }
        }
        for class in classes {
            match class {
                Term::NamedNode(_) => targets.classes.entry(class).or_default().push(id),
                other => self.must_be_iri(place, "targetClass", "targetClass-nodeKind", &other),
            }
        }
        for (property, parameter, rule) in [
            (
                sh::TARGET_SUBJECTS_OF,
                "targetSubjectsOf",
                "targetSubjectsOf-nodeKind",
            ),
            (
                sh::TARGET_OBJECTS_OF,
                "targetObjectsOf",
                "targetObjectsOf-nodeKind",
            ),
        ] {
            for value in self.values(node, property) {
                let of = if property == sh::TARGET_SUBJECTS_OF {
                    &mut targets.subjects_of
                } else {
                    &mut targets.objects_of
                };
                match value {
                    Term::NamedNode(value) => of.entry(value).or_default().push(id),
                    other => self.must_be_iri(place, parameter, rule, &other),
                }
            }
        }
    }

    fn must_be_iri(
        &mut self,
        place: &str,
        parameter: &'static str,
        rule: &'static str,
        value: &Term,
    ) {
        let refusal = Refusal::new(rule, format!("{value} must be an IRI"));
        self.fault(place, Some(parameter), refusal);
    }

    fn fault(&mut self, place: &str, parameter: Option<&'static str>, refusal: Refusal) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault {
                place: place.to_owned(),
                parameter,
                rule: refusal.rule,
                problem: refusal.problem,
            });
        }
    }

    /// Compiles a shape once; `None` when it has faults.
    fn shape(&mut self, node: &NamedOrBlankNode, place: String) -> Option<ShapeId> {
        if let Some(known) = self.known.get(node) {
            return *known;
        }
        let faults_before = self.faults.len();
        self.open.push(Open {
            node: node.clone(),
            place: place.clone(),
            height: 0,
        });
        let shape = self.declared(&Declared { node, place });
        let below = self.open.pop().map_or(0, |open| open.height);
        let id = (self.faults.len() == faults_before).then(|| {
            self.shapes.push(shape);
            self.heights.push(below + 1);
            ShapeId(self.shapes.len() - 1)
        });
        self.known.insert(node.clone(), id);
        id
    }

    fn declared(&mut self, declared: &Declared<'_>) -> Shape {
        let path = self.declared_path(declared);
        // A path with a fault still makes it a property shape, so that one fault is not told twice.
        let is_property_shape = self.is_property_shape(&declared.node.clone().into());
        let constraints = self.constraints(declared, is_property_shape);
        let severity_iri = self.severity(declared);
        let severity = match severity_iri.as_ref() {
            sh::VIOLATION => Severity::Violation,
            sh::INFO => Severity::Info,
            // Somebody's own severity blocks nothing, but is worth a look.
            _ => Severity::Warning,
        };
        let is_deactivated = self.is_deactivated(declared).unwrap_or_else(|refusal| {
            self.fault(&declared.place, Some("deactivated"), refusal);
            false
        });
        let mut messages = Vec::new();
        for value in self.values(declared.node, sh::MESSAGE) {
            match value {
                Term::Literal(text)
                    if text.language().is_some()
                        || text.datatype() == oxrdf::vocab::xsd::STRING =>
                {
                    messages.push(text);
                }
                other => self.fault(
                    &declared.place,
                    Some("message"),
                    Refusal::new("message-datatype", format!("{other} must be a text")),
                ),
            }
        }
        Shape {
            node: declared.node.clone().into(),
            path,
            constraints,
            is_deactivated,
            severity,
            severity_iri,
            messages,
        }
    }

    fn severity(&mut self, declared: &Declared<'_>) -> NamedNode {
        match self.at_most_one(declared, sh::SEVERITY, "severity-maxCount") {
            Ok(None) => {}
            Ok(Some(Term::NamedNode(severity))) => return severity,
            Ok(Some(other)) => {
                self.must_be_iri(&declared.place, "severity", "severity-nodeKind", &other);
            }
            Err(refusal) => self.fault(&declared.place, Some("severity"), refusal),
        }
        sh::VIOLATION.into_owned()
    }

    fn is_deactivated(&self, declared: &Declared<'_>) -> Result<bool, Refusal> {
        let value = self.at_most_one(declared, sh::DEACTIVATED, "deactivated-maxCount")?;
        match value {
            None => Ok(false),
            Some(Term::Literal(value))
                if value.datatype() == oxrdf::vocab::xsd::BOOLEAN
                    && matches!(value.value(), "true" | "false") =>
            {
                Ok(value.value() == "true")
            }
            Some(other) => Err(Refusal::new(
                "deactivated-datatype",
                format!("{other} must be true or false"),
            )),
        }
    }

    fn declared_path(&mut self, declared: &Declared<'_>) -> Option<Path> {
        let paths = self.values(declared.node, sh::PATH);
        let result = match paths.as_slice() {
            [] if self.is_a(declared.node, sh::PROPERTY_SHAPE) => Err(Refusal::new(
                "PropertyShape-path-minCount",
                "a property shape needs a sh:path".to_owned(),
            )),
            [] => Ok(None),
            [_] if self.is_a(declared.node, sh::NODE_SHAPE) => Err(Refusal::new(
                "NodeShape-path-maxCount",
                "a sh:NodeShape has no sh:path; make it a sh:PropertyShape".to_owned(),
            )),
            [path] => self.path(path, &mut Vec::new()).map(Some),
            several => Err(too_many(several, "path-maxCount")),
        };
        result.unwrap_or_else(|refusal| {
            self.fault(&declared.place, Some("path"), refusal);
            None
        })
    }

    /// SHACL §2.3.1.
    fn path(&self, value: &Term, open: &mut Vec<Term>) -> Result<Path, Refusal> {
        self.spend(1)?;
        let node = match value {
            Term::NamedNode(property) => return Ok(Path::Predicate(property.clone())),
            Term::BlankNode(node) => NamedOrBlankNode::from(node.clone()),
            Term::Literal(_) => {
                let problem = format!("{value} is no path");
                return Err(Refusal::new("path-node", problem));
            }
        };
        if open.contains(value) {
            let problem = "the path comes back to itself".to_owned();
            return Err(Refusal::new("path-non-recursive", problem));
        }
        if open.len() >= PATH_NESTING {
            let problem = format!("the path nests more than {PATH_NESTING} deep");
            return Err(Refusal::new("nesting", problem));
        }
        open.push(value.clone());
        let path = self.complex_path(&node, value, open);
        open.pop();
        path
    }

    fn complex_path(
        &self,
        node: &NamedOrBlankNode,
        value: &Term,
        open: &mut Vec<Term>,
    ) -> Result<Path, Refusal> {
        // A node that is a list is a sequence, whatever else it has (W3C test path-strange-001).
        if self.graph.objects(node, rdf::FIRST).next().is_some() {
            return Ok(Path::Sequence(self.paths(value, "path-sequence", open)?));
        }
        let kinds = self.graph.about(node).filter_map(|triple| {
            let kind = PATHS
                .iter()
                .find(|kind| triple.predicate.as_ref() == kind.property);
            kind.map(|kind| (kind, &triple.object))
        });
        let kinds: Vec<(&PathKind, &Term)> = kinds.take(2).collect();
        let [(kind, inner)] = kinds.as_slice() else {
            let problem = match kinds.is_empty() {
                true => "the blank node is none of the kinds of path",
                false => "the blank node is several paths at once",
            };
            return Err(Refusal::new("path-metarule", problem.to_owned()));
        };
        if self.graph.about(node).nth(1).is_some() {
            let property = kind.property;
            let problem = format!("the path has more to it than {property}; leave the rest out");
            return Err(Refusal::new(kind.rule, problem));
        }
        match kind.make {
            Some(make) => Ok(make(Box::new(self.path(inner, open)?))),
            None => Ok(Path::Alternative(self.paths(inner, kind.rule, open)?)),
        }
    }

    fn paths(
        &self,
        list: &Term,
        rule: &'static str,
        open: &mut Vec<Term>,
    ) -> Result<Vec<Path>, Refusal> {
        let members = self.list(list, rule)?;
        if members.len() < 2 {
            return Err(Refusal::new(
                rule,
                "the list needs two members or more".to_owned(),
            ));
        }
        members
            .iter()
            .map(|member| self.path(member, open))
            .collect()
    }

    fn constraints(&mut self, declared: &Declared<'_>, is_property_shape: bool) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        for component in COMPONENTS {
            let parameter = NamedNode::new_unchecked(format!("{}{}", sh::NS, component.parameter));
            let values = self.values(declared.node, parameter.as_ref());
            if values.is_empty() {
                continue;
            }
            if component.stands_on.is_wrong_for(is_property_shape) {
                let refusal = wants_path(component.rules.scope);
                self.fault(&declared.place, Some(component.parameter), refusal);
                continue;
            }
            let rule = match component.repeats {
                Repeats::Once => Some(component.rules.max_count),
                Repeats::OnceOfSeveral => Some("multiple-parameters"),
                Repeats::Freely => None,
            };
            if let Some(rule) = rule
                && values.len() > 1
            {
                let refusal = too_many(&values, rule);
                self.fault(&declared.place, Some(component.parameter), refusal);
                continue;
            }
            for value in &values {
                match (component.compile)(self, declared, value) {
                    Ok(Some(check)) => constraints.push(Constraint { component, check }),
                    Ok(None) => {}
                    Err(refusal) => {
                        self.fault(&declared.place, Some(component.parameter), refusal);
                    }
                }
            }
        }
        for further in FURTHER_PARAMETERS {
            let parameter = NamedNode::new_unchecked(format!("{}{}", sh::NS, further.parameter));
            let checked = match self.further(declared, parameter.as_ref()) {
                Ok(None) => Ok(()),
                Ok(Some(_)) if further.stands_on.is_wrong_for(is_property_shape) => {
                    Err(wants_path(further.scope))
                }
                Ok(Some(value)) => (further.check)(self, declared, &value),
                Err(refusal) => Err(refusal),
            };
            if let Err(refusal) = checked {
                self.fault(&declared.place, Some(further.parameter), refusal);
            }
        }
        self.declared_constraints(declared, &mut constraints);
        constraints
    }
}

/// A kind of path that is told by a property (SHACL §2.3.1).
struct PathKind {
    property: NamedNodeRef<'static>,
    rule: &'static str,
    /// `None` for the one that holds a list.
    make: Option<fn(Box<Path>) -> Path>,
}

const PATHS: [PathKind; 5] = [
    PathKind {
        property: sh::ALTERNATIVE_PATH,
        rule: "path-alternative",
        make: None,
    },
    PathKind {
        property: sh::INVERSE_PATH,
        rule: "path-inverse",
        make: Some(Path::Inverse),
    },
    PathKind {
        property: sh::ZERO_OR_MORE_PATH,
        rule: "path-zero-or-more",
        make: Some(Path::ZeroOrMore),
    },
    PathKind {
        property: sh::ONE_OR_MORE_PATH,
        rule: "path-one-or-more",
        make: Some(Path::OneOrMore),
    },
    PathKind {
        property: sh::ZERO_OR_ONE_PATH,
        rule: "path-zero-or-one",
        make: Some(Path::ZeroOrOne),
    },
];

fn too_many(values: &[Term], rule: &'static str) -> Refusal {
    Refusal::new(rule, format!("there are {} values; keep one", values.len()))
}

fn wants_path(rule: &'static str) -> Refusal {
    Refusal::new(rule, "only a property shape may have it".to_owned())
}
