//! The files that pages load, built into the program and named by their content.

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "src/html/assets"]
struct Files;

/// The bundle of the query editor, which `web/build.mjs` makes. Without node it is not there, and
/// the page at /sparql is a plain form.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Bundle;

/// A file that pages load from `/assets/{path}`.
#[derive(Debug)]
pub struct Asset {
    /// The name in the sources, such as `style.css`.
    pub name: String,
    /// The name in addresses, with a hash of the content (`style.5f1c09ab.css`), so that it may
    /// be kept for ever.
    pub path: String,
    pub media_type: &'static str,
    pub bytes: Cow<'static, [u8]>,
}

/// All of them, sorted by name.
pub static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let ours = Files::iter().filter_map(|name| Some((name.clone(), Files::get(&name)?)));
    let bundled = Bundle::iter().filter_map(|name| Some((name.clone(), Bundle::get(&name)?)));
    let mut assets: Vec<Asset> = ours
        .filter(|(name, _)| !name.starts_with(SHEETS))
        .chain(bundled)
        .filter(|(name, _)| !name.starts_with('.'))
        .map(|(name, file)| asset(name.into_owned(), file.data))
        .collect();
    assets.push(asset("style.css".to_owned(), style_sheet().into()));
    assets.sort_by(|a, b| a.name.cmp(&b.name));
    assets
});

/// Where the parts of the style sheet are: one for the shell and one for each part of the site, all
/// joined in the order of their names, so that a page loads one file.
const SHEETS: &str = "style/";

fn style_sheet() -> Vec<u8> {
    let mut names: Vec<_> = Files::iter()
        .filter(|name| name.starts_with(SHEETS))
        .collect();
    names.sort_unstable();
    let sheets = names.iter().filter_map(|name| Files::get(name));
    sheets.flat_map(|sheet| sheet.data.into_owned()).collect()
}

fn asset(name: String, bytes: Cow<'static, [u8]>) -> Asset {
    let mut hash = String::new();
    for byte in Sha256::digest(&bytes).iter().take(6) {
        // Writing to a String does not fail.
        let _ = write!(hash, "{byte:02x}");
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    Asset {
        path: format!("{stem}.{hash}.{extension}"),
        media_type: match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "json" => "application/json",
            "svg" => "image/svg+xml",
            "txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        },
        name,
        bytes,
    }
}

impl Asset {
    /// The asset with this name in the sources, if it was built in.
    pub fn named(name: &str) -> Option<&'static Asset> {
        ASSETS.iter().find(|asset| asset.name == name)
    }

    /// The asset with this name in addresses.
    pub fn at(path: &str) -> Option<&'static Asset> {
        ASSETS.iter().find(|asset| asset.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_there_loads_nothing_and_is_named_by_its_content() {
        let style = ASSETS
            .iter()
            .find(|asset| asset.name == "style.css")
            .expect("a style sheet");
        assert!(Asset::at(&style.path).is_some());
        assert!(Asset::at("style.css").is_none());
        let text = String::from_utf8_lossy(&style.bytes);
        assert!(!text.contains("url(") && !text.contains("@import"));
    }
}
