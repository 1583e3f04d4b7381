//! Questions to the index, and their answers.
//!
//! All words of a question have to be there; the last one may be unfinished. What bears exactly
//! these words comes first, then what begins with them, then what nearly does. Whatever is asked,
//! it costs a bounded time: only so many words of so many characters count.

use crate::model::Lang;
use crate::search::entry::{Entry, Name};
use crate::search::fields::{Facet, Fields, LAST, LINKS, PATH, key_column};
use crate::search::tally::{Counts, Tally};
use crate::search::{SearchError, fold};
use tantivy::collector::sort_key::SortByString;
use tantivy::collector::{Collector, Count, SegmentSortKeyComputer, SortKeyComputer, TopDocs};
use tantivy::columnar::Column;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, FuzzyTermQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value as _};
use tantivy::{
    DocAddress, DocId, Order as Direction, Score, Searcher, SegmentReader, TantivyDocument, Term,
};

/// How many words of a question count.
pub const MOST_WORDS: usize = 8;
/// With fewer answers than this, names that are nearly so are answers too.
const FEW: usize = 5;
/// Words of so many letters may have one error, and two.
const LETTERS_OF_ERRORS: [(usize, u8); 2] = [(8, 2), (4, 1)];
/// How many errors a word may have where nothing was found.
const MOST_ERRORS: u8 = 2;

/// What each way to match a word is worth. Whoever matches in a better way also matches in those
/// below it, so that the sums are in the same order.
const EXACT: Score = 16.0;
const START: Score = 8.0;
const NEARLY: Score = 4.0;
const NEARLY_START: Score = 1.0;
/// The same, for a name that begins with the first word, and that is the question.
const FIRST: Score = 3.0;
const WHOLE: Score = 64.0;

/// The kinds of those whom one looks for by name, and what being one is worth where names are
/// proposed: more than to begin with the word.
const SOUGHT: &[&str] = &["place", "person", "organisation", "production", "festival"];
const OF_SOUGHT: Score = 4.0;
/// The kind of which nothing is proposed.
const PERFORMANCE: &str = "performance";

/// In which order answers come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The best first.
    Best,
    /// By name.
    Name,
}

/// What somebody types, as it is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    words: Vec<String>,
    /// How many words of it do not count.
    pub left_out: usize,
    whole: String,
}

impl Wanted {
    pub fn of(text: &str) -> Self {
        let whole = fold::fold(text);
        let mut all = whole.split(' ').filter(|word| !word.is_empty());
        let words = all.by_ref().take(MOST_WORDS);
        let words = words
            .map(|word| fold::shortened(word, fold::WORD_CHARS).to_owned())
            .collect();
        Self {
            words,
            left_out: all.count(),
            whole,
        }
    }

    /// Whether nothing is left to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The name by which an entry was found, where that is not the one that it is shown by.
    pub fn found_by<'e>(&self, entry: &'e Entry, shown: Option<&Name>) -> Option<&'e Name> {
        let has_all = |name: &Name| {
            let folded = fold::fold(&name.text);
            let words = fold::words(&folded);
            let is_there = |wanted: &String| words.iter().any(|word| word.starts_with(&**wanted));
            self.needed().iter().all(is_there)
        };
        if shown.is_some_and(has_all) {
            return None;
        }
        entry.all_names().find(|name| has_all(name))
    }

    /// The words that have to be there: not an article that it begins with.
    fn needed(&self) -> &[String] {
        let bare = fold::without_article(&self.whole, None);
        let skipped = usize::from(bare.len() < self.whole.len());
        self.words.get(skipped..).unwrap_or_default()
    }
}

/// A question to the index.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// All that there is answers to nothing.
    pub wanted: &'a Wanted,
    pub lang: Lang,
    /// The present day, counted from 1970: what is still to come is before what is over.
    pub today: i32,
    /// Only what has these values.
    pub filters: Vec<(&'static Facet, String)>,
    pub order: Order,
    /// How many answers are passed over, and how many are wanted.
    pub from: usize,
    pub most: usize,
    /// The facets that are to be counted. One that is filtered says how many there would be of its
    /// other values.
    pub facets: Vec<&'static Facet>,
}

#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub hits: Vec<Entry>,
    pub total: usize,
    /// Whether nothing is called so, and all that answers is called nearly so.
    pub is_near: bool,
    pub facets: Vec<(&'static Facet, Counts)>,
}

