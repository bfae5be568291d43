//! What the doctor says of the account.

use std::fmt::Display;

use chrono_tz::Tz;
use mitta_domain::UnixMillis;
use mitta_sync::api::{
    AccountAdvice, AccountCheck, AccountCheckName, AccountError, AccountErrorCode, AccountFound,
};
use mitta_words::{say, word};

use super::dates::date_of;
use super::doctor::{Told, name_of, report, set_clock};
use super::{to_do, when};

fn none_kept() -> &'static str {
    word!(
        "none: everything stays on this computer",
        "keines: alles bleibt auf diesem Computer"
    )
}

pub fn no_account() -> AccountCheck {
    AccountCheck::well(AccountCheckName::Account, AccountFound::NoAccount)
}

/// Where the account could not be looked at, by its failure.
pub fn account_unknown(error: &AccountError) -> AccountCheck {
    AccountCheck {
        text: Some(error.message.clone()),
        code: Some(error.code),
        ..AccountCheck::bad(
            AccountCheckName::Account,
            AccountFound::Failed,
            AccountAdvice::OfCode,
        )
    }
}

pub fn account_check(check: &AccountCheck, zone: Tz) -> Told {
    let text = check.text.as_deref().unwrap_or_default();
    let server_url = check.server_url.as_deref().unwrap_or_default();
    let count = check.count.unwrap_or_default();
    let found = match check.found {
        AccountFound::NoAccount => none_kept().to_owned(),
        AccountFound::Account => {
            let name = check.display_name.as_deref().unwrap_or_default();
            say!(
                "{text} ({name}) on {server_url}",
                "{text} ({name}) bei {server_url}"
            )
        }
        AccountFound::Server => say!(
            "{server_url} answers, version {text}",
            "{server_url} antwortet, Version {text}"
        ),
        AccountFound::ServerClock => server_clock(count),
        AccountFound::Aligned => aligned(count, check.error_ms.unwrap_or_default()),
        AccountFound::KeptInKeyring => {
            word!("the sign-in is kept there", "die Anmeldung liegt dort").to_owned()
        }
        AccountFound::KeptInFile => word!(
            "not needed: the sign-in is kept in a file",
            "nicht nötig: die Anmeldung liegt in einer Datei"
        )
        .to_owned(),
        AccountFound::SignedIn => signed_in(count),
        AccountFound::Refused => refused(count),
        AccountFound::Totals => totals(check, check.at_ms, zone),
        AccountFound::TotalsDiffer => totals_differ(check),
        AccountFound::Failed => text.to_owned(),
    };
    let advice = check.advice.map(|advice| match advice {
        AccountAdvice::OfCode => check.code.map_or_else(report, server_advice),
        AccountAdvice::SetClock => set_clock(),
        AccountAdvice::SlowLine => word!(
            "Bells of a sitting together may ring apart; try a quicker network",
            "Glocken einer gemeinsamen Sitzung können auseinander läuten; versuche ein schnelleres Netz"
        ),
        AccountAdvice::SeeRefused => word!(
            "`mitta account rejected` lists them and exports them",
            "`mitta account rejected` listet sie auf und exportiert sie"
        ),
        AccountAdvice::SyncAgain => word!(
            "`mitta sync` compares again and repairs; report it if it stays",
            "`mitta sync` vergleicht noch einmal und repariert; melde es, wenn es so bleibt"
        ),
        AccountAdvice::Report => report(),
    });
    Told {
        name: name_of(&check.name),
        ok: check.ok,
        found,
        advice: advice.map(ToOwned::to_owned),
    }
}

/// What to do about a failure with the server.
fn server_advice(code: AccountErrorCode) -> &'static str {
    to_do(code).unwrap_or_else(report)
}

fn server_clock(offset_ms: i64) -> String {
    match offset_ms {
        0.. => say!(
            "the server's is {offset_ms} ms ahead",
            "die des Servers geht {offset_ms} ms vor"
        ),
        _ => say!(
            "the server's is {} ms behind",
            "die des Servers geht {} ms nach",
            offset_ms.unsigned_abs()
        ),
    }
}

fn aligned(offset_ms: i64, error_ms: impl Display) -> String {
    let side = if offset_ms < 0 {
        word!("behind", "nach")
    } else {
        word!("ahead", "vor")
    };
    let apart_ms = offset_ms.unsigned_abs();
    say!(
        "the server's clock is {apart_ms} ms {side}, give or take {error_ms} ms",
        "die Uhr des Servers geht {apart_ms} ms {side}, auf {error_ms} ms genau"
    )
}

fn signed_in(devices: i64) -> String {
    match devices {
        1 => word!(
            "valid; 1 device is signed in",
            "gültig; 1 Gerät ist angemeldet"
        )
        .to_owned(),
        _ => say!(
            "valid; {devices} devices are signed in",
            "gültig; {devices} Geräte sind angemeldet"
        ),
    }
}

fn refused(changes: i64) -> String {
    match changes {
        0 => word!(
            "the server refused nothing",
            "der Server hat nichts abgelehnt"
        )
        .to_owned(),
        1 => word!(
            "the server refused 1 change",
            "der Server hat 1 Änderung abgelehnt"
        )
        .to_owned(),
        _ => say!(
            "the server refused {changes} changes",
            "der Server hat {changes} Änderungen abgelehnt"
        ),
    }
}

fn sums(check: &AccountCheck) -> String {
    let credited_s = check.credited_s.unwrap_or_default();
    match check.count.unwrap_or_default() {
        1 => say!("1 sit, {credited_s} s", "1 Sitzung, {credited_s} s"),
        sits => say!(
            "{sits} sits, {credited_s} s",
            "{sits} Sitzungen, {credited_s} s"
        ),
    }
}

/// Own totals, and when they were last found the same on the server.
fn totals(check: &AccountCheck, compared: Option<UnixMillis>, zone: Tz) -> String {
    let sums = sums(check);
    match compared {
        Some(at) => say!(
            "{sums}; found the same on the server {}",
            "{sums}; auf dem Server gleich gefunden {}",
            when(at, zone)
        ),
        None => say!("{sums}; not compared yet", "{sums}; noch nicht verglichen"),
    }
}

fn totals_differ(check: &AccountCheck) -> String {
    let sums = sums(check);
    match check.dates.as_slice() {
        [] => say!(
            "{sums}; not found the same on the server at the last sync",
            "{sums}; beim letzten Abgleich auf dem Server nicht gleich gefunden"
        ),
        dates => say!(
            "{sums}; differ from the server's in the weeks of {}",
            "{sums}; weichen von denen des Servers ab, in den Wochen ab {}",
            dates
                .iter()
                .map(|it| date_of(it))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_an_advice() {
        for code in [
            AccountErrorCode::Offline,
            AccountErrorCode::NotMitta,
            AccountErrorCode::RateLimited,
        ] {
            let check = account_unknown(&AccountError::new(code, "why"));
            let told = account_check(&check, Tz::UTC);
            assert!(!told.ok && told.advice.is_some_and(|it| !it.ends_with('.')));
        }
    }

    #[test]
    fn clocks_are_told_ahead_or_behind() {
        assert_eq!(server_clock(-5), "the server's is 5 ms behind");
        assert_eq!(server_clock(5), "the server's is 5 ms ahead");
        assert_eq!(
            aligned(-5, 12),
            "the server's clock is 5 ms behind, give or take 12 ms"
        );
    }
}
