//! One file of a release, written by a thread of its own out of what is read for all of them.

use crate::app::App;
use crate::app::releases::make::{Batch, Entity, Form, Layer, MakeError, Releasing, Wanted};
use crate::app::releases::output::{Both, Packed, Zstd};
use crate::app::releases::rows::Rows;
use crate::publish::DumpWriter;
use crate::publish::release::{ReleasedFile, Selection};
use crate::publish::reread::reread;
use flate2::read::GzDecoder;
use oxrdf::{GraphName, Triple};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// What a thread that writes a file is told.
#[derive(Clone)]
pub enum Message {
    /// What follows is of this layer.
    Begin(Layer),
    Batch(Arc<Batch>),
    /// That was all.
    End,
}

/// A file, in each of its compressions.
#[derive(Debug)]
pub struct Written {
    pub files: Vec<ReleasedFile>,
}

/// Writes what it is told of until the end, then reads it again.
///
/// # Errors
/// When the disk does not take it, or what was written cannot be read again as it was. Without an
/// end it was called off.
pub fn write_file(
    releasing: &Releasing<'_>,
    wanted: &Wanted,
    messages: &Receiver<Message>,
) -> Result<Written, MakeError> {
    let (format, media_type) = wanted.format();
    let name = wanted.name();
    let path = releasing.part.join(&name);
    let failed = |error| MakeError::Io {
        path: path.clone(),
        error,
    };
    let (unpacked_bytes, count, packings) = if wanted.selection == Selection::State {
        let out = Zstd::create(&path).map_err(failed)?;
        let (out, count) = fill(releasing, wanted, out, messages, &failed)?;
        let (bytes, packing) = into_inner(out).and_then(Zstd::finish).map_err(failed)?;
        (bytes, count, vec![packing])
    } else {
        let out = Both::create(&path).map_err(failed)?;
        let (out, count) = fill(releasing, wanted, out, messages, &failed)?;
        let (bytes, packings) = into_inner(out).and_then(Both::finish).map_err(failed)?;
        (bytes, count, packings.to_vec())
    };
    let mut licences: Vec<String> = wanted
        .sources
        .iter()
        .map(|source| source.licence.clone())
        .collect();
    licences.sort_unstable();
    licences.dedup();
    let mut files = Vec::new();
    for Packed {
        compression,
        bytes,
        sha256,
    } in packings
    {
        let file = ReleasedFile {
            name: format!("{name}.{}", ending(compression)),
            selection: wanted.selection.clone(),
            format: format.to_owned(),
            media_type: media_type.to_owned(),
            compression: Some(compression.to_owned()),
            bytes,
            sha256,
            unpacked_bytes,
            count,
            licences: licences.clone(),
        };
        read_again(releasing, &file)?;
        files.push(file);
    }
    Ok(Written { files })
}

fn ending(compression: &str) -> &'static str {
    match compression {
        "gzip" => "gz",
        _ => "zst",
    }
}

fn into_inner<W: Write>(out: BufWriter<W>) -> io::Result<W> {
    out.into_inner().map_err(io::IntoInnerError::into_error)
}

/// Fills a file until the end, and counts what is in it.
fn fill<W: Write>(
    releasing: &Releasing<'_>,
    wanted: &Wanted,
    out: W,
    messages: &Receiver<Message>,
    failed: &dyn Fn(io::Error) -> MakeError,
) -> Result<(W, u64), MakeError> {
    match wanted.form {
        Form::Dump(format) => {
            let context = &releasing.app.context;
            let mut writer = DumpWriter::new(format, context, out).map_err(failed)?;
            for source in &wanted.sources {
                let statements = source.statements(&context.base);
                writer.write_entity(&statements).map_err(failed)?;
            }
            fill_dump(&mut writer, wanted, messages, failed)?;
            let written = writer.finish().map_err(failed)?;
            Ok((written.out, written.count))
        }
        Form::Table(table) => {
            let mut rows = Rows::begin(releasing, table, out, failed)?;
            for message in messages {
                match message {
                    Message::Batch(batch) if takes(&wanted.selection, &batch.layer) => {
                        for entity in &batch.entities {
                            rows.add(entity, failed)?;
                        }
                    }
                    Message::Begin(_) | Message::Batch(_) => {}
                    Message::End => return rows.end(failed),
                }
            }
            Err(MakeError::CalledOff)
        }
    }
}

