//! Errors that a client sees: RFC 9457 problems, as JSON or as a page. The only place that knows
//! which failure has which status code.
//!
//! A new problem is a row and its line in [`PROBLEMS`]. What failed inside is logged here, once;
//! the client gets the row's own words.

use crate::app::embargo::EmbargoError;
use crate::app::quality::rehearsals::RehearsalError;
use crate::http::blocking::Failure;
use crate::ingest::SubmitError;
use crate::ingest::hands::HandError;
use crate::ingest::importers::ReadError;
use crate::ingest::importers::compression::CompressionError;
use crate::model::lang::best;
use crate::model::{Base, Lang, Text};
use crate::rdf::xml::WriteError;
use crate::store::{LogError, StoreError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oxrdf::{Literal, NamedNode};
use serde_json::{Map, Value, json};
use std::io;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The last segment of its address, `{base}/problems/{slug}`.
    pub slug: &'static str,
    pub status: StatusCode,
    pub title_fr: &'static str,
    pub title_en: &'static str,
    /// What it means and what to do, on the problem's own page.
    pub about_fr: &'static str,
    pub about_en: &'static str,
}

impl Row {
    pub fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Fr => self.title_fr,
            Lang::En => self.title_en,
        }
    }

    pub fn about(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Fr => self.about_fr,
            Lang::En => self.about_en,
        }
    }

    /// The row with this slug.
    pub fn named(slug: &str) -> Option<&'static Row> {
        PROBLEMS.iter().copied().find(|row| row.slug == slug)
    }
}

/// When to ask again while nothing is written: a restart takes a person.
const WRITING_STOPPED_SECONDS: u64 = 60;

/// When to ask again while too many requests of a client wait: some of them will have had their
/// turn.
const TURN_SECONDS: u64 = 5;

macro_rules! rows {
    ($($name:ident $slug:literal $status:ident $fr:literal $en:literal $about_fr:literal $about_en:literal)*) => {
        $(pub static $name: Row = Row {
            slug: $slug,
            status: StatusCode::$status,
            title_fr: $fr,
            title_en: $en,
            about_fr: $about_fr,
            about_en: $about_en,
        };)*

        /// All kinds of problems.
        pub static PROBLEMS: &[&Row] = &[$(&$name),*];
    };
}

