//! How to cite the page: a line to copy, and the same for reference managers.

use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds, header};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::publish::released::citation::bibtex_text;
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "citation",
    write,
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p class="citation" id="citation">{{ line }}</p>
<details><summary>BibTeX</summary>
<pre tabindex="0"><code>{{ bibtex }}</code></pre></details>"#
)]
struct Citation {
    line: String,
    bibtex: String,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let Site { lang, .. } = given.site;
    let title = bounds::cut(&header::title(given).text, bounds::TITLE);
    let publishers: Vec<&str> = given
        .document
        .sources
        .iter()
        .filter_map(|share| share.source.publisher.as_deref())
        .take(3)
        .collect();
    let publishers = publishers.join(", ");
    let today = time::today(given.entity.now);
    let consulted = time::moment(&today.to_string(), lang);
    let generation = given.site.number(&given.document.generation.0);
    let line = i18n::text(
        lang,
        if publishers.is_empty() {
            "citation-line"
        } else {
            "citation-line-publishers"
        },
        &[
            ("title", title.as_str().into()),
            (
                "kind",
                given.site.say(&format!("kind-{}", given.kind())).into(),
            ),
            ("publishers", publishers.as_str().into()),
            ("generation", generation.into()),
            ("iri", given.iri().into()),
            ("consulted", consulted.into()),
        ],
    );
    let noid = given.iri().rsplit(['/', '#']).next().unwrap_or_default();
    let bibtex = format!(
        "@misc{{{noid},\n  title = {{{}}},\n  author = {{{{{}}}}},\n  howpublished = {{\\url{{{}}}}},\n  year = {{{}}},\n  note = {{Affiche, generation {}}},\n  urldate = {{{today}}}\n}}",
        bibtex_text(&title),
        bibtex_text(&publishers),
        given.iri(),
        given.document.modified.get(..4).unwrap_or_default(),
        given.document.generation.0,
    );
    Ok(Some(render(&Citation { line, bibtex })?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_the_entry_of_a_reference_manager() {
        assert_eq!(bibtex_text("a} & {b\\"), "a\\} \\& \\{b\\textbackslash{}");
    }
}
