//! Functions beyond those of SPARQL: GeoSPARQL's, by `spargeo`.
//!
//! A geometry is what somebody wrote, so what is too long or nested gives no value, wherever the
//! query runs: its parser would go down one stack frame per level.

use crate::store::Extension;
use oxrdf::vocab::xsd;
use oxrdf::{NamedNode, NamedNodeRef, Term};
use spargeo::GEOSPARQL_EXTENSION_FUNCTIONS;
use sparopt::algebra::Expression;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The longest geometry that is read, in bytes.
const GEOMETRY_BYTES: usize = 64 << 10;
/// How deep brackets may stand in one another; a multipolygon needs three.
const GEOMETRY_DEPTH: usize = 16;
/// With one as short as this, two geometries are compared in no time.
const SHORT_GEOMETRY_BYTES: usize = 2_000;

const NAMESPACE: &str = "http://www.opengis.net/def/function/geosparql/";

/// Those whose time grows with the length of a geometry, so that they are cheap over any data.
const LINEAR: [&str; 12] = [
    "area",
    "asGeoJSON",
    "centroid",
    "coordinateDimension",
    "dimension",
    "distance",
    "envelope",
    "getSRID",
    "isEmpty",
    "length",
    "perimeter",
    "spatialDimension",
];

/// Those that compare two geometries: cheap when one of them is a short constant.
const RELATIONS: [&str; 8] = [
    "sfContains",
    "sfCrosses",
    "sfDisjoint",
    "sfEquals",
    "sfIntersects",
    "sfOverlaps",
    "sfTouches",
    "sfWithin",
];

/// The casts of SPARQL 1.1 §17.5 and of the engine, whose names are IRIs too.
const CASTS: [NamedNodeRef<'static>; 17] = [
    xsd::BOOLEAN,
    xsd::DATE,
    xsd::DATE_TIME,
    xsd::DAY_TIME_DURATION,
    xsd::DECIMAL,
    xsd::DOUBLE,
    xsd::DURATION,
    xsd::FLOAT,
    xsd::G_DAY,
    xsd::G_MONTH,
    xsd::G_MONTH_DAY,
    xsd::G_YEAR,
    xsd::G_YEAR_MONTH,
    xsd::INTEGER,
    xsd::STRING,
    xsd::TIME,
    xsd::YEAR_MONTH_DURATION,
];

/// The IRIs of all functions beyond those of SPARQL, for those who ask what there is.
pub fn functions() -> impl Iterator<Item = NamedNodeRef<'static>> {
    GEOSPARQL_EXTENSION_FUNCTIONS.iter().map(|(name, _)| *name)
}

/// What the name of a function stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Cast,
    Extension,
    Unknown,
}

pub(super) fn named(name: &NamedNode) -> Named {
    if CASTS.contains(&name.as_ref()) {
        Named::Cast
    } else if functions().any(|known| known == name.as_ref()) {
        Named::Extension
    } else {
        Named::Unknown
    }
}

/// Whether a call takes little time for each row, whatever the data.
pub(super) fn is_cheap(name: &NamedNode, arguments: &[Expression]) -> bool {
    if CASTS.contains(&name.as_ref()) {
        return true;
    }
    let Some(local) = name.as_str().strip_prefix(NAMESPACE) else {
        return false;
    };
    let is_short = |argument: &Expression| {
        matches!(argument, Expression::Literal(literal)
            if literal.value().len() <= SHORT_GEOMETRY_BYTES)
    };
    LINEAR.contains(&local) || (RELATIONS.contains(&local) && arguments.iter().any(is_short))
}

/// The functions of these names, in the form in which the store takes them.
pub(super) fn extensions(names: &[NamedNode]) -> Vec<Extension> {
    GEOSPARQL_EXTENSION_FUNCTIONS
        .iter()
        .filter(|(name, _)| names.iter().any(|asked| asked.as_ref() == *name))
        .map(|&(name, function)| Extension {
            name: name.into_owned(),
            function: Arc::new(move |arguments| guarded(function, arguments)),
        })
        .collect()
}

/// Calls a function unless an argument is too long or nested. One that panics has no value.
fn guarded(function: fn(&[Term]) -> Option<Term>, arguments: &[Term]) -> Option<Term> {
    let is_fine = arguments.iter().all(|argument| match argument {
        Term::Literal(literal) => {
            literal.value().len() <= GEOMETRY_BYTES && depth(literal.value()) <= GEOMETRY_DEPTH
        }
        _ => true,
    });
    if !is_fine {
        return None;
    }
    catch_unwind(AssertUnwindSafe(|| function(arguments))).ok()?
}

fn depth(geometry: &str) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for byte in geometry.bytes() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}
