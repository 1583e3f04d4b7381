//! `affiche token …`: what sources write over HTTP with

use super::{Console, Ending};
use crate::app::Purpose;
use crate::app::tokens::Scope;
use crate::cli::{TokenCreate, TokenList, TokenRevoke};
use anyhow::bail;
use jiff::Timestamp;

pub fn create(options: TokenCreate, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let scope = match options.source {
        Some(source) if !options.operator => {
            if source.is_system() || app.store.snapshot()?.view().source(&source)?.is_none() {
                bail!("there is no source `{source}`; add it with `affiche source add {source}`");
            }
            Scope::Source(source)
        }
        _ => Scope::Operator,
    };
    let (secret, token) = app.tokens.create(scope, options.note, Timestamp::now())?;
    // The token alone on the output, so that it can go straight into a file.
    console.print(&format!("{secret}\n"))?;
    console.tell(&format!(
        "this is token {} ({}); it is shown this once and kept nowhere. Revoke it with `affiche token revoke {}`",
        token.id, token.scope, token.id
    ));
    Ok(Ending::Done)
}

pub fn list(options: &TokenList, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Read)?;
    let mut text = String::new();
    for token in app.tokens.list() {
        text.push_str(&format!(
            "{}\t{}\tcreated {}\t{}\t{}\n",
            token.id,
            token.scope,
            token.created,
            token
                .used
                .map_or_else(|| "never used".to_owned(), |day| format!("last used {day}")),
            token.note.as_deref().unwrap_or_default(),
        ));
    }
    if text.is_empty() {
        text.push_str("no tokens yet; make one with `affiche token create --source NAME`\n");
    }
    console.print(&text)?;
    Ok(Ending::Done)
}

pub fn revoke(options: &TokenRevoke, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let token = app.tokens.revoke(&options.id)?;
    console.print(&format!(
        "revoked token {} ({}); it is good for nothing from now on\n",
        token.id, token.scope
    ))?;
    Ok(Ending::Done)
}
