//! The application: what commands and handlers share. Opening it opens the data folder.
//!
//! Reads that need several parts of the program (a document, the dumps) are files here; nothing
//! here knows HTTP.

pub mod dumps;

use crate::config::Config;
use crate::metrics::Metrics;
use crate::publish::Context;
use crate::rdf::jsonld::ContextError;
use crate::store::{Opening, Store, StoreError};
use std::path::Path;

/// The JSON-LD context that is published at `{base}/context.jsonld`.
pub const CONTEXT_DOCUMENT: &str = include_str!("../../ontology/context.jsonld");

/// One running program over one data folder.
pub struct App {
    pub config: Config,
    pub store: Store,
    /// What the writers of documents know: prefixes, the order of properties, our context.
    pub context: Context,
    pub metrics: Metrics,
    pub dumps: dumps::Dumps,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the built-in JSON-LD context cannot be read: {0}")]
    Context(#[from] ContextError),
}

/// Whether a missing data folder is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    MustExist,
    MayBeNew,
}

/// How the configuration asks for a data folder to be opened.
pub fn opening(config: &Config, folder: Folder) -> Opening {
    Opening {
        base: config.base_if_given().cloned(),
        default_base: config.base.clone(),
        create: folder == Folder::MayBeNew,
    }
}

impl App {
    /// Opens the data folder of the configuration.
    ///
    /// # Errors
    /// When the folder cannot be opened; see [`StoreError`].
    pub fn open(config: Config, folder: Folder) -> Result<Self, OpenError> {
        let path: &Path = &config.data;
        let store = Store::open(path, &opening(&config, folder))?;
        Ok(Self {
            context: Context::new(store.base().clone(), CONTEXT_DOCUMENT)?,
            metrics: Metrics::default(),
            dumps: dumps::Dumps::new(&path.join("index").join("dumps")),
            store,
            config,
        })
    }
}
