//! How many requests one address may make.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, Reference};
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use mitta_protocol::ErrorCode;

use super::address::ClientAddress;
use super::error::ApiError;
use crate::AppState;
use crate::source::Clock;

/// The server's own clock, as governor reads it.
#[derive(Debug, Clone)]
struct Elapsed(Arc<dyn Clock>);

/// A moment of [`Elapsed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Nanos);

impl std::ops::Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        Self(self.0 + other)
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0)
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration))
    }
}

impl governor::clock::Clock for Elapsed {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(Nanos::from(self.0.elapsed()))
    }
}

type Limiter = RateLimiter<
    IpAddr,
    DashMapStateStore<IpAddr>,
    Elapsed,
    governor::middleware::NoOpMiddleware<Moment>,
>;

/// A rate for each address.
pub struct PerAddress {
    limiter: Limiter,
    clock: Elapsed,
}

impl fmt::Debug for PerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerAddress").finish_non_exhaustive()
    }
}

impl PerAddress {
    /// `burst` requests at once, and `per_s` a second after that; 0 counts as 1.
    pub fn new(per_s: u32, burst: u32, clock: Arc<dyn Clock>) -> Self {
        let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_s)).allow_burst(at_least_one(burst));
        let clock = Elapsed(clock);
        Self {
            limiter: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            clock,
        }
    }

    /// Counts a request; where it is one too many, how long to wait.
    ///
    /// # Errors
    /// The time after which one would be let through.
    pub fn admit(&self, address: ClientAddress) -> Result<(), Duration> {
        let key = address.counted_as();
        self.limiter
            .check_key(&key)
            .map_err(|not_yet| not_yet.wait_time_from(self.clock.now()))
    }

    /// Forgets addresses that have been quiet; to be called now and then.
    pub fn forget_quiet(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// Answers 429 where an address makes too many requests.
pub(super) async fn rate(
    State(state): State<AppState>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
    next: Next,
) -> Response {
    match state.per_address.admit(address) {
        Ok(()) => next.run(request).await,
        Err(wait) => limited(wait).into_response(),
    }
}

/// Too many requests; `wait` is how long to hold back.
pub fn limited(wait: Duration) -> ApiError {
    let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
    ApiError::new(
        ErrorCode::RateLimited,
        "Too many requests from this address. Wait a moment and try again.",
    )
    .retry_after_s(seconds.max(1))
}
