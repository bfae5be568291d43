//! Pushing: every op counts once, all or nothing is stored, and nobody is touched but the one whose
//! token pushes (I1, I3, I4, I6, I10).

use mitta_domain::op::Change;
use mitta_domain::{Plan, PlanChoice, Seconds, Session};
use mitta_protocol::ErrorCode;
use rstest::rstest;

use crate::world::{
    World, body, completion, credited, date, deleted, device, events, note, op, outcomes, sat,
    secret, sharing,
};

const ALL: [&str; 5] = [
    "sessions",
    "session_events",
    "changes",
    "applied_ops",
    "day_totals",
];

fn plan() -> Plan {
    Plan {
        choice: PlanChoice {
            planned_s: None,
            ..PlanChoice::default()
        },
        interval_at_s: vec![Seconds(60)],
    }
}

#[tokio::test]
async fn a_push_again_is_once_i3() {
    let world = World::new().await;
    let me = world.person(1).await;
    let ops = [
        op(1, 1, Change::Start { plan: Some(plan()) }),
        op(
            2,
            1,
            Change::Complete {
                completion: completion(600),
                events: events(3),
            },
        ),
        op(3, 1, note("\u{0}first\u{0}")),
        op(4, 1, credited(540)),
        op(5, 1, sharing(true, true)),
        op(6, 2, sat(60)),
    ];
    let first = world.push(me, &ops).await;
    assert_eq!(outcomes(&first), ["applied"; 6]);
    let stored = [2, 5, 2, 6, 2];
    let again = world.push(me, &ops).await;
    assert_eq!(outcomes(&again), ["duplicate"; 6]);
    assert_eq!(again.sessions, first.sessions);
    for (table, rows) in ALL.iter().zip(stored) {
        assert_eq!(world.count(table).await, rows, "{table}");
    }
    let session = Session::from(first.sessions[0].clone());
    assert_eq!(session.plan, Some(plan()));
    assert_eq!(session.completion, Some(completion(600)));
    assert_eq!(session.credited_s(), Seconds(540));
    assert_eq!(session.words.note.as_deref(), Some("first"));
    assert_eq!(session.words.mood, Some(4));
    assert_eq!(
        (
            session.words_stamp.device_seq,
            session.sharing_stamp.device_seq
        ),
        (3, 5)
    );
}

#[tokio::test]
async fn what_is_answered_is_what_is_stored() {
    let world = World::new().await;
    let me = world.person(1).await;
    let start = Change::Start { plan: Some(plan()) };
    let ops = [
        op(1, 1, start),
        op(2, 1, note("a")),
        op(3, 1, credited(5)),
        op(4, 1, deleted(true)),
    ];
    let answered = world.push(me, &ops).await.sessions;
    // Superseded: it changes nothing, so the row of the answer is the one that was read.
    let read = world
        .push(me, &[op(1000, 2, sat(60)), op(1, 1, deleted(false))])
        .await;
    assert_eq!(outcomes(&read), ["applied", "key_reuse"]);
    assert_eq!(read.sessions[1..], answered);
}

#[tokio::test]
async fn a_child_that_comes_before_its_parent_brings_it_i6() {
    let world = World::new().await;
    let me = world.person(1).await;
    let complete = Change::Complete {
        completion: completion(600),
        events: events(2),
    };
    for (seq, change) in [
        (4, note("a")),
        (3, credited(300)),
        (2, complete),
        (1, Change::Start { plan: Some(plan()) }),
    ] {
        let answer = world.push(me, &[op(seq, 1, change)]).await;
        assert_eq!(outcomes(&answer), ["applied"], "op {seq}");
    }
    assert_eq!(world.count("sessions").await, 1);
    assert_eq!(world.count("session_events").await, 2);
    assert_eq!(
        world.days(mitta_domain::ShareId::own(me)).await,
        [(date(1), 1, 300)]
    );
}

#[tokio::test]
async fn the_same_push_from_two_connections_at_once_counts_once_i3() {
    let world = World::new().await;
    let me = world.person(1).await;
    let ops: Vec<_> = (1..=50).map(|n| op(n.into(), n, sat(60))).collect();
    let second = world.second_server(&[]).await;
    let pushes = std::array::from_fn::<_, 4, _>(|n| {
        let server = if n.is_multiple_of(2) {
            &world.server
        } else {
            &second
        };
        world.push_at(server, me, &ops)
    });
    let [a, b, c, d] = pushes;
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let mut said: Vec<_> = [a, b, c, d]
        .iter()
        .map(|it| outcomes(it)[0].clone())
        .collect();
    said.sort();
    assert_eq!(said, ["applied", "duplicate", "duplicate", "duplicate"]);
    assert_eq!(world.count("changes").await, 50);
    assert_eq!(world.count("session_events").await, 100);
}

