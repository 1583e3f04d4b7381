//! The complete data as files: made when first asked for, once per generation.
//!
//! The folder can be thrown away at any time. A generation's files appear in one step, by the
//! renaming of their folder, so that nobody reads half a file.

use crate::app::releases::output::{GZIP_LEVEL, Hashed};
use crate::model::Generation;
use crate::publish::reread::{ContextDocument, RereadError, reread};
use crate::publish::{Context, DUMPS, DumpFormat, DumpWriter};
use crate::rdf::order::{compare_terms, compare_triples};
use crate::rdf::write::nquads_line;
use crate::store::{StoreError, View};
use flate2::{Compression, GzBuilder, read::GzDecoder, write::GzEncoder};
use oxrdf::{GraphName, GraphNameRef, NamedOrBlankNode, Triple};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The files' names begin with this.
const STEM: &str = "affiche";
/// The file with the checksums of the others.
pub const SUMS: &str = "SHA256SUMS";

#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("`{path}` could not be written: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error("`{path}` is not published: {error}")]
    Unsound { path: PathBuf, error: RereadError },
    #[error("nobody waits for the file any more")]
    CalledOff,
}

/// One file of a set.
#[derive(Clone, Debug)]
pub struct DumpFile {
    pub format: &'static DumpFormat,
    /// Such as `affiche.nq.gz`.
    pub name: String,
    pub path: PathBuf,
    pub bytes: u64,
    /// Of the compressed file, hexadecimal.
    pub sha256: String,
}

/// The files of one generation.
#[derive(Clone, Debug)]
pub struct DumpSet {
    pub generation: Generation,
    /// When the generation was accepted: xsd:dateTime, UTC; empty when the folder is empty.
    pub modified: String,
    pub triples: u64,
    pub files: Vec<DumpFile>,
}

impl DumpSet {
    /// In the form that `sha256sum --check` reads.
    pub fn sums(&self) -> String {
        self.files
            .iter()
            .map(|file| format!("{}  {}\n", file.sha256, file.name))
            .collect()
    }
}

/// The folder of the dumps, and the set that was last made.
pub struct Dumps {
    folder: PathBuf,
    last: Mutex<Option<DumpSet>>,
}

