//! Accepts connections until told to stop, then lets running requests end.

use crate::app::App;
use crate::http::client::Peer;
use crate::http::{Server, Shared, router};
use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::Layer as _;

/// How long to wait when the system has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` comes, then waits for running requests as long as the configuration says.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = app.config.limits.clone();
    let server: Shared = Arc::new(Server::new(app));
    let router = router::over(Arc::clone(&server));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_timeout);
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let slot = tokio::select! {
            slot = Arc::clone(&connections).acquire_owned() => slot.map_err(io::Error::other)?,
            () = &mut stop => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // A connection that broke before it was accepted, or no file descriptors: wait
                // for others to end instead of ending the server.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Without it the end of an answer may wait until the client has acknowledged its beginning,
        // which takes 40 ms. That it cannot be set is no reason to refuse a client.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps Nagle's algorithm");
        }
        // A client that reads nothing would hold its connection for ever.
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.idle_timeout));
        let stream = TokioIo::new(Box::pin(stream));
        let service = Extension(Peer(peer)).layer(router.clone());
        let connection = builder.serve_connection(stream, TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A broken connection is the client's affair; what failed on our side is logged
            // where it failed.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    // Submissions whose senders do not wait for them are running requests as well.
    let all = async { tokio::join!(graceful.shutdown(), server.writes.ended()) };
    if tokio::time::timeout(limits.stop_timeout, all)
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    Ok(())
}
