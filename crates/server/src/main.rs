//! `mitta-server`: reads the command line and does what it says.

use std::io::BufRead as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use mitta_server::config::{Cli, MigrateArgs, Word};
use mitta_server::db::{Db, check};
use mitta_server::source::{SystemClock, SystemRandom};
use mitta_server::{migrate, serve, telemetry};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = telemetry::log_to_stderr(&cli.log, cli.log_format) {
        eprintln!("mitta-server: {error}");
        return ExitCode::from(2);
    }
    match run(cli.word) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mitta-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(word: Word) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match word {
            Word::Serve(args) => {
                let outside = serve::Outside {
                    clock: Arc::new(SystemClock::new()),
                    random: Arc::new(SystemRandom),
                };
                let server = serve::Server::start(&args, outside).await?;
                let stopped = serve::told_to_stop()?;
                println!("listening on http://{}", server.address());
                stopped.await?;
                server.stop().await;
            }
            Word::Migrate(args) => migrate(&args).await?,
            Word::AfterRestore(args) => {
                let epoch = migrate::after_restore(&args.admin_database_url).await?;
                println!("epoch {epoch}: every device will read again and offer what it has");
            }
            Word::Check(args) => {
                check::servable(&Db::new(&args)?).await?;
                println!("this database can be served");
            }
        }
        Ok(())
    })
}

async fn migrate(args: &MigrateArgs) -> anyhow::Result<()> {
    let url = &args.admin.admin_database_url;
    let password = args.create_login.as_ref().map(|_| login_password());
    let password = password.transpose()?;
    let migrated = migrate::run(url).await?;
    for name in &migrated.applied {
        println!("applied {name}");
    }
    println!("the database has version {}", migrated.version);
    if let (Some(name), Some(password)) = (&args.create_login, &password) {
        migrate::create_login(url, name, password).await?;
        println!("the login {name} is a member of mitta_server");
    }
    Ok(())
}

fn login_password() -> std::io::Result<String> {
    if let Ok(password) = std::env::var("MITTA_LOGIN_PASSWORD") {
        return Ok(password);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
