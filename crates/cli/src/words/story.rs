//! What `mitta doctor SESSION_ID` says.

use chrono_tz::Tz;
use mitta_domain::Seconds;
use mitta_domain::event::EventKind;
use mitta_runtime::api::{ChangeState, ChangedPart, SessionStory, StoryChange, StoryEvent, Whence};

use mitta_words::{say, word};

use super::{log_line, printable, when};

/// What happened to one sit, line by line.
pub fn story(story: &SessionStory, zone: Tz) -> Vec<String> {
    let mut lines = vec![log_line(&story.sit)];
    let begun = match (&story.imported_from, story.whence) {
        (Some(file), _) => say!("Imported from {}", "Importiert aus {}", printable(file)),
        (None, Whence::File) => word!("Imported", "Importiert").to_owned(),
        (None, Whence::Here) => {
            word!("Begun on this computer", "Auf diesem Computer begonnen").to_owned()
        }
        (None, Whence::Elsewhere) => word!(
            "Begun on another device",
            "Auf einem anderen Gerät begonnen"
        )
        .to_owned(),
    };
    let deleted = if story.sit.deleted {
        word!(" It is deleted.", " Sie ist gelöscht.")
    } else {
        ""
    };
    lines.push(say!(
        "{begun}, in the zone {}.{deleted}",
        "{begun}, in der Zeitzone {}.{deleted}",
        story.tz
    ));
    lines.push(String::new());
    lines.extend(story.events.iter().map(|it| event(it, zone)));
    lines.push(String::new());
    lines.extend(story.changes.iter().map(|it| change(it, story, zone)));
    if story.is_to_be_offered {
        lines.push(
            word!(
                "To be offered to the server once more.",
                "Wird dem Server noch einmal angeboten."
            )
            .to_owned(),
        );
    }
    if story.lost > 0 {
        lines.push(say!(
            "{} earlier value(s) lost against later ones.",
            "Frühere Werte, die späteren gewichen sind: {}.",
            story.lost
        ));
    }
    if let Some(at) = story.in_step_ms {
        lines.push(say!(
            "Last in step with the server: {}.",
            "Zuletzt auf dem Stand des Servers: {}.",
            when(at, zone)
        ));
    }
    lines
}

fn event(event: &StoryEvent, zone: Tz) -> String {
    let what = match event.kind {
        EventKind::Started => word!("begun", "begonnen"),
        EventKind::BeganNow => word!("began without waiting", "ohne Warten begonnen"),
        EventKind::Paused => word!("paused", "angehalten"),
        EventKind::Resumed => word!("resumed", "fortgesetzt"),
        EventKind::Slept => word!("the computer went to sleep", "der Computer schlief ein"),
        EventKind::Woke => word!("the computer woke", "der Computer wachte auf"),
        EventKind::ReachedEnd => word!(
            "the planned length was reached",
            "die geplante Länge war erreicht"
        ),
        EventKind::EndRequested => word!("End was pressed", "Beenden wurde gedrückt"),
        EventKind::EndUndone => word!("End was taken back", "Beenden wurde zurückgenommen"),
        EventKind::Recovered => word!(
            "taken up again after a restart",
            "nach einem Neustart wieder aufgenommen"
        ),
        EventKind::Completed => word!("completed", "abgeschlossen"),
        EventKind::Discarded => word!("discarded", "verworfen"),
        EventKind::Edited => word!("changed afterwards", "danach geändert"),
    };
    let sat = event.elapsed_ms.map_or_else(String::new, |ms| {
        say!(
            "  ({} sat)",
            "  ({} gesessen)",
            Seconds::floor_ms(ms).spoken()
        )
    });
    format!(
        "{:>3}  {}  {what}{sat}",
        event.event_seq,
        when(event.at_ms, zone)
    )
}

fn change(change: &StoryChange, story: &SessionStory, zone: Tz) -> String {
    let part = match change.part {
        ChangedPart::Start => word!("start", "Anfang"),
        ChangedPart::Completion => word!("completion", "Abschluss"),
        ChangedPart::Words => word!("note, mood, label", "Notiz, Stimmung, Stichwort"),
        ChangedPart::Credited => word!("corrected length", "berichtigte Länge"),
        ChangedPart::Sharing => word!("what partners see", "was Mitsitzende sehen"),
        ChangedPart::Deleted => word!("whether it counts", "ob sie zählt"),
        ChangedPart::Unknown => word!("something unreadable", "etwas Unlesbares"),
    };
    let state = match change.state {
        ChangeState::Waiting if !story.has_account => {
            word!("kept for an account", "für ein Konto aufgehoben").to_owned()
        }
        ChangeState::Waiting => match change.attempts {
            0 => word!("waits to be sent", "wartet darauf, gesendet zu werden").to_owned(),
            1 => word!(
                "waits for the server's answer; offered once",
                "wartet auf die Antwort des Servers; einmal angeboten"
            )
            .to_owned(),
            times => say!(
                "waits for the server's answer; offered {times} times",
                "wartet auf die Antwort des Servers; {times}-mal angeboten"
            ),
        },
        ChangeState::Answered => word!("the server has it", "der Server hat es").to_owned(),
        ChangeState::Refused => say!(
            "refused by the server ({}); `mitta account rejected` exports it",
            "vom Server abgelehnt ({}); `mitta account rejected` exportiert es",
            change
                .code
                .as_deref()
                .unwrap_or(word!("no reason", "ohne Grund"))
        ),
    };
    let made = change
        .made_at_ms
        .map_or_else(String::new, |at| say!(", of {}", " vom {}", when(at, zone)));
    let whence = match change.whence {
        Whence::Here => "",
        Whence::Elsewhere => word!(", by another device", ", von einem anderen Gerät"),
        Whence::File => word!(", from the file", ", aus der Datei"),
    };
    format!("{part}{made}{whence}: {state}")
}
