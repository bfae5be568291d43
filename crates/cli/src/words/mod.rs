//! Every word that the terminal says, in one place.

mod account;
mod backup;
mod command;
mod dates;
mod doctor;
mod examined;
pub mod help;
mod log;
mod partners;
mod presets;
mod statistics;
mod story;
mod transfer;
mod usage;

pub use account::*;
pub use backup::*;
pub use command::*;
pub use dates::*;
pub use doctor::*;
pub use examined::*;
pub use log::*;
pub use partners::*;
pub use presets::*;
pub use statistics::*;
pub use story::*;
pub use transfer::*;
pub use usage::InLanguage;

use std::fmt::Display;
use std::path::Path;

use mitta_domain::units::spoken;
use mitta_domain::{PlannedLength, Seconds};
use mitta_runtime::api::{
    ApiError, NoticeTopic, SessionView, SitQuestion, SitView, UnfinishedView,
};

use mitta_words::{say, word, words};
use serde::Serialize;

use crate::sit::Event;
use dates::wall;

words! {
    nothing_yet = "No sits yet. `mitta sit 20` begins one of 20 minutes.",
        "Noch keine Sitzungen. `mitta sit 20` beginnt eine von 20 Minuten.";
    history_not_fetched = "The sits of your other devices are not fetched yet: this is what is here.",
        "Die Sitzungen deiner anderen Geräte sind noch nicht geholt: das ist, was hier ist.";
    nothing_found = "No sit is like that.", "Keine Sitzung ist so.";
    time_was_twice = "The clock showed that time twice; the first is meant. `--second` means the other.",
        "Die Uhr zeigte diese Zeit zweimal; gemeint ist die erste. `--second` meint die andere.";
    nothing_unfinished = "No unfinished sits.", "Keine offenen Sitzungen.";
    nothing_begun = "Nothing was begun.", "Nichts wurde begonnen.";
    recover_while_sitting = "A sit is running. End it first, then decide on others.",
        "Eine Sitzung läuft. Beende sie zuerst, dann entscheide über andere.";
    completed_before = "That sit was completed before; nothing was changed.",
        "Jene Sitzung war schon abgeschlossen; nichts wurde geändert.";
    intervals_of_last_sit = ". They are those of the last sit: `--intervals none` leaves them out",
        ". Es sind die der letzten Sitzung: `--intervals none` lässt sie weg";
    intervals_of_preset = ". They are those of the preset: `--intervals none` leaves them out",
        ". Es sind die der Vorlage: `--intervals none` lässt sie weg";
    ask_interrupted =
        "End this sit, continue, or discard it? It goes on meanwhile. [e/c/d, then Enter]",
        "Diese Sitzung beenden (e), weitersitzen (c) oder verwerfen (d)? Sie geht weiter. [e/c/d, dann Eingabe]";
    ask_overtime = "It goes on silently; Enter ends it.",
        "Sie geht still weiter; Eingabe beendet sie.";
    goes_on = "It goes on.", "Sie geht weiter.";
}

pub fn error(error: &ApiError) -> String {
    let said = in_words(error.is_said, error.code, &error.message);
    let message = said.trim_end();
    let is_closed = [".", "!", "?", ".)"]
        .iter()
        .any(|end| message.ends_with(end));
    let stop = if is_closed { "" } else { "." };
    match error.session_id {
        Some(id) if !message.contains(&id.to_string()) => {
            say!(
                "{message}{stop} (sit {id})",
                "{message}{stop} (Sitzung {id})"
            )
        }
        _ => format!("{message}{stop}"),
    }
}

/// What happened: what this program put into words itself; else in English as the engine says it, with
/// its values, and in another language by its code, as the window says it.
fn in_words(is_said: bool, code: impl Serialize, message: &str) -> String {
    let code = serde_json::to_value(code).unwrap_or_default();
    // Of a request that makes no sense the window's words speak of a window.
    let code = code
        .as_str()
        .filter(|it| !is_said && *it != "invalid_request");
    let said = code.and_then(mitta_words::failure);
    said.map_or_else(|| message.to_owned(), str::to_owned)
}

