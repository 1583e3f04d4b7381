//! Messages with names in them: `{?name}` and `{$name}` (SHACL §5.3.2).

use oxrdf::{Literal, Term};

/// The message with the values of its names; a name without a value stays as it is written.
pub(super) fn fill(message: &Literal, value: impl Fn(&str) -> Option<String>) -> Literal {
    let filled = filled(message.value(), value);
    match message.language() {
        Some(language) => Literal::new_language_tagged_literal_unchecked(filled, language),
        None => Literal::new_simple_literal(filled),
    }
}

fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let found = name(from).and_then(|name| Some((name, value(name)?)));
        let (put, length) = match &found {
            // The two brackets and the sign before the name.
            Some((name, value)) => (&**value, name.len() + 3),
            None => ("{", 1),
        };
        filled.push_str(put);
        rest = from.get(length..).unwrap_or_default();
    }
    filled.push_str(rest);
    filled
}

/// The name in the brackets that the text begins with.
fn name(text: &str) -> Option<&str> {
    let inner = text
        .strip_prefix("{?")
        .or_else(|| text.strip_prefix("{$"))?;
    let (name, _) = inner.split_once('}')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(name)
}

/// How a term reads in a message.
pub(super) fn readable(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::BlankNode(node) => node.to_string(),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_and_other_brackets_stay() {
        let value = |name: &str| (name == "a").then(|| "{?a} é".to_owned());
        for (text, expected) in [
            ("{?a}|{$a}", "{?a} é|{?a} é"),
            ("{?b} {a} {?a", "{?b} {a} {?a"),
            ("{{?a}}", "{{?a} é}"),
            ("{?} {$} {", "{?} {$} {"),
            ("été {?a}", "été {?a} é"),
        ] {
            assert_eq!(filled(text, value), expected);
        }
    }

    #[test]
    fn the_language_of_a_message_stays() {
        let message = Literal::new_language_tagged_literal_unchecked("{?a}", "fr");
        let filled = fill(&message, |_| Some("b".to_owned()));
        assert_eq!(
            filled,
            Literal::new_language_tagged_literal_unchecked("b", "fr")
        );
    }
}
