//! The part of the data folder that no query and no dump can show: tokens, and the reports kept
//! for senders who ask twice. Files with mode 0600 in folders with mode 0700, each written whole
//! or not at all.

use crate::store::fill_random;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The private folder of a data folder.
pub fn folder(data: &Path) -> PathBuf {
    data.join("private")
}

/// Makes a folder that only this user can enter, and those above it that are missing. One that
/// others could enter is closed to them.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// Replaces a file in one step: after a crash it is the old one or the new one.
///
/// # Errors
/// When it cannot be written; then the old one is still there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    make_folder(parent)?;
    let part = parent.join(format!(".{}.part", random_name()));
    let written = (|| {
        let mut file = new_file(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    })();
    if written.is_err() {
        // What there is of it takes room, perhaps the last there was.
        let _ = fs::remove_file(&part);
    }
    written?;
    File::open(parent)?.sync_all()
}

/// A file without a name, which is gone when it is closed, whatever ends the program.
///
/// # Errors
/// When it cannot be made.
pub fn nameless(parent: &Path) -> io::Result<File> {
    make_folder(parent)?;
    let path = parent.join(format!(".{}.part", random_name()));
    let file = new_file(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// 16 hexadecimal digits that nobody can foresee.
pub fn random_name() -> String {
    let mut bytes = [0_u8; 8];
    fill_random(&mut bytes);
    hexadecimal(&bytes)
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
