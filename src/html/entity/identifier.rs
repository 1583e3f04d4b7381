//! The permanent identifier.

use crate::html::entity::Section;
use crate::html::entity::given::Given;
use crate::html::{PageError, Site, render};
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "identifier",
    write,
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<p class="iri"><a href="{{ iri }}">{{ iri }}</a></p>
<p class="soft small">{{ site.say("aside-iri-about") }} <a href="{{ site.at("/about/persistence") }}">{{ site.say("aside-iri-promise") }}</a></p>"#
)]
struct Identifier<'a> {
    site: Site<'a>,
    iri: &'a str,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    Ok(Some(render(&Identifier {
        site: given.site,
        iri: given.iri(),
    })?))
}
