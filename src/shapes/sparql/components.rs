//! Constraint components that the shapes graph declares by itself (SHACL §6).

use crate::model::vocabulary::rdf;
use crate::rdf::Graph;
use crate::shapes::compile::{Compiler, Declared, Refusal};
use crate::shapes::component::{self, COMPONENTS, Check};
use crate::shapes::reader::as_subject;
use crate::shapes::sparql::constraint::{Parts, QueryConstraint, messages, query_text, variable};
use crate::shapes::sparql::prefixes;
use crate::shapes::sparql::query::{self, Form};
use crate::shapes::vocabulary as sh;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Variable};
use spargebra::Query;

/// The names that a parameter must not have (SHACL §6.2.1).
const TAKEN: [&str; 6] = [
    "this",
    "shapesGraph",
    "currentShape",
    "path",
    "PATH",
    "value",
];

/// The components that a shapes graph declares, in its order.
#[derive(Debug, Default)]
pub(in crate::shapes) struct Components(Vec<Component>);

#[derive(Debug)]
struct Component {
    iri: NamedNode,
    parameters: Vec<Parameter>,
    node_validator: Option<Validator>,
    property_validator: Option<Validator>,
    /// For both kinds of shapes.
    validator: Option<Validator>,
}

#[derive(Debug)]
struct Parameter {
    /// Its declaration, which is a property shape for the shapes that use it.
    node: NamedOrBlankNode,
    property: NamedNode,
    name: String,
    is_optional: bool,
}

#[derive(Debug)]
struct Validator {
    form: Form,
    query: Query,
    messages: Vec<Literal>,
}

impl Components {
    /// The components of a graph. Those of SHACL Core are built in, and not taken from it.
    /// `fault` takes what is ill-formed, with the component.
    pub(in crate::shapes) fn read(
        compiler: &Compiler<'_>,
        fault: &mut dyn FnMut(&NamedOrBlankNode, Refusal),
    ) -> Self {
        let mut components = Vec::new();
        for node in compiler.graph().subjects() {
            if !compiler.is_a(node, sh::CONSTRAINT_COMPONENT) {
                continue;
            }
            let NamedOrBlankNode::NamedNode(iri) = node else {
                let problem = "a constraint component must have an IRI".to_owned();
                fault(node, Refusal::new("ConstraintComponent", problem));
                continue;
            };
            if COMPONENTS.iter().any(|row| row.iri() == *iri) {
                continue;
            }
            let mut refused = |refusal| fault(node, refusal);
            if let Some(component) = Component::read(compiler, node, iri, &mut refused) {
                components.push(component);
            }
        }
        Self(components)
    }

    /// Whether a property is a parameter, which makes its subject a shape.
    pub(in crate::shapes) fn have_parameter(&self, property: &NamedNode) -> bool {
        self.0
            .iter()
            .flat_map(|component| &component.parameters)
            .any(|parameter| parameter.property == *property)
    }

    /// The declarations of all parameters: property shapes that the values must conform to.
    pub(in crate::shapes) fn declarations(
        &self,
    ) -> impl Iterator<Item = (&NamedNode, &NamedOrBlankNode)> {
        self.0.iter().flat_map(|component| {
            let parameters = component.parameters.iter();
            parameters.map(|parameter| (&component.iri, &parameter.node))
        })
    }

    /// The constraints that a shape declares with the parameters of these components.
    pub(in crate::shapes) fn constraints(
        &self,
        compiler: &Compiler<'_>,
        shape: &Declared<'_>,
        fault: &mut dyn FnMut(Refusal),
    ) -> Vec<Check> {
        let mut checks = Vec::new();
        for component in &self.0 {
            match component.constraints(compiler, shape) {
                Ok(found) => checks.extend(found),
                Err(refusal) => fault(refusal),
            }
        }
        checks
    }
}

