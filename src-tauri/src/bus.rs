//! What the desktop offers, asked over the session bus before it is relied on.

/// Whether a tray can be shown: the library is there, and a host for it runs.
#[cfg(target_os = "linux")]
pub fn has_tray() -> bool {
    has_indicator_library() && has_tray_host()
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
        Ok(bus.name_has_owner(zbus::names::BusName::from_static_str(
            "org.kde.StatusNotifierWatcher",
        )?)?)
    });
    match asked {
        Ok(has_owner) => has_owner,
        Err(error) => {
            tracing::info!(%error, "no session bus, so no tray");
            false
        }
    }
}
