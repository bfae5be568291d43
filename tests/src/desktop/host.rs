//! Stand-ins for what a full desktop offers on the bus: a host for tray icons, a place where
//! notifications appear, a login manager that keeps the machine awake.

#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the shapes that the bus calls; the macro uses each argument"
)]

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, bail};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

use super::place::Place;

/// What programs have asked of the desktop so far.
#[derive(Debug, Default)]
struct Asked {
    /// Bus name and path of each tray icon.
    icons: Vec<(String, String)>,
    notifications: Vec<String>,
    awake: Vec<UnixStream>,
}

type Shared = Arc<Mutex<Asked>>;

fn locked(asked: &Shared) -> MutexGuard<'_, Asked> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A desktop that is there until dropped.
pub struct Host {
    connection: Connection,
    asked: Shared,
}

struct Watcher(Shared);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // Some give the path of their icon, some a bus name.
        let icon = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        locked(&self.0).icons.push(icon);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let asked = locked(&self.0);
        asked
            .icons
            .iter()
            .map(|(name, path)| format!("{name}{path}"))
            .collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

struct Notifications(Shared);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
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
        let mut asked = locked(&self.0);
        asked.notifications.push(body.to_owned());
        u32::try_from(asked.notifications.len()).unwrap_or(u32::MAX)
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        let text = |it: &str| it.to_owned();
        (
            text("stand-in"),
            text("mitta-tests"),
            text("1"),
            text("1.2"),
        )
    }
}

struct Login(Shared);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn inhibit(
        &self,
        _what: &str,
        _who: &str,
        _why: &str,
        _mode: &str,
    ) -> zbus::fdo::Result<zbus::zvariant::OwnedFd> {
        let failed = |error: std::io::Error| zbus::fdo::Error::IOError(error.to_string());
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        ours.set_nonblocking(true).map_err(failed)?;
        locked(&self.0).awake.push(ours);
        Ok(OwnedFd::from(theirs).into())
    }
}

impl Host {
    /// Appears on the bus of a place.
    ///
    /// # Errors
    /// If the bus is gone.
    pub fn appear(place: &Place) -> Result<Self> {
        let host = Self::without_tray(place)?;
        host.connection
            .request_name("org.kde.StatusNotifierWatcher")?;
        Ok(host)
    }

    /// Appears as a desktop that shows no tray icons, which is a common one.
    ///
    /// # Errors
    /// If the bus is gone.
    pub fn without_tray(place: &Place) -> Result<Self> {
        let asked = Shared::default();
        let connection = connection::Builder::address(place.bus())?
            .serve_at("/StatusNotifierWatcher", Watcher(Arc::clone(&asked)))?
            .serve_at(
                "/org/freedesktop/Notifications",
                Notifications(Arc::clone(&asked)),
            )?
            .serve_at("/org/freedesktop/login1", Login(Arc::clone(&asked)))?
            .name("org.freedesktop.Notifications")?
            .name("org.freedesktop.login1")?
            .build()?;
        Ok(Self { connection, asked })
    }

    /// How many tray icons were shown.
    pub fn icons(&self) -> usize {
        locked(&self.asked).icons.len()
    }

    /// The text of every notification so far.
    pub fn notifications(&self) -> Vec<String> {
        locked(&self.asked).notifications.clone()
    }

    /// Whether a program keeps the machine from suspending right now.
    pub fn is_kept_awake(&self) -> bool {
        let asked = locked(&self.asked);
        asked.awake.iter().any(|held| {
            let nothing_to_read = std::io::Read::read(&mut &*held, &mut [0]);
            nothing_to_read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
        })
    }

    fn menu(&self) -> Result<Proxy<'_>> {
        let icon = locked(&self.asked).icons.last().cloned();
        let (name, path) = icon.context("no tray icon")?;
        let item = Proxy::new(
            &self.connection,
            name.clone(),
            path,
            "org.kde.StatusNotifierItem",
        )?;
        let menu: OwnedObjectPath = item.get_property("Menu")?;
        Ok(Proxy::new(
            &self.connection,
            name,
            menu,
            "com.canonical.dbusmenu",
        )?)
    }

    /// The items of the last tray icon's menu, each followed by those of its submenu: number, text,
    /// and whether it can be chosen.
    ///
    /// # Errors
    /// If there is no icon or its program does not answer.
    pub fn menu_items(&self) -> Result<Vec<(i32, String, bool)>> {
        type Item = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
        let (_, root): (u32, Item) = self
            .menu()?
            .call("GetLayout", &(0i32, -1i32, Vec::<String>::new()))?;
        let mut items = Vec::new();
        for child in root.2 {
            list(&Structure::try_from(child)?, &mut items)?;
        }
        Ok(items)
    }

    /// Chooses the item with this text.
    ///
    /// # Errors
    /// If there is none, or it cannot be chosen now.
    pub fn choose(&self, text: &str) -> Result<()> {
        let items = self.menu_items()?;
        let found = items.iter().find(|(_, it, enabled)| it == text && *enabled);
        let (number, ..) = found.with_context(|| format!("{text}: not in {items:?}"))?;
        let nothing = Value::from(0i32);
        let () = self
            .menu()?
            .call("Event", &(*number, "clicked", nothing, 0u32))?;
        Ok(())
    }
}

/// An item and what lies below it, in the order in which they are read.
fn list(item: &Structure<'_>, items: &mut Vec<(i32, String, bool)>) -> Result<()> {
    let [Value::I32(number), Value::Dict(about), Value::Array(below)] = item.fields() else {
        bail!("a menu item of another shape: {item:?}");
    };
    let text: Option<String> = about.get(&"label")?;
    let enabled: Option<bool> = about.get(&"enabled")?;
    if let Some(text) = text {
        items.push((*number, without_marks(&text), enabled.unwrap_or(true)));
    }
    for child in below.iter() {
        let Value::Value(child) = child else {
            bail!("a submenu of another shape: {child:?}");
        };
        let Value::Structure(child) = &**child else {
            bail!("a menu item of another shape: {child:?}");
        };
        list(child, items)?;
    }
    Ok(())
}

/// A label as it is read: one `_` underlines what follows, two are one that is seen.
fn without_marks(label: &str) -> String {
    let parts: Vec<String> = label.split("__").map(|it| it.replace('_', "")).collect();
    parts.join("_")
}
