//! The account: does its server answer and understand this program, is the sign-in valid, are the
//! clocks close, was anything refused, are the totals the same on both sides?

use chrono_tz::Tz;
use mitta_domain::ShareId;
use mitta_store::{ReadError, Reader};
use mitta_sync::api::{
    AccountError, AccountErrorCode, CheckServerArgs, Commands as _, NoArgs, SyncAccount, SyncView,
};

use super::Check;
use crate::account::engine;
use crate::words;

const ACCOUNT: &str = "account";
const SERVER: &str = "server";
const SERVER_CLOCK: &str = "server_clock";
const KEYRING: &str = "keyring";
const SIGN_IN: &str = "sign_in";
const REFUSED: &str = "refused";
const TOTALS: &str = "totals";

/// Beyond this, in milliseconds, edits of two devices may be put in an order that surprises.
const CLOCKS_APART_MS: u64 = 60_000;

/// What there is to look at; without an account nobody is asked anything. `may_open`: the history may
/// be opened as a sync opens it.
pub fn checks(reader: &Reader, zone: Tz, may_open: bool) -> Vec<Check> {
    match reader.account() {
        Ok(None) => vec![Check::well(ACCOUNT, words::NO_ACCOUNT)],
        Ok(Some(_)) if may_open => {
            of_account(reader, zone).unwrap_or_else(|error| vec![failed(ACCOUNT, &error)])
        }
        // The database is said to be bad already.
        Ok(Some(_)) => Vec::new(),
        Err(error) => vec![Check::bad(ACCOUNT, error.to_string(), words::REPORT)],
    }
}

fn of_account(reader: &Reader, zone: Tz) -> Result<Vec<Check>, AccountError> {
    let sync = engine()?;
    let view = sync.sync_view(NoArgs {})?;
    let Some(account) = &view.account else {
        return Ok(vec![Check::well(ACCOUNT, words::NO_ACCOUNT)]);
    };
    let mut checks = vec![Check::well(ACCOUNT, words::account(account))];
    let server_url = account.server_url.clone();
    match sync.check_server(CheckServerArgs { server_url }) {
        Ok(server) => {
            checks.push(Check::well(SERVER, words::server(&server)));
            checks.push(clock(server.clock_offset_ms));
        }
        Err(error) => checks.push(failed(SERVER, &error)),
    }
    let devices = sync.devices(NoArgs {}).map(|list| {
        let signed_in = list.devices.iter().filter(|it| it.is_signed_in);
        signed_in.count()
    });
    checks.extend(sign_in(account, devices));
    checks.push(refused(view.rejected));
    checks.push(totals(reader, &view, zone));
    Ok(checks)
}

fn failed(name: &'static str, error: &AccountError) -> Check {
    Check::bad(name, &*error.message, words::server_advice(error.code))
}

fn clock(offset_ms: i64) -> Check {
    let found = words::server_clock(offset_ms);
    if offset_ms.unsigned_abs() <= CLOCKS_APART_MS {
        Check::well(SERVER_CLOCK, found)
    } else {
        Check::bad(SERVER_CLOCK, found, words::SET_CLOCK)
    }
}

/// Where the sign-in is kept, and whether the server knows it: as far as that was found out.
fn sign_in(account: &SyncAccount, devices: Result<usize, AccountError>) -> Vec<Check> {
    let kept = Check::well(
        KEYRING,
        if account.token_in_file {
            words::KEPT_IN_FILE
        } else {
            words::KEPT_IN_KEYRING
        },
    );
    match devices {
        Ok(count) => vec![kept, Check::well(SIGN_IN, words::signed_in(count))],
        Err(error) => match error.code {
            AccountErrorCode::KeyringUnavailable => vec![failed(KEYRING, &error)],
            AccountErrorCode::SignInNeeded => vec![failed(SIGN_IN, &error)],
            // A server that does not answer is said to be so already.
            _ => vec![kept],
        },
    }
}

