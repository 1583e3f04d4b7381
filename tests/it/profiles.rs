//! Which profiles entities meet, kept in step with whatever is done; and profiles that gate.

use crate::program::{Data, PREFIXES, Random, Server, run, run_with_input, until};
use crate::support::{Folder, at, name};
use affiche::ingest::conformance::{FollowError, follow};
use affiche::ingest::hands::{self, Merge, Unmerge};
use affiche::ingest::{Outcome, sources};
use affiche::model::{Activity, Generation, Mode, Progress, Stage};
use affiche::store::{Request, Store};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Duration;

const DCT_CONFORMS_TO: &str = "http://purl.org/dc/terms/conformsTo";

/// The profiles that what the theatre calls `t:{local}` is said to meet.
fn met(folder: &Folder, local: &str) -> Vec<String> {
    let entity = folder.entity("theatre", &format!("https://theatre.example/{local}"));
    let snapshot = folder.store.snapshot().unwrap();
    let view = snapshot.view();
    let quads = view.met_by(&entity).unwrap();
    let mut profiles: Vec<String> = quads
        .into_iter()
        .map(|quad| {
            assert_eq!(quad.predicate.as_str(), DCT_CONFORMS_TO);
            let profile = quad.object.to_string();
            let local = profile.rsplit('/').next().unwrap_or_default();
            local.trim_end_matches('>').to_owned()
        })
        .collect();
    profiles.sort_unstable();
    profiles
}

fn meets(folder: &Folder, local: &str, profile: &str) -> bool {
    met(folder, local).iter().any(|met| met == profile)
}

const ADDRESS: &str = "schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ; schema:addressCountry \"FR\" ] ;";

fn hall(address: &str) -> String {
    format!("t:hall a schema:Place ; {address} schema:name \"Grande salle\"@fr .\n")
}

const ROOM: &str =
    "t:room a schema:Place ; schema:name \"Petite salle\"@fr ; schema:containedInPlace t:hall .\n";
const NIGHT: &str = "t:night a schema:PerformingArtsEvent ; schema:name \"Bérénice\"@fr ; \
    schema:startDate \"2027-03-01T20:00:00+01:00\"^^xsd:dateTime ; schema:location t:hall ; \
    schema:genre <https://data.example.org/vocab/disciplines/theatre> ; schema:superEvent t:festival .\n";

fn festival(organizer: &str) -> String {
    format!("t:festival a schema:Festival ; {organizer} schema:name \"Festival\"@fr .\n")
}

const ORGANIZER: &str = "schema:organizer t:cie ;";
const COMPANY: &str = "t:cie a schema:Organization ; schema:name \"La Compagnie\"@fr .\n";

#[test]
fn a_place_that_gets_or_loses_its_address_counts_with_the_rooms_in_it() {
    let mut folder = Folder::with_sources(&["theatre"]);
    for (address, is_met) in [("", false), (ADDRESS, true), ("", false)] {
        let report = folder.submit("theatre", &format!("{}{ROOM}", hall(address)));
        assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
        for local in ["hall", "room"] {
            assert!(meets(&folder, local, "minimum"));
            assert_eq!(meets(&folder, local, "google"), is_met, "{local}");
            assert_eq!(meets(&folder, local, "national"), is_met, "{local}");
        }
        folder.check();
    }
}

#[test]
fn a_performance_is_judged_anew_when_only_what_it_is_part_of_is_sent() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let all = format!("{}{NIGHT}{COMPANY}{}", hall(ADDRESS), festival(""));
    folder.submit("theatre", &all);
    assert!(!meets(&folder, "night", "national"));
    for (organizer, is_met) in [(ORGANIZER, true), ("", false), (ORGANIZER, true)] {
        let report = folder.send(Mode::Upsert, "theatre", &festival(organizer));
        assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
        assert_eq!(meets(&folder, "night", "national"), is_met);
        // What is told is about what was sent.
        let told = report.profiles.expect("few enough");
        let national = told.iter().find(|told| told.profile == "national");
        assert_eq!(national.map(|told| told.asked), Some(1));
        folder.check();
    }
    folder.send_bytes(
        Mode::Withdraw,
        "theatre",
        b"https://theatre.example/festival\n",
        "iris",
    );
    assert!(!meets(&folder, "night", "national"));
    assert!(met(&folder, "festival").is_empty());
    folder.check();
}

