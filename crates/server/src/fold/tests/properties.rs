//! The laws of the fold of pushes, over random ops cut into random pushes, with some sent again.

use std::collections::BTreeMap;

use mitta_domain::share::SharedSit;
use proptest::prelude::*;

use super::*;

/// Ops of up to six sessions on days 1 to 6, in no order.
fn ops() -> impl Strategy<Value = Vec<Op>> {
    let change = prop_oneof![
        Just(start()),
        (0_u32..3).prop_map(|s| complete(s * 60)),
        (1_u32..3).prop_map(|s| sat(s * 60)),
        "[ab]{0,2}".prop_map(|text| note(&text)),
        (0_u32..3).prop_map(|s| Change::Credited {
            credited_s: Seconds(s * 60)
        }),
        (any::<bool>(), any::<bool>()).prop_map(|(a, b)| sharing(a, b)),
        any::<bool>().prop_map(deleted),
    ];
    proptest::collection::vec((change, 1_u32..=6), 1..40).prop_map(|ops| {
        let ops = (1..).zip(ops).map(|(seq, (change, n))| op(seq, n, change));
        ops.collect()
    })
}

fn rules() -> [ShareRule; 2] {
    let paused = Pause {
        from_ms: begun(3).started_at_ms,
        until_ms: Some(begun(5).started_at_ms),
    };
    let pausing = ShareRule {
        pauses: vec![paused],
        ..rule(2)
    };
    [rule(0), pausing]
}

/// What a partner's device holds after reading a feed.
type Seen = BTreeMap<SessionId, SharedSit>;

fn read(seen: &mut Seen, store: &Store, n: u32) {
    let told = store.last.changes.iter();
    for change in told.filter(|it| it.share_id == share(n.into())) {
        let sits = store.visible(n as usize);
        let sit = sits
            .into_iter()
            .find(|sit| sit.session_id == change.session_id);
        match change.kind {
            ChangeKind::Session => seen.insert(change.session_id, sit.unwrap()),
            ChangeKind::Withdrawn => {
                assert_eq!(sit, None);
                Some(
                    seen.remove(&change.session_id)
                        .expect("withdrawn only where it was"),
                )
            }
        };
    }
}

proptest! {
    /// I3, I7, I10: whoever follows a feed holds what the rule shows, however ops are cut into
    /// pushes; and pushing all again moves nothing.
    #[test]
    fn however_ops_are_cut_into_pushes_each_feed_leads_to_what_is_visible(
        ops in ops(), cuts in proptest::collection::vec(1_usize..12, 1..12), again in any::<prop::sample::Index>()
    ) {
        let all = bytes(&ops);
        let mut at_once = Store::new(&rules());
        let one = names(&at_once.push(&all));
        let mut cut = Store::new(&rules());
        let (mut seen, mut answers) = ([Seen::new(), Seen::new()], Vec::new());
        let mut rest = all.as_slice();
        for len in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*len).min(rest.len()));
            answers.extend(names(&cut.push(now)));
            for (n, seen) in (0..).zip(&mut seen) {
                read(seen, &cut, n);
            }
            rest = later;
        }
        prop_assert_eq!(one, answers);
        prop_assert_eq!(&at_once.sessions, &cut.sessions);
        prop_assert_eq!(&at_once.events, &cut.events);
        for (n, seen) in seen.into_iter().enumerate() {
            let held: Vec<_> = seen.into_values().collect();
            prop_assert_eq!(held, cut.visible(n));
        }

        let sent_again = again.index(all.len());
        let folded = cut.push(&all[sent_again..]);
        prop_assert!(folded.changes.is_empty() && folded.ledger.is_empty() && folded.events.is_empty());
        prop_assert!(!names(&folded).contains(&"applied".to_owned()));
    }

    /// I8: a day whose totals change is always named.
    #[test]
    fn a_day_whose_sum_changes_is_touched(ops in ops(), first in any::<prop::sample::Index>()) {
        let all = bytes(&ops);
        let (before, after) = all.split_at(first.index(all.len()));
        let mut store = Store::new(&[]);
        store.push(before);
        let days = |store: &Store| mitta_domain::totals::day_totals(store.sessions.values());
        let sums = days(&store);
        store.push(after);
        let own = ShareId::own(person());
        for day in sums.iter().chain(&days(&store)) {
            let is_same = sums.contains(day) && days(&store).contains(day);
            prop_assert!(is_same || store.last.touched_days.contains(&(own, day.local_date)));
        }
    }
}
