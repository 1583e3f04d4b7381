//! `affiche validate` and `/validate`: what is wrong in files that stay where they are.

use crate::program::{Data, Ended, PREFIXES, Server, affiche, read_to_end, run, run_with_input};
use affiche::rdf::parse::{ParseOptions, Syntax, parse};
use affiche::rdf::sophia::are_isomorphic;
use oxrdf::Triple;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const EVENTS: &str = "\
t:un a schema:TheaterEvent ;
    schema:name \"Le Bac\" ;
    schema:startDate \"31/12/2026\" ;
    schema:location t:salle .

t:deux a schema:TheaterEvent ;
    schema:startDate \"2026-12-31T20:30:00+01:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime> ;
    schema:location t:salle ;
    schema:offers [ a schema:Offer ;
        schema:price \"cher\" ] .

t:salle a schema:Place ; schema:name \"Salle du Bac\" .
";

const OWN: &str = "\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <http://e.example/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:Upper rdfs:subClassOf e:Top .
e:shape a sh:NodeShape ; sh:targetClass e:Top ;
    sh:property e:label .
e:label sh:path ( e:of [ sh:alternativePath ( e:label [ sh:inversePath e:says ] ) ] ) ;
    sh:minCount 1 .
";

/// Files of a test, in a folder of its own.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn events(&self) -> PathBuf {
        self.file("events.ttl", format!("{PREFIXES}{EVENTS}"))
    }
}

fn validate(data: &Path, more: &[&str]) -> Ended {
    run(affiche(["validate", "--data"]).arg(data).args(more))
}

fn triples(text: &str, syntax: Syntax) -> Vec<Triple> {
    let parsed = parse(text.as_bytes(), syntax, &ParseOptions::default());
    let graph = parsed
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .graph;
    graph.iter().cloned().collect()
}

#[test]
fn a_venue_learns_what_is_wrong_where_and_what_to_write_instead() {
    let files = Files::new();
    let path = files.events();
    let line = |number: u32| format!("{}, line {number}: ", path.display());
    let said = validate(&path, &[]).with(1).out;
    for expected in [
        "It does not conform: 2 to mend",
        "`minimum` (Minimum profile): not met, 2 to mend",
        "start, once, blocks `minimum` [event-start-type]",
        "write `startDate` like 2026-12-31 or 2026-12-31T20:30:00+01:00",
        &format!("{}https://theatre.example/un = `31/12/2026`", line(5)),
        "name, once, blocks `minimum` [event-name]",
        &format!("{}https://theatre.example/deux\n", line(8)),
    ] {
        assert!(said.contains(expected), "{expected}\n---\n{said}");
    }
    let said = validate(&path, &["--lang", "fr"]).with(1).out;
    for expected in ["Non conforme", "début, 1 fois, bloque", "ligne 5"] {
        assert!(said.contains(expected), "{expected}\n---\n{said}");
    }
}

#[test]
fn findings_are_grouped_for_programs_with_their_counts_and_lines() {
    let files = Files::new();
    let many: String = (0..1000)
        .map(|n| format!("t:e{n} a schema:TheaterEvent ; schema:name \"{n}\" ; schema:startDate \"x\" ; schema:location t:p .\n"))
        .collect();
    let place = "t:p a schema:Place ; schema:name \"Salle\" .\n";
    let path = files.file("many.ttl", format!("{PREFIXES}{many}{place}"));
    let said = validate(&path, &["--report", "json"]).with(1).out;
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["conforms"], false);
    assert_eq!(json["counts"]["violations"], 1000);
    assert_eq!(json["profiles"][0]["standing"], "falls-short");
    let groups = json["groups"].as_array().unwrap();
    assert!(groups.len() <= 2, "{said}");
    assert_eq!(groups[0]["severity"], "violation");
    assert_eq!(groups[0]["count"], 1000);
    let examples = groups[0]["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 5);
    let prefixes = PREFIXES.lines().count();
    for example in examples {
        let number = example["subject"].as_str().unwrap().rsplit('e').next();
        let number: usize = number.unwrap().parse().unwrap();
        assert_eq!(example["place"]["line"], prefixes + number + 1);
        assert_eq!(example["value"], "x");
    }
}

