//! What the own share shows with what waits to be sent, and the seats of sittings together.

use mitta_domain::share::{ShareRule, SharedSit, visible};
use mitta_domain::totals::{DayTotal, day_totals};
use mitta_domain::{PlannedLength, Seconds, Sharing, TogetherBells, TogetherId, UnixMillis};
use mitta_store::{
    ClockRow, Edit, MemberRow, Membership, OwnShare, Owner, Page, PageItem, Position, Reader,
    SeatRow, SyncWriteError, Writer,
};
use rstest::rstest;
use uuid::Uuid;

use crate::pages::{TIES, membership, page, person, share};
use crate::server::{LIFE, OWNER, PERSON, SERVER, Server, sign_in};
use crate::support::{Folder, T0, at, date, note, session, sit};

const PRIVATE: Edit = Edit::Sharing(Sharing {
    shared: false,
    note_shared: false,
});
const SHARED: Edit = Edit::Sharing(Sharing {
    shared: true,
    note_shared: false,
});

fn ours() -> OwnShare {
    OwnShare {
        share_id: share(1),
        share_since: date("2026-01-01"),
        is_paused: false,
    }
}

/// The person with one partner.
fn with_partner() -> Membership {
    let mut both = membership(&[1, 2]);
    both.shares[0].person_id = PERSON;
    both.partnerships[0].members[0].person_id = PERSON;
    both
}

/// Everything sent, and the own share read to its head: it shows what the rule lets it.
fn synced(folder: &Folder, writer: &mut Writer, sits: &[u32], rule: &ShareRule) {
    let reader = folder.reader();
    let mut server = Server::default();
    let batch = reader.outbox_batch(1_000, 1 << 20, UnixMillis(T0)).unwrap();
    let (answers, rows) = server.push(&batch);
    writer
        .answer(OWNER, LIFE, &answers, &rows, UnixMillis(T0))
        .unwrap();
    let row = |n: &u32| reader.session(session((*n).into())).unwrap().unwrap();
    let shown = sits.iter().filter_map(|n| visible(&row(n), rule));
    let page = Page {
        membership: Some(with_partner()),
        ..page(share(1), 0, 9, shown.map(PageItem::Shared).collect())
    };
    writer.apply_page(&page).unwrap();
}

fn everything() -> ShareRule {
    ShareRule {
        share_since: date("2026-01-01"),
        pauses: Vec::new(),
    }
}

fn nothing() -> ShareRule {
    ShareRule {
        share_since: date("2027-01-01"),
        pauses: Vec::new(),
    }
}

/// Sits of the days, and of the list with a mark where they are on the way.
fn shown(reader: &Reader, share: &OwnShare) -> (Vec<DayTotal>, Vec<(u128, u32, bool)>, u32) {
    let overlay = reader.overlay(share).unwrap();
    let day = date("2026-11-21");
    let days = reader.shared_day_totals(share.share_id, day, day).unwrap();
    let sits = reader
        .shown_sits(share.share_id, &overlay, None, 9)
        .unwrap();
    let number = |sit: &SharedSit| sit.session_id.as_uuid().as_u128() - 0xabc0_0000;
    let sits = sits
        .iter()
        .map(|it| (number(&it.sit), it.sit.credited_s.0, it.is_on_the_way))
        .collect();
    (overlay.days(days), sits, overlay.on_the_way())
}

#[track_caller]
fn assert_shows(folder: &Folder, share: &OwnShare, expected: &[(u128, u32, bool)]) {
    let (days, sits, on_the_way) = shown(&folder.reader(), share);
    assert_eq!(sits, expected);
    let new = expected.iter().filter(|(.., is_new)| *is_new).count();
    assert_eq!(usize::try_from(on_the_way).unwrap(), new);
    let sum = expected.iter().map(|(_, s, _)| u64::from(*s)).sum::<u64>();
    let count = u32::try_from(expected.len()).unwrap();
    let total: Vec<_> = days.iter().map(|day| (day.sits, day.credited_s)).collect();
    let wanted = if count == 0 {
        vec![]
    } else {
        vec![(count, sum)]
    };
    assert_eq!(total, wanted, "the totals are those of the sits");
}

