//! Mitta's own files: what was written is read back, to the digest; and the written shape is the
//! documented one.

use chrono::{Days, NaiveDate};
use mitta_domain::apply::{Applied, apply};
use mitta_domain::calendar;
use mitta_domain::digest::Digest;
use mitta_domain::event::EventKind;
use mitta_domain::op::{Change, OP_VERSION, Op};
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, DeviceId, OpId, Plan, PlanChoice, Seconds, Session, SessionEvent, SessionId,
    SessionStart, Sharing, Source, TogetherId, UnixMillis,
};
use mitta_transfer::{CsvWriter, JsonWriter, Judged, Kind, RefusalCode, Unreadable};
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::{NOW, berlin, code, read_with, sits, surveyed, told};

type Sat = (Session, Vec<SessionEvent>);

pub fn json_of(history: &[Sat]) -> Vec<u8> {
    let mut writer = JsonWriter::begin(Vec::new(), NOW, "0.1.0").unwrap();
    for (session, events) in history {
        writer.write(session, events).unwrap();
    }
    writer.end().unwrap()
}

fn csv_of(history: &[Sat]) -> Vec<u8> {
    let mut writer = CsvWriter::begin(Vec::new()).unwrap();
    for (session, _) in history {
        writer.write(session).unwrap();
    }
    writer.end().unwrap()
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-zäß\u{4e2d} ,;\"'\n=+-]{1,30}")
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let words =
        (text(), prop::option::of(1u8..=5), text()).prop_map(|(note, mood, label)| Change::Words {
            words: Words { note, mood, label },
        });
    let sharing =
        (any::<bool>(), any::<bool>()).prop_map(|(shared, note_shared)| Change::Sharing {
            sharing: Sharing {
                shared,
                note_shared,
            },
        });
    let change = prop_oneof![
        words,
        sharing,
        (1u32..=86_400).prop_map(|s| Change::Credited {
            credited_s: Seconds(s)
        }),
        any::<bool>().prop_map(|deleted| Change::Deleted { deleted }),
    ];
    prop::collection::vec(change, 0..5)
}

/// A sit and all that was done to it, as its ops make it.
fn sat() -> impl Strategy<Value = Sat> {
    let plan = prop::option::of(text().prop_map(|label| {
        Plan {
            choice: PlanChoice {
                label: label
                    .filter(|l| !l.trim().is_empty())
                    .map(|l| l.trim().to_owned()),
                ..PlanChoice::default()
            },
            interval_at_s: vec![Seconds(60)],
        }
    }));
    let zone = prop::sample::select(vec!["Europe/Berlin", "Asia/Kathmandu", "UTC", "Etc/GMT-9"]);
    let start = (any::<u128>(), 0i64..1_700_000_000_000, zone, any::<bool>());
    (start, 1u32..=86_400, 0u32..9999, plan, changes()).prop_map(
        |((id, at, zone, together), credited_s, other_s, plan, changes)| {
            let started_at_ms = UnixMillis(at);
            let day = calendar::local_date(started_at_ms, zone.parse().unwrap(), 4).unwrap();
            let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
            let start = SessionStart {
                session_id: SessionId::from_uuid(Uuid::from_u128(id)),
                device_id: DeviceId::from_uuid(Uuid::from_u128(id ^ 5)),
                source: if together {
                    Source::Manual
                } else {
                    Source::Timer
                },
                started_at_ms,
                tz: zone.to_owned(),
                utc_offset_s: day.utc_offset_s,
                local_date: day.local_date.max(first + Days::new(0)),
                planned_s: plan.as_ref().and_then(|p| p.choice.planned_s),
                together_id: together.then(|| TogetherId::from_uuid(Uuid::from_u128(id ^ 9))),
                replaces: None,
            };
            let events: Vec<_> = [EventKind::Started, EventKind::Completed]
                .into_iter()
                .zip(1..)
                .map(|(kind, event_seq)| SessionEvent {
                    event_seq,
                    kind,
                    at_ms: started_at_ms,
                    elapsed_ms: Some(0),
                })
                .collect();
            let completion = Completion {
                ended_at_ms: started_at_ms.plus_ms(i64::from(credited_s) * 1000 + 7),
                credited_s: Seconds(credited_s),
                paused_s: Seconds(other_s),
                asleep_s: Seconds(1),
                overtime_s: Seconds(0),
            };
            let sat = Change::Sat {
                plan,
                completion,
                events: events.clone(),
            };
            let session = [sat].into_iter().chain(changes).zip(1..).fold(
                None,
                |session, (change, device_seq)| {
                    let op = Op {
                        v: OP_VERSION,
                        op_id: OpId::from_uuid(Uuid::from_u128(device_seq.into())),
                        stamp: Stamp {
                            hlc_ms: at + i64::try_from(device_seq).unwrap(),
                            device_id: start.device_id,
                            device_seq,
                        },
                        session: start.clone(),
                        change,
                    };
                    match apply(session.clone(), &op) {
                        Applied::Applied { session, .. } => Some(*session),
                        Applied::Rejected(why) => panic!("{why}"),
                        _ => session,
                    }
                },
            );
            (session.unwrap(), events)
        },
    )
}

fn history() -> impl Strategy<Value = Vec<Sat>> {
    prop::collection::vec(sat(), 0..12)
}

