//! The command line: what can be typed. What it does is in `commands`, one file per subcommand.

use crate::config::Flags;
use crate::ingest::importers::IMPORTERS;
use crate::model::kind::{KINDS, Kind};
use crate::model::{Lang, Mode, SourceName};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use oxrdf::NamedNode;
use std::path::PathBuf;

/// Publish the programme of theatres, festivals, companies and tourist offices as linked data.
#[derive(Debug, Parser)]
#[command(
    name = "affiche",
    version,
    arg_required_else_help = true,
    after_help = "\
To try it out:
  affiche serve --demo

To publish your own programme:
  affiche source add my-theatre --data my-data --publisher 'My theatre'
  affiche submit --data my-data --source my-theatre programme.ttl
  affiche serve --data my-data

Exit codes: 0 done; 1 refused, or something to mend was found; 2 it could not be done at all
(a file that cannot be read, a folder in use, a port in use, a wrong option)."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(Serve),
    Follow(Follow),
    #[command(subcommand)]
    Source(SourceCommand),
    Submit(Submit),
    Validate(Validate),
    Merge(Merge),
    Unmerge(Unmerge),
    Differ(Differ),
    Split(Split),
    Duplicates(Duplicates),
    #[command(subcommand)]
    Embargo(EmbargoCommand),
    #[command(subcommand)]
    Token(TokenCommand),
    #[command(subcommand)]
    Rehearsal(RehearsalCommand),
    Export(Export),
    Release(Release),
    Verify(Verify),
    Rebuild(Rebuild),
    Backup(Backup),
    Restore(Restore),
    Redact(Redact),
    Check(Check),
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Do one job for a running server
    #[command(hide = true)]
    Worker,
}

/// The data folder and what goes with it.
#[derive(Debug, Args)]
pub struct Folder {
    /// The folder that holds everything [default: affiche-data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// The base of all public IRIs, such as `https://data.example.org/`; the first write into a
    /// folder fixes it for good
    #[arg(long, value_name = "IRI")]
    pub base: Option<String>,

    /// The configuration file [default: affiche.toml in the data folder, else in the current one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Folder {
    /// The flags that go over the configuration.
    pub fn flags(&self) -> Flags {
        let mut flags = Flags::new();
        if let Some(data) = &self.data {
            flags.push(("data", data.to_string_lossy().into_owned()));
        }
        if let Some(base) = &self.base {
            flags.push(("base", base.clone()));
        }
        flags
    }
}

/// Answer on HTTP: pages, RDF, SPARQL, dumps
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  affiche serve --demo
  affiche serve --data my-data --bind 0.0.0.0:8080 --base https://data.example.org/

Ctrl-C stops it; running requests are finished first.")]
pub struct Serve {
    #[command(flatten)]
    pub folder: Folder,

    /// The address and port to listen on [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDR")]
    pub bind: Option<String>,

    /// Start with invented example data, in the folder `affiche-demo` unless --data names another
    #[arg(long)]
    pub demo: bool,
}

/// Keep a read-only copy of another server, proved by its signatures, and serve it
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche follow https://data.example.org --key minisign.pub --data copy --bind 0.0.0.0:8080

The copy begins with the state of the latest release and reads the log of changes from there; of
all that it reads, nothing is taken that does not verify by the key. It goes on where it was
interrupted, however it was. Ctrl-C stops it.")]
pub struct Follow {
    /// The server to copy, such as `https://data.example.org`
    #[arg(value_name = "URL")]
    pub url: String,

    /// Its public key: the line of minisign, or a file with it; ask its publisher for it on
    /// another way than this one
    #[arg(long, value_name = "KEY")]
    pub key: String,

    #[command(flatten)]
    pub folder: Folder,

    /// The address and port to listen on [default: 127.0.0.1:7878]
    #[arg(long, visible_alias = "listen", value_name = "ADDR")]
    pub bind: Option<String>,

    /// How many seconds to wait before it is asked again what is new
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub interval: u64,
}

/// The sources: who sends data, under which licence, and whom to believe
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    Add(SourceAdd),
    List(SourceList),
    Set(SourceSet),
    Rank(SourceRank),
    Close(SourceClose),
    Open(SourceOpen),
    Remove(SourceRemove),
}

