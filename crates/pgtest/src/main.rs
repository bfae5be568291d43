//! `mitta-pgtest start`: one Postgres for many test processes. Prints its admin URL and runs until
//! its standard input closes.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mitta_pgtest::{Options, PgError, Postgres};

#[derive(Debug, Parser)]
#[command(version, about = "A private Postgres for tests")]
struct Args {
    #[command(subcommand)]
    word: Word,
}

#[derive(Debug, Subcommand)]
enum Word {
    /// Start one, print its admin URL, run until standard input closes.
    ///
    /// With its URL in `MITTA_TEST_POSTGRES`, tests use it and start none of their own.
    Start {
        /// A folder that stays; else a temporary one that goes with it.
        #[arg(long)]
        dir: Option<PathBuf>,
        /// Wait for the disk, as a real one must.
        #[arg(long)]
        fsync: bool,
        /// The port on 127.0.0.1; else a free one.
        #[arg(long)]
        port: Option<u16>,
    },
}

fn main() -> ExitCode {
    let Word::Start { dir, fsync, port } = Args::parse().word;
    let options = Options {
        dir,
        fsync,
        port,
        ..Options::default()
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), PgError> {
    let postgres = Postgres::start(options)?;
    println!("{}", postgres.admin_url());
    let talking = |source| PgError::Io {
        doing: "talking to who started this".into(),
        source,
    };
    std::io::stdout().flush().map_err(talking)?;
    let mut rest = Vec::new();
    std::io::stdin().read_to_end(&mut rest).map_err(talking)?;
    Ok(())
}
