//! Small drawings beside words. They say nothing that the words do not: readers who do not see
//! them miss nothing.

use askama::Template;
use askama::filters::HtmlSafe;

/// A drawing of lines, 24 by 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d="{{ path }}"/></svg>"#
)]
pub(super) struct Icon {
    path: &'static str,
}

impl HtmlSafe for Icon {}

const fn icon(path: &'static str) -> Icon {
    Icon { path }
}

pub(super) const EAR: Icon = icon(
    "M7 9.5a5 5 0 0 1 10 0c0 4-3.5 4.5-3.5 8a3 3 0 0 1-5.5 1.5M9.5 10a2.5 2.5 0 0 1 5 0c0 1.5-1 2-2 3",
);
pub(super) const HANDS: Icon = icon(
    "M4 12.5 8.5 8l5.5 1.5 4-2M8.5 8 12 4.5M4 12.5l3 3.5 4-1M20 11.5 15.5 16 10 14.5M15.5 16 12 19.5M20 11.5l-2-4",
);
pub(super) const EYE: Icon = icon(
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
);
pub(super) const WHEELCHAIR: Icon = icon(
    "M10.5 3.5a1.5 1.5 0 1 0 .01 0M10.5 7.5V14h5.5l3 5.5M10.5 10.5h5M8 11.5a5 5 0 1 0 6.5 6.5",
);
pub(super) const CAPTIONS: Icon = icon("M3 5.5h18v13H3zM6.5 11h4M13 11h4.5M6.5 14.5h7M16 14.5h1.5");
pub(super) const HEART: Icon =
    icon("M12 19.5S4 15 4 9.5a4 4 0 0 1 8-1.5 4 4 0 0 1 8 1.5c0 5.5-8 10-8 10z");
pub(super) const BOOK: Icon = icon(
    "M12 6.5C10 5 7 4.5 3.5 5v13c3.5-.5 6.5 0 8.5 1.5 2-1.5 5-2 8.5-1.5V5c-3.5-.5-6.5 0-8.5 1.5zM12 6.5v13",
);
pub(super) const WAVE: Icon = icon("M3 12h3l2-6 4 12 3.5-9 1.5 3h4");
pub(super) const CHECK: Icon = icon("M4.5 12.5l5 5 10-11");
pub(super) const PEOPLE: Icon = icon(
    "M9 5a3 3 0 1 0 .01 0M3 19.5c0-4 2.5-6.5 6-6.5s6 2.5 6 6.5M16 6a2.5 2.5 0 1 1 1 5M17.5 13.5c2.5.5 4 2.5 4 6",
);
pub(super) const CLOCK: Icon = icon("M12 3.5a8.5 8.5 0 1 0 .01 0M12 7.5V12l3.5 2");
pub(super) const WARNING: Icon = icon("M12 3.5 2.5 20h19zM12 10v4.5M12 17v.5");
pub(super) const SPEECH: Icon = icon("M4 5h16v11h-8l-4 4v-4H4z");
pub(super) const TICKET: Icon =
    icon("M3 8.5V6h18v2.5a2.5 2.5 0 0 0 0 7V18H3v-2.5a2.5 2.5 0 0 0 0-7M15 6v2M15 11v2M15 16v2");

/// The drawing for a concept of accessibility, by its local name.
pub(super) fn of_accessibility(name: &str) -> Icon {
    match name {
        "lsf" | "bilingue-lsf" | "chansigne" | "visite-tactile" => HANDS,
        "surtitrage-adapte" | "velotypie" => CAPTIONS,
        "auditif" | "boucle-magnetique" | "amplification" => EAR,
        "gilets-vibrants" => WAVE,
        "visuel" | "audiodescription" | "souffleurs" | "programme-braille" | "chien-guide" => EYE,
        "moteur" | "pmr" | "places-fauteuil" | "toilettes-adaptees" | "stationnement-reserve" => {
            WHEELCHAIR
        }
        "intellectuel" | "falc" => BOOK,
        "psychique" | "relax" => HEART,
        _ => CHECK,
    }
}
