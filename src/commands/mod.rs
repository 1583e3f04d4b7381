//! The subcommands, one file each. The only place, with tests, where errors lose their type: from
//! here they go to a person.

mod backup;
mod check;
mod config;
mod console;
mod control;
mod differ;
mod duplicates;
mod embargo;
mod export;
mod follow;
mod interrupt;
mod merge;
mod progress;
mod rebuild;
mod redact;
mod rehearsal;
mod release;
mod remote;
mod restore;
mod serve;
mod source;
mod split;
mod submit;
mod token;
mod unmerge;
mod validate;
mod verify;
mod worker;

use crate::app::validation::text::harmless;
use crate::app::{App, OpenError, Purpose, profiles};
use crate::cli::{
    Cli, Command, ConfigCommand, Decision, EmbargoCommand, Folder, RehearsalCommand, Release,
    ReleaseCommand, ReportFormat, SourceCommand, TokenCommand,
};
use crate::config::{self as configuration, Config, Flags, LogFormat};
use crate::ingest::{Outcome, hands};
use crate::model::Progress;
use crate::store::StoreError;
use anyhow::Context as _;
use clap::Parser as _;
use console::Console;
use jiff::Timestamp;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Brings the profiles up to date when a command left them behind; in a server, the server does.
/// What the command itself did stands, whatever comes of this.
fn follow_profiles(app: &App, console: &Console, progress: &Progress) {
    if matches!(console, Console::Served(..)) {
        return;
    }
    if let Err(error) = profiles::bring_up_to_date(app, progress) {
        console.tell(&format!(
            "affiche: {error}; the next command that writes, or the server, goes on"
        ));
    }
}

/// How a command ended; `affiche --help` says what the codes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Done,
    /// Refused, or something to mend was found.
    Refused,
}

/// Runs what was typed, the program's name first, and gives the exit code.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let cli = Cli::parse_from(arguments);
    let is_served = control::is_served(&cli.command);
    let outcome = outcome_of(cli.command, &Console::Here);
    if is_served
        && let Err(error) = &outcome
        && let Some(OpenError::Store(StoreError::AlreadyOpen(folder))) = error.downcast_ref()
        && let Some(code) = control::hand_over(folder, arguments)
    {
        return code;
    }
    ExitCode::from(code_of(outcome, &Console::Here))
}

/// Runs a command to its end and gives the exit code.
fn dispatch(command: Command, console: &Console) -> u8 {
    code_of(outcome_of(command, console), console)
}

fn outcome_of(command: Command, console: &Console) -> anyhow::Result<Ending> {
    match command {
        Command::Serve(options) => serve::run(&options),
        Command::Follow(options) => follow::run(&options),
        Command::Source(SourceCommand::Add(options)) => source::add(options, console),
        Command::Source(SourceCommand::List(options)) => source::list(&options, console),
        Command::Source(SourceCommand::Set(options)) => source::set(options, console),
        Command::Source(SourceCommand::Rank(options)) => source::rank(options, console),
        Command::Source(SourceCommand::Close(options)) => source::close(&options, console),
        Command::Source(SourceCommand::Open(options)) => source::reopen(&options, console),
        Command::Source(SourceCommand::Remove(options)) => source::remove(&options, console),
        Command::Submit(options) => submit::run(&options, console),
        Command::Validate(options) => validate::run(&options, console),
        Command::Worker => worker::run(),
        Command::Merge(options) => merge::run(&options, console),
        Command::Unmerge(options) => unmerge::run(&options, console),
        Command::Differ(options) => differ::run(&options, console),
        Command::Split(options) => split::run(&options, console),
        Command::Duplicates(options) => duplicates::run(&options, console),
        Command::Embargo(EmbargoCommand::List(options)) => embargo::list(&options, console),
        Command::Embargo(EmbargoCommand::Cancel(options)) => embargo::cancel(&options, console),
        Command::Embargo(EmbargoCommand::Publish(options)) => embargo::publish(&options, console),
        Command::Token(TokenCommand::Create(options)) => token::create(options, console),
        Command::Token(TokenCommand::List(options)) => token::list(&options, console),
        Command::Token(TokenCommand::Revoke(options)) => token::revoke(&options, console),
        Command::Rehearsal(RehearsalCommand::Add(options)) => rehearsal::add(&options, console),
        Command::Rehearsal(RehearsalCommand::List(options)) => rehearsal::list(&options, console),
        Command::Rehearsal(RehearsalCommand::Remove(options)) => {
            rehearsal::remove(&options, console)
        }
        Command::Export(options) => export::run(&options, console),
        Command::Release(Release {
            command: Some(ReleaseCommand::Withdraw(options)),
            ..
        }) => release::withdraw(&options, console),
        Command::Release(options) => release::run(&options, console),
        Command::Verify(options) => verify::run(&options, console),
        Command::Rebuild(options) => rebuild::run(&options, console),
        Command::Backup(options) => backup::run(&options, console),
        Command::Restore(options) => restore::run(&options, console),
        Command::Redact(options) => redact::run(&options, console),
        Command::Check(options) => check::run(&options, console),
        Command::Config(ConfigCommand::Print(options)) => config::print(&options, console),
    }
}

