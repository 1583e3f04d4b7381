//! The configuration: one TOML file, the environment over it, flags over both.
//!
//! [`KEYS`] is the one list of what can be set: reading, `affiche config print`, and the names of
//! the environment variables derive from it. A new key is a field of [`Config`] and a row there.
//! No key is needed to start; unknown keys are refused; all faults are told at once.

use crate::model::outside::{self, Outside, Tiles};
use crate::model::{Base, Lang, Naan};
use oxrdf::NamedNode;
use std::fmt::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use toml::de::{DeTable, DeValue};

/// The name of the configuration file, in the data folder or in the current one.
pub const FILE_NAME: &str = "affiche.toml";

/// The variable that holds the token of `affiche submit --server`; no part of the configuration,
/// which can be printed.
pub const TOKEN_VARIABLE: &str = "AFFICHE_TOKEN";

/// What the program runs with.
#[derive(Clone, Debug)]
pub struct Config {
    pub data: PathBuf,
    pub bind: SocketAddr,
    /// The base IRI of a folder that has none yet; see [`Config::base_if_given`].
    pub base: Base,
    pub publisher_name: Option<String>,
    pub publisher_contact: Option<String>,
    pub licence: Option<NamedNode>,
    /// The namespace of Cap Data Opéra, for the alignments with it.
    pub cap_data_namespace: Option<NamedNode>,
    /// The number under which entities are also ARKs.
    pub naan: Option<Naan>,
    /// Files of shapes, one for each profile of the operator.
    pub profiles: Vec<PathBuf>,
    /// A folder of example queries of the operator.
    pub queries: Option<PathBuf>,
    /// The languages of the interface; the first one is spoken to readers who ask for none.
    pub languages: Vec<Lang>,
    /// What pages may load from other hosts.
    pub outside: Outside,
    /// In front of this server, and believed.
    pub proxies: Vec<Network>,
    /// The hub that is told of changes in feeds.
    pub websub_hub: Option<NamedNode>,
    /// Private addresses that the server may call.
    pub outgoing_networks: Vec<Network>,
    /// Another store that is kept in step.
    pub mirror: Mirror,
    /// How often the description of the data set in numbers is brought up to date at most.
    pub statistics_interval: Duration,
    /// How often a release is made by itself.
    pub release_schedule: Schedule,
    /// Which releases keep their files.
    pub release_keep: Keep,
    /// The profiles that have files of their own in a release, by name.
    pub release_profiles: Vec<String>,
    pub log_format: LogFormat,
    pub log_filter: String,
    pub limits: Limits,
    origins: Vec<Origin>,
}

/// Another SPARQL store that holds the same, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    pub update: Option<NamedNode>,
    pub query: Option<NamedNode>,
    /// Stands there for our default graph.
    pub graph: Option<NamedNode>,
    pub engine: MirrorEngine,
    pub user: Option<String>,
    /// Only its name is known here: what is in it is never printed.
    pub password_file: Option<PathBuf>,
    pub serves_queries: bool,
    pub falls_back: bool,
    pub lag: Duration,
}

/// What is to be known of the engine that holds a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MirrorEngine {
    /// It keeps every term as it is.
    Standard,
    /// It rewrites some literals, and cuts long IRIs.
    Virtuoso,
}

impl MirrorEngine {
    fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Virtuoso => "virtuoso",
        }
    }
}

/// How often something is done by itself, by the days of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    Off,
    Daily,
    /// On the first day from Monday on.
    Weekly,
    Monthly,
}

impl Schedule {
    const ALL: [(&'static str, Self); 4] = [
        ("off", Self::Off),
        ("daily", Self::Daily),
        ("weekly", Self::Weekly),
        ("monthly", Self::Monthly),
    ];

    fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, row)| *row == self)
            .map_or("", |(name, _)| name)
    }
}

/// Which of several dated things keep their files; the newest always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    All,
    /// The last ones, so many.
    Last(usize),
    /// Those of so many days.
    Days(u32),
}

impl FromStr for Keep {
    type Err = ();

    /// `all`, a number, or a number of days such as `365d`.
    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "all" {
            return Ok(Self::All);
        }
        let keep = match text.strip_suffix('d') {
            Some(days) => days.parse().map(Self::Days),
            None => text.parse().map(Self::Last),
        };
        keep.ok()
            .filter(|keep| !matches!(keep, Self::Last(0) | Self::Days(0)))
            .ok_or(())
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Last(count) => write!(f, "{count}"),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Every wait, body, result and depth has its limit here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub submission_bytes: u64,
    pub submission_depth: usize,
    pub submissions_waiting: usize,
    pub judged_at_once: usize,
    pub writes_per_minute: u32,
    pub report_wait: Duration,
    pub uploads: usize,
    pub upload_timeout: Duration,
    pub query_bytes: usize,
    pub query_depth: usize,
    pub query_patterns: usize,
    pub query_timeout: Duration,
    pub query_memory_bytes: u64,
    pub query_wait: Duration,
    pub worker_wait: Duration,
    /// See [`Limits::workers`].
    pub queries: Option<usize>,
    pub queries_waiting: usize,
    pub queries_waiting_each: usize,
    pub result_bytes: u64,
    pub records_bytes: u64,
    pub result_rows: u64,
    pub difference_quads: u64,
    pub cache_bytes: usize,
    pub page_timeout: Duration,
    pub readers: usize,
    pub download_timeout: Duration,
    pub validations: usize,
    pub validation_bytes: usize,
    pub validation_memory_bytes: u64,
    pub validation_timeout: Duration,
    pub validation_report_bytes: u64,
    pub identifiers: usize,
    pub identifiers_bytes: usize,
    pub followed_lists: usize,
    pub followed_bytes: u64,
    pub body_bytes: usize,
    pub body_timeout: Duration,
    pub connections: usize,
    pub idle_timeout: Duration,
    pub stop_timeout: Duration,
    pub rehearsals: usize,
    pub rehearsal_timeout: Duration,
    pub mirror_batch_bytes: usize,
    pub mirror_timeout: Duration,
}

