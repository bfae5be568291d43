//! `mitta import` and `mitta export`: sits from files and into files.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf, absolute};

use mitta_runtime::Engine;
use mitta_runtime::api::{
    ApiError, Commands as _, ErrorCode, ExportHistoryArgs, HistoryFormat, ImportCounts,
    ImportFileArgs, ImportQuestion, ImportResult, ImportRowsArgs, ImportView, Nothing, OfImport,
    SaveRowsArgs,
};
use serde_json::json;

use crate::args::{ExportArgs, Format, ImportArgs};
use crate::exit::Exit;
use crate::output::Output;
use crate::progress::Telling;
use crate::words;

/// How many refused rows are told in text; all are in the report.
const TOLD: u32 = 20;

pub fn import(args: &ImportArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let telling = Telling::start(output)?;
    let engine = &telling.engine;
    if args.list {
        return list(engine, output);
    }
    if args.undo || args.redo {
        return undo(&telling, args, output);
    }
    if let Some(report) = &args.report {
        refuse_existing(report)?;
    }
    let Some(file) = &args.file else {
        return Err(ApiError::said(
            ErrorCode::InvalidRequest,
            words::no_import_file(),
        ));
    };
    let asked = ImportFileArgs {
        path: full_path(file)?,
        zone: args.zone.clone(),
        dates: args.dates.map(Into::into),
        times: args.times.map(Into::into),
    };
    let preview = telling.shown(output, |engine| engine.import_preview(asked.clone()))?;
    for line in words::import_remarks(&preview) {
        output.note(line);
    }
    if let Some(question) = preview.asks.first() {
        let why = words::import_question(*question, &preview);
        return Err(ApiError::said(ErrorCode::ImportUnanswered, why));
    }
    if args.dry_run {
        output.document(&json!({ "preview": preview }));
        output.line(words::import_would(&preview));
        return report(engine, &preview.counts, args.report.as_deref(), output);
    }
    let done = telling.shown(output, |engine| engine.import_file(asked))?;
    output.document(&json!({ "imported": done }));
    output.line(words::import_did(&done));
    report(engine, &done.counts, args.report.as_deref(), output)
}

/// The rows that were refused: the first ones in text, all of them in a file where one is named.
fn report(
    engine: &Engine,
    counts: &ImportCounts,
    to: Option<&Path>,
    output: &mut Output,
) -> Result<Exit, ApiError> {
    let page = engine.import_rows(ImportRowsArgs {
        result: Some(ImportResult::Refused),
        offset: 0,
        limit: TOLD,
    })?;
    for row in &page.rows {
        output.note(words::import_row(row));
    }
    if counts.refused > u64::from(TOLD) && to.is_none() {
        output.note(words::import_more(counts.refused - u64::from(TOLD)));
    }
    if let Some(path) = to {
        engine.save_import_rows(SaveRowsArgs {
            path: full_path(path)?,
        })?;
    }
    Ok(Exit::Done)
}

fn list(engine: &Engine, output: &mut Output) -> Result<Exit, ApiError> {
    let list = engine.imports(Nothing {})?;
    output.document(&list);
    if list.imports.is_empty() {
        output.line(words::no_imports());
    }
    for import in &list.imports {
        output.line(words::import_line(import));
    }
    Ok(Exit::Done)
}

/// Takes back, or brings back, the import that was named, or the newest one for which it is left.
fn undo(telling: &Telling, args: &ImportArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let is_meant = |import: &&ImportView| match args.import {
        Some(import_seq) => import.import_seq == import_seq,
        None if args.redo => import.is_undone || import.taken_back > 0,
        None => !import.is_undone,
    };
    let imports = telling.engine.imports(Nothing {})?.imports;
    let Some(import) = imports.iter().find(is_meant) else {
        return Err(ApiError::said(
            ErrorCode::UnknownImport,
            words::no_such_import(),
        ));
    };
    let of = OfImport {
        import_seq: import.import_seq,
    };
    let import = telling.shown(output, |engine| {
        if args.undo {
            engine.undo_import(of)
        } else {
            engine.redo_import(of)
        }
    })?;
    output.document(&json!({ "import": import }));
    output.line(words::import_line(&import));
    Ok(Exit::Done)
}

pub fn export(args: &ExportArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let telling = Telling::start(output)?;
    let format = match args.format {
        Format::Csv => HistoryFormat::Csv,
        Format::Json => HistoryFormat::Json,
    };
    if args.file == Path::new("-") {
        let mut out = io::stdout().lock();
        telling.engine.export_to(format, &mut out)?;
        out.flush().map_err(|error| {
            ApiError::said(ErrorCode::ExportNotWritable, words::output_lost(&error))
        })?;
        return Ok(Exit::Done);
    }
    refuse_existing(&args.file)?;
    let asked = ExportHistoryArgs {
        path: full_path(&args.file)?,
        format,
    };
    let exported = telling.shown(output, |engine| engine.export_history(asked))?;
    output.document(&json!({ "exported": exported }));
    output.line(words::history_exported(&exported));
    Ok(Exit::Done)
}

/// In a terminal nobody is asked whether a file may be replaced.
fn refuse_existing(path: &Path) -> Result<(), ApiError> {
    if path.exists() {
        let why = words::export_there(path);
        return Err(ApiError::said(ErrorCode::ExportNotWritable, why));
    }
    Ok(())
}

/// The path as the engine takes it: absolute, and Unicode.
fn full_path(path: &Path) -> Result<String, ApiError> {
    let unreadable = |why: &dyn std::fmt::Display| {
        let why = format_args!("{}: {why}", path.display());
        ApiError::said(ErrorCode::FileUnreadable, why)
    };
    let path: PathBuf = absolute(path).map_err(|e| unreadable(&e))?;
    path.into_os_string()
        .into_string()
        .map_err(|_| unreadable(&words::not_unicode_path()))
}

/// The flag that answers a question.
pub const fn flag(question: ImportQuestion) -> &'static str {
    match question {
        ImportQuestion::Zone => "--zone",
        ImportQuestion::Dates => "--dates",
        ImportQuestion::Times => "--times",
    }
}
