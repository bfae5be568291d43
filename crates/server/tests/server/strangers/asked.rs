//! What a stranger would send to each route: one without a line here fails the test.

use mitta_domain::op::Change;
use mitta_domain::session::Words;
use serde_json::{Value, json};

use crate::harness::NOW;
use crate::people::{Somebody, id};

/// What an address may name.
pub(super) struct Ids {
    pub(super) login: String,
    pub(super) device: String,
    pub(super) partnership: String,
    pub(super) invite: String,
    pub(super) share: String,
    pub(super) session: u128,
    pub(super) together: String,
}

/// How a route is asked.
pub(super) struct Asked {
    pub(super) query: String,
    pub(super) body: Value,
    /// Whether the request names something: then naming something that is not there must be answered
    /// the same.
    pub(super) names: bool,
}

/// What somebody sends who wants to read or change what `ids` names; `turn` is another each time.
pub(super) fn asked(attacker: &Somebody<'_>, route: &str, ids: &Ids, turn: u64) -> Asked {
    let plain = |body: Value| Asked {
        query: String::new(),
        body,
        names: false,
    };
    let naming = |body: Value| Asked {
        names: true,
        ..plain(body)
    };
    let query = |query: String| Asked {
        query,
        ..naming(Value::Null)
    };
    let share = &ids.share;
    let wrong = "not their password";
    match route {
        // That a login is taken is said, and counted.
        "POST /v1/accounts" => {
            plain(json!({"login": ids.login, "password": wrong, "display_name": "E"}))
        }
        "POST /v1/sign-in" => naming(json!({"login": ids.login, "password": wrong,
            "device": {"device_id": ids.device, "name": "E"}})),
        "POST /v1/recover" => naming(json!({"login": ids.login, "new_password": wrong,
            "recovery_code": attacker.recovery_code})),
        "PATCH /v1/account" => plain(json!({"display_name": "E"})),
        "DELETE /v1/account" | "POST /v1/account/recovery-code" => {
            plain(json!({"password": wrong}))
        }
        "POST /v1/account/password" => {
            plain(json!({"current_password": wrong, "new_password": "another password"}))
        }
        "POST /v1/partnerships" => {
            plain(json!({"name": "E", "week_start": "Mon", "share_since": "2026-01-01"}))
        }
        "PATCH /v1/partnerships/{partnership_id}" => {
            naming(json!({"name": "E", "week_start": "Sat"}))
        }
        "PATCH /v1/partnerships/{partnership_id}/membership" => {
            naming(json!({"share_since": "1970-01-01", "is_paused": false, "weekly_goal_s": 1}))
        }
        "POST /v1/partnerships/{partnership_id}/invites" => naming(json!({"kind": "link"})),
        "POST /v1/partnerships/{partnership_id}/invites/{invite_id}/confirm" => {
            naming(json!({"accept": true}))
        }
        "DELETE /v1/devices/{device_id}"
        | "GET /v1/partnerships/{partnership_id}/invites"
        | "DELETE /v1/partnerships/{partnership_id}/invites/{invite_id}"
        | "DELETE /v1/proposals/{together_id}"
        | "POST /v1/partnerships/{partnership_id}/leave" => naming(Value::Null),
        "POST /v1/invites/accept" => {
            naming(json!({"secret": ids.invite, "share_since": "1970-01-01"}))
        }
        "POST /v1/push" => {
            let note = Some("mine now".to_owned());
            let words = Words {
                note,
                ..Words::default()
            };
            let session_id = id(ids.session);
            let op = attacker.op(session_id, 500, NOW, turn, Change::Words { words });
            naming(json!({"ops": [op]}))
        }
        "POST /v1/partnerships/{partnership_id}/proposals" => {
            let together_id = id(0xfade << 60 | u128::from(turn));
            naming(json!({"together_id": together_id, "planned_s": 600,
                "bells": {"start_strikes": 1, "end_strikes": 1, "interval_every_s": null}}))
        }
        "POST /v1/proposals/{together_id}/answer" => naming(json!({"answer": "joined"})),
        "PUT /v1/presence" => plain(json!({"session_id": id(ids.session),
            "local_date": "2026-11-21", "elapsed_s": 5, "left_s": 600, "together_id": ids.together})),
        "GET /v1/together" => Asked {
            query: "?today=2026-11-21&weeks=4".to_owned(),
            ..plain(Value::Null)
        },
        "GET /v1/together/sits" => query(format!("?partnership_id={}&limit=10", ids.partnership)),
        "GET /v1/pull" => query(format!("?after=0&summary=true&share_id={share}")),
        "GET /v1/weeks" => query(format!("?share_id={share}")),
        "GET /v1/sits" => query(format!("?from=2026-11-01&to=2026-11-30&share_id={share}")),
        // Signing out comes last of all; a live stream never ends, and is tried by itself.
        "GET /v1/meta"
        | "GET /v1/time"
        | "GET /v1/now"
        | "GET /v1/activity"
        | "DELETE /v1/presence"
        | "GET /v1/account"
        | "GET /v1/account/export"
        | "GET /v1/devices"
        | "GET /v1/partnerships"
        | "POST /v1/sign-out"
        | "GET /v1/live" => plain(Value::Null),
        other => panic!("say in strangers.rs what a stranger would send to {other}"),
    }
}
