//! Statistics are those of the days and hours on which sits began, as of now (I8), with the goal that
//! holds and only what the person wants to see.

use chrono::Weekday;
use mitta_domain::settings::RestDays;
use mitta_domain::stats::{GoalOf, Scope, Statistics};

use mitta_domain::{
    DeviceId, PartnershipId, PersonId, PlanChoice, Seconds, Settings, ShareId, Sharing,
};
use mitta_runtime::api::{
    Commands as _, ErrorCode, Nothing, OfSession, ShareSessionArgs, StatisticsArgs,
};
use mitta_store::{
    AccountRow, Claim, MemberRow, Membership, Opening, PartnershipRow, ShareRow, TokenPlace, Writer,
};
use rstest::rstest;
use rusqlite::Connection;
use uuid::Uuid;

use crate::harness::{House, Sit, instant_ms, of, plain};

fn statistics(sit: &Sit, scope: Scope) -> Statistics {
    sit.engine.statistics(StatisticsArgs { scope }).unwrap()
}

fn sit_for(sit: &Sit, seconds: u32, label: Option<&str>) -> OfSession {
    let view = sit.begin(PlanChoice {
        label: label.map(str::to_owned),
        ..plain(seconds)
    });
    sit.pass(u64::from(seconds) * 1000);
    sit.flush();
    sit.engine.dismiss(of(&view)).unwrap();
    of(&view)
}

fn wait_until(house: &House, instant: &str) {
    let now_ms = mitta_runtime::clock::Clock::now(&*house.clock).wall_ms;
    house
        .clock
        .pass(instant_ms(instant).since_ms(now_ms).unwrap());
}

/// A week with a sit after midnight, which belongs to the evening; one is deleted.
fn a_week(house: &House, sit: &Sit) {
    for (instant, seconds, label) in [
        ("2026-11-23T06:00:00Z", 600, Some("Zazen")),
        ("2026-11-23T23:30:00Z", 300, None),
        ("2026-11-25T06:10:00Z", 1200, Some("Zazen")),
    ] {
        wait_until(house, instant);
        sit_for(sit, seconds, label);
    }
    let deleted = sit_for(sit, 60, None);
    sit.engine.delete_session(deleted).unwrap();
}

#[test]
fn figures_are_those_of_the_database_and_of_the_totals() {
    let house = House::at("2026-11-16T12:00:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    sit_for(&sit, 900, None);
    a_week(&house, &sit);
    let found = statistics(&sit, Scope::PastYear);
    let week = found.week;
    assert_eq!((week.credited_s, week.sits, week.days), (2100, 3, 2));
    assert_eq!((week.days_over, week.is_over), (2, false));
    assert_eq!(found.week_before_until_now.credited_s, 900);
    assert_eq!((found.today.credited_s, found.all.credited_s), (1200, 3000));
    assert_eq!(
        (found.goal, found.streak),
        (None, None),
        "nothing is wanted yet"
    );

    let hours: Vec<_> = found.scope.hours.iter().filter(|it| it.sits > 0).collect();
    let hours: Vec<_> = hours.iter().map(|it| (it.hour, it.credited_s)).collect();
    assert_eq!(hours, [(0, 300), (7, 1800), (13, 900)]);
    let labels = &found.scope.labels;
    assert_eq!(
        (labels[0].label.as_deref(), labels[0].credited_s),
        (Some("Zazen"), 1800)
    );
    assert_eq!((&labels[1].label, labels[1].credited_s), (&None, 1200));
    assert_eq!(
        found.scope.longest.map(|it| it.credited_s),
        Some(Seconds(1200))
    );

    let other: Connection = house.other_program();
    let sql =
        "SELECT sum(credited_s) FROM sessions WHERE deleted = 0 AND local_date >= '2026-11-23'";
    let sum: i64 = other.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(i64::try_from(week.credited_s), Ok(sum));

    let totals = sit.engine.totals(Nothing {}).unwrap();
    for (span, total) in [
        (found.today, &totals.today),
        (week, &totals.week),
        (found.month, &totals.month),
        (found.all, &totals.all),
    ] {
        let shown = (
            span.from.to_string(),
            span.to.to_string(),
            span.sits,
            span.credited_s,
            span.days,
        );
        let told = (
            total.from.clone(),
            total.to.clone(),
            total.sits,
            total.credited_s,
            total.days,
        );
        assert_eq!(shown, told, "the two commands say the same");
    }
}

#[test]
fn goal_and_streak_are_those_of_the_settings() {
    let house = House::at("2026-11-22T12:00:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    let settings = Settings {
        weekly_goal_s: Some(Seconds(3600)),
        show_streak: true,
        rest_days: RestDays([Weekday::Tue].into_iter().collect()),
        ..sit.snapshot().settings
    };
    sit.engine.save_settings(settings).unwrap();
    a_week(&house, &sit);
    let found = statistics(&sit, Scope::All);
    let goal = found.goal.unwrap();
    assert_eq!(
        (goal.weekly_goal_s, goal.left_s, goal.of),
        (Seconds(3600), 1500, GoalOf::Own)
    );
    let streak = found.streak.unwrap();
    assert_eq!(
        (streak.days, streak.longest_days),
        (2, 2),
        "over Tuesday's rest"
    );
}

#[test]
fn a_year_outside_the_calendar_is_an_invalid_request() {
    let house = House::new();
    let sit = house.open();
    for year in [0, -1, 10_000, i32::MIN] {
        let args = StatisticsArgs {
            scope: Scope::Year { year },
        };
        let refused = sit.engine.statistics(args).unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidRequest, "{refused:?}");
    }
    assert_eq!(
        statistics(&sit, Scope::Year { year: 9999 })
            .scope
            .total
            .sits,
        0
    );
}

