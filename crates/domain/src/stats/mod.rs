//! Every figure of the statistics, from one place: the window, `mitta stats` and its JSON show what is
//! computed here.
//!
//! Must hold: figures are derived from completed, undeleted sits by their stored `local_date` (I8);
//! every [`Span`] says how many of its days are over, so that a part is never held against a whole
//! without saying so; times of day are those of the clock that the person saw (`utc_offset_s`), never
//! of the present zone.

mod heat;
mod scope;
mod span;
mod tally;

use chrono::{Datelike, NaiveDate, Weekday, WeekdaySet};
use serde::{Deserialize, Serialize};

pub use heat::{Heat, HeatDay, LEVELS};
pub use scope::{Scope, ScopeStatistics, YearOutOfRange};
pub use span::{Daily, Span};
pub use tally::{HourTotal, LabelTotal, LongestSit, SatSit, Tally};

use crate::calendar::{DateSpan, Week};
use crate::totals::{self, DayTotal};
use crate::units::Seconds;

/// How many weeks and months [`Statistics`] lists, the present one among them.
pub const LISTED: u32 = 12;

/// Whose goal it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GoalOf {
    /// The person's own, from the settings.
    Own,
    /// The one they set for a partnership, which goes before the own one.
    Partnership {
        /// The partnership's name.
        name: String,
    },
}

/// What is aimed at in a week, and how far this week is from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Goal {
    /// Seconds a week; at least 1.
    pub weekly_goal_s: Seconds,
    /// Whose.
    pub of: GoalOf,
    /// What counts for it: the own sits of this week; for a partnership, what its share shows of the
    /// partnership's week, which may begin on another day.
    pub week: Span,
    /// Seconds that `week` lacks; 0 once it is reached.
    pub left_s: u64,
}

/// Days in a row with a sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Streak {
    /// Up to today; today counts once it has a sit, and does not break it before.
    pub days: u32,
    /// The most there ever were.
    pub longest_days: u32,
}

/// The statistics of one person, as of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Statistics {
    /// The first day of the weeks.
    #[cfg_attr(
        feature = "ts",
        ts(type = "\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\"")
    )]
    pub week_start: Weekday,
    /// Today.
    pub today: Span,
    /// This week.
    pub week: Span,
    /// The days of last week up to the weekday that today is: what this week can be held against. Its
    /// last day is a whole one, today is not.
    pub week_before_until_now: Span,
    /// What is aimed at in a week; `null` where nothing is.
    pub goal: Option<Goal>,
    /// This month.
    pub month: Span,
    /// All of it, from the first to the last date with a sit; today alone while there is none.
    pub all: Span,
    /// The last [`LISTED`] weeks, oldest first; the last is `week`.
    pub weeks: Vec<Span>,
    /// The last [`LISTED`] months, oldest first; the last is `month`.
    pub months: Vec<Span>,
    /// The calendar years that have sits, oldest first.
    pub years: Vec<Span>,
    /// Days in a row; `null` unless the person wants to see it.
    pub streak: Option<Streak>,
    /// What is shown of a longer time, as asked for.
    pub scope: ScopeStatistics,
}

/// As of when, and as whom, statistics are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The civil date, shifted by the day-start hour.
    pub today: NaiveDate,
    /// The first day of the person's weeks.
    pub week_start: Weekday,
}

/// A weekly goal, with what counts for it where that is not all that was sat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// The person's own.
    Own(Seconds),
    /// The one they set for a partnership.
    Partnership {
        /// The partnership's name.
        name: String,
        /// Seconds a week; at least 1.
        goal_s: Seconds,
        /// The first day of the partnership's weeks.
        week_start: Weekday,
        /// What the own share shows, per day: ascending, each date once. Dates outside this week do no
        /// harm.
        days: Vec<DayTotal>,
    },
}

impl Aim {
    fn goal(self, today: NaiveDate, own_week: Span) -> Goal {
        let (weekly_goal_s, of, week) = match self {
            Self::Own(goal_s) => (goal_s, GoalOf::Own, own_week),
            Self::Partnership {
                name,
                goal_s,
                week_start,
                days,
            } => {
                let week = Week::of(today, week_start).span();
                let week = Daily::new(&days, today).span(week);
                (goal_s, GoalOf::Partnership { name }, week)
            }
        };
        Goal {
            weekly_goal_s,
            of,
            week,
            left_s: u64::from(weekly_goal_s.0).saturating_sub(week.credited_s),
        }
    }
}

/// What is aimed at, and shown only to those who want it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// The weekly goal.
    pub weekly_goal: Option<Aim>,
    /// The planned rest days, if the streak is to be shown.
    pub streak_with_rest: Option<WeekdaySet>,
}

/// The statistics of a history whose days are `days`: all of them, ascending, each date once. `tally` has
/// been shown every sit of [`Scope::span`].
///
/// # Errors
/// [`YearOutOfRange`].
pub fn statistics(
    days: &[DayTotal],
    as_of: AsOf,
    wishes: Wishes,
    scope: Scope,
    tally: &Tally,
) -> Result<Statistics, YearOutOfRange> {
    let AsOf { today, week_start } = as_of;
    let daily = Daily::new(days, today);
    let this_week = Week::of(today, week_start);
    let week = daily.span(this_week.span());
    let before = this_week.back(1).start();
    let weekday = u64::from(today.weekday().days_since(week_start));
    let before_until_now = DateSpan {
        from: before,
        to: crate::calendar::plus_days(before, weekday),
    };
    let goal = wishes.weekly_goal.map(|aim| aim.goal(today, week));
    let weekly_goal_s = goal.as_ref().map(|goal| goal.weekly_goal_s);
    Ok(Statistics {
        week_start,
        today: daily.span(DateSpan::day(today)),
        week_before_until_now: daily.span(before_until_now),
        month: daily.span(DateSpan::month_of(today)),
        all: daily.span(all_of(days).unwrap_or_else(|| DateSpan::day(today))),
        weeks: this_week
            .last_weeks(LISTED)
            .map(|week| daily.span(week.span()))
            .collect(),
        months: last_months(today, LISTED)
            .map(|month| daily.span(month))
            .collect(),
        years: daily.years(),
        streak: wishes.streak_with_rest.map(|rest_days| Streak {
            days: totals::streak(days, today, rest_days),
            longest_days: totals::longest_streak(days, today, rest_days),
        }),
        scope: scope.statistics(&daily, this_week, weekly_goal_s, tally)?,
        week,
        goal,
    })
}

/// From the first to the last date.
fn all_of(days: &[DayTotal]) -> Option<DateSpan> {
    Some(DateSpan {
        from: days.first()?.local_date,
        to: days.last()?.local_date,
    })
}

/// The last `count` calendar months, oldest first; that of `today` is the last. Fewer at the beginning
/// of the calendar.
fn last_months(today: NaiveDate, count: u32) -> impl Iterator<Item = DateSpan> {
    let back = move |months: u32| today.checked_sub_months(chrono::Months::new(months));
    (0..count).rev().filter_map(back).map(DateSpan::month_of)
}

#[cfg(test)]
mod tests;
