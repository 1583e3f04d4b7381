//! Pages of the vocabularies, the ontology and the shapes, written from their triples.

use crate::html::facts::Facts;
use crate::html::shown::{Link, Prose, Row, Words, best, encoded};
use crate::html::{PageError, Site, render};
use crate::model::Text;
use crate::model::vocabulary::{owl, rdf, rdfs, sh, skos};
use askama::Template;
use askama::filters::HtmlSafe;
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// Concepts below concepts deeper than this are shown beside each other.
const MAX_DEPTH: usize = 12;

const LINKSET: &str = "http://rdfs.org/ns/void#Linkset";

/// What says that two terms of different vocabularies have to do with each other.
const MATCHES: &[&str] = &[
    "http://www.w3.org/2002/07/owl#equivalentClass",
    "http://www.w3.org/2002/07/owl#equivalentProperty",
    "http://www.w3.org/2004/02/skos/core#exactMatch",
    "http://www.w3.org/2004/02/skos/core#closeMatch",
    "http://www.w3.org/2004/02/skos/core#broadMatch",
    "http://www.w3.org/2004/02/skos/core#narrowMatch",
    "http://www.w3.org/2004/02/skos/core#relatedMatch",
];

type Labels = BTreeMap<String, Vec<Literal>>;

pub(crate) fn labels(triples: &[Triple]) -> Labels {
    let mut labels = Labels::new();
    for triple in triples {
        let is_label = [skos::PREF_LABEL, rdfs::LABEL].contains(&triple.predicate.as_ref());
        if let (NamedOrBlankNode::NamedNode(node), Term::Literal(label), true) =
            (&triple.subject, &triple.object, is_label)
        {
            labels
                .entry(node.as_str().to_owned())
                .or_default()
                .push(label.clone());
        }
    }
    labels
}

fn skos_iri(local: &str) -> String {
    format!("{}{local}", skos::NS)
}

/// The index of the vocabularies.
#[derive(Clone, Debug, Default)]
pub struct Vocabularies {
    pub schemes: Vec<SchemeSummary>,
    /// The alignments with other vocabularies, with their labels.
    pub alignments: Vec<(NamedNode, Vec<Literal>)>,
    /// The profiles whose shapes are published.
    pub profiles: Vec<ProfileSummary>,
}

/// A profile, as people are told of it.
#[derive(Clone, Debug)]
pub struct ProfileSummary {
    /// Its name in its address.
    pub name: String,
    pub title: Text,
    /// Why it matters.
    pub purpose: Text,
}

/// A scheme in the index.
#[derive(Clone, Debug)]
pub struct SchemeSummary {
    pub iri: NamedNode,
    /// Its `skos:prefLabel` literals.
    pub labels: Vec<Literal>,
    /// Its `skos:definition` literals.
    pub definitions: Vec<Literal>,
    pub concepts: usize,
}

#[derive(Template)]
#[template(path = "vocabularies.html")]
struct IndexPage<'a> {
    site: Site<'a>,
    schemes: Vec<(Link, Option<Words>, String)>,
    alignments: Vec<Link>,
    /// Name in the address, title, purpose.
    profiles: Vec<(&'a str, &'a str, &'a str)>,
}

