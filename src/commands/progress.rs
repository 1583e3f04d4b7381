//! What a person sees of a long submission on a terminal.

use crate::model::{Lang, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Smaller submissions are done before a bar is of use.
const LARGE_TRIPLES: u64 = 100_000;
const TICK: Duration = Duration::from_millis(200);
/// Before this share is done, how long the rest takes is anybody's guess.
const GUESS: f64 = 0.05;

/// Does some work, and shows how far it is if it is large and the standard error is a terminal.
pub fn shown<T>(progress: &Arc<Progress>, lang: Lang, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let (working, ended) = channel::<()>();
    let progress = Arc::clone(progress);
    let display = thread::spawn(move || show(&progress, lang, &ended));
    let result = work();
    drop(working);
    // The display cannot fail in a way that matters more than the result.
    let _ = display.join();
    result
}

fn show(progress: &Progress, lang: Lang, ended: &Receiver<()>) {
    let started = Instant::now();
    let mut bar = None;
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        if progress.triples() > LARGE_TRIPLES {
            let bar = bar.get_or_insert_with(new_bar);
            let share = progress.estimate();
            bar.set_position((share * 100.0) as u64);
            bar.set_message(message(progress, lang, share, started.elapsed()));
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn new_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("[{bar:30}] {percent:>3} %  {msg}")
        .expect("the template is sound")
        .progress_chars("=> ");
    ProgressBar::new(100).with_style(style)
}

/// The stage, and how long the rest will take: an estimate, and said to be one.
fn message(progress: &Progress, lang: Lang, share: f64, elapsed: Duration) -> String {
    let stage = progress.stage().label(lang);
    if share < GUESS {
        return stage.to_owned();
    }
    let rest_s = (elapsed.as_secs_f64() * (1.0 - share) / share).ceil();
    match lang {
        Lang::Fr => format!("{stage} (reste environ {rest_s} s, estimation)"),
        Lang::En => format!("{stage} (about {rest_s} s left, an estimate)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Stage;

    #[test]
    fn the_rest_is_estimated_from_what_the_stages_take() {
        let progress = Progress::default();
        progress.begin(Stage::Storing, 2);
        progress.advance(1);
        let told = message(&progress, Lang::En, 0.75, Duration::from_secs(30));
        assert_eq!(told, "making it public (about 10 s left, an estimate)");
        let told = message(&progress, Lang::Fr, 0.01, Duration::from_secs(1));
        assert_eq!(told, "mise en ligne");
    }
}
