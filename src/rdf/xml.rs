//! What XML asks of text.

use crate::model::Text;
use std::io::{self, Write};

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The format has no way to say it.
    #[error("{}", .0.en)]
    Unwritable(Text),
}

/// Writes text so that it reads back as it is, between tags or in an attribute.
///
/// # Errors
/// When it has a character that no XML document can hold (XML 1.0 §2.2), or `out` fails.
pub fn text(out: &mut dyn Write, text: &str) -> Result<(), WriteError> {
    let mut plain_from = 0;
    for (index, c) in text.char_indices() {
        let escape = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            // XML 1.0 §2.11, §3.3.3: readers turn a bare one into a line feed or a space.
            '\r' => "&#13;",
            '\n' => "&#10;",
            '\t' => "&#9;",
            // Some readers trim what stands between tags.
            ' ' if index == 0 || index + 1 == text.len() => "&#32;",
            c if is_forbidden(c) => return Err(unwritable(c)),
            _ => continue,
        };
        out.write_all(&text.as_bytes()[plain_from..index])?;
        out.write_all(escape.as_bytes())?;
        plain_from = index + c.len_utf8();
    }
    out.write_all(&text.as_bytes()[plain_from..])?;
    Ok(())
}

/// Whether an XML document can hold all of these characters (XML 1.0 §2.2).
pub fn is_text(text: &str) -> bool {
    text.chars().all(|c| !is_forbidden(c))
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn unwritable(c: char) -> WriteError {
    let code = format!("U+{:04X}", u32::from(c));
    WriteError::Unwritable(Text::new(
        format!(
            "Une valeur contient le caractère {code}, qu'aucun document XML ne peut contenir. Demandez un autre format, par exemple `format=json` ou `format=ttl`."
        ),
        format!(
            "A value has the character {code}, which no XML document can hold. Ask for another format, for example `format=json` or `format=ttl`."
        ),
    ))
}
