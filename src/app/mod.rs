//! The application: what commands and handlers share. Opening it opens the data folder.
//!
//! What several of them need and no other module owns is a file here; nothing here knows HTTP.

pub mod catalogue;
pub mod demo;
pub mod dumps;
pub mod edition;
pub mod embargo;
pub mod followed;
pub mod followers;
pub mod following;
pub mod head;
pub mod history;
pub mod identifiers;
pub mod known;
pub mod ldes;
pub mod links;
pub mod mirror;
pub mod outgoing;
pub mod private;
pub mod profiles;
pub mod quality;
pub mod queries;
pub mod releases;
pub mod replica;
pub mod replies;
pub mod search;
pub mod sitemap;
pub mod statistics;
pub mod tokens;
pub mod validation;
pub mod worker;

use crate::config::Config;
use crate::ingest::queries::{self as queries_of_files, QueryFilesError};
use crate::ingest::{Door, DoorError, FileFaults, SubmitError, builtin, system};
use crate::metrics::Metrics;
use crate::publish::Context;
use crate::publish::reread::ContextDocument;
use crate::rdf::jsonld::ContextError;
use crate::store::{Opening, Store, StoreError, fill_random};
use jiff::Timestamp;
use oxrdf::NamedNode;

const CONTEXT_FILE: &str = "ontology/context.jsonld";

