//! `installed PACKAGE.deb`: lives with the package on a clean Debian, as root of it.
//!
//! `cargo xtask test package` makes that root and runs this inside, with a display. Nothing but the
//! package and what it depends on is there: no recommended package, no desktop, no keyring, no sound.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use mitta_tests::desktop::screen::Screen;
use mitta_tests::wait::{SOON, find, until};
use serde_json::Value;

/// Who sits on that machine.
const PERSON: &str = "anna";

fn main() -> Result<()> {
    let deb = std::env::args()
        .nth(1)
        .context("usage: installed PACKAGE.deb")?;
    step("install with apt, without what it only recommends");
    apt(&["install", "--no-install-recommends", &deb])?;
    whole()?;
    run(Command::new("useradd").args(["--create-home", PERSON]))?;

    step("the terminal");
    let told = text(person("mitta").arg("--version"))?;
    ensure!(told.starts_with("mitta "), "{told}");
    sit()?;
    doctor()?;
    completions()?;

    step("the window");
    window()?;

    step("remove");
    apt(&["purge", "mitta"])?;
    nothing_left()?;
    println!("Installed, lived with, removed; the sit is still there.");
    Ok(())
}

fn step(what: &str) {
    println!("── {what}");
}

/// Every file is as it was packed, and what a desktop looks for is where it looks.
fn whole() -> Result<()> {
    run(Command::new("dpkg").args(["--verify", "mitta"]))?;
    for path in [
        "/usr/bin/mitta",
        "/usr/bin/mitta-desktop",
        "/usr/share/applications/org.mitta.Mitta.desktop",
        "/usr/share/metainfo/org.mitta.Mitta.metainfo.xml",
        "/usr/share/icons/hicolor/scalable/apps/org.mitta.Mitta.svg",
        "/usr/share/icons/hicolor/128x128/apps/org.mitta.Mitta.png",
        "/usr/share/man/man1/mitta.1.gz",
        "/usr/share/man/man1/mitta-sit.1.gz",
        "/usr/share/man/man1/mitta-desktop.1.gz",
        "/usr/share/doc/mitta/copyright",
        "/usr/share/doc/mitta/changelog.gz",
        "/usr/share/doc/mitta/THIRD-PARTY.txt.gz",
        "/usr/share/zsh/vendor-completions/_mitta",
        "/usr/share/fish/vendor_completions.d/mitta.fish",
    ] {
        ensure!(Path::new(path).is_file(), "the package has no {path}");
    }
    Ok(())
}

/// A sit from the terminal, found in the history afterwards.
fn sit() -> Result<()> {
    run(person("mitta").args(["sit", "1s", "--preparation", "0", "--no-sound", "--json"]))?;
    ensure!(sits()? == 1, "one sit was sat");
    Ok(())
}

fn sits() -> Result<usize> {
    let log: Value = serde_json::from_str(&text(person("mitta").args(["log", "--json"]))?)?;
    let sits = log.as_array().or_else(|| log["sits"].as_array());
    Ok(sits
        .with_context(|| format!("no list of sits: {log}"))?
        .len())
}

/// All is well but what a machine without sound cannot have.
fn doctor() -> Result<()> {
    let output = person("mitta").args(["doctor", "--json"]).output()?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let checks = report["checks"].as_array().context("no checks")?;
    ensure!(checks.len() > 5, "only {} checks", checks.len());
    let bad = checks
        .iter()
        .filter(|it| it["ok"] != true && it["name"] != "sound");
    let bad: Vec<&Value> = bad.collect();
    ensure!(bad.is_empty(), "doctor found: {bad:?}");
    Ok(())
}

/// bash offers Mitta's own words.
fn completions() -> Result<()> {
    let script = "source /usr/share/bash-completion/completions/mitta
        COMP_WORDS=(mitta part) COMP_CWORD=1
        $(complete -p mitta | sed 's/.*-F \\([^ ]*\\).*/\\1/') mitta part mitta
        echo \"${COMPREPLY[@]}\"";
    let offered = text(Command::new("bash").args(["-c", script]))?;
    ensure!(offered.trim() == "partners", "bash offers “{offered}”");
    Ok(())
}

