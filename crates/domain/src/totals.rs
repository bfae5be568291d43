//! Totals of days, weeks and months, and the streak.
//!
//! Totals are derived from sessions, never counted along (invariant I8): a session counts on its
//! `local_date` with its credited seconds, once it is completed and while it is not deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use chrono::{Datelike, NaiveDate, WeekdaySet};

use crate::calendar::{DateSpan, Week};
use crate::session::{Session, State};

/// What was sat on one civil date. A date without a sit has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTotal {
    /// The date its sits belong to.
    pub local_date: NaiveDate,
    /// Completed, undeleted sits; at least 1.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
}

/// What was sat on the days of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanTotal {
    /// The days summed.
    pub span: DateSpan,
    /// Completed, undeleted sits.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
    /// Days with at least one sit.
    pub days: u32,
}

/// The day totals of `sessions`, ascending by date.
pub fn day_totals<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Vec<DayTotal> {
    let mut days = BTreeMap::new();
    for session in sessions {
        if session.state() == State::Completed && !session.deleted {
            let local_date = session.start.local_date;
            let day = days.entry(local_date).or_insert(DayTotal {
                local_date,
                sits: 0,
                credited_s: 0,
            });
            day.sits += 1;
            day.credited_s += u64::from(session.credited_s().0);
        }
    }
    days.into_values().collect()
}

/// The sum of the `days` that lie in `span`. The days may come in any order, each date once.
pub fn sum(days: &[DayTotal], span: DateSpan) -> SpanTotal {
    let within = days.iter().filter(|day| span.contains(day.local_date));
    within.fold(
        SpanTotal {
            span,
            sits: 0,
            credited_s: 0,
            days: 0,
        },
        |total, day| SpanTotal {
            span,
            sits: total.sits + day.sits,
            credited_s: total.credited_s + day.credited_s,
            days: total.days + 1,
        },
    )
}

/// The totals of the `count` weeks up to `last`, oldest first, also of those without a sit.
pub fn by_week(days: &[DayTotal], last: Week, count: u32) -> Vec<SpanTotal> {
    last.last_weeks(count)
        .map(|week| sum(days, week.span()))
        .collect()
}

/// How many days in a row, up to `today`, had a sit.
///
/// Today without a sit does not break it: it is not over yet. A planned rest day without a sit
/// neither counts nor breaks; with a sit it counts like any other day. Days after `today`, as a
/// journey west can bring them, do not count.
pub fn streak(days: &[DayTotal], today: NaiveDate, rest_days: WeekdaySet) -> u32 {
    let sat: BTreeSet<NaiveDate> = days.iter().map(|day| day.local_date).collect();
    let Some(first) = sat.first() else { return 0 };
    let bridged = |day: NaiveDate| day == today || rest_days.contains(day.weekday());
    let back = iter::successors(Some(today), NaiveDate::pred_opt);
    back.take_while(|day| day >= first && (sat.contains(day) || bridged(*day)))
        .fold(0, |streak, day| streak + u32::from(sat.contains(&day)))
}

/// The longest streak that there ever was up to `today`, by the rules of [`streak`]. `days` ascending, each
/// date once.
pub fn longest_streak(days: &[DayTotal], today: NaiveDate, rest_days: WeekdaySet) -> u32 {
    let mut longest = 0;
    let mut running = 0;
    let mut before: Option<NaiveDate> = None;
    for day in days.iter().take_while(|day| day.local_date <= today) {
        let goes_on = before.is_some_and(|before| {
            let between = before.iter_days().skip(1);
            let mut between = between.take_while(|date| *date < day.local_date);
            between.all(|date| rest_days.contains(date.weekday()))
        });
        running = if goes_on { running + 1 } else { 1 };
        longest = longest.max(running);
        before = Some(day.local_date);
    }
    longest
}

#[cfg(test)]
mod tests;
