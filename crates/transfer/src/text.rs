//! The bytes of a file as text: which encoding it has, or what it is instead.
//!
//! Must hold: an encoding that had to be guessed, or text that had to be replaced, is said.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::OnBytes;

/// How the bytes of a file are read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with bytes in between that are none: they are shown as �.
    Utf8Damaged,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-16, low byte first, with units in between that are no character: they are shown as �.
    Utf16LeDamaged,
    /// The same, high byte first.
    Utf16BeDamaged,
    /// No UTF-8: read as Latin-1 (Windows-1252).
    Latin1,
}

/// Why a file cannot be read at all. Nothing of it was taken over.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Apple's `export.zip`, or another archive.
    #[error("the file is a ZIP archive")]
    Zip,
    /// A database.
    #[error("the file is an SQLite database")]
    Database,
    /// No text.
    #[error("the file is no text")]
    Binary,
    /// A text of no known format.
    #[error("the file is of no format that Mitta knows; it begins with “{first_line}”")]
    UnknownKind {
        /// The first 80 characters.
        first_line: String,
    },
    /// Mitta's own format in a later version.
    #[error("the file was written by a newer Mitta (format {version}): please update Mitta")]
    Newer {
        /// Its version.
        version: u64,
    },
    /// It breaks off its own format, so that nothing after that line can be told apart.
    #[error("line {line} cannot be read: {detail}")]
    Broken {
        /// The line, from 1.
        line: u64,
        /// What the parser says.
        detail: String,
    },
    /// The reading was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The system could not read it.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// What one look at all bytes tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub encoding: Encoding,
    pub length: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
}

/// How much is looked at, at a time.
const CHUNK: usize = 256 * 1024;
/// How much is looked at to tell UTF-16 from binary data.
const BEGINNING: usize = 2048;

/// Looks at all bytes of `file`.
pub(crate) fn look(
    file: &mut (impl Read + Seek),
    on_bytes: OnBytes<'_>,
) -> Result<Bytes, Unreadable> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; CHUNK];
    let (mut length, mut hash) = (0_u64, Sha256::new());
    let mut wide = None;
    let mut utf8 = Utf8Check::default();
    let mut utf16 = Utf16Check::default();
    loop {
        let read = fill(file, &mut buffer)?;
        let chunk = &buffer[..read];
        if length == 0 {
            wide = beginning(&chunk[..read.min(BEGINNING)])?;
        }
        if read == 0 {
            break;
        }
        length += read as u64;
        hash.update(chunk);
        if let Some(wide) = wide {
            utf16.feed(chunk, wide);
        } else {
            if chunk.contains(&0) {
                return Err(Unreadable::Binary);
            }
            utf8.feed(chunk);
        }
        if on_bytes(length).is_break() {
            return Err(Unreadable::Cancelled);
        }
    }
    utf8.end();
    let encoding = match wide {
        Some(Encoding::Utf16Le) if utf16.is_damaged() => Encoding::Utf16LeDamaged,
        Some(Encoding::Utf16Be) if utf16.is_damaged() => Encoding::Utf16BeDamaged,
        Some(wide) => wide,
        None if utf8.wrong == 0 => Encoding::Utf8,
        None if utf8.right == 0 => Encoding::Latin1,
        None => Encoding::Utf8Damaged,
    };
    let sha256 = format!("{:x}", hash.finalize());
    Ok(Bytes {
        encoding,
        length,
        sha256,
    })
}

/// How often a byte occurs.
fn count(bytes: &[u8], wanted: u8) -> u64 {
    bytes
        .iter()
        .fold(0, |n, byte| n + u64::from(*byte == wanted))
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// What the first bytes tell: UTF-16, or that this is no text at all.
fn beginning(bytes: &[u8]) -> Result<Option<Encoding>, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Err(Unreadable::Zip);
    }
    if bytes.starts_with(b"SQLite format 3\0") {
        return Err(Unreadable::Database);
    }
    if bytes.starts_with(&[0xff, 0xfe]) {
        return Ok(Some(Encoding::Utf16Le));
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return Ok(Some(Encoding::Utf16Be));
    }
    if !bytes.contains(&0) {
        return Ok(None);
    }
    // A table is mostly ASCII: in UTF-16 one byte of each pair is then zero.
    let pairs = bytes.len() / 2;
    let zeros = |at: usize| {
        bytes
            .iter()
            .skip(at)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let mostly = |zeros: usize| zeros * 10 >= pairs * 7;
    match (mostly(zeros(0)), mostly(zeros(1))) {
        (false, true) => Ok(Some(Encoding::Utf16Le)),
        (true, false) => Ok(Some(Encoding::Utf16Be)),
        _ => Err(Unreadable::Binary),
    }
}

