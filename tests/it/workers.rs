//! Queries in processes of their own: the same answers as here, and limits that hold.

use crate::site::Site;
use crate::support::{NOW, at};
use affiche::app::queries::{self, QueryError, Question, Task, Tried};
use affiche::app::{App, demo};
use affiche::config::Limits;
use affiche::model::Generation;
use affiche::query::plan::Place;
use affiche::query::{self, Bounds, Format, Order, Outcome, RunError, format_named, formats_of};
use affiche::store::{CancellationToken, RequestedDataset};
use oxrdf::NamedNode;
use std::time::Duration;

/// Ways of asking that the examples leave out: rows in no order that was asked for, sets, groups,
/// every form.
const FURTHER: &[&str] = &[
    "SELECT * { ?s ?p ?o }",
    "SELECT DISTINCT ?p { ?s ?p ?o }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?type (GROUP_CONCAT(?name; separator='|') AS ?names) { ?s a ?type ; <http://schema.org/name> ?name } GROUP BY ?type",
    "SELECT * { ?s <http://schema.org/location> ?place . ?place ?p ?o OPTIONAL { ?s <http://schema.org/offers> ?offer } }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 3000",
    "SELECT ?s ?o { ?s (<http://schema.org/location>|<http://schema.org/workPerformed>)+ ?o }",
    "SELECT * { { ?s <http://schema.org/name> ?n } UNION { ?n <http://schema.org/location> ?s } FILTER(!isBlank(?s)) }",
    "SELECT * { ?s ?p ?o MINUS { ?s a <http://schema.org/Place> } } LIMIT 2000",
    "SELECT * { ?s <http://schema.org/name> ?o } ORDER BY ?o",
    "SELECT ?o (SAMPLE(?s) AS ?one) (MIN(?o) AS ?least) { ?s ?p ?o } GROUP BY ?o ORDER BY DESC(?o) LIMIT 100",
    "ASK { ?s a <http://schema.org/Place> }",
    "CONSTRUCT { ?o <x:of> ?s } WHERE { ?s <http://schema.org/location> ?o }",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE ?s { ?s a <http://schema.org/Place> }",
];

fn with_demo() -> Site {
    let site = Site::with_limits(|limits| limits.query_timeout = Duration::from_secs(120));
    // The demo's sources publish into any folder.
    demo::fill(&site.app, at(NOW)).expect("it is sound");
    site
}

fn task(app: &App, text: &str, format: Option<&'static Format>) -> Task {
    let dataset = RequestedDataset::default();
    let (prepared, plan) = queries::prepare(app, text, &dataset)
        .unwrap_or_else(|refusal| panic!("{text}\n{refusal:?}"));
    let format = format.unwrap_or_else(|| formats_of(prepared.form()).next().expect("one"));
    Task {
        question: Question {
            text: text.to_owned(),
            dataset,
            bounds: Bounds::Most(app.config.limits.result_rows),
            timeout: app.config.limits.query_timeout,
            release: None,
        },
        prepared,
        plan,
        format,
        media_type: format.media_type,
    }
}

/// What came of a query somewhere.
#[derive(PartialEq, Eq)]
struct Answer {
    generation: Generation,
    body: Vec<u8>,
    outcome: Outcome,
}

fn here(app: &App, task: &Task) -> Answer {
    let snapshot = app.store.snapshot().expect("a snapshot");
    let order = Order {
        prepared: &task.prepared,
        dataset: &task.question.dataset,
        format: task.format,
        bounds: task.question.bounds,
        context: &app.context,
    };
    let mut body = Vec::new();
    let token = CancellationToken::new();
    let outcome = query::run(snapshot.view(), order, &mut body, &token).expect("it runs");
    Answer {
        generation: snapshot.view().generation().expect("it has one"),
        body,
        outcome,
    }
}

fn by_worker(app: &App, task: &Task) -> Result<Answer, QueryError> {
    let mut body = Vec::new();
    let mut generation = None;
    let outcome = queries::by_worker(
        app,
        task,
        &mut |head, _| generation = Some(head.generation),
        &mut body,
        &CancellationToken::new(),
    )?;
    Ok(Answer {
        generation: generation.expect("it began"),
        body,
        outcome,
    })
}

#[track_caller]
fn assert_same(app: &App, task: &Task) {
    let worker = by_worker(app, task).expect("it runs");
    let here = here(app, task);
    let text = &task.question.text;
    let name = task.format.name;
    assert_eq!(worker.generation, here.generation);
    assert_eq!(worker.outcome, here.outcome, "{name}\n{text}");
    assert!(worker.body == here.body, "another answer in {name}\n{text}");
}

#[test]
fn an_answer_does_not_depend_on_where_it_was_made() {
    let site = with_demo();
    let app = &site.app;
    let examples = app.door.queries().values().map(|entry| {
        let example = entry.read.as_ref().expect("it has no fault");
        &*example.text
    });
    let mut count = 0;
    for text in examples.chain(FURTHER.iter().copied()) {
        let first = task(app, text, None);
        if first.prepared.is_volatile {
            continue;
        }
        // The writers are the same for all queries: one of the examples in each would only take
        // long.
        let is_example = !FURTHER.contains(&text);
        let formats = formats_of(first.prepared.form());
        for format in formats.take(if is_example { 1 } else { usize::MAX }) {
            assert_same(app, &task(app, text, Some(format)));
        }
        count += 1;
    }
    assert!(count > 30, "{count} queries were compared");
}

#[test]
fn the_data_set_that_is_asked_for_is_the_same_there() {
    let site = Site::new();
    let graph = |name: &str| {
        let base = site.app.store.base();
        base.source_graph(&crate::support::name(name))
    };
    let datasets: [(Vec<NamedNode>, Vec<NamedNode>); 3] = [
        (vec![graph("theatre")], vec![]),
        (vec![], vec![graph("theatre")]),
        (
            vec![graph("theatre"), graph("office")],
            vec![graph("office")],
        ),
    ];
    let mut bodies = Vec::new();
    for (default_graphs, named_graphs) in datasets {
        let text = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }";
        let mut task = task(&site.app, text, None);
        task.question.dataset = RequestedDataset {
            default_graphs,
            named_graphs,
        };
        assert_same(&site.app, &task);
        bodies.push(here(&site.app, &task).body);
    }
    assert_ne!(bodies[0], bodies[1]);
}

