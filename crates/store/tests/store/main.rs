//! The store against real `SQLite` files in temporary folders. One binary; a module for each
//! subject.

#![expect(
    clippy::unwrap_used,
    reason = "all of it is test code, also what is not in a test function itself"
)]

mod copies;
mod copies_kept;
mod corrections;
mod corrections_last;
mod edits;
mod failures;
mod golden;
mod history;
mod imports;
mod imports_any;
mod imports_begun;
mod imports_corrected;
mod imports_siblings;
mod life;
mod locks;
mod opening;
mod own_files;
mod pages;
mod past;
mod presets;
mod properties;
mod refusals;
mod reminders;
mod restoring;
mod restoring_account;
mod restoring_cut_short;
mod search;
mod server;
mod settings;
mod starting;
mod statistics;
mod support;
mod sync_account;
mod sync_answers;
mod sync_clocks;
mod sync_compare;
mod sync_folding;
mod sync_offer;
mod sync_properties;
mod sync_pull;
mod sync_push;
mod sync_shares;
mod sync_stuck;
mod together;
