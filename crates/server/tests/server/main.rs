//! The server against a real Postgres: its database, its frame around every route.
//!
//! Each test has a database of its own, copied from a migrated template in one cluster: the one
//! that `MITTA_TEST_POSTGRES` names (`cargo run -p mitta-pgtest -- start` prints one), else one
//! that is started for the test's process.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod bouncer;
mod feed_gap;
mod frame;
mod harness;
mod isolation;
mod live;
mod program;
mod pull;
mod push;
mod ready;
mod roles;
mod schema;
mod stopping;
mod world;
