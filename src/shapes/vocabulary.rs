//! The terms of SHACL that the compiler reads.

use oxrdf::NamedNodeRef;

pub(super) const NS: &str = "http://www.w3.org/ns/shacl#";

macro_rules! terms {
    ($($name:ident $local:literal)*) => {
        $(pub(super) const $name: NamedNodeRef<'static> =
            NamedNodeRef::new_unchecked(concat!("http://www.w3.org/ns/shacl#", $local));)*
    };
}

terms! {
    NODE_SHAPE "NodeShape"
    PROPERTY_SHAPE "PropertyShape"
    TARGET_NODE "targetNode"
    TARGET_CLASS "targetClass"
    TARGET_SUBJECTS_OF "targetSubjectsOf"
    TARGET_OBJECTS_OF "targetObjectsOf"
    PATH "path"
    INVERSE_PATH "inversePath"
    ALTERNATIVE_PATH "alternativePath"
    ZERO_OR_MORE_PATH "zeroOrMorePath"
    ONE_OR_MORE_PATH "oneOrMorePath"
    ZERO_OR_ONE_PATH "zeroOrOnePath"
    DEACTIVATED "deactivated"
    SEVERITY "severity"
    MESSAGE "message"
    VIOLATION "Violation"
    INFO "Info"
    PROPERTY "property"
    SPARQL_CONSTRAINT_COMPONENT "SPARQLConstraintComponent"
    SELECT "select"
    ASK "ask"
    PREFIXES "prefixes"
    DECLARE "declare"
    PREFIX "prefix"
    NAMESPACE "namespace"
    CONSTRAINT_COMPONENT "ConstraintComponent"
    PARAMETER "parameter"
    OPTIONAL "optional"
    LABEL_TEMPLATE "labelTemplate"
    NODE_VALIDATOR "nodeValidator"
    PROPERTY_VALIDATOR "propertyValidator"
    VALIDATOR "validator"
    SPARQL_SELECT_VALIDATOR "SPARQLSelectValidator"
    SPARQL_ASK_VALIDATOR "SPARQLAskValidator"
    JS_VALIDATOR "JSValidator"
    ENTAILMENT "entailment"
    SHAPES_GRAPH "shapesGraph"
    FLAGS "flags"
    IGNORED_PROPERTIES "ignoredProperties"
    QUALIFIED_VALUE_SHAPE "qualifiedValueShape"
    QUALIFIED_VALUE_SHAPES_DISJOINT "qualifiedValueShapesDisjoint"
}