/// Add a source: somebody whose programme you publish
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche source add theatre-municipal --data my-data \\
      --publisher 'Théâtre municipal' \\
      --licence https://www.etalab.gouv.fr/licence-ouverte-open-licence/ \\
      --rank 10 --speaks-for https://theatre.example/#lieu")]
pub struct SourceAdd {
    /// A short name: 1 to 64 of the characters a-z, 0-9 and `-`
    pub name: SourceName,

    #[command(flatten)]
    pub folder: Folder,

    /// The licence of its data, as an IRI; without it, its data is in no release
    #[arg(long, value_name = "IRI", value_parser = parse_iri)]
    pub licence: Option<NamedNode>,

    /// Who publishes it, for people
    #[arg(long, value_name = "TEXT")]
    pub publisher: Option<String>,

    /// Where sources disagree, the one with the lowest rank is followed
    #[arg(long, value_name = "N", default_value_t = crate::model::Source::DEFAULT_RANK)]
    pub rank: u32,

    /// The time zone of times without an offset
    #[arg(long, value_name = "ZONE", default_value = crate::model::Source::DEFAULT_ZONE)]
    pub zone: String,

    /// Its times that end in `Z` are local times in truth
    #[arg(long)]
    pub z_means_local: bool,

    /// A place or organisation (as the source itself names it) on which it has the last word; may
    /// be given several times
    #[arg(long, value_name = "IRI", value_parser = parse_iri)]
    pub speaks_for: Vec<NamedNode>,

    /// A namespace outside the model whose terms are kept; may be given several times
    #[arg(long, value_name = "NAMESPACE")]
    pub keep: Vec<String>,

    /// Its submissions are partial unless they say otherwise: what has faults is left aside
    #[arg(long)]
    pub partial: bool,

    /// A profile that refuses what breaks it anew, as `minimum` does for every source; may be
    /// given several times
    #[arg(long, value_name = "PROFILE")]
    pub gate: Vec<String>,
}

/// List the sources of a folder
#[derive(Debug, Args)]
pub struct SourceList {
    #[command(flatten)]
    pub folder: Folder,
}

/// Change settings of a source; those that are not given stay as they are
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche source set theatre-municipal --data my-data --partial=true --zone Indian/Reunion")]
pub struct SourceSet {
    pub name: SourceName,

    #[command(flatten)]
    pub folder: Folder,

    /// The licence of its data, as an IRI
    #[arg(long, value_name = "IRI", value_parser = parse_iri)]
    pub licence: Option<NamedNode>,

    /// Who publishes it, for people
    #[arg(long, value_name = "TEXT")]
    pub publisher: Option<String>,

    /// The time zone of times without an offset
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,

    /// Whether its times that end in `Z` are local times in truth
    #[arg(long, value_name = "true|false")]
    pub z_means_local: Option<bool>,

    /// Whether its submissions are partial unless they say otherwise
    #[arg(long, value_name = "true|false")]
    pub partial: Option<bool>,

    /// The places or organisations on which it has the last word, instead of the former ones; may
    /// be given several times
    #[arg(long, value_name = "IRI", value_parser = parse_iri)]
    pub speaks_for: Vec<NamedNode>,

    /// The namespaces outside the model whose terms are kept, instead of the former ones; may be
    /// given several times
    #[arg(long, value_name = "NAMESPACE")]
    pub keep: Vec<String>,

    /// The profile that refuses what breaks it anew, as `minimum` does for every source, instead
    /// of the former one; may be given several times. `none` leaves `minimum` alone
    #[arg(long, value_name = "PROFILE")]
    pub gate: Vec<String>,
}

/// Set whom to follow where sources disagree, everywhere or for some entities only
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  affiche source rank tourist-office 50 --data my-data
  affiche source rank tourist-office 5 --kind place --territory 974 --data my-data
  affiche source rank tourist-office --forget --kind place --territory 974 --data my-data

The narrowest rank goes: for kind and territory, then for the territory, then for the kind.")]
pub struct SourceRank {
    pub name: SourceName,

    /// The source with the lowest rank is followed
    #[arg(required_unless_present = "forget", conflicts_with = "forget")]
    pub rank: Option<u32>,

