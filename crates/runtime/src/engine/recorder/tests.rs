use std::sync::{Arc, PoisonError};

use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{Completion, DeviceId, Plan, Seconds, UnixMillis};
use mitta_store::{DataDir, NewSession, Opening, Reader};
use rstest::rstest;
use uuid::Uuid;

use super::*;

const WALL: UnixMillis = UnixMillis(1_768_413_600_000);

fn op(n: u128) -> OpId {
    OpId::from_uuid(Uuid::from_u128(n))
}

fn session_id() -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(7))
}

fn heartbeat() -> Heartbeat {
    Heartbeat {
        wall_ms: WALL,
        boot_ms: 0,
        boot_id: String::new(),
        progress: Progress {
            phase: ProgressPhase::Sitting,
            preparation_left_ms: 0,
            elapsed_ms: 0,
            paused_ms: 0,
            asleep_ms: 0,
        },
    }
}

fn completion(credited_s: u32) -> Completion {
    Completion {
        ended_at_ms: WALL.plus_ms(60_000),
        credited_s: Seconds(credited_s),
        paused_s: Seconds(0),
        asleep_s: Seconds(0),
        overtime_s: Seconds(0),
    }
}

fn entry(record: Record) -> Entry {
    let (wall_ms, op_id) = (WALL, op(2));
    Entry {
        session_id: session_id(),
        record,
        heartbeat: heartbeat(),
        stamped: Stamped { wall_ms, op_id },
        delete_op: op(3),
    }
}

/// A desk with one running session, and what it tells.
fn desk(dir: &DataDir) -> (Desk, Arc<Mutex<Vec<String>>>) {
    let opening = Opening {
        busy_timeout: Duration::ZERO,
        ..Opening::new(WALL, DeviceId::from_uuid(Uuid::from_u128(9)))
    };
    let (mut writer, _) = Writer::open(dir, opening).unwrap();
    let new = NewSession {
        session_id: session_id(),
        started_at_ms: WALL,
        tz: "UTC".to_owned(),
        utc_offset_s: 0,
        local_date: "2026-01-14".parse().unwrap(),
        together_id: None,
    };
    let plan = Plan::freeze(PlanChoice::default(), &mut rand::rng()).unwrap();
    let (wall_ms, op_id) = (WALL, op(1));
    writer
        .start(&new, &plan, &heartbeat(), Stamped { wall_ms, op_id })
        .unwrap();
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let hear = Arc::clone(&told);
    let desk = Desk {
        writer,
        settings: Box::new(|| Ok(Settings::default())),
        tell: Box::new(move |outcome| {
            let name = match outcome {
                Outcome::Kept(..) => "kept".to_owned(),
                Outcome::Refused(_, _, error) => format!("refused {:?}", error.code),
                other => format!("{other:?}"),
            };
            hear.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(name);
        }),
        queue: VecDeque::new(),
        heartbeat: None,
        choice: None,
        tries: 0,
        trouble: Trouble::None,
    };
    (desk, told)
}

/// The first try was committed but its answer was lost; the same entry is tried again (I3).
#[rstest]
#[case::completion(Record::Complete(completion(60)), 1)]
#[case::discard(Record::Discard(completion(60)), 2)]
fn an_end_that_is_there_already_counts_as_kept_and_is_written_once(
    #[case] record: Record,
    #[case] ops: usize,
) {
    let folder = tempfile::tempdir().unwrap();
    let dir = DataDir::new(folder.path());
    let (mut desk, told) = desk(&dir);
    for _ in 0..2 {
        desk.queue.push_back(entry(record));
        desk.work_off();
    }
    assert_eq!(*locked(&told), ["kept", "kept"]);
    let reader = Reader::open(&dir).unwrap();
    assert_eq!(reader.outbox().unwrap().len(), ops);
    let session = reader.session(session_id()).unwrap().unwrap();
    assert_eq!(session.completion, Some(completion(60)));
}

/// A second, different end never replaces the first (I1).
#[rstest]
#[case::credited(Record::Complete(completion(60)), Record::Complete(completion(61)))]
#[case::discarded(Record::Complete(completion(60)), Record::Discard(completion(60)))]
fn another_end_than_the_one_that_is_there_is_refused(
    #[case] first: Record,
    #[case] second: Record,
) {
    let folder = tempfile::tempdir().unwrap();
    let dir = DataDir::new(folder.path());
    let (mut desk, told) = desk(&dir);
    for record in [first, second] {
        desk.queue.push_back(entry(record));
        desk.work_off();
    }
    assert_eq!(*locked(&told), ["kept", "refused AlreadyCompleted"]);
    let session = Reader::open(&dir)
        .unwrap()
        .session(session_id())
        .unwrap()
        .unwrap();
    assert_eq!(
        (session.completion, session.deleted),
        (Some(completion(60)), false)
    );
}

#[test]
fn what_was_refused_is_over_only_when_the_person_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (mut desk, told) = desk(&DataDir::new(folder.path()));
    for credited_s in [60, 61] {
        desk.queue
            .push_back(entry(Record::Complete(completion(credited_s))));
        desk.work_off();
    }
    desk.work_off();
    assert_eq!(desk.trouble, Trouble::Refused);
    let (jobs, inbox) = channel();
    jobs.send(Job::Retry).unwrap();
    jobs.send(Job::Stop).unwrap();
    desk.run(&inbox);
    assert_eq!(locked(&told).last().map(String::as_str), Some("CaughtUp"));
}

#[test]
fn an_older_heartbeat_never_follows_a_record_that_carries_a_newer_one() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, told) = desk(&DataDir::new(folder.path()));
    let (jobs, inbox) = channel();
    // The completion takes the row's heartbeat along: an older one would be refused.
    let mut waiting = desk;
    waiting.heartbeat = Some((session_id(), heartbeat()));
    jobs.send(Job::Keep(Box::new(entry(Record::Complete(completion(60))))))
        .unwrap();
    jobs.send(Job::Stop).unwrap();
    waiting.run(&inbox);
    assert_eq!(*locked(&told), ["kept"]);
}

/// It is said as a record's failure is, so that nobody tries it by hand.
#[test]
fn a_choice_that_cannot_be_saved_yet_is_tried_again_and_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let dir = DataDir::new(folder.path());
    let (mut desk, told) = desk(&dir);
    let other = rusqlite::Connection::open(dir.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.choice = Some(Box::new(PlanChoice {
        label: Some("morning".to_owned()),
        ..PlanChoice::default()
    }));
    desk.work_off();
    let said = locked(&told).join("\n");
    assert!(said.contains("is tried again"), "{said}");
    assert!(!said.contains("Nothing was changed"), "{said}");
    other.execute_batch("ROLLBACK").unwrap();
    desk.work_off();
    assert!(desk.is_idle());
    assert_eq!(locked(&told).last().map(String::as_str), Some("CaughtUp"));
}

#[test]
fn a_defect_of_the_writer_is_told_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let dir = DataDir::new(folder.path());
    let opening = Opening::new(WALL, DeviceId::from_uuid(Uuid::from_u128(9)));
    let (writer, _) = Writer::open(&dir, opening).unwrap();
    let (tell, told) = channel();
    let recorder = Recorder::spawn(
        writer,
        || Ok(Settings::default()),
        move |outcome| tell.send(format!("{outcome:?}")).unwrap(),
    )
    .unwrap();
    let answer = recorder.call::<()>(|_| panic!("a defect, as told"));
    assert_eq!(answer.unwrap_err().code, crate::api::ErrorCode::Internal);
    assert_eq!(told.recv().unwrap(), "Died");
    assert!(!recorder.retry());
    recorder.stop();
}
