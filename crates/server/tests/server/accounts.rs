//! Signing up, in and out, recovery, passwords, export, erasure.

use mitta_protocol::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{TestServer, connect};
use crate::people::{PASSWORD, Somebody, ask, ask_with, id, server};

async fn sign_in(server: &TestServer, login: &str, password: &str) -> crate::harness::Answer {
    let body =
        json!({"login": login, "password": password, "device": {"device_id": id(1), "name": "x"}});
    ask(server, "POST", "/v1/sign-in", &body).await
}

#[tokio::test]
async fn who_signed_up_is_signed_in_and_signs_in_again_with_any_case() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let account = ada.get("/v1/account").await;
    assert_eq!(account["login"], "ada");
    assert_eq!(account["display_name"], "ADA");
    assert_eq!(account["person_id"], ada.person_id.to_string());
    let again: Value = sign_in(&server, " ADA ", PASSWORD).await.json();
    assert_eq!(again["person_id"], ada.person_id.to_string());
    assert!(again.get("recovery_code").is_none(), "it is shown once");
}

#[tokio::test]
async fn what_is_not_as_it_must_be_is_refused_with_its_code() {
    let server = server().await;
    Somebody::new(&server, "ada", 1).await;
    let good = json!({"login": "bea", "password": PASSWORD, "display_name": "Bea"});
    let check = async |field: &str, value: Value, code: ErrorCode| {
        let mut body = good.clone();
        body[field] = value;
        let answer = ask(&server, "POST", "/v1/accounts", &body).await;
        assert_eq!(answer.code(), code, "{field}");
    };
    check("login", json!("ADA"), ErrorCode::LoginTaken).await;
    check("login", json!("a"), ErrorCode::InvalidLogin).await;
    check("login", json!("a b c"), ErrorCode::InvalidLogin).await;
    check("login", json!("x".repeat(65)), ErrorCode::InvalidLogin).await;
    check("login", json!("ada\u{0}"), ErrorCode::InvalidLogin).await;
    check("login", json!(7), ErrorCode::InvalidField).await;
    check("password", json!("1234567"), ErrorCode::InvalidPassword).await;
    check(
        "password",
        json!("x".repeat(1025)),
        ErrorCode::InvalidPassword,
    )
    .await;
    check(
        "password",
        json!("x".repeat(1_000_000)),
        ErrorCode::InvalidPassword,
    )
    .await;
    check(
        "password",
        json!("x".repeat(10_000_000)),
        ErrorCode::BodyTooLarge,
    )
    .await;
    check("display_name", json!(" "), ErrorCode::InvalidField).await;
    check(
        "display_name",
        json!("x".repeat(81)),
        ErrorCode::InvalidField,
    )
    .await;
    check("display_name", json!("a\u{0}b"), ErrorCode::InvalidField).await;
    check(
        "device",
        json!({"device_id": "x", "name": "x"}),
        ErrorCode::InvalidField,
    )
    .await;
    check(
        "device",
        json!({"device_id": id(1), "name": ""}),
        ErrorCode::InvalidField,
    )
    .await;
    check("person_id", json!(id(1)), ErrorCode::InvalidField).await;
    let long = sign_in(&server, "ada", &"x".repeat(1_000_000)).await;
    assert_eq!(long.code(), ErrorCode::InvalidPassword);
    assert_eq!(
        server.server.state().passwords.made(),
        1,
        "none of these was worth a hash"
    );
}

#[tokio::test]
async fn an_unknown_login_and_a_wrong_password_get_the_same_answer_after_the_same_work() {
    let server = server().await;
    Somebody::new(&server, "ada", 1).await;
    let made = || server.server.state().passwords.made();
    let before = made();
    let wrong = sign_in(&server, "ada", "not the password").await;
    let after_wrong = made();
    let unknown = sign_in(&server, "bea", "not the password").await;
    let after_unknown = made();
    let impossible = sign_in(&server, "no login at all", "not the password").await;
    assert_eq!(wrong.code(), ErrorCode::WrongLogin);
    assert_eq!(wrong.body, unknown.body);
    assert_eq!(wrong.body, impossible.body);
    assert_eq!((after_wrong - before, after_unknown - after_wrong), (1, 1));
    assert_eq!(made() - after_unknown, 1);
}

