//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::Error;
use clap::{
    Args as ClapArgs, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
    ValueEnum, value_parser,
};
use clap_complete::Shell;
use mitta_domain::recovery::RecoveryChoice;
use mitta_domain::stats::Scope;
use mitta_domain::{SessionId, Source};
use mitta_runtime::api::{DateOrder, TimesAre};

use crate::account::{AccountArgs, SyncArgs};
use crate::backup::{BackupArgs, RestoreArgs};
use crate::partners::PartnersArgs;
use crate::words::{InLanguage, help, in_language};

/// The most sits that `log` lists at once.
const MOST_LISTED: i64 = 100_000;

#[derive(Debug, Parser)]
#[command(name = "mitta", version, about = help::about(), after_long_help = help::more())]
pub struct Args {
    #[command(subcommand)]
    pub verb: Option<Verb>,
    #[arg(long, global = true, help = help::json())]
    pub json: bool,
    #[arg(long, global = true, value_name = "NAME", help = help::profile())]
    pub profile: Option<String>,
}

impl Args {
    /// What this process was called with; ends it with what there is to say about that.
    pub fn of_this_process() -> Self {
        let found = Self::of(std::env::args_os());
        found.unwrap_or_else(|error| error.exit())
    }

    fn of(args: impl IntoIterator<Item = OsString>) -> Result<Self, Error<InLanguage>> {
        let found = Self::command_to_ask().try_get_matches_from(args);
        let found = found.and_then(|found| Self::from_arg_matches(&found));
        found.map_err(Error::apply)
    }

    /// With the help that clap adds, in the language that is spoken too.
    pub fn command_to_ask() -> Command {
        let mut command = Self::command();
        command.build();
        in_language(command)
    }
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    #[command(about = help::sit(), after_long_help = help::sit_more())]
    Sit(SitArgs),
    #[command(about = help::log(), after_long_help = help::log_more(), args_conflicts_with_subcommands = true)]
    Log(LogArgs),
    #[command(about = help::stats())]
    Stats(StatsArgs),
    #[command(about = help::presets(), after_long_help = help::presets_more())]
    Presets,
    #[command(about = help::recover(), after_long_help = help::recover_more())]
    Recover(RecoverArgs),
    #[command(about = help::import(), after_long_help = help::import_more())]
    Import(ImportArgs),
    #[command(about = help::export())]
    Export(ExportArgs),
    #[command(about = help::backup(), after_long_help = help::backup_more())]
    Backup(BackupArgs),
    #[command(about = help::restore(), after_long_help = help::restore_more())]
    Restore(RestoreArgs),
    #[command(about = help::doctor())]
    Doctor {
        #[arg(help = help::doctor_sit())]
        session_id: Option<SessionId>,
    },
    #[command(about = help::sync(), after_long_help = help::sync_more())]
    Sync(SyncArgs),
    #[command(about = help::account(), after_long_help = help::account_more())]
    Account(AccountArgs),
    #[command(about = help::partners(), after_long_help = help::partners_more())]
    Partners(PartnersArgs),
    #[command(about = help::completions(), after_long_help = help::completions_more())]
    Completions {
        #[arg(help = help::shell())]
        shell: Shell,
    },
    #[command(about = help::manual())]
    Manual {
        #[arg(help = help::manual_dir())]
        dir: PathBuf,
    },
}

#[derive(Debug, Default, ClapArgs)]
pub struct SitArgs {
    #[arg(num_args = 0..=6, help = help::length())]
    pub length: Vec<String>,
    #[arg(long, value_name = "NAME", help = help::preset())]
    pub preset: Option<String>,
    #[arg(long, help = help::no_sound())]
    pub no_sound: bool,
    #[arg(long, value_name = "TIME", help = help::preparation())]
    pub preparation: Option<String>,
    #[arg(long, value_name = "BELLS", help = help::intervals())]
    pub intervals: Option<String>,
    #[arg(long, help = help::label())]
    pub label: Option<String>,
    #[arg(long, help = help::private())]
    pub private: bool,
}

#[derive(Debug, Clone, Copy, Default, ClapArgs)]
pub struct StatsArgs {
    #[arg(long, value_name = "YEAR", help = help::year(), conflicts_with = "all")]
    pub year: Option<i32>,
    #[arg(long, help = help::all())]
    pub all: bool,
}

