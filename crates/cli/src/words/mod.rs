//! Every word that the terminal says, in one place.

mod account;
mod doctor;
pub mod help;
mod partners;

pub use account::*;
pub use doctor::*;
pub use partners::*;

use std::fmt::Display;

use chrono::{DateTime, FixedOffset};
use mitta_domain::units::spoken;
use mitta_domain::{PlannedLength, Seconds, State, UnixMillis};
use mitta_runtime::api::{
    ApiError, NoticeTopic, SessionView, SitQuestion, SitView, SpanTotal, Totals, UnfinishedView,
};

use crate::sit::Event;

pub const NOTHING_YET: &str = "No sits yet. `mitta sit 20` begins one of 20 minutes.";
pub const NOTHING_UNFINISHED: &str = "No unfinished sits.";
pub const NOTHING_BEGUN: &str = "Nothing was begun.";
pub const RECOVER_WHILE_SITTING: &str = "A sit is running. End it first, then decide on others.";
pub const COMPLETED_BEFORE: &str = "That sit was completed before; nothing was changed.";
pub const INTERVALS_OF_LAST_SIT: &str =
    ". They are those of the last sit: `--intervals none` leaves them out";
pub const ASK_INTERRUPTED: &str =
    "End this sit, continue, or discard it? It goes on meanwhile. [e/c/d, then Enter]";
pub const ASK_OVERTIME: &str = "It goes on silently; Enter ends it.";
pub const GOES_ON: &str = "It goes on.";

pub fn error(error: &ApiError) -> String {
    let message = error.message.trim_end();
    let is_closed = [".", "!", "?", ".)"]
        .iter()
        .any(|end| message.ends_with(end));
    let stop = if is_closed { "" } else { "." };
    match error.session_id {
        Some(id) if !message.contains(&id.to_string()) => format!("{message}{stop} (sit {id})"),
        _ => format!("{message}{stop}"),
    }
}

pub fn output_lost(error: &impl Display) -> String {
    format!("The output could not be written: {error}.")
}

pub fn no_desktop(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound {
        "The window (mitta-desktop) is neither beside this program nor on the PATH. Install it, \
         or sit in the terminal: `mitta sit`. `mitta --help` says more."
            .to_owned()
    } else {
        format!("The window (mitta-desktop) could not be started: {error}.")
    }
}

pub fn not_intervals(text: &str) -> String {
    let text: String = text.trim().chars().take(80).collect();
    format!(
        "“{text}” are no interval bells: write none, 5 (every 5 minutes), at 25,30, or random 3-8"
    )
}

pub fn not_preparation(text: &str) -> String {
    let text: String = text.trim().chars().take(80).collect();
    format!("“{text}” is no preparation: it is 0 to 5 minutes, such as 10s or 1:30")
}

pub fn starts_in(left: Seconds) -> String {
    format!("begins in {}", left.dial())
}

pub fn left(left: Seconds) -> String {
    format!("{} left", left.dial())
}

pub fn sat(sat: Seconds) -> String {
    sat.dial()
}

pub fn over(over: Seconds) -> String {
    format!("+{} over", over.dial())
}

pub fn paused(sat: Seconds) -> String {
    format!("paused at {}", sat.dial())
}

fn length(planned_s: Option<PlannedLength>) -> String {
    planned_s.map_or_else(
        || "open-ended".to_owned(),
        |planned| planned.seconds().spoken(),
    )
}

pub fn question(question: SitQuestion, view: &SitView) -> String {
    let credited_s = view.completion.map_or(Seconds(0), |it| it.credited_s);
    match question {
        SitQuestion::Slept => {
            let asleep = Seconds::floor_ms(view.asleep_ms);
            format!(
                "The machine slept {} of this sit. Keep all {}, take the sleep off, or discard \
                 the sit? [k/t/d, then Enter]",
                asleep.spoken(),
                credited_s.spoken()
            )
        }
        SitQuestion::KeepOvertime => format!(
            "Keep all {}, take the overtime off ({} stay), or discard the sit? [k/t/d, then Enter]",
            credited_s.spoken(),
            length(view.planned_s)
        ),
    }
}

/// What `mitta sit` tells, as text.
pub fn event(event: &Event<'_>) -> String {
    match event {
        Event::Unfinished(sit) => unfinished(sit),
        Event::Started {
            session_id,
            planned_s,
            preparation_s,
            ..
        } => {
            let after = match preparation_s {
                Seconds(0) => String::new(),
                preparation => format!(", after {} of preparation", preparation.spoken()),
            };
            format!("Sit {session_id}: {}{after}.", length(*planned_s))
        }
        Event::Sitting { .. } => "Sitting.".to_owned(),
        Event::Overtime { .. } => "The planned length is reached.".to_owned(),
        Event::KeptAsPlanned { .. } => "Nobody could be asked: kept as planned.".to_owned(),
        Event::Problem { topic, error } => problem(*topic, error),
        Event::ProblemOver { topic } => problem_over(*topic),
        Event::Completed {
            credited_s, week, ..
        } => {
            let week = week.as_ref().map_or_else(String::new, |week| {
                format!(
                    " This week: {} in {}.",
                    spoken(week.credited_s),
                    sits(week.sits)
                )
            });
            format!("Recorded: {}.{week}", credited_s.spoken())
        }
        Event::Discarded { .. } => "Discarded. The window can restore it.".to_owned(),
        Event::LeftUnfinished { session_id } => format!(
            "Left unfinished: sit {session_id}. The window takes it up again, or \
             `mitta recover` decides on it."
        ),
        Event::NotRecorded { session_id } => format!(
            "NOT recorded: the end of sit {session_id}. It stays unfinished: once the data folder \
             can be written, `mitta recover {session_id} planned` (or `seen`) records it."
        ),
    }
}