#[test]
fn data_that_conforms_and_data_that_nothing_is_asked_of_are_told_apart() {
    let files = Files::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // It names our concepts, which come along with our profiles.
    let good = root.join("examples/data/theatre-du-confluent.ttl");
    let said = validate(&good, &[]).with(0).out;
    assert!(said.contains("It conforms: nothing to mend."), "{said}");
    let foreign = files.file(
        "a.nt",
        "<http://e.example/a> <http://e.example/p> \"x\" .\n",
    );
    let said = validate(&foreign, &[]).with(0).out;
    assert!(said.contains("Nothing was checked"), "{said}");
    assert!(
        said.contains("`minimum` (Minimum profile): not concerned"),
        "{said}"
    );
}

#[test]
fn a_profile_of_the_configuration_is_known_by_its_name() {
    let files = Files::new();
    files.file(
        "town.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .
         <urn:s> a sh:NodeShape ; sh:targetSubjectsOf <urn:name> ;
             sh:property [ sh:path <urn:town> ; sh:minCount 1 ] .",
    );
    let config = files.file("affiche.toml", "profiles = [\"town.ttl\"]\n");
    let data = files.file("a.nt", "<urn:a> <urn:name> \"x\" .\n");
    let config = config.to_string_lossy();
    let said = validate(&data, &["--config", &config, "--shapes", "town"]).with(1);
    assert!(said.out.contains("blocks `town`"), "{}", said.out);
}

#[test]
fn faults_of_different_kinds_are_told_apart_although_one_shape_finds_them() {
    let files = Files::new();
    let shapes = files.file(
        "s.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .
         <urn:s> a sh:NodeShape ; sh:targetSubjectsOf <urn:a> ; sh:property <urn:P> .
         <urn:P> sh:path <urn:p> ; sh:minCount 1 ; sh:minLength 3 .",
    );
    let data = files.file(
        "a.nt",
        "<urn:1> <urn:a> \"x\" .\n<urn:2> <urn:a> \"x\" .\n<urn:2> <urn:p> \"x\" .\n",
    );
    let shapes = shapes.to_string_lossy();
    let said = validate(&data, &["--shapes", &shapes]).with(1).out;
    assert!(said.contains("at least 1 value(s)"), "{said}");
    assert!(said.contains("at least 3 character(s)"), "{said}");
}

