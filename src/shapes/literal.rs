//! Literals: which are well formed, and which comes before which.

use oxrdf::vocab::{rdf, xsd};
use oxrdf::{LiteralRef, TermRef};
use oxsdatatypes::{
    Date, DateTime, Decimal, Double, Duration, Float, GDay, GMonth, GMonthDay, GYear, GYearMonth,
    Integer, Time,
};
use std::cmp::Ordering;
use std::str::FromStr;

/// The order of two literals as SPARQL's `<` sees it; `None` when they cannot be compared.
pub(super) fn compare(a: TermRef<'_>, b: TermRef<'_>) -> Option<Ordering> {
    let (TermRef::Literal(a), TermRef::Literal(b)) = (a, b) else {
        return None;
    };
    if is_large(a) || is_large(b) {
        return compare_digits(a, b);
    }
    match (Value::of(a)?, Value::of(b)?) {
        (Value::Number(a), Value::Number(b)) => a.compare(b),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(&b)),
        (Value::DateTime(a), Value::DateTime(b)) => a.partial_cmp(&b),
        (Value::Date(a), Value::Date(b)) => a.partial_cmp(&b),
        (Value::Time(a), Value::Time(b)) => a.partial_cmp(&b),
        (Value::Duration(a), Value::Duration(b)) => a.partial_cmp(&b),
        (Value::GYear(a), Value::GYear(b)) => a.partial_cmp(&b),
        (Value::GYearMonth(a), Value::GYearMonth(b)) => a.partial_cmp(&b),
        _ => None,
    }
}

enum Value<'a> {
    Number(Number),
    Text(&'a str),
    Boolean(bool),
    DateTime(DateTime),
    Date(Date),
    Time(Time),
    Duration(Duration),
    GYear(GYear),
    GYearMonth(GYearMonth),
}

#[derive(Clone, Copy)]
enum Number {
    Decimal(Decimal),
    Float(Float),
    Double(Double),
}

impl Number {
    /// SPARQL 1.1 §17.3: both sides are promoted to the wider type.
    fn compare(self, other: Number) -> Option<Ordering> {
        match (self, other) {
            (Number::Decimal(a), Number::Decimal(b)) => Some(a.cmp(&b)),
            (Number::Double(_), _) | (_, Number::Double(_)) => {
                self.double().partial_cmp(&other.double())
            }
            _ => self.float().partial_cmp(&other.float()),
        }
    }

    fn double(self) -> Double {
        match self {
            Number::Decimal(number) => number.into(),
            Number::Float(number) => number.into(),
            Number::Double(number) => number,
        }
    }

    fn float(self) -> Float {
        match self {
            Number::Decimal(number) => number.into(),
            Number::Float(number) => number,
            Number::Double(number) => number.into(),
        }
    }
}

impl<'a> Value<'a> {
    fn of(literal: LiteralRef<'a>) -> Option<Self> {
        let datatype = literal.datatype();
        let text = literal.value();
        if is_well_formed(literal) == Some(false) {
            return None;
        }
        Some(match datatype {
            xsd::STRING => Value::Text(text),
            xsd::BOOLEAN => Value::Boolean(matches!(text, "true" | "1")),
            xsd::DOUBLE => Value::Number(Number::Double(Double::from_str(text).ok()?)),
            xsd::FLOAT => Value::Number(Number::Float(Float::from_str(text).ok()?)),
            xsd::DATE_TIME | xsd::DATE_TIME_STAMP => {
                Value::DateTime(DateTime::from_str(text).ok()?)
            }
            xsd::DATE => Value::Date(Date::from_str(text).ok()?),
            xsd::TIME => Value::Time(Time::from_str(text).ok()?),
            xsd::DURATION | xsd::DAY_TIME_DURATION | xsd::YEAR_MONTH_DURATION => {
                Value::Duration(Duration::from_str(text).ok()?)
            }
            xsd::G_YEAR => Value::GYear(GYear::from_str(text).ok()?),
            xsd::G_YEAR_MONTH => Value::GYearMonth(GYearMonth::from_str(text).ok()?),
            datatype if datatype == xsd::DECIMAL || integer_range(datatype.as_str()).is_some() => {
                // Beyond what a decimal holds, the nearest double still tells the order.
                match Decimal::from_str(text) {
                    Ok(number) => Value::Number(Number::Decimal(number)),
                    Err(_) => Value::Number(Number::Double(Double::from_str(text).ok()?)),
                }
            }
            _ => return None,
        })
    }
}

