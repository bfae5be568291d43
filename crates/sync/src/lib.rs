//! The client side of sync: what a device sends and fetches, and when.
//!
//! Must hold: an op leaves the outbox only with its answer (I5); a page is stored with its cursor or not
//! at all (I7); pushing and pulling fail independently; nothing here can stop, delay or silence a sit
//! (I9); without an account there is no network at all, and no failure ever deletes local history (I10).

pub mod api;
pub mod remote;

pub use remote::{Remote, RemoteError};
