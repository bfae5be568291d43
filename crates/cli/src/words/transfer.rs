//! What `mitta import` and `mitta export` say.

use std::path::Path;

use mitta_domain::units::spoken;
use mitta_runtime::api::{
    ExportedHistory, ImportCounts, ImportDone, ImportPreview, ImportQuestion, ImportRowView,
    ImportView, TransferPhase, TransferProgress,
};

use mitta_words::{say, word, words};

use super::dates::{date_of, wall};
use super::{printable, sits};
use crate::transfer::flag;

words! {
    no_import_file = "Which file? `mitta import FILE`, or --list, --undo, --redo.",
        "Welche Datei? `mitta import DATEI`, oder --list, --undo, --redo.";
    no_imports = "Nothing was imported yet.", "Noch wurde nichts importiert.";
    no_such_import = "There is no such import. `mitta import --list` lists them.",
        "Diesen Import gibt es nicht. `mitta import --list` listet alle auf.";
    not_unicode_path = "the path is no Unicode", "der Pfad ist kein Unicode";
}

/// How far long work is: `Reading the file: 40 %, 12000 sits`.
pub fn progress(progress: &TransferProgress) -> String {
    let part = progress.done.saturating_mul(100) / progress.total.max(1);
    let phase = match progress.phase {
        TransferPhase::Looking => word!("Looking the file over", "Die Datei wird angesehen"),
        TransferPhase::Reading => word!("Reading the file", "Die Datei wird gelesen"),
        TransferPhase::Undoing => word!(
            "Taking the import back or bringing it back",
            "Der Import wird zurückgenommen oder zurückgeholt"
        ),
        TransferPhase::Exporting => word!("Writing the file", "Die Datei wird geschrieben"),
    };
    match progress.sits {
        0 => format!("{phase}: {part} %"),
        taken => format!("{phase}: {part} %, {}", many(taken)),
    }
}

/// What is worth knowing about a file before its counts.
pub fn import_remarks(preview: &ImportPreview) -> Vec<String> {
    use mitta_runtime::api::Encoding;
    let mut lines = Vec::new();
    match preview.encoding {
        Encoding::Utf8 => {}
        Encoding::Utf16Le | Encoding::Utf16Be => {
            lines.push(word!("Read as UTF-16.", "Als UTF-16 gelesen.").to_owned());
        }
        Encoding::Utf16LeDamaged | Encoding::Utf16BeDamaged => lines.push(
            word!(
                "Read as UTF-16; some of it is none and stands as \u{fffd}.",
                "Als UTF-16 gelesen; einiges ist keines und steht als \u{fffd}."
            )
            .to_owned(),
        ),
        Encoding::Latin1 => lines.push(
            word!(
                "No UTF-8: read as Latin-1 (Windows-1252).",
                "Kein UTF-8: als Latin-1 (Windows-1252) gelesen."
            )
            .to_owned(),
        ),
        Encoding::Utf8Damaged => {
            lines.push(
                word!(
                    "Some bytes are no UTF-8; they stand as \u{fffd}.",
                    "Einige Bytes sind kein UTF-8; sie stehen als \u{fffd}."
                )
                .to_owned(),
            );
        }
    }
    if preview.breaks_off {
        lines.push(
            word!(
                "The file ends before it should. What came before is read.",
                "Die Datei endet, bevor sie sollte. Was davor kam, wird gelesen."
            )
            .to_owned(),
        );
    }
    if let Some(before) = preview
        .before
        .as_ref()
        .filter(|_| preview.is_read_otherwise)
    {
        lines.push(say!(
            "This very file was imported before, with its times read otherwise. Undo that import \
             first (`{}`).",
            "Genau diese Datei wurde schon importiert, mit anders gelesenen Zeiten. Nimm zuerst \
             jenen Import zurück (`{}`).",
            undo_command(before)
        ));
    }
    lines
}

/// What takes exactly that import back: without its number it would be the newest one.
fn undo_command(import: &ImportView) -> String {
    format!("mitta import --undo --import {}", import.import_seq)
}

