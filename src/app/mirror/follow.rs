//! Keeps the mirror in step: reads in it how far it is, sends what became different since, and copies
//! everything when that is not known.
//!
//! Whatever is sent may be sent again: of all changes together each quad is taken away or added as
//! its last change has it, deletions come first, and the state moves in the same update. A change
//! that is too large for one update goes in parts, with the state moving at its end.

use crate::app::mirror::client::{Client, Results};
use crate::app::mirror::state::{State, UnderWay, Work};
use crate::app::mirror::{Mirror, MirrorError, Settings, redactions, updates};
use crate::app::private::hexadecimal;
use crate::model::Generation;
use crate::store::{Record, RequestedDataset, Side, Store, StoreError, fill_random};
use oxrdf::{NamedNode, Quad, Term};
use rustc_hash::FxHashMap;
use sparesults::{QueryResultsFormat, QueryResultsParser, ReaderQueryResultsParserOutput};
use std::thread;
use std::time::{Duration, Instant};

/// Virtuoso makes code of an update, and takes no more than some 1,500 triples in one.
const MOST_QUADS: usize = 1_000;
/// How many changes go in one update at most.
const MOST_CHANGES: u64 = 1_000;
/// How often it is looked whether the mirror is still where it was.
const LOOK: Duration = Duration::from_secs(5);
/// How often it is looked whether there is something to send.
const PAUSE: Duration = Duration::from_millis(200);
/// The waits after failures: the first one, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How often a part of a copy or of a large change is tried before that begins anew, with a wait
/// before each.
const TRIES: u32 = 8;
/// How often a lone quad is tried before it is left out: some engines refuse what collides with
/// something else just then.
const TRIES_OF_ONE: u32 = 3;
/// The most quads that are left out in a row of updates.
const MOST_LEFT_OUT: u64 = 10_000;
/// Of what a mirror says of itself.
const STATE_BYTES: u64 = 1 << 20;
/// Of the names of its graphs.
const GRAPHS_BYTES: u64 = 64 << 20;

/// Follows a store into its mirror; there is one for each.
pub struct Follower<'a> {
    store: &'a Store,
    mirror: &'a Mirror,
    settings: &'a Settings,
    is_stopped: &'a dyn Fn() -> bool,
    redactions: String,
    /// Where the mirror is, as far as this is known.
    at: Option<State>,
    looked: Option<Instant>,
    /// Fewer after a refusal.
    quads_at_once: usize,
    left_out: u64,
    failures: u32,
    /// How long it waits after a failure, which doubles with each further one.
    pub first_wait: Duration,
}

/// What is to be sent together.
#[derive(Default)]
struct Batch {
    /// What each quad's last change came to.
    quads: FxHashMap<Quad, Side>,
    bytes: usize,
}

impl Batch {
    fn note(&mut self, side: Side, quad: Quad) {
        self.bytes += size(&quad);
        self.quads.insert(quad, side);
    }

    fn is_full(&self, most: usize, bytes: usize) -> bool {
        self.quads.len() >= most || self.bytes >= bytes
    }

    fn of(&self, side: Side) -> Vec<Quad> {
        let quads = self.quads.iter().filter(|(_, noted)| **noted == side);
        quads.map(|(quad, _)| quad.clone()).collect()
    }
}

/// About how many bytes it takes in an update.
fn size(quad: &Quad) -> usize {
    let object = match &quad.object {
        Term::NamedNode(node) => node.as_str().len(),
        Term::Literal(literal) => literal.value().len() + literal.datatype().as_str().len(),
        Term::BlankNode(_) => 0,
    };
    quad.to_string().len().max(object) + 16
}

impl<'a> Follower<'a> {
    /// The one of a mirror; `None` when there is none. `is_stopped` is asked now and then, and yes
    /// ends what it is doing.
    pub fn new(
        store: &'a Store,
        mirror: &'a Mirror,
        is_stopped: &'a dyn Fn() -> bool,
    ) -> Option<Self> {
        Some(Self {
            store,
            mirror,
            settings: mirror.settings.as_ref()?,
            is_stopped,
            redactions: String::new(),
            at: None,
            looked: None,
            quads_at_once: MOST_QUADS,
            left_out: 0,
            failures: 0,
            first_wait: FIRST_WAIT,
        })
    }

