//! Pushes as strangers may send them: whatever the body is, it is refused as a whole, or each of its
//! ops is answered.

use mitta_protocol::push::PushRequest;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// Stands where something else stood.
const STRANGE: [&str; 12] = [
    "null",
    "{}",
    "[]",
    "-1",
    "1e400",
    "NaN",
    "18446744073709551616",
    "9404836272000000",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"v\":2,",
    "\"op_id\":7,",
];

fn body() -> Vec<u8> {
    let ops = [op(1, 1, sat(60)), op(2, 1, note("a")), op(3, 2, start())];
    [b"{\"ops\":[", bytes(&ops).join(&b',').as_slice(), b"]}"].concat()
}

fn check(body: &[u8]) -> Result<(), TestCaseError> {
    let Ok(request) = serde_json::from_slice::<PushRequest<'_>>(body) else {
        return Ok(());
    };
    let count = request.ops.len();
    let Ok(batch) = Batch::read(request.ops.into_iter().map(RawOp::from)) else {
        return Ok(());
    };
    prop_assert_eq!(batch.len(), count);
    let known = Known {
        person_id: person(),
        sessions: HashMap::new(),
        ledger: HashMap::new(),
        shares: Vec::new(),
    };
    let folded = fold(known, batch, NOW);
    prop_assert_eq!(folded.outcomes.len(), count);
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in vec(any::<u8>(), 0..200)) {
        check(&bytes)?;
    }

    #[test]
    fn no_changed_body_breaks_the_reader_or_the_fold(
        edits in vec((any::<Index>(), any::<u8>()), 0..4),
        put in proptest::option::of((any::<Index>(), 0_usize..12, select(&STRANGE[..]))),
        cut in proptest::option::of(any::<Index>()),
    ) {
        let mut body = body();
        for (at, byte) in edits {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if let Some((at, gone, strange)) = put {
            let at = at.index(body.len());
            let end = (at + gone).min(body.len());
            body.splice(at..end, strange.bytes());
        }
        if let Some(cut) = cut {
            body.truncate(cut.index(body.len()));
        }
        check(&body)?;
    }
}
