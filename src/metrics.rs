//! What the program counts, in Prometheus' format.
//!
//! A new metric is a name here, its help text in [`DESCRIBED`], and a method that records it.

use crate::model::Generation;
use metrics::{Recorder, Unit, counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use std::time::Duration;

const REQUESTS: &str = "affiche_http_requests_total";
const REQUEST_SECONDS: &str = "affiche_http_request_duration_seconds";
const PANICS: &str = "affiche_panics_total";
const QUERIES: &str = "affiche_sparql_queries_total";
const QUERY_SECONDS: &str = "affiche_sparql_query_duration_seconds";
const QUERIES_MOVED: &str = "affiche_sparql_queries_moved_total";
const QUERY_WORKERS: &str = "affiche_sparql_workers_total";
const QUERIES_WAITING: &str = "affiche_sparql_queries_waiting";
const QUERIES_MIRRORED: &str = "affiche_sparql_mirrored_total";
const MIRROR_GENERATION: &str = "affiche_mirror_generation";
const MIRROR_LEFT_OUT: &str = "affiche_mirror_left_out";
const VALIDATIONS: &str = "affiche_validations_total";
const GENERATION: &str = "affiche_generation";
const PROFILES: &str = "affiche_profiles_generation";
const STOPPED: &str = "affiche_writing_stopped";
const QUALITY_GENERATION: &str = "affiche_quality_generation";
const STATISTICS_GENERATION: &str = "affiche_statistics_generation";

/// How far the store is, and what follows it.
pub struct State {
    pub generation: Generation,
    /// As of which generation the store tells who meets which profile.
    pub profiles: Generation,
    /// As of which generation the numbers on quality are.
    pub quality: Generation,
    /// As of which generation the statistics are.
    pub statistics: Generation,
    /// All of which generation the mirror holds, if there is one; and how many quads it could not
    /// hold.
    pub mirror: Option<(Generation, u64)>,
    /// Whether nothing can be written.
    pub is_stopped: bool,
    /// How many SPARQL queries wait for a process.
    pub queries_waiting: usize,
}

enum Sort {
    Counter,
    Gauge,
    Histogram,
}

/// Name, sort, unit and help text of every metric.
const DESCRIBED: &[(&str, Sort, Unit, &str)] = &[
    (
        REQUESTS,
        Sort::Counter,
        Unit::Count,
        "Requests answered, by route, method and class of status.",
    ),
    (
        REQUEST_SECONDS,
        Sort::Histogram,
        Unit::Seconds,
        "Time from a request's head to its response's head, by route.",
    ),
    (
        PANICS,
        Sort::Counter,
        Unit::Count,
        "Panics that were caught; each is a defect.",
    ),
    (
        QUERIES,
        Sort::Counter,
        Unit::Count,
        "SPARQL queries, by outcome: ok, refused, cancelled (deadline or client gone), failed.",
    ),
    (
        QUERY_SECONDS,
        Sort::Histogram,
        Unit::Seconds,
        "Time from the start of a SPARQL query to its last result.",
    ),
    (
        QUERIES_MOVED,
        Sort::Counter,
        Unit::Count,
        "SPARQL queries that were thought to be cheap, were not, and went to a process of their own.",
    ),
    (
        QUERY_WORKERS,
        Sort::Counter,
        Unit::Count,
        "Processes for SPARQL queries, by how they ended: ok, refused, rows, bytes, time, memory (at a limit), cancelled (client gone), failed.",
    ),
    (
        QUERIES_WAITING,
        Sort::Gauge,
        Unit::Count,
        "SPARQL queries that wait for a process of their own.",
    ),
    (
        QUERIES_MIRRORED,
        Sort::Counter,
        Unit::Count,
        "SPARQL queries for the mirror, by what became of them: ok, stopped (at a limit, or client gone), here (answered by this server), failed.",
    ),
    (
        MIRROR_GENERATION,
        Sort::Gauge,
        Unit::Count,
        "The number of the last change that the mirror holds; 0 while that is not known. Only where there is a mirror.",
    ),
    (
        MIRROR_LEFT_OUT,
        Sort::Gauge,
        Unit::Count,
        "Triples that the mirror could not hold, since the start of the program. Only where there is a mirror.",
    ),
    (
        VALIDATIONS,
        Sort::Counter,
        Unit::Count,
        "Validations of strangers' files, by outcome: ok, refused, stopped (at a limit), cancelled (client gone), failed.",
    ),
    (
        GENERATION,
        Sort::Gauge,
        Unit::Count,
        "The number of the last change that readers see.",
    ),
    (
        PROFILES,
        Sort::Gauge,
        Unit::Count,
        "The number of the change of which the profiles are that entities are said to meet.",
    ),
    (
        STOPPED,
        Sort::Gauge,
        Unit::Count,
        "1 when a failed write stopped all writing until a restart.",
    ),
    (
        STATISTICS_GENERATION,
        Sort::Gauge,
        Unit::Count,
        "The number of the last change that the statistics count; 0 before the first.",
    ),
    (
        QUALITY_GENERATION,
        Sort::Gauge,
        Unit::Count,
        "The number of the last change that was judged by the profiles; 0 before the first.",
    ),
];

const SECONDS: &[f64] = &[0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0];

/// The counters of one running program.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Default for Metrics {
    fn default() -> Self {
        let builder = PrometheusBuilder::new();
        let recorder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
            .expect("the list of buckets is not empty")
            .build_recorder();
        for (name, sort, unit, help) in DESCRIBED {
            let (name, unit, help) = ((*name).into(), Some(*unit), (*help).into());
            match sort {
                Sort::Counter => recorder.describe_counter(name, unit, help),
                Sort::Gauge => recorder.describe_gauge(name, unit, help),
                Sort::Histogram => recorder.describe_histogram(name, unit, help),
            }
        }
        let metrics = Self {
            handle: recorder.handle(),
            recorder,
        };
        // What was never counted is shown as 0, so that its absence cannot be taken for health.
        metrics.record(|| counter!(PANICS).absolute(0));
        metrics
    }
}

