//! The example queries that the form offers: the documented files of `examples/queries`.

use crate::html::Example;
use crate::ingest::builtin;
use crate::model::{Base, Text};

/// All examples, in the order of their files' names.
pub fn all(base: &Base) -> Vec<Example> {
    builtin::files()
        .filter(|(path, _)| path.starts_with("examples/queries/") && path.ends_with(".rq"))
        .map(|(_, bytes)| example(&String::from_utf8_lossy(&bytes), base))
        .collect()
}

/// A file begins with its titles, `# fr: …` and `# en: …`, and may go on with an explanation
/// after an empty comment line. Relative IRIs stand for our own.
fn example(text: &str, base: &Base) -> Example {
    let comments = text
        .lines()
        .take_while(|line| line.starts_with('#'))
        .count();
    let titled = |lang: &str| {
        let start = format!("# {lang}: ");
        text.lines()
            .find_map(|line| line.strip_prefix(start.as_str()))
            .unwrap_or_default()
            .to_owned()
    };
    let about = text
        .lines()
        .take(comments)
        .skip_while(|line| *line != "#")
        .map(|line| line.trim_start_matches('#').trim())
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let query: Vec<&str> = text.lines().skip(comments).collect();
    let query = query
        .join("\n")
        .replace("<ns#", &format!("<{base}/ns#"))
        .replace("<vocab/", &format!("<{base}/vocab/"))
        .replace("<graph/", &format!("<{base}/graph/"));
    Example {
        name: Text::new(titled("fr"), titled("en")),
        about: Text::new(about.clone(), about),
        query: query.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_has_titles_and_is_a_query_that_we_accept() {
        let base: Base = "https://data.example.org".parse().expect("a base");
        let examples = all(&base);
        assert!(!examples.is_empty());
        let rules = crate::app::queries::rules(&crate::config::Config::default().limits);
        for example in examples {
            assert!(!example.name.fr.is_empty() && !example.name.en.is_empty());
            let query = crate::query::prepare(&example.query, &base, rules);
            assert!(query.is_ok(), "{}\n{query:?}", example.query);
        }
    }
}