/// The question, what is likely, and the flag that answers it.
pub fn import_question(question: ImportQuestion, preview: &ImportPreview) -> String {
    let flag = flag(question);
    match question {
        ImportQuestion::Zone => say!(
            "The file does not say in which time zone its sits were sat. Say it, for instance: \
             {flag} {} (the zone of this computer).",
            "Die Datei sagt nicht, in welcher Zeitzone gesessen wurde. Sage es, zum Beispiel: \
             {flag} {} (die Zeitzone dieses Computers).",
            preview.zone
        ),
        ImportQuestion::Dates => say!(
            "Every date in the file can be read in two ways. Say which number is the month: \
             {flag} month-first (04/05 is April 5) or {flag} day-first (04/05 is 4 May).",
            "Jedes Datum in der Datei lässt sich auf zwei Arten lesen. Sage, welche Zahl der Monat \
             ist: {flag} month-first (04/05 ist der 5. April) oder {flag} day-first (04/05 ist der 4. Mai)."
        ),
        ImportQuestion::Times => say!(
            "The file does not say whether its times are local or UTC. Say it: {flag} local or \
             {flag} utc.",
            "Die Datei sagt nicht, ob ihre Zeiten Ortszeit oder UTC sind. Sage es: {flag} local oder \
             {flag} utc."
        ),
    }
}

fn counted(counts: &ImportCounts) -> String {
    let mut parts = String::new();
    let mut part = |count: u64, words: &str| {
        if count > 0 {
            parts = format!("{parts}, {count} {words}");
        }
    };
    part(
        counts.corrects,
        word!(
            "with a corrected date in the place of what was there",
            "mit berichtigtem Datum anstelle der vorhandenen"
        ),
    );
    part(counts.again, word!("brought back", "zurückgeholt"));
    part(
        counts.ended,
        word!(
            "that had only begun here, now with an end",
            "hier nur begonnen, jetzt mit Ende"
        ),
    );
    part(counts.already_there, word!("already there", "schon da"));
    part(
        counts.deleted_here,
        word!(
            "deleted here before, left deleted",
            "hier schon gelöscht, bleibt gelöscht"
        ),
    );
    part(
        counts.deleted_in_file,
        word!(
            "deleted or corrected in the file",
            "in der Datei gelöscht oder berichtigt"
        ),
    );
    part(counts.refused, word!("refused", "abgelehnt"));
    parts
}

fn many(count: u64) -> String {
    sits(u32::try_from(count).unwrap_or(u32::MAX))
}

pub fn import_would(preview: &ImportPreview) -> String {
    let span = match (&preview.from, &preview.to) {
        (Some(from), Some(to)) => say!(
            " ({} to {}, {})",
            " ({} bis {}, {})",
            date_of(from),
            date_of(to),
            spoken(preview.credited_s)
        ),
        _ => String::new(),
    };
    let counts = &preview.counts;
    say!(
        "Would import {}{span}{}. Nothing was changed.",
        "Importiert würden: {}{span}{}. Nichts wurde verändert.",
        many(counts.new),
        counted(counts)
    )
}

pub fn import_did(done: &ImportDone) -> String {
    let undo = done.import.as_ref().map_or_else(String::new, |import| {
        say!(" Undo: {}", " Zurücknehmen: {}", undo_command(import))
    });
    let cut = if done.is_cancelled {
        word!(" Cancelled.", " Abgebrochen.")
    } else {
        ""
    };
    let counts = &done.counts;
    say!(
        "Imported {}{}.{cut}{undo}",
        "Importiert: {}{}.{cut}{undo}",
        many(counts.new),
        counted(counts)
    )
}

