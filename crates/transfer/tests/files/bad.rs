//! Bad input: each is said in a sentence or row by row, and nothing is guessed.

use std::io::Cursor;
use std::ops::ControlFlow;

use mitta_domain::UnixMillis;
use mitta_transfer::{
    DateOrder, Dates, Encoding, Gone, Judge, Judged, Reading, RefusalCode, RowTime, Span,
    Unreadable, read,
};
use proptest::prelude::*;
use rstest::rstest;

use crate::support::{NOW, berlin, code, judged, read_with, rows, surveyed, told};

const HEADER: &str = "Started At,Duration,Preset,Activity\n";

#[rstest]
#[case::empty(b"", "the file is empty")]
#[case::blank(b"  \n\n ", "the file is empty")]
#[case::only_a_mark(b"\xef\xbb\xbf", "the file is empty")]
#[case::zip(b"PK\x03\x04....", "the file is a ZIP archive")]
#[case::database(b"SQLite format 3\0....", "the file is an SQLite database")]
#[case::binary(b"\x7fELF\x02\x01\x01\0\0\0\0\0", "the file is no text")]
#[case::another_table(
    b"Date,Weight\n2024-01-01,70\n",
    "the file is of no format that Mitta knows; it begins with \u{201c}Date,Weight\u{201d}"
)]
#[case::another_xml(
    b"<?xml version=\"1.0\"?><gpx/>",
    "the file is of no format that Mitta knows; it begins with \u{201c}<?xml version=\"1.0\"?><gpx/>\u{201d}"
)]
#[case::another_json(
    b"{\"a\": 1}",
    "the file is of no format that Mitta knows; it begins with \u{201c}{\"a\": 1}\u{201d}"
)]
fn a_file_that_is_none(#[case] bytes: &[u8], #[case] expected: &str) {
    assert_eq!(surveyed(bytes).unwrap_err().to_string(), expected);
}

#[test]
fn a_header_alone_is_a_file_without_rows() {
    assert_eq!(surveyed(HEADER.as_bytes()).unwrap().rows, 0);
}

