//! A longer time, chosen by the person, and what is shown of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::heat::Heat;
use super::span::{Daily, Span, days_between};
use super::tally::{HourTotal, LabelTotal, LongestSit, Tally};
use super::{AsOf, all_of};
use crate::calendar::{DateSpan, Week};
use crate::totals::DayTotal;
use crate::units::Seconds;

/// The weeks before this one that the past year reaches back over.
const YEAR_OF_WEEKS: u32 = 52;
/// The longest span that a heatmap is drawn of: 53 weeks.
const MOST_HEAT_DAYS: u32 = 53 * 7;

/// A year outside the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a year is 1 to 9999, not {0}")]
pub struct YearOutOfRange(pub i32);

/// Which time is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "StatisticsScope"))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// This week so far and the 52 before it.
    #[default]
    PastYear,
    /// A calendar year.
    Year {
        /// 1 to 9999.
        year: i32,
    },
    /// All of the history, from its first day to today.
    All,
}

/// What is shown of a [`Scope`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ScopeStatistics {
    /// Which time it is.
    pub of: Scope,
    /// Its sum.
    pub total: Span,
    /// Its days as a heatmap; `null` where it is longer than 53 weeks.
    pub heat: Option<Heat>,
    /// Sits by the hour of the day in which they began; 24 of them.
    pub hours: Vec<HourTotal>,
    /// Sits by label, most time first.
    pub labels: Vec<LabelTotal>,
    /// Credited seconds of a sit on average, rounded down; `null` without a sit.
    pub average_sit_s: Option<u64>,
    /// Credited seconds of a day on average, rounded down: over the days that are over, from the first
    /// that ever had a sit on, with those that had none. `null` where no such day is over.
    pub average_day_s: Option<u64>,
    /// The longest sit; `null` without a sit.
    pub longest: Option<LongestSit>,
}

impl Scope {
    /// The dates of it. `days` are those of the whole history, ascending.
    ///
    /// # Errors
    /// [`YearOutOfRange`].
    pub fn span(self, days: &[DayTotal], as_of: AsOf) -> Result<DateSpan, YearOutOfRange> {
        self.dates(days, as_of.today, Week::of(as_of.today, as_of.week_start))
    }

    fn dates(
        self,
        days: &[DayTotal],
        today: NaiveDate,
        this_week: Week,
    ) -> Result<DateSpan, YearOutOfRange> {
        match self {
            Self::PastYear => Ok(DateSpan {
                from: this_week.back(YEAR_OF_WEEKS).start(),
                to: today,
            }),
            Self::Year { year } => DateSpan::year(year).ok_or(YearOutOfRange(year)),
            Self::All => {
                let all = all_of(days).unwrap_or_else(|| DateSpan::day(today));
                Ok(DateSpan {
                    from: all.from.min(today),
                    to: all.to.max(today),
                })
            }
        }
    }

    pub(super) fn statistics(
        self,
        daily: &Daily<'_>,
        this_week: Week,
        weekly_goal_s: Option<Seconds>,
        tally: &Tally,
    ) -> Result<ScopeStatistics, YearOutOfRange> {
        let dates = self.dates(daily.all(), daily.today(), this_week)?;
        let total = daily.span(dates);
        let heat = total.of_days <= MOST_HEAT_DAYS;
        Ok(ScopeStatistics {
            of: self,
            total,
            heat: heat.then(|| Heat::of(daily.of(dates), weekly_goal_s)),
            hours: tally.hours(),
            labels: tally.labels(),
            average_sit_s: total.credited_s.checked_div(total.sits.into()),
            average_day_s: average_day_s(daily, dates),
            longest: tally.longest(),
        })
    }
}

/// The average of the days of `dates` that are over, from the first of the history on.
fn average_day_s(daily: &Daily<'_>, dates: DateSpan) -> Option<u64> {
    let first = daily.all().first()?.local_date;
    let from = dates.from.max(first);
    let to = dates.to.min(daily.today().pred_opt()?);
    if to < from {
        return None;
    }
    let over = DateSpan { from, to };
    let sum_s: u64 = daily.of(over).iter().map(|day| day.credited_s).sum();
    sum_s.checked_div(u64::from(days_between(from, to)) + 1)
}
