//! The changes that the server refused: shown, exported, and taken off only at the person's wish (I5).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use mitta_domain::op::{Change, Op};
use mitta_domain::{OpId, UnixMillis};
use mitta_store::RejectedRow;
use serde::Serialize;

use super::worker::{Store, Worker};
use crate::api::{AccountError, AccountErrorCode as Code, Exported, RejectedOp, RejectedOps};

/// A refused change in a file: with all that it says.
#[derive(Serialize)]
struct InFile<'a> {
    op_id: OpId,
    code: &'a str,
    rejected_at_ms: UnixMillis,
    op: serde_json::Value,
}

impl Worker {
    pub(super) fn rejected(&mut self) -> Result<RejectedOps, AccountError> {
        let store = self.store()?;
        let ops = store.reader.rejected()?;
        let ops = ops.iter().map(|row| shown(store, row));
        Ok(RejectedOps {
            ops: ops.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn dismiss(&mut self, op_id: OpId) -> Result<RejectedOps, AccountError> {
        let store = self.store()?;
        if !store
            .reader
            .rejected()?
            .iter()
            .any(|row| row.op_id == op_id)
        {
            return Err(AccountError::new(
                Code::NoSuchOp,
                format_args!("there is no refused change {op_id}"),
            ));
        }
        store.writer.dismiss_rejected(op_id)?;
        self.rejected()
    }

    pub(super) fn export_rejected(&mut self, path: &Path) -> Result<Exported, AccountError> {
        let rows = self.store()?.reader.rejected()?;
        let ops: Vec<_> = rows.iter().map(in_file).collect();
        let json = serde_json::to_vec_pretty(&ops).map_err(|e| AccountError::internal(&e))?;
        let refused = |error: std::io::Error| AccountError::new(Code::FileNotWritable, error);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(refused)?;
        file.write_all(&json).map_err(refused)?;
        file.sync_all().map_err(refused)?;
        Ok(Exported {
            path: path.display().to_string(),
            bytes: json.len() as u64,
        })
    }
}

fn in_file(row: &RejectedRow) -> InFile<'_> {
    let text = || String::from_utf8_lossy(&row.payload).into_owned();
    InFile {
        op_id: row.op_id,
        code: &row.code,
        rejected_at_ms: row.rejected_at_ms,
        op: serde_json::from_slice(&row.payload).unwrap_or_else(|_| text().into()),
    }
}

fn shown(store: &Store, row: &RejectedRow) -> Result<RejectedOp, AccountError> {
    let started_at_ms = match &row.op {
        Some(op) => op.session.started_at_ms,
        None => store
            .reader
            .session(row.session_id)?
            .map_or(row.rejected_at_ms, |session| session.start.started_at_ms),
    };
    Ok(RejectedOp {
        op_id: row.op_id,
        session_id: row.session_id,
        started_at_ms,
        change: row.op.as_ref().map_or("unknown", name).to_owned(),
        code: row.code.clone(),
        rejected_at_ms: row.rejected_at_ms,
    })
}

const fn name(op: &Op) -> &'static str {
    match op.change {
        Change::Start { .. } => "start",
        Change::Complete { .. } => "complete",
        Change::Sat { .. } => "sat",
        Change::Words { .. } => "words",
        Change::Credited { .. } => "credited",
        Change::Sharing { .. } => "sharing",
        Change::Deleted { .. } => "deleted",
    }
}
