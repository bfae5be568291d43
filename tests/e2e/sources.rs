//! Policies that are seen in the sources alone: what the domain never names, one door to Tauri, no
//! forgotten test file, no file that grew into two.
//!
//! Each check is a pure function over what was read, so that it is also shown files that break it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::policy::{none, root};

/// Doors to the world that the domain's sources must not name.
const NOT_IN_DOMAIN: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "now_v7",
    "thread_rng",
    "rand::rng()",
];

/// Lines above which a file is two things.
const TOO_LONG: usize = 450;

/// Folders with nothing written by hand in them.
const MADE: &[&str] = &[
    "target",
    "node_modules",
    "dist",
    "dist-web",
    "generated",
    "paraglide",
    "gen",
    ".git",
    ".svelte-kit",
];

/// Files written by hand, with one of these extensions, as paths from the root.
fn sources(folder: &str, extensions: &[&str]) -> BTreeMap<String, String> {
    fn walk(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder that can be read") {
            let path = entry.expect("an entry that can be read").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                if !MADE.contains(&name.as_str()) {
                    walk(&path, extensions, found);
                }
            } else if extensions
                .iter()
                .any(|it| path.extension().is_some_and(|ext| ext == *it))
            {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), extensions, &mut paths);
    let text = |path: &Path| fs::read_to_string(path).expect("a source is UTF-8");
    let name = |path: &Path| {
        let path = path.strip_prefix(root()).expect("below the root");
        path.to_string_lossy().replace('\\', "/")
    };
    paths.iter().map(|path| (name(path), text(path))).collect()
}

/// Lines of code (comments left out) that name one of the words.
fn naming(files: &BTreeMap<String, String>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in files {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{file}: {}", line.trim()));
            }
        }
    }
    found
}

/// Test files that no `mod` line makes part of the binary, so that they would never run.
fn undeclared_modules(files: &BTreeMap<String, String>, main: &str) -> Vec<String> {
    let folder = main.trim_end_matches("main.rs");
    let is_declared = |file: &str| {
        let module = file.trim_end_matches(".rs").trim_end_matches("/mod");
        let (parent, name) = module.rsplit_once('/').unwrap_or(("", module));
        let parents = if format!("{parent}/") == folder {
            vec![main.to_owned()]
        } else {
            vec![format!("{parent}.rs"), format!("{parent}/mod.rs")]
        };
        parents.iter().filter_map(|it| files.get(it)).any(|text| {
            text.lines().map(str::trim).any(|line| {
                line == format!("mod {name};")
                    || line == format!("pub mod {name};")
                    || line == format!("pub(crate) mod {name};")
            })
        })
    };
    files
        .keys()
        .filter(|file| *file != main && !is_declared(file))
        .cloned()
        .collect()
}

/// Files of more than [`TOO_LONG`] lines. A migration is a version of the database, in one file however
/// much it brings.
fn too_long(files: &BTreeMap<String, String>) -> Vec<String> {
    let lines = files
        .iter()
        .map(|(file, text)| (file, text.lines().count()));
    lines
        .filter(|(file, n)| *n > TOO_LONG && !file.starts_with("migrations/"))
        .map(|(file, n)| format!("{file}: {n} lines"))
        .collect()
}

fn files(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
        .collect()
}

#[test]
fn the_domain_names_no_door_to_the_world() {
    let found = naming(&sources("crates/domain/src", &["rs"]), NOT_IN_DOMAIN);
    none(
        &found,
        "the domain has no I/O, no clock, no randomness of its own",
    );
}

#[test]
fn a_door_is_noticed_in_code_and_not_in_a_comment() {
    let files = files(&[("a.rs", "// never std::fs\nlet t = Utc::now();\n")]);
    assert_eq!(naming(&files, NOT_IN_DOMAIN), ["a.rs: let t = Utc::now();"]);
}

#[test]
fn exactly_one_file_of_the_window_knows_tauri() {
    let lines = naming(
        &sources("ui/src", &["ts", "js", "svelte"]),
        &["\"@tauri-apps", "'@tauri-apps"],
    );
    let files: BTreeSet<_> = lines.iter().filter_map(|it| it.split_once(": ")).collect();
    let files: BTreeSet<_> = files.into_iter().map(|(file, _)| file).collect();
    assert_eq!(
        files.len(),
        1,
        "one typed port is the only door to Tauri: {files:?}"
    );
}

#[test]
fn every_test_file_is_part_of_the_test_binary() {
    let found = undeclared_modules(&sources("tests/e2e", &["rs"]), "tests/e2e/main.rs");
    none(&found, "files that no `mod` line declares");
}

#[test]
fn a_forgotten_test_file_is_noticed_at_any_depth() {
    let files = files(&[
        ("t/main.rs", "mod a;\nmod b;\n"),
        ("t/a.rs", "mod inner;\n"),
        ("t/a/inner.rs", ""),
        ("t/a/lost.rs", ""),
        ("t/b/mod.rs", "mod deep;\n"),
        ("t/b/deep.rs", ""),
        ("t/forgotten.rs", "// mod main;\n"),
    ]);
    assert_eq!(
        undeclared_modules(&files, "t/main.rs"),
        ["t/a/lost.rs", "t/forgotten.rs"]
    );
}

#[test]
fn no_file_has_grown_into_two() {
    let found = too_long(&sources("", &["rs", "ts", "svelte", "sql"]));
    none(&found, "find the seam");
}

#[test]
fn a_file_is_too_long_only_above_the_limit() {
    let (at, above) = ("\n".repeat(TOO_LONG), "\n".repeat(TOO_LONG + 1));
    assert_eq!(
        too_long(&files(&[
            ("at.rs", &at),
            ("above.rs", &above),
            ("migrations/V1.sql", &above)
        ])),
        ["above.rs: 451 lines"]
    );
}
