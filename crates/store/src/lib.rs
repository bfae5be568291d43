//! The local history in `SQLite`: sessions, their events, the ops that wait for a server, settings,
//! what is needed to take up a sit after a crash, and what others share.
//!
//! Must hold: a session change, its event and its op are one transaction (I4); every write checks
//! how many rows it touched (I1); what a call has returned survives `kill -9` (I2). Only a
//! [`Writer`] can write and only a [`Reader`] lists, and SQL shapes never leave this crate.

mod cells;
pub mod copies;
mod data_dir;
mod error;
mod lock;
mod open;
mod own_files;
mod presets;
mod reader;
mod reminders;
mod sync;
mod tables;
mod writer;

pub use data_dir::DataDir;
pub use error::{OpenError, ReadError, WriteError};
pub use lock::{LockError, SittingLock, TransferLock, Vacancy};
pub use open::{DEFAULT_BUSY_TIMEOUT, Opened, Opening, language};
pub use own_files::{ChosenError, is_same_file};
pub use presets::KEPT_AFTER_DELETION_MS;
pub use reader::{
    GoneImport, HistoryEntry, HistoryFilter, ImportRow, LabelCount, MAX_SEARCH_CHARS, NewImport,
    OutboxRow, Position, Presence, Reader,
};
pub use sync::{
    AccountRow, Answer, AnswerOutcome, Answered, CanonicalRow, Claim, ClockRow, Cursor,
    FinalOutcome, MemberRow, Membership, Overlay, OwnShare, Owner, Page, PageApplied, PageItem,
    PartnershipRow, RejectedRow, SeatRow, ShareRow, ShownSit, Sits, Summary, SyncCounts, SyncFault,
    SyncLock, SyncState, SyncWriteError, TokenPlace, WeekTotal,
};
pub use writer::{
    Edit, ImportStep, Imported, NewSession, PastOps, PastSit, PastTime, Replaced, Stamped, Writer,
};
