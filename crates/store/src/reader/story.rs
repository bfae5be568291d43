//! What became of one session's ops, for a person who asks what happened to it.

use mitta_domain::SessionId;

use super::{OutboxRow, Reader};
use crate::RejectedRow;
use crate::error::ReadError;
use crate::tables::{offers, outbox, rejected};

impl Reader {
    /// The ops of a session that no server has answered, in order.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn waiting_of(&self, session_id: SessionId) -> Result<Vec<OutboxRow>, ReadError> {
        outbox::of(&self.connection, session_id)
    }

    /// The ops of a session that a server refused, in order.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn refused_of(&self, session_id: SessionId) -> Result<Vec<RejectedRow>, ReadError> {
        rejected::of(&self.connection, session_id)
    }

    /// Whether a session is to be offered again to a server that may have lost it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn is_to_be_offered(&self, session_id: SessionId) -> Result<bool, ReadError> {
        offers::has(&self.connection, session_id)
    }
}