#[tokio::test]
async fn wrong_passwords_are_counted_and_a_known_device_is_not_held_up_by_a_stranger() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    for _ in 0..20 {
        let answer = sign_in(&server, "ada", "not the password").await;
        assert_eq!(answer.code(), ErrorCode::WrongLogin);
    }
    let made = server.server.state().passwords.made();
    let limited = sign_in(&server, "ada", PASSWORD).await;
    assert_eq!(limited.code(), ErrorCode::RateLimited);
    assert_eq!(limited.header("retry-after"), Some("30"));
    assert_eq!(
        server.server.state().passwords.made(),
        made,
        "no work for who is held up"
    );
    // The device on which Ada signed up is known by its id, which no stranger knows.
    ada.on_device(ada.device_id).await;
    // Others are not held up, nor is a login that does not exist told apart.
    assert_eq!(
        sign_in(&server, "bea", "x").await.code(),
        ErrorCode::WrongLogin
    );
    server.clock.pass(30_000);
    sign_in(&server, "ada", PASSWORD).await.is(200);
}

#[tokio::test]
async fn an_address_that_tries_many_logins_is_held_up() {
    let server = server().await;
    for number in 0..60 {
        let answer = sign_in(&server, &format!("somebody{number}"), "guess").await;
        assert_eq!(answer.code(), ErrorCode::WrongLogin);
    }
    let answer = sign_in(&server, "somebody61", "guess").await;
    assert_eq!(answer.code(), ErrorCode::RateLimited);
}

#[tokio::test]
async fn signing_in_rightly_many_times_counts_for_nothing() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    for _ in 0..70 {
        ada.on_device(id(99)).await;
    }
}

#[tokio::test]
async fn a_recovery_code_is_used_once_and_signs_everybody_else_out() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let other = ada.on_device(id(2)).await;
    let recover = async |code: &str, password: &str| {
        let body = json!({
            "login": "Ada", "recovery_code": code, "new_password": password,
            "device": {"device_id": id(3), "name": "new"},
        });
        ask(&server, "POST", "/v1/recover", &body).await
    };
    let wrong = recover(
        "0000-0000-0000-0000-0000-0000-0000-0000",
        "another password",
    )
    .await;
    assert_eq!(wrong.code(), ErrorCode::WrongRecoveryCode);
    let short = recover(&ada.recovery_code, "short").await;
    assert_eq!(short.code(), ErrorCode::InvalidPassword);
    let spoken = ada.recovery_code.to_lowercase().replace('-', " ");
    let back: Value = recover(&spoken, "another password").await.is(200).json();
    let new_code = back["recovery_code"].as_str().expect("a new code");
    assert_ne!(new_code, ada.recovery_code);
    assert_eq!(back["person_id"], ada.person_id.to_string());
    for gone in [&ada, &other] {
        let answer = gone.ask("GET", "/v1/account", &Value::Null).await;
        assert_eq!(answer.code(), ErrorCode::SignInNeeded);
    }
    let again = recover(&ada.recovery_code, "yet another one").await;
    assert_eq!(again.code(), ErrorCode::WrongRecoveryCode);
    assert_eq!(
        sign_in(&server, "ada", PASSWORD).await.code(),
        ErrorCode::WrongLogin
    );
    sign_in(&server, "ada", "another password").await.is(200);
    recover(new_code, "yet another one").await.is(200);
    let nobody =
        json!({"login": "nobody", "recovery_code": new_code, "new_password": "long enough"});
    let nobody = ask(&server, "POST", "/v1/recover", &nobody).await;
    assert_eq!(nobody.body, wrong.body);
}

#[tokio::test]
async fn a_recovery_code_used_twice_at_the_same_time_works_once() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let recover = async |password: &str| {
        let body =
            json!({"login": "ada", "recovery_code": ada.recovery_code, "new_password": password});
        ask(&server, "POST", "/v1/recover", &body)
            .await
            .status
            .as_u16()
    };
    let both = tokio::join!(recover("one password"), recover("other password"));
    let mut both = [both.0, both.1];
    both.sort_unstable();
    assert_eq!(both, [200, 401]);
}

#[tokio::test]
async fn a_new_password_signs_all_others_out_and_asks_for_the_old_one() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let other = ada.on_device(id(2)).await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        ada.ask("POST", "/v1/account/password", &body).await
    };
    assert_eq!(
        change("wrong one", "another password").await.code(),
        ErrorCode::WrongPassword
    );
    assert_eq!(
        change(PASSWORD, "short").await.code(),
        ErrorCode::InvalidPassword
    );
    other.get("/v1/account").await;
    change(PASSWORD, "another password").await.is(204);
    ada.get("/v1/account").await;
    let answer = other.ask("GET", "/v1/account", &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);
    assert_eq!(
        sign_in(&server, "ada", PASSWORD).await.code(),
        ErrorCode::WrongLogin
    );
    for _ in 0..9 {
        assert_eq!(
            change("wrong one", "another password").await.code(),
            ErrorCode::WrongPassword
        );
    }
    assert_eq!(
        change("wrong one", "another password").await.code(),
        ErrorCode::RateLimited
    );
}

