//! What `mitta account` and `mitta sync` take. A password is never an argument: everybody on the
//! computer could read it.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use mitta_domain::{DeviceId, OpId};

use crate::words::help;

#[derive(Debug, ClapArgs)]
pub struct AccountArgs {
    #[command(subcommand)]
    pub word: Option<Word>,
}

#[derive(Debug, ClapArgs)]
pub struct SyncArgs {
    #[arg(long, help = help::STATUS)]
    pub status: bool,
}

#[derive(Debug, Subcommand)]
pub enum Word {
    #[command(about = help::SIGN_UP)]
    SignUp {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_name = "NAME", help = help::DISPLAY_NAME)]
        name: String,
    },
    #[command(about = help::SIGN_IN)]
    SignIn(Place),
    #[command(about = help::RECOVER_ACCOUNT)]
    Recover(Place),
    #[command(about = help::CLAIM)]
    AddSits,
    #[command(about = help::SIGN_OUT)]
    SignOut,
    #[command(about = help::LEAVE_SERVER)]
    LeaveServer,
    #[command(about = help::DEVICES)]
    Devices {
        #[arg(long, value_name = "DEVICE_ID", help = help::REVOKE)]
        sign_out: Option<DeviceId>,
    },
    #[command(about = help::PASSWORD)]
    Password,
    #[command(about = help::RECOVERY_CODE)]
    RecoveryCode,
    #[command(about = help::EXPORT_ACCOUNT)]
    Export {
        #[arg(help = help::FILE)]
        file: PathBuf,
    },
    #[command(about = help::ERASE)]
    Erase {
        #[arg(long, required = true, help = help::ERASE_SURE)]
        yes_erase_everything: bool,
    },
    #[command(about = help::REJECTED)]
    Rejected {
        #[arg(long, value_name = "FILE", conflicts_with = "dismiss", help = help::EXPORT_REJECTED)]
        export: Option<PathBuf>,
        #[arg(long, value_name = "OP_ID", help = help::DISMISS)]
        dismiss: Option<OpId>,
    },
}

/// Which account on which server.
#[derive(Debug, ClapArgs)]
pub struct Place {
    #[arg(long, value_name = "ADDRESS", help = help::SERVER)]
    pub server: String,
    #[arg(long, help = help::LOGIN)]
    pub login: String,
    #[arg(long, value_name = "NAME", default_value = "", help = help::DEVICE_NAME)]
    pub device: String,
    #[arg(long, help = help::TOKEN_FILE)]
    pub token_file: bool,
    #[arg(long, help = help::ADD_SITS)]
    pub add_sits: bool,
}
