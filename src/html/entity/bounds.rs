//! How much of what a page shows. The rest is in the data, to which the page leads.

/// Characters of a name or title.
pub(super) const TITLE: usize = 300;
/// Names beside the title that are shown at once, and that are shown at all.
pub(super) const NAMES_FIRST: usize = 2;
pub(super) const NAMES: usize = 60;
/// Characters of a description that are shown at once, and that are shown at all.
pub(super) const TEXT_FIRST: usize = 2_500;
pub(super) const TEXT: usize = 12_000;
/// Values of one property in a list of facts.
pub(super) const VALUES: usize = 12;
/// Characters of one of them.
pub(super) const VALUE: usize = 400;
/// Contributions of one description.
pub(super) const CREDITS: usize = 120;
pub(super) const OFFERS: usize = 30;
pub(super) const IMAGES: usize = 12;
pub(super) const IDENTIFIERS: usize = 40;
/// Months of a calendar.
pub(super) const MONTHS: usize = 6;
/// Rows of a list of dates, of venues, and of one relation of what links here.
pub(super) const DATES: usize = 50;
pub(super) const DATES_FIRST: usize = 20;
pub(super) const VENUES: usize = 40;
pub(super) const LINKS: usize = 10;
/// Properties on which it is told who says what, and claims on one of them.
pub(super) const VOICES: usize = 30;
pub(super) const CLAIMS: usize = 5;
/// Characters of one claim.
pub(super) const CLAIM: usize = 200;

/// The beginning of a text: so many characters, up to the end of a word.
pub(super) fn beginning(text: &str, characters: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(characters) else {
        return text;
    };
    let cut = &text[..end];
    match cut.rfind(char::is_whitespace) {
        // A text without spaces is cut where it is.
        Some(space) if space > end / 2 => cut[..space].trim_end(),
        _ => cut,
    }
}

/// The same, with a mark where something is left out.
pub(super) fn cut(text: &str, characters: usize) -> String {
    let beginning = beginning(text, characters);
    if beginning.len() == text.len() {
        text.to_owned()
    } else {
        format!("{beginning}…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_word_and_never_inside_a_character() {
        assert_eq!(cut("la mer qui monte", 100), "la mer qui monte");
        assert_eq!(cut("la mer qui monte", 12), "la mer qui…");
        assert_eq!(cut(&"é".repeat(50), 10), format!("{}…", "é".repeat(10)));
    }
}