/// Counts what is UTF-8 beyond ASCII, and what is not, over pieces of a text.
#[derive(Default)]
struct Utf8Check {
    /// The beginning of a character that the last piece broke off.
    rest: Vec<u8>,
    right: u64,
    wrong: u64,
}

impl Utf8Check {
    fn feed(&mut self, chunk: &[u8]) {
        if chunk.is_ascii() && self.rest.is_empty() {
            return;
        }
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(chunk);
        let mut left = bytes.as_slice();
        loop {
            match std::str::from_utf8(left) {
                Ok(text) => {
                    self.count(text);
                    return;
                }
                Err(error) => {
                    let (valid, after) = left.split_at(error.valid_up_to());
                    self.right += beyond_ascii(valid);
                    let Some(length) = error.error_len() else {
                        self.rest = after.to_vec();
                        return;
                    };
                    self.wrong += 1;
                    left = &after[length..];
                }
            }
        }
    }

    fn count(&mut self, text: &str) {
        self.right += beyond_ascii(text.as_bytes());
    }

    fn end(&mut self) {
        self.wrong += u64::from(!self.rest.is_empty());
    }
}

/// Whether all units of UTF-16 are characters, over pieces of a text.
#[derive(Default)]
struct Utf16Check {
    /// The first byte of a unit that the last piece broke off.
    half: Option<u8>,
    /// Whether the second unit of a pair is to come.
    is_open: bool,
    is_wrong: bool,
}

impl Utf16Check {
    fn feed(&mut self, chunk: &[u8], encoding: Encoding) {
        for byte in chunk {
            let Some(first) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let unit = match encoding {
                Encoding::Utf16Be => u16::from_be_bytes([first, *byte]),
                _ => u16::from_le_bytes([first, *byte]),
            };
            let is_second = matches!(unit, 0xdc00..=0xdfff);
            self.is_wrong |= is_second != self.is_open;
            self.is_open = matches!(unit, 0xd800..=0xdbff);
        }
    }

    const fn is_damaged(&self) -> bool {
        self.is_wrong || self.is_open || self.half.is_some()
    }
}

/// How many characters beyond ASCII begin in valid UTF-8.
fn beyond_ascii(valid: &[u8]) -> u64 {
    valid.iter().filter(|b| **b >= 0xc0).count() as u64
}

/// The text of a file from its beginning, as UTF-8, with its lines and bytes counted.
pub(crate) type Text<'a, R> = Counted<'a, BufReader<DecodeReaderBytes<&'a mut R, Vec<u8>>>>;

pub(crate) fn open<'a, R: Read + Seek>(
    file: &'a mut R,
    encoding: Encoding,
    on_bytes: OnBytes<'a>,
) -> io::Result<Text<'a, R>> {
    file.seek(SeekFrom::Start(0))?;
    let (from, bytes_per_unit) = match encoding {
        Encoding::Utf8 | Encoding::Utf8Damaged => (UTF_8, 1),
        Encoding::Latin1 => (WINDOWS_1252, 1),
        Encoding::Utf16Le | Encoding::Utf16LeDamaged => (UTF_16LE, 2),
        Encoding::Utf16Be | Encoding::Utf16BeDamaged => (UTF_16BE, 2),
    };
    let decoded = DecodeReaderBytesBuilder::new()
        .encoding(Some(from))
        .strip_bom(true)
        .bom_override(true)
        .build(file);
    Ok(Counted {
        inner: BufReader::with_capacity(CHUNK, decoded),
        line: 1,
        bytes: 0,
        bytes_per_unit,
        told_at: 0,
        on_bytes,
        cancelled: false,
    })
}

/// Counts lines and bytes as they are consumed, and tells of the bytes now and then.
pub(crate) struct Counted<'a, R> {
    inner: R,
    line: u64,
    bytes: u64,
    bytes_per_unit: u64,
    told_at: u64,
    on_bytes: OnBytes<'a>,
    cancelled: bool,
}

impl<R> Counted<'_, R> {
    /// The line that is read next, from 1.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    pub(crate) const fn is_cancelled(&self) -> bool {
        self.cancelled
    }
}

impl<R: BufRead> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.bytes - self.told_at >= CHUNK as u64 {
            self.told_at = self.bytes;
            if (self.on_bytes)(self.bytes * self.bytes_per_unit).is_break() {
                self.cancelled = true;
            }
        }
        if self.cancelled {
            return Err(io::Error::other("cancelled"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // The buffer is there already: nothing is read by asking for it again.
        if let Ok(buffer) = self.inner.fill_buf() {
            let consumed = &buffer[..amount.min(buffer.len())];
            self.line += count(consumed, b'\n');
        }
        self.bytes += amount as u64;
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests;
