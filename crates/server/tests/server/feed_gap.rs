//! No reader ever misses a change, although transactions commit out of order (I7), and the stored totals
//! are the sums of what was pushed, whoever pushed at the same time (I8).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use mitta_domain::op::Op;
use mitta_domain::share::visible;
use mitta_domain::{PersonId, SessionId, ShareId, totals};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::world::{
    Held, World, completion, credited, date, deleted, device, events, note, op, rule, sat,
    session_id, sharing,
};

const PERSONS: u8 = 4;
const DEVICES: u32 = 5;
const PUSHES: u32 = 12;

/// Each transaction that moved a feed waits a random while before it commits: long after it was given
/// its positions.
const SLOW_COMMITS: &str = "CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON mitta.feeds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.slow()";

/// Push `n` of a device: a sit of its own, and a change of one that all devices of the person change.
fn ops(by: u32, n: u32) -> [Op; 2] {
    let number = 100 + by * 1_000 + n;
    let mut own = op(number.into(), number, sat(60));
    own.session = crate::world::begun_on(number, n % 20);
    let mut all = op((500_000 + number).into(), 1, note(&format!("{by} {n}")));
    for op in [&mut own, &mut all] {
        op.stamp.device_id = device(by.into());
    }
    [own, all]
}

fn pushed() -> BTreeSet<SessionId> {
    let numbers = (0..DEVICES).flat_map(|by| (0..PUSHES).map(move |n| 100 + by * 1_000 + n));
    numbers.chain([1]).map(session_id).collect()
}

/// Reads one feed over and over while others write to it, then once more.
async fn follow(
    world: &World,
    reader: PersonId,
    share: Option<ShareId>,
    writing: &AtomicUsize,
) -> Held {
    let mut held = Held::default();
    loop {
        let is_last = writing.load(Ordering::SeqCst) == 0;
        world.read(reader, share, 7, &mut held).await;
        if is_last {
            return held;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_pages_while_twenty_devices_push_misses_nothing_i7() {
    let flags = ["--pool-size", "32", "--pool-wait-s", "30"];
    let world = World::with(&flags).await;
    let second = world.second_server(&flags).await;
    world.sql(SLOW_COMMITS).await;
    let mut persons = Vec::new();
    for n in 0..PERSONS {
        persons.push(world.person(n).await);
    }
    let shares = world.partnership(1, &persons, date(0)).await;
    for person in &persons {
        world.push(*person, &[op(1, 1, sat(60))]).await;
    }
    let writing = AtomicUsize::new(usize::from(PERSONS) * DEVICES as usize);
    let write = async |person: PersonId, by: u32| {
        let server = if by.is_multiple_of(2) {
            &world.server
        } else {
            &second
        };
        for n in 0..PUSHES {
            world.push_at(server, person, &ops(by, n)).await;
        }
        writing.fetch_sub(1, Ordering::SeqCst);
    };
    let writers = persons
        .iter()
        .flat_map(|person| (0..DEVICES).map(|by| write(*person, by)));
    let own = persons
        .iter()
        .map(|person| follow(&world, *person, None, &writing));
    // Everybody reads the share of the next one.
    let readers = persons.iter().cycle().skip(1);
    let theirs = shares
        .iter()
        .zip(readers)
        .map(|(share, reader)| follow(&world, *reader, Some(*share), &writing));
    let (_, own, of_others) = tokio::join!(
        futures_util::future::join_all(writers),
        futures_util::future::join_all(own),
        futures_util::future::join_all(theirs),
    );
    for held in own {
        assert_eq!(held.own.keys().copied().collect::<BTreeSet<_>>(), pushed());
        // And each as it is now: the change that came last was seen too.
        let (session, _) = &held.own[&session_id(1)];
        assert_eq!(session.words.note.as_deref(), Some("4 11"));
    }
    for held in of_others {
        assert_eq!(held.shared.into_keys().collect::<BTreeSet<_>>(), pushed());
    }
    for (person, share) in persons.iter().zip(&shares) {
        for feed in [ShareId::own(*person), *share] {
            let sits: u32 = world.days(feed).await.iter().map(|day| day.1).sum();
            assert_eq!(sits, DEVICES * PUSHES + 1, "no total drifted");
        }
    }
}

fn any_ops() -> impl Strategy<Value = Vec<Op>> {
    let complete = |s: u32| mitta_domain::op::Change::Complete {
        completion: completion(s),
        events: events(1),
    };
    let change = prop_oneof![
        Just(mitta_domain::op::Change::Start { plan: None }),
        (0_u32..3).prop_map(move |s| complete(s * 60)),
        (1_u32..3).prop_map(|s| sat(s * 60)),
        "[ab]{0,2}".prop_map(|text| note(&text)),
        (1_u32..3).prop_map(|s| credited(s * 30)),
        (any::<bool>(), any::<bool>()).prop_map(|(a, b)| sharing(a, b)),
        any::<bool>().prop_map(deleted),
    ];
    let ops = proptest::collection::vec((change, 1_u32..=9), 1..60);
    ops.prop_map(|ops| {
        let op = |(seq, (change, n)): (u64, (_, u32))| {
            let mut op = op(seq, n, change);
            // Three sessions a day.
            op.session = crate::world::begun_on(n, n / 3);
            op
        };
        (1..).zip(ops).map(op).collect()
    })
}

#[tokio::test]
async fn whatever_is_pushed_the_stored_totals_are_the_sums_of_the_sessions_i8() {
    let world = World::new().await;
    let mut runner = TestRunner::deterministic();
    for case in 0..24_u8 {
        let (me, partner) = (
            world.person(case * 2 + 1).await,
            world.person(case * 2 + 2).await,
        );
        let share = world
            .partnership(case.into(), &[me, partner], date(1))
            .await[0];
        let ops = any_ops().new_tree(&mut runner).expect("ops").current();
        let size = 1 + usize::from(case) % 7;
        let (mut mine, mut theirs) = (Held::default(), Held::default());
        for part in ops.chunks(size) {
            world.push(me, part).await;
            let own = world.read(me, None, 4, &mut mine).await;
            let shown = world.read(partner, Some(share), 4, &mut theirs).await;
            let sessions = || mine.own.values().map(|(session, _)| session);
            let days = totals::day_totals(sessions());
            let days: Vec<_> = days
                .iter()
                .map(|d| (d.local_date, d.sits, d.credited_s))
                .collect();
            assert_eq!(world.days(ShareId::own(me)).await, days, "{ops:?}");
            let sits: Vec<_> = sessions().filter_map(|it| visible(it, &rule(1))).collect();
            assert_eq!(
                theirs.shared.values().cloned().collect::<Vec<_>>(),
                sits,
                "{ops:?}"
            );
            let visible = sessions().filter(|it| visible(it, &rule(1)).is_some());
            let days = totals::day_totals(visible);
            let days: Vec<_> = days
                .iter()
                .map(|d| (d.local_date, d.sits, d.credited_s))
                .collect();
            assert_eq!(world.days(share).await, days, "{ops:?}");
            let sums = [own.summary, shown.summary].map(|it| it.expect("a summary").rows);
            assert_eq!(sums, [mine.own.len() as u64, sits.len() as u64]);
        }
    }
}