#[test]
fn what_was_checked_is_not_called_unchecked_and_data_says_nothing_to_the_terminal() {
    let files = Files::new();
    let shapes = files.file(
        "s.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .
         @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
         @prefix dct: <http://purl.org/dc/terms/> .
         <urn:o> a <http://www.w3.org/2002/07/owl#Ontology> ; dct:title \"\\u001B[31mred\"@en, \"\\u001B[31mrouge\"@fr .
         <urn:s> a sh:NodeShape ; sh:targetObjectsOf <urn:name> ; sh:datatype xsd:string .",
    );
    let data = files.file("a.nt", "<urn:a> <urn:name> \"x\" .\n");
    let shapes = shapes.to_string_lossy();
    let said = validate(&data, &["--shapes", &shapes]).with(0).out;
    assert!(said.contains("It conforms"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn what_cannot_be_checked_ends_with_2_and_says_what_to_do() {
    let files = Files::new();
    let events = files.events();
    let broken = files.file(
        "broken.ttl",
        "<http://e.example/a> <http://e.example/p> \"x",
    );
    let ill = files.file(
        "ill.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<http://e.example/s> sh:targetNode 1 ; sh:minCount 1 .\n",
    );
    let csv = files.file("rows.csv", "name;startDate\n\"x;y\n");
    for (data, more, expected) in [
        (
            Path::new("nowhere.ttl"),
            &[][..],
            "`nowhere.ttl` could not be read",
        ),
        (&broken, &[], "line 1"),
        (&csv, &[], "rows.csv"),
        (&events, &["--shapes", "natoinal"], "google, national"),
        (&events, &["--shapes", ill.to_str().unwrap()], "sh:minCount"),
        (
            &events,
            &["--as-submitted", "--report", "turtle"],
            "`--report text`",
        ),
    ] {
        let ended = validate(data, more).with(2);
        let sorted: BTreeSet<&str> = ended.err.split([' ', ',', '\n']).collect();
        let is_there =
            ended.err.contains(expected) || expected.split(", ").all(|word| sorted.contains(word));
        assert!(is_there, "{expected}\n---\n{}", ended.err);
        assert_eq!(ended.out, "");
    }
}

#[test]
fn the_w3c_report_is_the_same_graph_in_both_syntaxes_and_keeps_complex_paths() {
    let files = Files::new();
    let shapes = files.file("own.ttl", OWN);
    let data = files.file(
        "data.nt",
        "<http://e.example/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Top> .\n\
         _:b <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Top> .\n",
    );
    let shapes = ["--shapes", shapes.to_str().unwrap()];
    let turtle = validate(&data, &[&shapes[..], &["--report", "turtle"]].concat()).with(1);
    let turtle = triples(&turtle.out, Syntax::Turtle);
    let json = validate(&data, &[&shapes[..], &["--report", "jsonld"]].concat()).with(1);
    let json = triples(&json.out, Syntax::JsonLd);
    assert!(are_isomorphic(&turtle, &json).unwrap());
    let count = |local: &str| {
        let iri = format!("http://www.w3.org/ns/shacl#{local}");
        let with = turtle
            .iter()
            .filter(|triple| triple.predicate.as_str() == iri);
        with.count()
    };
    assert_eq!(count("result"), 2);
    assert_eq!(count("resultPath"), 2);
    assert_eq!(count("alternativePath"), 2);
    assert_eq!(count("inversePath"), 2);
    assert_eq!(count("conforms"), 1);
}

#[test]
fn shapes_of_ones_own_go_by_the_classes_of_the_data_and_not_of_the_shapes() {
    let files = Files::new();
    let shapes = files.file("own.ttl", OWN);
    let shapes = ["--shapes", shapes.to_str().unwrap()];
    let upper = "<http://e.example/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Upper> .\n";
    let data = files.file("data.nt", upper);
    let said = validate(&data, &shapes).with(0).out;
    assert!(said.contains("Nothing was checked"), "{said}");
    let ontology = "<http://e.example/Upper> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <http://e.example/Top> .\n";
    let ontology = files.file("ontology.nt", ontology);
    let said = run(affiche(["validate", "--data"])
        .args([&data, &ontology])
        .args(shapes))
    .with(1)
    .out;
    assert!(said.contains("1 to mend"), "{said}");
}

#[test]
fn compressed_files_and_the_standard_input_are_read() {
    let files = Files::new();
    let text = format!("{PREFIXES}{EVENTS}");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let gz = files.file("events.ttl.gz", packed.finish().unwrap());
    let said = validate(&gz, &[]).with(1).out;
    assert!(said.contains("events.ttl.gz, line 5"), "{said}");
    let said = run_with_input(&mut affiche(["validate", "--data", "-"]), &text).with(1);
    assert!(said.out.contains("-, line 5"), "{}", said.out);
    let json = r#"{"@context": "https://schema.org",
 "@id": "https://theatre.example/x",
 "@type": "http://schema.org/TheaterEvent"}"#;
    let json = json.replace("https://schema.org", "http://schema.org");
    let said = run_with_input(&mut affiche(["validate", "--data", "-"]), &json).with(1);
    assert!(
        said.out.contains("-, line 2: https://theatre.example/x"),
        "{}",
        said.out
    );
}

#[test]
fn as_submitted_asks_what_the_door_would_say_and_leaves_nothing() {
    let files = Files::new();
    // The door understands this date and this namespace; as it stands, nothing is asked of it.
    let text = "@prefix s: <https://schema.org/> .\n\
        <https://theatre.example/un> a s:TheaterEvent ; s:name \"Le Bac\" ; s:startDate \"2026-12-31T20:30\" ;\n\
        s:location <https://theatre.example/salle> .\n\
        <https://theatre.example/salle> a s:Place ; s:name \"Salle\" ; s:address [ a s:PostalAddress ; s:addressLocality \"Tours\" ; s:postalCode \"37000\" ] .\n";
    let path = files.file("a.ttl", text);
    let before = std::fs::read_dir(std::env::temp_dir()).unwrap().count();
    assert!(
        validate(&path, &[])
            .with(0)
            .out
            .contains("Nothing was checked")
    );
    let said = validate(&path, &["--as-submitted"]).with(0).out;
    assert!(said.contains("would be accepted"), "{said}");
    assert!(said.contains("2026-12-31T20:30:00+01:00"), "{said}");
    let said = validate(&path, &["--as-submitted", "--shapes", "national"])
        .with(1)
        .out;
    assert!(said.contains("`national`"), "{said}");
    assert!(
        said.contains("a.ttl, line 2: https://theatre.example/un"),
        "{said}"
    );
    let said = validate(&files.events(), &["--as-submitted", "--report", "json"]).with(1);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(json["submission"]["outcome"], "refused");
    assert_eq!(json["assessment"]["conforms"], false);
    let after = std::fs::read_dir(std::env::temp_dir()).unwrap().count();
    // Other tests have folders of their own there.
    assert!(after < before + 20, "{before} files became {after}");
}

/// A form with these fields: name, file name, content.
fn form(fields: &[(&str, Option<&str>, &str)]) -> (String, String) {
    let mut body = String::new();
    for (name, file, content) in fields {
        let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
        body.push_str(&format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body)
}

fn post(server: &Server, query: &str, headers: &str, body: impl AsRef<[u8]>) -> String {
    let body = body.as_ref();
    let head = format!(
        "POST /validate{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    let mut stream = server.connect();
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
    read_to_end(&mut stream)
}

#[test]
fn anyone_can_have_data_checked_over_http_and_nothing_is_kept() {
    let data = Data::new();
    let before = data.export();
    let server = Server::start(&mut data.affiche(["serve"]));
    let events = format!("{PREFIXES}{EVENTS}");
    let turtle = "Content-Type: text/turtle\r\n";
    let answer = post(&server, "", turtle, &events);
    assert!(answer.contains(" 200 OK"), "{answer}");
    assert!(
        answer.contains("content-type: application/json"),
        "{answer}"
    );
    assert!(answer.contains("cache-control: no-store"), "{answer}");
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let json: Value = serde_json::from_str(body).unwrap();
    assert_eq!(json["counts"]["violations"], 2);

    let answer = post(&server, "?report=text&lang=en", turtle, &events);
    assert!(
        answer.contains("data, line 5: https://theatre.example/un = `31/12/2026`"),
        "{answer}"
    );
    let answer = post(
        &server,
        "?shapes=national&shapes=google&report=text&lang=fr",
        turtle,
        &events,
    );
    assert!(
        answer.contains("`national`") && answer.contains("`google`"),
        "{answer}"
    );
    assert!(!answer.contains("`minimum`"), "{answer}");

    let accept = format!("{turtle}Accept: text/turtle\r\n");
    let answer = post(&server, "", &accept, &events);
    assert!(answer.contains("content-type: text/turtle"), "{answer}");
    assert!(answer.contains("sh:conforms false"), "{answer}");
    let answer = post(&server, "?report=jsonld", turtle, &events);
    assert!(answer.contains("application/ld+json"), "{answer}");

    // As the server would understand it: the date is one, and what is no date is told by the door.
    let local = format!(
        "{PREFIXES}t:un a schema:TheaterEvent ; schema:name \"Le Bac\" ; schema:startDate \"2026-12-31T20:30\" ; schema:location t:s .\n\
         t:s a schema:Place ; schema:name \"S\" ."
    );
    let answer = post(&server, "?report=text&lang=en", turtle, &local);
    assert!(answer.contains("1 to mend"), "{answer}");
    let query = "?report=text&lang=en&as-submitted=true";
    let answer = post(&server, query, turtle, &local);
    assert!(
        answer.contains("as this server would understand it"),
        "{answer}"
    );
    assert!(!answer.contains("to mend"), "{answer}");

    let accept = format!("{turtle}Accept: text/html\r\nAccept-Language: en\r\n");
    let evil = format!("{events}t:x a schema:TheaterEvent ; schema:startDate \"<script>\" .\n");
    let answer = post(&server, "", &accept, &evil);
    assert!(answer.contains("<h1>It does not conform"), "{answer}");
    assert!(
        answer.contains("&#60;script&#62;") || answer.contains("&lt;script&gt;"),
        "{answer}"
    );
    assert!(!answer.contains("<script>"), "{answer}");
    assert!(answer.contains("data, line 5"), "{answer}");

    drop(server);
    assert_eq!(data.export(), before);
}

#[test]
fn a_form_takes_files_pasted_text_and_shapes_of_ones_own() {
    let data = Data::new();
    let server = Server::start(&mut data.affiche(["serve"]));
    for lang in ["fr", "en"] {
        let page = server.get(&format!("/validate?lang={lang}"));
        assert!(page.contains("enctype=\"multipart/form-data\""), "{page}");
        assert!(page.contains("value=\"national\""), "{page}");
    }
    assert!(server.get("/").contains("href=\"/validate\""));
    assert!(server.get("/about").contains("href=\"/validate\""));
    let top = "@prefix e: <http://e.example/> . e:a a e:Top .";
    let (content_type, body) = form(&[
        ("data", Some(""), ""),
        ("text", None, top),
        ("format", None, "turtle"),
        ("shapes", Some("own.ttl"), OWN),
        ("report", None, "text"),
    ]);
    let header = format!("Content-Type: {content_type}\r\n");
    let answer = post(&server, "?lang=en", &header, body);
    assert!(answer.contains(" 200 OK"), "{answer}");
    assert!(answer.contains("`own.ttl`: not met, 1 to mend"), "{answer}");
    let (content_type, body) = form(&[
        (
            "data",
            Some("C:\\venue\\events.ttl"),
            &format!("{PREFIXES}{EVENTS}"),
        ),
        ("shapes", None, "minimum"),
        ("shapes", None, "capdata"),
    ]);
    let header = format!("Content-Type: {content_type}\r\n");
    let answer = post(&server, "?lang=en&report=text", &header, body);
    assert!(answer.contains("events.ttl, line 5"), "{answer}");
    assert!(answer.contains("`capdata` ("), "{answer}");
}

#[test]
fn a_profile_of_the_operators_is_asked_like_the_others() {
    let data = Data::new();
    let shapes = OWN.replace("e:Top ;", "<http://schema.org/TheaterEvent> ;");
    let file = data.file("paris.ttl", &shapes);
    let server = Server::start(
        data.affiche(["serve"])
            .env("AFFICHE_PROFILES", file.to_str().unwrap()),
    );
    assert!(server.get("/validate").contains("value=\"paris\""));
    let events = format!("{PREFIXES}{EVENTS}");
    let turtle = "Content-Type: text/turtle\r\n";
    let answer = post(&server, "?shapes=paris&report=text&lang=en", turtle, events);
    assert!(answer.contains("`paris`: not met, 2 to mend"), "{answer}");
}

#[test]
fn what_cannot_be_checked_over_http_is_a_problem_that_says_why() {
    let data = Data::new();
    let server = Server::start(
        data.affiche(["serve"])
            .env("AFFICHE_LIMITS_VALIDATION_BYTES", "20000"),
    );
    let turtle = "Content-Type: text/turtle\r\n";
    let (content_type, ill) = form(&[
        (
            "text",
            None,
            "<http://e.example/a> a <http://e.example/C> .",
        ),
        ("format", None, "turtle"),
        (
            "shapes",
            Some("ill.ttl"),
            "<http://e.example/s> <http://www.w3.org/ns/shacl#targetNode> 1 ; <http://www.w3.org/ns/shacl#minCount> 1 .",
        ),
    ]);
    let multipart = format!("Content-Type: {content_type}\r\n");
    let none = form(&[("shapes", None, "minimum")]).1;
    let large = " ".repeat(30_000);
    for (query, headers, body, status, slug, further) in [
        ("", turtle, "<a", 400, "unreadable", "\"line\": 1"),
        (
            "?shapes=natoinal",
            turtle,
            "",
            400,
            "bad-request",
            "natoinal",
        ),
        ("?nonsense=1", turtle, "", 400, "bad-request", "nonsense"),
        ("", &multipart, &none, 400, "bad-request", "data"),
        ("", &multipart, "no form", 400, "bad-request", ""),
        (
            "",
            &multipart,
            &ill,
            422,
            "ill-formed-shapes",
            "\"parameter\": \"minCount\"",
        ),
        (
            "",
            "Content-Type: image/png\r\n",
            "",
            415,
            "unsupported-media-type",
            "multipart/form-data",
        ),
        ("?report=docx", turtle, "", 406, "not-acceptable", "turtle"),
        (
            "",
            turtle,
            &large,
            413,
            "body-too-large",
            "limits.validation_bytes",
        ),
    ] {
        let answer = post(&server, query, headers, body);
        assert!(answer.contains(&format!(" {status} ")), "{slug}: {answer}");
        assert!(
            answer.contains(&format!("/problems/{slug}")),
            "{slug}: {answer}"
        );
        assert!(answer.contains(further), "{slug}: {answer}");
    }
}
