//! Persons who sign up, sit and ask, against the server of a test.

use chrono::NaiveDate;
use mitta_domain::event::EventKind;
use mitta_domain::op::{Change, OP_VERSION, Op};
use mitta_domain::session::{Sharing, Stamp};
use mitta_domain::{
    Completion, DeviceId, OpId, Seconds, SessionEvent, SessionId, SessionStart, Source, UnixMillis,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, NOW, TestServer};

/// The password of everybody in the tests.
pub const PASSWORD: &str = "a long enough password";

/// A server that counts no requests, so that a test may make many.
pub async fn server() -> TestServer {
    TestServer::start(&["--rate-burst", "1000000", "--rate-per-s", "1000000"]).await
}

/// An id that says what it is for.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0197_a3c2_5f00_7000_8000_0000_0000_0000 | number)
}

impl Answer {
    /// The body as JSON, of an answer that is a success.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{} {:?}", self.status, self.body);
        serde_json::from_slice(&self.body).expect("the JSON that was promised")
    }

    /// Fails unless it has this status.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        self
    }
}

/// Asks without being anybody.
pub async fn ask(server: &TestServer, method: &str, path: &str, body: &Value) -> Answer {
    ask_with(server, method, path, &[], body).await
}

/// Asks with these headers; `null` is no body.
pub async fn ask_with(
    server: &TestServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let mut headers = headers.to_vec();
    if body.is_null() {
        return server.send(method, path, &headers, "").await;
    }
    headers.push(("content-type", "application/json"));
    server.send(method, path, &headers, body.to_string()).await
}

/// A person with one device that is signed in.
#[derive(Clone)]
pub struct Somebody<'a> {
    pub server: &'a TestServer,
    pub login: String,
    pub person_id: Uuid,
    pub device_id: Uuid,
    pub token: String,
    pub recovery_code: String,
    /// Tells their sessions and ops from those of others.
    number: u128,
}

impl<'a> Somebody<'a> {
    /// Signs up; `number` is another for each person of a test.
    pub async fn new(server: &'a TestServer, login: &str, number: u128) -> Self {
        let device_id = id(number << 40);
        let body = json!({
            "login": login, "password": PASSWORD, "display_name": login.to_uppercase(),
            "device": {"device_id": device_id, "name": "a test"},
        });
        let answer = ask(server, "POST", "/v1/accounts", &body).await;
        let signed_in: Value = answer.is(201).json();
        let text = |name: &str| signed_in[name].as_str().expect(name).to_owned();
        Self {
            server,
            login: login.to_owned(),
            person_id: text("person_id").parse().expect("an id"),
            device_id,
            token: text("token"),
            recovery_code: text("recovery_code"),
            number,
        }
    }

