//! The limits of each token: so many writes a minute, and one at a time.

use crate::app::tokens::Token;
use crate::http::Shared;
use crate::http::problem::{Problem, TOO_MANY_WRITES};
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The turns of all tokens, by the tokens' ids.
pub struct Turns {
    rates: RateLimiter<String, HashMapStateStore<String>, DefaultClock>,
    per_minute: u32,
    busy: Mutex<HashSet<String>>,
}

impl Turns {
    pub fn new(per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self {
            rates: RateLimiter::hashmap(quota),
            per_minute,
            busy: Mutex::default(),
        }
    }

    fn busy(&self) -> MutexGuard<'_, HashSet<String>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of a token, until it is dropped.
pub struct Turn {
    server: Shared,
    token: String,
}

impl Turn {
    /// Takes the token's turn.
    ///
    /// # Errors
    /// 429 with the limit and when to try again.
    pub fn take(server: &Shared, token: &Token) -> Result<Self, Problem> {
        let turns = &server.writes.turns;
        if !turns.busy().insert(token.id.clone()) {
            return Err(Problem::new(&TOO_MANY_WRITES)
                .with_detail(
                    "Un envoi avec ce jeton est encore en cours ; un seul à la fois.",
                    "A submission with this token is still under way; one at a time.",
                )
                .with_member("limit", "one submission at a time")
                .with_member("limit-value", "1")
                .retry_after(1));
        }
        let turn = Self {
            server: Arc::clone(server),
            token: token.id.clone(),
        };
        turns.rates.check_key(&token.id).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            Problem::limit(
                &TOO_MANY_WRITES,
                "limits.writes_per_minute",
                turns.per_minute,
            )
            .retry_after(wait.as_secs() + 1)
        })?;
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.server.writes.turns.busy().remove(&self.token);
    }
}
