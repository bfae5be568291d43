//! Everything of a person: fetched, and erased, from whatever tables there are.

use std::collections::BTreeSet;

use mitta_domain::UnixMillis;
use mitta_domain::op::Change;
use mitta_domain::session::Words;
use mitta_protocol::ErrorCode;
use mitta_server::accounts::EXPORTED;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::{NOW, TestServer, connect};
use crate::people::{PASSWORD, Somebody, ask, server};

/// Nobody's.
const NOBODYS: [&str; 3] = ["attempts", "schema_history", "server"];

async fn admin(server: &TestServer) -> Client {
    connect(&server.database.as_ref().expect("a database").admin_url()).await
}

async fn tables(admin: &Client, which: &str) -> BTreeSet<String> {
    let sql = format!(
        "SELECT table_name::text FROM information_schema.tables t WHERE table_schema = 'mitta' {which}"
    );
    let rows = admin.query(&sql, &[]).await.expect("the tables");
    rows.iter().map(|row| row.get(0)).collect()
}

/// The tables in which the text stands in some row.
async fn standing_in(admin: &Client, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for table in tables(admin, "").await {
        let sql =
            format!("SELECT count(*) FROM mitta.{table} t WHERE t::text LIKE '%' || $1 || '%'");
        let row = admin.query_one(&sql, &[&text]).await.expect("a count");
        if row.get::<_, i64>(0) > 0 {
            found.insert(table);
        }
    }
    found
}

/// Ada with something in every table, in a partnership with Bea. Her login stands by chance in no hash:
/// three letters did.
async fn with_everything(server: &TestServer) -> (Somebody<'_>, Somebody<'_>) {
    let ada = Somebody::new(server, "augusta", 1).await;
    let bea = Somebody::new(server, "bea", 2).await;
    let cleo = Somebody::new(server, "cleo", 3).await;
    ada.sits(1, "2026-11-12", 10).await;
    bea.sits(1, "2026-11-12", 20).await;
    let us = ada.partnership("2026-11-01").await;
    let (invite, secret) = ada.invites(&us, "link").await;
    ada.invites(&us, "link").await;
    bea.accepts(&secret, "2026-11-01").await.is(200);
    ada.confirms(&us, &invite, true).await.is(204);
    ada.membership(&us, json!({"is_paused": true}))
        .await
        .is(200);
    ada.get("/v1/pull?after=0").await;
    ada.proposes(&us, 1, Value::Null).await;
    ada.sits_now(2, json!({})).await.is(204);
    // Into another one she is invited and not yet confirmed.
    let theirs = cleo.partnership("2026-11-01").await;
    let (_, secret) = cleo.invites(&theirs, "link").await;
    ada.accepts(&secret, "2026-11-01").await.is(200);
    (ada, bea)
}

#[tokio::test]
async fn an_erased_person_is_in_no_table_and_nothing_of_others_goes_with_them() {
    let server = server().await;
    let admin = admin(&server).await;
    let (ada, bea) = with_everything(&server).await;
    let body = json!({"login": "augusta", "password": PASSWORD});
    ask(&server, "POST", "/v1/sign-in", &body).await.is(200);
    let personal =
        "AND EXISTS (SELECT FROM information_schema.columns c WHERE c.table_schema = 'mitta'
        AND c.table_name = t.table_name AND c.column_name IN ('person_id', 'inviter', 'proposed_by'))";
    let me = ada.person_id.to_string();
    let before = standing_in(&admin, &me).await;
    assert_eq!(
        before,
        tables(&admin, personal).await,
        "she is in every table that has persons"
    );
    let of_bea = standing_in(&admin, &bea.person_id.to_string()).await;

    let wrong = ada
        .ask("DELETE", "/v1/account", &json!({"password": "wrong one"}))
        .await;
    assert_eq!(wrong.code(), ErrorCode::WrongPassword);
    assert_eq!(standing_in(&admin, &me).await, before);

    ada.ask("DELETE", "/v1/account", &json!({"password": PASSWORD}))
        .await
        .is(204);
    assert_eq!(standing_in(&admin, &me).await, BTreeSet::new());
    assert_eq!(standing_in(&admin, &ada.login).await, BTreeSet::new());
    let answer = ada.ask("GET", "/v1/account", &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);

    assert_eq!(
        standing_in(&admin, &bea.person_id.to_string()).await,
        of_bea
    );
    assert_eq!(bea.share_of(&ada).await, None);
    let left = bea.get("/v1/partnerships").await;
    assert_eq!(
        left["partnerships"][0]["members"].as_array().map(Vec::len),
        Some(1)
    );

    bea.ask("DELETE", "/v1/account", &json!({"password": PASSWORD}))
        .await
        .is(204);
    let left = standing_in(
        &admin,
        left["partnerships"][0]["partnership_id"]
            .as_str()
            .expect("an id"),
    )
    .await;
    assert_eq!(left, BTreeSet::new(), "without members a partnership goes");
    Somebody::new(&server, "augusta", 4).await;
}

