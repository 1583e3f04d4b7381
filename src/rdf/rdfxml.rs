//! RDF/XML, one description for each run of triples with the same subject.

use crate::model::Text;
use crate::model::vocabulary::xsd;
use crate::rdf::xml::{WriteError, is_text, text};
use oxrdf::{NamedOrBlankNode, NamedOrBlankNodeRef, TermRef, TripleRef};
use std::io::{self, Write};

/// What is written of a document.
#[derive(Default)]
pub struct RdfXml {
    subject: Option<NamedOrBlankNode>,
    has_begun: bool,
}

impl RdfXml {
    /// Writes the next triple.
    ///
    /// # Errors
    /// When XML cannot hold it, or `out` fails.
    pub fn triple(&mut self, out: &mut dyn Write, triple: TripleRef<'_>) -> Result<(), WriteError> {
        let (namespace, name) = qualified(triple.predicate.as_str())?;
        self.begin(out)?;
        if self.subject.as_ref().map(NamedOrBlankNode::as_ref) != Some(triple.subject) {
            self.close(out)?;
            out.write_all(b"<rdf:Description ")?;
            match triple.subject {
                NamedOrBlankNodeRef::NamedNode(node) => attribute(out, "rdf:about", node.as_str())?,
                NamedOrBlankNodeRef::BlankNode(node) => node_id(out, node.as_str())?,
            }
            out.write_all(b">\n")?;
            self.subject = Some(triple.subject.into_owned());
        }
        let tag = if namespace == RDF {
            format!("rdf:{name}")
        } else {
            format!("p:{name}")
        };
        write!(out, "<{tag}")?;
        if namespace != RDF {
            out.write_all(b" ")?;
            attribute(out, "xmlns:p", namespace)?;
        }
        match triple.object {
            TermRef::NamedNode(node) => {
                out.write_all(b" ")?;
                attribute(out, "rdf:resource", node.as_str())?;
                out.write_all(b"/>\n")?;
            }
            TermRef::BlankNode(node) => {
                out.write_all(b" ")?;
                node_id(out, node.as_str())?;
                out.write_all(b"/>\n")?;
            }
            TermRef::Literal(literal) => {
                if let Some(language) = literal.language() {
                    out.write_all(b" ")?;
                    attribute(out, "xml:lang", language)?;
                } else if literal.datatype() != xsd::STRING {
                    out.write_all(b" ")?;
                    attribute(out, "rdf:datatype", literal.datatype().as_str())?;
                }
                out.write_all(b">")?;
                text(out, literal.value())?;
                writeln!(out, "</{tag}>")?;
            }
        }
        Ok(())
    }

    /// A document whose first lines are written already.
    pub fn going_on() -> Self {
        Self {
            has_begun: true,
            ..Self::default()
        }
    }

    /// Ends the description that is being written, so that another writer can go on.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn pause(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.close(out)
    }

    /// Writes what stands after the triples.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.begin(out)?;
        self.close(out)?;
        out.write_all(b"</rdf:RDF>\n")
    }

    /// Writes what stands before the triples, once.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.has_begun {
            return Ok(());
        }
        self.has_begun = true;
        write!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF xmlns:rdf=\"{RDF}\">\n"
        )
    }

    fn close(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.subject.take().is_some() {
            out.write_all(b"</rdf:Description>\n")?;
        }
        Ok(())
    }
}

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// RDF/XML §7.2.5: these are the syntax's own, or are gone; `rdf:li` would be read as a number.
const NO_PROPERTIES: &[&str] = &[
    "RDF",
    "ID",
    "about",
    "parseType",
    "resource",
    "nodeID",
    "datatype",
    "li",
    "Description",
    "aboutEach",
    "aboutEachPrefix",
    "bagID",
];

/// Whether this property can be an element's name.
///
/// # Errors
/// When it cannot.
pub fn check(predicate: &str) -> Result<(), WriteError> {
    qualified(predicate).map(|_| ())
}

/// Whether an XML document can hold this triple.
pub fn holds(triple: TripleRef<'_>) -> bool {
    let subject = match triple.subject {
        NamedOrBlankNodeRef::NamedNode(node) => is_text(node.as_str()),
        NamedOrBlankNodeRef::BlankNode(_) => true,
    };
    let object = match triple.object {
        TermRef::NamedNode(node) => is_text(node.as_str()),
        TermRef::BlankNode(_) => true,
        TermRef::Literal(literal) => {
            is_text(literal.value()) && is_text(literal.datatype().as_str())
        }
    };
    subject && object && check(triple.predicate.as_str()).is_ok()
}

/// A namespace and a name that XML takes for an element (Namespaces in XML §3), which together
/// are the IRI.
fn qualified(iri: &str) -> Result<(&str, &str), WriteError> {
    let from = iri
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_name(*c))
        .filter(|(_, c)| is_start_of_name(*c))
        .last()
        .map(|(index, _)| index);
    match from.map(|from| iri.split_at(from)) {
        Some((namespace, name))
            if !namespace.is_empty()
                && namespace != "http://www.w3.org/2000/xmlns/"
                && namespace != "http://www.w3.org/XML/1998/namespace"
                && !(namespace == RDF && NO_PROPERTIES.contains(&name)) =>
        {
            Ok((namespace, name))
        }
        _ => Err(WriteError::Unwritable(Text::new(
            format!(
                "La propriété <{iri}> ne peut pas être le nom d'un élément XML. Demandez un autre format, par exemple `format=ttl`."
            ),
            format!(
                "The property <{iri}> cannot be the name of an XML element. Ask for another format, for example `format=ttl`."
            ),
        ))),
    }
}

/// XML 1.0 §2.3, NameStartChar without the colon.
fn is_start_of_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// XML 1.0 §2.3, NameChar without the colon.
fn is_name(c: char) -> bool {
    is_start_of_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}'
            | '\u{203f}'..='\u{2040}')
}

fn attribute(out: &mut dyn Write, name: &str, value: &str) -> Result<(), WriteError> {
    write!(out, "{name}=\"")?;
    text(out, value)?;
    out.write_all(b"\"")?;
    Ok(())
}

/// Labels may begin with a digit, names in XML may not.
fn node_id(out: &mut dyn Write, label: &str) -> Result<(), WriteError> {
    attribute(out, "rdf:nodeID", &format!("b{label}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::vocabulary::rdf;

    #[test]
    fn a_property_is_parted_into_a_namespace_and_a_name_or_refused() {
        for (iri, expected) in [
            ("http://a.example/ns#b", Some(("http://a.example/ns#", "b"))),
            ("http://a.example/2b", Some(("http://a.example/2", "b"))),
            ("http://a.example/été", Some(("http://a.example/", "été"))),
            ("urn:x:y-1.2", Some(("urn:x:", "y-1.2"))),
            ("http://a.example/", None),
            ("http://a.example/12", None),
            ("http://a.example/b?", None),
        ] {
            assert_eq!(qualified(iri).ok(), expected, "{iri}");
        }
        assert!(qualified(&format!("{RDF}li")).is_err());
        assert_eq!(qualified(rdf::TYPE.as_str()).ok(), Some((RDF, "type")));
    }
}
