//! Sound, own files, zone and clock.

use std::fs;

use mitta_domain::timer::Now;
use mitta_domain::{PlanChoice, Sound, UnixMillis};
use mitta_store::DataDir;

use crate::api::{Advice, Check, CheckName, Found};
use crate::clock::Clock;
use crate::sound::{BellOutput, files};

/// 2026-01-01: this program was written later, so a wall clock before it is wrong.
const WRITTEN_AT: UnixMillis = UnixMillis(1_767_225_600_000);
/// How far wall clock and boot clock may part while the doctor looks, in milliseconds.
const TOLERANCE_MS: i128 = 2_000;
/// A sit that is being prepared starts a little later than now; a day is beyond doubt.
const DAY_MS: i64 = 86_400_000;

/// The device, and the sounds of the last sit.
pub(super) fn sound(output: &dyn BellOutput, choice: &PlanChoice) -> Check {
    let name = CheckName::Sound;
    let bells = [&choice.start_bell, &choice.interval_bell, &choice.end_bell].map(Clone::clone);
    let problems = output.check(&bells);
    if problems.is_empty() {
        return Check::well(name, Found::SoundWell);
    }
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Check::bad(name, Found::SoundBad, Advice::CheckSound).text(found.join("; "))
}

/// Every file of the person's own.
pub(super) fn own_files(dir: &DataDir) -> Check {
    let name = CheckName::OwnSounds;
    let Ok(entries) = fs::read_dir(dir.sounds()) else {
        return Check::well(name, Found::OwnSounds).count(0_u32);
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
        Check::well(name, Found::OwnSounds).count(files.len())
    } else {
        Check::bad(name, Found::OwnSoundsBad, Advice::ChooseAgain).text(broken.join("; "))
    }
}

pub(super) fn zone(clock: &dyn Clock) -> Check {
    let name = CheckName::Zone;
    match clock.zone() {
        Ok(zone) => Check::well(name, Found::Zone).text(zone.name()),
        Err(error) => Check::bad(name, Found::ZoneUnknown, Advice::SetZone).text(error),
    }
}

/// Whether the clocks went the same way from `before` to `now`, and the wall clock shows a time
/// that can be.
pub(super) fn clock(before: Now, now: Now, newest: Option<UnixMillis>) -> Check {
    let name = CheckName::Clock;
    if now.boot_ms < before.boot_ms || now.awake_ms < before.awake_ms {
        return Check::bad(name, Found::ClockBack, Advice::Report);
    }
    let wall_ms = i128::from(now.wall_ms.0) - i128::from(before.wall_ms.0);
    let boot_ms = i128::from(now.boot_ms - before.boot_ms);
    if (wall_ms - boot_ms).abs() > TOLERANCE_MS {
        return Check::bad(name, Found::WallMoved, Advice::SetClock).count(wall_ms - boot_ms);
    }
    if now.wall_ms < WRITTEN_AT || newest.is_some_and(|newest| newest > now.wall_ms.plus_ms(DAY_MS))
    {
        return Check::bad(name, Found::WallEarly, Advice::SetClock);
    }
    Check::well(name, Found::ClocksAgree)
}

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
        let check = |now: Now, newest, expected: (Found, Option<i64>)| {
            let check = clock(before, now, newest);
            assert_eq!((check.found, check.count), expected);
            assert_eq!(check.ok, check.advice.is_none());
        };
        let tomorrow = Some(before.wall_ms.plus_ms(2 * DAY_MS));
        check(
            after(300, 310),
            Some(before.wall_ms),
            (Found::ClocksAgree, None),
        );
        check(
            after(300, 3_600_300),
            None,
            (Found::WallMoved, Some(3_600_000)),
        );
        check(
            after(300, -3_600_000),
            None,
            (Found::WallMoved, Some(-3_600_300)),
        );
        check(after(300, 300), tomorrow, (Found::WallEarly, None));
        let back = Now {
            awake_ms: 39_999,
            ..before
        };
        check(back, None, (Found::ClockBack, None));
        let long_ago = Now {
            wall_ms: UnixMillis(0),
            ..before
        };
        assert_eq!(clock(long_ago, long_ago, None).found, Found::WallEarly);
    }
}
