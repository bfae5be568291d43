//! In which language Mitta speaks outside its window, and how it says something in all of them.
//!
//! Must hold: a program asks for the system's locale once, at its start; what it writes for other
//! programs (JSON, logs) is never translated.

mod dates;
mod environment;
mod failures;
mod locale;
mod speech;

pub use dates::{date, write_dates};
pub use failures::failure;
pub use locale::{Locale, Spoken};
pub use speech::{speak, speaking, spoken};
