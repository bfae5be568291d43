//! Sits from files and into files: what is asked and answered.

use mitta_domain::{Seconds, UnixMillis};
use mitta_transfer::{DateOrder, Dates, Encoding, Kind, Refusal, Remark, TimesAre};
use serde::{Deserialize, Serialize};

use super::args::args;

args!(
    /// `import_preview`, `import_file`: a file, and what a person has said about its times.
    ImportFileArgs {
        /// Absolute path.
        path: String,
        /// IANA name of the zone that the sits were sat in; `null`: not said.
        zone: Option<String>,
        /// How `04/05/2026` is read; `null`: not said.
        dates: Option<DateOrder>,
        /// What times without a zone are; `null`: not said.
        times: Option<TimesAre>,
    }
);
args!(
    /// `import_rows`: a page of the results of the last preview or import, by line.
    ImportRowsArgs {
        /// Only these; `null`: all.
        result: Option<ImportResult>,
        /// How many of them are passed over.
        offset: u32,
        /// How many, 1 to 500.
        limit: u32,
    }
);
args!(
    /// `save_import_rows`: where the results are written, as CSV.
    SaveRowsArgs {
        /// Absolute path.
        path: String,
    }
);
args!(
    /// Arguments that name an import.
    OfImport {
        /// Its number.
        import_seq: u32,
    }
);
args!(
    /// `export_history`: all sits as a file.
    ExportHistoryArgs {
        /// Absolute path; what is there is replaced once the new file is whole.
        path: String,
        /// The format.
        format: HistoryFormat,
    }
);
args!(
    /// What was exported.
    ExportedHistory {
        /// The file.
        path: String,
        /// How many sits are in it.
        sits: u32,
    }
);
args!(
    /// A page of results.
    ImportRowsPage {
        /// The rows.
        rows: Vec<ImportRowView>,
        /// How many there are in all.
        total: u32,
    }
);
args!(
    /// Every import that brought sits, the newest first.
    ImportList {
        /// The imports.
        imports: Vec<ImportView>,
    }
);

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
    };
}

names!(
    /// A format that Mitta writes.
    HistoryFormat {
        /// One row for each sit that counts, for spreadsheets.
        Csv,
        /// Everything.
        Json,
    }
);
names!(
    /// What only the person knows about a file.
    ImportQuestion {
        /// In which zone the sits were sat.
        Zone,
        /// Whether the day or the month stands first.
        Dates,
        /// Whether its times are local or UTC.
        Times,
    }
);
names!(
    /// What became, or would become, of a row.
    ImportResult {
        /// A sit that was not there.
        New,
        /// A sit that was not there, in the place of one whose date it corrects.
        Corrects,
        /// A sit that had been taken back with an import.
        Again,
        /// A sit that had only begun here; the file has its end.
        Ended,
        /// The history has it, as it is or with a corrected date.
        AlreadyThere,
        /// The history had it and a person has deleted it: it stays deleted.
        DeletedHere,
        /// Deleted in a file of Mitta's own, or a row that was corrected there: it comes over as deleted,
        /// so that it stays so.
        DeletedInFile,
        /// Refused, with the reason.
        Refused,
    }
);
names!(
    /// What long work is at.
    TransferPhase {
        /// Looking the file over.
        Looking,
        /// Reading it.
        Reading,
        /// Taking an import back, or bringing it back.
        Undoing,
        /// Writing a file.
        Exporting,
    }
);

args!(
    /// How far long work is. Told now and then, never row by row.
    TransferProgress {
        /// What it is at.
        phase: TransferPhase,
        /// Bytes of the file (of which each is read twice to look it over), or sits.
        done: u64,
        /// All of them.
        total: u64,
        /// Sits taken over so far, of an import.
        sits: u64,
    }
);
/// Rows by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportCounts {
    /// Sits that were not there.
    pub new: u64,
    /// Sits that were not there, in the place of others whose date they correct.
    pub corrects: u64,
    /// Sits that had been taken back.
    pub again: u64,
    /// Sits that had only begun here, and have their end from the file.
    pub ended: u64,
    /// Sits that are there.
    pub already_there: u64,
    /// Sits that a person has deleted.
    pub deleted_here: u64,
    /// Sits that are deleted in the file, and were not there.
    pub deleted_in_file: u64,
    /// Rows that were refused.
    pub refused: u64,
}

impl ImportCounts {
    /// Sits that the history has more than before, or now with an end.
    pub const fn brought(&self) -> u64 {
        self.new + self.corrects + self.again + self.ended
    }
}

args!(
    /// What a file is and what importing it would do. Nothing was changed.
    ImportPreview {
        /// Its name, without its folder.
        file_name: String,
        /// Which app wrote it.
        kind: Kind,
        /// How its bytes were read as text.
        encoding: Encoding,
        /// Whether it ends before it should; what came before can be imported.
        breaks_off: bool,
        /// What the file tells of the order of day and month.
        dates: Dates,
        /// What the person has to say before it can be imported; empty once all is said.
        asks: Vec<ImportQuestion>,
        /// The zone in which this preview was read.
        zone: String,
        /// The order of day and month in which it was read.
        order: DateOrder,
        /// What its times were taken for.
        times: TimesAre,
        /// What its rows would become.
        counts: ImportCounts,
        /// Credited seconds of the sits that would come.
        credited_s: u64,
        /// First date of the sits that would come.
        from: Option<String>,
        /// Last date.
        to: Option<String>,
        /// An import of the very same file that stands.
        before: Option<ImportView>,
        /// Whether that one read the file's times otherwise: then it has to be undone first.
        is_read_otherwise: bool,
    }
);
args!(
    /// What an import did.
    ImportDone {
        /// The import; `null` if it brought nothing.
        import: Option<ImportView>,
        /// What its rows became.
        counts: ImportCounts,
        /// Whether it was cancelled; what was taken over until then stays, and can be undone.
        is_cancelled: bool,
    }
);
args!(
    /// An import.
    ImportView {
        /// Its number.
        import_seq: u32,
        /// The file's name, without its folder.
        file_name: String,
        /// Which app wrote the file: the name of a `Kind`.
        kind: String,
        /// When it began.
        begun_at_ms: UnixMillis,
        /// Whether it came to its end.
        is_finished: bool,
        /// Whether it is taken back.
        is_undone: bool,
        /// The sits that it brought.
        sits: u32,
        /// Those of them that were deleted because it was taken back; fewer than all of them where that
        /// was cut short.
        taken_back: u32,
    }
);
args!(
    /// A row and what became of it.
    ImportRowView {
        /// Its line in the file, from 1.
        line: u64,
        /// What became of it.
        result: ImportResult,
        /// Start of its sit, where it tells one.
        started_at_ms: Option<UnixMillis>,
        /// Seconds east of UTC there.
        utc_offset_s: i32,
        /// Its credited seconds.
        credited_s: Seconds,
        /// Start of the sit in the history that is the same one, or that it collides with.
        other_started_at_ms: Option<UnixMillis>,
        /// Something worth saying about it.
        remark: Option<Remark>,
        /// Why it was refused.
        refusal: Option<Refusal>,
    }
);
