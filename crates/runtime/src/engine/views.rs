//! From domain types to what a surface shows.

use mitta_domain::recovery::{Unfinished, question};
use mitta_domain::timer::{Now, Phase, Question, SitTimer};
use mitta_domain::{Session, Source};

use super::company::Company;
use crate::api::{Recording, SessionView, SitPhase, SitQuestion, SitView, UnfinishedView};

pub(super) fn sit(timer: &SitTimer, company: Company, now: Now, recording: Recording) -> SitView {
    let view = timer.view(now);
    let (phase, question, discarded) = match view.phase {
        Phase::Preparing => (SitPhase::Preparing, None, false),
        Phase::Sitting => (SitPhase::Sitting, None, false),
        Phase::Paused => (SitPhase::Paused, None, false),
        Phase::Overtime => (SitPhase::Overtime, None, false),
        Phase::Ending => (SitPhase::Ending, None, false),
        Phase::Asking(Question::Slept) => (SitPhase::Asking, Some(SitQuestion::Slept), false),
        Phase::Asking(Question::KeepOvertime) => {
            (SitPhase::Asking, Some(SitQuestion::KeepOvertime), false)
        }
        Phase::Over { discarded } => (SitPhase::Ended, None, discarded),
    };
    let ticking = matches!(
        phase,
        SitPhase::Preparing | SitPhase::Sitting | SitPhase::Overtime | SitPhase::Ending
    );
    let plan = timer.plan();
    SitView {
        session_id: timer.session_id(),
        phase,
        ticking,
        planned_s: plan.choice.planned_s,
        preparation_left_ms: view.preparation_left_ms,
        elapsed_ms: view.elapsed_ms,
        asleep_ms: view.asleep_ms,
        undo_left_ms: view.undo_left_ms,
        ends_at_ms: view.ends_at_ms,
        interval_at_s: plan.interval_at_s.clone(),
        label: plan.choice.label.clone(),
        together_id: company.together_id,
        is_private: company.is_private,
        question,
        completion: view.completion,
        discarded,
        recording,
    }
}

pub(super) fn session(session: &Session) -> SessionView {
    let plan = session
        .plan
        .as_ref()
        .filter(|_| session.start.source == Source::Timer);
    let bells = plan
        .filter(|plan| plan.choice.interval_bell.strikes > 0)
        .map_or(0, |plan| plan.interval_at_s.len());
    SessionView {
        session_id: session.start.session_id,
        source: session.start.source,
        state: session.state(),
        started_at_ms: session.start.started_at_ms,
        utc_offset_s: session.start.utc_offset_s,
        local_date: session.start.local_date.to_string(),
        planned_s: session.start.planned_s,
        credited_s: session.credited_s(),
        completion: session.completion,
        interval_bells: u32::try_from(bells).unwrap_or(u32::MAX),
        words: session.words.clone(),
        together_id: session.start.together_id,
        sharing: session.sharing,
        deleted: session.deleted,
    }
}

pub(super) fn unfinished(row: &Unfinished) -> UnfinishedView {
    UnfinishedView {
        session_id: row.start.session_id,
        started_at_ms: row.start.started_at_ms,
        utc_offset_s: row.start.utc_offset_s,
        planned_s: row.start.planned_s,
        last_seen_ms: row.last_seen.as_ref().map(|seen| seen.wall_ms),
        question: question(row),
    }
}