pub fn output_lost(error: &impl Display) -> String {
    say!(
        "The output could not be written: {error}.",
        "Die Ausgabe konnte nicht geschrieben werden: {error}."
    )
}

pub fn no_desktop(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound {
        word!(
            "The window (mitta-desktop) is neither beside this program nor on the PATH. Install it, \
             or sit in the terminal: `mitta sit`. `mitta --help` says more.",
            "Das Fenster (mitta-desktop) liegt weder neben diesem Programm noch im PATH. Installiere \
             es, oder sitze im Terminal: `mitta sit`. `mitta --help` sagt mehr."
        )
        .to_owned()
    } else {
        say!(
            "The window (mitta-desktop) could not be started: {error}.",
            "Das Fenster (mitta-desktop) konnte nicht gestartet werden: {error}."
        )
    }
}

pub fn no_manual(dir: &Path, error: &std::io::Error) -> String {
    say!(
        "The manual could not be written into {}: {error}.",
        "Das Handbuch konnte nicht in {} geschrieben werden: {error}.",
        dir.display()
    )
}

pub fn not_intervals(text: &str) -> String {
    let text: String = text.trim().chars().take(80).collect();
    say!(
        "“{text}” are no interval bells: write none, 5 (every 5 minutes), at 25,30, or random 3-8",
        "„{text}“ sind keine Zwischenglocken: schreibe none, 5 (alle 5 Minuten), at 25,30 oder random 3-8"
    )
}

pub fn not_preparation(text: &str) -> String {
    let text: String = text.trim().chars().take(80).collect();
    say!(
        "“{text}” is no preparation: it is 0 to 5 minutes, such as 10s or 1:30",
        "„{text}“ ist keine Zeit zum Ankommen: sie ist 0 bis 5 Minuten lang, etwa 10s oder 1:30"
    )
}

pub fn starts_in(left: Seconds) -> String {
    say!("begins in {}", "beginnt in {}", left.dial())
}

pub fn left(left: Seconds) -> String {
    say!("{} left", "noch {}", left.dial())
}

pub fn sat(sat: Seconds) -> String {
    sat.dial()
}

pub fn over(over: Seconds) -> String {
    say!("+{} over", "+{} darüber", over.dial())
}

pub fn paused(sat: Seconds) -> String {
    say!("paused at {}", "Pause bei {}", sat.dial())
}

fn length(planned_s: Option<PlannedLength>) -> String {
    planned_s.map_or_else(
        || word!("open-ended", "ohne festes Ende").to_owned(),
        |planned| planned.seconds().spoken(),
    )
}

