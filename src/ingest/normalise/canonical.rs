//! Rule 11: literals in the form that the store gives back.
//!
//! Oxigraph keeps numbers, booleans, dates, times and durations as values and forgets how they
//! were written. Validation and comparison must see what will be read again.

use oxrdf::Literal;
use oxsdatatypes::{
    Boolean, Date, DateTime, DayTimeDuration, Decimal, Double, Duration, Float, GDay, GMonth,
    GMonthDay, GYear, GYearMonth, Integer, Time, YearMonthDuration,
};

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The literal as the store gives it back; `None` when that is what it is already, or when its
/// text does not fit its datatype: such a literal is kept as it is, for validation to refuse.
pub(super) fn canonical(literal: &Literal) -> Option<Literal> {
    let value = literal.value();
    // The same cases as `EncodedTerm::from(LiteralRef)` in Oxigraph's numeric encoder.
    let canonical = match literal.datatype().as_str().strip_prefix(XSD)? {
        "boolean" => value.parse::<Boolean>().ok().map(Literal::from),
        "float" => value.parse::<Float>().ok().map(Literal::from),
        "double" => value.parse::<Double>().ok().map(Literal::from),
        "integer" | "byte" | "short" | "int" | "long" | "unsignedByte" | "unsignedShort"
        | "unsignedInt" | "unsignedLong" | "positiveInteger" | "negativeInteger"
        | "nonPositiveInteger" | "nonNegativeInteger" => {
            value.parse::<Integer>().ok().map(Literal::from)
        }
        "decimal" => value.parse::<Decimal>().ok().map(Literal::from),
        "dateTime" | "dateTimeStamp" => value.parse::<DateTime>().ok().map(Literal::from),
        "time" => value.parse::<Time>().ok().map(Literal::from),
        "date" => value.parse::<Date>().ok().map(Literal::from),
        "gYearMonth" => value.parse::<GYearMonth>().ok().map(Literal::from),
        "gYear" => value.parse::<GYear>().ok().map(Literal::from),
        "gMonthDay" => value.parse::<GMonthDay>().ok().map(Literal::from),
        "gDay" => value.parse::<GDay>().ok().map(Literal::from),
        "gMonth" => value.parse::<GMonth>().ok().map(Literal::from),
        "duration" => value.parse::<Duration>().ok().map(Literal::from),
        "yearMonthDuration" => value.parse::<YearMonthDuration>().ok().map(Literal::from),
        "dayTimeDuration" => value.parse::<DayTimeDuration>().ok().map(Literal::from),
        _ => None,
    }?;
    (canonical != *literal).then_some(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::store::Store;
    use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, Quad, Term};

    /// What the store really gives back.
    fn stored(literal: &Literal) -> Literal {
        let store = Store::new().expect("a store in memory");
        let node = NamedNodeRef::new_unchecked("http://a.example/x");
        store
            .insert(&Quad::new(
                node,
                node,
                literal.clone(),
                GraphNameRef::DefaultGraph,
            ))
            .expect("it is inserted");
        match store
            .iter()
            .next()
            .expect("one quad")
            .expect("it reads")
            .object
        {
            Term::Literal(literal) => literal,
            other => panic!("{other}"),
        }
    }

    fn typed(value: &str, datatype: &str) -> Literal {
        Literal::new_typed_literal(value, NamedNode::new_unchecked(format!("{XSD}{datatype}")))
    }

    fn normalised(literal: &Literal) -> Literal {
        canonical(literal).unwrap_or_else(|| literal.clone())
    }

    #[test]
    fn literals_become_what_the_store_gives_back() {
        for (value, datatype, expected) in [
            ("25.00", "decimal", "25"),
            ("+012.50", "decimal", "12.5"),
            ("007", "integer", "7"),
            ("1", "boolean", "true"),
            ("1.5E0", "double", "1.5"),
            ("PT90M", "duration", "PT1H30M"),
            ("P0D", "duration", "PT0S"),
            (
                "2026-11-25T20:30:00.000+01:00",
                "dateTime",
                "2026-11-25T20:30:00+01:00",
            ),
            (
                "2026-11-25T20:30:00+00:00",
                "dateTime",
                "2026-11-25T20:30:00Z",
            ),
            ("2026-11-25T24:00:00", "dateTime", "2026-11-26T00:00:00"),
            ("2026-11-25+00:00", "date", "2026-11-25Z"),
            ("20:30", "time", "20:30"),
            ("31/12/2026", "date", "31/12/2026"),
            ("2026-02-30", "date", "2026-02-30"),
            ("12,50", "decimal", "12,50"),
            ("99999999999999999999", "integer", "99999999999999999999"),
        ] {
            let literal = typed(value, datatype);
            assert_eq!(normalised(&literal).value(), expected, "{datatype}");
            assert_eq!(normalised(&literal), stored(&literal), "{literal}");
        }
        assert_eq!(normalised(&typed("5", "int")), typed("5", "integer"));
    }

    #[test]
    fn language_tags_are_lower_case_from_the_start() {
        let literal = Literal::new_language_tagged_literal("x", "EN-ca").expect("a tag");
        assert_eq!(literal, stored(&literal));
        assert_eq!(literal.language(), Some("en-ca"));
    }

    proptest::proptest! {
        #[test]
        fn any_literal_becomes_what_the_store_gives_back(
            value in "[-+]?[0-9]{1,6}([.,][0-9]{0,4})?(E[0-9])?|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?)?(Z|[+-][01][0-9]:[0-5][0-9])?|-?P([0-9]{1,3}[YMD])?(T[0-9]{1,4}[HMS])?|true|false|[01]|--[0-9]{2}(-[0-9]{2})?|[0-9]{2}:[0-9]{2}:[0-9]{2}|\\PC{0,8}",
            datatype in "boolean|float|double|integer|byte|int|nonNegativeInteger|decimal|dateTime|dateTimeStamp|time|date|gYearMonth|gYear|gMonthDay|gDay|gMonth|duration|yearMonthDuration|dayTimeDuration|string|anyURI",
        ) {
            let literal = typed(&value, &datatype);
            let once = normalised(&literal);
            proptest::prop_assert_eq!(&once, &stored(&literal));
            proptest::prop_assert_eq!(canonical(&once), None);
        }
    }
}