#[test]
fn a_work_that_is_described_better_lifts_its_performances() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let night = "t:night a schema:PerformingArtsEvent ; schema:name \"Bérénice\"@fr ; \
        schema:startDate \"2027-03-01T20:00:00+01:00\"^^xsd:dateTime ; schema:location t:hall ; \
        schema:organizer t:cie ; schema:workPerformed t:show .\n";
    let show = |genre: &str| {
        format!("t:show a ado:LivePerformanceWork ; {genre} schema:name \"Bérénice\"@fr .\n")
    };
    folder.submit(
        "theatre",
        &format!("{}{COMPANY}{night}{}", hall(ADDRESS), show("")),
    );
    let before = met(&folder, "night");
    folder.send(
        Mode::Upsert,
        "theatre",
        &show("schema:genre <https://data.example.org/vocab/disciplines/theatre> ; schema:description \"Une tragédie de Racine.\"@fr ; schema:image <https://theatre.example/b.jpg> ;"),
    );
    let after = met(&folder, "night");
    assert!(before.len() < after.len(), "{before:?} {after:?}");
    folder.check();
}

#[test]
fn merged_entities_meet_what_they_meet_together_and_apart_what_each_meets() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &hall(""));
    folder.submit(
        "office",
        &format!("<https://office.example/1> a schema:Place ; {ADDRESS} schema:name \"Grande salle\"@fr ."),
    );
    assert!(!meets(&folder, "hall", "google"));
    let one = folder.entity("theatre", "https://theatre.example/hall");
    let other = folder.entity("office", "https://office.example/1");
    let merge = Merge {
        one: one.as_str(),
        other: other.as_str(),
        ..Merge::default()
    };
    let met_by = |folder: &Folder| {
        let snapshot = folder.store.snapshot().unwrap();
        snapshot.view().met_by(&other).unwrap().len()
    };
    assert!(met_by(&folder) > 0);
    hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap();
    assert!(meets(&folder, "hall", "google"));
    assert_eq!(met_by(&folder), 0, "what is merged away meets nothing");
    folder.check();
    let unmerge = Unmerge {
        entity: one.as_str(),
        other: Some(other.as_str()),
        ..Unmerge::default()
    };
    hands::unmerge(&folder.store, folder.door, &unmerge, folder.now).unwrap();
    assert!(!meets(&folder, "hall", "google"));
    assert!(met_by(&folder) > 0);
    folder.check();
}

#[test]
fn a_rank_a_withdrawal_and_a_redaction_are_judged_like_a_submission() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let address = "schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ] ;";
    folder.submit("theatre", &hall(address));
    let hall_iri = folder.entity("theatre", "https://theatre.example/hall");
    let same = format!(
        "<https://office.example/1> a schema:Place ; {ADDRESS} schema:name \"Salle\"@fr ; schema:sameAs <{}> .",
        hall_iri.as_str()
    );
    folder.submit("office", &same);
    assert!(
        !meets(&folder, "hall", "national"),
        "the theatre is followed"
    );
    let first = |source: &mut affiche::model::Source| source.rank = 1;
    let report = sources::change(
        &folder.store,
        folder.door,
        &name("office"),
        first,
        folder.now,
    )
    .unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    assert!(meets(&folder, "hall", "national"), "now the office is");
    folder.check();
    let folder = folder.redact(&Request {
        literals: vec!["Tours".to_owned()],
        ..Request::default()
    });
    assert!(!meets(&folder, "hall", "national"), "the town is struck");
    folder.check();
    let removed = sources::remove(
        &folder.store,
        folder.door,
        &name("theatre"),
        false,
        folder.now,
    );
    assert_eq!(removed.unwrap().outcome, Outcome::Accepted);
    folder.check();
    let removed = sources::remove(
        &folder.store,
        folder.door,
        &name("office"),
        false,
        folder.now,
    );
    assert_eq!(removed.unwrap().outcome, Outcome::Accepted);
    assert!(met(&folder, "hall").is_empty());
    folder.check();
}