impl Component {
    fn read(
        compiler: &Compiler<'_>,
        node: &NamedOrBlankNode,
        iri: &NamedNode,
        fault: &mut dyn FnMut(Refusal),
    ) -> Option<Self> {
        let graph = compiler.graph();
        let mut is_well_formed = true;
        let mut refused = |refusal| {
            is_well_formed = false;
            fault(refusal);
        };
        let mut parameters: Vec<Parameter> = Vec::new();
        for value in graph.objects(node, sh::PARAMETER) {
            match Parameter::read(graph, value) {
                Ok(parameter) if parameters.iter().any(|p| p.name == parameter.name) => {
                    let problem = format!("two parameters have the name `{}`", parameter.name);
                    refused(Refusal::new("parameter-name-unique", problem));
                }
                Ok(parameter) => parameters.push(parameter),
                Err(refusal) => refused(refusal),
            }
        }
        if parameters.iter().all(|parameter| parameter.is_optional) {
            let problem = "at least one sh:parameter that is not optional is needed".to_owned();
            refused(Refusal::new("ConstraintComponent-parameter", problem));
        }
        for label in graph.objects(node, sh::LABEL_TEMPLATE) {
            if !is_text(label) {
                let problem = format!("sh:labelTemplate: {label} must be a text");
                refused(Refusal::new("labelTemplate-datatype", problem));
            }
        }
        let own_messages = messages(graph, node, "message-datatype").unwrap_or_else(|refusal| {
            refused(refusal);
            Vec::new()
        });
        let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
        let mut first_of = |kind: &Kind| {
            let mut first = None;
            for value in graph.objects(node, kind.property) {
                match Validator::read(compiler, value, kind, &names, &own_messages) {
                    Ok(validator) => first = first.take().or(validator),
                    Err(refusal) => refused(refusal),
                }
            }
            first
        };
        let node_validator = first_of(&NODE_VALIDATOR);
        let property_validator = first_of(&PROPERTY_VALIDATOR);
        let validator = first_of(&VALIDATOR);
        is_well_formed.then(|| Self {
            iri: iri.clone(),
            parameters,
            node_validator,
            property_validator,
            validator,
        })
    }

    fn constraints(
        &self,
        compiler: &Compiler<'_>,
        shape: &Declared<'_>,
    ) -> Result<Vec<Check>, Refusal> {
        let graph = compiler.graph();
        let mut values: Vec<(&Parameter, Vec<&Term>)> = Vec::new();
        for parameter in &self.parameters {
            let found: Vec<&Term> = graph
                .objects(shape.node(), parameter.property.as_ref())
                .collect();
            if found.is_empty() && !parameter.is_optional {
                // Without all its mandatory parameters a component is not declared (SHACL §2.1.1).
                return Ok(Vec::new());
            }
            if found.len() > 1 && self.parameters.len() > 1 {
                return Err(Refusal::new(
                    "multiple-parameters",
                    format!(
                        "{} has {} values; keep one",
                        parameter.property,
                        found.len()
                    ),
                ));
            }
            values.push((parameter, found));
        }
        let of_kind = if compiler.has_path(shape) {
            &self.property_validator
        } else {
            &self.node_validator
        };
        // SHACL §6.2.3: without a suitable validator the constraint is ignored.
        let Some(validator) = of_kind.as_ref().or(self.validator.as_ref()) else {
            return Ok(Vec::new());
        };
        let constraints = match values.as_slice() {
            [(parameter, several)] => several
                .iter()
                .map(|value| vec![bound(parameter, value)])
                .collect(),
            values => {
                let all = values.iter().flat_map(|(parameter, found)| {
                    found.first().map(|value| bound(parameter, value))
                });
                vec![all.collect()]
            }
        };
        constraints
            .into_iter()
            .map(|parameters: Vec<(Variable, Term)>| {
                let parts = Parts {
                    component: self.iri.clone(),
                    source: None,
                    form: validator.form,
                    query: validator.query.clone(),
                    parameters,
                    messages: &validator.messages,
                };
                let constraint = QueryConstraint::new(compiler, shape, parts)?;
                Ok(Check::Query(Box::new(constraint)))
            })
            .collect()
    }
}

fn bound(parameter: &Parameter, value: &Term) -> (Variable, Term) {
    (variable(&parameter.name), value.clone())
}

impl Parameter {
    fn read(graph: &Graph, value: &Term) -> Result<Self, Refusal> {
        let not_a_path = |problem: String| Refusal::new("Parameter", problem);
        let node = as_subject(value)
            .ok_or_else(|| not_a_path(format!("{value} cannot be a parameter declaration")))?;
        let paths: Vec<&Term> = graph.objects(&node, sh::PATH).collect();
        let property = match paths.as_slice() {
            [Term::NamedNode(property)] => property,
            [other] => {
                return Err(not_a_path(format!(
                    "the sh:path of a parameter must be an IRI, not {other}"
                )));
            }
            several => {
                return Err(Refusal::new(
                    "Parameter-predicate-count",
                    format!(
                        "a parameter has {} values of sh:path; it needs one",
                        several.len()
                    ),
                ));
            }
        };
        let name = local_name(property.as_str()).unwrap_or_default();
        if Variable::new(name).is_err() {
            return Err(Refusal::new(
                "parameter-name-VARNAME",
                format!("`{name}`, the local name of {property}, cannot be a variable in SPARQL"),
            ));
        }
        if TAKEN.contains(&name) {
            return Err(Refusal::new(
                "parameter-name-not-in",
                format!("a parameter must not have the name `{name}`, which has a meaning already"),
            ));
        }
        let optional: Vec<&Term> = graph.objects(&node, sh::OPTIONAL).collect();
        let is_optional = match optional.as_slice() {
            [] => false,
            [value] => component::is_true(value, "optional-datatype")?,
            several => {
                return Err(Refusal::new(
                    "optional-maxCount",
                    format!("sh:optional has {} values; keep one", several.len()),
                ));
            }
        };
        let property = property.clone();
        Ok(Self {
            node,
            property,
            name: name.to_owned(),
            is_optional,
        })
    }
}

