//! What was changed of a sit: from its rows and what lost against later edits, put into words' order.
//!
//! A corrected date is a new session in the place of a deleted one; here the two are one sit, and the
//! correction one change of it.

use std::collections::BTreeSet;

use mitta_domain::apply::Revision;
use mitta_domain::op::Change;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{DeviceId, Session, SessionId, Sharing, UnixMillis};
use mitta_transfer::IMPORT_DEVICE;

use super::{Shared, locked};
use crate::api::{ApiError, ChangeView, Changed, SessionChanges, SitDate};

/// A session, and what lost in it.
struct Row {
    session: Session,
    lost: Vec<Revision>,
}

impl Shared {
    pub(super) fn changes(&self, session_id: SessionId) -> Result<SessionChanges, ApiError> {
        let mut rows = vec![Row {
            session: self.session(session_id)?,
            lost: locked(&self.reader).revisions(session_id)?,
        }];
        let mut seen = BTreeSet::from([session_id]);
        while let Some(replaced) = rows.last().and_then(|row| row.session.start.replaces) {
            // A row of a broken server could point in a circle, and one may be on its way still.
            let reader = locked(&self.reader);
            let session = reader.session(replaced)?.filter(|_| seen.insert(replaced));
            let Some(session) = session else { break };
            let lost = reader.revisions(replaced)?;
            rows.push(Row { session, lost });
        }
        let here = locked(&self.reader).device_id()?;
        Ok(SessionChanges {
            changes: in_order(&rows, here),
        })
    }
}

/// The changes of a sit's rows, of which each stands in the place of the next, newest first.
fn in_order(rows: &[Row], here: Option<DeviceId>) -> Vec<ChangeView> {
    let mut found: Vec<(Stamp, Changed)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let older = rows.get(at + 1).map(|row| &row.session);
        of_words(row, older, &mut found);
        of_credited(row, older, &mut found);
        of_sharing(row, older, &mut found);
        // That a row which was replaced is deleted is no change of the sit.
        if at == 0 {
            of_deletion(row, &mut found);
        }
        if let Some(older) = older {
            let date = Changed::Date {
                now: date_of(&row.session),
                before: date_of(older),
            };
            found.push((older.deleted_stamp, date));
        }
        for revision in &row.lost {
            if let Change::Complete { completion, .. } | Change::Sat { completion, .. } =
                &revision.change
            {
                let credited_s = completion.credited_s;
                found.push((revision.stamp, Changed::OtherEnd { credited_s }));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    found
        .into_iter()
        .map(|(stamp, change)| ChangeView {
            at_ms: UnixMillis(stamp.hlc_ms),
            device_id: stamp.device_id,
            is_here: Some(stamp.device_id) == here,
            change,
        })
        .collect()
}

fn date_of(session: &Session) -> SitDate {
    SitDate {
        started_at_ms: session.start.started_at_ms,
        utc_offset_s: session.start.utc_offset_s,
        local_date: session.start.local_date.to_string(),
    }
}

/// From value to value of one group, in the order of their stamps; what says the same is no change.
fn steps<T: Clone + PartialEq>(
    row: &Row,
    first: T,
    now: (Stamp, T),
    value: impl Fn(&Change) -> Option<T>,
    change: impl Fn(T, T) -> Changed,
    found: &mut Vec<(Stamp, Changed)>,
) {
    let lost = row.lost.iter();
    let mut values: Vec<(Stamp, T)> = lost
        .filter_map(|revision| Some((revision.stamp, value(&revision.change)?)))
        .chain([now])
        .filter(|(stamp, _)| *stamp != Stamp::UNWRITTEN)
        .collect();
    values.sort_by_key(|(stamp, _)| *stamp);
    let mut before = first;
    for (stamp, value) in values {
        // Words that came with an imported sit are what it was recorded with.
        if value != before && stamp.device_id != IMPORT_DEVICE {
            found.push((stamp, change(value.clone(), before)));
        }
        before = value;
    }
}

fn of_words(row: &Row, older: Option<&Session>, found: &mut Vec<(Stamp, Changed)>) {
    let session = &row.session;
    let label = session.plan.as_ref().and_then(|it| it.choice.label.clone());
    let first = older.map_or_else(
        || Words {
            label,
            ..Words::default()
        },
        |older| older.words.clone(),
    );
    let value = |change: &Change| match change {
        Change::Words { words } => Some(words.clone()),
        _ => None,
    };
    let now = (session.words_stamp, session.words.clone());
    let change = |now, before| Changed::Words { now, before };
    steps(row, first, now, value, change, found);
}

fn of_credited(row: &Row, older: Option<&Session>, found: &mut Vec<(Stamp, Changed)>) {
    let session = &row.session;
    let Some(completion) = session.completion else {
        return;
    };
    let now = session.credited_override_s.unwrap_or(completion.credited_s);
    let before = older.and_then(|older| Some((older.completion?, older.credited_override_s)));
    let first = before.map_or(completion.credited_s, |(done, corrected)| {
        corrected.unwrap_or(done.credited_s)
    });
    let value = |change: &Change| match change {
        Change::Credited { credited_s } => Some(*credited_s),
        _ => None,
    };
    let change = |now, before| Changed::Credited { now, before };
    let now = (session.credited_stamp, now);
    steps(row, first, now, value, change, found);
}

fn of_sharing(row: &Row, older: Option<&Session>, found: &mut Vec<(Stamp, Changed)>) {
    let session = &row.session;
    let first = older.map_or_else(Sharing::default, |older| older.sharing);
    let value = |change: &Change| match change {
        Change::Sharing { sharing } => Some(*sharing),
        _ => None,
    };
    let now = (session.sharing_stamp, session.sharing);
    let change = |now, before| Changed::Sharing { now, before };
    steps(row, first, now, value, change, found);
}

fn of_deletion(row: &Row, found: &mut Vec<(Stamp, Changed)>) {
    let session = &row.session;
    let value = |change: &Change| match change {
        Change::Deleted { deleted } => Some(*deleted),
        _ => None,
    };
    let now = (session.deleted_stamp, session.deleted);
    let change = |now, _| Changed::Deleted { now };
    steps(row, false, now, value, change, found);
}

#[cfg(test)]
mod tests;