/// `line 12: not a length: soon`.
pub fn import_row(row: &ImportRowView) -> String {
    let Some(refusal) = &row.refusal else {
        return say!("line {}", "Zeile {}", row.line);
    };
    let reason = reason(refusal.code);
    let about = refusal.detail.as_deref().map(printable);
    let about = about.map_or_else(String::new, |about| format!(": {about}"));
    let other = refusal
        .other_line
        .map_or_else(String::new, |line| format!(" {line}"));
    let sit = row.other_started_at_ms.map_or_else(String::new, |at| {
        format!(": {}", wall(at, row.utc_offset_s))
    });
    say!(
        "line {}: {reason}{other}{about}{sit}",
        "Zeile {}: {reason}{other}{about}{sit}",
        row.line
    )
}

fn reason(code: mitta_runtime::api::RefusalCode) -> &'static str {
    use mitta_runtime::api::RefusalCode as Is;
    match code {
        Is::Missing => word!("nothing in the column", "in der Spalte steht nichts"),
        Is::NotATime => word!("no time that can be read", "keine lesbare Zeit"),
        Is::NotALength => word!("no length that can be read", "keine lesbare Länge"),
        Is::Zero => word!("nothing was sat", "es wurde nicht gesessen"),
        Is::Negative => word!("it ends before it begins", "sie endet, bevor sie beginnt"),
        Is::LongerThanADay => word!("longer than 24 hours", "länger als 24 Stunden"),
        Is::NoSuchDay => word!("no calendar has that day", "diesen Tag hat kein Kalender"),
        Is::NeverExisted => word!(
            "the clock was put forward then and never showed that time",
            "da wurde die Uhr vorgestellt und zeigte diese Zeit nie"
        ),
        Is::OutOfCalendar => word!("before 1970 or after 9999", "vor 1970 oder nach 9999"),
        Is::InTheFuture => word!("in the future", "in der Zukunft"),
        Is::UnclosedQuote => word!(
            "a quote is opened there and never closed",
            "dort öffnet sich ein Anführungszeichen, das sich nie schließt"
        ),
        Is::BreaksOff => word!(
            "the file ends in the middle of it",
            "die Datei endet mitten darin"
        ),
        Is::NotUnderstood => word!("not understood", "nicht verstanden"),
        Is::Impossible => word!("no sit can be like that", "so kann keine Sitzung sein"),
        Is::TwiceInFile => word!("the same as line", "dasselbe wie Zeile"),
        Is::OverlapsInFile => word!("at the same time as line", "zur selben Zeit wie Zeile"),
        Is::OverlapsHere => word!(
            "at the same time as another sit in the history",
            "zur selben Zeit wie eine andere Sitzung im Verlauf"
        ),
    }
}

pub fn import_more(count: u64) -> String {
    say!(
        "… and {count} more. --report FILE writes all rows with what became of them.",
        "… und {count} weitere. --report DATEI schreibt alle Zeilen und was aus ihnen wurde."
    )
}

/// `3  2026-11-29  sits.csv  120 sits  taken back`.
pub fn import_line(import: &ImportView) -> String {
    let state = match (import.is_undone, import.taken_back, import.is_finished) {
        (true, ..) => word!("taken back", "zurückgenommen").to_owned(),
        (false, 1.., _) => say!(
            "{} of them taken back; --undo and --redo go on from there",
            "{} davon zurückgenommen; --undo und --redo machen dort weiter",
            import.taken_back
        ),
        (false, 0, false) => word!(
            "cut short: import the same file again to go on",
            "abgebrochen: importiere dieselbe Datei noch einmal, um weiterzumachen"
        )
        .to_owned(),
        (false, 0, true) => String::new(),
    };
    let line = format!(
        "{:>3}  {}  {}  {state}",
        import.import_seq,
        printable(&import.file_name),
        sits(import.sits),
    );
    line.trim_end().to_owned()
}

pub fn history_exported(exported: &ExportedHistory) -> String {
    say!(
        "Exported {} to {}.",
        "Exportiert: {} nach {}.",
        sits(exported.sits),
        exported.path
    )
}

pub fn export_there(path: &Path) -> String {
    say!(
        "{} is there already; nothing was changed.",
        "{} gibt es schon; nichts wurde verändert.",
        path.display()
    )
}

#[cfg(test)]
mod tests;
