//! `mitta` in a terminal: what it says, what it exits with, and what is in the database afterwards.

mod asked;
mod backup;
mod doctor;
mod failing;
mod files;
mod language;
mod left;
mod past;
mod presets;
mod rings;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use mitta_domain::{Settings, UnixMillis};
use mitta_store::{DataDir, Opening, Writer};
use mitta_tests::binaries::program;
use mitta_tests::terminal::{Row, Running, Terminal};
use serde_json::{Value, json};

/// The word after `word` in a text.
fn after<'a>(text: &'a str, word: &str) -> Result<&'a str> {
    let rest = text
        .split_once(word)
        .with_context(|| format!("no {word:?} in {text:?}"))?
        .1;
    let end = rest.find([':', ' ', '.', '\r', '\n']).unwrap_or(rest.len());
    Ok(&rest[..end])
}

/// The only row there is.
fn only_row(terminal: &Terminal) -> Result<Row> {
    let mut rows = terminal.rows()?;
    ensure!(rows.len() == 1, "{rows:?}");
    rows.pop().context("one row")
}

/// Saves settings, as a person does at the window.
fn set(terminal: &Terminal, change: impl FnOnce(&mut Settings)) -> Result<()> {
    let device = "0197a3c2-5f00-7000-8000-00000000d001".parse()?;
    let opening = Opening::new(UnixMillis(0), device);
    let (mut writer, _) = Writer::open(&DataDir::new(terminal.dir()), opening)?;
    let mut settings = Settings::default();
    change(&mut settings);
    Ok(writer.save_settings(&settings)?)
}

fn events(told: &[Value]) -> Vec<&str> {
    let kinds = told.iter().filter_map(|event| event["event"].as_str());
    // Whether the desktop keeps the machine awake depends on where the test runs.
    kinds.filter(|kind| !kind.starts_with("problem")).collect()
}

#[test]
fn a_sit_is_one_row_that_is_completed_exactly() -> Result<()> {
    let terminal = Terminal::new()?;
    let ran = terminal.run(&[
        "sit",
        "2s",
        "--preparation",
        "0",
        "--no-sound",
        "--label",
        "Zazen",
    ])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");

    let row = only_row(&terminal)?;
    assert_eq!(
        after(&ran.stdout, "Sit ")?,
        row.session_id,
        "I1: the id that was printed"
    );
    assert!(
        ran.stdout
            .ends_with("Recorded: 2 s. This week: 2 s in 1 sit.\n"),
        "{ran:?}"
    );
    let expected = Row {
        session_id: row.session_id.clone(),
        state: "completed".to_owned(),
        planned_s: Some(2),
        credited_s: Some(2),
        overtime_s: Some(0),
        label: Some("Zazen".to_owned()),
        deleted: false,
        ops: 1,
    };
    assert_eq!(row, expected);
    assert_eq!(terminal.events(&row.session_id)?, ["started", "completed"]);

    // What is not given is as the last time.
    let again = terminal.run(&["sit", "--no-sound"])?;
    assert_eq!(again.code, Some(0), "{again:?}");
    let rows = terminal.rows()?;
    assert_eq!(rows.len(), 2);
    let session_id = rows[1].session_id.clone();
    assert_eq!(
        rows[1],
        Row {
            session_id,
            ..expected
        }
    );
    Ok(())
}

