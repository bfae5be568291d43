//! `mitta-server`: the partnership database behind HTTP.
//!
//! Must hold: a request acts for the person its token names and for nobody else (invariant I10);
//! whatever a request changes, it changes in one Postgres transaction with every row counted
//! (I1, I4); time, ids and randomness come from [`source`]; nothing that a person wrote or knows
//! as a secret reaches the log.

pub mod accounts;
pub mod config;
pub mod db;
pub mod fold;
pub mod http;
pub mod migrate;
pub mod partnerships;
pub mod serve;
pub mod source;
pub mod state;
pub mod sync;
pub mod telemetry;
pub mod together;
pub mod turns;
pub mod web;

pub use state::AppState;
