//! Mitta's own files: sits with all that a history has of them, so that an empty app that reads them
//! has the same totals and digests.

pub(crate) mod csv;
pub(crate) mod doc;
pub(crate) mod json;

/// The name of the format, in the file.
pub(crate) const FORMAT: &str = "mitta-history";
/// The version of the format that this program writes, and the newest that it reads.
pub(crate) const VERSION: u64 = 1;