impl Vocabularies {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let words = |literals: &[Literal]| {
            best(literals, site.lang).map(|literal| Words::of(literal, &site))
        };
        render(&IndexPage {
            site,
            schemes: self
                .schemes
                .iter()
                .map(|scheme| {
                    let iri = scheme.iri.as_str();
                    let name = words(&scheme.labels).unwrap_or_else(|| Words::plain(iri));
                    (
                        Link::to(iri, name, &site),
                        words(&scheme.definitions),
                        site.count("concepts-count", &scheme.concepts),
                    )
                })
                .collect(),
            alignments: self
                .alignments
                .iter()
                .map(|(iri, labels)| {
                    let name = words(labels).unwrap_or_else(|| Words::plain(iri.as_str()));
                    Link::to(iri.as_str(), name, &site)
                })
                .collect(),
            profiles: self
                .profiles
                .iter()
                .map(|profile| {
                    let (title, purpose) = (&profile.title, &profile.purpose);
                    (
                        profile.name.as_str(),
                        title.get(site.lang),
                        purpose.get(site.lang),
                    )
                })
                .collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "scheme.html")]
struct SchemePage<'a> {
    site: Site<'a>,
    title: Words,
    definition: Option<Words>,
    iri: &'a str,
    total: usize,
    tree: Vec<ConceptNode>,
    formats: Vec<(&'static str, String)>,
}

/// A concept with those below it.
#[derive(Template)]
#[template(path = "concept-node.html")]
struct ConceptNode {
    anchor: String,
    link: Link,
    other_labels: Vec<Words>,
    alternatives: Vec<Words>,
    notations: Vec<String>,
    definition: Option<Words>,
    matches: Vec<Link>,
    children: Vec<ConceptNode>,
}

impl HtmlSafe for ConceptNode {}

/// The page of a scheme, from all triples about it and its concepts.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn scheme(iri: &NamedNode, triples: &[Triple], site: Site<'_>) -> Result<String, PageError> {
    let labels = labels(triples);
    let facts = Facts::new(site, &labels, triples);
    let mut children: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut concepts: BTreeSet<&str> = BTreeSet::new();
    for triple in triples {
        if let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) =
            (&triple.subject, &triple.object)
        {
            if triple.predicate.as_ref() == rdf::TYPE && object.as_ref() == skos::CONCEPT {
                concepts.insert(subject.as_str());
            }
            if triple.predicate.as_str() == skos_iri("broader") {
                children
                    .entry(object.as_str())
                    .or_default()
                    .insert(subject.as_str());
            }
        }
    }
    let has_parent = |concept: &str| {
        facts
            .links(concept, &skos_iri("broader"))
            .any(|parent| concepts.contains(parent.as_str()) && parent.as_str() != concept)
    };
    let mut tree = Tree {
        facts: &facts,
        children: &children,
        seen: BTreeSet::new(),
    };
    let tops = concepts
        .iter()
        .copied()
        .filter(|concept| !has_parent(concept))
        .collect();
    let mut nodes = tree.nodes(tops, 0);
    // Concepts that stand in a circle have no top; they are shown all the same.
    let rest = concepts
        .iter()
        .copied()
        .filter(|concept| !tree.seen.contains(concept))
        .collect();
    nodes.extend(tree.nodes(rest, 0));
    render(&SchemePage {
        site,
        title: facts.name(iri.as_str()),
        definition: facts
            .literal(iri.as_str(), &skos_iri("definition"))
            .map(|text| Words::of(text, &site)),
        iri: iri.as_str(),
        total: concepts.len(),
        tree: nodes,
        formats: formats(iri.as_str(), &site),
    })
}

struct Tree<'f, 'a> {
    facts: &'f Facts<'a>,
    children: &'f BTreeMap<&'a str, BTreeSet<&'a str>>,
    seen: BTreeSet<&'a str>,
}

impl<'a> Tree<'_, 'a> {
    fn nodes(&mut self, concepts: Vec<&'a str>, depth: usize) -> Vec<ConceptNode> {
        let mut nodes = Vec::new();
        for concept in concepts {
            if depth < MAX_DEPTH && self.seen.insert(concept) {
                nodes.push(self.node(concept, depth));
            }
        }
        nodes.sort_by_cached_key(|node| node.link.words.text.to_lowercase());
        nodes
    }

    fn node(&mut self, concept: &'a str, depth: usize) -> ConceptNode {
        let below = self.children.get(concept);
        let below = below
            .map(|below| below.iter().copied().collect())
            .unwrap_or_default();
        let children = self.nodes(below, depth + 1);
        let facts = self.facts;
        let site = &facts.site;
        let link = facts.link(concept);
        let texts = |local: &str| -> Vec<Words> {
            facts
                .objects(concept, &skos_iri(local))
                .filter_map(|object| match object {
                    Term::Literal(literal) => Some(Words::of(literal, site)),
                    _ => None,
                })
                .collect()
        };
        ConceptNode {
            anchor: last_part(concept),
            other_labels: texts("prefLabel")
                .into_iter()
                .filter(|label| *label != link.words)
                .collect(),
            alternatives: texts("altLabel")
                .into_iter()
                .filter(|label| label.lang.is_none())
                .collect(),
            notations: texts("notation")
                .into_iter()
                .map(|words| words.text)
                .collect(),
            definition: facts
                .literal(concept, &skos_iri("definition"))
                .map(|text| Words::of(text, site)),
            matches: matches(facts, concept),
            link,
            children,
        }
    }
}

