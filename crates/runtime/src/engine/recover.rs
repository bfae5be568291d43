//! What an earlier run left: unfinished rows, each decided by its own id.
//!
//! Must hold: only the holder of the kernel lock recovers; nothing is completed by filter (I1).

use mitta_domain::recovery::{Answer, Recovery, RecoveryChoice, Unfinished, decide, question};
use mitta_domain::timer::{Now, Progress, SitTimer};
use mitta_domain::{Session, SessionId, State};
use mitta_store::{LockError, SittingLock};

use super::company::Company;
use super::live::Live;
use super::{Shared, locked, views};
use crate::api::{ApiError, ErrorCode, NoticeTopic, SessionView, UnfinishedView, Update};

/// The rows of a data folder that are running, as they look from here.
#[derive(Default)]
pub(super) struct Around {
    /// The one that another process drives.
    pub elsewhere: Option<SessionId>,
    /// Those that nobody drives.
    pub unfinished: Vec<UnfinishedView>,
}

impl Shared {
    /// Goes through all unfinished rows: the newest that may goes on by itself, those that had
    /// ended are completed, and the others wait for a person.
    ///
    /// What fails is said and leaves its row for a person, too: the rest of Mitta still works.
    pub(super) fn recover_by_itself(&self) {
        let _one_at_a_time = locked(&self.beginning);
        let error = self.try_to_recover().err();
        if let Some(error) = &error {
            tracing::error!(%error, "unfinished sits were not recovered");
            self.notice(NoticeTopic::Recording, Some(error.clone()));
        }
        *locked(&self.unrecovered) = error;
    }

    /// Once more what failed at launch, if it did.
    pub(super) fn recover_again(&self) {
        if locked(&self.unrecovered).is_none() {
            return;
        }
        self.recover_by_itself();
        if locked(&self.unrecovered).is_none() {
            self.notice(NoticeTopic::Recording, None);
        }
        self.update(Update::Unfinished);
    }