#[tokio::test]
async fn an_op_replayed_a_year_later_changes_nothing() {
    let world = World::new().await;
    let me = world.person(1).await;
    let mut ahead = op(9, 1, note("ahead"));
    ahead.stamp.hlc_ms = crate::harness::NOW.0 + 400 * 86_400_000;
    let first = world.push(me, &[op(1, 1, sat(60)), ahead.clone()]).await;
    world.push(me, &[op(2, 1, credited(90))]).await;
    world.server.clock.pass(365 * 86_400_000);
    let again = world.push(me, &[op(1, 1, sat(60)), ahead]).await;
    assert_eq!(outcomes(&again), ["duplicate"; 2]);
    assert_eq!(again.sessions[0].words_stamp, first.sessions[0].words_stamp);
    assert_eq!(again.sessions[0].credited_override_s, Some(Seconds(90)));
}

#[tokio::test]
async fn a_clock_that_is_ahead_wins_for_five_minutes_at_most() {
    let world = World::new().await;
    let me = world.person(1).await;
    let mut ahead = op(1, 1, note("ahead"));
    ahead.stamp.hlc_ms += crate::harness::NOW.0 * 2;
    world.push(me, &[ahead]).await;
    world.server.clock.pass(6 * 60_000);
    let mut later = op(2, 1, note("later"));
    later.stamp.hlc_ms = crate::harness::NOW.0 + 6 * 60_000;
    let answer = world.push(me, &[later]).await;
    assert_eq!(answer.sessions[0].words.note.as_deref(), Some("later"));
}

/// Keys begin with the person: the same ids of two persons are different rows (I10).
#[tokio::test]
async fn the_same_ids_of_another_person_are_other_rows() {
    let world = World::new().await;
    let (me, other) = (world.person(1).await, world.person(2).await);
    let ops = [op(1, 1, sat(60)), op(2, 1, note("mine"))];
    world.push(me, &ops).await;
    let mut of_another_device = op(3, 1, note("theirs"));
    of_another_device.stamp.device_id = device(77);
    let theirs = world
        .push(other, &[op(1, 1, sat(90)), of_another_device])
        .await;
    assert_eq!(outcomes(&theirs), ["applied", "applied"]);
    let mine = world.push(me, &ops).await;
    assert_eq!(outcomes(&mine), ["duplicate"; 2]);
    assert_eq!(mine.sessions[0].words.note.as_deref(), Some("mine"));
    assert_eq!(mine.sessions[0].completion, Some(completion(60)));
    assert_eq!(world.count("sessions").await, 2);
}

#[tokio::test]
async fn an_error_of_the_database_leaves_nothing_of_the_push_i4() {
    let world = World::new().await;
    let me = world.person(1).await;
    world.push(me, &[op(1, 1, sat(60))]).await;
    world
        .sql("ALTER TABLE mitta.session_events ADD CHECK (event_seq <> 3)")
        .await;
    let bad = Change::Complete {
        completion: completion(60),
        events: events(3),
    };
    let ops = [
        op(2, 2, sat(60)),
        op(3, 1, note("a")),
        op(4, 3, bad),
        op(5, 4, sat(60)),
    ];
    let failed = world.try_push(me, &ops).await.expect_err("fails");
    assert_eq!(failed.code(), ErrorCode::Internal);
    assert_eq!(world.count("sessions").await, 1);
    assert_eq!(world.count("applied_ops").await, 1);
    assert_eq!(world.count("changes").await, 1);
    // Without the op that caused it the others go through.
    let others = [ops[0].clone(), ops[1].clone(), ops[3].clone()];
    assert_eq!(outcomes(&world.push(me, &others).await), ["applied"; 3]);
}

#[tokio::test]
async fn a_row_that_row_security_filters_away_fails_the_push_i1() {
    let world = World::new().await;
    let me = world.person(1).await;
    world.push(me, &[op(1, 1, sat(60))]).await;
    let away = "CREATE POLICY away ON mitta.sessions AS RESTRICTIVE FOR UPDATE TO mitta_server USING (false)";
    world.sql(away).await;
    let failed = world
        .try_push(me, &[op(2, 1, note("a")), op(3, 2, sat(60))])
        .await;
    assert_eq!(failed.expect_err("fails").code(), ErrorCode::Internal);
    assert_eq!(world.count("sessions").await, 1);
    assert_eq!(world.count("applied_ops").await, 1);
}