#[tokio::test]
async fn the_last_one_leaves_empty_tables() {
    let server = server().await;
    let admin = admin(&server).await;
    let ada = Somebody::new(&server, "augusta", 1).await;
    ada.sits(1, "2026-11-12", 10).await;
    ada.partnership("2026-11-01").await;
    ada.ask("DELETE", "/v1/account", &json!({"password": PASSWORD}))
        .await
        .is(204);
    for table in tables(&admin, "").await {
        let sql = format!("SELECT count(*) FROM mitta.{table}");
        let count: i64 = admin.query_one(&sql, &[]).await.expect("a count").get(0);
        assert!(count == 0 || NOBODYS.contains(&table.as_str()), "{table}");
    }
}

#[tokio::test]
async fn an_export_has_every_personal_table_whole_and_nothing_of_others() {
    let server = server().await;
    let admin = admin(&server).await;
    let (ada, bea) = with_everything(&server).await;
    // More than are read at a time.
    let words = |n: u64| Change::Words {
        words: Words {
            note: Some(format!("note {n} \"quoted\"\n")),
            ..Words::default()
        },
    };
    let noon = UnixMillis(1_794_484_800_000);
    let ops: Vec<_> = (1_000..1_700)
        .map(|n| {
            let mut op = ada.op(
                ada.sit_id(1),
                n,
                noon,
                1,
                words(u64::try_from(n).expect("small")),
            );
            op.stamp.hlc_ms = NOW.0 + 1;
            op
        })
        .collect();
    ada.push(&ops).await;

    // What a partner answered is theirs, also where it is about an own proposal.
    let proposal = ada.get("/v1/now").await["proposals"][0].clone();
    bea.answers(&proposal, "joined").await.is(200);

    let answer = ada.ask("GET", "/v1/account/export", &Value::Null).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let export: Value = answer.json();
    let exported: BTreeSet<&str> = EXPORTED.iter().map(|(name, _)| *name).collect();
    let guarded = "AND EXISTS (SELECT FROM pg_class c WHERE c.relname = t.table_name AND c.relnamespace = 'mitta'::regnamespace AND c.relrowsecurity)";
    for table in tables(&admin, guarded).await {
        assert!(exported.contains(table.as_str()), "{table} is not exported");
        let sql = format!("SELECT count(*) FROM mitta.{table} WHERE person_id = $1");
        let count: i64 = admin
            .query_one(&sql, &[&ada.person_id])
            .await
            .expect("a count")
            .get(0);
        let rows = export[&table].as_array().expect("an array").len();
        assert_eq!(i64::try_from(rows).expect("small"), count, "{table}");
        assert!(count > 0, "{table} is not tried");
    }
    assert_eq!(export["account"][0]["login"], "augusta");
    assert_eq!(export["sessions"][0]["note"], "note 1699 \"quoted\"\n");
    assert_eq!(export["partnerships"][0]["name"], "Us");
    assert_eq!(
        export["proposals"][0]["together_id"],
        proposal["together_id"]
    );
    assert_eq!(export["invites"].as_array().map(Vec::len), Some(1));
    let text = std::str::from_utf8(&answer.body).expect("text");
    for absent in [
        "argon2",
        "sha256",
        "password_hash",
        &bea.person_id.to_string(),
        &bea.sit_id(1).to_string(),
    ] {
        assert!(!text.contains(absent), "{absent}");
    }
}
