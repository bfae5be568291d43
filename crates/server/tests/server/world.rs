//! Persons and partnerships made straight in the database, and ops to push: for the tests of sync, which
//! need many of them and not their accounts.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use mitta_domain::event::EventKind;
use mitta_domain::op::{Change, OP_VERSION, Op};
use mitta_domain::session::{Stamp, Words};
use mitta_domain::share::{ShareRule, SharedSit};
use mitta_domain::{
    Completion, DeviceId, OpId, PersonId, Seconds, Session, SessionEvent, SessionId, SessionStart,
    ShareId, Sharing, Source, UnixMillis,
};
use mitta_protocol::pull::{PullAnswer, PullQuery, Pulled};
use mitta_protocol::push::{Outcome, PushAnswer};
use mitta_server::accounts::secret::{Made, token};
use mitta_server::http;
use mitta_server::http::error::ApiError;
use mitta_server::sync::{pull, push};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::harness::{NOW, TestServer, connect, serve_args, server_url};

/// A server, its database, and a way beside it.
pub struct World {
    pub server: TestServer,
    pub admin: Client,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With further flags of the server.
    pub async fn with(flags: &[&str]) -> Self {
        let mut all = vec!["--rate-per-s", "100000", "--rate-burst", "100000"];
        all.extend(flags);
        let server = TestServer::start(&all).await;
        let database = server.database.as_ref().expect("its own");
        let admin = connect(&database.admin_url()).await;
        Self { server, admin }
    }

    /// A second server in front of the same database: what one of them does in turn, two do at once.
    pub async fn second_server(&self, flags: &[&str]) -> TestServer {
        let database = self.server.database.as_ref().expect("its own");
        TestServer::over(&serve_args(&server_url(database), flags), http::routes()).await
    }

    /// Person `n`, with a token that [`secret`] says.
    pub async fn person(&self, n: u8) -> PersonId {
        let person = Uuid::from_u128(0xa_0000 + u128::from(n));
        let made = secret(n);
        self.sql(&format!(
            "INSERT INTO mitta.accounts VALUES ('{person}', 'login{n}', 'Name {n}', 'hash', NULL, 1);
            INSERT INTO mitta.feeds VALUES ('{person}', '{person}', 0);
            INSERT INTO mitta.devices VALUES ('{person}', '{device}', 'device', 1, {now}, NULL);
            INSERT INTO mitta.tokens VALUES ('\\x{hash}', '{person}', '{device}', 'device', 1, {now}, {now} + 1000000000, NULL);",
            device = device(n.into()).as_uuid(),
            now = NOW.0,
            hash = made.hash.to_hex(),
        ))
        .await;
        PersonId::from_uuid(person)
    }

    /// A partnership of these, who share since then; their shares, in their order.
    pub async fn partnership(
        &self,
        n: u128,
        members: &[PersonId],
        since: NaiveDate,
    ) -> Vec<ShareId> {
        let partnership = Uuid::from_u128(0xb_0000 + n);
        self.sql(&format!(
            "INSERT INTO mitta.partnerships VALUES ('{partnership}', 'Us', 'Mon', 1)"
        ))
        .await;
        let mut shares = Vec::new();
        for (at, person) in (0..).zip(members) {
            let share = Uuid::from_u128(0xc_0000 + n * 100 + at);
            self.sql(&format!(
                "INSERT INTO mitta.memberships VALUES ('{person}', '{partnership}', 1, '{since}', NULL, 1, NULL);
                INSERT INTO mitta.shares VALUES ('{person}', '{share}', '{partnership}', 1, '{since}', NULL);
                INSERT INTO mitta.feeds VALUES ('{person}', '{share}', 0)"
            ))
            .await;
            shares.push(ShareId::from_uuid(share));
        }
        shares
    }

    pub async fn sql(&self, sql: &str) {
        self.admin
            .batch_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// The rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM mitta.{table}");
        self.admin
            .query_one(&sql, &[])
            .await
            .expect("counts")
            .get(0)
    }

    /// Pushes; answers also whether it failed as a whole.
    pub async fn try_push(&self, person: PersonId, ops: &[Op]) -> Result<PushAnswer, ApiError> {
        push::push(self.server.server.state(), person, &body(ops)).await
    }

    pub async fn push(&self, person: PersonId, ops: &[Op]) -> PushAnswer {
        self.push_at(&self.server, person, ops).await
    }

    /// Pushes at one of several servers.
    pub async fn push_at(&self, server: &TestServer, person: PersonId, ops: &[Op]) -> PushAnswer {
        let pushed = push::push(server.server.state(), person, &body(ops)).await;
        pushed.unwrap_or_else(|error| panic!("{error:?}"))
    }