#[test]
fn json_tells_a_sit_line_by_line() -> Result<()> {
    let terminal = Terminal::new()?;
    let ran = terminal.run(&["--json", "sit", "1s", "--preparation", "1s", "--no-sound"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = ran.json()?;
    assert_eq!(events(&told), ["started", "sitting", "completed"]);

    let row = only_row(&terminal)?;
    for event in told.iter().filter(|it| it["event"] != "problem") {
        assert_eq!(event["session_id"], row.session_id, "{event}");
    }
    let started = &told[0];
    assert_eq!(
        (&started["planned_s"], &started["preparation_s"]),
        (&json!(1), &json!(1))
    );
    assert!(started["ends_at_ms"].is_i64());
    let completed = told.last().context("an event")?;
    assert_eq!(completed["credited_s"], 1);
    assert_eq!(completed["completion"]["credited_s"], 1);
    assert_eq!(
        (&completed["week"]["sits"], &completed["week"]["credited_s"]),
        (&json!(1), &json!(1))
    );
    Ok(())
}

#[test]
fn a_second_sit_is_refused_and_nothing_is_written() -> Result<()> {
    let terminal = Terminal::new()?;
    let first = terminal.start(&["sit", "1h", "--no-sound"])?;
    first.says("Sit ")?;
    let before = terminal.rows()?;

    let second = terminal.run(&["sit", "1s", "--json", "--no-sound"])?;
    assert_eq!(second.code, Some(3), "{second:?}");
    assert_eq!(second.error_code()?, "sit_running");
    assert!(
        second.stderr.contains(&before[0].session_id),
        "which one: {second:?}"
    );
    assert_eq!(
        second.stdout, "",
        "an unfinished sit of another process is not named"
    );
    let second = terminal.run(&["sit", "1s", "--no-sound"])?;
    assert_eq!(
        (second.code, second.stdout.as_str()),
        (Some(3), ""),
        "{second:?}"
    );
    assert_eq!(terminal.rows()?, before);
    assert_eq!(
        terminal.run(&["recover"])?.code,
        Some(3),
        "nor is it recovered under its owner"
    );
    Ok(())
}

#[test]
fn of_two_terminals_at_once_one_sits() -> Result<()> {
    let terminal = Terminal::new()?;
    let args = ["sit", "3s", "--preparation", "0", "--no-sound"];
    let both = [terminal.start(&args)?, terminal.start(&args)?];
    let mut codes = Vec::new();
    for running in both {
        codes.push(running.end()?.code);
    }
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(3)]);
    let row = only_row(&terminal)?;
    assert_eq!((row.credited_s, row.ops), (Some(3), 1));
    Ok(())
}

#[test]
fn what_cannot_be_sat_is_refused_with_its_code_and_no_row() -> Result<()> {
    let terminal = Terminal::new()?;
    let many: Vec<String> = (1..=201).map(|minute| minute.to_string()).collect();
    let many = format!("at {}", many.join(","));
    let label = "x".repeat(81);
    let check = |args: &[&str], code: &str| -> Result<()> {
        let args = [&["sit", "--json", "--no-sound"], args].concat();
        let ran = terminal.run(&args)?;
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (Some(2), ""),
            "{args:?} {ran:?}"
        );
        assert_eq!(ran.error_code()?, code, "{args:?}");
        Ok(())
    };
    check(&["soon"], "invalid_length")?;
    check(&["1h", "90x"], "invalid_length")?;
    check(&["0"], "length_out_of_range")?;
    check(&["25h"], "length_out_of_range")?;
    check(&["20", "--preparation", "10"], "invalid_preparation")?;
    check(&["20", "--preparation", "long"], "invalid_preparation")?;
    check(&["20", "--intervals", "often"], "invalid_intervals")?;
    check(&["20", "--intervals", "random 8-3"], "invalid_intervals")?;
    check(&["20", "--intervals", "20"], "intervals_too_long")?;
    check(&["20", "--intervals", &many], "too_many_intervals")?;
    check(&["20", "--label", &label], "label_too_long")?;
    assert_eq!(terminal.rows()?, []);

    for args in [
        &["sit", "--loud"][..],
        &["sit", "-5"],
        &["log", "-n", "0"],
        &["dance"],
    ] {
        let ran = terminal.run(args)?;
        assert_eq!(ran.code, Some(2), "{args:?} {ran:?}");
        assert!(ran.stderr.contains("--help"), "{ran:?}");
    }
    Ok(())
}

#[test]
fn interval_bells_of_the_last_sit_that_do_not_fit_are_named_as_such() -> Result<()> {
    let terminal = Terminal::new()?;
    let args = [
        "sit",
        "2s",
        "--preparation",
        "0",
        "--no-sound",
        "--intervals",
        "1s",
    ];
    assert_eq!(terminal.run(&args)?.code, Some(0));
    let short = terminal.run(&["sit", "1s", "--no-sound"])?;
    assert_eq!(short.code, Some(2));
    assert!(short.stderr.contains("--intervals none"), "{short:?}");
    let without = terminal.run(&["sit", "1s", "--no-sound", "--intervals", "none"])?;
    assert_eq!(without.code, Some(0), "{without:?}");
    Ok(())
}

