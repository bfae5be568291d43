//! Looks at the quotes of a table on their way to its parser, which takes whatever it gets: a quote that
//! is opened and never closed takes the rows after it into its cell, up to the next quote.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

/// Where in a cell the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum At {
    /// Before its first character.
    #[default]
    Start,
    /// In one without quotes.
    Plain,
    /// Within quotes.
    Quoted,
    /// After a quote within quotes: the end of the cell, or the first half of a quote in it.
    Closing,
}

#[derive(Debug, Default)]
struct Seen {
    at: At,
    bytes: u64,
    /// Ends of lines so far.
    lines: u64,
    last: u8,
    /// Whether what comes next begins a row.
    is_between: bool,
    /// Byte and line of each row's first character.
    rows: VecDeque<(u64, u64)>,
    /// Bytes at which a quote stands where none who writes a table puts one.
    stray: VecDeque<u64>,
}

/// What was seen so far.
#[derive(Debug, Clone)]
pub(super) struct Quotes(Rc<RefCell<Seen>>);

impl Quotes {
    pub(super) fn new() -> Self {
        let seen = Seen {
            is_between: true,
            ..Seen::default()
        };
        Self(Rc::new(RefCell::new(seen)))
    }

    /// The line of the row that ends before `end`, a byte of the text: the parser's own is that of the
    /// end of the row before, where lines end with two characters. Those before it are told once.
    pub(super) fn line_before(&self, end: u64) -> Option<u64> {
        let rows = &mut self.0.borrow_mut().rows;
        let before = rows.partition_point(|(byte, _)| *byte < end);
        rows.drain(..before).next_back().map(|(_, line)| line)
    }

    /// Whether a stray quote stands before `end`, a byte of the text. Those are told once.
    pub(super) fn has_stray_before(&self, end: u64) -> bool {
        let stray = &mut self.0.borrow_mut().stray;
        let before = stray.partition_point(|byte| *byte < end);
        stray.drain(..before).count() > 0
    }

    /// Whether the text ended within quotes.
    pub(super) fn is_open(&self) -> bool {
        self.0.borrow().at == At::Quoted
    }

    /// Whether the text ended with a line.
    pub(super) fn ends_with_a_line(&self) -> bool {
        matches!(self.0.borrow().last, b'\n' | b'\r')
    }
}

/// Hands the text on.
pub(super) struct Watched<R> {
    pub(super) text: R,
    pub(super) delimiter: u8,
    pub(super) quotes: Quotes,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        let mut seen = self.quotes.0.borrow_mut();
        for byte in &buffer[..read] {
            seen.see(*byte, self.delimiter);
        }
        Ok(read)
    }
}

impl Seen {
    fn see(&mut self, byte: u8, delimiter: u8) {
        let ends_line = matches!(byte, b'\n' | b'\r');
        let ends_cell = byte == delimiter || ends_line;
        if self.is_between && !ends_line {
            self.rows.push_back((self.bytes, self.lines + 1));
            self.is_between = false;
        }
        self.at = match (self.at, byte) {
            (At::Quoted, b'"') => At::Closing,
            (At::Quoted, _) | (At::Start | At::Closing, b'"') => At::Quoted,
            (_, _) if ends_cell => At::Start,
            (At::Start | At::Plain, _) => {
                if byte == b'"' {
                    self.stray.push_back(self.bytes);
                }
                At::Plain
            }
            // What was taken for the end of a cell is none.
            (At::Closing, _) => {
                self.stray.push_back(self.bytes);
                At::Plain
            }
        };
        self.is_between |= ends_line && self.at == At::Start;
        self.lines += u64::from(byte == b'\n');
        self.bytes += 1;
        self.last = byte;
    }
}