impl Dumps {
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            last: Mutex::new(None),
        }
    }

    /// The files of the view's generation, made now if they are not there. One caller makes
    /// them, others wait.
    ///
    /// # Errors
    /// When the data cannot be read or the files not written.
    pub fn of(
        &self,
        view: View<'_>,
        (context, document): (&Context, ContextDocument<'_>),
        is_called_off: &dyn Fn() -> bool,
    ) -> Result<DumpSet, DumpError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = view.generation()?;
        if let Some(set) = &*last
            && set.generation == generation
            && set.files.iter().all(|file| file.path.is_file())
        {
            return Ok(set.clone());
        }
        let set = self
            .make(view, generation, (context, document), is_called_off)
            .inspect_err(|_| {
                // What there is of it takes room, perhaps the last there was.
                let _ = fs::remove_dir_all(self.part(generation));
            })?;
        self.remove_others(generation);
        *last = Some(set.clone());
        Ok(set)
    }

    /// Where the files of a generation are while they are made.
    fn part(&self, generation: Generation) -> PathBuf {
        self.folder.join(format!("{generation}.part"))
    }

    fn make(
        &self,
        view: View<'_>,
        generation: Generation,
        (context, document): (&Context, ContextDocument<'_>),
        is_called_off: &dyn Fn() -> bool,
    ) -> Result<DumpSet, DumpError> {
        let target = self.folder.join(generation.to_string());
        let temporary = self.part(generation);
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error| DumpError::Io { path, error }
        };
        let _ = fs::remove_dir_all(&temporary);
        fs::create_dir_all(&temporary).map_err(at(&temporary))?;
        let mut writers = Vec::new();
        for format in DUMPS.iter().filter(|format| format.is_on_demand) {
            let name = format!("{STEM}.{}.gz", format.extension);
            let path = temporary.join(&name);
            let file = Hashed::create(&path).map_err(at(&path))?;
            // Without a time in its header, the same data gives the same file.
            let gzip = GzBuilder::new()
                .mtime(0)
                .write(file, Compression::new(GZIP_LEVEL));
            let writer = DumpWriter::new(format, context, gzip).map_err(at(&path))?;
            writers.push((format, name, path, writer));
        }
        let mut triples = 0_u64;
        for subject in subjects(view, GraphNameRef::DefaultGraph)? {
            if is_called_off() {
                return Err(DumpError::CalledOff);
            }
            for triple in about(view, &subject, GraphNameRef::DefaultGraph)? {
                triples += 1;
                for (_, _, path, writer) in &mut writers {
                    writer.write(triple.clone()).map_err(at(path))?;
                }
            }
        }
        let mut files = Vec::new();
        for (format, name, path, writer) in writers {
            let (bytes, sha256) = finish(writer).map_err(at(&path))?;
            let written = BufReader::new(File::open(&path).map_err(at(&path))?);
            reread(
                format.name,
                BufReader::new(GzDecoder::new(written)),
                triples,
                &document,
            )
            .map_err(|error| DumpError::Unsound {
                path: path.clone(),
                error,
            })?;
            files.push(DumpFile {
                format,
                path: target.join(&name),
                name,
                bytes,
                sha256,
            });
        }
        let _ = fs::remove_dir_all(&target);
        fs::rename(&temporary, &target).map_err(at(&target))?;
        Ok(DumpSet {
            generation,
            modified: view
                .change(generation)?
                .map_or_else(String::new, |(time, _)| time),
            triples,
            files,
        })
    }

    /// A file that is still being sent stays readable until its reader closes it.
    fn remove_others(&self, generation: Generation) {
        let keep = generation.to_string();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_str() != Some(&keep) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

fn finish(writer: DumpWriter<'_, GzEncoder<Hashed<File>>>) -> io::Result<(u64, String)> {
    let packed = writer.finish()?.out.finish()?.finish("gzip")?;
    Ok((packed.bytes, packed.sha256))
}

/// Writes the public data in one format, in the fixed order.
///
/// # Errors
/// When the data cannot be read or `out` not be written.
pub fn write_public(
    view: View<'_>,
    format: &'static DumpFormat,
    context: &Context,
    out: impl Write,
) -> Result<(), ExportError> {
    let mut writer = DumpWriter::new(format, context, out)?;
    for subject in subjects(view, GraphNameRef::DefaultGraph)? {
        for triple in about(view, &subject, GraphNameRef::DefaultGraph)? {
            writer.write(triple)?;
        }
    }
    writer.finish()?;
    Ok(())
}

/// Writes everything that the store holds as N-Quads, in a fixed order: the public data, then
/// each named graph by its name.
///
/// # Errors
/// When the data cannot be read or `out` not be written.
pub fn write_everything(view: View<'_>, mut out: impl Write) -> Result<(), ExportError> {
    let mut graphs = BTreeMap::new();
    for quad in view.quads(None, None, None, None) {
        let quad = quad?;
        if !quad.graph_name.is_default_graph() {
            graphs.insert(quad.graph_name.to_string(), quad.graph_name);
        }
    }
    for graph in std::iter::once(GraphName::DefaultGraph).chain(graphs.into_values()) {
        for subject in subjects(view, graph.as_ref())? {
            for triple in about(view, &subject, graph.as_ref())? {
                nquads_line(&mut out, triple.in_graph(graph.clone()).as_ref())?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the export could not be written: {0}")]
    Io(#[from] io::Error),
}

/// The subjects of a graph, sorted: memory holds them, not their triples.
fn subjects(view: View<'_>, graph: GraphNameRef<'_>) -> Result<Vec<NamedOrBlankNode>, StoreError> {
    let mut subjects: Vec<NamedOrBlankNode> = Vec::new();
    for quad in view.quads(None, None, None, Some(graph)) {
        let subject = quad?.subject;
        // The index is in the order of subjects, though not of their names.
        if subjects.last() != Some(&subject) {
            subjects.push(subject);
        }
    }
    subjects.sort_by(|a, b| compare_terms(a.as_ref().into(), b.as_ref().into()));
    subjects.dedup();
    Ok(subjects)
}

fn about(
    view: View<'_>,
    subject: &NamedOrBlankNode,
    graph: GraphNameRef<'_>,
) -> Result<Vec<Triple>, StoreError> {
    let mut triples = view
        .quads(Some(subject.as_ref()), None, None, Some(graph))
        .map(|quad| quad.map(Triple::from))
        .collect::<Result<Vec<_>, _>>()?;
    triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    Ok(triples)
}
