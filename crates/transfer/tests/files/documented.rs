//! What is written is what `docs/` says: the example, which a test of the window's side holds against the
//! schema, and the names in the schema. So another plan or event fails here until it is documented.

use std::collections::BTreeSet;

use mitta_domain::event::EventKind;
use mitta_domain::session::Stamp;
use mitta_domain::{
    AtEnd, Completion, DeviceId, IntervalBells, Plan, PlanChoice, Seconds, Session, SessionEvent,
    SessionId, SessionStart, Sound, Source, UnixMillis,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::own::json_of;
use crate::support::{NOW, sits, told};

const EXAMPLE: &str = include_str!("../../../../docs/history.example.json");
const SCHEMA: &str = include_str!("../../../../docs/history.schema.json");

/// 2026-04-22 08:21 in Berlin.
const BEGUN_MS: i64 = 1_776_838_860_000;

/// A sit of the timer with a bell every five minutes and half a minute of pause.
fn of_the_timer() -> (Session, Vec<SessionEvent>) {
    let start = SessionStart {
        session_id: SessionId::from_uuid(Uuid::from_u128(
            0x019d_b3d9_5ce0_7a11_8000_0000_0000_0001,
        )),
        device_id: DeviceId::from_uuid(Uuid::from_u128(7)),
        source: Source::Timer,
        started_at_ms: UnixMillis(BEGUN_MS),
        tz: "Europe/Berlin".into(),
        utc_offset_s: 7200,
        local_date: "2026-04-22".parse().unwrap(),
        planned_s: 1200.try_into().ok(),
        together_id: None,
        replaces: None,
    };
    let choice = PlanChoice {
        planned_s: start.planned_s,
        intervals: IntervalBells::Every {
            every_s: Seconds(300),
        },
        label: Some("Zazen".into()),
        ..PlanChoice::default()
    };
    let mut session = Session::begun(start);
    session.words.label.clone_from(&choice.label);
    session.plan = Some(Plan {
        choice,
        interval_at_s: [300, 600, 900].map(Seconds).to_vec(),
    });
    session.completion = Some(Completion {
        ended_at_ms: UnixMillis(BEGUN_MS + 1_230_000),
        credited_s: Seconds(1200),
        paused_s: Seconds(30),
        asleep_s: Seconds(0),
        overtime_s: Seconds(0),
    });
    let happened = [
        (EventKind::Started, -10_000, Some(0)),
        (EventKind::Paused, 600_000, Some(600_000)),
        (EventKind::Resumed, 630_000, Some(600_000)),
        (EventKind::ReachedEnd, 1_230_000, Some(1_200_000)),
        (EventKind::Completed, 1_230_000, None),
    ];
    let events = (1..)
        .zip(happened)
        .map(|(event_seq, (kind, after_ms, elapsed_ms))| SessionEvent {
            event_seq,
            kind,
            at_ms: UnixMillis(BEGUN_MS + after_ms),
            elapsed_ms,
        });
    (session, events.collect())
}

#[test]
fn the_documented_example_is_what_is_written() {
    let rows = crate::support::rows(
        "started_at,credited_s,label,note,mood,tz\n\
         2026-04-20 08:21,2700,Zazen,\"calm, at last\",4,Europe/Berlin\n\
         2026-04-21 08:21,1200,,,,Europe/Berlin\n",
    );
    let [first, second] = sits(&rows)[..] else {
        panic!("{:?}", told(&rows));
    };
    let event = SessionEvent {
        event_seq: 1,
        kind: EventKind::Edited,
        at_ms: NOW,
        elapsed_ms: None,
    };
    let mut deleted = second.whole.session().clone();
    deleted.deleted = true;
    deleted.deleted_stamp = Stamp {
        hlc_ms: NOW.0,
        device_id: DeviceId::from_uuid(Uuid::from_u128(7)),
        device_seq: 3,
    };
    let history = [
        (first.whole.session().clone(), Vec::new()),
        (deleted, vec![event]),
        of_the_timer(),
    ];
    let written = String::from_utf8(json_of(&history)).unwrap();
    assert_eq!(written, EXAMPLE);
    let read = crate::support::rows(EXAMPLE);
    assert_eq!(sits(&read).len(), 3, "{:?}", told(&read));
}

fn named(value: &impl serde::Serialize) -> String {
    let value = json!(value);
    let name = value.get("kind").unwrap_or(&value);
    name.as_str().unwrap().to_owned()
}

/// The names that a part of the schema allows.
fn documented(path: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let part = schema.pointer(path).unwrap_or_else(|| panic!("{path}"));
    let shapes = part.get("oneOf").and_then(Value::as_array);
    let shapes = shapes
        .cloned()
        .unwrap_or_else(|| vec![json!({"properties": {"kind": part}})]);
    let kinds = shapes.iter().map(|shape| &shape["properties"]["kind"]);
    kinds
        .flat_map(|kind| match kind.get("enum").and_then(Value::as_array) {
            Some(names) => names.clone(),
            None => vec![kind["const"].clone()],
        })
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// A new one does not compile until it stands here.
fn sounds() -> Vec<Sound> {
    let file = Sound::File {
        file: "a.flac".into(),
        name: "a".into(),
    };
    match file {
        Sound::Bowl | Sound::LowBowl | Sound::Inkin | Sound::WoodBlock | Sound::File { .. } => {}
    }
    vec![
        Sound::Bowl,
        Sound::LowBowl,
        Sound::Inkin,
        Sound::WoodBlock,
        file,
    ]
}

fn intervals() -> Vec<IntervalBells> {
    use IntervalBells::{At, Every, None, Random};
    let (every_s, min_s, max_s) = (Seconds(60), Seconds(60), Seconds(90));
    let random = Random { min_s, max_s };
    match random {
        None | Every { .. } | At { .. } | Random { .. } => {}
    }
    vec![
        None,
        Every { every_s },
        At {
            at_s: vec![every_s],
        },
        random,
    ]
}

fn ends() -> Vec<AtEnd> {
    match AtEnd::Stop {
        AtEnd::Stop | AtEnd::CountOvertime => {}
    }
    vec![AtEnd::Stop, AtEnd::CountOvertime]
}

#[test]
fn every_name_that_is_written_is_documented() {
    let names = |names: Vec<String>| names.into_iter().collect::<BTreeSet<_>>();
    let check = |path, written: Vec<String>| assert_eq!(documented(path), names(written), "{path}");
    let kinds = EventKind::ALL.iter().map(named).collect();
    check("/$defs/event/properties/kind", kinds);
    check("/$defs/sound", sounds().iter().map(named).collect());
    check("/$defs/intervals", intervals().iter().map(named).collect());
    check(
        "/$defs/plan/properties/at_end",
        ends().iter().map(named).collect(),
    );
}

/// The example has not every sound nor every kind of intervals, and says nothing of their fields.
#[test]
fn every_field_of_each_kind_is_documented() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let check = |path: &str, written: Value| {
        let kind = &written["kind"];
        let is_its = |shape: &&Value| {
            let documented = &shape["properties"]["kind"];
            let names = documented.get("enum").and_then(Value::as_array);
            documented["const"] == *kind || names.is_some_and(|names| names.contains(kind))
        };
        let shapes = schema.pointer(path).unwrap().as_array().unwrap();
        let shape = shapes.iter().find(is_its).unwrap();
        let fields: BTreeSet<_> = written.as_object().unwrap().keys().collect();
        let documented = shape["properties"].as_object().unwrap();
        assert_eq!(documented.keys().collect::<BTreeSet<_>>(), fields, "{kind}");
        let required = shape["required"].as_array().unwrap().iter();
        let required: BTreeSet<_> = required.map(|field| field.as_str().unwrap()).collect();
        assert!(required.iter().eq(&fields), "{kind} wants {required:?}");
    };
    for sound in sounds() {
        check("/$defs/sound/oneOf", json!(sound));
    }
    for intervals in intervals() {
        check("/$defs/intervals/oneOf", json!(intervals));
    }
}
