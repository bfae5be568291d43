//! What the server says. Tolerant: a newer server may say more.

use std::fmt::Debug;

use chrono::Weekday;
use mitta_domain::digest::Digest;
use mitta_domain::{OpId, ShareId};
use mitta_protocol::account::{Account, Device, Devices, NewRecoveryCode, SignedIn};
use mitta_protocol::live::LiveEvent;
use mitta_protocol::meta::Meta;
use mitta_protocol::partnership::{
    Invite, InviteAccepted, InviteKind, InviteMade, InviteState, Invites, Member, Partnership,
    Partnerships,
};
use mitta_protocol::pull::{PullAnswer, Pulled, PulledChange, Share, Summary};
use mitta_protocol::push::{OpOutcome, Outcome, PushAnswer, Refused};
use mitta_protocol::weeks::{OwnSit, SitsAnswer, WeekSummary, WeeksAnswer};
use mitta_protocol::{ErrorBody, ErrorCode};
use rstest::rstest;
use serde::de::DeserializeOwned;

use crate::check::answer;
use crate::samples;

#[test]
fn accounts() {
    let signed_in = |token: Option<&str>, recovery_code: Option<&str>| SignedIn {
        person_id: samples::person_id(),
        login: "ada@example.org".to_owned(),
        display_name: "Ada".to_owned(),
        token: token.map(str::to_owned),
        expires_at_ms: samples::ms(7_776_000_000),
        recovery_code: recovery_code.map(str::to_owned),
    };
    let signed_up = signed_in(Some("not a real token"), Some("ABCD-EFGH-JKMN"));
    answer("signed_in", &signed_up);
    answer("signed_in_web", &signed_in(None, None));
    let account = Account {
        person_id: samples::person_id(),
        login: "ada@example.org".to_owned(),
        display_name: "Ada".to_owned(),
        created_at_ms: samples::ms(0),
    };
    answer("account", &account);
    let code = NewRecoveryCode {
        recovery_code: "ABCD-EFGH-JKMN".to_owned(),
    };
    answer("new_recovery_code", &code);
    let device = |expires, is_this| Device {
        device_id: samples::device_id(),
        name: "Laptop".to_owned(),
        created_at_ms: samples::ms(0),
        last_seen_at_ms: samples::ms(3_600_000),
        expires_at_ms: expires,
        is_this,
    };
    let expires = Some(samples::ms(7_776_000_000));
    let devices = Devices {
        devices: vec![device(expires, true), device(None, false)],
    };
    answer("devices", &devices);
}

fn partnership() -> Partnership {
    let member = |name: &str, weekly_goal_s, is_paused| Member {
        person_id: samples::person_id(),
        display_name: name.to_owned(),
        weekly_goal_s,
        share_since: "2026-11-01".parse().unwrap(),
        is_paused,
        shows_sitting: is_paused.map(|_| true),
        heard_at_ms: is_paused.is_none().then(|| samples::ms(0)),
    };
    Partnership {
        partnership_id: samples::partnership_id(),
        name: "Morning".to_owned(),
        week_start: Weekday::Mon,
        members: vec![
            member("Ada", Some(12_600), Some(false)),
            member("Ben", None, None),
        ],
    }
}

#[test]
fn partnerships() {
    answer("partnership", &partnership());
    let all = Partnerships {
        partnerships: vec![partnership()],
    };
    answer("partnerships", &all);
    let made = InviteMade {
        invite_id: samples::uuid(9),
        secret: "K7Q2-M9XD".to_owned(),
        link: None,
        expires_at_ms: samples::ms(600_000),
    };
    answer("invite_made", &made);
    let secret = "AAECAwQFBgcICQoLDA0ODw";
    let made = InviteMade {
        secret: secret.to_owned(),
        link: Some(format!("https://mitta.example.org/invite#{secret}")),
        ..made
    };
    answer("invite_made_link", &made);
    let accepted = InviteAccepted {
        partnership_name: "Morning".to_owned(),
        inviter_name: "Ada".to_owned(),
    };
    answer("invite_accepted", &accepted);
    let invite = |kind, state, accepted_by| Invite {
        invite_id: samples::uuid(9),
        kind,
        state,
        accepted_by,
        expires_at_ms: samples::ms(600_000),
    };
    let ben = Some("Ben".to_owned());
    let invites = Invites {
        invites: vec![
            invite(InviteKind::Link, InviteState::Open, None),
            invite(InviteKind::Code, InviteState::Accepted, ben),
        ],
    };
    answer("invites", &invites);
}

