//! Importing: a file is opened, its questions answered, its rows written.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use chrono_tz::Tz;
use mitta_domain::offer::Whole;
use mitta_domain::{UnixMillis, calendar};
use mitta_store::{ImportRow, Imported, NewImport, Reader};
use mitta_transfer::{
    DateOrder, Dates, Gone, Judge, Judged, Reading, Span, Survey, TimesAre, read, survey,
};
use serde_json::json;

use super::rows::{RowNote, count};
use super::{BATCH, chosen, view};
use crate::api::{
    ApiError, ErrorCode, ImportCounts, ImportDone, ImportFileArgs, ImportQuestion, ImportResult,
    TransferPhase,
};
use crate::engine::recorder::Answer;
use crate::engine::{Shared, locked};

/// A file that was looked over, and how it is read.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) name: String,
    pub(super) survey: Survey,
    pub(super) reading: Reading,
    pub(super) asks: Vec<ImportQuestion>,
    pub(super) history: Reader,
    pub(super) before: Option<ImportRow>,
}

impl Opened {
    /// What the person has answered about its times, as it is kept with the import. Settings are no
    /// answers: they may have changed since.
    fn said(&self) -> serde_json::Map<String, serde_json::Value> {
        let Reading {
            zone, order, times, ..
        } = self.reading;
        let survey = &self.survey;
        let asks_order = matches!(survey.dates, Dates::Open | Dates::Mixed);
        let answers = [
            ("zone", survey.needs_zone, json!(zone.name())),
            ("order", asks_order, json!(order)),
            ("times", survey.times.is_none(), json!(times)),
        ];
        let answers = answers.into_iter().filter(|(_, asked, _)| *asked);
        answers.map(|(name, _, said)| (name.into(), said)).collect()
    }

    /// What is kept of the reading, as text.
    fn kept(&self) -> String {
        let said = self.said();
        if said.is_empty() {
            String::new()
        } else {
            serde_json::Value::Object(said).to_string()
        }
    }

    /// Whether an import of the very same file stands that was given other answers. Of one that has
    /// kept more than answers only those count.
    pub(super) fn is_said_otherwise(&self) -> bool {
        let Some(row) = &self.before else {
            return false;
        };
        let before: serde_json::Value = serde_json::from_str(&row.reading).unwrap_or_default();
        self.said()
            .iter()
            .any(|(name, now)| before.get(name) != Some(now))
    }

    /// The judge, who knows what was sat.
    pub(super) fn judge(&self) -> Result<Judge, ApiError> {
        let spans = self.history.spans()?;
        let span = |(started_at_ms, length_s)| Span {
            started_at_ms,
            length_s,
        };
        let gone = self.history.gone_imports()?.into_iter().map(|gone| Gone {
            span: span((gone.started_at_ms, gone.length_s)),
            counts_from_ms: gone.counts_from_ms,
        });
        let judge = Judge::new(self.reading, spans.into_iter().map(span).collect());
        Ok(judge.with_gone(gone.collect()))
    }
}