#[tokio::test]
async fn a_new_recovery_code_makes_the_old_one_void() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let ask_for = async |password: &str| {
        ada.ask(
            "POST",
            "/v1/account/recovery-code",
            &json!({"password": password}),
        )
        .await
    };
    assert_eq!(ask_for("wrong one").await.code(), ErrorCode::WrongPassword);
    let made: Value = ask_for(PASSWORD).await.json();
    let recover = async |code: &str| {
        let body =
            json!({"login": "ada", "recovery_code": code, "new_password": "another password"});
        ask(&server, "POST", "/v1/recover", &body).await
    };
    assert_eq!(
        recover(&ada.recovery_code).await.code(),
        ErrorCode::WrongRecoveryCode
    );
    recover(made["recovery_code"].as_str().expect("a code"))
        .await
        .is(200);
}

#[tokio::test]
async fn the_display_name_is_changed() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let changed: Value = ada
        .ask("PATCH", "/v1/account", &json!({"display_name": " Ada L. "}))
        .await
        .json();
    assert_eq!(changed["display_name"], "Ada L.");
    assert_eq!(ada.get("/v1/account").await["display_name"], "Ada L.");
    let refused = ada
        .ask("PATCH", "/v1/account", &json!({"display_name": ""}))
        .await;
    assert_eq!(refused.code(), ErrorCode::InvalidField);
}

#[tokio::test]
async fn the_web_page_has_a_cookie_and_changes_nothing_without_saying_that_it_is_the_page() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let body = json!({"login": "ada", "password": PASSWORD});
    let answer = ask(&server, "POST", "/v1/sign-in", &body).await;
    let signed_in: Value = answer.json();
    assert!(signed_in.get("token").is_none());
    let set = answer.header("set-cookie").expect("a cookie").to_owned();
    for part in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(set.split("; ").any(|it| it == part), "{set}");
    }
    let cookie = set.split(';').next().expect("a pair").to_owned();
    let with = async |method: &str, path: &str, page: bool, body: Value| {
        let mut headers = vec![("cookie", cookie.as_str())];
        if page {
            headers.push(("x-mitta", "web"));
        }
        ask_with(&server, method, path, &headers, &body).await
    };
    with("GET", "/v1/account", false, Value::Null).await.is(200);
    let name = json!({"display_name": "Eve was here"});
    let foreign = with("PATCH", "/v1/account", false, name.clone()).await;
    assert_eq!(foreign.code(), ErrorCode::ForeignPage);
    assert_eq!(ada.get("/v1/account").await["display_name"], "ADA");
    with("PATCH", "/v1/account", true, name).await.is(200);
    // A cookie's token is no bearer token: a stolen one is bound to the browser's rules.
    let token = cookie.strip_prefix("__Host-mitta=").expect("its name");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let answer = ask_with(&server, "GET", "/v1/account", &headers, &Value::Null).await;
    assert_eq!(answer.code(), ErrorCode::SignInNeeded);
    let out = with("POST", "/v1/sign-out", true, Value::Null).await;
    assert!(
        out.is(204)
            .header("set-cookie")
            .expect("a cookie")
            .contains("Max-Age=0")
    );
    let after = with("GET", "/v1/account", false, Value::Null).await;
    assert_eq!(after.code(), ErrorCode::SignInNeeded);
}

#[tokio::test]
async fn no_secret_is_in_the_database() {
    let server = server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let partnership = ada.partnership("2026-11-01").await;
    let (_, link) = ada.invites(&partnership, "link").await;
    let (_, code) = ada.invites(&partnership, "code").await;
    let admin = connect(&server.database.as_ref().expect("a database").admin_url()).await;
    let tables = admin
        .query("SELECT relname::text FROM pg_class WHERE relnamespace = 'mitta'::regnamespace AND relkind = 'r'", &[])
        .await
        .expect("the tables");
    let plain = ada.recovery_code.replace('-', "");
    let code_plain = code.replace('-', "");
    for table in &tables {
        let table: &str = table.get(0);
        let rows = admin
            .query(&format!("SELECT t::text FROM mitta.{table} t"), &[])
            .await;
        for row in rows.expect("rows") {
            let row: &str = row.get(0);
            for secret in [
                PASSWORD,
                &ada.token,
                &ada.recovery_code,
                &plain,
                &link,
                &code,
                &code_plain,
            ] {
                assert!(!row.contains(secret), "{table}");
            }
        }
    }
}
