//! What the doctor says.

use chrono_tz::Tz;
use mitta_runtime::api::{Advice, Check, Found};
use mitta_store::DataDir;
use mitta_words::{say, word};
use serde::Serialize;

use super::{wait, when};

pub(super) fn report() -> &'static str {
    word!(
        "Please report it, with this line",
        "Bitte melde es, mit dieser Zeile"
    )
}

/// One thing looked at, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Stable name.
    pub name: String,
    /// Whether all is well.
    pub ok: bool,
    /// What was found.
    pub found: String,
    /// What to do, where something is not well.
    pub advice: Option<String>,
}

pub fn told(told: &Told) -> String {
    let Told {
        name,
        found,
        advice,
        ..
    } = told;
    let name = named(name);
    match advice {
        None => say!("ok      {name}: {found}", "gut     {name}: {found}"),
        Some(advice) => say!(
            "not ok  {name}: {found}\n        → {advice}.",
            "nicht gut  {name}: {found}\n        → {advice}."
        ),
    }
}

/// The name of a check, as a person reads it; a script reads the name itself.
fn named(name: &str) -> String {
    let said = match name {
        "data_folder" => word!("data folder", "Datenordner"),
        "free_space" => word!("free space", "freier Platz"),
        "database" => word!("database", "Datenbank"),
        "backups" => word!("backups", "Kopien"),
        "sits" => word!("sits", "Sitzungen"),
        "outbox" => word!("outbox", "Postausgang"),
        "round_trip" => word!("round trip", "Rundgang"),
        "sound" => word!("sound", "Klang"),
        "own_sounds" => word!("own sounds", "eigene Klänge"),
        "zone" => word!("zone", "Zeitzone"),
        "clock" => word!("clock", "Uhr"),
        "start_at_login" => word!("start at login", "Start beim Anmelden"),
        "shortcut" => word!("shortcut", "Tasten von überall"),
        "account" => word!("account", "Konto"),
        "server" => word!("server", "Server"),
        "server_clock" => word!("server clock", "Uhr des Servers"),
        "sitting_together" => word!("sitting together", "gemeinsames Sitzen"),
        "keyring" => word!("keyring", "Schlüsselbund"),
        "sign_in" => word!("sign in", "Anmeldung"),
        "refused" => word!("refused", "Abgelehntes"),
        "totals" => word!("totals", "Summen"),
        other => return other.replace('_', " "),
    };
    said.to_owned()
}

pub fn doctor_says(ok: bool) -> &'static str {
    if ok {
        word!("All is well.", "Alles ist gut.")
    } else {
        word!(
            "Something is to be done: see the lines marked “not ok”.",
            "Etwas ist zu tun: siehe die Zeilen mit „nicht gut“."
        )
    }
}

/// The stable name of a check, as it stands in JSON.
pub(super) fn name_of(name: &impl Serialize) -> String {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "unknown".to_owned(),
    }
}

pub fn check(check: &Check, dir: &DataDir, zone: Tz) -> Told {
    let text = check.text.as_deref().unwrap_or_default();
    let count = check.count.unwrap_or_default();
    let changes = wait(u32::try_from(count).unwrap_or(u32::MAX));
    let found = match check.found {
        Found::FolderWritable
        | Found::Zone
        | Found::DatabaseBad
        | Found::SoundBad
        | Found::OwnSoundsBad
        | Found::ZoneUnknown
        | Found::Failed => text.to_owned(),
        Found::FolderToBe => say!(
            "{text} (the first sit makes it)",
            "{text} (die erste Sitzung legt ihn an)"
        ),
        Found::FolderNotWritable => say!(
            "{text}: cannot be written",
            "{text}: kann nicht beschrieben werden"
        ),
        Found::Free => format!("{count} MiB"),
        Found::NotLookedAt => word!(
            "not looked at on this system",
            "auf diesem System nicht angesehen"
        )
        .to_owned(),
        Found::NoDatabase => word!(
            "none yet: the first sit makes it",
            "noch keine: die erste Sitzung legt sie an"
        )
        .to_owned(),
        Found::Whole => say!("{text} is whole", "{text} ist heil"),
        Found::NothingUnfinished => super::nothing_unfinished().to_owned(),
        Found::Running => say!("sit {text} is running", "Sitzung {text} läuft"),
        Found::Unfinished => say!("unfinished: {text}", "offen: {text}"),
        Found::WaitingForAccount => say!("{changes} for an account", "{changes} auf ein Konto"),
        Found::Waiting => say!(
            "{changes} to be sent",
            "{changes} darauf, gesendet zu werden"
        ),
        Found::LastBackup => match check.at_ms {
            Some(at) => say!(
                "the last one is of {}",
                "die letzte ist von {}",
                when(at, zone)
            ),
            None => word!("there is one", "es gibt eine").to_owned(),
        },
        Found::NoBackup => word!(
            "none yet: one is made each week",
            "noch keine: jede Woche wird eine gemacht"
        )
        .to_owned(),
        Found::RoundTrip => word!(
            "a sit was begun, paused, resumed, completed and read back on a scratch database",
            "eine Sitzung wurde in einer Probedatenbank begonnen, angehalten, fortgesetzt, abgeschlossen und zurückgelesen"
        )
        .to_owned(),
        Found::RoundTripWrong => say!(
            "a scratch sit came back as {text}",
            "eine Probesitzung kam zurück als {text}"
        ),
        Found::SoundWell => word!(
            "the device opens, the chosen bells can be read",
            "das Gerät öffnet sich, die gewählten Glocken sind lesbar"
        )
        .to_owned(),
        Found::OwnSounds if count == 0 => word!("none", "keine").to_owned(),
        Found::OwnSounds => say!("{count} can be read", "{count} lesbar"),
        Found::ClocksAgree => word!("the clocks agree", "die Uhren stimmen überein").to_owned(),
        Found::ClockBack => word!(
            "the system's steady clock went back",
            "die stetige Uhr des Systems ging zurück"
        )
        .to_owned(),
        Found::WallMoved => say!(
            "the wall clock was moved by {count} ms while it was looked at",
            "die Wanduhr wurde um {count} ms verstellt, während sie angesehen wurde"
        ),
        Found::WallEarly => word!(
            "the wall clock shows a time that has passed long ago",
            "die Wanduhr zeigt eine Zeit, die lange vorbei ist"
        )
        .to_owned(),
        Found::NotStarted | Found::Started | Found::StartsNothing => at_login(check),
        Found::NoShortcut
        | Found::Shortcut
        | Found::ShortcutWayland
        | Found::ShortcutNoDisplay => shortcut(check.found, check.text.as_deref()),
    };
    Told {
        name: name_of(&check.name),
        ok: check.ok,
        found,
        advice: check.advice.map(|it| advice(it, dir)),
    }
}

