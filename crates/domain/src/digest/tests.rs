//! Two sides that hold the same have the same digest; two that differ in what counts do not.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::ids::{DeviceId, SessionId};
use crate::session::{Completion, SessionStart, Sharing, Source, Words};
use crate::share::{ShareRule, visible};
use crate::testing::ops::{complete, credit, delete, device, fold_all, note, plan, share, start};
use crate::units::Seconds;

/// A completed, corrected session in which every group was written.
fn session() -> Session {
    let ops = [
        start(1),
        complete(2, 1200),
        note(3, "still"),
        credit(4, 900),
        share(5, true, true),
        delete(6, false),
    ];
    let mut session = fold_all(&ops).0.unwrap();
    session.start.together_id = Some(TogetherId::from_uuid(Uuid::from_u128(0xabc)));
    session
}

fn running() -> Session {
    let mut session = fold_all(&[start(1)]).0.unwrap();
    session.start.planned_s = None;
    session
}

fn sit() -> SharedSit {
    let rule = ShareRule {
        share_since: "2026-11-18".parse().unwrap(),
        pauses: Vec::new(),
    };
    visible(&session(), &rule).unwrap()
}

fn bare_sit() -> SharedSit {
    SharedSit {
        planned_s: None,
        together_id: None,
        note: None,
        label: None,
        ..sit()
    }
}

/// Computed by a program of its own, from the sentence at the top of the module. Another value means
/// that every device would find its history different from the server's.
#[test]
fn the_hashes_stay_the_same_through_all_versions() {
    let hex = |hash: u128| format!("{hash:032x}");
    assert_eq!(
        hex(session_hash(&session())),
        "cf388ae26fbf38a38c064c0cfbcb4e95"
    );
    assert_eq!(
        hex(session_hash(&running())),
        "9170b4ba4f541464c8f9447e920cfe52"
    );
    assert_eq!(hex(shared_hash(&sit())), "5cce397b09628cb4614324c54e6e21e1");
    assert_eq!(
        hex(shared_hash(&bare_sit())),
        "74fb09a3af4fb62e8ebc361e24d1fefd"
    );
    let both = Digest::of_sessions([&session(), &running()]);
    assert_eq!(both.to_string(), "60a93f9cbf134d0854ff908b8dd84ce7");
}

