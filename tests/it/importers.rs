//! Each format that comes in, sent through the door and looked at from outside.

use crate::support::{BASE, Folder, name, values};
use affiche::ingest::{Document, Outcome, Report, Submission, SubmitError, submit};
use affiche::model::{Mode, Severity, Source};
use oxrdf::Triple;
use std::io::Write as _;
use std::path::Path;

const SCHEMA: &str = "http://schema.org/";

fn schema(local: &str) -> String {
    format!("{SCHEMA}{local}")
}

/// Sends files as `theatre`, by their names.
fn send(folder: &Folder, files: &[(&str, &[u8])], is_partial: bool) -> Result<Report, SubmitError> {
    let documents: Vec<Document<'_>> = files
        .iter()
        .map(|(name, bytes)| Document {
            name,
            bytes,
            format: None,
            base: None,
        })
        .collect();
    let source = name("theatre");
    let submission = Submission {
        is_partial: Some(is_partial),
        ..Submission::new(&source, &documents)
    };
    submit(
        &folder.store,
        folder.door,
        &submission,
        folder.now,
        &mut affiche::store::fill_random,
    )
}

fn folder() -> Folder {
    Folder::with_sources(&["theatre"])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

fn rules(report: &Report) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect()
}

/// All public triples of the folder.
fn everything_public(folder: &Folder) -> Vec<Triple> {
    let snapshot = folder.store.snapshot().unwrap();
    let view = snapshot.view();
    let entities = view.described_by(&name("theatre")).unwrap();
    entities
        .iter()
        .flat_map(|entity| view.public_description(entity).unwrap())
        .collect()
}

fn of_class<'a>(triples: &'a [Triple], class: &str) -> Vec<&'a Triple> {
    triples
        .iter()
        .filter(|triple| {
            triple.predicate.as_str() == "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
                && triple.object.to_string() == format!("<{class}>")
        })
        .collect()
}

/// The public description of the one entity with this start.
fn starting<'a>(triples: &'a [Triple], start: &str) -> Vec<&'a Triple> {
    let subject = &triples
        .iter()
        .find(|triple| {
            triple.predicate.as_str() == schema("startDate")
                && triple.object.to_string().contains(start)
        })
        .unwrap_or_else(|| {
            panic!(
                "nothing starts at {start}: {:#?}",
                values(triples, &schema("startDate"))
            )
        })
        .subject;
    triples
        .iter()
        .filter(|triple| triple.subject == *subject)
        .collect()
}

const PROGRAMME: &str = "\
id;Titre;Date;Heure;Fin;Lieu;Salle;Adresse;CP;Ville;Compagnie;Mise en scène;Avec;Genre;Durée;Âge;Tarif;Statut;Billetterie;Saison
411;Les Heures claires;12/03/2027;20h30;22h;Théâtre des Tilleuls;Grande salle;4 place des Tilleuls;1000;Bourg-l'Exemple;Compagnie du Grand Large;Paul Durand;Anne Martin | Karim Blanc;Théâtre;1h30;dès 8 ans;Plein : 12,50 € | Réduit : 8 €;;https://billets.example/411;Saison 2026-2027
412;Les Heures claires;samedi 13 mars 2027;19 h;;Théâtre des Tilleuls;Grande salle;4 place des Tilleuls;1000;Bourg-l'Exemple;Compagnie du Grand Large;Paul Durand;Anne Martin | Karim Blanc;Théâtre;1h30;dès 8 ans;Plein : 12,50 € | Réduit : 8 €;annulé;;Saison 2026-2027
413;\"Nocturne,
en deux parties\";14/03/27;23:00;1h;Théâtre des Tilleuls;;4 place des Tilleuls;1000;Bourg-l'Exemple;;;;Musique;90;;gratuit;complet;;
";

