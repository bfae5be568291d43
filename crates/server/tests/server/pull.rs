//! Pulling: what changed, whole and in order, to whom it may be shown (I6, I7, I8, I10).

use mitta_domain::digest::Digest;
use mitta_domain::share::visible;
use mitta_domain::{PersonId, Session, ShareId, totals};
use mitta_protocol::ErrorCode;
use mitta_protocol::pull::Summary;
use mitta_protocol::weeks::{SitsQuery, WeeksQuery};
use mitta_server::sync::{pull, sits, weeks};
use rstest::rstest;

use crate::world::{
    Held, World, credited, date, deleted, events, note, op, query, rule, sat, secret, sharing,
};

/// Me, a partner, and what I share with them since the 5th.
async fn pair() -> (World, PersonId, PersonId, ShareId) {
    let world = World::new().await;
    let (me, partner) = (world.person(1).await, world.person(2).await);
    let shares = world.partnership(1, &[me, partner], date(5)).await;
    (world, me, partner, shares[0])
}

#[tokio::test]
async fn an_entity_stands_once_at_its_newest_position_with_its_events() {
    let world = World::new().await;
    let me = world.person(1).await;
    let ops: Vec<_> = (1..=7).map(|n| op(n.into(), n, sat(60))).collect();
    world.push(me, &ops).await;
    world.push(me, &[op(10, 2, note("a"))]).await;
    let mut held = Held::default();
    let last = world.read(me, None, 3, &mut held).await;
    assert_eq!((last.head_seq, last.next_after, held.own.len()), (8, 8, 7));
    assert_eq!(last.changes.len(), 1, "the third page");
    for (session, happened) in held.own.values() {
        assert_eq!(happened, &events(2), "{session:?}");
    }
    let whole = world.pull(me, query(None, 0, 500)).await;
    let seqs: Vec<u64> = whole.changes.iter().map(|it| it.seq).collect();
    assert_eq!(seqs, [1, 3, 4, 5, 6, 7, 8]);
    let nothing = world.pull(me, query(None, 8, 500)).await;
    assert!(nothing.complete && nothing.changes.is_empty());
}

#[rstest]
#[case::at_the_head(3, 3)]
#[case::beyond_it(99, 3)]
#[case::beyond_what_is_possible(u64::MAX, 3)]
#[tokio::test]
async fn where_nothing_is_left_the_head_is_next(#[case] after: u64, #[case] next: u64) {
    let world = World::new().await;
    let me = world.person(1).await;
    world
        .push(
            me,
            &[op(1, 1, sat(60)), op(2, 2, sat(60)), op(3, 3, sat(60))],
        )
        .await;
    let answer = world.pull(me, query(None, after, 3)).await;
    assert!(answer.complete && answer.changes.is_empty());
    assert_eq!(answer.next_after, next);
    // Exactly the last page.
    let page = world.pull(me, query(None, 0, 3)).await;
    assert!(page.complete && page.summary.is_some());
    let half = world.pull(me, query(None, 0, 2)).await;
    assert!(!half.complete && half.summary.is_none());
    assert_eq!(half.next_after, 2);
}