impl From<StatsArgs> for Scope {
    fn from(args: StatsArgs) -> Self {
        match args.year {
            Some(year) => Self::Year { year },
            None if args.all => Self::All,
            None => Self::PastYear,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub struct LogArgs {
    #[command(subcommand)]
    pub act: Option<LogAct>,
    #[arg(short = 'n', long, default_value_t = 20, help = help::count(),
          value_parser = value_parser!(u32).range(1..=MOST_LISTED))]
    pub count: u32,
    #[arg(long, value_name = "WORDS", help = help::log_search())]
    pub search: Option<String>,
    #[arg(long, help = help::log_label())]
    pub label: Option<String>,
    #[arg(long, value_enum, help = help::log_source())]
    pub source: Option<LogSource>,
    #[arg(long, value_name = "DATE", help = help::log_from())]
    pub from: Option<String>,
    #[arg(long, value_name = "DATE", help = help::log_to())]
    pub to: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum LogAct {
    #[command(about = help::log_add(), after_long_help = help::log_add_more())]
    Add(LogAddArgs),
}

#[derive(Debug, ClapArgs)]
pub struct LogAddArgs {
    #[arg(value_name = "START", help = help::log_add_start())]
    pub start: String,
    #[arg(value_name = "LENGTH", required = true, num_args = 1..=6, allow_negative_numbers = true,
          help = help::log_add_length())]
    pub length: Vec<String>,
    #[arg(long, value_name = "TEXT", help = help::log_add_note())]
    pub note: Option<String>,
    #[arg(long, help = help::label())]
    pub label: Option<String>,
    #[arg(long, value_name = "ZONE", help = help::log_add_zone())]
    pub zone: Option<String>,
    #[arg(long, help = help::log_add_second())]
    pub second: bool,
    #[arg(long, help = help::log_add_private())]
    pub private: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogSource {
    Timer,
    Manual,
    Import,
}

impl From<LogSource> for Source {
    fn from(source: LogSource) -> Self {
        match source {
            LogSource::Timer => Self::Timer,
            LogSource::Manual => Self::Manual,
            LogSource::Import => Self::Import,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub struct RecoverArgs {
    #[arg(requires = "choice", help = help::session_id())]
    pub session_id: Option<SessionId>,
    #[arg(value_enum, help = help::choice())]
    pub choice: Option<Choice>,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
#[derive(Debug, ClapArgs)]
pub struct ImportArgs {
    #[arg(help = help::import_file())]
    pub file: Option<PathBuf>,
    #[arg(long, value_name = "ZONE", help = help::zone())]
    pub zone: Option<String>,
    #[arg(long, value_enum, help = help::dates())]
    pub dates: Option<Dates>,
    #[arg(long, value_enum, help = help::times())]
    pub times: Option<Times>,
    #[arg(long, help = help::dry_run())]
    pub dry_run: bool,
    #[arg(long, value_name = "FILE", help = help::report())]
    pub report: Option<PathBuf>,
    #[arg(long, conflicts_with_all = ["file", "undo", "redo"], help = help::import_list())]
    pub list: bool,
    #[arg(long, conflicts_with_all = ["file", "redo"], help = help::import_undo())]
    pub undo: bool,
    #[arg(long, conflicts_with = "file", help = help::import_redo())]
    pub redo: bool,
    #[arg(long, value_name = "NUMBER", conflicts_with = "file", help = help::import_number())]
    pub import: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dates {
    MonthFirst,
    DayFirst,
}

impl From<Dates> for DateOrder {
    fn from(dates: Dates) -> Self {
        match dates {
            Dates::MonthFirst => Self::MonthFirst,
            Dates::DayFirst => Self::DayFirst,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Times {
    Local,
    Utc,
}

impl From<Times> for TimesAre {
    fn from(times: Times) -> Self {
        match times {
            Times::Local => Self::Local,
            Times::Utc => Self::Utc,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub struct ExportArgs {
    #[arg(long, value_enum, default_value_t = Format::Json, help = help::format())]
    pub format: Format,
    #[arg(help = help::export_file())]
    pub file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Csv,
    Json,
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
    use mitta_words::{Spoken, speaking};

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn help_is_in_the_language_spoken() {
        let help = |spoken| {
            speaking(spoken, || {
                let mut command = Args::command_to_ask();
                command.render_long_help().to_string()
            })
        };
        let english = help(Spoken::En);
        assert!(english.contains("Exit codes:") && english.contains("List the newest sits"));
        let german = help(Spoken::De);
        assert!(german.contains("Rückgabewerte:") && german.contains("Die neuesten oder"));
        let clap = ["Usage:", "Commands:", "Options:", "Print", "Exit codes:"];
        for word in clap {
            assert!(english.contains(word), "{word}: {english}");
            assert!(!german.contains(word), "{word}: {german}");
        }
    }
}
