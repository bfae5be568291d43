//! What is asked again because an answer was lost, and what two do at the same moment.

use mitta_protocol::ErrorCode;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::{NOW, TestServer, connect};
use crate::people::{Somebody, server};

/// How often two try to meet.
const ROUNDS: u128 = 12;

async fn admin(server: &TestServer) -> Client {
    connect(&server.database.as_ref().expect("a database").admin_url()).await
}

fn path_of(proposal: &Value) -> String {
    let id = proposal["together_id"].as_str().expect("an id");
    format!("/v1/proposals/{id}")
}

#[tokio::test]
async fn a_proposal_asked_again_after_its_start_is_the_same_and_a_new_one_is_refused() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    let start = json!(NOW.0 + 1_000);
    let made = ada.proposes(&us, 1, start.clone()).await;
    server.clock.pass(60_000);
    assert_eq!(ada.proposes(&us, 1, start.clone()).await, made);
    let new = ada.proposal(&us, 2, start.clone()).await;
    assert_eq!(new.code(), ErrorCode::InvalidTime);
    server.clock.pass(600_000);
    let over = ada.proposal(&us, 1, start).await;
    assert_eq!(over.code(), ErrorCode::NoSuchProposal);
}

#[tokio::test]
async fn a_name_asked_again_is_no_quarrel_with_oneself() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let us = ada.partnership("2026-11-01").await;
    let path = format!("/v1/partnerships/{us}");
    let rename = json!({"name": "Mornings", "expected_name": "Us",
        "week_start": "Sun", "expected_week_start": "Mon"});
    ada.ask("PATCH", &path, &rename).await.is(200);
    let again: Value = ada.ask("PATCH", &path, &rename).await.json();
    assert_eq!(again["name"], "Mornings");
    let other = json!({"name": "Evenings", "expected_name": "Us"});
    let refused = ada.ask("PATCH", &path, &other).await;
    assert_eq!(refused.code(), ErrorCode::ChangedMeanwhile);
}

#[tokio::test]
async fn of_two_who_rename_at_the_same_moment_one_is_told() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    let path = format!("/v1/partnerships/{us}");
    let mut name = "Us".to_owned();
    for round in 0..ROUNDS {
        let rename = |to: &str| json!({"name": format!("{to} {round}"), "expected_name": name});
        let (one, two) = (rename("Ada's"), rename("Bea's"));
        let (one, two) = tokio::join!(ada.ask("PATCH", &path, &one), bea.ask("PATCH", &path, &two));
        let (won, lost) = if one.status.is_success() {
            (one, two)
        } else {
            (two, one)
        };
        assert_eq!(lost.code(), ErrorCode::ChangedMeanwhile);
        name = won.json::<Value>()["name"]
            .as_str()
            .expect("a name")
            .to_owned();
    }
}

/// Both ask for the same, twice: it is there once, and one answer is as good as the other.
#[tokio::test]
async fn a_proposal_made_twice_at_the_same_moment_is_one() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let (us, them) = (
        ada.partnership("2026-11-01").await,
        ada.partnership("2026-11-01").await,
    );
    for round in 0..ROUNDS {
        let start = json!(NOW.0 + 60_000);
        let (one, two, elsewhere) = tokio::join!(
            ada.proposal(&us, round, start.clone()),
            ada.proposal(&us, round, start.clone()),
            ada.proposal(&them, round, start.clone())
        );
        let made = [&one, &two, &elsewhere].map(|it| it.status.as_u16());
        let is_one_place = made == [201, 201, 409] || made == [409, 409, 201];
        assert!(is_one_place, "{made:?}");
    }
    let now = ada.get("/v1/now").await;
    let proposals = now["proposals"].as_array().expect("proposals").len();
    assert_eq!(proposals, usize::try_from(ROUNDS).expect("small"));
}

/// An answer meets the proposal's end, and who answers leaves: nothing fails, nothing is left over.
#[tokio::test]
async fn an_answer_that_meets_a_withdrawal_or_a_leaving_leaves_nothing_behind() {
    let server = server().await;
    let admin = admin(&server).await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let mut us = ada.joins(&bea, "2026-11-01").await;
    for round in 0..ROUNDS {
        let made = ada.proposes(&us, 2 * round, Value::Null).await;
        let path = path_of(&made);
        let (answered, gone) = tokio::join!(
            bea.answers(&made, "joined"),
            ada.ask("DELETE", &path, &Value::Null)
        );
        gone.is(204);
        assert!(
            matches!(answered.status.as_u16(), 200 | 404),
            "{answered:?}"
        );

        let made = ada.proposes(&us, 2 * round + 1, Value::Null).await;
        let (answered, gone) = tokio::join!(bea.answers(&made, "joined"), bea.leaves(&us));
        gone.is(204);
        assert!(
            matches!(answered.status.as_u16(), 200 | 404),
            "{answered:?}"
        );
        let sql = "SELECT count(*) FROM mitta.proposal_answers WHERE person_id = $1";
        let left = admin.query_one(sql, &[&bea.person_id]).await;
        assert_eq!(left.expect("a count").get::<_, i64>(0), 0);
        ada.leaves(&us).await.is(204);
        us = ada.joins(&bea, "2026-11-01").await;
    }
}

/// Erasing holds the account before its invites; whoever accepts waits without holding the invite.
#[tokio::test]
async fn who_accepts_waits_for_the_inviter_before_the_invite() {
    let server = server().await;
    let mut admin = admin(&server).await;
    let watch = self::admin(&server).await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.partnership("2026-11-01").await;
    let (_, secret) = ada.invites(&us, "link").await;
    let erasing = admin.transaction().await.expect("begins");
    let sql = "SELECT FROM mitta.accounts WHERE person_id = $1 FOR UPDATE";
    erasing.query(sql, &[&ada.person_id]).await.expect("holds");
    let accepting = bea.accepts(&secret, "2026-11-01");
    let erase = async {
        let waits = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while watch
            .query_one(waits, &[])
            .await
            .expect("a count")
            .get::<_, i64>(0)
            == 0
        {}
        let sql = "SELECT FROM mitta.invites WHERE inviter = $1 FOR UPDATE NOWAIT";
        let held = erasing.query(sql, &[&ada.person_id]).await;
        erasing.rollback().await.expect("rolls back");
        assert_eq!(held.expect("nobody holds it").len(), 1);
    };
    let (accepted, ()) = tokio::join!(accepting, erase);
    accepted.is(200);
}