#[test]
fn a_dry_run_tells_of_the_profiles_and_changes_nothing() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let before = folder.export();
    let text = format!("{PREFIXES}{}", hall(""));
    let source = name("theatre");
    let documents = [affiche::ingest::Document {
        name: "-",
        bytes: text.as_bytes(),
        format: Some("turtle"),
        base: None,
    }];
    let report = folder
        .take(&affiche::ingest::Submission {
            is_dry_run: true,
            ..affiche::ingest::Submission::new(&source, &documents)
        })
        .unwrap();
    let told = report.profiles.clone().expect("few enough");
    let google = told.iter().find(|told| told.profile == "google").unwrap();
    assert_eq!((google.asked, google.meets), (1, 0));
    assert!(google.groups.iter().any(|group| group.count == 1));
    assert_eq!(folder.export(), before);
    // What informs decides nothing, and does not stand among what does.
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.profile.as_deref() != Some("google"))
    );
}

/// Two hundred places without an address.
fn many(count: usize, address: &str) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(
            text,
            "t:p{number} a schema:Place ; {address} schema:name \"Lieu {number}\"@fr ."
        );
        text
    })
}

fn behind(store: &Store) -> Option<Generation> {
    store.snapshot().unwrap().view().profiles_behind().unwrap()
}

#[test]
fn a_change_of_too_many_entities_is_published_at_once_and_judged_afterwards() {
    let mut folder = Folder::with_sources(&["theatre"]).judging_at_once(20);
    let before = folder.store.generation();
    let report = folder.submit("theatre", &many(30, ADDRESS));
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(report.profiles, None);
    assert_eq!(behind(&folder.store), Some(before));
    assert!(met(&folder, "p7").is_empty());
    folder.check();
    // What is small is in step all the same.
    folder.send(Mode::Upsert, "theatre", &hall(ADDRESS));
    assert!(meets(&folder, "hall", "google"));
    assert_eq!(behind(&folder.store), Some(before), "the rest is not");
    assert_eq!(folder.follow(), Some(folder.store.generation()));
    assert_eq!(behind(&folder.store), None);
    for local in ["p7", "p29", "hall"] {
        assert!(meets(&folder, local, "google"), "{local}");
    }
    folder.check();
    assert_eq!(folder.follow(), None);
}

#[test]
fn what_is_asked_to_stop_changes_nothing_and_goes_on_later() {
    let mut folder = Folder::with_sources(&["theatre"]).judging_at_once(3);
    folder.submit("theatre", &many(10, ADDRESS));
    let before = folder.export();
    let progress = Progress::default();
    progress.stop();
    let now = || at("2026-11-22T13:00:00Z");
    let stopped = follow(&folder.store, folder.door, &now, &progress);
    assert!(matches!(stopped, Err(FollowError::Stopped)), "{stopped:?}");
    assert_eq!(folder.export(), before);
    folder.follow();
    assert!(meets(&folder, "p3", "google"));
    folder.check();
}

#[test]
fn what_is_written_while_everything_is_judged_is_judged_as_it_is_at_the_end() {
    // The clock of the follower is asked when its change is ready, so a write cannot come in
    // between; it is made while the places are judged, from another thread.
    let mut folder = Folder::with_sources(&["theatre"]).judging_at_once(20);
    folder.submit("theatre", &many(400, ""));
    folder.submit("theatre", &many(400, ADDRESS));
    let progress = Progress::default();
    std::thread::scope(|scope| {
        let store = &folder.store;
        let door = folder.door;
        let following = scope.spawn(|| {
            let now = || at("2026-11-22T13:00:00Z");
            follow(store, door, &now, &progress).unwrap()
        });
        until("some are judged", || {
            (progress.stage() == Stage::Judging && progress.steps().0 > 10)
                || following.is_finished()
        });
        let source = name("theatre");
        for number in 0..12 {
            let address = if number % 2 == 0 { "" } else { ADDRESS };
            let text = format!(
                "{}t:p{number} a schema:Place ; {address} schema:name \"Lieu {number}\"@fr .",
                crate::support::PREFIXES
            );
            let documents = [affiche::ingest::Document {
                name: "-",
                bytes: text.as_bytes(),
                format: Some("turtle"),
                base: None,
            }];
            let submission = affiche::ingest::Submission {
                mode: Mode::Upsert,
                ..affiche::ingest::Submission::new(&source, &documents)
            };
            affiche::ingest::submit(
                store,
                door,
                &submission,
                at(crate::support::NOW),
                &mut |_| (),
            )
            .unwrap();
        }
        following.join().unwrap();
    });
    assert_eq!(behind(&folder.store), None);
    for number in 0..12 {
        let is_met = meets(&folder, &format!("p{number}"), "google");
        assert_eq!(is_met, number % 2 == 1, "p{number}");
    }
    assert!(meets(&folder, "p399", "google"));
    folder.check();
}

