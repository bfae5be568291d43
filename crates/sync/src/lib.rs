//! The client side of sync: what a device sends and fetches, and when.
//!
//! Must hold: an op leaves the outbox only with its answer (I5); a page is stored with its cursor or not
//! at all (I7); pushing and pulling fail independently; nothing here can stop, delay or silence a sit
//! (I9); without an account there is no network at all, and no failure ever deletes local history (I10).

mod address;
pub mod api;
mod backoff;
mod clock;
mod engine;
mod http;
mod plan;
pub mod remote;
mod round;
#[cfg(test)]
mod testing;
mod token;
mod view;
mod words;

pub use address::{AddressError, ServerUrl};
pub use engine::{Config, SyncEngine, Unanswered};
pub use http::{ExportError, HttpRemote, client as http_client};
pub use remote::{Remote, RemoteError};
pub use round::{Failure, Progress, Pulled, Pushed, RoundReport, round};
pub use token::{Keyring, SystemKeyring, Token, TokenError};
