//! Every route against somebody else's data (invariant I10): a stranger, a past partner, and a person
//! who was invited and is not confirmed. The routes come from the document that the server itself
//! gives, so that a new one cannot be forgotten: without a line in [`asked`] the test fails.

mod asked;

use std::collections::BTreeMap;

use mitta_protocol::ErrorCode;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::{Answer, TestServer, connect, server_url};
use crate::people::{Share, Somebody, ask, ask_with, id, server};
use asked::{Asked, Ids, asked};

/// All routes, as `METHOD /path`, and whether they need a sign-in.
async fn routes(server: &TestServer) -> BTreeMap<String, bool> {
    let document: Value = server.get("/v1/openapi.json").await.json();
    let mut routes = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let open = operation["security"] == json!([{}]);
            routes.insert(format!("{} {path}", method.to_uppercase()), !open);
        }
    }
    assert!(routes.len() >= 25, "{routes:?}");
    routes
}

async fn send(attacker: &Somebody<'_>, route: &str, ids: &Ids, turn: u64) -> (Answer, bool) {
    let (method, path) = route.split_once(' ').expect("a method and a path");
    let path = path
        .replace("{device_id}", &ids.device)
        .replace("{partnership_id}", &ids.partnership)
        .replace("{invite_id}", &ids.invite)
        .replace("{together_id}", &ids.together);
    assert!(
        !path.contains('{'),
        "say in strangers.rs what stands in {path}"
    );
    let Asked { query, body, names } = asked(attacker, route, ids, turn);
    (
        attacker.ask(method, &format!("{path}{query}"), &body).await,
        names,
    )
}

/// Every row in which the victim or their partnership stands, of every table.
async fn rows_of(admin: &Client, victim: &Somebody<'_>, partnership: &str) -> Vec<String> {
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = 'mitta'::regnamespace AND relkind = 'r' ORDER BY 1";
    let mut found = Vec::new();
    for table in admin.query(sql, &[]).await.expect("the tables") {
        let table: &str = table.get(0);
        let sql = format!("SELECT t::text FROM mitta.{table} t ORDER BY 1");
        for row in admin.query(&sql, &[]).await.expect("rows") {
            let row: &str = row.get(0);
            let is_theirs = row.contains(&victim.person_id.to_string())
                || (table == "partnerships" && row.contains(partnership));
            if is_theirs {
                found.push(format!("{table} {row}"));
            }
        }
    }
    found
}

/// The victim: sits, a partner, an open invite.
struct Scene<'a> {
    victim: Somebody<'a>,
    attackers: Vec<Somebody<'a>>,
    ids: Ids,
}

async fn scene(server: &TestServer) -> Scene<'_> {
    let victim = Somebody::new(server, "victoria", 1).await;
    let stranger = Somebody::new(server, "stranger", 2).await;
    let past = Somebody::new(server, "past", 3).await;
    let invited = Somebody::new(server, "invited", 4).await;
    victim.sits(1, "2026-11-12", 10).await;
    victim.sits(2, "2026-11-13", 20).await;
    past.sits(1, "2026-11-13", 30).await;
    let partnership = victim.joins(&past, "2026-11-01").await;
    let Share { id: share_id, .. } = past.share_of(&victim).await.expect("a share");
    past.leaves(&partnership).await.is(204);
    let (invite, secret) = victim.invites(&partnership, "link").await;
    invited.accepts(&secret, "2026-11-01").await.is(200);
    victim.sits(3, "2026-11-14", 40).await;
    let now = victim.share_of(&victim).await.expect("a share");
    assert_eq!(
        now.id, share_id,
        "what the past partner once read is still open"
    );
    let together = victim.proposes(&partnership, 7, json!(null)).await;
    victim.sits_now(9, json!({})).await.is(204);
    victim
        .membership(&partnership, json!({"shows_sitting": true}))
        .await
        .is(200);
    let ids = Ids {
        together: together["together_id"].as_str().expect("an id").to_owned(),
        login: victim.login.clone(),
        device: victim.device_id.to_string(),
        partnership,
        invite,
        share: share_id,
        session: 1 << 40 | 1 << 32 | 2,
    };
    assert_eq!(id(ids.session), victim.sit_id(2));
    Scene {
        victim,
        attackers: vec![stranger, past, invited],
        ids,
    }
}

/// Ids of the same shape, of nothing; another set each time.
fn nothing(turn: u128) -> Ids {
    let text = |number: u128| id(0xdead << 60 | turn << 8 | number).to_string();
    Ids {
        login: format!("nobody{turn}"),
        device: text(1),
        partnership: text(2),
        invite: text(3),
        share: text(4),
        session: 0xdead << 60 | turn << 8 | 5,
        together: text(6),
    }
}

/// What is not the answer's doing but the question's.
fn without_the_question(answer: &Answer, ids: &Ids) -> String {
    let mut text = String::from_utf8_lossy(&answer.body).into_owned();
    for named in [
        &ids.login,
        &ids.device,
        &ids.partnership,
        &ids.invite,
        &ids.share,
        &ids.together,
        &id(ids.session).to_string(),
    ] {
        text = text.replace(named.as_str(), "#");
    }
    // An op has an id of its own.
    let mut json: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    if let Some(outcome) = json.pointer_mut("/outcomes/0/op_id") {
        *outcome = Value::Null;
    }
    if let Some(stamp) = json.pointer_mut("/sessions/0/words_stamp") {
        *stamp = Value::Null;
    }
    format!("{} {json}", answer.status)
}