#[test]
fn a_spreadsheet_needs_no_mapping() {
    let folder = folder();
    let report = send(&folder, &[("programme.csv", PROGRAMME.as_bytes())], false).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    let public = everything_public(&folder);
    assert_eq!(of_class(&public, &schema("PerformingArtsEvent")).len(), 3);
    assert_eq!(
        of_class(
            &public,
            "http://kg.artsdata.ca/ontology/LivePerformanceWork"
        )
        .len(),
        2
    );
    // The theatre and its room; the company; the season.
    assert_eq!(of_class(&public, &schema("Place")).len(), 2);
    assert_eq!(of_class(&public, &schema("PerformingGroup")).len(), 1);
    assert_eq!(of_class(&public, &format!("{BASE}/ns#Saison")).len(), 1);
    assert_eq!(values(&public, &schema("postalCode")), ["\"01000\""]);
    assert_eq!(values(&public, &schema("typicalAgeRange")), ["\"8-\""]);
    assert_eq!(
        values(&public, &schema("timeRequired")),
        ["\"PT1H30M\"^^<http://www.w3.org/2001/XMLSchema#duration>"; 2]
    );
    let genres = values(&public, &schema("genre"));
    assert_eq!(
        genres,
        [
            format!("<{BASE}/vocab/disciplines/musique>"),
            format!("<{BASE}/vocab/disciplines/theatre>")
        ]
    );
    let mentions = values(&public, &format!("{BASE}/ns#mention"));
    assert_eq!(
        mentions,
        ["\"Anne Martin\"", "\"Karim Blanc\"", "\"Paul Durand\""]
    );

    let first = starting(&public, "2027-03-12T20:30:00+01:00");
    let first: Vec<Triple> = first.into_iter().cloned().collect();
    assert!(values(&first, &schema("endDate"))[0].contains("2027-03-12T22:00:00+01:00"));
    assert_eq!(values(&first, &schema("offers")).len(), 2);
    let cancelled: Vec<Triple> = starting(&public, "2027-03-13T19:00")
        .into_iter()
        .cloned()
        .collect();
    assert_eq!(
        values(&cancelled, &schema("eventStatus")),
        [format!("<{SCHEMA}EventCancelled>")]
    );
    // Past midnight, free, and sold out.
    let night: Vec<Triple> = starting(&public, "2027-03-14T23:00")
        .into_iter()
        .cloned()
        .collect();
    assert!(values(&night, &schema("endDate"))[0].contains("2027-03-15T01:00"));
    assert!(values(&night, &schema("isAccessibleForFree"))[0].starts_with("\"true\""));
    assert!(values(&public, &schema("availability")).contains(&format!("<{SCHEMA}SoldOut>")));
    assert!(
        values(&public, &schema("price"))
            .contains(&"\"12.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>".to_owned())
    );
    folder.check();
}

#[test]
fn words_for_a_status_mean_what_the_reference_says() {
    let csv = "id;titre;date;lieu;statut\n1;Un;12/03/2027;A;Reporté\n2;Deux;12/03/2027;A;maintenu\n3;Trois;12/03/2027;A;dernières places\n";
    let folder = folder();
    let report = send(&folder, &[("p.csv", csv.as_bytes())], false).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let status = |id: &str| {
        let public = folder.public("theatre", &format!("csv:performance/{id}"));
        [
            values(&public, &schema("eventStatus")),
            values(&public, &schema("availability")),
        ]
        .concat()
    };
    assert_eq!(status("1"), [format!("<{SCHEMA}EventPostponed>")]);
    assert_eq!(status("2"), [format!("<{SCHEMA}EventScheduled>")]);
    assert_eq!(status("3"), [format!("<{SCHEMA}LimitedAvailability>")]);
}

