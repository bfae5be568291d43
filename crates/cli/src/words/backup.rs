//! What `mitta backup` and `mitta restore` say.

use std::fmt::Display;

use chrono_tz::Tz;
use mitta_domain::units::spoken;
use mitta_runtime::api::{BackupAccount, BackupFile, BackupKind, BackupView, Restored};

use mitta_words::{say, word, words};

use super::dates::date_of;
use super::{printable, when};

words! {
    ask_restore = "Replace the history by it? What is there now is kept first. [y/N]",
        "Den Verlauf durch sie ersetzen? Was jetzt da ist, wird zuvor aufgehoben. [j/N]";
    nothing_restored = "Nothing was changed.", "Nichts wurde verändert.";
    nothing_to_undo = "There is no copy from before a restore.",
        "Es gibt keine Kopie von vor einem Zurückspielen.";
    say_yes = "Nobody can be asked here. Look at what the copy holds, then say --yes; nothing was changed",
        "Hier kann niemand gefragt werden. Sieh dir an, was die Kopie enthält, und sage dann --yes; nichts wurde verändert";
}

/// Whether an answer agrees: `y` and `yes`, and the word of the language that asks.
pub fn agrees(answer: &str) -> bool {
    let yes = word!(&["y", "yes"][..], &["y", "yes", "j", "ja"][..]);
    yes.contains(&answer.trim().to_lowercase().as_str())
}

pub fn not_unicode(path: &impl Display) -> String {
    say!(
        "{path} is no Unicode; name another path",
        "{path} ist kein Unicode; nenne einen anderen Pfad"
    )
}

pub fn backed_up(backup: &BackupFile) -> String {
    let size = size(backup.bytes);
    say!(
        "Copied and checked: {} ({size}).",
        "Kopiert und geprüft: {} ({size}).",
        backup.path
    )
}

pub fn no_backups(folder: &str) -> String {
    say!(
        "No copies in {folder} yet. One is made each week; `mitta backup` makes one now.",
        "Noch keine Kopien in {folder}. Jede Woche wird eine gemacht; `mitta backup` macht jetzt eine."
    )
}

pub fn backup_line(backup: &BackupFile, zone: Tz) -> String {
    let why = match backup.kind {
        BackupKind::Weekly => word!("weekly", "wöchentlich"),
        BackupKind::BeforeMigration => word!("before an update", "vor einer Aktualisierung"),
        BackupKind::BeforeRestore => word!("before a restore", "vor einem Zurückspielen"),
        BackupKind::ByHand => word!("by hand", "von Hand"),
        BackupKind::Other => word!("other", "andere"),
    };
    format!(
        "{}  {why:<width$}  {:>9}  {}",
        when(backup.made_at_ms, zone),
        size(backup.bytes),
        backup.path,
        width = word!(16, 24)
    )
}

/// What a copy holds and what restoring it would change, line by line.
pub fn backup_holds(backup: &BackupView, zone: Tz) -> Vec<String> {
    let written = when(backup.made_at_ms, zone);
    let mut lines = vec![match (&backup.first_date, &backup.last_date) {
        (Some(first), Some(last)) => say!(
            "Written {written}: {}, {}, from {} to {}.",
            "Geschrieben {written}: {}, {}, von {} bis {}.",
            sits(backup.sits),
            spoken(backup.credited_s),
            date_of(first),
            date_of(last)
        ),
        _ => say!(
            "Written {written}: no sits.",
            "Geschrieben {written}: keine Sitzungen."
        ),
    }];
    if let Some(account) = &backup.account {
        lines.push(belongs(account));
    }
    if backup.only_there > 0 {
        lines.push(say!(
            "Comes back: {}.",
            "Kommt zurück: {}.",
            sits(backup.only_there)
        ));
    }
    if backup.only_here > 0 {
        let unsent = match backup.only_here_unsent {
            0 => String::new(),
            unsent if backup.signs_out => say!(
                ", {unsent} of them on no server",
                ", davon auf keinem Server: {unsent}"
            ),
            _ => String::new(),
        };
        lines.push(say!(
            "Goes: {} that are not in it{unsent}.",
            "Geht: {}, die nicht darin sind{unsent}.",
            sits(backup.only_here)
        ));
    }
    if backup.unfinished > 0 {
        lines.push(say!(
            "Was running when it was made: {}; you will be asked about it.",
            "Lief noch, als sie gemacht wurde: {}; du wirst danach gefragt.",
            sits(backup.unfinished)
        ));
    }
    if backup.signs_out {
        lines.push(
            word!(
                "You sign in again afterwards. Then the server's sits come back, and what was \
                 deleted there is deleted again.",
                "Danach meldest du dich neu an. Dann kommen die Sitzungen vom Server zurück, und was \
                 dort gelöscht war, wird wieder gelöscht."
            )
            .to_owned(),
        );
    }
    lines
}