type Change = (&'static str, fn(&mut Session));

/// Whoever adds a field adds it here, and below to what is covered or to what is not.
fn fields_of(session: &Session) -> usize {
    let Session {
        start,
        plan: _,
        completion,
        credited_override_s: _,
        words,
        sharing,
        deleted: _,
        words_stamp,
        credited_stamp: _,
        sharing_stamp: _,
        deleted_stamp: _,
    } = session;
    let SessionStart {
        session_id: _,
        device_id: _,
        source: _,
        started_at_ms: _,
        tz: _,
        utc_offset_s: _,
        local_date: _,
        planned_s: _,
        together_id: _,
        // Immutable, and of no total: the two sides could only differ in it by another start.
        replaces: _,
    } = start;
    let Completion {
        ended_at_ms: _,
        credited_s: _,
        paused_s: _,
        asleep_s: _,
        overtime_s: _,
    } = completion.as_ref().unwrap();
    let Words {
        note: _,
        mood: _,
        label: _,
    } = words;
    let Sharing {
        shared: _,
        note_shared: _,
    } = sharing;
    let Stamp {
        hlc_ms: _,
        device_id: _,
        device_seq: _,
    } = words_stamp;
    9 + 1 + 5 + 1 + 3 + 2 + 1 + 4 * 3
}

fn completion(session: &mut Session) -> &mut Completion {
    session.completion.as_mut().unwrap()
}

const COVERED: [Change; 26] = [
    ("session_id", |s| {
        s.start.session_id = SessionId::from_uuid(Uuid::from_u128(9));
    }),
    ("started_at_ms", |s| s.start.started_at_ms.0 += 1),
    ("local_date", |s| {
        s.start.local_date = s.start.local_date.succ_opt().unwrap();
    }),
    ("planned_s", |s| s.start.planned_s = None),
    ("together_id", |s| s.start.together_id = None),
    ("ended_at_ms", |s| completion(s).ended_at_ms.0 += 1),
    ("credited_s", |s| completion(s).credited_s.0 += 1),
    ("paused_s", |s| completion(s).paused_s.0 += 1),
    ("asleep_s", |s| completion(s).asleep_s.0 += 1),
    ("overtime_s", |s| completion(s).overtime_s.0 += 1),
    ("credited_override_s", |s| {
        s.credited_override_s = Some(Seconds(901));
    }),
    ("shared", |s| s.sharing.shared = false),
    ("note_shared", |s| s.sharing.note_shared = false),
    ("deleted", |s| s.deleted = true),
    ("words hlc", |s| s.words_stamp.hlc_ms += 1),
    ("words device", |s| s.words_stamp.device_id = device(9)),
    ("words seq", |s| s.words_stamp.device_seq += 1),
    ("credited hlc", |s| s.credited_stamp.hlc_ms += 1),
    ("credited device", |s| {
        s.credited_stamp.device_id = device(9);
    }),
    ("credited seq", |s| s.credited_stamp.device_seq += 1),
    ("sharing hlc", |s| s.sharing_stamp.hlc_ms += 1),
    ("sharing device", |s| s.sharing_stamp.device_id = device(9)),
    ("sharing seq", |s| s.sharing_stamp.device_seq += 1),
    ("deleted hlc", |s| s.deleted_stamp.hlc_ms += 1),
    ("deleted device", |s| s.deleted_stamp.device_id = device(9)),
    ("deleted seq", |s| s.deleted_stamp.device_seq += 1),
];

/// Fixed at the start by whoever recorded it, or told by the stamp of its group.
const NOT_COVERED: [Change; 8] = [
    ("device_id", |s| {
        s.start.device_id = DeviceId::from_uuid(Uuid::nil());
    }),
    ("source", |s| s.start.source = Source::Import),
    ("tz", |s| s.start.tz = "UTC".to_owned()),
    ("utc_offset_s", |s| s.start.utc_offset_s = 0),
    ("plan", |s| s.plan = Some(plan(None))),
    ("note", |s| s.words.note = None),
    ("mood", |s| s.words.mood = Some(1)),
    ("label", |s| s.words.label = Some("metta".to_owned())),
];

#[test]
fn every_field_that_counts_changes_the_hash() {
    let base = session();
    assert_eq!(COVERED.len() + NOT_COVERED.len(), fields_of(&base));
    let mut seen = vec![session_hash(&base)];
    for (name, change) in COVERED {
        let mut other = base.clone();
        change(&mut other);
        assert_ne!(base, other, "{name} changes the session");
        let hash = session_hash(&other);
        assert!(!seen.contains(&hash), "{name} changes the hash");
        seen.push(hash);
    }
    for (name, change) in NOT_COVERED {
        let mut other = base.clone();
        change(&mut other);
        assert_ne!(base, other, "{name} changes the session");
        assert_eq!(session_hash(&other), seen[0], "{name} is not covered");
    }
}

/// Nothing, and the zero that stands in its place.
#[test]
fn what_is_missing_is_not_zero() {
    let pairs: [[fn(&mut Session); 2]; 3] = [
        [
            |s| s.credited_override_s = None,
            |s| s.credited_override_s = Some(Seconds(0)),
        ],
        [
            |s| s.start.together_id = None,
            |s| s.start.together_id = Some(TogetherId::from_uuid(Uuid::nil())),
        ],
        [
            |s| s.completion = None,
            |s| {
                let zero = Seconds(0);
                *completion(s) = Completion {
                    ended_at_ms: crate::UnixMillis(0),
                    credited_s: zero,
                    paused_s: zero,
                    asleep_s: zero,
                    overtime_s: zero,
                };
            },
        ],
    ];
    for [missing, zero] in pairs {
        let (mut a, mut b) = (session(), session());
        missing(&mut a);
        zero(&mut b);
        assert_ne!(session_hash(&a), session_hash(&b));
    }
}

/// Every field that partners see, whatever will be added.
#[test]
fn every_field_of_a_shared_sit_changes_the_hash() {
    let Value::Object(fields) = serde_json::to_value(sit()).unwrap() else {
        panic!("a sit is an object");
    };
    let mut seen = vec![shared_hash(&sit())];
    let mut differs = |name: &str, value: Value| {
        let mut other = fields.clone();
        other.insert(name.to_owned(), value);
        let other: SharedSit = serde_json::from_value(Value::Object(other)).unwrap();
        let hash = shared_hash(&other);
        assert!(!seen.contains(&hash), "{name} changes the hash");
        seen.push(hash);
    };
    for (name, value) in &fields {
        let other = match value {
            Value::Number(n) => json!(n.as_i64().unwrap() + 1),
            Value::Null => json!("something"),
            Value::String(_) if name == "local_date" => json!("2026-11-19"),
            Value::String(_) if name.ends_with("_id") => json!(Uuid::from_u128(77)),
            Value::String(text) => json!(format!("{text}!")),
            other => panic!("a value of another kind: {other}"),
        };
        differs(name, other);
    }
    for name in ["planned_s", "together_id", "note", "label"] {
        if !fields[name].is_null() {
            differs(name, Value::Null);
        }
    }
}

/// Each text has its length: what one loses the other does not gain.
#[test]
fn note_and_label_do_not_run_together() {
    let hash = |note: Option<&str>, label: Option<&str>| {
        let note = note.map(str::to_owned);
        let label = label.map(str::to_owned);
        shared_hash(&SharedSit {
            note,
            label,
            ..sit()
        })
    };
    let all = [
        hash(Some("ab"), Some("c")),
        hash(Some("a"), Some("bc")),
        hash(Some("abc"), None),
        hash(None, Some("abc")),
        hash(Some("abc"), Some("")),
        hash(Some(""), Some("abc")),
    ];
    for (at, hash) in all.iter().enumerate() {
        assert!(!all[..at].contains(hash));
    }
}

#[rstest]
#[case::nothing("00000000000000000000000000000000", true)]
#[case::all("ffffffffffffffffffffffffffffffff", true)]
#[case::empty("", false)]
#[case::too_short("0000000000000000000000000000000", false)]
#[case::too_long("000000000000000000000000000000000", false)]
#[case::a_sign("+0000000000000000000000000000001", false)]
#[case::no_digit("0000000000000000000000000000000g", false)]
#[case::not_ascii("000000000000000000000000000000é", false)]
fn a_digest_is_32_hexadecimal_digits(#[case] text: &str, #[case] is_digest: bool) {
    let parsed: Result<Digest, _> = text.parse();
    assert_eq!(
        parsed.map(|d| d.to_string()).ok().as_deref(),
        is_digest.then_some(text)
    );
    let json = serde_json::to_string(text).unwrap();
    let read: Option<Digest> = serde_json::from_str(&json).ok();
    assert_eq!(read.is_some(), is_digest);
    if let Some(digest) = read {
        assert_eq!(serde_json::to_string(&digest).unwrap(), json);
    }
}

#[test]
fn no_rows_are_zero() {
    assert_eq!(Digest::of_sessions([]), Digest::default());
    assert_eq!(Digest::default().to_string(), "0".repeat(32));
}

fn many() -> impl Strategy<Value = Vec<Session>> {
    let session = |seed: (u128, i64, u32)| {
        let (id, more_ms, credited_s) = seed;
        let mut session = session();
        session.start.session_id = SessionId::from_uuid(Uuid::from_u128(id));
        session.start.started_at_ms.0 += more_ms;
        session.credited_override_s = Some(Seconds(credited_s));
        session
    };
    let seed = (any::<u128>(), 0i64..1000, 1u32..=86_400);
    proptest::collection::vec(seed.prop_map(session), 0..12)
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(
        (rows, shuffled) in many().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        prop_assert_eq!(Digest::of_sessions(&rows), Digest::of_sessions(&shuffled));
        let mut one_by_one = Digest::default();
        for row in &shuffled {
            one_by_one.add_session(row);
        }
        prop_assert_eq!(one_by_one, Digest::of_sessions(&rows));
        let mut sits: Vec<SharedSit> = rows
            .iter()
            .map(|row| SharedSit { session_id: row.start.session_id, ..sit() })
            .collect();
        let forwards = Digest::of_shared(&sits);
        sits.reverse();
        prop_assert_eq!(forwards, Digest::of_shared(&sits));
    }

    #[test]
    fn a_row_that_is_missing_or_there_twice_is_noticed(
        rows in many(), at in any::<prop::sample::Index>()
    ) {
        prop_assume!(!rows.is_empty());
        let whole = Digest::of_sessions(&rows);
        let row = &rows[at.index(rows.len())];
        let mut twice = whole;
        twice.add_session(row);
        prop_assert_ne!(twice, whole);
        let mut without = rows.clone();
        without.remove(at.index(rows.len()));
        prop_assert_ne!(Digest::of_sessions(&without), whole);
    }
}