#[test]
fn the_same_spreadsheet_tomorrow_changes_nothing_and_a_new_date_keeps_the_address() {
    let folder = folder();
    send(&folder, &[("programme.csv", PROGRAMME.as_bytes())], false).unwrap();
    let before = folder.export();
    let again = send(&folder, &[("programme.csv", PROGRAMME.as_bytes())], false).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert_eq!(folder.export(), before);
    let iri = folder.entity("theatre", "csv:performance/411");
    let moved = PROGRAMME.replace("12/03/2027;20h30", "19/03/2027;20h30");
    let report = send(&folder, &[("programme.csv", moved.as_bytes())], false).unwrap();
    assert_eq!(
        (report.counts.created, report.counts.withdrawn),
        (0, 0),
        "{report:#?}"
    );
    assert_eq!(folder.entity("theatre", "csv:performance/411"), iri);
    folder.check();
}

#[test]
fn without_identifiers_rows_are_known_by_title_date_time_and_place() {
    let csv = "titre,date,heure,lieu,ville\nGuignol,12/03/2027,15h,Square A,Lyon\nGuignol,12/03/2027,15h,Square B,Lyon\nGuignol,12/03/2027,17h,Square A,Lyon\n";
    let folder = folder();
    let report = send(&folder, &[("p.csv", csv.as_bytes())], false).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(
        of_class(&everything_public(&folder), &schema("PerformingArtsEvent")).len(),
        3
    );
    // In another order, with other capitals and the date written otherwise.
    let other = "TITRE;DATE;LIEU;VILLE\nGUIGNOL;vendredi 12 mars 2027 à 17h00;Square A;Lyon\nGuignol;12/03/27 15:00;Square B;Lyon\nGuignol;2027-03-12 15:00;Square A;Lyon\n";
    let report = send(&folder, &[("p.csv", other.as_bytes())], false).unwrap();
    assert_eq!(
        (report.counts.created, report.counts.withdrawn),
        (0, 0),
        "{report:#?}"
    );
    folder.check();
}

#[test]
fn a_spreadsheet_of_windows_1252_with_tabs_or_commas_or_a_mark_is_read() {
    let text = "Titre\tDate\tLieu\nL’Été à Théoule — 1\u{20ac}\t12/03/2027\tThéâtre\n";
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let marked = format!("\u{feff}{text}");
    let excel = format!("sep=\t\r\n{}", text.replace('\n', "\r\n"));
    let utf_16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [&*windows, marked.as_bytes(), excel.as_bytes(), &utf_16] {
        let folder = folder();
        let report = send(&folder, &[("p.csv", bytes)], false).unwrap();
        assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
        let public = everything_public(&folder);
        assert!(
            values(&public, &schema("name")).contains(&"\"L’Été à Théoule — 1€\"".to_owned()),
            "{:?}",
            values(&public, &schema("name"))
        );
    }
}

#[test]
fn a_bad_cell_is_named_by_line_and_column_and_the_other_rows_are_published() {
    let csv = "id;titre;date;heure;lieu\n1;Un;12/03/2027;20h;Salle A\n2;Deux;31/02/2027;20h;Salle A\n3;Trois;13/03/2027;vers 20h;Salle A\n4;Quatre;14/03/2027;20h;Salle A\n";
    let folder = folder();
    let strict = send(&folder, &[("p.csv", csv.as_bytes())], false).unwrap();
    assert_eq!(strict.outcome, Outcome::Refused);
    let partial = send(&folder, &[("p.csv", csv.as_bytes())], true).unwrap();
    assert_eq!(partial.outcome, Outcome::Accepted);
    let bad: Vec<(&str, Option<&str>, Severity)> = partial
        .findings
        .iter()
        .filter(|finding| finding.rule == "unreadable-cell")
        .map(|finding| {
            (
                finding.subject.as_str(),
                finding.value.as_deref(),
                finding.severity,
            )
        })
        .collect();
    assert_eq!(
        bad,
        [
            ("p.csv: 3, date", Some("31/02/2027"), Severity::Violation),
            ("p.csv: 4, heure", Some("vers 20h"), Severity::Violation)
        ]
    );
    assert_eq!(
        of_class(&everything_public(&folder), &schema("PerformingArtsEvent")).len(),
        2
    );
    folder.check();
}