/// Somebody else's copy is not to be taken for one's own.
fn belongs(account: &BackupAccount) -> String {
    let BackupAccount {
        login, server_url, ..
    } = account;
    let (login, server_url) = (printable(login), printable(server_url));
    if account.is_new_here {
        say!(
            "It belongs to the account {login} on {server_url}; so will this history, which belongs to \
             none yet.",
            "Sie gehört zum Konto {login} auf {server_url}; danach auch dieser Verlauf, der noch zu \
             keinem gehört."
        )
    } else {
        say!(
            "It belongs to the account {login} on {server_url}.",
            "Sie gehört zum Konto {login} auf {server_url}."
        )
    }
}

pub fn restored(backup: &BackupView, restored: &Restored) -> String {
    say!(
        "Restored: {}. What was there is kept; undo: mitta restore --undo ({})",
        "Zurückgespielt: {}. Was da war, ist aufgehoben; rückgängig: mitta restore --undo ({})",
        sits(backup.sits),
        restored.undo_path
    )
}

fn sits(count: u64) -> String {
    match count {
        1 => word!("1 sit", "1 Sitzung").to_owned(),
        _ => say!("{count} sits", "{count} Sitzungen"),
    }
}

fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    match bytes / KIB {
        0..KIB => format!("{} KiB", bytes.div_ceil(KIB)),
        kib => format!("{} MiB", kib / KIB),
    }
}

#[cfg(test)]
mod tests {
    use mitta_domain::UnixMillis;
    use mitta_words::{Spoken, speaking};

    use super::*;

    fn bens() -> BackupAccount {
        BackupAccount {
            login: "ben".into(),
            server_url: "https://mitta.example".into(),
            is_new_here: true,
        }
    }

    #[test]
    fn what_a_copy_holds_says_whose_it_is() {
        let mut backup = BackupView {
            path: "/media/stick/mitta.sqlite3".into(),
            made_at_ms: UnixMillis(0),
            sits: 0,
            credited_s: 0,
            first_date: None,
            last_date: None,
            unfinished: 0,
            only_here: 0,
            only_here_unsent: 0,
            only_there: 0,
            account: Some(bens()),
            signs_out: false,
        };
        let said = backup_holds(&backup, Tz::UTC);
        assert_eq!(said[1..], [belongs(&bens())]);
        backup.account = None;
        assert_eq!(backup_holds(&backup, Tz::UTC), said[..1], "nobody's yet");
    }

    #[test]
    fn a_copy_says_whose_it_is_and_will_be() {
        let mut account = bens();
        let said = |account: &BackupAccount| {
            [Spoken::En, Spoken::De].map(|spoken| speaking(spoken, || belongs(account)))
        };
        let first = said(&account);
        account.is_new_here = false;
        for (unclaimed, claimed) in first.iter().zip(&said(&account)) {
            assert!(
                claimed.contains("ben auf") || claimed.contains("ben on"),
                "{claimed}"
            );
            assert!(
                unclaimed.starts_with(claimed.trim_end_matches('.')),
                "{unclaimed}"
            );
            assert!(unclaimed.len() > claimed.len());
        }
    }

    #[test]
    fn a_question_takes_the_answers_of_its_language() {
        assert!(agrees(" Yes\n") && agrees("y") && !agrees("j") && !agrees(""));
        speaking(Spoken::De, || {
            assert!(agrees("Ja\n") && agrees("j") && agrees("y") && !agrees("n"));
        });
    }
}
