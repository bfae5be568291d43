//! Sits that a person adds afterwards, and dates that they correct.

use chrono_tz::Tz;
use mitta_domain::past::{self, Placed, parse_wall};
use mitta_domain::{Seconds, Session, SessionId, UnixMillis, calendar};
use mitta_store::{PastOps, PastSit, PastTime, Replaced};

use super::found::entry_view;
use super::{Shared, locked, views};
use crate::api::{
    AddSitArgs, ApiError, CheckSitArgs, CorrectStartArgs, Corrected, ErrorCode, PastStart,
    SessionView, SitCheck,
};

/// The most sits at the same time that are named.
const MAX_OVERLAPS: u32 = 10;

/// A past sit's place in time, and in which zone.
struct Place {
    placed: Placed,
    tz: Tz,
}

impl Shared {
    /// Where no zone is named, it is that of the session whose date is corrected, else the present one.
    fn place(
        &self,
        start: &PastStart,
        took_s: Seconds,
        corrects: Option<&Session>,
    ) -> Result<Place, ApiError> {
        let own = corrects.map(|session| &session.start.tz);
        let tz = match start.tz.as_ref().or(own) {
            Some(name) => calendar::zone(name)?,
            // Not the usual stand-in: a time on a clock of nobody knows where is no time.
            None => self
                .clock
                .zone()
                .map_err(|error| ApiError::new(ErrorCode::ZoneUnknown, error))?,
        };
        let wall = parse_wall(&start.wall)?;
        let day_start_hour = self.settings()?.day_start_hour;
        let now = self.clock.now().wall_ms;
        let placed = past::place(wall, tz, start.occurrence, day_start_hour, took_s, now)?;
        Ok(Place { placed, tz })
    }

    pub(super) fn check_sit(&self, args: &CheckSitArgs) -> Result<SitCheck, ApiError> {
        let credited_s = past::parse_length(&args.length)?;
        let corrects = args.replaces.map(|id| self.session(id)).transpose()?;
        let took_s = corrects.as_ref().map_or(credited_s, took_s);
        let Place { placed, .. } = self.place(&args.start, took_s, corrects.as_ref())?;
        let ended_at_ms = placed.started_at_ms.plus_ms(i64::from(took_s.0) * 1000);
        let overlaps = locked(&self.reader)
            .overlapping(placed.started_at_ms, ended_at_ms, MAX_OVERLAPS + 1)?
            .into_iter()
            .filter(|entry| Some(entry.session_id) != args.replaces)
            .take(MAX_OVERLAPS as usize)
            .map(entry_view)
            .collect();
        Ok(SitCheck {
            started_at_ms: placed.started_at_ms,
            ended_at_ms,
            utc_offset_s: placed.utc_offset_s,
            local_date: placed.local_date.to_string(),
            credited_s,
            is_twice: placed.twice.is_some(),
            overlaps,
        })
    }

    pub(super) fn add_sit(&self, args: AddSitArgs) -> Result<SessionView, ApiError> {
        let credited_s = past::parse_length(&args.length)?;
        let place = self.place(&args.start, credited_s, None)?;
        let wall_ms = self.clock.now().wall_ms;
        let past = PastSit {
            time: self.past_time(&place, wall_ms),
            credited_s,
            words: args.words,
            is_private: args.is_private,
        };
        let ops = self.past_ops(wall_ms);
        let session = self
            .recorder()
            .call(move |writer| writer.add(&past, wall_ms, ops))?;
        self.history_changed();
        Ok(views::session(&session))
    }

    pub(super) fn correct_start(&self, args: &CorrectStartArgs) -> Result<Corrected, ApiError> {
        let session_id = args.session_id;
        let session = self.session(session_id)?;
        let place = self.place(&args.start, took_s(&session), Some(&session))?;
        let wall_ms = self.clock.now().wall_ms;
        let time = self.past_time(&place, wall_ms);
        let ops = self.past_ops(wall_ms);
        let replaced = self
            .recorder()
            .call(move |writer| writer.replace(session_id, &time, wall_ms, ops))
            .map_err(|error| error.about(session_id))?;
        self.history_changed();
        Ok(corrected(&replaced))
    }

    pub(super) fn undo_correct_start(&self, session_id: SessionId) -> Result<Corrected, ApiError> {
        let wall_ms = self.clock.now().wall_ms;
        let ops = [self.ids.op(wall_ms), self.ids.op(wall_ms)];
        let replaced = self
            .recorder()
            .call(move |writer| writer.unreplace(session_id, wall_ms, ops))
            .map_err(|error| error.about(session_id))?;
        self.history_changed();
        Ok(corrected(&replaced))
    }

    fn past_time(&self, place: &Place, wall_ms: UnixMillis) -> PastTime {
        PastTime {
            session_id: self.ids.session(wall_ms),
            started_at_ms: place.placed.started_at_ms,
            tz: place.tz.name().to_owned(),
            utc_offset_s: place.placed.utc_offset_s,
            local_date: place.placed.local_date,
        }
    }

    fn past_ops(&self, wall_ms: UnixMillis) -> PastOps {
        PastOps {
            sharing: self.ids.op(wall_ms),
            sat: self.ids.op(wall_ms),
            words: self.ids.op(wall_ms),
            deletion: self.ids.op(wall_ms),
            counts: self.ids.op(wall_ms),
        }
    }
}

/// From its start to its end, pauses and all, in whole seconds; what it is credited where it runs
/// still, which is refused later.
fn took_s(session: &Session) -> Seconds {
    let took_ms = session
        .completion
        .and_then(|done| done.ended_at_ms.since_ms(session.start.started_at_ms));
    took_ms.map_or_else(|| session.credited_s(), Seconds::floor_ms)
}

fn corrected(replaced: &Replaced) -> Corrected {
    Corrected {
        sit: views::session(&replaced.counts),
        was: views::session(&replaced.deleted),
    }
}
