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
    #[arg(long, help = help::status())]
    pub status: bool,
}

#[derive(Debug, Subcommand)]
pub enum Word {
    #[command(about = help::sign_up())]
    SignUp {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_name = "NAME", help = help::display_name())]
        name: String,
    },
    #[command(about = help::sign_in())]
    SignIn(Place),
    #[command(about = help::recover_account())]
    Recover(Place),
    #[command(about = help::claim())]
    AddSits,
    #[command(about = help::sign_out())]
    SignOut,
    #[command(about = help::leave_server())]
    LeaveServer,
    #[command(about = help::devices())]
    Devices {
        #[arg(long, value_name = "DEVICE_ID", help = help::revoke())]
        sign_out: Option<DeviceId>,
    },
    #[command(about = help::password())]
    Password,
    #[command(about = help::recovery_code())]
    RecoveryCode,
    #[command(about = help::export_account())]
    Export {
        #[arg(help = help::file())]
        file: PathBuf,
    },
    #[command(about = help::erase())]
    Erase {
        #[arg(long, required = true, help = help::erase_sure())]
        yes_erase_everything: bool,
    },
    #[command(about = help::rejected())]
    Rejected {
        #[arg(long, value_name = "FILE", conflicts_with = "dismiss", help = help::export_rejected())]
        export: Option<PathBuf>,
        #[arg(long, value_name = "OP_ID", help = help::dismiss())]
        dismiss: Option<OpId>,
    },
}

/// Which account on which server.
#[derive(Debug, ClapArgs)]
pub struct Place {
    #[arg(long, value_name = "ADDRESS", help = help::server())]
    pub server: String,
    #[arg(long, help = help::login())]
    pub login: String,
    #[arg(long, value_name = "NAME", default_value = "", help = help::device_name())]
    pub device: String,
    #[arg(long, help = help::token_file())]
    pub token_file: bool,
    #[arg(long, help = help::add_sits())]
    pub add_sits: bool,
}
