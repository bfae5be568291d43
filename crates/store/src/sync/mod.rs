//! What synchronising asks of the local history: who is signed in, what waits to be sent, what an
//! answer or a page changes, and sums by which both sides compare what they hold.
//!
//! Must hold: every call is one transaction. An op leaves the outbox only with the server's answer to
//! that very op (I5), and a page is kept only with its cursor (I7). The server's row is shown with the
//! own unsent ops on top, whatever else was shown before. What a person wrote and lost is kept as a
//! revision. Nothing that a server says takes an own session away, nor turns a completed one back into
//! a running one (I10): it changes rows, it never removes them.

mod account;
mod adopt;
mod compare;
pub(crate) mod corrected;
mod error;
mod lock;
mod offer;
mod page;
mod partner;
mod push;
mod seats;
mod shown;
mod state;
mod unsent;

pub(crate) use account::forget_server;
pub use account::{AccountRow, Claim, Owner, TokenPlace};
pub use adopt::CanonicalRow;
pub use compare::{Summary, WeekTotal};
pub use error::SyncWriteError;
pub use lock::SyncLock;
pub use page::{Page, PageApplied, PageItem, Sits};
pub use partner::{MemberRow, Membership, PartnershipRow, ShareRow};
pub use push::{Answer, AnswerOutcome, Answered, FinalOutcome, RejectedRow, SyncCounts};
pub use seats::{ClockRow, SeatRow};
pub use shown::{Overlay, OwnShare, ShownSit};
pub use state::{Cursor, SyncFault, SyncState};
