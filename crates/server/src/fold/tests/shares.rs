//! What shares are told: what changed in what they show, and nothing else (I10).

use super::*;

fn kinds(store: &Store, of: ShareId) -> Vec<(u128, ChangeKind)> {
    let changes = store.last.changes.iter().filter(|it| it.share_id == of);
    let told = changes.map(|it| (it.session_id.as_uuid().as_u128(), it.kind));
    told.collect()
}

#[test]
fn a_sit_that_a_share_does_not_show_moves_nothing_there_i10() {
    let paused = Pause {
        from_ms: begun(8).started_at_ms,
        until_ms: None,
    };
    let pausing = ShareRule {
        pauses: vec![paused],
        ..rule(5)
    };
    let mut store = Store::new(&[rule(5), pausing]);
    let ops = [
        op(1, 4, sat(60)),
        op(2, 6, start()),
        op(3, 7, sharing(false, false)),
        op(4, 7, sat(60)),
        op(5, 8, sat(60)),
        op(6, 7, note("x")),
        op(7, 4, deleted(true)),
    ];
    store.push(&bytes(&ops));
    assert_eq!(kinds(&store, share(0)), [(8, ChangeKind::Session)]);
    assert_eq!(kinds(&store, share(1)), []);
    assert_eq!(kinds(&store, ShareId::own(person())).len(), 4);
    let days: Vec<_> = store.last.touched_days.iter().map(|it| it.0).collect();
    assert_eq!(days.iter().filter(|id| **id == share(1)).count(), 0);
    assert_eq!(days.iter().filter(|id| **id == share(0)).count(), 1);
}

#[rstest]
#[case::what_partners_do_not_see(&[note("private")], &[])]
#[case::the_note_marked(&[note("a"), sharing(true, true)], &[ChangeKind::Session])]
#[case::withdrawn(&[sharing(false, false)], &[ChangeKind::Withdrawn])]
#[case::withdrawn_and_shared_again(&[sharing(false, false), sharing(true, false)], &[])]
#[case::deleted_and_restored(&[deleted(true), deleted(false)], &[])]
#[case::deleted(&[deleted(true)], &[ChangeKind::Withdrawn])]
#[case::corrected(&[Change::Credited { credited_s: Seconds(30) }], &[ChangeKind::Session])]
#[case::corrected_to_the_same(&[Change::Credited { credited_s: Seconds(60) }], &[])]
fn a_share_is_told_what_changed_in_what_it_shows(
    #[case] changes: &[Change],
    #[case] told: &[ChangeKind],
) {
    let mut store = Store::new(&[rule(0)]);
    store.push(&bytes(&[op(1, 1, sat(60))]));
    let ops: Vec<Op> = (2..)
        .zip(changes)
        .map(|(seq, it)| op(seq, 1, it.clone()))
        .collect();
    store.push(&bytes(&ops));
    let kinds: Vec<_> = kinds(&store, share(0)).into_iter().map(|it| it.1).collect();
    assert_eq!(kinds, told);
    let own = store
        .last
        .changes
        .iter()
        .filter(|it| it.share_id == ShareId::own(person()));
    assert_eq!(
        own.count(),
        1,
        "the own devices are told of every change, once"
    );
}

#[test]
fn a_sit_is_withdrawn_once_and_only_where_it_was() {
    let mut store = Store::new(&[rule(0), rule(20)]);
    store.push(&bytes(&[op(1, 1, sat(60))]));
    store.push(&bytes(&[op(2, 1, deleted(true))]));
    assert_eq!(kinds(&store, share(0)), [(1, ChangeKind::Withdrawn)]);
    assert_eq!(kinds(&store, share(1)), []);
    store.push(&bytes(&[op(3, 1, note("a"))]));
    assert_eq!(kinds(&store, share(0)), []);
}
