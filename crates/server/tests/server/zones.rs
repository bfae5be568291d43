//! Every IANA zone with its transitions from 2020 to 2035, and all seven week starts: the weeks that the
//! server sums are those of the device, and those of a person with a paper calendar (I8).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};
use mitta_domain::calendar::{Week, local_date};
use mitta_domain::op::Op;
use mitta_domain::stats::Daily;
use mitta_domain::totals::day_totals;
use mitta_domain::{Session, SessionStart, UnixMillis};
use mitta_protocol::weeks::WeeksQuery;
use mitta_server::sync::weeks;

use crate::world::{World, begun_on, completion, op, sat, session_id};

const WEEK_STARTS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];
const DAY_START_HOUR: u8 = 4;
const DAY_MS: i64 = 86_400_000;
/// A push takes a mebibyte.
const OPS_OF_A_PUSH: usize = 1000;

fn utc_ms(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text)
        .expect("an instant")
        .timestamp_millis()
}

fn at(ms: i64, tz: Tz) -> DateTime<Tz> {
    DateTime::from_timestamp_millis(ms)
        .expect("an instant")
        .with_timezone(&tz)
}

/// The first milliseconds of every new offset.
fn transitions(tz: Tz) -> Vec<i64> {
    let face_ms = |ms| at(ms, tz).naive_local().and_utc().timestamp_millis() - ms;
    let (mut from, end) = (
        utc_ms("2020-01-01T00:00:00Z"),
        utc_ms("2036-01-01T00:00:00Z"),
    );
    let mut found = Vec::new();
    while from < end {
        let next = from + 4 * DAY_MS;
        if face_ms(next) != face_ms(from) {
            let (mut before, mut after) = (from, next);
            while after - before > 1 {
                let middle = before.midpoint(after);
                if face_ms(middle) == face_ms(from) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            found.push(after);
        }
        from = next;
    }
    found
}

/// Sits on either side of every transition, and at noon of New Year where a zone has none.
fn moments() -> Vec<(Tz, i64)> {
    let of_zone = |tz: Tz| {
        let mut moments: Vec<_> = transitions(tz)
            .into_iter()
            .flat_map(|change| [(tz, change - 1), (tz, change)])
            .collect();
        if moments.is_empty() {
            moments.push((tz, utc_ms("2028-01-01T12:00:00Z")));
        }
        moments
    };
    TZ_VARIANTS.into_iter().flat_map(of_zone).collect()
}

/// The first day of the week in which a person notes a sit down.
fn noted_week(ms: i64, tz: Tz, week_start: Weekday) -> NaiveDate {
    let face = at(ms, tz);
    let mut date = face.date_naive();
    let before_the_day = face.hour() < u32::from(DAY_START_HOUR);
    if before_the_day {
        date = date.pred_opt().expect("a day before");
    }
    while date.weekday() != week_start {
        date = date.pred_opt().expect("a day before");
    }
    date
}

#[tokio::test]
async fn device_server_and_calendar_agree_in_every_zone_for_every_week_start() {
    let world = World::new().await;
    let me = world.person(1).await;
    let moments = moments();
    assert!(moments.len() > 10_000, "only {} sits", moments.len());
    let seconds = |n: u32| 1 + n % 3600;
    let (mut ops, mut sessions): (Vec<Op>, Vec<Session>) = (Vec::new(), Vec::new());
    for (n, (tz, ms)) in (1u32..).zip(&moments) {
        let day = local_date(UnixMillis(*ms), *tz, DAY_START_HOUR).expect("a date");
        let start = SessionStart {
            session_id: session_id(n),
            started_at_ms: UnixMillis(*ms),
            tz: tz.name().to_owned(),
            utc_offset_s: day.utc_offset_s,
            local_date: day.local_date,
            ..begun_on(1, 1)
        };
        ops.push(Op {
            session: start.clone(),
            ..op(n.into(), 1, sat(seconds(n)))
        });
        sessions.push(Session {
            completion: Some(completion(seconds(n))),
            ..Session::begun(start)
        });
    }
    for ops in ops.chunks(OPS_OF_A_PUSH) {
        let answer = world.push(me, ops).await;
        let outcomes = crate::world::outcomes(&answer);
        assert!(outcomes.iter().all(|it| it == "applied"), "{outcomes:?}");
    }
    let days = day_totals(&sessions);
    let device = Daily::new(&days, NaiveDate::from_ymd_opt(2036, 2, 1).expect("a date"));
    for week_start in WEEK_STARTS {
        let query = WeeksQuery {
            share_id: None,
            week_start: Some(week_start),
        };
        let answer = weeks::weeks(world.server.server.state(), me, query).await;
        let answer = answer.unwrap_or_else(|error| panic!("{error:?}"));
        let server: BTreeMap<_, _> = answer
            .weeks
            .iter()
            .map(|week| (week.first_date, (week.rows, week.sits, week.credited_s)))
            .collect();
        let mut noted = BTreeMap::new();
        for (n, (tz, ms)) in (1u32..).zip(&moments) {
            let week = noted_week(*ms, *tz, week_start);
            let sums = noted.entry(week).or_insert((0u64, 0u64, 0u64));
            *sums = (sums.0 + 1, sums.1 + 1, sums.2 + u64::from(seconds(n)));
        }
        assert_eq!(server, noted, "weeks from {week_start}");
        for (first, (_, sits, credited_s)) in &noted {
            let found = device.span(Week::of(*first, week_start).span());
            assert_eq!(
                (u64::from(found.sits), found.credited_s),
                (*sits, *credited_s)
            );
        }
    }
}
