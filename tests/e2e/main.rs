//! The real programs, driven and looked at from outside, and the policies of the tree.
//!
//! One binary, so that it is linked once; `sources` sees to it that no file is forgotten.

#![expect(
    clippy::expect_used,
    reason = "clippy takes a test's helpers for product code; in a test a panic is the report"
)]

mod architecture;
mod desktop;
mod migrations;
mod policy;
mod real_stack;
mod sound;
mod sources;
mod terminal;
mod terminal_sync;
mod web_page;
