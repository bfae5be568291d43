//! Whole files through the public door: what each row of each format becomes.

#![expect(
    clippy::unwrap_used,
    reason = "all of it is test code, also what is not in a test function itself"
)]

mod bad;
mod documented;
mod every_field;
mod formats;
mod halves;
mod large;
mod own;
mod support;
