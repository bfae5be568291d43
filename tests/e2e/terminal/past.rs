//! `mitta log add`, and looking for sits.

use anyhow::Result;
use mitta_tests::terminal::Terminal;

#[test]
fn a_past_sit_is_added_found_and_said_to_overlap() -> Result<()> {
    let terminal = Terminal::new()?;
    let added = terminal.run(&[
        "log",
        "add",
        "2026-01-13 07:30",
        "25",
        "--note",
        "rain on the roof",
        "--label",
        "Zazen",
    ])?;
    assert_eq!(added.code, Some(0), "{added:?}");
    assert!(
        added
            .stdout
            .starts_with("Added: 25 min on 2026-01-13 07:30"),
        "{added:?}"
    );
    let second = terminal.run(&["log", "add", "2026-01-13T07:40", "10"])?;
    assert!(
        second.stdout.contains("At the same time there is already"),
        "{second:?}"
    );
    let refused = |args: &[&str], code: &str| -> Result<()> {
        let line = [&["log", "add"][..], args, &["--json"][..]].concat();
        let ran = terminal.run(&line)?;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(code), "{ran:?}");
        Ok(())
    };
    refused(&["2026-01-13 07:30", "0"], "sit_too_short")?;
    refused(&["2026-01-13 07:30", "-5"], "sit_too_short")?;
    refused(&["2026-01-13 07:30", "25h"], "sit_too_long")?;
    refused(&["2999-01-13 07:30", "20"], "sit_not_begun")?;
    refused(
        &["2026-03-29 02:30", "20", "--zone", "Europe/Berlin"],
        "time_never_was",
    )?;
    refused(&["soon", "20"], "invalid_date")?;
    let found = terminal.run(&[
        "log",
        "--search",
        "ROOF",
        "--label",
        "Zazen",
        "--from",
        "2026-01-01",
    ])?;
    assert_eq!(found.stdout.lines().count(), 1, "{found:?}");
    let none = terminal.run(&["log", "--search", "\"* -"])?;
    assert_eq!(
        (none.code, none.stdout.trim()),
        (Some(0), "No sit is like that.")
    );
    assert_eq!(terminal.rows()?.len(), 2);
    Ok(())
}
