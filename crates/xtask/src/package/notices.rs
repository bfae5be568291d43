//! Who wrote what the programs have inside: every library that is linked in and every npm package
//! that the page is made of, with its licence.
//!
//! Must hold: none is left out. One that neither names its licence nor has its text fails the packing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::{npm, shell};

/// Something of somebody else's.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    /// As SPDX writes it.
    licence: String,
    /// Where its sources are.
    home: String,
}

/// All of them, each text once, below the names of those it belongs to.
///
/// # Errors
/// If cargo or npm's lock cannot be read, or one has no licence.
pub fn text(programs: &[&str]) -> Result<String> {
    let mut parts = crates(programs)?;
    parts.append(&mut packages()?);
    Ok(put_together(parts))
}

fn put_together(parts: BTreeMap<Part, Vec<String>>) -> String {
    let mut text = String::from(
        "Mitta is made with what these people wrote. Their sources are where each line says; Mitta uses \
         them unchanged.\n\n",
    );
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (part, licences) in parts {
        let Part {
            name,
            version,
            licence,
            home,
        } = part;
        let _in_memory = writeln!(text, "{name} {version} ({licence}) {home}");
        for it in licences {
            let owners = by_text.entry(it).or_default();
            owners.push(format!("{name} {version}"));
        }
    }
    for (licence, owners) in by_text {
        let _in_memory = write!(
            text,
            "\n{}\nThe licence of {}:\n\n{licence}\n",
            "─".repeat(76),
            owners.join(", ")
        );
    }
    text
}

/// The crates that are linked into the programs, for this machine.
fn crates(programs: &[&str]) -> Result<BTreeMap<Part, Vec<String>>> {
    let version = shell::output_of(shell::command("rustc")?.arg("-vV")).context("rustc -vV")?;
    let mut lines = version.lines();
    let host = lines.find_map(|line| line.strip_prefix("host: "));
    let mut cargo = shell::cargo()?;
    cargo.args(["metadata", "--format-version", "1", "--locked"]);
    cargo.args(["--filter-platform", host.context("rustc names no host")?]);
    let output = cargo.output().context("cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = by_id(&metadata["packages"])?;
    let nodes = by_id(&metadata["resolve"]["nodes"])?;
    let has_program = |package: &Value| {
        list(&package["targets"]).any(|it| {
            list(&it["kind"]).any(|kind| kind == "bin") && programs.iter().any(|p| it["name"] == *p)
        })
    };
    let mut to_see: Vec<&str> = packages
        .iter()
        .filter(|(_, package)| has_program(package))
        .map(|(id, _)| *id)
        .collect();
    ensure!(
        to_see.len() == programs.len(),
        "the programs {programs:?} are of {to_see:?}"
    );
    let mut seen = BTreeSet::new();
    let mut parts = BTreeMap::new();
    while let Some(id) = to_see.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = nodes
            .get(id)
            .with_context(|| format!("{id} is not resolved"))?;
        to_see.extend(
            list(&node["deps"])
                .filter(|it| is_linked(it))
                .filter_map(|it| it["pkg"].as_str()),
        );
        let package = packages
            .get(id)
            .with_context(|| format!("{id} is unknown"))?;
        // What is Mitta's own has no source but this tree.
        if !package["source"].is_null() {
            let manifest = Path::new(word(package, "manifest_path")?);
            let folder = manifest.parent().context("a manifest lies in a folder")?;
            let name = word(package, "name")?;
            let version = word(package, "version")?;
            let home = format!("https://crates.io/crates/{name}/{version}");
            let texts = licences(folder)?;
            parts.insert(part(package, name, version, home, &texts)?, texts);
        }
    }
    Ok(parts)
}

/// Whether a dependency ends up in the program: not what only builds or tests it.
fn is_linked(dependency: &Value) -> bool {
    list(&dependency["dep_kinds"]).any(|it| it["kind"].is_null())
}

/// The npm packages that the page is made of, as the lock has them.
fn packages() -> Result<BTreeMap<Part, Vec<String>>> {
    let ui = npm::folder();
    let lock: Value = serde_json::from_slice(&fs::read(ui.join("package-lock.json"))?)?;
    let all = lock["packages"]
        .as_object()
        .context("the lock names no packages")?;
    let mut parts = BTreeMap::new();
    for (path, package) in all {
        if path.is_empty() || package["dev"] == true {
            continue;
        }
        let (_, name) = path
            .rsplit_once("node_modules/")
            .context("an npm package's path")?;
        let version = word(package, "version")?;
        let home = format!("https://www.npmjs.com/package/{name}/v/{version}");
        let folder = ui.join(path);
        if package["optional"] == true && !folder.is_dir() {
            continue;
        }
        let texts = licences(&folder)?;
        parts.insert(part(package, name, version, home, &texts)?, texts);
    }
    Ok(parts)
}

fn part(
    package: &Value,
    name: &str,
    version: &str,
    home: String,
    texts: &[String],
) -> Result<Part> {
    let licence = match package["license"].as_str() {
        Some(named) => named,
        None if !texts.is_empty() => "its text is below",
        None => bail!("{name} {version} names no licence"),
    };
    Ok(Part {
        licence: licence.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        home,
    })
}

/// The licence files of a package; some have none, and their line has to say all.
fn licences(folder: &Path) -> Result<Vec<String>> {
    let is_licence = |name: &str| {
        let name = name.to_ascii_uppercase();
        [
            "LICENSE",
            "LICENCE",
            "COPYING",
            "NOTICE",
            "UNLICENSE",
            "COPYRIGHT",
        ]
        .iter()
        .any(|it| name.starts_with(it))
    };
    let mut texts = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() && is_licence(&entry.file_name().to_string_lossy()) {
            let text = String::from_utf8_lossy(&fs::read(entry.path())?).replace("\r\n", "\n");
            texts.push(text.trim_end().to_owned());
        }
    }
    texts.sort();
    Ok(texts)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn by_id(values: &Value) -> Result<BTreeMap<&str, &Value>> {
    list(values).map(|it| Ok((word(it, "id")?, it))).collect()
}

fn word<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key]
        .as_str()
        .with_context(|| format!("no {key} in {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Part {
        Part {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            home: "https://example.org".to_owned(),
        }
    }

    #[test]
    fn a_text_that_many_share_is_there_once_below_all_their_names() {
        let same = || vec!["The text.".to_owned()];
        let parts = [
            (named("a"), same()),
            (named("b"), same()),
            (named("c"), Vec::new()),
        ];
        let text = put_together(parts.into());
        assert_eq!(text.matches("The text.").count(), 1);
        assert!(text.contains("The licence of a 1.0.0, b 1.0.0:"), "{text}");
        assert!(text.contains("c 1.0.0 (MIT) https://example.org"), "{text}");
    }

    #[test]
    fn only_what_is_linked_in_counts() {
        let of = |kinds: Value| serde_json::json!({ "dep_kinds": kinds });
        assert!(is_linked(&of(
            serde_json::json!([{ "kind": "dev" }, { "kind": null }])
        )));
        assert!(!is_linked(&of(
            serde_json::json!([{ "kind": "dev" }, { "kind": "build" }])
        )));
    }

    #[test]
    fn a_package_without_a_licence_is_refused_unless_its_text_is_there() {
        let silent = serde_json::json!({});
        let of = |texts: &[String]| part(&silent, "a", "1", String::new(), texts);
        let said = of(&[]).unwrap_err();
        assert_eq!(said.to_string(), "a 1 names no licence");
        let told = of(&["The text.".to_owned()]).unwrap();
        assert_eq!(told.licence, "its text is below");
    }
}