rows! {
    BAD_REQUEST "bad-request" BAD_REQUEST
        "La demande ne peut pas être comprise"
        "The request cannot be understood"
        "Un paramètre manque ou n'a pas la forme attendue ; le détail dit lequel."
        "A parameter is missing or not of the expected form; the detail says which one."
    QUERY_SYNTAX "query-syntax" BAD_REQUEST
        "La requête SPARQL contient une faute de syntaxe"
        "The SPARQL query has a syntax error"
        "Le détail donne la ligne et la colonne où la lecture s'est arrêtée, comptées à partir de 1."
        "The detail gives the line and column where reading stopped, counted from 1."
    QUERY_REFUSED "query-refused" BAD_REQUEST
        "Cette requête SPARQL n'est pas acceptée ici"
        "This SPARQL query is not accepted here"
        "La requête demande ce que ce serveur ne fait pas : interroger un autre serveur (SERVICE), ou une imbrication trop profonde."
        "The query asks for what this server does not do: to query another server (SERVICE), or it is nested too deeply."
    QUERY_BROKEN "query-broken" INTERNAL_SERVER_ERROR
        "Cette requête exemple ne fonctionne pas"
        "This example query does not work"
        "Le fichier de la requête contient une faute, que le détail et la page de la requête disent. Seul l'éditeur de cette base peut la corriger."
        "The file of the query has a fault, which the detail and the query's page tell. Only the publisher of this data can mend it."
    UNREADABLE "unreadable" BAD_REQUEST
        "Ce qui est envoyé ne peut pas être lu"
        "What was sent cannot be read"
        "Le détail dit à quelle ligne et à quelle colonne la lecture s'est arrêtée, comptées à partir de 1. Rien n'a été changé."
        "The detail says at which line and column reading stopped, counted from 1. Nothing was changed."
    UNAUTHORIZED "unauthorized" UNAUTHORIZED
        "Il faut un jeton pour écrire ici"
        "Writing here needs a token"
        "Envoyez l'en-tête `Authorization: Bearer` suivi du jeton que l'éditeur vous a donné. S'il n'est plus reconnu, il a été révoqué : demandez-en un autre."
        "Send the header `Authorization: Bearer` followed by the token that the publisher gave you. If it is no longer recognised, it was revoked: ask for another one."
    NOT_ALLOWED "not-allowed" FORBIDDEN
        "Ce jeton ne permet pas cela"
        "This token does not allow that"
        "Un jeton vaut pour une seule source. Vérifiez le nom de la source dans l'adresse, ou demandez un autre jeton à l'éditeur."
        "A token is good for one source. Check the name of the source in the address, or ask the publisher for another token."
    UPDATE_REFUSED "update-refused" FORBIDDEN
        "On n'écrit pas par SPARQL"
        "Nothing is written through SPARQL"
        "Toute écriture passe par un envoi d'une source, qui est vérifié et gardé dans le journal ; le point d'accès SPARQL ne fait que lire."
        "Everything is written through a source's submission, which is checked and kept in the change log; the SPARQL endpoint only reads."
    NOT_FOUND "not-found" NOT_FOUND
        "Il n'y a rien à cette adresse"
        "There is nothing at this address"
        "Rien n'a jamais été publié à cette adresse. Vérifiez-la, ou cherchez depuis la page d'accueil."
        "Nothing was ever published at this address. Check it, or search from the home page."
    UNKNOWN_RELEASE "unknown-release" NOT_FOUND
        "Il n'y a pas de parution de cette date"
        "There is no release of this date"
        "La liste des parutions est sous `/releases/`, et la dernière sous `/releases/latest/`."
        "The list of releases is at `/releases/`, and the last one at `/releases/latest/`."
    RELEASE_NOT_KEPT "release-not-queryable" NOT_FOUND
        "Cette parution ne peut pas être interrogée"
        "This release cannot be queried"
        "L'état de la base n'a pas été gardé pour cette parution. Ses fichiers restent à télécharger."
        "The state of the store was not kept for this release. Its files can still be downloaded."
    UNKNOWN_SOURCE "unknown-source" NOT_FOUND
        "Il n'y a pas de source de ce nom"
        "There is no source of this name"
        "Vérifiez le nom dans l'adresse ; c'est l'éditeur qui ajoute les sources."
        "Check the name in the address; it is the publisher who adds sources."
    MISTYPED "mistyped" NOT_FOUND
        "Cet identifiant contient une faute de frappe"
        "This identifier has been mistyped"
        "Le dernier caractère d'un identifiant contrôle les autres, et il ne correspond pas : un caractère est faux ou deux sont inversés."
        "The last character of an identifier checks the others, and it does not match: a character is wrong, or two are swapped."
    METHOD_NOT_ALLOWED "method-not-allowed" METHOD_NOT_ALLOWED
        "Cette adresse ne connaît pas cette méthode"
        "This address does not know this method"
        "L'en-tête `Allow` dit lesquelles elle connaît."
        "The `Allow` header says which ones it knows."
    NOT_ACCEPTABLE "not-acceptable" NOT_ACCEPTABLE
        "Ceci n'existe pas dans le format demandé"
        "This does not exist in the requested format"
        "Le détail énumère les formats qui existent ; demandez-en un par l'en-tête `Accept` ou par `?format=`."
        "The detail lists the formats that exist; ask for one with the `Accept` header or with `?format=`."
    SOURCE_CLOSED "source-closed" CONFLICT
        "Cette source est close"
        "This source is closed"
        "Ce qu'elle a dit reste publié, mais elle n'envoie plus rien. L'éditeur peut la rouvrir."
        "What it said stays published, but it sends nothing more. The publisher can open it again."
    NOT_TO_BE_DECIDED "not-to-be-decided" CONFLICT
        "Cela ne peut pas être décidé ainsi"
        "That cannot be decided so"
        "Le détail dit ce qui s'y oppose : deux sortes différentes, une réunion ou une séparation antérieure. Rien n'a été changé."
        "The detail says what stands against it: two different kinds, an earlier merge or split. Nothing was changed."
    REHEARSAL_TAKEN "rehearsal-not-possible" CONFLICT
        "Cette répétition ne peut pas être enregistrée sous ce nom"
        "This rehearsal cannot be registered under this name"
        "Le nom est celui d'un profil de ce serveur, ou il y a déjà autant de répétitions que permis ; le détail le dit."
        "The name is that of a profile of this server, or there are as many rehearsals as are allowed; the detail says which."
    WITHDRAWN "withdrawn" GONE
        "Ceci a été publié, et ne l'est plus"
        "This was published, and no longer is"
        "L'adresse reste réservée et ne sera jamais donnée à autre chose. Si la source l'envoie de nouveau, elle reparaît ici."
        "The address stays reserved and will never be given to anything else. If the source sends it again, it comes back here."
    RELEASE_WITHDRAWN "release-withdrawn" GONE
        "Cette parution a été retirée"
        "This release was withdrawn"
        "Ses fichiers ne sont plus donnés. Sa page, son manifeste et la raison de son retrait restent à son adresse."
        "Its files are no longer given out. Its page, its manifest and the reason of its withdrawal stay at its address."
    START_AGAIN "start-again" GONE
        "Il faut recommencer depuis une parution"
        "Start again from a release"
        "Ce que le journal des changements dit ne suit pas ce que vous avez : il a une autre identité, par exemple parce qu'il a été rétabli depuis une sauvegarde, ou il s'arrête avant. Le membre `release` donne la dernière publication, `head` l'état du journal, et `cursor` d'où continuer ensuite. Si `holds-until` y est, ce que vous avez reste vrai jusqu'à cette génération."
        "What the log of changes says does not follow what you have: it has another identity, for example since it was restored from a backup, or it ends before. The member `release` gives the latest release, `head` where the log stands, and `cursor` from where to go on afterwards. If `holds-until` is there, what you have still holds up to that generation."
    REWRITTEN "log-rewritten" GONE
        "Ce fichier du journal a été récrit"
        "This file of the log was rewritten"
        "Une suppression définitive en a retiré des lignes. Le membre `current` donne l'adresse du fichier tel qu'il est, `notices` celles des avis signés qui disent ce qui a été retiré, quand et pourquoi."
        "A redaction struck rows out of it. The member `current` gives the address of the file as it is, `notices` those of the signed notices that say what was struck, when and why."
    NOT_IN_COPY "not-in-copy" NOT_FOUND
        "Cette réplique n'a pas cela"
        "This replica does not have that"
        "Une réplique n'a ni les publications ni, quand elle a commencé par l'état de l'une d'elles, les changements d'avant ; le membre `primary` donne le serveur qui a tout."
        "A replica has no releases and, when it began with the state of one, no changes from before; the member `primary` gives the server that has everything."
    CHANGED_MEANWHILE "changed-meanwhile" PRECONDITION_FAILED
        "La source a changé entre-temps"
        "The source has changed meanwhile"
        "Rien n'a été fait. Prenez l'étiquette (`ETag`) actuelle de la source, vérifiez que votre envoi convient toujours, et recommencez."
        "Nothing was done. Take the source's current tag (`ETag`), check that your submission still fits, and send it again."
    PRECONDITION_FAILED "precondition-failed" PRECONDITION_FAILED
        "Ce que vous attendiez n'est plus là"
        "What you expected is no longer there"
        "La demande n'est à servir que si rien n'a changé (`If-Match`, `If-Unmodified-Since`), et cela a changé. Redemandez sans cette condition."
        "The request is only to be answered if nothing has changed (`If-Match`, `If-Unmodified-Since`), and something has. Ask again without this condition."
    BODY_TOO_LARGE "body-too-large" PAYLOAD_TOO_LARGE
        "Ce qui est envoyé est trop grand"
        "What was sent is too large"
        "Le détail nomme la limite et sa valeur."
        "The detail names the limit and its value."
    UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE
        "Ce type de contenu n'est pas lu ici"
        "This type of content is not read here"
        "Le détail dit quels types le sont."
        "The detail says which types are."
    VALIDATION_STOPPED "validation-stopped" UNPROCESSABLE_ENTITY
        "Cette vérification demande trop"
        "This validation asks for too much"
        "Le détail nomme la limite et sa valeur. Envoyez moins de données ou des formes plus simples, ou vérifiez-les sur votre machine avec `affiche validate`."
        "The detail names the limit and its value. Send less data or simpler shapes, or check them on your own machine with `affiche validate`."
    RANGE_NOT_SATISFIABLE "range-not-satisfiable" RANGE_NOT_SATISFIABLE
        "Cette partie du fichier n'existe pas"
        "This part of the file does not exist"
        "L'en-tête `Content-Range` dit la taille du fichier."
        "The `Content-Range` header says how large the file is."
    REFUSED "refused" UNPROCESSABLE_ENTITY
        "L'envoi est refusé : rien n'a été publié"
        "The submission is refused: nothing was published"
        "Le rapport dit tout ce qui est à corriger. Avec `?partial=true`, ce qui est sans faute est publié et le reste est laissé de côté."
        "The report says all that is to be mended. With `?partial=true`, what has no faults is published and the rest is left aside."
    ILL_FORMED_SHAPES "ill-formed-shapes" UNPROCESSABLE_ENTITY
        "Ces règles SHACL ne peuvent pas être utilisées"
        "These SHACL shapes cannot be used"
        "Le membre `faults` dit toutes les fautes, chacune avec la forme, le paramètre et la règle de la recommandation SHACL ; sans lui, le détail dit quelle contrainte ne peut pas être évaluée. Rien n'a été enregistré."
        "The member `faults` tells all faults, each with the shape, the parameter and the rule of the SHACL recommendation; without it, the detail says which constraint cannot be evaluated. Nothing was registered."
    KEY_REUSED "idempotency-key-reused" UNPROCESSABLE_ENTITY
        "Cette clé a servi pour un autre envoi"
        "This key was used for another submission"
        "La même valeur de `Idempotency-Key` n'est permise que pour répéter le même envoi. Prenez une nouvelle clé pour chaque envoi nouveau."
        "The same value of `Idempotency-Key` is only allowed to repeat the same submission. Take a new key for each new submission."
    TOO_MANY_WRITES "too-many-writes" TOO_MANY_REQUESTS
        "Trop d'envois avec ce jeton"
        "Too many writes with this token"
        "Le détail nomme la limite et sa valeur. Réessayez après le délai indiqué par l'en-tête `Retry-After`."
        "The detail names the limit and its value. Try again after the delay in the `Retry-After` header."
    TOO_MANY_WAITING "too-many-waiting" TOO_MANY_REQUESTS
        "Trop de vos demandes attendent leur tour"
        "Too many of your requests wait for their turn"
        "Le détail nomme la limite et sa valeur. Attendez les réponses à vos demandes précédentes avant d'en envoyer d'autres."
        "The detail names the limit and its value. Wait for the answers to your earlier requests before you send more."
    BODY_TIMEOUT "body-timeout" REQUEST_TIMEOUT
        "La demande met trop longtemps à arriver"
        "The request takes too long to arrive"
        "Le détail nomme la limite et sa valeur."
        "The detail names the limit and its value."
    INTERNAL "internal" INTERNAL_SERVER_ERROR
        "Une erreur du serveur"
        "An error of the server"
        "Rien n'est de votre faute. L'erreur est notée dans le journal du serveur sous le numéro de la demande (en-tête `X-Request-Id`) ; donnez-le si vous écrivez à l'éditeur."
        "This is not your fault. The error is in the server's log under the number of the request (header `X-Request-Id`); give it when you write to the publisher."
    QUERY_FAILED "query-failed" INTERNAL_SERVER_ERROR
        "Cette requête n'a pas pu être calculée"
        "This query could not be computed"
        "Le calcul s'est arrêté par une erreur, et rien n'a été envoyé. Essayez une formulation plus simple ; l'erreur est notée dans le journal du serveur."
        "The computation ended in an error, and nothing was sent. Try a simpler formulation; the error is in the server's log."
    BUSY "busy" SERVICE_UNAVAILABLE
        "Trop de demandes en même temps"
        "Too many requests at the same time"
        "Réessayez après le délai indiqué par l'en-tête `Retry-After`."
        "Try again after the delay in the `Retry-After` header."
    READ_ONLY "read-only" FORBIDDEN
        "Cette réplique ne reçoit rien"
        "Nothing is written into this replica"
        "Ce serveur est la copie d'un autre, que le membre `primary` donne. Envoyez-lui ce que vous avez à envoyer ; la copie suit."
        "This server is a copy of another one, which the member `primary` gives. Send it what you have to send; the copy follows."
    UNVERIFIED "replica-unverified" SERVICE_UNAVAILABLE
        "Cette réplique ne peut pas prouver ce qu'elle a"
        "This replica cannot prove what it has"
        "Ce que le serveur copié publie ne se vérifie pas, ou ne suit pas ce que la réplique a ; elle ne répond plus avant que cela ne se vérifie de nouveau. Le détail dit pourquoi."
        "What the server publishes that is copied does not verify, or does not follow what the replica has; it does not answer until it verifies again. The detail says why."
    WRITING_STOPPED "writing-stopped" SERVICE_UNAVAILABLE
        "Le serveur n'écrit plus jusqu'à son redémarrage"
        "The server does not write until it is restarted"
        "Une écriture n'a pas pu être menée à bien ; son issue sera connue après le redémarrage. La lecture continue."
        "A write could not be completed; its outcome will be known after the restart. Reading goes on."
    NOT_JUDGED_YET "not-judged-yet" SERVICE_UNAVAILABLE
        "Les données n'ont pas encore été examinées"
        "The data has not been examined yet"
        "Le serveur examine les données derrière les envois, sans faire attendre personne. Réessayez après le délai indiqué par l'en-tête `Retry-After`."
        "The server examines the data behind the submissions, and keeps nobody waiting. Try again after the delay in the `Retry-After` header."
    NOT_COUNTED_YET "not-counted-yet" SERVICE_UNAVAILABLE
        "Les données n'ont pas encore été comptées"
        "The data has not been counted yet"
        "Le serveur compte les données derrière les envois, sans faire attendre personne. Réessayez après le délai indiqué par l'en-tête `Retry-After`."
        "The server counts the data behind the submissions, and keeps nobody waiting. Try again after the delay in the `Retry-After` header."
    NOT_INDEXED_YET "not-indexed-yet" SERVICE_UNAVAILABLE
        "Les données n'ont pas encore été indexées"
        "The data has not been indexed yet"
        "Le serveur indexe les données derrière les envois, sans faire attendre personne. Réessayez après le délai indiqué par l'en-tête `Retry-After`."
        "The server indexes the data behind the submissions, and keeps nobody waiting. Try again after the delay in the `Retry-After` header."
    HISTORY_BEHIND "history-behind" SERVICE_UNAVAILABLE
        "L'histoire n'a pas encore été relue"
        "The history has not been read yet"
        "Le serveur relit le journal des changements, sans faire attendre personne. Réessayez après le délai indiqué par l'en-tête `Retry-After`."
        "The server is reading the log of changes, and keeps nobody waiting. Try again after the delay in the `Retry-After` header."
    MIRROR_BEHIND "mirror-behind" SERVICE_UNAVAILABLE
        "Le moteur qui répond aux requêtes n'est pas à jour"
        "The engine that answers queries is not up to date"
        "Ce serveur fait répondre un autre moteur aux requêtes SPARQL, qui n'a pas encore toutes les données. Réessayez dans quelques minutes ; les pages, elles, sont à jour."
        "This server has another engine answer SPARQL queries, which does not have all of the data yet. Try again in a few minutes; the pages are up to date."
    MIRROR_FAILED "mirror-failed" BAD_GATEWAY
        "Le moteur qui répond aux requêtes n'a pas répondu à celle-ci"
        "The engine that answers queries did not answer this one"
        "Ce serveur fait répondre un autre moteur aux requêtes SPARQL, qui ne répond pas, refuse celle-ci, ou n'en donne pas toute la réponse. Réessayez, ou demandez moins de lignes avec LIMIT."
        "This server has another engine answer SPARQL queries, which does not answer, refuses this one, or does not give all of its answer. Try again, or ask for fewer rows with LIMIT."
    TIMEOUT "timeout" GATEWAY_TIMEOUT
        "La réponse demande trop de temps"
        "The answer takes too long"
        "Le détail nomme la limite et sa valeur. Demandez moins à la fois (LIMIT, moins de motifs), ou prenez les fichiers complets sous `/dumps/`."
        "The detail names the limit and its value. Ask for less at a time (LIMIT, fewer patterns), or take the complete files under `/dumps/`."
    OLD_HTTP "http-version" HTTP_VERSION_NOT_SUPPORTED
        "Cette réponse demande HTTP/1.1"
        "This answer needs HTTP/1.1"
        "Une réponse longue est envoyée à mesure qu'elle est calculée. Avec HTTP/1.0, une réponse interrompue ne se distinguerait pas d'une réponse entière. Demandez-la avec HTTP/1.1 ; derrière nginx, mettez `proxy_http_version 1.1`."
        "A long answer is sent while it is computed. With HTTP/1.0 an answer that was cut off could not be told from a whole one. Ask for it with HTTP/1.1; behind nginx, set `proxy_http_version 1.1`."
    TOO_MANY_ROWS "result-too-large" UNPROCESSABLE_ENTITY
        "La réponse est trop grande"
        "The answer is too large"
        "Le détail nomme la limite et sa valeur, et rien n'a été envoyé. Demandez moins à la fois (LIMIT et OFFSET avec ORDER BY), ou prenez les fichiers complets sous `/dumps/`."
        "The detail names the limit and its value, and nothing was sent. Ask for less at a time (LIMIT and OFFSET with ORDER BY), or take the complete files under `/dumps/`."
    QUERY_MEMORY "query-memory" UNPROCESSABLE_ENTITY
        "Cette requête demande trop de mémoire"
        "This query needs too much memory"
        "Le détail nomme la limite et sa valeur, et rien n'a été envoyé. Demandez moins à la fois : moins de motifs sans lien entre eux, pas de tri ni de regroupement de tout ; ou prenez les fichiers complets sous `/dumps/`."
        "The detail names the limit and its value, and nothing was sent. Ask for less at a time: fewer patterns that have nothing in common, no sorting or grouping of everything; or take the complete files under `/dumps/`."
    DIFFERENCE_TOO_LARGE "difference-too-large" UNPROCESSABLE_ENTITY
        "Trop de changements séparent les deux états"
        "There are too many changes between the two states"
        "Le détail nomme la limite et sa valeur, et rien n'a été envoyé. Demandez la différence en plusieurs fois, ou prenez les deux versions entières sous `/releases/`."
        "The detail names the limit and its value, and nothing was sent. Ask for the difference in several steps, or take both releases as a whole under `/releases/`."
    DISK_FULL "disk-full" INSUFFICIENT_STORAGE
        "Le disque du serveur est plein"
        "The server's disk is full"
        "Rien n'a été changé. L'éditeur doit faire de la place."
        "Nothing was changed. The publisher has to make room."
}

