//! How to cite a release: lines to copy, and files for reference managers.

use super::{Released, UNKNOWN};
use crate::model::Lang;
use serde_json::{Value, json};

/// A way to write a citation for people.
pub struct Style {
    /// What the style is called everywhere.
    pub name: &'static str,
    pub write: fn(&Released<'_>, Lang) -> String,
}

/// In the order in which they are shown.
pub static STYLES: &[Style] = &[
    Style {
        name: "APA",
        write: apa,
    },
    Style {
        name: "Chicago",
        write: chicago,
    },
    Style {
        name: "ISO 690",
        write: iso_690,
    },
];

/// The publisher followed by something, where there is one.
fn by(released: &Released<'_>, then: &str) -> String {
    match &released.responsible.name {
        Some(name) => format!("{}{then}", name.trim_end_matches('.')),
        None => String::new(),
    }
}

/// Publication Manual of the APA (7th edition), §10.9. Where the author is unknown the title comes
/// first.
fn apa(released: &Released<'_>, lang: Lang) -> String {
    let title = title(released);
    let title = title.get(lang);
    let (version, kind) = match lang {
        Lang::Fr => ("version", "jeu de données"),
        Lang::En => ("Version", "Data set"),
    };
    let date = &released.manifest.date;
    let what = format!("{title} ({version} {date}) [{kind}]");
    let year = released.year();
    let address = released.address();
    match by(released, ".") {
        author if author.is_empty() => format!("{what}. ({year}). {}", address.as_str()),
        author => format!("{author} ({year}). {what}. {}", address.as_str()),
    }
}

/// The Chicago Manual of Style (17th edition), §14.257.
fn chicago(released: &Released<'_>, lang: Lang) -> String {
    let title = title(released);
    let (version, published) = match lang {
        Lang::Fr => ("Version", "Publiée le"),
        Lang::En => ("Version", "Released"),
    };
    format!(
        "{}{}. {version} {}. {published} {}. {}.",
        by(released, ". "),
        title.get(lang),
        released.manifest.date,
        released.day_in_words(lang),
        released.address().as_str(),
    )
}

/// ISO 690:2021, as French libraries write it.
fn iso_690(released: &Released<'_>, lang: Lang) -> String {
    let title = title(released);
    let (online, version, available) = match lang {
        Lang::Fr => (
            "jeu de données en ligne",
            "Version",
            "Disponible à l’adresse :",
        ),
        Lang::En => ("online data set", "Version", "Available from:"),
    };
    format!(
        "{}{} [{online}]. {version} {}. {}. {available} {}",
        by(released, ". ").to_uppercase(),
        title.get(lang),
        released.manifest.date,
        released.day_in_words(lang),
        released.address().as_str(),
    )
}

/// The title without the date, which styles have a place for.
fn title(released: &Released<'_>) -> crate::model::Text {
    super::title(&super::Responsible {
        name: None,
        ..released.responsible.clone()
    })
}

fn key(released: &Released<'_>) -> String {
    let date = released.manifest.date.replace(['-', '.'], "");
    format!("affiche{date}")
}

/// For BibTeX and Biber.
pub fn bibtex(released: &Released<'_>) -> String {
    let title = title(released);
    let publisher = match &released.responsible.name {
        Some(name) => {
            let name = bibtex_text(name);
            // Without the second braces a name with "and" in it would be two persons.
            format!("  author = {{{{{name}}}}},\n  publisher = {{{name}}},\n")
        }
        None => String::new(),
    };
    format!(
        "@dataset{{{},\n{publisher}  title = {{{}}},\n  version = {{{}}},\n  date = {{{}}},\n  year = {{{}}},\n  url = {{{}}},\n  note = {{Release {}, generation {}}},\n  language = {{french}}\n}}\n",
        key(released),
        bibtex_text(title.get(Lang::Fr)),
        released.manifest.date,
        released.day(),
        released.year(),
        released.address().as_str(),
        released.manifest.number,
        released.manifest.generation,
    )
}

/// Text between braces: what BibTeX and TeX would read as theirs is written so that it is not.
pub fn bibtex_text(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '{' | '}' | '%' | '&' | '#' | '$' | '_' => {
                safe.push('\\');
                safe.push(c);
            }
            '\\' => safe.push_str("\\textbackslash{}"),
            '~' => safe.push_str("\\textasciitilde{}"),
            '^' => safe.push_str("\\textasciicircum{}"),
            c => safe.push(c),
        }
        safe
    })
}

