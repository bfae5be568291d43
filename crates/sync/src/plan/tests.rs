//! The case tables of the plan: what comes next, what a failed push means, which answer is stored.

use mitta_domain::digest::Digest;
use mitta_domain::{PersonId, SessionId, UnixMillis};
use mitta_protocol::MAX_PUSH_OPS;
use mitta_protocol::pull::{PullAnswer, Pulled, PulledChange};
use mitta_protocol::weeks::WeekSummary;
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::remote::RemoteError;

fn share(n: u128) -> ShareId {
    ShareId::from_uuid(Uuid::from_u128(n))
}

fn person(n: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(n))
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(share: Option<ShareId>, stage: Stage) -> Feed {
    Feed {
        stage,
        ..Feed::new(share, 7, true)
    }
}

fn pull(share_id: Option<ShareId>) -> Step {
    Step::Pull(PullQuery {
        share_id,
        after: 7,
        limit: None,
        summary: true,
    })
}

#[rstest]
#[case::what_waits_is_sent_first(Sending::Todo, vec![at(None, Stage::Behind)], Step::Push)]
#[case::also_while_a_feed_is_at_work(Sending::Todo, vec![at(None, Stage::Differs)], Step::Push)]
#[case::then_the_own_feed(Sending::Done, vec![at(None, Stage::Behind)], pull(None))]
#[case::though_sending_failed(Sending::Failed, vec![at(None, Stage::Behind)], pull(None))]
#[case::then_each_share(
    Sending::Done,
    vec![at(None, Stage::Done), at(Some(share(1)), Stage::Behind), at(Some(share(2)), Stage::Behind)],
    pull(Some(share(1))),
)]
#[case::a_share_that_failed_holds_up_no_other(
    Sending::Done,
    vec![at(None, Stage::Done), at(Some(share(1)), Stage::Failed), at(Some(share(2)), Stage::Behind)],
    pull(Some(share(2))),
)]
#[case::what_differs_is_looked_into(
    Sending::Done,
    vec![at(None, Stage::Differs)],
    Step::Weeks(None),
)]
#[case::week_by_week(
    Sending::Done,
    vec![at(None, Stage::Mend(vec![date("2026-11-09"), date("2026-11-16")]))],
    Step::Mend(None, date("2026-11-09")),
)]
#[case::until_nothing_is_left(
    Sending::Done,
    vec![at(None, Stage::Done), at(Some(share(1)), Stage::Done)],
    Step::Done,
)]
#[case::or_nothing_can_be_done(Sending::Failed, vec![at(None, Stage::Failed)], Step::Done)]
#[case::no_weeks_are_nothing_to_mend(Sending::Done, vec![at(None, Stage::Mend(vec![]))], Step::Done)]
fn a_round_goes_on(#[case] sending: Sending, #[case] feeds: Vec<Feed>, #[case] step: Step) {
    assert_eq!(next(&Plan { sending, feeds }), step);
}

fn refused(code: &str) -> RemoteError {
    RemoteError::Refused {
        code: code.to_owned(),
        message: String::new(),
    }
}

fn set_aside(code: &str) -> Next {
    Next::SetAside {
        code: code.to_owned(),
    }
}

#[rstest]
#[case(RemoteError::TooLarge, Next::Smaller, set_aside("body_too_large"))]
#[case(RemoteError::AnswerTooLarge, Next::Smaller, Next::Stop)]
#[case(refused("invalid_field"), Next::Smaller, set_aside("invalid_field"))]
#[case(refused("malformed_op"), Next::Smaller, set_aside("malformed_op"))]
#[case(refused("malformed_json"), Next::Smaller, set_aside("malformed_json"))]
#[case(refused("too_many_ops"), Next::Smaller, set_aside("body_too_large"))]
#[case(refused("internal"), Next::Smaller, Next::Later { after_s: 300 })]
#[case(RemoteError::Timeout, Next::Smaller, Next::Stop)]
#[case(refused("unknown"), Next::Stop, Next::Stop)]
#[case(refused("foreign_page"), Next::Stop, Next::Stop)]
#[case(refused("not_found"), Next::Stop, Next::Stop)]
#[case(RemoteError::Offline(String::new()), Next::Stop, Next::Stop)]
#[case(RemoteError::Certificate(String::new()), Next::Stop, Next::Stop)]
#[case(RemoteError::NotMitta, Next::Stop, Next::Stop)]
#[case(RemoteError::SignInNeeded, Next::Stop, Next::Stop)]
#[case(RemoteError::Unsupported { update_this: true }, Next::Stop, Next::Stop)]
#[case(RemoteError::Busy { after_s: None }, Next::Stop, Next::Stop)]
#[case(RemoteError::RateLimited { after_s: None }, Next::Stop, Next::Stop)]
#[case(RemoteError::NoSuchShare(None), Next::Stop, Next::Stop)]
#[case(RemoteError::Garbled(String::new()), Next::Stop, Next::Stop)]
fn an_op_is_set_aside_only_alone_and_for_what_it_says(
    #[case] error: RemoteError,
    #[case] among_many: Next,
    #[case] alone: Next,
) {
    assert_eq!(Pace::default().failed(&error, 2_000), among_many);
    assert_eq!(Pace::default().failed(&error, 1), alone);
}