fn refused(changes: u32) -> Check {
    let found = words::refused(changes);
    if changes == 0 {
        Check::well(REFUSED, found)
    } else {
        Check::bad(REFUSED, found, words::SEE_REFUSED)
    }
}

/// Own totals against the server's (I8), as the last sync found them.
fn totals(reader: &Reader, view: &SyncView, zone: Tz) -> Check {
    match compared(reader, view) {
        Ok(of) if of.differ => {
            let weeks = &view.differing_weeks;
            let found = words::totals_differ(of.sits, of.credited_s, weeks);
            Check::bad(TOTALS, found, words::SYNC_AGAIN)
        }
        Ok(of) => {
            let found = words::totals(of.sits, of.credited_s, view.compared_at_ms, zone);
            Check::well(TOTALS, found)
        }
        Err(error) => Check::bad(TOTALS, error.to_string(), words::REPORT),
    }
}

struct Compared {
    sits: u64,
    credited_s: u64,
    differ: bool,
}

fn compared(reader: &Reader, view: &SyncView) -> Result<Compared, ReadError> {
    let here = reader.own_summary()?;
    let cursor = match reader.account()? {
        Some(account) => reader.cursor(ShareId::own(account.person_id))?,
        None => mitta_store::Cursor::default(),
    };
    // Whoever ends a sync with nothing left to send has compared at the position read to.
    let was_to_be = view.last_success_ms.is_some() && !here.pending && cursor.seq > 0;
    Ok(Compared {
        sits: here.sits,
        credited_s: here.credited_s,
        differ: !view.differing_weeks.is_empty()
            || (was_to_be && cursor.compared_seq != Some(cursor.seq)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(token_in_file: bool) -> SyncAccount {
        SyncAccount {
            server_url: "https://mitta.example.org".to_owned(),
            login: "anna".to_owned(),
            display_name: "Anna".to_owned(),
            is_signed_in: true,
            token_in_file,
        }
    }

    #[test]
    fn clocks_that_are_close_are_well_whichever_is_ahead() {
        for (offset_ms, ok) in [
            (0, true),
            (60_000, true),
            (-60_000, true),
            (60_001, false),
            (-60_001, false),
            (i64::MIN, false),
            (i64::MAX, false),
        ] {
            let check = clock(offset_ms);
            assert_eq!((check.ok, check.advice.is_none()), (ok, ok), "{check:?}");
        }
        assert_eq!(clock(-5).found, "the server's is 5 ms behind");
        assert_eq!(clock(5).found, "the server's is 5 ms ahead");
    }

    #[test]
    fn of_a_sign_in_only_what_was_found_out_is_said() {
        let refused = |code| Err(AccountError::new(code, "why"));
        let check = |devices, expected: &[(&str, bool)]| {
            let checks = sign_in(&account(false), devices);
            let found: Vec<_> = checks.iter().map(|it| (it.name, it.ok)).collect();
            assert_eq!(found, expected);
        };
        check(Ok(2), &[(KEYRING, true), (SIGN_IN, true)]);
        check(
            refused(AccountErrorCode::KeyringUnavailable),
            &[(KEYRING, false)],
        );
        check(refused(AccountErrorCode::SignInNeeded), &[(SIGN_IN, false)]);
        check(refused(AccountErrorCode::Offline), &[(KEYRING, true)]);
        let kept = &sign_in(&account(true), Ok(1))[0];
        assert_eq!(kept.found, words::KEPT_IN_FILE);
    }

    #[test]
    fn every_failure_has_an_advice() {
        for code in [
            AccountErrorCode::Offline,
            AccountErrorCode::NotMitta,
            AccountErrorCode::RateLimited,
        ] {
            let check = failed(SERVER, &AccountError::new(code, "why"));
            assert!(!check.ok && check.advice.is_some_and(|it| !it.ends_with('.')));
        }
    }
}
