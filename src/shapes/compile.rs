//! From a shapes graph to [`Shapes`]: every reference resolved, every syntax rule that we check
//! reported with its place.

use crate::model::Severity;
use crate::model::vocabulary::{rdf, rdfs};
use crate::rdf::{Graph, Quads, QuadsError};
use crate::shapes::classes::Classes;
use crate::shapes::component::Repeats;
use crate::shapes::component::{self, COMPONENTS, Constraint, FURTHER_PARAMETERS, StandsOn};
use crate::shapes::path::Path;
use crate::shapes::reader::as_subject;
use crate::shapes::reads::Reads;
use crate::shapes::shape::{Shape, ShapeId, Shapes, Targets};
use crate::shapes::vocabulary as sh;
use indexmap::IndexSet;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::fmt;

/// Shapes and paths that nest deeper than this are refused: no hand writes them, and validation
/// goes as deep as they do.
const SHAPE_NESTING: usize = 64;
const PATH_NESTING: usize = 32;

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
    /// The syntax rule, as named in the SHACL recommendation (appendix A), or one of ours:
    /// `recursion`, `nesting`, `unsupported`.
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
        let classes = Classes::read(&graph)?;
        let mut compiler = Compiler {
            graph: &graph,
            classes,
            shapes: Vec::new(),
            known: FxHashMap::default(),
            open: Vec::new(),
            faults: Vec::new(),
        };
        let mut targets = Targets::default();
        for node in graph.subjects() {
            if compiler.is_root(node) {
                compiler.root(node, &mut targets);
            }
        }
        if !compiler.faults.is_empty() {
            return Err(ShapesError::IllFormed(compiler.faults));
        }
        let reads = Reads::of(&compiler.shapes, &targets);
        Ok(Shapes {
            shapes: compiler.shapes,
            targets,
            reads,
        })
    }
}

/// A shape as it is declared in the graph.
pub(super) struct Declared<'a> {
    node: &'a NamedOrBlankNode,
    place: String,
}

pub(super) struct Compiler<'a> {
    graph: &'a Graph,
    classes: Classes,
    shapes: Vec<Shape>,
    /// `None` for a shape with a fault.
    known: FxHashMap<NamedOrBlankNode, Option<ShapeId>>,
    /// The shapes being compiled, outermost first.
    open: Vec<(NamedOrBlankNode, String)>,
    faults: Vec<Fault>,
}

/// What the component table needs.
impl Compiler<'_> {
    /// The value of a property that a shape may have once.
    pub(super) fn at_most_one(
        &self,
        shape: &Declared<'_>,
        property: NamedNodeRef<'_>,
    ) -> Result<Option<Term>, Refusal> {
        let values = self.values(shape.node, property);
        match values.as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(value.clone())),
            several => Err(Refusal::new(
                "multiple-parameters",
                format!("{property} has {} values; keep one", several.len()),
            )),
        }
    }

    /// The members of an RDF list.
    pub(super) fn list(&self, head: &Term) -> Result<Vec<Term>, Refusal> {
        let ill_formed = |problem: &str| Refusal::new("SHACL-list", problem.to_owned());
        let mut members = Vec::new();
        let mut seen: IndexSet<NamedOrBlankNode, FxBuildHasher> = IndexSet::default();
        let mut cell = head.clone();
        while cell.as_ref() != Term::from(rdf::NIL.into_owned()).as_ref() {
            let Some(node) = as_subject(&cell) else {
                return Err(ill_formed("a list is needed here, not a literal"));
            };
            let first = self.values(&node, rdf::FIRST);
            let rest = self.values(&node, rdf::REST);
            let ([first], [rest]) = (first.as_slice(), rest.as_slice()) else {
                return Err(ill_formed(
                    "a list is needed here: each cell has one rdf:first and one rdf:rest",
                ));
            };
            if !seen.insert(node) {
                return Err(ill_formed("the list comes back to itself"));
            }
            members.push(first.clone());
            cell = rest.clone();
        }
        Ok(members)
    }

    /// The compiled shape that another one refers to; `None` when it had faults of its own.
    pub(super) fn nested(
        &mut self,
        parent: &Declared<'_>,
        value: &Term,
    ) -> Result<Option<ShapeId>, Refusal> {
        let Some(node) = as_subject(value) else {
            return Err(Refusal::new("shape", format!("{value} cannot be a shape")));
        };
        if let Some(start) = self.open.iter().position(|(open, _)| *open == node) {
            let mut names: Vec<&str> = self.open.iter().skip(start).map(|(_, p)| &**p).collect();
            names.extend(self.open.get(start).map(|(_, place)| &**place));
            return Err(Refusal::new(
                "recursion",
                format!("the shape refers to itself: {}", names.join(" → ")),
            ));
        }
        if self.open.len() >= SHAPE_NESTING {
            return Err(Refusal::new(
                "nesting",
                format!("shapes refer to one another more than {SHAPE_NESTING} deep"),
            ));
        }
        let place = match &node {
            NamedOrBlankNode::NamedNode(iri) => iri.to_string(),
            NamedOrBlankNode::BlankNode(_) => match self.values(&node, sh::PATH).as_slice() {
                [Term::NamedNode(path)] => format!("{}, its shape for {path}", parent.place),
                _ => format!("{}, a shape in it without an IRI", parent.place),
            },
        };
        Ok(self.shape(&node, place))
    }

    pub(super) fn nested_list(
        &mut self,
        parent: &Declared<'_>,
        head: &Term,
    ) -> Result<Option<Vec<ShapeId>>, Refusal> {
        let mut ids = Vec::new();
        let mut all_are_well_formed = true;
        for member in self.list(head)? {
            match self.nested(parent, &member)? {
                Some(id) => ids.push(id),
                None => all_are_well_formed = false,
            }
        }
        Ok(all_are_well_formed.then_some(ids))
    }

    pub(super) fn is_property_shape(&self, value: &Term) -> bool {
        as_subject(value).is_some_and(|node| !self.values(&node, sh::PATH).is_empty())
    }

    /// The properties that a shape's own property shapes are about: those that `sh:closed` allows.
    pub(super) fn direct_properties(&self, shape: &Declared<'_>) -> Vec<NamedNode> {
        self.values(shape.node, sh::PROPERTY)
            .iter()
            .filter_map(as_subject)
            .flat_map(|property| self.values(&property, sh::PATH))
            .filter_map(|path| match path {
                Term::NamedNode(property) => Some(property),
                _ => None,
            })
            .collect()
    }

    /// SHACL §4.7.3: the qualified value shapes of all property shapes of the shape's parents,
    /// without its own.
    pub(super) fn sibling_shapes(&self, shape: &Declared<'_>, own: &Term) -> Vec<Term> {
        let mut siblings: IndexSet<Term, FxBuildHasher> = IndexSet::default();
        let node = Term::from(shape.node.clone());
        let parents = self
            .graph
            .pointing_to(&node)
            .filter(|triple| triple.predicate.as_ref() == sh::PROPERTY);
        for parent in parents {
            for property in self.values(&parent.subject, sh::PROPERTY) {
                if let Some(property) = as_subject(&property) {
                    siblings.extend(self.values(&property, sh::QUALIFIED_VALUE_SHAPE));
                }
            }
        }
        siblings.shift_remove(own);
        siblings.into_iter().collect()
    }
}

