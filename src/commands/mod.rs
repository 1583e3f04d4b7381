//! The subcommands, one file each. The only place, with tests, where errors lose their type: from
//! here they go to a person.

mod check;
mod config;
mod differ;
mod duplicates;
mod embargo;
mod export;
mod interrupt;
mod merge;
mod progress;
mod rebuild;
mod serve;
mod source;
mod split;
mod submit;
mod unmerge;

use crate::app::{App, OpenError, Purpose};
use crate::cli::{
    Cli, Command, ConfigCommand, Decision, EmbargoCommand, Folder, ReportFormat, SourceCommand,
};
use crate::config::{self as configuration, Config, Flags, LogFormat};
use crate::ingest::{Outcome, hands};
use anyhow::Context as _;
use jiff::Timestamp;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How a command ended; `affiche --help` says what the codes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Done,
    /// Refused, or something to mend was found.
    Refused,
}

/// Runs what was typed and gives the exit code.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        Command::Serve(options) => serve::run(&options),
        Command::Source(SourceCommand::Add(options)) => source::add(options),
        Command::Source(SourceCommand::List(options)) => source::list(&options),
        Command::Source(SourceCommand::Set(options)) => source::set(options),
        Command::Source(SourceCommand::Rank(options)) => source::rank(options),
        Command::Source(SourceCommand::Close(options)) => source::close(&options),
        Command::Source(SourceCommand::Open(options)) => source::reopen(&options),
        Command::Source(SourceCommand::Remove(options)) => source::remove(&options),
        Command::Submit(options) => submit::run(&options),
        Command::Merge(options) => merge::run(&options),
        Command::Unmerge(options) => unmerge::run(&options),
        Command::Differ(options) => differ::run(&options),
        Command::Split(options) => split::run(&options),
        Command::Embargo(EmbargoCommand::List(options)) => embargo::list(&options),
        Command::Embargo(EmbargoCommand::Cancel(options)) => embargo::cancel(&options),
        Command::Embargo(EmbargoCommand::Publish(options)) => embargo::publish(&options),
        Command::Duplicates(options) => duplicates::run(&options),
        Command::Export(options) => export::run(&options),
        Command::Rebuild(options) => rebuild::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Config(ConfigCommand::Print(options)) => config::print(&options),
    };
    match outcome {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Refused) => ExitCode::from(1),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("affiche: {}", told(&error)));
            ExitCode::from(2)
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

/// Writes what a command has to say to the standard output. A reader who has seen enough changes
/// nothing in how the command ends.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("the standard output could not be written"),
    }
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
fn tell_decision(app: &App, decision: &Decision, report: &hands::Report) -> anyhow::Result<Ending> {
    let lang = decision
        .lang
        .or_else(system_lang)
        .unwrap_or_else(|| app.config.default_lang());
    match decision.report {
        ReportFormat::Text => print(&report.text(lang))?,
        ReportFormat::Json => print(&format!("{}\n", serde_json::to_string_pretty(report)?))?,
    }
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

/// Opens the data folder of a command.
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
