//! Partnerships: what members see of each other, since when, through pauses, and after leaving.

use mitta_protocol::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{NOW, connect};
use crate::people::{Somebody, id, server};

const SINCE: &str = "2026-11-10";
const MINUTE_MS: u64 = 60 * 1000;

#[tokio::test]
async fn a_partnership_is_made_renamed_and_listed() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let body =
        json!({"name": " Us ", "week_start": "Sun", "share_since": SINCE, "weekly_goal_s": 3600});
    let made: Value = ada
        .ask("POST", "/v1/partnerships", &body)
        .await
        .is(201)
        .json();
    assert_eq!(made["name"], "Us");
    assert_eq!(made["week_start"], "Sun");
    let me = &made["members"][0];
    assert_eq!(me["weekly_goal_s"], 3600);
    assert_eq!(me["share_since"], SINCE);
    assert_eq!(me["is_paused"], false);
    let path = format!(
        "/v1/partnerships/{}",
        made["partnership_id"].as_str().expect("an id")
    );
    let renamed: Value = ada.ask("PATCH", &path, &json!({"name": "We"})).await.json();
    assert_eq!(
        (&renamed["name"], &renamed["week_start"]),
        (&json!("We"), &json!("Sun"))
    );
    let moved: Value = ada
        .ask("PATCH", &path, &json!({"week_start": "Mon"}))
        .await
        .json();
    assert_eq!(
        (&moved["name"], &moved["week_start"]),
        (&json!("We"), &json!("Mon"))
    );
    assert_eq!(ada.get("/v1/partnerships").await["partnerships"][0], moved);
}

#[tokio::test]
async fn what_is_not_as_it_must_be_is_refused_with_its_code() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership(SINCE).await;
    let good = json!({"name": "Us", "week_start": "Mon", "share_since": SINCE});
    let check = async |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        let answer = ada.ask("POST", "/v1/partnerships", &body).await;
        assert_eq!(answer.code(), ErrorCode::InvalidField, "{body}");
    };
    check("name", json!("")).await;
    check("name", json!("x".repeat(81))).await;
    check("week_start", json!("Someday")).await;
    check("share_since", json!("+300000-01-01")).await;
    check("share_since", json!("1969-12-31")).await;
    check("weekly_goal_s", json!(0)).await;
    check("weekly_goal_s", json!(604_801)).await;
    check("weekly_goal_s", json!(-1)).await;
    check("owner", json!(1)).await;
    for change in [
        json!({"weekly_goal_s": 604_801}),
        json!({"share_since": "9999999-01-01"}),
        json!({"is_paused": "yes"}),
    ] {
        let answer = ada.membership(&us, change).await;
        assert_eq!(answer.code(), ErrorCode::InvalidField);
    }
    let nowhere = id(5).to_string();
    let answer = ada.membership(&nowhere, json!({})).await;
    assert_eq!(answer.code(), ErrorCode::NoSuchPartnership);
    assert_eq!(
        ada.leaves(&nowhere).await.code(),
        ErrorCode::NoSuchPartnership
    );
}

#[tokio::test]
async fn from_the_confirmation_on_each_sees_the_past_and_new_sits_that_the_other_shares() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    ada.sits(1, "2026-11-09", 60).await; // before she shares
    ada.sits(2, "2026-11-10", 20).await;
    ada.sits(3, "2026-11-11", 30).await;
    ada.shows(3, "2026-11-11", false, 2).await; // private
    bea.sits(1, "2026-11-12", 10).await;
    ada.joins(&bea, SINCE).await;

    let hers = bea.share_of(&ada).await.expect("a share");
    assert_eq!(bea.sees(&hers).await, (vec![ada.sit_id(2)], 20 * 60));
    assert_eq!(hers.head_seq, 1, "what is not shown does not count either");
    let his = ada.share_of(&bea).await.expect("a share");
    assert_eq!(ada.sees(&his).await, (vec![bea.sit_id(1)], 10 * 60));
    // One sees one's own share as the other does: "+30 min private".
    let own = ada.share_of(&ada).await.expect("the own share");
    assert_eq!(own, hers);

    ada.sits(4, "2026-11-13", 40).await;
    assert_eq!(
        bea.sees(&hers).await,
        (vec![ada.sit_id(2), ada.sit_id(4)], 60 * 60)
    );
    assert_eq!(bea.share_of(&ada).await.expect("a share").head_seq, 2);
    ada.sits(5, "2026-11-09", 50).await;
    assert_eq!(
        bea.share_of(&ada).await.expect("a share").head_seq,
        2,
        "an older one moves nothing"
    );
}

