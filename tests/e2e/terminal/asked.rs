//! Ctrl+C and the questions, on a real terminal and where nobody can be asked.

use anyhow::Result;
use mitta_domain::AtEnd;
use mitta_tests::terminal::{Running, Terminal};

use super::{events, only_row, set};

const CTRL_C: &str = "\u{3}";
const IN_AN_HOUR: [&str; 4] = ["59:59 left", "59:58 left", "59:57 left", "59:56 left"];
const QUESTION: &str = "[e/c/d, then Enter]";

/// On a terminal, a sit without preparation that has run for a second or more.
fn sitting(terminal: &Terminal, length: &str) -> Result<Running> {
    let line = format!("sit {length} --preparation 0 --no-sound");
    let running = terminal.start_on_terminal(&line)?;
    running.counts_to(if length == "open" {
        ["0:01", "0:02", "0:03", "0:04"]
    } else {
        IN_AN_HOUR
    })?;
    Ok(running)
}

#[test]
fn ctrl_c_asks_and_e_ends_with_what_was_sat() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut running = sitting(&terminal, "1h")?;
    running.types(CTRL_C)?;
    running.says(QUESTION)?;
    assert_eq!(
        only_row(&terminal)?.state,
        "running",
        "it goes on while it is asked"
    );
    running.types("e\n")?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("Recorded: "), "{ran:?}");
    let row = only_row(&terminal)?;
    assert_eq!(
        (row.state.as_str(), row.deleted, row.ops),
        ("completed", false, 1)
    );
    assert!(
        row.credited_s.is_some_and(|s| (1..60).contains(&s)),
        "{row:?}"
    );
    let events = terminal.events(&row.session_id)?;
    assert_eq!(events, ["started", "end_requested", "completed"]);
    Ok(())
}

#[test]
fn ctrl_c_and_c_goes_on_to_the_end() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut running = terminal.start_on_terminal("sit 6s --preparation 0 --no-sound")?;
    running.says(" left")?;
    running.types(CTRL_C)?;
    let asked = running.says(QUESTION)?;
    running.types("what?\n")?;
    let again = running.says_after(asked, QUESTION)?;
    running.types("c\n")?;
    running.says_after(again, " left")?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(only_row(&terminal)?.credited_s, Some(6));
    Ok(())
}

#[test]
fn a_question_nobody_answers_does_not_hold_the_sit_up() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut running = terminal.start_on_terminal("sit 3s --preparation 0 --no-sound")?;
    running.says(" left")?;
    running.types(CTRL_C)?;
    running.says(QUESTION)?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(only_row(&terminal)?.credited_s, Some(3));
    Ok(())
}

#[test]
fn ctrl_c_and_d_discards() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut running = sitting(&terminal, "1h")?;
    running.types(CTRL_C)?;
    running.says(QUESTION)?;
    running.types("d\n")?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let row = only_row(&terminal)?;
    assert_eq!(
        (row.state.as_str(), row.deleted, row.ops),
        ("completed", true, 2)
    );
    Ok(())
}

#[test]
fn a_second_ctrl_c_ends_an_open_sit() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut running = sitting(&terminal, "open")?;
    running.types(CTRL_C)?;
    running.says(QUESTION)?;
    running.types(CTRL_C)?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let row = only_row(&terminal)?;
    assert_eq!(
        (row.state.as_str(), row.planned_s, row.deleted),
        ("completed", None, false)
    );
    assert!(row.credited_s.is_some_and(|s| s >= 1), "{row:?}");
    Ok(())
}

#[test]
fn ending_in_the_preparation_discards() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut running = terminal.start_on_terminal("sit 1h --preparation 5m --no-sound")?;
    running.says("begins in 4:5")?;
    running.types(CTRL_C)?;
    running.says(QUESTION)?;
    running.types("e\n")?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("Discarded"), "{ran:?}");
    let row = only_row(&terminal)?;
    assert_eq!((row.credited_s, row.deleted), (Some(0), true));
    Ok(())
}

#[test]
fn where_nobody_can_be_asked_ctrl_c_ends() -> Result<()> {
    let terminal = Terminal::new()?;
    // The line is watched, so that it is known when a second was sat, but nothing can be typed.
    let running = terminal.start_on_terminal("sit 1h --preparation 0 --no-sound </dev/null");
    let mut running = running?;
    running.counts_to(IN_AN_HOUR)?;
    running.types(CTRL_C)?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!ran.stdout.contains(QUESTION), "{ran:?}");
    let row = only_row(&terminal)?;
    assert!(
        row.credited_s.is_some_and(|s| s >= 1) && !row.deleted,
        "{row:?}"
    );
    Ok(())
}

/// From now on sits go on past their end.
fn count_overtime(terminal: &Terminal) -> Result<()> {
    set(terminal, |settings| {
        settings.choice.at_end = AtEnd::CountOvertime;
    })
}

#[test]
fn overtime_is_asked_about_and_kept() -> Result<()> {
    let terminal = Terminal::new()?;
    count_overtime(&terminal)?;
    let mut running = terminal.start_on_terminal("sit 1s --preparation 0 --no-sound")?;
    running.says("Enter ends it.")?;
    running.counts_to(["+0:01 over", "+0:02 over", "+0:03 over", "+0:04 over"])?;
    running.types("\n")?;
    running.says("[k/t/d, then Enter]")?;
    running.types("k\n")?;
    let ran = running.end()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let row = only_row(&terminal)?;
    let kept = row.overtime_s.unwrap_or_default();
    assert!(kept >= 1, "{row:?}");
    assert_eq!(row.credited_s, Some(1 + kept), "{row:?}");
    Ok(())
}

#[test]
fn where_nobody_can_be_asked_overtime_is_left_out_and_that_is_said() -> Result<()> {
    let terminal = Terminal::new()?;
    count_overtime(&terminal)?;
    let ran = terminal.run(&["sit", "1s", "--preparation", "0", "--no-sound", "--json"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = ran.json()?;
    let expected = ["started", "overtime", "kept_as_planned", "completed"];
    assert_eq!(events(&told), expected);
    let row = only_row(&terminal)?;
    assert_eq!((row.credited_s, row.overtime_s), (Some(1), Some(0)));
    Ok(())
}
