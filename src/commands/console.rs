//! Where a command runs: at a terminal, over a data folder that it opens itself; or in a running
//! server, for somebody at the other end of its socket ([`super::control`]). Commands do not know
//! which.

use super::control::Connection;
use super::open;
use crate::app::{App, Purpose};
use crate::cli::Folder;
use crate::model::{Base, Lang};
use anyhow::{Context as _, bail};
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;
use std::sync::Arc;

/// The surroundings of a command.
pub enum Console {
    /// This process was started for it.
    Here,
    /// A server runs it, over the folder that it has open.
    Served(Arc<App>, Connection),
}

impl Console {
    /// Opens the data folder of a command, or gives the one that is open.
    pub fn open(&self, folder: &Folder, purpose: Purpose) -> anyhow::Result<Arc<App>> {
        let app = match self {
            Self::Here => return Ok(Arc::new(open(folder, purpose)?)),
            Self::Served(app, _) => Arc::clone(app),
        };
        if let Some(base) = &folder.base
            && base.parse::<Base>()? != *app.store.base()
        {
            bail!(
                "this folder belongs to `{}/`, and `--base {base}` is another one",
                app.store.base()
            );
        }
        Ok(app)
    }

    /// Writes what a command has to say to the standard output. A reader who has seen enough
    /// changes nothing in how the command ends.
    pub fn print(&self, text: &str) -> anyhow::Result<()> {
        let mut out = self.out();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("the standard output could not be written"),
        }
    }

    /// The standard output.
    pub fn out(&self) -> Box<dyn Write + '_> {
        match self {
            Self::Here => Box::new(io::stdout().lock()),
            Self::Served(_, connection) => Box::new(connection.out()),
        }
    }

    /// Writes a line for the person at the terminal, who may have closed it.
    pub fn tell(&self, line: &str) {
        let _ = match self {
            Self::Here => writeln!(io::stderr(), "{line}"),
            Self::Served(_, connection) => connection.tell(line),
        };
    }

    /// The language of the person at the terminal, as the system says it.
    pub fn lang(&self) -> Option<Lang> {
        match self {
            Self::Here => super::system_lang(),
            Self::Served(_, connection) => connection.lang,
        }
    }

    /// Reads a file of the person at the terminal, or their standard input for `-`, up to the
    /// limit.
    pub fn read(&self, path: &Path, room: u64) -> anyhow::Result<Vec<u8>> {
        let read = match self {
            Self::Here => read(path, room),
            Self::Served(_, connection) => connection.read(path, room),
        };
        let bytes = read.with_context(|| format!("`{}` could not be read", path.display()))?;
        if bytes.len() as u64 > room {
            bail!(
                "`{}` makes the submission larger than `limits.submission_bytes` allows; send it in parts, or raise the limit",
                path.display()
            );
        }
        Ok(bytes)
    }
}

/// Reads a file, or the standard input for `-`, up to one byte more than there is room for.
pub fn read(path: &Path, room: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = room.saturating_add(1);
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
