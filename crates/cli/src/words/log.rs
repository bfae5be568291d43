//! What `mitta log` says.

use mitta_domain::State;
use mitta_runtime::api::SessionView;
use mitta_words::{say, word};

use super::dates::{clock_time, date_of, wall};
use super::printable;

/// `2026-11-21  08:05  20 min  Zazen  a note's first line`, with what there is.
pub fn log_line(sit: &SessionView) -> String {
    let length = match sit.state {
        State::Completed => sit.credited_s.spoken(),
        State::Running => word!("running", "läuft").to_owned(),
    };
    let words = [&sit.words.label, &sit.words.note].into_iter().flatten();
    let words = words.filter_map(|text| text.lines().next()).map(printable);
    let words: Vec<String> = words.collect();
    let line = format!(
        "{}  {}  {length:<14}  {}",
        date_of(&sit.local_date),
        clock_time(sit.started_at_ms, sit.utc_offset_s),
        words.join("  ")
    );
    line.trim_end().to_owned()
}

pub fn added(sit: &SessionView) -> String {
    let when = wall(sit.started_at_ms, sit.utc_offset_s);
    let (length, id) = (sit.credited_s.spoken(), sit.session_id);
    say!(
        "Added: {length} on {when} (sit {id}).",
        "Nachgetragen: {length} am {when} (Sitzung {id})."
    )
}

pub fn overlaps(sit: &SessionView) -> String {
    let when = wall(sit.started_at_ms, sit.utc_offset_s);
    let length = match sit.state {
        State::Completed => sit.credited_s.spoken(),
        State::Running => word!("running", "läuft").to_owned(),
    };
    say!(
        "At the same time there is already the sit of {when}, {length}.",
        "Zur selben Zeit gibt es schon die Sitzung vom {when}, {length}."
    )
}