fn fill_dump<W: Write>(
    writer: &mut DumpWriter<'_, W>,
    wanted: &Wanted,
    messages: &Receiver<Message>,
    failed: &dyn Fn(io::Error) -> MakeError,
) -> Result<(), MakeError> {
    for message in messages {
        match message {
            Message::Begin(layer) => {
                let graph = match &layer {
                    Layer::Claims { graph, .. } | Layer::Other(GraphName::NamedNode(graph)) => {
                        graph
                    }
                    Layer::Public | Layer::Other(_) => continue,
                };
                if takes(&wanted.selection, &layer) {
                    writer.begin_graph(graph).map_err(failed)?;
                }
            }
            Message::Batch(batch) if takes(&wanted.selection, &batch.layer) => {
                for entity in &batch.entities {
                    let triples = taken(&wanted.selection, &batch.layer, entity);
                    if !triples.is_empty() {
                        writer.write_entity(triples).map_err(failed)?;
                    }
                }
            }
            Message::Batch(_) => {}
            Message::End => return Ok(()),
        }
    }
    Err(MakeError::CalledOff)
}

/// Whether a file with this selection holds something of this layer.
fn takes(selection: &Selection, layer: &Layer) -> bool {
    match (selection, layer) {
        (Selection::State, _)
        | (Selection::All | Selection::Profile(_) | Selection::Table(_), Layer::Public)
        | (Selection::Claims, Layer::Public | Layer::Claims { .. })
        | (Selection::Source(_), Layer::Claims { .. }) => true,
        (Selection::All | Selection::Profile(_) | Selection::Table(_), _)
        | (Selection::Claims, Layer::Other(_))
        | (Selection::Source(_), Layer::Public | Layer::Other(_)) => false,
    }
}

/// What a file with this selection holds of an entity.
fn taken<'a>(selection: &Selection, layer: &Layer, entity: &'a Entity) -> &'a [Triple] {
    match (selection, layer) {
        (Selection::Profile(profile), Layer::Public) => {
            let meets = entity.meets.iter().any(|met| **met == **profile);
            if meets { entity.public() } else { &[] }
        }
        (Selection::State, _) | (_, Layer::Claims { .. } | Layer::Other(_)) => &entity.stored,
        (_, Layer::Public) => entity.public(),
    }
}

/// Reads a file as whoever gets it will: what was packed with gzip by a reader that shares no code
/// with the writer, the same packed with zstd only to its end, which has its sum.
fn read_again(releasing: &Releasing<'_>, file: &ReleasedFile) -> Result<(), MakeError> {
    let app = releasing.app;
    let path = releasing.part.join(&file.name);
    let failed = |error| MakeError::Io {
        path: path.clone(),
        error,
    };
    let packed = BufReader::new(File::open(&path).map_err(failed)?);
    let is_state = file.selection == Selection::State;
    if file.compression.as_deref() == Some("zstd") {
        let mut unpacked = zstd::Decoder::with_buffer(packed).map_err(failed)?;
        if !is_state {
            return whole(&mut unpacked, file.unpacked_bytes).map_err(failed);
        }
        return sound(app, file, BufReader::with_capacity(1 << 16, unpacked));
    }
    sound(
        app,
        file,
        BufReader::with_capacity(1 << 16, GzDecoder::new(packed)),
    )
}

fn sound(app: &App, file: &ReleasedFile, dump: impl io::BufRead) -> Result<(), MakeError> {
    let context = app.context_for_readers();
    match reread(&file.format, dump, file.count, &context) {
        Ok(_) => Ok(()),
        Err(error) => Err(MakeError::Unsound {
            name: file.name.clone(),
            error,
        }),
    }
}

fn whole(unpacked: &mut impl Read, wanted: u64) -> io::Result<()> {
    let bytes = io::copy(unpacked, &mut io::sink())?;
    if bytes == wanted {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "{wanted} bytes were written and {bytes} are read back"
        )))
    }
}
