//! Sitting together, asked of a server over HTTP: nothing twice, and a seat for whoever joined.

use mitta_protocol::now::JoinAnswer;

use super::couple::*;
use super::*;
use crate::api::{AnswerArgs, ProposalArgs};

#[test]
fn a_lost_answer_makes_no_second_proposal() {
    let partners = partners(|path, nth| {
        // Cut without a word, after it was done.
        (path.ends_with("/proposals") && nth == 1).then(Vec::new)
    });
    let home = signed_in(&partners);
    let made = home.engine.propose(propose(None)).unwrap();
    assert_eq!(made.starts_at_ms, NOW.plus_ms(30_000), "on this clock");
    let bodies = partners.bodies("/proposals");
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[0]["together_id"], made.together_id.to_string());
    assert_eq!(made.together_id.as_uuid().get_version_num(), 7);
    assert_eq!(partners.count("GET /v1/time"), 8, "measured once");
    // Once joined, nobody is needed.
    let together_id = made.together_id;
    let seat = home.engine.seat(ProposalArgs { together_id }).unwrap();
    assert_eq!(
        seat.starts_at_boot_ms,
        i64::try_from(BOOT_MS).unwrap() + 30_000
    );
    let now = home.engine.together_now(NoArgs {}).unwrap();
    assert_eq!(now.now.proposals.len(), 1);
    assert_eq!((now.is_live, now.clock_error_ms), (false, Some(0)));
}

#[test]
fn a_start_is_sent_on_the_servers_clock() {
    let partners = partners(|_, _| None);
    let home = signed_in(&partners);
    let starts_at_ms = Some(NOW.plus_ms(3_600_000));
    let made = home.engine.propose(propose(starts_at_ms)).unwrap();
    assert_eq!(Some(made.starts_at_ms), starts_at_ms);
    let sent = &partners.bodies("/proposals")[0]["starts_at_ms"];
    assert_eq!(sent, NOW.0 + 3_600_000 + AHEAD_MS);
}

#[rstest]
#[case("invalid_time", Code::InvalidTime)]
#[case("changed_meanwhile", Code::ChangedMeanwhile)]
#[case("no_such_partnership", Code::NoSuchPartnership)]
fn a_refused_proposal_says_why(#[case] said: &'static str, #[case] expected: Code) {
    let partners =
        partners(move |path, _| path.ends_with("/proposals").then(|| refused(409, said)));
    let home = signed_in(&partners);
    assert_eq!(code(home.engine.propose(propose(None))), expected);
    assert_eq!(partners.bodies("/proposals").len(), 1, "not asked again");
}

#[test]
fn who_joins_has_a_seat_and_who_declines_gives_it_up() {
    let partners = partners(|_, _| None);
    let home = signed_in(&partners);
    let together_id = joined(7).together_id;
    let seat = || home.engine.seat(ProposalArgs { together_id });
    assert_eq!(code(seat()), Code::NoSuchProposal);
    home.engine.answer_proposal(joined(7)).unwrap();
    assert_eq!(seat().unwrap().bells, bells());
    let declined = AnswerArgs {
        answer: JoinAnswer::Declined,
        ..joined(7)
    };
    home.engine.answer_proposal(declined).unwrap();
    assert_eq!(code(seat()), Code::NoSuchProposal);
}

#[test]
fn a_proposal_that_is_gone_takes_its_seat_along() {
    let is_gone = Arc::new(AtomicBool::new(false));
    let goes = Arc::clone(&is_gone);
    let partners = partners(move |path, _| {
        let is_asked = path.ends_with("/answer") && goes.load(Ordering::SeqCst);
        is_asked.then(|| refused(404, "no_such_proposal"))
    });
    let home = signed_in(&partners);
    home.engine.answer_proposal(joined(7)).unwrap();
    is_gone.store(true, Ordering::SeqCst);
    assert_eq!(
        code(home.engine.answer_proposal(joined(7))),
        Code::NoSuchProposal
    );
    let now = home.engine.together_now(NoArgs {}).unwrap();
    assert_eq!(now.now.proposals, []);
}

#[rstest]
#[case::at_once(0, 1, Ok(()))]
#[case::with_a_lost_answer(1, 2, Ok(()))]
#[case::of_one_that_is_over(0, 1, Err(Code::NoSuchProposal))]
fn a_proposal_is_taken_back(
    #[case] lost: usize,
    #[case] asked: usize,
    #[case] expected: Result<(), Code>,
) {
    let partners = partners(move |path, nth| {
        if !path.starts_with("DELETE /v1/proposals/") {
            return None;
        }
        match nth {
            _ if nth <= lost => Some(Vec::new()),
            // It was done the first time.
            _ if lost > 0 || expected.is_err() => Some(refused(404, "no_such_proposal")),
            _ => None,
        }
    });
    let home = signed_in(&partners);
    let together_id = home.engine.propose(propose(None)).unwrap().together_id;
    let taken_back = home.engine.cancel_proposal(ProposalArgs { together_id });
    assert_eq!(taken_back.map(drop).map_err(|e| e.code), expected);
    let line = format!("DELETE /v1/proposals/{together_id}");
    assert_eq!(partners.count(&line), asked);
    let seat = home.engine.seat(ProposalArgs { together_id });
    assert_eq!(code(seat), Code::NoSuchProposal);
}