    /// Answers the first of what failed, after all was tried.
    fn try_to_recover(&self) -> Result<(), ApiError> {
        self.check_running()?;
        // A live sit of our own means that we hold the lock already.
        let ours = self.unsettled();
        let Some(newest) = self.running_rows(ours)?.pop() else {
            return Ok(());
        };
        let mut lock = match ours {
            Some(_) => None,
            None => match self.take_lock(newest.start.session_id) {
                Ok(lock) => Some(lock),
                // Another process drives one of them: hands off all of them.
                Err(error) if error.code == ErrorCode::SitRunning => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        // Read again: whoever held the lock before may have completed rows in between.
        let rows = self.running_rows(ours)?;
        let now = self.clock.now();
        let mut answers = Vec::new();
        for row in rows.into_iter().rev() {
            let session_id = row.start.session_id;
            match decide(&row, now, &self.boot_id) {
                // The newest of them, and before anything waits for the disk (I9).
                Recovery::Resume(progress) => {
                    if let Some(lock) = lock.take() {
                        self.go_on(row, progress, lock, now);
                    }
                }
                Recovery::Complete(completion) => {
                    answers.push((session_id, Answer::Keep(completion)));
                }
                Recovery::DiscardUnstarted(completion) => {
                    answers.push((session_id, Answer::Discard(completion)));
                }
                Recovery::Ask(_) => {}
            }
        }
        let mut first = Ok(());
        for (session_id, answer) in answers {
            if let Err(error) = self.answered(session_id, answer) {
                tracing::error!(%session_id, %error, "not recovered");
                first = first.and(Err(error.about(session_id)));
            }
        }
        first
    }

    fn go_on(&self, row: Unfinished, progress: Progress, mut lock: SittingLock, now: Now) {
        let session_id = row.start.session_id;
        tracing::info!(%session_id, ?progress, "goes on");
        if let Err(error) = lock.name(Some(session_id)) {
            tracing::warn!(%error, "the lock names another sit");
        }
        self.sound.prepare(&row.plan);
        let company = Company::of(&row);
        let (timer, effects) = match company.together_id {
            None => SitTimer::resume(session_id, row.plan, progress, now),
            Some(_) => SitTimer::resume_together(session_id, row.plan, progress, now),
        };
        self.seat(Live::new(timer, company, lock, now), effects);
    }

    /// Who drives the running rows, and which of them wait for a person.
    pub(super) fn look_around(&self) -> Result<Around, ApiError> {
        let ours = self.unsettled();
        let mut rows = self.running_rows(ours)?;
        let mut elsewhere = None;
        // Only an unfinished row can be somebody's sit; without one, nobody's lock is touched.
        if let Some(newest) = rows.last().map(|row| row.start.session_id)
            && ours.is_none()
        {
            match SittingLock::vacancy(&self.dir) {
                // While it is kept, nobody completes what is read.
                Ok(_vacancy) => rows = self.running_rows(ours)?,
                Err(LockError::Held { session_id }) => {
                    elsewhere = Some(session_id.unwrap_or(newest));
                }
                Err(LockError::Io(error)) => return Err(error.into()),
            }
        }
        let unfinished = rows
            .iter()
            .filter(|row| Some(row.start.session_id) != elsewhere)
            .map(views::unfinished)
            .collect();
        Ok(Around {
            elsewhere,
            unfinished,
        })
    }

    /// The running rows but this process's own, oldest first.
    fn running_rows(&self, ours: Option<SessionId>) -> Result<Vec<Unfinished>, ApiError> {
        let mut rows = locked(&self.reader).unfinished()?;
        rows.retain(|row| Some(row.start.session_id) != ours);
        Ok(rows)
    }

    fn answered(&self, session_id: SessionId, answer: Answer) -> Result<Session, ApiError> {
        let now = self.clock.now();
        let (stamped, delete_op) = (self.stamped(now), self.ids.op(now.wall_ms));
        let session = self.recorder().call(move |writer| match answer {
            Answer::Keep(completion) => writer.complete(session_id, &completion, stamped),
            Answer::Discard(completion) => {
                writer.discard(session_id, &completion, stamped, delete_op)
            }
        })?;
        self.history_changed();
        Ok(session)
    }

    /// A person's decision on one unfinished sit.
    pub(super) fn recover(
        &self,
        session_id: SessionId,
        choice: RecoveryChoice,
    ) -> Result<SessionView, ApiError> {
        let _one_at_a_time = locked(&self.beginning);
        self.check_running()?;
        self.check_unfinished(session_id)?;
        let ours = self.unsettled();
        if ours == Some(session_id) {
            let why = "This sit is running here: end it instead.";
            return Err(ApiError::new(ErrorCode::WrongState, why).about(session_id));
        }
        // A live sit of our own means that we hold the lock already.
        let _lock = match ours {
            Some(_) => None,
            None => Some(self.take_lock(session_id)?),
        };
        // Whoever held the lock before may have completed it.
        self.check_unfinished(session_id)?;
        let rows = locked(&self.reader).unfinished()?;
        let row = rows
            .iter()
            .find(|row| row.start.session_id == session_id)
            .ok_or_else(|| {
                let why = "This sit was not begun by a timer of this folder.";
                ApiError::new(ErrorCode::WrongState, why).about(session_id)
            })?;
        let answer = question(row)
            .answer(choice)
            .map_err(|e| ApiError::new(ErrorCode::WrongState, e).about(session_id))?;
        let session = self.answered(session_id, answer)?;
        self.update(Update::Unfinished);
        Ok(views::session(&session))
    }

    fn check_unfinished(&self, session_id: SessionId) -> Result<(), ApiError> {
        match self.session(session_id)?.state() {
            State::Running => Ok(()),
            State::Completed => {
                let why = "This sit was completed before; nothing was changed.";
                Err(ApiError::new(ErrorCode::AlreadyCompleted, why).about(session_id))
            }
        }
    }
}