fn at_login(check: &Check) -> String {
    let file = check.file.as_deref().unwrap_or_default();
    let text = check.text.as_deref().unwrap_or_default();
    match check.found {
        Found::StartsNothing => say!(
            "{file} is to start {text}, which is not there",
            "{file} soll {text} starten, das es nicht gibt"
        ),
        Found::Started => say!("on: {file} starts {text}", "an: {file} startet {text}"),
        _ => say!("off; it would be in {file}", "aus; es stünde in {file}"),
    }
}

fn shortcut(found: Found, keys: Option<&str>) -> String {
    let Some(keys) = keys else {
        return match found {
            Found::ShortcutWayland => word!(
                "none is set; under Wayland no program has keys for itself",
                "keine festgelegt; unter Wayland hat kein Programm eigene Tasten"
            ),
            _ => word!("none is set", "keine festgelegt"),
        }
        .to_owned();
    };
    let keys = keys.replace("Ctrl", word!("Ctrl", "Strg"));
    match found {
        Found::ShortcutWayland => say!(
            "{keys}, but under Wayland no program has keys for itself",
            "{keys}, aber unter Wayland hat kein Programm eigene Tasten"
        ),
        Found::ShortcutNoDisplay => say!(
            "{keys}; here is no display that could give them",
            "{keys}; hier ist keine Anzeige, die sie geben könnte"
        ),
        _ => say!(
            "{keys}; this desktop (X11) lets a program have keys",
            "{keys}; dieser Desktop (X11) lässt einem Programm Tasten"
        ),
    }
}

fn advice(advice: Advice, dir: &DataDir) -> String {
    match advice {
        Advice::CheckPermission => word!(
            "Check that you may write in that folder and that it is not mounted read-only",
            "Prüfe, ob du in diesen Ordner schreiben darfst und ob er nicht nur zum Lesen eingehängt ist"
        ),
        Advice::MakeRoom => word!("Free some space", "Mach etwas Platz frei"),
        Advice::Update => word!("Update Mitta", "Aktualisiere Mitta"),
        Advice::OpenOnce => word!(
            "Start Mitta once: it brings the database to the present format",
            "Starte Mitta einmal: das bringt die Datenbank auf das jetzige Format"
        ),
        Advice::CloseOthers => word!(
            "Close the other programs that use it and look again",
            "Schließe die anderen Programme, die sie benutzen, und sieh noch einmal nach"
        ),
        Advice::RestoreBackup => {
            return say!(
                "Copy the file away first. The next sit sets it aside and begins a new one; then \
                 `mitta backup list` shows the copies in {} and `mitta restore` brings one back",
                "Kopiere die Datei zuerst weg. Die nächste Sitzung legt sie beiseite und beginnt eine neue; \
                 dann zeigt `mitta backup list` die Kopien in {}, und `mitta restore` spielt eine zurück",
                dir.backups().display()
            );
        }
        Advice::Report => report(),
        Advice::Decide => word!(
            "`mitta recover` lists them and decides on them, or open the window",
            "`mitta recover` listet sie auf und entscheidet über sie, oder öffne das Fenster"
        ),
        Advice::BackUp => word!("`mitta backup` makes one", "`mitta backup` macht eine"),
        Advice::CheckSound => word!(
            "Check the system's sound settings, or sit with --no-sound; sits are recorded either way",
            "Prüfe die Klangeinstellungen des Systems, oder sitze mit --no-sound; aufgezeichnet wird in jedem Fall"
        ),
        Advice::ChooseAgain => word!(
            "Choose these sounds again in the settings, or remove the files",
            "Wähle diese Klänge in den Einstellungen neu, oder entferne die Dateien"
        ),
        Advice::SetZone => word!(
            "Set the time zone in the system's settings; until then dates are in UTC",
            "Stelle in den Einstellungen des Systems die Zeitzone ein; bis dahin gilt UTC für das Datum"
        ),
        Advice::SetClock => set_clock(),
        Advice::StartAgain => word!(
            "Switch start at login off and on again in the settings",
            "Schalte in den Einstellungen den Start beim Anmelden aus und wieder ein"
        ),
        Advice::DesktopKeys => word!(
            "In the desktop's own keyboard settings, set keys for the command mitta-desktop: it shows the window",
            "Lege in den Tastatureinstellungen des Desktops Tasten für den Befehl mitta-desktop fest: er zeigt das Fenster"
        ),
    }
    .to_owned()
}

pub(super) fn set_clock() -> &'static str {
    word!(
        "Check the date and time of the system",
        "Prüfe Datum und Uhrzeit des Systems"
    )
}