/// The window comes up under its own name, draws its page, and ends when it is asked to.
fn window() -> Result<()> {
    let log = fs::File::create("/tmp/window.log")?;
    let mut command = person("mitta-desktop");
    command.stdout(log.try_clone()?).stderr(log);
    let mut app = Running(command.spawn().context("mitta-desktop")?);
    let shown = see(&mut app);
    if shown.is_err() {
        println!("{}", fs::read_to_string("/tmp/window.log")?);
    }
    shown?;
    // Asked as a log-out asks; runuser passes it on.
    run(Command::new("kill").args(["-TERM", &app.0.id().to_string()]))?;
    until("mitta-desktop ends", SOON, || {
        Ok(app.0.try_wait()?.is_some())
    })
}

fn see(app: &mut Running) -> Result<()> {
    let screen = Screen::connect_from_another_root()?;
    let window = find("Mitta's window", SOON, || {
        if let Some(status) = app.0.try_wait()? {
            bail!("mitta-desktop ended: {status}");
        }
        let titled = screen.windows_titled("Mitta")?;
        Ok(titled.into_iter().find(|it| it.is_up))
    })?;
    let entry = fs::read_to_string("/usr/share/applications/org.mitta.Mitta.desktop")?;
    let mut lines = entry.lines();
    let class = lines.find_map(|line| line.strip_prefix("StartupWMClass="));
    let classes = screen.classes(window.id)?;
    ensure!(
        classes.iter().any(|it| Some(it.as_str()) == class),
        "a desktop looks for a window of {class:?}, and this is one of {classes:?}"
    );
    // Paper, ink and the edges of letters; an empty web view is of one.
    until("the page is drawn", SOON, || {
        Ok(screen.colours(window.id)? > 24)
    })
}

/// Ended with this, whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Only the person's own folder knows that Mitta was there.
fn nothing_left() -> Result<()> {
    let mut left = BTreeSet::new();
    walk(Path::new("/"), &mut left)?;
    let data = PathBuf::from(format!("/home/{PERSON}/.local/share/mitta"));
    ensure!(
        left.contains(&data),
        "the history went with the program: {left:?}"
    );
    let home = PathBuf::from(format!("/home/{PERSON}"));
    left.retain(|it| !it.starts_with(&home));
    ensure!(left.is_empty(), "left behind: {left:?}");
    let status = Command::new("dpkg").args(["--status", "mitta"]).output()?;
    ensure!(!status.status.success(), "dpkg still knows it");
    ensure!(
        data.join("mitta.sqlite3").is_file(),
        "no database in {}",
        data.display()
    );
    Ok(())
}

/// Every path with Mitta's name in it; not looked into further.
fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    // What the kernel shows, what this test brought, and what apt keeps of what it fetched.
    const NOT_HERE: [&str; 5] = ["/proc", "/sys", "/dev", "/tmp", "/var/cache/apt"];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if NOT_HERE.iter().any(|it| path == Path::new(it)) {
            continue;
        }
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if name.contains("mitta") {
            found.insert(path);
        } else if entry.file_type()?.is_dir() {
            walk(&path, found)?;
        }
    }
    Ok(())
}

fn apt(args: &[&str]) -> Result<()> {
    let mut apt = Command::new("apt-get");
    apt.args(["-y", "-q", "-o", "APT::Keep-Downloaded-Packages=true"]);
    apt.args(["-o", "Dpkg::Use-Pty=0"]);
    run(apt.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// A program as the person starts it, with nothing of this machine's environment but the display.
fn person(program: &str) -> Command {
    let mut command = Command::new("/sbin/runuser");
    command
        .args(["-u", PERSON, "--", program])
        .current_dir("/")
        .stdin(Stdio::null())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", format!("/home/{PERSON}"))
        .env("LANG", "C.UTF-8")
        .env("GDK_BACKEND", "x11")
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1");
    if let Some(display) = std::env::var_os("DISPLAY") {
        command.env("DISPLAY", display);
    }
    command
}

fn done(command: &mut Command) -> Result<Output> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output)
}

fn run(command: &mut Command) -> Result<()> {
    done(command).map(drop)
}

fn text(command: &mut Command) -> Result<String> {
    Ok(String::from_utf8(done(command)?.stdout)?)
}
