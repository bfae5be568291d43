//! What happened to one sit, put together from its row, its events and its ops.
//!
//! An op leaves the outbox only with the server's answer to it (I5). So a part of the row that was
//! written, and of which no op waits or was refused, is known to be on a server.

use mitta_domain::op::{Change, Op};
use mitta_domain::session::Stamp;
use mitta_domain::{DeviceId, Session, SessionId, UnixMillis};
use mitta_store::{OutboxRow, RejectedRow};
use mitta_transfer::IMPORT_DEVICE;

use super::{Shared, locked, views};
use crate::api::{
    ApiError, ChangeState, ChangedPart, SessionStory, StoryChange, StoryEvent, Whence,
};

impl Shared {
    pub(super) fn story(&self, session_id: SessionId) -> Result<SessionStory, ApiError> {
        let session = self.session(session_id)?;
        let reader = locked(&self.reader);
        let this = reader
            .device_id()?
            .ok_or_else(|| ApiError::internal(&"the data folder is no device"))?;
        let changes = changes(
            &session,
            &reader.waiting_of(session_id)?,
            &reader.refused_of(session_id)?,
            this,
        );
        let events = reader.events(session_id)?;
        Ok(SessionStory {
            sit: views::session(&session),
            whence: whence(session.start.device_id, this),
            imported_from: reader
                .import_that_brought(session_id)?
                .map(|it| it.file_name),
            tz: session.start.tz.clone(),
            events: events
                .into_iter()
                .map(|event| StoryEvent {
                    event_seq: event.event_seq,
                    kind: event.kind,
                    at_ms: event.at_ms,
                    elapsed_ms: event.elapsed_ms,
                })
                .collect(),
            changes,
            lost: u32::try_from(reader.revisions(session_id)?.len()).unwrap_or(u32::MAX),
            has_account: reader.account()?.is_some(),
            is_to_be_offered: reader.is_to_be_offered(session_id)?,
            in_step_ms: reader.sync_state()?.last_success_ms,
        })
    }
}

fn whence(device_id: DeviceId, this: DeviceId) -> Whence {
    if device_id == this {
        Whence::Here
    } else if device_id == IMPORT_DEVICE {
        Whence::File
    } else {
        Whence::Elsewhere
    }
}

fn is_stamped(op: &Op) -> bool {
    op.stamp.device_id != Stamp::UNWRITTEN.device_id
}

fn maker(op: &Op) -> DeviceId {
    if is_stamped(op) {
        op.stamp.device_id
    } else {
        op.session.device_id
    }
}

/// The parts that an op writes: a sit that is sent as a whole is two.
const fn parts(change: &Change) -> &'static [ChangedPart] {
    match change {
        Change::Start { .. } => &[ChangedPart::Start],
        Change::Complete { .. } => &[ChangedPart::Completion],
        Change::Sat { .. } => &[ChangedPart::Start, ChangedPart::Completion],
        Change::Words { .. } => &[ChangedPart::Words],
        Change::Credited { .. } => &[ChangedPart::Credited],
        Change::Sharing { .. } => &[ChangedPart::Sharing],
        Change::Deleted { .. } => &[ChangedPart::Deleted],
    }
}

/// The parts of a row that somebody has written, with the stamp where there is one.
fn written(session: &Session) -> Vec<(ChangedPart, Option<Stamp>)> {
    let mut written = vec![(ChangedPart::Start, None)];
    if session.completion.is_some() {
        written.push((ChangedPart::Completion, None));
    }
    let stamped = [
        (ChangedPart::Words, session.words_stamp),
        (ChangedPart::Credited, session.credited_stamp),
        (ChangedPart::Sharing, session.sharing_stamp),
        (ChangedPart::Deleted, session.deleted_stamp),
    ];
    let is_written = |(_, stamp): &(ChangedPart, Stamp)| *stamp != Stamp::UNWRITTEN;
    let stamped = stamped.into_iter().filter(is_written);
    written.extend(stamped.map(|(part, stamp)| (part, Some(stamp))));
    written
}

fn changes(
    session: &Session,
    waiting: &[OutboxRow],
    refused: &[RejectedRow],
    this: DeviceId,
) -> Vec<StoryChange> {
    let of_op = |op: &Op, part: ChangedPart, state: ChangeState| StoryChange {
        part,
        state,
        // What a sit of a file is made up of carries no time of its own.
        made_at_ms: is_stamped(op).then_some(UnixMillis(op.stamp.hlc_ms)),
        whence: whence(maker(op), this),
        attempts: 0,
        next_attempt_at_ms: None,
        code: None,
        refused_at_ms: None,
    };
    let mut changes = Vec::new();
    for row in refused {
        let told = |change: StoryChange| StoryChange {
            code: Some(row.code.clone()),
            refused_at_ms: Some(row.rejected_at_ms),
            ..change
        };
        match &row.op {
            Some(op) => changes.extend(
                parts(&op.change)
                    .iter()
                    .map(|part| told(of_op(op, *part, ChangeState::Refused))),
            ),
            None => changes.push(told(StoryChange {
                part: ChangedPart::Unknown,
                state: ChangeState::Refused,
                made_at_ms: None,
                whence: Whence::Here,
                attempts: 0,
                next_attempt_at_ms: None,
                code: None,
                refused_at_ms: None,
            })),
        }
    }
    for row in waiting {
        changes.extend(parts(&row.op.change).iter().map(|part| StoryChange {
            attempts: row.attempts,
            next_attempt_at_ms: row.next_attempt_at_ms,
            ..of_op(&row.op, *part, ChangeState::Waiting)
        }));
    }
    let is_on_its_way = |part: ChangedPart| {
        changes
            .iter()
            .any(|change: &StoryChange| change.part == part)
    };
    let answered: Vec<StoryChange> = written(session)
        .into_iter()
        .filter(|(part, _)| !is_on_its_way(*part))
        .map(|(part, stamp)| StoryChange {
            part,
            state: ChangeState::Answered,
            made_at_ms: stamp.map(|stamp| UnixMillis(stamp.hlc_ms)),
            whence: whence(
                stamp.map_or(session.start.device_id, |stamp| stamp.device_id),
                this,
            ),
            attempts: 0,
            next_attempt_at_ms: None,
            code: None,
            refused_at_ms: None,
        })
        .collect();
    changes.extend(answered);
    let place = |part: ChangedPart| {
        [ChangedPart::Start, ChangedPart::Completion]
            .iter()
            .position(|it| *it == part)
            .unwrap_or(2)
    };
    changes.sort_by_key(|change| (place(change.part), change.made_at_ms));
    changes
}