fn code_of(outcome: anyhow::Result<Ending>, console: &Console) -> u8 {
    match outcome {
        Ok(Ending::Done) => 0,
        Ok(Ending::Refused) => 1,
        Err(error) if is_broken_pipe(&error) => 0,
        Err(error) => {
            console.tell(&harmless(&format!("affiche: {}", told(&error))));
            2
        }
    }
}

/// Whoever reads our output has seen enough (`| head`): nothing to complain about.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// Writes a line for the person at the terminal, who may have closed it.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The error for a person: each cause once, on one line.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    text
}

/// Tells what became of a decision about who is who.
fn tell_decision(
    app: &App,
    console: &Console,
    decision: &Decision,
    report: &hands::Report,
) -> anyhow::Result<Ending> {
    let lang = decision
        .lang
        .or_else(|| console.lang())
        .unwrap_or_else(|| app.config.default_lang());
    match decision.report {
        ReportFormat::Text => console.print(&report.text(lang))?,
        ReportFormat::Json => {
            console.print(&format!("{}\n", serde_json::to_string_pretty(report)?))?
        }
    }
    follow_profiles(app, console, &Progress::default());
    Ok(match report.outcome {
        Outcome::Refused => Ending::Refused,
        Outcome::Accepted | Outcome::Unchanged | Outcome::Held => Ending::Done,
    })
}

/// Reads the configuration, with the flags of this command over it.
fn configure(folder: &Folder, further: Flags) -> anyhow::Result<Config> {
    let mut flags = folder.flags();
    flags.extend(further);
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        // A variable of ours that is not UTF-8 has no value that could be meant.
        Some((
            name.into_string().ok()?,
            value.to_string_lossy().into_owned(),
        ))
    });
    Ok(configuration::load(
        folder.config.as_deref(),
        environment,
        &flags,
    )?)
}

/// Opens the data folder of a command that wants it for itself.
fn open(folder: &Folder, purpose: Purpose) -> anyhow::Result<App> {
    let config = configure(folder, Flags::new())?;
    log_to_stderr(&config, "warn");
    open_with(config, purpose)
}

fn open_with(config: Config, purpose: Purpose) -> anyhow::Result<App> {
    let path = config.data.clone();
    match App::open(config, purpose, Timestamp::now()) {
        Ok(app) => Ok(app),
        // These say which folder, and what to do.
        Err(error @ OpenError::Store(_)) => Err(error.into()),
        Err(error) => {
            Err(error).with_context(|| format!("`{}` could not be opened", path.display()))
        }
    }
}

/// Log lines go to the standard error, so that the standard output is only what was asked for.
/// `filter` goes for commands that end by themselves, unless the configuration says something.
fn log_to_stderr(config: &Config, filter: &str) {
    let filter = if config.origin("log.filter") == Some(configuration::Origin::Default) {
        filter
    } else {
        config.log_filter.as_str()
    };
    let targets: Targets = filter.parse().unwrap_or_default();
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(targets);
    // A second start in the same process (a test) keeps the first one's log.
    let _ = match config.log_format {
        LogFormat::Text => registry.with(lines.with_target(false)).try_init(),
        LogFormat::Json => registry.with(lines.json()).try_init(),
    };
}

/// The language of the person at the terminal, as the system says it.
fn system_lang() -> Option<crate::model::Lang> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .and_then(|value| crate::model::Lang::from_tag(value.split(['.', '@']).next()?))
}