/// What a term is matched with, exact matches first.
fn matches(facts: &Facts<'_>, term: &str) -> Vec<Link> {
    MATCHES
        .iter()
        .flat_map(|property| facts.links(term, property))
        .map(|node| facts.link(node.as_str()))
        .collect()
}

fn last_part(iri: &str) -> String {
    iri.trim_end_matches('/')
        .rsplit(['/', '#'])
        .next()
        .unwrap_or(iri)
        .to_owned()
}

fn formats(iri: &str, site: &Site<'_>) -> Vec<(&'static str, String)> {
    let iri = crate::model::iri::without_fragment(iri);
    let address = site.href(iri).unwrap_or_default();
    crate::publish::FORMATS
        .iter()
        .filter(|format| !format.has_graphs)
        .map(|format| (format.extension, format!("{address}.{}", format.extension)))
        .collect()
}

#[derive(Template)]
#[template(path = "concept.html")]
struct ConceptPage<'a> {
    site: Site<'a>,
    title: Words,
    scheme: Option<Link>,
    definition: Option<Words>,
    rows: Vec<Row>,
    incoming_total: usize,
    /// The performances that have it, for schemes by which the agenda is narrowed.
    agenda: Option<String>,
    iri: &'a str,
    formats: Vec<(&'static str, String)>,
}

/// The facet of the agenda for each scheme.
const AGENDA_BY: &[(&str, &str)] = &[
    ("disciplines", "discipline"),
    ("accessibilite", "accessibility"),
    ("publics", "audience"),
    ("acces", "access"),
];

/// The performances that have a concept, in the agenda.
fn agenda_of(iri: &str, site: &Site<'_>) -> Option<String> {
    let (scheme, concept) = site
        .base
        .strip(iri)?
        .strip_prefix("vocab/")?
        .split_once('/')?;
    let (_, facet) = AGENDA_BY.iter().find(|(name, _)| *name == scheme)?;
    Some(site.at(&format!("/agenda?{facet}={}", encoded(concept))))
}

/// The page of a concept (or any resource of a vocabulary), from its triples and the labels of
/// what they mention; `used` is how many entities point to it.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn concept(
    iri: &NamedNode,
    triples: &[Triple],
    labels: &BTreeMap<String, Vec<Literal>>,
    used: usize,
    site: Site<'_>,
) -> Result<String, PageError> {
    let facts = Facts::new(site, labels, triples);
    let skip = |predicate: &str| {
        predicate == rdf::TYPE.as_str()
            || ["inScheme", "definition", "topConceptOf"]
                .iter()
                .any(|local| predicate == skos_iri(local))
    };
    let subject = iri.as_str();
    let name = facts
        .literal(subject, skos::PREF_LABEL.as_str())
        .or_else(|| facts.literal(subject, rdfs::LABEL.as_str()))
        .map_or_else(|| facts.name(subject), |label| Words::of(label, &site));
    render(&ConceptPage {
        site,
        title: name,
        scheme: facts
            .links(subject, skos::IN_SCHEME.as_str())
            .next()
            .map(|scheme| facts.link(scheme.as_str())),
        definition: facts
            .literal(subject, &skos_iri("definition"))
            .map(|text| Words::of(text, &site)),
        rows: facts.rows(subject, &skip, 0),
        incoming_total: used,
        agenda: agenda_of(subject, &site),
        iri: subject,
        formats: formats(subject, &site),
    })
}

