//! gzip and zstd, told by their first bytes, unpacked before anything else is done.
//!
//! What is unpacked is measured first, through a small buffer, and kept only when it stays within
//! its limit: a bomb of a gigabyte costs the time to count to the limit and no memory.

use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::{self, Read};

/// The most memory that one zstd frame may ask for, as a power of two: what `zstd --ultra` writes
/// without `--long`.
const ZSTD_WINDOW_LOG: u32 = 27;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    const ALL: [Self; 2] = [Self::Gzip, Self::Zstd];

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Endings of file names, without the dot.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Gzip => &["gz", "gzip"],
            Self::Zstd => &["zst", "zstd"],
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        // RFC 1952 §2.3.1; RFC 8878 §3.1.1, and §3.1.2 for a skippable frame that comes first.
        match bytes {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Why something compressed could not be unpacked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompressionError {
    #[error(
        "unpacked, it is larger than `limits.submission_bytes`, which is {limit_bytes} bytes; send it in parts, or raise the limit"
    )]
    TooLarge { limit_bytes: usize },
    #[error(
        "it cannot be unpacked as {compression}: {reason}; it was probably cut off, send it again"
    )]
    Broken {
        compression: &'static str,
        reason: String,
    },
    #[error("it is compressed twice, as {inner} inside {outer}; compress it once")]
    Nested {
        outer: &'static str,
        inner: &'static str,
    },
}

/// The bytes as they were before they were compressed with gzip or zstd, in one part or several;
/// as they are when they were not.
///
/// # Errors
/// When there are more than `limit_bytes` of them, when they are damaged, or compressed twice.
/// Never needs more memory than `limit_bytes` and one zstd window.
pub fn decompress(bytes: &[u8], limit_bytes: usize) -> Result<Cow<'_, [u8]>, CompressionError> {
    let Some(compression) = Compression::of(bytes) else {
        return Ok(Cow::Borrowed(bytes));
    };
    let broken = |error: io::Error| CompressionError::Broken {
        compression: compression.name(),
        reason: error.to_string(),
    };
    let limit = u64::try_from(limit_bytes).unwrap_or(u64::MAX);
    let counted = opened(compression, bytes)
        .and_then(|reader| io::copy(&mut reader.take(limit.saturating_add(1)), &mut io::sink()))
        .map_err(broken)?;
    if counted > limit {
        return Err(CompressionError::TooLarge { limit_bytes });
    }
    let mut unpacked = Vec::with_capacity(usize::try_from(counted).unwrap_or_default());
    opened(compression, bytes)
        .and_then(|reader| reader.take(limit).read_to_end(&mut unpacked))
        .map_err(broken)?;
    match Compression::of(&unpacked) {
        Some(inner) => Err(CompressionError::Nested {
            outer: compression.name(),
            inner: inner.name(),
        }),
        None => Ok(Cow::Owned(unpacked)),
    }
}

fn opened(compression: Compression, bytes: &[u8]) -> io::Result<Box<dyn Read + '_>> {
    Ok(match compression {
        Compression::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
    })
}

/// A file name without the ending that says how it is compressed.
pub fn without_ending(name: &str) -> &str {
    name.rsplit_once('.')
        .filter(|(_, ending)| is_ending(ending))
        .map_or(name, |(name, _)| name)
}

/// All endings, for docs.
pub fn endings() -> impl Iterator<Item = &'static str> {
    Compression::ALL
        .into_iter()
        .flat_map(|compression| compression.endings().iter().copied())
}

fn is_ending(text: &str) -> bool {
    endings().any(|ending| ending.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(bytes, 3).expect("memory")
    }

    #[test]
    fn several_members_or_frames_are_one_text() {
        for pack in [gzip, zstd] {
            let two = [pack(b"un "), pack(b"deux")].concat();
            assert_eq!(decompress(&two, 7).as_deref(), Ok(&b"un deux"[..]));
            assert_eq!(
                decompress(&two, 6),
                Err(CompressionError::TooLarge { limit_bytes: 6 })
            );
        }
        assert_eq!(decompress(b"deux", 1).as_deref(), Ok(&b"deux"[..]));
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_an_error() {
        for pack in [gzip, zstd] {
            let whole = pack("Théâtre des Tilleuls, ".repeat(20).as_bytes());
            for end in 4..whole.len() {
                let cut = whole.get(..end).expect("within");
                assert!(
                    matches!(decompress(cut, 1000), Err(CompressionError::Broken { .. })),
                    "{end}"
                );
            }
        }
    }

    #[test]
    fn twice_is_refused_whatever_the_two_are() {
        for inner in [gzip, zstd] {
            for outer in [gzip, zstd] {
                let error = decompress(&outer(&inner(b"x")), 1000).expect_err("twice");
                assert!(error.to_string().contains("compressed twice"), "{error}");
            }
        }
    }

    #[test]
    fn endings_are_taken_off_once() {
        assert_eq!(without_ending("a/programme.csv.GZ"), "a/programme.csv");
        assert_eq!(without_ending("programme.csv"), "programme.csv");
        assert_eq!(without_ending("x.zst.gz"), "x.zst");
    }
}
