//! What stands behind what is tested elsewhere: guards that are met only where something before them
//! failed.

use mitta_domain::session::Stamp;
use mitta_protocol::ErrorCode;
use mitta_protocol::pull::Pulled;
use mitta_protocol::weeks::SitsQuery;
use mitta_server::sync::sits;

use crate::world::{
    World, body, date, deleted, note, op, outcomes, query, sat, session_id, sharing,
};

/// I4: that an op was done is part of what was done.
#[tokio::test]
async fn a_push_whose_ledger_cannot_be_written_leaves_nothing_i4() {
    let world = World::new().await;
    let me = world.person(1).await;
    world
        .sql("ALTER TABLE mitta.applied_ops ADD CHECK (outcome <> 'applied')")
        .await;
    let ops = [op(1, 1, sat(60)), op(2, 1, note("a"))];
    let failed = world.try_push(me, &ops).await.expect_err("fails");
    assert_eq!(failed.code(), ErrorCode::Internal);
    for table in [
        "sessions",
        "session_events",
        "changes",
        "day_totals",
        "applied_ops",
    ] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
}

/// I10: a feed that names what may not be shown, whoever wrote that into it, shows an id alone.
#[tokio::test]
async fn what_must_not_be_shown_is_not_read_though_a_feed_names_it_i10() {
    let world = World::new().await;
    let (me, partner) = (world.person(1).await, world.person(2).await);
    let share = world.partnership(1, &[me, partner], date(5)).await[0];
    let hidden = [
        op(1, 4, sat(60)),
        op(2, 6, sharing(false, false)),
        op(3, 6, sat(60)),
        op(4, 7, sat(60)),
        op(5, 7, deleted(true)),
        op(6, 8, mitta_domain::op::Change::Start { plan: None }),
        op(7, 9, sat(60)),
    ];
    world.push(me, &hidden).await;
    let paused_ms = op(0, 9, sat(60)).session.started_at_ms.0;
    world
        .sql(&format!(
            "INSERT INTO mitta.pauses VALUES ('{me}', '{share}', {paused_ms}, NULL);
            DELETE FROM mitta.changes WHERE share_id = '{share}';
            INSERT INTO mitta.changes (person_id, share_id, seq, kind, session_id)
                SELECT '{me}', '{share}', 100 + row_number() OVER (), 'session', session_id
                FROM mitta.sessions WHERE person_id = '{me}'"
        ))
        .await;
    let pulled = world.pull(partner, query(Some(share), 0, 500)).await;
    assert_eq!(pulled.changes.len(), 5);
    for change in &pulled.changes {
        assert!(
            matches!(change.entity, Pulled::Withdrawn { .. }),
            "{change:?}"
        );
    }
    let asked = SitsQuery {
        share_id: Some(share),
        from: date(0),
        to: date(20),
    };
    let read = sits::sits(world.server.server.state(), partner, asked).await;
    assert_eq!(read.expect("answers").shared, []);
}

/// I3: the same op in other words is another one, whichever of its bytes changed.
#[tokio::test]
async fn an_answered_op_that_comes_back_changed_is_refused_i3() {
    let world = World::new().await;
    let me = world.person(1).await;
    let first = op(1, 1, note("first"));
    world.push(me, std::slice::from_ref(&first)).await;
    let mut later = first.clone();
    later.stamp = Stamp {
        hlc_ms: later.stamp.hlc_ms + 1,
        ..later.stamp
    };
    let mut other = first.clone();
    other.session.session_id = session_id(2);
    for changed in [later, other, op(1, 1, note("second"))] {
        assert_ne!(
            body(std::slice::from_ref(&changed)),
            body(std::slice::from_ref(&first))
        );
        let answer = world.push(me, &[changed]).await;
        assert_eq!(outcomes(&answer), ["key_reuse"]);
    }
    assert_eq!(world.count("sessions").await, 1);
    assert_eq!(outcomes(&world.push(me, &[first]).await), ["duplicate"]);
}