/// Whether the text is a lexical form of its datatype; `None` for datatypes that we don't know.
pub(super) fn is_well_formed(literal: LiteralRef<'_>) -> Option<bool> {
    let datatype = literal.datatype();
    let text = literal.value();
    if let Some((lowest, highest)) = integer_range(datatype.as_str()) {
        return Some(is_integer(text) && is_within(text, lowest, highest));
    }
    Some(match datatype {
        xsd::STRING | xsd::ANY_URI => true,
        rdf::LANG_STRING => literal.language().is_some(),
        xsd::NORMALIZED_STRING => !text.contains(['\t', '\n', '\r']),
        xsd::TOKEN => {
            !text.contains(['\t', '\n', '\r'])
                && !text.starts_with(' ')
                && !text.ends_with(' ')
                && !text.contains("  ")
        }
        xsd::BOOLEAN => matches!(text, "true" | "false" | "1" | "0"),
        xsd::DECIMAL => is_decimal(text),
        xsd::DOUBLE | xsd::FLOAT => is_double(text),
        xsd::DATE_TIME => DateTime::from_str(text).is_ok(),
        xsd::DATE_TIME_STAMP => {
            DateTime::from_str(text).is_ok_and(|time| time.timezone_offset().is_some())
        }
        xsd::DATE => Date::from_str(text).is_ok(),
        xsd::TIME => Time::from_str(text).is_ok(),
        xsd::DURATION => Duration::from_str(text).is_ok(),
        xsd::DAY_TIME_DURATION => oxsdatatypes::DayTimeDuration::from_str(text).is_ok(),
        xsd::YEAR_MONTH_DURATION => oxsdatatypes::YearMonthDuration::from_str(text).is_ok(),
        xsd::G_YEAR => GYear::from_str(text).is_ok(),
        xsd::G_YEAR_MONTH => GYearMonth::from_str(text).is_ok(),
        xsd::G_MONTH => GMonth::from_str(text).is_ok(),
        xsd::G_MONTH_DAY => GMonthDay::from_str(text).is_ok(),
        xsd::G_DAY => GDay::from_str(text).is_ok(),
        xsd::HEX_BINARY => {
            text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        xsd::BASE_64_BINARY => is_base64(text),
        // RFC 3066, as XML Schema part 2 §3.3.3 has it.
        xsd::LANGUAGE => text.split('-').enumerate().all(|(place, subtag)| {
            matches!(subtag.len(), 1..=8)
                && subtag
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || place > 0 && byte.is_ascii_digit())
        }),
        _ => return None,
    })
}

/// XML Schema part 2 §3.2.16: groups of four, the last filled up with `=`; a space may stand
/// after each character.
fn is_base64(text: &str) -> bool {
    if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
        return false;
    }
    let characters: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let digits = characters
        .iter()
        .position(|byte| *byte == b'=')
        .unwrap_or(characters.len());
    let (digits, filling) = characters.split_at(digits);
    characters.len().is_multiple_of(4)
        && digits
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        && filling.iter().all(|byte| *byte == b'=')
        && match (filling.len(), digits.last()) {
            (0, _) => true,
            // What is filled up has no bits of its own.
            (1, Some(last)) => b"AEIMQUYcgkosw048".contains(last),
            (2, Some(last)) => b"AQgw".contains(last),
            _ => false,
        }
}

