//! Spreadsheets as CSV: one row, one performance.
//!
//! The first row names the columns, by names of a table (`columns`) that need no mapping; rows of
//! one title are performances of one production (`rows`). The encoding and what separates the
//! cells are found out. Values go on as they were written, for normalisation to read; only days
//! and times are read here (`dates`), since a spreadsheet has its own ways to write them.
//!
//! To add a column: a row in [`COLUMNS`], and its place in `rows` if it is a new field.

mod columns;
mod dates;
mod rows;

pub use columns::{COLUMNS, Column};

use super::{Importer, ReadError, ReadOptions, Reading, encoding, finding};
use crate::model::{Finding, Severity};
use crate::rdf::parse::check_size;
use ::csv::{ReaderBuilder, StringRecord};
use columns::{Field, column, nearest};
use encoding_rs::{Encoding, UTF_8};
use rows::Rows;

pub(super) const IMPORTER: Importer = Importer {
    name: "csv",
    media_types: &["text/csv", "text/tab-separated-values"],
    extensions: &["csv", "tsv", "tab"],
    about: (
        "Un tableur enregistré en CSV, une représentation par ligne",
        "A spreadsheet saved as CSV, one performance a row",
    ),
    recognises: |start| {
        let first = beginning(start.lines().next().unwrap_or_default());
        // A sentence may hold the names of columns; a header has the two that must be there.
        separator(first).is_some_and(|separator| {
            let header = Header::of(&cells(first, separator));
            header.has(Field::Title) && header.has(Field::Date)
        })
    },
    read,
};

/// What may stand between the cells.
const SEPARATORS: [u8; 3] = [b';', b',', b'\t'];

/// A row of column names is looked at up to here.
const HEADER_BYTES: usize = 16 << 10;

/// So many unknown columns are told; with more, it is not their names that are wrong.
const UNKNOWN_COLUMNS: usize = 50;

/// Why a spreadsheet could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    #[error(
        "the first row names no column that is known: it is `{first}`; its cells must be names such as `titre`, `date`, `heure`, `lieu` (docs/reference/csv.md has them all)"
    )]
    NoHeader { first: String },
    #[error(
        "there is no column for the {missing}: the first row has {found}; add one named {names}"
    )]
    NoColumn {
        missing: &'static str,
        found: String,
        names: &'static str,
    },
    #[error(
        "line {line}: a quotation mark opens a cell and is never closed; close it, or the file was cut off: send it again"
    )]
    Unclosed { line: usize },
    #[error("the file is empty; send at least the row that names the columns")]
    Empty,
    #[error("line {line}: {message}")]
    Row { line: u64, message: String },
}

fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    check_size(bytes, options.size_bytes)?;
    let decoded = encoding::decode(bytes, None);
    let mut findings = Vec::new();
    if decoded.encoding != UTF_8 {
        findings.push(encoding_guessed(decoded.encoding));
    }
    // Excel writes and reads a first line that says what separates the cells.
    let (told, text, lines_before) = match decoded.text.split_once('\n') {
        Some((first, rest)) => match first.trim().strip_prefix("sep=") {
            Some(told) if told.len() <= 1 => (told.bytes().next(), rest, 1),
            _ => (None, &*decoded.text, 0),
        },
        None => (None, &*decoded.text, 0),
    };
    if text.trim().is_empty() {
        return Err(CsvError::Empty.into());
    }
    let separator = match told {
        Some(told) => told,
        None => separator(text).unwrap_or(b','),
    };
    if let Some(line) = unclosed_quote(text, separator) {
        return Err(CsvError::Unclosed {
            line: line + lines_before,
        }
        .into());
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut header: Option<Header> = None;
    let mut rows = Rows::new(options, findings);
    // The last row, when it has fewer cells than the header and no row before it has.
    let mut short = None;
    let mut are_whole = true;
    loop {
        let more = reader
            .read_record(&mut record)
            .map_err(|error| CsvError::Row {
                line: error.position().map_or(0, ::csv::Position::line) + lines_before as u64,
                message: error.to_string(),
            })?;
        if !more {
            break;
        }
        let line = record.position().map_or(0, ::csv::Position::line) + lines_before as u64;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match &header {
            None => header = Some(checked_header(&record, line, &mut rows)?),
            Some(header) => {
                are_whole &= short.is_none();
                short = (record.len() < header.columns.len()).then_some(line);
                rows.add(header, &record, line);
            }
        }
    }
    if header.is_none() {
        return Err(CsvError::Empty.into());
    }
    if let Some(line) = short
        && are_whole
        && !text.ends_with(['\n', '\r'])
    {
        rows.cut_off(line);
    }
    Ok(rows.finish())
}

/// What each column of a file is.
pub(super) struct Header {
    names: Vec<String>,
    columns: Vec<Option<&'static Column>>,
}

impl Header {
    fn of(names: &StringRecord) -> Self {
        Self {
            names: names.iter().map(|name| name.trim().to_owned()).collect(),
            columns: names.iter().map(column).collect(),
        }
    }

