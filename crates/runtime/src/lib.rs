//! Drives one sit: deadline thread, suspend-aware clock, sound; carries the sit timer's effects
//! out to the store, the bells and whoever watches.

pub mod api;
pub mod sound;