/// One failure to tell a client about.
#[derive(Clone, Debug)]
pub struct Problem {
    pub row: &'static Row,
    /// In a box, since a result is as large as its error.
    pub more: Box<More>,
}

/// What a failure says beyond its kind.
#[derive(Clone, Debug, Default)]
pub struct More {
    pub detail: Option<Text>,
    /// Further members of the JSON object: a position, a limit and its value.
    pub members: Map<String, Value>,
    /// Further headers, such as `Retry-After`.
    pub headers: Vec<(header::HeaderName, HeaderValue)>,
    /// Entities that may have been meant, with their names.
    pub near: Vec<(NamedNode, Vec<Literal>)>,
}

impl Problem {
    pub fn new(row: &'static Row) -> Self {
        Self {
            row,
            more: Box::default(),
        }
    }

    #[must_use]
    pub fn with_detail(mut self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        self.more.detail = Some(Text::new(fr, en));
        self
    }

    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.members.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.more.headers.push((name, value));
        self
    }

    /// Proposes entities that may have been meant.
    #[must_use]
    pub fn with_near(mut self, near: Vec<(NamedNode, Vec<Literal>)>) -> Self {
        self.more.near = near;
        self
    }

    /// A limit of the configuration that was hit: its key and its value.
    pub fn limit(row: &'static Row, key: &str, value: impl std::fmt::Display) -> Self {
        Self::new(row)
            .with_detail(
                format!("La limite `{key}` de ce serveur est {value}."),
                format!("The limit `{key}` of this server is {value}."),
            )
            .with_member("limit", key)
            .with_member("limit-value", value.to_string())
    }

    /// An error of ours: logged here, and nothing of it told to the client.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(&INTERNAL)
    }

    /// An update, where queries are answered.
    pub fn update_refused() -> Self {
        Self::new(&UPDATE_REFUSED).with_detail(
            "Ce serveur ne change rien par SPARQL Update. Tout s'écrit par un envoi : `PUT /sources/{nom}` avec un jeton ; l'adresse `/api` décrit comment.",
            "This server changes nothing by SPARQL Update. Everything is written by submitting: `PUT /sources/{name}` with a token; the address `/api` describes how.",
        )
    }

    /// Nothing is written until a restart, which is the operator's to decide.
    pub fn writing_stopped() -> Self {
        Self::new(&WRITING_STOPPED).retry_after(WRITING_STOPPED_SECONDS)
    }

    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// What was sent cannot be read.
    fn unreadable(error: &ReadError) -> Self {
        if let ReadError::Compression(CompressionError::TooLarge { limit_bytes }) = error {
            return Self::limit(&BODY_TOO_LARGE, "limits.submission_bytes", limit_bytes);
        }
        let text = error.to_string();
        let mut problem = Self::new(&UNREADABLE).with_detail(
            format!("La lecture s'est arrêtée ; en anglais : {text}"),
            text,
        );
        if let Some((line, column)) = error.position() {
            problem = problem
                .with_member("line", line)
                .with_member("column", column);
        }
        problem
    }

    /// The problem as JSON (RFC 9457 §3).
    pub fn to_json(&self, base: &Base, lang: Lang, request_id: Option<&str>) -> Value {
        let mut object = Map::new();
        let address = base.join(&format!("problems/{}", self.row.slug));
        object.insert("type".to_owned(), json!(address.as_str()));
        object.insert("title".to_owned(), json!(self.row.title(lang)));
        object.insert("status".to_owned(), json!(self.row.status.as_u16()));
        if let Some(detail) = &self.more.detail {
            object.insert("detail".to_owned(), json!(detail.get(lang)));
        }
        if let Some(id) = request_id {
            object.insert("instance".to_owned(), json!(format!("urn:request:{id}")));
        }
        object.extend(self.more.members.clone());
        if !self.more.near.is_empty() {
            let near = self.more.near.iter().map(|(iri, names)| {
                json!({ "iri": iri.as_str(), "name": best(names, lang).map(Literal::value) })
            });
            object.insert("near".to_owned(), near.collect());
        }
        Value::Object(object)
    }
}

