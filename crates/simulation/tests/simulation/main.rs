//! Histories by the thousand, a hundred of them behind Postgres as well, and the ones that have a name.

mod many;
mod postgres;
mod scenarios;
