//! CHANGELOG.md in the form that Debian's tools read.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};

/// One released version, or what is not released yet.
struct Section<'a> {
    heading: &'a str,
    points: Vec<&'a str>,
}

/// Debian's changelog of all sections. `## Unreleased` is the `version` being packed, of the moment
/// `now`; every other heading is `## VERSION (YYYY-MM-DD)`, which `moment` turns into a moment as
/// mails have it.
///
/// # Errors
/// If a heading or a point has another form, or the newest section is not that of `version`.
pub fn of(
    markdown: &str,
    version: &str,
    maintainer: &str,
    now: &str,
    moment: impl Fn(&str) -> Result<String>,
) -> Result<String> {
    let mut changelog = String::new();
    for (place, section) in sections(markdown)?.iter().enumerate() {
        let (name, when) = if section.heading == "Unreleased" {
            (version, now.to_owned())
        } else {
            let form = || format!("“## {}” is not `## VERSION (YYYY-MM-DD)`", section.heading);
            let (name, rest) = section.heading.split_once(" (").with_context(form)?;
            (name, moment(rest.strip_suffix(')').with_context(form)?)?)
        };
        if place == 0 && name != version {
            bail!("CHANGELOG.md begins with {name}, and {version} is packed");
        }
        write!(changelog, "mitta ({name}) unstable; urgency=medium\n\n")?;
        for point in &section.points {
            changelog.push_str(&wrapped(point));
        }
        write!(changelog, "\n -- {maintainer}  {when}\n\n")?;
    }
    Ok(changelog)
}

fn sections(markdown: &str) -> Result<Vec<Section<'_>>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in markdown.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push(Section {
                heading: heading.trim(),
                points: Vec::new(),
            });
        } else if let (Some(section), Some(point)) = (sections.last_mut(), line.strip_prefix("- "))
        {
            section.points.push(point.trim());
        } else if !sections.is_empty() && !line.trim().is_empty() {
            bail!("CHANGELOG.md: “{line}” is neither a heading nor a point of one line");
        }
    }
    if sections.is_empty() {
        bail!("CHANGELOG.md has no section");
    }
    Ok(sections)
}

/// A point as a starred paragraph of lines that a terminal shows whole.
fn wrapped(point: &str) -> String {
    const WIDTH: usize = 76;
    let mut text = String::from("  *");
    let mut width = 3;
    for word in point.split_whitespace() {
        let length = word.chars().count();
        if width + 1 + length > WIDTH {
            text.push_str("\n   ");
            width = 3;
        }
        text.push(' ');
        text.push_str(word);
        width += 1 + length;
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKDOWN: &str = "# Changelog\n\nNewest first.\n\n## Unreleased\n- One thing.\n- Another \
         thing that is told in so many words that no terminal of the usual width shows it whole.\n\n\
         ## 0.1.0 (2026-01-02)\n- The first.\n";

    fn check(markdown: &str, version: &str) -> Result<String> {
        of(markdown, version, "Anna <a@b>", "NOW", |date| {
            Ok(format!("on {date}"))
        })
    }

    #[test]
    fn each_section_is_an_entry_with_its_version_and_moment() {
        assert_eq!(
            check(MARKDOWN, "0.2.0").unwrap(),
            "mitta (0.2.0) unstable; urgency=medium\n\n  * One thing.\n  * Another thing that is told \
             in so many words that no terminal of the\n    usual width shows it whole.\n\n -- Anna \
             <a@b>  NOW\n\nmitta (0.1.0) unstable; urgency=medium\n\n  * The first.\n\n -- Anna <a@b>  \
             on 2026-01-02\n\n"
        );
    }

    #[test]
    fn another_form_or_version_is_refused() {
        for (markdown, version, why) in [
            ("# Changelog\n", "0.1.0", "no section"),
            ("## 0.1.0\n- x\n", "0.1.0", "is not `## VERSION"),
            ("## 0.1.0 (2026-01-02)\n- x\n", "0.2.0", "begins with 0.1.0"),
            (
                "## Unreleased\n- x\n  more\n",
                "0.1.0",
                "a point of one line",
            ),
        ] {
            let said = check(markdown, version).unwrap_err().to_string();
            assert!(said.contains(why), "{markdown:?}: {said}");
        }
    }

    #[test]
    fn the_changelog_of_this_version_has_that_form() {
        let path = crate::shell::root().join("CHANGELOG.md");
        check(
            &std::fs::read_to_string(path).unwrap(),
            env!("CARGO_PKG_VERSION"),
        )
        .unwrap();
    }
}
