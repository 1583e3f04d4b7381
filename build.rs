//! Compiles the program again when a file that is built into it comes, changes or goes, and names
//! the build by all of them, so that what readers keep of an earlier one is not taken for current.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::Path;

const BUILT_FROM: &[&str] = &[
    "Cargo.lock",
    "build.rs",
    "examples",
    "ontology",
    "shapes",
    "src",
    "web/dist",
];

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for path in BUILT_FROM {
        println!("cargo:rerun-if-changed={path}");
        hash(Path::new(path), &mut hasher)?;
    }
    println!("cargo:rustc-env=PROGRAM_BUILD={:016x}", hasher.finish());
    Ok(())
}

/// Takes in a file, or all in a folder by name. What is not there, as the bundle of the editor
/// may be, is nothing.
fn hash(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        entries.sort();
        for entry in entries {
            hash(&entry, hasher)?;
        }
    } else if path.is_file() {
        path.hash(hasher);
        fs::read(path)?.hash(hasher);
    }
    Ok(())
}
