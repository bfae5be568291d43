//! What `mitta account` and `mitta sync` say.

use std::fmt::Display;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use mitta_domain::UnixMillis;
use mitta_sync::api::{
    AccountError, AccountErrorCode as Code, DeviceView, Exported, RejectedOp, SyncView, SyncWord,
};

pub const ASK_PASSWORD: &str = "Password:";
pub const ASK_NEW_PASSWORD: &str = "New password (8 characters or more):";
pub const ASK_PASSWORD_AGAIN: &str = "The same again:";
pub const ASK_RECOVERY_CODE: &str = "Recovery code:";
pub const NOT_THE_SAME: &str = "The two passwords are not the same; nothing was changed.";
pub const SECRET_MISSING: &str =
    "Nothing was typed. Type it at the terminal, or give it as a line on the standard input.";
pub const NOTHING_REJECTED: &str = "The server refused nothing.";

/// What happened, as a sentence, and at a terminal what to do about it.
pub fn account_error(error: &AccountError) -> String {
    let message = error.message.trim_end();
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let message = format!("{}{}", first.unwrap_or_default(), letters.as_str());
    let stop = if message.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    match to_do(error.code) {
        Some(advice) => format!("{message}{stop} {advice}."),
        None => format!("{message}{stop}"),
    }
}

/// What to do at a terminal about a failure, where its message does not say it.
pub const fn to_do(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::KeyringUnavailable => {
            "With --token-file the sign-in is kept in a file that only you can read"
        }
        Code::SignInNeeded => "`mitta account sign-in` signs this device in again",
        Code::NoAccount => "`mitta account sign-up --help` says how to make one",
        Code::OtherServer => "`mitta account leave-server` leaves it; the history stays here",
        Code::UpdateThis => "Update Mitta; nothing is lost meanwhile",
        Code::UpdateServer => "The server has to be updated; nothing is lost meanwhile",
        Code::NotMitta => "Check the address",
        Code::Offline | Code::Timeout => {
            "Check the address and the network; what waits is sent later"
        }
        Code::CertificateRefused => "Ask whoever runs the server for a valid certificate",
        Code::ServerBusy | Code::ServerFailed => "Try again later; nothing is lost",
        Code::TotalsDiffer | Code::Internal => "Please report it",
        _ => return None,
    })
}

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
            lines.push(format!("Problem: {}", account_error(problem)));
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
            "Signed in. {} on this computer: `mitta account add-sits` adds to the account what is \
             here, `mitta account leave-server` does not. Nothing is sent or fetched before.",
            match view.local_sits {
                1 => "There is 1 sit".to_owned(),
                sits => format!("There are {sits} sits"),
            }
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
            "Totals differ from the server's, also after a repair, in the weeks of {}. Please \
             report it.",
            weeks(&view.differing_weeks)
        ),
        SyncWord::Waiting => format!("{} to be sent.", wait(view.waiting)),
        SyncWord::UpToDate => "Up to date.".to_owned(),
    }
}

/// The first dates of weeks, one after the other.
pub fn weeks(first_dates: &[NaiveDate]) -> String {
    let dates: Vec<String> = first_dates.iter().map(ToString::to_string).collect();
    dates.join(", ")
}

pub fn wait(changes: u32) -> String {
    match changes {
        1 => "1 change waits".to_owned(),
        _ => format!("{changes} changes wait"),
    }
}

/// A moment as a person here reads it.
pub fn when(at: UnixMillis, zone: Tz) -> String {
    DateTime::from_timestamp_millis(at.0).map_or_else(
        || format!("{} ms", at.0),
        |utc| {
            utc.with_timezone(&zone)
                .format("%Y-%m-%d %H:%M")
                .to_string()
        },
    )
}