impl Shared {
    pub(in crate::engine) fn import_file(
        &self,
        args: &ImportFileArgs,
    ) -> Result<ImportDone, ApiError> {
        let _turn = self.turn_to_write()?;
        let mut opened = self.open_file(args)?;
        if let Some(question) = opened.asks.first() {
            return Err(unanswered(*question));
        }
        if opened.is_said_otherwise() {
            let tally = self.look_through(&mut opened)?;
            if tally.counts.brought() > 0 {
                let why = "This very file was imported before, with its times read otherwise. Undo \
                           that import first.";
                return Err(ApiError::new(ErrorCode::ImportOtherwise, why));
            }
            return Ok(ImportDone {
                import: None,
                counts: tally.counts,
                is_cancelled: false,
            });
        }
        let new = NewImport {
            file_name: opened.name.clone(),
            kind: opened.survey.kind.name().to_owned(),
            content_sha256: opened.survey.sha256.clone(),
            reading: opened.kept(),
            begun_at_ms: self.clock.now().wall_ms,
        };
        let mut judge = opened.judge()?;
        let import_seq = self
            .recorder()
            .call(move |writer| writer.begin_import(&new))?;
        let mut desk = Desk {
            shared: self,
            import_seq,
            notes: Vec::new(),
            counts: ImportCounts::default(),
            batch: Batch::new(),
            being_written: None,
            error: None,
        };
        let total = opened.survey.bytes;
        let sits = std::cell::Cell::new(0);
        let flow = read(
            &mut opened.file,
            &opened.survey,
            &mut judge,
            &mut |bytes| {
                self.tell_progress(TransferPhase::Reading, bytes, total, sits.get());
                self.goes_on()
            },
            &mut |line, judged| {
                let flow = desk.take(line, judged);
                sits.set(desk.counts.brought());
                flow
            },
        );
        // What was read before a failure or a cancel is whole and stays.
        let finished = desk.finish();
        let Desk {
            notes,
            counts,
            error,
            ..
        } = desk;
        *locked(&self.transfer.rows) = notes;
        let is_cancelled = matches!(&flow, Ok(ControlFlow::Break(()))) && error.is_none()
            || matches!(&flow, Err(mitta_transfer::Unreadable::Cancelled));
        let outcome = match (error, finished, flow) {
            (Some(error), _, _) | (None, Err(error), _) => Err(error),
            (None, Ok(()), Err(error)) if !is_cancelled => Err(error.into()),
            _ => Ok(()),
        };
        if let Err(error) = outcome {
            self.history_changed();
            return Err(error);
        }
        let wall_ms = self.clock.now().wall_ms;
        let row = if is_cancelled {
            locked(&self.reader)
                .imports()?
                .into_iter()
                .find(|row| row.import_seq == import_seq && row.sits > 0)
        } else {
            self.recorder()
                .call(move |writer| writer.finish_import(import_seq, wall_ms))?
        };
        self.history_changed();
        Ok(ImportDone {
            import: row.as_ref().map(view),
            counts,
            is_cancelled,
        })
    }

    pub(super) fn open_file(&self, args: &ImportFileArgs) -> Result<Opened, ApiError> {
        let path = Path::new(&args.path);
        let mut file = self.dir.open_chosen(path).map_err(|e| chosen(&e, path))?;
        *locked(&self.transfer.source) = Some(path.to_owned());
        // It is read twice for that.
        let total = file.metadata()?.len().saturating_mul(2);
        let now_ms = self.clock.now().wall_ms;
        let survey = survey(&mut file, now_ms, &mut |bytes| {
            self.tell_progress(TransferPhase::Looking, bytes, total, 0);
            self.goes_on()
        })?;
        let history = Reader::open(&self.dir)?;
        let before = history.import_of(&survey.sha256)?;
        let (reading, asks) = self.reading(args, &survey, now_ms)?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Opened {
            name: name.to_string_lossy().into_owned(),
            file,
            survey,
            reading,
            asks,
            history,
            before,
        })
    }

    /// What the person said, and where nothing was said, what is likely; with what is still open.
    fn reading(
        &self,
        args: &ImportFileArgs,
        survey: &Survey,
        now_ms: UnixMillis,
    ) -> Result<(Reading, Vec<ImportQuestion>), ApiError> {
        let said_zone = args.zone.as_deref().map(calendar::zone).transpose()?;
        let mut asks = Vec::new();
        if survey.needs_zone && said_zone.is_none() {
            asks.push(ImportQuestion::Zone);
        }
        if matches!(survey.dates, Dates::Open | Dates::Mixed) && args.dates.is_none() {
            asks.push(ImportQuestion::Dates);
        }
        if survey.times.is_none() && args.times.is_none() {
            asks.push(ImportQuestion::Times);
        }
        let order = match survey.dates {
            Dates::MonthFirst => Some(DateOrder::MonthFirst),
            Dates::DayFirst => Some(DateOrder::DayFirst),
            Dates::Clear | Dates::Open | Dates::Mixed => args.dates,
        };
        let reading = Reading {
            zone: said_zone
                .or_else(|| self.clock.zone().ok())
                .unwrap_or(Tz::UTC),
            // As the apps write them that use this order at all.
            order: order.unwrap_or(DateOrder::MonthFirst),
            times: survey.times.or(args.times).unwrap_or(TimesAre::Local),
            day_start_hour: self.settings_or_default().day_start_hour,
            now_ms,
        };
        Ok((reading, asks))
    }
}