#[derive(Template)]
#[template(path = "ontology.html")]
struct OntologyPage<'a> {
    site: Site<'a>,
    title: Words,
    comment: Option<Words>,
    iri: &'a str,
    sections: Vec<(String, Vec<TermEntry>)>,
    alignments: Vec<Link>,
    foreign: Vec<(Link, Words, Vec<Link>)>,
    formats: Vec<(&'static str, String)>,
}

struct TermEntry {
    anchor: String,
    iri: String,
    label: Words,
    comment: Option<Words>,
    rows: Vec<Row>,
}

/// The page of the ontology `{base}/ns#`, from its triples.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn ontology(triples: &[Triple], site: Site<'_>) -> Result<String, PageError> {
    let labels = labels(triples);
    let facts = Facts::new(site, &labels, triples);
    let namespace = site.base.sv("");
    let mut own_classes = BTreeSet::new();
    let mut own_properties = BTreeSet::new();
    let mut alignments = BTreeSet::new();
    let mut foreign = BTreeSet::new();
    for triple in triples {
        let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(class)) =
            (&triple.subject, &triple.object)
        else {
            continue;
        };
        if triple.predicate.as_ref() != rdf::TYPE || class.as_ref() == owl::ONTOLOGY {
            continue;
        }
        let subject = subject.as_str();
        if class.as_str() == LINKSET {
            alignments.insert(subject);
        } else if !subject.starts_with(namespace.as_str()) {
            foreign.insert(subject);
        } else if [owl::CLASS, rdfs::CLASS].contains(&class.as_ref()) {
            own_classes.insert(subject);
        } else {
            own_properties.insert(subject);
        }
    }
    let entry = |subject: &&str| {
        let skip = |predicate: &str| {
            [rdf::TYPE, rdfs::LABEL, rdfs::COMMENT, rdfs::IS_DEFINED_BY]
                .iter()
                .any(|known| known.as_str() == predicate)
        };
        TermEntry {
            anchor: last_part(subject),
            iri: (*subject).to_owned(),
            label: facts.name(subject),
            comment: facts
                .literal(subject, rdfs::COMMENT.as_str())
                .map(|text| Words::of(text, &site)),
            rows: facts.rows(subject, &skip, 0),
        }
    };
    let head = namespace.as_str();
    render(&OntologyPage {
        title: facts.name(head),
        comment: facts
            .literal(head, rdfs::COMMENT.as_str())
            .map(|text| Words::of(text, &site)),
        iri: head,
        sections: vec![
            (
                site.say("ontology-classes"),
                own_classes.iter().map(entry).collect(),
            ),
            (
                site.say("ontology-properties"),
                own_properties.iter().map(entry).collect(),
            ),
        ],
        alignments: alignments.iter().map(|iri| facts.link(iri)).collect(),
        foreign: foreign
            .iter()
            .map(|iri| {
                (
                    Link::to(iri, Words::plain(*iri), &site),
                    facts.name(iri),
                    matches(&facts, iri),
                )
            })
            .collect(),
        formats: formats(head, &site),
        site,
    })
}

#[derive(Template)]
#[template(path = "alignment.html")]
struct AlignmentPage<'a> {
    site: Site<'a>,
    title: Words,
    iri: &'a str,
    /// Our term, how the two are related, their term.
    rows: Vec<(Link, Words, Link)>,
    formats: Vec<(&'static str, String)>,
}

/// The page of an alignment, from its triples and the labels of what they mention.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn alignment(
    iri: &NamedNode,
    triples: &[Triple],
    labels: &BTreeMap<String, Vec<Literal>>,
    site: Site<'_>,
) -> Result<String, PageError> {
    let facts = Facts::new(site, labels, triples);
    let iri = iri.as_str();
    let rows = triples
        .iter()
        .filter_map(|triple| match (&triple.subject, &triple.object) {
            (NamedOrBlankNode::NamedNode(ours), Term::NamedNode(theirs))
                if ours.as_str() != iri =>
            {
                Some((
                    facts.link(ours.as_str()),
                    facts.name(triple.predicate.as_str()),
                    facts.link(theirs.as_str()),
                ))
            }
            _ => None,
        })
        .collect();
    render(&AlignmentPage {
        site,
        title: facts.name(iri),
        iri,
        rows,
        formats: formats(iri, &site),
    })
}

