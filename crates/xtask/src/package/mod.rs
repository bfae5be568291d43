//! `cargo xtask package`: a `.deb` with the window and the terminal program.
//!
//! It is put together by Debian's own tools (dpkg-dev, which `build-essential` brings): they compute
//! what it depends on, name what is wrong, and keep to `SOURCE_DATE_EPOCH`. Must hold: the same
//! programs give the same bytes, and what is packed for the test is packed by the same code.

mod changelog;
mod clean_root;
mod deb;
mod notices;
mod stage;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::{build, shell};
use deb::Packing;

/// What is in the package, and what each part is called for.
pub const ID: &str = "org.mitta.Mitta";

/// The programs in it.
pub const PROGRAMS: [&str; 2] = ["mitta", "mitta-desktop"];

/// Builds the programs for giving away and packs them.
///
/// # Errors
/// If something does not build, or a tool finds fault with what was made.
pub fn release() -> Result<PathBuf> {
    build::release(&PROGRAMS)?;
    let made = deb::make("release", Packing::Small, &deb::epoch()?)?;
    println!("{}", made.display());
    Ok(made)
}

/// Packs the programs as the tests have them, looks at what was made, and lives with it on a clean
/// root: installed, started, removed.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn test() -> Result<()> {
    build::all()?;
    let epoch = deb::epoch()?;
    let made = deb::make("debug", Packing::Quick, &epoch)?;
    let first = fs::read(&made)?;
    let again = deb::make("debug", Packing::Quick, &epoch)?;
    ensure!(
        fs::read(&again)? == first,
        "packed twice, {} differs from itself",
        again.display()
    );
    validate()?;
    clean_root::live_with(&made)
}

/// What a desktop and a software centre read is looked at by their own validators.
fn validate() -> Result<()> {
    let staged = stage::folder("debug")?.join("usr/share");
    let desktop = staged.join(format!("applications/{ID}.desktop"));
    shell::run(shell::command("desktop-file-validate")?.arg(desktop))?;
    let about = staged.join(format!("metainfo/{ID}.metainfo.xml"));
    let mut appstream = shell::command("appstreamcli")?;
    shell::run(appstream.args(["validate", "--no-net"]).arg(about))?;
    let folders =
        stage::MANUALS.map(|(_, folder)| stage::folder("debug").map(|it| it.join(folder)));
    let mut pages = Vec::new();
    for folder in folders {
        for page in fs::read_dir(folder?)? {
            pages.push(page?.path());
        }
    }
    for page in pages {
        let mut man = shell::command("man")?;
        let said = man
            .args(["--warnings", "--encoding=UTF-8", "--local-file"])
            .arg(&page)
            .env("LC_ALL", "C.UTF-8")
            .env("MANWIDTH", "100")
            .output()
            .context("man (apt install man-db)")?;
        let faults = String::from_utf8_lossy(&said.stderr);
        ensure!(
            said.status.success() && faults.trim().is_empty(),
            "{}: {faults}",
            page.display()
        );
    }
    Ok(())
}

/// Prints how large the package is, and beside it one with a bare web view's window alone.
///
/// # Errors
/// If it cannot be packed; the release build has to be there.
pub fn sizes() -> Result<()> {
    println!("\n== package");
    let made = deb::make("release", Packing::Small, &deb::epoch()?)?;
    let bare = deb::bare_window()?;
    let size = |path: &std::path::Path| -> Result<f64> {
        Ok(f64::from(u32::try_from(fs::metadata(path)?.len())?) / (1024.0 * 1024.0))
    };
    let (ours, reference) = (size(&made)?, size(&bare)?);
    println!("package to fetch      {ours:>8.2} MiB");
    println!("  a bare window's     {reference:>8.2} MiB (the same packing, examples/bare_window)");
    for program in PROGRAMS {
        let installed = size(&stage::folder("release")?.join("usr/bin").join(program))?;
        println!("{program:<21} {installed:>8.2} MiB installed");
    }
    Ok(())
}
