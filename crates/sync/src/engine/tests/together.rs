//! Sitting now and sitting together, asked of a server over HTTP; and what partners sat, from the folder.

use mitta_domain::PartnershipId;
use mitta_protocol::together::Compared;

use super::couple::*;
use super::*;
use crate::api::{ChangePartnershipArgs, TogetherArgs, TogetherSitsQuery};

/// The server is so far ahead.
/// A boot clock that counts from 5 s as long as the test lasts, and the server's 2 s ahead.
#[test]
fn somebody_elses_name_is_not_written_over() {
    let partners = partners(|path, _| {
        path.starts_with("PATCH")
            .then(|| refused(409, "changed_meanwhile"))
    });
    let home = signed_in(&partners);
    let change = ChangePartnershipArgs {
        partnership_id: ours(),
        name: Some("Dawn".into()),
        week_start: None,
        expected_name: Some("Morning".into()),
        expected_week_start: None,
    };
    let changed = home.engine.change_partnership(change);
    assert_eq!(code(changed), Code::ChangedMeanwhile);
    let sent = &partners.bodies(&format!("/partnerships/{}", ours()))[0];
    assert_eq!(*sent, object!({"name": "Dawn", "expected_name": "Morning"}));
    let activities = home.engine.activity(NoArgs {}).unwrap().activities;
    assert_eq!(activities.len(), 1);
}

#[test]
fn what_was_sat_is_told_from_the_folder_alone() {
    let partners = partners(|_, _| None);
    let home = signed_in(&partners);
    let args = TogetherArgs {
        today: today(),
        weeks: 2,
    };
    let one = || home.engine.together(args).unwrap().partnerships.remove(0);
    let asked = partners.server.lines().len();
    let synced = one();
    assert_eq!(
        synced.compared,
        Some(Compared::Pending),
        "nothing was compared"
    );
    home.sit();
    let shown = one();
    let [me, ana] = shown.members.as_slice() else {
        panic!("{shown:?}");
    };
    assert_eq!((me.on_the_way, me.weeks[1].credited_s), (1, 60));
    assert_eq!(me.private.map(|it| it.sits), Some(0));
    assert_eq!((shown.weeks[1].sits, shown.sits.len()), (1, 1));
    assert!(shown.sits[0].is_on_the_way);
    // As of when Ana's device was heard of, which is before this one last fetched.
    assert_eq!(ana.as_of_ms, Some(NOW.plus_ms(AHEAD_MS - 900_000)));
    let query = |partnership_id, limit| TogetherSitsQuery {
        partnership_id,
        before_ms: None,
        before_session_id: None,
        limit,
    };
    let page = home.engine.together_sits(query(ours(), 10)).unwrap();
    assert_eq!((page.sits, page.has_more), (shown.sits, false));
    let unknown = PartnershipId::from_uuid(Uuid::nil());
    let unknown = home.engine.together_sits(query(unknown, 10));
    assert_eq!(code(unknown), Code::NoSuchPartnership);
    let too_many = home.engine.together_sits(query(ours(), 101));
    assert_eq!(code(too_many), Code::InvalidRequest);
    assert_eq!(partners.server.lines().len(), asked, "nobody was asked");
}

#[test]
fn without_an_account_there_is_nothing_together() {
    let home = Home::new();
    let args = TogetherArgs {
        today: today(),
        weeks: 1,
    };
    assert_eq!(home.engine.together(args).unwrap().partnerships, []);
    assert_eq!(
        home.engine.together_now(NoArgs {}).unwrap().now.proposals,
        []
    );
    assert_eq!(code(home.engine.propose(propose(None))), Code::NoAccount);
}

/// A share that was not read to its end yet shows less than it holds, and so does not tell what is private.
#[test]
fn what_is_still_being_fetched_of_the_own_share_is_not_private() {
    let partners = partners(|_, _| None);
    let home = signed_in(&partners);
    let args = TogetherArgs {
        today: today(),
        weeks: 1,
    };
    let private = || {
        let seen = home.engine.together(args).unwrap();
        seen.partnerships[0].members[0].private
    };
    assert_eq!(private(), Some(mitta_protocol::together::Total::default()));
    let mut device = Device::at(home.folder.path().join("mitta"), 1);
    let reader = Reader::open(&DataDir::new(home.folder.path().join("mitta"))).unwrap();
    let mut membership = mitta_store::Membership {
        shares: reader.shares().unwrap(),
        partnerships: reader.partnerships().unwrap(),
    };
    let own = mitta_domain::ShareId::from_uuid(Uuid::from_u128(SHARE_OWN));
    let mut shares = membership.shares.iter_mut();
    shares.find(|it| it.share_id == own).unwrap().head_seq = 3;
    let server_id = Uuid::from_u128(0x5e00);
    device
        .writer
        .apply_membership(server_id, &membership)
        .unwrap();
    assert_eq!(private(), None);
}

