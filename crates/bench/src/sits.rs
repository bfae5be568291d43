//! Data folders with sits in them.

use std::path::Path;

use chrono::{DateTime, NaiveDate};
use mitta_domain::event::EventKind;
use mitta_domain::op::{Change, OP_VERSION, Op};
use mitta_domain::recovery::Heartbeat;
use mitta_domain::session::Stamp;
use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{
    Completion, DeviceId, OpId, PersonId, Plan, PlanChoice, Seconds, SessionEvent, SessionId,
    SessionStart, Source, UnixMillis,
};
use mitta_store::{AccountRow, Claim, DataDir, NewSession, Opening, Stamped, TokenPlace, Writer};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::bed::{Bed, Person};

/// 21 November 2026.
const NOW_MS: i64 = 1_795_219_200_000;
/// Two sits a day.
const EVERY_MS: i64 = 12 * 60 * 60 * 1000;
const SIT_MS: i64 = 20 * 60 * 1000;

/// A data folder that was never signed in, with `count` completed sits that wait for a server, each
/// recorded as the timer records it. Ids are the same each time.
pub fn record(dir: &DataDir, count: u32) {
    let (mut writer, _) = Writer::open(dir, opening()).unwrap();
    let plan = plan();
    for number in 0..count {
        record_one(&mut writer, &plan, number, count);
    }
}

fn plan() -> Plan {
    Plan {
        choice: PlanChoice::default(),
        interval_at_s: Vec::new(),
    }
}

/// The plan of every sit here, as it is stored.
pub fn plan_json() -> String {
    serde_json::to_string(&plan()).unwrap()
}

fn record_one(writer: &mut Writer, plan: &Plan, number: u32, count: u32) {
    let started_at_ms = UnixMillis(NOW_MS - i64::from(count - number) * EVERY_MS);
    let ended_at_ms = started_at_ms.plus_ms(SIT_MS);
    let new = NewSession {
        session_id: SessionId::from_uuid(id(started_at_ms, number, 1)),
        started_at_ms,
        tz: "Europe/Berlin".to_owned(),
        utc_offset_s: 3600,
        local_date: date(started_at_ms),
        together_id: None,
    };
    let heartbeat = Heartbeat {
        wall_ms: started_at_ms,
        boot_ms: 0,
        boot_id: "a".to_owned(),
        progress: Progress {
            phase: ProgressPhase::Sitting,
            preparation_left_ms: 0,
            elapsed_ms: 0,
            paused_ms: 0,
            asleep_ms: 0,
        },
    };
    let stamped = |wall_ms, kind| Stamped {
        wall_ms,
        op_id: OpId::from_uuid(id(wall_ms, number, kind)),
    };
    let started = writer.start(&new, plan, &heartbeat, stamped(started_at_ms, 2));
    let at = stamped(ended_at_ms, 3);
    let completed = writer.complete(started.unwrap(), &completion(ended_at_ms), at);
    completed.unwrap();
}

/// The body of a push of one whole sit.
pub fn push_of_one(number: u32) -> Vec<u8> {
    let started_at_ms = UnixMillis(NOW_MS - i64::from(number) * EVERY_MS);
    let ended_at_ms = started_at_ms.plus_ms(SIT_MS);
    let device_id = DeviceId::from_uuid(id(UnixMillis(NOW_MS), 0, 0));
    let event = |event_seq, kind, at_ms, elapsed_ms| SessionEvent {
        event_seq,
        kind,
        at_ms,
        elapsed_ms,
    };
    let op = Op {
        v: OP_VERSION,
        op_id: OpId::from_uuid(id(ended_at_ms, number, 3)),
        stamp: Stamp {
            hlc_ms: ended_at_ms.0,
            device_id,
            device_seq: u64::from(number) + 1,
        },
        session: SessionStart {
            session_id: SessionId::from_uuid(id(started_at_ms, number, 1)),
            device_id,
            source: Source::Timer,
            started_at_ms,
            tz: "Europe/Berlin".to_owned(),
            utc_offset_s: 3600,
            local_date: date(started_at_ms),
            planned_s: plan().choice.planned_s,
            together_id: None,
            replaces: None,
        },
        change: Change::Sat {
            plan: Some(plan()),
            completion: completion(ended_at_ms),
            events: vec![
                event(1, EventKind::Started, started_at_ms, Some(0)),
                event(2, EventKind::Completed, ended_at_ms, None),
            ],
        },
    };
    [br#"{"ops":["#, &op.to_bytes().unwrap()[..], b"]}"].concat()
}

fn completion(ended_at_ms: UnixMillis) -> Completion {
    Completion {
        ended_at_ms,
        credited_s: Seconds(1200),
        paused_s: Seconds(0),
        asleep_s: Seconds(0),
        overtime_s: Seconds(0),
    }
}

/// As the app makes them: the time, then what nobody can guess (and gzip cannot shrink).
fn id(at_ms: UnixMillis, number: u32, kind: u8) -> Uuid {
    let digest = Sha256::new()
        .chain_update(number.to_le_bytes())
        .chain_update([kind])
        .finalize();
    let random: [u8; 10] = std::array::from_fn(|at| digest[at]);
    uuid::Builder::from_unix_timestamp_millis(at_ms.0.unsigned_abs(), &random).into_uuid()
}

fn date(at_ms: UnixMillis) -> NaiveDate {
    DateTime::from_timestamp_millis(at_ms.0)
        .unwrap()
        .date_naive()
}

fn opening() -> Opening {
    let device = id(UnixMillis(NOW_MS), 0, 0);
    Opening::new(UnixMillis(NOW_MS), DeviceId::from_uuid(device))
}

/// One more sit in a folder that may be signed in.
pub fn record_another(dir: &DataDir, number: u32) {
    let (mut writer, _) = Writer::open(dir, opening()).unwrap();
    record_one(&mut writer, &plan(), number, number);
}

/// A folder of its own on `disk`: a copy of `template`, or empty.
pub fn folder(disk: &Path, template: Option<&DataDir>) -> DataDir {
    let dir = DataDir::new(tempfile::tempdir_in(disk).unwrap().keep().join("mitta"));
    dir.create().unwrap();
    if let Some(template) = template {
        std::fs::copy(template.database(), dir.database()).unwrap();
        // On the disk before it is measured.
        std::fs::File::open(dir.database())
            .unwrap()
            .sync_all()
            .unwrap();
    }
    drop(Writer::open(&dir, opening()).unwrap());
    dir
}

/// Signs a folder in, with its history given to the account.
pub fn sign_in(dir: &DataDir, bed: &Bed, person: &Person) {
    let (mut writer, _) = Writer::open(dir, opening()).unwrap();
    writer
        .sign_in(&AccountRow {
            server_url: bed.url(),
            server_id: bed.server_id(),
            person_id: PersonId::from_uuid(person.person_id),
            login: "somebody".to_owned(),
            display_name: "Somebody".to_owned(),
            claim: Claim::Given,
            signed_in: true,
            token_place: TokenPlace::File,
        })
        .unwrap();
}
