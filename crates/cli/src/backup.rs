//! `mitta backup` and `mitta restore`: copies of the history, and the way back.
//!
//! Must hold: nothing is replaced before what the copy holds was shown and the person said yes.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};
use mitta_runtime::Engine;
use mitta_runtime::api::{
    ApiError, BackUpArgs, BackupKind, BackupView, Commands as _, ErrorCode, Nothing, OfBackup,
};
use mitta_runtime::clock::{Clock as _, SystemClock};
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::words::help;
use crate::{quiet_engine, words};

#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BackupArgs {
    #[command(subcommand)]
    pub word: Option<BackupWord>,
    #[arg(help = help::backup_file())]
    pub file: Option<PathBuf>,
    #[arg(long, requires = "file", help = help::backup_replace())]
    pub replace: bool,
}

#[derive(Debug, Subcommand)]
pub enum BackupWord {
    #[command(about = help::backup_list())]
    List,
}

#[derive(Debug, ClapArgs)]
pub struct RestoreArgs {
    #[arg(required_unless_present = "undo", conflicts_with = "undo", help = help::restore_file())]
    pub file: Option<PathBuf>,
    #[arg(long, help = help::restore_undo())]
    pub undo: bool,
    #[arg(long, help = help::restore_yes())]
    pub yes: bool,
}

/// Copies the history, or lists the copies.
pub fn back_up(args: &BackupArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let engine = quiet_engine(output)?;
    if let Some(BackupWord::List) = args.word {
        return list(&engine, output);
    }
    let made = engine.back_up(BackUpArgs {
        path: args.file.as_deref().map(absolute).transpose()?,
        replaces: args.replace,
    })?;
    output.document(&json!({ "backup": made }));
    output.line(words::backed_up(&made));
    Ok(Exit::Done)
}

fn list(engine: &Engine, output: &mut Output) -> Result<Exit, ApiError> {
    let found = engine.backups(Nothing {})?;
    output.document(&found);
    let zone = SystemClock::new().zone().unwrap_or_default();
    if found.backups.is_empty() {
        output.line(words::no_backups(&found.folder));
    }
    for backup in &found.backups {
        output.line(words::backup_line(backup, zone));
    }
    Ok(Exit::Done)
}

/// Shows what a copy holds, asks, and replaces the history by it.
pub fn restore(args: &RestoreArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let engine = quiet_engine(output)?;
    let path = match &args.file {
        Some(file) => absolute(file)?,
        None => last_undo(&engine)?,
    };
    let backup = engine.look_at_backup(OfBackup { path: path.clone() })?;
    let zone = SystemClock::new().zone().unwrap_or_default();
    for line in words::backup_holds(&backup, zone) {
        output.line(line);
    }
    if !args.yes && !agreed(&backup, output)? {
        output.line(words::nothing_restored());
        return Ok(Exit::Failed);
    }
    let restored = engine.restore(OfBackup { path })?;
    output.document(&json!({ "backup": backup, "restored": restored }));
    output.line(words::restored(&backup, &restored));
    Ok(Exit::Done)
}

/// What was there before the last restore.
fn last_undo(engine: &Engine) -> Result<String, ApiError> {
    let found = engine.backups(Nothing {})?;
    let mut undos = found.backups.into_iter();
    let undo = undos.find(|it| it.kind == BackupKind::BeforeRestore);
    undo.map(|it| it.path)
        .ok_or_else(|| ApiError::said(ErrorCode::BackupUnreadable, words::nothing_to_undo()))
}

fn agreed(backup: &BackupView, output: &mut Output) -> Result<bool, ApiError> {
    if output.is_json() || !io::stdin().is_terminal() {
        let error = ApiError::said(ErrorCode::InvalidRequest, words::say_yes());
        output.document(&json!({ "backup": backup }));
        return Err(error);
    }
    output.ask(words::ask_restore());
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(words::agrees(&answer))
}

fn absolute(path: &Path) -> Result<String, ApiError> {
    let path = std::path::absolute(path)?;
    path.into_os_string().into_string().map_err(|path| {
        let why = words::not_unicode(&path.display());
        ApiError::said(ErrorCode::InvalidRequest, why)
    })
}
