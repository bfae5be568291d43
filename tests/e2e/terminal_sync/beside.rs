//! Sync beside a sit of another process, and beside itself (I9).

use anyhow::Result;
use mitta_tests::proxy::ChaosProxy;
use mitta_tests::terminal::Running;
use serde_json::json;

use super::{PASSWORD, anna, on_server};
use mitta_tests::devices::TestDevice;
use mitta_tests::server::TestServer;

#[test]
fn a_sit_goes_on_exactly_while_others_sync_and_the_server_dies() -> Result<()> {
    let (mut server, device) = anna()?;
    let sit = device.start_sit("6s")?;
    sit.says("started")?;
    let (code, view) = device.sync()?;
    assert_eq!(
        (code, &view["word"]),
        (Some(0), &json!("up_to_date")),
        "{view}"
    );
    let running = "SELECT count(*) FROM mitta.sessions WHERE state = 'running'";
    assert_eq!(server.count(running)?, 1, "others may see that it began");
    server.kill()?;
    assert_eq!(device.sync()?.0, Some(7));
    server.start_again()?;
    device.sync()?;
    let session_id = device.sat(sit)?;

    let row = &device.terminal.rows()?[0];
    assert_eq!(
        (row.credited_s, row.state.as_str()),
        (Some(6), "completed"),
        "I9"
    );
    device.synced()?;
    let stored = server.rows(
        "SELECT session_id::text, credited_s FROM mitta.sessions",
        &[],
    )?;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].try_get::<_, String>(0)?, session_id.to_string());
    assert_eq!(stored[0].try_get::<_, i32>(1)?, 6);
    let events = "SELECT kind FROM mitta.session_events ORDER BY event_seq";
    let events = server.rows(events, &[])?;
    let events: Vec<String> = events
        .iter()
        .map(|it| it.try_get(0))
        .collect::<Result<_, _>>()?;
    assert_eq!(events, device.terminal.events(&session_id.to_string())?);
    Ok(())
}

#[test]
fn many_that_sync_one_folder_at_once_all_end_in_step() -> Result<()> {
    let (server, device) = anna()?;
    for _ in 0..2 {
        device.sit("1s")?;
    }
    let all = (0..6).map(|_| Running::start(device.mitta(&["sync"])));
    for running in all.collect::<Result<Vec<_>>>()? {
        let ran = running.end()?;
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    assert_eq!(on_server(&server)?, 2);
    assert_eq!(
        server.count("SELECT count(*) FROM mitta.applied_ops")?,
        2,
        "each op once"
    );
    Ok(())
}

#[test]
fn a_network_of_which_nothing_is_sure_duplicates_and_loses_nothing() -> Result<()> {
    let server = TestServer::start()?;
    let proxy = ChaosProxy::start(server.port(), 7)?;
    let (laptop, phone) = (TestDevice::new()?, TestDevice::new()?);
    laptop.sign_up(&proxy.url(), "anna", PASSWORD)?;
    phone.sign_in(&proxy.url(), "anna", PASSWORD)?;
    proxy.be_calm(false);
    for device in [&laptop, &phone, &laptop] {
        device.sit("1s")?;
        for _ in 0..6 {
            laptop.sync()?;
            phone.sync()?;
        }
    }
    proxy.be_calm(true);
    for device in [&laptop, &phone, &laptop] {
        device.synced()?;
    }
    assert_eq!(on_server(&server)?, 3);
    assert_eq!(laptop.sessions()?, phone.sessions()?);
    assert_eq!(laptop.sessions()?.len(), 3);
    Ok(())
}

#[test]
fn a_total_that_is_wrong_on_the_server_is_repaired_at_the_next_sync() -> Result<()> {
    let (server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    // As only a defect or a hand in the database could make it.
    server.rows(
        "UPDATE mitta.day_totals SET credited_s = credited_s + 5",
        &[],
    )?;
    device.sit("1s")?;
    device.synced()?;
    let day = "SELECT sum(credited_s)::bigint FROM mitta.day_totals";
    assert_eq!(server.count(day)?, 2, "I8");

    // And a sit that the server has lost is there again.
    server.rows("DELETE FROM mitta.sessions WHERE session_id = (SELECT min(session_id::text)::uuid FROM mitta.sessions)", &[])?;
    device.sit("1s")?;
    let (_, view) = device.sync()?;
    let (_, again) = device.sync()?;
    assert_eq!(again["word"], "up_to_date", "{view} {again}");
    assert_eq!((on_server(&server)?, server.count(day)?), (3, 3));
    Ok(())
}