    fn has(&self, field: Field) -> bool {
        self.columns
            .iter()
            .flatten()
            .any(|column| column.field == field)
    }
}

fn checked_header(
    names: &StringRecord,
    line: u64,
    rows: &mut Rows<'_>,
) -> Result<Header, CsvError> {
    let header = Header::of(names);
    if header.columns.iter().flatten().next().is_none() {
        return Err(CsvError::NoHeader {
            first: shortened(&header.names.join(" | ")),
        });
    }
    for (field, missing, wanted) in [
        (Field::Title, "title", "`titre` or `title`"),
        (Field::Date, "date", "`date`"),
    ] {
        if !header.has(field) {
            return Err(CsvError::NoColumn {
                missing,
                found: shortened(&header.names.join(" | ")),
                names: wanted,
            });
        }
    }
    let mut seen: Vec<Field> = Vec::new();
    let mut unknown = 0;
    for (name, column) in header.names.iter().zip(&header.columns) {
        match column {
            None if !name.is_empty() && unknown < UNKNOWN_COLUMNS => {
                unknown += 1;
                rows.tell(unknown_column(line, name));
            }
            Some(column) if !column.is_many && seen.contains(&column.field) => {
                rows.tell(column_twice(line, name, column));
            }
            Some(column) if !seen.contains(&column.field) => seen.push(column.field),
            Some(_) | None => {}
        }
    }
    Ok(header)
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(HEADER_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// The cells of one line.
fn cells(line: &str, separator: u8) -> StringRecord {
    let mut record = StringRecord::new();
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(line.as_bytes());
    // What cannot be read has no cells.
    let _ = reader.read_record(&mut record);
    record
}

/// What separates the cells: that which makes most known columns of the first row, else most
/// cells.
fn separator(text: &str) -> Option<u8> {
    let first = beginning(text.trim_start());
    SEPARATORS
        .into_iter()
        .map(|separator| {
            let cells = cells(first, separator);
            let known = cells.iter().filter(|name| column(name).is_some()).count();
            (known, cells.len(), separator)
        })
        .filter(|(_, cells, _)| *cells > 1)
        // Of equals the first, so the usual one.
        .rev()
        .max_by_key(|(known, cells, _)| (*known, *cells))
        .map(|(_, _, separator)| separator)
}

/// The line of a quotation mark that opens a cell and is never closed: all that follows would be
/// that cell.
fn unclosed_quote(text: &str, separator: u8) -> Option<usize> {
    let mut line = 1;
    let mut opened = None;
    let mut at_start = true;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (opened, byte) {
            (None, b'"') if at_start => opened = Some(line),
            // Two of them are one in the text.
            (Some(_), b'"') if bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            (Some(_), b'"') => opened = None,
            _ => {}
        }
        at_start = opened.is_none() && (byte == separator || byte == b'\n' || byte == b'\r');
        line += usize::from(byte == b'\n');
    }
    opened
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn encoding_guessed(encoding: &'static Encoding) -> Finding {
    let name = encoding.name();
    finding(
        Severity::Info,
        "encoding",
        "1",
        Some(name),
        format!(
            "le fichier a été lu en {name} ; si des accents sont faux, enregistrez-le en UTF-8"
        ),
        format!("the file was read as {name}; if accents are wrong, save it as UTF-8"),
    )
}

fn unknown_column(line: u64, name: &str) -> Finding {
    let name = &shortened(name);
    let (fr, en) = match nearest(name) {
        Some(near) => (
            format!(" ; vouliez-vous dire `{near}` ?"),
            format!("; did you mean `{near}`?"),
        ),
        None => Default::default(),
    };
    finding(
        Severity::Warning,
        "unknown-column",
        &line.to_string(),
        Some(name),
        format!("la colonne `{name}` n’est pas connue : elle n’est pas reprise{fr}"),
        format!("the column `{name}` is not known: it is left out{en}"),
    )
}

fn column_twice(line: u64, name: &str, column: &Column) -> Finding {
    let known = column.name();
    finding(
        Severity::Warning,
        "column-twice",
        &line.to_string(),
        Some(name),
        format!(
            "la colonne `{name}` dit la même chose qu’une colonne avant elle (`{known}`) : la première qui est remplie compte"
        ),
        format!(
            "the column `{name}` says the same as one before it (`{known}`): the first that is filled counts"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_found_even_where_another_stands_in_a_name() {
        for (text, separator) in [
            ("titre;date;lieu, salle\n", b';'),
            ("titre,date,\"lieu;x\"\n", b','),
            ("titre\tdate\tlieu\n", b'\t'),
            ("a,b;c,d,e\n", b','),
        ] {
            assert_eq!(super::separator(text), Some(separator), "{text}");
        }
        assert_eq!(super::separator("titre"), None);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_found_at_its_line() {
        assert_eq!(
            unclosed_quote("a;b\n\"x\ny\";z\nc;\"d \"\"e\n", b';'),
            Some(4)
        );
        assert_eq!(
            unclosed_quote("a;5\" de long\n\"x \"\" y\";\"\"\n", b';'),
            None
        );
    }
}
