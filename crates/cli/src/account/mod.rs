//! `mitta account` and `mitta sync`: the account of this data folder, from a terminal.
//!
//! Must hold: nothing is sent before there is an account, and no sit of this computer before the
//! person agreed; secrets come from the standard input and go to the standard output once.

mod args;
mod secret;

use std::path::Path;
use std::sync::Arc;

use chrono_tz::Tz;
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_runtime::ids::Ids;
use mitta_runtime::{data_dir, tell_of_change};
use mitta_sync::SyncEngine;
use mitta_sync::api::{
    AccountError, AccountErrorCode, ChangePasswordArgs, ClaimArgs, Commands, DeviceArgs,
    ExportArgs, NoArgs, OpArgs, PasswordArgs, RecoverAccountArgs, SignInArgs, SignUpArgs,
    SignedInView, SyncView, SyncWord,
};

use rand::RngExt as _;

pub use args::{AccountArgs, SyncArgs};
use args::{Place, Word};

use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// Sync that does what it is asked and nothing by itself.
///
/// # Errors
/// Where there is no data folder or no thread to be had.
pub fn engine() -> Result<SyncEngine, AccountError> {
    let dir = data_dir().map_err(|e| AccountError::new(AccountErrorCode::Storage, e.message))?;
    let clock = Arc::new(SystemClock::new());
    let boot_id = clock.boot_id();
    let boot_clock = Arc::clone(&clock);
    let now = move || clock.now().wall_ms;
    let told = dir.clone();
    SyncEngine::start(mitta_sync::Config {
        dir,
        new_device_id: Ids.device(now()),
        now: Arc::new(now),
        boot_ms: Arc::new(move || boot_clock.now().boot_ms),
        boot_id,
        random: Arc::new(|| rand::rng().random()),
        keyring: Arc::new(mitta_sync::SystemKeyring),
        on_update: Box::new(|_| {}),
        on_history_changed: Box::new(move || {
            // A window that is not told sees it when it next looks.
            if let Err(error) = tell_of_change(&told) {
                tracing::warn!(%error, "other programs were not told of a change");
            }
        }),
        on_together: Box::new(|| {}),
        in_background: false,
        is_checked: false,
    })
    .map_err(|e| AccountError::internal(&e))
}

/// `mitta sync`: pushes and pulls once, or tells how things are.
///
/// # Errors
/// What the engine answers.
pub fn sync(args: &SyncArgs, output: &mut Output) -> Result<Exit, AccountError> {
    let sync = engine()?;
    if args.status {
        show(&sync.sync_view(NoArgs {})?, output);
        return Ok(Exit::Done);
    }
    let view = sync.sync_now(NoArgs {})?;
    show(&view, output);
    Ok(exit_of(view.word))
}

/// `mitta account`.
///
/// # Errors
/// What the engine answers, or a secret that cannot be read.
pub fn run(args: AccountArgs, output: &mut Output) -> Result<Exit, AccountError> {
    let sync = engine()?;
    match args.word {
        None => {
            show(&sync.sync_view(NoArgs {})?, output);
            Ok(Exit::Done)
        }
        Some(word) => act(&sync, word, output),
    }
}

fn act(sync: &impl Commands, word: Word, output: &mut Output) -> Result<Exit, AccountError> {
    let view = match word {
        Word::SignUp { place, name } => {
            let signed_in = sync.sign_up(SignUpArgs {
                server_url: place.server,
                login: place.login,
                password: secret::new_password(output)?,
                display_name: name,
                device_name: place.device,
                token_in_file: place.token_file,
            })?;
            return signed(sync, signed_in, place.add_sits, output);
        }
        Word::SignIn(place) => {
            let signed_in = sync.sign_in(SignInArgs {
                server_url: place.server,
                login: place.login,
                password: secret::password(output)?,
                device_name: place.device,
                token_in_file: place.token_file,
            })?;
            return signed(sync, signed_in, place.add_sits, output);
        }
        Word::Recover(place) => return recover(sync, place, output),
        Word::AddSits => sync.claim(ClaimArgs { add: true })?,
        Word::SignOut => sync.sign_out(NoArgs {})?,
        Word::LeaveServer => sync.leave_server(NoArgs {})?,
        Word::Password => sync.change_password(ChangePasswordArgs {
            current_password: secret::password(output)?,
            new_password: secret::new_password(output)?,
        })?,
        Word::Erase { .. } => sync.erase_account(PasswordArgs {
            password: secret::password(output)?,
        })?,
        Word::Devices { sign_out } => {
            let list = match sign_out {
                Some(device_id) => sync.revoke_device(DeviceArgs { device_id })?,
                None => sync.devices(NoArgs {})?,
            };
            for device in &list.devices {
                output.line(words::device(device, zone()));
            }
            output.document(&list);
            return Ok(Exit::Done);
        }
        Word::RecoveryCode => {
            let password = secret::password(output)?;
            let new = sync.new_recovery_code(PasswordArgs { password })?;
            output.line(words::recovery_code(&new.recovery_code));
            output.document(&new);
            return Ok(Exit::Done);
        }
        Word::Export { file } => {
            let exported = sync.export_account(to_file(&file))?;
            output.line(words::exported(&exported));
            output.document(&exported);
            return Ok(Exit::Done);
        }
        Word::Rejected { export, dismiss } => {
            return rejected(sync, export.as_deref(), dismiss, output);
        }
    };
    show(&view, output);
    Ok(Exit::Done)
}