    #[command(flatten)]
    pub folder: Folder,

    /// Only for entities of this kind
    #[arg(long, value_name = "KIND", value_parser = parse_kind())]
    pub kind: Option<&'static Kind>,

    /// Only in this territory: the INSEE code of a department or collectivity (`974`, `2A`), or
    /// `R` and that of a region (`R84`)
    #[arg(long, value_name = "CODE")]
    pub territory: Option<String>,

    /// Take the rank for this kind and territory away again
    #[arg(long)]
    pub forget: bool,
}

/// Take nothing more from a source; what it said stays
#[derive(Debug, Args)]
pub struct SourceClose {
    pub name: SourceName,

    #[command(flatten)]
    pub folder: Folder,
}

/// Take submissions of a closed or removed source again
#[derive(Debug, Args)]
pub struct SourceOpen {
    pub name: SourceName,

    #[command(flatten)]
    pub folder: Folder,
}

/// Withdraw all that a source says, and close it
#[derive(Debug, Args)]
#[command(after_help = "\
What only this source described is answered with 410 and a tombstone from then on. Its name and
the IRIs of what it described are never given to anything else: opened again, it gets them back.")]
pub struct SourceRemove {
    pub name: SourceName,

    #[command(flatten)]
    pub folder: Folder,

    /// Report what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Send files as a source: all that it says from now on, unless --mode says otherwise
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  affiche submit --data my-data --source my-theatre season.ttl workshops.jsonld
  affiche submit --data my-data --source my-theatre --mode upsert one-more-show.jsonld
  echo https://theatre.example/shows/42 | \
      affiche submit --data my-data --source my-theatre --mode withdraw --format iris -
  curl https://theatre.example/programme.jsonld | \\
      affiche submit --data my-data --source my-theatre --partial --format jsonld -

  affiche submit --server https://data.example.org --token-file token.txt \\
      --source my-theatre season.ttl

The report says what was published, what was not and why, and what was rewritten.
Exit codes: 0 accepted; 1 refused, the report says why; 2 a file could not be read or used.")]
pub struct Submit {
    #[command(flatten)]
    pub folder: Folder,

    /// Who sends it; add it first with `affiche source add`
    #[arg(long, value_name = "NAME")]
    pub source: SourceName,

    /// What the files are: all that the source says from now on (`replace`), resources described
    /// anew beside the others (`upsert`), or resources that it takes back (`withdraw`)
    #[arg(long, value_name = "MODE", default_value = "replace", value_parser = parse_mode())]
    pub mode: Mode,

    /// Publish what can be, and leave aside what has faults [default: as the source is set]
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    pub partial: Option<bool>,

    /// Report what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Check it now, and publish it at this time, such as `2027-01-15T10:00` (in the source's zone)
    #[arg(long, value_name = "TIME")]
    pub publish_at: Option<String>,

    /// Withdraw what is no longer there, however much it is
    #[arg(long)]
    pub allow_withdrawals: bool,

    #[arg(long, value_name = "FORMAT", help = format_help())]
    pub format: Option<String>,

    /// How the report is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub report: ReportFormat,

    /// The language of the report: fr or en [default: that of the system]
    #[arg(long, value_name = "LANG", value_parser = parse_lang)]
    pub lang: Option<Lang>,

    /// Send it to the server at this address instead of a folder of this machine
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,

    /// The file that holds the token for the server [default: the environment variable
    /// AFFICHE_TOKEN]
    #[arg(long, value_name = "FILE", requires = "server")]
    pub token_file: Option<PathBuf>,

