//! What the doctor finds about the account. Codes and figures only: the words are those of each
//! surface.

use chrono::NaiveDate;
use mitta_domain::UnixMillis;
use serde::{Deserialize, Serialize};

use super::AccountErrorCode;

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }
    };
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AccountCheckName {
    /// Whether there is an account, and whose.
    Account,
    /// Whether its server answers and understands this program.
    Server,
    /// How far its clock is from this one.
    ServerClock,
    /// How well clocks can be aligned for sitting together.
    SittingTogether,
    /// Where the sign-in is kept.
    Keyring,
    /// Whether the server knows the sign-in.
    SignIn,
    /// What the server refused.
    Refused,
    /// Whether the totals are the same on both sides.
    Totals,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AccountFound {
    /// There is no account; nobody was asked anything.
    NoAccount,
    /// There is one: `text` is the login, `name` how partners see it, `server_url` its server.
    Account,
    /// The server answers: `text` is its version.
    Server,
    /// The server's clock is `count` milliseconds ahead of this one; negative: behind.
    ServerClock,
    /// As `server_clock`, aligned to within `error_ms`.
    Aligned,
    /// The sign-in is in the keyring.
    KeptInKeyring,
    /// The sign-in is in a file.
    KeptInFile,
    /// The sign-in is good, and one of `count`.
    SignedIn,
    /// The server refused `count` changes.
    Refused,
    /// `count` sits of `credited_s` were found the same at `at_ms`, or not compared yet.
    Totals,
    /// They differ, in the weeks that begin on `dates`.
    TotalsDiffer,
    /// It could not be looked at: `text` says why, `code` what it is.
    Failed,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AccountAdvice {
    /// What the words of `code` say.
    OfCode,
    /// Set the clock.
    SetClock,
    /// Use a quicker network.
    SlowLine,
    /// Look at what was refused.
    SeeRefused,
    /// Sync again; report it if it stays.
    SyncAgain,
    /// Report it.
    Report,
}

shape!(
    /// One thing looked at.
    AccountCheck {
        /// What.
        name: AccountCheckName,
        /// Whether all is well.
        ok: bool,
        /// What was found.
        found: AccountFound,
        /// A login, a version, or what went wrong.
        text: Option<String>,
        /// How partners see the person.
        display_name: Option<String>,
        /// The server.
        server_url: Option<String>,
        /// A figure.
        count: Option<i64>,
        /// Their credited seconds.
        credited_s: Option<u64>,
        /// The possible error of an alignment.
        error_ms: Option<u32>,
        /// A moment.
        at_ms: Option<UnixMillis>,
        /// First days of weeks, `YYYY-MM-DD`.
        dates: Vec<String>,
        /// What went wrong.
        code: Option<AccountErrorCode>,
        /// What to do, where something is not well.
        advice: Option<AccountAdvice>,
    }
);
shape!(
    /// What the doctor found about the account.
    AccountExamination {
        /// Everything that was looked at.
        checks: Vec<AccountCheck>,
    }
);

impl AccountCheck {
    /// All is well.
    pub const fn well(name: AccountCheckName, found: AccountFound) -> Self {
        Self {
            name,
            ok: true,
            found,
            text: None,
            display_name: None,
            server_url: None,
            count: None,
            credited_s: None,
            error_ms: None,
            at_ms: None,
            dates: Vec::new(),
            code: None,
            advice: None,
        }
    }

    /// Something is to be done.
    pub fn bad(name: AccountCheckName, found: AccountFound, advice: AccountAdvice) -> Self {
        Self {
            ok: false,
            advice: Some(advice),
            ..Self::well(name, found)
        }
    }

    /// The same, with the first days of weeks.
    #[must_use]
    pub fn dates(mut self, dates: &[NaiveDate]) -> Self {
        self.dates = dates.iter().map(ToString::to_string).collect();
        self
    }
}