#[test]
fn what_turns_out_not_to_be_cheap_goes_elsewhere_unseen() {
    let site = with_demo();
    let app = &site.app;
    let try_here = |text: &str, place: Place| {
        let mut task = task(app, text, None);
        task.plan.place = place;
        queries::try_here(app, &task, &CancellationToken::new()).expect("it is no failure")
    };
    let small = "SELECT * { ?s a <http://schema.org/Place> } LIMIT 1";
    for (text, place) in [
        // It takes too long; its answer is too large; it is not even tried.
        (
            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
            Place::Here,
        ),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000", Place::Here),
        (small, Place::Worker),
    ] {
        assert!(matches!(try_here(text, place), Tried::Elsewhere), "{text}");
    }
    let Tried::Answered {
        body,
        outcome,
        head,
    } = try_here(small, Place::Here)
    else {
        panic!("a row is found in a quarter of a second");
    };
    assert_eq!((outcome.rows, head.generation), (1, app.store.generation()));
    assert!(!body.is_empty());
}

/// How a query fails that reaches a limit.
fn failure(change: impl FnOnce(&mut Limits), text: &str) -> QueryError {
    let site = Site::with_limits(|limits| {
        limits.query_timeout = Duration::from_secs(60);
        change(limits);
    });
    let task = task(&site.app, text, format_named("csv"));
    match by_worker(&site.app, &task) {
        Ok(answer) => panic!("it is answered with {:?}", answer.outcome),
        Err(error) => error,
    }
}

const PRODUCT: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }";

#[test]
fn each_limit_is_told_for_itself() {
    let time = Duration::from_millis(700);
    let error = failure(
        |limits| limits.query_timeout = time,
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    );
    assert!(
        matches!(error, QueryError::Time(told) if told == time),
        "{error:?}"
    );

    let memory = 150 << 20;
    let sorted = format!("{PRODUCT} ORDER BY ?c ?f ?i");
    let error = failure(|limits| limits.query_memory_bytes = memory, &sorted);
    assert!(
        matches!(error, QueryError::Memory(told) if told == memory),
        "{error:?}"
    );

    let error = failure(|limits| limits.result_rows = 1000, PRODUCT);
    assert!(
        matches!(error, QueryError::Run(RunError::Rows(1000))),
        "{error:?}"
    );

    let error = failure(|limits| limits.result_bytes = 100_000, PRODUCT);
    assert!(matches!(error, QueryError::Bytes(100_000)), "{error:?}");
}

#[test]
fn nobody_reads_an_older_state_than_there_was_when_they_asked() {
    let site = Site::new();
    let app = &site.app;
    let count = "SELECT (COUNT(*) AS ?n) { ?s a <http://schema.org/Person> }";
    for round in 1..=4 {
        let people: String = (0..round)
            .map(|person| format!("t:p{person} a schema:Person ; schema:name \"P {person}\" . "))
            .collect();
        site.submit("office", &people);
        let task = task(app, count, format_named("csv"));
        // Twice: a checkpoint of this state is there the second time.
        for _ in 0..2 {
            let answer = by_worker(app, &task).expect("it runs");
            assert_eq!(answer.generation, app.store.generation());
            assert_eq!(answer.body, format!("n\r\n{round}\r\n").into_bytes());
        }
        let folder = app.store.folder().join("index/checkpoints");
        let kept = std::fs::read_dir(folder).expect("it is there").count();
        assert_eq!(kept, 1, "the former one is gone");
    }
}

#[test]
fn what_an_earlier_program_left_is_removed_at_the_start() {
    let site = Site::new();
    let folder = site.app.store.folder().join("index/checkpoints");
    let former = folder.join("7");
    std::fs::create_dir_all(&former).expect("it can be made");
    let checkpoints = queries::Checkpoints::new(&site.app.store.folder().join("index"));
    checkpoints.clear().expect("it can be removed");
    assert!(!former.exists());
}
