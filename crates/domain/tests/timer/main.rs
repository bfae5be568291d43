//! The sit timer from outside: tables, case by case, and properties of every sequence.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bells;
mod bench;
mod commands;
mod endings;
mod machine;
mod properties;
mod recovery;
mod sleep;
mod together;
