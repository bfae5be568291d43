//! When reminders ring: tables, and every transition of every zone against a slow walk.

use chrono::NaiveDateTime;
use rstest::rstest;

use super::*;
use crate::testing::check_shape;
use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

const ALL: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];

fn minute(text: &str) -> ClockMinute {
    let (h, m) = text.split_once(':').unwrap();
    ClockMinute::new(h.parse::<u16>().unwrap() * 60 + m.parse::<u16>().unwrap()).unwrap()
}

fn reminder(days: &[Weekday], at: &str) -> Reminder {
    Reminder {
        reminder_id: "0197a3c2-5f00-7000-8000-000000000001".parse().unwrap(),
        weekdays: Weekdays::new(days.iter().copied()).unwrap(),
        at_minute: minute(at),
        is_on: true,
        since_ms: UnixMillis(0),
        rung_on: None,
    }
}

fn just(reminder: Reminder) -> Reminders {
    Reminders {
        all: vec![reminder],
        quiet: None,
    }
}

fn quiet(from: &str, to: &str) -> QuietHours {
    QuietHours {
        from_minute: minute(from),
        to_minute: minute(to),
    }
}

fn ms(instant: &str) -> UnixMillis {
    UnixMillis(
        DateTime::parse_from_rfc3339(instant)
            .unwrap()
            .timestamp_millis(),
    )
}

/// As a person in `zone` reads it.
fn shown(zone: Tz, at: Option<UnixMillis>) -> String {
    at.map_or_else(
        || "never".to_owned(),
        |at| {
            let at = DateTime::from_timestamp_millis(at.0).unwrap();
            at.with_timezone(&zone).format("%F %H:%M %Z").to_string()
        },
    )
}

#[rstest]
#[case::later_today(&ALL, "07:00", "2026-11-29T05:00:00Z", "2026-11-29 07:00 CET")]
#[case::tomorrow(&ALL, "07:00", "2026-11-29T06:00:00Z", "2026-11-30 07:00 CET")]
#[case::on_its_day(&[Wed], "07:00", "2026-11-29T06:00:00Z", "2026-12-02 07:00 CET")]
#[case::in_a_week(&[Sun], "07:00", "2026-11-29T06:00:00Z", "2026-12-06 07:00 CET")]
#[case::midnight(&[Mon], "00:00", "2026-11-29T06:00:00Z", "2026-11-30 00:00 CET")]
#[case::in_the_gap(&ALL, "02:30", "2026-03-28T12:00:00Z", "2026-03-29 03:00 CEST")]
#[case::the_night_after(&ALL, "02:30", "2026-03-29T01:00:00Z", "2026-03-30 02:30 CEST")]
#[case::first_in_the_fold(&ALL, "02:30", "2026-10-24T12:00:00Z", "2026-10-25 02:30 CEST")]
#[case::and_not_a_second_time(&ALL, "02:30", "2026-10-25T00:30:00Z", "2026-10-26 02:30 CET")]
fn the_next_moment_in_berlin(
    #[case] days: &[Weekday],
    #[case] at: &str,
    #[case] now: &str,
    #[case] next: &str,
) {
    let zone = chrono_tz::Europe::Berlin;
    let found = just(reminder(days, at)).next(zone, ms(now));
    assert_eq!(shown(zone, found), next);
}