fn recover(sync: &impl Commands, place: Place, output: &mut Output) -> Result<Exit, AccountError> {
    let signed_in = sync.recover_account(RecoverAccountArgs {
        server_url: place.server,
        login: place.login,
        recovery_code: secret::recovery_code(output)?,
        new_password: secret::new_password(output)?,
        device_name: place.device,
        token_in_file: place.token_file,
    })?;
    signed(sync, signed_in, place.add_sits, output)
}

/// Signed in: the sits here are added only where the person said so.
fn signed(
    sync: &impl Commands,
    signed_in: SignedInView,
    add_sits: bool,
    output: &mut Output,
) -> Result<Exit, AccountError> {
    if let Some(code) = &signed_in.recovery_code {
        output.line(words::recovery_code(code));
    }
    let view = if add_sits && signed_in.sync.word == SyncWord::ClaimAsked {
        sync.claim(ClaimArgs { add: true })?
    } else {
        signed_in.sync
    };
    for line in words::sync_lines(&view, zone()) {
        output.line(line);
    }
    output.document(&SignedInView {
        sync: view,
        recovery_code: signed_in.recovery_code,
    });
    Ok(Exit::Done)
}

fn rejected(
    sync: &impl Commands,
    export: Option<&Path>,
    dismiss: Option<mitta_domain::OpId>,
    output: &mut Output,
) -> Result<Exit, AccountError> {
    if let Some(file) = export {
        let exported = sync.export_rejected(to_file(file))?;
        output.line(words::exported(&exported));
        output.document(&exported);
        return Ok(Exit::Done);
    }
    let list = match dismiss {
        Some(op_id) => sync.dismiss_rejected(OpArgs { op_id })?,
        None => sync.rejected(NoArgs {})?,
    };
    if list.ops.is_empty() {
        output.line(words::nothing_rejected());
    }
    for op in &list.ops {
        output.line(words::rejected(op, zone()));
    }
    output.document(&list);
    Ok(Exit::Done)
}

/// The zone in which a person here reads times; UTC where the system does not say.
pub fn zone() -> Tz {
    SystemClock::new().zone().unwrap_or(Tz::UTC)
}

fn to_file(file: &Path) -> ExportArgs {
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    ExportArgs {
        path: path.to_string_lossy().into_owned(),
    }
}

fn show(view: &SyncView, output: &mut Output) {
    for line in words::sync_lines(view, zone()) {
        output.line(line);
    }
    output.document(view);
}

/// A script may branch on whether all is in step.
const fn exit_of(word: SyncWord) -> Exit {
    match word {
        SyncWord::UpToDate => Exit::Done,
        _ => Exit::NotSynced,
    }
}

impl From<AccountErrorCode> for Exit {
    fn from(code: AccountErrorCode) -> Self {
        use AccountErrorCode as Is;
        match code {
            Is::InsecureAddress
            | Is::InvalidAddress
            | Is::InvalidLogin
            | Is::InvalidPassword
            | Is::InvalidName
            | Is::InvalidRequest => Self::Usage,
            Is::NoAccount
            | Is::OtherPerson
            | Is::OtherServer
            | Is::NoSuchDevice
            | Is::NoSuchOp
            | Is::NoSuchPartnership
            | Is::NoSuchInvite
            | Is::PartnershipFull
            | Is::AlreadyMember => Self::NotPossible,
            Is::Storage => Self::DataFolder,
            Is::Offline
            | Is::Timeout
            | Is::CertificateRefused
            | Is::NotMitta
            | Is::UpdateThis
            | Is::UpdateServer
            | Is::SignInNeeded
            | Is::RateLimited
            | Is::ServerBusy
            | Is::ServerFailed
            | Is::OtherProgram
            | Is::TotalsDiffer => Self::NotSynced,
            _ => Self::Failed,
        }
    }
}