#[tokio::test]
async fn a_summary_is_that_of_the_rows_that_were_pulled_i8() {
    let (world, me, partner, share) = pair().await;
    let mut ops: Vec<_> = (1..=12).map(|n| op(n.into(), n, sat(n * 60))).collect();
    ops.push(op(20, 13, mitta_domain::op::Change::Start { plan: None }));
    ops.extend([
        op(21, 7, deleted(true)),
        op(22, 8, credited(5)),
        op(23, 9, note("x")),
    ]);
    ops.extend([
        op(24, 9, sharing(true, true)),
        op(25, 10, sharing(false, false)),
    ]);
    world.push(me, &ops).await;

    let (mut mine, mut theirs) = (Held::default(), Held::default());
    let own = world
        .read(me, None, 5, &mut mine)
        .await
        .summary
        .expect("a summary");
    let sessions: Vec<Session> = mine.own.into_values().map(|(session, _)| session).collect();
    let days = totals::day_totals(&sessions);
    let expected = Summary {
        rows: 13,
        digest: Digest::of_sessions(&sessions),
        sits: days.iter().map(|day| u64::from(day.sits)).sum(),
        credited_s: days.iter().map(|day| day.credited_s).sum(),
    };
    assert_eq!(own, expected);
    let shared = world
        .read(partner, Some(share), 2, &mut theirs)
        .await
        .summary;
    let sits: Vec<_> = sessions
        .iter()
        .filter_map(|it| visible(it, &rule(5)))
        .collect();
    let expected = Summary {
        rows: sits.len() as u64,
        digest: Digest::of_shared(&sits),
        sits: sits.len() as u64,
        credited_s: sits.iter().map(|sit| u64::from(sit.credited_s.0)).sum(),
    };
    assert_eq!(shared, Some(expected));
    assert_eq!(theirs.shared.into_values().collect::<Vec<_>>(), sits);

    // The weeks are the same sums, cut.
    let state = world.server.server.state();
    for (person, share_id, whole) in [(me, None, own), (partner, Some(share), expected)] {
        let asked = WeeksQuery {
            share_id,
            week_start: Some(chrono::Weekday::Sun),
        };
        let weeks = weeks::weeks(state, person, asked)
            .await
            .expect("weeks")
            .weeks;
        assert_eq!(
            weeks.iter().map(|week| week.first_date).collect::<Vec<_>>(),
            [date(0), date(7)]
        );
        assert_eq!(weeks.iter().map(|week| week.rows).sum::<u64>(), whole.rows);
        assert_eq!(weeks.iter().map(|week| week.sits).sum::<u64>(), whole.sits);
        assert_eq!(
            weeks.iter().map(|week| week.credited_s).sum::<u64>(),
            whole.credited_s
        );
    }
    let asked = WeeksQuery {
        share_id: None,
        week_start: Some(chrono::Weekday::Sun),
    };
    let first = weeks::weeks(state, me, asked).await.expect("weeks").weeks[0];
    let of_week = sessions.iter().filter(|it| it.start.local_date < date(7));
    assert_eq!(first.digest, Digest::of_sessions(of_week));
}

