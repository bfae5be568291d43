//! Where the programs under test lie.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

/// The built program of that name, beside this test's own: `cargo build --workspace` makes it.
///
/// # Errors
/// Where it has not been built.
pub fn program(name: &str) -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    // target/debug/deps/e2e-…, or target/debug/… for a program of this crate.
    let folder = me.ancestors().skip(1).find(|path| !path.ends_with("deps"));
    let folder = folder.context("a test lies in a folder")?;
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    ensure!(
        path.is_file(),
        "{} is not built: cargo build --workspace",
        path.display()
    );
    Ok(path)
}
