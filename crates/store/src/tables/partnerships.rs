//! `partnerships`, `members` and `shares`: who shares what, as the server last said.

use chrono::{NaiveDate, Weekday};
use mitta_domain::{PartnershipId, PersonId, ShareId, UnixMillis};
use rusqlite::{Connection, params};

use super::{execute, from_name, name_of, seats, signed, unsigned};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static PARTNERSHIPS: Columns = Columns {
    table: "partnerships",
    names: &["partnership_id", "name", "week_start"],
};

static MEMBERS: Columns = Columns {
    table: "members",
    names: &[
        "person_id",
        "display_name",
        "weekly_goal_s",
        "share_since",
        "is_paused",
        "shows_sitting",
        "heard_at_ms",
    ],
};

static SHARES: Columns = Columns {
    table: "shares",
    names: &[
        "share_id",
        "person_id",
        "partnership_id",
        "generation",
        "share_since",
        "head_seq",
    ],
};

/// A partnership that the person is a member of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnershipRow {
    /// The partnership.
    pub partnership_id: PartnershipId,
    /// Its name.
    pub name: String,
    /// The first day of its weeks.
    pub week_start: Weekday,
    /// Its members, in the server's order.
    pub members: Vec<MemberRow>,
}

/// A member of a partnership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The person.
    pub person_id: PersonId,
    /// How partners see them.
    pub display_name: String,
    /// What they aim to sit in a week, in seconds.
    pub weekly_goal_s: Option<u32>,
    /// Sits of this date and later are shared.
    pub share_since: NaiveDate,
    /// Whether new sits are private at present; known of oneself only.
    pub is_paused: Option<bool>,
    /// Whether partners see that one is sitting; known of oneself only.
    pub shows_sitting: Option<bool>,
    /// When a device of theirs was last heard of, on the server's clock and rounded down; `None`: never,
    /// or oneself.
    pub heard_at_ms: Option<UnixMillis>,
}

/// A feed that the person may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRow {
    /// The share.
    pub share_id: ShareId,
    /// Whose sits it shows.
    pub person_id: PersonId,
    /// The partnership it is for; none for the feed of the own devices.
    pub partnership_id: Option<PartnershipId>,
    /// Counts up when the member changes since when sits are shared.
    pub generation: u32,
    /// Sits of this date and later; none for the feed of the own devices.
    pub share_since: Option<NaiveDate>,
    /// The position of its newest change, when it was last told.
    pub head_seq: u64,
}

/// All partnerships, by their id.
pub(crate) fn partnerships(connection: &Connection) -> Result<Vec<PartnershipRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM partnerships ORDER BY partnership_id",
        PARTNERSHIPS.list()
    );
    let mut found = PARTNERSHIPS.query(connection, &sql, [], |cells| {
        Ok(PartnershipRow {
            partnership_id: cells.convert(|text: String| text.parse().ok())?,
            name: cells.next()?,
            week_start: cells.convert(from_name)?,
            members: Vec::new(),
        })
    })?;
    let sql = format!(
        "SELECT {} FROM members WHERE partnership_id = ?1 ORDER BY place",
        MEMBERS.list()
    );
    for partnership in &mut found {
        let key = [partnership.partnership_id.to_string()];
        partnership.members = MEMBERS.query(connection, &sql, key, |cells| {
            Ok(MemberRow {
                person_id: cells.convert(|text: String| text.parse().ok())?,
                display_name: cells.next()?,
                weekly_goal_s: cells.next()?,
                share_since: cells.convert(|text: String| text.parse().ok())?,
                is_paused: cells.next()?,
                shows_sitting: cells.next()?,
                heard_at_ms: cells.next::<Option<i64>>()?.map(UnixMillis),
            })
        })?;
    }
    Ok(found)
}