#[test]
fn a_date_that_became_unreadable_withdraws_nothing() {
    let csv = "titre;date;heure;lieu\nUn;12/03/2027;20h;Salle A\nDeux;13/03/2027;20h;Salle A\n";
    let folder = folder();
    send(&folder, &[("p.csv", csv.as_bytes())], false).unwrap();
    let faulty = csv.replace("13/03/2027", "13 mars");
    let report = send(&folder, &[("p.csv", faulty.as_bytes())], true).unwrap();
    assert_eq!(report.counts.withdrawn, 0, "{report:#?}");
    assert_eq!(
        of_class(&everything_public(&folder), &schema("PerformingArtsEvent")).len(),
        2
    );
}

#[test]
fn a_spreadsheet_cut_off_in_a_row_withdraws_nothing() {
    let csv = "titre;date;lieu\nUn;12/03/2027;Salle A\nDeux;13/03/2027;Salle A\nTrois;14/03/2027;Salle A\n";
    let folder = folder();
    send(&folder, &[("p.csv", csv.as_bytes())], false).unwrap();
    let before = folder.export();
    let cut = &csv.as_bytes()[..csv.find(";13/03").unwrap()];
    let strict = send(&folder, &[("p.csv", cut)], false).unwrap();
    assert_eq!(strict.outcome, Outcome::Refused);
    assert!(rules(&strict).contains(&"cut-off"), "{strict:#?}");
    let partial = send(&folder, &[("p.csv", cut)], true).unwrap();
    assert_eq!(partial.counts.withdrawn, 0, "{partial:#?}");
    assert_eq!(folder.export(), before);
    // Rows that leave their last cells out are nothing unusual.
    let short = "titre;date;lieu;ville\nUn;12/03/2027;Salle A\nDeux;13/03/2027;Salle A";
    let report = send(&folder, &[("p.csv", short.as_bytes())], false).unwrap();
    assert!(!rules(&report).contains(&"cut-off"), "{report:#?}");
}

#[test]
fn a_row_that_is_taken_back_takes_its_performance_and_nothing_else() {
    let folder = folder();
    send(&folder, &[("p.csv", PROGRAMME.as_bytes())], false).unwrap();
    let mut lines = PROGRAMME.lines();
    let rows = format!("{}\n{}\n", lines.next().unwrap(), lines.next().unwrap());
    let source = name("theatre");
    let document = Document {
        name: "p.csv",
        bytes: rows.as_bytes(),
        format: None,
        base: None,
    };
    let submission = Submission {
        mode: Mode::Withdraw,
        ..Submission::new(&source, std::slice::from_ref(&document))
    };
    let report = submit(
        &folder.store,
        folder.door,
        &submission,
        folder.now,
        &mut affiche::store::fill_random,
    )
    .unwrap();
    assert_eq!(report.counts.withdrawn, 1, "{report:#?}");
    let public = everything_public(&folder);
    assert_eq!(of_class(&public, &schema("PerformingArtsEvent")).len(), 2);
    assert!(
        !folder
            .public("theatre", "csv:production/les-heures-claires")
            .is_empty()
    );
    folder.check();
}

#[test]
fn an_unknown_column_is_told_with_the_one_that_was_probably_meant() {
    let csv = "titer;titre;date;lieu;jauge technique;\nx;Un;12/03/2027;Salle A;200;\n";
    let folder = folder();
    let report = send(&folder, &[("p.csv", csv.as_bytes())], false).unwrap();
    let unknown: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "unknown-column")
        .map(|finding| finding.message.get(affiche::model::Lang::En))
        .collect();
    assert_eq!(unknown.len(), 2, "{unknown:?}");
    assert!(
        unknown
            .iter()
            .any(|message| message.contains("`titer`") && message.contains("`titre`"))
    );
    assert!(
        unknown
            .iter()
            .any(|message| message.contains("`jauge technique`")
                && !message.contains("did you mean"))
    );
}

