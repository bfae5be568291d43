//! A migration that was released is never edited, renamed or removed: databases out there have
//! run it as it was.
//!
//! `migrations/released.sha256` lists what was released, in the format of `sha256sum`, as paths
//! from `migrations/`. A file that is not listed is not released yet; it must come after every
//! listed one of its database.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::policy::{none, root};

/// Path from `migrations/` to contents.
type Files = BTreeMap<String, Vec<u8>>;

/// What is wrong with the migrations, measured against the ledger.
fn faults(ledger: &str, files: &Files) -> Vec<String> {
    let mut faults = Vec::new();
    let mut released = BTreeMap::new();
    for line in ledger
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match line.split_once("  ") {
            Some((hash, file)) if hash.len() == 64 => {
                if released.insert(file.to_owned(), hash).is_some() {
                    faults.push(format!("{file} is listed twice"));
                }
            }
            _ => faults.push(format!("not a line of sha256sum: {line}")),
        }
    }
    for (file, hash) in &released {
        match files.get(file) {
            None => faults.push(format!("{file} was released and is gone")),
            Some(contents) if hash_of(contents) != **hash => {
                faults.push(format!("{file} was released and has been edited"));
            }
            Some(_) => {}
        }
    }
    let mut versions = BTreeMap::new();
    for file in files.keys() {
        let Some(version) = version_of(file) else {
            faults.push(format!("{file} is not named V<number>__<what>.sql"));
            continue;
        };
        if let Some(other) = versions.insert(version, file) {
            faults.push(format!("{file} has the number of {other}"));
        }
        let newest = released.keys().filter_map(|it| version_of(it));
        let newest = newest.filter(|(database, _)| *database == version.0).max();
        if !released.contains_key(file) && newest.is_some_and(|newest| version <= newest) {
            faults.push(format!("{file} comes before a released migration"));
        }
    }
    faults
}

/// Database and number of `sqlite/V1__history.sql`.
fn version_of(file: &str) -> Option<(&str, u32)> {
    let (database, name) = file.split_once('/')?;
    let (number, rest) = name.strip_prefix('V')?.split_once("__")?;
    let what = rest.strip_suffix(".sql")?;
    let number = number.parse().ok()?;
    (!what.is_empty()).then_some((database, number))
}

/// Line endings are the checkout's affair, not the migration's.
fn hash_of(contents: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    let contents: Vec<u8> = contents
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect();
    for byte in Sha256::digest(contents) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn read_all(folder: &Path) -> Files {
    let mut files = Files::new();
    for database in fs::read_dir(folder).expect("migrations/ can be read") {
        let database = database.expect("an entry").path();
        if database.is_dir() {
            for file in fs::read_dir(&database).expect("a folder of migrations") {
                let path = file.expect("an entry").path();
                let name = path.strip_prefix(folder).expect("below migrations/");
                let name = name.to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).expect("a file that can be read"));
            }
        }
    }
    files
}

#[test]
fn released_migrations_are_as_they_were_released() {
    let folder = root().join("migrations");
    let files = read_all(&folder);
    assert!(
        !files.is_empty(),
        "no migrations under {}",
        folder.display()
    );
    let ledger = fs::read_to_string(folder.join("released.sha256")).expect("the ledger is there");
    let faults = faults(&ledger, &files);
    none(&faults, "released migrations are never edited");
}

#[test]
fn the_ledger_is_in_the_format_of_sha256sum() {
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hash_of(b"abc"), known);
    assert_eq!(
        hash_of(b"a\r\nb"),
        hash_of(b"a\nb"),
        "a checkout on Windows counts as an edit"
    );
}

#[test]
fn an_edited_missing_or_belated_migration_is_noticed() {
    let first = hash_of(b"one");
    let second = hash_of(b"two");
    let ledger = format!("# released\n{first}  sqlite/V1__a.sql\n{second}  sqlite/V3__b.sql\n");
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let files = files
            .iter()
            .map(|(file, text)| ((*file).to_owned(), text.as_bytes().to_vec()));
        assert_eq!(faults(&ledger, &files.collect()), expected);
    };
    let (a, b) = (("sqlite/V1__a.sql", "one"), ("sqlite/V3__b.sql", "two"));

    check(&[a, b], &[]);
    check(&[a, b, ("sqlite/V4__new.sql", "new")], &[]);
    check(&[a, b, ("postgres/V1__other.sql", "other database")], &[]);
    check(
        &[("sqlite/V1__a.sql", "one "), b],
        &["sqlite/V1__a.sql was released and has been edited"],
    );
    check(&[a], &["sqlite/V3__b.sql was released and is gone"]);
    check(
        &[a, b, ("sqlite/V2__late.sql", "late")],
        &["sqlite/V2__late.sql comes before a released migration"],
    );
    check(
        &[a, b, ("sqlite/V4__x.sql", ""), ("sqlite/V4__y.sql", "")],
        &["sqlite/V4__y.sql has the number of sqlite/V4__x.sql"],
    );
    check(
        &[a, b, ("sqlite/notes.md", "")],
        &["sqlite/notes.md is not named V<number>__<what>.sql"],
    );
}

#[test]
fn a_ledger_that_cannot_be_read_is_noticed() {
    let found = faults("abc sqlite/V1__a.sql\n", &Files::new());
    assert_eq!(found, ["not a line of sha256sum: abc sqlite/V1__a.sql"]);
}
