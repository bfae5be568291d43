//! The rule of `timeline`, case by case, and against a slow and obvious second one.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn span(start_s: i64, length_s: u32) -> Span {
    Span {
        started_at_ms: UnixMillis(start_s * 1000),
        length_s,
    }
}

#[rstest]
#[case::exactly(0, 1200, "same")]
#[case::a_rounded_minute(-59, 1230, "same")]
#[case::both_at_the_edge(60, 1260, "same")]
#[case::later_than_a_minute(61, 1200, "overlaps")]
#[case::another_length(0, 1261, "overlaps")]
#[case::within(300, 600, "overlaps")]
#[case::around(-600, 3600, "overlaps")]
#[case::right_after(1200, 1200, "nobody")]
#[case::a_minute_of_overlap(1140, 1200, "nobody")]
#[case::more_than_a_minute(1139, 1200, "overlaps")]
#[case::half_of_a_short_one(1190, 20, "nobody")]
#[case::a_short_one_within(600, 20, "overlaps")]
#[case::before(-1200, 1200, "nobody")]
fn a_row_meets_a_sit_of_twenty_minutes(
    #[case] start_s: i64,
    #[case] length_s: u32,
    #[case] expected: &str,
) {
    let sit = span(1_000_000, 1200);
    let row = span(1_000_000 + start_s, length_s);
    let met = match Timeline::new(vec![sit]).meet(row) {
        Met::Nobody => "nobody",
        Met::Same(other) => {
            assert_eq!(other, sit);
            "same"
        }
        Met::Overlapping(other) => {
            assert_eq!(other, sit);
            "overlaps"
        }
        Met::Line { .. } => "line",
        Met::Gone(_) => "gone",
    };
    assert_eq!(met, expected);
}

#[test]
fn rows_of_one_file_meet_by_line() {
    let mut timeline = Timeline::new(Vec::new());
    timeline.take(7, span(0, 1200));
    let is = |is_same| Met::Line { line: 7, is_same };
    assert_eq!(timeline.meet(span(0, 1200)), is(true));
    assert_eq!(timeline.meet(span(5, 1200)), is(false));
    assert_eq!(timeline.meet(span(1200, 60)), Met::Nobody);
}

/// A long sit that began long before is found behind many short ones.
#[test]
fn a_long_sit_is_found_behind_short_ones() {
    let mut history = vec![span(0, 86_400)];
    history.extend((1..500).map(|n| span(n * 10, 5)));
    let timeline = Timeline::new(history);
    assert_eq!(
        timeline.meet(span(80_000, 600)),
        Met::Overlapping(span(0, 86_400))
    );
}

proptest! {
    /// Whether a row is taken is the same as if it were held against each sit by itself.
    #[test]
    fn it_agrees_with_looking_at_every_sit(
        history in prop::collection::vec((0i64..4000, 1u32..900), 0..20),
        rows in prop::collection::vec((0i64..4000, 1u32..900), 0..60),
    ) {
        let history: Vec<Span> = history.into_iter().map(|(s, l)| span(s, l)).collect();
        let mut timeline = Timeline::new(history.clone());
        let mut taken: Vec<Span> = Vec::new();
        for (line, (start_s, length_s)) in rows.into_iter().enumerate() {
            let row = span(start_s, length_s);
            let met = timeline.meet(row);
            let meets_history = history.iter().any(|h| h.meets(row));
            let is_same = history.iter().any(|h| h.meets(row) && h.is_same_sit(row));
            let meets_row = taken.iter().any(|t| t.meets(row));
            match met {
                Met::Same(_) => prop_assert!(is_same),
                Met::Overlapping(_) => prop_assert!(meets_history && !is_same),
                Met::Line { .. } => prop_assert!(meets_row && !meets_history),
                Met::Gone(_) => prop_assert!(false, "nothing is gone"),
                Met::Nobody => {
                    prop_assert!(!meets_history && !meets_row);
                    timeline.take(line as u64, row);
                    taken.push(row);
                }
            }
        }
    }
}