#[tokio::test]
async fn a_private_or_older_sit_moves_nothing_that_a_partner_can_see_i10() {
    let (world, me, partner, share) = pair().await;
    world
        .push(me, &[op(1, 6, sat(60)), op(2, 6, note("private words"))])
        .await;
    let before = world.pull(partner, query(Some(share), 0, 500)).await;
    assert_eq!(before.changes.len(), 1);
    let hidden = [
        op(3, 4, sat(60)),
        op(4, 8, sharing(false, false)),
        op(5, 8, sat(60)),
        op(6, 6, note("other words")),
        op(7, 4, deleted(true)),
        op(8, 9, mitta_domain::op::Change::Start { plan: None }),
    ];
    world.push(me, &hidden).await;
    assert_eq!(
        world.pull(partner, query(Some(share), 0, 500)).await,
        before
    );
    let text = serde_json::to_string(&before).expect("writes");
    for private in ["words", "Etc/UTC", "mood", "device"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
}

#[tokio::test]
async fn a_sit_is_withdrawn_only_from_shares_that_contained_it() {
    let (world, me, partner, share) = pair().await;
    let third = world.person(3).await;
    let later = world.partnership(2, &[me, third], date(20)).await[0];
    world
        .push(me, &[op(1, 6, sat(60)), op(2, 7, sat(60))])
        .await;
    world.push(me, &[op(3, 6, sharing(false, false))]).await;
    let mut held = Held::default();
    let pulled = world.read(partner, Some(share), 1, &mut held).await;
    assert_eq!((pulled.head_seq, held.shared.len()), (3, 1));
    assert_eq!(
        pulled.summary.map(|it| (it.rows, it.sits, it.credited_s)),
        Some((1, 1, 60))
    );
    let elsewhere = world.pull(third, query(Some(later), 0, 500)).await;
    assert_eq!((elsewhere.head_seq, elsewhere.changes.len()), (0, 0));
    // Shared again, it comes back.
    world
        .push(me, &[op(4, 6, sharing(true, true)), op(5, 6, note("n"))])
        .await;
    world.read(partner, Some(share), 1, &mut held).await;
    assert_eq!(held.shared.len(), 2);
    assert_eq!(
        held.shared
            .values()
            .next()
            .and_then(|sit| sit.note.as_deref()),
        Some("n")
    );
}

#[tokio::test]
async fn what_one_may_not_read_is_not_there_i10() {
    let (world, me, partner, share) = pair().await;
    let stranger = world.person(3).await;
    world.push(me, &[op(1, 6, sat(60))]).await;
    let state = world.server.server.state();
    let closed = "UPDATE mitta.memberships SET left_at_ms = 5 WHERE person_id = ";
    let none = ShareId::own(partner);
    for (reader, share_id) in [(stranger, share), (me, none), (stranger, ShareId::own(me))] {
        let pulled = pull::pull(state, reader, query(Some(share_id), 0, 5)).await;
        assert_eq!(pulled.expect_err("refused").code(), ErrorCode::NoSuchShare);
    }
    let pulled = world.pull(stranger, query(None, 0, 5)).await;
    assert_eq!(
        (
            pulled.shares.len(),
            pulled.partnerships.len(),
            pulled.head_seq
        ),
        (1, 0, 0)
    );
    let pulled = world.pull(partner, query(None, 0, 5)).await;
    assert_eq!((pulled.shares.len(), pulled.partnerships.len()), (3, 1));
    assert_eq!(pulled.shares[0].share_id, ShareId::own(partner));
    world.sql(&format!("{closed}'{partner}'")).await;
    for share_id in [share, ShareId::own(me)] {
        let asked = WeeksQuery {
            share_id: Some(share_id),
            week_start: None,
        };
        let refused = weeks::weeks(state, partner, asked).await;
        assert_eq!(refused.expect_err("refused").code(), ErrorCode::NoSuchShare);
    }
}

#[tokio::test]
async fn a_page_ends_before_its_events_are_too_many() {
    let world = World::new().await;
    let me = world.person(1).await;
    for n in 1..=5_u32 {
        let many = mitta_domain::op::Change::Sat {
            plan: None,
            completion: crate::world::completion(60),
            events: events(5_000),
        };
        world.push(me, &[op(n.into(), n, many)]).await;
    }
    let first = world.pull(me, query(None, 0, 500)).await;
    assert_eq!(
        (first.changes.len(), first.complete, first.next_after),
        (4, false, 4)
    );
    let mut held = Held::default();
    world.read(me, None, 500, &mut held).await;
    assert_eq!(held.own.len(), 5);
    assert!(
        held.own
            .values()
            .all(|(_, happened)| happened.len() == 5_000)
    );
}

#[rstest]
#[case(6, 6, 1, 1)]
#[case(5, 36, 3, 2)]
#[case(1, 4, 1, 0)]
#[tokio::test]
async fn the_rows_of_some_dates_are_those_and_no_others(
    #[case] from: u32,
    #[case] to: u32,
    #[case] own: usize,
    #[case] shared: usize,
) {
    let (world, me, partner, share) = pair().await;
    let hidden = [op(3, 8, sharing(false, false)), op(4, 8, sat(60))];
    let ops = [op(1, 4, sat(60)), op(2, 6, sat(60)), op(5, 9, sat(60))];
    world.push(me, &[&ops[..], &hidden].concat()).await;
    let state = world.server.server.state();
    let asked = |share_id| SitsQuery {
        share_id,
        from: date(from),
        to: date(to),
    };
    let mine = sits::sits(state, me, asked(None)).await.expect("sits");
    assert_eq!((mine.sessions.len(), mine.shared.len()), (own, 0));
    assert!(mine.sessions.iter().all(|sit| sit.events == events(2)));
    let theirs = sits::sits(state, partner, asked(Some(share)))
        .await
        .expect("sits");
    assert_eq!((theirs.sessions.len(), theirs.shared.len()), (0, shared));
    assert_eq!((mine.head_seq, theirs.head_seq), (4, 2));
}

#[rstest]
#[case("/v1/pull?after=0", 200)]
#[case("/v1/pull", 422)]
#[case("/v1/pull?after=-1", 422)]
#[case("/v1/pull?after=0&limit=501", 422)]
#[case("/v1/pull?after=0&limit=0", 422)]
#[case("/v1/pull?after=0&epoch=1", 422)]
#[case("/v1/pull?after=0&share_id=me", 422)]
#[case("/v1/pull?after=0&share_id=0197a3c2-5f00-7000-8000-000000000001", 404)]
#[case("/v1/weeks?week_start=Sat", 200)]
#[case("/v1/weeks?week_start=1", 422)]
#[case("/v1/sits?from=2026-11-01&to=2026-12-02", 200)]
#[case("/v1/sits?from=2026-11-01&to=2026-12-03", 422)]
#[case("/v1/sits?from=2026-11-02&to=2026-11-01", 422)]
#[tokio::test]
async fn a_query_is_read_strictly(#[case] path: &str, #[case] status: u16) {
    let world = World::new().await;
    world.person(1).await;
    assert_eq!(world.server.get(path).await.code(), ErrorCode::SignInNeeded);
    let bearer = format!("Bearer {}", secret(1).shown);
    let answer = world
        .server
        .send("GET", path, &[("authorization", &bearer)], "")
        .await;
    assert_eq!(answer.status.as_u16(), status, "{:?}", answer.body);
}
