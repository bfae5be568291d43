//! The desktop's own words: tray, notifications, dialogs. The window's are in `ui/messages`.

use std::sync::OnceLock;

use mitta_domain::calendar::LocalDay;
use mitta_domain::settings::Language;
use mitta_sync::Unanswered;
use mitta_words::{Locale, say, word};

/// The locale of the system, as it was when this process began.
pub fn locale() -> &'static Locale {
    static LOCALE: OnceLock<Locale> = OnceLock::new();
    LOCALE.get_or_init(Locale::of_system)
}

/// From now on in the language that the settings say.
pub fn speak(chosen: Language) {
    mitta_words::speak(locale().spoken(chosen));
}

/// Title of the file dialog.
pub fn choose_sound() -> &'static str {
    word!("Choose a sound", "Einen Klang wählen")
}

/// Name of the file filter.
pub fn sound_files() -> &'static str {
    word!(
        "Sounds (WAV, FLAC, OGG, MP3)",
        "Klänge (WAV, FLAC, OGG, MP3)"
    )
}

/// Title of the dialog that asks for a file of sits.
pub fn choose_import() -> &'static str {
    word!("Choose a file of sits", "Eine Datei mit Sitzungen wählen")
}

/// Name of its filter.
pub fn import_files() -> &'static str {
    word!("Sits (CSV, JSON, XML)", "Sitzungen (CSV, JSON, XML)")
}

/// Name of the filter that hides nothing.
pub fn all_files() -> &'static str {
    word!("All files", "Alle Dateien")
}

/// Title of the dialog for a copy of a history.
pub fn choose_backup() -> &'static str {
    word!(
        "Choose a copy of your history",
        "Eine Kopie deines Verlaufs wählen"
    )
}

/// Title of the dialog that asks where a file is to be written.
pub fn save_as() -> &'static str {
    word!("Save as", "Speichern unter")
}

/// Title of every notification.
pub const MITTA: &str = "Mitta";
/// Tray: nothing runs.
pub fn idle() -> &'static str {
    word!("No sit is running", "Es läuft keine Sitzung")
}

/// Tray: the preparation runs.
pub fn settling() -> &'static str {
    word!("Settling", "Zeit zum Ankommen")
}

/// Tray: paused.
pub fn paused() -> &'static str {
    word!("Paused", "Pause")
}

/// Tray: open-ended or overtime.
pub fn sitting() -> &'static str {
    word!("Sitting", "Eine Sitzung läuft")
}

/// Tray: a question stands.
pub fn asking() -> &'static str {
    word!(
        "The sit has ended: a question is waiting",
        "Die Sitzung ist vorbei: eine Frage wartet"
    )
}

/// Tray item.
pub fn begin() -> &'static str {
    word!("Begin", "Beginnen")
}

/// Tray item, with the presets below it.
pub fn begin_with() -> &'static str {
    word!("Begin with", "Beginnen mit")
}

/// Tray item.
pub fn pause() -> &'static str {
    word!("Pause", "Pause")
}

/// Tray item.
pub fn resume() -> &'static str {
    word!("Resume", "Weiter")
}

/// Tray item.
pub fn end() -> &'static str {
    word!("End", "Beenden")
}

/// Tray item.
pub fn show() -> &'static str {
    word!("Show Mitta", "Mitta zeigen")
}

/// Tray item.
pub fn quit() -> &'static str {
    word!("Quit", "Mitta beenden")
}

/// Notification at the end of a sit.
pub fn end_reached() -> &'static str {
    word!(
        "Your sit has reached its end.",
        "Deine Sitzung ist am Ende angekommen."
    )
}

/// Notification of a reminder.
pub fn reminder() -> &'static str {
    word!("It is time to sit.", "Es ist Zeit zu sitzen.")
}

/// Notification when the window was closed during a sit and there is no tray.
pub fn goes_on() -> &'static str {
    word!(
        "The sit goes on. Start Mitta again to come back to it.",
        "Die Sitzung geht weiter. Starte Mitta noch einmal, um zu ihr zurückzukommen."
    )
}

/// Notification of a sitting together that somebody proposes, with its start and this moment as dates
/// here.
pub fn proposed(proposal: &Unanswered, starts: LocalDay, now: LocalDay) -> String {
    let local_ms = proposal.starts_at_ms.0 + i64::from(starts.utc_offset_s) * 1000;
    let minute = local_ms.div_euclid(60_000).rem_euclid(24 * 60);
    let name = unmarked(&proposal.proposed_by);
    let length = proposal.planned_s.seconds().spoken();
    let (hour, minute) = (minute / 60, minute % 60);
    if starts.local_date == now.local_date {
        return say!(
            "{name} proposes to sit {length} together at {hour:02}:{minute:02}.",
            "{name} schlägt vor, um {hour:02}:{minute:02} Uhr gemeinsam {length} zu sitzen."
        );
    }
    let date = starts.local_date;
    say!(
        "{name} proposes to sit {length} together on {date} at {hour:02}:{minute:02}.",
        "{name} schlägt vor, am {date} um {hour:02}:{minute:02} Uhr gemeinsam {length} zu sitzen."
    )
}

/// What a person wrote, as text: notifications of Linux desktops understand markup (Desktop Notifications
/// Specification 1.2, "Markup").
fn unmarked(text: &str) -> String {
    if cfg!(target_os = "linux") {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use mitta_domain::calendar::{local_date, zone};
    use mitta_domain::{PlannedLength, UnixMillis};
    use mitta_words::{Spoken, speaking};

    use super::*;

    #[test]
    fn a_proposal_is_told_with_its_time_here() {
        let now = UnixMillis(1_795_248_000_000);
        let at = |ms| local_date(ms, zone("Europe/Berlin").unwrap(), 0).unwrap();
        let proposal = |starts_at_ms| Unanswered {
            together_id: "0197a3c2-5f00-7000-8000-000000000001".parse().unwrap(),
            proposed_by: "Ana".to_owned(),
            starts_at_ms,
            planned_s: PlannedLength::from_seconds(1200).unwrap(),
        };
        let (soon, tomorrow) = (now.plus_ms(3_600_000), now.plus_ms(86_400_000));
        assert_eq!(
            proposed(&proposal(soon), at(soon), at(now)),
            "Ana proposes to sit 20 min together at 10:00."
        );
        assert_eq!(
            proposed(&proposal(tomorrow), at(tomorrow), at(now)),
            "Ana proposes to sit 20 min together on 2026-11-22 at 09:00."
        );
        speaking(Spoken::De, || {
            assert_eq!(
                proposed(&proposal(soon), at(soon), at(now)),
                "Ana schlägt vor, um 10:00 Uhr gemeinsam 20 min zu sitzen."
            );
            assert_eq!(
                proposed(&proposal(tomorrow), at(tomorrow), at(now)),
                "Ana schlägt vor, am 2026-11-22 um 09:00 Uhr gemeinsam 20 min zu sitzen."
            );
        });
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_person_wrote_is_no_markup() {
        assert_eq!(unmarked("<b>A & B</b>"), "&lt;b&gt;A &amp; B&lt;/b&gt;");
    }
}
