//! Which display a test's windows are on. Tests that run side by side have one each, so that
//! none takes the keyboard from another's window.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use x11rb::rust_connection::RustConnection;

/// The display of a test beside others.
struct Own {
    name: OsString,
    /// The server ends when the last one leaves: it stays as long as this process.
    _stay: RustConnection,
}

static OWN: OnceLock<Result<Own, String>> = OnceLock::new();

/// The display as `DISPLAY` names it: that of the whole run, or one of its own for a test that
/// nextest has put beside another.
///
/// # Errors
/// If there is none.
pub fn name() -> Result<OsString> {
    if is_beside_others(std::env::var_os("NEXTEST_TEST_GROUP_SLOT").as_deref()) {
        let own = OWN.get_or_init(|| open().map_err(|error| format!("{error:#}")));
        let own = own.as_ref().map_err(|error| anyhow!("{error}"))?;
        return Ok(own.name.clone());
    }
    let display = std::env::var_os("DISPLAY");
    display.context("no display: run it by `cargo xtask test e2e`")
}

/// nextest counts the places of a group from 0; `none` is no group.
fn is_beside_others(slot: Option<&OsStr>) -> bool {
    let slot = slot.and_then(OsStr::to_str);
    slot.and_then(|it| it.parse().ok()).unwrap_or(0_usize) > 0
}

fn open() -> Result<Own> {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x900x24"])
        .args(["-nolisten", "tcp", "-terminate"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("Xvfb (apt install xvfb)")?;
    let output = server.stdout.take().context("Xvfb has no output")?;
    let mut number = String::new();
    BufReader::new(output).read_line(&mut number)?;
    ensure!(!number.trim().is_empty(), "Xvfb did not start");
    let name = format!(":{}", number.trim());
    let (stay, _) = x11rb::connect(Some(&name))?;
    Ok(Own {
        name: name.into(),
        _stay: stay,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_second_place_in_a_group_is_beside_others() {
        for (slot, expected) in [
            (None, false),
            (Some("none"), false),
            (Some("0"), false),
            (Some("1"), true),
            (Some("12"), true),
        ] {
            assert_eq!(is_beside_others(slot.map(OsStr::new)), expected, "{slot:?}");
        }
    }
}