impl Limits {
    /// How many queries run in processes of their own at the same time.
    pub fn workers(&self) -> usize {
        self.queries.unwrap_or_else(|| {
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            processors.saturating_sub(1).max(1)
        })
    }
}

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        let same = |a: u128, b: u128, width: u32| {
            // All of them are shifted out when no bit is asked for.
            let rest = width - self.bits;
            a.checked_shr(rest) == b.checked_shr(rest)
        };
        match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();

    /// `10.0.0.0/8`, or one address.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| ())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { address, bits }).ok_or(())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("affiche-data"),
            bind: SocketAddr::from(([127, 0, 0, 1], 7878)),
            base: "http://127.0.0.1:7878"
                .parse()
                .expect("the default base is a base IRI"),
            publisher_name: None,
            publisher_contact: None,
            licence: None,
            cap_data_namespace: None,
            naan: None,
            profiles: Vec::new(),
            queries: None,
            languages: vec![Lang::Fr, Lang::En],
            outside: Outside::default(),
            proxies: Vec::new(),
            websub_hub: None,
            outgoing_networks: Vec::new(),
            mirror: Mirror {
                update: None,
                query: None,
                graph: None,
                engine: MirrorEngine::Standard,
                user: None,
                password_file: None,
                serves_queries: false,
                falls_back: true,
                lag: Duration::from_secs(30),
            },
            statistics_interval: Duration::from_secs(3600),
            release_schedule: Schedule::Off,
            release_keep: Keep::All,
            release_profiles: vec!["national".to_owned()],
            log_format: LogFormat::Text,
            log_filter: "info".to_owned(),
            limits: Limits {
                submission_bytes: 1 << 30,
                submission_depth: 100,
                submissions_waiting: 32,
                judged_at_once: 10_000,
                writes_per_minute: 60,
                report_wait: Duration::from_secs(30),
                uploads: 8,
                upload_timeout: Duration::from_secs(3600),
                query_bytes: 64 << 10,
                query_depth: 100,
                query_patterns: 100,
                query_timeout: Duration::from_secs(30),
                query_memory_bytes: 512 << 20,
                query_wait: Duration::from_secs(5),
                worker_wait: Duration::from_secs(60),
                queries: None,
                queries_waiting: 256,
                queries_waiting_each: 16,
                result_bytes: 1 << 30,
                records_bytes: 1 << 20,
                result_rows: 10_000_000,
                difference_quads: 20_000_000,
                cache_bytes: 64 << 20,
                page_timeout: Duration::from_secs(10),
                readers: 16,
                download_timeout: Duration::from_secs(3600),
                validations: 2,
                validation_bytes: 32 << 20,
                validation_memory_bytes: 512 << 20,
                validation_timeout: Duration::from_secs(30),
                validation_report_bytes: 256 << 20,
                identifiers: 10_000,
                identifiers_bytes: 8 << 20,
                followed_lists: 10_000,
                followed_bytes: 64 << 20,
                body_bytes: 1 << 20,
                body_timeout: Duration::from_secs(30),
                connections: 512,
                idle_timeout: Duration::from_secs(30),
                stop_timeout: Duration::from_secs(10),
                rehearsals: 16,
                rehearsal_timeout: Duration::from_secs(600),
                mirror_batch_bytes: 512 << 10,
                mirror_timeout: Duration::from_secs(60),
            },
            origins: vec![Origin::Default; KEYS.len()],
        }
    }
}

impl Config {
    /// The base IRI that somebody asked for; `None` when it is only the default, which must not
    /// contradict the base that a folder already has.
    pub fn base_if_given(&self) -> Option<&Base> {
        (self.origin("base") != Some(Origin::Default)).then_some(&self.base)
    }

    /// Where the value of a key came from; `None` for a key that is not in [`KEYS`].
    pub fn origin(&self, key: &str) -> Option<Origin> {
        let row = KEYS.iter().position(|row| row.name == key)?;
        self.origins.get(row).copied()
    }

    /// The language of readers who ask for none that we speak.
    pub fn default_lang(&self) -> Lang {
        self.languages.first().copied().unwrap_or_default()
    }

    /// The effective configuration as TOML that can be read back, each value with what it means
    /// and where it came from.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        let mut table = "";
        for (row, key) in KEYS.iter().enumerate() {
            let (in_table, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
            if in_table != table {
                let _ = write!(out, "\n[{in_table}]\n");
                table = in_table;
            }
            let origin = self.origins.get(row).copied().unwrap_or(Origin::Default);
            let _ = writeln!(out, "# {}", key.help);
            match (key.show)(self) {
                Some(value) => {
                    let _ = writeln!(out, "{name} = {value}  # {origin}");
                }
                None => {
                    let _ = writeln!(out, "# {name} =  # not set; for example {}", key.example);
                }
            }
        }
        out
    }
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File,
    Environment,
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Default => "default",
            Origin::File => "from the file",
            Origin::Environment => "from the environment",
            Origin::Flag => "from a flag",
        })
    }
}

/// A value as it was written, before it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<String>),
    /// Something that no key takes: a date, a float, a nested table.
    Other(&'static str),
}

/// A key that can be set.
pub struct Key {
    /// The name in the file; `limits.query_bytes` stands in the table `[limits]`.
    pub name: &'static str,
    /// One line: what it does.
    pub help: &'static str,
    /// What to write, as TOML.
    pub example: &'static str,
    /// Checks a value and takes it; `false` when it is not one for this key.
    set: fn(&mut Config, &Value) -> bool,
    /// The value as TOML; `None` when there is none.
    show: fn(&Config) -> Option<String>,
}

impl Key {
    /// The value that is set, as it is written in the file.
    pub fn value(&self, config: &Config) -> Option<String> {
        (self.show)(config)
    }

    /// The same as a value.
    pub fn typed(&self, config: &Config) -> Option<toml::Value> {
        let text = self.value(config)?;
        let mut table: toml::Table = toml::from_str(&format!("value = {text}")).ok()?;
        table.remove("value")
    }

    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("AFFICHE_{}", self.name.replace('.', "_").to_uppercase())
    }
}

