//! What the doctor says.

use std::fmt::Display;
use std::path::Path;

use chrono_tz::Tz;
use mitta_domain::{SessionId, UnixMillis};
use mitta_runtime::api::SessionView;
use mitta_sync::api::{AccountErrorCode, ServerInfo, SyncAccount};

use super::{to_do, wait, weeks, when};
use crate::doctor::Check;

pub const CHECK_PERMISSION: &str =
    "Check that you may write in that folder and that it is not mounted read-only";
pub const MAKE_ROOM: &str = "Free some space";
#[cfg(not(unix))]
pub const SPACE_UNKNOWN: &str = "not looked at on this system";
pub const NO_DATABASE_YET: &str = "none yet: the first sit makes it";
pub const UPDATE: &str = "Update Mitta";
pub const OPEN_ONCE: &str = "Start Mitta once: it brings the database to the present format";
pub const CLOSE_OTHERS: &str = "Close the other programs that use it and look again";
pub const REPORT: &str = "Please report it, with this line";
pub const DECIDE: &str = "`mitta recover` lists them and decides on them, or open the window";
pub const ROUND_TRIP: &str =
    "a sit was begun, paused, resumed, completed and read back on a scratch database";
pub const NOT_COMMITTED: &str = "the completion of a scratch sit was not committed";
pub const SOUND_WELL: &str = "the device opens, the chosen bells can be read";
pub const CHECK_SOUND: &str =
    "Check the system's sound settings, or sit with --no-sound; sits are recorded either way";
pub const CHOOSE_AGAIN: &str = "Choose these sounds again in the settings, or remove the files";
pub const SET_ZONE: &str =
    "Set the time zone in the system's settings; until then dates are in UTC";
pub const CLOCK_WELL: &str = "the clocks agree";
pub const CLOCK_BACK: &str = "the system's steady clock went back";
pub const WALL_EARLY: &str = "the wall clock shows a time that has passed long ago";
pub const SET_CLOCK: &str = "Check the date and time of the system";

pub fn check(check: &Check) -> String {
    let Check {
        name,
        found,
        advice,
        ..
    } = check;
    let name = name.replace('_', " ");
    match advice {
        None => format!("ok      {name}: {found}"),
        Some(advice) => format!("not ok  {name}: {found}\n        → {advice}."),
    }
}

pub fn doctor_says(ok: bool) -> &'static str {
    if ok {
        "All is well."
    } else {
        "Something is to be done: see the lines marked “not ok”."
    }
}

pub fn folder_to_be(path: &Path) -> String {
    format!("{} (the first sit makes it)", path.display())
}

pub fn not_written(path: &Path, error: &impl Display) -> String {
    format!("{} cannot be written: {error}", path.display())
}

#[cfg(unix)]
pub fn free(mib: u64) -> String {
    format!("{mib} MiB")
}

pub fn database_damaged(backups: &Path) -> String {
    format!(
        "Copy the file away first. The next sit sets it aside and begins a new one; older copies \
         may be in {}",
        backups.display()
    )
}

pub fn database_whole(path: &Path) -> String {
    format!("{} is whole", path.display())
}

pub fn running(session_id: SessionId) -> String {
    format!("sit {session_id} is running")
}

pub fn left_unfinished(session_ids: &[String]) -> String {
    format!("unfinished: {}", session_ids.join(", "))
}

pub fn waiting(changes: u32, has_account: bool) -> String {
    if has_account {
        format!("{} to be sent", wait(changes))
    } else {
        format!("{} for an account", wait(changes))
    }
}

pub const NO_ACCOUNT: &str = "none: everything stays on this computer";
pub const NONE_REFUSED: &str = "the server refused nothing";
pub const SEE_REFUSED: &str = "`mitta account rejected` lists them and exports them";
pub const KEPT_IN_KEYRING: &str = "the sign-in is kept there";
pub const KEPT_IN_FILE: &str = "not needed: the sign-in is kept in a file";
pub const SYNC_AGAIN: &str = "`mitta sync` compares again and repairs; report it if it stays";
const NOT_COMPARED: &str = "not compared yet";

pub fn account(account: &SyncAccount) -> String {
    let SyncAccount {
        login,
        display_name,
        server_url,
        ..
    } = account;
    format!("{login} ({display_name}) on {server_url}")
}

pub fn server(server: &ServerInfo) -> String {
    format!("{} answers, version {}", server.server_url, server.version)
}

/// What to do about a failure with the server.
pub fn server_advice(code: AccountErrorCode) -> &'static str {
    to_do(code).unwrap_or(REPORT)
}

pub fn server_clock(offset_ms: i64) -> String {
    match offset_ms {
        0.. => format!("the server's is {offset_ms} ms ahead"),
        _ => format!("the server's is {} ms behind", offset_ms.unsigned_abs()),
    }
}

pub fn signed_in(devices: usize) -> String {
    let (are, s) = if devices == 1 {
        ("is", "")
    } else {
        ("are", "s")
    };
    format!("valid; {devices} device{s} {are} signed in")
}

pub fn refused(changes: u32) -> String {
    match changes {
        0 => NONE_REFUSED.to_owned(),
        1 => "the server refused 1 change".to_owned(),
        _ => format!("the server refused {changes} changes"),
    }
}

/// Own totals, and when they were last found the same on the server.
pub fn totals(sits: u64, credited_s: u64, compared: Option<UnixMillis>, zone: Tz) -> String {
    let s = if sits == 1 { "" } else { "s" };
    let found = match compared {
        Some(at) => format!("found the same on the server {}", when(at, zone)),
        None => NOT_COMPARED.to_owned(),
    };
    format!("{sits} sit{s}, {credited_s} s; {found}")
}

pub fn totals_differ(sits: u64, credited_s: u64, first_dates: &[chrono::NaiveDate]) -> String {
    let there = match first_dates {
        [] => "not found the same on the server at the last sync".to_owned(),
        _ => format!(
            "differ from the server's in the weeks of {}",
            weeks(first_dates)
        ),
    };
    format!("{sits} sits, {credited_s} s; {there}")
}

pub fn round_trip_wrong(sit: &SessionView) -> String {
    format!(
        "a scratch sit came back as {:?} with {}",
        sit.state, sit.credited_s
    )
}

pub fn own_sounds(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        _ => format!("{count} can be read"),
    }
}

pub fn wall_moved(ms: i128) -> String {
    format!("the wall clock was moved by {ms} ms while it was looked at")
}
