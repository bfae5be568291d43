//! What the last run left: unfinished rows, each decided by its own id.
//!
//! Must hold: only the holder of the kernel lock recovers; nothing is completed by filter (I1).

use mitta_domain::SessionId;
use mitta_domain::recovery::{Answer, Recovery, RecoveryChoice, Unfinished, decide, question};
use mitta_domain::timer::SitTimer;
use mitta_store::{LockError, SittingLock};

use super::live::Live;
use super::{Shared, locked, views};
use crate::api::{ApiError, ErrorCode, SessionView, UnfinishedView, Update};
use crate::engine::Signal;

impl Shared {
    /// Goes through all unfinished rows. With `resume`, the one that may goes on by itself; a
    /// terminal only names them.
    pub(super) fn recover_at_launch(&self, resume: bool) -> Result<(), ApiError> {
        let rows = locked(&self.reader).unfinished()?;
        let Some(newest) = rows.last().map(|row| row.start.session_id) else {
            return Ok(());
        };
        let mut lock = match SittingLock::try_take(&self.dir, Some(newest)) {
            Ok(lock) => Some(lock),
            // Another process drives one of them: hands off all of them.
            Err(LockError::Held { .. }) => return Ok(()),
            Err(LockError::Io(error)) => return Err(error.into()),
        };
        // Read again: whoever held the lock before may have completed rows in between.
        let rows = locked(&self.reader).unfinished()?;
        let now = self.clock.now();
        let mut open = Vec::new();
        for row in rows.into_iter().rev() {
            match decide(&row, now, &self.boot_id) {
                Recovery::Resume(progress) if resume && lock.is_some() => {
                    let Some(mut lock) = lock.take() else {
                        continue;
                    };
                    lock.name(Some(row.start.session_id))?;
                    tracing::info!(session_id = %row.start.session_id, ?progress, "goes on");
                    self.sound.prepare(&row.plan);
                    let id = row.start.session_id;
                    let (timer, effects) = SitTimer::resume(id, row.plan, progress, now);
                    self.seat(Live::new(timer, lock, now), effects, now);
                }
                Recovery::Complete(completion) if resume => {
                    self.answered(row.start.session_id, Answer::Keep(completion))?;
                }
                Recovery::DiscardUnstarted(completion) if resume => {
                    self.answered(row.start.session_id, Answer::Discard(completion))?;
                }
                _ => open.push(self.unfinished_view(&row)),
            }
        }
        *locked(&self.unfinished) = open;
        Ok(())
    }

    fn unfinished_view(&self, row: &Unfinished) -> UnfinishedView {
        UnfinishedView {
            session_id: row.start.session_id,
            started_at_ms: row.start.started_at_ms,
            utc_offset_s: row.start.utc_offset_s,
            planned_s: row.start.planned_s,
            last_seen_ms: row.last_seen.as_ref().map(|seen| seen.wall_ms),
            question: question(row),
        }
    }

    fn answered(&self, session_id: SessionId, answer: Answer) -> Result<SessionView, ApiError> {
        let now = self.clock.now();
        let (stamped, delete_op) = (self.stamped(now), self.ids.op(now.wall_ms));
        let session = self.recorder().call(move |writer| match answer {
            Answer::Keep(completion) => writer.complete(session_id, &completion, stamped),
            Answer::Discard(completion) => {
                writer.discard(session_id, &completion, stamped, delete_op)
            }
        })?;
        Ok(views::session(&session))
    }

    /// A person's decision on one unfinished sit.
    pub(super) fn recover(
        &self,
        session_id: SessionId,
        choice: RecoveryChoice,
    ) -> Result<SessionView, ApiError> {
        let _one_at_a_time = locked(&self.beginning);
        let unfinished = locked(&self.unfinished)
            .iter()
            .find(|view| view.session_id == session_id)
            .cloned()
            .ok_or_else(|| {
                ApiError::new(ErrorCode::UnknownSession, "No unfinished sit has that id.")
                    .about(session_id)
            })?;
        let answer = unfinished
            .question
            .answer(choice)
            .map_err(|e| ApiError::new(ErrorCode::WrongState, e).about(session_id))?;
        // A live sit of our own means that we hold the lock already.
        let ours = locked(&self.seat)
            .as_ref()
            .is_some_and(|live| !live.is_settled());
        let _lock = if ours {
            None
        } else {
            Some(self.take_lock(session_id)?)
        };
        let session = self.answered(session_id, answer)?;
        locked(&self.unfinished).retain(|view| view.session_id != session_id);
        self.signal_all(vec![
            Signal::Update(Update::Unfinished),
            Signal::Update(Update::History),
        ]);
        Ok(session)
    }
}
