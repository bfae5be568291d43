//! What a device's database holds, read as any other program would read it.

use std::collections::BTreeMap;

use mitta_domain::session::Session;
use mitta_domain::totals::DayTotal;
use mitta_domain::{SessionEvent, SessionId};
use rusqlite::Connection;

use super::{Broken, World};

/// A device's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Every own session, deleted ones too.
    pub sessions: BTreeMap<SessionId, Session>,
    /// What happened in those.
    pub events: BTreeMap<SessionId, Vec<SessionEvent>>,
    /// The totals that it shows.
    pub days: Vec<DayTotal>,
    /// How many ops wait.
    pub outbox: usize,
    /// The refused ops: code and payload.
    pub rejected: Vec<(String, String)>,
    /// What lost, session by session, as text.
    pub revisions: BTreeMap<SessionId, Vec<String>>,
    /// Rows of partners: share, session, date, credited seconds, note, label.
    pub partner_sits: Vec<PartnerSit>,
}

/// A row of `partner_sessions`, in the words of its columns.
pub type PartnerSit = (
    String,
    String,
    i64,
    i64,
    String,
    Option<i64>,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl World {
    /// All devices' data.
    pub(super) fn look_at_all(&mut self) -> Result<BTreeMap<usize, Look>, Broken> {
        (0..self.devices.len())
            .map(|device| Ok((device, self.look_at(device)?)))
            .collect()
    }

    /// The sessions that a device shows, by id.
    pub(super) fn known_sessions(&mut self, device: usize) -> Result<Vec<SessionId>, Broken> {
        let (connection, _) = self.devices[device].look_in(self.now_ms)?;
        ids(connection)
    }

    /// Of those, the ones that replace another or are replaced.
    pub(super) fn corrected_sessions(&mut self, device: usize) -> Result<Vec<SessionId>, Broken> {
        let (connection, _) = self.devices[device].look_in(self.now_ms)?;
        let texts: Vec<String> = rows(
            connection,
            "SELECT session_id FROM sessions WHERE replaces IS NOT NULL \
             OR session_id IN (SELECT replaces FROM sessions) ORDER BY session_id",
            |row| row.get(0),
        )?;
        texts
            .iter()
            .map(|text| text.parse().map_err(looking))
            .collect()
    }

    pub(super) fn look_at(&mut self, device: usize) -> Result<Look, Broken> {
        let reading = |error| Broken::new(format!("looking at device {device}"), error);
        let (connection, reader) = self.devices[device].look_in(self.now_ms)?;
        let mut sessions = BTreeMap::new();
        let mut events = BTreeMap::new();
        for session_id in ids(connection)? {
            let session = reader.session(session_id).map_err(reading)?;
            sessions.extend(session.map(|session| (session_id, session)));
            let of_session = reader.events(session_id).map_err(reading)?;
            events.insert(session_id, of_session);
        }
        let first = "1970-01-01".parse().map_err(looking)?;
        let last = "9999-12-31".parse().map_err(looking)?;
        let days = reader.day_totals(first, last).map_err(reading)?;
        let mut revisions = BTreeMap::<_, Vec<_>>::new();
        for (session_id, change) in rows(
            connection,
            "SELECT session_id, change FROM session_revisions ORDER BY session_id, revision_seq",
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )? {
            let session_id = session_id.parse().map_err(looking)?;
            revisions.entry(session_id).or_default().push(change);
        }
        Ok(Look {
            sessions,
            events,
            days,
            outbox: reader.outbox().map_err(reading)?.len(),
            rejected: rows(
                connection,
                "SELECT code, CAST(payload AS TEXT) FROM outbox_rejected ORDER BY device_seq",
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?,
            revisions,
            partner_sits: rows(
                connection,
                "SELECT share_id, session_id, started_at_ms, utc_offset_s, local_date, planned_s, credited_s, \
                 together_id, note, label FROM partner_sessions ORDER BY share_id, session_id",
                |row| {
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get(3)?,
                        row.get(4)?,
                        row.get(5)?,
                        row.get(6)?,
                        row.get(7)?,
                        row.get(8)?,
                        row.get(9)?,
                    ))
                },
            )?,
        })
    }
}

fn ids(connection: &Connection) -> Result<Vec<SessionId>, Broken> {
    let texts: Vec<String> = rows(
        connection,
        "SELECT session_id FROM sessions ORDER BY session_id",
        |row| row.get(0),
    )?;
    texts
        .iter()
        .map(|text| text.parse().map_err(looking))
        .collect()
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    row: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Broken> {
    let mut statement = connection.prepare_cached(sql).map_err(looking)?;
    let found = statement.query_map([], row).map_err(looking)?;
    found.collect::<Result<_, _>>().map_err(looking)
}

pub(super) fn looking(error: impl std::fmt::Display) -> Broken {
    Broken::new("looking", error)
}