fn op_outcome(outcome: Outcome) -> OpOutcome {
    OpOutcome {
        op_id: OpId::from_uuid(samples::uuid(3)),
        outcome,
    }
}

#[test]
fn a_push() {
    let outcomes = [
        Outcome::Applied,
        Outcome::Duplicate,
        Outcome::Superseded,
        Outcome::from(mitta_domain::apply::Rejection::OtherSession),
        Outcome::from(Refused::KeyReuse),
        Outcome::from(Refused::Malformed),
        Outcome::Retry { after_s: 30 },
    ];
    let push = PushAnswer {
        server_id: samples::server_id(),
        epoch: samples::epoch(),
        server_time_ms: samples::ms(5),
        person_id: samples::person_id(),
        outcomes: outcomes.map(op_outcome).into(),
        sessions: vec![samples::session().into(), samples::running().into()],
    };
    answer("push_answer", &push);
}

fn digest() -> Digest {
    "00112233445566778899aabbccddeeff".parse().unwrap()
}

#[test]
fn a_pull() {
    let share = |partnership_id, share_since| Share {
        share_id: samples::share_id(),
        person_id: samples::person_id(),
        partnership_id,
        generation: 2,
        share_since,
        head_seq: 42,
    };
    let since = "2026-11-01".parse().ok();
    let entities = [
        Pulled::Session {
            session: Box::new(samples::session().into()),
            events: samples::all_events(),
        },
        Pulled::Session {
            session: Box::new(samples::running().into()),
            events: Vec::new(),
        },
        Pulled::Shared {
            sit: samples::sit(),
        },
        Pulled::Shared {
            sit: samples::bare_sit(),
        },
        Pulled::Withdrawn {
            session_id: samples::session_id(),
        },
    ];
    let changes = (38..).zip(entities);
    let pull = PullAnswer {
        server_id: samples::server_id(),
        epoch: samples::epoch(),
        server_time_ms: samples::ms(5),
        person_id: samples::person_id(),
        share_id: samples::share_id(),
        head_seq: 42,
        changes: changes
            .map(|(seq, entity)| PulledChange { seq, entity })
            .collect(),
        next_after: 42,
        complete: true,
        summary: Some(Summary {
            rows: 3,
            digest: digest(),
            sits: 2,
            credited_s: 2400,
        }),
        shares: vec![
            Share {
                share_id: ShareId::own(samples::person_id()),
                ..share(None, None)
            },
            share(Some(samples::partnership_id()), since),
        ],
        partnerships: vec![partnership()],
    };
    answer("pull_answer", &pull);
    let page = PullAnswer {
        changes: Vec::new(),
        complete: false,
        summary: None,
        shares: Vec::new(),
        partnerships: Vec::new(),
        ..pull
    };
    answer("pull_answer_least", &page);
}

#[test]
fn weeks_and_sits() {
    let weeks = WeeksAnswer {
        epoch: samples::epoch(),
        head_seq: 42,
        weeks: vec![WeekSummary {
            first_date: "2026-11-16".parse().unwrap(),
            rows: 3,
            digest: digest(),
            sits: 2,
            credited_s: 2400,
        }],
    };
    answer("weeks_answer", &weeks);
    let sits = SitsAnswer {
        epoch: samples::epoch(),
        head_seq: 42,
        sessions: vec![OwnSit {
            session: samples::session().into(),
            events: samples::events(),
        }],
        shared: vec![samples::sit()],
    };
    answer("sits_answer", &sits);
}

