//! What happened in a history, line by line, and its hash: the same seed gives the same lines.

use std::fmt::{Arguments, Write as _};

use sha2::{Digest as _, Sha256};

/// The lines so far.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    lines: Vec<String>,
    hasher: Sha256,
}

impl Trace {
    /// Adds a line.
    pub fn say(&mut self, line: Arguments<'_>) {
        let line = line.to_string();
        self.hasher.update(line.as_bytes());
        self.hasher.update(b"\n");
        self.lines.push(line);
    }

    /// All lines.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The hash of all lines, in hexadecimal digits.
    pub fn hash(&self) -> String {
        let hash = self.hasher.clone().finalize();
        hex(&hash[..8])
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
