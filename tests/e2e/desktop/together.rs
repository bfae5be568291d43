//! Two persons sit together at two windows; the network of one goes once both have taken their places.

use anyhow::Result;
use mitta_domain::Seconds;
use mitta_tests::together::{Two, account, bells_ms, sits_of};
use mitta_tests::wait::{SOON, until};
use serde_json::{Value, json};

pub(super) const PLANNED_S: Seconds = Seconds(5);

/// How far apart the bells of a busy machine may be, in milliseconds; the figure is `cargo xtask bench
/// together`.
const NEAR_MS: f64 = 250.0;

/// They hear their bells at once though the network of one is gone, each has one session, and the server
/// has both once it is back.
pub(super) fn sit_through(two: &Two, together_id: &Value) -> Result<()> {
    let planned_s = i32::try_from(PLANNED_S.0).ok();
    two.network.cut(true);
    let recorder = two.sink.record_both()?;
    two.ring_out(together_id)?;
    let heard = recorder.stop_both()?;

    let [hers, his] = bells_ms(&heard, PLANNED_S)?;
    let offsets_ms = [his[0] - hers[0], his[1] - hers[1]];
    println!("Ben's bells after Anna's, start and end: {offsets_ms:.1?} ms");
    for [start, end] in [hers, his] {
        let late_ms = end - start - f64::from(PLANNED_S.0) * 1000.0;
        assert!(late_ms.abs() < NEAR_MS, "{late_ms:.1}");
    }
    let are_near = offsets_ms.iter().all(|it| it.abs() < NEAR_MS);
    assert!(are_near, "{offsets_ms:.1?}");

    let mut both = Vec::new();
    for desktop in [&two.anna, &two.ben] {
        let sat = sits_of(desktop, together_id)?;
        assert_eq!(sat.len(), 1, "one session per person: {sat:?}");
        assert_eq!(sat[0].planned_s, planned_s);
        assert_eq!(sat[0].credited_s, planned_s);
        both.push(sat[0].session_id.clone());
    }
    both.sort();
    let waiting = two.ben.value::<u32>("SELECT count(*) FROM outbox")?;
    assert!(waiting > 0, "nothing of Ben's has left him");

    two.network.cut(false);
    let there = "SELECT session_id::text FROM mitta.sessions \
                 WHERE together_id::text = $1 AND state = 'completed' AND NOT deleted \
                 AND credited_s = $2 ORDER BY 1";
    let id = together_id.as_str().unwrap_or_default();
    until("the server has both", SOON, || {
        account(&two.ben, "sync_now", &json!({}))?;
        let rows = two.server.rows(there, &[&id, &planned_s])?;
        let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        Ok(found == both)
    })?;
    Ok(())
}