fn problem(topic: NoticeTopic, error: &ApiError) -> String {
    let said = self::error(error);
    match topic {
        NoticeTopic::Recording if !error.code.may_pass() => format!("Not recorded: {said}"),
        // Not every failure that may pass is tried again (the recovery at launch is not): the
        // engine's own message says so where it is.
        NoticeTopic::Recording => format!("Not recorded yet: {said}"),
        NoticeTopic::Sound => format!("{said} `mitta doctor` looks closer."),
        _ => said,
    }
}

fn problem_over(topic: NoticeTopic) -> String {
    match topic {
        NoticeTopic::Recording => "Recording works again.",
        NoticeTopic::Sound => "Sound works again.",
        NoticeTopic::KeepAwake => "The desktop keeps the machine awake now.",
        _ => "A problem is over.",
    }
    .to_owned()
}

pub fn unfinished(sit: &UnfinishedView) -> String {
    let id = sit.session_id;
    let when = wall(sit.started_at_ms, sit.utc_offset_s);
    let mut choices = Vec::new();
    if let Some(planned) = &sit.question.as_planned {
        choices.push(format!("planned ({})", planned.credited_s.spoken()));
    }
    if sit.question.can_keep_until_last_seen() {
        let seen = sit.question.until_last_seen.credited_s;
        choices.push(format!("seen ({})", seen.spoken()));
    }
    choices.push("discard".to_owned());
    format!(
        "Unfinished: sit {id} of {when}, {}. Decide: mitta recover {id} {}",
        length(sit.planned_s),
        choices.join(" | ")
    )
}

pub fn recovered(sit: &SessionView) -> String {
    if sit.deleted {
        format!("Discarded: sit {}.", sit.session_id)
    } else {
        format!(
            "Recorded: {} of sit {}.",
            sit.credited_s.spoken(),
            sit.session_id
        )
    }
}

/// `2026-11-21  08:05  20 min  Zazen  a note's first line`, with what there is.
pub fn log_line(sit: &SessionView) -> String {
    let length = match sit.state {
        State::Completed => sit.credited_s.spoken(),
        State::Running => "running".to_owned(),
    };
    let words = [&sit.words.label, &sit.words.note].into_iter().flatten();
    let words = words.filter_map(|text| text.lines().next()).map(printable);
    let words: Vec<String> = words.collect();
    let line = format!(
        "{}  {}  {length:<14}  {}",
        sit.local_date,
        clock_time(sit.started_at_ms, sit.utc_offset_s),
        words.join("  ")
    );
    line.trim_end().to_owned()
}

/// A person's own words, without what a terminal would take for commands.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

pub fn stats(totals: &Totals) -> Vec<String> {
    let line = |name: &str, total: &SpanTotal| {
        format!(
            "{name:<24}{:>12}   {}",
            spoken(total.credited_s),
            sits(total.sits)
        )
    };
    let mut lines = vec![
        line("Today", &totals.today),
        line("This week", &totals.week),
        line("This month", &totals.month),
        line("All", &totals.all),
        String::new(),
    ];
    let weeks = totals.weeks.iter().rev();
    lines.extend(weeks.map(|week| line(&format!("{} – {}", week.from, week.to), week)));
    lines
}

fn sits(count: u32) -> String {
    match count {
        1 => "1 sit".to_owned(),
        _ => format!("{count} sits"),
    }
}

fn at(at: UnixMillis, utc_offset_s: i32) -> Option<DateTime<FixedOffset>> {
    let offset = FixedOffset::east_opt(utc_offset_s)?;
    Some(DateTime::from_timestamp_millis(at.0)?.with_timezone(&offset))
}

fn clock_time(ms: UnixMillis, utc_offset_s: i32) -> String {
    at(ms, utc_offset_s).map_or_else(|| "--:--".to_owned(), |at| at.format("%H:%M").to_string())
}

fn wall(ms: UnixMillis, utc_offset_s: i32) -> String {
    at(ms, utc_offset_s).map_or_else(
        || "an unknown time".to_owned(),
        |at| at.format("%Y-%m-%d %H:%M").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use mitta_runtime::api::ErrorCode;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::tried_again(
        ErrorCode::DiskFull,
        "the disk is full. Free some space. It is tried again until it succeeds.",
        "Not recorded yet: the disk is full. Free some space. It is tried again until it succeeds."
    )]
    #[case::not_tried_again(
        ErrorCode::DatabaseBusy,
        "another program holds the database. Close it or wait.",
        "Not recorded yet: another program holds the database. Close it or wait."
    )]
    #[case::refused(
        ErrorCode::UnknownSession,
        "no session has that id",
        "Not recorded: no session has that id."
    )]
    fn a_retry_is_said_only_where_the_engine_says_it(
        #[case] code: ErrorCode,
        #[case] message: &str,
        #[case] said: &str,
    ) {
        let error = ApiError::new(code, message);
        assert_eq!(problem(NoticeTopic::Recording, &error), said);
    }
}