fn unanswered(question: ImportQuestion) -> ApiError {
    let why = match question {
        ImportQuestion::Zone => "The file does not say in which time zone its sits were sat.",
        ImportQuestion::Dates => {
            "The file does not tell whether the day or the month stands first."
        }
        ImportQuestion::Times => "The file does not say whether its times are local or UTC.",
    };
    ApiError::new(ErrorCode::ImportUnanswered, why)
}

/// Takes rows in and writes them batch by batch: while one is being written, the next is read.
struct Desk<'a> {
    shared: &'a Shared,
    import_seq: i64,
    notes: Vec<RowNote>,
    counts: ImportCounts,
    batch: Batch,
    /// Never more than one, so that the record of a sit waits for no more than one.
    being_written: Option<(Vec<usize>, Answer<Vec<Imported>>)>,
    error: Option<ApiError>,
}

/// Sits, and where in [`Desk::notes`] their rows stand.
struct Batch {
    sits: Vec<Whole>,
    at: Vec<usize>,
}

impl Batch {
    fn new() -> Self {
        Self {
            sits: Vec::with_capacity(BATCH),
            at: Vec::with_capacity(BATCH),
        }
    }
}

impl Desk<'_> {
    fn take(&mut self, line: u64, judged: Judged) -> ControlFlow<()> {
        let note = RowNote::of(line, &judged);
        match judged {
            Judged::Sit(sit) => {
                self.batch.at.push(self.notes.len());
                self.batch.sits.push(sit.whole);
            }
            Judged::AlreadyThere(..) | Judged::DeletedHere(_) | Judged::Refused(..) => {
                count(&mut self.counts, note.result);
            }
        }
        self.notes.push(note);
        if self.batch.sits.len() < BATCH {
            return ControlFlow::Continue(());
        }
        if let Err(error) = self.hand_over() {
            self.error = Some(error);
            return ControlFlow::Break(());
        }
        self.shared.goes_on()
    }

    /// Writes all that was taken in; of rows that were not written nothing is told.
    fn finish(&mut self) -> Result<(), ApiError> {
        self.hand_over()?;
        self.settle()
    }

    /// Gives the batch to the writer, once it is done with the one before.
    fn hand_over(&mut self) -> Result<(), ApiError> {
        self.settle()?;
        let Batch { sits, at } = std::mem::replace(&mut self.batch, Batch::new());
        if sits.is_empty() {
            return Ok(());
        }
        let (import_seq, ids) = (self.import_seq, self.shared.ids);
        let wall_ms = self.shared.clock.now().wall_ms;
        let answer = self
            .shared
            .recorder()
            .ask(move |writer| writer.import(import_seq, &sits, wall_ms, || ids.op(wall_ms)));
        self.being_written = Some((at, answer));
        Ok(())
    }

    /// Waits for the batch that is being written, and notes what became of its sits.
    fn settle(&mut self) -> Result<(), ApiError> {
        let Some((at, answer)) = self.being_written.take() else {
            return Ok(());
        };
        let taken = answer.wait().inspect_err(|_| {
            self.notes.truncate(at.first().copied().unwrap_or(0));
            self.batch = Batch::new();
        })?;
        for (at, imported) in at.into_iter().zip(taken) {
            let result = match imported {
                Imported::New => ImportResult::New,
                Imported::Corrects => ImportResult::Corrects,
                Imported::Again => ImportResult::Again,
                Imported::Ended => ImportResult::Ended,
                Imported::Known => ImportResult::AlreadyThere,
                Imported::Deleted => ImportResult::DeletedHere,
                Imported::Tombstone => ImportResult::DeletedInFile,
            };
            count(&mut self.counts, result);
            if let Some(note) = self.notes.get_mut(at) {
                note.result = result;
            }
        }
        Ok(())
    }
}
