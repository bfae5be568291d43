//! Exporting: all sits as a file, or into whatever can be written to.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use mitta_domain::{Session, SessionEvent};
use mitta_store::Reader;
use mitta_transfer::{CsvWriter, JsonWriter};

use super::{cancelled, not_writable, small};
use crate::api::{ApiError, ExportHistoryArgs, ExportedHistory, HistoryFormat, TransferPhase};
use crate::engine::{Engine, Shared, locked};

impl Engine {
    /// Writes all sits to `out`, for instance a pipe, and says how many.
    ///
    /// # Errors
    /// What the history or `out` says; a part may have been written by then.
    pub fn export_to(&self, format: HistoryFormat, out: impl Write) -> Result<u32, ApiError> {
        self.shared.check_running()?;
        let _turn = self.shared.transfer.turn()?;
        self.shared
            .export(format, out, &|error| not_writable(&"The output", error))
    }
}

impl Shared {
    pub(in crate::engine) fn export_history(
        &self,
        args: &ExportHistoryArgs,
    ) -> Result<ExportedHistory, ApiError> {
        let _turn = self.transfer.turn()?;
        let path = Path::new(&args.path);
        let failed = |error: &io::Error| not_writable(&path.display(), error);
        let sits = self.write_whole(path, |file| {
            self.export(args.format, BufWriter::new(file), &failed)
        })?;
        Ok(ExportedHistory {
            path: args.path.clone(),
            sits,
        })
    }

    fn export(
        &self,
        format: HistoryFormat,
        out: impl Write,
        failed: &dyn Fn(&io::Error) -> ApiError,
    ) -> Result<u32, ApiError> {
        let total = locked(&self.reader)
            .all_total()?
            .map_or(0, |total| u64::from(total.sits));
        let history = Reader::open(&self.dir)?;
        let now_ms = self.clock.now().wall_ms;
        match format {
            HistoryFormat::Csv => {
                let mut writer = CsvWriter::begin(out).map_err(|e| failed(&e))?;
                let mut row = |session: &Session, _: &[SessionEvent]| writer.write(session);
                let sits = self.each(&history, total, &mut row, failed)?;
                let mut out = writer.end().map_err(|e| failed(&e))?;
                out.flush().map_err(|e| failed(&e))?;
                Ok(sits)
            }
            HistoryFormat::Json => {
                let program = env!("CARGO_PKG_VERSION");
                let mut writer = JsonWriter::begin(out, now_ms, program).map_err(|e| failed(&e))?;
                let mut row =
                    |session: &Session, events: &[SessionEvent]| writer.write(session, events);
                let sits = self.each(&history, total, &mut row, failed)?;
                writer.end().map_err(|e| failed(&e))?;
                Ok(sits)
            }
        }
    }

    fn each(
        &self,
        history: &Reader,
        total: u64,
        write: &mut dyn FnMut(&Session, &[SessionEvent]) -> io::Result<bool>,
        failed: &dyn Fn(&io::Error) -> ApiError,
    ) -> Result<u32, ApiError> {
        let (mut sits, mut problem) = (0, None);
        history.each_session(|session, events| {
            match write(session, events) {
                Ok(is_written) => sits += u64::from(is_written),
                Err(error) => {
                    problem = Some(failed(&error));
                    return ControlFlow::Break(());
                }
            }
            self.tell_progress(TransferPhase::Exporting, sits, total.max(sits), sits);
            let flow = self.goes_on();
            if flow.is_break() {
                problem = Some(cancelled());
            }
            flow
        })?;
        match problem {
            Some(error) => Err(error),
            None => Ok(small(sits)),
        }
    }
}