    /// Send the token to the server although nothing is encrypted on the way
    #[arg(long, requires = "server")]
    pub plain_http: bool,

    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Check files with SHACL: no server, no data folder, nothing is changed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  affiche validate --data programme.ttl
  affiche validate --data programme.jsonld --shapes national --shapes google --lang fr
  affiche validate --data export.nt.gz --shapes our-shapes.ttl --report turtle > report.ttl
  curl https://theatre.example/programme.jsonld | affiche validate --data - --report json
  affiche validate --data programme.csv --as-submitted

The data is checked as it stands: nothing is rewritten, completed or joined before. With
--as-submitted it goes through the door first, as `affiche submit --dry-run` into an empty folder
would send it, and the profiles are asked about what would be published.

A built-in profile brings our ontology and vocabularies along. Shapes of your own see the data
alone, its rdfs:subClassOf too, as SHACL says: give an ontology as a further --data FILE. Several
files of shapes make one shapes graph.

`turtle` and `jsonld` are the validation report of the SHACL Recommendation, all results of it;
`text` and `json` group the findings, with a count and a few examples.
Exit codes: 0 it conforms; 1 it does not (SHACL counts warnings too; --as-submitted does not);
2 a file cannot be read, shapes are ill-formed, or a constraint cannot be evaluated.")]
pub struct Validate {
    /// The files with the data, together one graph; `-` is the standard input
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub data: Vec<PathBuf>,

    /// A built-in profile, or a file with SHACL shapes; may be given several times
    #[arg(long, value_name = "FILE|PROFILE", num_args = 1.., default_value = "minimum")]
    pub shapes: Vec<PathBuf>,

    /// Ask what the door would say, instead of checking the files as they stand
    #[arg(long)]
    pub as_submitted: bool,

    #[arg(long, value_name = "FORMAT", help = format_help())]
    pub format: Option<String>,

    /// How the report is written
    #[arg(long, value_enum, default_value_t = ValidationFormat::Text)]
    pub report: ValidationFormat,

    /// The language of the report: fr or en [default: that of the system]
    #[arg(long, value_name = "LANG", value_parser = parse_lang)]
    pub lang: Option<Lang>,

    /// The base of the built-in terms, when the data is that of a server
    #[arg(long, value_name = "IRI")]
    pub base: Option<String>,

    /// The configuration file [default: affiche.toml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ValidationFormat {
    Text,
    Turtle,
    Jsonld,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Text,
    Json,
}

/// How a decision about who is who is made and told.
#[derive(Debug, Args)]
pub struct Decision {
    #[command(flatten)]
    pub folder: Folder,

    /// Why; it is published with the change, so name no person
    #[arg(long, value_name = "TEXT")]
    pub because: Option<String>,

    /// Report what would happen, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// How the report is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub report: ReportFormat,

    /// The language of the report: fr or en [default: that of the system]
    #[arg(long, value_name = "LANG", value_parser = parse_lang)]
    pub lang: Option<Lang>,
}

/// Publish two entities as one: they are the same thing
#[derive(Debug, Args)]
#[command(after_help = "\
The older IRI stays, and the other one leads to it. What sources say is kept as they say it, so
`affiche unmerge` takes it back.

Example:
  affiche merge b2tm5r8hq3k7 f4x0w9d1zc6n --data my-data

Exit codes: 0 done; 1 refused, the report says why; 2 it could not be done.")]
pub struct Merge {
    /// One of them: its IRI, or the last part of it
    #[arg(value_name = "IRI")]
    pub one: String,

    /// The other one
    #[arg(value_name = "IRI")]
    pub other: String,

    #[command(flatten)]
    pub decision: Decision,

    /// Merge them although somebody declared them different
    #[arg(long)]
    pub despite_different: bool,
}

/// Take a merge back: the two are different, and stay so
#[derive(Debug, Args)]
#[command(after_help = "\
Each is published again as what its own sources say. Nothing joins or proposes the two again.

Example:
  affiche unmerge f4x0w9d1zc6n --data my-data")]
pub struct Unmerge {
    /// One of them: its IRI, or the last part of it
    #[arg(value_name = "IRI")]
    pub entity: String,

    /// What it was merged with, when that is not the only one
    #[arg(value_name = "OTHER")]
    pub other: Option<String>,

    #[command(flatten)]
    pub decision: Decision,
}

/// Declare two entities different, however alike they look
#[derive(Debug, Args)]
#[command(after_help = "\
No report proposes to merge them any more, and a shared identifier no longer joins them.

Example:
  affiche differ b2tm5r8hq3k7 f4x0w9d1zc6n --data my-data")]
pub struct Differ {
    /// One of them: its IRI, or the last part of it
    #[arg(value_name = "IRI")]
    pub one: String,

    /// The other one
    #[arg(value_name = "IRI")]
    pub other: String,

