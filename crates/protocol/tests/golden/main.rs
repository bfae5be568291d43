//! What was released under `/v1` is kept in `v1/*.json` and never changes its meaning.
//!
//! Nothing here writes these files, whatever the environment says. Where one differs, the test fails
//! and prints the whole content that it expects: a person compares, decides whether an older program
//! would still understand it, and only then saves it by hand.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

mod answers;
mod check;
mod errors;
mod ops;
mod requests;
mod rows;
mod samples;
mod together;
mod whole;