/// All keys, in the order in which `config print` writes them.
pub static KEYS: &[Key] = &[
    Key {
        name: "data",
        help: "The folder that holds everything: the change log, the store, the releases.",
        example: "\"affiche-data\"",
        set: |config, value| put(&mut config.data, text(value).map(PathBuf::from)),
        show: |config| quoted(Some(config.data.to_string_lossy())),
    },
    Key {
        name: "bind",
        help: "The address and port to listen on.",
        example: "\"127.0.0.1:7878\"",
        set: |config, value| put(&mut config.bind, parsed(value)),
        show: |config| quoted(Some(config.bind)),
    },
    Key {
        name: "base",
        help: "The base of all public IRIs; the first write into a folder fixes it for good.",
        example: "\"https://data.example.org/\"",
        set: |config, value| put(&mut config.base, parsed(value)),
        // The default is only for new folders: written down, it would contradict the others.
        show: |config| quoted(config.base_if_given()),
    },
    Key {
        name: "licence",
        help: "The licence of what is published, as an IRI.",
        example: "\"https://www.etalab.gouv.fr/licence-ouverte-open-licence/\"",
        set: |config, value| put(&mut config.licence, http_iri(value).map(Some)),
        show: |config| quoted(config.licence.as_ref().map(NamedNode::as_str)),
    },
    Key {
        name: "naan",
        help: "The number that the ARK Alliance gave to whoever names things here; entities then also answer as `{base}/ark:/NAAN/…`, for good.",
        example: "\"12345\"",
        set: |config, value| put(&mut config.naan, parsed(value).map(Some)),
        show: |config| quoted(config.naan.as_ref()),
    },
    Key {
        name: "languages",
        help: "The languages of the pages; the first is for readers who ask for none.",
        example: "[\"fr\", \"en\"]",
        set: |config, value| put(&mut config.languages, languages(value)),
        show: |config| {
            let tags: Vec<_> = config
                .languages
                .iter()
                .map(|lang| format!("\"{lang}\""))
                .collect();
            Some(format!("[{}]", tags.join(", ")))
        },
    },
    Key {
        name: "profiles",
        help: "Files of SHACL shapes in Turtle, each a profile called like its file, besides those of the program; they inform. A path in the configuration file starts where that file is.",
        example: "[\"profiles/paris.ttl\"]",
        set: |config, value| put(&mut config.profiles, paths(value)),
        show: |config| {
            let paths = config.profiles.iter();
            let paths: Vec<_> = paths.map(|path| quoted(Some(path.display()))).collect();
            let paths: Vec<_> = paths.into_iter().flatten().collect();
            (!paths.is_empty()).then(|| format!("[{}]", paths.join(", ")))
        },
    },
    Key {
        name: "queries",
        help: "A folder of example queries, files `*.rq`, besides those of the program. A path in the configuration file starts where that file is.",
        example: "\"queries\"",
        set: |config, value| {
            let path = text(value).filter(|path| !path.is_empty());
            put(
                &mut config.queries,
                path.map(|path| Some(PathBuf::from(path))),
            )
        },
        show: |config| quoted(config.queries.as_ref().map(|path| path.display())),
    },
    Key {
        name: "proxies",
        help: "The addresses, or networks, of the proxies in front of this server; of them alone it is believed for whom they ask (`Forwarded`, `X-Forwarded-For`).",
        example: "[\"127.0.0.1\", \"10.0.0.0/8\"]",
        set: |config, value| put(&mut config.proxies, networks(value)),
        show: |config| {
            let networks = config.proxies.iter().map(|network| quoted(Some(network)));
            let networks: Vec<_> = networks.flatten().collect();
            (!networks.is_empty()).then(|| format!("[{}]", networks.join(", ")))
        },
    },
    Key {
        name: "images",
        help: "The origins of the images that pages show where their licence allows it; all others are only linked.",
        example: "[\"https://images.example.org\"]",
        set: |config, value| put(&mut config.outside.images, origins(value)),
        show: |config| {
            let origins = config.outside.images.iter();
            let origins: Vec<_> = origins
                .filter_map(|origin| quoted(Some(origin.as_str())))
                .collect();
            (!origins.is_empty()).then(|| format!("[{}]", origins.join(", ")))
        },
    },
    Key {
        name: "tiles",
        help: "The address of the tiles of maps, with `{z}`, `{x}` and `{y}` in it; without it, maps are outlines that this server draws, and no reader's browser asks another host.",
        example: "\"https://tiles.example.org/{z}/{x}/{y}.png\"",
        set: |config, value| {
            let tiles = text(value).and_then(|text| Tiles::of(&text));
            put(&mut config.outside.tiles, tiles.map(Some))
        },
        show: |config| quoted(config.outside.tiles.as_ref().map(|tiles| &tiles.template)),
    },
    Key {
        name: "tiles_attribution",
        help: "Who made the map behind the tiles, as their licence asks; shown beside the map.",
        example: "\"© OpenStreetMap contributors\"",
        set: |config, value| put(&mut config.outside.attribution, text(value).map(Some)),
        show: |config| quoted(config.outside.attribution.as_ref()),
    },
    Key {
        name: "websub.hub",
        help: "A WebSub hub that is told when a feed that somebody reads has changed.",
        example: "\"https://hub.example.org/\"",
        set: |config, value| put(&mut config.websub_hub, http_iri(value).map(Some)),
        show: |config| quoted(config.websub_hub.as_ref().map(NamedNode::as_str)),
    },
    Key {
        name: "outgoing.networks",
        help: "The private addresses, or networks, that this server may call, such as a hub on the same machine; it calls no others.",
        example: "[\"127.0.0.1\", \"10.0.0.0/8\"]",
        set: |config, value| put(&mut config.outgoing_networks, networks(value)),
        show: |config| {
            let networks = config.outgoing_networks.iter();
            let networks: Vec<_> = networks
                .filter_map(|network| quoted(Some(network)))
                .collect();
            (!networks.is_empty()).then(|| format!("[{}]", networks.join(", ")))
        },
    },
    Key {
        name: "mirror.update",
        help: "Where another SPARQL store takes updates (SPARQL 1.1 Protocol); it is then kept in step with this one. The address may be a private one.",
        example: "\"http://127.0.0.1:8890/sparql-auth\"",
        set: |config, value| put(&mut config.mirror.update, endpoint(value).map(Some)),
        show: |config| quoted(config.mirror.update.as_ref().map(NamedNode::as_str)),
    },
    Key {
        name: "mirror.query",
        help: "Where that store answers queries; when it is not set, at the address that takes updates.",
        example: "\"http://127.0.0.1:8890/sparql\"",
        set: |config, value| put(&mut config.mirror.query, endpoint(value).map(Some)),
        show: |config| quoted(config.mirror.query.as_ref().map(NamedNode::as_str)),
    },
    Key {
        name: "mirror.graph",
        help: "The graph that stands there for the default graph, for stores whose default graph is the union of all or cannot be written (Virtuoso, GraphDB, Neptune); when it is not set, the default graph of that store, which is then this server's alone.",
        example: "\"https://data.example.org/graph/public\"",
        set: |config, value| put(&mut config.mirror.graph, http_iri(value).map(Some)),
        show: |config| quoted(config.mirror.graph.as_ref().map(NamedNode::as_str)),
    },
    Key {
        name: "mirror.engine",
        help: "What that store is: `standard` keeps every term as it is; `virtuoso` does not, and gets what it cannot keep in another form.",
        example: "\"virtuoso\"",
        set: |config, value| {
            let name = text(value);
            let engines = [MirrorEngine::Standard, MirrorEngine::Virtuoso];
            let engine = engines
                .into_iter()
                .find(|engine| name.as_deref() == Some(engine.name()));
            put(&mut config.mirror.engine, engine)
        },
        show: |config| quoted(Some(config.mirror.engine.name())),
    },
    Key {
        name: "mirror.user",
        help: "As whom this server speaks to that store, when it asks (HTTP Basic or Digest).",
        example: "\"affiche\"",
        set: |config, value| put(&mut config.mirror.user, text(value).map(Some)),
        show: |config| quoted(config.mirror.user.as_ref()),
    },
    Key {
        name: "mirror.password_file",
        help: "A file that holds the password, readable by this program's user alone. A path in the configuration file starts where that file is.",
        example: "\"mirror.password\"",
        set: |config, value| {
            let path = text(value).map(|path| Some(PathBuf::from(path)));
            put(&mut config.mirror.password_file, path)
        },
        show: |config| {
            let path = config.mirror.password_file.as_ref();
            quoted(path.map(|path| path.display()))
        },
    },
    Key {
        name: "mirror.serves_queries",
        help: "Whether the queries sent to `/sparql` are answered by that store; pages are always made here.",
        example: "true",
        set: |config, value| put(&mut config.mirror.serves_queries, boolean(value)),
        show: |config| Some(config.mirror.serves_queries.to_string()),
    },
    Key {
        name: "mirror.falls_back",
        help: "Whether queries are answered here while that store is not in step; else they are refused until it is.",
        example: "true",
        set: |config, value| put(&mut config.mirror.falls_back, boolean(value)),
        show: |config| Some(config.mirror.falls_back.to_string()),
    },
    Key {
        name: "mirror.lag",
        help: "How long ago that store may last have been seen to hold all there was, to count as in step.",
        example: "\"30s\"",
        set: |config, value| put(&mut config.mirror.lag, duration(value)),
        show: |config| seconds(config.mirror.lag),
    },
    Key {
        name: "publisher.name",
        help: "Who publishes the data, for people.",
        example: "\"Réseau des scènes du territoire\"",
        set: |config, value| put(&mut config.publisher_name, text(value).map(Some)),
        show: |config| quoted(config.publisher_name.as_ref()),
    },
    Key {
        name: "publisher.contact",
        help: "An address for questions and corrections: an e-mail or a web page.",
        example: "\"mailto:donnees@example.org\"",
        set: |config, value| put(&mut config.publisher_contact, contact(value).map(Some)),
        show: |config| quoted(config.publisher_contact.as_ref()),
    },
    Key {
        name: "capdata.namespace",
        help: "The namespace of Cap Data Opéra; the alignments with it are published once it is set.",
        example: "\"https://ontologie.example.org/v1/#\"",
        set: |config, value| put(&mut config.cap_data_namespace, http_iri(value).map(Some)),
        show: |config| quoted(config.cap_data_namespace.as_ref().map(NamedNode::as_str)),
    },
    Key {
        name: "statistics.interval",
        help: "How often, at most, the description of the data set in numbers (VoID) is brought up to date; each time is a change in the log.",
        example: "\"1h\"",
        set: |config, value| put(&mut config.statistics_interval, duration(value)),
        show: |config| seconds(config.statistics_interval),
    },
    Key {
        name: "releases.schedule",
        help: "How often the server makes a release by itself, if something changed: `daily`, `weekly`, `monthly` or `off`. Days are those of UTC.",
        example: "\"weekly\"",
        set: |config, value| {
            let text = text(value);
            let mut all = Schedule::ALL.iter();
            let schedule = all.find(|(name, _)| text.as_deref() == Some(name));
            put(
                &mut config.release_schedule,
                schedule.map(|(_, schedule)| *schedule),
            )
        },
        show: |config| quoted(Some(config.release_schedule.name())),
    },
    Key {
        name: "releases.keep",
        help: "Which releases keep their files: `all`, the last ones (`12`), or those of some days (`365d`). The newest always does; the page of each stays, and says that its files are gone.",
        example: "\"24\"",
        set: |config, value| match value {
            Value::Integer(_) => put(&mut config.release_keep, count(value).map(Keep::Last)),
            value => put(&mut config.release_keep, parsed(value)),
        },
        show: |config| quoted(Some(config.release_keep)),
    },
    Key {
        name: "releases.profiles",
        help: "The profiles that have files of their own in a release, with what meets them only.",
        example: "[\"national\"]",
        set: |config, value| put(&mut config.release_profiles, names(value)),
        show: |config| {
            let names = config.release_profiles.iter();
            let names: Vec<String> = names.filter_map(|name| quoted(Some(name))).collect();
            Some(format!("[{}]", names.join(", ")))
        },
    },
    Key {
        name: "log.format",
        help: "How log lines are written: `text` for people, `json` for machines.",
        example: "\"text\"",
        set: |config, value| {
            let format = text(value).and_then(|text| match text.as_str() {
                "text" => Some(LogFormat::Text),
                "json" => Some(LogFormat::Json),
                _ => None,
            });
            put(&mut config.log_format, format)
        },
        show: |config| {
            quoted(Some(match config.log_format {
                LogFormat::Text => "text",
                LogFormat::Json => "json",
            }))
        },
    },
    Key {
        name: "log.filter",
        help: "What is logged: `error`, `warn`, `info`, `debug`, or a filter per module.",
        example: "\"info\"",
        set: |config, value| {
            let filter = text(value).filter(|filter| {
                filter
                    .parse::<tracing_subscriber::filter::Targets>()
                    .is_ok()
            });
            put(&mut config.log_filter, filter)
        },
        show: |config| quoted(Some(&config.log_filter)),
    },
    Key {
        name: "limits.submission_bytes",
        help: "The largest submission.",
        example: "1073741824",
        set: |config, value| put(&mut config.limits.submission_bytes, positive(value)),
        show: |config| Some(config.limits.submission_bytes.to_string()),
    },
    Key {
        name: "limits.submission_depth",
        help: "How deeply a submission may be nested.",
        example: "100",
        set: |config, value| put(&mut config.limits.submission_depth, depth(value)),
        show: |config| Some(config.limits.submission_depth.to_string()),
    },
    Key {
        name: "limits.submissions_waiting",
        help: "How many submissions over HTTP may be under way at the same time, all but one of them waiting.",
        example: "32",
        set: |config, value| put(&mut config.limits.submissions_waiting, slots(value)),
        show: |config| Some(config.limits.submissions_waiting.to_string()),
    },
    Key {
        name: "limits.judged_at_once",
        help: "How many nodes a change may affect for what meets which profile to be kept in step within it; more are brought up to date after it. The profile `minimum` never waits.",
        example: "10000",
        set: |config, value| put(&mut config.limits.judged_at_once, count(value)),
        show: |config| Some(config.limits.judged_at_once.to_string()),
    },
    Key {
        name: "limits.writes_per_minute",
        help: "How many writes a minute are taken from one token.",
        example: "60",
        set: |config, value| put(&mut config.limits.writes_per_minute, per_minute(value)),
        show: |config| Some(config.limits.writes_per_minute.to_string()),
    },
    Key {
        name: "limits.report_wait",
        help: "How long a request waits for the report on its submission; then it is told where to find it.",
        example: "\"30s\"",
        set: |config, value| put(&mut config.limits.report_wait, duration(value)),
        show: |config| seconds(config.limits.report_wait),
    },
    Key {
        name: "limits.uploads",
        help: "How many submissions are received over HTTP at the same time.",
        example: "8",
        set: |config, value| put(&mut config.limits.uploads, slots(value)),
        show: |config| Some(config.limits.uploads.to_string()),
    },
    Key {
        name: "limits.upload_timeout",
        help: "How long a client may take to send a submission.",
        example: "\"1h\"",
        set: |config, value| put(&mut config.limits.upload_timeout, duration(value)),
        show: |config| seconds(config.limits.upload_timeout),
    },
    Key {
        name: "limits.query_bytes",
        help: "The longest SPARQL query.",
        example: "65536",
        set: |config, value| put(&mut config.limits.query_bytes, count(value)),
        show: |config| Some(config.limits.query_bytes.to_string()),
    },
    Key {
        name: "limits.query_depth",
        help: "How deeply a SPARQL query may be nested.",
        example: "100",
        set: |config, value| put(&mut config.limits.query_depth, depth(value)),
        show: |config| Some(config.limits.query_depth.to_string()),
    },
    Key {
        name: "limits.query_patterns",
        help: "How many triple patterns, path steps and joins a SPARQL query may have.",
        example: "100",
        set: |config, value| put(&mut config.limits.query_patterns, depth(value)),
        show: |config| Some(config.limits.query_patterns.to_string()),
    },
    Key {
        name: "limits.query_timeout",
        help: "How long a SPARQL query may run, its answer included.",
        example: "\"30s\"",
        set: |config, value| put(&mut config.limits.query_timeout, duration(value)),
        show: |config| seconds(config.limits.query_timeout),
    },
    Key {
        name: "limits.query_memory_bytes",
        help: "How much memory one SPARQL query may take in a process of its own before that is ended.",
        example: "536870912",
        set: |config, value| put(&mut config.limits.query_memory_bytes, positive(value)),
        show: |config| Some(config.limits.query_memory_bytes.to_string()),
    },
    Key {
        name: "limits.query_wait",
        help: "How long a request waits for its turn before it is told to come back later.",
        example: "\"5s\"",
        set: |config, value| put(&mut config.limits.query_wait, duration(value)),
        show: |config| seconds(config.limits.query_wait),
    },
    Key {
        name: "limits.worker_wait",
        help: "How long a SPARQL query waits for a process of its own before it is told to come back later.",
        example: "\"60s\"",
        set: |config, value| put(&mut config.limits.worker_wait, duration(value)),
        show: |config| seconds(config.limits.worker_wait),
    },
    Key {
        name: "limits.queries",
        help: "How many SPARQL queries run at the same time in processes of their own; when it is not set, one fewer than there are processors, and at least one.",
        example: "3",
        set: |config, value| put(&mut config.limits.queries, slots(value).map(Some)),
        show: |config| config.limits.queries.map(|slots| slots.to_string()),
    },
    Key {
        name: "limits.queries_waiting",
        help: "How many SPARQL queries may wait for a process of their own.",
        example: "256",
        set: |config, value| put(&mut config.limits.queries_waiting, count(value)),
        show: |config| Some(config.limits.queries_waiting.to_string()),
    },
    Key {
        name: "limits.queries_waiting_each",
        help: "How many of them may be of one client: an address, or a network of IPv6 addresses that have the first 64 bits in common.",
        example: "16",
        set: |config, value| put(&mut config.limits.queries_waiting_each, count(value)),
        show: |config| Some(config.limits.queries_waiting_each.to_string()),
    },
    Key {
        name: "limits.result_rows",
        help: "The most rows, or triples, that an answer to a SPARQL query may have.",
        example: "10000000",
        set: |config, value| put(&mut config.limits.result_rows, positive(value)),
        show: |config| Some(config.limits.result_rows.to_string()),
    },
    Key {
        name: "limits.difference_quads",
        help: "How many quads of the log are read at most for the difference of two generations.",
        example: "20000000",
        set: |config, value| put(&mut config.limits.difference_quads, positive(value)),
        show: |config| Some(config.limits.difference_quads.to_string()),
    },
    Key {
        name: "limits.result_bytes",
        help: "The largest answer to a SPARQL query, before compression.",
        example: "1073741824",
        set: |config, value| put(&mut config.limits.result_bytes, positive(value)),
        show: |config| Some(config.limits.result_bytes.to_string()),
    },
    Key {
        name: "limits.records_bytes",
        help: "How many bytes of the change log one page of `/changes/records` has at most; a larger record comes alone.",
        example: "1048576",
        set: |config, value| put(&mut config.limits.records_bytes, positive(value)),
        show: |config| Some(config.limits.records_bytes.to_string()),
    },
    Key {
        name: "limits.cache_bytes",
        help: "How much memory the answers to SPARQL queries that are kept for the next who ask may take; 0 keeps none.",
        example: "67108864",
        set: |config, value| put(&mut config.limits.cache_bytes, count_or_none(value)),
        show: |config| Some(config.limits.cache_bytes.to_string()),
    },
    Key {
        name: "limits.page_timeout",
        help: "How long the making of a page or a document may take.",
        example: "\"10s\"",
        set: |config, value| put(&mut config.limits.page_timeout, duration(value)),
        show: |config| seconds(config.limits.page_timeout),
    },
    Key {
        name: "limits.readers",
        help: "How many pages and documents are made at the same time.",
        example: "16",
        set: |config, value| put(&mut config.limits.readers, slots(value)),
        show: |config| Some(config.limits.readers.to_string()),
    },
    Key {
        name: "limits.download_timeout",
        help: "How long the making and sending of a dump may take.",
        example: "\"1h\"",
        set: |config, value| put(&mut config.limits.download_timeout, duration(value)),
        show: |config| seconds(config.limits.download_timeout),
    },
    Key {
        name: "limits.validations",
        help: "How many validations of strangers' files run at the same time, each in a process of its own.",
        example: "2",
        set: |config, value| put(&mut config.limits.validations, slots(value)),
        show: |config| Some(config.limits.validations.to_string()),
    },
    Key {
        name: "limits.validation_bytes",
        help: "The largest data and shapes that anyone may have validated, as they are sent and unpacked.",
        example: "33554432",
        set: |config, value| put(&mut config.limits.validation_bytes, count(value)),
        show: |config| Some(config.limits.validation_bytes.to_string()),
    },
    Key {
        name: "limits.validation_memory_bytes",
        help: "How much memory one such validation may take before its process is ended.",
        example: "536870912",
        set: |config, value| put(&mut config.limits.validation_memory_bytes, positive(value)),
        show: |config| Some(config.limits.validation_memory_bytes.to_string()),
    },
    Key {
        name: "limits.validation_timeout",
        help: "How long one such validation may take before its process is ended.",
        example: "\"30s\"",
        set: |config, value| put(&mut config.limits.validation_timeout, duration(value)),
        show: |config| seconds(config.limits.validation_timeout),
    },
    Key {
        name: "limits.validation_report_bytes",
        help: "The largest report of one such validation.",
        example: "268435456",
        set: |config, value| put(&mut config.limits.validation_report_bytes, positive(value)),
        show: |config| Some(config.limits.validation_report_bytes.to_string()),
    },
    Key {
        name: "limits.identifiers",
        help: "How many identifiers a list may have that is resolved or followed.",
        example: "10000",
        set: |config, value| put(&mut config.limits.identifiers, count(value)),
        show: |config| Some(config.limits.identifiers.to_string()),
    },
    Key {
        name: "limits.identifiers_bytes",
        help: "The largest list of identifiers that is sent to be resolved or followed.",
        example: "8388608",
        set: |config, value| put(&mut config.limits.identifiers_bytes, count(value)),
        show: |config| Some(config.limits.identifiers_bytes.to_string()),
    },
    Key {
        name: "limits.followed_lists",
        help: "How many lists that somebody follows are kept; those that nobody has read for the longest time go first.",
        example: "10000",
        set: |config, value| put(&mut config.limits.followed_lists, count(value)),
        show: |config| Some(config.limits.followed_lists.to_string()),
    },
    Key {
        name: "limits.followed_bytes",
        help: "How much memory these lists may take, at eight bytes for each entity in one.",
        example: "67108864",
        set: |config, value| put(&mut config.limits.followed_bytes, positive(value)),
        show: |config| Some(config.limits.followed_bytes.to_string()),
    },
    Key {
        name: "limits.body_bytes",
        help: "The largest body of a request that is not a submission.",
        example: "1048576",
        set: |config, value| put(&mut config.limits.body_bytes, count(value)),
        show: |config| Some(config.limits.body_bytes.to_string()),
    },
    Key {
        name: "limits.body_timeout",
        help: "How long a client may take to send its request's body.",
        example: "\"30s\"",
        set: |config, value| put(&mut config.limits.body_timeout, duration(value)),
        show: |config| seconds(config.limits.body_timeout),
    },
    Key {
        name: "limits.connections",
        help: "How many connections are open at the same time; further ones wait to be accepted.",
        example: "512",
        set: |config, value| put(&mut config.limits.connections, count(value)),
        show: |config| Some(config.limits.connections.to_string()),
    },
    Key {
        name: "limits.idle_timeout",
        help: "How long a connection may wait for the head of its next request, or take no bytes.",
        example: "\"30s\"",
        set: |config, value| put(&mut config.limits.idle_timeout, duration(value)),
        show: |config| seconds(config.limits.idle_timeout),
    },
    Key {
        name: "limits.stop_timeout",
        help: "How long running requests may go on once the server has been told to stop.",
        example: "\"10s\"",
        set: |config, value| put(&mut config.limits.stop_timeout, duration(value)),
        show: |config| seconds(config.limits.stop_timeout),
    },
    Key {
        name: "limits.rehearsals",
        help: "The most rehearsals that may be registered at the same time.",
        example: "16",
        set: |config, value| put(&mut config.limits.rehearsals, count(value)),
        show: |config| Some(config.limits.rehearsals.to_string()),
    },
    Key {
        name: "limits.rehearsal_timeout",
        help: "How long the judging of all entities by one rehearsal may take; one that takes longer is stopped.",
        example: "\"10m\"",
        set: |config, value| put(&mut config.limits.rehearsal_timeout, duration(value)),
        show: |config| seconds(config.limits.rehearsal_timeout),
    },
    Key {
        name: "limits.mirror_batch_bytes",
        help: "The most bytes of triples in one update that is sent to the mirror; a single triple may be longer.",
        example: "524288",
        set: |config, value| put(&mut config.limits.mirror_batch_bytes, count(value)),
        show: |config| Some(config.limits.mirror_batch_bytes.to_string()),
    },
    Key {
        name: "limits.mirror_timeout",
        help: "How long the mirror may take for one update.",
        example: "\"60s\"",
        set: |config, value| put(&mut config.limits.mirror_timeout, duration(value)),
        show: |config| seconds(config.limits.mirror_timeout),
    },
];

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file and line, the environment variable or the flag.
    pub place: String,
    /// What is wrong and what to write.
    pub message: String,
}