    #[command(flatten)]
    pub decision: Decision,
}

/// List what may be there twice, with how to merge it or tell it apart
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche duplicates --data my-data")]
pub struct Duplicates {
    #[command(flatten)]
    pub folder: Folder,

    /// How the list is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub report: ReportFormat,

    /// The language of the list: fr or en [default: that of the system]
    #[arg(long, value_name = "LANG", value_parser = parse_lang)]
    pub lang: Option<Lang>,
}

/// Replace an entity by several: it was more than one thing
#[derive(Debug, Args)]
#[command(after_help = "\
What each source says moves as a whole, with its identifiers and references. The former IRI stays,
and lists those that replace it. `affiche merge` of these takes it back.

Examples:
  affiche split b2tm5r8hq3k7 --show --data my-data
  affiche split b2tm5r8hq3k7 --into new=my-theatre new2=tourist-office --data my-data
  affiche split b2tm5r8hq3k7 --data my-data \\
      --into new=agenda new2=agenda:https://agenda.example/place/7

Of a source that knows it under several identifiers, SOURCE:IDENTIFIER sends one of them
elsewhere; what it said before cannot be told apart, so that follows with its next submission.")]
pub struct Split {
    /// Its IRI, or the last part of it
    #[arg(value_name = "IRI")]
    pub entity: String,

    /// What goes where: an IRI of the same kind, or `new`, `new2` … for new ones, and the source
    #[arg(long, num_args = 1.., value_name = "TO=SOURCE[:IDENTIFIER]", required_unless_present = "show")]
    pub into: Vec<String>,

    /// List the sources that speak of it, and the identifiers under which they know it
    #[arg(long, conflicts_with = "into")]
    pub show: bool,

    #[command(flatten)]
    pub decision: Decision,
}

/// Submissions that wait for their time (`affiche submit --publish-at`)
#[derive(Debug, Subcommand)]
#[command(after_help = "\
A running server publishes what is due by itself.")]
pub enum EmbargoCommand {
    List(EmbargoList),
    Cancel(EmbargoCancel),
    Publish(EmbargoPublish),
}

/// List what is held, and what became of it
#[derive(Debug, Args)]
pub struct EmbargoList {
    #[command(flatten)]
    pub folder: Folder,
}

/// Throw something held away: it is never published
#[derive(Debug, Args)]
pub struct EmbargoCancel {
    /// Its name in `affiche embargo list`
    pub id: String,

    #[command(flatten)]
    pub folder: Folder,
}

/// Publish what is due; a running server does so by itself
#[derive(Debug, Args)]
pub struct EmbargoPublish {
    #[command(flatten)]
    pub folder: Folder,
}

/// The tokens with which sources write over HTTP
#[derive(Debug, Subcommand)]
#[command(after_help = "\
All of these work while the server runs, and take effect at once.")]
pub enum TokenCommand {
    Create(TokenCreate),
    List(TokenList),
    Revoke(TokenRevoke),
}

/// Make a token, and show it this once
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche token create --data my-data --source my-theatre --note 'nightly export' > token.txt")]
pub struct TokenCreate {
    #[command(flatten)]
    pub folder: Folder,

    /// The one source that it is good for
    #[arg(long, value_name = "NAME", required_unless_present = "operator")]
    pub source: Option<SourceName>,

    /// Good for every source, and for what operators do
    #[arg(long, conflicts_with = "source")]
    pub operator: bool,

    /// What it is for, in the list
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// List the tokens: what they are good for and when they were last used, never the tokens
#[derive(Debug, Args)]
pub struct TokenList {
    #[command(flatten)]
    pub folder: Folder,
}

/// Make a token good for nothing, at once
#[derive(Debug, Args)]
pub struct TokenRevoke {
    /// Its name in `affiche token list`
    pub id: String,

    #[command(flatten)]
    pub folder: Folder,
}

/// Shapes that are tried on all that is published: what would pass
#[derive(Debug, Subcommand)]
#[command(after_help = "\
All of these work while the server runs. Nothing is published or refused because of a rehearsal;
the page `/quality` shows what would pass, source by source.")]
pub enum RehearsalCommand {
    Add(RehearsalAdd),
    List(RehearsalList),
    Remove(RehearsalRemove),
}

/// Register shapes under a name, instead of those that it had
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche rehearsal add artsdata --data my-data --shapes artsdata.ttl")]
pub struct RehearsalAdd {
    /// Small letters, digits and hyphens; not the name of a profile
    pub name: String,

