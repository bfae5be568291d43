//! A history as a file: written sit by sit, so that its size does not matter.

use std::io::{self, Write};

use mitta_domain::{Session, SessionEvent, UnixMillis};

use crate::own::csv::{COLUMNS, cells};
use crate::own::doc::SitDoc;
use crate::own::{FORMAT, VERSION};

/// Writes Mitta's CSV: the sits that count.
pub struct CsvWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CsvWriter<W> {
    /// Writes the names of the columns.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin(out: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS).map_err(io::Error::from)?;
        Ok(Self(writer))
    }

    /// Writes a session, and says whether there is a row of it: of one that is running or deleted
    /// there is none.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&mut self, session: &Session) -> io::Result<bool> {
        match cells(session) {
            Some(cells) => self.0.write_record(&cells).map_err(io::Error::from)?,
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What `out` says.
    pub fn end(self) -> io::Result<W> {
        self.0
            .into_inner()
            .map_err(|error| io::Error::other(error.to_string()))
    }
}

/// Writes Mitta's JSON: every completed sit, deleted ones too, one a line.
pub struct JsonWriter<W: Write> {
    out: W,
    has_any: bool,
}

impl<W: Write> JsonWriter<W> {
    /// Writes what stands before the sits.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin(mut out: W, exported_at_ms: UnixMillis, program: &str) -> io::Result<Self> {
        let program = serde_json::to_string(program)?;
        write!(
            out,
            "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"exported_at_ms\":{},\"program\":{program},\"sits\":[",
            exported_at_ms.0
        )?;
        Ok(Self {
            out,
            has_any: false,
        })
    }

    /// Writes a session, and says whether it is in the file: one that is running is not.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&mut self, session: &Session, events: &[SessionEvent]) -> io::Result<bool> {
        let Some(doc) = SitDoc::of(session, events) else {
            return Ok(false);
        };
        let divider: &[u8] = if self.has_any { b",\n" } else { b"\n" };
        self.out.write_all(divider)?;
        self.has_any = true;
        serde_json::to_writer(&mut self.out, &doc)?;
        Ok(true)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What `out` says.
    pub fn end(mut self) -> io::Result<W> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}
