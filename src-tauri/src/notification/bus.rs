//! Notifications as the desktop's own service shows them (Desktop Notifications Specification,
//! freedesktop.org), asked over the session bus.
//!
//! Must hold: what the service or the bus refuses is answered, never only logged; and the connection
//! is kept, since some services take a notification away with the program that sent it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tauri::AppHandle;
use zbus::blocking::connection::{Builder, Connection};
use zbus::zvariant::Value;

/// As the desktop file and the icon of the packages are called.
const APP: &str = "org.mitta.Mitta";
const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// A service may have to be started first; as long as libdbus waits.
const AT_MOST: Duration = Duration::from_secs(25);

static BUS: Mutex<Option<Connection>> = Mutex::new(None);

/// Shows one; blocks until the service has it.
///
/// # Errors
/// What the bus says, for instance that there is no such service.
pub fn show(_: &AppHandle, title: &str, text: &str) -> zbus::Result<()> {
    let is_old = kept().is_some();
    match ask(&bus()?, title, text) {
        Err(error) if is_over(&error) => {
            forget();
            // The bus may have been started anew since; one that is new is not asked twice.
            if !is_old || is_timeout(&error) {
                return Err(error);
            }
            ask(&bus()?, title, text)
        }
        asked => asked,
    }
}

fn ask(bus: &Connection, title: &str, text: &str) -> zbus::Result<()> {
    let can = bus.call_method(Some(SERVICE), PATH, Some(SERVICE), "GetCapabilities", &())?;
    let can: Vec<String> = can.body().deserialize()?;
    let text = if can.iter().any(|it| it == "body-markup") {
        escaped(text)
    } else {
        Cow::Borrowed(text)
    };
    let (replaces, actions, timeout) = (0u32, Vec::<&str>::new(), -1i32);
    let hints = HashMap::from([("desktop-entry", Value::from(APP))]);
    let notification = (
        "Mitta", replaces, APP, title, &*text, actions, hints, timeout,
    );
    bus.call_method(Some(SERVICE), PATH, Some(SERVICE), "Notify", &notification)?;
    Ok(())
}

fn kept() -> Option<Connection> {
    BUS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The kept connection, or a new one: opened without the lock, as a bus may not answer.
fn bus() -> zbus::Result<Connection> {
    if let Some(bus) = kept() {
        return Ok(bus);
    }
    let bus = Builder::session()?.method_timeout(AT_MOST).build()?;
    let mut kept = BUS.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(kept.get_or_insert(bus).clone())
}

fn forget() {
    *BUS.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Whether the connection is of no use any more. An answer that refuses came over a good one.
fn is_over(error: &zbus::Error) -> bool {
    !matches!(error, zbus::Error::MethodError(..))
}

/// Nobody knows whether what was asked was shown: it is not asked twice.
fn is_timeout(error: &zbus::Error) -> bool {
    matches!(error, zbus::Error::InputOutput(error) if error.kind() == std::io::ErrorKind::TimedOut)
}

/// A text that a service which knows markup shows as it is: a partner's name is no markup.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('&', "&amp;");
    Cow::Owned(text.replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup() {
        let check = |text: &str, expected: &str| assert_eq!(escaped(text), expected);
        check("It is time to sit.", "It is time to sit.");
        check("Anna & <b>Ben</b>", "Anna &amp; &lt;b&gt;Ben&lt;/b&gt;");
        check("&lt;", "&amp;lt;");
    }
}
