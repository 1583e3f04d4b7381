//! The one bridge to the sophia toolkit: our terms as its terms, and graph isomorphism.

use oxrdf::{NamedNodeRef, TermRef, Triple};
use sophia::api::MownStr;
use sophia::api::quad::Spog;
use sophia::api::term::{BnodeId, IriRef, LanguageTag, Term, TermKind};

/// An oxrdf term that sophia can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Node<'a>(pub TermRef<'a>);

impl Term for Node<'_> {
    type BorrowTerm<'x>
        = Node<'x>
    where
        Self: 'x;

    fn kind(&self) -> TermKind {
        match self.0 {
            TermRef::NamedNode(_) => TermKind::Iri,
            TermRef::BlankNode(_) => TermKind::BlankNode,
            TermRef::Literal(_) => TermKind::Literal,
        }
    }

    fn iri(&self) -> Option<IriRef<MownStr<'_>>> {
        match self.0 {
            TermRef::NamedNode(node) => Some(iri(node)),
            _ => None,
        }
    }

    fn bnode_id(&self) -> Option<BnodeId<MownStr<'_>>> {
        match self.0 {
            TermRef::BlankNode(node) => {
                Some(BnodeId::new_unchecked(MownStr::from_ref(node.as_str())))
            }
            _ => None,
        }
    }

    fn lexical_form(&self) -> Option<MownStr<'_>> {
        match self.0 {
            TermRef::Literal(literal) => Some(MownStr::from_ref(literal.value())),
            _ => None,
        }
    }

    fn datatype(&self) -> Option<IriRef<MownStr<'_>>> {
        match self.0 {
            TermRef::Literal(literal) => Some(iri(literal.datatype())),
            _ => None,
        }
    }

    fn language_tag(&self) -> Option<LanguageTag<MownStr<'_>>> {
        match self.0 {
            TermRef::Literal(literal) => literal
                .language()
                .map(|tag| LanguageTag::new_unchecked(MownStr::from_ref(tag))),
            _ => None,
        }
    }

    fn base_direction(&self) -> Option<sophia::api::term::BaseDirection> {
        None
    }

    fn variable(&self) -> Option<sophia::api::term::VarName<MownStr<'_>>> {
        None
    }

    fn triple(&self) -> Option<[Self::BorrowTerm<'_>; 3]> {
        None
    }

    fn to_triple(self) -> Option<[Self; 3]> {
        None
    }

    fn borrow_term(&self) -> Self::BorrowTerm<'_> {
        *self
    }
}

fn iri(node: NamedNodeRef<'_>) -> IriRef<MownStr<'_>> {
    // oxrdf has checked the IRI, or the caller vouched for it with `new_unchecked`.
    IriRef::new_unchecked(MownStr::from_ref(node.as_str()))
}

/// A triple as sophia's quad in the default graph.
pub(crate) fn quad(triple: &Triple) -> Spog<Node<'_>> {
    let subject = match &triple.subject {
        oxrdf::NamedOrBlankNode::NamedNode(node) => TermRef::from(node),
        oxrdf::NamedOrBlankNode::BlankNode(node) => TermRef::from(node),
    };
    (
        [
            Node(subject),
            Node(TermRef::from(&triple.predicate)),
            Node(triple.object.as_ref()),
        ],
        None,
    )
}

/// Whether two sets of triples are the same up to the labels of their blank nodes.
///
/// # Errors
/// When the blank nodes are too alike to be told apart in reasonable time.
pub fn are_isomorphic(
    a: &[Triple],
    b: &[Triple],
) -> Result<bool, crate::rdf::canonical::CanonicalError> {
    let a: std::collections::HashSet<_> = a.iter().map(quad).collect();
    let b: std::collections::HashSet<_> = b.iter().map(quad).collect();
    sophia::isomorphism::isomorphic_datasets(&a, &b)
        .map_err(|error| crate::rdf::canonical::CanonicalError::TooAlike(error.to_string()))
}
