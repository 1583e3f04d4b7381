//! Solutions and truth values.

use crate::query::Writes;
use crate::query::write::{WriteError, csv, tsv, xml};
use oxrdf::{Term, Variable};
use sparesults::{QueryResultsFormat, QueryResultsSerializer, WriterSolutionsSerializer};
use std::io::{self, Write};

/// A table that is being written.
pub struct Solutions<'w> {
    variables: Vec<Variable>,
    out: Out<'w>,
}

enum Out<'w> {
    Json(WriterSolutionsSerializer<&'w mut dyn Write>),
    Xml(&'w mut dyn Write),
    Csv(&'w mut dyn Write),
    Tsv(&'w mut dyn Write),
}

impl<'w> Solutions<'w> {
    /// Writes what stands before the solutions.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(
        out: &'w mut dyn Write,
        writes: Writes,
        variables: &[Variable],
    ) -> Result<Self, WriteError> {
        let out = match writes {
            Writes::Xml => {
                xml::head(out, variables)?;
                Out::Xml(out)
            }
            Writes::Csv => {
                csv::head(out, variables)?;
                Out::Csv(out)
            }
            Writes::Tsv => {
                tsv::head(out, variables)?;
                Out::Tsv(out)
            }
            _ => Out::Json(
                QueryResultsSerializer::from_format(QueryResultsFormat::Json)
                    .serialize_solutions_to_writer(out, variables.to_vec())?,
            ),
        };
        Ok(Self {
            variables: variables.to_vec(),
            out,
        })
    }

    /// Writes one solution: a value or nothing for each of the variables.
    ///
    /// # Errors
    /// When the format cannot hold it, or `out` fails.
    pub fn write(&mut self, values: &[Option<Term>]) -> Result<(), WriteError> {
        let bound = || values.iter().map(Option::as_ref);
        match &mut self.out {
            Out::Json(serializer) => serializer.serialize(
                self.variables
                    .iter()
                    .zip(bound())
                    .filter_map(|(variable, value)| Some((variable, value?))),
            )?,
            Out::Xml(out) => xml::row(out, &self.variables, &bound().collect::<Vec<_>>())?,
            Out::Csv(out) => csv::row(out, &bound().collect::<Vec<_>>())?,
            Out::Tsv(out) => tsv::row(out, &bound().collect::<Vec<_>>())?,
        }
        Ok(())
    }

    /// Writes what stands after them.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(self) -> io::Result<()> {
        match self.out {
            Out::Json(serializer) => serializer.finish().map(|_| ()),
            Out::Xml(out) => xml::end(out),
            Out::Csv(_) | Out::Tsv(_) => Ok(()),
        }
    }
}

/// Writes a truth value. CSV and TSV have no way to say one of their own: it is the lone word.
///
/// # Errors
/// Those of `out`.
pub fn truth(out: &mut dyn Write, writes: Writes, value: bool) -> io::Result<()> {
    match writes {
        Writes::Xml => xml::truth(out, value),
        Writes::Csv | Writes::Tsv => write!(out, "{value}"),
        _ => QueryResultsSerializer::from_format(QueryResultsFormat::Json)
            .serialize_boolean_to_writer(out, value)
            .map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{BlankNode, Literal, NamedNode};
    use proptest::prelude::*;
    use sparesults::{QueryResultsParser, SliceQueryResultsParserOutput};

    fn written(
        writes: Writes,
        variables: &[Variable],
        rows: &[Vec<Option<Term>>],
    ) -> Result<Vec<u8>, WriteError> {
        let mut bytes = Vec::new();
        let mut solutions = Solutions::begin(&mut bytes, writes, variables)?;
        for row in rows {
            solutions.write(row)?;
        }
        solutions.end()?;
        Ok(bytes)
    }

    fn read(format: QueryResultsFormat, bytes: &[u8]) -> Vec<Vec<Option<Term>>> {
        let parser = QueryResultsParser::from_format(format);
        match parser.for_slice(bytes).expect("it can be read") {
            SliceQueryResultsParserOutput::Solutions(solutions) => solutions
                .map(|row| row.expect("it can be read").values().to_vec())
                .collect(),
            SliceQueryResultsParserOutput::Boolean(value) => panic!("{value}"),
        }
    }

    fn term() -> impl Strategy<Value = Option<Term>> {
        // Every character that some format has an escape for, and any other.
        let text = proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(vec![
                    '"',
                    '\\',
                    ',',
                    '\n',
                    '\r',
                    '\t',
                    '<',
                    '>',
                    '&',
                    '\'',
                    ' ',
                    '\u{7f}',
                    'é',
                    '\u{85}',
                    '\u{2028}',
                    '\u{fffd}',
                    '\u{10ffff}',
                    '@',
                    '^',
                    '_',
                    '.',
                    '1',
                ]),
                any::<char>().prop_filter("XML has it", |c| !c.is_control()
                    && !matches!(c, '\u{fffe}' | '\u{ffff}')),
            ],
            0..12,
        )
        .prop_map(|chars| chars.into_iter().collect::<String>());
        let number = proptest::sample::select(vec!["1", "-1.50", "1.0E3", "01", "1.", "true", "x"]);
        let datatype = proptest::sample::select(vec!["integer", "decimal", "double", "boolean"]);
        prop_oneof![
            Just(None),
            text.clone()
                .prop_map(|text| Some(Literal::new_simple_literal(text).into())),
            text.prop_map(|text| Some(
                Literal::new_language_tagged_literal_unchecked(text, "fr-ca").into()
            )),
            (number, datatype).prop_map(|(text, datatype)| {
                let datatype = format!("http://www.w3.org/2001/XMLSchema#{datatype}");
                let datatype = NamedNode::new_unchecked(datatype);
                Some(Literal::new_typed_literal(text, datatype).into())
            }),
            Just(Some(
                NamedNode::new_unchecked("http://a.example/é,b?c='d'&e").into()
            )),
            Just(Some(BlankNode::new_unchecked("b1").into())),
        ]
    }

    proptest! {
        #[test]
        fn every_format_but_csv_gives_back_what_was_written(
            rows in proptest::collection::vec(proptest::collection::vec(term(), 2), 0..6)
        ) {
            let variables = ["a", "été"].map(Variable::new_unchecked);
            for (writes, format) in [
                (Writes::Json, QueryResultsFormat::Json),
                (Writes::Xml, QueryResultsFormat::Xml),
                (Writes::Tsv, QueryResultsFormat::Tsv),
            ] {
                let bytes = written(writes, &variables, &rows).expect("it can be written");
                prop_assert_eq!(&read(format, &bytes), &rows, "{:?}", writes);
            }
        }

        #[test]
        fn csv_gives_back_every_text(
            rows in proptest::collection::vec(proptest::collection::vec(term(), 1..3), 1..6)
        ) {
            let width = rows.first().map_or(1, Vec::len);
            let rows: Vec<_> = rows.into_iter().filter(|row| row.len() == width).collect();
            let variables: Vec<_> = ["a", "b"].iter().take(width)
                .map(|name| Variable::new_unchecked(*name)).collect();
            let bytes = written(Writes::Csv, &variables, &rows).expect("it can be written");
            let mut reader = ::csv::ReaderBuilder::new().terminator(::csv::Terminator::CRLF)
                .from_reader(&bytes[..]);
            let texts: Vec<Vec<String>> = reader.records()
                .map(|row| row.expect("CSV").iter().map(str::to_owned).collect()).collect();
            let expected: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|term| match term {
                None => String::new(),
                Some(Term::NamedNode(node)) => node.as_str().to_owned(),
                Some(Term::BlankNode(node)) => node.to_string(),
                Some(Term::Literal(literal)) => literal.value().to_owned(),
            }).collect()).collect();
            prop_assert_eq!(texts, expected);
        }
    }

    #[test]
    fn lines_end_as_the_recommendation_says() {
        let variables = ["x", "y"].map(Variable::new_unchecked);
        let rows = vec![
            vec![Some(Literal::new_simple_literal("a \"b\"\n,").into()), None],
            vec![None, Some(Literal::from(5).into())],
        ];
        let csv = written(Writes::Csv, &variables, &rows).expect("it can be written");
        assert_eq!(
            String::from_utf8_lossy(&csv),
            "x,y\r\n\"a \"\"b\"\"\n,\",\r\n,5\r\n"
        );
        let tsv = written(Writes::Tsv, &variables, &rows).expect("it can be written");
        assert_eq!(
            String::from_utf8_lossy(&tsv),
            "?x\t?y\n\"a \\\"b\\\"\\n,\"\t\n\t5\n"
        );
    }

    #[test]
    fn what_xml_cannot_hold_is_refused_and_the_others_have_it() {
        let variables = [Variable::new_unchecked("x")];
        for c in ['\0', '\u{b}', '\u{1f}', '\u{ffff}'] {
            let rows = vec![vec![Some(Literal::new_simple_literal(c).into())]];
            let refused = written(Writes::Xml, &variables, &rows);
            assert!(matches!(refused, Err(WriteError::Unwritable(_))), "{c:?}");
            for (writes, format) in [
                (Writes::Json, QueryResultsFormat::Json),
                (Writes::Tsv, QueryResultsFormat::Tsv),
            ] {
                let bytes = written(writes, &variables, &rows).expect("it can be written");
                assert_eq!(read(format, &bytes), rows, "{writes:?} {c:?}");
            }
        }
    }
}