/// The smallest and greatest value of `xsd:integer` and the types derived from it (XML Schema
/// part 2 §3.4); `None` within means without bound, and altogether that it is no such type.
fn integer_range(datatype: &str) -> Option<(Option<i128>, Option<i128>)> {
    let local = datatype.strip_prefix("http://www.w3.org/2001/XMLSchema#")?;
    Some(match local {
        "integer" => (None, None),
        "long" => (Some(i64::MIN.into()), Some(i64::MAX.into())),
        "int" => (Some(i32::MIN.into()), Some(i32::MAX.into())),
        "short" => (Some(i16::MIN.into()), Some(i16::MAX.into())),
        "byte" => (Some(i8::MIN.into()), Some(i8::MAX.into())),
        "nonNegativeInteger" => (Some(0), None),
        "positiveInteger" => (Some(1), None),
        "nonPositiveInteger" => (None, Some(0)),
        "negativeInteger" => (None, Some(-1)),
        "unsignedLong" => (Some(0), Some(u64::MAX.into())),
        "unsignedInt" => (Some(0), Some(u32::MAX.into())),
        "unsignedShort" => (Some(0), Some(u16::MAX.into())),
        "unsignedByte" => (Some(0), Some(u8::MAX.into())),
        _ => return None,
    })
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn is_integer(text: &str) -> bool {
    let digits = unsigned(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an integer's text lies in the range; one too long for `i128` only fits where the
/// range is open on its side.
fn is_within(text: &str, lowest: Option<i128>, highest: Option<i128>) -> bool {
    match i128::from_str(text) {
        Ok(number) => {
            lowest.is_none_or(|lowest| lowest <= number)
                && highest.is_none_or(|highest| number <= highest)
        }
        Err(_) if text.starts_with('-') => lowest.is_none(),
        Err(_) => highest.is_none(),
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = unsigned(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && fraction.is_empty())
        && whole
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit())
}

fn is_exact(literal: LiteralRef<'_>) -> bool {
    let datatype = literal.datatype();
    datatype == xsd::DECIMAL || integer_range(datatype.as_str()).is_some()
}

/// Whether it is a number that a decimal of the machine does not hold.
fn is_large(literal: LiteralRef<'_>) -> bool {
    // It holds eighteen digits, whatever they are.
    literal.value().len() > 18
        && is_exact(literal)
        && Decimal::from_str(literal.value()).is_err()
        && is_well_formed(literal) == Some(true)
}

/// The order of two numbers of any length; one that is no exact number is compared as a double.
fn compare_digits(a: LiteralRef<'_>, b: LiteralRef<'_>) -> Option<Ordering> {
    if !is_exact(a) || !is_exact(b) {
        let double = |literal: LiteralRef<'_>| match literal.datatype() {
            xsd::DOUBLE | xsd::FLOAT => Double::from_str(literal.value()).ok(),
            _ if is_exact(literal) => Double::from_str(literal.value()).ok(),
            _ => None,
        };
        return double(a)?.partial_cmp(&double(b)?);
    }
    if is_well_formed(a) == Some(false) || is_well_formed(b) == Some(false) {
        return None;
    }
    let parts = |text: &'_ str| {
        let is_negative = text.starts_with('-');
        let digits = unsigned(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let is_zero = whole.is_empty() && fraction.is_empty();
        (is_negative && !is_zero, (whole.len(), whole, fraction))
    };
    let ((a_negative, a), (b_negative, b)) = (parts(a.value()), parts(b.value()));
    Some(match (a_negative, b_negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => a.cmp(&b),
        (true, true) => b.cmp(&a),
    })
}

fn is_double(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    matches!(text, "INF" | "+INF" | "-INF" | "NaN") || is_decimal(mantissa) && is_integer(exponent)
}

/// The value of an `xsd:integer` as a count: zero for what lies below, the greatest for what is
/// too great.
pub(super) fn count(literal: LiteralRef<'_>) -> Option<u64> {
    if literal.datatype() != xsd::INTEGER || is_well_formed(literal) != Some(true) {
        return None;
    }
    Some(match Integer::from_str(literal.value()) {
        Ok(number) => u64::try_from(i64::from(number)).unwrap_or(0),
        Err(_) if literal.value().starts_with('-') => 0,
        Err(_) => u64::MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_have_their_order() {
        let order = |a: &str, b: &str| {
            let literal = |text: &str| oxrdf::Literal::new_typed_literal(text, xsd::DECIMAL);
            let (a, b) = (literal(a), literal(b));
            compare(a.as_ref().into(), b.as_ref().into())
        };
        let large = "123456789012345678901234567890";
        assert_eq!(order(large, large), Some(Ordering::Equal));
        let larger = "123456789012345678901234567891";
        assert_eq!(order(large, larger), Some(Ordering::Less));
        assert_eq!(order(larger, large), Some(Ordering::Greater));
        let negative = format!("-{larger}");
        assert_eq!(order(&negative, &format!("-{large}")), Some(Ordering::Less));
        assert_eq!(order(&negative, "7"), Some(Ordering::Less));
        assert_eq!(order(large, "1.5"), Some(Ordering::Greater));
        let fraction = "0.1234567890123456789012345";
        assert_eq!(
            order(fraction, "0.12345678901234567890123450"),
            Some(Ordering::Equal)
        );
        assert_eq!(
            order(fraction, "0.1234567890123456789012346"),
            Some(Ordering::Less)
        );
        assert_eq!(order(large, "word"), None);
    }
    use oxrdf::{Literal, NamedNodeRef};

    fn order(a: (&str, NamedNodeRef<'_>), b: (&str, NamedNodeRef<'_>)) -> Option<Ordering> {
        let a = Literal::new_typed_literal(a.0, a.1);
        let b = Literal::new_typed_literal(b.0, b.1);
        compare(a.as_ref().into(), b.as_ref().into())
    }

    #[test]
    fn numbers_compare_across_their_types() {
        let decimal = ("1.5", xsd::DECIMAL);
        assert_eq!(order(("1", xsd::INTEGER), decimal), Some(Ordering::Less));
        assert_eq!(
            order(("2e0", xsd::DOUBLE), decimal),
            Some(Ordering::Greater)
        );
        assert_eq!(
            order(("1", xsd::BYTE), ("01", xsd::INTEGER)),
            Some(Ordering::Equal)
        );
        assert_eq!(order(("NaN", xsd::DOUBLE), decimal), None);
        let huge = ("123456789012345678901234567890", xsd::INTEGER);
        assert_eq!(order(decimal, huge), Some(Ordering::Less));
    }

    #[test]
    fn a_time_without_zone_compares_only_when_no_zone_could_change_the_answer() {
        let zoned = ("2002-10-10T12:00:00-05:00", xsd::DATE_TIME);
        assert_eq!(order(zoned, ("2002-10-10T12:00:00", xsd::DATE_TIME)), None);
        assert_eq!(
            order(zoned, ("2002-10-12T12:00:00", xsd::DATE_TIME)),
            Some(Ordering::Less)
        );
        assert_eq!(order(zoned, ("2002-10-12", xsd::DATE)), None);
    }

    #[test]
    fn what_is_no_lexical_form_compares_with_nothing() {
        assert_eq!(order(("x", xsd::INTEGER), ("1", xsd::INTEGER)), None);
        assert_eq!(
            order(("2026-02-30", xsd::DATE), ("2026-03-01", xsd::DATE)),
            None
        );
    }

    #[test]
    fn derived_integers_keep_to_their_range() {
        let is = |text: &str, datatype| {
            is_well_formed(Literal::new_typed_literal(text, datatype).as_ref())
        };
        assert_eq!(is("127", xsd::BYTE), Some(true));
        assert_eq!(is("128", xsd::BYTE), Some(false));
        assert_eq!(is("-1", xsd::NON_NEGATIVE_INTEGER), Some(false));
        assert_eq!(is("1.0", xsd::INTEGER), Some(false));
        assert_eq!(is("inf", xsd::DOUBLE), Some(false));
        assert_eq!(is(".5", xsd::DECIMAL), Some(true));
        assert_eq!(is(".", xsd::DECIMAL), Some(false));
    }

    #[test]
    fn each_datatype_of_xml_schema_has_its_own_form() {
        let is = |datatype, well_formed: &[&str], ill_formed: &[&str]| {
            for (texts, expected) in [(well_formed, true), (ill_formed, false)] {
                for text in texts {
                    let literal = Literal::new_typed_literal(*text, datatype);
                    assert_eq!(
                        is_well_formed(literal.as_ref()),
                        Some(expected),
                        "{literal}"
                    );
                }
            }
        };
        is(
            xsd::INTEGER,
            &["0", "-07", "+1"],
            &["", "1.", "1e0", " 1", "١"],
        );
        is(xsd::UNSIGNED_BYTE, &["255", "+0", "-0"], &["256", "-1"]);
        is(
            xsd::LONG,
            &["-9223372036854775808"],
            &["9223372036854775808"],
        );
        is(
            xsd::NON_NEGATIVE_INTEGER,
            &["99999999999999999999999999999999999999999"],
            &["-1"],
        );
        is(
            xsd::DECIMAL,
            &["1.", ".5", "-0.0"],
            &["1e0", "", "+", "1.1.1"],
        );
        is(
            xsd::DOUBLE,
            &["1e-3", "INF", "-INF", "NaN", ".5E2"],
            &["inf", "1e", "e1", "0x1"],
        );
        is(xsd::BOOLEAN, &["true", "0"], &["True", "TRUE", "yes", ""]);
        is(
            xsd::DATE,
            &[
                "2024-02-29",
                "2026-11-22Z",
                "2026-11-22-05:00",
                "-0044-03-15",
            ],
            &[
                "2026-02-29",
                "2026-11-22T00:00:00",
                "26-11-22",
                "2026-1-2",
                "2026-11-22+15:00",
            ],
        );
        is(
            xsd::DATE_TIME,
            &[
                "2026-11-22T20:00:00",
                "2026-11-22T20:00:00.5-05:00",
                "2026-11-22T24:00:00",
            ],
            &[
                "2026-11-22",
                "2026-11-22T20:00",
                "2026-11-22T25:00:00",
                "2026-11-22 20:00:00",
            ],
        );
        is(
            xsd::DATE_TIME_STAMP,
            &["2026-11-22T20:00:00Z"],
            &["2026-11-22T20:00:00"],
        );
        is(xsd::TIME, &["20:00:00", "20:00:00Z"], &["20:00", "8:00:00"]);
        is(
            xsd::DURATION,
            &["PT2H30M", "-P1Y", "P1DT1S"],
            &["P", "PT", "2H", "P1S"],
        );
        is(xsd::G_YEAR, &["2026", "12026"], &["26", "02026"]);
        is(xsd::G_YEAR_MONTH, &["2026-11"], &["2026-13"]);
        is(xsd::HEX_BINARY, &["", "0aFF"], &["0", "0g"]);
        is(
            xsd::BASE_64_BINARY,
            &["", "YQ==", "YWI=", "YWJj", "Y W J j"],
            &[
                "Y", "YQ=", "YR==", "YWJ=", "=YWJ", "YWJj=", "Y  WJj", "é===",
            ],
        );
        is(
            xsd::LANGUAGE,
            &["fr", "fr-CA", "x-a1"],
            &["", "f1", "abcdefghi", "fr-", "fr_CA"],
        );
        is(xsd::TOKEN, &["a b"], &[" a", "a  b", "a\n"]);
    }

    #[test]
    fn dates_compare_when_no_zone_could_change_the_answer() {
        let date = |text| (text, xsd::DATE);
        assert_eq!(
            order(date("2026-11-22"), date("2026-11-23")),
            Some(Ordering::Less)
        );
        assert_eq!(order(date("2026-11-22Z"), date("2026-11-22")), None);
        assert_eq!(
            order(date("2026-11-22Z"), date("2026-11-24")),
            Some(Ordering::Less)
        );
        assert_eq!(
            order(date("2026-11-22+05:00"), date("2026-11-22Z")),
            Some(Ordering::Less)
        );
        let time = |text| (text, xsd::DATE_TIME);
        assert_eq!(
            order(
                time("2026-11-22T12:00:00Z"),
                time("2026-11-22T13:00:00+01:00")
            ),
            Some(Ordering::Equal)
        );
    }
}
