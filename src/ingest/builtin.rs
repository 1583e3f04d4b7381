//! The files that come inside the program: ontology, vocabularies, shapes and examples.

use rust_embed::RustEmbed;
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "ontology"]
#[prefix = "ontology/"]
struct Ontology;

#[derive(RustEmbed)]
#[folder = "shapes"]
#[prefix = "shapes/"]
struct Shapes;

#[derive(RustEmbed)]
#[folder = "examples"]
#[prefix = "examples/"]
struct Examples;

/// Every built-in file: its path in the project, such as `ontology/ontology.ttl`, and its bytes.
/// Sorted by path.
pub fn files() -> impl Iterator<Item = (String, Cow<'static, [u8]>)> {
    let mut paths: Vec<String> = Ontology::iter()
        .chain(Shapes::iter())
        .chain(Examples::iter())
        .map(Cow::into_owned)
        .collect();
    paths.sort_unstable();
    paths
        .into_iter()
        .filter_map(|path| file(&path).map(|bytes| (path, bytes)))
}

/// The bytes of one built-in file.
pub fn file(path: &str) -> Option<Cow<'static, [u8]>> {
    let folder = path.split('/').next()?;
    let file = match folder {
        "ontology" => Ontology::get(path),
        "shapes" => Shapes::get(path),
        "examples" => Examples::get(path),
        _ => None,
    }?;
    Some(file.data)
}

/// What stands for the namespace of Cap Data Opéra in a built-in file.
const CAP_DATA: &str = "{capdata}";

/// The Turtle files of the ontology, its vocabularies and its alignments, sorted by path. What
/// needs the namespace of Cap Data Opéra gets the given one, and is left out when there is none.
pub fn ontology(cap_data: Option<&str>) -> impl Iterator<Item = (String, Cow<'static, [u8]>)> {
    files()
        .filter(|(path, _)| path.starts_with("ontology/") && path.ends_with(".ttl"))
        .filter_map(move |(path, bytes)| {
            let text = String::from_utf8_lossy(&bytes);
            if !text.contains(CAP_DATA) {
                return Some((path, bytes));
            }
            let text = text.replace(CAP_DATA, cap_data?);
            Some((path, Cow::Owned(text.into_bytes())))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_sorted_and_are_found_by_their_path() {
        let paths: Vec<String> = files().map(|(path, _)| path).collect();
        assert!(paths.is_sorted());
        assert!(paths.iter().all(|path| file(path).is_some()));
        assert!(file("Cargo.toml").is_none());
        assert!(file("ontology/../Cargo.toml").is_none());
    }
}
