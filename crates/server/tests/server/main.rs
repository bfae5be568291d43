//! The server against a real Postgres: its database, its frame around every route.
//!
//! Each test has a database of its own, copied from a migrated template in one cluster: the one
//! that `MITTA_TEST_POSTGRES` names (`cargo run -p mitta-pgtest -- start` prints one), else one
//! that is started for the test's process.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod accounts;
mod activity;
mod bouncer;
mod bounds;
mod consent;
mod devices;
mod feed_gap;
mod frame;
mod guards;
mod harness;
mod invites;
mod isolation;
mod live;
mod malformed;
mod meanwhile;
mod own_data;
mod page;
mod partnerships;
mod people;
mod presence;
mod program;
mod pull;
mod push;
mod ready;
mod replaces;
mod roles;
mod schema;
mod stopping;
mod strangers;
mod together;
mod web;
mod world;
mod zones;
