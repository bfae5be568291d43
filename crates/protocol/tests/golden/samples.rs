//! Values with everything in them, and values with as little as may be.

use mitta_domain::bells::{IntervalBells, Sound};
use mitta_domain::event::EventKind;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::share::SharedSit;
use mitta_domain::{
    AtEnd, Completion, DeviceId, PartnershipId, PersonId, Plan, PlanChoice, PlannedLength, Seconds,
    Session, SessionEvent, SessionId, SessionStart, ShareId, Sharing, Source, TogetherId,
    UnixMillis,
};
use uuid::Uuid;

/// 2026-11-18, 11:06:40 UTC.
pub const STARTED_AT: i64 = 1_795_000_000_000;

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0197_a3c2_5f00_7000_8000_0000_0000_0000 + n)
}

pub fn ms(after_start_ms: i64) -> UnixMillis {
    UnixMillis(STARTED_AT + after_start_ms)
}

pub fn session_id() -> SessionId {
    SessionId::from_uuid(uuid(1))
}
pub fn device_id() -> DeviceId {
    DeviceId::from_uuid(uuid(2))
}
pub fn person_id() -> PersonId {
    PersonId::from_uuid(uuid(4))
}
pub fn partnership_id() -> PartnershipId {
    PartnershipId::from_uuid(uuid(5))
}
pub fn share_id() -> ShareId {
    ShareId::from_uuid(uuid(6))
}
pub fn server_id() -> Uuid {
    uuid(7)
}
pub fn epoch() -> String {
    "3-7574911111111111111-1".to_owned()
}

pub fn start() -> SessionStart {
    SessionStart {
        session_id: session_id(),
        device_id: device_id(),
        source: Source::Timer,
        started_at_ms: ms(0),
        tz: "Europe/Berlin".to_owned(),
        utc_offset_s: 3600,
        local_date: "2026-11-18".parse().unwrap(),
        planned_s: PlannedLength::from_seconds(1200).ok(),
        together_id: Some(TogetherId::from_uuid(uuid(8))),
        replaces: None,
    }
}

/// The same sit on another day, in the place of a row that is deleted.
pub fn replacing() -> SessionStart {
    SessionStart {
        source: Source::Manual,
        planned_s: None,
        together_id: None,
        replaces: Some(SessionId::from_uuid(uuid(9))),
        ..start()
    }
}

pub fn plan() -> Plan {
    let mut choice = PlanChoice {
        intervals: IntervalBells::Random {
            min_s: Seconds(120),
            max_s: Seconds(400),
        },
        at_end: AtEnd::CountOvertime,
        label: Some("Zazen".to_owned()),
        ..PlanChoice::default()
    };
    choice.end_bell.sound = Sound::File {
        file: "3f2a.wav".to_owned(),
        name: "Temple.wav".to_owned(),
    };
    Plan {
        choice,
        interval_at_s: vec![Seconds(300), Seconds(650)],
    }
}

pub fn completion() -> Completion {
    Completion {
        ended_at_ms: ms(1_290_000),
        credited_s: Seconds(1215),
        paused_s: Seconds(60),
        asleep_s: Seconds(5),
        overtime_s: Seconds(15),
    }
}

pub fn events() -> Vec<SessionEvent> {
    let event = |event_seq, kind, at, elapsed_ms| SessionEvent {
        event_seq,
        kind,
        at_ms: ms(at),
        elapsed_ms,
    };
    vec![
        event(1, EventKind::Started, -10_000, Some(0)),
        event(2, EventKind::Paused, 600_000, Some(600_000)),
        event(3, EventKind::Completed, 1_290_000, None),
    ]
}

/// Every kind of event, in the order of its declaration.
pub fn all_events() -> Vec<SessionEvent> {
    let event = |(event_seq, kind)| SessionEvent {
        event_seq,
        kind,
        at_ms: ms(i64::from(event_seq)),
        elapsed_ms: Some(event_seq.into()),
    };
    (1..).zip(EventKind::ALL).map(event).collect()
}

pub fn stamp(device_seq: u64) -> Stamp {
    Stamp {
        hlc_ms: STARTED_AT + 2_000_000,
        device_id: device_id(),
        device_seq,
    }
}

pub fn words() -> Words {
    Words {
        note: Some("still, then rain".to_owned()),
        mood: Some(4),
        label: Some("Zazen".to_owned()),
    }
}

/// A session in which every group was written.
pub fn session() -> Session {
    Session {
        start: start(),
        plan: Some(plan()),
        completion: Some(completion()),
        credited_override_s: Some(Seconds(1200)),
        words: words(),
        sharing: Sharing {
            shared: false,
            note_shared: true,
        },
        deleted: true,
        words_stamp: stamp(3),
        credited_stamp: stamp(4),
        sharing_stamp: stamp(5),
        deleted_stamp: stamp(6),
    }
}

/// An open-ended session that has just begun.
pub fn running() -> Session {
    Session::begun(SessionStart {
        planned_s: None,
        together_id: None,
        ..start()
    })
}

pub fn sit() -> SharedSit {
    SharedSit {
        session_id: session_id(),
        started_at_ms: ms(0),
        utc_offset_s: 3600,
        local_date: "2026-11-18".parse().unwrap(),
        planned_s: PlannedLength::from_seconds(1200).ok(),
        credited_s: Seconds(1200),
        together_id: Some(TogetherId::from_uuid(uuid(8))),
        note: Some("still".to_owned()),
        label: Some("Zazen".to_owned()),
    }
}

/// As partners see a sit by default.
pub fn bare_sit() -> SharedSit {
    SharedSit {
        planned_s: None,
        together_id: None,
        note: None,
        label: None,
        ..sit()
    }
}
