//! Receives the body of a submission: decompressed while it comes, into memory while it is small,
//! into a file without a name when it is not. Reading stops at the first byte too many.

use crate::app::private;
use crate::http::problem::{BAD_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, Problem, UNREADABLE};
use crate::http::writes::asked::Encoding;
use axum::body::{Body, Bytes};
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;
use zstd::stream::read::Decoder as ZstdDecoder;

/// What is kept in memory before a file is opened; many senders may be slow at the same time.
const MEMORY_BYTES: usize = 1 << 20;
/// Pieces that wait for the disk before the client waits too.
const WAITING_PIECES: usize = 4;
/// The largest window that a zstd stream may ask for: 128 MiB, what `zstd` itself allows.
const ZSTD_WINDOW_LOG: u32 = 27;
const CHUNK_BYTES: usize = 64 << 10;

/// A piece of a body on its way.
pub enum Piece {
    Bytes(Bytes),
    /// There is no more. Without it the body is not whole: whoever handed it on has left.
    End,
    /// There will be no more.
    Broken(io::ErrorKind),
}

/// The two ends of a body on its way from the connection to the thread that keeps it.
pub fn channel() -> (mpsc::Sender<Piece>, mpsc::Receiver<Piece>) {
    mpsc::channel(WAITING_PIECES)
}

/// Hands a body on piece by piece. It ends only by being dropped, so that it can stand beside the
/// work that takes the pieces.
pub async fn pump(mut body: Body, idle: Duration, pieces: mpsc::Sender<Piece>) -> Infallible {
    loop {
        let piece = match tokio::time::timeout(idle, body.frame()).await {
            Err(_) => Piece::Broken(io::ErrorKind::TimedOut),
            Ok(Some(Err(_))) => Piece::Broken(io::ErrorKind::BrokenPipe),
            Ok(None) => Piece::End,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(bytes) => Piece::Bytes(bytes),
                Err(_trailers) => continue,
            },
        };
        let is_last = !matches!(piece, Piece::Bytes(_));
        if pieces.send(piece).await.is_err() || is_last {
            break;
        }
    }
    std::future::pending().await
}

/// The pieces as a reader. The end is an end only when the sender said so.
struct Incoming {
    pieces: mpsc::Receiver<Piece>,
    current: Bytes,
    has_ended: bool,
    read: u64,
    limit: u64,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.current = bytes,
                Some(Piece::End) => {
                    self.has_ended = true;
                    return Ok(0);
                }
                Some(Piece::Broken(kind)) => return Err(kind.into()),
                None if self.has_ended => return Ok(0),
                None => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
        let count = buffer.len().min(self.current.len());
        let taken = self.current.split_to(count);
        buffer
            .get_mut(..count)
            .ok_or(io::ErrorKind::InvalidInput)?
            .copy_from_slice(&taken);
        self.read += count as u64;
        if self.read > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(count)
    }
}

/// A body that is here.
#[derive(Debug)]
pub enum Received {
    Memory(Vec<u8>),
    File(File),
}

impl Received {
    /// All of it, in memory.
    ///
    /// # Errors
    /// When the disk does not give it back.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Memory(bytes) => Ok(bytes),
            Self::File(mut file) => {
                file.rewind()?;
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                Ok(bytes)
            }
        }
    }
}

/// Takes all pieces, decompressed, and adds them to `sum`.
///
/// # Errors
/// When it is too large, too slow, broken off, not compressed as it says, or the disk is full.
pub fn receive(
    pieces: mpsc::Receiver<Piece>,
    encoding: Encoding,
    limit: u64,
    idle: Duration,
    folder: &Path,
    sum: &mut Sha256,
) -> Result<Received, Problem> {
    let incoming = Incoming {
        pieces,
        current: Bytes::new(),
        has_ended: false,
        read: 0,
        limit,
    };
    let mut reader: Box<dyn Read> = match encoding {
        Encoding::Identity => Box::new(incoming),
        Encoding::Gzip => Box::new(MultiGzDecoder::new(incoming)),
        Encoding::Zstd => {
            let mut decoder = ZstdDecoder::new(incoming).map_err(Problem::internal)?;
            decoder
                .window_log_max(ZSTD_WINDOW_LOG)
                .map_err(Problem::internal)?;
            Box::new(decoder)
        }
    };
    let mut memory = Vec::new();
    let mut file: Option<File> = None;
    let mut total = 0_u64;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unread(&error, limit, idle)),
        };
        let bytes = chunk.get(..count).unwrap_or_default();
        total += count as u64;
        if total > limit {
            return Err(too_large(limit));
        }
        sum.update(bytes);
        match &mut file {
            Some(file) => file.write_all(bytes).map_err(Problem::from)?,
            None if memory.len() + count <= MEMORY_BYTES => memory.extend_from_slice(bytes),
            None => {
                let mut new = private::nameless(folder).map_err(Problem::from)?;
                new.write_all(&memory)
                    .and_then(|()| new.write_all(bytes))
                    .map_err(Problem::from)?;
                memory = Vec::new();
                file = Some(new);
            }
        }
    }
    Ok(match file {
        Some(file) => Received::File(file),
        None => Received::Memory(memory),
    })
}

/// 413 with the limit.
pub fn too_large(limit: u64) -> Problem {
    Problem::limit(&BODY_TOO_LARGE, "limits.submission_bytes", limit)
}

fn unread(error: &io::Error, limit: u64, idle: Duration) -> Problem {
    match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(limit),
        io::ErrorKind::TimedOut => {
            Problem::limit(&BODY_TIMEOUT, "limits.idle_timeout", format!("{idle:?}"))
        }
        // The client has broken off; nobody reads this.
        io::ErrorKind::BrokenPipe => Problem::new(&BAD_REQUEST),
        _ => Problem::new(&UNREADABLE).with_detail(
            format!("Le contenu n'est pas compressé comme `Content-Encoding` le dit, ou il est coupé ; en anglais : {error}."),
            format!("The body is not compressed as `Content-Encoding` says, or it is cut off: {error}."),
        ),
    }
}