#[rstest]
#[case::in_the_gap(&ALL, "02:30", "2026-11-29T12:00:00Z", Some(("2027-03-28", "03:00")))]
#[case::its_first_minute(&ALL, "02:00", "2026-11-29T12:00:00Z", Some(("2027-03-28", "03:00")))]
#[case::its_end_is_there(&ALL, "03:00", "2026-11-29T12:00:00Z", None)]
#[case::doubled_is_not_moved(&[Sun], "01:59", "2026-11-29T12:00:00Z", None)]
#[case::not_on_its_day(&[Wed], "02:30", "2026-11-29T12:00:00Z", None)]
#[case::over_for_this_year(&ALL, "02:30", "2026-03-29T01:00:00Z", Some(("2027-03-28", "03:00")))]
#[case::just_before(&ALL, "02:30", "2026-03-29T00:59:00Z", Some(("2026-03-29", "03:00")))]
#[case::in_53_weeks(&ALL, "02:30", "2029-03-25T01:00:00Z", Some(("2030-03-31", "03:00")))]
fn a_night_in_berlin_that_leaves_out_its_time_is_foreseen(
    #[case] days: &[Weekday],
    #[case] at: &str,
    #[case] now: &str,
    #[case] expected: Option<(&str, &str)>,
) {
    let zone = chrono_tz::Europe::Berlin;
    let reminder = reminder(days, at);
    let moved = just(reminder).next_moved(&reminder, zone, ms(now));
    let expected = expected.map(|(date, at)| Moved {
        local_date: date.parse().unwrap(),
        at_minute: minute(at),
        is_quiet: false,
    });
    assert_eq!(moved, expected);
}

#[rstest]
#[case::neither("04:00", "06:00", Some(false), true, true)]
#[case::moved_into_them("03:00", "06:00", Some(true), true, false)]
#[case::moved_out_of_them("22:00", "03:00", Some(false), false, true)]
#[case::in_them_either_way("22:00", "06:00", None, false, false)]
fn where_the_clocks_move_it_quiet_hours_count_at_the_moment_it_is_moved_to(
    #[case] from: &str,
    #[case] to: &str,
    #[case] said: Option<bool>,
    #[case] rings_the_day_before: bool,
    #[case] rings_that_day: bool,
) {
    let zone = chrono_tz::Europe::Berlin;
    let daily = reminder(&ALL, "02:30");
    let reminders = Reminders {
        quiet: Some(quiet(from, to)),
        ..just(daily)
    };
    let moved = reminders.next_moved(&daily, zone, ms("2026-04-01T12:00:00Z"));
    assert_eq!(moved.map(|moved| moved.is_quiet), said);
    let rings = |at: &str| !reminders.due(zone, ms(at)).is_empty();
    assert_eq!(rings("2027-03-27T01:30:00Z"), rings_the_day_before);
    assert_eq!(rings("2027-03-28T01:00:00Z"), rings_that_day);
    // As early as a process may have begun to sleep until then.
    if !rings_the_day_before {
        let next = reminders.next(zone, ms("2026-04-01T12:00:00Z"));
        let expected = rings_that_day.then(|| ms("2027-03-28T01:00:00Z"));
        assert_eq!(next, expected);
    }
}

#[test]
fn a_date_that_a_zone_left_out_has_no_reminder() {
    // Samoa went from the 29th to the 31st of December 2011, a Thursday and a Saturday.
    let zone = chrono_tz::Pacific::Apia;
    let now = ms("2011-12-29T20:00:00Z");
    let friday = just(reminder(&[Fri], "07:00"));
    assert_eq!(shown(zone, friday.next(zone, now)), "2012-01-06 07:00 +14");
    let daily = just(reminder(&ALL, "07:00"));
    assert_eq!(shown(zone, daily.next(zone, now)), "2011-12-31 07:00 +14");
}

#[test]
fn the_zone_is_the_one_a_person_is_in() {
    let daily = just(reminder(&ALL, "07:00"));
    let now = ms("2026-11-29T05:00:00Z");
    for (zone, next) in [
        (chrono_tz::Europe::Berlin, "2026-11-29 07:00 CET"),
        (chrono_tz::America::New_York, "2026-11-29 07:00 EST"),
        (chrono_tz::Asia::Tokyo, "2026-11-30 07:00 JST"),
    ] {
        assert_eq!(shown(zone, daily.next(zone, now)), next);
    }
}

#[rstest]
#[case::on_time(0, true)]
#[case::just_woken(GRACE_MS, true)]
#[case::too_late(GRACE_MS + 1, false)]
#[case::not_yet(-1, false)]
fn a_little_late_it_still_rings_and_hours_later_not(#[case] late_ms: i64, #[case] rings: bool) {
    let zone = chrono_tz::Europe::Berlin;
    let daily = just(reminder(&ALL, "07:00"));
    let at = ms("2026-11-29T06:00:00Z");
    let due = daily.due(zone, at.plus_ms(late_ms));
    assert_eq!(!due.is_empty(), rings, "{due:?}");
    if let Some(ring) = due.first() {
        assert_eq!(
            (ring.at_ms, ring.local_date.to_string().as_str()),
            (at, "2026-11-29")
        );
    }
}