/// All that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        for fault in &self.0 {
            write!(f, "\n  {}: {}", fault.place, fault.message)?;
        }
        Ok(())
    }
}

/// What was given on the command line: the key, and the text after the flag of that name.
pub type Flags = Vec<(&'static str, String)>;

/// Reads the configuration: the defaults, the file (`file`, else [`FILE_NAME`] in the data
/// folder, else in the current one, if they exist), `environment`, and `flags`.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &Flags,
) -> Result<Config, Faults> {
    let mut reading = Reading::default();
    let mut named_file = file.map(Path::to_path_buf);
    let mut variables = Vec::new();
    for (name, value) in environment {
        if name == "AFFICHE_CONFIG" {
            named_file.get_or_insert_with(|| PathBuf::from(value));
        } else if name.starts_with("AFFICHE_") && name != TOKEN_VARIABLE {
            variables.push((name, value));
        }
    }
    variables.sort();

    let data = flags
        .iter()
        .rev()
        .find(|(key, _)| *key == "data")
        .map(|(_, value)| value)
        .or_else(|| {
            variables
                .iter()
                .find(|(name, _)| name == "AFFICHE_DATA")
                .map(|(_, value)| value)
        });
    let folder = data.map_or_else(|| reading.config.data.clone(), PathBuf::from);
    match named_file {
        Some(path) => reading.read_file(&path),
        None => {
            let candidates = [folder.join(FILE_NAME), PathBuf::from(FILE_NAME)];
            if let Some(path) = candidates.iter().find(|path| path.is_file()) {
                reading.read_file(path);
            }
        }
    }
    for (name, value) in variables {
        let place = format!("environment variable `{name}`");
        match KEYS.iter().position(|key| key.variable() == name) {
            Some(row) => reading.take(row, &Value::Text(value), Origin::Environment, &place),
            None => reading.fault(&place, unknown(&name, KEYS.iter().map(Key::variable))),
        }
    }
    for (key, value) in flags {
        let place = format!("flag `--{key}`");
        if let Some(row) = KEYS.iter().position(|row| row.name == *key) {
            reading.take(row, &Value::Text(value.clone()), Origin::Flag, &place);
        }
    }
    reading.end()
}

