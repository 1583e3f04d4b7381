//! How much of what a page shows. The rest is in the data, to which the page leads.

pub(super) use crate::html::shown::{beginning, cut};

/// Characters of a name or title.
pub(super) const TITLE: usize = crate::html::shown::NAME;
/// Names beside the title that are shown at once, and that are shown at all.
pub(super) const NAMES_FIRST: usize = 2;
pub(super) const NAMES: usize = 60;
/// Characters of a description that are shown at once, and that are shown at all.
pub(super) const TEXT_FIRST: usize = 2_500;
pub(super) const TEXT: usize = 12_000;
/// Values of one property in a list of facts.
pub(super) const VALUES: usize = 12;
/// Characters of one of them.
pub(super) const VALUE: usize = 400;
/// Contributions of one description.
pub(super) const CREDITS: usize = 120;
pub(super) const OFFERS: usize = 30;
pub(super) const IMAGES: usize = 12;
pub(super) const IDENTIFIERS: usize = 40;
/// Months of a calendar.
pub(super) const MONTHS: usize = 6;
/// Rows of a list of dates, of venues, and of one relation of what links here.
pub(super) const DATES: usize = 50;
pub(super) const DATES_FIRST: usize = 20;
pub(super) const VENUES: usize = 40;
pub(super) const LINKS: usize = 10;
/// Properties on which it is told who says what, and claims on one of them.
pub(super) const VOICES: usize = 30;
pub(super) const CLAIMS: usize = 5;
/// Characters of one claim.
pub(super) const CLAIM: usize = 200;
