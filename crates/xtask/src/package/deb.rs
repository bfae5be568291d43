//! From the files to the `.deb`, by dpkg-dev: shlibdeps says what it depends on, gencontrol writes
//! its card, dpkg-deb packs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::stage::{self, About};
use super::{PROGRAMS, changelog};
use crate::{build, shell};

/// The version that is packed.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How much time to spend on making it small.
#[derive(Clone, Copy)]
pub enum Packing {
    /// For giving away.
    Small,
    /// For the test, which unpacks it at once.
    Quick,
}

impl Packing {
    const fn option(self) -> &'static str {
        match self {
            Self::Small => "-Zxz",
            Self::Quick => "-Znone",
        }
    }
}

/// Packs the programs of a build profile; they have to be built. It lies in `target/package`, from
/// the test's build one folder further down.
///
/// # Errors
/// If a tool of dpkg's fails.
pub fn make(profile: &str, packing: Packing, epoch: &str) -> Result<PathBuf> {
    let control = control()?;
    let maintainer = control
        .lines()
        .find_map(|line| line.strip_prefix("Maintainer: "))
        .context("the control file names no maintainer")?;
    let markdown = fs::read_to_string(shell::root().join("CHANGELOG.md"))?;
    let now = date(&format!("@{epoch}"), "-R")?;
    let changelog = changelog::of(&markdown, VERSION, maintainer, &now, |day| date(day, "-R"))?;

    stage::lay_out(
        profile,
        &About {
            version: VERSION,
            date: &date(&format!("@{epoch}"), "+%F")?,
            changelog: &changelog,
        },
    )?;
    let folder = stage::working_folder(profile)?;
    fs::write(folder.join("debian/control"), &control)?;
    fs::write(folder.join("debian/changelog"), &changelog)?;
    describe(&folder)?;

    let architecture = shell::output_of(shell::command("dpkg")?.arg("--print-architecture"));
    let architecture = architecture.context("dpkg --print-architecture")?;
    let beside = if profile == "release" { ".." } else { "." };
    let deb = folder
        .join(beside)
        .join(format!("mitta_{VERSION}_{architecture}.deb"));
    pack(&folder.join("debian/mitta"), &deb, packing, epoch)?;
    deb.canonicalize()
        .with_context(|| format!("no {}", deb.display()))
}

/// A package with the window of a bare web view in it and nothing else, as a reference for the size.
///
/// # Errors
/// As [`make`]; `examples/bare_window` has to be built for release.
pub fn bare_window() -> Result<PathBuf> {
    let folder = stage::working_folder("bare-window")?;
    let root = folder.join("debian/mitta");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    fs::create_dir_all(root.join("usr/bin"))?;
    fs::create_dir_all(root.join("DEBIAN"))?;
    let mut strip = shell::command("strip")?;
    strip
        .args(["--strip-unneeded", "-o"])
        .arg(root.join("usr/bin/bare-window"));
    shell::run(strip.arg(build::program("release", "examples/bare_window")?))?;
    let control = "Package: bare-window\nVersion: 1\nArchitecture: all\nMaintainer: nobody \
                   <nobody@mitta.invalid>\nDescription: a reference\n";
    fs::write(root.join("DEBIAN/control"), control)?;
    let deb = folder.join("bare-window.deb");
    pack(&root, &deb, Packing::Small, "0")?;
    Ok(deb)
}

fn pack(root: &Path, deb: &Path, packing: Packing, epoch: &str) -> Result<()> {
    let mut pack = shell::command("dpkg-deb")?;
    pack.args(["--root-owner-group", packing.option(), "--build"]);
    shell::run(pack.arg(root).arg(deb).env("SOURCE_DATE_EPOCH", epoch))
}

/// Writes `DEBIAN/control`, with what it depends on, and `DEBIAN/md5sums`.
fn describe(folder: &Path) -> Result<()> {
    let in_folder = |program: &str| -> Result<_> {
        let mut command = shell::command(program)?;
        command.current_dir(folder);
        Ok(command)
    };
    let about = folder.join("debian/mitta/DEBIAN");
    fs::create_dir_all(&about)?;
    let mut depends = in_folder("dpkg-shlibdeps")?;
    depends.arg("--warnings=7");
    depends.args(PROGRAMS.map(|it| format!("debian/mitta/usr/bin/{it}")));
    shell::run(&mut depends)?;
    shell::run(in_folder("dpkg-gencontrol")?.args(["-pmitta", "-Pdebian/mitta"]))?;

    let root = folder.join("debian/mitta");
    let mut files = Vec::new();
    list_files(&root.join("usr"), &mut files)?;
    files.sort();
    let inside = files
        .iter()
        .map(|it| Ok(it.strip_prefix(&root)?.as_os_str().to_owned()));
    let inside = inside.collect::<Result<Vec<OsString>>>()?;
    let sums = shell::command("md5sum")?
        .current_dir(&root)
        .args(inside)
        .output()?;
    ensure!(
        sums.status.success(),
        "md5sum: {}",
        String::from_utf8_lossy(&sums.stderr)
    );
    fs::write(about.join("md5sums"), sums.stdout)?;
    Ok(())
}

fn list_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The control file; whoever packs it for others names themselves as Debian's tools know it.
fn control() -> Result<String> {
    let text = fs::read_to_string(shell::root().join("packaging/debian/control"))?;
    let (Ok(name), Ok(mail)) = (std::env::var("DEBFULLNAME"), std::env::var("DEBEMAIL")) else {
        return Ok(text);
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if line.starts_with("Maintainer: ") {
            *line = format!("Maintainer: {name} <{mail}>");
        }
    }
    Ok(lines.join("\n") + "\n")
}

/// The moment of this version in seconds: `SOURCE_DATE_EPOCH`, else when the last commit was made.
///
/// # Errors
/// If there is neither.
pub fn epoch() -> Result<String> {
    if let Ok(epoch) = std::env::var("SOURCE_DATE_EPOCH") {
        ensure!(
            !epoch.is_empty() && epoch.bytes().all(|it| it.is_ascii_digit()),
            "SOURCE_DATE_EPOCH is no number of seconds: {epoch}"
        );
        return Ok(epoch);
    }
    let mut git = shell::command("git")?;
    let committed = shell::output_of(git.args(["log", "-1", "--format=%ct"]));
    committed.context("no commit tells the moment of this version: set SOURCE_DATE_EPOCH")
}

/// A moment as `date` shows it, in UTC and in English whoever packs.
fn date(moment: &str, format: &str) -> Result<String> {
    let mut date = shell::command("date")?;
    date.args(["--utc", "--date", moment, format])
        .env("LC_ALL", "C");
    shell::output_of(&mut date).with_context(|| format!("“{moment}” is no date"))
}
