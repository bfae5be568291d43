//! Why something that a server said was not taken over. Nothing of it was kept.

use mitta_domain::{PersonId, SessionId, ShareId};
use uuid::Uuid;

use crate::error::{ReadError, WriteError};

/// Why a sign-in, a page or a cursor was refused.
#[derive(Debug, thiserror::Error)]
pub enum SyncWriteError {
    /// The folder belongs to nobody yet.
    #[error("nobody has signed in here")]
    NotSignedIn,
    /// The folder belongs to somebody else, or to an account on another server (I10).
    #[error("this data folder belongs to another account: use another profile for this one")]
    OtherAccount {
        /// Their server.
        server_id: Uuid,
        /// Who they are there.
        person_id: PersonId,
    },
    /// Another server answered than the one that the folder belongs to.
    #[error("another server answers than the one that this data folder belongs to")]
    OtherServer {
        /// The folder's.
        expected: Uuid,
        /// The one that answered.
        found: Uuid,
    },
    /// The page was asked for from another place than the share has been read to, for instance because
    /// another process was faster.
    #[error("the share {share_id} has been read to another place in the meantime")]
    CursorMoved {
        /// The share.
        share_id: ShareId,
        /// Where it is.
        seq: u64,
        /// In which life of the server's database.
        epoch: Option<String>,
    },
    /// The answers are of another life of the server's database than the one that is known here: what
    /// they say of an op is no longer so.
    #[error("the server's database lives another life than the one that gave these answers")]
    OtherLife {
        /// The life that is known here.
        epoch: Option<String>,
    },
    /// The page ends before it begins.
    #[error("a page after {asked_after} cannot end at {next_after}")]
    Backwards {
        /// Where it was asked for.
        asked_after: u64,
        /// Where it says it ends.
        next_after: u64,
    },
    /// A page of a share that nobody has shared with this person.
    #[error("the share {0} is not one that this account may read")]
    UnknownShare(ShareId),
    /// A row that does not belong into that share: somebody else's in the own feed, or the reverse (I10).
    #[error("the share {share_id} cannot hold the row of {session_id}")]
    Misplaced {
        /// The share.
        share_id: ShareId,
        /// The row.
        session_id: SessionId,
    },
    /// A row that breaks a rule which every row here keeps.
    #[error("a row cannot be kept here ({0})")]
    Unfit(String),
    /// What the disk or the database says.
    #[error(transparent)]
    Write(WriteError),
}

fn breaks_a_rule(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{
        SQLITE_CONSTRAINT_CHECK, SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_NOTNULL,
        SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE,
    };
    error.sqlite_error().is_some_and(|error| {
        matches!(
            error.extended_code,
            SQLITE_CONSTRAINT_CHECK
                | SQLITE_CONSTRAINT_FOREIGNKEY
                | SQLITE_CONSTRAINT_NOTNULL
                | SQLITE_CONSTRAINT_PRIMARYKEY
                | SQLITE_CONSTRAINT_UNIQUE
        )
    })
}

impl From<WriteError> for SyncWriteError {
    fn from(error: WriteError) -> Self {
        match error {
            // The checks of the database stand behind those of the program: what breaks one is what
            // the server said, not the disk.
            WriteError::Sqlite(error) if breaks_a_rule(&error) => Self::Unfit(error.to_string()),
            other => Self::Write(other),
        }
    }
}

impl From<ReadError> for SyncWriteError {
    fn from(error: ReadError) -> Self {
        WriteError::from(error).into()
    }
}