    /// Asks as this person.
    pub async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        ask_with(
            self.server,
            method,
            path,
            &[("authorization", &bearer)],
            body,
        )
        .await
    }

    /// Asks for something that is there.
    pub async fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null).await.json()
    }

    /// Signs in on another device.
    pub async fn on_device(&self, device_id: Uuid) -> Self {
        let body = json!({
            "login": self.login, "password": PASSWORD,
            "device": {"device_id": device_id, "name": "another"},
        });
        let signed_in: Value = ask(self.server, "POST", "/v1/sign-in", &body).await.json();
        Self {
            device_id,
            token: signed_in["token"].as_str().expect("a token").to_owned(),
            ..self.clone()
        }
    }

    /// The id of their sit with this number.
    pub fn sit_id(&self, sit: u128) -> Uuid {
        id(self.number << 40 | 1 << 32 | sit)
    }

    /// Pushes a completed sit of `minutes` on `date`, begun at noon.
    pub async fn sits(&self, sit: u128, date: &str, minutes: u32) {
        let local_date: NaiveDate = date.parse().expect("a date");
        let noon = local_date.and_hms_opt(12, 0, 0).expect("a time");
        self.sits_at(sit, UnixMillis(noon.and_utc().timestamp_millis()), minutes)
            .await;
    }

    /// Pushes a completed sit of `minutes` that began then, in UTC.
    pub async fn sits_at(&self, sit: u128, started_at_ms: UnixMillis, minutes: u32) {
        let completion = Completion {
            ended_at_ms: started_at_ms.plus_ms(i64::from(minutes) * 60_000),
            credited_s: Seconds(minutes * 60),
            paused_s: Seconds(0),
            asleep_s: Seconds(0),
            overtime_s: Seconds(0),
        };
        let completed = SessionEvent {
            event_seq: 1,
            kind: EventKind::Completed,
            at_ms: completion.ended_at_ms,
            elapsed_ms: None,
        };
        let change = Change::Sat {
            plan: None,
            completion,
            events: vec![completed],
        };
        self.push(&[self.op(self.sit_id(sit), sit, started_at_ms, 1, change)])
            .await;
    }

    /// Says whether partners may see the sit of [`Somebody::sits`].
    pub async fn shows(&self, sit: u128, date: &str, shared: bool, op: u64) {
        let local_date: NaiveDate = date.parse().expect("a date");
        let noon = local_date.and_hms_opt(12, 0, 0).expect("a time");
        let sharing = Sharing {
            shared,
            note_shared: false,
        };
        let started_at_ms = UnixMillis(noon.and_utc().timestamp_millis());
        let session_id = self.sit_id(sit);
        let change = Change::Sharing { sharing };
        self.push(&[self.op(session_id, sit, started_at_ms, op, change)])
            .await;
    }

    /// An op of theirs on a session; `sit` and `op` together are another pair each time.
    pub fn op(
        &self,
        session_id: Uuid,
        sit: u128,
        started_at_ms: UnixMillis,
        op: u64,
        change: Change,
    ) -> Op {
        let device_id = DeviceId::from_uuid(self.device_id);
        let start = chrono::DateTime::from_timestamp_millis(started_at_ms.0).expect("a time");
        Op {
            v: OP_VERSION,
            op_id: OpId::from_uuid(id(self.number << 40 | 2 << 32 | sit << 8 | u128::from(op))),
            stamp: Stamp {
                hlc_ms: NOW.0,
                device_id,
                device_seq: u64::try_from(sit).expect("small") * 100 + op,
            },
            session: SessionStart {
                session_id: SessionId::from_uuid(session_id),
                device_id,
                source: Source::Manual,
                started_at_ms,
                tz: "UTC".to_owned(),
                utc_offset_s: 0,
                local_date: start.date_naive(),
                planned_s: None,
                together_id: None,
                replaces: None,
            },
            change,
        }
    }

    /// Pushes ops, all of which are applied.
    pub async fn push(&self, ops: &[Op]) {
        let answer: Value = self
            .ask("POST", "/v1/push", &json!({"ops": ops}))
            .await
            .json();
        for outcome in answer["outcomes"].as_array().expect("outcomes") {
            assert_eq!(outcome["outcome"], "applied", "{answer}");
        }
    }

    /// Makes a partnership that shares since `since`.
    pub async fn partnership(&self, since: &str) -> String {
        let body = json!({"name": "Us", "week_start": "Mon", "share_since": since});
        let made = self.ask("POST", "/v1/partnerships", &body).await;
        let made: Value = made.is(201).json();
        made["partnership_id"].as_str().expect("an id").to_owned()
    }

    /// Makes an invite; its id and secret.
    pub async fn invites(&self, partnership: &str, kind: &str) -> (String, String) {
        let path = format!("/v1/partnerships/{partnership}/invites");
        let made = self.ask("POST", &path, &json!({"kind": kind})).await;
        let made: Value = made.is(201).json();
        let text = |name: &str| made[name].as_str().expect(name).to_owned();
        (text("invite_id"), text("secret"))
    }

    /// Accepts an invite.
    pub async fn accepts(&self, secret: &str, since: &str) -> Answer {
        let body = json!({"secret": secret, "share_since": since});
        self.ask("POST", "/v1/invites/accept", &body).await
    }

    /// Welcomes who accepted, or turns them away.
    pub async fn confirms(&self, partnership: &str, invite: &str, accept: bool) -> Answer {
        let path = format!("/v1/partnerships/{partnership}/invites/{invite}/confirm");
        self.ask("POST", &path, &json!({"accept": accept})).await
    }

    /// Makes a partnership with `other`, both sharing since `since`.
    pub async fn joins(&self, other: &Somebody<'_>, since: &str) -> String {
        let partnership = self.partnership(since).await;
        let (invite, secret) = self.invites(&partnership, "link").await;
        other.accepts(&secret, since).await.is(200);
        self.confirms(&partnership, &invite, true).await.is(204);
        partnership
    }

    /// Changes the own membership.
    pub async fn membership(&self, partnership: &str, change: Value) -> Answer {
        let path = format!("/v1/partnerships/{partnership}/membership");
        self.ask("PATCH", &path, &change).await
    }

    /// Leaves.
    pub async fn leaves(&self, partnership: &str) -> Answer {
        let path = format!("/v1/partnerships/{partnership}/leave");
        self.ask("POST", &path, &Value::Null).await
    }

    /// Proposes ten minutes together, as soon as may be or then.
    pub async fn proposes(&self, partnership: &str, number: u128, at_ms: Value) -> Value {
        let answer = self.proposal(partnership, number, at_ms).await;
        answer.is(201).json()
    }

    /// What is answered to a proposal.
    pub async fn proposal(&self, partnership: &str, number: u128, at_ms: Value) -> Answer {
        let path = format!("/v1/partnerships/{partnership}/proposals");
        let mut body = json!({"together_id": id(self.number << 40 | 3 << 32 | number), "planned_s": 600,
            "bells": {"start_strikes": 3, "end_strikes": 1, "interval_every_s": 300}});
        if !at_ms.is_null() {
            body["starts_at_ms"] = at_ms;
        }
        self.ask("POST", &path, &body).await
    }

    /// Answers a proposal.
    pub async fn answers(&self, proposal: &Value, answer: &str) -> Answer {
        let id = proposal["together_id"].as_str().expect("an id");
        let path = format!("/v1/proposals/{id}/answer");
        self.ask("POST", &path, &json!({"answer": answer})).await
    }

    /// Says that they sit, since a minute and for ten more, or as `other` says.
    pub async fn sits_now(&self, sit: u128, other: Value) -> Answer {
        let mut body = json!({"session_id": self.sit_id(sit), "local_date": "2026-11-21",
            "elapsed_s": 60, "left_s": 600});
        for (name, value) in other.as_object().expect("fields") {
            body[name] = value.clone();
        }
        self.ask("PUT", "/v1/presence", &body).await
    }

    /// Everything that a pull of the own feed says of shares, by whose they are.
    pub async fn share_of(&self, other: &Somebody<'_>) -> Option<Share> {
        let pulled = self.get("/v1/pull?after=0").await;
        let shares = pulled["shares"].as_array().expect("shares");
        let owner = other.person_id.to_string();
        let mut theirs = shares
            .iter()
            .filter(|it| it["person_id"] == owner && it["share_id"] != owner);
        let share = theirs.next()?;
        assert!(theirs.next().is_none(), "{pulled}");
        Some(Share {
            id: share["share_id"].as_str().expect("an id").to_owned(),
            generation: share["generation"].as_u64().expect("a number"),
            head_seq: share["head_seq"].as_u64().expect("a number"),
        })
    }

    /// What a share shows this person: the ids of the sits, sorted, and its total in seconds.
    pub async fn sees(&self, share: &Share) -> (Vec<Uuid>, u64) {
        let path = format!(
            "/v1/sits?share_id={}&from=2026-11-01&to=2026-11-30",
            share.id
        );
        let sits = self.get(&path).await;
        let of = |sit: &Value| {
            sit["session_id"]
                .as_str()
                .expect("an id")
                .parse()
                .expect("an id")
        };
        let mut ids: Vec<Uuid> = sits["shared"]
            .as_array()
            .expect("sits")
            .iter()
            .map(of)
            .collect();
        ids.sort_unstable();
        let weeks = self.get(&format!("/v1/weeks?share_id={}", share.id)).await;
        let weeks = weeks["weeks"].as_array().expect("weeks").iter();
        let total = weeks
            .map(|week| week["credited_s"].as_u64().expect("a number"))
            .sum();
        (ids, total)
    }
}

/// A share as a pull tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub id: String,
    pub generation: u64,
    pub head_seq: u64,
}
