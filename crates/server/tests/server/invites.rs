//! Invites: made, accepted, confirmed or turned away, taken back, expired, guessed.

use mitta_protocol::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{TestServer, connect};
use crate::people::{Somebody, id, server};

const SINCE: &str = "2026-11-01";
const MINUTE_MS: u64 = 60 * 1000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

#[tokio::test]
async fn a_link_is_accepted_and_confirmed_and_used_up() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let cleo = Somebody::new(&server, "cleo", 3).await;
    let us = ada.partnership(SINCE).await;
    let (invite, secret) = ada.invites(&us, "link").await;
    let path = format!("/v1/partnerships/{us}/invites");
    assert_eq!(ada.get(&path).await["invites"][0]["state"], "open");
    // Not before somebody accepted it.
    assert_eq!(
        ada.confirms(&us, &invite, true).await.code(),
        ErrorCode::NoSuchInvite
    );
    let accepted: Value = bea.accepts(&secret, SINCE).await.json();
    assert_eq!(
        accepted,
        json!({"partnership_name": "Us", "inviter_name": "ADA"})
    );
    // An answer that was lost: the same again says the same.
    bea.accepts(&secret, SINCE).await.is(200);
    assert_eq!(
        cleo.accepts(&secret, SINCE).await.code(),
        ErrorCode::NoSuchInvite
    );
    // Accepted is not confirmed.
    assert_eq!(
        bea.get("/v1/partnerships").await,
        json!({"partnerships": []})
    );
    let listed = ada.get(&path).await;
    assert_eq!(listed["invites"][0]["state"], "accepted");
    assert_eq!(listed["invites"][0]["accepted_by"], "BEA");
    ada.confirms(&us, &invite, true).await.is(204);
    assert_eq!(ada.get(&path).await, json!({"invites": []}));
    for person in [&ada, &bea] {
        let list = person.get("/v1/partnerships").await;
        let members = list["partnerships"][0]["members"]
            .as_array()
            .expect("members");
        assert_eq!(members.len(), 2);
        assert_eq!(
            members[0]["person_id"],
            person.person_id.to_string(),
            "oneself first"
        );
        assert!(
            members[1].get("is_paused").is_none(),
            "said only of oneself"
        );
    }
    for again in [&bea, &cleo] {
        let answer = again.accepts(&secret, SINCE).await;
        assert_eq!(answer.code(), ErrorCode::NoSuchInvite, "used once");
    }
    assert_eq!(
        ada.confirms(&us, &invite, true).await.code(),
        ErrorCode::NoSuchInvite
    );
}

#[tokio::test]
async fn a_code_is_read_aloud_and_lasts_ten_minutes() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let (_, late) = ada.invites(&us, "code").await;
    assert_eq!(late.len(), 9);
    server.clock.pass(10 * MINUTE_MS);
    assert_eq!(
        bea.accepts(&late, SINCE).await.code(),
        ErrorCode::NoSuchInvite
    );
    let (invite, code) = ada.invites(&us, "code").await;
    server.clock.pass(10 * MINUTE_MS - 1);
    bea.accepts(&code.to_lowercase().replace('-', " "), SINCE)
        .await
        .is(200);
    // Whoever accepted in time waits for the inviter longer than the code lasted.
    server.clock.pass(6 * DAY_MS);
    ada.confirms(&us, &invite, true).await.is(204);
}

#[tokio::test]
async fn a_link_lasts_seven_days() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let (_, secret) = ada.invites(&us, "link").await;
    server.clock.pass(7 * DAY_MS);
    assert_eq!(
        bea.accepts(&secret, SINCE).await.code(),
        ErrorCode::NoSuchInvite
    );
    let listed = ada.get(&format!("/v1/partnerships/{us}/invites")).await;
    assert_eq!(listed, json!({"invites": []}));
}

#[tokio::test]
async fn who_is_turned_away_is_no_member_and_the_invite_is_used_up() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let (invite, secret) = ada.invites(&us, "link").await;
    bea.accepts(&secret, SINCE).await.is(200);
    ada.confirms(&us, &invite, false).await.is(204);
    assert_eq!(
        bea.get("/v1/partnerships").await,
        json!({"partnerships": []})
    );
    assert_eq!(
        bea.accepts(&secret, SINCE).await.code(),
        ErrorCode::NoSuchInvite
    );
    assert_eq!(
        ada.confirms(&us, &invite, true).await.code(),
        ErrorCode::NoSuchInvite
    );
}

