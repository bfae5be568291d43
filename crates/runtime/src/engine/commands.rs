//! The commands of `api`, on the engine.

use std::path::Path;

use mitta_domain::bells::{IntervalBells, InvalidIntervals};
use mitta_domain::calendar::{DateSpan, Week, local_date};
use mitta_domain::plan::InvalidPlan;
use mitta_domain::timer::Input;
use mitta_domain::totals;
use mitta_domain::{PlanChoice, PlannedLength, Session, SessionId, Settings, State};
use mitta_store::{Edit, HistoryEntry, Position};

use super::recorder::Outcome;
use super::recover::Around;
use super::{Engine, Shared, list, locked, views, without_settings};
use crate::api::{
    ApiError, CheckPlanArgs, ChooseArgs, Commands, DescribeArgs, ErrorCode, HistoryArgs,
    HistoryCursor, HistoryPage, ImportSoundArgs, Nothing, NoticeTopic, OfSession, ParseLengthArgs,
    ParsedLength, PlanCheck, PreviewArgs, RecoverArgs, SessionView, ShareSessionArgs, SitView,
    Snapshot, SoundChosen, SpanTotal, Totals, Update,
};
use crate::sound::files;

/// How many weeks [`Totals`] lists.
const WEEKS: u32 = 12;
/// The longest history page.
const MAX_PAGE: u32 = 500;

impl Shared {
    pub(super) fn settings(&self) -> Result<Settings, ApiError> {
        Ok(locked(&self.reader).settings()?)
    }

    /// The settings, or the usual ones: that they cannot be read, keeps nobody from sitting.
    pub(super) fn settings_or_default(&self) -> Settings {
        self.settings().unwrap_or_else(|error| {
            tracing::warn!(%error, "the settings cannot be read");
            Settings::default()
        })
    }

    /// What a window shows. What cannot be read of it is said, and the rest shown.
    fn snapshot(&self) -> Snapshot {
        let mut problem = None;
        let around = self.look_around().unwrap_or_else(|error| {
            problem = Some(error);
            Around::default()
        });
        let settings = self.settings().unwrap_or_else(|error| {
            problem = Some(without_settings(&error));
            Settings::default()
        });
        self.database_notice(problem);
        Snapshot {
            sit: self.sit_view(),
            elsewhere: around.elsewhere,
            unfinished: around.unfinished,
            settings,
            notices: list(&locked(&self.notices)),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Tries once more what could not be recorded or recovered.
    fn retry_recording(&self) {
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
        session.ok_or_else(|| {
            ApiError::new(
                ErrorCode::UnknownSession,
                format_args!("There is no sit {session_id}."),
            )
            .about(session_id)
        })
    }

    fn edit(&self, session_id: SessionId, edit: Edit) -> Result<SessionView, ApiError> {
        let stamped = self.stamped(self.clock.now());
        let session = self
            .recorder()
            .call(move |w| w.edit(session_id, &edit, stamped))
            .map_err(|error| error.about(session_id))?;
        self.history_changed();
        Ok(views::session(&session))
    }

    fn save_settings(&self, settings: Settings) -> Result<Settings, ApiError> {
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

    fn totals(&self) -> Result<Totals, ApiError> {
        let settings = self.settings_or_default();
        let zone = self.clock.zone().unwrap_or(chrono_tz::UTC);
        let today = local_date(self.clock.now().wall_ms, zone, settings.day_start_hour)?.local_date;
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

fn span_total(total: &totals::SpanTotal) -> SpanTotal {
    SpanTotal {
        from: total.span.from.to_string(),
        to: total.span.to.to_string(),
        sits: total.sits,
        credited_s: total.credited_s,
        days: total.days,
    }
}

fn entry_view(entry: HistoryEntry) -> SessionView {
    let state = if entry.completion.is_some() {
        State::Completed
    } else {
        State::Running
    };
    SessionView {
        session_id: entry.session_id,
        source: entry.source,
        state,
        started_at_ms: entry.started_at_ms,
        utc_offset_s: entry.utc_offset_s,
        local_date: entry.local_date.to_string(),
        planned_s: entry.planned_s,
        credited_s: entry.credited_s,
        completion: entry.completion,
        interval_bells: entry.interval_bells,
        words: entry.words,
        sharing: entry.sharing,
        deleted: false,
    }
}

impl Engine {
    fn running(&self) -> Result<&Shared, ApiError> {
        self.shared.check_running()?;
        Ok(&self.shared)
    }
}

impl Commands for Engine {
    fn snapshot(&self, _: Nothing) -> Result<Snapshot, ApiError> {
        Ok(self.running()?.snapshot())
    }

    fn begin(&self, choice: PlanChoice) -> Result<SitView, ApiError> {
        self.running()?.begin(choice)
    }

    fn begin_now(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::BeginNow)
    }

    fn pause(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Pause)
    }

    fn resume(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Resume)
    }

    fn end(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::End)
    }

    fn undo_end(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::UndoEnd)
    }

