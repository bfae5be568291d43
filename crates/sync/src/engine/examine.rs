//! The account, looked over: does its server answer and understand this program, is the sign-in valid,
//! are the clocks close, was anything refused, are the totals the same on both sides? Without an
//! account nobody is asked anything.

use mitta_domain::ShareId;
use mitta_store::{ClockRow, OpenError, ReadError, Reader};

use super::SyncEngine;
use crate::api::{
    AccountAdvice as Advice, AccountCheck as Check, AccountCheckName as Name, AccountError,
    AccountErrorCode as Code, AccountExamination, AccountFound as Found, CheckServerArgs,
    Commands as _, NoArgs, SyncAccount, SyncView,
};

/// Beyond this, in milliseconds, edits of two devices may be put in an order that surprises.
const CLOCKS_APART_MS: u64 = 60_000;

/// Beyond this, in milliseconds, two who sit together hear their bells apart.
const ALIGNED_WITHIN_MS: u32 = 500;

impl SyncEngine {
    pub(super) fn look_over(&self) -> Result<AccountExamination, AccountError> {
        let reader = match Reader::open(&self.shared.dir) {
            Ok(reader) => reader,
            Err(OpenError::Missing { .. }) => return Ok(none()),
            Err(error) => return Err(error.into()),
        };
        if reader.account()?.is_none() {
            return Ok(none());
        }
        let view = self.sync_view(NoArgs {})?;
        let Some(account) = &view.account else {
            return Ok(none());
        };
        let mut checks = vec![Check {
            text: Some(account.login.clone()),
            display_name: Some(account.display_name.clone()),
            server_url: Some(account.server_url.clone()),
            ..Check::well(Name::Account, Found::Account)
        }];
        let server_url = account.server_url.clone();
        match self.check_server(CheckServerArgs { server_url }) {
            Ok(server) => {
                checks.push(Check {
                    text: Some(server.version),
                    server_url: Some(server.server_url),
                    ..Check::well(Name::Server, Found::Server)
                });
                checks.push(clock(server.clock_offset_ms));
                checks.extend(alignment(self.clock()));
            }
            Err(error) => checks.push(failed(Name::Server, &error)),
        }
        let devices = self.devices(NoArgs {}).map(|list| {
            let signed_in = list.devices.iter().filter(|it| it.is_signed_in);
            signed_in.count()
        });
        checks.extend(sign_in(account, devices));
        checks.push(refused(view.rejected));
        checks.push(totals(&reader, &view));
        Ok(AccountExamination { checks })
    }
}

fn none() -> AccountExamination {
    AccountExamination {
        checks: vec![Check::well(Name::Account, Found::NoAccount)],
    }
}

fn failed(name: Name, error: &AccountError) -> Check {
    Check {
        text: Some(error.message.clone()),
        code: Some(error.code),
        ..Check::bad(name, Found::Failed, Advice::OfCode)
    }
}

fn clock(offset_ms: i64) -> Check {
    let check = if offset_ms.unsigned_abs() <= CLOCKS_APART_MS {
        Check::well(Name::ServerClock, Found::ServerClock)
    } else {
        Check::bad(Name::ServerClock, Found::ServerClock, Advice::SetClock)
    };
    Check {
        count: Some(offset_ms),
        ..check
    }
}

/// How well the clocks can be aligned for sitting together.
fn alignment(measured: Result<ClockRow, AccountError>) -> Option<Check> {
    let name = Name::SittingTogether;
    Some(match measured {
        Ok(clock) => {
            let check = if clock.error_ms <= ALIGNED_WITHIN_MS {
                Check::well(name, Found::Aligned)
            } else {
                Check::bad(name, Found::Aligned, Advice::SlowLine)
            };
            Check {
                count: Some(clock.server_minus_wall_ms),
                error_ms: Some(clock.error_ms),
                ..check
            }
        }
        Err(error) => match error.code {
            // That is said of the sign-in.
            Code::SignInNeeded | Code::KeyringUnavailable => return None,
            _ => failed(name, &error),
        },
    })
}

