//! The second stage of the door: what was read, brought to the form of the model.
//!
//! A pure function: the same submission, source and vocabulary give the same result, and what
//! comes out goes through a second time unchanged (but for the labels of blank nodes). Nothing
//! is judged here: what cannot be read stays as it is, for validation to refuse, with a finding
//! that says how to write it. Everything that is rewritten or left out is told.
//!
//! A new rule is one row in [`RULES`], from which `docs/reference/normalisation.md` derives, and
//! a function in the file of its subject, called in [`normalise`].

mod canonical;
mod contributions;
mod dates;
mod draft;
mod events;
mod nested;
mod schedule;
mod terms;
mod text;
mod values;

use crate::ingest::vocabulary::Vocabulary;
use crate::model::kind::Kinds;
use crate::model::property::Properties;
use crate::model::{Base, Finding, Normalisation, Source};
use crate::rdf::Graph;
use draft::Draft;
use indexmap::IndexSet;
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use rustc_hash::FxBuildHasher;

/// One rule of normalisation, as help and docs show it.
#[derive(Debug)]
pub struct Rule {
    /// The number in reports. 1 to 12 are those of the data model.
    pub number: u8,
    /// A stable name.
    pub name: &'static str,
    /// What it does: French, English.
    pub about: (&'static str, &'static str),
    /// Something that it rewrites, in Turtle with the usual prefixes. The reference shows what the
    /// normaliser makes of it.
    pub example: &'static str,
}

