//! Who is sitting: what a device may say of it, and that each partnership is a consent of its own.

use mitta_protocol::ErrorCode;
use rstest::rstest;
use serde_json::{Value, json};

use crate::people::{Somebody, server};

#[rstest]
#[case::longer_than_a_day(json!({"elapsed_s": 86_401}))]
#[case::no_time_left(json!({"left_s": 0}))]
#[case::more_than_a_day_left(json!({"left_s": 86_401}))]
#[case::a_year_that_is_no_date_here(json!({"local_date": "+262000-01-01"}))]
#[case::before_the_epoch(json!({"local_date": "-262000-01-01"}))]
#[case::another_persons(json!({"person_id": "0197a3c2-5f00-7000-8000-000000000001"}))]
#[tokio::test]
async fn what_cannot_be_is_refused_and_nobody_sits(#[case] other: Value) {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    ada.membership(&us, json!({"shows_sitting": true}))
        .await
        .is(200);
    let answer = ada.sits_now(1, other).await;
    assert_eq!(answer.code(), ErrorCode::InvalidField);
    assert_eq!(ada.get("/v1/now").await["sitting"], json!([]));
}

#[tokio::test]
async fn who_lets_one_partnership_see_it_is_not_seen_by_another() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let cleo = Somebody::new(&server, "cleo", 3).await;
    let with_bea = ada.joins(&bea, "2026-11-01").await;
    let with_cleo = ada.joins(&cleo, "2026-11-01").await;
    let shows = json!({"shows_sitting": true});
    let changed: Value = ada.membership(&with_bea, shows).await.json();
    assert_eq!(changed["members"][0]["shows_sitting"], true);
    let of_bea = &changed["members"][1];
    assert!(of_bea.get("shows_sitting").is_none(), "not of others");
    ada.sits_now(1, json!({})).await.is(204);

    let seen = bea.get("/v1/now").await["sitting"].clone();
    assert_eq!(seen[0]["partnership_id"], with_bea);
    assert_eq!(seen.as_array().map(Vec::len), Some(1));
    assert_eq!(cleo.get("/v1/now").await["sitting"], json!([]));
    let own = ada.get("/v1/now").await["sitting"].clone();
    assert_eq!(own, seen, "oneself, as far as partners see it");

    // Sharing with the other one as well: each sees their own partnership alone.
    let shows = json!({"shows_sitting": true});
    ada.membership(&with_cleo, shows).await.is(200);
    assert_eq!(
        cleo.get("/v1/now").await["sitting"][0]["partnership_id"],
        with_cleo
    );
    assert_eq!(bea.get("/v1/now").await["sitting"], seen);
}

/// Whoever comes back is asked anew.
#[tokio::test]
async fn the_consent_ends_with_the_membership() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    let shows = json!({"shows_sitting": true});
    bea.membership(&us, shows).await.is(200);
    bea.sits_now(1, json!({})).await.is(204);
    bea.leaves(&us).await.is(204);
    assert_eq!(ada.get("/v1/now").await["sitting"], json!([]));
    let (invite, secret) = ada.invites(&us, "link").await;
    bea.accepts(&secret, "2026-11-01").await.is(200);
    ada.confirms(&us, &invite, true).await.is(204);
    bea.sits_now(1, json!({})).await.is(204);
    assert_eq!(ada.get("/v1/now").await["sitting"], json!([]));
    let partnerships = bea.get("/v1/partnerships").await;
    let me = &partnerships["partnerships"][0]["members"][0];
    assert_eq!(me["shows_sitting"], false);
}

/// One sit after the other: what was kept of the first says nothing of the second.
#[tokio::test]
async fn another_sit_has_a_start_of_its_own() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    ada.membership(&us, json!({"shows_sitting": true}))
        .await
        .is(200);
    ada.sits_now(1, json!({"elapsed_s": 3})).await.is(204);
    let first = ada.get("/v1/now").await["sitting"][0].clone();
    let second = json!({"elapsed_s": 0, "left_s": null});
    ada.sits_now(2, second).await.is(204);
    let second = ada.get("/v1/now").await["sitting"][0].clone();
    assert_ne!(first["started_at_ms"], second["started_at_ms"]);
    assert!(second.get("ends_at_ms").is_none(), "open-ended or paused");
}
