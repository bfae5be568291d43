//! The JSON that clients and the server exchange under `/v1`.
//!
//! Must hold: ids are lowercase hyphenated UUIDs with their full name, never a bare `id`; `_ms` is Unix
//! milliseconds, `_s` whole seconds, dates are civil dates (I11). The server refuses unknown fields of
//! a request; the client ignores those of an answer, so that a newer server can say more, and reads an
//! unknown outcome, live event or error code as such. Plan, completion, events, words, sharing and
//! stamps travel in ops too and are strict in both directions: one field more there is a new version
//! of ops and of the protocol. What was released is kept as golden files in `tests/golden` and never
//! changes its meaning: a change that an older program would misread takes a new protocol version.

pub mod account;
pub mod activity;
pub mod error;
pub mod live;
pub mod meta;
pub mod now;
pub mod partnership;
pub mod pull;
pub mod push;
pub mod row;
pub mod together;
pub mod weeks;

pub use error::{ErrorBody, ErrorCode};

/// The version of the protocol that this program speaks.
pub const PROTOCOL: u32 = 1;
/// The header of every request that says so.
pub const PROTOCOL_HEADER: &str = "mitta-protocol";
/// The most ops of one push.
pub const MAX_PUSH_OPS: usize = 2_000;
/// The most bytes of one push's body, decoded.
pub const MAX_PUSH_BYTES: usize = 1024 * 1024;
/// The most changes of one pulled page.
pub const MAX_PAGE: u32 = 500;
