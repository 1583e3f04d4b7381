//! What it costs to find a name: completion and search over many names, beside what tantivy takes
//! for a bare look-up of one prefix in the same index and run.
//!
//! `cargo bench --profile dev --bench names -- 100000` makes so many invented names of persons,
//! companies, venues and productions, and prints the table of `docs/performance.md`.

use affiche::model::{Generation, Lang};
use affiche::search::{Entry, Facet, Name, Names, Order, Question, Searching, Standing, Wanted};
use std::path::Path;
use std::time::{Duration, Instant};
use tantivy::collector::TopDocs;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, Searcher, Term};

/// How long something short is repeated at least.
const ENOUGH: Duration = Duration::from_millis(500);
const TODAY: i32 = 20_000;
/// What people type, letter by letter and whole, right and wrong.
const TYPED: &[&str] = &[
    "th",
    "the",
    "theatre",
    "theatre de la",
    "theatre de la gra",
    "compagnie",
    "marie",
    "marie dup",
    "mnuchkin",
    "teatre de lille",
    "zzzzzz",
];

const FIRST: &[&str] = &[
    "Marie", "Jean", "Aïssa", "Zoé", "Léa", "Tomás", "Ariane", "Étienne", "Noémie", "Björn",
    "Inès", "Yann", "Céline", "Loïc", "Hélène", "Ömer", "Samir", "Ewa",
];
const SYLLABLES: &[&str] = &[
    "du", "pont", "mar", "tin", "le", "fè", "vre", "mou", "chki", "ne", "ga", "ra", "bel", "mont",
    "cha", "pel", "ro", "che", "vil", "lar", "sau", "va", "ge", "kar", "ben",
];
const TOWNS: &[&str] = &[
    "Lille", "Laval", "Tours", "Nantes", "Brest", "Pau", "Metz", "Nîmes", "Sète", "Angers",
];
const THINGS: &[&str] = &[
    "Marées", "Grenier", "Nuit", "Jardin", "Voleurs", "Silence", "Baleine", "Étoile", "Fenêtre",
    "Orage", "Cirque", "Chevaux", "Lune", "Hiver",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = arguments
        .iter()
        .filter_map(|one| one.parse().ok())
        .collect();
    for size in if sizes.is_empty() {
        vec![100_000]
    } else {
        sizes
    } {
        measure(size);
    }
}

fn measure(size: usize) {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("index");
    let names = Names::open(&path).expect("an index");
    let mut writer = names.writer().expect("a writer");
    let begun = Instant::now();
    for number in 0..size {
        writer.add(&entry(number)).expect("it is written");
    }
    let standing = Standing::new("log", Generation(1));
    writer.commit(&standing).expect("it is written");
    let made = begun.elapsed();
    let begun = Instant::now();
    writer.put(&entry(7)).expect("it is written");
    writer.commit(&standing).expect("it is written");
    let changed = begun.elapsed();
    let bytes: u64 = std::fs::read_dir(&path)
        .expect("a folder")
        .flatten()
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum();
    println!("\n{size} names: made in {made:.1?}, one changed in {changed:.1?}, {bytes} bytes\n");
    println!("| typed | bare prefix (µs) | completion (µs) | ratio | search with facets (µs) |");
    println!("| --- | --- | --- | --- | --- |");
    let searching = names.searching().expect("a state");
    let bare = bare(&path);
    for typed in TYPED {
        let last = affiche::search::fold::fold(typed);
        let last = last.split(' ').next_back().unwrap_or_default().to_owned();
        let prefix = time(|| look_up(&bare, &last));
        let wanted = Wanted::of(typed);
        let completion = time(|| {
            let proposed = searching.complete(&wanted, Lang::Fr, TODAY, 8);
            proposed.expect("an answer").len()
        });
        let search = time(|| search(&searching, &wanted));
        println!(
            "| {typed} | {:.0} | {:.0} | {:.1} | {:.0} |",
            micros(prefix),
            micros(completion),
            completion.as_secs_f64() / prefix.as_secs_f64(),
            micros(search),
        );
    }
    for (what, letter, from) in [
        ("A–Z, first page", None, 0),
        ("A–Z, in the middle", None, size / 8),
        ("A–Z, one letter", Some("M"), 0),
    ] {
        let letter = letter.map(|letter| (facet("letter"), letter.to_owned()));
        let nothing = Wanted::default();
        let question = Question {
            wanted: &nothing,
            lang: Lang::Fr,
            today: TODAY,
            filters: [(facet("kind"), "person".to_owned())]
                .into_iter()
                .chain(letter)
                .collect(),
            order: Order::Name,
            from,
            most: 50,
            facets: vec![facet("letter"), facet("function")],
        };
        let took = time(|| searching.ask(&question).expect("an answer").hits.len());
        println!("| {what} | | | | {:.0} |", micros(took));
    }
}

