//! What importing a file would do: every row is judged, and nothing is changed.

use std::ops::ControlFlow;

use chrono::NaiveDate;
use mitta_store::Presence;
use mitta_transfer::{Judged, read};

use super::import::Opened;
use super::rows::{RowNote, count};
use super::{cancelled, view};
use crate::api::{
    ApiError, ImportCounts, ImportFileArgs, ImportPreview, ImportResult, TransferPhase,
};
use crate::engine::{Shared, locked};

impl Shared {
    pub(in crate::engine) fn import_preview(
        &self,
        args: &ImportFileArgs,
    ) -> Result<ImportPreview, ApiError> {
        let _turn = self.transfer.turn()?;
        let mut opened = self.open_file(args)?;
        let tally = self.look_through(&mut opened)?;
        let is_read_otherwise = opened.is_said_otherwise() && tally.counts.brought() > 0;
        Ok(ImportPreview {
            file_name: opened.name,
            kind: opened.survey.kind,
            encoding: opened.survey.encoding,
            breaks_off: opened.survey.breaks_off,
            dates: opened.survey.dates,
            asks: opened.asks,
            zone: opened.reading.zone.name().to_owned(),
            order: opened.reading.order,
            times: opened.reading.times,
            counts: tally.counts,
            credited_s: tally.credited_s,
            from: tally.first.map(|date| date.to_string()),
            to: tally.last.map(|date| date.to_string()),
            before: opened.before.as_ref().map(view),
            is_read_otherwise,
        })
    }

    /// Judges every row, keeps what became of it, and sums up.
    pub(super) fn look_through(&self, opened: &mut Opened) -> Result<Tally, ApiError> {
        let mut judge = opened.judge()?;
        let mut notes = Vec::new();
        let mut tally = Tally::default();
        let mut problem = None;
        let total = opened.survey.bytes;
        let flow = read(
            &mut opened.file,
            &opened.survey,
            &mut judge,
            &mut |bytes| {
                self.tell_progress(TransferPhase::Reading, bytes, total, 0);
                self.goes_on()
            },
            &mut |line, judged| {
                let mut note = RowNote::of(line, &judged);
                if let Judged::Sit(sit) = &judged {
                    use ImportResult::{Again, Corrects, Ended, New};
                    let session = sit.whole.session();
                    match opened.history.presence(session) {
                        Ok(presence) => note.result = result_of(presence, session.deleted),
                        Err(error) => {
                            problem = Some(error);
                            return ControlFlow::Break(());
                        }
                    }
                    if matches!(note.result, New | Corrects | Again | Ended) {
                        tally.add(session.start.local_date, session.credited_s().0);
                    }
                }
                count(&mut tally.counts, note.result);
                notes.push(note);
                ControlFlow::Continue(())
            },
        )?;
        if let Some(error) = problem {
            return Err(error.into());
        }
        if flow.is_break() {
            return Err(cancelled());
        }
        *locked(&self.transfer.rows) = notes;
        Ok(tally)
    }
}

const fn result_of(presence: Presence, is_deleted: bool) -> ImportResult {
    match presence {
        Presence::Unknown | Presence::Begun if is_deleted => ImportResult::DeletedInFile,
        Presence::Unknown => ImportResult::New,
        Presence::Corrects => ImportResult::Corrects,
        Presence::TakenBack => ImportResult::Again,
        Presence::Begun => ImportResult::Ended,
        Presence::There | Presence::Replaced => ImportResult::AlreadyThere,
        Presence::Deleted => ImportResult::DeletedHere,
    }
}

/// What a preview sums up.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) counts: ImportCounts,
    credited_s: u64,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
}

impl Tally {
    fn add(&mut self, date: NaiveDate, credited_s: u32) {
        self.credited_s += u64::from(credited_s);
        self.first = Some(self.first.map_or(date, |first| first.min(date)));
        self.last = Some(self.last.map_or(date, |last| last.max(date)));
    }
}
