//! What the desktop offers, asked over the session bus before it is relied on; and that its end is not
//! that of a sit (I9).

/// Outlives the session bus: `GLib` would end the process together with the connection that GTK has.
#[cfg(target_os = "linux")]
pub fn outlive() {
    static KEPT: std::sync::OnceLock<gio::DBusConnection> = std::sync::OnceLock::new();
    // The bus may take its time.
    tauri::async_runtime::spawn_blocking(|| {
        match gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE) {
            Ok(bus) => {
                bus.set_exit_on_close(false);
                // Let go by all, it would be made anew as it was.
                let _first = KEPT.set(bus);
            }
            Err(error) => tracing::info!(%error, "no session bus to outlive"),
        }
    });
}

/// Elsewhere nothing depends on one.
#[cfg(not(target_os = "linux"))]
pub fn outlive() {}

/// Whether a tray can be shown: the library is there, and a host for it runs.
#[cfg(target_os = "linux")]
pub fn has_tray() -> bool {
    has_indicator_library() && has_tray_host()
}

/// The same, where a host may be starting just now: one that comes within `at_most` counts.
#[cfg(target_os = "linux")]
pub fn has_tray_within(at_most: std::time::Duration) -> bool {
    if !has_indicator_library() {
        return false;
    }
    let (tell, told) = std::sync::mpsc::channel();
    // It sleeps until a host comes, also after nobody waits any more.
    let waiting = std::thread::Builder::new()
        .name("mitta-tray-host".to_owned())
        .spawn(move || match tray_host() {
            Ok(()) => {
                let _nobody_waits = tell.send(());
            }
            Err(error) => tracing::info!(%error, "no session bus, so no tray"),
        });
    match waiting {
        Ok(_) => told.recv_timeout(at_most).is_ok(),
        Err(error) => {
            tracing::warn!(%error, "nobody waits for a tray");
            has_tray_host()
        }
    }
}

/// Returns when there is a host.
#[cfg(target_os = "linux")]
fn tray_host() -> zbus::Result<()> {
    let bus = zbus::blocking::Connection::session()?;
    let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
    let changes = names.receive_name_owner_changed_with_args(&[(0, TRAY_HOST)])?;
    if names.name_has_owner(zbus::names::BusName::from_static_str(TRAY_HOST)?)? {
        return Ok(());
    }
    for change in changes {
        if change.args()?.new_owner().is_some() {
            return Ok(());
        }
    }
    Err(zbus::Error::Failure("the bus is gone".to_owned()))
}

/// The name of whoever shows tray icons.
#[cfg(target_os = "linux")]
const TRAY_HOST: &str = "org.kde.StatusNotifierWatcher";

/// Windows and macOS always have one.
#[cfg(not(target_os = "linux"))]
pub fn has_tray_within(_: std::time::Duration) -> bool {
    true
}

/// Windows and macOS always have one.
#[cfg(not(target_os = "linux"))]
pub fn has_tray() -> bool {
    true
}

/// The tray's library panics where this file is missing.
#[cfg(target_os = "linux")]
fn has_indicator_library() -> bool {
    use std::path::{Path, PathBuf};
    const NAMES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    let mut folders: Vec<PathBuf> = std::env::var_os("LD_LIBRARY_PATH")
        .map_or_else(Vec::new, |p| std::env::split_paths(&p).collect());
    for root in ["/usr/lib", "/lib", "/usr/lib64", "/lib64", "/usr/local/lib"] {
        folders.push(PathBuf::from(root));
        folders.push(Path::new(root).join(format!("{}-linux-gnu", std::env::consts::ARCH)));
    }
    folders
        .iter()
        .any(|folder| NAMES.iter().any(|name| folder.join(name).exists()))
}

#[cfg(target_os = "linux")]
fn has_tray_host() -> bool {
    let asked = zbus::blocking::Connection::session().and_then(|bus| {
        let bus = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        Ok(bus.name_has_owner(zbus::names::BusName::from_static_str(TRAY_HOST)?)?)
    });
    match asked {
        Ok(has_owner) => has_owner,
        Err(error) => {
            tracing::info!(%error, "no session bus, so no tray");
            false
        }
    }
}
