//! The one crossing from async to blocking code.
//!
//! Every read of the store happens here: it takes a slot, has a deadline, is told to stop when
//! the client leaves, and its panics are caught. The slot belongs to the thread, not to the
//! request, so that work which does not hear the call to stop still counts.

use crate::http::client::Client;
use crate::http::queue::{NoSlot, Queue};
use crate::http::threads::Threads;
use crate::store::CancellationToken;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use http_body::Frame;
use std::fmt::Display;
use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Bytes collected before they are sent; an answer that fails before them is a clean problem.
const CHUNK_BYTES: usize = 64 << 10;
/// Chunks that wait for a slow client before the work waits too.
const WAITING_CHUNKS: usize = 4;
/// How often work that waits for a slow client looks whether it may go on.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A kind of work that shares slots and a deadline.
#[derive(Clone)]
pub struct Lane {
    slots: Arc<Queue>,
    threads: Arc<Threads>,
    wait: Duration,
    /// The configuration key of how many may wait, to be named when that is hit.
    waiting_key: &'static str,
    timeout: Duration,
    /// The configuration key of `timeout`, to be named when it is hit.
    timeout_key: &'static str,
    on_panic: Arc<dyn Fn() + Send + Sync>,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No slot became free in time.
    Busy { seconds: u64 },
    /// As many requests of this client wait as may.
    TooMany { limit: &'static str, most: usize },
    /// The deadline came first.
    TooLate { limit: &'static str, value: String },
    /// The work panicked.
    Panicked,
    /// The thread could not be started, or ended without a result.
    Ended,
}

/// Calls the work off when it is dropped before it is disarmed: the client has left.
struct CallOff(CancellationToken);

impl Drop for CallOff {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Lane {
    pub fn new(
        slots: usize,
        wait: Duration,
        timeout: Duration,
        timeout_key: &'static str,
        on_panic: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            slots: Queue::unbounded(slots),
            threads: Arc::default(),
            wait,
            waiting_key: "",
            timeout,
            timeout_key,
            on_panic,
        }
    }

    /// A lane whose slots clients take in turn, and wait for up to `wait`.
    #[must_use]
    pub fn in_turns(self, slots: Arc<Queue>, wait: Duration, waiting_key: &'static str) -> Self {
        Self {
            slots,
            wait,
            waiting_key,
            ..self
        }
    }

    /// Another lane over the same slots, which waits for its turn at most so long and then takes
    /// as long as it takes.
    pub fn beside(&self, wait: Duration) -> Self {
        Self {
            wait,
            timeout: Duration::MAX,
            ..self.clone()
        }
    }

    /// Another lane over the same slots, whose deadline comes after `timeout` at the latest.
    pub fn within(&self, timeout: Duration) -> Self {
        Self {
            timeout: timeout.min(self.timeout),
            ..self.clone()
        }
    }

    /// How many wait for a slot.
    pub fn waiting(&self) -> usize {
        self.slots.waiting()
    }

    fn too_late(&self) -> Failure {
        Failure::TooLate {
            limit: self.timeout_key,
            value: format!("{:?}", self.timeout),
        }
    }

    /// Starts `work`, which does not panic, on a thread of its own once there is a slot.
    async fn start(
        &self,
        client: Client,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), Failure> {
        let slot = self.slots.take(client, self.wait).await;
        let slot = slot.map_err(|why| match why {
            NoSlot::ClientWaits { most } => Failure::TooMany {
                limit: self.waiting_key,
                most,
            },
            NoSlot::AllWait | NoSlot::NotInTime => Failure::Busy {
                seconds: self.wait.as_secs(),
            },
        })?;
        let job = move || {
            work();
            drop(slot);
        };
        Threads::run(&self.threads, Box::new(job)).map_err(|error| {
            tracing::error!(%error, "no thread could be started");
            Failure::Ended
        })?;
        Ok(())
    }

    /// Runs `work` and gives its result.
    ///
    /// # Errors
    /// When there is no slot, no time, or no result.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CancellationToken) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        self.run_for(Client::UNKNOWN, work).await
    }

    /// The same, when it is the client's turn.
    ///
    /// # Errors
    /// As [`Lane::run`], or when too many of the client's requests wait.
    pub async fn run_for<T: Send + 'static>(
        &self,
        client: Client,
        work: impl FnOnce(&CancellationToken) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let token = CancellationToken::new();
        let _leaving = CallOff(token.clone());
        let (done, result) = oneshot::channel();
        let span = tracing::Span::current();
        let on_panic = Arc::clone(&self.on_panic);
        self.start(client, move || {
            let _in_request = span.entered();
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&token)));
            if outcome.is_err() {
                on_panic();
            }
            // Nobody listens any more when the client has left.
            let _ = done.send(outcome.map_err(|_| Failure::Panicked));
        })
        .await?;
        tokio::time::timeout(self.timeout, result)
            .await
            .map_err(|_| self.too_late())?
            .map_err(|_| Failure::Ended)?
    }

    /// Runs `work`, which writes a body. The headers come with the first bytes, or with the end
    /// if there are few; what fails before them is an error here. What fails later cuts the body
    /// off, so that the client sees an incomplete one.
    ///
    /// # Errors
    /// The work's own error `E`, or that there was no slot, no time or no result.
    pub async fn stream<E>(
        &self,
        max_bytes: u64,
        work: impl FnOnce(&mut BodyWriter, &CancellationToken) -> Result<(), E> + Send + 'static,
    ) -> Result<Result<(Head, Body), E>, Failure>
    where
        E: Display + Send + 'static,
    {
        self.stream_for(Client::UNKNOWN, max_bytes, work).await
    }

    /// The same, when it is the client's turn.
    ///
    /// # Errors
    /// As [`Lane::stream`], or when too many of the client's requests wait.
    pub async fn stream_for<E>(
        &self,
        client: Client,
        max_bytes: u64,
        work: impl FnOnce(&mut BodyWriter, &CancellationToken) -> Result<(), E> + Send + 'static,
    ) -> Result<Result<(Head, Body), E>, Failure>
    where
        E: Display + Send + 'static,
    {
        let token = CancellationToken::new();
        let leaving = CallOff(token.clone());
        let (chunks, mut receiver) = mpsc::channel(WAITING_CHUNKS);
        let (first_error, error) = oneshot::channel();
        let span = tracing::Span::current();
        let on_panic = Arc::clone(&self.on_panic);
        let timeout = self.timeout;
        self.start(client, move || {
            let _in_request = span.entered();
            let mut writer = BodyWriter {
                deadline: Instant::now() + timeout,
                head: Some(Head::default()),
                buffer: Vec::with_capacity(CHUNK_BYTES),
                chunks,
                written: 0,
                max_bytes,
                trailers: HeaderMap::new(),
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut writer, &token)));
            if outcome.is_err() {
                on_panic();
            }
            let has_begun = writer.head.is_none();
            match outcome {
                Ok(Ok(())) => {
                    let _ = writer.finish();
                }
                Ok(Err(error)) if !has_begun => {
                    let _ = first_error.send(Ok(error));
                }
                Ok(Err(error)) => {
                    tracing::warn!(%error, "a body was cut off");
                    let _ = writer.send(Piece::Cut);
                }
                Err(_) if !has_begun => {
                    let _ = first_error.send(Err(Failure::Panicked));
                }
                Err(_) => {
                    let _ = writer.send(Piece::Cut);
                }
            }
        })
        .await?;
        let deadline = Instant::now() + self.timeout;
        let first = tokio::time::timeout_at(deadline, receiver.recv())
            .await
            .map_err(|_| self.too_late())?;
        match first {
            Some(Piece::Whole(head, bytes)) => Ok(Ok((head, Body::from(bytes)))),
            Some(Piece::First(head, bytes)) => {
                let stream = BodyStream {
                    first: Some(bytes),
                    receiver,
                    deadline: Box::pin(tokio::time::sleep_until(deadline)),
                    has_ended: false,
                    _leaving: leaving,
                };
                Ok(Ok((head, Body::new(stream))))
            }
            _ => match error.await {
                Ok(Ok(error)) => Ok(Err(error)),
                Ok(Err(failure)) => Err(failure),
                Err(_) => Err(Failure::Ended),
            },
        }
    }
}