#[tokio::test]
async fn an_invite_taken_back_is_void_even_if_it_was_accepted() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    for accepted in [false, true] {
        let (invite, secret) = ada.invites(&us, "link").await;
        if accepted {
            bea.accepts(&secret, SINCE).await.is(200);
        }
        let path = format!("/v1/partnerships/{us}/invites/{invite}");
        ada.ask("DELETE", &path, &Value::Null).await.is(204);
        let again = ada.ask("DELETE", &path, &Value::Null).await;
        assert_eq!(again.code(), ErrorCode::NoSuchInvite);
        assert_eq!(
            bea.accepts(&secret, SINCE).await.code(),
            ErrorCode::NoSuchInvite
        );
        assert_eq!(
            ada.confirms(&us, &invite, true).await.code(),
            ErrorCode::NoSuchInvite
        );
    }
}

#[tokio::test]
async fn a_partnership_has_two_members_however_many_were_invited() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let cleo = Somebody::new(&server, "cleo", 3).await;
    let us = ada.partnership(SINCE).await;
    let (one, to_bea) = ada.invites(&us, "link").await;
    let (other, to_cleo) = ada.invites(&us, "link").await;
    let (_, spare) = ada.invites(&us, "link").await;
    bea.accepts(&to_bea, SINCE).await.is(200);
    cleo.accepts(&to_cleo, SINCE).await.is(200);
    let both = tokio::join!(
        ada.confirms(&us, &one, true),
        ada.confirms(&us, &other, true)
    );
    let mut both = [both.0.status.as_u16(), both.1.status.as_u16()];
    both.sort_unstable();
    assert_eq!(both, [204, 409], "at the same time as well");
    let outside = if bea.get("/v1/partnerships").await["partnerships"][0].is_null() {
        &bea
    } else {
        &cleo
    };
    assert_eq!(
        outside.accepts(&spare, SINCE).await.code(),
        ErrorCode::PartnershipFull
    );
    let path = format!("/v1/partnerships/{us}/invites");
    let more = ada.ask("POST", &path, &json!({"kind": "link"})).await;
    assert_eq!(more.code(), ErrorCode::PartnershipFull);
}

#[tokio::test]
async fn a_member_accepts_no_invite_into_the_same_partnership() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let (_, secret) = ada.invites(&us, "link").await;
    assert_eq!(
        ada.accepts(&secret, SINCE).await.code(),
        ErrorCode::AlreadyMember
    );
    // It is not used up by that.
    bea.accepts(&secret, SINCE).await.is(200);
}

#[tokio::test]
async fn only_the_inviter_sees_confirms_and_takes_back() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let (first, to_bea) = ada.invites(&us, "link").await;
    let (_, spare) = ada.invites(&us, "link").await;
    bea.accepts(&to_bea, SINCE).await.is(200);
    // Who was invited cannot confirm themselves.
    assert_eq!(
        bea.confirms(&us, &first, true).await.code(),
        ErrorCode::NoSuchPartnership
    );
    ada.confirms(&us, &first, true).await.is(204);
    let path = format!("/v1/partnerships/{us}/invites");
    assert_eq!(
        bea.get(&path).await,
        json!({"invites": []}),
        "the other's invites are theirs"
    );
    // Who leaves takes their invites along.
    ada.leaves(&us).await.is(204);
    let cleo = Somebody::new(&server, "cleo", 3).await;
    assert_eq!(
        cleo.accepts(&spare, SINCE).await.code(),
        ErrorCode::NoSuchInvite
    );
}

#[tokio::test]
async fn guessing_is_held_up_by_account_and_by_address_and_a_right_secret_counts_for_nothing() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let (_, code) = ada.invites(&us, "code").await;
    for guess in ["", "0000-0000", "garbage", &"0".repeat(100_000)] {
        assert_eq!(
            bea.accepts(guess, SINCE).await.code(),
            ErrorCode::NoSuchInvite
        );
    }
    for _ in 0..20 {
        bea.accepts(&code, SINCE).await.is(200);
    }
    for _ in 0..6 {
        assert_eq!(
            bea.accepts("0000-0000", SINCE).await.code(),
            ErrorCode::NoSuchInvite
        );
    }
    let held_up = bea.accepts(&code, SINCE).await;
    assert_eq!(held_up.code(), ErrorCode::RateLimited);
    assert_eq!(held_up.header("retry-after"), Some("60"));
    // Other accounts from the same address, until that is held up too.
    for number in 3..5 {
        let other = Somebody::new(&server, &format!("other{number}"), number).await;
        for _ in 0..10 {
            assert_eq!(
                other.accepts("0000-0000", SINCE).await.code(),
                ErrorCode::NoSuchInvite
            );
        }
    }
    let cleo = Somebody::new(&server, "cleo", 9).await;
    assert_eq!(
        cleo.accepts("0000-0000", SINCE).await.code(),
        ErrorCode::RateLimited
    );
}