/// The response carries the problem itself; the middleware writes it in the reader's format and
/// language, which only the request knows.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.row.status.into_response();
        for (name, value) in &self.more.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::ReadOnly(primary) => {
                return Self::new(&READ_ONLY).with_member("primary", primary.as_str());
            }
            StoreError::Log(LogError::BeforeOrigin { origin, .. }) => {
                return Self::new(&NOT_IN_COPY).with_detail(
                    format!("Le journal commence ici après la génération {origin}."),
                    format!("The log begins here after generation {origin}."),
                );
            }
            _ => {}
        }
        tracing::error!(%error, "the store failed");
        if error.is_disk_full() {
            return Self::new(&DISK_FULL);
        }
        match error {
            StoreError::Log(LogError::Stopped | LogError::Unconfirmed { .. })
            | StoreError::Behind { .. } => Self::writing_stopped(),
            _ => Self::new(&INTERNAL),
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(error) => error.into(),
            WriteError::Unwritable(text) => {
                Self::new(&NOT_ACCEPTABLE).with_detail(text.fr, text.en)
            }
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::UnknownSource(_) => Self::new(&UNKNOWN_SOURCE),
            SubmitError::Closed(_) => Self::new(&SOURCE_CLOSED),
            SubmitError::Changed(_) => Self::new(&CHANGED_MEANWHILE),
            SubmitError::System => Self::new(&NOT_ALLOWED),
            SubmitError::Read { error, .. } => Self::unreadable(&error),
            SubmitError::Store(error) => error.into(),
            SubmitError::Draft(error) => Self::internal(error),
            SubmitError::Validation(error) => Self::internal(error),
            error @ SubmitError::UnknownGate { .. } => Self::internal(error),
        }
    }
}

