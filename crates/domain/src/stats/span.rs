//! Sums of spans of days, each with how much of the span is over.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::DateSpan;
use crate::totals::{self, DayTotal};

/// What was sat on the days of a span, and how much of the span is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "StatisticsSpan"))]
pub struct Span {
    /// First day.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub from: NaiveDate,
    /// Last day, inclusive.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub to: NaiveDate,
    /// How many days it has.
    pub of_days: u32,
    /// How many of them are over: today is not.
    pub days_over: u32,
    /// Whether all of them are; else this is what was sat so far.
    pub is_over: bool,
    /// Completed, undeleted sits.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
    /// Days with at least one sit.
    pub days: u32,
}

/// The days of a history as of one day.
#[derive(Debug, Clone, Copy)]
pub struct Daily<'d> {
    days: &'d [DayTotal],
    today: NaiveDate,
}

impl<'d> Daily<'d> {
    /// `days` ascending, each date once.
    pub const fn new(days: &'d [DayTotal], today: NaiveDate) -> Self {
        Self { days, today }
    }

    /// The day that is not over.
    pub const fn today(self) -> NaiveDate {
        self.today
    }

    /// All days that have a sit.
    pub const fn all(self) -> &'d [DayTotal] {
        self.days
    }

    /// Those of `span`.
    pub fn of(self, span: DateSpan) -> &'d [DayTotal] {
        let from = self.days.partition_point(|day| day.local_date < span.from);
        let to = self.days.partition_point(|day| day.local_date <= span.to);
        self.days.get(from..to).unwrap_or_default()
    }

    /// The sum of a span, by the function that makes the numbers of Together.
    pub fn span(self, span: DateSpan) -> Span {
        let sum = totals::sum(self.of(span), span);
        Span {
            from: span.from,
            to: span.to,
            of_days: days_between(span.from, span.to).saturating_add(1),
            days_over: days_between(span.from, self.today.min(day_after(span.to))),
            is_over: span.to < self.today,
            sits: sum.sits,
            credited_s: sum.credited_s,
            days: sum.days,
        }
    }

    /// The calendar years that have sits, ascending.
    pub(super) fn years(self) -> Vec<Span> {
        let mut years = Vec::new();
        let mut rest = self.days;
        while let Some(first) = rest.first() {
            let year = first.local_date.year();
            let next = rest.partition_point(|day| day.local_date.year() == year);
            years.extend(DateSpan::year(year).map(|year| self.span(year)));
            rest = rest.get(next..).unwrap_or_default();
        }
        years
    }
}

/// Whole days from one date to a later one; 0 where it is not later.
pub(super) fn days_between(from: NaiveDate, to: NaiveDate) -> u32 {
    let days = to.signed_duration_since(from).num_days();
    u32::try_from(days.max(0)).unwrap_or(u32::MAX)
}

fn day_after(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}
