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
    #[arg(long = "in", global = true, value_name = "PARTNERSHIP", help = help::PARTNERSHIP)]
    pub partnership: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Word {
    #[command(about = help::CREATE)]
    Create {
        #[arg(help = help::PARTNERSHIP_NAME)]
        name: String,
        #[arg(long, value_name = "DATE", help = help::SHARE_SINCE)]
        since: Option<NaiveDate>,
    },
    #[command(about = help::INVITE)]
    Invite {
        #[arg(long, help = help::INVITE_CODE)]
        code: bool,
    },
    #[command(about = help::WITHDRAW)]
    Withdraw {
        #[arg(help = help::INVITE_ID)]
        invite_id: Uuid,
    },
    #[command(about = help::ACCEPT)]
    Accept {
        #[arg(help = help::INVITE_SECRET)]
        secret: String,
        #[arg(long, value_name = "DATE", help = help::SHARE_SINCE)]
        since: Option<NaiveDate>,
    },
    #[command(about = help::CONFIRM)]
    Confirm {
        #[arg(help = help::INVITE_ID)]
        invite_id: Uuid,
    },
    #[command(about = help::TURN_AWAY)]
    TurnAway {
        #[arg(help = help::INVITE_ID)]
        invite_id: Uuid,
    },
    #[command(about = help::PAUSE)]
    Pause,
    #[command(about = help::RESUME)]
    Resume,
    #[command(about = help::SINCE)]
    Since {
        #[arg(help = help::SINCE_DATE)]
        date: NaiveDate,
        #[arg(long, help = help::SURE)]
        yes: bool,
    },
    #[command(about = help::LEAVE)]
    Leave {
        #[arg(long, help = help::SURE)]
        yes: bool,
    },
    #[command(about = help::SITS)]
    Sits {
        #[arg(short = 'n', long, default_value_t = 20, help = help::COUNT,
              value_parser = value_parser!(u32).range(1..=MOST_LISTED))]
        count: u32,
    },
}