#[test]
fn meta_errors_and_live_events() {
    let meta = Meta {
        product: Meta::PRODUCT.to_owned(),
        version: "0.1.0".to_owned(),
        server_id: samples::server_id(),
        epoch: samples::epoch(),
        oldest_protocol: 1,
        newest_protocol: 1,
        server_time_ms: samples::ms(5),
    };
    answer("meta", &meta);
    let error = |retry_after_s| ErrorBody {
        code: ErrorCode::RateLimited,
        message: "Too many tries. Please try again in a minute.".to_owned(),
        retry_after_s,
    };
    answer("error", &error(Some(60)));
    answer("error_least", &error(None));
    let head = LiveEvent::Head {
        share_id: samples::share_id(),
        head_seq: 42,
    };
    answer("live_head", &head);
    answer("live_membership", &LiveEvent::Membership);
}

/// What a newer server may say instead.
#[rstest]
#[case::outcome(
    r#"{"op_id":"0197a3c2-5f00-7000-8000-000000000003","outcome":"parked","until_ms":5,"why":{"code":"x"}}"#,
    &op_outcome(Outcome::Unknown)
)]
#[case::outcome_alone(r#"{"outcome":"parked"}"#, &Outcome::Unknown)]
#[case::live_event(
    r#"{"kind":"sitting_now","person_id":"0197a3c2-5f00-7000-8000-000000000004"}"#,
    &LiveEvent::Unknown
)]
#[case::live_event_alone(r#"{"kind":"sitting_now"}"#, &LiveEvent::Unknown)]
#[case::error_code(r#""too_quiet""#, &ErrorCode::Unknown)]
fn a_variant_that_is_not_known_is_read_as_unknown<T>(#[case] json: &str, #[case] expected: &T)
where
    T: DeserializeOwned + PartialEq + Debug,
{
    assert_eq!(&serde_json::from_str::<T>(json).unwrap(), expected);
}

/// Known outcomes keep what belongs to them, whatever order the fields have.
#[rstest]
#[case(r#"{"code":"key_reuse","outcome":"rejected","op_id":"0197a3c2-5f00-7000-8000-000000000003"}"#, Refused::KeyReuse.into())]
#[case(r#"{"after_s":30,"op_id":"0197a3c2-5f00-7000-8000-000000000003","outcome":"retry"}"#, Outcome::Retry { after_s: 30 })]
#[case(
    r#"{"outcome":"applied","op_id":"0197a3c2-5f00-7000-8000-000000000003"}"#,
    Outcome::Applied
)]
fn an_outcome_is_read_in_any_order(#[case] json: &str, #[case] outcome: Outcome) {
    let read: OpOutcome = serde_json::from_str(json).unwrap();
    assert_eq!(read, op_outcome(outcome));
}

/// A known outcome without what belongs to it is no unknown one, and neither is none at all.
#[rstest]
#[case::no_code(
    r#"{"op_id":"0197a3c2-5f00-7000-8000-000000000003","outcome":"rejected"}"#,
    "code"
)]
#[case::no_time(
    r#"{"op_id":"0197a3c2-5f00-7000-8000-000000000003","outcome":"retry"}"#,
    "after_s"
)]
#[case::no_outcome(r#"{"op_id":"0197a3c2-5f00-7000-8000-000000000003"}"#, "outcome")]
#[case::no_op_id(r#"{"outcome":"applied"}"#, "op_id")]
fn an_outcome_that_is_not_whole_is_an_error(#[case] json: &str, #[case] missing: &str) {
    let error = serde_json::from_str::<OpOutcome>(json).unwrap_err();
    let expected = format!("missing field `{missing}`");
    assert!(error.to_string().contains(&expected), "{error}");
}

/// Passed over it would be a gap (I7): the cursor would go on behind a row that is not there.
#[test]
fn a_change_of_an_unknown_kind_is_an_error_that_names_it() {
    let json = r#"{"seq":7,"kind":"dream","dream":{"of":"rain"}}"#;
    let error = serde_json::from_str::<PulledChange>(json).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("unknown variant `dream`"), "{error}");
    assert!(error.contains("`withdrawn`"), "{error}");
}