/// Sit 1 is shared already; what happens after that waits.
#[rstest]
#[case::nothing_new(|_: &mut Writer| {}, false, &[(1, 600, false)])]
#[case::new(|w: &mut Writer| { sit(w, 2, 300); }, false, &[(2, 300, true), (1, 600, false)])]
#[case::new_in_a_pause(|w: &mut Writer| { sit(w, 2, 300); }, true, &[(1, 600, false)])]
#[case::new_and_private(|w: &mut Writer| {
    let new = sit(w, 2, 300);
    w.edit(new, &PRIVATE, at(22)).unwrap();
}, false, &[(1, 600, false)])]
#[case::new_and_deleted(|w: &mut Writer| {
    let new = sit(w, 2, 300);
    w.edit(new, &Edit::Deleted(true), at(22)).unwrap();
}, false, &[(1, 600, false)])]
#[case::corrected(|w: &mut Writer| {
    w.edit(session(1), &Edit::Credited(Seconds(500)), at(30)).unwrap();
}, false, &[(1, 500, false)])]
#[case::corrected_in_a_pause(|w: &mut Writer| {
    w.edit(session(1), &Edit::Credited(Seconds(500)), at(30)).unwrap();
}, true, &[(1, 500, false)])]
#[case::deleted(|w: &mut Writer| {
    w.edit(session(1), &Edit::Deleted(true), at(30)).unwrap();
}, false, &[])]
#[case::made_private(|w: &mut Writer| {
    w.edit(session(1), &PRIVATE, at(30)).unwrap();
}, false, &[])]
#[case::a_note_that_is_not_shown(|w: &mut Writer| {
    w.edit(session(1), &Edit::Words(note("mine")), at(30)).unwrap();
}, false, &[(1, 600, false)])]
fn the_own_share_shows_what_waits(
    #[case] then: fn(&mut Writer),
    #[case] is_paused: bool,
    #[case] expected: &[(u128, u32, bool)],
) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    sit(&mut writer, 1, 600);
    synced(&folder, &mut writer, &[1], &everything());
    then(&mut writer);
    let share = OwnShare {
        is_paused,
        ..ours()
    };
    assert_shows(&folder, &share, expected);
}

/// Sit 1 is on the server, and not in the share.
#[rstest]
#[case::words(Edit::Words(note("mine")), false, false)]
#[case::a_correction(Edit::Credited(Seconds(500)), false, false)]
#[case::shared(SHARED, false, true)]
#[case::shared_in_a_pause(SHARED, true, false)]
fn what_is_not_in_the_share_comes_in_only_where_that_was_asked_for(
    #[case] edit: Edit,
    #[case] is_paused: bool,
    #[case] comes_in: bool,
) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let sat = sit(&mut writer, 1, 600);
    if edit == SHARED {
        writer.edit(sat, &PRIVATE, at(20)).unwrap();
    }
    synced(&folder, &mut writer, &[1], &nothing());
    writer.edit(session(1), &edit, at(30)).unwrap();
    let share = OwnShare {
        is_paused,
        ..ours()
    };
    let one: &[_] = &[(1, 600, true)];
    assert_shows(&folder, &share, if comes_in { one } else { &[] });
}

#[test]
fn sits_from_before_the_share_and_running_ones_are_not_on_the_way() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    synced(&folder, &mut writer, &[], &everything());
    sit(&mut writer, 1, 600);
    crate::support::start(&mut writer, 2);
    assert_shows(&folder, &ours(), &[(1, 600, true)]);
    let later = OwnShare {
        share_since: date("2026-11-22"),
        ..ours()
    };
    assert_shows(&folder, &later, &[]);
    // Whatever waits: the own total holds all that was sat.
    let day = date("2026-11-21");
    let own = folder.reader().day_totals(day, day).unwrap();
    let row = folder.reader().session(session(1)).unwrap().unwrap();
    assert_eq!(own, day_totals([&row]));
}

#[test]
fn pages_go_on_through_what_waits() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    for n in [1, 3, 5] {
        sit(&mut writer, n, 100 + n);
    }
    synced(&folder, &mut writer, &[1, 3, 5], &everything());
    sit(&mut writer, 4, 104);
    writer
        .edit(session(3), &Edit::Deleted(true), at(90))
        .unwrap();
    let reader = folder.reader();
    let overlay = reader.overlay(&ours()).unwrap();
    let mut before = None;
    let mut seen = Vec::new();
    loop {
        let page = reader.shown_sits(share(1), &overlay, before, 1).unwrap();
        let [one] = page.as_slice() else { break };
        seen.push((one.sit.credited_s.0, one.is_on_the_way));
        before = Some(Position {
            started_at_ms: one.sit.started_at_ms,
            session_id: one.sit.session_id,
        });
    }
    assert_eq!(seen, [(105, false), (104, true), (101, false)]);
}

