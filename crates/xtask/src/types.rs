//! The window's TypeScript types, generated from what the engine and sync declare.
//!
//! They are committed, so that the window builds without Rust; `--check` keeps them true.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::{build, shell};

/// The programs that write them: one for the engine's port, one for the account's. What both need
/// they write alike.
const EXAMPLES: [&str; 2] = ["types", "sync-types"];

/// Writes the types into the sources, or with `check` fails where they differ from them.
pub fn generate(check: bool) -> Result<()> {
    let fresh = shell::target()?.join("xtask").join("types");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    build::examples(&EXAMPLES)?;
    let examples = shell::target()?.join("debug/examples");
    for example in EXAMPLES {
        let program = format!("{example}{}", std::env::consts::EXE_SUFFIX);
        let mut types = shell::command(examples.join(program))?;
        shell::run(types.arg(&fresh).env("TS_RS_LARGE_INT", "number"))?;
    }

    let committed = shell::root().join("ui/src/lib/generated");
    let (old, new) = (files(&committed)?, files(&fresh)?);
    let differing = differing(&old, &new);
    if differing.is_empty() {
        println!("{} types, none changed", new.len());
        return Ok(());
    }
    if check {
        bail!(
            "these differ from the Rust declarations: {}. Run `cargo xtask types` and commit.",
            differing.join(", ")
        );
    }
    fs::create_dir_all(&committed)?;
    for name in &differing {
        match new.get(*name) {
            Some(text) => fs::write(committed.join(name), text)?,
            None => fs::remove_file(committed.join(name))?,
        }
    }
    println!("{} types, changed: {}", new.len(), differing.join(", "));
    Ok(())
}

/// File names and contents; no folder is no files.
fn files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.insert(name, text.replace("\r\n", "\n"));
        }
    }
    Ok(files)
}

/// Names that are only on one side, or have different contents.
fn differing<'a>(
    old: &'a BTreeMap<String, String>,
    new: &'a BTreeMap<String, String>,
) -> Vec<&'a str> {
    let changed = new
        .iter()
        .filter(|(name, text)| old.get(*name) != Some(text));
    let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
    changed.chain(gone).map(|(name, _)| name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_stale_files_are_named() {
        let of = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect()
        };
        let old: BTreeMap<_, _> = of(&[("Same.ts", "1"), ("Changed.ts", "1"), ("Stale.ts", "1")]);
        let new: BTreeMap<_, _> = of(&[("Same.ts", "1"), ("Changed.ts", "2"), ("New.ts", "1")]);
        assert_eq!(differing(&old, &new), ["Changed.ts", "New.ts", "Stale.ts"]);
        assert!(differing(&old, &old).is_empty());
    }
}