/// Signs the folder in, with a partnership in which the goals are these.
fn partnership(house: &House, own_goal_s: Option<u32>) {
    let id = |n: u128| Uuid::from_u128(0x0197_a3c2_5f00_7000_8000_0000_0000_0000 | n);
    let opening = Opening::new(
        instant_ms("2026-11-22T12:00:00Z"),
        DeviceId::from_uuid(id(1)),
    );
    let (mut writer, _) = Writer::open(&house.dir(), opening).unwrap();
    let me = PersonId::from_uuid(id(2));
    writer
        .sign_in(&AccountRow {
            server_url: "https://mitta.example".to_owned(),
            server_id: id(3),
            person_id: me,
            login: "asha".to_owned(),
            display_name: "Asha".to_owned(),
            claim: Claim::Given,
            signed_in: true,
            token_place: TokenPlace::Keyring,
        })
        .unwrap();
    writer.new_epoch(id(3), "1-7000-1").unwrap();
    let member = |person_id, weekly_goal_s| MemberRow {
        person_id,
        display_name: "Somebody".to_owned(),
        weekly_goal_s,
        share_since: "2026-01-01".parse().unwrap(),
        is_paused: None,
        shows_sitting: None,
        heard_at_ms: None,
    };
    let other = PersonId::from_uuid(id(4));
    let partnership_id = PartnershipId::from_uuid(id(5));
    let share = |n, person_id| ShareRow {
        share_id: ShareId::from_uuid(id(n)),
        person_id,
        partnership_id: Some(partnership_id),
        generation: 1,
        share_since: Some("2026-01-01".parse().unwrap()),
        head_seq: 0,
    };
    let membership = Membership {
        shares: vec![share(6, other), share(7, me)],
        partnerships: vec![PartnershipRow {
            partnership_id,
            name: "Ties".to_owned(),
            week_start: Weekday::Sun,
            members: vec![member(other, Some(60)), member(me, own_goal_s)],
        }],
    };
    writer.apply_membership(id(3), &membership).unwrap();
}

#[rstest]
#[case::set_there(Some(7200), Seconds(7200), GoalOf::Partnership { name: "Ties".to_owned() })]
#[case::set_here_alone(None, Seconds(3600), GoalOf::Own)]
fn a_goal_set_for_a_partnership_goes_before_the_own_one(
    #[case] there: Option<u32>,
    #[case] weekly_goal_s: Seconds,
    #[case] of: GoalOf,
) {
    let house = House::at("2026-11-22T12:00:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    let settings = Settings {
        weekly_goal_s: Some(Seconds(3600)),
        ..sit.snapshot().settings
    };
    sit.engine.save_settings(settings).unwrap();
    partnership(&house, there);
    let goal = statistics(&sit, Scope::PastYear).goal.unwrap();
    assert_eq!((goal.weekly_goal_s, goal.of), (weekly_goal_s, of));
}

/// Its week begins on Sunday, the own one on Monday.
#[test]
fn the_goal_of_a_partnership_is_held_against_what_is_shared_in_its_week() {
    let house = House::at("2026-11-22T12:00:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    partnership(&house, Some(7200));
    sit_for(&sit, 900, None);
    wait_until(&house, "2026-11-23T06:00:00Z");
    sit_for(&sit, 600, None);
    let private = sit_for(&sit, 300, None);
    let args = ShareSessionArgs {
        session_id: private.session_id,
        sharing: Sharing {
            shared: false,
            ..Sharing::default()
        },
    };
    sit.engine.share_session(args).unwrap();
    let found = statistics(&sit, Scope::PastYear);
    assert_eq!((found.week.credited_s, found.week.sits), (900, 2));
    let goal = found.goal.unwrap();
    assert_eq!(
        (goal.week.from.to_string(), goal.week.credited_s),
        ("2026-11-22".to_owned(), 1500)
    );
    assert_eq!(goal.left_s, 5700);
}