    #[command(flatten)]
    pub folder: Folder,

    /// The SHACL shapes; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    pub shapes: PathBuf,

    /// The format of the shapes [default: from the file's name]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
}

/// List the rehearsals
#[derive(Debug, Args)]
pub struct RehearsalList {
    #[command(flatten)]
    pub folder: Folder,
}

/// Forget a rehearsal
#[derive(Debug, Args)]
pub struct RehearsalRemove {
    /// Its name in `affiche rehearsal list`
    pub name: String,

    #[command(flatten)]
    pub folder: Folder,
}

/// Write the data to the standard output
#[derive(Debug, Args)]
#[command(after_help = "\
`nquads` is everything that the folder holds, in a fixed order: two folders with the same export
hold the same. `turtle` and `jsonld` are the public data.

Example:
  affiche export --data my-data --format turtle | gzip > my-data.ttl.gz")]
pub struct Export {
    #[command(flatten)]
    pub folder: Folder,

    #[arg(long, value_enum, default_value_t = ExportFormat::Nquads)]
    pub format: ExportFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Nquads,
    Turtle,
    Jsonld,
}

/// Publish all that is public now as files that never change
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche release --data my-data

A release is numbered, dated and signed, and stands at /releases/DATE/: N-Quads, Turtle, TriG,
JSON-LD and RDF/XML of all, of what meets each profile of `releases.profiles` and of each source,
and tables for spreadsheets; each packed with gzip and with zstd, with the licence of each source
in it. A source without a licence is left out. The configuration must say who publishes, whom to
ask, and under which licence. When nothing changed since the last release, no other is made. It
also works while the server runs; nobody waits for it.")]
#[command(args_conflicts_with_subcommands = true)]
pub struct Release {
    #[command(flatten)]
    pub folder: Folder,

    #[command(subcommand)]
    pub command: Option<ReleaseCommand>,
}

#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    Withdraw(ReleaseWithdraw),
}

/// Give the files of a release out no more; its page says when and why
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche release withdraw 2026-11-22 --data my-data --because 'A court order of 20 November'

Its files and its SPARQL endpoint go, for good; its manifest and the notice stay, and its address
answers 410. Copies that others made are theirs.")]
pub struct ReleaseWithdraw {
    /// Its date, as it stands in its address
    pub date: String,

    #[command(flatten)]
    pub folder: Folder,

    /// Why, for all to read
    #[arg(long, value_name = "TEXT")]
    pub because: String,
}

/// Check that a release is what was published: signature, sums, counts, and that it can be read
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  affiche verify https://data.example.org/releases/latest/ --key RWQ...
  affiche verify https://data.example.org/releases/2026-11-22/affiche.ttl.gz --key minisign.pub
  affiche verify downloads/2026-11-22 --key minisign.pub

Exit codes: 0 sound; 1 it is not what was published; 2 it could not be found out (no key, a file or
a server that cannot be reached).")]
pub struct Verify {
    /// The address of a release or of one of its files; or a folder that holds one, its
    /// manifest, or one of its files beside the manifest
    #[arg(value_name = "FILE|URL")]
    pub target: String,

    /// The publisher's public key: a line of 56 characters, or the file `minisign.pub`. Without
    /// it the key of the same server is taken, which proves less
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,

    /// How the result is told
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// Throw the store away and make it again from the change log
#[derive(Debug, Args)]
pub struct Rebuild {
    #[command(flatten)]
    pub folder: Folder,
}

/// Save the data folder, also while a server has it open
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  affiche backup /mnt/backups --data my-data

Each backup is a folder of its own in DIR, named by its time and generation; files that are as they
were in the backup before are hard links to it, so any of them can be removed. A backup without its
`manifest.json` is none. While a server has the folder open, the log is saved and not the store,
which restoring makes from it.")]
pub struct Backup {
    /// The folder of the backups, outside the data folder
    #[arg(value_name = "DIR")]
    pub target: PathBuf,

