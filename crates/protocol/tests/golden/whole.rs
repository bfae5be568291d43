//! Nothing was forgotten: no type without a golden file, no file without a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::check::folder;

/// The tests' own text, in which the names of files and types stand.
const TESTS: &str = concat!(
    include_str!("answers.rs"),
    include_str!("errors.rs"),
    include_str!("ops.rs"),
    include_str!("requests.rs"),
    include_str!("together.rs"),
);

#[test]
fn every_golden_file_has_its_test() {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "json", "{}", path.display());
        names.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
    }
    assert!(names.len() > 40, "{}", names.len());
    for name in names {
        assert!(TESTS.contains(&format!("\"{name}\"")), "{name}.json");
    }
}

#[test]
fn every_type_of_the_protocol_is_in_a_golden_file() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut types = 0;
    for entry in fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let declared = text.lines().filter_map(|line| {
            let rest = line
                .strip_prefix("pub struct ")
                .or(line.strip_prefix("pub enum "))?;
            rest.split(|c: char| !c.is_alphanumeric()).next()
        });
        for name in declared.filter(|name| *name != "SessionRow") {
            types += 1;
            let is_built = [" {", "::", "(", "<"]
                .iter()
                .any(|after| TESTS.contains(&format!("{name}{after}")));
            assert!(is_built, "no golden file has a {name}");
        }
    }
    assert!(types > 30, "{types}");
}

/// I11: never a bare `id`, and every number of time says its unit.
#[test]
fn fields_are_named_in_full() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for bare in ["\"id\"", "\"time\"", "\"at\":", "\"date\"", "\"seconds\""] {
            assert!(!text.contains(bare), "{bare} in {}", path.display());
        }
    }
}
