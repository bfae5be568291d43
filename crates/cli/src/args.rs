//! The command line.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum, value_parser};
use mitta_domain::SessionId;
use mitta_domain::recovery::RecoveryChoice;

use crate::account::{AccountArgs, SyncArgs};
use crate::partners::PartnersArgs;
use crate::words::help;

/// The most sits that `log` lists at once.
const MOST_LISTED: i64 = 100_000;

#[derive(Debug, Parser)]
#[command(name = "mitta", version, about = help::ABOUT, after_long_help = help::MORE)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Option<Verb>,
    #[arg(long, global = true, help = help::JSON)]
    pub json: bool,
    #[arg(long, global = true, value_name = "NAME", help = help::PROFILE)]
    pub profile: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    #[command(about = help::SIT, after_long_help = help::SIT_MORE)]
    Sit(SitArgs),
    #[command(about = help::LOG)]
    Log {
        #[arg(short = 'n', long, default_value_t = 20, help = help::COUNT,
              value_parser = value_parser!(u32).range(1..=MOST_LISTED))]
        count: u32,
    },
    #[command(about = help::STATS)]
    Stats,
    #[command(about = help::RECOVER, after_long_help = help::RECOVER_MORE)]
    Recover(RecoverArgs),
    #[command(about = help::DOCTOR)]
    Doctor,
    #[command(about = help::SYNC, after_long_help = help::SYNC_MORE)]
    Sync(SyncArgs),
    #[command(about = help::ACCOUNT, after_long_help = help::ACCOUNT_MORE)]
    Account(AccountArgs),
    #[command(about = help::PARTNERS, after_long_help = help::PARTNERS_MORE)]
    Partners(PartnersArgs),
}

#[derive(Debug, Default, ClapArgs)]
pub struct SitArgs {
    #[arg(num_args = 0..=6, help = help::LENGTH)]
    pub length: Vec<String>,
    #[arg(long, help = help::NO_SOUND)]
    pub no_sound: bool,
    #[arg(long, value_name = "TIME", help = help::PREPARATION)]
    pub preparation: Option<String>,
    #[arg(long, value_name = "BELLS", help = help::INTERVALS)]
    pub intervals: Option<String>,
    #[arg(long, help = help::LABEL)]
    pub label: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub struct RecoverArgs {
    #[arg(requires = "choice", help = help::SESSION_ID)]
    pub session_id: Option<SessionId>,
    #[arg(value_enum, help = help::CHOICE)]
    pub choice: Option<Choice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    Planned,
    Seen,
    Discard,
}

impl From<Choice> for RecoveryChoice {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Planned => Self::KeepAsPlanned,
            Choice::Seen => Self::KeepUntilLastSeen,
            Choice::Discard => Self::Discard,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Args;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }
}
