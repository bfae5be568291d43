//! Ops as strangers may send them: whatever the bytes are, reading and folding them ends in a session
//! or in a reason, and what was read is read again as the same.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::apply::{apply, clamp, overlay};
use crate::offer;

/// Stands where another number stood, or a text.
const STRANGE: [&str; 16] = [
    "-1",
    "0",
    "1.5",
    "1e300",
    "1e400",
    "NaN",
    "null",
    "4294967295",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "253402300800000",
    "9404836272000000",
    "\"\\u0000\"",
    "\"\\ud800\"",
];

fn good() -> impl Strategy<Value = Vec<u8>> {
    let mut random = plan();
    random.choice.intervals = IntervalBells::Random {
        min_s: Seconds(60),
        max_s: Seconds(90),
    };
    let sat = Change::Sat {
        plan: Some(plan()),
        completion: completion(1200),
        events: events(3),
    };
    let changes = [
        Change::Start { plan: Some(random) },
        sat,
        Change::Words { words: words() },
        Change::Credited {
            credited_s: Seconds(60),
        },
        Change::Deleted { deleted: false },
    ];
    let bytes = changes.map(|change| op(change).to_bytes().unwrap());
    select(bytes.to_vec())
}

/// The places of numbers.
fn numbers(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit());
        let count = digits.count();
        // Not within an id, a date or a name.
        if count > 0 && at > 0 && matches!(bytes[at - 1], b':' | b'[' | b',') {
            numbers.push(at..at + count);
        }
        at += count.max(1);
    }
    numbers
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(op) = Op::from_bytes(bytes) else {
        return Ok(());
    };
    let again = Op::from_bytes(&op.to_bytes().unwrap()).unwrap();
    prop_assert_eq!(&again, &op);
    if let Change::Start { plan: Some(plan) }
    | Change::Sat {
        plan: Some(plan), ..
    } = &op.change
    {
        let _ = plan.is_possible();
    }
    let op = clamp(op, 1_795_000_000_000);
    if let crate::apply::Applied::Applied { session, .. } = apply(None, &op) {
        let _ = session.credited_s();
        prop_assert!(offer::ops_of(&session, &[]).is_ok());
    }
    let _ = overlay(None, [&op]);
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in vec(any::<u8>(), 0..300)) {
        check(&bytes)?;
    }

    #[test]
    fn no_changed_bytes_break_the_reader_or_the_fold(
        mut bytes in good(),
        edits in vec((any::<Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<Index>()),
    ) {
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        check(&bytes)?;
    }

    #[test]
    fn no_number_breaks_the_reader_or_the_fold(
        mut bytes in good(),
        edits in vec((any::<Index>(), select(&STRANGE[..])), 1..3),
    ) {
        for (at, strange) in edits {
            let numbers = numbers(&bytes);
            if numbers.is_empty() {
                break;
            }
            let place = numbers[at.index(numbers.len())].clone();
            bytes.splice(place, strange.bytes());
        }
        check(&bytes)?;
    }
}
