//! The list of identifiers that a request sends: a JSON array of strings, lines, a table as CSV,
//! or a form. What comes is hostile until it is read: its size, its depth and its length are
//! bounded, and nothing in it is followed.

use crate::config::Limits;
use crate::http::problem::{
    BAD_REQUEST, BODY_TOO_LARGE, Problem, UNREADABLE, UNSUPPORTED_MEDIA_TYPE,
};
use crate::http::validate::multipart::{self, Part};
use crate::ingest::importers::encoding::decode;
use crate::model::Noid;
use crate::model::identifiers::{self, SCHEMES, VALUE_SCHEMES};
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use std::fmt;

/// What can be sent.
pub const TYPES: &[&str] = &[
    "application/json",
    "text/plain",
    "text/csv",
    "text/uri-list",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
];
/// The columns in which identifiers stand, the likeliest first.
const COLUMNS: &[&str] = &[
    "iri",
    "uri",
    "@id",
    "id",
    "identifier",
    "identifiant",
    "url",
];
/// The most columns that a table may have.
const MOST_COLUMNS: usize = 256;
/// How long the names of its columns may be in all: an answer in JSON repeats them in each row.
const NAMES_BYTES: usize = 8192;

/// A list of identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub identifiers: Vec<String>,
    /// The table in which they stood, if they did: a row for each.
    pub table: Option<Table>,
    /// The format that a form asks for.
    pub format: Option<String>,
}

/// A table, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Asked {
    /// Reads what was sent.
    ///
    /// # Errors
    /// 400, 413 or 415, with what would be understood.
    pub fn read(headers: &HeaderMap, body: &[u8], limits: &Limits) -> Result<Self, Problem> {
        if let Some(coding) = headers.get(CONTENT_ENCODING)
            && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).with_detail(
                "Une liste d'identifiants s'envoie sans compression (`Content-Encoding`).",
                "A list of identifiers is sent uncompressed (`Content-Encoding`).",
            ));
        }
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let most = limits.identifiers;
        let mut asked = match essence.to_ascii_lowercase().as_str() {
            "application/json" => Self::of_json(body, most)?,
            "text/csv" | "application/csv" => Self::of_csv(body, most)?,
            "" | "text/plain" | "text/uri-list" | "application/octet-stream" => {
                Self::of_lines(body, most)?
            }
            "application/x-www-form-urlencoded" => Self::of_form(body, most)?,
            "multipart/form-data" => Self::of_files(content_type, body, most)?,
            other => return Err(unsupported(other)),
        };
        if asked.identifiers.is_empty() {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                "La liste est vide : envoyez des identifiants, un par ligne.",
                "The list is empty: send identifiers, one on each line.",
            ));
        }
        asked.format = asked.format.filter(|format| !format.is_empty());
        Ok(asked)
    }

    fn of_json(body: &[u8], most: usize) -> Result<Self, Problem> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let mut reading = serde_json::Deserializer::from_slice(body);
        let read = reading.deserialize_seq(Strings { most });
        let read = read.and_then(|list| reading.end().map(|()| list));
        match read {
            Ok(Some(identifiers)) => Ok(Self {
                identifiers,
                ..Self::default()
            }),
            Ok(None) => Err(too_many(most)),
            Err(error) => Err(Problem::new(&UNREADABLE)
                .with_detail(
                    format!("Il faut un tableau JSON de textes, `[\"…\", \"…\"]` ; en anglais : {error}."),
                    format!("This takes a JSON array of strings, `[\"…\", \"…\"]`: {error}."),
                )
                .with_member("line", error.line())
                .with_member("column", error.column())),
        }
    }

    fn of_lines(body: &[u8], most: usize) -> Result<Self, Problem> {
        let mut identifiers = Vec::new();
        for line in text(body)?.lines() {
            let line = line.trim();
            // RFC 2483 §5: a line of a list of URIs that begins so is a comment.
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if identifiers.len() >= most {
                return Err(too_many(most));
            }
            identifiers.push(line.to_owned());
        }
        Ok(Self {
            identifiers,
            ..Self::default()
        })
    }

    fn of_csv(body: &[u8], most: usize) -> Result<Self, Problem> {
        let text = text(body)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(&text))
            .from_reader(text.as_bytes());
        let mut rows: Vec<Vec<String>> = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| {
                Problem::new(&UNREADABLE).with_detail(
                    format!("Ceci n'est pas une table CSV ; en anglais : {error}."),
                    format!("This is no CSV table: {error}."),
                )
            })?;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if record.len() > MOST_COLUMNS {
                return Err(Problem::new(&BAD_REQUEST).with_detail(
                    format!("Une table a {MOST_COLUMNS} colonnes au plus."),
                    format!("A table has {MOST_COLUMNS} columns at most."),
                ));
            }
            // One more for the names of the columns.
            if rows.len() > most {
                return Err(too_many(most));
            }
            rows.push(record.iter().map(str::to_owned).collect());
        }
        let (columns, place) = match rows.first() {
            Some(first) => match head(first) {
                Some(place) => (rows.remove(0), place),
                None => (Vec::new(), 0),
            },
            None => (Vec::new(), 0),
        };
        if rows.len() > most {
            return Err(too_many(most));
        }
        if columns.iter().map(String::len).sum::<usize>() > NAMES_BYTES {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                format!("Les noms des colonnes d'une table ont {NAMES_BYTES} octets au plus."),
                format!("The names of a table's columns have {NAMES_BYTES} bytes at most."),
            ));
        }
        let cell = |row: &Vec<String>| row.get(place).map_or("", |cell| cell.trim()).to_owned();
        // A number alone is of the scheme by which its column is called.
        let scheme = columns.get(place).map(|name| name.trim().to_lowercase());
        let scheme = scheme.filter(|name| is_scheme(name));
        let identifiers = rows.iter().map(|row| match (&scheme, cell(row)) {
            (Some(scheme), value) if !value.is_empty() && !value.contains(':') => {
                format!("{scheme}:{value}")
            }
            (_, value) => value,
        });
        Ok(Self {
            identifiers: identifiers.collect(),
            table: Some(Table { columns, rows }),
            format: None,
        })
    }

    fn of_form(body: &[u8], most: usize) -> Result<Self, Problem> {
        let mut lists = Vec::new();
        let mut format = None;
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "ids" | "id" | "iri" => lists.push(value.into_owned()),
                "format" => format = Some(value.into_owned()),
                _ => {}
            }
        }
        // Some tools call by this type whatever they send.
        let mut asked = match lists.is_empty() {
            true => Self::of_lines(body, most)?,
            false => Self::of_lines(lists.join("\n").as_bytes(), most)?,
        };
        asked.format = format;
        Ok(asked)
    }

    fn of_files(content_type: &str, body: &[u8], most: usize) -> Result<Self, Problem> {
        let parts = multipart::parts(content_type, body).map_err(multipart::problem)?;
        let named = |name: &str| parts.iter().find(move |part| part.name == name);
        let format = named("format").map(|part| String::from_utf8_lossy(part.content).into_owned());
        // A field for a file that was left empty is sent all the same.
        let file = named("file").filter(|part| !part.content.is_empty());
        let mut asked = match (file, named("ids")) {
            (Some(file), _) => Self::of_file(file, most)?,
            (None, Some(ids)) => Self::of_lines(ids.content, most)?,
            (None, None) => Self::default(),
        };
        asked.format = format;
        Ok(asked)
    }

    fn of_file(file: &Part<'_>, most: usize) -> Result<Self, Problem> {
        let name = file.file.as_deref().unwrap_or_default().to_lowercase();
        let media_type = file.media_type.as_deref().unwrap_or_default();
        if name.ends_with(".csv") || media_type.starts_with("text/csv") {
            Self::of_csv(file.content, most)
        } else if name.ends_with(".json") || media_type.starts_with("application/json") {
            Self::of_json(file.content, most)
        } else {
            Self::of_lines(file.content, most)
        }
    }
}

