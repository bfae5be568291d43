//! Which weekly copies stay. Pure: dates in, dates out.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};

/// So many of the newest copies stay.
const NEWEST: usize = 4;
/// Of so many of the newest months that have any, the last copy stays.
const MONTHS: usize = 6;
/// A copy is good for so many days.
const DAYS: i64 = 7;

/// Whether no copy is of the last seven days. One from a day to come was made by a clock that went
/// wrong and says nothing.
pub(super) fn is_due(dates: &[NaiveDate], today: NaiveDate) -> bool {
    !dates
        .iter()
        .any(|date| (0..DAYS).contains(&(today - *date).num_days()))
}

/// The copies that are too many. Those from days to come are left alone, and take nobody's place.
pub(super) fn expired(dates: Vec<NaiveDate>, today: NaiveDate) -> Vec<NaiveDate> {
    let past: BTreeSet<NaiveDate> = dates.into_iter().filter(|date| *date <= today).collect();
    let mut months = BTreeSet::new();
    let mut expired = Vec::new();
    for (nth, date) in past.iter().rev().enumerate() {
        let is_last_of_month = months.insert((date.year(), date.month())) && months.len() <= MONTHS;
        if nth >= NEWEST && !is_last_of_month {
            expired.push(*date);
        }
    }
    expired
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_copy_is_due_after_seven_days_whatever_a_wrong_clock_made() {
        let today = date("2026-11-29");
        for (dates, due) in [
            (&[][..], true),
            (&["2026-11-29"][..], false),
            (&["2026-11-23"][..], false),
            (&["2026-11-22"][..], true),
            (&["2026-11-30", "2031-01-01"][..], true),
            (&["2031-01-01", "2026-11-28"][..], false),
        ] {
            let dates: Vec<_> = dates.iter().map(|it| date(it)).collect();
            assert_eq!(is_due(&dates, today), due, "{dates:?}");
        }
    }

    #[test]
    fn the_last_four_stay_and_the_last_of_each_of_six_months() {
        let mut kept: Vec<NaiveDate> = Vec::new();
        let first = date("2025-11-30");
        for week in 0..=52 {
            let today = first + Days::new(week * 7);
            kept.push(today);
            let gone = expired(kept.clone(), today);
            kept.retain(|date| !gone.contains(date));
        }
        let expected = [
            "2026-06-28",
            "2026-07-26",
            "2026-08-30",
            "2026-09-27",
            "2026-10-25",
            "2026-11-08",
            "2026-11-15",
            "2026-11-22",
            "2026-11-29",
        ]
        .map(date);
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_copy_from_a_day_to_come_takes_nobodys_place() {
        let today = date("2026-11-29");
        let dates = [
            "2031-01-01",
            "2031-02-01",
            "2026-11-01",
            "2026-11-08",
            "2026-11-15",
        ];
        assert_eq!(expired(dates.map(date).to_vec(), today), []);
    }

    #[test]
    fn months_without_a_copy_do_not_count() {
        let today = date("2026-11-29");
        let dates = ["2020-01-05", "2020-02-02", "2020-02-09", "2026-11-29"].map(date);
        assert_eq!(expired(dates.to_vec(), today), []);
        let more = ["2026-11-28", "2026-11-27", "2026-11-26"].map(date);
        let dates = [dates.as_slice(), &more].concat();
        assert_eq!(expired(dates, today), [date("2020-02-02")]);
    }
}