/// In the order of their numbers; the steps run in the order that [`normalise`] shows.
pub static RULES: &[Rule] = &[
    Rule {
        number: 1,
        name: "schema-org",
        about: (
            "Les termes de schema.org écrits en `https://schema.org/` (classes, propriétés, valeurs d’énumération, types de données) prennent la forme `http://schema.org/`.",
            "Terms of schema.org written with `https://schema.org/` (classes, properties, members of enumerations) take the form `http://schema.org/`.",
        ),
        example: r#"<42> a <https://schema.org/TheaterEvent> ; <https://schema.org/name> "Le Cid" ."#,
    },
    Rule {
        number: 2,
        name: "dates",
        about: (
            "Les dates et heures en texte, avec ou sans langue, ou typées schema:Date ou schema:DateTime, deviennent xsd:date ou xsd:dateTime ; les durées (`1h30`, `PT90M`) deviennent xsd:duration ; une année ou un mois seuls, pour une date de création, xsd:gYear ou xsd:gYearMonth. Ce qui n’est pas lisible sans deviner (`31/12/2026`) reste tel quel, avec un constat qui dit comment l’écrire.",
            "Dates and times given as text, with or without a language, or typed schema:Date or schema:DateTime, become xsd:date or xsd:dateTime; durations (`1h30`, `PT90M`) become xsd:duration; a year or month alone, for a date of creation, xsd:gYear or xsd:gYearMonth. What cannot be read without guessing (`31/12/2026`) stays as it is, with a finding that says how to write it.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:startDate "2026-11-25 20:30" ; schema:duration "1h30" ."#,
    },
    Rule {
        number: 3,
        name: "offsets",
        about: (
            "Chaque heure reçoit le décalage de son fuseau : celui du lieu (code commune, code postal, région ou pays de son adresse, du lieu qui le contient, ou de la série), sinon celui de la source. Une heure en `Z` y est convertie, sauf si la source déclare que son `Z` veut dire heure locale. L’heure sautée au printemps avance d’une heure ; des deux heures d’automne, c’est la première. La fin prend le type du début : un jour devient la dernière seconde de ce jour, une heure devient son jour. Un début à minuit sans fin est signalé : heure sans doute inconnue.",
            "Each time gets the offset of its zone: that of the place (INSEE code, postal code, region or country of its address, of the place that contains it, or of the series), else that of the source. A time in `Z` is converted to it, unless the source is declared to mean local time by `Z`. The hour that spring skips moves on by an hour; of the two in autumn it is the first. An end takes the datatype of its start: a day becomes the last second of that day, a time becomes its day. A start at midnight without an end is pointed out: the time is probably not known.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:startDate "2026-11-25T20:30:00"^^xsd:dateTime ;
    schema:location [ a schema:Place ; schema:address [ a schema:PostalAddress ; schema:postalCode "97400" ] ] ."#,
    },
    Rule {
        number: 4,
        name: "enumerations",
        about: (
            "Les textes là où un terme est attendu deviennent son IRI : statut, mode de participation, disponibilité (`EventCancelled`, `https://schema.org/EventCancelled`, `annulé`), et les libellés français ou anglais des vocabulaires (genre, accès, accessibilité, avertissement, fonction), sans égard à la casse et aux accents. L’IRI d’un concept d’un autre vocabulaire (Artsdata, Wikidata, SAPA) qui correspond exactement à l’un des nôtres devient le nôtre.",
            "Texts where a term is expected become its IRI: status, attendance mode, availability (`EventCancelled`, `https://schema.org/EventCancelled`, `annulé`), and the French or English labels of the vocabularies (genre, admission, accessibility, warning, function), whatever their case and accents. The IRI of a concept of another vocabulary (Artsdata, Wikidata, SAPA) that is an exact match of one of ours becomes ours.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:eventStatus "EventCancelled" .
<cid> a ado:LivePerformanceWork ; schema:genre "Danse contemporaine", wd:Q1344 ."#,
    },
    Rule {
        number: 5,
        name: "booleans",
        about: (
            "Les textes « True », « faux », « oui », « no », « 1 » des propriétés vraies ou fausses deviennent xsd:boolean.",
            "The texts “True”, “faux”, “oui”, “no”, “1” of true-or-false properties become xsd:boolean.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:isAccessibleForFree "True" ."#,
    },
    Rule {
        number: 6,
        name: "text",
        about: (
            "Les textes perdent les espaces superflues, les caractères invisibles et le HTML, et sont en Unicode NFC. Une description garde ses paragraphes ; les scripts disparaissent avec leur contenu. Un texte vide est laissé de côté.",
            "Texts lose superfluous spaces, invisible characters and HTML, and are in Unicode NFC. A description keeps its paragraphs; scripts go with their content. An empty text is left out.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:name " <b>Le&nbsp;Cid</b> " ."#,
    },
    Rule {
        number: 7,
        name: "prices",
        about: (
            "Les prix en texte (« 12,50 € », « €12 », « gratuit ») deviennent un décimal, et la monnaie `priceCurrency`. Plusieurs prix dans un texte, ou `1.250` qui peut se lire de deux façons, restent tels quels, avec un constat.",
            "Prices given as text (“12,50 €”, “€12”, “free”) become a decimal, and the currency a `priceCurrency`. Several prices in one text, or `1.250`, which reads two ways, stay as they are, with a finding.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:offers [ a schema:Offer ; schema:price "12,50 €" ] ."#,
    },
    Rule {
        number: 8,
        name: "postal-codes",
        about: (
            "Les codes postaux sont des textes ; un nombre de quatre chiffres, en France ou sans pays, retrouve son zéro.",
            "Postal codes are text; a number of four digits, in France or without a country, gets its zero back.",
        ),
        example: "<rivage> a schema:Place ; schema:address [ a schema:PostalAddress ; schema:postalCode 1000 ] .",
    },
    Rule {
        number: 9,
        name: "nested",
        about: (
            "Un nom seul comme lieu, organisateur ou œuvre jouée devient une description qui porte ce nom, et une description imbriquée sans classe reçoit celle que sa propriété annonce. Les nœuds anonymes deviennent ensuite des entités ou des parties.",
            "A bare name as location, organiser or work performed becomes a description with that name, and a nested description without a class gets the one that its property announces. Blank nodes then become entities or parts.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:location "Théâtre du Rivage" ."#,
    },
    Rule {
        number: 10,
        name: "datatourisme",
        about: (
            "Les deux espaces de noms de DATAtourisme n’en font qu’un.",
            "Both namespaces of DATAtourisme become one.",
        ),
        example: "<42> a <https://www.datatourisme.gouv.fr/ontology/core#ShowEvent> .",
    },
    Rule {
        number: 11,
        name: "canonical-literals",
        about: (
            "Les nombres, dates, heures, durées et booléens s’écrivent comme la base les rend. Un texte qui ne convient pas à son type reste tel quel, pour que la validation le dise.",
            "Numbers, dates, times, durations and booleans are written as the store gives them back. A text that does not fit its datatype stays as it is, for validation to say so.",
        ),
        example: "<42> a schema:PerformingArtsEvent ; schema:offers [ a schema:Offer ; schema:price 25.00 ] .",
    },
    Rule {
        number: 12,
        name: "unknown-terms",
        about: (
            "Les propriétés et classes étrangères aux vocabulaires du modèle ne sont pas reprises, sauf si les réglages de la source nomment leur espace de noms.",
            "Properties and classes outside the vocabularies of the model are left out, unless the settings of the source name their namespace.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; <http://example.org/internal#code> "A7" ."#,
    },
    Rule {
        number: 13,
        name: "links",
        about: (
            "Les adresses en texte deviennent des IRI ; celles qui ne mènent pas au web (`javascript:`, `data:`) ne sont pas reprises. Les identifiants externes (ISNI, VIAF, IdRef, BnF, Wikidata, ORCID, MusicBrainz, Artsdata) prennent leur forme canonique, aussi quand ils sont donnés par `propertyID` et `value`. Une clé de contrôle fausse (ISNI, ORCID, SIRET, SIREN) est signalée, et l’identifiant ne sert pas au rapprochement.",
            "Addresses given as text become IRIs; those that do not lead to the web (`javascript:`, `data:`) are left out. External identifiers (ISNI, VIAF, IdRef, BnF, Wikidata, ORCID, MusicBrainz, Artsdata) take their canonical form, also when given by `propertyID` and `value`. A wrong check character (ISNI, ORCID, SIRET, SIREN) is pointed out, and the identifier is not used for matching.",
        ),
        example: r#"<corneille> a schema:Person ; schema:sameAs "https://www.wikidata.org/wiki/Q535" ."#,
    },
    Rule {
        number: 14,
        name: "events",
        about: (
            "Un événement de plus de 24 heures, ou qui en contient d’autres, est conservé comme série ; `subEvent` devient le `superEvent` des événements contenus. Plusieurs débuts vont avec leurs fins, dans l’ordre : chaque date devient une représentation, et le tout une série. S’ils ne vont pas ensemble, la ressource n’est pas reprise.",
            "An event longer than 24 hours, or that holds others, is stored as a series; `subEvent` becomes the `superEvent` of the events held. Several starts go with their ends, in order: each date becomes a performance, and the whole a series. If they do not go together, the resource is not taken.",
        ),
        example: r#"<42> a schema:PerformingArtsEvent ; schema:name "Le Cid" ;
    schema:startDate "2026-11-25T20:30:00+01:00"^^xsd:dateTime, "2026-11-26T20:30:00+01:00"^^xsd:dateTime ."#,
    },
    Rule {
        number: 15,
        name: "contributions",
        about: (
            "Les propriétés directes (auteur, mise en scène, interprète …) et les rôles imbriqués de schema.org deviennent des contributions ; un nom seul y est une mention, et ne crée personne.",
            "Direct properties (author, director, performer …) and nested roles of schema.org become contributions; a bare name is a credit line in one, and creates nobody.",
        ),
        example: r#"<cid> a ado:LivePerformanceWork ; schema:director <person/7> ; schema:author "Corneille" .
<person/7> a schema:Person ; schema:name "Ariane Roux" ."#,
    },
    Rule {
        number: 16,
        name: "classes",
        about: (
            "Chaque entité porte les classes de sa sorte (une représentation est toujours aussi schema:PerformingArtsEvent et schema:Event, jamais schema:DanceEvent, qui est un bal) ; ce qui figure dans un schéma de concepts est un skos:Concept, et le nom d’un concept est aussi son libellé.",
            "Each entity carries the classes of its kind (a performance is always also schema:PerformingArtsEvent and schema:Event, never schema:DanceEvent, which is a social dance); what stands in a concept scheme is a skos:Concept, and the name of a concept is also its label.",
        ),
        example: "<42> a schema:DanceEvent .",
    },
    Rule {
        number: 17,
        name: "computed",
        about: (
            "Ce que le serveur calcule (owl:sameAs, sv:departement) n’est jamais repris d’une source.",
            "What the server computes (owl:sameAs, sv:departement) is never taken from a source.",
        ),
        example: "<42> a schema:PerformingArtsEvent ; owl:sameAs <https://other.example/1> .",
    },
];

/// Whether rule 2 reads a text as a day or a time.
pub(super) fn is_moment(text: &str) -> bool {
    dates::When::read(text).is_some()
}

/// Whether rule 7 reads a text as nothing to pay.
pub(super) fn is_free(text: &str) -> bool {
    values::is_free(text)
}

/// A submission in the form of the model.
#[derive(Debug, Default)]
pub struct Normalised {
    pub graph: Graph,
    /// Each value that was rewritten or left out, in the order of the steps.
    pub normalisations: Vec<Normalisation>,
    pub findings: Vec<Finding>,
    /// Resources that cannot be taken at all; each has a finding of severity violation.
    pub refused: IndexSet<NamedOrBlankNode, FxBuildHasher>,
}

/// What the steps look things up in.
struct Context<'a> {
    source: &'a Source,
    vocabulary: &'a Vocabulary,
    base: &'a Base,
    kinds: &'a Kinds,
    properties: &'a Properties,
}

impl Context<'_> {
    /// Whether the values of a property are pages and images to follow: those are nobody's terms.
    fn is_link(&self, property: &NamedNode) -> bool {
        matches!(
            values::holds(property.as_str(), self),
            values::Holds::Link | values::Holds::SameAs
        )
    }
}

/// Brings a submission to the form of the model.
pub fn normalise(
    graph: &Graph,
    source: &Source,
    vocabulary: &Vocabulary,
    base: &Base,
    kinds: &Kinds,
    properties: &Properties,
) -> Normalised {
    let context = Context {
        source,
        vocabulary,
        base,
        kinds,
        properties,
    };
    let mut draft = Draft::of(graph);
    for step in [
        terms::apply,
        values::apply,
        nested::apply,
        schedule::apply,
        events::apply,
        contributions::apply,
        events::classes,
        literals,
    ] {
        step(&mut draft, &context);
    }
    let (graph, report) = draft.into_parts();
    Normalised {
        graph,
        normalisations: report.normalisations,
        findings: report.findings,
        refused: report.refused,
    }
}

/// Rule 11 for every literal.
fn literals(draft: &mut Draft, _: &Context<'_>) {
    for node in draft.subjects() {
        let statements = draft.take(&node);
        let mut kept = Vec::with_capacity(statements.len());
        for (property, value) in statements {
            if let Term::Literal(literal) = &value
                && let Some(after) = canonical::canonical(literal)
            {
                draft.retyped(11, &node, property.as_str(), literal, &after);
                kept.push((property, after.into()));
            } else {
                kept.push((property, value));
            }
        }
        draft.put(&node, kept);
    }
}

#[cfg(test)]
mod tests;