#[tokio::test]
async fn a_person_who_is_gone_is_asked_to_sign_in() {
    let world = World::new().await;
    let gone = mitta_domain::PersonId::from_uuid(uuid::Uuid::from_u128(5));
    let failed = world.try_push(gone, &[op(1, 1, sat(60))]).await;
    assert_eq!(failed.expect_err("fails").code(), ErrorCode::SignInNeeded);
}

#[tokio::test]
async fn over_http_the_token_decides_whose_ops_they_are() {
    let world = World::new().await;
    world.person(1).await;
    let bearer = format!("Bearer {}", secret(1).shown);
    let json = ("content-type", "application/json");
    let ops = body(&[op(1, 1, sat(60))]);
    let path = "/v1/push";
    let nobody = world.server.send("POST", path, &[json], ops.clone()).await;
    assert_eq!(nobody.code(), ErrorCode::SignInNeeded);
    let headers = [json, ("authorization", bearer.as_str())];
    let answer = world.server.send("POST", path, &headers, ops).await;
    assert_eq!(answer.status.as_u16(), 200);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(text.contains(r#""outcome":"applied""#), "{text}");
    let metrics = world.server.get("/metrics").await;
    let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
    assert!(
        metrics.contains(r#"push_ops_total{outcome="applied"}"#),
        "{metrics}"
    );
}

fn with_ops(count: usize) -> String {
    let ops: Vec<String> = (0..count)
        .map(|n| format!(r#"{{"op_id":"{}"}}"#, uuid::Uuid::from_u128(n as u128)))
        .collect();
    format!(r#"{{"ops":[{}]}}"#, ops.join(","))
}

#[rstest]
#[case::no_json("{\"ops\":[".to_owned(), Some(ErrorCode::MalformedJson))]
#[case::another_shape(r#"{"ops":1}"#.to_owned(), Some(ErrorCode::InvalidField))]
#[case::an_unknown_field(r#"{"ops":[],"person_id":"me"}"#.to_owned(), Some(ErrorCode::InvalidField))]
#[case::no_ops(r#"{"ops":[]}"#.to_owned(), None)]
#[case::an_op_without_an_id(r#"{"ops":[{"v":1}]}"#.to_owned(), Some(ErrorCode::MalformedOp))]
#[case::as_many_as_may_be(with_ops(2_000), None)]
#[case::one_more(with_ops(2_001), Some(ErrorCode::TooManyOps))]
#[case::a_mebibyte_and_one(format!("{{\"ops\":[{}]}}", " ".repeat(1024 * 1024 - 9)), Some(ErrorCode::BodyTooLarge))]
#[case::a_mebibyte(format!("{{\"ops\":[{}]}}", " ".repeat(1024 * 1024 - 10)), None)]
#[tokio::test]
async fn a_push_beyond_its_limits_is_refused_as_a_whole(
    #[case] body: String,
    #[case] code: Option<ErrorCode>,
) {
    let world = World::new().await;
    world.person(1).await;
    let bearer = format!("Bearer {}", secret(1).shown);
    let headers = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
    ];
    let answer = world.server.send("POST", "/v1/push", &headers, body).await;
    match code {
        Some(code) => assert_eq!(answer.code(), code),
        None => assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.body),
    }
    assert_eq!(world.count("applied_ops").await, 0);
}

#[tokio::test]
async fn a_malformed_op_is_rejected_and_the_others_go_on() {
    let world = World::new().await;
    let me = world.person(1).await;
    let good = String::from_utf8(body(&[op(1, 1, sat(60))])).expect("text");
    let id = "0197a3c2-5f00-7000-8000-000000000001";
    let bad = format!(r#"[{{"op_id":"{id}","v":1}},{{"op_id":"{id}","v":9}},"#);
    let ops = good.replacen('[', &bad, 1);
    let state = world.server.server.state();
    let answer = mitta_server::sync::push::push(state, me, ops.as_bytes()).await;
    assert_eq!(
        outcomes(&answer.expect("goes")),
        ["malformed_op", "unknown_version", "applied"]
    );
    assert_eq!(world.count("applied_ops").await, 1);
}