#[tokio::test]
async fn who_joins_learns_nothing_of_what_was_taken_back_before() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    ada.sits(1, "2026-11-11", 10).await;
    ada.sits(2, "2026-11-12", 20).await;
    ada.shows(1, "2026-11-11", false, 2).await;
    let (invite, secret) = ada.invites(&us, "link").await;
    bea.accepts(&secret, SINCE).await.is(200);
    ada.confirms(&us, &invite, true).await.is(204);
    let share = bea.share_of(&ada).await.expect("a share");
    assert_eq!(share.head_seq, 1);
    let path = format!("/v1/pull?share_id={}&after=0", share.id);
    let pulled = bea.get(&path).await.to_string();
    assert!(!pulled.contains(&ada.sit_id(1).to_string()), "{pulled}");
}

#[tokio::test]
async fn another_date_opens_a_new_generation_filled_afresh() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    ada.sits(1, "2026-11-05", 10).await;
    ada.sits(2, "2026-11-12", 20).await;
    ada.sits(3, "2026-11-20", 40).await;
    let us = ada.joins(&bea, SINCE).await;
    let before = bea.share_of(&ada).await.expect("a share");

    let same = ada.membership(&us, json!({"share_since": SINCE})).await;
    same.is(200);
    assert_eq!(
        bea.share_of(&ada).await,
        Some(before.clone()),
        "the same date changes nothing"
    );

    let changed: Value = ada
        .membership(&us, json!({"share_since": "2026-11-01"}))
        .await
        .json();
    assert_eq!(changed["members"][0]["share_since"], "2026-11-01");
    let wider = bea.share_of(&ada).await.expect("a share");
    assert_eq!(wider.generation, before.generation + 1);
    assert_ne!(wider.id, before.id);
    let all = vec![ada.sit_id(1), ada.sit_id(2), ada.sit_id(3)];
    assert_eq!(bea.sees(&wider).await, (all, 70 * 60));
    let old = format!("/v1/pull?after=0&share_id={}", before.id);
    let old = bea.ask("GET", &old, &Value::Null).await;
    assert_eq!(old.code(), ErrorCode::NoSuchShare);

    ada.membership(&us, json!({"share_since": "2026-11-15"}))
        .await
        .is(200);
    let narrower = bea.share_of(&ada).await.expect("a share");
    assert_eq!(bea.sees(&narrower).await, (vec![ada.sit_id(3)], 40 * 60));
    let members = bea.get("/v1/partnerships").await["partnerships"][0]["members"].clone();
    assert_eq!(members[1]["share_since"], "2026-11-15");
}

#[tokio::test]
async fn sits_begun_in_a_pause_stay_private_and_what_was_shared_stays_shared() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    ada.sits(1, "2026-11-12", 10).await;
    let us = ada.joins(&bea, SINCE).await;
    let paused: Value = ada.membership(&us, json!({"is_paused": true})).await.json();
    assert_eq!(paused["members"][0]["is_paused"], true);
    ada.membership(&us, json!({"is_paused": true}))
        .await
        .is(200);
    let head = bea.share_of(&ada).await.expect("a share").head_seq;
    ada.sits_at(2, NOW.plus_ms(30 * 60_000), 20).await;
    assert_eq!(
        bea.share_of(&ada).await.expect("a share").head_seq,
        head,
        "not even a counter"
    );
    server.clock.pass(60 * MINUTE_MS);
    ada.membership(&us, json!({"is_paused": false}))
        .await
        .is(200);
    ada.membership(&us, json!({"is_paused": false}))
        .await
        .is(200);
    ada.sits_at(3, NOW.plus_ms(61 * 60_000), 30).await;
    let share = bea.share_of(&ada).await.expect("a share");
    let seen = (vec![ada.sit_id(1), ada.sit_id(3)], 40 * 60);
    assert_eq!(bea.sees(&share).await, seen);
    // Pauses go along into a new generation.
    ada.membership(&us, json!({"share_since": "2026-11-01"}))
        .await
        .is(200);
    let share = bea.share_of(&ada).await.expect("a share");
    assert_eq!(bea.sees(&share).await, seen);
    // Within one and the same millisecond.
    for is_paused in [true, false, true, false, true] {
        let changed: Value = ada
            .membership(&us, json!({"is_paused": is_paused}))
            .await
            .json();
        assert_eq!(changed["members"][0]["is_paused"], is_paused);
    }
}

