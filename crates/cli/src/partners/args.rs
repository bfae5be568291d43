//! What `mitta partners` takes.

use chrono::NaiveDate;
use clap::{Args as ClapArgs, Subcommand, value_parser};
use uuid::Uuid;

use crate::words::help;

/// The most sits that are listed at once.
const MOST_LISTED: i64 = 100_000;

#[derive(Debug, ClapArgs)]
pub struct PartnersArgs {
    #[command(subcommand)]
    pub word: Option<Word>,
    #[arg(long = "in", global = true, value_name = "PARTNERSHIP", help = help::partnership())]
    pub partnership: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Word {
    #[command(about = help::create())]
    Create {
        #[arg(help = help::partnership_name())]
        name: String,
        #[arg(long, value_name = "DATE", help = help::share_since())]
        since: Option<NaiveDate>,
    },
    #[command(about = help::invite())]
    Invite {
        #[arg(long, help = help::invite_code())]
        code: bool,
    },
    #[command(about = help::withdraw())]
    Withdraw {
        #[arg(help = help::invite_id())]
        invite_id: Uuid,
    },
    #[command(about = help::accept())]
    Accept {
        #[arg(help = help::invite_secret())]
        secret: String,
        #[arg(long, value_name = "DATE", help = help::share_since())]
        since: Option<NaiveDate>,
    },
    #[command(about = help::confirm())]
    Confirm {
        #[arg(help = help::invite_id())]
        invite_id: Uuid,
    },
    #[command(about = help::turn_away())]
    TurnAway {
        #[arg(help = help::invite_id())]
        invite_id: Uuid,
    },
    #[command(about = help::pause())]
    Pause,
    #[command(about = help::resume())]
    Resume,
    #[command(about = help::rename())]
    Rename {
        #[arg(help = help::partnership_name())]
        name: String,
    },
    #[command(about = help::show_sitting())]
    ShowSitting,
    #[command(about = help::hide_sitting())]
    HideSitting,
    #[command(about = help::activity())]
    Activity,
    #[command(about = help::since())]
    Since {
        #[arg(help = help::since_date())]
        date: NaiveDate,
        #[arg(long, help = help::sure())]
        yes: bool,
    },
    #[command(about = help::leave())]
    Leave {
        #[arg(long, help = help::sure())]
        yes: bool,
    },
    #[command(about = help::sits())]
    Sits {
        #[arg(short = 'n', long, default_value_t = 20, help = help::count(),
              value_parser = value_parser!(u32).range(1..=MOST_LISTED))]
        count: u32,
    },
}
