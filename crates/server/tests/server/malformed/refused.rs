//! What each route is sent that it refuses, before anything is made worse.

use serde_json::{Value, json};

use super::requests::NOBODYS;

/// What a route is sent that it refuses: its query and its body. A new route needs a line here.
pub(super) fn refused(route: &str) -> (&'static str, Value) {
    let device = json!({"device_id": NOBODYS, "name": "a device"});
    let long = "ä".repeat(81);
    let body = match route {
        "POST /v1/accounts" => {
            json!({"login": "a", "password": "short", "display_name": "A", "device": device})
        }
        "POST /v1/sign-in" => {
            json!({"login": "nobody at all", "password": "a".repeat(5_000), "device": device})
        }
        "POST /v1/recover" => {
            json!({"login": "a", "recovery_code": "0000-0000", "new_password": "short", "device": device})
        }
        "PATCH /v1/account" => json!({"display_name": long, "zz": 1, "zzz": 2}),
        "DELETE /v1/account" | "POST /v1/account/recovery-code" => {
            json!({"password": "not the password"})
        }
        "POST /v1/account/password" => {
            json!({"current_password": "not the password", "new_password": "short"})
        }
        "POST /v1/partnerships" => {
            json!({"name": long, "week_start": "Someday", "share_since": "2026-01-01"})
        }
        "PATCH /v1/partnerships/{partnership_id}" => json!({"name": "E", "week_start": "Sat"}),
        "PATCH /v1/partnerships/{partnership_id}/membership" => {
            json!({"share_since": "1970-01-01", "is_paused": false, "weekly_goal_s": 1})
        }
        "POST /v1/partnerships/{partnership_id}/invites" => json!({"kind": "link"}),
        "POST /v1/partnerships/{partnership_id}/invites/{invite_id}/confirm" => {
            json!({"accept": true})
        }
        "POST /v1/invites/accept" => {
            json!({"secret": "not a secret", "share_since": "1970-01-01"})
        }
        "POST /v1/partnerships/{partnership_id}/proposals" => {
            json!({"together_id": NOBODYS, "planned_s": 0,
            "bells": {"start_strikes": 1, "end_strikes": 1, "interval_every_s": null}})
        }
        "POST /v1/proposals/{together_id}/answer" => json!({"answer": "joined"}),
        "PUT /v1/presence" => {
            json!({"session_id": NOBODYS, "local_date": "2026-11-21", "elapsed_s": 86_401})
        }
        "POST /v1/push" => json!({"ops": [refused_op(1), refused_op(2), refused_op(3)]}),
        "GET /v1/pull" => return ("?after=0&summary=true&limit=500", Value::Null),
        "GET /v1/weeks" => return ("?week_start=Mon", Value::Null),
        "GET /v1/sits" => return ("?from=2026-11-01&to=2026-11-30", Value::Null),
        "GET /v1/together" => return ("?today=2026-11-21&weeks=54", Value::Null),
        "GET /v1/together/sits" => return ("?limit=0", Value::Null),
        "GET /v1/meta"
        | "GET /v1/time"
        | "GET /v1/now"
        | "GET /v1/activity"
        | "DELETE /v1/presence"
        | "DELETE /v1/proposals/{together_id}"
        | "GET /v1/live"
        | "GET /v1/account"
        | "GET /v1/account/export"
        | "GET /v1/devices"
        | "GET /v1/partnerships"
        | "GET /v1/partnerships/{partnership_id}/invites"
        | "DELETE /v1/devices/{device_id}"
        | "DELETE /v1/partnerships/{partnership_id}/invites/{invite_id}"
        | "POST /v1/partnerships/{partnership_id}/leave"
        | "POST /v1/sign-out" => Value::Null,
        other => panic!("say in malformed/requests.rs what {other} refuses"),
    };
    ("", body)
}

/// A sit of the year 300000 that is credited more than a day.
fn refused_op(n: u32) -> Value {
    json!({
        "v": 1, "op_id": format!("0197a3c2-5f00-7000-8000-{n:012}"),
        "stamp": {"hlc_ms": 1_795_219_200_000_i64, "device_id": NOBODYS, "device_seq": n},
        "session": {
            "session_id": format!("0197a3c2-5f00-7000-8001-{n:012}"), "device_id": NOBODYS,
            "source": "timer", "started_at_ms": 9_404_836_272_000_000_i64, "tz": "Etc/UTC",
            "utc_offset_s": 0, "local_date": "2026-11-21", "planned_s": null, "together_id": null,
        },
        "change": {"kind": "sat", "plan": null,
            "completion": {"ended_at_ms": 9_404_836_332_000_000_i64, "credited_s": 86_401,
                "paused_s": 0, "asleep_s": 0, "overtime_s": 0},
            "events": [{"event_seq": 1, "kind": "completed", "at_ms": 1, "elapsed_ms": null}]},
    })
}