    pub async fn pull(&self, person: PersonId, query: PullQuery) -> PullAnswer {
        let pulled = pull::pull(self.server.server.state(), person, query).await;
        pulled.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Reads a feed to its end, a page of `limit` after the other; the last answer has the summary.
    pub async fn read(
        &self,
        person: PersonId,
        share_id: Option<ShareId>,
        limit: u32,
        held: &mut Held,
    ) -> PullAnswer {
        loop {
            let answer = self.pull(person, query(share_id, held.after, limit)).await;
            held.take(&answer);
            if answer.complete {
                return answer;
            }
        }
    }

    /// The stored totals of a feed.
    pub async fn days(&self, share_id: ShareId) -> Vec<(NaiveDate, u32, u64)> {
        let sql = "SELECT local_date, sits, credited_s FROM mitta.day_totals WHERE share_id = $1 ORDER BY 1";
        let rows = self
            .admin
            .query(sql, &[&share_id.as_uuid()])
            .await
            .expect("the days");
        let day = |row: &tokio_postgres::Row| {
            let (sits, credited_s): (i32, i64) = (row.get(1), row.get(2));
            (row.get(0), sits.unsigned_abs(), credited_s.unsigned_abs())
        };
        rows.iter().map(day).collect()
    }
}

/// What a device holds that reads a feed.
#[derive(Debug, Default)]
pub struct Held {
    pub after: u64,
    pub own: BTreeMap<SessionId, (Session, Vec<SessionEvent>)>,
    pub shared: BTreeMap<SessionId, SharedSit>,
}

impl Held {
    /// Takes a page over, and checks what holds of each page.
    pub fn take(&mut self, answer: &PullAnswer) {
        let mut before = self.after;
        for change in &answer.changes {
            assert!(
                change.seq > before,
                "ascending, after the position asked with"
            );
            before = change.seq;
            match &change.entity {
                Pulled::Session { session, events } => {
                    let session = Session::from((**session).clone());
                    self.own
                        .insert(session.start.session_id, (session, events.clone()));
                }
                Pulled::Shared { sit } => {
                    self.shared.insert(sit.session_id, sit.clone());
                }
                Pulled::Withdrawn { session_id } => {
                    self.shared.remove(session_id);
                }
            }
        }
        assert!(answer.next_after >= before && answer.next_after <= answer.head_seq.max(before));
        self.after = answer.next_after;
    }
}

pub fn query(share_id: Option<ShareId>, after: u64, limit: u32) -> PullQuery {
    PullQuery {
        share_id,
        after,
        limit: Some(limit),
        summary: true,
    }
}

/// The token of person `n`.
pub fn secret(n: u8) -> Made {
    token([n; 32])
}

pub fn device(n: u128) -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(0xd_0000 + n))
}

pub fn session_id(n: u32) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(0xe_0000_0000 + u128::from(n)))
}

/// 2026-11-01 and so many days.
pub fn date(days: u32) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a date");
    first + Days::new(days.into())
}

pub fn rule(since: u32) -> ShareRule {
    ShareRule {
        share_since: date(since),
        pauses: Vec::new(),
    }
}

/// Session `n` on day `day`.
pub fn begun_on(n: u32, day: u32) -> SessionStart {
    let noon = date(day).and_hms_opt(12, 0, 0).expect("noon").and_utc();
    SessionStart {
        session_id: session_id(n),
        device_id: device(1),
        source: Source::Timer,
        started_at_ms: UnixMillis(noon.timestamp_millis() + i64::from(n)),
        tz: "Etc/UTC".to_owned(),
        utc_offset_s: 0,
        local_date: date(day),
        planned_s: None,
        together_id: None,
        replaces: None,
    }
}

/// Op `seq` on session `n`, which is on day `n`.
pub fn op(seq: u64, n: u32, change: Change) -> Op {
    Op {
        v: OP_VERSION,
        op_id: OpId::from_uuid(Uuid::from_u128(0xf_0000_0000 + u128::from(seq))),
        stamp: Stamp {
            hlc_ms: i64::try_from(seq).expect("small"),
            device_id: device(1),
            device_seq: seq,
        },
        session: begun_on(n, n),
        change,
    }
}

pub fn completion(credited_s: u32) -> Completion {
    Completion {
        ended_at_ms: UnixMillis(2_000_000),
        credited_s: Seconds(credited_s),
        paused_s: Seconds(1),
        asleep_s: Seconds(2),
        overtime_s: Seconds(3),
    }
}

pub fn events(count: u32) -> Vec<SessionEvent> {
    let event = |event_seq| SessionEvent {
        event_seq,
        kind: EventKind::Paused,
        at_ms: UnixMillis(1_000),
        elapsed_ms: (event_seq > 1).then_some(500),
    };
    (1..=count).map(event).collect()
}

pub fn sat(credited_s: u32) -> Change {
    Change::Sat {
        plan: None,
        completion: completion(credited_s),
        events: events(2),
    }
}

pub fn note(text: &str) -> Change {
    Change::Words {
        words: Words {
            note: Some(text.to_owned()),
            mood: Some(4),
            label: Some("label".to_owned()),
        },
    }
}

pub fn sharing(shared: bool, note_shared: bool) -> Change {
    Change::Sharing {
        sharing: Sharing {
            shared,
            note_shared,
        },
    }
}

pub fn credited(credited_s: u32) -> Change {
    Change::Credited {
        credited_s: Seconds(credited_s),
    }
}

pub fn deleted(deleted: bool) -> Change {
    Change::Deleted { deleted }
}

/// The body of a push.
pub fn body(ops: &[Op]) -> Vec<u8> {
    let ops: Vec<String> = ops
        .iter()
        .map(|op| String::from_utf8(op.to_bytes().expect("writes")).expect("text"))
        .collect();
    format!("{{\"ops\":[{}]}}", ops.join(",")).into_bytes()
}

/// The outcomes in words: a rejected op by its code.
pub fn outcomes(answer: &PushAnswer) -> Vec<String> {
    let name = |outcome: &Outcome| match outcome {
        Outcome::Rejected { code } => code.clone(),
        other => format!("{other:?}").to_lowercase(),
    };
    answer.outcomes.iter().map(|it| name(&it.outcome)).collect()
}
