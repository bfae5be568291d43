//! Pages as a server sends them, and the shares that they belong to.

use mitta_domain::share::SharedSit;
use mitta_domain::{PartnershipId, PersonId, Seconds, Session, SessionId, ShareId, UnixMillis};
use mitta_store::{CanonicalRow, MemberRow, Membership, Page, PageItem, PartnershipRow, ShareRow};
use uuid::Uuid;

use crate::server::{EPOCH, SERVER, canonical};
use crate::support::{Folder, T0, at, completion, date, device, session, start};

pub(crate) const NOW: UnixMillis = UnixMillis(T0 + 1_000_000);
pub(crate) const TIES: PartnershipId = PartnershipId::from_uuid(Uuid::from_u128(0xaa));

pub(crate) fn share(n: u128) -> ShareId {
    ShareId::from_uuid(Uuid::from_u128(0x5a00 + n))
}

pub(crate) fn person(n: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0x9f00 + n))
}

/// A partnership with one partner for each of the shares.
pub(crate) fn membership(shares: &[u128]) -> Membership {
    let row = |n: &u128| ShareRow {
        share_id: share(*n),
        person_id: person(*n),
        partnership_id: Some(TIES),
        generation: 1,
        share_since: Some(date("2026-01-01")),
        head_seq: 4,
    };
    let member = |n: &u128| MemberRow {
        person_id: person(*n),
        display_name: format!("Partner {n}"),
        weekly_goal_s: Some(3600),
        share_since: date("2026-01-01"),
        is_paused: None,
        shows_sitting: None,
        heard_at_ms: None,
    };
    let mut partnerships = vec![PartnershipRow {
        partnership_id: TIES,
        name: "Ties".into(),
        week_start: chrono::Weekday::Sun,
        members: shares.iter().map(member).collect(),
    }];
    partnerships.retain(|p| !p.members.is_empty());
    Membership {
        shares: shares.iter().map(row).collect(),
        partnerships,
    }
}

pub(crate) fn shared(n: u128, credited_s: u32) -> SharedSit {
    SharedSit {
        session_id: session(100 + n),
        started_at_ms: UnixMillis(T0 + i64::try_from(n).unwrap() * 1000),
        utc_offset_s: 32_400,
        local_date: date("2026-11-21"),
        planned_s: 600.try_into().ok(),
        credited_s: Seconds(credited_s),
        together_id: None,
        note: Some("quiet".into()),
        label: None,
    }
}

pub(crate) fn page(
    share_id: ShareId,
    asked_after: u64,
    next_after: u64,
    items: Vec<PageItem>,
) -> Page {
    Page {
        server_id: SERVER,
        epoch: EPOCH.into(),
        share_id,
        asked_after,
        next_after,
        items,
        membership: None,
    }
}

pub(crate) fn own(session: &Session) -> PageItem {
    PageItem::Own(Box::new(canonical(session)))
}

/// A row as another device of the same person recorded it.
pub(crate) fn from_elsewhere(n: u32, completed: bool) -> CanonicalRow {
    let folder = Folder::new();
    let mut writer = folder.writer();
    let id = start(&mut writer, n);
    if completed {
        writer
            .complete(id, &completion(600), at(n * 10 + 1))
            .unwrap();
    }
    let reader = folder.reader();
    let mut session = reader.session(id).unwrap().unwrap();
    session.start.device_id = device(7);
    CanonicalRow {
        session,
        events: completed.then(|| reader.events(id).unwrap()),
    }
}

pub(crate) fn row(folder: &Folder, session_id: SessionId) -> Session {
    folder.reader().session(session_id).unwrap().unwrap()
}
