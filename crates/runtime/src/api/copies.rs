//! Copies of the history, and the way back.

use mitta_domain::UnixMillis;
use serde::{Deserialize, Serialize};

macro_rules! shape {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }
    };
}

/// Why there is a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BackupKind {
    /// By itself, once a week; these are rotated.
    Weekly,
    /// Before the database was brought to another format.
    BeforeMigration,
    /// What was there before a restore: restoring it undoes that.
    BeforeRestore,
    /// A person asked for it.
    ByHand,
    /// A file that somebody else put there.
    Other,
}

shape!(
    /// A copy of the history.
    BackupFile {
        /// Absolute path.
        path: String,
        /// Why it is there.
        kind: BackupKind,
        /// When its content was written.
        made_at_ms: UnixMillis,
        /// How large it is.
        bytes: u64,
    }
);
shape!(
    /// The copies in the folder of copies.
    Backups {
        /// The folder.
        folder: String,
        /// The copies, newest first.
        backups: Vec<BackupFile>,
    }
);
shape!(
    /// `back_up`: where to.
    BackUpArgs {
        /// Absolute path of the file; `null`: into the folder of copies.
        path: Option<String>,
        /// Whether a file that is there may be replaced, because the person has said so.
        replaces: bool,
    }
);
shape!(
    /// Arguments that name a copy.
    OfBackup {
        /// Absolute path.
        path: String,
    }
);
shape!(
    /// The account that a copy belongs to.
    BackupAccount {
        /// Its login.
        login: String,
        /// Its server.
        server_url: String,
        /// Whether this history belongs to nobody yet, and to that account after a restore.
        is_new_here: bool,
    }
);
shape!(
    /// What a copy holds, and what restoring it would change: nothing has been changed yet.
    BackupView {
        /// Absolute path.
        path: String,
        /// When it was written.
        made_at_ms: UnixMillis,
        /// Completed sits that are not deleted.
        sits: u64,
        /// Their credited seconds.
        credited_s: u64,
        /// The first day with one, `YYYY-MM-DD`; `null` where there is none.
        first_date: Option<String>,
        /// The last day with one.
        last_date: Option<String>,
        /// Sits that were running when it was made.
        unfinished: u64,
        /// Sits here that it does not have, or has as deleted: they go, but for what a server has.
        only_here: u64,
        /// Those of them that no server has.
        only_here_unsent: u64,
        /// Sits that it has and that are not here, or are deleted here: they come back.
        only_there: u64,
        /// Whose it is; `null` where it is from before any account.
        account: Option<BackupAccount>,
        /// Whether a person will have to sign in again to sync.
        signs_out: bool,
    }
);
shape!(
    /// What `restore` has done.
    Restored {
        /// The copy of what was there before: restoring it undoes this.
        undo_path: String,
    }
);

/// What takes long with copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BackupPhase {
    /// The history is copied.
    Copying,
    /// The history is replaced by a copy.
    Replacing,
}

shape!(
    /// How far a copy or a restore is.
    BackupProgress {
        /// What is being done.
        phase: BackupPhase,
        /// How much of it is done, in hundredths.
        percent: u32,
    }
);