fn search(searching: &Searching, wanted: &Wanted) -> usize {
    let answer = searching.ask(&Question {
        wanted,
        lang: Lang::Fr,
        today: TODAY,
        filters: Vec::new(),
        order: Order::Best,
        from: 0,
        most: 50,
        facets: vec![facet("kind"), facet("department"), facet("discipline")],
    });
    answer.expect("an answer").hits.len()
}

fn facet(name: &str) -> &'static Facet {
    Facet::named(name).expect("a facet")
}

/// The same files, read by tantivy alone.
fn bare(path: &Path) -> (Searcher, tantivy::schema::Field) {
    let index = Index::open_in_dir(path).expect("an index");
    let field = index.schema().get_field("starts").expect("a field");
    (index.reader().expect("a reader").searcher(), field)
}

fn look_up((searcher, field): &(Searcher, tantivy::schema::Field), prefix: &str) -> usize {
    let term = Term::from_field_text(*field, prefix);
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    let best = TopDocs::with_limit(8).order_by_score();
    searcher.search(&query, &best).expect("an answer").len()
}

/// The least of the means of five runs.
fn time(mut work: impl FnMut() -> usize) -> Duration {
    let runs = (0..5).map(|_| {
        let begun = Instant::now();
        let mut times = 0;
        while begun.elapsed() < ENOUGH / 5 {
            std::hint::black_box(work());
            times += 1;
        }
        begun.elapsed() / times
    });
    runs.min().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// An invented entry, the same for the same number.
fn entry(number: usize) -> Entry {
    // A step that is prime to all lengths mixes them.
    let pick = |list: &[&'static str], salt: usize| {
        list[(number * 7919 + salt * 104_729) / (salt + 1) % list.len()]
    };
    let word = |salt: usize| {
        let syllables: String = (0..3)
            .map(|place| pick(SYLLABLES, salt + place * 3))
            .collect();
        let mut chars = syllables.chars();
        let first = chars.next().map(char::to_uppercase);
        first.into_iter().flatten().chain(chars).collect::<String>()
    };
    let (kind, name) = match number % 10 {
        0..=4 => ("person", format!("{} {}", pick(FIRST, 1), word(2))),
        5 => (
            "organisation",
            format!("Compagnie {} et {}", word(1), pick(THINGS, 4)),
        ),
        6 => (
            "place",
            format!("Théâtre de la {} – {}", pick(THINGS, 2), pick(TOWNS, 3)),
        ),
        _ => (
            "production",
            format!("Les {} de {}", pick(THINGS, 5), word(6)),
        ),
    };
    Entry {
        path: format!("id/{number:012}"),
        kind: kind.to_owned(),
        names: vec![Name {
            text: name,
            lang: Some("fr".to_owned()),
        }],
        town: Some(pick(TOWNS, 3).to_owned()),
        department: Some(format!("{:02}", number % 95)),
        disciplines: vec![format!("vocab/disciplines/{}", number % 13)],
        functions: vec![format!("vocab/fonctions/{}", number % 40)],
        days: (number.is_multiple_of(3))
            .then_some(TODAY + 3)
            .into_iter()
            .collect(),
        links: (number % 500) as u64,
        ..Entry::default()
    }
}
