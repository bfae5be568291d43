//! Listening, answering, and stopping in order.
//!
//! Must hold: a database that must not be served is refused before the first connection is taken;
//! a connection that sends its headers too slowly is closed, and one that takes nothing of its answer;
//! stopping lets requests under way
//! finish, and never takes longer than it was given.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use crate::accounts::password::Hasher;
use crate::config::ServeArgs;
use crate::db::Db;
use crate::db::check::{self, Refused};
use crate::http::{self, health::Ready, limit::PerAddress};
use crate::source::{Clock, Random};
use crate::state::{AppState, Parts};
use crate::sync::contact::Heard;
use crate::sync::live::Live;
use crate::telemetry::Metrics;
use crate::turns::Turns;

/// Between two sweeps of what addresses did.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// After an accept failed, as when all files are in use.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(200);

/// Time and randomness, from outside.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database must not be served, or does not answer.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        source: io::Error,
    },
    /// No counters.
    #[error("metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// A server that answers.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    closing: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    state: AppState,
}

impl Server {
    /// Checks the database and listens.
    ///
    /// # Errors
    /// [`ServeError`] with a sentence for the one who runs the server.
    pub async fn start(args: &ServeArgs, outside: Outside) -> Result<Self, ServeError> {
        Self::with_routes(args, outside, http::routes()).await
    }

    /// As [`Server::start`], with these routes under `/v1`.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn with_routes(
        args: &ServeArgs,
        outside: Outside,
        v1: Router<AppState>,
    ) -> Result<Self, ServeError> {
        let db = Db::new(&args.database).map_err(Refused::from)?;
        check::servable(&db).await?;
        let limits = args.limits.clone();
        let per_address = PerAddress::new(
            limits.rate_per_s,
            limits.rate_burst,
            Arc::clone(&outside.clock),
        );
        let (closing, closed) = watch::channel(false);
        let state = AppState::new(Parts {
            db,
            clock: outside.clock,
            random: outside.random,
            passwords: Hasher::default(),
            limits,
            metrics: Metrics::install()?,
            per_address,
            ready: Ready::default(),
            public_url: args.public_url.clone(),
            turns: Turns::default(),
            live: Live::default(),
            heard: Heard::default(),
            closing: closed,
        });
        let listen = |source| ServeError::Listen {
            address: args.listen,
            source,
        };
        let listener = TcpListener::bind(args.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        tracing::info!(%address, "listening");
        let accepting = Accepting {
            router: http::around(v1, state.clone()),
            state: state.clone(),
            grace: args.shutdown_s,
        };
        Ok(Self {
            address,
            closing,
            accepting: tokio::spawn(accepting.run(listener)),
            state,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers are given.
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// Takes no more requests, lets those under way finish in the time given, closes the pool.
    pub async fn stop(self) {
        self.closing.send_replace(true);
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "the listener failed");
        }
        self.state.db.close();
        tracing::info!("stopped");
    }
}

struct Accepting {
    router: Router,
    state: AppState,
    grace: Duration,
}

impl Accepting {
    async fn run(self, listener: TcpListener) {
        let places = Arc::new(Semaphore::new(self.state.limits.max_connections));
        let graceful = GracefulShutdown::new();
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        loop {
            let accepted = async {
                // A semaphore that is never closed always gives a place in the end.
                let place = Arc::clone(&places).acquire_owned().await;
                (listener.accept().await, place)
            };
            tokio::select! {
                () = self.state.told_to_close() => break,
                _ = sweep.tick() => self.state.per_address.forget_quiet(),
                (accepted, place) = accepted => match accepted {
                    Ok((stream, peer)) => {
                        let connection = self.connection(stream, peer);
                        let watched = graceful.watch(connection);
                        tokio::spawn(async move {
                            // A connection that broke is the client's business.
                            let _ = watched.await;
                            drop(place);
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be taken");
                        tokio::time::sleep(AFTER_FAILED_ACCEPT).await;
                    }
                },
            }
        }
        drop(listener);
        if tokio::time::timeout(self.grace, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("requests were still under way, and are cut off");
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
    ) -> impl GracefulConnection + Send + 'static + use<> {
        // Answers are small and whole; waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let service = self.router.clone().map_request(
            move |request: hyper::Request<hyper::body::Incoming>| {
                let mut request: Request = request.map(axum::body::Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                request
            },
        );
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.state.limits.write_timeout_s));
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.state.limits.header_timeout_s)
            .max_buf_size(64 * 1024)
            .serve_connection(
                TokioIo::new(Box::pin(stream)),
                TowerToHyperService::new(service),
            )
    }
}

/// Listens for SIGTERM and SIGINT from now on; what is answered waits for one of them. Called before the
/// address is told, so that whoever knows it can end the server in order.
///
/// # Errors
/// Where the system lets nobody listen for them.
pub fn told_to_stop() -> io::Result<impl Future<Output = io::Result<()>>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            Ok(())
        })
    }
    #[cfg(not(unix))]
    Ok(tokio::signal::ctrl_c())
}