/// An event or its answer may be lost: each round asks once more, also beside a stream that is open.
#[test]
fn what_goes_on_is_asked_with_each_round_though_a_stream_is_open() {
    let partners = partners(|path, _| (path == "GET /v1/live").then(|| stream(&[])));
    let home = home(true, Arc::new(Memory::default()));
    home.sign_in(&partners.server).unwrap();
    home.engine.want_live(true);
    let is_live = || home.engine.together_now(NoArgs {}).unwrap().is_live;
    for _ in 0..1_000 {
        if is_live() {
            break;
        }
        home.engine.sync_now(NoArgs {}).unwrap();
    }
    assert!(is_live());
    while partners.asked.try_recv().is_ok() {}
    home.engine.sync_now(NoArgs {}).unwrap();
    partners.wait_for("GET /v1/now");
}

/// A sitting together may begin in half a minute: a push that hangs does not hide it.
#[test]
fn a_proposal_is_heard_of_while_a_round_hangs() {
    let (hangs, goes_on) = (Gate::default(), Gate::default());
    let (begun, released) = (hangs.clone(), goes_on.clone());
    let partners = partners(move |path, nth| match (path, nth) {
        ("GET /v1/live", _) => {
            begun.wait();
            Some(stream(&["now"]))
        }
        ("POST /v1/push", 1) => {
            begun.open();
            released.wait();
            None
        }
        _ => None,
    });
    let home = home(true, Arc::new(Memory::default()));
    home.sign_in(&partners.server).unwrap();
    home.engine.want_live(true);
    partners.wait_for("GET /v1/now");
    home.sit();
    home.engine.nudge();
    hangs.wait();
    while partners.asked.try_recv().is_ok() {}
    partners.wait_for("GET /v1/now");
    goes_on.open();
}

/// What the live stream and the rounds of a background engine ask by themselves.
#[test]
fn who_sits_is_heard_and_told_and_the_own_sit_as_well() {
    let partners = partners(|path, _| {
        let event = "data: {\"kind\": \"now\"}\n\n";
        let head = "HTTP/1.1 200 Any\r\nContent-Type: text/event-stream\r\n";
        (path == "GET /v1/live")
            .then(|| format!("{head}Content-Length: {}\r\n\r\n{event}", event.len()).into_bytes())
    });
    let home = home(true, Arc::new(Memory::default()));
    home.sign_in(&partners.server).unwrap();
    partners.wait_for("GET /v1/live");
    partners.wait_for("GET /v1/now");
    let mut device = Device::at(home.folder.path().join("mitta"), 1);
    device.begin(1, BOOT_MS);
    home.engine.sit_changed();
    partners.wait_for("PUT /v1/presence");
    let told = &partners.bodies("/presence")[0];
    assert_eq!(told["left_s"], 60);
    device.end(1);
    home.engine.nudge();
    partners.wait_for("DELETE /v1/presence");
}

#[test]
fn totals_are_the_same_only_where_every_share_was_compared_where_it_is() {
    let partners = partners(|_, _| None);
    let home = signed_in(&partners);
    let mut device = Device::at(home.folder.path().join("mitta"), 1);
    let compared = || {
        let args = TogetherArgs {
            today: today(),
            weeks: 1,
        };
        let found = home.engine.together(args).unwrap();
        found.partnerships[0].compared.clone().unwrap()
    };
    let share = |n| mitta_domain::ShareId::from_uuid(Uuid::from_u128(n));
    let later = NOW.plus_ms(5);
    let life = device.reader.sync_state().unwrap().epoch.unwrap();
    let mut is_equal = |n, at_ms| device.writer.compared(share(n), &life, 0, at_ms).unwrap();
    is_equal(SHARE_OWN, later);
    assert_eq!(compared(), Compared::Pending);
    is_equal(SHARE_ANA, NOW);
    let compared_at_ms = NOW;
    assert_eq!(compared(), Compared::Equal { compared_at_ms });
    // Sent, and not fetched since.
    device.writer.sync_failed("offline", NOW).unwrap();
    assert_eq!(compared(), Compared::Pending);
    device.writer.sync_succeeded(NOW).unwrap();
    home.sit();
    assert_eq!(compared(), Compared::Pending);
    let weeks = vec![today()];
    let differing = weeks.clone();
    home.engine
        .shared
        .live(|live| live.differing_weeks = differing);
    assert_eq!(compared(), Compared::Differs { weeks });
}
