//! Sitting now and sitting together, asked of a server over HTTP; and what partners sat, from the folder.

use mitta_domain::share::SharedSit;
use mitta_domain::{PartnershipId, Seconds, SessionId, ShareId};
use mitta_protocol::together::{Compared, TogetherMember};
use mitta_store::{Membership, Page, PageItem};

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
    assert_eq!((me.on_the_way, sat_s(me, 1)), (1, Some(60)));
    assert_eq!(me.private.map(|it| it.sits), Some(0));
    assert_eq!((shown.weeks[1].sits, shown.sits.len()), (Some(1), 1));
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

/// What is here of a share that was never read to its end is a part of it, of which no number is made:
/// neither of the own share nor of another's, nor of both.
#[rstest]
#[case::own(SHARE_OWN, 0)]
#[case::ana(SHARE_ANA, 1)]
fn of_a_share_that_is_still_being_fetched_no_number_is_told(
    #[case] share: u128,
    #[case] place: usize,
) {
    let partners = partners(|_, _| None);
    let home = signed_in(&partners);
    let seen = || {
        let (today, weeks) = (today(), 1);
        let seen = home.engine.together(TogetherArgs { today, weeks });
        seen.unwrap().partnerships.remove(0)
    };
    let mut fetching = Fetching::of(&home, share);
    assert_eq!(
        sat_s(&seen().members[place], 0),
        Some(0),
        "of an empty one it is known"
    );
    fetching.head(3);
    let is_fetched = |sat: Option<u64>| {
        let shown = seen();
        let weeks = shown.members.iter().map(|it| sat_s(it, 0));
        let mut expected = vec![Some(0), Some(0)];
        expected[place] = sat;
        assert_eq!(weeks.collect::<Vec<_>>(), expected);
        assert_eq!(shown.weeks[0].credited_s, sat);
        let sits = usize::from(sat.is_some());
        let query = TogetherSitsQuery {
            partnership_id: ours(),
            before_ms: None,
            before_session_id: None,
            limit: 10,
        };
        let page = home.engine.together_sits(query).unwrap();
        assert_eq!((shown.sits.len(), page.sits.len()), (sits, sits));
        let is_as_of = shown.members[1].as_of_ms.is_some();
        assert_eq!(is_as_of, place == 0 || sat.is_some());
        shown.members[0].private
    };
    let nothing = Some(mitta_protocol::together::Total::default());
    let private = if place == 0 { None } else { nothing };
    assert_eq!(is_fetched(None), private);
    fetching.page(0, 2);
    assert_eq!(is_fetched(None), private, "a part is not the whole");
    fetching.page(2, 3);
    is_fetched(Some(60));
    // Read once, it is shown as it was; but what is private is not known.
    fetching.compared(3);
    fetching.head(4);
    assert_eq!(is_fetched(Some(60)), private);
}

/// The first round is not over when the first shares are here: they are as new as the server said.
#[test]
fn in_the_first_round_it_is_known_as_of_when_a_share_is() {
    let partners = partners(|_, _| None);
    let home = signed_in(&partners);
    let as_of_ms = || {
        let (today, weeks) = (today(), 1);
        let seen = home.engine.together(TogetherArgs { today, weeks });
        seen.unwrap().partnerships[0].members[1].as_of_ms
    };
    let heard = Some(NOW.plus_ms(AHEAD_MS - 900_000));
    assert_eq!(as_of_ms(), heard);
    let history = DataDir::new(home.folder.path().join("mitta")).database();
    let history = rusqlite::Connection::open(history).unwrap();
    let changed = history.execute("UPDATE sync_state SET last_success_ms = NULL", []);
    assert_eq!(changed.unwrap(), 1);
    assert_eq!(as_of_ms(), heard);
    let mut fetching = Fetching::of(&home, SHARE_ANA);
    fetching.compared(0);
    fetching.head(3);
    assert_eq!(as_of_ms(), None, "what came since is not here");
}

fn sat_s(member: &TogetherMember, week: usize) -> Option<u64> {
    Some(member.weeks.as_ref()?[week].credited_s)
}

/// Another process, that fetches a share.
struct Fetching {
    device: Device,
    share_id: ShareId,
    epoch: String,
}

impl Fetching {
    fn of(home: &Home, share: u128) -> Self {
        let device = Device::at(home.folder.path().join("mitta"), 1);
        let epoch = device.reader.sync_state().unwrap().epoch.unwrap();
        let share_id = ShareId::from_uuid(Uuid::from_u128(share));
        Self {
            device,
            share_id,
            epoch,
        }
    }

    /// The server tells that the share has moved.
    fn head(&mut self, head_seq: u64) {
        let reader = &self.device.reader;
        let mut membership = Membership {
            shares: reader.shares().unwrap(),
            partnerships: reader.partnerships().unwrap(),
        };
        let mut shares = membership.shares.iter_mut();
        let moved = shares.find(|it| it.share_id == self.share_id);
        moved.unwrap().head_seq = head_seq;
        let server_id = Uuid::from_u128(0x5e00);
        let writer = &mut self.device.writer;
        writer.apply_membership(server_id, &membership).unwrap();
    }

    /// A page with the one sit of the share.
    fn page(&mut self, asked_after: u64, next_after: u64) {
        let sit = SharedSit {
            session_id: SessionId::from_uuid(Uuid::from_u128(0x5170)),
            started_at_ms: NOW,
            utc_offset_s: 0,
            local_date: today(),
            planned_s: None,
            credited_s: Seconds(60),
            together_id: None,
            note: None,
            label: None,
        };
        let page = Page {
            server_id: Uuid::from_u128(0x5e00),
            epoch: self.epoch.clone(),
            share_id: self.share_id,
            asked_after,
            next_after,
            items: vec![PageItem::Shared(sit)],
            membership: None,
        };
        self.device.writer.apply_page(&page).unwrap();
    }

    fn compared(&mut self, seq: u64) {
        let writer = &mut self.device.writer;
        writer
            .compared(self.share_id, &self.epoch, seq, NOW)
            .unwrap();
    }
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
