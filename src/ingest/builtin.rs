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
