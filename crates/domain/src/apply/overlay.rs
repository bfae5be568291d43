//! What a device shows: the server's row with its own unsent ops on top.

use super::{Applied, apply};
use crate::op::{Change, Op};
use crate::session::{Session, Stamp};

/// Folds a device's unsent `ops`, in their order, onto the server's row (`None`: it has none).
///
/// The clocks do not decide here: a person sees what they wrote until the server has answered, and
/// only the server orders edits. An op whose group has a later stamp is therefore counted as written
/// just after it. What cannot be applied is left out; the server will say why.
pub fn overlay<'a>(row: Option<Session>, ops: impl IntoIterator<Item = &'a Op>) -> Option<Session> {
    ops.into_iter().fold(row, |row, op| {
        let op = after(row.as_ref(), op);
        match apply(row.clone(), &op) {
            Applied::Applied { session, .. } => Some(*session),
            Applied::Duplicate | Applied::Superseded { .. } | Applied::Rejected(_) => row,
        }
    })
}

/// The op, moved behind what its group says now, unless that is the op's own doing.
fn after(row: Option<&Session>, op: &Op) -> Op {
    let mut op = op.clone();
    let known = row.map_or(Stamp::UNWRITTEN, |row| group_stamp(row, &op.change));
    let is_own = (known.device_id, known.device_seq) == (op.stamp.device_id, op.stamp.device_seq);
    if is_own {
        op.stamp = known;
    } else if op.stamp < known {
        op.stamp.hlc_ms = known.hlc_ms.saturating_add(1);
    }
    op
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
