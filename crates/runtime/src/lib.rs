//! Drives one sit: deadline thread, suspend-aware clock, sound; carries the sit timer's effects
//! out to the store, the bells and whoever watches.

pub mod alarm;
pub mod api;
pub mod awake;
pub mod clock;
pub mod display;
pub mod doctor;
mod engine;
mod errors;
pub mod ids;
pub mod login;
mod place;
pub mod sound;

pub use engine::{Config, Drive, Engine, Signal, tell_of_change};
pub use place::{data_dir, data_dir_of, name_profile};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after another thread panicked while it held the lock: the data under every mutex
/// of this crate is whole between two statements, and a sit must go on (I9).
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
