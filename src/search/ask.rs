//! Questions to the index, and their answers.
//!
//! All words of a question have to be there; the last one may be unfinished. What bears exactly
//! these words comes first, then what begins with them, then what nearly does. Whatever is asked,
//! it costs a bounded time: only so many words of so many characters count.

use crate::model::Lang;
use crate::search::entry::Entry;
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
            let query = self.query(wanted, reach);
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

fn by_name(
    top: TopDocs,
    lang: Lang,
) -> impl Collector<Fruit = Vec<((Option<String>, Option<String>), DocAddress)>> {
    top.order_by(names_in_order(lang))
}

type Worth = (u64, (Option<String>, Option<String>));

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