pub fn question(question: SitQuestion, view: &SitView) -> String {
    let credited_s = view.completion.map_or(Seconds(0), |it| it.credited_s);
    match question {
        SitQuestion::Slept => {
            let asleep = Seconds::floor_ms(view.asleep_ms);
            say!(
                "The machine slept {} of this sit. Keep all {}, take the sleep off, or discard \
                 the sit? [k/t/d, then Enter]",
                "Der Computer hat {} dieser Sitzung geschlafen. Alle {} behalten (k), den Schlaf \
                 abziehen (t) oder die Sitzung verwerfen (d)? [k/t/d, dann Eingabe]",
                asleep.spoken(),
                credited_s.spoken()
            )
        }
        SitQuestion::KeepOvertime => say!(
            "Keep all {}, take the overtime off ({} stay), or discard the sit? [k/t/d, then Enter]",
            "Alle {} behalten (k), die Überzeit abziehen (t, es bleiben {}) oder die Sitzung \
             verwerfen (d)? [k/t/d, dann Eingabe]",
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
                preparation => say!(
                    ", after {} of preparation",
                    ", nach {} zum Ankommen",
                    preparation.spoken()
                ),
            };
            say!(
                "Sit {session_id}: {}{after}.",
                "Sitzung {session_id}: {}{after}.",
                length(*planned_s)
            )
        }
        Event::Sitting { .. } => word!("Sitting.", "Die Sitzung läuft.").to_owned(),
        Event::Overtime { .. } => word!(
            "The planned length is reached.",
            "Die geplante Länge ist erreicht."
        )
        .to_owned(),
        Event::KeptAsPlanned { .. } => word!(
            "Nobody could be asked: kept as planned.",
            "Niemand konnte gefragt werden: behalten wie geplant."
        )
        .to_owned(),
        Event::Problem { topic, error } => problem(*topic, error),
        Event::ProblemOver { topic } => problem_over(*topic),
        Event::Completed {
            credited_s, week, ..
        } => {
            let week = week.as_ref().map_or_else(String::new, |week| {
                say!(
                    " This week: {} in {}.",
                    " Diese Woche: {} in {}.",
                    spoken(week.credited_s),
                    sits(week.sits)
                )
            });
            say!(
                "Recorded: {}.{week}",
                "Aufgezeichnet: {}.{week}",
                credited_s.spoken()
            )
        }
        Event::Discarded { .. } => word!(
            "Discarded. The window can restore it.",
            "Verworfen. Das Fenster kann sie zurückholen."
        )
        .to_owned(),
        Event::LeftUnfinished { session_id } => say!(
            "Left unfinished: sit {session_id}. The window takes it up again, or \
             `mitta recover` decides on it.",
            "Offen geblieben: Sitzung {session_id}. Das Fenster nimmt sie wieder auf, oder \
             `mitta recover` entscheidet über sie."
        ),
        Event::NotRecorded { session_id } => say!(
            "NOT recorded: the end of sit {session_id}. It stays unfinished: once the data folder \
             can be written, `mitta recover {session_id} planned` (or `seen`) records it.",
            "NICHT aufgezeichnet: das Ende der Sitzung {session_id}. Sie bleibt offen: sobald in den \
             Datenordner geschrieben werden kann, zeichnet `mitta recover {session_id} planned` (oder \
             `seen`) sie auf."
        ),
    }
}

fn problem(topic: NoticeTopic, error: &ApiError) -> String {
    let said = self::error(error);
    match topic {
        NoticeTopic::Recording if !error.code.may_pass() => {
            say!("Not recorded: {said}", "Nicht aufgezeichnet: {said}")
        }
        // Not every failure that may pass is tried again (the recovery at launch is not): the
        // engine's own message says so where it is.
        NoticeTopic::Recording => {
            say!(
                "Not recorded yet: {said}",
                "Noch nicht aufgezeichnet: {said}"
            )
        }
        NoticeTopic::Sound => say!(
            "{said} `mitta doctor` looks closer.",
            "{said} `mitta doctor` sieht genauer hin."
        ),
        _ => said,
    }
}

fn problem_over(topic: NoticeTopic) -> String {
    match topic {
        NoticeTopic::Recording => {
            word!("Recording works again.", "Das Aufzeichnen geht wieder.")
        }
        NoticeTopic::Sound => word!("Sound works again.", "Der Klang geht wieder."),
        NoticeTopic::KeepAwake => word!(
            "The desktop keeps the machine awake now.",
            "Der Computer wird jetzt wach gehalten."
        ),
        _ => word!("A problem is over.", "Ein Problem ist vorbei."),
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
    say!(
        "Unfinished: sit {id} of {when}, {}. Decide: mitta recover {id} {}",
        "Offen: Sitzung {id} vom {when}, {}. Entscheide: mitta recover {id} {}",
        length(sit.planned_s),
        choices.join(" | ")
    )
}

pub fn recovered(sit: &SessionView) -> String {
    if sit.deleted {
        say!(
            "Discarded: sit {}.",
            "Verworfen: Sitzung {}.",
            sit.session_id
        )
    } else {
        say!(
            "Recorded: {} of sit {}.",
            "Aufgezeichnet: {} der Sitzung {}.",
            sit.credited_s.spoken(),
            sit.session_id
        )
    }
}

/// A person's own words, without what a terminal would take for commands.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn sits(count: u32) -> String {
    match count {
        1 => word!("1 sit", "1 Sitzung").to_owned(),
        _ => say!("{count} sits", "{count} Sitzungen"),
    }
}

#[cfg(test)]
mod tests;
