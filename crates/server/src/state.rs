//! What every handler is given.

use std::sync::Arc;

use tokio::sync::watch;

use crate::accounts::password::Hasher;
use crate::config::{Limits, PublicUrl};
use crate::db::Db;
use crate::http::health::Ready;
use crate::http::limit::PerAddress;
use crate::source::{Clock, Random};
use crate::sync::contact::Heard;
use crate::sync::live::Live;
use crate::telemetry::Metrics;
use crate::turns::Turns;

/// Cheap to clone; one per process.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Parts>);

/// What [`AppState`] holds.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Makes and checks password hashes.
    pub passwords: Hasher,
    /// Sizes, times and rates.
    pub limits: Limits,
    /// Counters and what they add up to.
    pub metrics: Metrics,
    /// Requests of one address.
    pub per_address: PerAddress,
    /// Whether it was ready a moment ago.
    pub ready: Ready,
    /// Under which address people reach the server, where that was told.
    pub public_url: Option<PublicUrl>,
    /// Whose changes to their feeds are under way.
    pub turns: Turns,
    /// Who listens for changes.
    pub live: Live,
    /// Who was heard of just now.
    pub heard: Heard,
    /// Turns true when the server is told to stop: long answers end then.
    pub closing: watch::Receiver<bool>,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Waits until the server is told to stop: an answer without an end ends itself then.
    pub async fn told_to_close(&self) {
        let mut closing = self.closing.clone();
        // An error is the server being gone.
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

impl std::ops::Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
