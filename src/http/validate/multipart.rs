//! The parts of a form with files (`multipart/form-data`, RFC 7578), taken out of a body that is
//! here already.

use crate::http::problem::Problem;
use crate::model::Text;

/// The most parts that a form may have.
const PARTS: usize = 64;
/// The longest boundary (RFC 2046 §5.1.1).
const BOUNDARY_BYTES: usize = 70;
/// The longest name of a file that is kept, in characters.
const NAME_CHARS: usize = 200;

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub name: String,
    /// The name of the file, when it is one; without folders.
    pub file: Option<String>,
    pub media_type: Option<String>,
    pub content: &'a [u8],
}

/// Why a form cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormFault {
    /// `Content-Type` names no boundary.
    NoBoundary,
    /// It does not end, or something in it is no part.
    Broken,
    TooManyParts,
}

/// What the sender is told.
pub fn problem(fault: FormFault) -> Problem {
    super::bad_request(&match fault {
        FormFault::NoBoundary => Text::new(
            "`Content-Type` ne dit pas ce qui sépare les champs du formulaire (`boundary`).",
            "`Content-Type` does not say what separates the fields of the form (`boundary`).",
        ),
        FormFault::Broken => Text::new(
            "Le formulaire est coupé, ou un de ses champs n'en est pas un.",
            "The form is cut off, or one of its fields is none.",
        ),
        FormFault::TooManyParts => Text::new(
            "Le formulaire a trop de champs.",
            "The form has too many fields.",
        ),
    })
}

/// The parts of a form, in their order.
///
/// # Errors
/// When it is not one.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, FormFault> {
    let boundary = boundary(content_type).ok_or(FormFault::NoBoundary)?;
    // RFC 2046 §5.1.1: a delimiter stands at the beginning of a line, and what is before the
    // first one is nothing.
    let first = format!("--{boundary}");
    let delimiter = format!("\r\n{first}");
    let mut rest = match body.strip_prefix(first.as_bytes()) {
        Some(rest) => rest,
        None => {
            split(body, delimiter.as_bytes())
                .ok_or(FormFault::Broken)?
                .1
        }
    };
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let (_, after) = split(rest, b"\r\n").ok_or(FormFault::Broken)?;
        let (part, next) = split(after, delimiter.as_bytes()).ok_or(FormFault::Broken)?;
        if parts.len() >= PARTS {
            return Err(FormFault::TooManyParts);
        }
        parts.push(part_of(part).ok_or(FormFault::Broken)?);
        rest = next;
    }
}

fn part_of(part: &[u8]) -> Option<Part<'_>> {
    let (head, content) = match part.strip_prefix(b"\r\n") {
        Some(content) => (&b""[..], content),
        None => split(part, b"\r\n\r\n")?,
    };
    let (mut name, mut file, mut media_type) = (None, None, None);
    for line in String::from_utf8_lossy(head).lines() {
        let (key, value) = line.split_once(':')?;
        match key.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                name = parameter(value, "name");
                file = parameter(value, "filename");
            }
            "content-type" => media_type = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    Some(Part {
        name: name?,
        file: file.map(|name| plain_name(&name)),
        media_type,
        content,
    })
}

/// A file's name without folders and without what a terminal would obey.
fn plain_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.chars().filter(|c| !c.is_control());
    name.take(NAME_CHARS).collect()
}

fn boundary(content_type: &str) -> Option<String> {
    let boundary = parameter(content_type, "boundary")?;
    let is_fine = !boundary.is_empty()
        && boundary.len() <= BOUNDARY_BYTES
        && boundary.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    is_fine.then_some(boundary)
}

/// The value of a parameter after `;`, with or without quotation marks. Browsers write a
/// quotation mark in a name as `%22` (RFC 7578 §4.2 and its errata), others as `\"`.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim().trim_start_matches(';').trim();
        let after = after.trim_start();
        let (found, next) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after.get(..end)?.trim().to_owned(), after.get(end..)?)
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(found);
        }
        rest = next;
    }
}

/// The text up to the closing quotation mark, and what follows.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut characters = text.char_indices();
    while let Some((place, c)) = characters.next() {
        match c {
            '"' => return Some((found.replace("%22", "\""), text.get(place + 1..)?)),
            '\\' => {
                // A path of Windows is no escape: only these two are.
                let next = text.get(place + 1..).and_then(|rest| rest.chars().next());
                if matches!(next, Some('"' | '\\')) {
                    found.extend(characters.next().map(|(_, c)| c));
                } else {
                    found.push(c);
                }
            }
            c => found.push(c),
        }
    }
    None
}

/// What stands before and after the first place of `by`.
fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let first = *by.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let place = from + rest.iter().position(|byte| *byte == first)?;
        if bytes.get(place..)?.starts_with(by) {
            return Some((bytes.get(..place)?, bytes.get(place + by.len()..)?));
        }
        from = place + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=x-1";

    #[test]
    fn fields_and_files_are_taken_apart() {
        let body = b"--x-1\r\nContent-Disposition: form-data; name=\"shapes\"\r\n\r\nminimum\r\n--x-1\r\ncontent-disposition: form-data; name=data; filename=\"C:\\\\dir\\a%22b.ttl\"\r\nContent-Type: text/turtle\r\n\r\n<a> <b>\r\n--x <c> .\r\n\r\n--x-1--\r\n";
        let parts = parts(TYPE, body).expect("a form");
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (&*parts[0].name, parts[0].content),
            ("shapes", &b"minimum"[..])
        );
        assert_eq!(parts[0].file, None);
        assert_eq!(parts[1].file.as_deref(), Some("a\"b.ttl"));
        assert_eq!(parts[1].media_type.as_deref(), Some("text/turtle"));
        assert_eq!(parts[1].content, b"<a> <b>\r\n--x <c> .\r\n");
    }

    #[test]
    fn what_is_no_form_is_refused_wherever_it_is_cut() {
        let body = b"--x-1\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n1\r\n--x-1--";
        assert!(parts(TYPE, body).is_ok());
        for end in 0..body.len() {
            assert!(parts(TYPE, &body[..end]).is_err(), "{end}");
        }
        for content_type in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"",
            "multipart/form-data; boundary=\"a\nb\"",
        ] {
            assert_eq!(
                parts(content_type, body),
                Err(FormFault::NoBoundary),
                "{content_type}"
            );
        }
        let many = [
            b"--x-1\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(65),
            b"--x-1--".to_vec(),
        ]
        .concat();
        assert_eq!(parts(TYPE, &many), Err(FormFault::TooManyParts));
    }
}
