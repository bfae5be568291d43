//! The past of both who are in the pictures.

use anyhow::{Context as _, Result};
use chrono::{Datelike as _, Days, NaiveDate, TimeZone as _};
use chrono_tz::Tz;
use mitta_domain::UnixMillis;
use mitta_domain::session::Words;
use mitta_tests::desktop::seed::{Past, Seed};

const NOTES: [&str; 6] = [
    "Restless at first, then the rain.",
    "Counting breaths helped.",
    "Sleepy. Sat through it.",
    "Very quiet after the second bell.",
    "Knee, mostly.",
    "The blackbird again.",
];

/// Three months of somebody who sits most mornings and some evenings.
pub fn weeks(seed: &mut Seed) -> Result<()> {
    let zone = seed.zone;
    let today = zone
        .timestamp_millis_opt(seed.now().wall_ms.0)
        .single()
        .context("a time")?
        .date_naive();
    for ago in (1..84u64).rev() {
        let day = today.checked_sub_days(Days::new(ago)).context("a day")?;
        // A pattern that looks like chance and is the same each time.
        let chance = (ago * 7_919 + 13) % 100;
        let weekend = day.weekday().number_from_monday() > 5;
        let usual = if ago / 7 % 4 == 1 { 45 } else { 84 };
        if chance < usual {
            let minutes = if weekend { 30 } else { 20 };
            let started = at(zone, day, 6, 20 + u32::try_from(chance % 35)?)?;
            seed.past(&sit(started, minutes * 60, chance, "Morning"))?;
        }
        if chance % 7 < 2 {
            let started = at(zone, day, 21, u32::try_from(chance % 40)?)?;
            let cut_s = if chance % 3 == 0 { 412 } else { 0 };
            let mut evening = sit(started, 25 * 60, chance + 3, "Evening");
            evening.credited_s -= cut_s;
            seed.past(&evening)?;
        }
    }
    Ok(())
}

fn sit(started: UnixMillis, planned_s: u32, chance: u64, label: &str) -> Past {
    let note = usize::try_from(chance)
        .ok()
        .filter(|it| it % 3 == 0)
        .and_then(|it| NOTES.get(it / 3 % NOTES.len()));
    Past {
        started_at_ms: started.0,
        planned_s: Some(planned_s),
        credited_s: planned_s,
        interval_bells: 3,
        words: Words {
            note: note.map(|it| (*it).to_owned()),
            mood: None,
            label: Some(label.to_owned()),
        },
    }
}

fn at(zone: Tz, day: NaiveDate, hour: u32, minute: u32) -> Result<UnixMillis> {
    let local = day.and_hms_opt(hour, minute, 7).context("a time of day")?;
    let at = zone.from_local_datetime(&local).earliest();
    Ok(UnixMillis(at.context("a time that is")?.timestamp_millis()))
}