    /// Makes a step, notes what came of it, and says how long to wait before the next one; `None`
    /// when it was stopped.
    pub fn work(&mut self) -> Option<Duration> {
        let error = match self.step() {
            Ok(_) => {
                if self.failures > 0 {
                    tracing::info!("the mirror can be followed again");
                }
                self.failures = 0;
                return Some(PAUSE);
            }
            Err(MirrorError::Interrupted) => return None,
            Err(error) => error,
        };
        let word = error.word();
        let mut status = self.mirror.lock();
        // The same again is no news.
        if status.error != Some(word) {
            tracing::warn!(%error, "the mirror is not in step");
        }
        status.error = Some(word);
        drop(status);
        let wait = self.first_wait.saturating_mul(1 << self.failures.min(16));
        self.failures += 1;
        Some(wait.min(LONGEST_WAIT))
    }

    /// Brings the mirror up to the last change. Gives whether anything was sent.
    ///
    /// # Errors
    /// When it cannot be reached, refuses what is sent, or it was stopped. The next step begins with
    /// what the mirror then says.
    pub fn step(&mut self) -> Result<bool, MirrorError> {
        let stepped = self.try_step();
        if stepped.is_err() {
            self.at = None;
        }
        stepped
    }

    fn try_step(&mut self) -> Result<bool, MirrorError> {
        let client = self.mirror.client(self.settings)?;
        self.redactions = redactions(self.store);
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK);
        if self.at.is_none() || is_due {
            self.at = self.read(&client)?;
            self.looked = Some(Instant::now());
        }
        let store = self.store.generation();
        let is_known = self.at.as_ref().is_some_and(|at| {
            at.log == self.store.identity()
                && at.redactions == self.redactions
                && at.generation <= store
                && at
                    .under_way
                    .as_ref()
                    .is_none_or(|work| work.what == Work::Change)
        });
        let mut has_sent = false;
        if !is_known {
            self.copy(&client)?;
            has_sent = true;
        }
        while self.is_behind() {
            self.follow(&client)?;
            has_sent = true;
        }
        let mut status = self.mirror.lock();
        status.generation = self.at.as_ref().map(|at| at.generation);
        status.in_step = Some(Instant::now());
        status.error = None;
        Ok(has_sent)
    }

    fn is_behind(&self) -> bool {
        self.at
            .as_ref()
            .is_some_and(|at| at.generation < self.store.generation() || !at.is_whole())
    }

    fn go_on(&self) -> Result<(), MirrorError> {
        if (self.is_stopped)() {
            return Err(MirrorError::Interrupted);
        }
        Ok(())
    }

    /// What the mirror says of itself; nothing unless it says one thing that can be understood.
    fn read(&self, client: &Client) -> Result<Option<State>, MirrorError> {
        let said = self.said(client)?;
        let mut states: Vec<State> = said
            .iter()
            .filter_map(|term| match term {
                Term::Literal(literal) => State::parse(literal.value()),
                _ => None,
            })
            .collect();
        Ok(match (states.pop(), said.len()) {
            (Some(state), 1) => Some(state),
            _ => None,
        })
    }

    fn said(&self, client: &Client) -> Result<Vec<Term>, MirrorError> {
        let asked = updates::state(&self.settings.place);
        self.column(client, &asked, STATE_BYTES)
    }

    /// The values of a query with one variable.
    fn column(
        &self,
        client: &Client,
        query: &str,
        most_bytes: u64,
    ) -> Result<Vec<Term>, MirrorError> {
        let unreadable = |error: &dyn std::fmt::Display| MirrorError::Unreadable(error.to_string());
        let everything = RequestedDataset::default();
        let timeout = self.settings.timeout;
        let reply = client.query(query, &everything, Results::Json, most_bytes, timeout)?;
        let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
        let mut values = Vec::new();
        match parser
            .for_reader(reply.body)
            .map_err(|error| unreadable(&error))?
        {
            ReaderQueryResultsParserOutput::Boolean(_) => Err(unreadable(&"a truth value")),
            ReaderQueryResultsParserOutput::Solutions(solutions) => {
                for solution in solutions {
                    let solution = solution.map_err(|error| unreadable(&error))?;
                    values.extend(solution.values().first().cloned().flatten());
                }
                let is_cut = reply.is_partial
                    || reply
                        .most_rows
                        .is_some_and(|most| values.len() as u64 >= most);
                if is_cut {
                    return Err(unreadable(&"it does not give all rows"));
                }
                Ok(values)
            }
        }
    }

    /// Sends what became different, as much of it as goes in one update.
    fn follow(&mut self, client: &Client) -> Result<(), MirrorError> {
        self.go_on()?;
        let Some(at) = self.at.clone() else {
            return Ok(());
        };
        let last = self.store.generation();
        let mut batch = Batch::default();
        let mut to = at.generation;
        while to < last && to.0 - at.generation.0 < MOST_CHANGES {
            let next = Generation(to.0 + 1);
            let record = self.store.record(next)?;
            let room = self.quads_at_once.saturating_sub(batch.quads.len());
            let one = if record.quad_count() <= room {
                self.whole(&record, batch.bytes)?
            } else {
                None
            };
            match one {
                Some(one) => {
                    for (side, quad) in one {
                        batch.note(side, quad);
                    }
                    to = next;
                }
                None if to == at.generation => return self.follow_in_parts(client, &record, at),
                None => break,
            }
        }
        let state = State {
            generation: to,
            under_way: None,
            ..at
        };
        let (removed, added) = (batch.of(Side::Deletions), batch.of(Side::Additions));
        self.send(client, &removed, &added, state)?;
        self.check(client)?;
        self.mirror.lock().generation = Some(to);
        Ok(())
    }

    /// The quads of a change, unless there is no room for them beside so many bytes.
    fn whole(
        &mut self,
        record: &Record,
        bytes: usize,
    ) -> Result<Option<Vec<(Side, Quad)>>, MirrorError> {
        let mut left = self.settings.batch_bytes.saturating_sub(bytes);
        let mut quads = Vec::new();
        for side in [Side::Deletions, Side::Additions] {
            for quad in record.quads(side).map_err(StoreError::from)? {
                let quad = quad.map_err(StoreError::from)?;
                let Some(rest) = left.checked_sub(size(&quad)) else {
                    return Ok(None);
                };
                left = rest;
                match self.settings.holding.held(quad.clone()) {
                    Some(held) => quads.push((side, held)),
                    None => self.leave_out(&quad, "it cannot hold it"),
                }
            }
        }
        Ok(Some(quads))
    }

    /// Sends one change in several updates.
    fn follow_in_parts(
        &mut self,
        client: &Client,
        record: &Record,
        at: State,
    ) -> Result<(), MirrorError> {
        let end = State {
            generation: record.header.generation,
            under_way: None,
            ..at.clone()
        };
        // An attempt of its own, even where another one was under way.
        let begun = State {
            under_way: Some(attempt(Work::Change)),
            ..at
        };
        self.mirror.lock().generation = None;
        self.send(client, &[], &[], begun)?;
        for side in [Side::Deletions, Side::Additions] {
            let mut batch = Batch::default();
            for quad in record.quads(side).map_err(StoreError::from)? {
                let quad = quad.map_err(StoreError::from)?;
                match self.settings.holding.held(quad.clone()) {
                    Some(held) => batch.note(side, held),
                    None => self.leave_out(&quad, "it cannot hold it"),
                }
                if batch.is_full(self.quads_at_once, self.settings.batch_bytes) {
                    self.keep_sending(client, &std::mem::take(&mut batch))?;
                }
            }
            self.keep_sending(client, &batch)?;
        }
        let generation = end.generation;
        self.send(client, &[], &[], end)?;
        self.check(client)?;
        self.mirror.lock().generation = Some(generation);
        Ok(())
    }

    fn send_part(&mut self, client: &Client, batch: &Batch) -> Result<(), MirrorError> {
        self.go_on()?;
        let Some(at) = &self.at else {
            return Ok(());
        };
        let to = at.next_part();
        let (removed, added) = (batch.of(Side::Deletions), batch.of(Side::Additions));
        self.send(client, &removed, &added, to)
    }

    /// Copies everything, as it is now, in the place of what of ours is there.
    fn copy(&mut self, client: &Client) -> Result<(), MirrorError> {
        let snapshot = self.store.snapshot()?;
        let view = snapshot.view();
        let end = State {
            log: self.store.identity().to_owned(),
            generation: view.generation()?,
            redactions: self.redactions.clone(),
            under_way: None,
        };
        tracing::info!(generation = %end.generation, "the mirror is copied anew");
        let begun = State {
            under_way: Some(attempt(Work::Copy)),
            ..end.clone()
        };
        {
            let mut status = self.mirror.lock();
            status.generation = None;
            status.copied = Some(0);
        }
        let timeout = self.settings.timeout;
        let said = self.said(client)?;
        let text = updates::begin(&self.settings.place, &said, &begun);
        client.update(&text, timeout)?;
        self.at = Some(begun);
        self.check(client)?;
        self.clear(client)?;
        let mut batch = Batch::default();
        let mut copied = 0;
        for quad in view.quads(None, None, None, None) {
            let quad = quad?;
            match self.settings.holding.held(quad.clone()) {
                Some(held) => batch.note(Side::Additions, held),
                None => self.leave_out(&quad, "it cannot hold it"),
            }
            copied += 1;
            if batch.is_full(self.quads_at_once, self.settings.batch_bytes) {
                self.keep_sending(client, &std::mem::take(&mut batch))?;
                self.mirror.lock().copied = Some(copied);
            }
        }
        self.keep_sending(client, &batch)?;
        let generation = end.generation;
        self.send(client, &[], &[], end)?;
        self.check(client)?;
        let mut status = self.mirror.lock();
        status.generation = Some(generation);
        status.copied = None;
        tracing::info!(%generation, quads = copied, "the mirror is copied");
        Ok(())
    }

    /// Sends a part, again and again for a while: to begin anew would take long.
    fn keep_sending(&mut self, client: &Client, batch: &Batch) -> Result<(), MirrorError> {
        let mut tries = 0;
        loop {
            let before = self.at.clone();
            match self.send_part(client, batch) {
                Err(error) if error.may_pass() && tries < TRIES => {
                    tracing::debug!(%error, "a part is sent again");
                }
                sent => return sent,
            }
            let wait = self.first_wait.saturating_mul(1 << tries);
            tries += 1;
            self.wait(wait.min(LONGEST_WAIT))?;
            match self.read(client) {
                // It may have arrived all the same; to send it again changes nothing.
                Ok(Some(now)) if is_of_one_attempt(before.as_ref(), &now) => self.at = Some(now),
                Ok(_) => return Err(MirrorError::Lost),
                Err(error) if error.may_pass() => self.at = before,
                Err(error) => return Err(error),
            }
        }
    }

    fn wait(&self, wait: Duration) -> Result<(), MirrorError> {
        let end = Instant::now() + wait;
        while Instant::now() < end {
            self.go_on()?;
            thread::sleep(Duration::from_millis(50));
        }
        self.go_on()
    }

    /// Empties the graphs of ours that are there.
    fn clear(&self, client: &Client) -> Result<(), MirrorError> {
        let timeout = self.settings.timeout;
        let found = self.column(client, &updates::graphs(), GRAPHS_BYTES)?;
        let ours = found.into_iter().filter_map(|term| match term {
            Term::NamedNode(graph) if self.settings.is_ours(&graph) => Some(graph),
            _ => None,
        });
        let ours: Vec<NamedNode> = ours.collect();
        let default = self.settings.keys.graph.clone();
        let all = ours.into_iter().map(Some).chain([default]);
        for graph in all {
            self.go_on()?;
            client.update(&updates::clear(graph), timeout)?;
        }
        Ok(())
    }

    /// Sends an update that leads to a state. What is refused is sent in halves, down to one quad
    /// that is left out, as long as the mirror takes others.
    fn send(
        &mut self,
        client: &Client,
        removed: &[Quad],
        added: &[Quad],
        to: State,
    ) -> Result<(), MirrorError> {
        let at = self.at.clone().ok_or(MirrorError::Lost)?;
        let to = after(&at, to);
        let (engine, place) = (self.settings.keys.engine, &self.settings.place);
        let text = updates::step(engine, place, removed, added, &at, &to);
        let refused = match client.update(&text, self.settings.timeout) {
            Ok(()) => {
                self.at = Some(to);
                if removed.len() + added.len() >= self.quads_at_once {
                    self.quads_at_once = (self.quads_at_once * 2).min(MOST_QUADS);
                }
                return Ok(());
            }
            Err(refused @ MirrorError::Refused { .. }) => refused,
            Err(error) => return Err(error),
        };
        drop(text);
        self.go_on()?;
        match (removed, added) {
            ([], []) => Err(refused),
            ([quad], []) | ([], [quad]) => {
                for _ in 0..TRIES_OF_ONE {
                    // It takes others, and not this one?
                    self.move_on(client)?;
                    self.check(client)?;
                    let at = self.at.clone().ok_or(MirrorError::Lost)?;
                    let to = after(&at, to.clone());
                    let (engine, place) = (self.settings.keys.engine, &self.settings.place);
                    let text = updates::step(engine, place, removed, added, &at, &to);
                    match client.update(&text, self.settings.timeout) {
                        Ok(()) => {
                            self.at = Some(to);
                            return Ok(());
                        }
                        Err(MirrorError::Refused { .. }) => {}
                        Err(error) => return Err(error),
                    }
                }
                self.leave_out(quad, &refused.to_string());
                if self.left_out > MOST_LEFT_OUT {
                    return Err(MirrorError::TooMuchRefused(MOST_LEFT_OUT));
                }
                self.send(client, &[], &[], to)
            }
            _ => {
                let quads = removed.len() + added.len();
                self.quads_at_once = self.quads_at_once.min(quads.div_ceil(2)).max(1);
                // Deletions first, so that nothing that was added is taken away.
                let half = quads / 2;
                let (first, second) = removed.split_at(half.min(removed.len()));
                let (early, late) = added.split_at(half - first.len());
                let middle = self.middle()?;
                self.send(client, first, early, middle)?;
                self.send(client, second, late, to)
            }
        }
    }

    /// A state on the way, in an attempt of its own unless there is one.
    fn middle(&self) -> Result<State, MirrorError> {
        let mut middle = self.at.as_ref().ok_or(MirrorError::Lost)?.next_part();
        if middle.under_way.is_none() {
            middle.under_way = Some(attempt(Work::Change));
        }
        Ok(middle)
    }

    /// Has the mirror say another state, and nothing else.
    fn move_on(&mut self, client: &Client) -> Result<(), MirrorError> {
        let at = self.at.clone().ok_or(MirrorError::Lost)?;
        let to = self.middle()?;
        let (engine, place) = (self.settings.keys.engine, &self.settings.place);
        let text = updates::step(engine, place, &[], &[], &at, &to);
        client.update(&text, self.settings.timeout)?;
        self.at = Some(to);
        Ok(())
    }

    /// Asks whether the mirror is where it is thought to be. Each update only leads from one state to
    /// the next, so that the last one is reached when all of them were carried out.
    fn check(&mut self, client: &Client) -> Result<(), MirrorError> {
        let found = self.read(client)?;
        self.looked = Some(Instant::now());
        if found.is_none() || found != self.at {
            return Err(MirrorError::Lost);
        }
        Ok(())
    }

    fn leave_out(&mut self, quad: &Quad, why: &str) {
        self.left_out += 1;
        let mut status = self.mirror.lock();
        status.left_out += 1;
        let shown: String = quad.to_string().chars().take(300).collect();
        tracing::warn!(quad = shown, why, "the mirror is without a triple");
    }
}

/// A state, or the same with more parts done where it does not come after another one.
fn after(at: &State, mut to: State) -> State {
    if let (Some(done), Some(next)) = (&at.under_way, &mut to.under_way)
        && done.attempt == next.attempt
    {
        next.parts = next.parts.max(done.parts + 1);
    }
    to
}

/// Whether both states are on the way of the same attempt.
fn is_of_one_attempt(before: Option<&State>, now: &State) -> bool {
    let (Some(before), Some(work)) = (before, &now.under_way) else {
        return false;
    };
    let known = before.under_way.as_ref();
    known.is_some_and(|known| known.attempt == work.attempt)
}

fn attempt(what: Work) -> UnderWay {
    let mut chance = [0_u8; 8];
    fill_random(&mut chance);
    UnderWay {
        what,
        attempt: hexadecimal(&chance),
        parts: 0,
    }
}
