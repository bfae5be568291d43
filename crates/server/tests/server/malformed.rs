//! Ten thousand malformed requests against every route of the program as it is run, over connections
//! that are kept alive, several at once. Each is answered with one of our errors, none with a 5xx;
//! nothing panics, nothing is stored, and the memory stays as it was.
//!
//! Request `n` is the same in each run: its number is the seed of everything in it.

mod bytes;
mod refused;
mod requests;
mod wire;

use std::collections::BTreeMap;

use mitta_protocol::ErrorBody;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::{connect, database};
use crate::world::{body, op, sat};
use requests::{Probe, Routes};
use wire::{Program, Wire};

const REQUESTS: u64 = 10_000;
/// By then everything was asked once that makes a server grow.
const WARM: u64 = 2_000;
const AT_ONCE: u64 = 8;
/// How much more memory 8,000 requests may leave behind, in KiB: nothing that grows with each.
const MORE_KIB: u64 = 6 * 1024;

/// All rows of all tables but the count of tries, which is there to be filled, and when devices were heard
/// of and that somebody exported, which asking alone writes.
async fn contents(admin: &Client) -> BTreeMap<String, String> {
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'mitta'::regnamespace
        AND relkind = 'r' AND relname NOT IN ('attempts', 'contacts')";
    let mut contents = BTreeMap::new();
    for row in admin.query(tables, &[]).await.expect("the tables") {
        let table: String = row.get(0);
        let rows = format!(
            "SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') FROM mitta.{table} t
            WHERE '{table}' <> 'activities' OR t::text NOT LIKE '%exported%'"
        );
        let rows = admin.query_one(&rows, &[]).await.expect("the rows").get(0);
        contents.insert(table, rows);
    }
    contents
}

/// Sends requests `numbers`, one after the other, and tells which codes they got.
async fn ask(
    program: &Program,
    routes: &Routes,
    numbers: impl Iterator<Item = u64>,
) -> BTreeMap<String, u64> {
    let mut wire = Wire::to(program.address());
    let mut told = BTreeMap::new();
    for number in numbers {
        let probe = routes.probe(number);
        let (status, answer) = wire.send(&probe).await;
        let code = judge(&probe, status, &answer)
            .unwrap_or_else(|wrong| panic!("request {number}, {probe:?}: {wrong}"));
        *told.entry(code).or_insert(0) += 1;
    }
    told
}

/// The code of the answer, if it is as it must be.
fn judge(probe: &Probe, status: u16, answer: &[u8]) -> Result<String, String> {
    let said = || format!("{status} {}", String::from_utf8_lossy(answer));
    match status {
        200..300 => judge_success(probe, answer).ok_or_else(said),
        400..500 => {
            let error: ErrorBody = serde_json::from_slice(answer).map_err(|_| said())?;
            let is_ours = error.code.status() == status && error.message.ends_with('.');
            let name = error.code.name().to_owned();
            is_ours.then_some(name).ok_or_else(said)
        }
        _ => Err(said()),
    }
}

/// A push whose ops are all refused one by one, or a question whose nonsense is not looked at.
fn judge_success(probe: &Probe, answer: &[u8]) -> Option<String> {
    if probe.is_for_the_operator() {
        return Some("answered".to_owned());
    }
    // Nothing was said, so nothing is taken back.
    if probe.route == "DELETE /v1/presence" && answer.is_empty() {
        return Some("answered".to_owned());
    }
    let json: Value = serde_json::from_slice(answer).ok()?;
    if probe.route == "POST /v1/push" {
        let outcomes = json["outcomes"].as_array()?;
        let is_refused = |it: &Value| it["outcome"] == "rejected";
        let nothing_else = outcomes.iter().all(is_refused) && json["sessions"] == json!([]);
        return nothing_else.then(|| "ops rejected".to_owned());
    }
    probe.is_question().then(|| "answered".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_malformed_requests_are_each_refused_with_a_code() {
    let database = database().await;
    let program = Program::start(&database);
    let admin = connect(&database.admin_url()).await;
    let mut wire = Wire::to(program.address());
    let sign_up = json!({"login": "ada", "password": "a long enough password", "display_name": "A",
        "device": {"device_id": "0197a3c2-5f00-7000-8000-000000000001", "name": "d"}});
    let signed_in = wire.ask("POST /v1/accounts", None, &sign_up).await;
    let token = signed_in["token"].as_str().expect("a token").to_owned();
    let ops: Value = serde_json::from_slice(&body(&[op(1, 1, sat(60))])).expect("JSON");
    let pushed = wire.ask("POST /v1/push", Some(&token), &ops).await;
    assert_eq!(pushed["outcomes"][0]["outcome"], "applied", "{pushed}");
    let us = json!({"name": "Us", "week_start": "Mon", "share_since": "2026-11-01"});
    wire.ask("POST /v1/partnerships", Some(&token), &us).await;
    let document = wire.ask("GET /v1/openapi.json", None, &Value::Null).await;
    let routes = Routes::of(&document, &token);
    let before = contents(&admin).await;

    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    let mut memory = Vec::new();
    for (from, to) in [(0, WARM), (WARM, REQUESTS)] {
        let parts = (0..AT_ONCE).map(|part| {
            let numbers = (from..to).filter(move |number| number % AT_ONCE == part);
            ask(&program, &routes, numbers)
        });
        for part in futures_util::future::join_all(parts).await {
            for (code, count) in part {
                *told.entry(code).or_insert(0) += count;
            }
        }
        memory.push(program.memory_kib());
    }
    println!("{told:?}, memory in KiB: {memory:?}");
    assert_eq!(told.values().sum::<u64>(), REQUESTS);
    for code in [
        "malformed_json",
        "invalid_field",
        "unsupported_media_type",
        "not_found",
        "method_not_allowed",
        "sign_in_needed",
        "protocol_unsupported",
        "ops rejected",
    ] {
        assert!(told.contains_key(code), "no request was told {code}");
    }
    if let [Some(warm), Some(last)] = memory[..] {
        assert!(last <= warm + MORE_KIB, "from {warm} to {last} KiB");
    }

    for garbage in bytes::garbage() {
        let status = wire::status_of(program.address(), &garbage).await;
        let is_refused = status.is_none_or(|status| (400..500).contains(&status));
        let shown = garbage.iter().take(200).copied().collect::<Vec<_>>();
        let shown = String::from_utf8_lossy(&shown).into_owned();
        assert!(is_refused, "{shown:?}: {status:?}");
    }

    assert_eq!(contents(&admin).await, before, "something was stored");
    let after = wire
        .ask("GET /v1/pull?after=0", Some(&token), &Value::Null)
        .await;
    assert_eq!(after["changes"].as_array().map(Vec::len), Some(1));
    let log = program.stop();
    assert!(log.contains("answered"), "the log was read");
    for bad in ["panicked", "\"level\":\"ERROR\"", token.as_str()] {
        assert!(!log.contains(bad), "the log has {bad}");
    }
}
