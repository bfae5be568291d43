//! Begin: the one moment that waits for the disk.
//!
//! Must hold (I1, I9): the row is committed before anything is shown or rung; where it cannot be,
//! nothing is seated, nothing rings, and the error says why.

use std::time::Duration;

use mitta_domain::calendar::local_date;
use mitta_domain::timer::{Effect, Now, SitTimer};
use mitta_domain::{Plan, PlanChoice, Seat, SessionId};
use mitta_store::{LockError, NewSession, SittingLock};

use super::company::Company;
use super::live::Live;
use super::{Shared, locked};
use crate::api::{ApiError, ErrorCode, NoticeTopic, SitView};

/// Another process that only looks whether a sit is live holds the lock for a moment.
pub(super) const LOCK_TRIES: u32 = 5;
pub(super) const LOCK_RETRY: Duration = Duration::from_millis(20);

impl Shared {
    pub(super) fn begin(&self, choice: PlanChoice, company: Company) -> Result<SitView, ApiError> {
        let _one_at_a_time = locked(&self.beginning);
        self.check_running()?;
        let plan = Plan::freeze(choice, &mut rand::rng())?;
        self.settle_last()?;
        let choice = plan.choice.clone();
        let view = self.record_and_seat(plan, company, self.clock.now(), SitTimer::begin)?;
        self.recorder().remember(choice);
        Ok(view)
    }

    /// The bells sound as in the person's last sit; what the next one begins with stays as it is.
    pub(super) fn begin_together(&self, seat: &Seat) -> Result<SitView, ApiError> {
        let _one_at_a_time = locked(&self.beginning);
        self.check_running()?;
        self.settle_last()?;
        if locked(&self.reader).sat_together(seat.together_id)? {
            return Err(ApiError::new(
                ErrorCode::TogetherTaken,
                "You have sat this one already. Nothing was recorded.",
            ));
        }
        let own = self.settings_or_default().choice;
        let now = self.clock.now();
        let place = seat.place(now.boot_ms)?;
        let plan = seat.plan(&place, own, &mut rand::rng())?;
        let company = Company::together(seat.together_id);
        self.record_and_seat(plan, company, now, |session_id, plan, now| {
            SitTimer::begin_together(session_id, plan, place.start_boot_ms, now)
        })
    }

    fn record_and_seat(
        &self,
        plan: Plan,
        company: Company,
        now: Now,
        begin: impl FnOnce(SessionId, Plan, Now) -> (SitTimer, Vec<Effect>),
    ) -> Result<SitView, ApiError> {
        let session_id = self.ids.session(now.wall_ms);
        let lock = self.take_lock(session_id)?;
        self.sound.prepare(&plan);
        // Pure: nothing of it is carried out before the row is committed.
        let (timer, effects) = begin(session_id, plan, now);
        if let Err(error) = self.start_row(&timer, company, now) {
            self.sound.silence();
            self.sound.release();
            return Err(error);
        }
        let view = self.seat(Live::new(timer, company, lock, now), effects);
        self.notice(NoticeTopic::Begin, None);
        self.history_changed();
        Ok(view)
    }

    /// A sit of this process that is over has to be on the disk before another begins; where it
    /// cannot be, the disk's own error says more than that a sit is running.
    fn settle_last(&self) -> Result<(), ApiError> {
        let Some(session_id) = self.unsettled() else {
            return Ok(());
        };
        if !self.is_sitting() {
            self.recorder().call(|_| Ok(()))?;
        }
        match self.unsettled() {
            None => Ok(()),
            Some(_) => Err(sit_running(Some(session_id))),
        }
    }

    fn start_row(&self, timer: &SitTimer, company: Company, now: Now) -> Result<(), ApiError> {
        let plan = timer.plan().clone();
        let new = self.new_session(timer, company)?;
        let (heartbeat, stamped) = (self.heartbeat_of(timer, now), self.stamped(now));
        let sharing_op = company.is_private.then(|| self.ids.op(now.wall_ms));
        self.recorder().call(move |w| {
            match sharing_op {
                None => w.start(&new, &plan, &heartbeat, stamped),
                Some(op_id) => w.start_private(&new, &plan, &heartbeat, stamped, op_id),
            }
            .map(drop)
        })
    }

    fn new_session(&self, timer: &SitTimer, company: Company) -> Result<NewSession, ApiError> {
        let started_at_ms = timer.starts_at_ms();
        let zone = self.clock.zone();
        let unknown = zone
            .as_ref()
            .err()
            .map(|e| ApiError::new(ErrorCode::ZoneUnknown, e));
        self.notice(NoticeTopic::Clock, unknown);
        let zone = zone.unwrap_or(chrono_tz::UTC);
        let day = local_date(
            started_at_ms,
            zone,
            self.settings_or_default().day_start_hour,
        )?;
        Ok(NewSession {
            session_id: timer.session_id(),
            started_at_ms,
            tz: zone.name().to_owned(),
            utc_offset_s: day.utc_offset_s,
            local_date: day.local_date,
            together_id: company.together_id,
        })
    }

    pub(super) fn take_lock(&self, session_id: SessionId) -> Result<SittingLock, ApiError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match SittingLock::try_take(&self.dir, Some(session_id)) {
                Ok(lock) => return Ok(lock),
                Err(LockError::Held { session_id }) if tries >= LOCK_TRIES => {
                    return Err(sit_running(session_id));
                }
                Err(LockError::Held { .. }) => std::thread::sleep(LOCK_RETRY),
                Err(LockError::Io(error)) => return Err(error.into()),
            }
        }
    }
}

pub(super) fn sit_running(session_id: Option<SessionId>) -> ApiError {
    ApiError {
        session_id,
        ..ApiError::new(
            ErrorCode::SitRunning,
            "A sit is running already. End it first; nothing was recorded.",
        )
    }
}
