//! Reading a dump again before anybody gets it, with a reader that shares no code with the one
//! that wrote it: a fault in our writing shows here, not at whoever harvests.

use rio_api::parser::{QuadsParser, TriplesParser};
use rio_turtle::{NQuadsParser, TurtleError, TurtleParser};
use std::io::BufRead;

#[derive(Debug, thiserror::Error)]
pub enum RereadError {
    #[error("the independent reader cannot read it: {0}")]
    Syntax(#[from] TurtleError),
    #[error("{written} triples were written and {read} are read back")]
    Count { written: u64, read: u64 },
}

/// Reads a dump of the named format and compares the number of its triples. A format that the
/// independent reader does not know passes unread; gives whether it was read.
///
/// # Errors
/// When it cannot be read or holds another number of triples.
pub fn reread(format: &str, dump: impl BufRead, written: u64) -> Result<bool, RereadError> {
    let mut read = 0_u64;
    let mut count = || -> Result<(), TurtleError> {
        read += 1;
        Ok(())
    };
    match format {
        "turtle" => TurtleParser::new(dump, None).parse_all(&mut |_| count())?,
        "ntriples" | "nquads" => NQuadsParser::new(dump).parse_all(&mut |_| count())?,
        _ => return Ok(false),
    }
    if read == written {
        Ok(true)
    } else {
        Err(RereadError::Count { written, read })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str =
        "@prefix s: <http://schema.org/> . <http://a.example/1> s:name \"A\", \"B\" .";

    #[test]
    fn a_whole_dump_passes() {
        assert!(matches!(reread("turtle", TWO.as_bytes(), 2), Ok(true)));
        assert!(matches!(reread("jsonld", TWO.as_bytes(), 2), Ok(false)));
    }

    #[test]
    fn a_lost_triple_and_a_cut_file_are_noticed() {
        assert!(matches!(
            reread("turtle", TWO.as_bytes(), 3),
            Err(RereadError::Count { .. })
        ));
        assert!(matches!(
            reread("turtle", &TWO.as_bytes()[..60], 2),
            Err(RereadError::Syntax(_))
        ));
    }
}