impl From<EmbargoError> for Problem {
    fn from(error: EmbargoError) -> Self {
        match error {
            EmbargoError::Past(time) => Self::new(&BAD_REQUEST).with_detail(
                format!("`publish-at` est déjà passé : {time}."),
                format!("`publish-at` is over already: {time}."),
            ),
            EmbargoError::NoTime(text) => Self::new(&BAD_REQUEST).with_detail(
                format!("`publish-at` est `{text}` ; écrivez par exemple `2027-01-15T10:00` ou `2027-01-15T10:00:00+01:00`."),
                format!("`publish-at` is `{text}`; write for example `2027-01-15T10:00` or `2027-01-15T10:00:00+01:00`."),
            ),
            EmbargoError::Unknown(_) => Self::new(&NOT_FOUND),
            EmbargoError::Io { error, .. } => error.into(),
            EmbargoError::Submit(error) => error.into(),
        }
    }
}

impl From<HandError> for Problem {
    fn from(error: HandError) -> Self {
        let row = match error {
            HandError::Submit(error) => return error.into(),
            HandError::Unknown(_) => &NOT_FOUND,
            HandError::Mistyped(_) => &MISTYPED,
            HandError::NotAnEntity(_) | HandError::Personal | HandError::LongReason => &BAD_REQUEST,
            _ => &NOT_TO_BE_DECIDED,
        };
        Self::new(row).with_detail(format!("En anglais : {error}"), error.to_string())
    }
}

