//! System packages: what has to be there, and installing it with apt where that may be done.

use std::fs;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::shell;

/// What compiling and running Mitta needs (the runtime libraries come with the `-dev` packages).
const FOR_BUILDING: &[&str] = &[
    "build-essential",
    "dbus-x11",
    "libasound2-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// What a trial of the server needs besides.
const FOR_SERVING: &[&str] = &["postgresql"];

/// What the tests need besides: a virtual display, a driver for the window, a sound card of air, a
/// keyring, a browser for the page, what stands between a server and Postgres, and for the package a
/// root of its own and the validators of what it brings.
const FOR_TESTING: &[&str] = &[
    "appstream",
    "chromium",
    "desktop-file-utils",
    "gnome-keyring",
    "imagemagick",
    "libasound2-plugins",
    "man-db",
    "mmdebstrap",
    "pgbouncer",
    "procps",
    "pulseaudio",
    "pulseaudio-utils",
    "webkit2gtk-driver",
    "xauth",
    "xvfb",
];

/// The browser of the web page's tests, and the variable that names another one's program, for
/// `ui/playwright.config.ts`.
const BROWSER: &str = "chromium";
const OTHER_BROWSER: &str = "MITTA_CHROMIUM";

/// What measuring the window needs besides: a window manager, and a hand that hides the window.
const FOR_MEASURING: &[&str] = &["openbox", "xdotool"];

/// What a set-up is for; each includes the ones before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Purpose {
    /// Building and running
    Build,
    /// The server on one machine too
    Serve,
    /// The tests too
    Tests,
    /// The figures too
    Bench,
}

/// The versions of all that is installed, a line each; `None` where no package manager tells.
pub fn versions() -> Option<String> {
    let mut query = shell::command("dpkg-query").ok()?;
    shell::output_of(query.arg("--show"))
}

/// Makes sure that the packages are installed; installs them where that may be done without
/// asking, and otherwise fails with the one line to run.
pub fn ensure(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let mut wanted = FOR_BUILDING.to_vec();
    if purpose >= Purpose::Serve {
        wanted.extend(FOR_SERVING);
    }
    if purpose >= Purpose::Tests {
        wanted.extend(FOR_TESTING);
        if std::env::var_os(OTHER_BROWSER).is_some() {
            wanted.retain(|name| *name != BROWSER);
        }
    }
    if purpose >= Purpose::Bench {
        wanted.extend(FOR_MEASURING);
    }
    let mut query = shell::command("dpkg-query")?;
    query
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\\n"])
        .args(&wanted);
    // It fails if one package is unknown, and still prints the others.
    let Ok(output) = query.output() else {
        return without_apt(&wanted);
    };
    let missing = missing(&wanted, &String::from_utf8_lossy(&output.stdout));
    if missing.is_empty() {
        Ok(())
    } else {
        install(&missing)
    }
}

fn missing<'a>(wanted: &[&'a str], dpkg: &str) -> Vec<&'a str> {
    let is_there = |name: &&&str| dpkg.lines().any(|line| line == format!("{name} installed"));
    wanted
        .iter()
        .filter(|name| !is_there(name))
        .copied()
        .collect()
}

fn install(missing: &[&str]) -> Result<()> {
    let names = missing.join(" ");
    let by_hand = format!("sudo apt-get update && sudo apt-get install -y {names}");
    let root = shell::output_of(shell::command("id")?.arg("-u")).is_some_and(|id| id == "0");
    let prefix: &[&str] = if root {
        &["env"]
    } else if shell::output_of(shell::command("sudo")?.args(["-n", "true"])).is_some() {
        &["sudo", "-n", "env"]
    } else {
        bail!(
            "these packages are missing and may not be installed from here. Run this, then try \
             again:\n\n    {by_hand}\n"
        );
    };
    println!("Missing packages: {names}");
    let apt = |args: &[&str]| -> Result<()> {
        let mut command = shell::command(prefix[0])?;
        command
            .args(&prefix[1..])
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(args);
        shell::run(&mut command)
    };
    // An update that fails (one dead mirror, no network) need not stop an install that works.
    if let Err(error) = apt(&["update", "-q"]) {
        println!("{error}; trying with the package lists that are here.");
    }
    refuse_unknown(missing)?;
    let mut args = vec!["install", "-y", "-q"];
    args.extend(missing);
    apt(&args).map_err(|error| error.context(format!("installing failed; by hand:\n    {by_hand}")))
}

/// An old system has no `WebKitGTK` 4.1 at all: say that, not apt's list of guesses.
fn refuse_unknown(missing: &[&str]) -> Result<()> {
    let mut unknown = Vec::new();
    for name in missing {
        let shown = shell::output_of(shell::command("apt-cache")?.args(["show", name]));
        if shown.is_none_or(|text| text.is_empty()) {
            unknown.push(*name);
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    if unknown == [BROWSER] {
        bail!(
            "this system offers no package {BROWSER} (Ubuntu has it as a snap only). Install \
             Chromium or Google Chrome in another way, set {OTHER_BROWSER} to the path of its \
             program, and try again."
        );
    }
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    bail!(
        "{} does not offer {}. Mitta needs Debian 12, Ubuntu 22.04 or newer (WebKitGTK 4.1).",
        system.unwrap_or("this system").trim_matches('"'),
        unknown.join(", ")
    )
}

/// A Linux without dpkg: whoever works there knows its names for these packages.
fn without_apt(wanted: &[&str]) -> Result<()> {
    let there = shell::command("pkg-config")?
        .args(["--exists", "webkit2gtk-4.1", "alsa", "librsvg-2.0"])
        .status()
        .is_ok_and(|status| status.success());
    if there {
        println!(
            "No dpkg here: taking it that your system has its own {}.",
            wanted.join(", ")
        );
        return Ok(());
    }
    bail!(
        "this set-up knows Debian's packages only. Install your system's counterparts of these, \
         then try again:\n    {}",
        wanted.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_packages_count_as_there() {
        let dpkg = "xvfb installed\nxauth config-files\npulseaudio-utils installed\n";
        let wanted = ["xvfb", "xauth", "pulseaudio", "pulseaudio-utils"];
        assert_eq!(missing(&wanted, dpkg), ["xauth", "pulseaudio"]);
    }
}