#[test]
fn a_spreadsheet_without_a_header_or_cut_off_is_a_clear_error() {
    for (csv, word) in [
        ("Les Heures claires;12/03/2027;20h30\n", "first row"),
        ("titre;lieu\nUn;Salle A\n", "column for the date"),
        ("date;lieu\n12/03/2027;Salle A\n", "column for the title"),
        ("titre;date\nUn;\"12/03/2027\nDeux;13/03/2027\n", "line 2"),
        ("", "empty"),
        ("\n \n", "empty"),
    ] {
        let error = send(&folder(), &[("p.csv", csv.as_bytes())], true)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("p.csv") && error.contains(word),
            "{csv}: {error}"
        );
    }
}

#[test]
fn a_formula_is_only_text_and_a_script_in_a_cell_none() {
    let csv = "titre;date;lieu;url;description\n=HYPERLINK(\"http://x\");12/03/2027;Salle A;javascript:alert(1);<script>alert(1)</script>Oui\n";
    let folder = folder();
    let report = send(&folder, &[("p.csv", csv.as_bytes())], false).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let export = folder.export();
    assert!(
        export.contains("=HYPERLINK")
            && !export.contains("javascript:alert")
            && !export.contains("<script>")
    );
}

#[test]
fn everything_may_come_compressed_with_gzip_or_zstd() {
    let rdf = r#"<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://schema.org/"><s:Person r:about="https://a.example/1" s:name="Anne"/></r:RDF>"#;
    let turtle =
        "<https://a.example/1> a <http://schema.org/Person> ; <http://schema.org/name> \"Anne\" .";
    let json = r#"{"@context":"https://schema.org","@id":"https://a.example/1","@type":"Person","name":"Anne"}"#;
    let html = format!("<!doctype html><script type='application/ld+json'>{json}</script>");
    for (ending, text) in [
        ("ttl", turtle),
        ("rdf", rdf),
        ("jsonld", json),
        ("html", &html),
    ] {
        for (suffix, bytes) in [
            (".gz", gzip(text.as_bytes())),
            (".zst", zstd(text.as_bytes())),
            // Told by its first bytes, whatever the name says.
            ("", gzip(text.as_bytes())),
            (".gz", text.as_bytes().to_vec()),
        ] {
            let folder = folder();
            let report = send(&folder, &[(&format!("p.{ending}{suffix}"), &bytes)], false).unwrap();
            assert_eq!(report.outcome, Outcome::Accepted, "{ending} {suffix}");
            assert_eq!(
                values(
                    &folder.public("theatre", "https://a.example/1"),
                    &schema("name")
                ),
                ["\"Anne\""]
            );
        }
    }
    let folder = folder();
    let report = send(&folder, &[("-", &gzip(PROGRAMME.as_bytes()))], false).unwrap();
    assert_eq!(
        report.outcome,
        Outcome::Accepted,
        "a name and content of a spreadsheet"
    );
    let error = send(
        &folder,
        &[("p.ttl.gz", &gzip(&zstd(turtle.as_bytes())))],
        false,
    )
    .unwrap_err();
    assert!(error.to_string().contains("compressed twice"), "{error}");
}

/// A gigabyte and more of nothing, packed in members or frames of which each is small.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let chunk = vec![b' '; 64 << 20];
    vec![
        ("bomb.ttl.gz", gzip(&chunk).repeat(17)),
        ("bomb.ttl.zst", zstd(&chunk).repeat(17)),
    ]
}

#[test]
fn a_bomb_of_a_gigabyte_stops_at_its_limit() {
    let folder = folder();
    for (name, bytes) in bombs() {
        assert!(bytes.len() < 1200 << 10, "{} bytes", bytes.len());
        let before = folder.export();
        let error = send(&folder, &[(name, &bytes)], true)
            .unwrap_err()
            .to_string();
        assert!(error.contains("limits.submission_bytes"), "{error}");
        assert_eq!(folder.export(), before);
    }
}

