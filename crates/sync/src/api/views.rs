//! The shapes that cross to windows and terminals.

use chrono::NaiveDate;
use mitta_domain::{DeviceId, OpId, SessionId, UnixMillis};
use serde::{Deserialize, Serialize};

use super::error::AccountError;

/// Declares shapes: strict, and with TypeScript where it is wanted.
macro_rules! shapes {
    ($($(#[$meta:meta])* $kind:ident $name:ident $body:tt)*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(deny_unknown_fields)]
        pub $kind $name $body
    )*};
}
pub(super) use shapes;

/// The state of sync in a word, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SyncWord {
    /// No account: everything stays on this computer.
    NoAccount,
    /// Signed in; may the sits on this computer be added?
    ClaimAsked,
    /// The sign-in has expired or was revoked.
    SignInNeeded,
    /// This program is too old for the server.
    UpdateThis,
    /// The server is too old for this program.
    UpdateServer,
    /// It runs; `progress` says how far.
    Syncing,
    /// The server cannot be reached; since `offline_since_ms`.
    Offline,
    /// The server answers, but fails or is busy; `problem` says why.
    ServerFailed,
    /// The server refused changes; see `rejected`.
    Rejected,
    /// Totals differ from the server's after a repair; see `differing_weeks`.
    TotalsDiffer,
    /// Changes wait to be sent.
    Waiting,
    /// All is sent and fetched.
    UpToDate,
}

/// What a sync that runs is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// Sends changes.
    Pushing,
    /// Fetches changes.
    Pulling,
    /// Compares totals.
    Comparing,
}

