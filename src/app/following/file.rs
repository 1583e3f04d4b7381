//! A file of lines that is written in one step and ends in the SHA-256 of all before, so that what
//! is read back is whole.

use crate::app::private;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

/// The end of a file; no line before it begins like it.
const END: &str = "sha256 ";

/// Writes a file line by line, in one step: after a crash it is the old one or the new one.
///
/// # Errors
/// When it cannot be written; the one before is still there then.
pub fn write(
    folder: &Path,
    name: &str,
    lines: impl FnOnce(&mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let part = folder.join(format!("{name}.part"));
    let written = write_part(&part, lines).and_then(|()| {
        fs::rename(&part, folder.join(name))?;
        File::open(folder)?.sync_all()
    });
    if written.is_err() {
        // What there is of it takes room, perhaps the last there was.
        let _ = fs::remove_file(&part);
    }
    written
}

fn write_part(
    path: &Path,
    lines: impl FnOnce(&mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut hash = Sha256::new();
    lines(&mut |line| {
        for piece in [line.as_bytes(), b"\n"] {
            hash.update(piece);
            out.write_all(piece)?;
        }
        Ok(())
    })?;
    let hash = private::hexadecimal(&hash.finalize());
    writeln!(out, "{END}{hash}")?;
    out.into_inner()?.sync_all()
}

/// A file that is read line by line. Until [`Lines::is_whole`] has said so, nothing of it is to be
/// believed.
pub struct Lines {
    reader: BufReader<File>,
    hash: Sha256,
    line: String,
    end: Option<String>,
}

impl Lines {
    /// Opens a file; `None` when it is not there or cannot be read.
    pub fn open(folder: &Path, name: &str) -> Option<Self> {
        Some(Self {
            reader: BufReader::new(File::open(folder.join(name)).ok()?),
            hash: Sha256::new(),
            line: String::new(),
            end: None,
        })
    }

    /// The next line, without its end; `None` after the last one.
    pub fn read(&mut self) -> Option<&str> {
        self.line.clear();
        if self.end.is_some() || self.reader.read_line(&mut self.line).ok()? == 0 {
            return None;
        }
        if let Some(written) = self.line.strip_prefix(END) {
            self.end = Some(written.trim_end().to_owned());
            return None;
        }
        self.hash.update(self.line.as_bytes());
        self.line.strip_suffix('\n')
    }

    /// Whether the last line was reached, and says what was read.
    pub fn is_whole(self) -> bool {
        self.end == Some(private::hexadecimal(&self.hash.finalize()))
    }
}
