//! What the name of a copy tells: why it is there, and when it was made.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveDateTime};
use mitta_domain::UnixMillis;

use super::CopyKind;
use crate::DataDir;

pub(super) const EXTENSION: &str = "sqlite3";
const WEEKLY: &str = "mitta-weekly-";
const BEFORE_MIGRATION: &str = "mitta-v";
const BEFORE_RESTORE: &str = "mitta-before-restore-";
const BY_HAND: &str = "mitta-copy-";
const BY_HAND_TIME: &str = "%Y-%m-%d-%H-%M-%S";

const HOUR_MS: i64 = 3_600_000;
/// The time by hand is of a clock on the wall, of which zone is not said.
const FURTHEST_ZONE_MS: i64 = 14 * HOUR_MS;

/// Why a copy of that name is there, and the first and the last moment at which it may have been made;
/// `None` for a name that this program does not give.
pub(crate) fn made(stem: &str) -> Option<(CopyKind, UnixMillis, UnixMillis)> {
    if let Some(date) = weekly_date(stem) {
        let begins_ms = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
        let ends_ms = begins_ms + 24 * HOUR_MS;
        return Some((CopyKind::Weekly, UnixMillis(begins_ms), UnixMillis(ends_ms)));
    }
    if let Some(text) = stem.strip_prefix(BEFORE_RESTORE) {
        let at = UnixMillis(number(text)?);
        return Some((CopyKind::BeforeRestore, at, at));
    }
    if let Some(text) = stem.strip_prefix(BY_HAND) {
        let at = NaiveDateTime::parse_from_str(text, BY_HAND_TIME).ok()?;
        let at_ms = at.and_utc().timestamp_millis();
        let (from, to) = (at_ms - FURTHEST_ZONE_MS, at_ms + FURTHEST_ZONE_MS);
        return Some((CopyKind::ByHand, UnixMillis(from), UnixMillis(to)));
    }
    let (version, ms) = stem.strip_prefix(BEFORE_MIGRATION)?.split_once('-')?;
    number(version)?;
    let at = UnixMillis(number(ms)?);
    Some((CopyKind::BeforeMigration, at, at))
}

fn number(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

impl CopyKind {
    pub(crate) fn of(stem: &str) -> Self {
        made(stem).map_or(Self::Other, |(kind, ..)| kind)
    }
}

/// Where a copy that a person asks for goes if they name no place; `at` is their local time.
pub fn by_hand(dir: &DataDir, at: NaiveDateTime) -> PathBuf {
    in_backups(dir, &format!("{BY_HAND}{}", at.format(BY_HAND_TIME)))
}

/// The copy before the migration from `version`.
pub(crate) fn before_migration(dir: &DataDir, version: u32, wall_ms: UnixMillis) -> PathBuf {
    in_backups(dir, &format!("{BEFORE_MIGRATION}{version}-{}", wall_ms.0))
}

/// What is there before a restore.
pub(super) fn before_restore(dir: &DataDir, ms: i64) -> PathBuf {
    in_backups(dir, &format!("{BEFORE_RESTORE}{ms}"))
}

pub(super) fn weekly(dir: &DataDir, date: NaiveDate) -> PathBuf {
    in_backups(dir, &format!("{WEEKLY}{date}"))
}

fn in_backups(dir: &DataDir, stem: &str) -> PathBuf {
    dir.backups().join(format!("{stem}.{EXTENSION}"))
}

/// The date of a weekly copy, written as this program writes it.
pub(super) fn weekly_date(stem: &str) -> Option<NaiveDate> {
    let text = stem.strip_prefix(WEEKLY)?;
    let date = text.parse::<NaiveDate>().ok()?;
    (date.to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_this_program_gives_tells_why_and_when() {
        // 2026-11-21 00:00 UTC.
        let day_ms = 1_795_219_200_000;
        for (stem, expected) in [
            (
                "mitta-weekly-2026-11-21",
                Some((CopyKind::Weekly, day_ms, day_ms + 24 * HOUR_MS)),
            ),
            (
                "mitta-copy-2026-11-21-08-00-00",
                Some((
                    CopyKind::ByHand,
                    day_ms - 6 * HOUR_MS,
                    day_ms + 22 * HOUR_MS,
                )),
            ),
            (
                "mitta-before-restore-78",
                Some((CopyKind::BeforeRestore, 78, 78)),
            ),
            ("mitta-v2-77", Some((CopyKind::BeforeMigration, 77, 77))),
            ("mitta-weekly-2026-1-1", None),
            ("mitta-weekly-mine", None),
            ("mitta-copy-mine", None),
            ("mitta-before-restore-", None),
            ("mitta-before-restore-+7", None),
            ("mitta-v-77", None),
            ("mitta", None),
        ] {
            let found = made(stem).map(|(kind, from, to)| (kind, from.0, to.0));
            assert_eq!(found, expected, "{stem}");
        }
    }
}