/// One state of the index.
#[derive(Clone)]
pub struct Searching {
    searcher: Searcher,
    fields: Fields,
}

/// How far a question is stretched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// What is called so, and is proposed while one types.
    Proposed,
    /// What is called so.
    Exact,
    /// What is called nearly so as well.
    Near,
    /// What has one of the words, or nearly has.
    Wide,
}

impl Searching {
    pub(super) fn new(searcher: Searcher, fields: Fields) -> Self {
        Self { searcher, fields }
    }

    /// How many entries there are.
    pub fn total(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// What is called at least a little like what was asked for, when nothing is called so.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn near(
        &self,
        wanted: &Wanted,
        lang: Lang,
        today: i32,
        most: usize,
    ) -> Result<Vec<Entry>, SearchError> {
        if wanted.is_empty() || most == 0 {
            return Ok(Vec::new());
        }
        let query = self.query(wanted, Reach::Wide);
        let best = by_worth(TopDocs::with_limit(most), lang, today);
        let near = self.searcher.search(&query, &best)?;
        self.entries(near.into_iter().map(|(_, address)| address))
    }

    /// What answers to a question.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn ask(&self, question: &Question<'_>) -> Result<Answer, SearchError> {
        let mut answer = self.answer(question, Reach::Exact)?;
        if answer.total < FEW && !question.wanted.is_empty() {
            let is_near = answer.total == 0;
            answer = self.answer(question, Reach::Near)?;
            answer.is_near = is_near && answer.total > 0;
        }
        Ok(answer)
    }

    /// What is proposed to somebody who has typed so much.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn complete(
        &self,
        wanted: &Wanted,
        lang: Lang,
        today: i32,
        most: usize,
    ) -> Result<Vec<Entry>, SearchError> {
        if wanted.is_empty() || most == 0 {
            return Ok(Vec::new());
        }
        let mut proposed = Vec::new();
        for reach in [Reach::Proposed, Reach::Near] {
            // Performances bear the names of what is performed.
            let mut clauses = vec![
                (Occur::Must, self.query(wanted, reach)),
                (Occur::MustNot, term(self.fields.kind, PERFORMANCE)),
            ];
            for kind in SOUGHT {
                let is_sought = worth(term(self.fields.kind, kind), OF_SOUGHT);
                clauses.push((Occur::Should, is_sought));
            }
            let query = BooleanQuery::new(clauses);
            let best = by_worth(TopDocs::with_limit(most), lang, today);
            proposed = self.searcher.search(&query, &best)?;
            if proposed.len() >= most.min(FEW) {
                break;
            }
        }
        self.entries(proposed.into_iter().map(|(_, address)| address))
    }

    /// How many entries have each value of a facet.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn count(&self, facet: &'static Facet, lang: Lang) -> Result<Counts, SearchError> {
        let tally = Tally {
            columns: vec![facet.column(lang)],
        };
        let counts = self.searcher.search(&AllQuery, &tally)?;
        Ok(counts.into_iter().next().unwrap_or_default())
    }

    /// The entry of a path.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn entry(&self, path: &str) -> Result<Option<Entry>, SearchError> {
        let query = term(self.fields.path, path);
        let first = TopDocs::with_limit(1).order_by_score();
        let found = self.searcher.search(&query, &first)?;
        let entries = self.entries(found.into_iter().map(|(_, address)| address))?;
        Ok(entries.into_iter().next())
    }

    fn answer(&self, question: &Question<'_>, reach: Reach) -> Result<Answer, SearchError> {
        let is_filtered = |facet: &Facet| question.filters.iter().any(|(known, _)| *known == facet);
        let (filtered, free): (Vec<_>, Vec<_>) =
            question.facets.iter().partition(|facet| is_filtered(facet));
        let query = self.filtered(question, reach, None);
        let counting = (Count, tally(&free, question.lang));
        let (total, counts) = self.searcher.search(&query, &counting)?;
        let mut facets: Vec<(&'static Facet, Counts)> = free.into_iter().zip(counts).collect();
        for facet in filtered {
            let query = self.filtered(question, reach, Some(facet));
            let counts = self
                .searcher
                .search(&query, &tally(&[facet], question.lang))?;
            facets.extend(counts.into_iter().map(|counts| (facet, counts)));
        }
        facets.sort_by_key(|(facet, _)| {
            let mut wanted = question.facets.iter();
            wanted.position(|wanted| wanted == facet)
        });
        // Room is made for as many as are passed over, so they must be there.
        let most = question.most.min(total.saturating_sub(question.from));
        let addresses = if most == 0 {
            Vec::new()
        } else {
            let top = TopDocs::with_limit(most).and_offset(question.from);
            match question.order {
                Order::Best => self.found(&query, by_worth(top, question.lang, question.today))?,
                Order::Name => self.found(&query, by_name(top, question.lang))?,
            }
        };
        Ok(Answer {
            hits: self.entries(addresses.into_iter())?,
            total,
            is_near: false,
            facets,
        })
    }

    /// Runs a query, and gives the places of what it found.
    fn found<K>(
        &self,
        query: &dyn Query,
        top: impl Collector<Fruit = Vec<(K, DocAddress)>>,
    ) -> Result<Vec<DocAddress>, SearchError> {
        let found = self.searcher.search(query, &top)?;
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }

    fn entries(
        &self,
        addresses: impl Iterator<Item = DocAddress>,
    ) -> Result<Vec<Entry>, SearchError> {
        addresses
            .map(|address| {
                let document: TantivyDocument = self.searcher.doc(address)?;
                let bytes = document
                    .get_first(self.fields.entry)
                    .and_then(|value| value.as_bytes());
                Ok(serde_json::from_slice(bytes.unwrap_or_default())?)
            })
            .collect()
    }

    /// What is asked, within the filters, but for those of one facet.
    fn filtered(
        &self,
        question: &Question<'_>,
        reach: Reach,
        but: Option<&Facet>,
    ) -> Box<dyn Query> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        if !question.wanted.is_empty() {
            clauses.push((Occur::Must, self.query(question.wanted, reach)));
        }
        for (facet, value) in &question.filters {
            if Some(*facet) != but {
                let field = self.fields.of_facet(facet, question.lang);
                clauses.push((Occur::Must, worth(term(field, value), 0.0)));
            }
        }
        if clauses.is_empty() {
            return Box::new(AllQuery);
        }
        Box::new(BooleanQuery::new(clauses))
    }

    fn query(&self, wanted: &Wanted, reach: Reach) -> Box<dyn Query> {
        let fields = &self.fields;
        let needed = wanted.needed();
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (place, word) in needed.iter().enumerate() {
            let is_last = place + 1 == needed.len();
            self.word(word, is_last, reach, &mut clauses);
        }
        if reach == Reach::Wide {
            // One of them is enough; then these are all.
            return Box::new(BooleanQuery::new(clauses));
        }
        for first in [wanted.words.first(), needed.first()].into_iter().flatten() {
            let first = fold::shortened(first, fold::PREFIX_CHARS);
            clauses.push((Occur::Should, worth(term(fields.firsts, first), FIRST)));
            if wanted.words.len() == needed.len() {
                break;
            }
        }
        clauses.push((
            Occur::Should,
            worth(term(fields.wholes, &wanted.whole), WHOLE),
        ));
        Box::new(BooleanQuery::new(clauses))
    }

    /// Adds what one word asks for.
    fn word(
        &self,
        word: &str,
        is_last: bool,
        reach: Reach,
        clauses: &mut Vec<(Occur, Box<dyn Query>)>,
    ) {
        let fields = &self.fields;
        let exact = worth(term(fields.words, word), EXACT);
        // Where words are not parted by spaces, none is known to be finished.
        let is_stretched = matches!(reach, Reach::Near | Reach::Wide);
        let may_start = is_last || is_stretched || fold::is_run(word);
        if !may_start {
            clauses.push((Occur::Must, exact));
            return;
        }
        let start = worth(self.start(word), START);
        if reach == Reach::Proposed {
            clauses.push((Occur::Must, start));
            clauses.push((Occur::Should, exact));
            return;
        }
        let mut ways = vec![(Occur::Should, exact), (Occur::Should, start)];
        let errors = match reach {
            Reach::Near => errors_in(word),
            Reach::Wide => errors_in(word).map(|_| MOST_ERRORS),
            Reach::Proposed | Reach::Exact => None,
        };
        if let Some(errors) = errors {
            let word = || Term::from_field_text(fields.words, word);
            let nearly = FuzzyTermQuery::new(word(), errors, true);
            ways.push((Occur::Should, worth(Box::new(nearly), NEARLY)));
            if is_last {
                let start = FuzzyTermQuery::new_prefix(word(), errors, true);
                ways.push((Occur::Should, worth(Box::new(start), NEARLY_START)));
            }
        }
        let occur = if reach == Reach::Wide {
            Occur::Should
        } else {
            Occur::Must
        };
        clauses.push((occur, Box::new(BooleanQuery::new(ways))));
    }

    /// All words that begin with one.
    fn start(&self, word: &str) -> Box<dyn Query> {
        if word.chars().nth(fold::PREFIX_CHARS).is_none() {
            return term(self.fields.starts, word);
        }
        let word = Term::from_field_text(self.fields.words, word);
        Box::new(FuzzyTermQuery::new_prefix(word, 0, true))
    }
}