/// Runs `affiche` with less memory than the limit on submissions, which is a gibibyte.
#[cfg(target_os = "linux")]
fn affiche_in_little_memory(arguments: &[&str]) -> std::process::Output {
    std::process::Command::new("sh")
        .args(["-c", "ulimit -v 1040000 && exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_affiche"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_bomb_is_refused_in_less_memory_than_its_limit() {
    let temporary = tempfile::TempDir::new().unwrap();
    let path = |name: &str| temporary.path().join(name).display().to_string();
    let data = path("data");
    let run = |arguments: &[&str]| {
        let output = affiche_in_little_memory(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), told)
    };
    let added = run(&["source", "add", "theatre", "--data", &data]);
    assert_eq!(added.0, Some(0), "{}", added.1);
    let submit = |file: &str| run(&["submit", "--data", &data, "--source", "theatre", file]);
    // That it works at all in so little memory.
    std::fs::write(path("programme.csv.gz"), gzip(PROGRAMME.as_bytes())).unwrap();
    let (code, told) = submit(&path("programme.csv.gz"));
    assert_eq!(code, Some(0), "{told}");
    for (name, bytes) in bombs() {
        std::fs::write(path(name), bytes).unwrap();
        let (code, told) = submit(&path(name));
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("limits.submission_bytes"), "{told}");
    }
}

#[test]
fn blank_nodes_of_two_xml_files_stay_apart() {
    let rdf = |name: &str| {
        format!(
            r#"<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://schema.org/"><s:Person r:nodeID="a" s:name="{name}"/></r:RDF>"#
        )
    };
    let folder = folder();
    let (anne, bob) = (rdf("Anne"), rdf("Bob"));
    let report = send(
        &folder,
        &[("a.rdf", anne.as_bytes()), ("b.xml", bob.as_bytes())],
        false,
    )
    .unwrap();
    assert_eq!(report.counts.created, 2, "{report:#?}");
}

#[test]
fn xml_nested_deep_or_with_a_bomb_of_entities_stops_at_its_limit() {
    let head = r#"<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://schema.org/">"#;
    let deep = format!("{head}{}", "<s:Person><s:knows>".repeat(10_000));
    let mut laughs = r#"<!DOCTYPE r [<!ENTITY l0 "lol">"#.to_owned();
    for level in 1..20 {
        laughs.push_str(&format!(
            "<!ENTITY l{level} \"{}\">",
            format!("&l{};", level - 1).repeat(10)
        ));
    }
    laughs.push_str(&format!("]>{head}<s:Person s:name=\"&l19;\"/></r:RDF>"));
    for (text, word) in [(deep, "100"), (laughs, "limit")] {
        let error = send(&folder(), &[("p.rdf", text.as_bytes())], true)
            .unwrap_err()
            .to_string();
        assert!(error.contains(word), "{error}");
    }
}

const PAGE: &str = r##"<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8">
<link rel="canonical" href="https://theatre.example/agenda/411">
<script>var x = '<script type="application/ld+json">{';</script>
<script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [
  {"@type": "WebPage", "@id": "#page", "name": "Agenda", "breadcrumb": {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Fil d'Ariane"}]},
   "mainEntity": {"@id": "#411"}},
  {"@type": "WebSite", "@id": "/#site", "name": "Le théâtre", "potentialAction": {"@type": "SearchAction", "target": "https://theatre.example/?s={q}"}},
  {"@type": "TheaterEvent", "@id": "#411", "name": "Les Heures claires", "startDate": "2027-03-12T20:30", "mainEntityOfPage": {"@id": "#page"},
   "location": {"@id": "/#lieu"}, "image": {"@id": "#image"}},
  {"@type": "ImageObject", "@id": "#image", "contentUrl": "https://theatre.example/411.jpg"}
]}
</script>
<script type='application/ld+json; charset=utf-8' id="x">//<![CDATA[
[{"@context": "https://schema.org", "@id": "/#lieu", "@type": "PerformingArtsTheater", "name": "Théâtre des Tilleuls"}]
//]]></script>
<SCRIPT TYPE="APPLICATION/LD+JSON">
{"@context": "https://schema.org", "@id": "/#lieu", "address": {"@type": "PostalAddress", "addressLocality": "Bourg-l'Exemple"}}
</SCRIPT>
</head><body></body></html>
"##;

#[test]
fn the_programme_in_a_web_page_is_read_and_what_the_page_says_of_itself_is_not() {
    let folder = folder();
    let report = send(&folder, &[("411.html", PAGE.as_bytes())], false).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(report.counts.created, 2, "{report:#?}");
    assert_eq!(rules(&report), ["page-about-itself"]);
    let event = folder.public("theatre", "https://theatre.example/agenda/411#411");
    assert_eq!(values(&event, &schema("name")), ["\"Les Heures claires\""]);
    assert_eq!(
        values(&event, &schema("contentUrl")),
        ["<https://theatre.example/411.jpg>"]
    );
    let place = folder.public("theatre", "https://theatre.example/#lieu");
    assert_eq!(
        values(&place, &schema("addressLocality")),
        ["\"Bourg-l'Exemple\""]
    );
    let export = folder.export();
    let told: Vec<&str> = export
        .lines()
        .filter(|line| line.contains("WebPage") || line.contains("Ariane"))
        .collect();
    assert!(told.is_empty(), "{told:#?}");
    folder.check();
}

#[test]
fn a_faulty_block_of_a_page_is_told_with_its_line_and_withdraws_nothing() {
    let folder = folder();
    send(&folder, &[("411.html", PAGE.as_bytes())], false).unwrap();
    let faulty = PAGE.replace("\"name\": \"Agenda\",", "\"name\": \"Agenda\" oops");
    let strict = send(&folder, &[("411.html", faulty.as_bytes())], false).unwrap();
    assert_eq!(strict.outcome, Outcome::Refused);
    let report = send(&folder, &[("411.html", faulty.as_bytes())], true).unwrap();
    assert_eq!(report.counts.withdrawn, 0, "{report:#?}");
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.rule == "faulty-block")
        .unwrap();
    let message = finding.message.get(affiche::model::Lang::En);
    assert!(
        message.contains("block 1") && message.contains("line 5") && message.contains("line 7"),
        "{message}"
    );
    assert!(
        !folder
            .public("theatre", "https://theatre.example/agenda/411#411")
            .is_empty()
    );
    folder.check();
}

