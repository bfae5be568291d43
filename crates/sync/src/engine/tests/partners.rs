//! Partnerships, asked of a server over HTTP.

use chrono::{NaiveDate, Weekday};
use mitta_domain::PartnershipId;

use super::*;
use crate::api::{
    AcceptInviteArgs, ChangeMembershipArgs, ConfirmInviteArgs, CreatePartnershipArgs, InviteArgs,
    InviteKind, InviteOfArgs, InviteState, PartnershipArgs,
};

const OURS: u128 = 0x0a;
const INVITE: Uuid = Uuid::from_u128(0x1e);

fn ours() -> PartnershipId {
    PartnershipId::from_uuid(Uuid::from_u128(OURS))
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn partnership() -> Value {
    object!({
        "partnership_id": Uuid::from_u128(OURS), "name": "Morning", "week_start": "Mon",
        "members": [
            {"person_id": Uuid::from_u128(PERSON), "display_name": "Kei",
             "share_since": "2026-11-01", "is_paused": false},
            {"person_id": Uuid::from_u128(2), "display_name": "Ana", "weekly_goal_s": 3600,
             "share_since": "2026-11-02"},
        ],
    })
}

/// A server with one partnership and somebody who waits; `refused` is what every change is answered.
fn server_with(refused: Option<&'static str>) -> Server {
    Server::new(move |request| respond(request, refused))
}

fn respond(request: &Request, refused: Option<&str>) -> Vec<u8> {
    let path = request.line.split('?').next().unwrap_or_default();
    let is_change = !path.starts_with("GET") && !path.ends_with("/sign-in");
    if let (true, Some(code)) = (is_change, refused) {
        return json(409, &object!({"code": code, "message": "It cannot be."}));
    }
    let route = path.replace(&Uuid::from_u128(OURS).to_string(), "P");
    let route = route.replace(&INVITE.to_string(), "I");
    match route.as_str() {
        "GET /v1/meta" => json(200, &meta(0x5e00)),
        "POST /v1/sign-in" => json(
            200,
            &object!({
                "person_id": Uuid::from_u128(PERSON), "login": "kei", "display_name": "Kei",
                "token": "s3cret", "expires_at_ms": 0,
            }),
        ),
        "GET /v1/pull" => json(200, &pull(0x5e00, PERSON)),
        "GET /v1/partnerships" => json(200, &object!({"partnerships": [partnership()]})),
        "POST /v1/partnerships" => json(201, &partnership()),
        "GET /v1/partnerships/P/invites" => json(
            200,
            &object!({"invites": [
                {"invite_id": INVITE, "kind": "code", "state": "accepted",
                 "accepted_by": "Ben", "expires_at_ms": 7},
                {"invite_id": Uuid::nil(), "kind": "link", "state": "open", "expires_at_ms": 8},
            ]}),
        ),
        "POST /v1/partnerships/P/invites" => {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let mut made = object!({"invite_id": INVITE, "secret": "AB12", "expires_at_ms": 7});
            // A server of before knows no links.
            if body["kind"] == "link" {
                made["link"] = "https://mitta.example.org/invite#AB12".into();
            }
            json(201, &made)
        }
        "POST /v1/invites/accept" => json(
            200,
            &object!({"partnership_name": "Morning", "inviter_name": "Ana"}),
        ),
        "DELETE /v1/partnerships/P/invites/I"
        | "POST /v1/partnerships/P/invites/I/confirm"
        | "PATCH /v1/partnerships/P/membership"
        | "POST /v1/partnerships/P/leave" => {
            b"HTTP/1.1 204 Any\r\nConnection: close\r\n\r\n".to_vec()
        }
        _ => json(
            404,
            &object!({"code": "not_found", "message": "no such address"}),
        ),
    }
}

fn signed_in(server: &Server) -> Home {
    let home = Home::new();
    home.sign_in(server).unwrap();
    server.requests.lock().unwrap().clear();
    home
}

/// The body of the last request to a route that ends so.
#[track_caller]
fn body(server: &Server, end: &str) -> Value {
    let requests = server.requests.lock().unwrap();
    let request = requests.iter().rev().find(|r| r.line.ends_with(end));
    serde_json::from_slice(&request.unwrap().body).unwrap()
}

#[test]
fn the_partnerships_are_listed_with_members_and_own_invites() {
    let server = server_with(None);
    let home = signed_in(&server);
    let list = home.engine.partnerships(NoArgs {}).unwrap().partnerships;
    let [one] = list.as_slice() else {
        panic!("{list:?}");
    };
    assert_eq!(
        (one.name.as_str(), one.week_start),
        ("Morning", Weekday::Mon)
    );
    let members: Vec<_> = one
        .members
        .iter()
        .map(|m| (m.display_name.as_str(), m.is_me, m.is_paused))
        .collect();
    assert_eq!(members, [("Kei", true, Some(false)), ("Ana", false, None)]);
    let waiting = &one.invites[0];
    assert_eq!(
        (waiting.kind, waiting.state, waiting.accepted_by.as_deref()),
        (InviteKind::Code, InviteState::Accepted, Some("Ben"))
    );
    assert_eq!(one.invites[1].state, InviteState::Open);
}

#[test]
fn a_partnership_is_made_and_somebody_invited() {
    let server = server_with(None);
    let home = signed_in(&server);
    let made = home.engine.create_partnership(CreatePartnershipArgs {
        name: "Morning".into(),
        week_start: Weekday::Mon,
        share_since: date("2026-11-01"),
    });
    assert_eq!(made.unwrap().partnership_id, ours());
    assert_eq!(
        body(&server, "/v1/partnerships"),
        object!({"name": "Morning", "week_start": "Mon", "share_since": "2026-11-01"})
    );
    for (kind, link) in [
        (InviteKind::Code, None),
        (
            InviteKind::Link,
            Some("https://mitta.example.org/invite#AB12"),
        ),
    ] {
        let partnership_id = ours();
        let args = InviteArgs {
            partnership_id,
            kind,
        };
        let secret = home.engine.invite(args).unwrap();
        assert_eq!(
            (secret.secret.as_str(), secret.link.as_deref()),
            ("AB12", link)
        );
    }
}

#[test]
fn an_invite_is_accepted_by_its_link_and_answered() {
    let server = server_with(None);
    let home = signed_in(&server);
    let accepted = home.engine.accept_invite(AcceptInviteArgs {
        secret: "https://mitta.example.org/invite#AB12".into(),
        share_since: date("2026-11-21"),
    });
    assert_eq!(accepted.unwrap().inviter_name, "Ana");
    assert_eq!(
        body(&server, "/accept"),
        object!({"secret": "AB12", "share_since": "2026-11-21"})
    );
    let partnership_id = ours();
    for accept in [true, false] {
        let args = ConfirmInviteArgs {
            partnership_id,
            invite_id: INVITE,
            accept,
        };
        home.engine.confirm_invite(args).unwrap();
        assert_eq!(body(&server, "/confirm"), object!({"accept": accept}));
    }
    let invite = InviteOfArgs {
        partnership_id,
        invite_id: INVITE,
    };
    home.engine.withdraw_invite(invite).unwrap();
}

#[test]
fn only_what_is_named_of_a_membership_changes() {
    let server = server_with(None);
    let home = signed_in(&server);
    let none = ChangeMembershipArgs {
        partnership_id: ours(),
        share_since: None,
        is_paused: None,
        weekly_goal_s: None,
        shows_sitting: None,
    };
    for (args, sent) in [
        (
            ChangeMembershipArgs {
                is_paused: Some(true),
                ..none
            },
            object!({"is_paused": true}),
        ),
        (
            ChangeMembershipArgs {
                share_since: Some(date("2026-01-01")),
                weekly_goal_s: Some(0),
                ..none
            },
            object!({"share_since": "2026-01-01", "weekly_goal_s": 0}),
        ),
    ] {
        home.engine.change_membership(args).unwrap();
        assert_eq!(body(&server, "/membership"), sent);
    }
    let partnership_id = ours();
    home.engine
        .leave_partnership(PartnershipArgs { partnership_id })
        .unwrap();
    assert!(server.lines().last().unwrap().ends_with("/leave"));
}

#[rstest]
#[case("no_such_partnership", Code::NoSuchPartnership)]
#[case("no_such_invite", Code::NoSuchInvite)]
#[case("partnership_full", Code::PartnershipFull)]
#[case("already_member", Code::AlreadyMember)]
#[case("rate_limited", Code::RateLimited)]
fn a_refusal_says_what_it_is_about(#[case] said: &'static str, #[case] expected: Code) {
    let server = server_with(Some(said));
    let home = signed_in(&server);
    let accepted = home.engine.accept_invite(AcceptInviteArgs {
        secret: "AB12".into(),
        share_since: date("2026-11-21"),
    });
    assert_eq!(code(accepted), expected);
}

#[test]
fn without_a_sign_in_there_are_no_partners() {
    let home = Home::new();
    assert_eq!(code(home.engine.partnerships(NoArgs {})), Code::NoAccount);
}

#[test]
fn who_shares_what_is_fetched_after_a_change() {
    let (saw, seen) = mpsc::channel();
    let server = Server::new(move |request| {
        if request.line.starts_with("GET /v1/pull") {
            saw.send(()).unwrap();
        }
        respond(request, None)
    });
    let home = home(true, Arc::new(Memory::default()));
    home.sign_in(&server).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    while seen.try_recv().is_ok() {}
    let change = ChangeMembershipArgs {
        partnership_id: ours(),
        share_since: None,
        is_paused: Some(true),
        weekly_goal_s: None,
        shows_sitting: None,
    };
    home.engine.change_membership(change).unwrap();
    // Nobody asks for a round: it comes by itself.
    seen.recv_timeout(Duration::from_mins(1)).unwrap();
}
