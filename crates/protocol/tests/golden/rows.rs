//! The canonical row says all that a session is.

use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, DeviceId, PlannedLength, Seconds, Session, SessionId, SessionStart, Sharing,
    Source, TogetherId, UnixMillis,
};
use mitta_protocol::row::SessionRow;
use proptest::option::of;
use proptest::prelude::*;
use uuid::Uuid;

use crate::samples;

fn stamps() -> impl Strategy<Value = Stamp> {
    let written = (any::<i64>(), any::<u128>(), any::<u64>()).prop_map(|(hlc_ms, device, seq)| {
        let device_id = DeviceId::from_uuid(Uuid::from_u128(device));
        Stamp {
            hlc_ms,
            device_id,
            device_seq: seq,
        }
    });
    let offered = Stamp {
        device_seq: 1,
        ..Stamp::UNWRITTEN
    };
    prop_oneof![Just(Stamp::UNWRITTEN), Just(offered), written]
}

fn starts() -> impl Strategy<Value = SessionStart> {
    let source = prop_oneof![
        Just(Source::Timer),
        Just(Source::Manual),
        Just(Source::Import)
    ];
    let ids = (
        any::<u128>(),
        any::<u128>(),
        of(any::<u128>()),
        of(any::<u128>()),
    );
    let when = (any::<i64>(), any::<i32>(), 0i64..2_900_000);
    (ids, source, when, "\\PC{0,20}", of(1u32..=86_400)).prop_map(
        |((session, device, together, replaces), source, (at, offset, day), tz, planned)| {
            SessionStart {
                session_id: SessionId::from_uuid(Uuid::from_u128(session)),
                device_id: DeviceId::from_uuid(Uuid::from_u128(device)),
                source,
                started_at_ms: UnixMillis(at),
                tz,
                utc_offset_s: offset,
                local_date: chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap()
                    + chrono::TimeDelta::days(day),
                planned_s: planned.and_then(|s| PlannedLength::from_seconds(s).ok()),
                together_id: together.map(|id| TogetherId::from_uuid(Uuid::from_u128(id))),
                replaces: replaces.map(|id| SessionId::from_uuid(Uuid::from_u128(id))),
            }
        },
    )
}

fn completions() -> impl Strategy<Value = Completion> {
    (any::<i64>(), any::<[u32; 4]>()).prop_map(|(ended, [credited, paused, asleep, overtime])| {
        Completion {
            ended_at_ms: UnixMillis(ended),
            credited_s: Seconds(credited),
            paused_s: Seconds(paused),
            asleep_s: Seconds(asleep),
            overtime_s: Seconds(overtime),
        }
    })
}

fn sessions() -> impl Strategy<Value = Session> {
    let words = (of(".{0,20}"), of(any::<u8>()), of(".{0,9}"))
        .prop_map(|(note, mood, label)| Words { note, mood, label });
    let stamps = [stamps(), stamps(), stamps(), stamps()];
    let flags = any::<[bool; 4]>();
    (
        starts(),
        of(completions()),
        of(any::<u32>()),
        words,
        flags,
        stamps,
    )
        .prop_map(
            |(
                start,
                completion,
                corrected,
                words,
                [shared, note_shared, deleted, plan],
                stamps,
            )| {
                let [words_stamp, credited_stamp, sharing_stamp, deleted_stamp] = stamps;
                Session {
                    start,
                    plan: plan.then(samples::plan),
                    completion,
                    credited_override_s: corrected.map(Seconds),
                    words,
                    sharing: Sharing {
                        shared,
                        note_shared,
                    },
                    deleted,
                    words_stamp,
                    credited_stamp,
                    sharing_stamp,
                    deleted_stamp,
                }
            },
        )
}

proptest! {
    #[test]
    fn a_session_is_the_same_after_its_row_was_sent(session in sessions()) {
        let row = SessionRow::from(session.clone());
        prop_assert_eq!(&Session::from(row.clone()), &session);
        let json = serde_json::to_string(&row).unwrap();
        let read: SessionRow = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &row);
        prop_assert_eq!(Session::from(read), session);
    }
}

/// I6: without its immutable part there is no session, whatever else is said of it.
#[test]
fn a_row_without_its_immutable_part_is_an_error() {
    let row = SessionRow::from(samples::session());
    let json = serde_json::to_value(row).unwrap();
    for name in [
        "session_id",
        "device_id",
        "source",
        "started_at_ms",
        "tz",
        "utc_offset_s",
        "local_date",
    ] {
        let mut without = json.clone();
        without.as_object_mut().unwrap().remove(name).unwrap();
        let error = serde_json::from_value::<SessionRow>(without).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}