#[derive(Template)]
#[template(path = "shapes.html")]
struct ShapesPage<'a> {
    site: Site<'a>,
    title: &'a str,
    purpose: &'a str,
    iri: String,
    shapes: Vec<ShapeEntry>,
    formats: Vec<(&'static str, String)>,
}

struct ShapeEntry {
    anchor: String,
    title: Words,
    targets: Vec<Link>,
    comment: Option<Words>,
    constraints: Vec<ConstraintLine>,
}

struct ConstraintLine {
    path: String,
    severity: Option<(&'static str, String)>,
    message: Option<Prose>,
    asks: Vec<String>,
}

/// The page of a profile's shapes, from their triples and the labels of what they name.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn shapes(
    profile: &ProfileSummary,
    triples: &[Triple],
    names: &BTreeMap<String, Vec<Literal>>,
    site: Site<'_>,
) -> Result<String, PageError> {
    let mut all_labels = names.clone();
    all_labels.extend(labels(triples));
    let facts = Facts::new(site, &all_labels, triples);
    let outline = Outline { facts: &facts };
    let mut subjects: BTreeSet<&str> = BTreeSet::new();
    for triple in triples {
        let (NamedOrBlankNode::NamedNode(node), Term::NamedNode(object)) =
            (&triple.subject, &triple.object)
        else {
            continue;
        };
        let predicate = triple.predicate.as_str().strip_prefix(sh::NS);
        let is_target = predicate.is_some_and(|local| local.starts_with("target"));
        if is_target || object.as_ref() == sh::NODE_SHAPE {
            subjects.insert(node.as_str());
        }
    }
    let iri = site.base.shapes_graph(&profile.name).into_string();
    render(&ShapesPage {
        site,
        title: profile.title.get(site.lang),
        purpose: profile.purpose.get(site.lang),
        // One that others refer to, and that asks nothing by itself, is shown there.
        shapes: subjects
            .iter()
            .map(|shape| outline.shape(shape))
            .filter(|shape| !shape.targets.is_empty() || !shape.constraints.is_empty())
            .collect(),
        formats: formats(&iri, &site),
        iri,
    })
}

struct Outline<'f, 'a> {
    facts: &'f Facts<'a>,
}

impl Outline<'_, '_> {
    fn shape(&self, shape: &str) -> ShapeEntry {
        let facts = self.facts;
        let site = &facts.site;
        let mut constraints: Vec<ConstraintLine> = facts
            .objects(shape, &sh_iri("property"))
            .map(|object| self.constraint(node_key(object)))
            .collect();
        let own = self.constraint(shape);
        if own.message.is_some() {
            constraints.push(own);
        }
        constraints.sort_by(|a, b| a.path.cmp(&b.path));
        ShapeEntry {
            anchor: last_part(shape),
            title: facts.name(shape),
            targets: [
                "targetClass",
                "targetSubjectsOf",
                "targetObjectsOf",
                "targetNode",
            ]
            .iter()
            .flat_map(|local| {
                facts
                    .links(shape, &sh_iri(local))
                    .map(|node| facts.link(node.as_str()))
                    .collect::<Vec<_>>()
            })
            .collect(),
            comment: facts
                .literal(shape, &sh_iri("description"))
                .or_else(|| facts.literal(shape, rdfs::COMMENT.as_str()))
                .map(|text| Words::of(text, site)),
            constraints,
        }
    }