#[tokio::test]
async fn no_route_reads_or_changes_what_is_somebody_elses() {
    let server = server().await;
    let Scene {
        victim,
        attackers,
        ids,
    } = scene(&server).await;
    let admin = connect(&server.database.as_ref().expect("a database").admin_url()).await;
    let routes = routes(&server).await;
    let before = rows_of(&admin, &victim, &ids.partnership).await;
    assert!(before.len() > 15, "{before:#?}");
    let secrets = [
        victim.person_id.to_string(),
        victim.login.to_uppercase(),
        ids.share.clone(),
        ids.invite.clone(),
        ids.together.clone(),
        victim.sit_id(1).to_string(),
        victim.sit_id(3).to_string(),
        victim.device_id.to_string(),
    ];
    let mut turn = 0_u64;
    let mut compared = 0;
    for attacker in &attackers {
        // Signing out ends the attacker, not the victim: at the end.
        let (out, others): (Vec<_>, Vec<_>) =
            routes.keys().partition(|it| it.ends_with("/sign-out"));
        for route in others.into_iter().chain(out) {
            if route == "GET /v1/live" {
                continue;
            }
            turn += 2;
            let who = &attacker.login;
            let (answer, names) = send(attacker, route, &ids, turn).await;
            let body = String::from_utf8_lossy(&answer.body);
            for secret in &secrets {
                assert!(!body.contains(secret.as_str()), "{who} {route}: {body}");
            }
            if names {
                let fake = nothing(turn.into());
                let (other, _) = send(attacker, route, &fake, turn + 1).await;
                let (theirs, nobodys) = (
                    without_the_question(&answer, &ids),
                    without_the_question(&other, &fake),
                );
                assert_eq!(theirs, nobodys, "{who} {route}");
                compared += 1;
            }
            let after = rows_of(&admin, &victim, &ids.partnership).await;
            assert_eq!(before, after, "{who} {route}");
        }
    }
    assert!(compared >= 3 * 14, "{compared}");
    // The victim's own answers are as before.
    assert_eq!(
        victim.share_of(&victim).await.expect("a share").id,
        ids.share
    );
}

#[tokio::test]
async fn without_a_token_or_with_one_that_counts_no_more_nothing_is_answered() {
    let server = server().await;
    let Scene { ids, attackers, .. } = scene(&server).await;
    let gone = &attackers[0];
    gone.ask("POST", "/v1/sign-out", &Value::Null).await.is(204);
    let routes = routes(&server).await;
    let forged = "Bearer mitta_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let revoked = format!("Bearer {}", gone.token);
    let mut closed = 0;
    for (route, needs_sign_in) in &routes {
        if !needs_sign_in {
            continue;
        }
        closed += 1;
        let Asked { query, body, .. } = asked(gone, route, &ids, 1);
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let path = path
            .replace("{device_id}", &ids.device)
            .replace("{partnership_id}", &ids.partnership)
            .replace("{invite_id}", &ids.invite)
            .replace("{together_id}", &ids.together);
        let path = format!("{path}{query}");
        let anonymous = ask(&server, method, &path, &body).await;
        assert_eq!(anonymous.code(), ErrorCode::SignInNeeded, "{route}");
        for token in [forged, &revoked, "Bearer", "Bearer ü", "Basic YTpi"] {
            let headers = [("authorization", token)];
            let answer = ask_with(&server, method, &path, &headers, &body).await;
            assert_eq!(answer.code(), ErrorCode::SignInNeeded, "{route} {token}");
            assert_eq!(answer.body, anonymous.body, "{route} {token}");
        }
    }
    assert!(closed >= 20, "{closed}");
}

#[tokio::test]
async fn only_signing_up_and_in_and_the_servers_name_are_open_to_everybody() {
    let server = server().await;
    let routes = routes(&server).await;
    let open: Vec<&str> = routes
        .iter()
        .filter(|(_, closed)| !**closed)
        .map(|(route, _)| route.as_str())
        .collect();
    let expected = [
        "GET /v1/meta",
        "GET /v1/time",
        "POST /v1/accounts",
        "POST /v1/recover",
        "POST /v1/sign-in",
    ];
    assert_eq!(open, expected);
}

/// A route that is not made with `routes!` would be missing from the document, and from these tests.
#[test]
fn every_route_is_made_with_its_description() {
    let sources = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut folders = vec![sources.to_path_buf()];
    let mut plain = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path)
                .expect("a source")
                .contains(".route(")
            {
                let below = path.strip_prefix(sources).expect("it is one of them");
                plain.push(below.to_string_lossy().into_owned());
            }
        }
    }
    plain.sort();
    // For the one who runs the server; the document itself; the page, which is tried in web.rs.
    assert_eq!(plain, ["http/health.rs", "http/openapi.rs", "web/mod.rs"]);
}

/// What live streams are told, they are told from this function alone.
#[tokio::test]
async fn a_live_stream_knows_no_feed_of_somebody_else() {
    let server = server().await;
    let scene = scene(&server).await;
    let login = connect(&server_url(server.database.as_ref().expect("a database"))).await;
    let heads = async |reader: &Somebody<'_>| -> Vec<String> {
        let sql = "SELECT share_id::text FROM mitta.live_heads(ARRAY[$1::uuid])";
        let rows = login.query(sql, &[&reader.person_id]).await.expect("heads");
        rows.iter().map(|row| row.get(0)).collect()
    };
    for attacker in &scene.attackers {
        assert_eq!(heads(attacker).await, [attacker.person_id.to_string()]);
    }
    assert!(heads(&scene.victim).await.contains(&scene.ids.share));
}
