//! Start and completion in one, and sits that credited nothing.

use super::*;

#[test]
fn start_and_completion_in_one_do_what_both_do() {
    let (in_one, _) = fold_all(&[sat(2, 60)]);
    let (one_by_one, _) = fold_all(&[start(1), complete(2, 60)]);
    assert_eq!(in_one, one_by_one);
    check(&[sat(2, 60)], &Expect::Applied);
    check(&[start(1), sat(2, 60)], &Expect::Applied);
    check(&[sat(2, 60), sat(2, 60)], &Expect::Duplicate);
    check(&[sat(2, 60), start(1)], &Expect::Duplicate);
    check(&[sat(2, 60), complete(2, 60)], &Expect::Duplicate);
    check(&[start(1), complete(2, 60), sat(2, 60)], &Expect::Duplicate);
    check(&[sat(2, 60), sat(3, 61)], &Expect::Superseded);
    check(&[sat(2, 60), complete(3, 61)], &Expect::Superseded);
}

/// A plan that came before is the same or refused; one that is missing is added.
#[test]
fn a_plan_that_was_missing_comes_with_the_sit() {
    let planless = op(1, Change::Start { plan: None });
    let plan_of = |ops: &[Op]| fold_all(ops).0.unwrap().plan;
    for before in [planless, complete(2, 60)] {
        let ops = [before, sat(2, 60)];
        check(&ops, &Expect::Applied);
        assert_eq!(plan_of(&ops), Some(plan(Some("zazen"))));
    }
    let too_late = [complete(2, 60), sat(3, 61)];
    let lost = Expect::Replaced(Box::new(said(&sat(3, 61))));
    check(&too_late, &lost);
    let (session, _) = fold_all(&too_late);
    let session = session.unwrap();
    assert_eq!(session.completion, Some(completion(60)), "the first stays");
    assert_eq!(session.plan, Some(plan(Some("zazen"))));

    let mut other = sat(2, 60);
    other.change = Change::Sat {
        plan: Some(plan(Some("metta"))),
        completion: completion(60),
        events: Vec::new(),
    };
    check(&[start(1), other], &Expect::Rejected(Rejection::OtherPlan));
    let mut without = sat(2, 60);
    without.change = Change::Sat {
        plan: None,
        completion: completion(60),
        events: Vec::new(),
    };
    check(&[start(1), without.clone()], &Expect::Applied);
    check(&[sat(2, 60), without], &Expect::Duplicate);
}

#[test]
fn the_label_of_the_plan_comes_with_the_sit_too() {
    let label = |ops: &[Op]| fold_all(ops).0.unwrap().words.label;
    assert_eq!(label(&[sat(2, 60)]).as_deref(), Some("zazen"));
    assert_eq!(label(&[note(3, "a"), sat(2, 60)]), None);
}

/// What credits nothing is deleted, whichever of its ops comes first.
#[test]
fn a_sit_that_credited_nothing_brings_its_tombstone() {
    let deleted = |ops: &[Op]| {
        let session = fold_all(ops).0.unwrap();
        (session.deleted, session.deleted_stamp.hlc_ms)
    };
    for zero in [complete(2, 0), sat(2, 0)] {
        assert_eq!(deleted(&[start(1), zero.clone()]), (true, 2));
        assert_eq!(deleted(&[zero.clone(), delete(3, true)]), (true, 3));
        assert_eq!(deleted(&[delete(3, true), zero.clone()]), (true, 3));
        assert_eq!(deleted(&[zero.clone(), credit(4, 9)]), (true, 2));
        assert_eq!(
            deleted(&[credit(4, 9), zero.clone()]),
            (true, 2),
            "a correction that came first restores nothing"
        );
        let restored = [zero.clone(), credit(4, 9), delete(5, false)];
        assert_eq!(deleted(&restored), (false, 5));
        let [zero, credit, restore] = restored;
        assert_eq!(
            deleted(&[restore.clone(), credit, zero.clone()]),
            (false, 5)
        );
        let too_early = [restore, zero];
        assert_eq!(deleted(&too_early), (true, 5), "0 only with the tombstone");
    }
}
