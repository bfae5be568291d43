//! What the server refuses of a history: in sight, kept, and in nobody's way (I5).

use std::fs;

use anyhow::{Context as _, Result};
use mitta_tests::devices::TestDevice;
use mitta_tests::server::TestServer;
use serde_json::json;

use super::{anna, names, on_server};

/// Sits; what waits of it then has an id that the server knows for something else.
fn sit_to_be_refused(server: &TestServer, device: &TestDevice) -> Result<String> {
    device.sit("1s")?;
    let op_id: String =
        device
            .terminal
            .look()?
            .query_row("SELECT op_id FROM outbox", [], |row| row.get(0))?;
    let used =
        "INSERT INTO mitta.applied_ops (person_id, op_id, device_id, request_sha256, outcome)
        SELECT person_id, ($1::text)::uuid, device_id, decode(repeat('00', 32), 'hex'), 'applied'
        FROM mitta.devices";
    server.rows(used, &[&op_id])?;
    Ok(op_id)
}

#[test]
fn a_refused_sit_that_was_taken_off_the_list_stays_here_and_holds_nothing_up() -> Result<()> {
    let (server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    let op_id = sit_to_be_refused(&server, &device)?;
    assert_eq!(device.sync()?.1["word"], "rejected");
    device.done(&["account", "rejected", "--dismiss", &op_id], &[])?;
    device.synced()?;
    assert_eq!((on_server(&server)?, device.sessions()?.len()), (1, 2));
    Ok(())
}

#[test]
fn what_the_server_refuses_is_listed_exported_and_taken_off_the_list() -> Result<()> {
    let (server, device) = anna()?;
    device.sit("1s")?;
    device.synced()?;
    assert_eq!(
        device.done(&["account", "rejected"], &[])?,
        json!({ "ops": [] })
    );
    let op_id = sit_to_be_refused(&server, &device)?;
    let (code, view) = device.sync()?;
    assert_eq!(
        (code, &view["word"]),
        (Some(7), &json!("rejected")),
        "{view}"
    );
    assert_eq!(
        (&view["rejected"], &view["waiting"]),
        (&json!(1), &json!(0))
    );
    let list = device.done(&["account", "rejected"], &[])?;
    let op = &list["ops"][0];
    assert_eq!(
        (&op["op_id"], &op["code"]),
        (&json!(op_id), &json!("key_reuse"))
    );
    assert_eq!(
        names(op),
        [
            "change",
            "code",
            "op_id",
            "rejected_at_ms",
            "session_id",
            "started_at_ms"
        ]
    );
    device.sit("1s")?;
    let (_, view) = device.sync()?;
    assert_eq!(
        (&view["rejected"], &view["waiting"]),
        (&json!(1), &json!(0)),
        "blocks nothing"
    );
    assert_eq!(on_server(&server)?, 2);

    let file = device.terminal.dir().join("rejected.json");
    let path = file.to_str().context("a path")?;
    let exported = device.done(&["account", "rejected", "--export", path], &[])?;
    assert_eq!(exported["path"], path);
    assert!(fs::read_to_string(&file)?.contains(&op_id));
    let unknown = "0197a3c2-5f00-7000-8000-00000000d001";
    let refused = device.refused(&["account", "rejected", "--dismiss", unknown], &[])?;
    assert_eq!(refused, (4, "no_such_op".to_owned()));
    let left = device.done(&["account", "rejected", "--dismiss", &op_id], &[])?;
    assert_eq!(left, json!({ "ops": [] }));
    assert_eq!(device.sessions()?.len(), 3, "the sit itself stays");
    Ok(())
}
