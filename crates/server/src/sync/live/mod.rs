//! `GET /v1/live`: server-sent events that say only where something is to be fetched.
//!
//! Must hold: nothing is told that the person may not read at that moment (I10), since every head comes
//! from the database's own judgement of membership; a stream ends within a minute when its token no
//! longer counts, and at once when the server is told to stop. No LISTEN/NOTIFY: it would serialise
//! commits.

mod hub;
mod poll;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use mitta_domain::ShareId;
use mitta_protocol::ErrorCode;
use mitta_protocol::live::{HEARTBEAT_S, LiveEvent};
use tokio::sync::watch;

use crate::AppState;
use crate::http::auth::Person;
use crate::http::error::ApiError;
pub use hub::Live;
use hub::{Picture, Subscription};

/// The most streams of one person at one server: ten devices, and a few pages.
const MAX_STREAMS: usize = 16;

/// Opens a stream.
///
/// # Errors
/// `rate_limited` where the person has as many as they may.
pub(super) fn stream(state: &AppState, person: &Person) -> Result<Response, ApiError> {
    let token = person.token.as_bytes().try_into();
    let token = token.map_err(|_| ApiError::internal("a token's hash has not 32 bytes"))?;
    let subscription = subscribe(state, person, token)?;
    Ok(answer(subscription, state.closing.clone()))
}

fn subscribe(state: &AppState, person: &Person, token: [u8; 32]) -> Result<Subscription, ApiError> {
    let live = &state.live;
    let subscription = live.subscribe(person.person_id, token, !person.is_web, MAX_STREAMS);
    let subscription = subscription.ok_or_else(|| {
        ApiError::new(
            ErrorCode::RateLimited,
            "Too many live connections of one person. Close some, or pull instead.",
        )
        .retry_after_s(60)
    })?;
    if state.live.begin_polling() {
        tokio::spawn(poll::run(state.clone()));
    }
    Ok(subscription)
}

fn answer(subscription: Subscription, closing: watch::Receiver<bool>) -> Response {
    let every = Duration::from_secs(HEARTBEAT_S.into());
    let alive = KeepAlive::new().interval(every);
    let events = Sse::new(events(subscription, closing)).keep_alive(alive);
    // nginx would collect the events until its buffer is full.
    ([("x-accel-buffering", "no")], events).into_response()
}

/// What the stream has told, and what it is about to tell.
struct Telling {
    subscription: Subscription,
    closing: watch::Receiver<bool>,
    told: Option<Arc<Picture>>,
    next: VecDeque<LiveEvent>,
}

fn events(
    subscription: Subscription,
    closing: watch::Receiver<bool>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let telling = Telling {
        subscription,
        closing,
        told: None,
        next: VecDeque::new(),
    };
    unfold(telling, async |mut telling| {
        let event = telling.next().await?;
        let name = match event {
            LiveEvent::Head { .. } => "head",
            LiveEvent::Membership | LiveEvent::Unknown => "membership",
            LiveEvent::Now => "now",
        };
        // Ids and numbers can always be written as JSON.
        let event = Event::default().event(name).json_data(event).ok()?;
        Some((Ok(event), telling))
    })
}

impl Telling {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<LiveEvent> {
        loop {
            if let Some(event) = self.next.pop_front() {
                return Some(event);
            }
            let picture = tokio::select! {
                // An error is the server being gone.
                _ = self.closing.wait_for(|closing| *closing) => return None,
                picture = self.subscription.changed() => picture?,
            };
            self.next.extend(difference(self.told.as_deref(), &picture));
            self.told = Some(picture);
        }
    }
}

/// What there is to tell to one who was told `before`: at the start every head, and to ask what goes on.
fn difference(before: Option<&Picture>, now: &Picture) -> Vec<LiveEvent> {
    let old = before.map_or(&[][..], |picture| &picture.heads);
    let ids = |heads: &[(ShareId, u64)]| -> Vec<ShareId> {
        heads.iter().map(|(share_id, _)| *share_id).collect()
    };
    let is_other =
        |before: &Picture| before.membership != now.membership || ids(old) != ids(&now.heads);
    let membership = before.is_some_and(is_other);
    let going_on = before.is_none_or(|before| before.going_on != now.going_on);
    let moved = now.heads.iter().filter(|head| !old.contains(head));
    let heads = moved.map(|(share_id, head_seq)| LiveEvent::Head {
        share_id: *share_id,
        head_seq: *head_seq,
    });
    membership
        .then_some(LiveEvent::Membership)
        .into_iter()
        .chain(heads)
        .chain(going_on.then_some(LiveEvent::Now))
        .collect()
}

#[cfg(test)]
mod tests;
