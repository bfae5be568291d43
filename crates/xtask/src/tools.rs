//! Cargo tools of a known version: the one on the PATH if it will do, else one of our own in
//! `target/tools`, so that nobody's own tools are replaced.

use anyhow::{Context as _, Result};

use crate::shell;

/// A program from crates.io.
#[derive(Clone, Copy)]
pub struct Tool {
    name: &'static str,
    /// The version tried; a later one that semver calls compatible will do.
    version: &'static str,
    /// Whether it answers `--version`; cargo's list of installed programs is asked otherwise.
    tells: bool,
}

/// Runs the tests.
pub const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.143",
    tells: true,
};
/// Checks licences, sources and banned crates.
pub const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    tells: true,
};
/// Stands between a `WebDriver` client and the window.
pub const TAURI_DRIVER: Tool = Tool {
    name: "tauri-driver",
    version: "2.1.0",
    tells: false,
};

/// A release build that is soon done.
const QUICKLY_BUILT: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
];

/// Makes sure that the tools are there, compiling what is missing into `target/tools`.
pub fn ensure(tools: &[Tool]) -> Result<()> {
    tools.iter().try_for_each(|tool| tool.ensure())
}

impl Tool {
    fn ensure(self) -> Result<()> {
        let found = self.installed()?;
        if found
            .as_deref()
            .is_some_and(|found| will_do(found, self.version))
        {
            return Ok(());
        }
        let Self { name, version, .. } = self;
        println!(
            "{name} {version} is needed ({}); compiling it into target/tools, once.",
            found.map_or("none found".to_owned(), |found| format!("found {found}"))
        );
        let folder = shell::target()?.join("tools");
        let mut install = shell::cargo()?;
        install
            .args(["install", "--locked", name, "--version", version, "--root"])
            .arg(&folder)
            .env("CARGO_TARGET_DIR", folder.join("build"))
            // They work for seconds: what their authors spend on making that quicker is not won back.
            .envs(QUICKLY_BUILT);
        shell::run(&mut install).with_context(|| format!("installing {name}"))
    }

    fn installed(self) -> Result<Option<String>> {
        if self.tells {
            let text = shell::output_of(shell::command(self.name)?.arg("--version"));
            return Ok(text.and_then(|text| version_after(&text, self.name)));
        }
        let ours = shell::target()?.join("tools");
        for root in [None, Some(ours)] {
            let mut list = shell::cargo()?;
            list.args(["install", "--list"]);
            if let Some(root) = root {
                list.arg("--root").arg(root);
            }
            let text = shell::output_of(&mut list).unwrap_or_default();
            if let Some(version) = version_after(&text, self.name) {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }
}

/// The version behind a name, with or without `v` before it and a colon after it.
fn version_after(text: &str, name: &str) -> Option<String> {
    let mut words = text
        .lines()
        .filter_map(|line| line.strip_prefix(name))
        .filter_map(|rest| {
            let word = rest.strip_prefix(' ')?.split_whitespace().next()?;
            Some(
                word.trim_start_matches('v')
                    .trim_end_matches(':')
                    .to_owned(),
            )
        });
    words.next()
}

/// Whether semver lets `found` stand for `wanted`.
fn will_do(found: &str, wanted: &str) -> bool {
    let (Some(found), Some(wanted)) = (numbers(found), numbers(wanted)) else {
        return false;
    };
    let same_line = found[0] == wanted[0] && (wanted[0] > 0 || found[1] == wanted[1]);
    same_line && found >= wanted
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// Whether this version, written like `v20.19.0`, is at least `major.minor`.
pub fn at_least(version: &str, major: u32, minor: u32) -> bool {
    numbers(version.trim_start_matches('v')).is_some_and(|it| it >= [major, minor, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_tools_print() {
        for (text, version) in [
            (
                "cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nrelease: 0.9.143",
                Some("0.9.143"),
            ),
            ("cargo-nextest v0.9.98:\n    cargo-nextest", Some("0.9.98")),
            ("cargo-nextest-extra v1.0.0:", None),
            ("", None),
        ] {
            assert_eq!(
                version_after(text, "cargo-nextest").as_deref(),
                version,
                "{text:?}"
            );
        }
    }

    #[test]
    fn only_a_compatible_and_not_older_version_will_do() {
        for (found, wanted, expected) in [
            ("0.9.143", "0.9.143", true),
            ("0.9.150", "0.9.143", true),
            ("0.9.99", "0.9.143", false),
            ("0.10.0", "0.9.143", false),
            ("2.3.0", "2.1.0", true),
            ("3.0.0", "2.1.0", false),
            ("2.1.0-beta.1", "2.1.0", false),
        ] {
            assert_eq!(will_do(found, wanted), expected, "{found} for {wanted}");
        }
    }

    #[test]
    fn node_versions_are_compared_as_numbers() {
        for (version, expected) in [
            ("v20.19.0", true),
            ("v20.9.0", false),
            ("v24.1.0", true),
            ("", false),
        ] {
            assert_eq!(at_least(version, 20, 19), expected, "{version}");
        }
    }
}