/// For Zotero, EndNote and others: RIS, whose lines end in CR LF.
pub fn ris(released: &Released<'_>) -> String {
    let title = title(released);
    let mut lines = vec![("TY", "DATA".to_owned())];
    if let Some(name) = &released.responsible.name {
        lines.push(("AU", name.clone()));
        lines.push(("PB", name.clone()));
    }
    lines.extend([
        ("TI", title.get(Lang::Fr).to_owned()),
        ("ET", released.manifest.date.clone()),
        ("PY", released.year().to_owned()),
        ("DA", released.day().replace('-', "/")),
        ("UR", released.address().into_string()),
        (
            "N1",
            format!(
                "Release {}, generation {}",
                released.manifest.number, released.manifest.generation
            ),
        ),
        ("ER", String::new()),
    ]);
    let lines = lines.into_iter().map(|(tag, value)| {
        // A line of its own would be a tag of its own.
        let value: Vec<&str> = value.split_whitespace().collect();
        format!("{tag}  - {}\r\n", value.join(" "))
    });
    lines.collect()
}

/// For citation processors: CSL-JSON 1.0.
pub fn csl(released: &Released<'_>) -> Value {
    let title = title(released);
    let number = |part: &str| part.parse::<u64>().unwrap_or_default();
    let day: Vec<u64> = released.day().splitn(3, '-').map(number).collect();
    let mut item = json!({
        "id": key(released),
        "type": "dataset",
        "title": title.get(Lang::Fr),
        "version": released.manifest.date,
        "issued": { "date-parts": [day] },
        "URL": released.address().as_str(),
        "language": "fr",
        "note": format!(
            "Release {}, generation {}",
            released.manifest.number, released.manifest.generation
        ),
    });
    if released.publisher() != UNKNOWN {
        item["author"] = json!([{ "literal": released.publisher() }]);
        item["publisher"] = json!(released.publisher());
    }
    json!([item])
}

#[cfg(test)]
mod tests {
    use super::super::{Responsible, sample};
    use super::*;

    #[test]
    fn each_style_names_who_what_when_and_where() {
        let released = sample::released();
        let line = |name: &str, lang| {
            let style = STYLES.iter().find(|style| style.name == name);
            (style.expect("it is there").write)(&released, lang)
        };
        assert_eq!(
            line("APA", Lang::En),
            "Réseau des scènes du territoire. (2026). Performing arts programmes (Version 2026-11-22) [Data set]. https://data.example.org/releases/2026-11-22/"
        );
        assert_eq!(
            line("Chicago", Lang::En),
            "Réseau des scènes du territoire. Performing arts programmes. Version 2026-11-22. Released November 22, 2026. https://data.example.org/releases/2026-11-22/."
        );
        assert_eq!(
            line("ISO 690", Lang::Fr),
            "RÉSEAU DES SCÈNES DU TERRITOIRE. Programmes du spectacle vivant [jeu de données en ligne]. Version 2026-11-22. 22 novembre 2026. Disponible à l’adresse : https://data.example.org/releases/2026-11-22/"
        );
    }

    #[test]
    fn where_nobody_publishes_the_title_comes_first() {
        let nobody = Responsible::default();
        let released = Released {
            responsible: &nobody,
            ..sample::released()
        };
        for style in STYLES {
            for lang in Lang::ALL {
                let line = (style.write)(&released, lang);
                assert!(!line.contains(UNKNOWN), "{line}");
                assert!(line.starts_with('P'), "{line}");
            }
        }
        assert!(!bibtex(&released).contains("author"));
        assert!(!csl(&released).to_string().contains(UNKNOWN));
    }

    #[test]
    fn no_name_ends_an_entry_of_a_reference_manager() {
        let evil = Responsible {
            name: Some("a} & {b\\\r\nER  - ".to_owned()),
            ..Responsible::default()
        };
        let released = Released {
            responsible: &evil,
            ..sample::released()
        };
        assert!(bibtex(&released).contains("{{a\\} \\& \\{b\\textbackslash{}"));
        assert_eq!(ris(&released).matches("\r\nER  - ").count(), 1);
    }
}
