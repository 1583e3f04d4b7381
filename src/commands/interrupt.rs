//! Ctrl-C while something is submitted: it stops at the next step, or is completed when its
//! record is already on its way.

use super::tell;
use crate::model::{Lang, Progress, Stage};
use std::sync::Arc;
use std::thread;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// As a shell tells that a program was interrupted.
const INTERRUPTED: i32 = 130;

/// From now on an interruption stops the submission, and a second one the program.
pub fn listen(progress: &Arc<Progress>, lang: Lang) {
    let progress = Arc::clone(progress);
    // Without it an interruption ends the program at once, which is safe too.
    thread::spawn(move || {
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            let Ok(mut interrupt) = signal(SignalKind::interrupt()) else {
                return;
            };
            interrupt.recv().await;
            progress.stop();
            tell(message(&progress, lang));
            interrupt.recv().await;
            std::process::exit(INTERRUPTED);
        });
    });
}

fn message(progress: &Progress, lang: Lang) -> &'static str {
    if progress.stage() == Stage::Judging {
        return match lang {
            Lang::Fr => {
                "affiche : interrompu ; l'envoi est publié, les profils seront mis à jour plus tard"
            }
            Lang::En => {
                "affiche: interrupted; the submission is published, the profiles are brought up to date later"
            }
        };
    }
    match (progress.stage().is_before_the_log(), lang) {
        (true, Lang::Fr) => {
            "affiche : interrompu ; l'envoi s'arrête à la prochaine étape, sans laisser de trace"
        }
        (true, Lang::En) => {
            "affiche: interrupted; the submission stops at the next step and leaves no trace"
        }
        (false, Lang::Fr) => {
            "affiche : l'envoi est déjà inscrit au journal, il se termine ; une seconde interruption laisse la fin à la prochaine ouverture du dossier"
        }
        (false, Lang::En) => {
            "affiche: the submission is being logged already and is completed; a second interruption leaves the rest to the next opening of the folder"
        }
    }
}