/// A configuration in the making, and what was wrong so far.
#[derive(Default)]
struct Reading {
    config: Config,
    faults: Vec<Fault>,
}

impl Reading {
    fn read_file(&mut self, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                self.read_toml(&text, &path.display().to_string());
                // The flags and the environment, which come later, start where the program does.
                let folder = path.parent().unwrap_or(Path::new(""));
                let paths = self.config.profiles.iter_mut();
                let password = &mut self.config.mirror.password_file;
                for path in paths.chain(&mut self.config.queries).chain(password) {
                    *path = folder.join(&path);
                }
            }
            Err(error) => self.fault(
                &path.display().to_string(),
                format!("the file cannot be read ({error}); name one that exists with `--config`"),
            ),
        }
    }

    fn read_toml(&mut self, text: &str, name: &str) {
        let before = self.faults.len();
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut last_place = String::new();
        for error in errors {
            // One slip makes the parser complain several times about the same line.
            let place = at_line(name, text, error.span().map_or(0, |span| span.start));
            if place != last_place {
                self.fault(&place, format!("this is not TOML: {}", error.message()));
                last_place = place;
            }
        }
        self.read_table(table.get_ref(), "", text, name);
        if let Some(new) = self.faults.get_mut(before..) {
            // Longer line numbers are larger ones, since all else in these places is the same.
            new.sort_by(|a, b| (a.place.len(), &a.place).cmp(&(b.place.len(), &b.place)));
        }
    }

    fn read_table(&mut self, table: &DeTable<'_>, prefix: &str, text: &str, name: &str) {
        for (key, value) in table {
            let place = at_line(name, text, key.span().start);
            let full = format!("{prefix}{}", key.get_ref());
            if let Some(row) = KEYS.iter().position(|row| row.name == full) {
                self.take(row, &read_value(value.get_ref()), Origin::File, &place);
                continue;
            }
            let inner = format!("{full}.");
            match value.get_ref() {
                DeValue::Table(table) if KEYS.iter().any(|key| key.name.starts_with(&inner)) => {
                    self.read_table(table, &inner, text, name);
                }
                _ => {
                    let names = KEYS.iter().map(|key| key.name.to_owned());
                    self.fault(&place, unknown(&full, names));
                }
            }
        }
    }

    fn take(&mut self, row: usize, value: &Value, origin: Origin, place: &str) {
        let Some(key) = KEYS.get(row) else { return };
        if (key.set)(&mut self.config, value) {
            if let Some(known) = self.config.origins.get_mut(row) {
                *known = origin;
            }
        } else {
            let message = match value {
                Value::Text(text) => format!(
                    "`{}` cannot be `{text}`; write for example `{}`",
                    key.name, key.example
                ),
                _ => format!(
                    "this is no value for `{}`; write for example `{}`",
                    key.name, key.example
                ),
            };
            self.fault(place, message);
        }
    }

    fn fault(&mut self, place: &str, message: String) {
        self.faults.push(Fault {
            place: place.to_owned(),
            message,
        });
    }

    fn end(self) -> Result<Config, Faults> {
        if self.faults.is_empty() {
            Ok(self.config)
        } else {
            Err(Faults(self.faults))
        }
    }
}

