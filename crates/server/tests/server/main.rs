//! The server against a real Postgres: its database, its frame around every route.
//!
//! Each test has a database of its own, copied from a migrated template in one cluster: the one
//! that `MITTA_TEST_POSTGRES` names (`cargo run -p mitta-pgtest -- start` prints one), else one
//! that is started for the test's process.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod accounts;
mod bouncer;
mod bounds;
mod devices;
mod feed_gap;
mod frame;
mod guards;
mod harness;
mod invites;
mod isolation;
mod live;
mod malformed;
mod own_data;
mod page;
mod partnerships;
mod people;
mod program;
mod pull;
mod push;
mod ready;
mod roles;
mod schema;
mod stopping;
mod strangers;
mod world;
