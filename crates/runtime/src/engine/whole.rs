//! What a window shows of the whole, what is set, and one session of it.

use mitta_domain::bells::InvalidIntervals;
use mitta_domain::calendar::{DateSpan, Week};
use mitta_domain::plan::InvalidPlan;
use mitta_domain::totals;
use mitta_domain::{Session, SessionId, Settings};
use mitta_store::Edit;

use super::notices::{list, without_settings};
use super::recorder::Outcome;
use super::recover::Around;
use super::{Shared, locked, views};
use crate::api::{
    ApiError, ErrorCode, NoticeTopic, PresetList, SessionView, Snapshot, SpanTotal, Totals, Update,
};

/// How many weeks [`Totals`] lists.
const WEEKS: u32 = 12;

impl Shared {
    pub(super) fn settings(&self) -> Result<Settings, ApiError> {
        let saved = locked(&self.reader).saved_settings()?;
        Ok(saved.unwrap_or_else(|| self.usual.clone()))
    }

    /// The settings, or the usual ones: that they cannot be read, keeps nobody from sitting.
    pub(super) fn settings_or_default(&self) -> Settings {
        self.settings().unwrap_or_else(|error| {
            tracing::warn!(%error, "the settings cannot be read");
            self.usual.clone()
        })
    }

    /// What a window shows. What cannot be read of it is said, and the rest shown.
    pub(super) fn snapshot(&self) -> Snapshot {
        let mut problem = None;
        let around = self.look_around().unwrap_or_else(|error| {
            problem = Some(error);
            Around::default()
        });
        let settings = self.settings().unwrap_or_else(|error| {
            problem = Some(without_settings(&error));
            self.usual.clone()
        });
        let presets = self.presets().unwrap_or_else(|error| {
            problem = Some(error);
            PresetList {
                presets: Vec::new(),
            }
        });
        self.database_notice(problem);
        Snapshot {
            sit: self.sit_view(),
            elsewhere: around.elsewhere,
            unfinished: around.unfinished,
            settings,
            presets: presets.presets,
            notices: list(&locked(&self.notices)),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Tries once more what could not be recorded or recovered.
    pub(super) fn retry_recording(&self) {
        self.recover_again();
        let said = locked(&self.notices)
            .get(&NoticeTopic::Recording)
            .map(|e| e.code);
        if said == Some(ErrorCode::Internal) {
            self.notice(NoticeTopic::Recording, None);
        }
        if !self.recorder().retry() {
            self.recorded(Outcome::Died);
        }
    }

    pub(super) fn session(&self, session_id: SessionId) -> Result<Session, ApiError> {
        let session = locked(&self.reader).session(session_id)?;
        session.ok_or_else(|| unknown(session_id))
    }

    pub(super) fn counting(&self, session_id: SessionId) -> Result<Session, ApiError> {
        let session = locked(&self.reader).counting(session_id)?;
        session.ok_or_else(|| unknown(session_id))
    }

    pub(super) fn edit(&self, session_id: SessionId, edit: Edit) -> Result<SessionView, ApiError> {
        let stamped = self.stamped(self.clock.now());
        let session = self
            .recorder()
            .call(move |w| w.edit(session_id, &edit, stamped))
            .map_err(|error| error.about(session_id))?;
        self.history_changed();
        Ok(views::session(&session))
    }

    pub(super) fn save_settings(&self, settings: Settings) -> Result<Settings, ApiError> {
        match settings.choice.check() {
            // That the bells do not fit the length is said at Begin: one of the two is
            // perhaps just being changed.
            Ok(()) | Err(InvalidPlan::Intervals(InvalidIntervals::LongerThanSit { .. })) => {}
            Err(error) => return Err(error.into()),
        }
        let saved = settings.clone();
        self.recorder()
            .call(move |writer| writer.save_settings(&saved))?;
        self.database_notice(None);
        self.awake
            .set(settings.keep_display_awake, settings.prevent_suspend);
        self.update(Update::Settings(settings.clone()));
        Ok(settings)
    }

    pub(super) fn totals(&self) -> Result<Totals, ApiError> {
        let settings = self.settings_or_default();
        let today = self.today(&settings)?;
        let week = Week::of(today, settings.week_start);
        let month = DateSpan::month_of(today);
        let oldest = week.back(WEEKS - 1).start().min(month.from);
        let newest = week.span().to.max(month.to);
        let (days, all) = {
            let reader = locked(&self.reader);
            (reader.day_totals(oldest, newest)?, reader.all_total()?)
        };
        let span = |span: DateSpan| span_total(&totals::sum(&days, span));
        Ok(Totals {
            today: span(DateSpan::day(today)),
            week: span(week.span()),
            month: span(month),
            all: all.map_or_else(|| span(DateSpan::day(today)), |all| span_total(&all)),
            weeks: totals::by_week(&days, week, WEEKS)
                .iter()
                .map(span_total)
                .collect(),
        })
    }
}

fn unknown(session_id: SessionId) -> ApiError {
    ApiError::new(
        ErrorCode::UnknownSession,
        format_args!("There is no sit {session_id}."),
    )
    .about(session_id)
}

fn span_total(total: &totals::SpanTotal) -> SpanTotal {
    SpanTotal {
        from: total.span.from.to_string(),
        to: total.span.to.to_string(),
        sits: total.sits,
        credited_s: total.credited_s,
        days: total.days,
    }
}
