//! What clients send. Strict: a field that the server does not know is refused, not ignored.

use chrono::Weekday;
use mitta_domain::op::Change;
use mitta_protocol::account::{
    ChangeAccount, ChangePassword, DeviceIntro, PasswordAgain, Recover, SignIn, SignUp,
};
use mitta_protocol::partnership::{
    AcceptInvite, ChangeMembership, ChangePartnership, ConfirmInvite, InviteKind, NewInvite,
    NewPartnership,
};
use mitta_protocol::pull::PullQuery;
use mitta_protocol::push::PushRequest;
use mitta_protocol::weeks::{SitsQuery, WeeksQuery};
use serde_json::value::RawValue;

use crate::check::{check_text, request};
use crate::{ops, samples};

fn device() -> DeviceIntro {
    DeviceIntro {
        device_id: samples::device_id(),
        name: "Laptop".to_owned(),
    }
}

#[test]
fn accounts() {
    let login = || "ada@example.org".to_owned();
    let password = || "correct horse".to_owned();
    let sign_up = |device| SignUp {
        login: login(),
        password: password(),
        display_name: "Ada".to_owned(),
        device,
    };
    request("sign_up", &sign_up(Some(device())));
    request("sign_up_web", &sign_up(None));
    let sign_in = |device| SignIn {
        login: login(),
        password: password(),
        device,
    };
    request("sign_in", &sign_in(Some(device())));
    request("sign_in_web", &sign_in(None));
    let recover = Recover {
        login: login(),
        recovery_code: "ABCD-EFGH-JKMN".to_owned(),
        new_password: password(),
        device: Some(device()),
    };
    request("recover", &recover);
    let change = ChangeAccount {
        display_name: "Ada L.".to_owned(),
    };
    request("change_account", &change);
    let change = ChangePassword {
        current_password: password(),
        new_password: "battery staple".to_owned(),
    };
    request("change_password", &change);
    let again = PasswordAgain {
        password: password(),
    };
    request("password_again", &again);
}

#[test]
fn partnerships() {
    let new = NewPartnership {
        name: "Morning".to_owned(),
        week_start: Weekday::Mon,
        share_since: "2026-11-01".parse().unwrap(),
        weekly_goal_s: Some(12_600),
    };
    request("new_partnership", &new);
    let change = ChangePartnership {
        name: Some("Evening".to_owned()),
        week_start: Some(Weekday::Sun),
        expected_name: Some("Morning".to_owned()),
        expected_week_start: Some(Weekday::Mon),
    };
    request("change_partnership", &change);
    let change = ChangeMembership {
        share_since: Some("2026-11-08".parse().unwrap()),
        is_paused: Some(true),
        weekly_goal_s: Some(0),
        shows_sitting: Some(true),
    };
    request("change_membership", &change);
    request("change_membership_nothing", &ChangeMembership::default());
    request(
        "new_invite_link",
        &NewInvite {
            kind: InviteKind::Link,
        },
    );
    request(
        "new_invite_code",
        &NewInvite {
            kind: InviteKind::Code,
        },
    );
    let accept = AcceptInvite {
        secret: "K7Q2-M9XD".to_owned(),
        share_since: "2026-11-18".parse().unwrap(),
    };
    request("accept_invite", &accept);
    request("confirm_invite", &ConfirmInvite { accept: true });
}

#[test]
fn a_way_of_inviting_that_is_not_known_is_refused() {
    let read = serde_json::from_str::<NewInvite>(r#"{"kind":"carrier_pigeon"}"#);
    assert!(read.unwrap_err().to_string().contains("carrier_pigeon"));
}

/// Queries are written in the address; their names and values are those of these files.
#[test]
fn queries() {
    let pull = PullQuery {
        share_id: Some(samples::share_id()),
        after: 41,
        limit: Some(500),
        summary: true,
    };
    request("pull_query", &pull);
    let least: PullQuery = serde_json::from_str(r#"{"after":0}"#).unwrap();
    request("pull_query_least", &least);
    assert!(
        serde_json::from_str::<PullQuery>("{}").is_err(),
        "after what?"
    );
    let weeks = WeeksQuery {
        share_id: Some(samples::share_id()),
        week_start: Some(Weekday::Sat),
    };
    request("weeks_query", &weeks);
    let sits = SitsQuery {
        share_id: Some(samples::share_id()),
        from: "2026-11-16".parse().unwrap(),
        to: "2026-11-22".parse().unwrap(),
    };
    request("sits_query", &sits);
}

/// The ops as they lie in the outbox, spaces and all.
#[test]
fn a_push_carries_ops_verbatim() {
    let deleted = ops::op(Change::Deleted { deleted: true });
    let first = String::from_utf8(deleted.to_bytes().unwrap()).unwrap();
    let second = r#"{ "v": 2,  "op_id": "of a newer program" }"#;
    let raw: Vec<&RawValue> = [first.as_str(), second]
        .into_iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let push = PushRequest { ops: raw };
    let body = serde_json::to_string(&push).unwrap();
    check_text("push_request", &body);
    let read: PushRequest<'_> = serde_json::from_str(&body).unwrap();
    let read: Vec<&str> = read.ops.iter().map(|op| op.get()).collect();
    assert_eq!(read, [first.as_str(), second]);
    let more = body.replacen('{', r#"{"person_id":null,"#, 1);
    assert!(serde_json::from_str::<PushRequest<'_>>(&more).is_err());
}
