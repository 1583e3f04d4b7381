//! Numbers of which only the size matters.

/// Stands for what has no bound that anybody knows.
pub(super) const HUGE: f64 = 1e18;

pub(super) fn times(a: f64, b: f64) -> f64 {
    (a * b).min(HUGE)
}

pub(super) fn plus(a: f64, b: f64) -> f64 {
    (a + b).min(HUGE)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "estimates: beyond 2^53 the last digits do not matter"
)]
pub(super) fn count(number: u64) -> f64 {
    number as f64
}

pub(super) fn length(number: usize) -> f64 {
    count(u64::try_from(number).unwrap_or(u64::MAX))
}

/// Two leading digits: nobody should take an estimate for a count.
pub fn shown(number: f64) -> String {
    if number >= 1e15 {
        return "∞".to_owned();
    }
    let rounded = number.max(0.0).round();
    let digits = format!("{rounded:.0}");
    let kept: String = digits
        .chars()
        .enumerate()
        .map(|(place, digit)| if place < 2 { digit } else { '0' })
        .collect();
    // Groups of three, parted by a space that does not break.
    let mut grouped = String::with_capacity(kept.len() * 2);
    for (place, digit) in kept.chars().enumerate() {
        if place > 0 && (kept.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_by_its_two_leading_digits() {
        assert_eq!(shown(0.2), "0");
        assert_eq!(shown(12.4), "12");
        assert_eq!(shown(1_234_567.0), "1\u{202f}200\u{202f}000");
        assert_eq!(shown(HUGE), "∞");
    }
}
