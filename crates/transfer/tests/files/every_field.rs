//! Whatever a session has is in Mitta's own files: field by field, none of them as it would be without a
//! word of it. Built and taken apart without a rest, so that a field that is added does not compile here.

use mitta_domain::event::EventKind;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, DeviceId, Plan, PlanChoice, Seconds, Session, SessionEvent, SessionId,
    SessionStart, Sharing, Source, TogetherId, UnixMillis,
};
use mitta_transfer::{CsvWriter, JsonWriter};
use uuid::Uuid;

use crate::support::{NOW, berlin, read_with, sits, told};

const AT: i64 = 1_600_000_000_000;

fn stamp(n: u64) -> Stamp {
    Stamp {
        hlc_ms: AT + 1_000_000 + i64::try_from(n).unwrap(),
        device_id: DeviceId::from_uuid(Uuid::from_u128(n.into())),
        device_seq: n,
    }
}

fn full(deleted: bool) -> Session {
    let planned_s = 600.try_into().ok();
    Session {
        start: SessionStart {
            session_id: SessionId::from_uuid(Uuid::from_u128(1)),
            device_id: DeviceId::from_uuid(Uuid::from_u128(2)),
            source: Source::Manual,
            started_at_ms: UnixMillis(AT),
            tz: "Asia/Kathmandu".to_owned(),
            utc_offset_s: 20_700,
            local_date: "2020-09-13".parse().unwrap(),
            planned_s,
            together_id: Some(TogetherId::from_uuid(Uuid::from_u128(3))),
            replaces: Some(SessionId::from_uuid(Uuid::from_u128(4))),
        },
        plan: Some(Plan {
            choice: PlanChoice {
                planned_s,
                label: Some("zazen".to_owned()),
                ..PlanChoice::default()
            },
            interval_at_s: vec![Seconds(60), Seconds(120)],
        }),
        completion: Some(Completion {
            ended_at_ms: UnixMillis(AT + 700_000),
            credited_s: Seconds(600),
            paused_s: Seconds(5),
            asleep_s: Seconds(6),
            overtime_s: Seconds(7),
        }),
        credited_override_s: Some(Seconds(590)),
        words: Words {
            note: Some("rain; \"softly\"\nand, later, none".to_owned()),
            mood: Some(4),
            label: Some("walking".to_owned()),
        },
        sharing: Sharing {
            shared: false,
            note_shared: true,
        },
        deleted,
        words_stamp: stamp(11),
        credited_stamp: stamp(12),
        sharing_stamp: stamp(13),
        deleted_stamp: stamp(14),
    }
}

fn events() -> Vec<SessionEvent> {
    vec![SessionEvent {
        event_seq: 3,
        kind: EventKind::Completed,
        at_ms: UnixMillis(AT + 700_000),
        elapsed_ms: Some(600_001),
    }]
}

/// A field that is left out of a file is read as one of these.
fn nothing_is_left_as_it_would_be(session: &Session) {
    let Session {
        start,
        plan,
        completion,
        credited_override_s,
        words,
        sharing,
        deleted: _,
        words_stamp,
        credited_stamp,
        sharing_stamp,
        deleted_stamp,
    } = session;
    let SessionStart {
        session_id: _,
        device_id,
        source,
        started_at_ms: _,
        tz,
        utc_offset_s,
        local_date: _,
        planned_s,
        together_id,
        replaces,
    } = start;
    assert_ne!(device_id.as_uuid(), Uuid::nil());
    assert_ne!(*source, Source::Timer);
    assert_ne!((tz.as_str(), *utc_offset_s), ("", 0));
    assert!(planned_s.is_some() && together_id.is_some() && replaces.is_some());
    assert!(plan.is_some() && completion.is_some() && credited_override_s.is_some());
    let Words { note, mood, label } = words;
    assert!(note.is_some() && mood.is_some() && label.is_some());
    let Sharing {
        shared,
        note_shared,
    } = sharing;
    assert!(!shared && *note_shared);
    let stamps = [words_stamp, credited_stamp, sharing_stamp, deleted_stamp];
    assert!(stamps.iter().all(|stamp| **stamp != Stamp::UNWRITTEN));
}

#[test]
fn json_has_every_field_of_a_session_and_of_its_events() {
    for deleted in [true, false] {
        let session = full(deleted);
        nothing_is_left_as_it_would_be(&session);
        let mut writer = JsonWriter::begin(Vec::new(), NOW, "0.1.0").unwrap();
        writer.write(&session, &events()).unwrap();
        let rows = read_with(&writer.end().unwrap(), berlin(), Vec::new());
        let [sit] = &sits(&rows)[..] else {
            panic!("{:?}", told(&rows))
        };
        assert_eq!(sit.whole.session(), &session);
        assert_eq!(sit.whole.events(), events());
    }
}

/// It has the sits that count alone, and no events.
#[test]
fn the_table_has_every_field_of_a_session() {
    let session = full(false);
    let mut writer = CsvWriter::begin(Vec::new()).unwrap();
    writer.write(&session).unwrap();
    let rows = read_with(&writer.end().unwrap(), berlin(), Vec::new());
    let [sit] = &sits(&rows)[..] else {
        panic!("{:?}", told(&rows))
    };
    assert_eq!(sit.whole.session(), &session);
}
