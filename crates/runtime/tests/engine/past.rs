//! Sits that are added afterwards, corrected, and looked for.

use mitta_domain::past::Occurrence;
use mitta_domain::session::Words;
use mitta_domain::{Seconds, SessionId, Source};
use mitta_runtime::api::{
    AddSitArgs, Changed, CheckSitArgs, Commands as _, CorrectCreditedArgs, CorrectStartArgs,
    ErrorCode, FindSitsArgs, HistoryFilter, OfSession, PastStart, SessionView,
};
use uuid::Uuid;

use crate::harness::{House, Sit, instant_ms};

const fn of(session_id: SessionId) -> OfSession {
    OfSession { session_id }
}

fn at(wall: &str) -> PastStart {
    PastStart {
        wall: wall.to_owned(),
        tz: None,
        occurrence: Occurrence::First,
    }
}

fn past(wall: &str, length: &str) -> AddSitArgs {
    AddSitArgs {
        start: at(wall),
        length: length.to_owned(),
        words: Words::default(),
        is_private: false,
    }
}

fn added(sit: &Sit, wall: &str, length: &str) -> SessionView {
    sit.engine.add_sit(past(wall, length)).unwrap()
}

#[test]
fn a_past_sit_is_a_row_a_total_and_one_op() {
    let house = House::new();
    let sit = house.open();
    let view = added(&sit, "2026-01-13T07:30", "25");
    assert_eq!(view.source, Source::Manual);
    assert_eq!(view.started_at_ms, instant_ms("2026-01-13T06:30:00Z"));
    assert_eq!(
        (view.local_date.as_str(), view.credited_s),
        ("2026-01-13", Seconds(1500))
    );
    assert_eq!(house.changes(), ["sat"]);
    let totals = sit.engine.totals(mitta_runtime::api::Nothing {}).unwrap();
    assert_eq!((totals.week.sits, totals.week.credited_s), (1, 1500));
}

/// Each wrong past sit says what is wrong with it, in the check as at adding, and writes nothing.
#[test]
fn what_cannot_have_been_is_refused_each_with_its_own_word() {
    let house = House::at("2026-04-14T18:00:00Z", chrono_tz::Europe::Berlin);
    let sit = house.open();
    for (wall, length, code) in [
        ("2026-04-13T07:30", "0", ErrorCode::SitTooShort),
        ("2026-04-13T07:30", "-5", ErrorCode::SitTooShort),
        ("2026-04-13T07:30", "25h", ErrorCode::SitTooLong),
        ("2026-04-13T07:30", "long", ErrorCode::InvalidLength),
        ("2026-04-15T07:30", "20", ErrorCode::SitNotBegun),
        ("2026-04-14T19:50", "20", ErrorCode::SitNotOver),
        ("1969-04-14T19:50", "20", ErrorCode::SitTooLongAgo),
        ("2026-03-29T02:30", "20", ErrorCode::TimeNeverWas),
        ("2026-02-30T07:30", "20", ErrorCode::InvalidDate),
        ("yesterday", "20", ErrorCode::InvalidDate),
    ] {
        let refused = sit.engine.add_sit(past(wall, length)).unwrap_err();
        assert_eq!(refused.code, code, "{wall} {length}: {}", refused.message);
        let check = CheckSitArgs {
            start: at(wall),
            length: length.to_owned(),
            replaces: None,
        };
        assert_eq!(sit.engine.check_sit(check).unwrap_err(), refused);
    }
    let elsewhere = PastStart {
        tz: Some("Mars/Olympus".to_owned()),
        ..at("2026-04-13T07:30")
    };
    let args = AddSitArgs {
        start: elsewhere,
        ..past("", "20")
    };
    assert_eq!(
        sit.engine.add_sit(args).unwrap_err().code,
        ErrorCode::ZoneUnknown
    );
    let wordy = AddSitArgs {
        words: Words {
            note: Some("x".repeat(10_001)),
            ..Words::default()
        },
        ..past("2026-04-13T07:30", "20")
    };
    assert_eq!(
        sit.engine.add_sit(wordy).unwrap_err().code,
        ErrorCode::NoteTooLong
    );
    assert_eq!(house.ops().len(), 0);
    assert_eq!(
        added(&sit, "2026-04-13T07:30", "24h").credited_s,
        Seconds::DAY
    );
}

