//! A Debian with nothing on it, made for the test and gone with it: the package is installed there
//! as a person would, lived with and removed.
//!
//! mmdebstrap makes it, of the release that the programs were built on. Whether it may is its own
//! matter: as root, or with user namespaces. What it fetched stays in `target/package/fetched`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::{build, shell};

/// Lives with a package on a clean root: what that means is told by `tests/src/bin/installed.rs`,
/// which runs inside.
///
/// # Errors
/// If the root cannot be made or what happens there is not as it should be.
pub fn live_with(deb: &Path) -> Result<()> {
    let suite = suite()?;
    let mut mirrors = mirrors(&suite)?.into_iter();
    let fetched = Fetched::open()?;
    let judge = build::program("debug", "installed")?;

    // Without access control: the display is seen from inside the root, where its key is not.
    let mut make = shell::command("xvfb-run")?;
    make.args(["-a", "-s", "-screen 0 1280x900x24 -ac", "mmdebstrap"])
        .args(["--variant=apt", "--skip=essential/unlink"])
        .args([
            "--aptopt=Acquire::Languages \"none\"",
            "--dpkgopt=force-unsafe-io",
        ])
        .arg("--setup-hook=mkdir -p \"$1\"/var/cache/apt/archives/")
        .arg(fetched.hook("setup", "sync-in", "/var/cache/apt/archives/", true)?)
        .arg(upload(&judge, "/tmp/installed")?)
        .arg(upload(deb, "/tmp/mitta.deb")?)
        .arg("--customize-hook=chmod +x \"$1\"/tmp/installed")
        .arg("--customize-hook=chroot \"$1\" /tmp/installed /tmp/mitta.deb")
        .arg(fetched.hook("customize", "sync-out", "/var/cache/apt/archives", false)?)
        .args([suite.as_str(), "/dev/null"])
        .args(&mut mirrors)
        .env_remove("WAYLAND_DISPLAY");
    shell::run(&mut make)
}

/// The packages that were fetched for an earlier root.
struct Fetched(PathBuf);

impl Fetched {
    fn open() -> Result<Self> {
        let folder = shell::target()?.join("package/fetched");
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// A hook of mmdebstrap's that copies them in, or out again.
    fn hook(&self, when: &str, verb: &str, inside: &str, inwards: bool) -> Result<String> {
        let ours = plain(&self.0)?;
        let (from, to) = if inwards {
            (ours, inside)
        } else {
            (inside, ours)
        };
        Ok(format!("--{when}-hook={verb} {from} {to}"))
    }
}

/// A hook that copies a file in.
fn upload(file: &Path, inside: &str) -> Result<String> {
    Ok(format!("--customize-hook=upload {} {inside}", plain(file)?))
}

/// A path that mmdebstrap reads as one word.
fn plain(path: &Path) -> Result<&str> {
    let text = path.to_str().context("a path that is not UTF-8")?;
    let is_plain = |it: char| it.is_alphanumeric() || "/._-+".contains(it);
    ensure!(
        text.chars().all(is_plain),
        "{text}: mmdebstrap takes no such path; set CARGO_TARGET_DIR to a plain one"
    );
    Ok(text)
}

/// The code name of the system that the programs were built on: they need its libraries.
fn suite() -> Result<String> {
    let system = fs::read_to_string("/etc/os-release").context("/etc/os-release")?;
    let mut lines = system.lines();
    let name = lines.find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let name = name.context("/etc/os-release names no VERSION_CODENAME")?;
    Ok(name.trim_matches('"').to_owned())
}

/// Where this system gets that release from, as lines of a sources list.
fn mirrors(suite: &str) -> Result<Vec<String>> {
    let mut targets = shell::command("apt-get")?;
    targets.args([
        "indextargets",
        "--format",
        "$(SITE) $(RELEASE) $(COMPONENT)",
    ]);
    let targets = shell::output_of(targets.arg("Created-By: Packages"));
    let lines = lines_of(suite, &targets.context("apt-get indextargets")?);
    ensure!(!lines.is_empty(), "apt has no source of {suite}");
    Ok(lines)
}

fn lines_of(suite: &str, targets: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for target in targets.lines() {
        let words: Vec<&str> = target.split(' ').collect();
        let [mirror, release, component] = words[..] else {
            continue;
        };
        let rest = release.strip_prefix(suite);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) {
            let line = format!("deb {mirror} {release} {component}");
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sources_of_the_release_itself_are_taken_and_each_once() {
        let targets = "http://a/debian bookworm main\nhttp://a/debian bookworm main\nhttp://a/security \
                       bookworm-security main\nhttps://b/node nodistro main\nhttps://c cloud-bookworm main";
        assert_eq!(
            lines_of("bookworm", targets),
            [
                "deb http://a/debian bookworm main",
                "deb http://a/security bookworm-security main"
            ]
        );
    }

    #[test]
    fn a_path_that_would_be_two_words_is_refused() {
        assert!(plain(Path::new("/tmp/target/a.deb")).is_ok());
        assert!(plain(Path::new("/tmp/my target/a.deb")).is_err());
    }
}
