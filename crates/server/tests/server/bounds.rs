//! What one person does costs the others nothing: connections to the database, and memory.

use mitta_domain::PersonId;
use mitta_protocol::ErrorCode;
use mitta_protocol::weeks::SitsQuery;
use mitta_server::sync::sits::{self, MAX_EVENTS, MAX_ROWS};
use mitta_server::turns::PLACES;
use tokio::task::JoinSet;

use crate::world::{World, body, date, op, sat};

#[tokio::test]
async fn pushes_of_one_person_that_wait_keep_nobody_from_the_database() {
    let world = World::with(&["--pool-size", "4", "--pool-wait-s", "2"]).await;
    let (me, other) = (world.person(1).await, world.person(2).await);
    let held = format!("BEGIN; SELECT FROM mitta.feeds WHERE person_id = '{me}' FOR UPDATE");
    world.sql(&held).await;
    let mut waiting = JoinSet::new();
    for n in 1..=20 {
        let state = world.server.server.state().clone();
        let ops = body(&[op(n, 1, sat(60))]);
        waiting.spawn(async move {
            let pushed = mitta_server::sync::push::push(&state, me, &ops).await;
            pushed.map(|_| ()).map_err(|error| error.code())
        });
    }
    // Those who are too many are told so at once.
    for _ in PLACES..20 {
        let refused = waiting.join_next().await.expect("a push").expect("answers");
        assert_eq!(refused, Err(ErrorCode::RateLimited));
    }
    for n in 1..=3 {
        world.push(other, &[op(n, 2, sat(60))]).await;
    }
    world.sql("COMMIT").await;
    let mut pushed = 0;
    while let Some(answer) = waiting.join_next().await {
        assert_eq!(answer.expect("answers"), Ok(()));
        pushed += 1;
    }
    assert_eq!(pushed, PLACES);
    assert!(world.server.server.state().turns.is_quiet());
}

async fn asked(
    world: &World,
    reader: PersonId,
    share: Option<mitta_domain::ShareId>,
) -> Result<usize, ErrorCode> {
    let query = SitsQuery {
        share_id: share,
        from: date(0),
        to: date(20),
    };
    let answer = sits::sits(world.server.server.state(), reader, query).await;
    let answer = answer.map_err(|error| error.code())?;
    Ok(answer.sessions.len() + answer.shared.len())
}

#[tokio::test]
async fn an_answer_with_rows_has_so_many_and_more_are_refused_and_not_cut() {
    let world = World::new().await;
    let (me, partner) = (world.person(1).await, world.person(2).await);
    let share = world.partnership(1, &[me, partner], date(0)).await[0];
    world.push(me, &[op(1, 1, sat(60))]).await;
    let copy = |count: usize| {
        format!(
            "INSERT INTO mitta.sessions SELECT (jsonb_populate_record(NULL::mitta.sessions, to_jsonb(s) || jsonb_build_object('session_id', gen_random_uuid()))).*
            FROM (SELECT * FROM mitta.sessions LIMIT 1) s, generate_series(1, {count});
            INSERT INTO mitta.changes (person_id, share_id, seq, kind, session_id)
            SELECT '{me}', '{share}', 100000 + row_number() OVER () + (SELECT count(*) FROM mitta.changes), 'session', session_id
            FROM mitta.sessions ON CONFLICT (person_id, share_id, session_id) DO NOTHING"
        )
    };
    let settable = "ALTER TABLE mitta.sessions ALTER COLUMN credited_s DROP EXPRESSION";
    world.sql(settable).await;
    world.sql(&copy(MAX_ROWS - 1)).await;
    assert_eq!(asked(&world, me, None).await, Ok(MAX_ROWS));
    assert_eq!(asked(&world, partner, Some(share)).await, Ok(MAX_ROWS));
    world.sql(&copy(1)).await;
    assert_eq!(asked(&world, me, None).await, Err(ErrorCode::InvalidField));
    let of_partner = asked(&world, partner, Some(share)).await;
    assert_eq!(of_partner, Err(ErrorCode::InvalidField));
}

#[tokio::test]
async fn an_answer_with_rows_has_so_many_events() {
    let world = World::new().await;
    let me = world.person(1).await;
    world.push(me, &[op(1, 1, sat(60))]).await;
    assert_eq!(world.count("session_events").await, 2);
    let more = |from: i64, to: i64| {
        format!(
            "INSERT INTO mitta.session_events SELECT (jsonb_populate_record(NULL::mitta.session_events, to_jsonb(e) || jsonb_build_object('event_seq', n))).*
            FROM (SELECT * FROM mitta.session_events LIMIT 1) e, generate_series({from}, {to}) n"
        )
    };
    world.sql(&more(3, MAX_EVENTS)).await;
    assert_eq!(asked(&world, me, None).await, Ok(1));
    world.sql(&more(MAX_EVENTS + 1, MAX_EVENTS + 1)).await;
    assert_eq!(asked(&world, me, None).await, Err(ErrorCode::InvalidField));
}