fn at_line(name: &str, text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    format!("{name}, line {}", before.matches('\n').count() + 1)
}

/// What to say about a key that does not exist: the most similar one that does.
fn unknown(name: &str, names: impl Iterator<Item = String>) -> String {
    let nearest = names
        .map(|known| (edits(name, &known), known))
        .min()
        .filter(|(edits, known)| *edits * 2 <= known.chars().count());
    match nearest {
        Some((_, known)) => format!("`{name}` is no key; did you mean `{known}`?"),
        None => format!("`{name}` is no key; `affiche config print` lists them all"),
    }
}

/// Levenshtein's distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let replace = row.get(j).copied().unwrap_or(0) + usize::from(from != *to);
            let insert = next.get(j).copied().unwrap_or(0) + 1;
            let delete = row.get(j + 1).copied().unwrap_or(0) + 1;
            next.push(replace.min(insert).min(delete));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

fn read_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or(Value::Other("integer"), Value::Integer),
        DeValue::Array(items) => items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(text) => Some(text.to_string()),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .map_or(Value::Other("array"), Value::List),
        DeValue::Boolean(boolean) => Value::Boolean(*boolean),
        DeValue::Float(_) => Value::Other("float"),
        DeValue::Datetime(_) => Value::Other("date"),
        DeValue::Table(_) => Value::Other("table"),
    }
}