pub(crate) fn seat(n: u128, starts_in_s: i64) -> SeatRow {
    SeatRow {
        together_id: TogetherId::from_uuid(Uuid::from_u128(0x7000 + n)),
        partnership_id: TIES,
        proposed_by: person(2),
        starts_at_ms: UnixMillis(T0 + starts_in_s * 1000),
        planned_s: PlannedLength::from_seconds(1200).unwrap(),
        bells: TogetherBells {
            start_strikes: 3,
            end_strikes: 0,
            interval_every_s: Some(Seconds(300)),
        },
    }
}

#[test]
fn a_seat_is_kept_until_it_is_given_up() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    synced(&folder, &mut writer, &[], &everything());
    writer.take_seat(OWNER, &seat(1, 500)).unwrap();
    writer.take_seat(OWNER, &seat(2, 100)).unwrap();
    let moved = seat(1, 50);
    writer.take_seat(OWNER, &moved).unwrap();
    assert_eq!(folder.reader().seats().unwrap(), [moved, seat(2, 100)]);
    let gone = moved.together_id;
    assert!(writer.give_up_seat(OWNER, gone).unwrap());
    assert!(!writer.give_up_seat(OWNER, gone).unwrap());
    assert!(!writer.replace_seats(OWNER, &[seat(2, 100)]).unwrap());
    assert!(writer.replace_seats(OWNER, &[seat(3, 1)]).unwrap());
    assert_eq!(folder.reader().seats().unwrap(), [seat(3, 1)]);
    let stranger = Owner {
        person_id: person(7),
        ..OWNER
    };
    let refused = writer.take_seat(stranger, &seat(4, 1)).unwrap_err();
    assert!(matches!(refused, SyncWriteError::OtherAccount { .. }));
}

#[rstest]
#[case::a_partnership_that_was_left(|w: &mut Writer| {
    w.apply_membership(SERVER, &Membership::default()).unwrap();
})]
#[case::a_server_that_was_left(|w: &mut Writer| w.leave_server().unwrap())]
fn seats_go_with(#[case] leave: fn(&mut Writer)) {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    synced(&folder, &mut writer, &[], &everything());
    writer.take_seat(OWNER, &seat(1, 500)).unwrap();
    leave(&mut writer);
    assert_eq!(folder.reader().seats().unwrap(), []);
}

#[test]
fn what_was_measured_is_of_one_server() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let clock = ClockRow {
        measured_at_ms: UnixMillis(T0),
        server_minus_wall_ms: -250,
        boot_id: "one".into(),
        server_minus_boot_ms: T0 - 7,
        error_ms: 12,
    };
    assert_eq!(folder.reader().server_clock().unwrap(), None);
    writer.clock_measured(OWNER, &clock).unwrap();
    let later = ClockRow {
        error_ms: 3,
        ..clock
    };
    writer.clock_measured(OWNER, &later).unwrap();
    assert_eq!(folder.reader().server_clock().unwrap(), Some(later));
    writer.leave_server().unwrap();
    sign_in(&mut writer);
    assert_eq!(folder.reader().server_clock().unwrap(), None);
}

#[test]
fn what_members_say_of_themselves_is_kept() {
    let folder = Folder::new();
    let mut writer = folder.writer();
    sign_in(&mut writer);
    let mut membership = with_partner();
    writer.apply_membership(SERVER, &membership).unwrap();
    membership.partnerships[0].members = vec![
        MemberRow {
            shows_sitting: Some(true),
            is_paused: Some(false),
            ..membership.partnerships[0].members[0].clone()
        },
        MemberRow {
            heard_at_ms: Some(UnixMillis(T0)),
            ..membership.partnerships[0].members[1].clone()
        },
    ];
    assert!(writer.apply_membership(SERVER, &membership).unwrap());
    let kept = folder.reader().partnerships().unwrap();
    assert_eq!(kept, membership.partnerships);
}