/// One running program over one data folder.
pub struct App {
    pub config: Config,
    /// What answers are made by, beside the data.
    pub edition: edition::Edition,
    pub store: Store,
    pub door: Door,
    /// What the writers of documents know: prefixes, the order of properties, our context.
    pub context: Context,
    /// The JSON-LD context as it is published at `{base}/context.jsonld`.
    pub context_document: String,
    pub metrics: Metrics,
    /// When the entities that were read lately last changed.
    pub known: known::Known,
    pub dumps: dumps::Dumps,
    /// How it goes with a copy of another server.
    pub copying: replica::Copying,
    /// The signed head of the log.
    pub heads: head::Heads,
    /// What was released.
    pub releases: releases::Releases,
    pub tokens: tokens::Tokens,
    /// The reports kept for senders who send the same again.
    pub replies: replies::Replies,
    pub profiles: profiles::Profiles,
    /// Where jobs of strangers are done.
    pub workers: worker::Workers,
    /// What workers read.
    pub checkpoints: queries::Checkpoints,
    /// The time that queries have in this process.
    pub slices: queries::Slices,
    /// Which profiles the entities meet, and which shapes are rehearsed.
    pub quality: quality::Quality,
    /// How much there is of what.
    pub statistics: statistics::Statistics,
    /// Which entities senders mean by an IRI.
    pub identifiers: identifiers::Identifiers,
    /// What people follow.
    pub followed: followed::Followed,
    /// What time it is, where that decides what is shown.
    pub clock: fn() -> Timestamp,
    /// Who is called what.
    pub search: search::Search,
    /// Which documents are published.
    pub sitemap: sitemap::Sitemap,
    /// What points to what.
    pub links: links::Links,
    /// Which changes touched which entity.
    pub history: history::History,
    /// On which page of the event stream each version is.
    pub ldes: ldes::Stream,
    /// Another store that holds the same, if there is one.
    pub mirror: mirror::Mirror,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Door(#[from] DoorError),
    #[error(transparent)]
    Profiles(#[from] FileFaults),
    #[error("example queries of the configuration cannot be used: {0}")]
    Queries(#[from] QueryFilesError),
    #[error("the built-in vocabulary could not be published: {0}")]
    System(#[from] SubmitError),
    #[error("the built-in JSON-LD context cannot be read: {0}")]
    Context(#[from] ContextError),
    #[error("the built-in `{0}` is missing")]
    Missing(&'static str),
    #[error(transparent)]
    Tokens(#[from] tokens::TokenError),
    #[error(transparent)]
    Quality(#[from] quality::QualityError),
    #[error(transparent)]
    Releases(#[from] releases::ReleaseError),
    #[error("a release still holds what a redaction struck, and could not be made again: {0}")]
    Redaction(Box<releases::make::MakeError>),
    #[error("the lists that people follow cannot be read: {0}")]
    Followed(std::io::Error),
}

/// What a data folder is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be read as it is: nothing is written into it.
    Read,
    /// To be written into; it must exist.
    Write,
    /// To be written into; it is created when it is missing.
    Create,
}

/// How the configuration asks for a data folder to be opened.
pub fn opening(config: &Config, purpose: Purpose) -> Opening {
    Opening {
        base: config.base_if_given().cloned(),
        default_base: config.base.clone(),
        create: purpose == Purpose::Create,
    }
}

impl App {
    /// The context that JSON-LD documents name, for whoever reads them again here.
    pub fn context_for_readers(&self) -> ContextDocument<'_> {
        ContextDocument::of(&self.context, &self.context_document)
    }

    /// Opens the data folder of the configuration. Unless it is opened to be read only, the
    /// built-in ontology, vocabularies and shapes are brought up to date in it.
    ///
    /// # Errors
    /// When the folder cannot be opened; see [`StoreError`].
    pub fn open(config: Config, purpose: Purpose, now: Timestamp) -> Result<Self, OpenError> {
        let store = Store::open(&config.data, &opening(&config, purpose))?;
        Self::over(store, config, purpose, now)
    }

    /// The application over a store that is open already.
    ///
    /// # Errors
    /// When a built-in file is faulty or the store fails.
    pub fn over(
        store: Store,
        config: Config,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        for notice in &store.notices {
            tracing::warn!("{notice}");
        }
        let base = store.base().clone();
        let cap_data = config.cap_data_namespace.as_ref();
        let mut door = Door::aligned(&base, cap_data.map(NamedNode::as_str))?;
        match door.add_profiles(&config.profiles) {
            // What is only read is read as it is, whatever the configuration says.
            Err(error) if purpose == Purpose::Read => tracing::warn!("{error}"),
            added => added?,
        }
        if let Some(folder) = &config.queries {
            match door.add_queries(folder) {
                Err(error) if purpose == Purpose::Read => tracing::warn!("{error}"),
                added => added?,
            }
        }
        for (file, fault) in queries_of_files::faults(door.queries()) {
            tracing::warn!(file, line = fault.line, "{}", fault.message.en);
        }
        for profile in door.profiles() {
            for note in profile.shapes.notes() {
                tracing::warn!(profile = profile.name, "{}: {}", note.place, note.text.en);
            }
        }
        door.read_options.depth = config.limits.submission_depth;
        door.read_options.size_bytes =
            usize::try_from(config.limits.submission_bytes).unwrap_or(usize::MAX);
        door.judged_at_once = config.limits.judged_at_once;
        // A copy has what the server has that it copies.
        if purpose != Purpose::Read && store.primary().is_none() {
            system::bring_up_to_date(&store, &door, now, &mut fill_random)?;
        }
        let checkpoints = queries::Checkpoints::new(&store.folder().join("index"));
        if purpose != Purpose::Read
            && let Err(error) = checkpoints.clear()
        {
            tracing::warn!(%error, "checkpoints of an earlier start stay behind");
        }
        let releases = releases::Releases::open(store.folder())?;
        if purpose != Purpose::Read {
            if let Err(error) = releases.remove_unfinished() {
                tracing::warn!(%error, "what a crash left of a release stays behind");
            }
            releases.refresh()?;
        }
        let index = store.folder().join("index");
        let edition = edition::Edition::of(&config, &store.redactions(), &index, now);
        if purpose != Purpose::Read
            && let Err(error) = edition.keep(&index)
        {
            tracing::warn!(%error, "the edition of the program could not be noted");
        }
        let context_file = builtin::file(CONTEXT_FILE).ok_or(OpenError::Missing(CONTEXT_FILE))?;
        let context_document = String::from_utf8_lossy(&context_file);
        let app = Self {
            context: Context {
                naan: config.naan.clone(),
                ..Context::new(base.clone(), &context_document)?
            },
            edition,
            context_document: context_document.replace("{base}", base.as_str()),
            metrics: Metrics::default(),
            known: known::Known::default(),
            dumps: dumps::Dumps::new(&store.folder().join("index").join("dumps")),
            releases,
            copying: replica::Copying::default(),
            heads: head::Heads::new(store.folder()),
            tokens: tokens::Tokens::open(store.folder())?,
            replies: replies::Replies::new(store.folder()),
            profiles: profiles::Profiles::default(),
            workers: worker::Workers::default(),
            checkpoints,
            slices: queries::Slices::default(),
            quality: quality::Quality::open(store.folder(), &door)?,
            statistics: statistics::Statistics::new(store.folder()),
            identifiers: identifiers::Identifiers::new(store.folder()),
            followed: followed::Followed::open(
                store.folder(),
                config.limits.followed_lists,
                config.limits.followed_bytes,
            )
            .map_err(OpenError::Followed)?,
            clock: Timestamp::now,
            search: search::Search::new(store.folder()),
            sitemap: sitemap::Sitemap::default(),
            links: links::Links::new(store.folder()),
            history: history::History::new(store.folder()),
            ldes: ldes::Stream::new(store.folder()),
            mirror: mirror::Mirror::new(&config, store.base()),
            door,
            store,
            config,
        };
        if purpose != Purpose::Read {
            releases::redacted::finish(&app, now)
                .map_err(|error| OpenError::Redaction(error.into()))?;
        }
        Ok(app)
    }
}