#[test]
fn log_and_stats_list_and_count_what_was_sat() -> Result<()> {
    let terminal = Terminal::new()?;
    let empty = terminal.run(&["log"])?;
    assert_eq!(empty.code, Some(0), "{empty:?}");
    assert!(empty.stdout.starts_with("No sits yet."));
    for length in ["1s", "2s"] {
        let args = [
            "sit",
            length,
            "--preparation",
            "0",
            "--no-sound",
            "--label",
            "Zazen",
        ];
        assert_eq!(terminal.run(&args)?.code, Some(0));
    }

    let log = terminal.run(&["log"])?;
    let lines: Vec<&str> = log.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{log:?}");
    assert!(
        lines[0].contains(" 2 s ") && lines[0].ends_with("Zazen"),
        "newest first: {log:?}"
    );
    assert_eq!(terminal.run(&["log", "-n", "1"])?.stdout.lines().count(), 1);
    let listed = &terminal.run(&["log", "--json", "-n", "1"])?.json()?[0];
    assert_eq!(
        listed["sits"][0]["session_id"],
        terminal.rows()?[1].session_id
    );
    assert_eq!(listed["sits"][0]["credited_s"], 2);
    assert_eq!(
        listed["next"]["session_id"],
        listed["sits"][0]["session_id"]
    );

    let stats = terminal.run(&["stats"])?;
    assert_eq!(stats.code, Some(0), "{stats:?}");
    let all = stats.stdout.lines().find(|line| line.starts_with("All"));
    assert!(
        all.is_some_and(|it| it.contains(" 3 s ") && it.ends_with("2 sits")),
        "{stats:?}"
    );
    let totals = &terminal.run(&["stats", "--json"])?.json()?[0];
    assert_eq!(
        (&totals["all"]["sits"], &totals["all"]["credited_s"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(totals["weeks"].as_array().map(Vec::len), Some(12));
    Ok(())
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure_and_a_full_disk_is() -> Result<()> {
    let terminal = Terminal::new()?;
    terminal.run(&["log"])?;
    let mut piped = terminal.mitta(&["stats"]).stdout(Stdio::piped()).spawn()?;
    drop(piped.stdout.take());
    assert_eq!(piped.wait()?.code(), Some(0));

    let full = fs::File::options().write(true).open("/dev/full")?;
    let status = terminal
        .mitta(&["stats"])
        .stdout(full)
        .stderr(Stdio::null())
        .status()?;
    assert_eq!(status.code(), Some(1));
    Ok(())
}

#[test]
fn without_a_verb_the_window_is_started() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mitta = folder.path().join("mitta");
    fs::copy(program("mitta")?, &mitta)?;
    let elsewhere = tempfile::tempdir()?;
    let start = |path: &str| {
        let mut command = Command::new(&mitta);
        command.env("PATH", path).stdin(Stdio::null());
        Running::start(command)?.end()
    };
    let none = start("")?;
    assert_eq!(none.code, Some(1));
    assert!(none.stderr.contains("mitta-desktop"), "{none:?}");

    let fake = |folder: &std::path::Path, word: &str| -> Result<()> {
        let path = folder.join("mitta-desktop");
        fs::write(&path, format!("#!/bin/sh\necho {word}\nexit 7\n"))?;
        Ok(fs::set_permissions(
            path,
            fs::Permissions::from_mode(0o755),
        )?)
    };
    fake(elsewhere.path(), "path")?;
    let path = elsewhere.path().to_string_lossy().into_owned();
    let on_path = start(&path)?;
    assert_eq!((on_path.code, on_path.stdout.as_str()), (Some(7), "path\n"));

    fake(folder.path(), "beside")?;
    assert_eq!(
        start(&path)?.stdout,
        "beside\n",
        "the one beside it comes first"
    );

    // As a package installs it: a link in another folder.
    let link = elsewhere.path().join("mitta");
    symlink(&mitta, &link)?;
    let linked = Running::start(Command::new(link))?.end()?;
    assert_eq!(linked.stdout, "beside\n");
    Ok(())
}

#[test]
fn the_terminal_links_no_web_view() -> Result<()> {
    let linked = Command::new("ldd").arg(program("mitta")?).output()?;
    let linked = String::from_utf8(linked.stdout)?;
    assert!(
        linked.contains("libc.so"),
        "ldd lists what is linked: {linked}"
    );
    for library in ["webkit", "gtk", "javascriptcore", "soup"] {
        assert!(!linked.contains(library), "{linked}");
    }
    Ok(())
}