shapes! {
    /// No arguments.
    #[derive(Debug, Copy, Default)]
    struct NoArgs {}

    /// The state of sync.
    #[derive(Debug)]
    struct SyncView {
        /// In a word.
        pub word: SyncWord,
        /// The account, where there is one.
        pub account: Option<SyncAccount>,
        /// Changes that wait to be sent.
        pub waiting: u32,
        /// Changes that the server refused.
        pub rejected: u32,
        /// Sits on this computer, for the question whether to add them.
        pub local_sits: u32,
        /// When both sending and fetching last succeeded.
        pub last_success_ms: Option<UnixMillis>,
        /// Since when the server cannot be reached.
        pub offline_since_ms: Option<UnixMillis>,
        /// When it will be tried again.
        pub next_try_ms: Option<UnixMillis>,
        /// What last went wrong, until it goes well.
        pub problem: Option<AccountError>,
        /// How far a sync that runs is.
        pub progress: Option<SyncProgress>,
        /// The server's clock minus this computer's, where it was heard.
        pub clock_offset_ms: Option<i64>,
        /// When totals were last compared and found equal.
        pub compared_at_ms: Option<UnixMillis>,
        /// First dates (Mondays) of weeks that differ after a repair.
        #[cfg_attr(feature = "ts", ts(type = "Array<string>"))]
        pub differing_weeks: Vec<NaiveDate>,
    }

    /// The account of this data folder.
    #[derive(Debug)]
    struct SyncAccount {
        /// The server's address.
        pub server_url: String,
        /// The login.
        pub login: String,
        /// How partners see the person.
        pub display_name: String,
        /// Whether the sign-in is thought to be valid.
        pub is_signed_in: bool,
        /// Whether it is kept in a file instead of the keyring.
        pub token_in_file: bool,
    }

    /// How far a sync is.
    #[derive(Debug, Copy)]
    struct SyncProgress {
        /// What it is doing.
        pub phase: SyncPhase,
        /// Changes done in this phase.
        pub done: u32,
        /// Of so many, as far as is known.
        pub total: u32,
    }

    /// A server to look at.
    #[derive(Debug)]
    struct CheckServerArgs {
        /// As typed; `https://` may be left out.
        pub server_url: String,
    }

    /// A server that answers and is understood.
    #[derive(Debug)]
    struct ServerInfo {
        /// Its address in full.
        pub server_url: String,
        /// Its program version.
        pub version: String,
        /// Its clock minus this computer's, in milliseconds.
        pub clock_offset_ms: i64,
    }

    /// A new account.
    struct SignUpArgs {
        /// As typed; `https://` may be left out.
        pub server_url: String,
        /// 3 to 64 of `a-z 0-9 . _ @ + -`.
        pub login: String,
        /// 8 characters to 1,024 bytes.
        pub password: String,
        /// How partners see the person, 1 to 80 characters.
        pub display_name: String,
        /// What the person calls this device; the computer's name where it is empty.
        pub device_name: String,
        /// The person agreed that a file keeps the sign-in.
        pub token_in_file: bool,
    }

    /// An account that is there.
    struct SignInArgs {
        /// As typed; `https://` may be left out.
        pub server_url: String,
        /// The login.
        pub login: String,
        /// The password.
        pub password: String,
        /// What the person calls this device; the computer's name where it is empty.
        pub device_name: String,
        /// The person agreed that a file keeps the sign-in.
        pub token_in_file: bool,
    }

    /// An account whose password was forgotten.
    struct RecoverAccountArgs {
        /// As typed; `https://` may be left out.
        pub server_url: String,
        /// The login.
        pub login: String,
        /// The code as it was shown.
        pub recovery_code: String,
        /// 8 characters to 1,024 bytes.
        pub new_password: String,
        /// What the person calls this device; the computer's name where it is empty.
        pub device_name: String,
        /// The person agreed that a file keeps the sign-in.
        pub token_in_file: bool,
    }

    /// Signed in.
    struct SignedInView {
        /// The state of sync.
        pub sync: SyncView,
        /// To be shown once and written down; after sign-up and recovery.
        pub recovery_code: Option<String>,
    }

    /// The answer to the question whether the sits here may be added.
    #[derive(Debug, Copy)]
    struct ClaimArgs {
        /// `false` signs out again.
        pub add: bool,
    }

    /// A device.
    #[derive(Debug, Copy)]
    struct DeviceArgs {
        /// Which.
        pub device_id: DeviceId,
    }

    /// The devices of the account, last heard of first.
    #[derive(Debug)]
    struct DeviceList {
        /// The devices.
        pub devices: Vec<DeviceView>,
    }

    /// A device of the account.
    #[derive(Debug)]
    struct DeviceView {
        /// Which.
        pub device_id: DeviceId,
        /// What the person calls it.
        pub name: String,
        /// When it was last heard of.
        pub last_seen_at_ms: UnixMillis,
        /// Whether it is signed in.
        pub is_signed_in: bool,
        /// Whether it is this one.
        pub is_this: bool,
    }

    /// Another password.
    struct ChangePasswordArgs {
        /// As it is.
        pub current_password: String,
        /// As it shall be.
        pub new_password: String,
    }

    /// The password, asked again.
    struct PasswordArgs {
        /// The password.
        pub password: String,
    }

    /// A recovery code, shown once.
    struct RecoveryCode {
        /// The code.
        pub recovery_code: String,
    }

    /// A file to write.
    #[derive(Debug)]
    struct ExportArgs {
        /// Its full path; it must not be there yet.
        pub path: String,
    }

    /// A file that was written.
    #[derive(Debug)]
    struct Exported {
        /// Its full path.
        pub path: String,
        /// Its size.
        pub bytes: u64,
    }

    /// A refused change.
    #[derive(Debug, Copy)]
    struct OpArgs {
        /// Which.
        pub op_id: OpId,
    }

    /// The changes that the server refused, oldest first.
    #[derive(Debug)]
    struct RejectedOps {
        /// The changes.
        pub ops: Vec<RejectedOp>,
    }

    /// A change that the server refused.
    #[derive(Debug)]
    struct RejectedOp {
        /// Which.
        pub op_id: OpId,
        /// The session that it changes.
        pub session_id: SessionId,
        /// When that session began.
        pub started_at_ms: UnixMillis,
        /// What it does: `start`, `complete`, `sat`, `words`, `credited`, `sharing`, `deleted`.
        pub change: String,
        /// The stable code of the reason.
        pub code: String,
        /// When it was refused.
        pub rejected_at_ms: UnixMillis,
    }
}
