//! Digests by which two sides compare what they hold without sending it (I8).
//!
//! A digest is the sum mod 2^128 of its rows' hashes, so that the order in which rows are read does
//! not matter. A row's hash is the first sixteen bytes of the SHA-256 of its fields in a fixed
//! order, each with its length. That of an own session covers what counts, every group's clock and
//! the tombstone; that of a shared sit all that partners see.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::ids::TogetherId;
use crate::length::PlannedLength;
use crate::session::{Session, Stamp};
use crate::share::SharedSit;

/// The digest of a set of rows. On the wire 32 lowercase hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(u128);

/// The text is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 32 hexadecimal digits")]
pub struct InvalidDigest;

impl Digest {
    /// Counts an own session in.
    pub fn add_session(&mut self, session: &Session) {
        self.0 = self.0.wrapping_add(session_hash(session));
    }

    /// Counts a shared sit in.
    pub fn add_shared(&mut self, sit: &SharedSit) {
        self.0 = self.0.wrapping_add(shared_hash(sit));
    }

    /// The digest of own sessions.
    pub fn of_sessions<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Self {
        let mut digest = Self::default();
        sessions.into_iter().for_each(|s| digest.add_session(s));
        digest
    }

    /// The digest of shared sits.
    pub fn of_shared<'a>(sits: impl IntoIterator<Item = &'a SharedSit>) -> Self {
        let mut digest = Self::default();
        sits.into_iter().for_each(|s| digest.add_shared(s));
        digest
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let is_hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex {
            return Err(InvalidDigest);
        }
        u128::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| InvalidDigest)
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;
    fn try_from(text: String) -> Result<Self, InvalidDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// The hash of an own session, as [`Digest`] sums it.
pub fn session_hash(session: &Session) -> u128 {
    let mut row = Row::new("session 1");
    let start = &session.start;
    row.id(start.session_id.as_uuid());
    row.int(start.started_at_ms.0);
    row.text(Some(&start.local_date.to_string()));
    row.length(start.planned_s);
    row.together(start.together_id);
    row.int(i64::from(session.completion.is_some()));
    if let Some(c) = &session.completion {
        row.int(c.ended_at_ms.0);
        for seconds in [c.credited_s, c.paused_s, c.asleep_s, c.overtime_s] {
            row.int(seconds.0.into());
        }
    }
    row.maybe(session.credited_override_s.map(|s| s.0.into()));
    row.int(session.sharing.shared.into());
    row.int(session.sharing.note_shared.into());
    row.int(session.deleted.into());
    for stamp in [
        session.words_stamp,
        session.credited_stamp,
        session.sharing_stamp,
        session.deleted_stamp,
    ] {
        row.stamp(stamp);
    }
    row.hash()
}

/// The hash of a shared sit, as [`Digest`] sums it.
pub fn shared_hash(sit: &SharedSit) -> u128 {
    let mut row = Row::new("shared 1");
    row.id(sit.session_id.as_uuid());
    row.int(sit.started_at_ms.0);
    row.int(sit.utc_offset_s.into());
    row.text(Some(&sit.local_date.to_string()));
    row.length(sit.planned_s);
    row.int(sit.credited_s.0.into());
    row.together(sit.together_id);
    row.text(sit.note.as_deref());
    row.text(sit.label.as_deref());
    row.hash()
}

/// The fields of a row, one after the other.
struct Row(Vec<u8>);

impl Row {
    fn new(what: &str) -> Self {
        let mut row = Self(Vec::with_capacity(320));
        row.text(Some(what));
        row
    }

    fn int(&mut self, value: i64) {
        self.0.extend(value.to_be_bytes());
    }

    fn maybe(&mut self, value: Option<i64>) {
        self.int(value.is_some().into());
        self.int(value.unwrap_or_default());
    }

    fn text(&mut self, text: Option<&str>) {
        let bytes = text.unwrap_or_default().as_bytes();
        self.int(text.is_some().into());
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
    }

    fn id(&mut self, id: Uuid) {
        self.0.extend(id.as_bytes());
    }

    fn length(&mut self, planned_s: Option<PlannedLength>) {
        self.maybe(planned_s.map(|p| p.seconds().0.into()));
    }

    fn together(&mut self, together_id: Option<TogetherId>) {
        self.int(together_id.is_some().into());
        self.id(together_id.map_or(Uuid::nil(), TogetherId::as_uuid));
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.int(stamp.hlc_ms);
        self.id(stamp.device_id.as_uuid());
        self.0.extend(stamp.device_seq.to_be_bytes());
    }

    fn hash(self) -> u128 {
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        hash.iter()
            .take(16)
            .fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
    }
}

#[cfg(test)]
mod tests;
