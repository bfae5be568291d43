use mitta_domain::{PartnershipId, Seconds, TogetherBells};
use rstest::rstest;
use uuid::Uuid;

use super::*;

/// The server is 5 s ahead of the wall clock, which stands at the boot clock and this.
const WALL_MS: i64 = 1_795_248_000_000;
const AHEAD_MS: i64 = 5_000;

fn at(boot_ms: u64) -> Moment {
    Moment {
        wall_ms: UnixMillis(WALL_MS + i64::try_from(boot_ms).unwrap()),
        boot_ms,
        boot_id: "one".into(),
    }
}

fn clock() -> ClockRow {
    ClockRow {
        measured_at_ms: UnixMillis(WALL_MS),
        server_minus_wall_ms: AHEAD_MS,
        boot_id: "one".into(),
        server_minus_boot_ms: WALL_MS + AHEAD_MS,
        error_ms: 9,
    }
}

/// So many milliseconds after the first moment, on the server's clock.
fn there(ms: i64) -> UnixMillis {
    UnixMillis(WALL_MS + AHEAD_MS + ms)
}

fn person(n: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(n))
}

fn ours() -> PartnershipId {
    PartnershipId::from_uuid(Uuid::from_u128(0xaa))
}

fn sitting(ends_at_ms: Option<i64>) -> SittingNow {
    SittingNow {
        partnership_id: ours(),
        person_id: person(2),
        started_at_ms: there(-60_000),
        ends_at_ms: ends_at_ms.map(there),
        together_id: None,
    }
}

fn proposal(n: u128, starts_in_ms: i64, joined: &[u128]) -> Proposal {
    let answer = |person_id| ProposalAnswer {
        person_id,
        answer: JoinAnswer::Joined,
    };
    Proposal {
        together_id: TogetherId::from_uuid(Uuid::from_u128(n)),
        partnership_id: ours(),
        proposed_by: person(2),
        starts_at_ms: there(starts_in_ms),
        planned_s: PlannedLength::from_seconds(600).unwrap(),
        bells: TogetherBells {
            start_strikes: 3,
            end_strikes: 1,
            interval_every_s: Some(Seconds(60)),
        },
        answers: joined.iter().map(|n| answer(person(*n))).collect(),
    }
}

fn heard(sitting: Vec<SittingNow>, proposals: Vec<Proposal>, is_live: bool) -> Heard {
    let now = Now {
        now_ms: there(0),
        sitting,
        proposals,
    };
    let mut heard = Heard::default();
    assert!(heard.hear(now, at(0), is_live));
    heard
}

#[test]
fn times_are_told_on_this_computers_clock() {
    let heard = heard(
        vec![sitting(Some(600_000))],
        vec![proposal(1, 30_000, &[2])],
        true,
    );
    for clock in [Some(clock()), None] {
        let shown = heard.picture(person(1), &[], clock.as_ref(), &at(1_000));
        assert_eq!(shown.now.now_ms, UnixMillis(WALL_MS + 1_000));
        let one = shown.now.sitting[0];
        assert_eq!(one.started_at_ms, UnixMillis(WALL_MS - 60_000));
        assert_eq!(one.ends_at_ms, Some(UnixMillis(WALL_MS + 600_000)));
        assert_eq!(
            shown.now.proposals[0].starts_at_ms,
            UnixMillis(WALL_MS + 30_000)
        );
        assert_eq!(shown.clock_error_ms, clock.map(|it| it.error_ms));
    }
}

/// Nobody is shown as sitting longer than that can be known.
#[rstest]
#[case::live(Some(600_000), true, 599_999, true)]
#[case::live_and_over(Some(600_000), true, 600_000, false)]
#[case::live_and_open_ended(None, true, 7_200_000, true)]
#[case::offline_a_moment(Some(600_000), false, 119_999, true)]
#[case::offline_too_long(Some(600_000), false, 120_000, false)]
#[case::offline_and_over(Some(60_000), false, 60_000, false)]
fn who_may_still_be_sitting(
    #[case] ends_at_ms: Option<i64>,
    #[case] is_live: bool,
    #[case] later_ms: u64,
    #[case] is_shown: bool,
) {
    let heard = heard(vec![sitting(ends_at_ms)], vec![], is_live);
    let shown = heard.picture(person(1), &[], Some(&clock()), &at(later_ms));
    assert_eq!(!shown.now.sitting.is_empty(), is_shown);
    assert_eq!(shown.is_live, is_live);
}

#[test]
fn what_was_joined_is_shown_without_the_network_until_it_is_over() {
    let seat = seat_of(&proposal(7, 30_000, &[2, 1]), person(1)).unwrap();
    let shown = |later_ms| {
        let heard = Heard::default();
        let shown = heard.picture(person(1), &[seat], Some(&clock()), &at(later_ms));
        shown.now.proposals
    };
    let one = &shown(1)[0];
    assert_eq!(one.starts_at_ms, UnixMillis(WALL_MS + 30_000));
    assert_eq!(one.proposed_by, person(2));
    let joined = ProposalAnswer {
        person_id: person(1),
        answer: JoinAnswer::Joined,
    };
    assert_eq!(one.answers, [joined]);
    assert_eq!(shown(629_999).len(), 1);
    assert_eq!(shown(630_000), []);
}

#[test]
fn a_proposal_that_was_heard_is_not_shown_twice_and_comes_in_its_order() {
    let (late, soon) = (proposal(1, 60_000, &[1, 2]), proposal(2, 30_000, &[2]));
    let seat = seat_of(&late, person(1)).unwrap();
    assert_eq!(seat_of(&soon, person(1)), None);
    let heard = heard(vec![], vec![late.clone(), soon.clone()], false);
    let shown = heard.picture(person(1), &[seat], Some(&clock()), &at(0));
    let ids: Vec<_> = shown
        .now
        .proposals
        .iter()
        .map(|it| it.together_id)
        .collect();
    assert_eq!(ids, [soon.together_id, late.together_id]);
    assert_eq!(shown.now.proposals[1].answers.len(), 2);
}

#[test]
fn only_another_picture_is_news() {
    let picture = |now_ms| Now {
        now_ms: there(now_ms),
        sitting: vec![sitting(None)],
        proposals: vec![],
    };
    let mut heard = Heard::default();
    assert!(heard.hear(picture(0), at(0), true));
    assert!(!heard.hear(picture(9), at(9), true));
    assert!(heard.hear(picture(10), at(10), false));
    heard.put(proposal(1, 5, &[1]));
    assert!(heard.hear(picture(11), at(11), false));
    heard.put(proposal(1, 5, &[1]));
    heard.put(proposal(1, 6, &[1]));
    let shown = heard.picture(person(1), &[], None, &at(11)).now.proposals;
    assert_eq!(shown.len(), 1);
    heard.take_out(shown[0].together_id);
    assert!(!heard.hear(picture(12), at(12), false));
}