#[tokio::test]
async fn an_invite_is_a_link_where_the_server_knows_its_address_and_is_taken_whole() {
    let flags = ["--public-url", "https://mitta.example.org/"];
    let server = TestServer::start(&flags).await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let path = format!("/v1/partnerships/{us}/invites");
    let code = ada.ask("POST", &path, &json!({"kind": "code"})).await;
    let code: Value = code.is(201).json();
    assert_eq!(code.get("link"), None, "a code is read aloud");
    let made = ada.ask("POST", &path, &json!({"kind": "link"})).await;
    let made: Value = made.is(201).json();
    let (link, secret) = (made["link"].as_str(), made["secret"].as_str());
    let (link, secret) = (link.expect("a link"), secret.expect("a secret"));
    assert_eq!(link, format!("https://mitta.example.org/invite#{secret}"));
    bea.accepts(&format!(" {link}\n"), SINCE).await.is(200);
}

/// Whom the inviter welcomes may be erasing themselves at that moment.
#[tokio::test]
async fn who_is_gone_when_they_are_welcomed_leaves_no_invite_and_no_mistake() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership(SINCE).await;
    let (invite, secret) = ada.invites(&us, "link").await;
    bea.accepts(&secret, SINCE).await.is(200);
    let admin = server.database.as_ref().expect("a database").admin_url();
    let (erasing, watching) = (connect(&admin).await, connect(&admin).await);
    let me = bea.person_id;
    // As erasing does it: the own feed first, then the account.
    let begun = format!(
        "BEGIN; SET LOCAL lock_timeout = '5s';
        SELECT FROM mitta.feeds WHERE person_id = '{me}' AND share_id = '{me}' FOR UPDATE"
    );
    erasing.batch_execute(&begun).await.expect("locks");
    let erase = async {
        let sql = "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND a.datname = current_database()";
        while watching
            .query_one(sql, &[])
            .await
            .expect("asks")
            .get::<_, i64>(0)
            == 0
        {
            tokio::task::yield_now().await;
        }
        let erase = format!("DELETE FROM mitta.accounts WHERE person_id = '{me}'; COMMIT");
        erasing.batch_execute(&erase).await.expect("erases");
    };
    let (confirmed, ()) = tokio::join!(ada.confirms(&us, &invite, true), erase);
    assert_eq!(confirmed.code(), ErrorCode::NoSuchInvite);
    let left = ada.get("/v1/partnerships").await;
    let members = left["partnerships"][0]["members"].as_array();
    assert_eq!(members.map(Vec::len), Some(1));
}

#[tokio::test]
async fn open_invites_are_bounded() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership(SINCE).await;
    for _ in 0..10 {
        ada.invites(&us, "code").await;
    }
    let path = format!("/v1/partnerships/{us}/invites");
    let more = ada.ask("POST", &path, &json!({"kind": "code"})).await;
    assert_eq!(more.code(), ErrorCode::RateLimited);
    server.clock.pass(10 * MINUTE_MS);
    ada.invites(&us, "code").await;
}

#[tokio::test]
async fn what_is_not_as_it_must_be_is_refused_with_its_code() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership(SINCE).await;
    let invites = format!("/v1/partnerships/{us}/invites");
    let nowhere = format!("/v1/partnerships/{}/invites", id(5));
    let check = async |path: &str, body: Value, code: ErrorCode| {
        let answer = ada.ask("POST", path, &body).await;
        assert_eq!(answer.code(), code, "{path} {body}");
    };
    check(
        &invites,
        json!({"kind": "carrier pigeon"}),
        ErrorCode::InvalidField,
    )
    .await;
    check(
        &invites,
        json!({"kind": "link", "for": "ever"}),
        ErrorCode::InvalidField,
    )
    .await;
    check(
        &nowhere,
        json!({"kind": "link"}),
        ErrorCode::NoSuchPartnership,
    )
    .await;
    check(
        "/v1/partnerships/x/invites",
        json!({"kind": "link"}),
        ErrorCode::InvalidField,
    )
    .await;
    let accept = |since: &str| json!({"secret": "0000-0000", "share_since": since});
    for since in ["+300000-01-01", "1969-12-31", "yesterday", "2026-02-30"] {
        check("/v1/invites/accept", accept(since), ErrorCode::InvalidField).await;
    }
}