#[test]
fn other_shapes_have_everything_judged_anew() {
    let data = Data::new();
    data.submit("t:a a schema:Person ; schema:name \"Anne\" .")
        .with(0);
    assert!(data.export().contains("/graph/conformance>"));
    // A folder from before: nothing says who meets what, and the built-in files are others.
    let opened = Store::open(&data.path, &crate::support::opening(false)).unwrap();
    let mut write = opened.write().unwrap();
    let stale: Vec<_> = write.before().all_met().collect::<Result<_, _>>().unwrap();
    assert!(!stale.is_empty());
    for quad in stale {
        write.remove(quad).unwrap();
    }
    let system = affiche::model::SourceName::system();
    let node = opened.base().source(&system);
    let builtin = opened.base().sv("builtin");
    for quad in write.before().registry(&node).unwrap() {
        if quad.predicate == builtin {
            write.remove(quad).unwrap();
        }
    }
    write
        .commit("2026-11-22T12:00:00Z", &system, Activity::System)
        .unwrap();
    drop(opened);
    data.run(["source", "rank", "festival", "7"]).with(0);
    assert!(data.export().contains("/graph/conformance>"));
    data.run(["check"]).with(0);
}

fn limited(data: &Data, most: usize) {
    std::fs::write(
        data.path.join("affiche.toml"),
        format!("[limits]\njudged_at_once = {most}\n"),
    )
    .expect("the configuration is written");
}

fn met_in(export: &str) -> usize {
    let lines = export.lines();
    lines
        .filter(|line| line.contains("/graph/conformance> .") && line.contains("conformsTo"))
        .count()
}

#[test]
fn the_command_brings_the_profiles_up_to_date_before_it_ends() {
    let data = Data::new();
    limited(&data, 5);
    let ended = data.submit(&many(30, "")).with(0);
    assert!(ended.out.contains("/quality"), "{}", ended.out);
    let export = data.export();
    assert!(!export.contains("profilesAt"), "nothing is behind");
    assert!(met_in(&export) >= 30, "all meet the minimum");
    data.run(["check"]).with(0);
    data.run(["rebuild"]).with(0);
    assert_eq!(data.export(), export);
}

#[test]
fn a_server_brings_the_profiles_up_to_date_soon_after() {
    let data = Data::new();
    limited(&data, 5);
    let server = Server::start(&mut data.affiche(["serve"]));
    data.submit(&many(30, "")).with(0);
    until("the profiles are up to date", || {
        met_in(&data.export()) >= 30
    });
    until("it says so", || {
        let health = server.get("/health");
        let number = |name: &str| {
            let (_, rest) = health
                .split_once(&format!("\"{name}\":"))
                .expect("it is told");
            rest.split([',', '}']).next().map(str::to_owned)
        };
        number("profiles") == number("generation")
    });
    assert!(
        server
            .get("/metrics")
            .contains("\naffiche_profiles_generation ")
    );
    let query = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7BGRAPH%20%3Chttps%3A%2F%2Fdata.example.org%2Fgraph%2Fconformance%3E%20%7B%3Fs%20%3Fp%20%3Fo%7D%7D&format=csv";
    let answer = server.get(query);
    assert!(answer.contains("\nn\r\n30\r\n"), "{answer}");
    server.stop("TERM");
    data.run(["check"]).with(0);
}

