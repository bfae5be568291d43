//! Sittings together that were joined, and the clock that their starts stand on.

use mitta_domain::TogetherId;

use super::account::known_of;
use super::{Owner, SyncWriteError};
use crate::error::ReadError;
use crate::tables::{account, seats, server_clock};
use crate::{Reader, Writer};

pub use crate::tables::seats::SeatRow;
pub use crate::tables::server_clock::ClockRow;

impl Reader {
    /// The sittings together that were joined, by their start; those that are over too, until they are
    /// given up.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn seats(&self) -> Result<Vec<SeatRow>, ReadError> {
        seats::all(&self.connection)
    }

    /// How the clock of the account's server stands to this computer's; `None` before it was measured.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn server_clock(&self) -> Result<Option<ClockRow>, ReadError> {
        match account::find(&self.connection)? {
            Some(account) => server_clock::find(&self.connection, account.server_id),
            None => Ok(None),
        }
    }
}

impl Writer {
    /// Takes a seat, or takes it again with what is known of it now.
    ///
    /// # Errors
    /// [`SyncWriteError::OtherAccount`] or [`SyncWriteError::NotSignedIn`] where the folder is not
    /// `owner`'s (I10); or what the disk says.
    pub fn take_seat(&mut self, owner: Owner, seat: &SeatRow) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            known_of(tx, owner)?;
            Ok(seats::save(tx, seat)?)
        })
    }

    /// Gives a seat up, and says whether there was one.
    ///
    /// # Errors
    /// As of [`Writer::take_seat`].
    pub fn give_up_seat(
        &mut self,
        owner: Owner,
        together_id: TogetherId,
    ) -> Result<bool, SyncWriteError> {
        self.transaction(|tx| {
            known_of(tx, owner)?;
            Ok(seats::remove(tx, together_id)?)
        })
    }

    /// Makes the seats what the server says they are, and says whether that is anything else than
    /// before.
    ///
    /// # Errors
    /// As of [`Writer::take_seat`].
    pub fn replace_seats(&mut self, owner: Owner, new: &[SeatRow]) -> Result<bool, SyncWriteError> {
        self.transaction(|tx| {
            known_of(tx, owner)?;
            let old = seats::all(tx)?;
            if old.len() == new.len() && new.iter().all(|seat| old.contains(seat)) {
                return Ok(false);
            }
            seats::remove_all(tx)?;
            for seat in new {
                seats::save(tx, seat)?;
            }
            Ok(true)
        })
    }

    /// Notes how the server's clock stands to this computer's.
    ///
    /// # Errors
    /// As of [`Writer::take_seat`].
    pub fn clock_measured(&mut self, owner: Owner, clock: &ClockRow) -> Result<(), SyncWriteError> {
        self.transaction(|tx| {
            known_of(tx, owner)?;
            Ok(server_clock::save(tx, owner.server_id, clock)?)
        })
    }
}