    fn finish(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Finish)
    }

    fn discard(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Discard)
    }

    fn choose(&self, args: ChooseArgs) -> Result<SitView, ApiError> {
        self.running()?
            .input(args.session_id, Input::Choose(args.choice))
    }

    fn dismiss(&self, of: OfSession) -> Result<Nothing, ApiError> {
        self.running()?.dismiss(of.session_id).map(|()| Nothing {})
    }

    fn recover(&self, args: RecoverArgs) -> Result<SessionView, ApiError> {
        self.running()?.recover(args.session_id, args.choice)
    }

    fn retry_recording(&self, _: Nothing) -> Result<Nothing, ApiError> {
        self.running()?.retry_recording();
        Ok(Nothing {})
    }

    fn describe(&self, args: DescribeArgs) -> Result<SessionView, ApiError> {
        let words = args
            .words
            .checked()
            .map_err(|e| ApiError::from(mitta_store::WriteError::from(e)))?;
        self.running()?.edit(args.session_id, Edit::Words(words))
    }

    fn share_session(&self, args: ShareSessionArgs) -> Result<SessionView, ApiError> {
        self.running()?
            .edit(args.session_id, Edit::Sharing(args.sharing))
    }

    fn delete_session(&self, of: OfSession) -> Result<SessionView, ApiError> {
        self.running()?.edit(of.session_id, Edit::Deleted(true))
    }

    fn restore_session(&self, of: OfSession) -> Result<SessionView, ApiError> {
        self.running()?.edit(of.session_id, Edit::Deleted(false))
    }

    fn session(&self, of: OfSession) -> Result<SessionView, ApiError> {
        let session = self.running()?.session(of.session_id)?;
        Ok(views::session(&session))
    }

    fn history(&self, args: HistoryArgs) -> Result<HistoryPage, ApiError> {
        if !(1..=MAX_PAGE).contains(&args.limit) {
            let why = format_args!("a page has 1 to {MAX_PAGE} rows, not {}", args.limit);
            return Err(ApiError::new(ErrorCode::InvalidRequest, why));
        }
        let before = args.before.map(|cursor| Position {
            started_at_ms: cursor.started_at_ms,
            session_id: cursor.session_id,
        });
        let entries = locked(&self.running()?.reader).history_page(before, args.limit)?;
        let is_full = u32::try_from(entries.len()).is_ok_and(|found| found == args.limit);
        let next = entries
            .last()
            .filter(|_| is_full)
            .map(|last| HistoryCursor {
                started_at_ms: last.started_at_ms,
                session_id: last.session_id,
            });
        Ok(HistoryPage {
            sits: entries.into_iter().map(entry_view).collect(),
            next,
        })
    }

    fn totals(&self, _: Nothing) -> Result<Totals, ApiError> {
        self.running()?.totals()
    }

    fn save_settings(&self, settings: Settings) -> Result<Settings, ApiError> {
        self.running()?.save_settings(settings)
    }

    fn parse_length(&self, args: ParseLengthArgs) -> Result<ParsedLength, ApiError> {
        Ok(ParsedLength {
            planned_s: PlannedLength::parse(&args.text)?,
        })
    }

    fn import_sound(&self, args: ImportSoundArgs) -> Result<SoundChosen, ApiError> {
        let sound = files::import(Path::new(&args.path), &self.running()?.dir.sounds())?;
        Ok(SoundChosen { sound: Some(sound) })
    }

    fn preview(&self, args: PreviewArgs) -> Result<Nothing, ApiError> {
        self.running()?.sound.preview(&args.bell);
        Ok(Nothing {})
    }

    fn stop_preview(&self, _: Nothing) -> Result<Nothing, ApiError> {
        self.running()?.sound.stop_preview();
        Ok(Nothing {})
    }

    fn check_plan(&self, args: CheckPlanArgs) -> Result<PlanCheck, ApiError> {
        let choice = args.choice;
        let mut bells = vec![choice.start_bell.clone(), choice.end_bell.clone()];
        if choice.intervals != IntervalBells::None {
            bells.push(choice.interval_bell.clone());
        }
        let problems: Vec<ApiError> = self
            .running()?
            .sound
            .check(&bells)
            .into_iter()
            .map(ApiError::from)
            .collect();
        self.running()?
            .notice(NoticeTopic::Sound, problems.first().cloned());
        let plan = choice.check();
        Ok(PlanCheck {
            problems: plan
                .err()
                .map(ApiError::from)
                .into_iter()
                .chain(problems)
                .collect(),
        })
    }
}
