//! The results of the last preview or import, row by row: in little memory, since a file may have
//! millions.

use std::fs::File;
use std::io;
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use mitta_domain::{Seconds, UnixMillis};
use mitta_transfer::{Judged, Refusal, Remark, RowTime};

use super::{not_writable, small};
use crate::api::{
    ApiError, ErrorCode, ImportCounts, ImportResult, ImportRowView, ImportRowsArgs, ImportRowsPage,
};
use crate::engine::{Shared, locked};

/// The longest page.
const MAX_PAGE: u32 = 500;

/// One row.
#[derive(Debug, Clone)]
pub(in crate::engine) struct RowNote {
    line: u64,
    started_at_ms: i64,
    /// Of the sit in the history that it meets.
    other_ms: i64,
    utc_offset_s: i32,
    credited_s: u32,
    pub(super) result: ImportResult,
    remark: Option<Remark>,
    refusal: Option<Box<Refusal>>,
}

impl RowNote {
    pub(super) fn of(line: u64, judged: &Judged) -> Self {
        let empty = Self {
            line,
            started_at_ms: NO_TIME,
            other_ms: NO_TIME,
            utc_offset_s: 0,
            credited_s: 0,
            result: ImportResult::AlreadyThere,
            remark: None,
            refusal: None,
        };
        let timed = |time: &RowTime| Self {
            started_at_ms: time.started_at_ms.0,
            utc_offset_s: time.utc_offset_s,
            credited_s: time.length_s,
            ..empty.clone()
        };
        match judged {
            Judged::Sit(sit) => {
                let session = sit.whole.session();
                Self {
                    started_at_ms: session.start.started_at_ms.0,
                    utc_offset_s: session.start.utc_offset_s,
                    credited_s: session.credited_s().0,
                    result: ImportResult::New,
                    remark: sit.remark,
                    ..empty
                }
            }
            Judged::AlreadyThere(time, other) => Self {
                other_ms: other.0,
                ..timed(time)
            },
            Judged::DeletedHere(time) => Self {
                result: ImportResult::DeletedHere,
                ..timed(time)
            },
            Judged::Refused(refusal, time) => Self {
                result: ImportResult::Refused,
                other_ms: refusal.other_started_at_ms.map_or(NO_TIME, |at| at.0),
                refusal: Some(Box::new(refusal.clone())),
                ..time.as_ref().map_or(empty.clone(), timed)
            },
        }
    }

    fn view(&self) -> ImportRowView {
        ImportRowView {
            line: self.line,
            result: self.result,
            started_at_ms: time(self.started_at_ms),
            other_started_at_ms: time(self.other_ms),
            utc_offset_s: self.utc_offset_s,
            credited_s: Seconds(self.credited_s),
            remark: self.remark,
            refusal: self.refusal.as_deref().cloned(),
        }
    }
}

/// What stands where there is no time.
const NO_TIME: i64 = i64::MIN;

fn time(ms: i64) -> Option<UnixMillis> {
    (ms > NO_TIME).then_some(UnixMillis(ms))
}

pub(super) fn count(counts: &mut ImportCounts, result: ImportResult) {
    let counter = match result {
        ImportResult::New => &mut counts.new,
        ImportResult::Corrects => &mut counts.corrects,
        ImportResult::Again => &mut counts.again,
        ImportResult::Ended => &mut counts.ended,
        ImportResult::AlreadyThere => &mut counts.already_there,
        ImportResult::DeletedHere => &mut counts.deleted_here,
        ImportResult::DeletedInFile => &mut counts.deleted_in_file,
        ImportResult::Refused => &mut counts.refused,
    };
    *counter += 1;
}

impl Shared {
    pub(in crate::engine) fn import_rows(
        &self,
        args: &ImportRowsArgs,
    ) -> Result<ImportRowsPage, ApiError> {
        if !(1..=MAX_PAGE).contains(&args.limit) {
            let why = format_args!("a page has 1 to {MAX_PAGE} rows, not {}", args.limit);
            return Err(ApiError::new(ErrorCode::InvalidRequest, why));
        }
        let notes = locked(&self.transfer.rows);
        let meant = || {
            let is_meant = |note: &&RowNote| args.result.is_none_or(|only| note.result == only);
            notes.iter().filter(is_meant)
        };
        let page = meant().skip(args.offset as usize).take(args.limit as usize);
        Ok(ImportRowsPage {
            rows: page.map(RowNote::view).collect(),
            total: small(meant().count() as u64),
        })
    }

    /// Writes all of them as CSV.
    pub(in crate::engine) fn save_import_rows(&self, path: &Path) -> Result<(), ApiError> {
        self.write_whole(path, |file| {
            let written = write_rows(&locked(&self.transfer.rows), file);
            written.map_err(|error| not_writable(&path.display(), &error))
        })
    }
}

fn write_rows(notes: &[RowNote], file: &File) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    let header = [
        "line",
        "result",
        "started_at",
        "credited_s",
        "remark",
        "reason",
        "about",
    ];
    writer.write_record(header)?;
    for note in notes {
        writer.write_record(cells(note))?;
    }
    writer.flush()
}

fn cells(note: &RowNote) -> [String; 7] {
    let view = note.view();
    let at = |at: UnixMillis| {
        let offset = FixedOffset::east_opt(note.utc_offset_s)?;
        Some(
            DateTime::from_timestamp_millis(at.0)?
                .with_timezone(&offset)
                .to_rfc3339(),
        )
    };
    let refusal = view.refusal.as_ref();
    let detail = refusal.and_then(|refusal| refusal.detail.clone());
    let line = refusal.and_then(|refusal| refusal.other_line);
    let line = line.map(|line| format!("line {line}"));
    let other = view.other_started_at_ms.and_then(at);
    let about: Vec<_> = [detail, line, other].into_iter().flatten().collect();
    [
        view.line.to_string(),
        name(&view.result),
        view.started_at_ms.and_then(at).unwrap_or_default(),
        if note.credited_s == 0 {
            String::new()
        } else {
            note.credited_s.to_string()
        },
        view.remark.as_ref().map(name).unwrap_or_default(),
        refusal
            .map(|refusal| name(&refusal.code))
            .unwrap_or_default(),
        about.join(", "),
    ]
}

/// The name of a unit variant, as it is sent.
fn name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