/// Where the sign-in is kept, and whether the server knows it: as far as that was found out.
fn sign_in(account: &SyncAccount, devices: Result<usize, AccountError>) -> Vec<Check> {
    let place = if account.token_in_file {
        Found::KeptInFile
    } else {
        Found::KeptInKeyring
    };
    let kept = Check::well(Name::Keyring, place);
    match devices {
        Ok(count) => vec![
            kept,
            Check {
                count: i64::try_from(count).ok(),
                ..Check::well(Name::SignIn, Found::SignedIn)
            },
        ],
        Err(error) => match error.code {
            Code::KeyringUnavailable => vec![failed(Name::Keyring, &error)],
            Code::SignInNeeded => vec![failed(Name::SignIn, &error)],
            // A server that does not answer is said to be so already.
            _ => vec![kept],
        },
    }
}

fn refused(changes: u32) -> Check {
    let check = if changes == 0 {
        Check::well(Name::Refused, Found::Refused)
    } else {
        Check::bad(Name::Refused, Found::Refused, Advice::SeeRefused)
    };
    Check {
        count: Some(changes.into()),
        ..check
    }
}

/// Own totals against the server's (I8), as the last sync found them.
fn totals(reader: &Reader, view: &SyncView) -> Check {
    let of = match compared(reader, view) {
        Ok(of) => of,
        Err(error) => {
            return Check {
                text: Some(error.to_string()),
                ..Check::bad(Name::Totals, Found::Failed, Advice::Report)
            };
        }
    };
    let check = if of.differ {
        Check::bad(Name::Totals, Found::TotalsDiffer, Advice::SyncAgain)
            .dates(&view.differing_weeks)
    } else {
        Check {
            at_ms: view.compared_at_ms,
            ..Check::well(Name::Totals, Found::Totals)
        }
    };
    Check {
        count: i64::try_from(of.sits).ok(),
        credited_s: Some(of.credited_s),
        ..check
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
            assert_eq!(check.count, Some(offset_ms));
        }
    }

    #[test]
    fn clocks_that_cannot_be_aligned_closely_are_told() {
        let measured = |error_ms| ClockRow {
            measured_at_ms: mitta_domain::UnixMillis(0),
            server_minus_wall_ms: -5,
            boot_id: String::new(),
            server_minus_boot_ms: 0,
            error_ms,
        };
        for (error_ms, ok) in [(0, true), (500, true), (501, false)] {
            let check = alignment(Ok(measured(error_ms))).unwrap();
            assert_eq!((check.ok, check.advice.is_none()), (ok, ok), "{check:?}");
            assert_eq!((check.count, check.error_ms), (Some(-5), Some(error_ms)));
        }
        let offline = AccountError::new(Code::Offline, "why");
        assert!(!alignment(Err(offline)).unwrap().ok);
        let signed_out = AccountError::new(Code::SignInNeeded, "why");
        assert!(alignment(Err(signed_out)).is_none());
    }

    #[test]
    fn of_a_sign_in_only_what_was_found_out_is_said() {
        let refused = |code| Err(AccountError::new(code, "why"));
        let check = |devices, expected: &[(Name, bool)]| {
            let checks = sign_in(&account(false), devices);
            let found: Vec<_> = checks.iter().map(|it| (it.name, it.ok)).collect();
            assert_eq!(found, expected);
        };
        check(Ok(2), &[(Name::Keyring, true), (Name::SignIn, true)]);
        check(refused(Code::KeyringUnavailable), &[(Name::Keyring, false)]);
        check(refused(Code::SignInNeeded), &[(Name::SignIn, false)]);
        check(refused(Code::Offline), &[(Name::Keyring, true)]);
        let kept = &sign_in(&account(true), Ok(1))[0];
        assert_eq!(kept.found, Found::KeptInFile);
    }
}
