//! Sits that were never finished: left by a signal, named by the next, decided by their ids.

use anyhow::Result;
use mitta_tests::terminal::Terminal;

use super::{after, events, only_row};

/// Begins a sit, ends its program by a signal, and returns the sit's id.
fn leave(terminal: &Terminal, signal: &str, code: Option<i32>, says: &str) -> Result<String> {
    let running = terminal.start(&["sit", "1h", "--preparation", "0", "--no-sound"])?;
    running.says("Sit ")?;
    running.signal(signal)?;
    let ran = running.end()?;
    assert_eq!(ran.code, code, "{ran:?}");
    assert!(ran.stdout.contains(says), "{ran:?}");
    Ok(after(&ran.stdout, "Sit ")?.to_owned())
}

#[test]
fn sigterm_sighup_and_sigkill_leave_the_sit_recoverable() -> Result<()> {
    for (signal, code, says) in [
        ("TERM", Some(143), "Left unfinished: sit "),
        ("HUP", Some(129), "Left unfinished: sit "),
        ("KILL", None, ""),
    ] {
        let terminal = Terminal::new()?;
        let session_id = leave(&terminal, signal, code, says)?;
        let row = only_row(&terminal)?;
        assert_eq!(
            (&row.session_id, row.state.as_str()),
            (&session_id, "running"),
            "{signal}"
        );
        let seen = terminal.look()?.query_row(
            "SELECT phase FROM heartbeat WHERE session_id = ?1",
            [&session_id],
            |row| row.get::<_, String>(0),
        )?;
        // A kill may come before the first heartbeat of the sit itself.
        assert!(seen == "sitting" || signal == "KILL", "{signal}: {seen}");
    }
    Ok(())
}

#[test]
fn an_unfinished_sit_is_named_and_not_resumed() -> Result<()> {
    let terminal = Terminal::new()?;
    let first = leave(&terminal, "TERM", Some(143), "Left unfinished")?;
    let second = leave(&terminal, "KILL", None, "")?;
    let before = terminal.rows()?;

    let ran = terminal.run(&["sit", "1s", "--preparation", "0", "--no-sound"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for id in [&first, &second] {
        assert!(
            ran.stderr.contains(&format!("mitta recover {id} planned")),
            "{ran:?}"
        );
    }
    let rows = terminal.rows()?;
    assert_eq!(rows[..2], before, "nothing of theirs was changed");
    assert_eq!(rows[2].credited_s, Some(1));

    let args = ["sit", "1s", "--preparation", "0", "--no-sound", "--json"];
    let told = terminal.run(&args)?.json()?;
    assert_eq!(
        events(&told),
        ["unfinished", "unfinished", "started", "completed"]
    );
    assert_eq!(told[0]["question"]["as_planned"]["credited_s"], 3600);
    Ok(())
}

#[test]
fn an_unfinished_sit_is_decided_by_its_own_id() -> Result<()> {
    let terminal = Terminal::new()?;
    let kept = leave(&terminal, "TERM", Some(143), "Left unfinished")?;
    let discarded = leave(&terminal, "TERM", Some(143), "Left unfinished")?;
    let listed = terminal.run(&["recover"])?;
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert!(
        listed.stdout.contains(&kept) && listed.stdout.contains(&discarded),
        "{listed:?}"
    );
    let listed = &terminal.run(&["recover", "--json"])?.json()?[0];
    assert_eq!(listed["unfinished"].as_array().map(Vec::len), Some(2));

    let ran = terminal.run(&["recover", &kept, "planned"])?;
    assert_eq!(
        (ran.code, ran.stdout.contains("1 h")),
        (Some(0), true),
        "{ran:?}"
    );
    let rows = terminal.rows()?;
    assert_eq!((rows[0].credited_s, rows[0].ops), (Some(3600), 1));
    assert_eq!(rows[1].state, "running", "only the one that was named (I1)");

    let ran = terminal.run(&["recover", &discarded, "discard", "--json"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.json()?[0]["recovered"]["deleted"], true);
    let rows = terminal.rows()?;
    assert!(rows[1].deleted);

    let twice = terminal.run(&["recover", &kept, "discard", "--json"])?;
    assert_eq!(
        (twice.code, twice.error_code()?.as_str()),
        (Some(4), "already_completed")
    );
    let unknown = [
        "recover",
        "0197a3c2-5f00-7000-8000-000000000001",
        "planned",
        "--json",
    ];
    let unknown = terminal.run(&unknown)?;
    assert_eq!(
        (unknown.code, unknown.error_code()?.as_str()),
        (Some(4), "unknown_session")
    );
    for args in [
        &["recover", "x", "planned"][..],
        &["recover", &kept],
        &["recover", &kept, "x"],
    ] {
        assert_eq!(terminal.run(args)?.code, Some(2), "{args:?}");
    }
    assert_eq!(terminal.rows()?, rows);
    assert_eq!(terminal.run(&["recover"])?.stdout, "No unfinished sits.\n");
    Ok(())
}

#[test]
fn a_sit_is_kept_until_it_was_last_seen() -> Result<()> {
    let terminal = Terminal::new()?;
    let running = terminal.start_on_terminal("sit 1h --preparation 0 --no-sound </dev/null")?;
    running.counts_to(["59:59 left", "59:58 left", "59:57 left", "59:56 left"])?;
    // The terminal is closed: the program gets SIGHUP, as it would from a window's close button.
    drop(running);
    let session_id = only_row(&terminal)?.session_id;
    let ran = loop {
        let ran = terminal.run(&["recover", &session_id, "seen"])?;
        // It takes a moment to write its last heartbeat and let go of the sit.
        if ran.code != Some(3) {
            break ran;
        }
    };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let row = only_row(&terminal)?;
    assert!(
        row.credited_s.is_some_and(|s| (1..60).contains(&s)),
        "{row:?}"
    );
    Ok(())
}
