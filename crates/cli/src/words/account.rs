//! What `mitta account` and `mitta sync` say.

use std::fmt::Display;

use chrono_tz::Tz;
use mitta_sync::api::{
    AccountError, AccountErrorCode as Code, DeviceView, Exported, RejectedOp, SyncView, SyncWord,
};
use mitta_words::{say, word, words};

use super::{weeks, when};

words! {
    ask_password = "Password:", "Passwort:";
    ask_new_password = "New password (8 characters or more):", "Neues Passwort (mindestens 8 Zeichen):";
    ask_password_again = "The same again:", "Noch einmal dasselbe:";
    ask_recovery_code = "Recovery code:", "Wiederherstellungscode:";
    not_the_same = "The two passwords are not the same; nothing was changed.",
        "Die beiden Passwörter sind nicht gleich; nichts wurde geändert.";
    secret_missing =
        "Nothing was typed. Type it at the terminal, or give it as a line on the standard input.",
        "Nichts wurde getippt. Tippe es am Terminal, oder gib es als Zeile auf der Standardeingabe.";
    nothing_rejected = "The server refused nothing.", "Der Server hat nichts abgelehnt.";
}

/// What happened, as a sentence, and at a terminal what to do about it.
pub fn account_error(error: &AccountError) -> String {
    let said = super::in_words(error.is_said, error.code, &error.message);
    let message = said.trim_end();
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let message = format!("{}{}", first.unwrap_or_default(), letters.as_str());
    let stop = if message.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    match to_do(error.code) {
        Some(advice) => format!("{message}{stop} {advice}."),
        None => format!("{message}{stop}"),
    }
}

/// What to do at a terminal about a failure, where its message does not say it.
pub fn to_do(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::KeyringUnavailable => {
            word!(
                "With --token-file the sign-in is kept in a file that only you can read",
                "Mit --token-file liegt die Anmeldung in einer Datei, die nur du lesen kannst"
            )
        }
        Code::SignInNeeded => word!(
            "`mitta account sign-in` signs this device in again",
            "`mitta account sign-in` meldet dieses Gerät wieder an"
        ),
        Code::NoAccount => word!(
            "`mitta account sign-up --help` says how to make one",
            "`mitta account sign-up --help` sagt, wie man eines anlegt"
        ),
        Code::OtherServer => word!(
            "`mitta account leave-server` leaves it; the history stays here",
            "`mitta account leave-server` löst sich von ihm; der Verlauf bleibt hier"
        ),
        Code::UpdateThis => word!(
            "Update Mitta; nothing is lost meanwhile",
            "Aktualisiere Mitta; bis dahin geht nichts verloren"
        ),
        Code::UpdateServer => word!(
            "The server has to be updated; nothing is lost meanwhile",
            "Der Server muss aktualisiert werden; bis dahin geht nichts verloren"
        ),
        Code::NotMitta => word!("Check the address", "Prüfe die Adresse"),
        Code::Offline | Code::Timeout => {
            word!(
                "Check the address and the network; what waits is sent later",
                "Prüfe die Adresse und das Netz; was wartet, wird später gesendet"
            )
        }
        Code::CertificateRefused => word!(
            "Ask whoever runs the server for a valid certificate",
            "Bitte den Menschen, der den Server betreibt, um ein gültiges Zertifikat"
        ),
        Code::ServerBusy | Code::ServerFailed => word!(
            "Try again later; nothing is lost",
            "Versuche es später wieder; nichts geht verloren"
        ),
        Code::TotalsDiffer | Code::Internal => word!("Please report it", "Bitte melde es"),
        _ => return None,
    })
}

pub fn secret_unread(error: &impl Display) -> String {
    say!(
        "It could not be read from the terminal: {error}.",
        "Es konnte nicht vom Terminal gelesen werden: {error}."
    )
}

pub fn recovery_code(code: &str) -> String {
    say!(
        "Recovery code, shown once; write it down:\n\n    {code}\n",
        "Wiederherstellungscode, nur einmal gezeigt; schreib ihn auf:\n\n    {code}\n"
    )
}

pub fn exported(exported: &Exported) -> String {
    say!(
        "{} ({} bytes) was written.",
        "{} ({} Bytes) wurde geschrieben.",
        exported.path,
        exported.bytes
    )
}

pub fn device(device: &DeviceView, zone: Tz) -> String {
    let state = match (device.is_this, device.is_signed_in) {
        (true, _) => word!("this device", "dieses Gerät"),
        (false, true) => word!("signed in", "angemeldet"),
        (false, false) => word!("signed out", "abgemeldet"),
    };
    let seen = when(device.last_seen_at_ms, zone);
    say!(
        "{}  {} ({state}, seen {seen})",
        "{}  {} ({state}, zuletzt {seen})",
        device.device_id,
        device.name
    )
}

