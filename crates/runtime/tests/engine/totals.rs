//! Totals are those of the days on which sits began, in the person's weeks (I8).

use chrono::Weekday;
use mitta_domain::Settings;
use mitta_runtime::api::{Commands as _, Nothing, OfSession, SpanTotal, Totals};
use rstest::rstest;

use crate::harness::{House, Sit, instant_ms, of, plain};

fn sit_for(sit: &Sit, seconds: u32) -> OfSession {
    let view = sit.begin(plain(seconds));
    sit.pass(u64::from(seconds) * 1000);
    sit.flush();
    of(&view)
}

fn totals(sit: &Sit) -> Totals {
    sit.engine.totals(Nothing {}).unwrap()
}

fn shape(total: &SpanTotal) -> (&str, &str, u32, u64, u32) {
    (
        &total.from,
        &total.to,
        total.sits,
        total.credited_s,
        total.days,
    )
}

/// The week of New Year belongs to both years.
#[rstest]
#[case::monday(Weekday::Mon, "2026-12-28", "2027-01-03", 3, 180, 3)]
#[case::sunday(Weekday::Sun, "2026-12-27", "2027-01-02", 4, 240, 4)]
#[case::friday(Weekday::Fri, "2027-01-01", "2027-01-07", 1, 60, 1)]
fn a_week_goes_over_the_end_of_the_year(
    #[case] week_start: Weekday,
    #[case] from: &str,
    #[case] to: &str,
    #[case] sits: u32,
    #[case] credited_s: u64,
    #[case] days: u32,
) {
    let house = House::at("2026-12-27T12:00:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    let settings = Settings {
        week_start,
        ..Settings::default()
    };
    sit.engine.save_settings(settings).unwrap();
    for (today, next) in [
        ("27", "2026-12-28T12:00:00Z"),
        ("28", "2026-12-31T12:00:00Z"),
        ("31", "2027-01-01T12:00:00Z"),
        ("1", "2027-01-01T18:00:00Z"),
    ] {
        sit_for(&sit, 60);
        let now_ms = mitta_runtime::clock::Clock::now(&*house.clock).wall_ms;
        let wait_ms = instant_ms(next).since_ms(now_ms);
        house
            .clock
            .pass(wait_ms.unwrap_or_else(|| panic!("{today} is after {next}")));
    }

    let totals = totals(&sit);
    assert_eq!(shape(&totals.today), ("2027-01-01", "2027-01-01", 1, 60, 1));
    assert_eq!(shape(&totals.week), (from, to, sits, credited_s, days));
    assert_eq!(shape(&totals.month), ("2027-01-01", "2027-01-31", 1, 60, 1));
    assert_eq!(shape(&totals.all), ("2026-12-27", "2027-01-01", 4, 240, 4));
    assert_eq!(totals.weeks.len(), 12);
    assert_eq!(totals.weeks.last(), Some(&totals.week));
    let counted: u32 = totals.weeks.iter().map(|week| week.sits).sum();
    assert_eq!(counted, 4, "every sit is in one week, none in two");
}

#[test]
fn a_leap_day_is_a_day_of_its_month() {
    let house = House::at("2028-02-29T12:00:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    sit_for(&sit, 90);
    let totals = totals(&sit);
    assert_eq!(shape(&totals.today), ("2028-02-29", "2028-02-29", 1, 90, 1));
    assert_eq!(shape(&totals.month), ("2028-02-01", "2028-02-29", 1, 90, 1));
}

#[test]
fn running_and_deleted_sits_do_not_count() {
    let house = House::new();
    let sit = house.open();
    let kept = sit_for(&sit, 60);
    let deleted = sit_for(&sit, 60);
    sit.engine.delete_session(deleted).unwrap();
    sit.begin(plain(60));
    assert_eq!(totals(&sit).all.sits, 1);
    sit.engine.restore_session(deleted).unwrap();
    assert_eq!(totals(&sit).week.credited_s, 120);
    sit.engine.delete_session(kept).unwrap();
    assert_eq!(totals(&sit).today.credited_s, 60);
}

#[test]
fn an_empty_history_has_totals_of_nothing() {
    let house = House::new();
    let totals = totals(&house.open());
    assert_eq!(
        (totals.all.sits, totals.all.credited_s, totals.all.days),
        (0, 0, 0)
    );
}