#[test]
fn a_minute_to_midnight_may_ring_a_minute_after_it() {
    let zone = chrono_tz::Europe::Berlin;
    let due = just(reminder(&[Sun], "23:59")).due(zone, ms("2026-11-29T23:01:00Z"));
    assert_eq!(due[0].local_date.to_string(), "2026-11-29");
}

#[test]
fn it_rings_once_a_date_whatever_the_clock_is_set_to() {
    let zone = chrono_tz::Europe::Berlin;
    let now = ms("2026-11-29T06:00:30Z");
    let mut rung = just(reminder(&ALL, "07:00"));
    let first = rung.due(zone, now)[0];
    rung.all[0].rung_on = Some(first.local_date);
    assert!(rung.due(zone, now).is_empty());
    let set_back = now.plus_ms(-3_600_000);
    assert_eq!(
        shown(zone, rung.next(zone, set_back)),
        "2026-11-30 07:00 CET"
    );
}

#[test]
fn what_was_due_before_it_was_made_is_not_made_up_for() {
    let zone = chrono_tz::Europe::Berlin;
    let now = ms("2026-11-29T06:05:00Z");
    let mut fresh = just(reminder(&ALL, "07:00"));
    fresh.all[0].since_ms = now;
    assert!(fresh.due(zone, now).is_empty());
    // A clock that was years ahead when it was made does not silence it until then.
    fresh.all[0].since_ms = ms("2031-01-01T00:00:00Z");
    assert_eq!(fresh.due(zone, now).len(), 1);
}

#[test]
fn what_is_switched_off_is_never_due() {
    let zone = chrono_tz::Europe::Berlin;
    let mut off = just(reminder(&ALL, "07:00"));
    off.all[0].is_on = false;
    let now = ms("2026-11-29T06:00:00Z");
    assert!(off.due(zone, now).is_empty());
    assert_eq!(off.next(zone, now.plus_ms(-1)), None);
}

#[rstest]
#[case::within("06:00", "08:00", "never")]
#[case::its_first_minute("07:00", "07:01", "never")]
#[case::its_end_is_not_quiet("06:00", "07:00", "2026-11-29 07:00 CET")]
#[case::over_midnight("22:00", "07:30", "never")]
#[case::over_midnight_and_over("22:00", "06:30", "2026-11-29 07:00 CET")]
#[case::none_at_all("07:00", "07:00", "2026-11-29 07:00 CET")]
fn nothing_rings_in_quiet_hours(#[case] from: &str, #[case] to: &str, #[case] next: &str) {
    let zone = chrono_tz::Europe::Berlin;
    let reminders = Reminders {
        quiet: Some(quiet(from, to)),
        ..just(reminder(&ALL, "07:00"))
    };
    let now = ms("2026-11-29T05:00:00Z");
    assert_eq!(shown(zone, reminders.next(zone, now)), next);
    assert_eq!(
        reminders.due(zone, ms("2026-11-29T06:00:00Z")).is_empty(),
        next == "never"
    );
}