pub fn rejected(op: &RejectedOp, zone: Tz) -> String {
    say!(
        "{}  {} of the sit of {}: {}",
        "{}  {} der Sitzung vom {}: {}",
        op.op_id,
        op.change,
        when(op.started_at_ms, zone),
        op.code
    )
}

/// The state of sync, in the order in which a person wants to know it.
pub fn sync_lines(view: &SyncView, zone: Tz) -> Vec<String> {
    let mut lines = vec![word(view, zone)];
    if let Some(account) = &view.account {
        lines.push(say!(
            "Account: {} ({}) on {}",
            "Konto: {} ({}) bei {}",
            account.login,
            account.display_name,
            account.server_url
        ));
        if view.waiting > 0 && view.word != SyncWord::Waiting {
            lines.push(say!(
                "Waiting to be sent: {}",
                "Wartet auf das Senden: {}",
                view.waiting
            ));
        }
        if view.rejected > 0 {
            lines.push(say!(
                "Refused: {} (`mitta account rejected` lists them)",
                "Abgelehnt: {} (`mitta account rejected` listet sie auf)",
                view.rejected
            ));
        }
        if let Some(at) = view.last_success_ms {
            lines.push(say!(
                "Last in step: {}",
                "Zuletzt abgeglichen: {}",
                when(at, zone)
            ));
        }
        if let Some(problem) = &view.problem {
            lines.push(say!("Problem: {}", "Problem: {}", account_error(problem)));
        }
    }
    lines
}

fn word(view: &SyncView, zone: Tz) -> String {
    match view.word {
        SyncWord::NoAccount => {
            word!(
                "No account: everything stays on this computer. `mitta account sign-in --help` says more.",
                "Kein Konto: alles bleibt auf diesem Computer. `mitta account sign-in --help` sagt mehr."
            )
            .to_owned()
        }
        SyncWord::ClaimAsked => say!(
            "Signed in. {} on this computer: `mitta account add-sits` adds to the account what is \
             here, `mitta account leave-server` does not. Nothing is sent or fetched before.",
            "Angemeldet. {} auf diesem Computer: `mitta account add-sits` nimmt zum Konto, was hier \
             ist, `mitta account leave-server` nicht. Vorher wird nichts gesendet oder geholt.",
            match view.local_sits {
                1 => word!("There is 1 sit", "Es liegt 1 Sitzung").to_owned(),
                sits => say!("There are {sits} sits", "Es liegen {sits} Sitzungen"),
            }
        ),
        SyncWord::SignInNeeded => {
            word!(
                "Please sign in (`mitta account sign-in`). Nothing is lost meanwhile.",
                "Bitte melde dich an (`mitta account sign-in`). Bis dahin geht nichts verloren."
            )
            .to_owned()
        }
        SyncWord::UpdateThis => word!(
            "This Mitta is too old for the server: please update it.",
            "Dieses Mitta ist zu alt für den Server: bitte aktualisiere es."
        )
        .to_owned(),
        SyncWord::UpdateServer => word!(
            "The server is too old for this Mitta.",
            "Der Server ist zu alt für dieses Mitta."
        )
        .to_owned(),
        SyncWord::Syncing => word!("Syncing.", "Der Abgleich läuft.").to_owned(),
        SyncWord::Offline => match view.offline_since_ms {
            Some(since) => say!("Offline since {}.", "Offline seit {}.", when(since, zone)),
            None => "Offline.".to_owned(),
        },
        SyncWord::ServerFailed => word!(
            "The server has trouble; it will be tried again.",
            "Der Server hat Schwierigkeiten; es wird wieder versucht."
        )
        .to_owned(),
        SyncWord::Rejected => {
            word!("The server refused changes.", "Der Server hat Änderungen abgelehnt.").to_owned()
        }
        SyncWord::TotalsDiffer => say!(
            "Totals differ from the server's, also after a repair, in the weeks of {}. Please \
             report it.",
            "Summen weichen von denen des Servers ab, auch nach einer Reparatur, in den Wochen ab {}. \
             Bitte melde es.",
            weeks(&view.differing_weeks)
        ),
        SyncWord::Waiting => say!(
            "{} to be sent.",
            "{} darauf, gesendet zu werden.",
            wait(view.waiting)
        ),
        SyncWord::UpToDate => word!("Up to date.", "Auf dem neuesten Stand.").to_owned(),
    }
}

pub fn wait(changes: u32) -> String {
    match changes {
        1 => word!("1 change waits", "1 Änderung wartet").to_owned(),
        _ => say!("{changes} changes wait", "{changes} Änderungen warten"),
    }
}