#[test]
fn a_kill_while_everything_is_judged_loses_nothing() {
    let data = Data::new();
    limited(&data, 5);
    let mut random = Random(4);
    for round in 0..6 {
        let address = if round % 2 == 0 { ADDRESS } else { "" };
        let file = data.file("many.ttl", &format!("{PREFIXES}{}", many(250, address)));
        let mut child = data
            .affiche(["submit", "--source", "theatre"])
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_millis(150 + random.below(900)));
        // It may have ended, which is one of the moments.
        let _ = child.kill();
        child.wait().expect("it ends");
        data.run(["check"]).with(0);
    }
    let file = data.file("many.ttl", &format!("{PREFIXES}{}", many(250, ADDRESS)));
    run(data.affiche(["submit", "--source", "theatre"]).arg(&file)).with(0);
    let export = data.export();
    assert!(!export.contains("profilesAt"));
    assert!(export.contains(
        "<https://data.example.org/shapes/google> <https://data.example.org/graph/conformance>"
    ));
    data.run(["check"]).with(0);
    data.run(["rebuild"]).with(0);
    assert_eq!(data.export(), export);
}

#[test]
fn a_profile_that_gates_a_source_refuses_what_breaks_it_anew_and_nobody_else() {
    let data = Data::new();
    let submit = |source: &str, arguments: &[&str], turtle: &str| {
        let mut command = data.affiche(["submit", "--source", source]);
        run_with_input(
            command.args(arguments).arg("-"),
            &format!("{PREFIXES}{turtle}"),
        )
    };
    let place = |local: &str, address: &str, name: &str| {
        format!("t:{local} a schema:Place ; {address} schema:name \"{name}\"@fr .\n")
    };
    submit("theatre", &[], &place("old", "", "Ancienne")).with(0);
    let unknown = data
        .run(["source", "set", "theatre", "--gate", "nationale"])
        .with(2);
    assert!(
        unknown.err.contains("`nationale`") && unknown.err.contains("google, national"),
        "{}",
        unknown.err
    );
    data.run(["source", "set", "theatre", "--gate", "google"])
        .with(0);
    let list = data.run(["source", "list"]).with(0).out;
    assert!(list.contains("gated by google"), "{list}");
    assert!(
        data.export()
            .contains("/ns#gatedBy> <https://data.example.org/shapes/google>")
    );
    // What was there stays, and may be told anew.
    let both = place("old", "", "Vieille") + &place("new", "", "Nouvelle");
    let refused = submit("theatre", &[], &both).with(1);
    assert!(
        refused.out.contains("https://theatre.example/new"),
        "{}",
        refused.out
    );
    let json = submit("theatre", &["--report", "json"], &both).with(1).out;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let gated: BTreeSet<&str> = findings
        .iter()
        .filter(|finding| finding["profile"] == "google" && finding["severity"] == "violation")
        .filter_map(|finding| finding["subject"].as_str())
        .collect();
    assert_eq!(gated, BTreeSet::from(["https://theatre.example/new"]));
    assert!(data.export().contains("Ancienne"));
    submit("theatre", &["--partial"], &both).with(0);
    let export = data.export();
    assert!(export.contains("\"Vieille\"") && !export.contains("\"Nouvelle\""));
    submit(
        "theatre",
        &[],
        &(place("old", "", "Vieille") + &place("new", ADDRESS, "Nouvelle")),
    )
    .with(0);
    // What met it may not fall short of it again; others are not held to it.
    let worse = place("old", "", "Vieille") + &place("new", "", "Nouvelle");
    submit("theatre", &[], &worse).with(1);
    submit("festival", &[], &place("elsewhere", "", "Ailleurs")).with(0);
    data.run(["source", "set", "theatre", "--gate", "none"])
        .with(0);
    submit("theatre", &[], &worse).with(0);
    data.run(["check"]).with(0);
}

