//! Set-up: everything that has to be on the machine before anything is built or tested.

use anyhow::{Result, bail};

use crate::packages::Purpose;
use crate::{npm, packages, shell, tools};

/// Installs what is missing, or says in one line how to.
pub fn ensure(purpose: Purpose) -> Result<()> {
    packages::ensure(purpose)?;
    node()?;
    if purpose >= Purpose::Tests {
        tools::ensure(&[tools::NEXTEST, tools::DENY])?;
        if cfg!(target_os = "linux") {
            tools::ensure(&[tools::TAURI_DRIVER])?;
        }
    }
    Ok(())
}

/// Node and npm are the person's own: they are asked for, not installed.
pub fn node() -> Result<()> {
    let Some(node) = shell::output_of(shell::command("node")?.arg("--version")) else {
        bail!("Node is not here. Install Node 20.19 or newer (https://nodejs.org), with npm.");
    };
    if !tools::at_least(&node, 20, 19) {
        bail!("Node {node} is too old for the window's tools: 20.19 or newer is needed.");
    }
    if shell::output_of(shell::command(npm::NPM)?.arg("--version")).is_none() {
        bail!("Node {node} is here, but npm is not: install npm (https://nodejs.org has both).");
    }
    Ok(())
}
