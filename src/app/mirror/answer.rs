//! Has a query answered by the mirror: judged and bounded here, computed there.

use crate::app::App;
use crate::app::mirror::client::{Reply, Results};
use crate::app::mirror::{Mirror, MirrorError, Settings};
use crate::app::queries::{Head, QueryError, Task};
use crate::model::Generation;
use crate::query::{self, Foreign, Order, Outcome, RunError, Written};
use crate::store::{CancellationToken, RequestedDataset};
use oxrdf::NamedNode;
use std::io;
use std::time::Instant;

/// Answers a query by the mirror, which is at a generation. `begin` is told what stands before the
/// results, once, before the first byte is written. Gives nothing when the query cannot be written for
/// another engine.
///
/// # Errors
/// When the mirror fails, a limit is reached, or `out` fails.
pub fn answer<W: io::Write>(
    app: &App,
    task: &Task,
    generation: Generation,
    begin: &mut dyn FnMut(Head, &mut W),
    out: &mut W,
    token: &CancellationToken,
) -> Result<Option<Outcome>, QueryError> {
    let Some(settings) = app.mirror.settings.as_ref() else {
        return Ok(None);
    };
    let Some(written) = query::written(&task.question.text, app.store.base()) else {
        return Ok(None);
    };
    let dataset = dataset(app, settings, &task.question.dataset, &written)?;
    let form = task.prepared.form();
    let results = if form.is_graph() {
        Results::Triples
    } else {
        Results::Json
    };
    let end = Instant::now() + task.question.timeout;
    let late = || QueryError::Time(task.question.timeout);
    let sent = send(
        &app.mirror,
        settings,
        &written,
        &dataset,
        results,
        task,
        app,
    );
    let reply = match sent {
        Err(MirrorError::TooLate(_)) => return Err(late()),
        sent => sent?,
    };
    if reply.is_partial {
        return Err(late());
    }
    begin(Head { generation }, out);
    let order = Order {
        prepared: &task.prepared,
        dataset: &task.question.dataset,
        format: task.format,
        bounds: task.question.bounds,
        context: &app.context,
    };
    let foreign = Foreign {
        body: reply.body,
        most_rows: reply.most_rows,
    };
    match query::relay(form, foreign, order, out, token) {
        Ok(outcome) => Ok(Some(outcome)),
        Err(RunError::Foreign(_)) if Instant::now() >= end => Err(late()),
        Err(RunError::Foreign(why)) => Err(MirrorError::Unreadable(why).into()),
        Err(error) => Err(error.into()),
    }
}

fn send(
    mirror: &Mirror,
    settings: &Settings,
    written: &Written,
    dataset: &RequestedDataset,
    results: Results,
    task: &Task,
    app: &App,
) -> Result<Reply, MirrorError> {
    let client = mirror.client(settings)?;
    let most_bytes = app.config.limits.result_bytes;
    let timeout = task.question.timeout;
    client.query(&written.text, dataset, results, most_bytes, timeout)
}

/// The data set there that is the one asked for here. Nothing is ever read there that is not ours,
/// unless our default graph is the mirror's.
fn dataset(
    app: &App,
    settings: &Settings,
    asked: &RequestedDataset,
    written: &Written,
) -> Result<RequestedDataset, QueryError> {
    let is_asked = !asked.default_graphs.is_empty() || !asked.named_graphs.is_empty();
    let (default_graphs, named_graphs) = match (&written.dataset, &settings.keys.graph) {
        // SPARQL 1.1 Protocol §2.1.4: that of the request wins.
        _ if is_asked => (asked.default_graphs.clone(), asked.named_graphs.clone()),
        (Some(dataset), _) => (
            dataset.default.clone(),
            dataset.named.clone().unwrap_or_default(),
        ),
        (None, None) => return Ok(RequestedDataset::default()),
        (None, Some(graph)) => {
            let named = if written.reads_graphs {
                app.store.snapshot()?.view().named_graphs()?
            } else {
                Vec::new()
            };
            return Ok(RequestedDataset {
                default_graphs: vec![graph.clone()],
                named_graphs: or_nothing(settings, named),
            });
        }
    };
    let ours = |graphs: Vec<NamedNode>| {
        let stands_for_default = settings.keys.graph.as_ref();
        let ours = graphs
            .into_iter()
            .filter(|graph| settings.is_ours(graph) && Some(graph) != stands_for_default);
        or_nothing(settings, ours.collect())
    };
    Ok(RequestedDataset {
        default_graphs: ours(default_graphs),
        named_graphs: ours(named_graphs),
    })
}

/// These graphs, or one that there is not: some engines take no graph for all of them.
fn or_nothing(settings: &Settings, mut graphs: Vec<NamedNode>) -> Vec<NamedNode> {
    if graphs.is_empty() {
        let nothing = format!("{}/graph/nothing", settings.base);
        graphs.push(NamedNode::new_unchecked(nothing));
    }
    graphs
}