/// An array of strings, and no more of them than so.
struct Strings {
    most: usize,
}

impl<'de> Visitor<'de> for Strings {
    type Value = Option<Vec<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut strings = Vec::new();
        while let Some(item) = items.next_element::<String>()? {
            if strings.len() < self.most {
                strings.push(item);
            } else {
                // The rest is read to its end, so that it is known whether it is an array.
                while items.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                return Ok(None);
            }
        }
        Ok(Some(strings))
    }
}

/// The text of a list; zeros are in none.
fn text(bytes: &[u8]) -> Result<std::borrow::Cow<'_, str>, Problem> {
    let text = decode(bytes, None).text;
    if text.contains('\0') {
        return Err(Problem::new(&UNREADABLE).with_detail(
            "Ceci n'est pas un texte : il y a des octets nuls.",
            "This is no text: there are zero bytes in it.",
        ));
    }
    Ok(text)
}

/// What separates the cells: what the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    let [mut best, others @ ..] = *b",;\t";
    for other in others {
        if count(&other) > count(&best) {
            best = other;
        }
    }
    best
}

/// The column of the identifiers, when the first row names the columns.
fn head(first: &[String]) -> Option<usize> {
    let is = |place: usize, name: &str| {
        let cell = first.get(place).map_or("", |cell| cell.trim());
        cell.eq_ignore_ascii_case(name)
    };
    let column = |name: &str| (0..first.len()).find(|place| is(*place, name));
    COLUMNS
        .iter()
        .find_map(|name| column(name))
        .or_else(|| {
            (0..first.len()).find(|place| {
                is_scheme(
                    &first
                        .get(*place)
                        .map_or("", |cell| cell.trim())
                        .to_lowercase(),
                )
            })
        })
        .or_else(|| {
            let cell = first.first().map_or("", |cell| cell.trim());
            let is_identifier = cell.contains(':')
                || !identifiers::readings(cell).is_empty()
                || Noid::parse(cell).is_ok();
            (!is_identifier).then_some(0)
        })
}

