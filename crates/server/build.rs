//! Puts the web page into the program. refinery embeds the migrations, but does not notice a new file
//! by itself.

use std::env::{VarError, var};
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where `npm run build:web` leaves the page.
const PAGE: &str = "../../ui/dist-web";
/// What every build of it has.
const NEEDED: [&str; 7] = [
    "first-words.json",
    "invite.de.html",
    "invite.en.html",
    "signed-in.de.html",
    "signed-in.en.html",
    "signed-out.de.html",
    "signed-out.en.html",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../../migrations/postgres");
    println!("cargo::rerun-if-changed={PAGE}");
    let root = folder("CARGO_MANIFEST_DIR")?.join(PAGE);
    if !NEEDED.iter().all(|name| root.join(name).is_file()) {
        println!(
            "cargo::error=the web page is not built, and the server has it inside: run `cargo xtask ui`"
        );
        return Ok(());
    }
    let lines = files(&root, "")?.into_iter().map(|(path, file)| {
        let file = file.to_string_lossy();
        format!("    ({path:?}, include_bytes!({file:?})),\n")
    });
    let table = format!("&[\n{}]", lines.collect::<String>());
    fs::write(folder("OUT_DIR")?.join("page.rs"), table)?;
    Ok(())
}

fn folder(variable: &str) -> Result<PathBuf, VarError> {
    var(variable).map(PathBuf::from)
}

/// Every file below `folder`, by its path from there, in order.
fn files(folder: &Path, before: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path().canonicalize()?;
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            found.extend(files(&path, &format!("{name}/"))?);
        } else {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}