fn put<T>(place: &mut T, value: Option<T>) -> bool {
    match value {
        Some(value) => {
            *place = value;
            true
        }
        None => false,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn parsed<T: std::str::FromStr>(value: &Value) -> Option<T> {
    text(value)?.parse().ok()
}

fn http_iri(value: &Value) -> Option<NamedNode> {
    let iri = NamedNode::new(text(value)?).ok()?;
    (iri.as_str().starts_with("http://") || iri.as_str().starts_with("https://")).then_some(iri)
}

/// An address to which requests are sent. Who may send them is said elsewhere, where it is not
/// printed.
fn endpoint(value: &Value) -> Option<NamedNode> {
    let iri = http_iri(value)?;
    let (_, rest) = iri.as_str().split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (!host.is_empty() && !host.contains('@') && !rest.contains('#')).then_some(iri)
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(boolean) => Some(*boolean),
        // From the environment.
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn contact(value: &Value) -> Option<String> {
    let text = text(value)?;
    let known = ["mailto:", "http://", "https://"];
    (known.iter().any(|scheme| text.starts_with(scheme)) && NamedNode::new(&text).is_ok())
        .then_some(text)
}

fn languages(value: &Value) -> Option<Vec<Lang>> {
    let tags: Vec<String> = match value {
        Value::List(tags) => tags.clone(),
        Value::Text(tags) => tags.split(',').map(str::to_owned).collect(),
        _ => return None,
    };
    let languages: Vec<Lang> = tags
        .iter()
        .map(|tag| {
            Lang::ALL
                .into_iter()
                .find(|lang| lang.tag() == tag.trim().to_lowercase())
        })
        .collect::<Option<_>>()?;
    (!languages.is_empty()).then_some(languages)
}

fn networks(value: &Value) -> Option<Vec<Network>> {
    match value {
        // An environment variable separates them by commas.
        Value::Text(text) => text.split(',').map(|one| one.trim().parse().ok()).collect(),
        Value::List(list) => list.iter().map(|one| one.parse().ok()).collect(),
        Value::Integer(_) | Value::Boolean(_) | Value::Other(_) => None,
    }
}

fn origins(value: &Value) -> Option<Vec<outside::Origin>> {
    let of = |one: &str| outside::Origin::of(one.trim());
    match value {
        Value::Text(text) => text.split(',').map(of).collect(),
        Value::List(list) => list.iter().map(|one| of(one)).collect(),
        Value::Integer(_) | Value::Boolean(_) | Value::Other(_) => None,
    }
}

fn paths(value: &Value) -> Option<Vec<PathBuf>> {
    let paths: Vec<&str> = match value {
        Value::List(paths) => paths.iter().map(String::as_str).collect(),
        Value::Text(paths) => paths.split(',').collect(),
        _ => return None,
    };
    paths
        .into_iter()
        .map(|path| (!path.trim().is_empty()).then(|| PathBuf::from(path.trim())))
        .collect()
}

/// Names in a list, or separated by commas; an empty list is none.
fn names(value: &Value) -> Option<Vec<String>> {
    let names: Vec<&str> = match value {
        Value::List(names) => names.iter().map(String::as_str).collect(),
        Value::Text(names) => names.split(',').collect(),
        _ => return None,
    };
    names
        .into_iter()
        .map(|name| (!name.trim().is_empty()).then(|| name.trim().to_owned()))
        .collect()
}

fn positive(value: &Value) -> Option<u64> {
    let integer = match value {
        Value::Integer(integer) => u64::try_from(*integer).ok()?,
        Value::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (integer > 0).then_some(integer)
}

fn count_or_none(value: &Value) -> Option<usize> {
    match value {
        Value::Integer(0) => Some(0),
        Value::Text(text) if text.trim() == "0" => Some(0),
        value => count(value),
    }
}

fn count(value: &Value) -> Option<usize> {
    usize::try_from(positive(value)?).ok()
}

/// The stacks that parse what is nested are sized for this depth.
pub const LARGEST_DEPTH: usize = 500;

fn depth(value: &Value) -> Option<usize> {
    count(value).filter(|depth| *depth <= LARGEST_DEPTH)
}

fn slots(value: &Value) -> Option<usize> {
    count(value).filter(|slots| *slots <= 1000)
}

fn per_minute(value: &Value) -> Option<u32> {
    u32::try_from(positive(value)?).ok()
}

/// `"500ms"`, `"30s"`, `"2m"`, `"1h"`.
fn duration(value: &Value) -> Option<Duration> {
    let text = text(value)?;
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let number: u64 = number.parse().ok()?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(3600)?),
        _ => return None,
    };
    (!duration.is_zero() && duration <= Duration::from_secs(86_400)).then_some(duration)
}

fn seconds(duration: Duration) -> Option<String> {
    Some(if duration.subsec_millis() == 0 {
        format!("\"{}s\"", duration.as_secs())
    } else {
        format!("\"{}ms\"", duration.as_millis())
    })
}

fn quoted(value: Option<impl fmt::Display>) -> Option<String> {
    value.map(|value| toml::Value::String(value.to_string()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, Faults> {
        let mut reading = Reading::default();
        reading.read_toml(text, "affiche.toml");
        reading.end()
    }

    fn without_environment() -> Vec<(String, String)> {
        Vec::new()
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = read("").expect("the defaults");
        assert_eq!(config.bind.to_string(), "127.0.0.1:7878");
        assert!(config.base_if_given().is_none());
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same() {
        let given = read(
            "base = 'https://data.example.org/'\nlicence = 'https://l.example/'\n\
             languages = ['en']\n[publisher]\nname = \"Le \\\"Réseau\\\"\"\n\
             [limits]\nquery_timeout = '500ms'\nqueries = 7\n",
        )
        .expect("a configuration");
        let printed = given.to_toml();
        let again = read(&printed).unwrap_or_else(|faults| panic!("{printed}\n{faults}"));
        assert_eq!(again.limits, given.limits);
        assert_eq!(again.publisher_name.as_deref(), Some("Le \"Réseau\""));
        assert_eq!(again.base, given.base);
        assert_eq!(again.languages, [Lang::En]);
        assert!(
            printed.contains("queries = 7  # from the file"),
            "{printed}"
        );
    }

    #[test]
    fn all_faults_are_told_at_once_with_their_lines() {
        let faults = read("bnid = '1'\nbind = 'here'\n\n[limits]\nqueries = 0\nquery_timeout = 30\nx = = 2\n[nope]\na = 1\n")
            .expect_err("faults");
        let text = faults.to_string();
        for expected in [
            "affiche.toml, line 1: `bnid` is no key; did you mean `bind`?",
            "affiche.toml, line 2: `bind` cannot be `here`; write for example `\"127.0.0.1:7878\"`",
            "affiche.toml, line 5: this is no value for `limits.queries`",
            "affiche.toml, line 6: this is no value for `limits.query_timeout`; write for example `\"30s\"`",
            "affiche.toml, line 7: this is not TOML",
            "affiche.toml, line 8: `nope` is no key",
        ] {
            assert!(text.contains(expected), "{expected}\n---\n{text}");
        }
    }

    #[test]
    fn a_flag_beats_the_environment_and_that_beats_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE_NAME);
        std::fs::write(
            &file,
            "bind = '127.0.0.1:1'\nlicence = 'https://file.example/'\n[limits]\nqueries = 2\n",
        )
        .expect("a file");
        let environment = vec![
            ("AFFICHE_BIND".to_owned(), "127.0.0.1:2".to_owned()),
            ("AFFICHE_LIMITS_QUERIES".to_owned(), "3".to_owned()),
            ("PATH".to_owned(), "/bin".to_owned()),
        ];
        let flags = vec![("bind", "127.0.0.1:3".to_owned())];
        let config = load(Some(&file), environment, &flags).expect("a configuration");
        assert_eq!(config.bind.port(), 3);
        assert_eq!(config.limits.queries, Some(3));
        assert_eq!(
            config.licence.as_ref().map(NamedNode::as_str),
            Some("https://file.example/")
        );
        assert_eq!(config.origin("bind"), Some(Origin::Flag));
        assert_eq!(config.origin("limits.queries"), Some(Origin::Environment));
        assert_eq!(config.origin("licence"), Some(Origin::File));
    }

    #[test]
    fn the_file_in_the_data_folder_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE_NAME), "[limits]\nqueries = 9\n").expect("a file");
        let flags = vec![("data", folder.path().display().to_string())];
        let config = load(None, without_environment(), &flags).expect("a configuration");
        assert_eq!(config.limits.queries, Some(9));
    }

    #[test]
    fn profiles_are_found_from_the_file_that_names_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE_NAME);
        std::fs::write(
            &file,
            "profiles = ['profiles/paris.ttl', '/etc/lyon.ttl']\n",
        )
        .expect("a file");
        let config = load(Some(&file), without_environment(), &Vec::new()).expect("it is read");
        let paris = folder.path().join("profiles/paris.ttl");
        assert_eq!(config.profiles, [paris, PathBuf::from("/etc/lyon.ttl")]);
        let again = read(&config.to_toml()).expect("what is printed reads back");
        assert_eq!(again.profiles, config.profiles);
        let variable = ("AFFICHE_PROFILES".to_owned(), "a.ttl, b/c.ttl".to_owned());
        let config = load(Some(&file), [variable], &Vec::new()).expect("it is read");
        assert_eq!(config.profiles, ["a.ttl", "b/c.ttl"].map(PathBuf::from));
        let faults = read("profiles = 'a.ttl,,b.ttl'\n").expect_err("a fault");
        assert!(
            faults
                .to_string()
                .contains("write for example `[\"profiles/paris.ttl\"]`")
        );
    }

    #[test]
    fn releases_are_made_and_kept_as_it_says() {
        let config = read("[releases]\nschedule = 'weekly'\nkeep = 12\nprofiles = []\n")
            .expect("a configuration");
        assert_eq!(config.release_schedule, Schedule::Weekly);
        assert_eq!(config.release_keep, Keep::Last(12));
        assert!(config.release_profiles.is_empty());
        let again = read(&config.to_toml()).expect("what is printed reads back");
        assert_eq!(again.release_keep, config.release_keep);
        assert_eq!(again.release_schedule, config.release_schedule);
        let days = read("[releases]\nkeep = '365d'\n").expect("a configuration");
        assert_eq!(days.release_keep, Keep::Days(365));
        for faulty in ["schedule = 'now'", "keep = 0", "keep = '0d'", "keep = 'd'"] {
            assert!(
                read(&format!("[releases]\n{faulty}\n")).is_err(),
                "{faulty}"
            );
        }
    }

    #[test]
    fn an_unknown_variable_and_a_missing_file_are_faults() {
        let environment = vec![("AFFICHE_BNID".to_owned(), "x".to_owned())];
        let faults =
            load(Some(Path::new("/nowhere/a.toml")), environment, &Vec::new()).expect_err("faults");
        assert_eq!(faults.0.len(), 2, "{faults}");
        assert!(faults.to_string().contains("did you mean `AFFICHE_BIND`?"));
    }
}
