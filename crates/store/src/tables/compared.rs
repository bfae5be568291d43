//! What two sides compare of the own `sessions`: neither notes nor plans, which make rows long.

use std::ops::ControlFlow;

use mitta_domain::session::Words;
use mitta_domain::{Seconds, Session, SessionStart, Sharing, Source, UnixMillis};
use rusqlite::Connection;

use super::{seconds, sessions};
use crate::cells::{Cells, Columns};
use crate::error::ReadError;

static COMPARED: Columns = Columns {
    table: "sessions",
    names: &[
        "session_id",
        "started_at_ms",
        "local_date",
        "planned_s",
        "together_id",
        "ended_at_ms",
        "completion_credited_s",
        "paused_s",
        "asleep_s",
        "overtime_s",
        "words_hlc_ms",
        "words_device_id",
        "words_device_seq",
        "corrected_credited_s",
        "credited_hlc_ms",
        "credited_device_id",
        "credited_device_seq",
        "deleted",
        "deleted_hlc_ms",
        "deleted_device_id",
        "deleted_device_seq",
        "shared",
        "note_shared",
        "sharing_hlc_ms",
        "sharing_device_id",
        "sharing_device_seq",
    ],
};

/// Shows every own session, deleted and running ones too, with what a digest and a total are made of.
/// What they leave out is left empty.
pub(crate) fn each(
    connection: &Connection,
    mut visit: impl FnMut(&Session),
) -> Result<(), ReadError> {
    let sql = format!("SELECT {} FROM sessions", COMPARED.list());
    COMPARED.each(connection, &sql, [], |cells| {
        visit(&read(cells)?);
        Ok(ControlFlow::Continue(()))
    })
}

fn read(cells: &mut Cells<'_>) -> Result<Session, ReadError> {
    let session_id: mitta_domain::SessionId = cells.convert(|text: String| text.parse().ok())?;
    let start = SessionStart {
        session_id,
        device_id: mitta_domain::DeviceId::from_uuid(uuid::Uuid::nil()),
        source: Source::Timer,
        started_at_ms: UnixMillis(cells.next()?),
        tz: String::new(),
        utc_offset_s: 0,
        local_date: cells.convert(|text: String| text.parse().ok())?,
        planned_s: cells.convert_if_there(|s: u32| s.try_into().ok())?,
        together_id: cells.convert_if_there(|text: String| text.parse().ok())?,
        replaces: None,
    };
    let completion = sessions::read_completion(cells)?;
    let words_stamp = sessions::read_stamp(cells)?;
    let credited_override_s: Option<Seconds> = cells.convert_if_there(seconds)?;
    let credited_stamp = sessions::read_stamp(cells)?;
    let deleted = cells.next()?;
    let deleted_stamp = sessions::read_stamp(cells)?;
    let sharing: Sharing = sessions::read_sharing(cells)?;
    Ok(Session {
        start,
        plan: None,
        completion,
        credited_override_s,
        words: Words::default(),
        sharing,
        deleted,
        words_stamp,
        credited_stamp,
        sharing_stamp: sessions::read_stamp(cells)?,
        deleted_stamp,
    })
}
