//! The local history in `SQLite`: sessions, their events, the ops that wait for a server, settings,
//! what is needed to take up a sit after a crash, and what others share.
//!
//! Must hold: a session change, its event and its op are one transaction (I4); every write checks
//! how many rows it touched (I1); what a call has returned survives `kill -9` (I2). Only a
//! [`Writer`] can write and only a [`Reader`] lists, and SQL shapes never leave this crate.

mod cells;
mod data_dir;
mod error;
mod lock;
mod open;
mod reader;
mod sync;
mod tables;
mod writer;

pub use data_dir::DataDir;
pub use error::{OpenError, ReadError, WriteError};
pub use lock::{LockError, SittingLock, Vacancy};
pub use open::{DEFAULT_BUSY_TIMEOUT, Opened, Opening};
pub use reader::{HistoryEntry, OutboxRow, Position, Reader};
pub use sync::{
    AccountRow, Answer, AnswerOutcome, Answered, CanonicalRow, Claim, Cursor, FinalOutcome,
    MemberRow, Membership, Owner, Page, PageApplied, PageItem, PartnershipRow, RejectedRow,
    ShareRow, Sits, Summary, SyncCounts, SyncFault, SyncLock, SyncState, SyncWriteError,
    TokenPlace, WeekTotal,
};
pub use writer::{Edit, NewSession, Stamped, Writer};
