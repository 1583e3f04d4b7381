//! Times as the registry and the log write them. The clock itself is read by the callers.

use jiff::Timestamp;

/// An instant as xsd:dateTime in UTC with milliseconds, in the form that the store gives back
/// (no zeros at the end of the fraction, no fraction when it is zero).
pub fn utc(instant: Timestamp) -> String {
    let text = format!("{:.3}", instant);
    match text.strip_suffix('Z').and_then(|text| text.split_once('.')) {
        Some((seconds, fraction)) => match fraction.trim_end_matches('0') {
            "" => format!("{seconds}Z"),
            fraction => format!("{seconds}.{fraction}Z"),
        },
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_is_written_as_the_store_gives_it_back() {
        for (milliseconds, wanted) in [
            (0, "1970-01-01T00:00:00Z"),
            (120, "1970-01-01T00:00:00.12Z"),
            (7, "1970-01-01T00:00:00.007Z"),
        ] {
            let instant = Timestamp::from_millisecond(milliseconds).expect("in range");
            assert_eq!(utc(instant), wanted);
        }
    }
}
