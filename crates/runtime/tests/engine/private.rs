//! A sit that partners never see, from its first moment on.

use mitta_domain::{Seconds, Sharing, State};
use mitta_runtime::api::{Commands as _, ErrorCode, ShareSessionArgs, SitPhase};

use crate::harness::{House, plain};

#[test]
fn a_private_sit_is_private_before_anything_is_shown_or_rung() {
    let house = House::new();
    let sit = house.open();
    let view = sit.engine.begin_private(plain(60)).unwrap();
    assert!(view.is_private);
    assert_eq!((view.phase, view.together_id), (SitPhase::Sitting, None));
    assert!(!house.session(view.session_id).sharing.shared);
    assert_eq!(house.changes(), ["sharing", "start"]);

    sit.pass(60_000);
    sit.flush();
    let session = house.session(view.session_id);
    assert_eq!(session.credited_s(), Seconds(60));
    assert!(!session.sharing.shared);
    assert_eq!(house.changes(), ["sharing", "sat"]);
    let told = sit.views_told();
    assert!(told.into_iter().flatten().all(|view| view.is_private));
}

#[test]
fn a_sit_is_shared_unless_it_was_begun_as_private() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(60));
    assert!(!view.is_private);
    assert!(house.session(view.session_id).sharing.shared);
    let error = sit.engine.begin_private(plain(60)).unwrap_err();
    assert_eq!(error.code, ErrorCode::SitRunning);
    assert_eq!(house.changes(), ["start"]);
}

#[test]
fn the_next_sit_begins_with_the_choices_of_a_private_one() {
    let house = House::new();
    let sit = house.open();
    sit.engine.begin_private(plain(77)).unwrap();
    sit.flush();
    assert_eq!(sit.snapshot().settings.choice, plain(77));
}

#[test]
fn a_private_sit_stays_so_over_a_restart() {
    let before = House::new();
    let sit = before.open();
    sit.engine.begin_private(plain(600)).unwrap();
    sit.pass(10_000);
    let house = before.killed(&sit);
    let again = house.open();
    assert!(again.view().is_private);
    again.pass(600_000);
    again.flush();
    let session = house.session(again.view().session_id);
    assert_eq!(session.state(), State::Completed);
    assert!(!session.sharing.shared);
}

#[test]
fn what_partners_may_see_of_the_live_sit_is_told_as_it_changes() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    for shared in [false, true] {
        let args = ShareSessionArgs {
            session_id: view.session_id,
            sharing: Sharing {
                shared,
                ..Sharing::default()
            },
        };
        sit.engine.share_session(args).unwrap();
        assert_eq!(sit.view().is_private, !shared);
        let told = sit.views_told().into_iter().flatten().next_back();
        assert_eq!(told.map(|view| view.is_private), Some(!shared));
    }
}