proptest! {
    /// Export, an empty app, import: equal sits, hence equal totals, and equal digests (I8).
    #[test]
    fn json_holds_all(history in history()) {
        let rows = read_with(&json_of(&history), berlin(), Vec::new());
        let read: Vec<Sat> = sits(&rows)
            .iter()
            .map(|sit| (sit.whole.session().clone(), sit.whole.events().to_vec()))
            .collect();
        prop_assert_eq!(&read, &history);
        let digest = |sats: &[Sat]| Digest::of_sessions(sats.iter().map(|(session, _)| session));
        prop_assert_eq!(digest(&read), digest(&history));
    }

    /// The same of the table, for the sits that count; it has no events.
    #[test]
    fn csv_holds_what_counts(history in history()) {
        let rows = read_with(&csv_of(&history), berlin(), Vec::new());
        let read: Vec<Session> =
            sits(&rows).iter().map(|sit| sit.whole.session().clone()).collect();
        let counted: Vec<Session> = history
            .iter()
            .filter(|(session, _)| !session.deleted)
            .map(|(session, _)| session.clone())
            .collect();
        prop_assert_eq!(&read, &counted, "{:?}", told(&rows));
        prop_assert_eq!(Digest::of_sessions(&read), Digest::of_sessions(&counted));
    }

    /// Cut anywhere, what came before the cut is there, and that it was cut is known.
    #[test]
    fn a_cut_json_gives_what_came_before(history in prop::collection::vec(sat(), 1..5), cut in 0.0f64..1.0) {
        let whole = json_of(&history);
        let text = std::str::from_utf8(&whole).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in the text")]
        let at = text.floor_char_boundary((text.trim_end().len() as f64 * cut) as usize);
        let Ok(survey) = surveyed(&whole[..at]) else { return Ok(()) };
        prop_assert!(survey.breaks_off);
        let rows = read_with(&whole[..at], berlin(), Vec::new());
        for (sit, (session, _)) in sits(&rows).iter().zip(&history) {
            prop_assert_eq!(sit.whole.session(), session);
        }
    }
}

/// The columns of the documentation are those of the file.
#[test]
fn every_column_is_documented() {
    let page = include_str!("../../../../docs/history-files.md");
    let header = String::from_utf8(csv_of(&[])).unwrap();
    for column in header.trim().split(',') {
        assert!(page.contains(&format!("| `{column}` |")), "{column}");
    }
}

#[test]
fn a_newer_version_is_left_alone() {
    let file = br#"{"format":"mitta-history","version":2,"sits":[]}"#;
    assert!(matches!(
        surveyed(file),
        Err(Unreadable::Newer { version: 2 })
    ));
    let no_version = br#"{"format":"mitta-history","sits":[]}"#;
    assert!(matches!(
        surveyed(no_version),
        Err(Unreadable::Broken { .. })
    ));
    let one = "{\"format\":\"mitta-history\",\"version\":1,\"sits\":[]}\n";
    let two = [one, one].concat();
    assert!(matches!(
        surveyed(two.as_bytes()),
        Err(Unreadable::Broken { line: 2, .. })
    ));
    let blank = [one, " \n\n"].concat();
    assert!(!surveyed(blank.as_bytes()).unwrap().breaks_off);
    let no_sits = br#"{"format":"mitta-history","version":1}"#;
    assert!(matches!(surveyed(no_sits), Err(Unreadable::Broken { .. })));
}

#[test]
fn rows_that_no_history_can_have_are_refused_one_by_one() {
    let sat = |id: u128| {
        let rows = crate::support::rows(
            "Started At,Duration,Preset,Activity\n04/20/2026 08:21:14,0:45:0,,\n",
        );
        let mut session = sits(&rows)[0].whole.session().clone();
        session.start.session_id = SessionId::from_uuid(Uuid::from_u128(id));
        session
    };
    let mut too_long = sat(1);
    too_long.completion.as_mut().unwrap().credited_s = Seconds(90_000);
    let mut worded = sat(2);
    worded.words.mood = Some(9);
    worded.words_stamp.device_seq = 1;
    let history: Vec<Sat> = [too_long, worded, sat(3), sat(3)]
        .into_iter()
        .map(|session| (session, Vec::new()))
        .collect();
    for (file, kind) in [
        (json_of(&history), Kind::MittaJson),
        (csv_of(&history), Kind::MittaCsv),
    ] {
        assert_eq!(surveyed(&file).unwrap().kind, kind);
        let rows = read_with(&file, berlin(), Vec::new());
        let codes: Vec<_> = rows.iter().map(|(_, judged)| code(judged)).collect();
        let twice = Some(RefusalCode::TwiceInFile);
        let impossible = Some(RefusalCode::Impossible);
        assert_eq!(codes, [impossible, impossible, None, twice]);
        assert_eq!(
            rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [2, 3, 4, 5]
        );
    }
}

#[test]
fn a_table_row_that_was_changed_by_hand_against_itself_is_refused() {
    let rows =
        crate::support::rows("Started At,Duration,Preset,Activity\n04/20/2026 08:21:14,0:45:0,,\n");
    let session = sits(&rows)[0].whole.session().clone();
    let file = String::from_utf8(csv_of(&[(session, Vec::new())])).unwrap();
    let changed = file.replacen(",2700,", ",2800,", 1);
    let rows = read_with(changed.as_bytes(), berlin(), Vec::new());
    assert_eq!(
        told(&rows),
        ["2: impossible (credited_s is neither corrected_s nor recorded_s)"]
    );
    let broken = file.replacen("Europe/Berlin", "", 1);
    let rows = read_with(broken.as_bytes(), berlin(), Vec::new());
    assert!(matches!(&rows[0].1, Judged::Refused(r, _) if r.code == RefusalCode::Missing));
}