    fn constraint(&self, shape: &str) -> ConstraintLine {
        let facts = self.facts;
        let site = &facts.site;
        let severity = facts.links(shape, &sh_iri("severity")).next();
        let shown = [
            "path",
            "severity",
            "message",
            "name",
            "description",
            "order",
            "group",
        ];
        let mut asks: Vec<String> = facts
            .about(shape)
            .iter()
            .filter_map(|triple| {
                let local = triple.predicate.as_str().strip_prefix(sh::NS)?;
                (!shown.contains(&local) && !local.starts_with("target") && local != "property")
                    .then(|| format!("{local} {}", self.text(&triple.object, 0)))
            })
            .collect();
        asks.sort();
        ConstraintLine {
            path: facts
                .objects(shape, &sh_iri("path"))
                .next()
                .map(|path| self.path(path, 0))
                .unwrap_or_default(),
            severity: match severity.and_then(|node| node.as_str().strip_prefix(sh::NS)) {
                Some("Warning") => Some(("warn", site.say("severity-warning"))),
                Some("Info") => Some(("note", site.say("severity-info"))),
                _ => Some(("bad", site.say("severity-violation"))),
            },
            message: facts
                .literal(shape, &sh_iri("message"))
                .map(|text| Prose::new(text.value())),
            asks,
        }
    }

    /// A path as SPARQL writes it.
    fn path(&self, path: &Term, depth: usize) -> String {
        let key = node_key(path);
        if depth > 6 {
            return "…".to_owned();
        }
        if let Term::NamedNode(node) = path
            && self
                .facts
                .objects(key, rdf::FIRST.as_str())
                .next()
                .is_none()
        {
            return self.facts.name(node.as_str()).text;
        }
        let inner = |local: &str| self.facts.objects(key, &sh_iri(local)).next();
        if let Some(inverse) = inner("inversePath") {
            return format!("^{}", self.path(inverse, depth + 1));
        }
        if let Some(list) = inner("alternativePath") {
            return format!("({})", self.list(list, depth).join(" | "));
        }
        for (local, mark) in [
            ("zeroOrMorePath", "*"),
            ("oneOrMorePath", "+"),
            ("zeroOrOnePath", "?"),
        ] {
            if let Some(path) = inner(local) {
                return format!("{}{mark}", self.path(path, depth + 1));
            }
        }
        self.list(path, depth).join(" / ")
    }

    /// The members of a list of paths.
    fn list(&self, list: &Term, depth: usize) -> Vec<String> {
        let members = self.members(list);
        members
            .into_iter()
            .map(|member| self.path(member, depth + 1))
            .collect()
    }

    fn members<'t>(&'t self, list: &'t Term) -> Vec<&'t Term> {
        let mut items = Vec::new();
        let mut rest = Some(list);
        while let Some(cell) = rest
            && items.len() < 100
        {
            let key = node_key(cell);
            let Some(first) = self.facts.objects(key, rdf::FIRST.as_str()).next() else {
                break;
            };
            items.push(first);
            rest = self.facts.objects(key, rdf::REST.as_str()).next();
        }
        items
    }

    /// The value of a constraint on one line.
    fn text(&self, object: &Term, depth: usize) -> String {
        match object {
            Term::Literal(literal) => literal.value().to_owned(),
            _ if self
                .facts
                .objects(node_key(object), rdf::FIRST.as_str())
                .next()
                .is_some() =>
            {
                let members = self.members(object).into_iter();
                let members: Vec<String> =
                    members.map(|member| self.text(member, depth + 1)).collect();
                format!("({})", members.join(" "))
            }
            Term::NamedNode(node) => self.facts.name(node.as_str()).text,
            Term::BlankNode(node) if depth < 5 => {
                let mut inner: Vec<String> = self
                    .facts
                    .about(node.as_str())
                    .iter()
                    .map(|triple| {
                        let predicate = last_part(triple.predicate.as_str());
                        let value = if triple.predicate.as_str() == sh_iri("path") {
                            self.path(&triple.object, depth + 1)
                        } else {
                            self.text(&triple.object, depth + 1)
                        };
                        format!("{predicate} {value}")
                    })
                    .collect();
                inner.sort();
                format!("[{}]", inner.join("; "))
            }
            Term::BlankNode(_) => "[…]".to_owned(),
        }
    }
}

fn sh_iri(local: &str) -> String {
    format!("{}{local}", sh::NS)
}

/// How [`Facts`] knows a subject.
fn node_key(term: &Term) -> &str {
    match term {
        Term::NamedNode(node) => node.as_str(),
        Term::BlankNode(node) => node.as_str(),
        Term::Literal(_) => "",
    }
}