impl Metrics {
    fn record(&self, action: impl FnOnce()) {
        with_local_recorder(&self.recorder, action);
    }

    /// A request was answered. `route` is its pattern, never its address.
    pub fn request(&self, route: &str, method: &str, status: u16, time: Duration) {
        let class = format!("{}xx", status / 100);
        let (route, method) = (route.to_owned(), method.to_owned());
        self.record(|| {
            counter!(REQUESTS, "route" => route.clone(), "method" => method, "status" => class)
                .increment(1);
            histogram!(REQUEST_SECONDS, "route" => route).record(time.as_secs_f64());
        });
    }

    /// A panic was caught.
    pub fn panic(&self) {
        self.record(|| counter!(PANICS).increment(1));
    }

    /// A SPARQL query ended.
    pub fn query(&self, outcome: &'static str, time: Duration) {
        self.record(|| {
            counter!(QUERIES, "outcome" => outcome).increment(1);
            histogram!(QUERY_SECONDS).record(time.as_secs_f64());
        });
    }

    /// A SPARQL query turned out not to be cheap.
    pub fn query_moved(&self) {
        self.record(|| counter!(QUERIES_MOVED).increment(1));
    }

    /// A process for a SPARQL query ended.
    pub fn query_worker(&self, outcome: &'static str) {
        self.record(|| counter!(QUERY_WORKERS, "outcome" => outcome).increment(1));
    }

    /// The mirror was asked to answer a SPARQL query.
    pub fn query_mirrored(&self, outcome: &'static str) {
        self.record(|| counter!(QUERIES_MIRRORED, "outcome" => outcome).increment(1));
    }

    /// A validation of a stranger's files ended.
    pub fn validation(&self, outcome: &'static str) {
        self.record(|| counter!(VALIDATIONS, "outcome" => outcome).increment(1));
    }

    /// All metrics as text, with the state of the store as it is now.
    pub fn render(&self, state: &State) -> String {
        #[expect(clippy::cast_precision_loss, reason = "no log has 2^53 changes")]
        let number = |generation: Generation| generation.0 as f64;
        self.record(|| {
            gauge!(GENERATION).set(number(state.generation));
            gauge!(PROFILES).set(number(state.profiles));
            gauge!(QUALITY_GENERATION).set(number(state.quality));
            gauge!(QUERIES_WAITING).set(u32::try_from(state.queries_waiting).unwrap_or(u32::MAX));
            gauge!(STATISTICS_GENERATION).set(number(state.statistics));
            if let Some((generation, left_out)) = state.mirror {
                gauge!(MIRROR_GENERATION).set(number(generation));
                gauge!(MIRROR_LEFT_OUT).set(number(Generation(left_out)));
            }
            gauge!(STOPPED).set(if state.is_stopped { 1.0 } else { 0.0 });
        });
        self.handle.run_upkeep();
        self.handle.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_shown_with_its_help() {
        let metrics = Metrics::default();
        metrics.request("/doc/{noid}", "GET", 200, Duration::from_millis(3));
        metrics.query("ok", Duration::from_millis(3));
        let text = metrics.render(&State {
            generation: Generation(7),
            profiles: Generation(5),
            quality: Generation(6),
            statistics: Generation(4),
            mirror: None,
            is_stopped: false,
            queries_waiting: 4,
        });
        for line in [
            "affiche_http_requests_total{route=\"/doc/{noid}\",method=\"GET\",status=\"2xx\"} 1",
            "affiche_generation 7",
            "affiche_profiles_generation 5",
            "affiche_quality_generation 6",
            "affiche_statistics_generation 4",
            "affiche_panics_total 0",
            "# HELP affiche_panics_total Panics that were caught; each is a defect.",
            "affiche_sparql_queries_total{outcome=\"ok\"} 1",
        ] {
            assert!(text.contains(line), "{line}\n---\n{text}");
        }
    }
}
