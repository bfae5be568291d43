//! What is recorded of the live sit: made for the writer thread, and what became of it there.

use mitta_domain::SessionId;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::timer::{Now, Record, SitTimer};
use mitta_store::Stamped;

use super::Live;
use crate::api::{ApiError, NoticeTopic, Recording, Update};
use crate::engine::Shared;
use crate::engine::recorder::{Entry, Outcome};
use crate::locked;

impl Live {
    pub(super) const fn recording(&self) -> Recording {
        match (self.failing, self.unrecorded) {
            (true, _) => Recording::Failing,
            (false, 0) => Recording::Recorded,
            (false, _) => Recording::Saving,
        }
    }
}

impl Shared {
    pub(super) fn entry(
        &self,
        session_id: SessionId,
        record: Record,
        timer: &SitTimer,
        now: Now,
    ) -> Entry {
        Entry {
            session_id,
            record,
            heartbeat: self.heartbeat_of(timer, now),
            stamped: self.stamped(now),
            delete_op: self.ids.op(now.wall_ms),
        }
    }

    pub(in crate::engine) fn stamped(&self, now: Now) -> Stamped {
        Stamped {
            wall_ms: now.wall_ms,
            op_id: self.ids.op(now.wall_ms),
        }
    }

    pub(in crate::engine) fn heartbeat_of(&self, timer: &SitTimer, now: Now) -> Heartbeat {
        Heartbeat {
            wall_ms: now.wall_ms,
            boot_ms: now.boot_ms,
            boot_id: self.boot_id.clone(),
            progress: timer.progress(now),
        }
    }

    /// Called by the writer thread.
    pub(in crate::engine) fn recorded(&self, outcome: Outcome) {
        match outcome {
            Outcome::Kept(session_id, record) => self.kept(session_id, record, false),
            Outcome::Seen(session_id) => self.in_seat(session_id, |live| live.failing = false),
            Outcome::Remembered(settings) => self.update(Update::Settings(settings)),
            Outcome::Failing(session_id, error) => {
                if let Some(session_id) = session_id {
                    self.in_seat(session_id, |live| live.failing = true);
                }
                self.notice(NoticeTopic::Recording, Some(error));
            }
            Outcome::Refused(session_id, record, error) => {
                match record {
                    Some(record) => self.kept(session_id, record, true),
                    None => self.in_seat(session_id, |live| live.failing = true),
                }
                self.notice(NoticeTopic::Recording, Some(error));
            }
            Outcome::CaughtUp => {
                let unrecovered = locked(&self.unrecovered).clone();
                self.notice(NoticeTopic::Recording, unrecovered);
            }
            Outcome::Died => {
                if let Some(session_id) = self.unsettled() {
                    self.in_seat(session_id, |live| live.failing = true);
                }
                let defect = "nothing can be recorded until Mitta is started again";
                self.notice(NoticeTopic::Recording, Some(ApiError::internal(&defect)));
            }
        }
    }

    /// A record is on the disk, or was `refused` for good. With the end of the sit its lock is let
    /// go of first, and not under `seat`: that touches the disk.
    fn kept(&self, session_id: SessionId, record: Record, refused: bool) {
        let is_end = matches!(record, Record::Complete(_) | Record::Discard(_));
        if is_end {
            let lock = locked(&self.seat)
                .as_mut()
                .filter(|live| live.timer.session_id() == session_id)
                .and_then(|live| live.lock.take());
            drop(lock);
        }
        self.in_seat(session_id, |live| {
            live.failing = refused;
            live.unrecorded = live.unrecorded.saturating_sub(1);
            live.settled |= is_end;
        });
        if is_end {
            self.history_changed();
            let mut seat = locked(&self.seat);
            if seat
                .as_ref()
                .is_some_and(|live| live.dismissed && live.is_settled())
            {
                *seat = None;
            }
        }
    }

    /// Changes what is known of the recording of a sit, and tells it if that shows.
    fn in_seat(&self, session_id: SessionId, change: impl FnOnce(&mut Live)) {
        let mut seat = locked(&self.seat);
        let Some(live) = seat
            .as_mut()
            .filter(|live| live.timer.session_id() == session_id)
        else {
            return;
        };
        let before = live.recording();
        change(live);
        if before != live.recording() && !live.dismissed {
            self.update(Update::Sit(Some(live.view(self.clock.now()))));
        }
    }
}