/// What stands before a body.
#[derive(Debug, Default)]
pub struct Head {
    pub status: StatusCode,
    pub headers: HeaderMap,
}

enum Piece {
    First(Head, Bytes),
    /// The first one is the last one, too.
    Whole(Head, Bytes),
    Next(Bytes),
    /// With the trailers.
    End(HeaderMap),
    Cut,
}

/// Where work writes its body.
pub struct BodyWriter {
    /// Taken with the first chunk.
    head: Option<Head>,
    buffer: Vec<u8>,
    chunks: mpsc::Sender<Piece>,
    /// When the slot is given back even if the client has not read what there is. The stream's own
    /// deadline does not see to that: it is not polled while the connection takes no bytes.
    deadline: Instant,
    written: u64,
    max_bytes: u64,
    trailers: HeaderMap,
}

impl BodyWriter {
    /// The head of the response; `None` once bytes were sent.
    pub fn head(&mut self) -> Option<&mut Head> {
        self.head.as_mut()
    }

    /// What stands after a body whose head was sent before its end was known. It is sent only
    /// when the head's `Trailer` names it and the client takes trailers.
    pub fn trail(&mut self, trailers: HeaderMap) {
        self.trailers = trailers;
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(head) = self.head.take() {
            let bytes = Bytes::from(std::mem::take(&mut self.buffer));
            return self.send(Piece::Whole(head, bytes));
        }
        self.send_buffer()?;
        let trailers = std::mem::take(&mut self.trailers);
        self.send(Piece::End(trailers))
    }