/// All shares, by their id.
pub(crate) fn shares(connection: &Connection) -> Result<Vec<ShareRow>, ReadError> {
    let sql = format!("SELECT {} FROM shares ORDER BY share_id", SHARES.list());
    SHARES.query(connection, &sql, [], |cells| {
        Ok(ShareRow {
            share_id: cells.convert(|text: String| text.parse().ok())?,
            person_id: cells.convert(|text: String| text.parse().ok())?,
            partnership_id: cells.convert_if_there(|text: String| text.parse().ok())?,
            generation: cells.next()?,
            share_since: cells.convert_if_there(|text: String| text.parse().ok())?,
            head_seq: cells.convert(unsigned)?,
        })
    })
}

/// Writes a share, whether it is there or not; its partnership must be.
pub(crate) fn save_share(connection: &Connection, share: &ShareRow) -> Result<(), WriteError> {
    let sql = format!(
        "INSERT INTO shares ({}) VALUES ({}) ON CONFLICT (share_id) DO UPDATE SET \
         person_id = ?2, partnership_id = ?3, generation = ?4, share_since = ?5, head_seq = ?6",
        SHARES.list(),
        "?1, ?2, ?3, ?4, ?5, ?6"
    );
    let values = params![
        share.share_id.to_string(),
        share.person_id.to_string(),
        share.partnership_id.map(|id| id.to_string()),
        share.generation,
        share.share_since.map(|date| date.to_string()),
        signed(share.head_seq)
    ];
    one_row(SHARES.table, execute(connection, &sql, values)?)
}

/// Removes a share with its rows and its cursor; it must be there.
pub(crate) fn remove_share(connection: &Connection, share_id: ShareId) -> Result<(), WriteError> {
    let share_id = share_id.to_string();
    execute(
        connection,
        "DELETE FROM partner_sessions WHERE share_id = ?1",
        [&share_id],
    )?;
    execute(
        connection,
        "DELETE FROM cursors WHERE share_id = ?1",
        [&share_id],
    )?;
    let changed = execute(
        connection,
        "DELETE FROM shares WHERE share_id = ?1",
        [&share_id],
    )?;
    one_row(SHARES.table, changed)
}

/// Writes a partnership and who is in it.
pub(crate) fn save_partnership(
    connection: &Connection,
    partnership: &PartnershipRow,
) -> Result<(), WriteError> {
    let partnership_id = partnership.partnership_id.to_string();
    let sql = "INSERT INTO partnerships (partnership_id, name, week_start) VALUES (?1, ?2, ?3) \
               ON CONFLICT (partnership_id) DO UPDATE SET name = ?2, week_start = ?3";
    let values = params![
        partnership_id,
        partnership.name,
        name_of(&partnership.week_start)?
    ];
    one_row(PARTNERSHIPS.table, execute(connection, sql, values)?)?;
    remove_members(connection, &partnership_id)?;
    let sql = "INSERT INTO members (partnership_id, place, person_id, display_name, weekly_goal_s, \
               share_since, is_paused, shows_sitting, heard_at_ms) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    for (place, member) in (0u32..).zip(&partnership.members) {
        let values = params![
            partnership_id,
            place,
            member.person_id.to_string(),
            member.display_name,
            member.weekly_goal_s,
            member.share_since.to_string(),
            member.is_paused,
            member.shows_sitting,
            member.heard_at_ms.map(|at| at.0)
        ];
        one_row(MEMBERS.table, execute(connection, sql, values)?)?;
    }
    Ok(())
}

/// Removes a partnership that no share belongs to any more, with the seats in it; it must be there.
pub(crate) fn remove_partnership(
    connection: &Connection,
    partnership_id: PartnershipId,
) -> Result<(), WriteError> {
    let partnership_id = partnership_id.to_string();
    remove_members(connection, &partnership_id)?;
    seats::remove_of(connection, &partnership_id)?;
    let sql = "DELETE FROM partnerships WHERE partnership_id = ?1";
    one_row(
        PARTNERSHIPS.table,
        execute(connection, sql, [partnership_id])?,
    )
}

fn remove_members(connection: &Connection, partnership_id: &str) -> Result<(), WriteError> {
    let sql = "DELETE FROM members WHERE partnership_id = ?1";
    execute(connection, sql, [partnership_id]).map(drop)
}
