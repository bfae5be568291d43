use chrono::Weekday;
use mitta_domain::{PartnershipId, SessionId};

use super::*;
use crate::partnership::Member;

fn person(n: u8) -> PersonId {
    format!("0197a3c2-5f00-7000-8000-0000000000{n:02x}")
        .parse()
        .unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn day(text: &str, sits: u32, credited_s: u64) -> DayTotal {
    DayTotal {
        local_date: date(text),
        sits,
        credited_s,
    }
}

fn sit(person_id: PersonId, n: u8, started_at_ms: i64) -> TogetherSit {
    let session_id: SessionId = format!("0197a3c2-5f00-7000-8000-0000000001{n:02x}")
        .parse()
        .unwrap();
    TogetherSit {
        person_id,
        session_id,
        started_at_ms: UnixMillis(started_at_ms),
        utc_offset_s: 0,
        local_date: date("2026-11-26"),
        credited_s: 60,
        together_id: None,
        note: None,
        label: None,
        is_on_the_way: false,
    }
}

fn partnership() -> Partnership {
    let member = |n| Member {
        person_id: person(n),
        display_name: format!("Person {n}"),
        weekly_goal_s: Some(9000),
        share_since: date("2026-11-01"),
        is_paused: (n == 1).then_some(false),
        shows_sitting: (n == 1).then_some(true),
        heard_at_ms: None,
    };
    Partnership {
        partnership_id: "0197a3c2-5f00-7000-8000-0000000000aa"
            .parse::<PartnershipId>()
            .unwrap(),
        name: "Mornings".to_owned(),
        week_start: Weekday::Mon,
        members: vec![member(1), member(2)],
    }
}

fn seen(mine: &MemberParts, theirs: &MemberParts) -> TogetherPartnership {
    assemble(
        &partnership(),
        person(1),
        date("2026-11-28"),
        2,
        None,
        |of| {
            if of == person(1) {
                mine.clone()
            } else {
                theirs.clone()
            }
        },
    )
}

#[test]
fn weeks_are_summed_per_person_and_together_from_their_first_day() {
    let mine = MemberParts {
        days: Some(vec![
            day("2026-11-22", 1, 600),
            day("2026-11-23", 2, 1200),
            day("2026-11-28", 1, 300),
        ]),
        ..MemberParts::default()
    };
    let theirs = MemberParts {
        days: Some(vec![day("2026-11-29", 1, 60)]),
        ..MemberParts::default()
    };
    let shown = seen(&mine, &theirs);
    let week = |first, sits, credited_s| WeekTotal {
        first_date: date(first),
        sits,
        credited_s,
    };
    assert_eq!(
        shown.members[0].weeks,
        Some(vec![
            week("2026-11-16", 1, 600),
            week("2026-11-23", 3, 1500)
        ])
    );
    assert_eq!(
        shown.members[1].weeks,
        Some(vec![week("2026-11-16", 0, 0), week("2026-11-23", 1, 60)])
    );
    let all = |first, sits, credited_s| TogetherWeek {
        first_date: date(first),
        sits: Some(sits),
        credited_s: Some(credited_s),
    };
    assert_eq!(
        shown.weeks,
        [all("2026-11-16", 1, 600), all("2026-11-23", 4, 1560)]
    );
}

#[test]
fn of_what_is_not_known_no_number_is_made() {
    let known = MemberParts {
        days: Some(vec![day("2026-11-28", 1, 300)]),
        own_days: Some(vec![day("2026-11-28", 1, 300)]),
        ..MemberParts::default()
    };
    let unknown = MemberParts {
        days: None,
        ..known.clone()
    };
    let nothing = |first| TogetherWeek {
        first_date: date(first),
        sits: None,
        credited_s: None,
    };
    for (mine, theirs) in [(&unknown, &known), (&known, &unknown)] {
        let shown = seen(mine, theirs);
        let weeks = shown.members.iter().map(|it| it.weeks.is_some());
        let are_known = [mine, theirs].map(|it| it.days.is_some());
        assert_eq!(weeks.collect::<Vec<_>>(), are_known);
        assert_eq!(shown.members[0].private.is_some(), mine.days.is_some());
        assert_eq!(
            shown.weeks,
            [nothing("2026-11-16"), nothing("2026-11-23")],
            "a sum of one of two is none"
        );
    }
}

#[test]
fn what_is_private_is_said_only_of_oneself_and_only_where_it_is_known() {
    let days = Some(vec![day("2026-11-25", 1, 600)]);
    let own_days = Some(vec![day("2026-11-25", 2, 2100)]);
    let known = MemberParts {
        days: days.clone(),
        own_days,
        ..MemberParts::default()
    };
    let shown = seen(&known, &known);
    assert_eq!(
        shown.members[0].private,
        Some(Total {
            sits: 1,
            credited_s: 1500
        })
    );
    assert_eq!(
        shown.members[1].private, None,
        "not of others, whatever one is given"
    );

    let behind = MemberParts {
        days,
        own_days: Some(Vec::new()),
        ..MemberParts::default()
    };
    assert_eq!(seen(&behind, &behind).members[0].private, None);
}

#[test]
fn as_of_is_said_of_others_only() {
    let heard = MemberParts {
        as_of_ms: Some(UnixMillis(7)),
        ..MemberParts::default()
    };
    let shown = seen(&heard, &heard);
    assert_eq!(shown.members[0].as_of_ms, None);
    assert_eq!(shown.members[1].as_of_ms, Some(UnixMillis(7)));
}

#[test]
fn the_newest_sits_of_all_come_first_and_no_more_than_that() {
    let many = |who: u8, from: i64| MemberParts {
        sits: (0..10)
            .rev()
            .map(|n| sit(person(who), n + who * 16, from + i64::from(n) * 10))
            .collect(),
        ..MemberParts::default()
    };
    let shown = seen(&many(1, 0), &many(2, 5));
    assert_eq!(shown.sits.len(), RECENT_SITS);
    assert!(shown.has_more_sits);
    assert!(
        shown
            .sits
            .is_sorted_by(|a, b| a.started_at_ms > b.started_at_ms)
    );
    assert_eq!(shown.sits[0].person_id, person(2));
    assert!(!seen(&MemberParts::default(), &many(2, 0)).has_more_sits);
}
