//! A server with one partnership, of the person and of Ana.

use chrono::NaiveDate;
use mitta_domain::{PartnershipId, PlannedLength, TogetherBells, TogetherId};
use mitta_protocol::now::JoinAnswer;

use super::*;
use crate::api::{AnswerArgs, ProposeArgs};

/// The server is so far ahead.
pub(super) const AHEAD_MS: i64 = 2_000;
pub(super) const SHARE_OWN: u128 = 0x5a01;
pub(super) const SHARE_ANA: u128 = 0x5a02;
pub(super) const ANA: u128 = 2;

pub(super) fn ours() -> PartnershipId {
    PartnershipId::from_uuid(Uuid::from_u128(0x0a))
}

pub(super) fn today() -> NaiveDate {
    "2026-11-21".parse().unwrap()
}

/// A server with one partnership; `special` may answer in its place, told how often that was asked.
pub(super) struct Partners {
    pub(super) server: Server,
    pub(super) asked: mpsc::Receiver<String>,
}

pub(super) fn partners(
    special: impl Fn(&str, usize) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> Partners {
    let (tell, asked) = mpsc::channel();
    let counts: Mutex<std::collections::HashMap<String, usize>> = Mutex::default();
    let tell = Mutex::new(tell);
    let server = Server::new(move |request| {
        let path = request
            .line
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned();
        let nth = {
            let mut counts = counts.lock().unwrap();
            let nth = counts.entry(path.clone()).or_default();
            *nth += 1;
            *nth
        };
        let answered = special(&path, nth).unwrap_or_else(|| respond(request, &path));
        let _ = tell.lock().unwrap().send(request.line.clone());
        answered
    });
    Partners { server, asked }
}

impl Partners {
    pub(super) fn wait_for(&self, wanted: &str) {
        let bound = Duration::from_secs(20);
        while !self.asked.recv_timeout(bound).unwrap().starts_with(wanted) {}
    }

    pub(super) fn bodies(&self, end: &str) -> Vec<Value> {
        let requests = self.server.requests.lock().unwrap();
        let of = requests.iter().filter(|r| r.line.ends_with(end));
        of.map(|r| serde_json::from_slice(&r.body).unwrap())
            .collect()
    }

    pub(super) fn count(&self, line: &str) -> usize {
        let lines = self.server.lines();
        lines.iter().filter(|it| *it == line).count()
    }
}

/// A live stream that tells so much and stays open.
pub(super) fn stream(events: &[&str]) -> Vec<u8> {
    let events = events
        .iter()
        .map(|kind| format!("data: {{\"kind\": \"{kind}\"}}\n\n"));
    let head =
        "HTTP/1.1 200 Any\r\nContent-Type: text/event-stream\r\nConnection: keep-alive\r\n\r\n";
    format!("{head}{}", events.collect::<String>()).into_bytes()
}

/// Holds up whoever waits until it is opened.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<(Mutex<bool>, std::sync::Condvar)>);

impl Gate {
    pub(super) fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    pub(super) fn wait(&self) {
        let opened = self.0.1.wait_while(self.0.0.lock().unwrap(), |open| !*open);
        drop(opened.unwrap());
    }
}

pub(super) fn nothing() -> Vec<u8> {
    b"HTTP/1.1 204 Any\r\nConnection: close\r\n\r\n".to_vec()
}

pub(super) fn refused(status: u16, code: &str) -> Vec<u8> {
    json(status, &object!({"code": code, "message": "It cannot be."}))
}

pub(super) fn bells() -> TogetherBells {
    TogetherBells {
        start_strikes: 3,
        end_strikes: 1,
        interval_every_s: None,
    }
}

pub(super) fn proposal(together_id: &Value, starts_at_ms: i64, joined: &[u128]) -> Value {
    let answers: Vec<_> = joined
        .iter()
        .map(|n| object!({"person_id": Uuid::from_u128(*n), "answer": "joined"}))
        .collect();
    object!({
        "together_id": together_id, "partnership_id": ours(),
        "proposed_by": Uuid::from_u128(ANA), "starts_at_ms": starts_at_ms, "planned_s": 1200,
        "bells": {"start_strikes": 3, "end_strikes": 1, "interval_every_s": null},
        "answers": answers,
    })
}

pub(super) fn shares() -> Value {
    let share = |share_id: u128, person_id: u128| {
        object!({
            "share_id": Uuid::from_u128(share_id), "person_id": Uuid::from_u128(person_id),
            "partnership_id": ours(), "generation": 1, "share_since": "2026-11-01", "head_seq": 0,
        })
    };
    object!([share(SHARE_OWN, PERSON), share(SHARE_ANA, ANA)])
}

pub(super) fn respond(request: &Request, path: &str) -> Vec<u8> {
    let there = NOW.0 + AHEAD_MS;
    match path {
        "GET /v1/time" => json(200, &object!({"server_time_ms": there})),
        "GET /v1/pull" => {
            let mut page = pull(0x5e00, PERSON);
            let of = [SHARE_OWN, SHARE_ANA].map(|n| Uuid::from_u128(n).to_string());
            if let Some(id) = of.iter().find(|id| request.line.contains(*id)) {
                page["share_id"] = id.as_str().into();
            }
            page["shares"] = shares();
            page["partnerships"] = object!([{
                "partnership_id": ours(), "name": "Morning", "week_start": "Mon",
                "members": [
                    {"person_id": Uuid::from_u128(PERSON), "display_name": "Kei",
                     "share_since": "2026-11-01", "is_paused": false, "shows_sitting": true},
                    {"person_id": Uuid::from_u128(ANA), "display_name": "Ana",
                     "share_since": "2026-11-01", "heard_at_ms": there - 900_000},
                ],
            }]);
            json(200, &page)
        }
        "GET /v1/now" => json(
            200,
            &object!({"now_ms": there, "sitting": [], "proposals": []}),
        ),
        "GET /v1/activity" => json(
            200,
            &object!({"activities": [{"happened_at_ms": 7, "kind": "signed_in"}]}),
        ),
        "PUT /v1/presence" | "DELETE /v1/presence" => nothing(),
        _ if path.ends_with("/proposals") => {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let starts = body["starts_at_ms"].as_i64().unwrap_or(there + 30_000);
            json(201, &proposal(&body["together_id"], starts, &[PERSON]))
        }
        _ if path.ends_with("/answer") => {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let joined: &[_] = if body["answer"] == "joined" {
                &[PERSON, ANA]
            } else {
                &[ANA]
            };
            let together_id = path.rsplit('/').nth(1).unwrap().into();
            json(200, &proposal(&together_id, there + 60_000, joined))
        }
        _ if path.starts_with("DELETE /v1/proposals/") => nothing(),
        _ => answer(request, 0x5e00, PERSON),
    }
}

pub(super) fn joined(n: u128) -> AnswerArgs {
    AnswerArgs {
        together_id: TogetherId::from_uuid(Uuid::from_u128(n)),
        answer: JoinAnswer::Joined,
    }
}

pub(super) fn propose(starts_at_ms: Option<UnixMillis>) -> ProposeArgs {
    ProposeArgs {
        partnership_id: ours(),
        starts_at_ms,
        planned_s: PlannedLength::from_seconds(1200).unwrap(),
        bells: bells(),
    }
}

pub(super) fn signed_in(partners: &Partners) -> Home {
    let home = Home::new();
    home.sign_in(&partners.server).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    home
}
