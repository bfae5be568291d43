//! What holds the outbox up, and how it is taken out of the way.

use mitta_domain::UnixMillis;

use crate::Writer;
use crate::error::WriteError;
use crate::tables::{outbox, sync_state};

/// The code of an op that no server was asked about.
const UNREADABLE: &str = "unreadable";

impl Writer {
    /// Puts no op off any longer, on the person's word.
    ///
    /// # Errors
    /// What the disk says.
    pub fn offer_now(&mut self) -> Result<(), WriteError> {
        self.transaction(|tx| outbox::put_none_off(tx))
    }

    /// Puts what waits and cannot be read as an op among the refused ones, as the bytes that it is: no
    /// server would take it, and the others would wait behind it (I5). Says how many there were.
    ///
    /// # Errors
    /// What the disk says.
    pub fn set_unreadable_aside(&mut self, at_ms: UnixMillis) -> Result<u32, WriteError> {
        self.transaction(|tx| {
            let unreadable = outbox::unreadable(tx)?;
            for op_id in &unreadable {
                outbox::set_aside(tx, op_id, UNREADABLE, at_ms)?;
            }
            if !unreadable.is_empty() {
                sync_state::count_change(tx)?;
            }
            Ok(u32::try_from(unreadable.len()).unwrap_or(u32::MAX))
        })
    }
}
