//! Sits from files and into files: what other apps and Mitta itself export, read in a stream, and
//! Mitta's own CSV and JSON, written.
//!
//! Must hold: it knows no database and no clock; a file of any size is never held in memory; each
//! row ends as exactly one of found, refused with the reason; and the same row of the same file is
//! the same session on every device, since its id is made of its content (I3).

mod apple;
mod content;
mod dates;
mod export;
mod judge;
mod kind;
mod length;
mod own;
mod survey;
mod table;
mod text;
mod timeline;

pub use content::IMPORT_DEVICE;
pub use dates::{DateOrder, TimesAre};
pub use export::{CsvWriter, JsonWriter};
pub use judge::{Judge, Judged, Reading, Refusal, RefusalCode, Remark, RowTime, Sit};
pub use kind::Kind;
pub use survey::{Dates, Survey, read, survey};
pub use text::{Encoding, Unreadable};
pub use timeline::{Gone, Span, meeting};

/// What a reader tells on its way: bytes of the file that were read. It may end the reading.
pub type OnBytes<'a> = &'a mut dyn FnMut(u64) -> std::ops::ControlFlow<()>;