#[test]
fn shapes() {
    check_shape(&minute("07:05"), "425");
    check_shape(&Weekdays::new([Sun, Mon, Mon]).unwrap(), r#"["Mon","Sun"]"#);
    for wrong in ["1440", "-1", "\"07:00\""] {
        assert!(
            serde_json::from_str::<ClockMinute>(wrong).is_err(),
            "{wrong}"
        );
    }
    for wrong in ["[]", r#"["Noday"]"#] {
        assert!(serde_json::from_str::<Weekdays>(wrong).is_err(), "{wrong}");
    }
    assert_eq!(Weekdays::from_bits(0), None);
    assert_eq!(Weekdays::from_bits(0x80), None);
    let all = Weekdays::new(ALL).unwrap();
    assert_eq!(Weekdays::from_bits(all.bits()), Some(all));
}

const MINUTE_MS: i64 = 60_000;

fn face(zone: Tz, at_ms: i64) -> NaiveDateTime {
    let utc = DateTime::from_timestamp_millis(at_ms).unwrap();
    utc.with_timezone(&zone).naive_local()
}

/// The instants at which the offset of a zone changes, from 2020 to 2035.
fn transitions(zone: Tz) -> Vec<i64> {
    let offset = |at_ms| face(zone, at_ms).and_utc().timestamp_millis() - at_ms;
    let (mut day, last) = (ms("2020-01-01T00:00:00Z").0, ms("2036-01-01T00:00:00Z").0);
    let mut found = Vec::new();
    while day < last {
        let next = day + 86_400_000;
        if offset(day) != offset(next) {
            let (mut before, mut after) = (day, next);
            while after - before > 1 {
                let middle = before.midpoint(after);
                if offset(middle) == offset(day) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            found.push(after);
        }
        day = next;
    }
    found
}

/// Walks from minute to minute and takes the first that shows the time, or a later one.
fn by_walking(walk: &[(i64, NaiveDateTime)], wanted: NaiveDateTime) -> Option<i64> {
    let found = walk.iter().find(|(_, shown)| *shown >= wanted);
    found.map(|(at_ms, _)| *at_ms)
}

#[test]
fn around_every_transition_of_every_zone_it_rings_when_a_walk_by_minutes_says() {
    let (mut looked_at, mut moved) = (0, 0);
    for zone in chrono_tz::TZ_VARIANTS.iter().copied() {
        for change in transitions(zone) {
            let walk: Vec<_> = (-300..=300)
                .map(|n| change + n * MINUTE_MS)
                .map(|at_ms| (at_ms, face(zone, at_ms)))
                .collect();
            // The last face before, and the first after: what lies between is left out or doubled.
            let (old, new) = (face(zone, change - 1), face(zone, change));
            for (around, n) in [old, new]
                .into_iter()
                .flat_map(|it| (-4..=4).map(move |n| (it, n)))
            {
                let wanted = around + chrono::TimeDelta::minutes(n * 17);
                let wanted = wanted.with_second(0).unwrap().with_nanosecond(0).unwrap();
                let at =
                    ClockMinute::new(u16::try_from(wanted.hour() * 60 + wanted.minute()).unwrap())
                        .unwrap();
                let daily = just(Reminder {
                    at_minute: at,
                    ..reminder(&ALL, "00:00")
                });
                let expected = by_walking(&walk, wanted).unwrap();
                let case = format!("{zone} {wanted}");
                let before = UnixMillis(expected - 1);
                assert_eq!(
                    daily.next(zone, before),
                    Some(UnixMillis(expected)),
                    "{case}"
                );
                let due = daily.due(zone, UnixMillis(expected));
                assert_eq!(due.len(), 1, "{case}");
                assert_eq!(due[0].local_date, wanted.date(), "{case}");
                looked_at += 1;
                moved += i32::from(face(zone, expected) != wanted);
            }
        }
    }
    assert!(
        looked_at > 100_000 && moved > 10_000,
        "{looked_at}, {moved} moved"
    );
}

#[test]
fn a_week_of_daily_reminders_rings_once_a_date() {
    // Through the night that has 02:30 twice, the clock looked at every five minutes.
    let zone = chrono_tz::Europe::Berlin;
    let mut daily = just(reminder(&ALL, "02:30"));
    let mut rung = Vec::new();
    let start = ms("2026-10-22T00:00:00Z");
    for n in 0..7 * 288 {
        let now = start.plus_ms(n * 5 * MINUTE_MS);
        for ring in daily.due(zone, now) {
            rung.push(ring.local_date);
            daily.all[0].rung_on = Some(ring.local_date);
        }
    }
    let mut once = rung.clone();
    once.dedup();
    assert_eq!((rung.len(), &once), (7, &rung));
}
