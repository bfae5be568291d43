//! The codes of errors: on the wire as in the table, with a status that fits.

use std::collections::BTreeSet;

use mitta_domain::apply::Rejection;
use mitta_protocol::ErrorCode;
use mitta_protocol::push::{Outcome, Refused};

use crate::check::check_text;

/// Every code with its status, in one golden file: a code never changes its name or its status.
#[test]
fn every_code_is_written_by_its_name() {
    let mut table = Vec::new();
    for code in ErrorCode::ALL {
        let json = serde_json::to_string(code).unwrap();
        assert_eq!(json, format!("\"{}\"", code.name()));
        assert_eq!(&serde_json::from_str::<ErrorCode>(&json).unwrap(), code);
        assert_ne!(*code, ErrorCode::Unknown);
        table.push(format!("  {json}: {}", code.status()));
    }
    let names: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), ErrorCode::ALL.len(), "each has its own name");
    check_text("error_codes", &format!("{{\n{}\n}}", table.join(",\n")));
    assert_eq!(ErrorCode::Unknown.name(), "unknown");
    assert!(!names.contains("unknown"));
}

#[test]
fn a_status_says_whose_turn_it_is() {
    let known = [
        400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 426, 429, 500, 503,
    ];
    for code in ErrorCode::ALL {
        assert!(known.contains(&code.status()), "{}", code.name());
    }
    assert_eq!(ErrorCode::Unknown.status(), 500);
}

/// A client that branches on a code finds the same word wherever it stands.
#[test]
fn reasons_to_reject_an_op_have_words_of_their_own() {
    assert_eq!(Refused::Malformed.code(), ErrorCode::MalformedOp.name());
    for refused in [Refused::KeyReuse, Refused::Malformed] {
        let code = refused.code().to_owned();
        assert_eq!(Outcome::from(refused), Outcome::Rejected { code });
    }
    let rejection = Rejection::NothingCredited;
    let code = "nothing_credited".to_owned();
    assert_eq!(Outcome::from(rejection), Outcome::Rejected { code });
}
