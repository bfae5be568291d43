//! The real window in a virtual display, from the click to the row (I1, I2, I4, I9).

mod access;
mod account;
mod acts;
mod backup;
mod bells;
mod beside;
mod closing;
mod crash;
mod desk;
mod failures;
mod fence;
mod files;
mod history;
mod page;
mod presets;
mod reminders;
mod shares;
mod sit;
mod statistics;
mod together;

use anyhow::{Context as _, Result};
use mitta_domain::{Seconds, Settings};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::seed::CutOff;
use serde_json::json;

/// Runs a test in a place of its own; what fails is told with the logs.
#[track_caller]
fn with(test: impl FnOnce(&mut TestDesktop) -> Result<()>) {
    let mut desktop = TestDesktop::new().expect("a place for the test");
    if let Err(error) = test(&mut desktop) {
        panic!("{error:?}");
    }
}

/// Settings with which a test need not wait: no preparation, single strikes, and nothing that this
/// bare machine would refuse.
fn at_once(settings: &mut Settings) {
    settings.choice.preparation_s = Seconds(0);
    settings.choice.start_bell.strikes = 1;
    settings.prevent_suspend = false;
}

/// Seeds [`at_once`] and launches.
fn launch_at_once(desktop: &mut TestDesktop) -> Result<()> {
    desktop.seed(|seed| seed.settings(at_once))?;
    desktop.launch()
}

/// A sit that was cut off after `sat_s` seconds and last seen `seen_s_ago` seconds ago.
fn cut_off(planned_s: Option<u32>, sat_s: u32, seen_s_ago: u32) -> CutOff {
    CutOff {
        planned_s,
        sat_s,
        seen_s_ago,
        ..CutOff::default()
    }
}

/// Types a length and begins; the id is what the engine says is live.
fn begin(desktop: &TestDesktop, length: &str) -> Result<String> {
    type_length(desktop, length)?;
    desktop.click("begin")?;
    desktop.wait_for_screen("sitting")?;
    live_id(desktop)
}

/// Writes a length into its field; Begin takes it from there.
fn type_length(desktop: &TestDesktop, length: &str) -> Result<()> {
    desktop.wait_for_screen("sit")?;
    desktop.click("chip-other")?;
    desktop.fill("length-input", length)
}

/// The id of the sit that the engine drives.
fn live_id(desktop: &TestDesktop) -> Result<String> {
    let snapshot = command(desktop, "snapshot", &json!({}))?;
    let id = snapshot["sit"]["session_id"].as_str();
    Ok(id.context("no sit is live")?.to_owned())
}

/// A command that must not be refused.
fn command(
    desktop: &TestDesktop,
    name: &str,
    args: &serde_json::Value,
) -> Result<serde_json::Value> {
    desktop
        .rpc(name, args)?
        .map_err(|refused| anyhow::anyhow!("{name}: {refused}"))
}

/// What a row says.
#[derive(Debug, PartialEq)]
struct Row {
    session_id: String,
    state: String,
    planned_s: Option<u32>,
    credited_s: Option<u32>,
    paused_s: Option<u32>,
    note: Option<String>,
    deleted: bool,
}

/// Every row of `sessions`, oldest first.
fn rows(desktop: &TestDesktop) -> Result<Vec<Row>> {
    let connection = desktop.sqlite()?;
    let mut statement = connection.prepare(
        "SELECT session_id, state, planned_s, credited_s, paused_s, note, deleted \
         FROM sessions ORDER BY started_at_ms, session_id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Row {
            session_id: row.get(0)?,
            state: row.get(1)?,
            planned_s: row.get(2)?,
            credited_s: row.get(3)?,
            paused_s: row.get(4)?,
            note: row.get(5)?,
            deleted: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The one row there is.
#[track_caller]
fn only_row(desktop: &TestDesktop) -> Result<Row> {
    let mut rows = rows(desktop)?;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.pop().context("a row")
}

/// The names of what happened in a session, in order.
fn events(desktop: &TestDesktop, session_id: &str) -> Result<Vec<String>> {
    desktop.column(&format!(
        "SELECT kind FROM session_events WHERE session_id = '{session_id}' ORDER BY event_seq"
    ))
}

/// What the waiting ops of a session change, in order.
fn ops(desktop: &TestDesktop, session_id: &str) -> Result<Vec<String>> {
    desktop.column(&format!(
        "SELECT json_extract(CAST(payload AS TEXT), '$.change.kind') FROM outbox \
         WHERE session_id = '{session_id}' ORDER BY device_seq"
    ))
}