/// How many errors a word may have.
fn errors_in(word: &str) -> Option<u8> {
    let letters = word.chars().count();
    let mut allowed = LETTERS_OF_ERRORS.iter();
    let (_, errors) = allowed.find(|(least, _)| letters >= *least)?;
    Some(*errors)
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::Basic,
    ))
}

fn worth(query: Box<dyn Query>, score: Score) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn tally(facets: &[&'static Facet], lang: Lang) -> Tally {
    Tally {
        columns: facets.iter().map(|facet| facet.column(lang)).collect(),
    }
}

type ByName = ((SortByString, Direction), (SortByString, Direction));

/// The order of names; of equal ones that of their IRIs.
fn names_in_order(lang: Lang) -> ByName {
    (
        (SortByString::for_field(key_column(lang)), Direction::Asc),
        (SortByString::for_field(PATH), Direction::Asc),
    )
}

/// What sorts an entity in a list: its name in the reader's language, and in the other.
type Names = (Option<String>, Option<String>);

fn by_name(top: TopDocs, lang: Lang) -> impl Collector<Fruit = Vec<(Names, DocAddress)>> {
    top.order_by(names_in_order(lang))
}

type Worth = (u64, Names);

/// The best first: by how it matches, whether it is still to come, how many links lead to it; then
/// by name.
fn by_worth(
    top: TopDocs,
    lang: Lang,
    today: i32,
) -> impl Collector<Fruit = Vec<(Worth, DocAddress)>> {
    let standing = Standing {
        today: i64::from(today),
    };
    top.order_by((standing, names_in_order(lang)))
}

/// How good an answer is, as a number.
struct Standing {
    today: i64,
}

struct SegmentStanding {
    today: i64,
    last: Column<i64>,
    links: Column<u64>,
}

impl SortKeyComputer for Standing {
    type SortKey = u64;
    type Child = SegmentStanding;
    type Comparator = tantivy::collector::sort_key::NaturalComparator;

    fn requires_scoring(&self) -> bool {
        true
    }

    fn segment_sort_key_computer(&self, segment: &SegmentReader) -> tantivy::Result<Self::Child> {
        Ok(SegmentStanding {
            today: self.today,
            last: segment.fast_fields().i64(LAST)?,
            links: segment.fast_fields().u64(LINKS)?,
        })
    }
}

impl SegmentSortKeyComputer for SegmentStanding {
    type SortKey = u64;
    type SegmentSortKey = u64;
    type SegmentComparator = tantivy::collector::sort_key::NaturalComparator;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a score is a sum of small whole numbers"
    )]
    fn segment_sort_key(&mut self, doc: DocId, score: Score) -> u64 {
        let is_to_come = self.last.first(doc).is_some_and(|day| day >= self.today);
        let links = self.links.first(doc).unwrap_or_default().min(0xff);
        (score as u64) << 16 | u64::from(is_to_come) << 8 | links
    }

    fn convert_segment_sort_key(&self, key: u64) -> u64 {
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Generation;
    use crate::search::{FACETS, Names, Standing};
    use tempfile::TempDir;

    const TODAY: i32 = 20_000;

    fn entry(path: &str, kind: &str, names: &[&str]) -> Entry {
        let mut names = names.iter().map(|name| Name {
            text: (*name).to_owned(),
            lang: Some("fr".to_owned()),
        });
        Entry {
            path: path.to_owned(),
            kind: kind.to_owned(),
            names: names.by_ref().take(1).collect(),
            others: names.collect(),
            ..Entry::default()
        }
    }

    /// An index with these entries, in a folder that goes with it.
    fn index(entries: &[Entry]) -> (Searching, Names, TempDir) {
        let folder = TempDir::new().expect("a folder");
        let names = Names::open(&folder.path().join("index")).expect("an index");
        let mut writer = names.writer().expect("a writer");
        for entry in entries {
            writer.put(entry).expect("it is written");
        }
        let standing = Standing::new("log", Generation(1));
        writer.commit(&standing).expect("it is written");
        (names.searching().expect("a state"), names, folder)
    }

    fn some() -> Vec<Entry> {
        let mut popular = entry("id/popular", "production", &["Le Cid des familles"]);
        popular.days = vec![TODAY + 3];
        vec![
            entry("id/cid", "production", &["Le Cid"]),
            entry("id/cidre", "production", &["Cidre et pommes"]),
            popular,
            entry("id/after", "production", &["Après le Cid"]),
            entry("id/night", "performance", &["Le Cid"]),
            entry(
                "id/odeon",
                "place",
                &["Théâtre de l’Odéon", "Odéon-Théâtre de l'Europe"],
            ),
            entry("id/oeuvre", "place", &["L’Œuvre"]),
            entry("id/tokyo", "organisation", &["東京バレエ団"]),
            entry("id/opera", "place", &["دار الأوبرا"]),
            entry("id/national", "place", &["Εθνικό Θέατρο"]),
            entry("id/mnouchkine", "person", &["Ariane Mnouchkine"]),
        ]
    }

    fn asked(names: &Searching, text: &str) -> Vec<String> {
        let wanted = Wanted::of(text);
        let answer = names.ask(&question(&wanted)).expect("an answer");
        answer.hits.into_iter().map(|entry| entry.path).collect()
    }

    fn question(wanted: &Wanted) -> Question<'_> {
        Question {
            wanted,
            lang: Lang::Fr,
            today: TODAY,
            filters: Vec::new(),
            order: Order::Best,
            from: 0,
            most: 20,
            facets: Vec::new(),
        }
    }

    fn completed(names: &Searching, text: &str) -> Vec<String> {
        let proposed = names.complete(&Wanted::of(text), Lang::Fr, TODAY, 8);
        let proposed = proposed.expect("an answer").into_iter();
        proposed.map(|entry| entry.path).collect()
    }

    #[test]
    fn the_whole_name_is_before_its_beginning_and_a_beginning_before_the_middle() {
        let (names, ..) = index(&some());
        assert_eq!(
            asked(&names, "cid"),
            ["id/cid", "id/night", "id/popular", "id/after", "id/cidre"]
        );
        // While one types, performances bear the names of what is performed.
        assert_eq!(
            completed(&names, "le ci"),
            ["id/popular", "id/cid", "id/cidre", "id/after"]
        );
    }

    #[test]
    fn whom_one_looks_for_is_proposed_before_concepts_and_seasons() {
        let (names, ..) = index(&[
            entry("vocab/genres/conference", "concept", &["Conférence"]),
            entry("id/season", "season", &["Confluent, saison 2026"]),
            entry("id/theatre", "place", &["Théâtre du Confluent"]),
        ]);
        let proposed = completed(&names, "conf");
        assert_eq!(proposed.first().map(String::as_str), Some("id/theatre"));
        assert_eq!(proposed.len(), 3);
    }

    #[test]
    fn accents_signs_and_errors_do_not_matter_in_any_script() {
        let (names, ..) = index(&some());
        for (text, expected) in [
            ("theatre de l'odeon", "id/odeon"),
            ("ODÉON théâtre", "id/odeon"),
            ("odeno theatre", "id/odeon"),
            ("l oeuvre", "id/oeuvre"),
            ("œuvr", "id/oeuvre"),
            ("mnuchkin", "id/mnouchkine"),
            ("arianne mnouchkin", "id/mnouchkine"),
            ("バレエ", "id/tokyo"),
            ("東京", "id/tokyo"),
            ("الاوبرا", "id/opera"),
            ("θεατρο", "id/national"),
            ("ΕΘΝΙΚΟ", "id/national"),
        ] {
            let found = asked(&names, text);
            assert_eq!(found.first().map(String::as_str), Some(expected), "{text}");
            let proposed = completed(&names, text);
            assert_eq!(
                proposed.first().map(String::as_str),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn all_words_have_to_be_there() {
        let (names, ..) = index(&some());
        assert!(asked(&names, "odeon tokyo").is_empty());
        let near = names.near(&Wanted::of("odeon tokyo"), Lang::Fr, TODAY, 5);
        let near = near.expect("an answer");
        assert_eq!(
            near.first().map(|entry| entry.path.as_str()),
            Some("id/odeon")
        );
    }

    #[test]
    fn whatever_is_asked_is_answered() {
        let (names, ..) = index(&some());
        let nul_and_more = "\u{0}\u{1}\u{7f}\u{ffff}\u{202e}";
        for text in [
            "",
            " ",
            ".*(a+)+$",
            "\"unclosed AND (",
            "kind:person",
            "é".repeat(1_000_000).as_str(),
            "a ".repeat(1_000).as_str(),
            &"abcdefgh ".repeat(1_000),
            "東".repeat(10_000).as_str(),
            nul_and_more,
        ] {
            asked(&names, text);
            completed(&names, text);
        }
        assert_eq!(Wanted::of(&"a ".repeat(20)).left_out, 12);
    }

    #[test]
    fn filters_narrow_down_and_their_facet_says_how_many_others_there_would_be() {
        let (names, ..) = index(&some());
        let nothing = Wanted::default();
        let kind = Facet::named("kind").expect("a facet");
        let letter = Facet::named("letter").expect("a facet");
        let answer = names
            .ask(&Question {
                filters: vec![(kind, "place".to_owned())],
                order: Order::Name,
                facets: FACETS.iter().collect(),
                most: 2,
                ..question(&nothing)
            })
            .expect("an answer");
        assert_eq!(answer.total, 4);
        let paths: Vec<&str> = answer
            .hits
            .iter()
            .map(|entry| entry.path.as_str())
            .collect();
        assert_eq!(paths, ["id/oeuvre", "id/odeon"]);
        let counts = |wanted: &Facet| {
            let mut facets = answer.facets.iter();
            let facet = facets.find(|(facet, _)| *facet == wanted);
            facet.map(|(_, counts)| counts.clone()).unwrap_or_default()
        };
        assert_eq!(counts(kind)["production"], 4);
        assert_eq!(counts(letter)["O"], 1);
        assert_eq!(counts(letter)["Ε"], 1);
        assert_eq!(counts(letter)["T"], 1);
    }

    #[test]
    fn a_page_beyond_the_last_is_empty_and_takes_no_memory() {
        let (names, ..) = index(&some());
        let nothing = Wanted::default();
        let answer = names.ask(&Question {
            from: usize::MAX / 4,
            ..question(&nothing)
        });
        let answer = answer.expect("an answer");
        assert_eq!((answer.hits.len(), answer.total), (0, 11));
    }

    #[test]
    fn what_is_not_committed_is_not_there_and_what_is_replaced_is_gone() {
        let (_, names, folder) = index(&some());
        let mut writer = names.writer().expect("a writer");
        writer
            .put(&entry("id/cid", "production", &["Le Menteur"]))
            .expect("it is written");
        writer.remove("id/odeon");
        assert_eq!(
            asked(&names.searching().expect("a state"), "odeon"),
            ["id/odeon"]
        );
        let standing = Standing::new("log", Generation(2));
        writer.commit(&standing).expect("it is written");
        let state = names.searching().expect("a state");
        assert!(asked(&state, "odeon").is_empty());
        assert_eq!(asked(&state, "menteur"), ["id/cid"]);
        drop((writer, names));
        let names = Names::open(&folder.path().join("index")).expect("an index");
        assert_eq!(names.standing().expect("it is read"), Some(standing));
    }

    #[test]
    fn a_damaged_index_is_thrown_away() {
        let (_, names, folder) = index(&some());
        drop(names);
        let folder = folder.path().join("index");
        let mut damaged = 0;
        for file in std::fs::read_dir(&folder).expect("a folder") {
            let path = file.expect("a file").path();
            let mut bytes = std::fs::read(&path).expect("a file");
            if path.extension().is_some_and(|end| end == "store") {
                bytes[3] ^= 0x55;
                std::fs::write(&path, bytes).expect("it is written");
                damaged += 1;
            }
        }
        assert!(damaged > 0);
        let names = Names::open(&folder).expect("an index");
        assert_eq!(names.standing().expect("it is read"), None);
    }
}
