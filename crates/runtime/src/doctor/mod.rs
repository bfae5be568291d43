//! Looks everything over that a sit needs: the same for the terminal and the window.
//!
//! Must hold: it repairs, moves and creates nothing in the data folder. The round trip of a sit is
//! made on a scratch database in a folder of its own.

mod desk;
mod folder;
mod history;
mod round_trip;
mod senses;

use std::sync::Arc;

use mitta_store::{DataDir, Reader};

use crate::api::{Check, CheckName, Examination};
use crate::clock::Clock;
use crate::display::Display;
use crate::login;
use crate::sound::{BellOutput, RodioOutput};

/// Looks everything over, and tells each check when it is made. `bells` is what would ring.
pub fn examine(
    dir: &DataDir,
    clock: &dyn Clock,
    bells: &dyn BellOutput,
    tell: &mut dyn FnMut(&Check),
) -> Examination {
    let before = clock.now();
    let mut checks = Vec::new();
    let mut add = |check: Check| {
        tell(&check);
        checks.push(check);
    };
    add(folder::writable(dir));
    add(folder::space(dir));
    let reader = match Reader::open(dir) {
        Ok(reader) => Some(reader),
        Err(error) => {
            add(history::cannot_open(dir, &error));
            None
        }
    };
    if let Some(reader) = &reader {
        add(history::database(dir, reader));
        add(history::sits(dir, reader));
        add(history::outbox(reader));
        add(history::backups(dir, reader, before.wall_ms));
    }
    add(round_trip::check(clock));
    let settings = reader.as_ref().and_then(|reader| reader.settings().ok());
    let settings = settings.unwrap_or_default();
    add(senses::sound(bells, &settings.choice));
    add(senses::own_files(dir));
    add(senses::zone(clock));
    let newest = reader.as_ref().and_then(history::newest_start);
    add(senses::clock(before, clock.now(), newest));
    add(desk::start_at_login(login::look()));
    add(desk::shortcut(settings.shortcut.as_ref(), Display::here()));
    let is_database_well = checks
        .iter()
        .any(|check| check.name == CheckName::Database && check.ok);
    Examination {
        checks,
        is_database_well: is_database_well && reader.is_some(),
    }
}

/// The output that a look at the sound needs, where no engine has one.
pub fn bells(dir: &DataDir) -> Arc<dyn BellOutput> {
    Arc::new(RodioOutput::start(dir.sounds(), |_| {}))
}
