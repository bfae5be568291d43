//! The partners' view, sittings together, names that two change at once, and how fresh it all is.

use mitta_protocol::ErrorCode;
use mitta_server::sync::contact::STEP_MS;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{NOW, connect};
use crate::people::{PASSWORD, Somebody, ask_with, server};

const VIEW: &str = "/v1/together?today=2026-11-21&weeks=2";

fn member<'a>(view: &'a Value, of: &Somebody<'_>) -> &'a Value {
    let members = view["partnerships"][0]["members"]
        .as_array()
        .expect("members");
    let me = of.person_id.to_string();
    let mut found = members.iter().filter(|it| it["person_id"] == me);
    found.next().expect("a member")
}

#[tokio::test]
async fn both_see_the_same_numbers_and_they_are_those_of_the_database() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    ada.joins(&bea, "2026-11-01").await;
    for (sit, date, minutes) in [
        (1, "2026-11-14", 10),
        (2, "2026-11-16", 20),
        (3, "2026-11-20", 25),
    ] {
        ada.sits(sit, date, minutes).await;
    }
    ada.shows(3, "2026-11-20", false, 2).await;
    bea.sits(1, "2026-11-17", 40).await;
    let (hers, theirs) = (ada.get(VIEW).await, bea.get(VIEW).await);
    let weeks = |view: &Value, of| member(view, of)["weeks"].clone();
    for of in [&ada, &bea] {
        assert_eq!(weeks(&hers, of), weeks(&theirs, of));
    }
    assert_eq!(
        weeks(&theirs, &ada),
        json!([{"first_date": "2026-11-09", "sits": 1, "credited_s": 600},
            {"first_date": "2026-11-16", "sits": 1, "credited_s": 1200}])
    );
    assert_eq!(hers["partnerships"][0]["weeks"][1]["credited_s"], 3600);
    assert_eq!(
        member(&hers, &ada)["private"],
        json!({"sits": 1, "credited_s": 1500})
    );
    assert_eq!(member(&theirs, &ada)["private"], Value::Null);

    let admin = connect(&server.database.as_ref().expect("a database").admin_url()).await;
    let sql = "SELECT coalesce(sum(s.credited_s), 0)::bigint FROM mitta.sessions s
        WHERE s.person_id = $1 AND s.shared AND NOT s.deleted AND s.local_date >= '2026-11-16'";
    let sum: i64 = admin
        .query_one(sql, &[&ada.person_id])
        .await
        .expect("a sum")
        .get(0);
    assert_eq!(weeks(&theirs, &ada)[1]["credited_s"], sum);
}

#[tokio::test]
async fn the_pages_of_sits_hold_each_sit_once_newest_first() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    for sit in 1..=9 {
        ada.sits(sit, &format!("2026-11-{:02}", sit + 5), 10).await;
        bea.sits(sit, &format!("2026-11-{:02}", sit + 5), 10).await;
    }
    let first = format!("/v1/together/sits?partnership_id={us}&limit=5");
    let (mut path, mut all) = (first.clone(), Vec::new());
    loop {
        let page = ada.get(&path).await;
        let sits = page["sits"].as_array().expect("sits").clone();
        let last = sits.last().expect("a page is not empty").clone();
        all.extend(sits);
        if page["has_more"] == false {
            break;
        }
        let (ms, id) = (
            &last["started_at_ms"],
            last["session_id"].as_str().expect("an id"),
        );
        path = format!("{first}&before_ms={ms}&before_session_id={id}");
    }
    assert_eq!(all.len(), 18);
    let place = |it: &Value| (it["started_at_ms"].as_i64(), it["session_id"].to_string());
    assert!(all.is_sorted_by(|a, b| place(a) > place(b)));
    let half = format!("{first}&before_ms=5");
    let answer = ada.ask("GET", &half, &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::InvalidField);
}

#[tokio::test]
async fn a_proposal_is_answered_by_members_until_it_is_over() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    let made = ada.proposes(&us, 1, Value::Null).await;
    assert_eq!(made["starts_at_ms"], NOW.0 + 30_000);
    server.clock.pass(3_000);
    let again = ada.proposes(&us, 1, Value::Null).await;
    assert_eq!(made, again, "a retry is the same proposal");
    let seen = bea.get("/v1/now").await;
    assert_eq!(seen["proposals"], json!([made]));
    for answer in ["declined", "joined"] {
        let answered: Value = bea.answers(&made, answer).await.json();
        let hers = answered["answers"].as_array().expect("answers").iter();
        let mut hers = hers.filter(|it| it["person_id"] == bea.person_id.to_string());
        assert_eq!(hers.next().expect("an answer")["answer"], answer);
    }
    let path = format!(
        "/v1/proposals/{}",
        made["together_id"].as_str().expect("an id")
    );
    let not_hers = bea.ask("DELETE", &path, &Value::Null).await;
    assert_eq!(not_hers.code(), ErrorCode::NoSuchProposal);
    server.clock.pass(30_000 + 600_000);
    assert_eq!(
        bea.answers(&made, "joined").await.code(),
        ErrorCode::NoSuchProposal
    );
    assert_eq!(ada.get("/v1/now").await["proposals"], json!([]));

    let other = ada.proposes(&us, 2, Value::Null).await;
    let path = format!(
        "/v1/proposals/{}",
        other["together_id"].as_str().expect("an id")
    );
    ada.ask("DELETE", &path, &Value::Null).await.is(204);
    assert_eq!(
        bea.answers(&other, "joined").await.code(),
        ErrorCode::NoSuchProposal
    );
    let kept = ada.proposes(&us, 3, Value::Null).await;
    ada.leaves(&us).await.is(204);
    assert_eq!(bea.get("/v1/now").await["proposals"], json!([]));
    assert_eq!(
        ada.answers(&kept, "joined").await.code(),
        ErrorCode::NoSuchProposal
    );
}

