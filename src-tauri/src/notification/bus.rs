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

static SESSION: Bus = Bus {
    address: None,
    kept: Mutex::new(None),
};

/// Shows one; blocks until the service has it.
///
/// # Errors
/// What the bus says, for instance that there is no such service.
pub fn show(_: &AppHandle, title: &str, text: &str) -> zbus::Result<()> {
    SESSION.show(title, text)
}

/// A bus and the connection to it.
struct Bus {
    /// That of the session, where none is named.
    address: Option<String>,
    kept: Mutex<Option<Connection>>,
}

impl Bus {
    fn show(&self, title: &str, text: &str) -> zbus::Result<()> {
        let is_old = self.kept().is_some();
        match ask(&self.open()?, title, text) {
            Err(error) if is_over(&error) => {
                self.forget();
                // The bus may have been started anew since; one that is new is not asked twice.
                if !is_old || is_timeout(&error) {
                    return Err(error);
                }
                ask(&self.open()?, title, text)
            }
            asked => asked,
        }
    }

    fn kept(&self) -> Option<Connection> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The kept connection, or a new one: opened without the lock, as a bus may not answer.
    fn open(&self) -> zbus::Result<Connection> {
        if let Some(bus) = self.kept() {
            return Ok(bus);
        }
        let bus = match &self.address {
            Some(address) => Builder::address(address.as_str())?,
            None => Builder::session()?,
        };
        let bus = bus.method_timeout(AT_MOST).build()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get_or_insert(bus).clone())
    }

    fn forget(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
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
#[expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the shapes that the bus calls; the macro uses each argument"
)]
mod tests {
    use std::fs;
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::sync::Arc;

    use tempfile::TempDir;
    use zbus::zvariant::OwnedValue;

    use super::*;

    /// A bus that starts no service by itself, killed when dropped.
    struct Daemon(Child);

    impl Daemon {
        fn start(folder: &TempDir) -> Self {
            let config = folder.path().join("bus.conf");
            let text = format!(
                "<busconfig><type>session</type><listen>{}</listen><policy context=\"default\">\
                 <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
                 <allow own=\"*\"/></policy></busconfig>",
                address(folder)
            );
            fs::write(&config, text).expect("a file");
            let mut daemon = Command::new("dbus-daemon")
                .arg(format!("--config-file={}", config.display()))
                .args(["--nofork", "--print-address=1"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("dbus-daemon (apt install dbus-x11)");
            let output = daemon.stdout.take().expect("a pipe");
            let mut address = String::new();
            let read = BufReader::new(output).read_line(&mut address);
            assert!(read.is_ok() && !address.is_empty(), "the bus did not start");
            Self(daemon)
        }
    }

    impl Drop for Daemon {
        fn drop(&mut self) {
            self.0.kill().expect("it runs");
            self.0.wait().expect("it ends");
        }
    }

    fn address(folder: &TempDir) -> String {
        format!("unix:path={}", folder.path().join("bus").display())
    }

    /// The texts that were shown.
    #[derive(Clone, Default)]
    struct Service(Arc<Mutex<Vec<String>>>);

    #[zbus::interface(name = "org.freedesktop.Notifications")]
    impl Service {
        #[expect(clippy::too_many_arguments, reason = "the specification's shape")]
        fn notify(
            &self,
            _app: &str,
            _replaces: u32,
            _icon: &str,
            _summary: &str,
            body: &str,
            _actions: Vec<String>,
            _hints: HashMap<String, OwnedValue>,
            _timeout: i32,
        ) -> u32 {
            let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            shown.push(body.to_owned());
            1
        }

        fn get_capabilities(&self) -> Vec<String> {
            vec!["body".to_owned()]
        }
    }

    impl Service {
        fn appear(&self, folder: &TempDir) -> Connection {
            Builder::address(address(folder).as_str())
                .and_then(|bus| bus.serve_at(PATH, self.clone()))
                .and_then(|bus| bus.name(SERVICE))
                .and_then(Builder::build)
                .expect("a service")
        }

        fn shown(&self) -> Vec<String> {
            std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }

    #[test]
    fn a_bus_that_is_started_anew_shows_what_comes_then_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let bus = Bus {
            address: Some(address(&folder)),
            kept: Mutex::new(None),
        };
        let service = Service::default();
        let show = |text: &str| bus.show("Mitta", text);

        let daemon = Daemon::start(&folder);
        let there = service.appear(&folder);
        show("one").expect("shown");
        show("two").expect("shown");
        assert_eq!(service.shown(), ["one", "two"]);

        // Another one by the next time: that what is kept is over is found out by asking.
        drop((daemon, there));
        let daemon = Daemon::start(&folder);
        let there = service.appear(&folder);
        show("three").expect("shown");
        assert_eq!(service.shown(), ["three"]);

        drop((daemon, there));
        show("into nothing").expect_err("there is no bus");
        let _daemon = Daemon::start(&folder);
        show("to nobody").expect_err("there is no service");
        let _there = service.appear(&folder);
        show("four").expect("shown");
        assert_eq!(service.shown(), ["four"]);
    }

    #[test]
    fn a_name_is_no_markup() {
        let check = |text: &str, expected: &str| assert_eq!(escaped(text), expected);
        check("It is time to sit.", "It is time to sit.");
        check("Anna & <b>Ben</b>", "Anna &amp; &lt;b&gt;Ben&lt;/b&gt;");
        check("&lt;", "&amp;lt;");
    }
}