#[test]
fn a_page_without_json_ld_or_with_nothing_else_than_faults_says_so() {
    for (page, word) in [
        ("<!doctype html><p>Bientôt</p>", "no JSON-LD"),
        (
            "<html><script type=application/ld+json>{</script>",
            "none of the 1",
        ),
        (
            "<html><script type=application/ld+json></script>",
            "none of the 1",
        ),
    ] {
        let error = send(&folder(), &[("p.html", page.as_bytes())], true)
            .unwrap_err()
            .to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn a_format_that_nobody_named_is_told_by_its_content() {
    let folder = folder();
    for bytes in [
        PROGRAMME.as_bytes(),
        PAGE.as_bytes(),
        br#"<?xml version="1.0"?><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>"#,
        NYPHIL.as_bytes(),
    ] {
        let source = name("theatre");
        let document = Document {
            name: "-",
            bytes,
            format: None,
            base: None,
        };
        let submission = Submission {
            is_partial: Some(true),
            allows_withdrawals: true,
            ..Submission::new(&source, std::slice::from_ref(&document))
        };
        submit(
            &folder.store,
            folder.door,
            &submission,
            folder.now,
            &mut affiche::store::fill_random,
        )
        .unwrap();
    }
    let error = send(&folder, &[("p.xlsx", b"PK\x03\x04\x14\0")], true)
        .unwrap_err()
        .to_string();
    assert!(error.contains("CSV"), "{error}");
}

#[test]
fn a_key_that_no_context_knows_is_told() {
    let json = br#"{"@context":{"name":"http://schema.org/name"},"@id":"https://a.example/1","@type":"http://schema.org/Person","name":"Anne","jauge":12}"#;
    let folder = folder();
    let report = send(&folder, &[("p.json", json)], false).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(rules(&report), ["unknown-key"]);
    assert_eq!(report.findings[0].value.as_deref(), Some("jauge"));
}

const NYPHIL: &str = r#"{"programs": [{"id": "a-0.1", "programID": "9297", "orchestra": "New York Philharmonic", "season": "2004-05",
  "concerts": [
    {"eventType": "Subscription Season", "Location": "Manhattan, NY", "Venue": "Salle Exemple", "Date": "2004-09-21T04:00:00Z", "Time": "8:00PM"},
    {"eventType": "Subscription Season", "Location": "Manhattan, NY", "Venue": "Salle Exemple", "Date": "2004-09-22T04:00:00Z", "Time": "None"}],
  "works": [
    {"ID": "1*", "composerName": "Dupont,  Anna", "workTitle": {"em": "Ouverture", "_": "pour un exemple"}, "conductorName": "Martin, Paul", "soloists": []},
    {"ID": "2*1", "composerName": "Durand,  Zoé", "workTitle": "SYMPHONIE", "movement": "I", "conductorName": "Martin, Paul",
     "soloists": [{"soloistName": "Blanc, Karim", "soloistInstrument": "Mezzo-Soprano", "soloistRoles": "S"}]},
    {"ID": "0*", "interval": "Intermission", "soloists": []}]}]}"#;