    fn send_buffer(&mut self) -> io::Result<()> {
        let bytes = Bytes::from(std::mem::replace(
            &mut self.buffer,
            Vec::with_capacity(CHUNK_BYTES),
        ));
        let piece = match self.head.take() {
            Some(head) => Piece::First(head, bytes),
            None if bytes.is_empty() => return Ok(()),
            None => Piece::Next(bytes),
        };
        self.send(piece)
    }

    /// Waits until the client has read enough of what came before, but not past the deadline.
    fn send(&self, mut piece: Piece) -> io::Result<()> {
        loop {
            piece = match self.chunks.try_send(piece) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => {
                    let kind = io::ErrorKind::BrokenPipe;
                    return Err(io::Error::new(kind, "the client has left"));
                }
                Err(TrySendError::Full(piece)) => piece,
            };
            if Instant::now() >= self.deadline {
                let kind = io::ErrorKind::TimedOut;
                return Err(io::Error::new(kind, "the client reads too slowly"));
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

impl io::Write for BodyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len() as u64;
        if self.written > self.max_bytes {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "the answer is larger than the limit",
            ));
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK_BYTES {
            self.send_buffer()?;
        }
        Ok(bytes.len())
    }

    /// Bytes are sent by the chunk; serializers flush more often than is good here.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The body of a response while it is written.
struct BodyStream {
    first: Option<Bytes>,
    receiver: mpsc::Receiver<Piece>,
    deadline: Pin<Box<tokio::time::Sleep>>,
    has_ended: bool,
    _leaving: CallOff,
}

impl http_body::Body for BodyStream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.first.take()
            && !bytes.is_empty()
        {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if self.has_ended {
            return Poll::Ready(None);
        }
        let item = match self.receiver.poll_recv(context) {
            Poll::Ready(Some(
                Piece::First(_, bytes) | Piece::Whole(_, bytes) | Piece::Next(bytes),
            )) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Poll::Ready(Some(Piece::End(trailers))) => {
                (!trailers.is_empty()).then(|| Ok(Frame::trailers(trailers)))
            }
            // The channel closes without an end when the thread is gone: never a complete body.
            Poll::Ready(Some(Piece::Cut) | None) => Some(Err(io::Error::other("cut off"))),
            Poll::Pending if pin!(&mut self.deadline).poll(context).is_ready() => {
                Some(Err(io::Error::new(io::ErrorKind::TimedOut, "cut off")))
            }
            Poll::Pending => return Poll::Pending,
        };
        self.has_ended = true;
        Poll::Ready(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use std::io::Write as _;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn lane(slots: usize, milliseconds: u64, panics: &Arc<AtomicUsize>) -> Lane {
        let panics = Arc::clone(panics);
        Lane::new(
            slots,
            Duration::from_millis(20),
            Duration::from_millis(milliseconds),
            "limits.query_timeout",
            Arc::new(move || {
                panics.fetch_add(1, Ordering::Relaxed);
            }),
        )
    }

    fn fine() -> Result<(), String> {
        Ok(())
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_and_is_counted() {
        let panics = Arc::default();
        let lane = lane(1, 5000, &panics);
        let result = lane.run(|_| -> u8 { panic!("on purpose") }).await;
        assert_eq!(result, Err(Failure::Panicked));
        let streamed = lane
            .stream(1 << 20, |_, _| -> Result<(), String> {
                panic!("on purpose")
            })
            .await;
        assert_eq!(streamed.map(|_| ()), Err(Failure::Panicked));
        assert_eq!(panics.load(Ordering::Relaxed), 2);
        assert_eq!(lane.run(|_| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn work_past_its_deadline_is_told_to_stop_and_keeps_its_slot_until_it_does() {
        let lane = lane(1, 30, &Arc::default());
        let (stopped, mut waiting) = mpsc::channel(1);
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let late = lane
            .run(move |token| {
                while !token.is_cancelled() {
                    std::thread::yield_now();
                }
                let _ = stopped.blocking_send(());
                let _ = gate.recv();
            })
            .await;
        assert!(matches!(late, Err(Failure::TooLate { .. })), "{late:?}");
        assert_eq!(waiting.recv().await, Some(()));
        assert!(matches!(lane.run(|_| ()).await, Err(Failure::Busy { .. })));
        go.send(()).expect("the work waits");
    }

    #[tokio::test]
    async fn what_fails_before_the_first_bytes_is_an_error() {
        let lane = lane(1, 5000, &Arc::default());
        let result = lane
            .stream(1 << 20, |writer, _| {
                writer
                    .write_all(b"a few bytes")
                    .map_err(|e| e.to_string())?;
                Err("wrong".to_owned())
            })
            .await
            .expect("a slot");
        assert_eq!(result.map(|_| ()), Err("wrong".to_owned()));
    }

    #[tokio::test]
    async fn what_fails_later_cuts_the_body() {
        let lane = lane(1, 5000, &Arc::default());
        let (_, body) = lane
            .stream(1 << 20, |writer, _| {
                writer
                    .write_all(&[b'x'; CHUNK_BYTES * 2])
                    .map_err(|e| e.to_string())?;
                Err("wrong".to_owned())
            })
            .await
            .expect("a slot")
            .expect("it began well");
        assert!(to_bytes(body, usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn a_panic_in_the_middle_cuts_the_body_too() {
        let lane = lane(1, 5000, &Arc::default());
        let (_, body) = lane
            .stream(1 << 20, |writer, _| {
                writer
                    .write_all(&[b'x'; CHUNK_BYTES])
                    .map_err(|e| e.to_string())?;
                if writer.head().is_none() {
                    panic!("on purpose");
                }
                fine()
            })
            .await
            .expect("a slot")
            .expect("it began well");
        assert!(to_bytes(body, usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn a_body_that_ends_well_is_whole() {
        let lane = lane(1, 5000, &Arc::default());
        for size in [0, 1, CHUNK_BYTES, CHUNK_BYTES * 10 + 1] {
            let (_, body) = lane
                .stream(1 << 30, move |writer, _| {
                    writer
                        .write_all(&vec![b'x'; size])
                        .map_err(|e| e.to_string())
                })
                .await
                .expect("a slot")
                .expect("it began well");
            let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
            assert_eq!(bytes.len(), size);
        }
    }

    #[tokio::test]
    async fn a_body_past_its_limit_is_cut() {
        let lane = lane(1, 5000, &Arc::default());
        let (_, body) = lane
            .stream(CHUNK_BYTES as u64 + 10, |writer, _| {
                for _ in 0..3 {
                    writer
                        .write_all(&[b'x'; CHUNK_BYTES])
                        .map_err(|e| e.to_string())?;
                }
                fine()
            })
            .await
            .expect("a slot")
            .expect("it began well");
        assert!(to_bytes(body, usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn a_client_that_leaves_stops_the_work() {
        let lane = lane(1, 60_000, &Arc::default());
        let (told, mut stopped) = mpsc::channel(1);
        let (_, body) = lane
            .stream(u64::MAX, move |writer, token| {
                while writer.write_all(&[b'x'; CHUNK_BYTES]).is_ok() {}
                let _ = told.blocking_send(token.is_cancelled());
                fine()
            })
            .await
            .expect("a slot")
            .expect("it began well");
        drop(body);
        assert_eq!(stopped.recv().await, Some(true));
    }
}