    #[command(flatten)]
    pub folder: Folder,
}

/// Make a data folder from a backup
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  affiche restore /mnt/backups --data my-data --published 1204
  affiche restore /mnt/backups/20261122T021500123Z-generation-1180 --data my-data

The last generation that was published is what `/health` or a dump said last. When the backup is
behind it, or nobody knows, the log goes on under a new identity, so that harvesters and caches
start again instead of missing changes.")]
pub struct Restore {
    /// A backup, or the folder of backups for the last one
    #[arg(value_name = "BACKUP")]
    pub backup: PathBuf,

    #[command(flatten)]
    pub folder: Folder,

    /// The last generation that readers saw before the loss
    #[arg(long, value_name = "GENERATION")]
    pub published: Option<u64>,

    /// Nothing was published after the backup: keep the identity of the log
    #[arg(long)]
    pub same_identity: bool,
}

/// Strike something out of all records for good: the data, its history and what was made of it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  affiche redact --data my-data --containing '+33 1 99 00 12 34'
  affiche redact --data my-data --containing '+33 1 99 00 12 34' --yes \\
      --because 'a private telephone number, published by mistake'
  affiche redact --data my-data --subject https://data.example.org/id/0k3xtb5nq2hm

Without --yes it shows what it would strike, and changes nothing. The notice of the redaction is
public and for good. It needs room for a second log and store while it works.
Exit codes: 0 done; 1 files beside the log hold it too, and must be mended by hand; 2 it could not
be done.")]
pub struct Redact {
    #[command(flatten)]
    pub folder: Folder,

    /// Strike literals that are exactly this; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub literal: Vec<String>,

    /// Strike literals, and IRIs that are not ours, that contain this, upper and lower case as
    /// they are; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub containing: Vec<String>,

    /// Strike all that any source says about this entity, by its IRI or by what a source calls
    /// it; may be given several times
    #[arg(long, value_name = "IRI")]
    pub subject: Vec<String>,

    /// Why, in one line; it stays in the log for all to read
    #[arg(long, value_name = "REASON")]
    pub because: Option<String>,

    /// Do it, for good
    #[arg(long)]
    pub yes: bool,
}

/// Check that the log is as it was written, and that the store is what the log says
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all is well; 1 something is wrong; 2 it could not be checked."
)]
pub struct Check {
    #[command(flatten)]
    pub folder: Folder,
}

/// The configuration
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    Print(ConfigPrint),
}

/// Print the configuration in effect, as a file that can be used, with where each value came from
#[derive(Debug, Args)]
#[command(after_help = "\
Every key can also be set by an environment variable: `limits.query_timeout` by
AFFICHE_LIMITS_QUERY_TIMEOUT. Flags go over the environment, the environment over the file.")]
pub struct ConfigPrint {
    #[command(flatten)]
    pub folder: Folder,
}

fn parse_iri(text: &str) -> Result<NamedNode, String> {
    NamedNode::new(text).map_err(|_| {
        "it is not an absolute IRI; write for example `https://example.org/x`".to_owned()
    })
}

/// The formats, so that help lists them.
fn format_help() -> String {
    let names: Vec<&str> = IMPORTERS.iter().map(|importer| importer.name).collect();
    format!(
        "The format of all files: {}. gzip and zstd are unpacked [default: by the name of each file, else by its content]",
        names.join(", ")
    )
}

/// The modes, so that help lists them.
fn parse_mode() -> impl TypedValueParser<Value = Mode> {
    PossibleValuesParser::new(Mode::ALL.map(Mode::name)).try_map(|name| name.parse::<Mode>())
}

/// The kinds of entities, so that help lists them.
fn parse_kind() -> impl TypedValueParser<Value = &'static Kind> {
    let names = KINDS
        .iter()
        .filter(|kind| kind.has_own_iri)
        .map(|kind| kind.name);
    PossibleValuesParser::new(names)
        .try_map(|name| Kind::named(&name).ok_or("it is no kind of entity"))
}

fn parse_lang(text: &str) -> Result<Lang, String> {
    Lang::from_tag(text).ok_or_else(|| "write `fr` or `en`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
