//! The server: its real logic behind a store in memory, and the same behind a real Postgres.

use chrono::NaiveDate;
use mitta_domain::{DeviceId, PartnershipId, PersonId, ShareId};
use mitta_protocol::ErrorCode;
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};

mod backups;
mod host;
mod http;
mod member;
mod memory;
mod postgres;
mod pull;
mod push;
mod rows;
mod scripted;
mod tables;

pub use host::Host;
pub use memory::Memory;
pub use postgres::Postgres;
pub use tables::{ChangeRow, FeedKey, Membership, ShareRow, Tables};

/// Why the server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It answers with this code.
    #[error("the server answers {}", .0.name())]
    Code(ErrorCode),
    /// Something that must not happen.
    #[error("the server broke: {0}")]
    Broken(String),
}

/// What becomes of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// It is committed.
    Done,
    /// The server dies before it.
    Lost,
}

/// A change of who shares what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A person makes a partnership.
    Found {
        /// The new partnership.
        partnership_id: PartnershipId,
        /// The new share.
        share_id: ShareId,
        /// Sits of this date and later.
        since: NaiveDate,
    },
    /// A person joins one (invited by a member who confirms).
    Join {
        /// Which.
        partnership_id: PartnershipId,
        /// The new shares, of every member by their ids.
        share_ids: Vec<ShareId>,
        /// Who invited and confirms.
        inviter: PersonId,
        /// Sits of this date and later.
        since: NaiveDate,
    },
    /// A person leaves.
    Leave {
        /// Which.
        partnership_id: PartnershipId,
    },
    /// A person shares sits since another date.
    Since {
        /// Where.
        partnership_id: PartnershipId,
        /// The new share.
        share_id: ShareId,
        /// Sits of this date and later.
        since: NaiveDate,
    },
    /// A person pauses sharing, or goes on.
    Pause {
        /// Where.
        partnership_id: PartnershipId,
        /// Whether it is paused from now on.
        is_paused: bool,
    },
}

/// A server with its database.
pub trait Server {
    /// `POST /v1/push` of a person, with the body as it was sent.
    ///
    /// # Errors
    /// [`Refusal`].
    fn push(
        &mut self,
        by: (PersonId, DeviceId),
        body: &[u8],
        now_ms: i64,
        commit: Commit,
    ) -> Result<PushAnswer, Refusal>;
    /// `GET /v1/pull`.
    ///
    /// # Errors
    /// [`Refusal`].
    fn pull(&mut self, by: PersonId, query: &PullQuery, now_ms: i64)
    -> Result<PullAnswer, Refusal>;
    /// `GET /v1/weeks`.
    ///
    /// # Errors
    /// [`Refusal`].
    fn weeks(&mut self, by: PersonId, query: &WeeksQuery) -> Result<WeeksAnswer, Refusal>;
    /// `GET /v1/sits`.
    ///
    /// # Errors
    /// [`Refusal`].
    fn sits(&mut self, by: PersonId, query: &SitsQuery) -> Result<SitsAnswer, Refusal>;
    /// Changes who shares what.
    ///
    /// # Errors
    /// [`Refusal`].
    fn act(&mut self, by: PersonId, act: &Act, now_ms: i64) -> Result<(), Refusal>;
    /// Makes a backup.
    ///
    /// # Errors
    /// [`Refusal`].
    fn back_up(&mut self) -> Result<(), Refusal>;
    /// Puts a backup, counted from 0, in the place of the database, in a new epoch. Later backups are
    /// forgotten.
    ///
    /// # Errors
    /// [`Refusal`].
    fn restore(&mut self, backup: usize) -> Result<(), Refusal>;
}
