//! What a device shows: the server's row with its own unsent ops on top.

use super::{Applied, apply};
use crate::op::{Change, Op};
use crate::session::{Session, Stamp};

/// Folds a device's unsent `ops`, in their order, onto the server's row (`None`: it has none).
///
/// The clocks do not decide here: a person sees what they wrote until the server has answered, and
/// only the server orders edits. An op whose group has a later stamp of another device is therefore
/// counted as written just after it. What the row has already, of this op or a later one of the same
/// device, stays as it is there; what cannot be applied is left out, and the server will say why.
pub fn overlay<'a>(row: Option<Session>, ops: impl IntoIterator<Item = &'a Op>) -> Option<Session> {
    ops.into_iter().fold(row, |row, op| {
        let Some(op) = on_top(row.as_ref(), op) else {
            return row;
        };
        match apply(row.clone(), &op) {
            Applied::Applied { session, .. } => Some(*session),
            Applied::Duplicate | Applied::Superseded { .. } | Applied::Rejected(_) => row,
        }
    })
}

/// The op, moved behind what another device wrote; `None` where its group has it already.
fn on_top(row: Option<&Session>, op: &Op) -> Option<Op> {
    if row.is_some_and(|row| has(row, op)) {
        return None;
    }
    let known = row.map_or(Stamp::UNWRITTEN, |row| group_stamp(row, &op.change));
    let mut op = op.clone();
    if op.stamp < known {
        op.stamp.hlc_ms = known.hlc_ms.saturating_add(1);
    }
    Some(op)
}

/// Whether the row has what an edit wrote, or what the same device wrote in its place, also where a
/// server has set its clock back ([`super::clamp`]): the number stays.
pub fn has(row: &Session, op: &Op) -> bool {
    let known = group_stamp(row, &op.change);
    known.device_id == op.stamp.device_id && known.device_seq >= op.stamp.device_seq
}

fn group_stamp(row: &Session, change: &Change) -> Stamp {
    match change {
        Change::Words { .. } => row.words_stamp,
        Change::Credited { .. } => row.credited_stamp,
        Change::Sharing { .. } => row.sharing_stamp,
        Change::Deleted { .. } => row.deleted_stamp,
        Change::Start { .. } | Change::Complete { .. } | Change::Sat { .. } => Stamp::UNWRITTEN,
    }
}

#[cfg(test)]
mod tests;
