//! When something was, as a person reads it: dates as their country writes them (see
//! [`mitta_words::date`]), times of day in 24 hours, as they are typed.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone};
use chrono_tz::Tz;
use mitta_domain::UnixMillis;
use mitta_words::{date, word};

/// A moment as a person here reads it.
pub fn when(at: UnixMillis, zone: Tz) -> String {
    DateTime::from_timestamp_millis(at.0).map_or_else(
        || format!("{} ms", at.0),
        |utc| moment(&utc.with_timezone(&zone)),
    )
}

/// The first dates of weeks, one after the other.
pub fn weeks(first_dates: &[NaiveDate]) -> String {
    let dates: Vec<String> = first_dates.iter().copied().map(date).collect();
    dates.join(", ")
}

/// A date that came as text.
pub(super) fn date_of(iso: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), date)
}

/// A span of dates, both of them in it.
pub(super) fn span(from: NaiveDate, to: NaiveDate) -> String {
    format!("{} – {}", date(from), date(to))
}

/// The time of day on the wall at that place.
pub(super) fn clock_time(ms: UnixMillis, utc_offset_s: i32) -> String {
    at(ms, utc_offset_s).map_or_else(|| "--:--".to_owned(), |at| at.format("%H:%M").to_string())
}

/// Date and time of day on the wall at that place.
pub(super) fn wall(ms: UnixMillis, utc_offset_s: i32) -> String {
    at(ms, utc_offset_s).map_or_else(
        || word!("an unknown time", "einer unbekannten Zeit").to_owned(),
        |at| moment(&at),
    )
}

fn at(at: UnixMillis, utc_offset_s: i32) -> Option<DateTime<FixedOffset>> {
    let offset = FixedOffset::east_opt(utc_offset_s)?;
    Some(DateTime::from_timestamp_millis(at.0)?.with_timezone(&offset))
}

fn moment<Zone: TimeZone>(at: &DateTime<Zone>) -> String {
    let local = at.naive_local();
    format!("{} {}", date(local.date()), local.format("%H:%M"))
}

#[cfg(test)]
mod tests {
    use mitta_words::{Spoken, speaking};

    use super::*;

    #[test]
    fn german_reads_dates_with_the_day_first_and_a_text_that_is_none_as_it_is() {
        let at = UnixMillis(1_795_248_000_000);
        let said = || (when(at, Tz::UTC), wall(at, 3600), date_of("2026-11-21"));
        assert_eq!(
            said(),
            (
                "2026-11-21 08:00".into(),
                "2026-11-21 09:00".into(),
                "2026-11-21".into()
            )
        );
        speaking(Spoken::De, || {
            assert_eq!(
                said(),
                (
                    "21.11.2026 08:00".into(),
                    "21.11.2026 09:00".into(),
                    "21.11.2026".into()
                )
            );
            assert_eq!(date_of("soon"), "soon");
        });
    }
}
