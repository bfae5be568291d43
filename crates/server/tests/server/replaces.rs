//! Sits that were added by hand, and a date that was corrected: kept, told on, and counted once.

use mitta_domain::op::{Change, OP_VERSION, OP_VERSION_REPLACING, Op};
use mitta_domain::{SessionStart, ShareId, Source};

use crate::world::{
    Held, World, begun_on, completion, date, deleted, events, op, outcomes, query, session_id,
};

fn by_hand(seq: u64, n: u32, replaces: Option<u32>) -> Op {
    let change = Change::Sat {
        plan: None,
        completion: completion(600),
        events: events(1),
    };
    Op {
        v: if replaces.is_some() {
            OP_VERSION_REPLACING
        } else {
            OP_VERSION
        },
        session: SessionStart {
            source: Source::Manual,
            replaces: replaces.map(session_id),
            ..begun_on(n, n)
        },
        ..op(seq, n, change)
    }
}

#[tokio::test]
async fn a_corrected_date_counts_once_and_says_what_it_replaced() {
    let world = World::new().await;
    let me = world.person(1).await;
    let first = by_hand(1, 1, None);
    let deletion = Op {
        session: first.session.clone(),
        ..op(3, 1, deleted(true))
    };
    let ops = [first, by_hand(2, 2, Some(1)), deletion];
    let answer = world.push(me, &ops).await;
    assert_eq!(outcomes(&answer), ["applied"; 3]);
    let mut held = Held::default();
    held.take(&world.pull(me, query(None, 0, 100)).await);
    let found = held.own.values().map(|(session, _)| session);
    let told: Vec<_> = found
        .map(|it| (it.start.source, it.start.replaces, it.deleted))
        .collect();
    let expected = [
        (Source::Manual, None, true),
        (Source::Manual, Some(session_id(1)), false),
    ];
    assert_eq!(told, expected);
    let own = ShareId::from_uuid(me.as_uuid());
    assert_eq!(world.days(own).await, [(date(2), 1, 600)]);
}

/// A session's start is what it is, what it replaces included; and the version says what it says.
#[tokio::test]
async fn what_a_session_replaces_never_changes_and_is_of_the_second_version() {
    let world = World::new().await;
    let me = world.person(1).await;
    world.push(me, &[by_hand(1, 2, Some(1))]).await;
    let other = Op {
        session: by_hand(9, 2, Some(7)).session,
        ..by_hand(2, 2, Some(1))
    };
    let none = by_hand(3, 2, None);
    let old = Op {
        v: OP_VERSION,
        ..by_hand(4, 3, Some(1))
    };
    let itself = by_hand(5, 4, Some(4));
    let newer = Op {
        v: OP_VERSION_REPLACING + 1,
        ..by_hand(6, 5, Some(1))
    };
    let answer = world.push(me, &[other, none, old, itself, newer]).await;
    assert_eq!(
        outcomes(&answer),
        [
            "other_session",
            "other_session",
            "unknown_version",
            "other_session",
            "unknown_version"
        ]
    );
}
