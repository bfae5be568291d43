//! Writes the window's TypeScript types of the account port into the folder named as its only
//! argument: `cargo xtask types` calls it.

use std::path::PathBuf;
use std::process::ExitCode;

use mitta_sync::api;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: sync-types FOLDER");
        return ExitCode::FAILURE;
    };
    let config = ts_rs::Config::from_env().with_out_dir(&folder);
    let written = api::export_typescript(&config)
        .map_err(|error| error.to_string())
        .and_then(|()| {
            std::fs::write(folder.join("AccountCommands.ts"), api::typescript())
                .map_err(|error| error.to_string())
        });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