#[test]
fn a_push_that_failed_is_halved_down_to_one_op_and_grows_again() {
    let mut pace = Pace::default();
    let mut sizes = vec![pace.max_ops()];
    while pace.failed(&RemoteError::TooLarge, pace.max_ops()) == Next::Smaller {
        sizes.push(pace.max_ops());
    }
    assert_eq!(sizes, [2000, 1000, 500, 250, 125, 62, 31, 15, 7, 3, 1]);
    for _ in 0..20 {
        pace.answered();
    }
    assert_eq!(pace.max_ops(), MAX_PUSH_OPS);
}

#[test]
fn a_server_that_fails_at_every_op_is_left_alone() {
    let mut pace = Pace::default();
    let error = refused("internal");
    assert_eq!(pace.failed(&error, 1), Next::Later { after_s: 300 });
    assert_eq!(pace.failed(&error, 1), Next::Stop);
}

fn known() -> Known {
    Known {
        server_id: Uuid::from_u128(1),
        epoch: Some("1-a".to_owned()),
        person_id: person(5),
    }
}

/// An answer to a pull of the own feed after 7, with withdrawn entities at `seqs`.
fn answer(seqs: &[u64]) -> PullAnswer {
    let change = |seq: &u64| PulledChange {
        seq: *seq,
        entity: Pulled::Withdrawn {
            session_id: SessionId::from_uuid(Uuid::from_u128(u128::from(*seq))),
        },
    };
    PullAnswer {
        server_id: Uuid::from_u128(1),
        epoch: "1-a".to_owned(),
        server_time_ms: UnixMillis(0),
        person_id: person(5),
        share_id: share(9),
        head_seq: 10,
        changes: seqs.iter().map(change).collect(),
        next_after: 10,
        complete: true,
        summary: None,
        shares: vec![],
        partnerships: vec![],
    }
}

fn judged(change: impl FnOnce(&mut PullAnswer)) -> Verdict {
    let asked = PullQuery {
        share_id: Some(share(9)),
        after: 7,
        limit: None,
        summary: false,
    };
    let mut answer = answer(&[8, 10]);
    change(&mut answer);
    page(&known(), &asked, &answer)
}

#[test]
fn an_answer_that_fits_is_stored() {
    assert_eq!(judged(|_| {}), Verdict::Store);
    // A page that ends at the head without saying so is followed by an empty one.
    assert_eq!(judged(|a| a.complete = false), Verdict::Store);
}

#[rstest]
#[case(|a: &mut PullAnswer| a.server_id = Uuid::nil(), Verdict::OtherServer)]
#[case(|a: &mut PullAnswer| a.epoch = "2-a".to_owned(), Verdict::Renewed)]
#[case(|a: &mut PullAnswer| a.person_id = person(6), Verdict::OtherPerson)]
#[case(
    |a: &mut PullAnswer| { a.changes.clear(); a.head_seq = 6; a.next_after = 6; },
    Verdict::WentBack
)]
fn an_answer_of_somebody_else_is_not_stored(
    #[case] change: fn(&mut PullAnswer),
    #[case] verdict: Verdict,
) {
    assert_eq!(judged(change), verdict);
}

#[rstest]
#[case(|a: &mut PullAnswer| a.share_id = share(8))]
#[case(|a: &mut PullAnswer| a.changes[0].seq = 7)]
#[case(|a: &mut PullAnswer| a.changes[1].seq = 8)]
#[case(|a: &mut PullAnswer| a.changes[1].seq = 11)]
#[case(|a: &mut PullAnswer| a.next_after = 9)]
#[case(|a: &mut PullAnswer| a.next_after = 11)]
#[case(|a: &mut PullAnswer| { a.head_seq = 12; })]
#[case(|a: &mut PullAnswer| { a.changes.clear(); a.next_after = 7; a.complete = false; })]
fn an_answer_that_breaks_the_protocol_is_not_stored(#[case] change: fn(&mut PullAnswer)) {
    assert!(matches!(judged(change), Verdict::Garbled(_)));
}

#[test]
fn a_share_never_fills_the_own_history() {
    // Withdrawn is for shares; in the own feed nothing ever goes (I10).
    let asked = PullQuery {
        share_id: None,
        after: 7,
        limit: None,
        summary: false,
    };
    let mut answer = answer(&[8, 10]);
    answer.share_id = ShareId::own(person(5));
    let verdict = page(&known(), &asked, &answer);
    assert!(matches!(verdict, Verdict::Garbled(_)));
}

#[test]
fn weeks_that_differ_are_named_once_oldest_first() {
    let week = |first_date: &str, rows: u64| WeekSummary {
        first_date: date(first_date),
        rows,
        digest: Digest::default(),
        sits: rows,
        credited_s: rows * 60,
    };
    let here = [
        week("2026-11-02", 1),
        week("2026-11-09", 2),
        week("2026-11-16", 3),
    ];
    let there = [
        week("2026-10-26", 1),
        week("2026-11-02", 1),
        week("2026-11-16", 4),
    ];
    assert_eq!(
        differing_weeks(&here, &there),
        ["2026-10-26", "2026-11-09", "2026-11-16"].map(date)
    );
    assert_eq!(differing_weeks(&here, &here), []);
}
