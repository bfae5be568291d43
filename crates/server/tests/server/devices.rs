//! Devices: listed, kept signed in by use, revoked; and how long the web page stays signed in.

use mitta_protocol::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{NOW, connect};
use crate::people::{PASSWORD, Somebody, ask, ask_with, id, server};

const HOUR_MS: u64 = 60 * 60 * 1000;
const DAY_MS: u64 = 24 * HOUR_MS;

#[tokio::test]
async fn devices_are_listed_last_heard_of_first() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    server.clock.pass(2 * HOUR_MS);
    let other = ada.on_device(id(2)).await;
    let list = other.get("/v1/devices").await;
    let devices = list["devices"].as_array().expect("devices");
    assert_eq!(devices.len(), 2);
    assert_eq!(devices[0]["device_id"], id(2).to_string());
    assert_eq!(devices[0]["is_this"], true);
    assert_eq!(devices[0]["name"], "another");
    assert_eq!(devices[1]["is_this"], false);
    assert_eq!(devices[1]["created_at_ms"], NOW.0);
    let expires = NOW.0 + 90 * i64::try_from(DAY_MS).expect("small");
    assert_eq!(devices[1]["expires_at_ms"], expires);
}

#[tokio::test]
async fn a_revoked_device_is_signed_out_and_stays_in_the_list() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let other = ada.on_device(id(2)).await;
    let path = format!("/v1/devices/{}", id(2));
    ada.ask("DELETE", &path, &Value::Null).await.is(204);
    let answer = other.ask("GET", "/v1/account", &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);
    let list = ada.get("/v1/devices").await;
    let devices = list["devices"].as_array().expect("devices");
    let revoked = devices
        .iter()
        .find(|it| it["device_id"] == id(2).to_string());
    assert!(revoked.expect("listed").get("expires_at_ms").is_none());
    ada.ask("DELETE", &path, &Value::Null).await.is(204);
    let unknown = format!("/v1/devices/{}", id(77));
    let unknown = ada.ask("DELETE", &unknown, &Value::Null).await;
    assert_eq!(unknown.code(), ErrorCode::NoSuchDevice);
    other.on_device(id(2)).await.get("/v1/account").await;
}

#[tokio::test]
async fn revoking_this_device_is_signing_out() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let path = format!("/v1/devices/{}", ada.device_id);
    ada.ask("DELETE", &path, &Value::Null).await.is(204);
    let answer = ada.ask("GET", "/v1/account", &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);
}

#[tokio::test]
async fn signing_out_ends_this_device_alone_and_signing_in_again_ends_its_old_token() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let other = ada.on_device(id(2)).await;
    let again = ada.on_device(id(2)).await;
    let answer = other.ask("GET", "/v1/account", &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);
    again
        .ask("POST", "/v1/sign-out", &Value::Null)
        .await
        .is(204);
    let answer = again.ask("GET", "/v1/account", &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);
    ada.get("/v1/account").await;
}

#[tokio::test]
async fn a_device_slides_ninety_days_and_writes_at_most_hourly() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let admin = connect(&server.database.as_ref().expect("a database").admin_url()).await;
    let seen = async || -> (i64, i64) {
        let sql = "SELECT last_seen_at_ms, expires_at_ms FROM mitta.tokens";
        let row = admin.query_one(sql, &[]).await.expect("a token");
        (row.get(0), row.get(1))
    };
    let first = seen().await;
    server.clock.pass(HOUR_MS - 1);
    ada.get("/v1/account").await;
    assert_eq!(seen().await, first, "within the hour nothing is written");
    server.clock.pass(1);
    ada.get("/v1/account").await;
    let hour = i64::try_from(HOUR_MS).expect("small");
    assert_eq!(seen().await, (first.0 + hour, first.1 + hour));
    // A retreat, and another one: used every 89 days it never expires.
    for _ in 0..4 {
        server.clock.pass(89 * DAY_MS);
        ada.get("/v1/account").await;
    }
    server.clock.pass(90 * DAY_MS);
    let answer = ada.ask("GET", "/v1/account", &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);
}

#[tokio::test]
async fn the_web_page_slides_seven_days_and_ends_after_ninety() {
    let server = server().await;
    Somebody::new(&server, "ada", 1).await;
    let body = json!({"login": "ada", "password": PASSWORD});
    let sign_in = async || {
        let answer = ask(&server, "POST", "/v1/sign-in", &body).await;
        let set = answer.header("set-cookie").expect("a cookie").to_owned();
        set.split(';').next().expect("a pair").to_owned()
    };
    let ask_as = async |cookie: &str| {
        ask_with(
            &server,
            "GET",
            "/v1/account",
            &[("cookie", cookie)],
            &Value::Null,
        )
        .await
    };
    let idle = sign_in().await;
    let used = sign_in().await;
    for day in 1..15 {
        server.clock.pass(6 * DAY_MS);
        assert_eq!(ask_as(&used).await.status.as_u16(), 200, "day {}", day * 6);
    }
    assert_eq!(ask_as(&idle).await.code(), ErrorCode::SignInNeeded);
    server.clock.pass(6 * DAY_MS);
    assert_eq!(
        ask_as(&used).await.code(),
        ErrorCode::SignInNeeded,
        "day 90"
    );
}
