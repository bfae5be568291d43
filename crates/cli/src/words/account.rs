//! What `mitta account` and `mitta sync` say.

use std::fmt::Display;

use chrono::DateTime;
use chrono_tz::Tz;
use mitta_domain::UnixMillis;
use mitta_sync::api::{DeviceView, Exported, RejectedOp, SyncView, SyncWord};

pub const ASK_PASSWORD: &str = "Password:";
pub const ASK_NEW_PASSWORD: &str = "New password (8 characters or more):";
pub const ASK_PASSWORD_AGAIN: &str = "The same again:";
pub const ASK_RECOVERY_CODE: &str = "Recovery code:";
pub const NOT_THE_SAME: &str = "The two passwords are not the same; nothing was changed.";
pub const SECRET_MISSING: &str =
    "Nothing was typed. Type it at the terminal, or give it as a line on the standard input.";
pub const NOTHING_REJECTED: &str = "The server refused nothing.";

pub fn secret_unread(error: &impl Display) -> String {
    format!("It could not be read from the terminal: {error}.")
}

pub fn recovery_code(code: &str) -> String {
    format!("Recovery code, shown once; write it down:\n\n    {code}\n")
}

pub fn exported(exported: &Exported) -> String {
    format!("{} ({} bytes) was written.", exported.path, exported.bytes)
}

pub fn device(device: &DeviceView, zone: Tz) -> String {
    let state = match (device.is_this, device.is_signed_in) {
        (true, _) => "this device",
        (false, true) => "signed in",
        (false, false) => "signed out",
    };
    let seen = when(device.last_seen_at_ms, zone);
    format!(
        "{}  {} ({state}, seen {seen})",
        device.device_id, device.name
    )
}

pub fn rejected(op: &RejectedOp, zone: Tz) -> String {
    format!(
        "{}  {} of the sit of {}: {}",
        op.op_id,
        op.change,
        when(op.started_at_ms, zone),
        op.code
    )
}

/// The state of sync, in the order in which a person wants to know it.
pub fn sync_lines(view: &SyncView, zone: Tz) -> Vec<String> {
    let mut lines = vec![word(view, zone)];
    if let Some(account) = &view.account {
        lines.push(format!(
            "Account: {} ({}) on {}",
            account.login, account.display_name, account.server_url
        ));
        if view.waiting > 0 && view.word != SyncWord::Waiting {
            lines.push(format!("Waiting to be sent: {}", view.waiting));
        }
        if view.rejected > 0 {
            lines.push(format!(
                "Refused: {} (`mitta account rejected` lists them)",
                view.rejected
            ));
        }
        if let Some(at) = view.last_success_ms {
            lines.push(format!("Last in step: {}", when(at, zone)));
        }
        if let Some(problem) = &view.problem {
            lines.push(format!("Problem: {}", problem.message));
        }
    }
    lines
}

fn word(view: &SyncView, zone: Tz) -> String {
    match view.word {
        SyncWord::NoAccount => {
            "No account: everything stays on this computer. `mitta account sign-in --help` says more."
                .to_owned()
        }
        SyncWord::ClaimAsked => format!(
            "Signed in. There are {} sits on this computer: `mitta account add-sits` adds them to \
             the account. Nothing is sent or fetched before.",
            view.local_sits
        ),
        SyncWord::SignInNeeded => {
            "Please sign in (`mitta account sign-in`). Nothing is lost meanwhile.".to_owned()
        }
        SyncWord::UpdateThis => "This Mitta is too old for the server: please update it.".to_owned(),
        SyncWord::UpdateServer => "The server is too old for this Mitta.".to_owned(),
        SyncWord::Syncing => "Syncing.".to_owned(),
        SyncWord::Offline => match view.offline_since_ms {
            Some(since) => format!("Offline since {}.", when(since, zone)),
            None => "Offline.".to_owned(),
        },
        SyncWord::ServerFailed => "The server has trouble; it will be tried again.".to_owned(),
        SyncWord::Rejected => "The server refused changes.".to_owned(),
        SyncWord::TotalsDiffer => format!(
            "Totals differ from the server's in {} weeks, also after a repair. Please report it.",
            view.differing_weeks.len()
        ),
        SyncWord::Waiting => format!("{} changes wait to be sent.", view.waiting),
        SyncWord::UpToDate => "Up to date.".to_owned(),
    }
}

/// A moment as a person here reads it.
fn when(at: UnixMillis, zone: Tz) -> String {
    DateTime::from_timestamp_millis(at.0).map_or_else(
        || format!("{} ms", at.0),
        |utc| {
            utc.with_timezone(&zone)
                .format("%Y-%m-%d %H:%M")
                .to_string()
        },
    )
}
