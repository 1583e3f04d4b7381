//! Which characters the bytes of a page or a spreadsheet stand for.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// A text, and how it was written.
pub(crate) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub encoding: &'static Encoding,
}

/// Reads bytes by their byte order mark, else as what they are declared to be, else as UTF-8;
/// what is no UTF-8 is Windows-1252, which every byte can be.
pub(crate) fn decode<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Decoded<'a> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None => (declared.unwrap_or(UTF_8), bytes),
    };
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if had_errors && encoding == UTF_8 {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        return Decoded {
            text,
            encoding: WINDOWS_1252,
        };
    }
    Decoded { text, encoding }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_goes_before_what_is_declared_and_windows_1252_is_the_last_guess() {
        for (bytes, declared, name) in [
            (&b"Th\xc3\xa9\xc3\xa2tre"[..], None, "UTF-8"),
            (
                b"\xef\xbb\xbfTh\xc3\xa9\xc3\xa2tre",
                Some("windows-1252"),
                "UTF-8",
            ),
            (b"Th\xe9\xe2tre", None, "windows-1252"),
            (b"Th\xe9\xe2tre", Some("iso-8859-1"), "windows-1252"),
            (b"\xff\xfeT\0h\0\xe9\0\xe2\0t\0r\0e\0", None, "UTF-16LE"),
        ] {
            let declared = declared.and_then(|label: &str| Encoding::for_label(label.as_bytes()));
            let decoded = decode(bytes, declared);
            assert_eq!(decoded.text, "Théâtre");
            assert_eq!(decoded.encoding.name(), name);
        }
    }
}
