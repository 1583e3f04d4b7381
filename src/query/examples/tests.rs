//! What a file may say, what it may not, and that no value is ever more than a value.

use super::*;
use crate::model::Noid;
use proptest::prelude::*;
use spargebra::algebra::GraphPattern;

fn base() -> Base {
    "https://data.example.org/a".parse().expect("a base")
}

const HEAD: &str = "\
# title (fr): Titre
# title (en): Title
# about (fr): Une phrase,
#   et la suite.
# about (en): One sentence.
# keywords (fr): un, deux mots
# keywords (en): one, two words
";

const FILE: &str = "\
# parameter genre: concept vocab/disciplines, several
#   label (fr): Le genre
#   label (en): The genre
#   example: danse
# parameter ville: text
#   label (fr): La ville
#   label (en): The town
#   example: Aubrelle
# parameter rayon: decimal
#   label (fr): Le rayon
#   label (en): The radius
#   min: 0.5
#   max: 20
#   example: 5
# parameter lieu: entity
#   label (fr): Le lieu
#   label (en): The place
PREFIX sv: <ns#>
SELECT * {
  VALUES ?genre { <vocab/disciplines/theatre> }
  VALUES ?ville { \"Corvaillan\" }
  VALUES (?rayon) { (2.0) }
  VALUES ?lieu { UNDEF }
  ?s sv:x ?genre, ?ville, ?rayon, ?lieu .
  FILTER EXISTS { VALUES ?genre { <vocab/disciplines/theatre> } ?t sv:y ?genre }
}
";

fn read(rest: &str) -> Result<Example, Vec<Fault>> {
    Example::read("essai", &format!("{HEAD}{rest}"), &base())
}

fn example() -> Example {
    read(FILE).expect("it is fine")
}

fn given(values: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    values.iter().map(owned).collect()
}

#[test]
fn a_file_says_what_its_query_is_for_and_which_values_it_takes() {
    let example = example();
    assert_eq!(example.about.fr, "Une phrase, et la suite.");
    assert_eq!(example.keywords.1, ["one", "two words"]);
    assert_eq!(
        example.prefixes,
        [("sv".to_owned(), format!("{}/ns#", base()))]
    );
    let told: Vec<(&str, bool, bool)> = example
        .parameters
        .iter()
        .map(|p| (p.name.as_str(), p.is_several, p.is_optional()))
        .collect();
    assert_eq!(
        told,
        [
            ("genre", true, false),
            ("ville", false, false),
            ("rayon", false, false),
            ("lieu", false, true)
        ]
    );
}

#[test]
fn without_values_it_is_the_query_of_the_file() {
    let example = example();
    let bound = example.bind(&[], &base()).expect("defaults are fine");
    assert_eq!(bound.text, example.text);
    assert_eq!(bound.values["genre"], ["theatre"]);
    assert!(bound.values["lieu"].is_empty());
}

#[test]
fn each_place_of_a_parameter_gets_the_values_that_were_given() {
    let values = given(&[("genre", "danse"), ("genre", "cirque"), ("genre", "danse")]);
    let bound = example().bind(&values, &base()).expect("they are concepts");
    let wanted = "VALUES ?genre { <https://data.example.org/a/vocab/disciplines/danse> <https://data.example.org/a/vocab/disciplines/cirque> }";
    assert_eq!(bound.text.matches(wanted).count(), 2, "{}", bound.text);
    assert_eq!(values::bindings(&mut bound.query.clone())[0].1.len(), 2);
}

#[test]
fn a_wrong_value_is_told_with_its_parameter_what_it_takes_and_an_example() {
    for (name, value, said) in [
        (
            "rayon",
            "loin",
            "`rayon` is `loin`; it takes a number, with a point if it has decimals between 0.5 and 20. For example: `5`.",
        ),
        ("rayon", "21", "`rayon` is `21`"),
        ("rayon", "1e3", "`rayon` is `1e3`"),
        ("genre", "http://elsewhere.example/x", "`genre` is"),
        ("genre", "theatre> } DROP", "`genre` is"),
        ("lieu", "123456789012", "`lieu` is"),
        ("ville", "a\nb", "`ville` is `a b`"),
        (
            "autre",
            "1",
            "There is no parameter `autre`; this query has `genre`, `ville`, `rayon`, `lieu`.",
        ),
    ] {
        let faults = example()
            .bind(&given(&[(name, value)]), &base())
            .expect_err(value);
        assert_eq!(faults.len(), 1, "{value}");
        assert!(
            faults[0].detail.en.starts_with(said),
            "{}",
            faults[0].detail.en
        );
    }
    let twice = given(&[("rayon", "1"), ("rayon", "2")]);
    assert!(example().bind(&twice, &base()).is_err());
    let many: Vec<(String, String)> = (0..=MOST_VALUES)
        .map(|number| ("genre".to_owned(), format!("g{number}")))
        .collect();
    assert!(example().bind(&many, &base()).is_err());
    let several = given(&[("rayon", "x"), ("ville", "\u{7}")]);
    assert_eq!(example().bind(&several, &base()).expect_err("two").len(), 2);
}

#[test]
fn every_type_reads_what_it_spells_and_refuses_what_it_cannot_be() {
    let noid = Noid::mint(&mut |bytes| bytes.fill(3));
    let base = base();
    for (takes, good, bad) in [
        ("iri", "http://a.example/x", "x"),
        ("entity", noid.as_str(), "x"),
        ("concept vocab/disciplines", "danse", "dan se"),
        ("scheme", "disciplines", "disciplines/danse"),
        ("source", "les-rives-vives", "Les Rives"),
        ("profile", "national", ""),
        ("date", "2027-02-28", "2027-02-29"),
        ("date", "2027-02-28", "28/02/2027"),
        ("year", "2027", "27"),
        ("integer", "-12", "1.5"),
        ("integer", "12", "+12"),
        ("decimal", "1.50", "1,50"),
        ("decimal", "1", "1."),
        ("boolean", "true", "yes"),
        ("text", "L’« été » \"x\" '", "\u{0}"),
        ("language", "fr-ca", "français"),
    ] {
        let parameter = Parameter {
            name: "x".to_owned(),
            takes: Type::named(takes, &base).expect(takes),
            is_several: false,
            label: Text::default(),
            min: None,
            max: None,
            among: Vec::new(),
            example: None,
            default: Vec::new(),
        };
        let term = parameter.read(good, &base).expect(good);
        let spelled = parameter.spell(&term, &base);
        assert_eq!(spelled, good);
        assert_eq!(parameter.read(&term_text(&term), &base), Ok(term));
        assert!(parameter.read(bad, &base).is_err(), "{takes} {bad}");
        assert!(
            parameter
                .takes
                .row()
                .name
                .starts_with(takes.split(' ').next().unwrap())
        );
    }
}

/// An IRI in full, else what a literal says.
fn term_text(term: &GroundTerm) -> String {
    match term {
        GroundTerm::NamedNode(iri) => iri.as_str().to_owned(),
        GroundTerm::Literal(literal) => literal.value().to_owned(),
    }
}

#[test]
fn a_value_among_few_may_be_told_by_its_last_part() {
    let file = "\
# parameter statut: iri, several
#   label (fr): Le statut
#   label (en): The status
#   among: http://schema.org/EventCancelled http://schema.org/EventPostponed
#   example: EventPostponed
ASK { VALUES ?statut { <http://schema.org/EventCancelled> } ?s ?p ?statut }
";
    let example = read(file).expect("it is fine");
    let bound = example
        .bind(&given(&[("statut", "EventPostponed")]), &base())
        .expect("known");
    assert_eq!(bound.values["statut"], ["http://schema.org/EventPostponed"]);
    for unknown in ["EventMoved", "http://schema.org/EventMoved"] {
        assert!(
            example
                .bind(&given(&[("statut", unknown)]), &base())
                .is_err()
        );
    }
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_line() {
    let query = "ASK { VALUES ?a { 1 } ?s ?p ?a }\n";
    let parameter =
        "# parameter a: integer\n#   label (fr): A\n#   label (en): A\n#   example: 2\n";
    let lines = HEAD.lines().count();
    for (rest, line, said) in [
        (
            "# colour (fr): rouge\nASK {}".to_owned(),
            lines + 1,
            "`colour (fr)` is not known",
        ),
        (
            "# title (fr): Encore\nASK {}".to_owned(),
            lines + 1,
            "is said above already",
        ),
        (
            "#no space\nASK {}".to_owned(),
            lines + 1,
            "A line of the head is",
        ),
        (
            "ASK {\n ?s ?p }".to_owned(),
            lines + 2,
            "The query cannot be read",
        ),
        (
            "\n\nASK {\n ?s ?p }".to_owned(),
            lines + 4,
            "The query cannot be read",
        ),
        (
            format!("{parameter}ASK {{}}"),
            lines + 1,
            "The query does not bind `a`",
        ),
        (
            format!("# parameter a: number\n{query}"),
            lines + 1,
            "`number` is no type",
        ),
        (
            format!("# parameter format: text\n{query}"),
            lines + 1,
            "`format` cannot name",
        ),
        (
            format!("# parameter a: integer\n#   labels: x\n{query}"),
            lines + 2,
            "`labels` is not known",
        ),
        (
            format!("{parameter}ASK {{ VALUES ?a {{ \"x\" }} ?s ?p ?a }}"),
            lines + 1,
            "`a` is `x`",
        ),
        (
            format!("{parameter}ASK {{ VALUES ?a {{ \"1\" }} ?s ?p ?a }}"),
            lines + 1,
            "would write it otherwise",
        ),
        (
            format!("{parameter}ASK {{ VALUES ?a {{ 1 2 }} ?s ?p ?a }}"),
            lines + 1,
            "`a` has 2 default values",
        ),
        (
            format!("{parameter}ASK {{ {{ VALUES ?a {{ 1 }} }} UNION {{ VALUES ?a {{ 2 }} }} }}"),
            lines + 1,
            "binds `a` to several defaults",
        ),
        (
            parameter.replace("example: 2", "example: two") + query,
            lines + 1,
            "`a` is `two`",
        ),
    ] {
        let faults = read(&rest).expect_err(&rest);
        assert!(
            faults
                .iter()
                .any(|fault| fault.line == line && fault.message.en.contains(said)),
            "{rest}\n{faults:#?}"
        );
    }
    let faults = Example::read("x", query, &base()).expect_err("no head");
    assert_eq!(faults.len(), 6, "{faults:#?}");
}

#[test]
fn a_name_is_what_can_stand_in_an_address_for_good() {
    for name in ["a", "lieux-par-jauge", "a1-2"] {
        assert!(is_name(name), "{name}");
    }
    for name in ["", "-a", "a-", "a--b", "Été", "a_b", "a.b", "../a"] {
        assert!(!is_name(name), "{name}");
    }
}

#[test]
fn a_file_that_is_nested_deeply_is_refused_before_it_is_parsed() {
    let deep = format!("ASK {}{}", "{".repeat(100_000), "}".repeat(100_000));
    let faults = read(&deep).expect_err("too deep");
    assert!(faults[0].message.en.contains("nested"), "{faults:?}");
}

/// The query with a value typed in, as a person would.
fn typed_in(name: &str, term: &GroundTerm) -> Query {
    let text = with_values(&example().text, name, &[Some(term.clone())]);
    parse(&text, &base()).expect("a term is written so that it can be read")
}

proptest! {
    #[test]
    fn putting_a_value_in_equals_the_text_with_the_value_typed_in(
        ville in "[ -~éœ“]{1,40}", rayon in 1_u8..20, genre in "[a-z]{1,12}"
    ) {
        for (name, value) in [("ville", ville), ("rayon", rayon.to_string()), ("genre", genre)] {
            if value.trim().is_empty() {
                continue;
            }
            let bound = example().bind(&given(&[(name, &value)]), &base()).expect("it is fine");
            let term = example().parameter(name).expect("it is there").read(value.trim(), &base());
            let typed = typed_in(name, &term.expect("it is fine"));
            prop_assert_eq!(&typed, &bound.query);
        }
    }

    #[test]
    fn no_value_changes_anything_but_its_own_row(value in ".{0,300}", name in 0_usize..4) {
        let name = ["genre", "ville", "rayon", "lieu"][name];
        let mut plain = example().bind(&[], &base()).expect("defaults are fine").query;
        if let Ok(bound) = example().bind(&given(&[(name, &value)]), &base()) {
            let mut bound = bound.query;
            // With the rows of the parameter taken out, nothing is left that differs.
            for query in [&mut plain, &mut bound] {
                values::bind(query, name, &[]);
            }
            prop_assert_eq!(plain, bound);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(# ?[a-z ()]{0,20}:? ?.{0,30}\n){0,12}.{0,80}") {
        let _ = Example::read("x", &text, &base());
    }
}

#[test]
fn hostile_texts_stay_texts() {
    for value in [
        "\" } DROP ALL #",
        "\\\" } ASK { ?s ?p ?o } #",
        "'''\"\"\"",
        "} UNION { ?s ?p ?o }",
        "<http://a.example/>",
        "\\u0022 }",
    ] {
        let bound = example()
            .bind(&given(&[("ville", value)]), &base())
            .expect(value);
        let mut query = bound.query;
        let rows = values::bindings(&mut query);
        let own = rows
            .iter()
            .find(|(name, _)| name == "ville")
            .expect("it is there");
        let literal = oxrdf::Literal::new_simple_literal(value);
        assert_eq!(own.1, [Some(GroundTerm::Literal(literal))]);
        let Query::Select { pattern, .. } = &query else {
            panic!("it was a SELECT")
        };
        assert!(matches!(pattern, GraphPattern::Project { .. }));
        assert!(parse(&bound.text, &base()).is_some(), "{}", bound.text);
    }
    let huge = "x".repeat(1 << 20);
    assert!(
        example()
            .bind(&given(&[("ville", &huge)]), &base())
            .is_err()
    );
}
