//! One file of a release while it is written, in each of the compressions.

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Fixed, as the same data give the same bytes.
pub const GZIP_LEVEL: u32 = 6;
/// Fixed, as the same data give the same bytes.
pub const ZSTD_LEVEL: i32 = 3;
/// How far back it looks, as a power of two: some twenty files are packed at once, and each keeps
/// so much in memory.
const ZSTD_WINDOW_LOG: u32 = 19;
const BUFFER_BYTES: usize = 64 << 10;

/// What is written of a file on the disk.
#[derive(Clone, Debug)]
pub struct Packed {
    /// `gzip` or `zstd`.
    pub compression: &'static str,
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
}

/// Takes bytes and writes them into two files, one with gzip and one with zstd.
pub struct Both {
    gzip: GzEncoder<Hashed<File>>,
    zstd: zstd::Encoder<'static, Hashed<File>>,
    bytes: u64,
}

impl Both {
    /// Writes into `{path}.gz` and `{path}.zst`.
    ///
    /// # Errors
    /// When one of them cannot be made.
    pub fn create(path: &Path) -> io::Result<BufWriter<Self>> {
        let mut zstd = zstd::Encoder::new(Hashed::create(&packed(path, "zst"))?, ZSTD_LEVEL)?;
        zstd.include_checksum(true)?;
        zstd.window_log(ZSTD_WINDOW_LOG)?;
        let both = Self {
            // Without a time in its header.
            gzip: GzBuilder::new().mtime(0).write(
                Hashed::create(&packed(path, "gz"))?,
                Compression::new(GZIP_LEVEL),
            ),
            zstd,
            bytes: 0,
        };
        Ok(BufWriter::with_capacity(BUFFER_BYTES, both))
    }

    /// Waits until both are on the disk. Gives how many bytes were taken, and what became of them.
    ///
    /// # Errors
    /// When the disk does not take them.
    pub fn finish(self) -> io::Result<(u64, [Packed; 2])> {
        let packed = [
            self.gzip.finish()?.finish("gzip")?,
            self.zstd.finish()?.finish("zstd")?,
        ];
        Ok((self.bytes, packed))
    }
}

impl Write for Both {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gzip.write_all(bytes)?;
        self.zstd.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // What the compressions still hold belongs to blocks that are not full.
        Ok(())
    }
}

/// One compression alone, as the state of the log has it.
pub struct Zstd(zstd::Encoder<'static, Hashed<File>>, u64);

impl Zstd {
    /// Writes into `{path}.zst`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path) -> io::Result<BufWriter<Self>> {
        let mut zstd = zstd::Encoder::new(Hashed::create(&packed(path, "zst"))?, ZSTD_LEVEL)?;
        zstd.include_checksum(true)?;
        zstd.window_log(ZSTD_WINDOW_LOG)?;
        Ok(BufWriter::with_capacity(BUFFER_BYTES, Self(zstd, 0)))
    }

    /// As [`Both::finish`].
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn finish(self) -> io::Result<(u64, Packed)> {
        Ok((self.1, self.0.finish()?.finish("zstd")?))
    }
}

impl Write for Zstd {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(bytes)?;
        self.1 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The path with one ending more.
pub fn packed(path: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Counts and hashes what is written through it.
pub struct Hashed<W: Write> {
    inner: BufWriter<W>,
    hasher: Sha256,
    bytes: u64,
}

impl Hashed<File> {
    /// # Errors
    /// When the file is there already or cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            inner: BufWriter::with_capacity(BUFFER_BYTES, File::create_new(path)?),
            hasher: Sha256::new(),
            bytes: 0,
        })
    }

    /// Waits until it is on the disk.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn finish(self, compression: &'static str) -> io::Result<Packed> {
        let file = self
            .inner
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let sha256 = self
            .hasher
            .finalize()
            .iter()
            .fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
        Ok(Packed {
            compression,
            bytes: self.bytes,
            sha256,
        })
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