impl Compiler<'_> {
    fn values(&self, node: &NamedOrBlankNode, property: NamedNodeRef<'_>) -> Vec<Term> {
        self.graph
            .about(node)
            .filter(|triple| triple.predicate.as_ref() == property)
            .map(|triple| triple.object.clone())
            .collect()
    }

    fn is_a(&self, node: &NamedOrBlankNode, class: NamedNodeRef<'_>) -> bool {
        let class = Term::from(class.into_owned());
        self.values(node, rdf::TYPE)
            .iter()
            .any(|kind| self.classes.is_below(kind, &class))
    }

    fn has_any(&self, node: &NamedOrBlankNode, is_one: impl Fn(&str) -> bool) -> bool {
        self.graph
            .about(node)
            .filter_map(|triple| triple.predicate.as_str().strip_prefix(sh::NS))
            .any(is_one)
    }

    fn is_root(&self, node: &NamedOrBlankNode) -> bool {
        let is_target = |local: &str| {
            matches!(
                local,
                "targetNode" | "targetClass" | "targetSubjectsOf" | "targetObjectsOf"
            )
        };
        self.is_a(node, sh::NODE_SHAPE)
            || self.is_a(node, sh::PROPERTY_SHAPE)
            || self.has_any(node, is_target)
            || self.is_a(node, rdfs::CLASS) && self.has_any(node, is_parameter)
    }

    fn root(&mut self, node: &NamedOrBlankNode, targets: &mut Targets) {
        let place = match node {
            NamedOrBlankNode::NamedNode(iri) => iri.to_string(),
            NamedOrBlankNode::BlankNode(_) => "a shape without an IRI".to_owned(),
        };
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
        if let NamedOrBlankNode::NamedNode(iri) = node
            && self.is_a(node, rdfs::CLASS)
            && !classes.contains(&iri.clone().into())
        {
            classes.push(iri.clone().into());
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
        self.faults.push(Fault {
            place: place.to_owned(),
            parameter,
            rule: refusal.rule,
            problem: refusal.problem,
        });
    }

    /// Compiles a shape once; `None` when it has faults.
    fn shape(&mut self, node: &NamedOrBlankNode, place: String) -> Option<ShapeId> {
        if let Some(known) = self.known.get(node) {
            return *known;
        }
        let faults_before = self.faults.len();
        self.open.push((node.clone(), place.clone()));
        let shape = self.declared(&Declared { node, place });
        self.open.pop();
        let id = (self.faults.len() == faults_before).then(|| {
            self.shapes.push(shape);
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
        let is_deactivated = self
            .at_most_one(declared, sh::DEACTIVATED)
            .and_then(|value| value.as_ref().map(component::boolean).transpose())
            .unwrap_or_else(|refusal| {
                self.fault(&declared.place, Some("deactivated"), refusal);
                None
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
            is_deactivated: is_deactivated.unwrap_or(false),
            severity,
            severity_iri,
            messages,
        }
    }

    fn severity(&mut self, declared: &Declared<'_>) -> NamedNode {
        match self.at_most_one(declared, sh::SEVERITY) {
            Ok(None) => {}
            Ok(Some(Term::NamedNode(severity))) => return severity,
            Ok(Some(other)) => {
                self.must_be_iri(&declared.place, "severity", "severity-nodeKind", &other);
            }
            Err(refusal) => self.fault(&declared.place, Some("severity"), refusal),
        }
        sh::VIOLATION.into_owned()
    }

    fn declared_path(&mut self, declared: &Declared<'_>) -> Option<Path> {
        let paths = self.values(declared.node, sh::PATH);
        let result = match paths.as_slice() {
            [] if self.is_a(declared.node, sh::PROPERTY_SHAPE) => Err(Refusal::new(
                "path-metarule",
                "a property shape needs a sh:path".to_owned(),
            )),
            [] => Ok(None),
            [_] if self.is_a(declared.node, sh::NODE_SHAPE) => Err(Refusal::new(
                "NodeShape-path-maxCount",
                "a sh:NodeShape has no sh:path; make it a sh:PropertyShape".to_owned(),
            )),
            [path] => self.path(path, &mut Vec::new()).map(Some),
            several => Err(Refusal::new(
                "path-maxCount",
                format!("there are {} paths; keep one", several.len()),
            )),
        };
        result.unwrap_or_else(|refusal| {
            self.fault(&declared.place, Some("path"), refusal);
            None
        })
    }

    /// SHACL §2.3.1.
    fn path(&self, value: &Term, open: &mut Vec<Term>) -> Result<Path, Refusal> {
        let node = match value {
            Term::NamedNode(property) => return Ok(Path::Predicate(property.clone())),
            Term::BlankNode(node) => NamedOrBlankNode::from(node.clone()),
            Term::Literal(_) => {
                let problem = format!("{value} is no path");
                return Err(Refusal::new("path-metarule", problem));
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
        if !self.values(node, rdf::FIRST).is_empty() {
            return Ok(Path::Sequence(self.paths(value, "path-sequence", open)?));
        }
        let mut found = Vec::new();
        for (property, make) in [
            (sh::INVERSE_PATH, Path::Inverse as fn(Box<Path>) -> Path),
            (sh::ZERO_OR_MORE_PATH, Path::ZeroOrMore),
            (sh::ONE_OR_MORE_PATH, Path::OneOrMore),
            (sh::ZERO_OR_ONE_PATH, Path::ZeroOrOne),
        ] {
            for inner in self.values(node, property) {
                found.push(make(Box::new(self.path(&inner, open)?)));
            }
        }
        for list in self.values(node, sh::ALTERNATIVE_PATH) {
            found.push(Path::Alternative(self.paths(
                &list,
                "path-alternative",
                open,
            )?));
        }
        match (found.pop(), found.is_empty()) {
            (Some(path), true) => Ok(path),
            (None, _) => Err(Refusal::new(
                "path-metarule",
                "the blank node is none of the kinds of path".to_owned(),
            )),
            (Some(_), false) => Err(Refusal::new(
                "path-metarule",
                "the blank node is several paths at once".to_owned(),
            )),
        }
    }

    fn paths(
        &self,
        list: &Term,
        rule: &'static str,
        open: &mut Vec<Term>,
    ) -> Result<Vec<Path>, Refusal> {
        let members = self.list(list)?;
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
        if !self.values(declared.node, sh::SPARQL).is_empty() {
            let problem = "constraints in SPARQL are not supported yet".to_owned();
            self.fault(
                &declared.place,
                Some("sparql"),
                Refusal::new("unsupported", problem),
            );
        }
        let mut constraints = Vec::new();
        for component in COMPONENTS {
            let parameter = NamedNode::new_unchecked(format!("{}{}", sh::NS, component.parameter));
            let values = self.values(declared.node, parameter.as_ref());
            if values.is_empty() {
                continue;
            }
            match component.stands_on {
                StandsOn::PropertyShapes if !is_property_shape => {
                    let problem = "only a property shape may have it".to_owned();
                    let refusal = Refusal::new("node-shape-parameter", problem);
                    self.fault(&declared.place, Some(component.parameter), refusal);
                    continue;
                }
                StandsOn::PropertyShapesElseIgnored if !is_property_shape => continue,
                _ => {}
            }
            if component.repeats == Repeats::Once && values.len() > 1 {
                let problem = format!("there are {} values; keep one", values.len());
                let refusal = Refusal::new("maxCount", problem);
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
        constraints
    }
}

/// Whether the local name is that of a parameter, which makes its subject a shape.
fn is_parameter(local: &str) -> bool {
    COMPONENTS.iter().any(|row| row.parameter == local)
        || FURTHER_PARAMETERS
            .iter()
            .any(|parameter| parameter.as_str().strip_prefix(sh::NS) == Some(local))
}