#[test]
fn a_time_that_was_twice_is_told_and_the_first_unless_said() {
    let house = House::new();
    let sit = house.open();
    let check = |occurrence| {
        let args = CheckSitArgs {
            start: PastStart {
                occurrence,
                ..at("2025-10-26T02:30")
            },
            length: "20".to_owned(),
            replaces: None,
        };
        sit.engine.check_sit(args).unwrap()
    };
    let (first, second) = (check(Occurrence::First), check(Occurrence::Second));
    assert!(first.is_twice && second.is_twice);
    assert_eq!(first.started_at_ms, instant_ms("2025-10-26T00:30:00Z"));
    assert_eq!(second.started_at_ms, instant_ms("2025-10-26T01:30:00Z"));
    assert_eq!(first.local_date, "2025-10-25", "the day starts at four");
}

#[test]
fn another_sit_at_the_same_time_is_named_and_hinders_nothing() {
    let house = House::new();
    let sit = house.open();
    let there = added(&sit, "2026-01-13T07:30", "25");
    let check = |wall: &str, replaces| {
        let args = CheckSitArgs {
            start: at(wall),
            length: "20".to_owned(),
            replaces,
        };
        let found = sit.engine.check_sit(args).unwrap().overlaps;
        found.iter().map(|it| it.session_id).collect::<Vec<_>>()
    };
    assert_eq!(check("2026-01-13T07:40", None), [there.session_id]);
    assert_eq!(check("2026-01-13T07:55", None), []);
    assert_eq!(
        check("2026-01-13T07:40", Some(there.session_id)),
        [],
        "itself"
    );
    added(&sit, "2026-01-13T07:40", "20");
}

fn changes(sit: &Sit, session_id: SessionId) -> Vec<Changed> {
    let found = sit.engine.changes(of(session_id)).unwrap().changes;
    assert!(found.iter().all(|it| it.is_here));
    found.into_iter().map(|it| it.change).collect()
}

#[test]
fn a_length_and_a_date_are_corrected_seen_and_taken_back() {
    let house = House::new();
    let sit = house.open();
    let was = added(&sit, "2026-01-13T07:30", "25");
    let credited = CorrectCreditedArgs {
        session_id: was.session_id,
        credited_s: 1200,
    };
    let now = sit.engine.correct_credited(credited.clone()).unwrap();
    assert_eq!(now.credited_s, Seconds(1200));
    for (credited_s, code) in [(0, ErrorCode::SitTooShort), (86_401, ErrorCode::SitTooLong)] {
        let args = CorrectCreditedArgs {
            credited_s,
            ..credited.clone()
        };
        assert_eq!(sit.engine.correct_credited(args).unwrap_err().code, code);
    }

    let args = CorrectStartArgs {
        session_id: was.session_id,
        start: at("2026-01-12T21:00"),
    };
    let corrected = sit.engine.correct_start(args.clone()).unwrap();
    assert_eq!(corrected.was.session_id, was.session_id);
    assert!(corrected.was.deleted);
    let new = corrected.sit.session_id;
    assert_eq!(corrected.sit.local_date, "2026-01-12");
    assert_eq!(corrected.sit.credited_s, Seconds(1200));
    assert_eq!(
        sit.engine.correct_start(args).unwrap_err().code,
        ErrorCode::SitDeleted
    );
    let found = changes(&sit, new);
    assert!(
        matches!(&found[..], [Changed::Date { before, .. }, Changed::Credited { before: Seconds(1500), .. }]
            if before.local_date == "2026-01-13"),
        "{found:?}"
    );

    let back = sit.engine.undo_correct_start(of(new)).unwrap();
    assert_eq!(back.sit.session_id, was.session_id);
    assert_eq!(
        house.changes(),
        [
            "sat", "credited", "sat", "delete", "restore", "delete", "restore"
        ]
    );
    let unknown = of(SessionId::from_uuid(Uuid::nil()));
    for refused in [
        sit.engine.undo_correct_start(of(was.session_id)).map(drop),
        sit.engine.undo_correct_start(unknown).map(drop),
        sit.engine.changes(unknown).map(drop),
    ] {
        let code = refused.unwrap_err().code;
        assert!(
            matches!(code, ErrorCode::WrongState | ErrorCode::UnknownSession),
            "{code:?}"
        );
    }
}

