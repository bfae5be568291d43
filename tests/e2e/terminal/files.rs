//! `mitta import` and `mitta export`, with what is in the database afterwards.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use mitta_tests::terminal::Terminal;
use mitta_tests::wait::{SOON, until};
use serde_json::Value;

const FILE: &str = "Started At,Duration,Preset,Activity\n\
    04/20/2026 08:21:14,0:45:0,Zazen,Meditation\n\
    04/21/2026 08:21:14,0:45:0,,Meditation\n\
    soon,0:45:0,,Meditation\n";

/// What counts: sits and seconds.
fn counted(terminal: &Terminal) -> Result<(i64, i64)> {
    let sql = "SELECT count(*), coalesce(sum(credited_s), 0) FROM sessions WHERE deleted = 0";
    Ok(terminal
        .look()?
        .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

#[test]
fn a_file_is_imported_once_undone_as_a_whole_and_exported() -> Result<()> {
    let terminal = Terminal::new()?;
    let file = terminal.dir().join("insight.csv");
    fs::create_dir_all(terminal.dir())?;
    fs::write(&file, FILE)?;
    let path = file.to_str().context("a path")?;

    let asked = terminal.run(&["import", path])?;
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert!(asked.stderr.contains("--zone"), "{asked:?}");
    let berlin = ["import", path, "--zone", "Europe/Berlin"];
    let dry = terminal.run(&[&berlin[..], &["--dry-run"]].concat())?;
    assert!(dry.stdout.contains("Would import 2 sits"), "{dry:?}");
    assert!(dry.stderr.contains("line 4"), "{dry:?}");
    assert_eq!(counted(&terminal)?, (0, 0));

    for args in [&berlin[..], &[&berlin[..], &["--dry-run"]].concat()] {
        let there = terminal.run(&[args, &["--report", path]].concat())?;
        assert_eq!(there.code, Some(1), "{there:?}");
        assert!(there.stderr.contains("there already"), "{there:?}");
        assert_eq!(fs::read_to_string(&file)?, FILE);
        assert_eq!(counted(&terminal)?, (0, 0), "nothing was imported either");
    }

    let done = terminal.run(&berlin)?;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(counted(&terminal)?, (2, 5400));
    terminal.run(&berlin)?;
    assert_eq!(counted(&terminal)?, (2, 5400), "I3: again, nothing");

    let exported = terminal.run(&["export", "--format", "json", "-"])?;
    let document: Value = serde_json::from_str(&exported.stdout)?;
    ensure!(
        document["sits"].as_array().map(Vec::len) == Some(2),
        "{exported:?}"
    );

    let undone = terminal.run(&["import", "--undo", "--json"])?;
    let told: Value = serde_json::from_str(&undone.stdout)?;
    assert_eq!(told["import"]["is_undone"], true);
    assert_eq!(counted(&terminal)?, (0, 0));
    terminal.run(&["import", "--redo"])?;
    assert_eq!(counted(&terminal)?, (2, 5400));

    let other = Terminal::new()?;
    let copy = terminal.dir().join("sits.json");
    fs::write(&copy, &exported.stdout)?;
    let copied = other.run(&["import", copy.to_str().context("a path")?])?;
    assert_eq!(copied.code, Some(0), "{copied:?}");
    assert_eq!(counted(&other)?, (2, 5400));
    Ok(())
}

/// The file breaks off in its last row, and is read in another zone the second time.
#[test]
fn half_a_row_and_another_reading_of_the_same_file_are_said() -> Result<()> {
    let terminal = Terminal::new()?;
    let file = terminal.dir().join("insight.csv");
    fs::write(&file, &FILE[..FILE.len() - "Meditation\n".len() - 1])?;
    let path = file.to_str().context("a path")?;

    let done = terminal.run(&["import", path, "--zone", "Europe/Berlin"])?;
    assert!(
        done.stderr.contains("The file ends before it should."),
        "{done:?}"
    );
    assert!(
        done.stderr
            .contains("line 4: the file ends in the middle of it"),
        "{done:?}"
    );
    assert_eq!(counted(&terminal)?, (2, 5400));

    let again = terminal.run(&["import", path, "--zone", "Asia/Tokyo"])?;
    assert_eq!(again.code, Some(1), "{again:?}");
    let undo =
        "with its times read otherwise. Undo that import first (`mitta import --undo --import 1`)";
    assert!(again.stderr.contains(undo), "{again:?}");
    assert_eq!(counted(&terminal)?, (2, 5400));
    Ok(())
}

/// I2, I3: killed in the middle and run again, every sit is there once, as one import.
#[test]
fn an_import_that_is_killed_goes_on_where_it_was() -> Result<()> {
    const ROWS: i64 = 30_000;
    let terminal = Terminal::new()?;
    fs::create_dir_all(terminal.dir())?;
    let file = terminal.dir().join("meditate.csv");
    let lines: Vec<String> = (0..ROWS)
        .map(|n| format!("{},600,timer,Zazen,\n", 1_600_000_000 + n * 3600))
        .collect();
    fs::write(
        &file,
        format!(
            "start_time_unix,duration_secs,mode,label,note\n{}",
            lines.concat()
        ),
    )?;
    let path = file.to_str().context("a path")?;
    let import = ["import", path, "--zone", "UTC"];

    let running = terminal.start(&import)?;
    until("the first sits are there", SOON, || {
        Ok(terminal.database().exists() && counted(&terminal).is_ok_and(|(sits, _)| sits > 0))
    })?;
    running.signal("KILL")?;
    assert_eq!(running.end()?.code, None, "killed");
    let (sits, _) = counted(&terminal)?;
    ensure!((1..ROWS).contains(&sits), "killed too late: {sits}");

    let done = terminal.run(&import)?;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(counted(&terminal)?, (ROWS, ROWS * 600));
    let number =
        |sql: &str| -> Result<i64> { Ok(terminal.look()?.query_row(sql, [], |row| row.get(0))?) };
    // A completion and a label for each sit, and one import for all of them.
    assert_eq!(number("SELECT count(*) FROM outbox")?, 2 * ROWS);
    assert_eq!(
        number("SELECT count(*) FROM imports WHERE finished_at_ms IS NOT NULL")?,
        1
    );
    assert_eq!(number("SELECT count(*) FROM imports")?, 1);
    assert_eq!(number("SELECT count(*) FROM import_sits")?, ROWS);
    Ok(())
}

/// Whoever watches sees how far it is; the line is gone before the result comes.
#[test]
fn on_a_terminal_it_is_seen_how_far_long_work_is() -> Result<()> {
    let terminal = Terminal::new()?;
    let file = terminal.dir().join("long.csv");
    let mut sits = "start_time_unix,duration_secs,mode,label,note\n".to_owned();
    for day in 0..1_000 {
        let started_at = 1_000_000_000 + day * 86_400;
        let note = "rain ".repeat(200);
        writeln!(sits, "{started_at},600,timer,,{note}")?;
    }
    fs::write(&file, sits)?;
    let line = format!("import '{}' --zone Europe/Berlin", file.display());
    let ran = terminal.start_on_terminal(&line)?.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines: Vec<_> = ran.stdout.split(['\r', '\n']).collect();
    let at = |words: &str| lines.iter().position(|line| line.starts_with(words));
    let (told, done) = (at("Reading the file: "), at("Imported 1000 sits"));
    assert!(told.is_some() && told < done, "{lines:?}");
    Ok(())
}
