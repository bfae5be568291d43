//! Sound, own files, zone and clock.

use std::fs;

use mitta_domain::timer::Now;
use mitta_domain::{PlanChoice, Sound, UnixMillis};
use mitta_runtime::clock::Clock;
use mitta_runtime::sound::{BellOutput as _, RodioOutput, files};
use mitta_store::DataDir;

use super::Check;
use crate::words;

/// 2026-01-01: this program was written later, so a wall clock before it is wrong.
const WRITTEN_AT: UnixMillis = UnixMillis(1_767_225_600_000);
/// How far wall clock and boot clock may part while the doctor looks, in milliseconds.
const TOLERANCE_MS: i128 = 2_000;

/// The device, and the sounds of the last sit.
pub fn sound(dir: &DataDir, choice: &PlanChoice) -> Check {
    let name = "sound";
    let output = RodioOutput::start(dir.sounds(), |_| {});
    let bells = [&choice.start_bell, &choice.interval_bell, &choice.end_bell].map(Clone::clone);
    let problems = output.check(&bells);
    if problems.is_empty() {
        return Check::well(name, words::SOUND_WELL);
    }
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Check::bad(name, found.join("; "), words::CHECK_SOUND)
}

/// Every file of the person's own.
pub fn own_files(dir: &DataDir) -> Check {
    let name = "own_sounds";
    let Ok(entries) = fs::read_dir(dir.sounds()) else {
        return Check::well(name, words::own_sounds(0));
    };
    let files: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    let broken: Vec<String> = files
        .iter()
        .filter_map(|file| {
            let (file, name) = (file.clone(), file.clone());
            let shown = name.clone();
            let error = files::check(&Sound::File { file, name }, &dir.sounds()).err()?;
            Some(format!("{shown}: {error}"))
        })
        .collect();
    if broken.is_empty() {
        Check::well(name, words::own_sounds(files.len()))
    } else {
        Check::bad(name, broken.join("; "), words::CHOOSE_AGAIN)
    }
}

pub fn zone(clock: &dyn Clock) -> Check {
    match clock.zone() {
        Ok(zone) => Check::well("zone", zone.name()),
        Err(error) => Check::bad("zone", error.to_string(), words::SET_ZONE),
    }
}

/// Whether the clocks went the same way from `before` to `now`, and the wall clock shows a time
/// that can be.
pub fn clock(before: Now, now: Now, newest: Option<UnixMillis>) -> Check {
    let name = "clock";
    if now.boot_ms < before.boot_ms || now.awake_ms < before.awake_ms {
        return Check::bad(name, words::CLOCK_BACK, words::REPORT);
    }
    let wall_ms = i128::from(now.wall_ms.0) - i128::from(before.wall_ms.0);
    let boot_ms = i128::from(now.boot_ms - before.boot_ms);
    if (wall_ms - boot_ms).abs() > TOLERANCE_MS {
        return Check::bad(name, words::wall_moved(wall_ms - boot_ms), words::SET_CLOCK);
    }
    if now.wall_ms < WRITTEN_AT || newest.is_some_and(|newest| newest > now.wall_ms.plus_ms(DAY_MS))
    {
        return Check::bad(name, words::WALL_EARLY, words::SET_CLOCK);
    }
    Check::well(name, words::CLOCK_WELL)
}

/// A sit that is being prepared starts a little later than now; a day is beyond doubt.
const DAY_MS: i64 = 86_400_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_goes_wrong_is_noticed() {
        let before = Now {
            boot_ms: 50_000,
            awake_ms: 40_000,
            wall_ms: WRITTEN_AT.plus_ms(1_000),
        };
        let after = |boot_ms: u64, wall_ms: i64| Now {
            boot_ms: before.boot_ms + boot_ms,
            wall_ms: before.wall_ms.plus_ms(wall_ms),
            ..before
        };
        let found = |now: Now, newest| clock(before, now, newest).found;
        let tomorrow = Some(before.wall_ms.plus_ms(2 * DAY_MS));

        assert_eq!(
            found(after(300, 310), Some(before.wall_ms)),
            words::CLOCK_WELL
        );
        assert_eq!(
            found(after(300, 3_600_300), None),
            words::wall_moved(3_600_000)
        );
        assert_eq!(
            found(after(300, -3_600_000), None),
            words::wall_moved(-3_600_300)
        );
        assert_eq!(found(after(300, 300), tomorrow), words::WALL_EARLY);
        assert_eq!(
            found(
                Now {
                    awake_ms: 39_999,
                    ..before
                },
                None
            ),
            words::CLOCK_BACK
        );
        let long_ago = Now {
            wall_ms: UnixMillis(0),
            ..before
        };
        assert_eq!(clock(long_ago, long_ago, None).found, words::WALL_EARLY);
    }
}