/// The zone of a sit is that of the place where it was sat, wherever it is corrected.
#[test]
fn a_sit_is_corrected_on_the_clock_that_it_was_sat_by() {
    let house = House::new();
    let sit = house.open();
    let args = AddSitArgs {
        start: PastStart {
            tz: Some("Asia/Tokyo".to_owned()),
            ..at("2026-01-13T07:30")
        },
        ..past("", "25")
    };
    let there = sit.engine.add_sit(args).unwrap();
    assert_eq!(there.utc_offset_s, 32_400);
    let args = CorrectStartArgs {
        session_id: there.session_id,
        start: at("2026-01-13T08:30"),
    };
    let corrected = sit.engine.correct_start(args).unwrap().sit;
    assert_eq!(corrected.utc_offset_s, 32_400);
    assert_eq!(corrected.started_at_ms.0 - there.started_at_ms.0, 3_600_000);
}

#[test]
fn sits_are_found_by_what_they_say() {
    let house = House::new();
    let sit = house.open();
    for (wall, note) in [("2026-01-12T07:30", "rain"), ("2026-01-13T07:30", "wind")] {
        let words = Words {
            note: Some(note.to_owned()),
            label: Some("Morning".to_owned()),
            mood: None,
        };
        let args = AddSitArgs {
            words,
            ..past(wall, "20")
        };
        sit.engine.add_sit(args).unwrap();
    }
    let everything = HistoryFilter {
        text: None,
        label: None,
        source: None,
        from: None,
        to: None,
    };
    let find = |filter: HistoryFilter, limit| {
        let args = FindSitsArgs {
            filter,
            before: None,
            limit,
        };
        sit.engine.find_sits(args)
    };
    let by_text = |text: &str| HistoryFilter {
        text: Some(text.to_owned()),
        ..everything.clone()
    };
    let found = find(by_text("Rain morn"), 10).unwrap();
    assert_eq!(found.sits.len(), 1);
    assert_eq!(found.next, None);
    let first = find(everything.clone(), 1).unwrap();
    assert_eq!(first.sits[0].words.note.as_deref(), Some("wind"));
    assert!(first.next.is_some());
    let dated = |from: &str| HistoryFilter {
        from: Some(from.to_owned()),
        ..everything.clone()
    };
    assert_eq!(find(dated("2026-01-13"), 10).unwrap().sits.len(), 1);
    let refused = |filter, limit| find(filter, limit).unwrap_err().code;
    assert_eq!(refused(dated("soon"), 10), ErrorCode::InvalidDate);
    assert_eq!(
        refused(by_text(&"x".repeat(201)), 10),
        ErrorCode::SearchTooLong
    );
    assert_eq!(refused(by_text("rain"), 501), ErrorCode::InvalidRequest);
    let labels = sit
        .engine
        .labels(mitta_runtime::api::Nothing {})
        .unwrap()
        .labels;
    assert_eq!((labels[0].label.as_str(), labels[0].sits), ("Morning", 2));
    assert_eq!(
        sit.engine
            .session(OfSession {
                session_id: found.sits[0].session_id
            })
            .unwrap(),
        found.sits[0]
    );
}