/// A device whose clock is ahead: its sits may begin, by their own time, in a pause that comes later.
#[tokio::test]
async fn a_pause_takes_back_what_begins_in_it_and_its_end_tells_of_what_begins_after_it() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, SINCE).await;
    ada.sits_at(1, NOW.plus_ms(30 * 60_000), 10).await;
    ada.sits_at(2, NOW.plus_ms(90 * 60_000), 20).await;
    let sees = async || {
        let share = bea.share_of(&ada).await.expect("a share");
        (share.head_seq, bea.sees(&share).await)
    };
    assert_eq!(
        sees().await,
        (2, (vec![ada.sit_id(1), ada.sit_id(2)], 30 * 60))
    );
    ada.membership(&us, json!({"is_paused": true}))
        .await
        .is(200);
    assert_eq!(sees().await, (4, (vec![], 0)), "withdrawn, each by its id");
    server.clock.pass(60 * MINUTE_MS);
    ada.membership(&us, json!({"is_paused": false}))
        .await
        .is(200);
    assert_eq!(sees().await, (5, (vec![ada.sit_id(2)], 20 * 60)));
}

#[tokio::test]
async fn a_goal_is_set_and_taken_away() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership(SINCE).await;
    let set: Value = ada
        .membership(&us, json!({"weekly_goal_s": 7200}))
        .await
        .json();
    assert_eq!(set["members"][0]["weekly_goal_s"], 7200);
    let left: Value = ada.membership(&us, json!({})).await.json();
    assert_eq!(left["members"][0]["weekly_goal_s"], 7200);
    let gone: Value = ada
        .membership(&us, json!({"weekly_goal_s": 0}))
        .await
        .json();
    assert!(gone["members"][0].get("weekly_goal_s").is_none());
}

#[tokio::test]
async fn after_leaving_neither_sees_anything_of_the_other() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    ada.sits(1, "2026-11-12", 10).await;
    bea.sits(1, "2026-11-12", 20).await;
    let us = ada.joins(&bea, SINCE).await;
    let hers = bea.share_of(&ada).await.expect("a share");
    let his = ada.share_of(&bea).await.expect("a share");
    bea.leaves(&us).await.is(204);
    assert_eq!(bea.leaves(&us).await.code(), ErrorCode::NoSuchPartnership);
    for (person, other, share) in [(&ada, &bea, &his), (&bea, &ada, &hers)] {
        assert_eq!(person.share_of(other).await, None);
        for path in [
            "pull?after=0&",
            "weeks?",
            "sits?from=2026-11-01&to=2026-11-30&",
        ] {
            let path = format!("/v1/{path}share_id={}", share.id);
            let answer = person.ask("GET", &path, &Value::Null).await;
            assert_eq!(answer.code(), ErrorCode::NoSuchShare, "{path}");
        }
    }
    let members = ada.get("/v1/partnerships").await["partnerships"][0]["members"].clone();
    assert_eq!(members.as_array().expect("members").len(), 1);
    assert_eq!(
        bea.get("/v1/partnerships").await,
        json!({"partnerships": []})
    );

    // Back again, by a new invite, with a new share, which has what is shared now.
    ada.sits(2, "2026-11-13", 30).await;
    let (invite, secret) = ada.invites(&us, "link").await;
    bea.accepts(&secret, "2026-11-13").await.is(200);
    ada.confirms(&us, &invite, true).await.is(204);
    let again = ada.share_of(&bea).await.expect("a share");
    assert_ne!(again.id, his.id);
    assert_eq!(ada.sees(&again).await, (vec![], 0));
    let hers = bea.share_of(&ada).await.expect("a share");
    assert_eq!(bea.sees(&hers).await.1, 40 * 60);
}

#[tokio::test]
async fn a_partnership_that_everybody_left_is_gone() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, SINCE).await;
    ada.leaves(&us).await.is(204);
    bea.leaves(&us).await.is(204);
    let admin = connect(&server.database.as_ref().expect("a database").admin_url()).await;
    for table in ["partnerships", "memberships", "shares"] {
        let sql = format!("SELECT count(*) FROM mitta.{table}");
        let row = admin.query_one(&sql, &[]).await.expect("a count");
        assert_eq!(row.get::<_, i64>(0), 0, "{table}");
    }
}

/// A push meets the opening of a share: whoever comes second sees what the first did (I7).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sits_pushed_while_a_share_is_opened_are_in_it() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, SINCE).await;
    for round in 0..10_u128 {
        let since = if round % 2 == 0 {
            "2026-11-02"
        } else {
            "2026-11-03"
        };
        let pushes = async {
            for sit in 1..=4 {
                ada.sits(round * 10 + sit, "2026-11-12", 10).await;
            }
        };
        let ((), changed) =
            tokio::join!(pushes, ada.membership(&us, json!({"share_since": since})));
        changed.is(200);
        let share = bea.share_of(&ada).await.expect("a share");
        let (ids, total) = bea.sees(&share).await;
        let sits = usize::try_from(round + 1).expect("small") * 4;
        assert_eq!(ids.len(), sits, "round {round}");
        assert_eq!(total, sits as u64 * 600);
        assert_eq!(share.head_seq, sits as u64);
    }
}
