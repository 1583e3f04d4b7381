//! The constraints of a shape that are queries: `sh:sparql` (SHACL §5.2).

use crate::rdf::Graph;
use crate::shapes::compile::{Compiler, Declared, Refusal};
use crate::shapes::component::{self, Check};
use crate::shapes::path::Path;
use crate::shapes::reader::as_subject;
use crate::shapes::sparql::dataset::SHAPES_GRAPH;
use crate::shapes::sparql::evaluate::rehearse;
use crate::shapes::sparql::limitations::mentions;
use crate::shapes::sparql::prefixes;
use crate::shapes::sparql::query::{self, Form};
use crate::shapes::vocabulary as sh;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Variable};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::sync::Arc;

/// A query that a shape asks about its focus nodes, or about each of their value nodes.
#[derive(Debug)]
pub(in crate::shapes) struct QueryConstraint {
    /// The constraint component's IRI.
    pub(in crate::shapes) component: NamedNode,
    /// `sh:sourceConstraint` of the results.
    pub(in crate::shapes) source: Option<Term>,
    pub(super) place: String,
    pub(super) form: Form,
    pub(super) query: Query,
    /// Of the shape, when it is a property shape.
    pub(super) path: Option<Path>,
    /// What is pre-bound at every focus node.
    pub(super) values: Vec<(Variable, Term)>,
    pub(super) messages: Vec<Literal>,
    /// What planning and running it takes of the stack, at most.
    pub(super) stack_bytes: usize,
    /// Kept for the queries that read it.
    pub(super) shapes_graph: Option<Arc<Graph>>,
}

/// What a constraint is made of, before it is known in which shape it stands.
pub(super) struct Parts<'q> {
    pub(super) component: NamedNode,
    pub(super) source: Option<Term>,
    pub(super) form: Form,
    pub(super) query: Query,
    pub(super) parameters: Vec<(Variable, Term)>,
    pub(super) messages: &'q [Literal],
}

impl QueryConstraint {
    pub(super) fn new(
        compiler: &Compiler<'_>,
        shape: &Declared<'_>,
        parts: Parts<'_>,
    ) -> Result<Self, Refusal> {
        let mut query = parts.query;
        let pattern = query::pattern_mut(&mut query);
        let path = compiler.path_of(shape.node());
        match &path {
            Some(path) => {
                query::check_path(path)?;
                query::put_path_in(pattern, path);
            }
            None if mentions(pattern, query::PATH) && !compiler.has_path(shape) => {
                return Err(Refusal::new(
                    "PATH-position",
                    "$PATH is the path of a property shape, and this is a node shape".to_owned(),
                ));
            }
            None => {}
        }
        let stack_bytes = stack_bytes(pattern);
        let mut values = parts.parameters;
        let reads_shapes = query::reads_named_graphs(pattern);
        values.push((variable("shapesGraph"), SHAPES_GRAPH.into_owned().into()));
        values.push((variable("currentShape"), shape.node().clone().into()));
        let constraint = Self {
            component: parts.component,
            source: parts.source,
            place: shape.place().to_owned(),
            form: parts.form,
            query,
            path,
            values,
            messages: parts.messages.to_vec(),
            stack_bytes,
            shapes_graph: reads_shapes.then(|| Arc::clone(compiler.graph())),
        };
        rehearse(&constraint)?;
        Ok(constraint)
    }
}

impl QueryConstraint {
    /// The name of the shape, for people.
    pub(in crate::shapes) fn place(&self) -> &str {
        &self.place
    }

    /// The component, when it is one that the shapes graph declares.
    pub(in crate::shapes) fn declared_component(&self) -> Option<&NamedNode> {
        self.source.is_none().then_some(&self.component)
    }

    /// What is pre-bound to the variable at every focus node.
    pub(super) fn value(&self, variable: &Variable) -> Option<&Term> {
        let found = self.values.iter().find(|(name, _)| name == variable);
        found.map(|(_, value)| value)
    }
}

/// The evaluator takes up to 60 KB for a level of an expression, in each of two passes.
const STACK_BYTES_PER_PART: usize = 96 << 10;
/// Room for everything besides.
const STACK_BYTES: usize = 256 << 10;

fn stack_bytes(pattern: &mut GraphPattern) -> usize {
    STACK_BYTES + query::parts(pattern) * STACK_BYTES_PER_PART
}

pub(super) fn variable(name: &str) -> Variable {
    Variable::new_unchecked(name)
}

/// From one value of `sh:sparql`.
pub(in crate::shapes) fn constraint(
    compiler: &Compiler<'_>,
    shape: &Declared<'_>,
    value: &Term,
) -> Result<Option<Check>, Refusal> {
    let node = as_subject(value).ok_or_else(|| {
        let problem = format!("{value} must be an IRI or a blank node");
        Refusal::new("sparql-nodeKind", problem)
    })?;
    let graph = compiler.graph();
    let text = query_text(
        graph,
        &node,
        sh::SELECT,
        "SPARQLConstraint-select-count",
        "SPARQLConstraint-select-datatype",
    )?;
    let prefixes = prefixes::collect(graph, &node)?;
    let query = query::read(&text, &prefixes, Form::Select, &[])?;
    let messages = messages(graph, &node, "SPARQLConstraint-message-datatype")?;
    let deactivated: Vec<&Term> = graph.objects(&node, sh::DEACTIVATED).collect();
    let is_deactivated = match deactivated.as_slice() {
        [] => false,
        [value] => component::is_true(value, "SPARQLConstraint-deactivated-maxCount")?,
        several => {
            let problem = format!("sh:deactivated has {} values; keep one", several.len());
            return Err(Refusal::new(
                "SPARQLConstraint-deactivated-maxCount",
                problem,
            ));
        }
    };
    let parts = Parts {
        component: sh::SPARQL_CONSTRAINT_COMPONENT.into_owned(),
        source: Some(value.clone()),
        form: Form::Select,
        query,
        parameters: Vec::new(),
        messages: &messages,
    };
    let constraint = QueryConstraint::new(compiler, shape, parts)?;
    Ok((!is_deactivated).then(|| Check::Query(Box::new(constraint))))
}

/// The text of the query that a constraint or validator has.
pub(super) fn query_text(
    graph: &Graph,
    node: &NamedOrBlankNode,
    property: NamedNodeRef<'static>,
    count_rule: &'static str,
    datatype_rule: &'static str,
) -> Result<String, Refusal> {
    let values: Vec<&Term> = graph.objects(node, property).collect();
    match values.as_slice() {
        [Term::Literal(text)] if text.datatype() == xsd::STRING => Ok(text.value().to_owned()),
        [other] => Err(Refusal::new(
            datatype_rule,
            format!("{other} must be an xsd:string"),
        )),
        values => Err(Refusal::new(
            count_rule,
            format!("{property} has {} values; it needs one", values.len()),
        )),
    }
}

pub(super) fn messages(
    graph: &Graph,
    node: &NamedOrBlankNode,
    rule: &'static str,
) -> Result<Vec<Literal>, Refusal> {
    graph
        .objects(node, sh::MESSAGE)
        .map(|value| match value {
            Term::Literal(text) if text.language().is_some() || text.datatype() == xsd::STRING => {
                Ok(text.clone())
            }
            other => Err(Refusal::new(rule, format!("{other} must be a text"))),
        })
        .collect()
}