#[test]
fn an_encoding_that_was_guessed_is_said() {
    let latin = [
        HEADER.as_bytes(),
        b"05/01/2024 08:00:00,0:20:0,Gr\xf6\xdfe,\n",
    ]
    .concat();
    assert_eq!(surveyed(&latin).unwrap().encoding, Encoding::Latin1);
    let rows = read_with(&latin, berlin(), Vec::new());
    assert_eq!(told(&rows), ["2: 2024-05-01 06:00:00 1200 s Größe"]);
    let text = format!("{HEADER}05/01/2024 08:00:00,0:20:0,Größe,\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(surveyed(&wide).unwrap().encoding, Encoding::Utf16Le);
    let rows = read_with(&wide, berlin(), Vec::new());
    assert_eq!(told(&rows), ["2: 2024-05-01 06:00:00 1200 s Größe"]);
}

#[rstest]
#[case::told_by_a_day(&["04/05/2026", "04/13/2026"], Dates::MonthFirst)]
#[case::told_by_a_month(&["04/05/2026", "13/04/2026"], Dates::DayFirst)]
#[case::told_by_the_future(&["11/12/2026", "01/11/2026"], Dates::MonthFirst)]
#[case::the_future_of_the_other_order(&["12/11/2026", "01/11/2026"], Dates::DayFirst)]
#[case::open(&["04/05/2026", "05/06/2026"], Dates::Open)]
#[case::the_same_either_way(&["04/04/2026", "05/05/2026"], Dates::Clear)]
#[case::mixed(&["04/13/2026", "13/04/2026"], Dates::Mixed)]
#[case::iso(&["2026-04-05"], Dates::Clear)]
fn the_order_of_a_date_is_that_of_the_whole_file(#[case] dates: &[&str], #[case] expected: Dates) {
    let lines: Vec<_> = dates
        .iter()
        .map(|d| format!("{d} 08:00:00,0:20:0,,\n"))
        .collect();
    let file = format!("{HEADER}{}", lines.concat());
    assert_eq!(surveyed(file.as_bytes()).unwrap().dates, expected);
    // What the file tells goes before what was answered.
    let wrong = Reading {
        order: DateOrder::DayFirst,
        ..berlin()
    };
    if expected == Dates::MonthFirst {
        let rows = read_with(file.as_bytes(), wrong, Vec::new());
        assert!(
            rows.iter().all(|(_, judged)| code(judged).is_none()),
            "{rows:?}"
        );
    }
}

#[test]
fn the_future_is_refused_but_for_a_clock_that_is_a_little_ahead() {
    let file = format!("{HEADER}11/29/2026 13:03:00,0:1:0,,\n11/29/2026 13:30:00,0:1:0,,\n");
    let told = told(&rows(&file));
    assert_eq!(told, ["2: 2026-11-29 12:03:00 60 s", "3: in_the_future"]);
}

#[test]
fn what_the_history_has_is_there_already_or_collides() {
    let file = format!(
        "{HEADER}05/01/2024 08:00:00,0:20:0,,\n05/02/2024 08:05:00,0:20:0,,\n05/03/2024 08:00:00,0:20:0,,\n"
    );
    let at = |rfc3339: &str, length_s| Span {
        started_at_ms: mitta_domain::UnixMillis(
            chrono::DateTime::parse_from_rfc3339(rfc3339)
                .unwrap()
                .timestamp_millis(),
        ),
        length_s,
    };
    let history = vec![
        at("2024-05-01T06:00:40Z", 1210),
        at("2024-05-02T06:00:00Z", 1200),
    ];
    let rows = read_with(file.as_bytes(), berlin(), history);
    assert_eq!(
        told(&rows),
        [
            "2: already there",
            "3: overlaps_here",
            "4: 2024-05-03 06:00:00 1200 s"
        ]
    );
    // Both say their own time.
    let time = |rfc3339, length_s| RowTime {
        started_at_ms: at(rfc3339, length_s).started_at_ms,
        utc_offset_s: 7200,
        length_s,
    };
    let there = at("2024-05-01T06:00:40Z", 0).started_at_ms;
    assert_eq!(
        rows[0].1,
        Judged::AlreadyThere(time("2024-05-01T06:00:00Z", 1200), there)
    );
    let Judged::Refused(refusal, own) = &rows[1].1 else {
        panic!("{:?}", rows[1]);
    };
    let other = at("2024-05-02T06:00:00Z", 0).started_at_ms;
    assert_eq!(refusal.other_started_at_ms, Some(other));
    assert_eq!(*own, Some(time("2024-05-02T06:05:00Z", 1200)));
}

/// What a person has deleted stays deleted, though the row has another id now: it is read in another
/// zone. One whose date was corrected is there.
#[test]
fn an_imported_sit_that_is_gone_does_not_come_back() {
    let file = format!(
        "{HEADER}05/01/2024 08:00:00,0:20:0,,\n05/01/2024 08:01:00,0:19:0,,\n\
         05/02/2024 08:00:00,0:20:0,,\n05/03/2024 08:10:00,0:20:0,,\n"
    );
    let gone = |day: i64, counts_from_ms: Option<i64>| Gone {
        span: Span {
            // 2024-05-01T06:00:30Z
            started_at_ms: UnixMillis(1_714_543_230_000 + (day - 1) * 86_400_000),
            length_s: 1200,
        },
        counts_from_ms: counts_from_ms.map(UnixMillis),
    };
    let gone = vec![gone(3, None), gone(2, Some(7)), gone(1, None)];
    let rows = judged(
        file.as_bytes(),
        Judge::new(berlin(), Vec::new()).with_gone(gone),
    );
    assert_eq!(
        told(&rows),
        [
            "2: deleted here",
            // The same sit by another app.
            "3: overlaps_in_file line 2",
            "4: already there",
            "5: 2024-05-03 06:10:00 1200 s"
        ]
    );
    let time = RowTime {
        started_at_ms: UnixMillis(1_714_629_600_000),
        utc_offset_s: 7200,
        length_s: 1200,
    };
    assert_eq!(rows[2].1, Judged::AlreadyThere(time, UnixMillis(7)));
}

#[test]
fn the_same_line_twice_counts_once() {
    let file = format!("{HEADER}05/01/2024 08:00:00,0:20:0,,\n05/01/2024 08:00:00,0:20:0,,\n");
    assert_eq!(told(&rows(&file))[1], "3: twice_in_file line 2");
}

#[test]
fn reading_ends_when_it_is_told_to() {
    let file = format!(
        "{HEADER}{}",
        "05/01/2024 08:00:00,0:20:0,,\n".repeat(50_000)
    );
    let survey = surveyed(file.as_bytes()).unwrap();
    let mut count = 0;
    let flow = read(
        &mut Cursor::new(file.as_bytes()),
        &survey,
        &mut Judge::new(berlin(), Vec::new()),
        &mut |_| ControlFlow::Continue(()),
        &mut |_, _| {
            count += 1;
            if count == 3 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    assert!(flow.unwrap().is_break());
    assert_eq!(count, 3);
    let cancelled = read(
        &mut Cursor::new(file.as_bytes()),
        &survey,
        &mut Judge::new(berlin(), Vec::new()),
        &mut |_| ControlFlow::Break(()),
        &mut |_, _| ControlFlow::Continue(()),
    );
    assert!(matches!(cancelled, Err(Unreadable::Cancelled)));
}

proptest! {
    /// Whatever bytes a file has: it ends as an answer, each row as exactly one result.
    #[test]
    fn any_bytes_end_in_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if surveyed(&bytes).is_ok() {
            read_with(&bytes, berlin(), Vec::new());
        }
    }

    /// The same behind every header, so that the parsers themselves are met, cut anywhere.
    #[test]
    fn any_cells_end_in_an_answer(
        header in prop::sample::select(vec![
            "Started At,Duration,Preset,Activity\n",
            "StartedAt (UTC),Duration,Preset,Activity\n",
            "ID,Length,Started,Completed,Message\n",
            "start_time_unix,duration_secs,mode,label,note\n",
            "started_at,credited_s,label,session_id\n",
            "x\ny\n2015-04-20 08:21:14,45\n",
            "<HealthData><Record type=\"HKCategoryTypeIdentifierMindfulSession\" ",
            "{\"format\":\"mitta-history\",\"version\":1,\"sits\":[",
        ]),
        body in "[0-9:/ ,\"\n.APM+<>=a-z{}\\-\u{e4}]{0,200}",
        cut in 0usize..300,
    ) {
        let file = format!("{header}{body}");
        let mut bytes = file.into_bytes();
        bytes.truncate(cut.max(header.len()));
        if surveyed(&bytes).is_ok() {
            let rows = read_with(&bytes, berlin(), Vec::new());
            for (_, judged) in rows {
                prop_assert_ne!(code(&judged), Some(RefusalCode::OverlapsHere));
            }
        }
    }

    /// I3: read twice, with what was taken the first time in the history, nothing is new.
    #[test]
    fn the_same_file_twice_brings_nothing(
        rows in prop::collection::vec((1u32..13, 1u32..29, 0u32..24, 0u32..60, 1u32..200), 0..40)
    ) {
        let lines: Vec<String> = rows
            .iter()
            .map(|(month, day, hour, minute, length)| {
                format!("{month}/{day}/2024 {hour}:{minute}:00,0:{length}:0,,\n")
            })
            .collect();
        let file = format!("{HEADER}{}", lines.concat());
        let first = read_with(file.as_bytes(), berlin(), Vec::new());
        let history = crate::support::sits(&first)
            .iter()
            .map(|sit| Span {
                started_at_ms: sit.whole.session().start.started_at_ms,
                length_s: sit.whole.session().credited_s().0,
            })
            .collect();
        let second = read_with(file.as_bytes(), berlin(), history);
        prop_assert!(crate::support::sits(&second).is_empty());
        prop_assert!(NOW.0 > 0);
    }
}