#[rstest]
#[case::in_the_past(-5_001, Some(ErrorCode::InvalidTime))]
#[case::just_now(-5_000, None)]
#[case::in_sixty_days(60 * 86_400_000, None)]
#[case::in_ten_years(10 * 365 * 86_400_000, Some(ErrorCode::InvalidTime))]
#[case::at_the_end_of_time(i64::MAX - NOW.0, Some(ErrorCode::InvalidTime))]
#[tokio::test]
async fn a_sitting_together_is_soon(#[case] in_ms: i64, #[case] refused: Option<ErrorCode>) {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    let answer = ada.proposal(&us, 1, json!(NOW.0 + in_ms)).await;
    match refused {
        Some(code) => assert_eq!(answer.code(), code),
        None => drop(answer.is(201)),
    }
}

#[tokio::test]
async fn the_same_id_with_another_content_or_elsewhere_is_refused() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    let them = ada.partnership("2026-11-01").await;
    ada.proposes(&us, 1, json!(NOW.0 + 60_000)).await;
    let other_time = ada.proposal(&us, 1, json!(NOW.0 + 61_000)).await;
    assert_eq!(other_time.code(), ErrorCode::ChangedMeanwhile);
    let elsewhere = ada.proposal(&them, 1, json!(NOW.0 + 60_000)).await;
    assert_eq!(elsewhere.code(), ErrorCode::ChangedMeanwhile);
}

#[tokio::test]
async fn a_repeated_sign_does_not_make_the_start_tremble() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    ada.membership(&us, json!({"shows_sitting": true}))
        .await
        .is(200);
    ada.sits_now(1, json!({})).await.is(204);
    let first = ada.get("/v1/now").await["sitting"].clone();
    assert_eq!(first[0]["started_at_ms"], NOW.0 - 60_000);
    server.clock.pass(60_900);
    ada.sits_now(1, json!({"elapsed_s": 120, "left_s": 540}))
        .await
        .is(204);
    assert_eq!(ada.get("/v1/now").await["sitting"], first);
    ada.sits_now(1, json!({"elapsed_s": 120, "left_s": 600}))
        .await
        .is(204);
    let moved = ada.get("/v1/now").await["sitting"].clone();
    assert_ne!(moved[0]["ends_at_ms"], first[0]["ends_at_ms"]);
}

#[tokio::test]
async fn of_two_who_rename_at_once_the_second_is_told_and_nothing_is_lost() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    let path = format!("/v1/partnerships/{us}");
    let rename = |to: &str| json!({"name": to, "expected_name": "Us"});
    ada.ask("PATCH", &path, &rename("Mornings")).await.is(200);
    let second = bea.ask("PATCH", &path, &rename("Evenings")).await;
    assert_eq!(second.code(), ErrorCode::ChangedMeanwhile);
    assert_eq!(bea.get(VIEW).await["partnerships"][0]["name"], "Mornings");
    let day = json!({"week_start": "Sun", "expected_week_start": "Mon"});
    bea.ask("PATCH", &path, &day).await.is(200);
    let other = json!({"week_start": "Sat", "expected_week_start": "Mon"});
    assert_eq!(
        ada.ask("PATCH", &path, &other).await.code(),
        ErrorCode::ChangedMeanwhile
    );
}

#[rstest]
#[case::of_ten_thousand("x".repeat(10_000), "10000 characters")]
#[case::with_a_line_end("a\nb".to_owned(), "not shown")]
#[case::turned_around("a\u{202e}b".to_owned(), "turns the text around")]
#[tokio::test]
async fn a_bad_name_is_refused_with_what_is_wrong(#[case] name: String, #[case] said: &str) {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    for (path, body) in [
        (format!("/v1/partnerships/{us}"), json!({"name": name})),
        ("/v1/account".to_owned(), json!({"display_name": name})),
    ] {
        let answer = ada.ask("PATCH", &path, &body).await;
        assert_eq!(answer.code(), ErrorCode::InvalidField);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(text.contains(said), "{text}");
    }
}

#[tokio::test]
async fn when_a_device_was_heard_of_says_nothing_of_what_it_did() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    ada.joins(&bea, "2026-11-01").await;
    // The web page has nothing to send: it says nothing of how fresh the data is.
    let web = json!({"login": "ada", "password": PASSWORD});
    let signed_in = crate::people::ask(&server, "POST", "/v1/sign-in", &web).await;
    let cookie = signed_in.header("set-cookie").expect("a cookie").to_owned();
    let cookie = cookie.split(';').next().expect("a pair");
    let headers = [("cookie", cookie)];
    ask_with(&server, "GET", "/v1/pull?after=0", &headers, &Value::Null)
        .await
        .is(200);
    assert_eq!(member(&bea.get(VIEW).await, &ada)["as_of_ms"], Value::Null);

    ada.get("/v1/pull?after=0").await;
    let first = bea.get(VIEW).await;
    assert_eq!(member(&first, &ada)["as_of_ms"], NOW.0);
    assert_eq!(
        member(&ada.get(VIEW).await, &ada)["as_of_ms"],
        Value::Null,
        "not of oneself"
    );
    server.clock.pass(STEP_MS.unsigned_abs() - 1);
    ada.sits(1, "2026-11-20", 10).await;
    ada.shows(1, "2026-11-20", false, 2).await;
    ada.get("/v1/pull?after=0").await;
    assert_eq!(bea.get(VIEW).await, first, "a private sit moves nothing");
    server.clock.pass(1);
    ada.get("/v1/pull?after=0").await;
    assert_eq!(
        member(&bea.get(VIEW).await, &ada)["as_of_ms"],
        NOW.0 + STEP_MS
    );
}