/// A property that gives a component its validator, and what this must be.
struct Kind {
    property: NamedNodeRef<'static>,
    class: NamedNodeRef<'static>,
    class_rule: &'static str,
    form: Form,
}

const NODE_VALIDATOR: Kind = Kind {
    property: sh::NODE_VALIDATOR,
    class: sh::SPARQL_SELECT_VALIDATOR,
    class_rule: "nodeValidator-class",
    form: Form::Select,
};

const PROPERTY_VALIDATOR: Kind = Kind {
    property: sh::PROPERTY_VALIDATOR,
    class: sh::SPARQL_SELECT_VALIDATOR,
    class_rule: "propertyValidator-class",
    form: Form::Select,
};

const VALIDATOR: Kind = Kind {
    property: sh::VALIDATOR,
    class: sh::SPARQL_ASK_VALIDATOR,
    class_rule: "validator-class",
    form: Form::Ask,
};

impl Validator {
    /// `None` for a validator in another language, which is somebody else's to run.
    fn read(
        compiler: &Compiler<'_>,
        value: &Term,
        kind: &Kind,
        parameters: &[&str],
        messages_of_component: &[Literal],
    ) -> Result<Option<Self>, Refusal> {
        let graph = compiler.graph();
        let wrong_class = || {
            let problem = format!("the value of {} must be a {}", kind.property, kind.class);
            Refusal::new(kind.class_rule, problem)
        };
        let node = as_subject(value).ok_or_else(wrong_class)?;
        if !compiler.is_a(&node, kind.class) {
            let is_of_another_language = graph
                .objects(&node, rdf::TYPE)
                .any(|class| *class == Term::from(sh::JS_VALIDATOR.into_owned()));
            return if is_of_another_language {
                Ok(None)
            } else {
                Err(wrong_class())
            };
        }
        let text = match kind.form {
            Form::Select => query_text(
                graph,
                &node,
                sh::SELECT,
                "SPARQLSelectValidator-select-count",
                "select-query-valid",
            )?,
            Form::Ask => query_text(graph, &node, sh::ASK, "ask-count", "ask-datatype")?,
        };
        let prefixes = prefixes::collect(graph, &node)?;
        let query = query::read(&text, &prefixes, kind.form, parameters)?;
        let mut messages = messages(graph, &node, "message-datatype")?;
        if messages.is_empty() {
            messages = messages_of_component.to_vec();
        }
        Ok(Some(Self {
            form: kind.form,
            query,
            messages,
        }))
    }
}

fn is_text(value: &Term) -> bool {
    matches!(value, Term::Literal(text)
        if text.language().is_some() || text.datatype() == xsd::STRING)
}

/// SHACL §6.2.1: the longest NCName at the end of the IRI that does not follow its first colon.
fn local_name(iri: &str) -> Option<&str> {
    let scheme_end = iri.find(':');
    let inner = iri
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_name_character(*c))
        .last()
        .map(|(start, _)| start)?;
    iri.char_indices()
        .skip_while(|(start, _)| *start < inner)
        .find(|(start, c)| {
            let follows_scheme = start.checked_sub(1).is_some_and(|b| Some(b) == scheme_end);
            is_name_start(*c) && !follows_scheme
        })
        .and_then(|(start, _)| iri.get(start..))
}

fn is_name_start(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '·')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_parameter_is_the_end_of_its_iri() {
        for (iri, name) in [
            ("http://example.com/ns#lang", Some("lang")),
            ("http://example.com/a/min-count", Some("min-count")),
            ("http://example.com/9lives", Some("lives")),
            ("http://example.com/é_1", Some("é_1")),
            ("urn:lang", Some("ang")),
            ("urn:a:lang", Some("lang")),
            ("http://example.com/", None),
            ("http://example.com/12", None),
        ] {
            assert_eq!(local_name(iri), name, "{iri}");
        }
    }
}