fn is_scheme(name: &str) -> bool {
    SCHEMES.iter().any(|(scheme, _)| *scheme == name) || VALUE_SCHEMES.contains(&name)
}

fn too_many(most: usize) -> Problem {
    Problem::limit(&BODY_TOO_LARGE, "limits.identifiers", most)
}

fn unsupported(found: &str) -> Problem {
    let listed: Vec<String> = TYPES.iter().map(|name| format!("`{name}`")).collect();
    let listed = listed.join(", ");
    let problem = Problem::new(&UNSUPPORTED_MEDIA_TYPE).with_detail(
        format!("`Content-Type` est `{found}` ; on peut envoyer {listed}."),
        format!("`Content-Type` is `{found}`; what can be sent is {listed}."),
    );
    match HeaderValue::from_str(&TYPES.join(", ")) {
        Ok(value) => problem.with_header(ACCEPT, value),
        Err(_) => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(media_type: &'static str, body: &[u8]) -> Result<Asked, u16> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        let mut limits = Config::default().limits;
        limits.identifiers = 3;
        Asked::read(&headers, body, &limits).map_err(|problem| problem.row.status.as_u16())
    }

    fn identifiers(media_type: &'static str, body: &[u8]) -> Vec<String> {
        read(media_type, body).expect("it can be read").identifiers
    }

    #[test]
    fn lists_come_as_json_lines_or_tables() {
        assert_eq!(
            identifiers("application/json", b"[\"a\", \"b\"]"),
            ["a", "b"]
        );
        assert_eq!(
            identifiers(
                "text/plain; charset=utf-8",
                b"\xef\xbb\xbfa\r\n\n # no\n b \n"
            ),
            ["a", "b"]
        );
        assert_eq!(identifiers("", b"a"), ["a"]);
        assert_eq!(
            identifiers(
                "application/x-www-form-urlencoded",
                b"ids=a%0D%0Ab&format=csv"
            ),
            ["a", "b"]
        );
        assert_eq!(
            identifiers(
                "application/x-www-form-urlencoded",
                b"https://a.example/1\nb"
            ),
            ["https://a.example/1", "b"]
        );
    }

    #[test]
    fn the_column_of_a_table_is_found_with_or_without_its_name() {
        let with_name = read("text/csv", b"nom;IRI\r\nBac;a\r\n\"Le; Port\";b\r\n").unwrap();
        assert_eq!(with_name.identifiers, ["a", "b"]);
        let table = with_name.table.unwrap();
        assert_eq!(table.columns, ["nom", "IRI"]);
        assert_eq!(table.rows[1], ["Le; Port", "b"]);
        assert_eq!(
            identifiers("text/csv", b"Q535,x\nQ536,y\n"),
            ["Q535", "Q536"]
        );
        assert_eq!(identifiers("text/csv", b"lien,x\nQ535,y\n"), ["Q535"]);
        assert_eq!(
            identifiers("text/csv", b"nom,viaf\nHugo,9847974\n,viaf:1\n"),
            ["viaf:9847974", "viaf:1"]
        );
        assert_eq!(identifiers("text/csv", b"id,nom\n,vide\nb,\n"), ["", "b"]);
        // What a spreadsheet of Windows writes.
        let table = read("text/csv", b"id;nom\na;Th\xe9\xe2tre\n")
            .unwrap()
            .table;
        assert_eq!(table.unwrap().rows[0][1], "Théâtre");
    }

    #[test]
    fn what_is_no_list_is_refused_and_what_is_too_long_names_its_limit() {
        for (media_type, body, status) in [
            ("application/json", &b"{}"[..], 400),
            ("application/json", b"[1]", 400),
            ("application/json", b"[\"a\"", 400),
            ("application/json", b"[\"a\"] x", 400),
            ("application/json", b"[]", 400),
            ("text/plain", b"", 400),
            ("text/plain", b"a\0b", 400),
            ("text/csv", b"", 400),
            ("text/html", b"a", 415),
            ("multipart/form-data", b"a", 400),
            ("text/plain", b"a\nb\nc\nd", 413),
            ("text/csv", b"id\na\nb\nc\nd", 413),
            ("application/json", b"[\"a\",\"b\",\"c\",\"d\"]", 413),
        ] {
            let shown = String::from_utf8_lossy(body);
            assert_eq!(
                read(media_type, body).err(),
                Some(status),
                "{media_type}: {shown}"
            );
        }
        let deep = "[".repeat(100_000);
        assert_eq!(read("application/json", deep.as_bytes()).err(), Some(400));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let refused = Asked::read(&headers, b"a", &Config::default().limits);
        assert_eq!(refused.unwrap_err().row.status, 415);
    }

    #[test]
    fn as_many_as_are_allowed_are_read() {
        assert_eq!(identifiers("text/plain", b"a\nb\nc").len(), 3);
        assert_eq!(identifiers("text/csv", b"id\na\nb\nc").len(), 3);
        assert_eq!(
            identifiers("application/json", b"[\"a\",\"b\",\"c\"]").len(),
            3
        );
    }
}
