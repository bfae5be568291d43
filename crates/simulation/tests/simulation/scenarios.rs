use mitta_domain::op::{Change, Op};
use mitta_protocol::push::Outcome;
use mitta_simulation::history::{Broken, Deed, Scene};
use mitta_simulation::net::Request;

/// A story with devices that are signed in to one account.
fn scene(devices: usize) -> Result<Scene, Broken> {
    let mut scene = Scene::new(devices)?;
    for device in 0..devices {
        scene.signs_in(device, true)?;
    }
    Ok(scene)
}

fn sits(scene: &mut Scene, device: usize) -> Result<(), Broken> {
    scene.does(device, Deed::Begin)?;
    scene.does(device, Deed::Complete).map(drop)
}

#[test]
fn a_completion_that_arrives_before_its_start_finds_its_parent_in_itself() {
    let mut scene = scene(2).unwrap();
    scene.does(0, Deed::Begin).unwrap();
    // Offered, and never answered: the start stays an op of its own.
    scene.begins_round(0).unwrap();
    scene.does(0, Deed::Complete).unwrap();
    let ops = scene.outbox(0).unwrap();
    assert_eq!(ops.len(), 2, "start and completion");
    for op in ops.iter().rev() {
        let outcomes = scene.pushed(&[&op.payload]).unwrap();
        assert_eq!(outcomes[&op.op_id], Outcome::Applied);
    }
    let session = scene.tables().sessions.values().next().unwrap();
    assert!(session.completion.is_some() && session.plan.is_some());
    scene.heals().unwrap();
}

#[test]
fn sits_from_before_the_account_are_offered_once_they_are_claimed_and_not_before() {
    let mut scene = Scene::new(2).unwrap();
    sits(&mut scene, 0).unwrap();
    sits(&mut scene, 0).unwrap();
    scene.signs_in(0, false).unwrap();
    assert!(
        !scene.syncs(0).unwrap(),
        "nothing is asked before the claim"
    );
    assert!(scene.under_way().is_empty() && scene.tables().sessions.is_empty());
    scene.signs_in(0, true).unwrap();
    assert!(scene.syncs(0).unwrap());
    assert_eq!(scene.tables().sessions.len(), 2);
    assert!(scene.account(0).unwrap().is_some_and(|it| it.signed_in));
    scene.heals().unwrap();
}

#[test]
fn the_same_push_over_two_connections_at_once_counts_once() {
    let mut scene = scene(1).unwrap();
    sits(&mut scene, 0).unwrap();
    scene.begins_round(0).unwrap();
    scene.begins_round(0).unwrap();
    let pushes = scene.under_way();
    assert_eq!(pushes.len(), 2);
    assert_eq!(pushes[0].request, pushes[1].request);
    for push in &pushes {
        scene.serves(push).unwrap();
    }
    assert_eq!(scene.tables().sessions.len(), 1);
    assert_eq!(scene.tables().applied_ops.len(), 1, "a sit is one op");
    scene.settles().unwrap();
    scene.heals().unwrap();
}

#[test]
fn an_op_replayed_a_year_later_changes_nothing() {
    let mut scene = scene(2).unwrap();
    sits(&mut scene, 0).unwrap();
    scene.does(0, Deed::Words).unwrap();
    scene.begins_round(0).unwrap();
    let old = scene.under_way();
    scene.settles().unwrap();
    assert!(scene.syncs(1).unwrap());
    scene.does(1, Deed::Words).unwrap();
    scene.does(1, Deed::Delete).unwrap();
    assert!(scene.syncs(1).unwrap());
    scene.days_pass(365);
    let before = scene.tables().clone();
    for push in &old {
        scene.serves(push).unwrap();
    }
    assert_eq!(*scene.tables(), before);
    scene.heals().unwrap();
}

#[test]
fn a_push_whose_reply_was_cut_anywhere_is_offered_again_and_counts_once() {
    let mut scene = scene(1).unwrap();
    for cut_to in 0..40 {
        sits(&mut scene, 0).unwrap();
        scene.begins_round(0).unwrap();
        let push = scene.under_way();
        scene.serves(&push[0]).unwrap();
        scene.replies_arrive(Some(cut_to * 19)).unwrap();
        assert!(
            !scene.outbox(0).unwrap().is_empty(),
            "no answer, no leaving (I5)"
        );
        scene.settles().unwrap();
        assert!(scene.syncs(0).unwrap());
        assert!(scene.outbox(0).unwrap().is_empty());
    }
    assert_eq!(scene.tables().sessions.len(), 40);
    scene.heals().unwrap();
}

#[test]
fn a_page_whose_cursor_has_moved_is_not_stored_over_newer_rows() {
    let mut scene = scene(2).unwrap();
    sits(&mut scene, 0).unwrap();
    assert!(scene.syncs(0).unwrap());
    scene.begins_round(1).unwrap();
    let slow = scene.under_way();
    assert!(matches!(&*slow[0].request, Request::Pull(query) if query.after == 0));
    scene.serves(&slow[0]).unwrap();
    // While that page is under way, another process reads on, to rows that are newer.
    scene.does(0, Deed::Words).unwrap();
    assert!(scene.syncs(0).unwrap());
    scene.begins_round(1).unwrap();
    let quick = scene.under_way();
    scene.serves(&quick[0]).unwrap();
    scene.settles().unwrap();
    scene.heals().unwrap();
}

#[test]
fn after_a_reset_what_was_refused_is_not_offered_again_and_all_else_is() {
    let mut scene = scene(1).unwrap();
    sits(&mut scene, 0).unwrap();
    assert!(scene.syncs(0).unwrap());
    scene.does(0, Deed::Words).unwrap();
    // Somebody has used its id for something else.
    let mut op: Op = scene.outbox(0).unwrap().remove(0).op;
    let op_id = op.op_id;
    op.change = Change::Deleted { deleted: false };
    let taken = op.to_bytes().unwrap();
    scene.pushed(&[&taken]).unwrap();
    assert!(scene.syncs(0).unwrap());
    let refused = scene.refused(0).unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].0, "key_reuse");
    scene.is_reset().unwrap();
    scene.comes_to_rest().unwrap();
    assert_eq!(
        scene.tables().sessions.len(),
        1,
        "the sit was offered again"
    );
    assert!(
        scene
            .tables()
            .applied_ops
            .keys()
            .all(|(_, id)| *id != op_id)
    );
    assert_eq!(scene.refused(0).unwrap(), refused);
}
