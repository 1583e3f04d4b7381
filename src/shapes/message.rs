//! A sentence for a shape that has no message of its own.

use crate::shapes::component::{Check, Range};
use crate::shapes::path::Path;
use oxrdf::{Literal, NamedNode, Term};

/// What is wrong, in French and English.
pub(super) fn fallback(check: &Check, path: Option<&Path>) -> Vec<Literal> {
    let (what_fr, what_en) = match path {
        Some(path) => {
            let path = path
                .predicate()
                .map_or_else(|| path.to_string(), |property| local(property.as_str()));
            (format!("`{path}`"), format!("`{path}`"))
        }
        None => ("la ressource".to_owned(), "the resource".to_owned()),
    };
    let (fr, en) = asked(check);
    [
        (format!("{what_fr} : {fr}"), "fr"),
        (format!("{what_en}: {en}"), "en"),
    ]
    .into_iter()
    .map(|(text, language)| Literal::new_language_tagged_literal_unchecked(text, language))
    .collect()
}

fn asked(check: &Check) -> (String, String) {
    let both = |fr: &str, en: &str| (fr.to_owned(), en.to_owned());
    match check {
        Check::Class(class) => {
            let class = name(class);
            (
                format!("la valeur doit être décrite, et être de la classe `{class}`"),
                format!("the value must be described, and be of the class `{class}`"),
            )
        }
        Check::Datatype(datatype) => {
            let datatype = local(datatype.as_str());
            (
                format!("la valeur doit être du type `{datatype}`"),
                format!("the value must be of the type `{datatype}`"),
            )
        }
        Check::NodeKind(kind) => (
            format!("la valeur doit être de la sorte `{}`", kind.name),
            format!("the value must be of the kind `{}`", kind.name),
        ),
        Check::MinCount(least) => (
            format!("il faut au moins {least} valeur(s)"),
            format!("at least {least} value(s) are needed"),
        ),
        Check::MaxCount(most) => (
            format!("il y a trop de valeurs, {most} au plus"),
            format!("there are too many values, {most} at most"),
        ),
        Check::Range { bound, allowed } => {
            let bound = name(bound);
            let (fr, en) = match allowed {
                Range::MinExclusive => ("supérieure à", "greater than"),
                Range::MinInclusive => ("au moins", "at least"),
                Range::MaxExclusive => ("inférieure à", "less than"),
                Range::MaxInclusive => ("au plus", "at most"),
            };
            (
                format!("la valeur doit être {fr} {bound}"),
                format!("the value must be {en} {bound}"),
            )
        }
        Check::MinLength(least) => (
            format!("la valeur doit avoir au moins {least} caractère(s)"),
            format!("the value must have at least {least} character(s)"),
        ),
        Check::MaxLength(most) => (
            format!("la valeur doit avoir {most} caractère(s) au plus"),
            format!("the value must have {most} character(s) at most"),
        ),
        Check::Pattern(regex) => (
            format!("la valeur doit avoir la forme `{regex}`"),
            format!("the value must have the form `{regex}`"),
        ),
        Check::LanguageIn(languages) => {
            let (fr, en) = some_of(languages.iter().cloned());
            (
                format!("la langue du texte doit être indiquée, parmi : {fr}"),
                format!("the text's language must be given, one of: {en}"),
            )
        }
        Check::UniqueLang => both(
            "il y a plusieurs valeurs dans une même langue",
            "there are several values in the same language",
        ),
        Check::Equals(property) => pair(property, "les mêmes valeurs que", "the same values as"),
        Check::Disjoint(property) => pair(property, "d'autres valeurs que", "other values than"),
        Check::LessThan(property) => pair(property, "une valeur inférieure à", "a value less than"),
        Check::LessThanOrEquals(property) => pair(
            property,
            "une valeur inférieure ou égale à",
            "a value less than or equal to",
        ),
        Check::Not(_) => both(
            "la valeur est de celles qui sont exclues",
            "the value is one of those that are excluded",
        ),
        Check::And(_) | Check::Node(_) | Check::Property(_) => both(
            "la valeur ne remplit pas toutes les conditions",
            "the value does not meet all the conditions",
        ),
        Check::Or(_) => both(
            "la valeur ne remplit aucune des conditions possibles",
            "the value meets none of the possible conditions",
        ),
        Check::Xone(_) => both(
            "la valeur doit remplir exactement une des conditions possibles",
            "the value must meet exactly one of the possible conditions",
        ),
        Check::QualifiedMinCount(qualified) => (
            format!(
                "il faut au moins {} valeur(s) qui conviennent",
                qualified.count
            ),
            format!("at least {} fitting value(s) are needed", qualified.count),
        ),
        Check::QualifiedMaxCount(qualified) => (
            format!("{} valeur(s) de cette sorte au plus", qualified.count),
            format!("{} value(s) of this kind at most", qualified.count),
        ),
        Check::Closed(_) => both(
            "cette propriété n'est pas prévue ici",
            "this property is not foreseen here",
        ),
        Check::HasValue(value) => {
            let value = name(value);
            (
                format!("la valeur `{value}` manque"),
                format!("the value `{value}` is missing"),
            )
        }
        Check::Query(query) => match query.declared_component() {
            None => both(
                "une condition que la requête de la règle exprime n'est pas remplie",
                "a condition that the rule's query expresses is not met",
            ),
            Some(component) => {
                let component = local(component.as_str());
                (
                    format!("la condition `{component}` n'est pas remplie"),
                    format!("the condition `{component}` is not met"),
                )
            }
        },
        Check::In(list) => {
            let (fr, en) = some_of(list.iter().map(name));
            (
                format!("la valeur doit être l'une de : {fr}"),
                format!("the value must be one of: {en}"),
            )
        }
    }
}

/// How many members of a list are named.
const NAMED: usize = 20;

/// The first members of a list, and how many more there are, in French and English.
fn some_of(list: impl ExactSizeIterator<Item = String>) -> (String, String) {
    let more = list.len().saturating_sub(NAMED);
    let named = list.take(NAMED).collect::<Vec<_>>().join(", ");
    if more == 0 {
        return (named.clone(), named);
    }
    (
        format!("{named}, … et {more} de plus"),
        format!("{named}, … and {more} more"),
    )
}

fn pair(property: &NamedNode, fr: &str, en: &str) -> (String, String) {
    let property = local(property.as_str());
    (
        format!("il faut {fr} `{property}`"),
        format!("{en} `{property}` needed"),
    )
}

fn name(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => local(iri.as_str()),
        Term::BlankNode(node) => node.to_string(),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}

fn local(iri: &str) -> String {
    iri.rsplit(['#', '/'])
        .find(|part| !part.is_empty())
        .unwrap_or(iri)
        .to_owned()
}
