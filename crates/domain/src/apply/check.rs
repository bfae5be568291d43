//! What can be judged by an op alone. Whatever passes fits the columns of both databases.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};

use super::Rejection;
use crate::event::{MAX_EVENTS, SessionEvent};
use crate::op::{Change, Op, version_of};
use crate::plan::Plan;
use crate::session::{Completion, SessionStart};
use crate::units::{Seconds, UnixMillis};

/// The furthest that a zone may be from UTC, in seconds.
const MAX_UTC_OFFSET_S: u32 = 18 * 3600;
/// The longest zone name, in bytes.
const MAX_TZ_BYTES: usize = 64;
/// The end of the year 9999.
const MAX_MS: i64 = 253_402_300_799_999;
/// The most seconds of pause or sleep: what a signed 32-bit column holds, 68 years.
const MAX_COUNT_S: u32 = i32::MAX.unsigned_abs();
/// How far the civil date may be from that of the start: the day-start hour and the preparation
/// move it by one, a change of the zone database perhaps by another.
const MAX_DAYS_APART: i64 = 2;

pub(super) fn check(op: &Op) -> Result<(), Rejection> {
    if op.v != version_of(&op.session) {
        return Err(Rejection::UnknownVersion);
    }
    let is_countable = (1..=i64::MAX.unsigned_abs()).contains(&op.stamp.device_seq);
    if op.stamp.hlc_ms < 0 || !is_countable {
        return Err(Rejection::InvalidStamp);
    }
    check_start(&op.session)?;
    match &op.change {
        Change::Start { plan } => check_plan(plan.as_ref(), &op.session),
        Change::Complete { completion, events } => {
            check_completion(*completion)?;
            check_events(events)
        }
        Change::Sat {
            plan,
            completion,
            events,
        } => {
            check_plan(plan.as_ref(), &op.session)?;
            check_completion(*completion)?;
            check_events(events)
        }
        Change::Credited { credited_s } => check_credited(*credited_s, 1),
        Change::Words { .. } | Change::Sharing { .. } | Change::Deleted { .. } => Ok(()),
    }
}

fn check_start(start: &SessionStart) -> Result<(), Rejection> {
    let SessionStart {
        tz, utc_offset_s, ..
    } = start;
    if start.replaces == Some(start.session_id) {
        return Err(Rejection::OtherSession);
    }
    let is_name =
        !tz.is_empty() && tz.len() <= MAX_TZ_BYTES && tz.bytes().all(|b| b.is_ascii_graphic());
    if !is_name || utc_offset_s.unsigned_abs() > MAX_UTC_OFFSET_S {
        return Err(Rejection::InvalidZone);
    }
    let date = civil_date(start.started_at_ms, *utc_offset_s).ok_or(Rejection::InvalidTime)?;
    let apart = start.local_date.signed_duration_since(date);
    if apart.num_days().abs() > MAX_DAYS_APART || !(1970..=9999).contains(&start.local_date.year())
    {
        return Err(Rejection::InvalidTime);
    }
    Ok(())
}

fn civil_date(at: UnixMillis, utc_offset_s: i32) -> Option<NaiveDate> {
    check_time(at).ok()?;
    let local = DateTime::from_timestamp_millis(at.0)?
        .checked_add_signed(TimeDelta::seconds(utc_offset_s.into()))?;
    Some(local.date_naive())
}

fn check_time(at: UnixMillis) -> Result<(), Rejection> {
    if (0..=MAX_MS).contains(&at.0) {
        Ok(())
    } else {
        Err(Rejection::InvalidTime)
    }
}

fn check_plan(plan: Option<&Plan>, start: &SessionStart) -> Result<(), Rejection> {
    let is_possible =
        plan.is_none_or(|plan| plan.is_possible() && plan.choice.planned_s == start.planned_s);
    if is_possible {
        Ok(())
    } else {
        Err(Rejection::InvalidPlan)
    }
}

fn check_completion(completion: Completion) -> Result<(), Rejection> {
    check_time(completion.ended_at_ms)?;
    check_credited(completion.credited_s, 0)?;
    let Completion {
        paused_s,
        asleep_s,
        overtime_s,
        ..
    } = completion;
    if [paused_s, asleep_s, overtime_s]
        .iter()
        .all(|s| s.0 <= MAX_COUNT_S)
    {
        Ok(())
    } else {
        Err(Rejection::InvalidCompletion)
    }
}

fn check_credited(credited_s: Seconds, least: u32) -> Result<(), Rejection> {
    if (least..=Seconds::DAY.0).contains(&credited_s.0) {
        Ok(())
    } else {
        Err(Rejection::CreditedOutOfRange)
    }
}

/// Numbered from 1 upwards; numbers may be missing.
fn check_events(events: &[SessionEvent]) -> Result<(), Rejection> {
    let fits = |e: &SessionEvent| {
        (1..=i32::MAX.unsigned_abs()).contains(&e.event_seq)
            && e.elapsed_ms.is_none_or(|ms| ms <= i64::MAX.unsigned_abs())
            && check_time(e.at_ms).is_ok()
    };
    let ascend = events.is_sorted_by(|a, b| a.event_seq < b.event_seq);
    if events.len() <= MAX_EVENTS && ascend && events.iter().all(fits) {
        Ok(())
    } else {
        Err(Rejection::InvalidEvents)
    }
}

#[cfg(test)]
mod tests;
