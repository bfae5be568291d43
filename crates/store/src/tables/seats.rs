//! `seats`: the sittings together that were joined.

use mitta_domain::{PartnershipId, PersonId, PlannedLength, TogetherBells, TogetherId, UnixMillis};
use rusqlite::{Connection, params};

use super::{execute, seconds};
use crate::cells::{Cells, Columns};
use crate::error::{ReadError, WriteError, one_row};

static SEATS: Columns = Columns {
    table: "seats",
    names: &[
        "together_id",
        "partnership_id",
        "proposed_by",
        "starts_at_ms",
        "planned_s",
        "start_strikes",
        "end_strikes",
        "interval_every_s",
    ],
};

/// A sitting together that was joined: all that is needed to begin it, whatever the network does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatRow {
    /// Which.
    pub together_id: TogetherId,
    /// In which partnership.
    pub partnership_id: PartnershipId,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// Its start on the server's clock.
    pub starts_at_ms: UnixMillis,
    /// Its length.
    pub planned_s: PlannedLength,
    /// When its bells ring.
    pub bells: TogetherBells,
}

fn read(cells: &mut Cells<'_>) -> Result<SeatRow, ReadError> {
    Ok(SeatRow {
        together_id: cells.convert(|text: String| text.parse().ok())?,
        partnership_id: cells.convert(|text: String| text.parse().ok())?,
        proposed_by: cells.convert(|text: String| text.parse().ok())?,
        starts_at_ms: UnixMillis(cells.next()?),
        planned_s: cells.convert(|s: u32| s.try_into().ok())?,
        bells: TogetherBells {
            start_strikes: cells.next()?,
            end_strikes: cells.next()?,
            interval_every_s: cells.convert_if_there(seconds)?,
        },
    })
}

/// All seats, by their start.
pub(crate) fn all(connection: &Connection) -> Result<Vec<SeatRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM seats ORDER BY starts_at_ms, together_id",
        SEATS.list()
    );
    SEATS.query(connection, &sql, [], read)
}

/// Writes a seat, whether it is there or not.
pub(crate) fn save(connection: &Connection, seat: &SeatRow) -> Result<(), WriteError> {
    let sql = format!(
        "INSERT OR REPLACE INTO seats ({}) VALUES ({})",
        SEATS.list(),
        SEATS.marks()
    );
    let values = params![
        seat.together_id.to_string(),
        seat.partnership_id.to_string(),
        seat.proposed_by.to_string(),
        seat.starts_at_ms.0,
        seat.planned_s.seconds().0,
        seat.bells.start_strikes,
        seat.bells.end_strikes,
        seat.bells.interval_every_s.map(|s| s.0)
    ];
    one_row(SEATS.table, execute(connection, &sql, values)?)
}

/// Gives a seat up, and says whether there was one.
pub(crate) fn remove(connection: &Connection, together_id: TogetherId) -> Result<bool, WriteError> {
    let sql = "DELETE FROM seats WHERE together_id = ?1";
    match execute(connection, sql, [together_id.to_string()])? {
        0 => Ok(false),
        changed => one_row(SEATS.table, changed).map(|()| true),
    }
}

/// Gives up those of a partnership.
pub(crate) fn remove_of(connection: &Connection, partnership_id: &str) -> Result<(), WriteError> {
    let sql = "DELETE FROM seats WHERE partnership_id = ?1";
    execute(connection, sql, [partnership_id]).map(drop)
}

/// Gives all of them up.
pub(crate) fn remove_all(connection: &Connection) -> Result<(), WriteError> {
    execute(connection, "DELETE FROM seats", []).map(drop)
}