#[test]
fn the_history_of_an_orchestra_comes_in_with_its_works_and_contributions() {
    let folder = Folder::new();
    folder.add(&Source {
        zone: "America/New_York".to_owned(),
        ..Source::new(name("theatre"))
    });
    let report = send(&folder, &[("history.json", NYPHIL.as_bytes())], false)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let public = everything_public(&folder);
    assert_eq!(of_class(&public, &schema("MusicEvent")).len(), 2);
    assert_eq!(of_class(&public, &schema("MusicComposition")).len(), 2);
    starting(&public, "2004-09-21T20:00:00-04:00");
    starting(&public, "\"2004-09-22\"");
    let production = folder.public("theatre", "nyphil:program/9297");
    let functions = values(&production, &format!("{BASE}/ns#fonction"));
    for function in ["direction-musicale", "chant", "instrument"] {
        assert!(
            functions.contains(&format!("<{BASE}/vocab/fonctions/{function}>")),
            "{functions:?}"
        );
    }
    assert!(values(&public, &schema("name")).contains(&"\"Karim Blanc\"".to_owned()));
    folder.check();
}

#[test]
fn nearly_all_concerts_of_the_new_york_philharmonic_are_published() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/nyphil/2004-05_TO_2010-11.json");
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: there is no {}", path.display());
        return;
    };
    let folder = Folder::new();
    folder.add(&Source {
        zone: "America/New_York".to_owned(),
        ..Source::new(name("theatre"))
    });
    let report = send(&folder, &[("history.json", &bytes)], true).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    let public = everything_public(&folder);
    let concerts = of_class(&public, &schema("MusicEvent")).len();
    let works = of_class(&public, &schema("MusicComposition")).len();
    let productions = of_class(
        &public,
        "http://kg.artsdata.ca/ontology/LivePerformanceWork",
    )
    .len();
    println!(
        "{concerts} concerts, {productions} programmes, {works} works; {:?}",
        report.counts
    );
    // 978 programmes, 1522 concerts.
    assert!(concerts >= 1515 && productions == 978 && works >= 1000);
    let again = send(&folder, &[("history.json", &bytes)], true).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
}