impl From<RehearsalError> for Problem {
    fn from(error: RehearsalError) -> Self {
        let text = error.to_string();
        let faults: Vec<Value> = error
            .faults()
            .iter()
            .map(|fault| {
                json!({
                    "place": fault.place,
                    "parameter": fault.parameter,
                    "rule": fault.rule,
                    "problem": fault.problem,
                })
            })
            .collect();
        let row = match error {
            RehearsalError::Io { error, .. } => return error.into(),
            RehearsalError::Read(error) => return Self::unreadable(&error),
            RehearsalError::Unknown(_) => return Self::new(&NOT_FOUND),
            RehearsalError::Name(_) => &BAD_REQUEST,
            RehearsalError::Taken(_) | RehearsalError::TooMany(_) => &REHEARSAL_TAKEN,
            RehearsalError::Format(_) => &UNSUPPORTED_MEDIA_TYPE,
            RehearsalError::NoTarget | RehearsalError::Shapes(_) => &ILL_FORMED_SHAPES,
        };
        let mut problem = Self::new(row).with_detail(format!("En anglais : {text}"), text);
        if !faults.is_empty() {
            problem = problem.with_member("faults", faults);
        }
        problem
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull {
            tracing::error!(%error, "the disk is full");
            Self::new(&DISK_FULL)
        } else {
            Self::internal(error)
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Busy { seconds } => Self::new(&BUSY).retry_after(seconds),
            Failure::TooMany { limit, most } => {
                Self::limit(&TOO_MANY_WAITING, limit, most).retry_after(TURN_SECONDS)
            }
            Failure::TooLate { limit, value } => Self::limit(&TIMEOUT, limit, value),
            Failure::Panicked | Failure::Ended => Self::new(&INTERNAL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_own_slug_and_an_error_status() {
        let mut slugs: Vec<_> = PROBLEMS.iter().map(|row| row.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), PROBLEMS.len());
        assert!(
            PROBLEMS
                .iter()
                .all(|row| row.status.is_client_error() || row.status.is_server_error())
        );
    }

    #[test]
    fn no_inner_error_is_told() {
        let base: Base = "https://data.example.org".parse().expect("a base");
        let problem = Problem::from(StoreError::Unreadable("secret".to_owned()));
        let json = problem.to_json(&base, Lang::En, Some("7")).to_string();
        assert!(!json.contains("secret"), "{json}");
        assert!(
            json.contains("https://data.example.org/problems/internal"),
            "{json}"
        );
    }
}