#[test]
fn a_part_that_says_something_else_now_has_no_new_fault_by_that() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let hall = |street: &str| {
        format!(
            "t:hall a schema:Place ; schema:name \"Salle\"@fr ; schema:address [ a schema:PostalAddress ; \
             schema:streetAddress \"{street}\" ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
        )
    };
    // Its country is missing, of which the profile was not asked then.
    folder.submit("theatre", &hall("1 rue A"));
    let hold = |source: &mut affiche::model::Source| source.gates = vec!["national".to_owned()];
    sources::change(
        &folder.store,
        folder.door,
        &name("theatre"),
        hold,
        folder.now,
    )
    .unwrap();
    let report = folder.submit("theatre", &hall("2 rue A"));
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    let worse = hall("2 rue A").replace("schema:postalCode \"37000\" ; ", "");
    let report = folder.submit("theatre", &worse);
    assert_eq!(report.outcome, Outcome::Refused, "{report:#?}");
}

#[test]
fn a_resource_that_takes_too_much_to_check_is_refused_by_name_and_soon() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let dates = |property: &str, hour: u32| -> String {
        (0..300)
            .map(|n| {
                let (month, day) = (1 + n % 12, 1 + n / 12);
                format!("schema:{property} \"2027-{month:02}-{day:02}T{hour:02}:00:00+01:00\"^^xsd:dateTime ; ")
            })
            .collect()
    };
    let series = format!(
        "t:tour a schema:EventSeries ; {} {} schema:name \"Tournée\"@fr .\n",
        dates("startDate", 20),
        dates("endDate", 21)
    );
    let report = folder.submit("theatre", &series);
    assert_eq!(report.outcome, Outcome::Refused);
    assert!(
        report.findings.iter().any(|one| one.rule == "tooMuch"),
        "{report:#?}"
    );
    assert!(report.findings.len() < 5000, "{}", report.findings.len());
}

#[test]
fn a_report_groups_what_falls_short_by_profile() {
    let data = Data::new();
    let text = data.submit(&many(12, "")).with(0).out;
    assert!(
        text.contains("google: 12 of 12 entities fall short"),
        "{text}"
    );
    assert!(
        text.contains("12 × The place's address is missing"),
        "{text}"
    );
    let again = data.submit(&many(12, ADDRESS)).with(0).out;
    assert!(again.contains("google: met by all 12 entities"), "{again}");
}

#[test]
fn a_profile_of_the_operator_is_judged_and_can_gate_while_it_is_configured() {
    let data = Data::new();
    let place = |local: &str, telephone: &str| {
        format!("t:{local} a schema:Place ; {telephone} schema:name \"Lieu {local}\"@fr .\n")
    };
    let telephone = "schema:telephone \"+33 2 47 00 00 00\" ;";
    let both = place("a", telephone) + &place("b", "");
    data.submit(&both).with(0);
    let shapes = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n\
        @prefix schema: <http://schema.org/> .\n\
        <shapes/town#place> a sh:NodeShape ; sh:targetClass schema:Place ;\n\
        sh:property [ sh:path schema:telephone ; sh:minCount 1 ] .\n";
    let file = data.file("town.ttl", shapes);
    let configuration = data.path.join("affiche.toml");
    std::fs::write(&configuration, format!("profiles = [{file:?}]\n")).unwrap();
    let meet = || {
        let export = data.export();
        let of_town =
            |line: &&str| line.contains("conformsTo> <https://data.example.org/shapes/town>");
        export.lines().filter(of_town).count()
    };
    assert_eq!(meet(), 0, "nothing was written yet");
    data.run(["check"]).with(0);
    data.run(["source", "set", "theatre", "--gate", "town"])
        .with(0);
    assert_eq!(meet(), 1);
    data.run(["check"]).with(0);
    let refused = data.submit(&(both.clone() + &place("c", ""))).with(1);
    assert!(
        refused.out.contains("https://theatre.example/c"),
        "{}",
        refused.out
    );
    data.submit(&(both.clone() + &place("c", telephone)))
        .with(0);
    assert_eq!(meet(), 2);
    std::fs::write(&configuration, "").unwrap();
    let unknown = data.submit(&both).with(2);
    assert!(unknown.err.contains("`town`"), "{}", unknown.err);
    // Other settings can be changed all the same.
    data.run(["source", "set", "theatre", "--publisher", "Le Théâtre"])
        .with(0);
    assert_eq!(meet(), 0);
    data.run(["source", "set", "theatre", "--gate", "none"])
        .with(0);
    data.submit(&both).with(0);
    data.run(["check"]).with(0);
}
