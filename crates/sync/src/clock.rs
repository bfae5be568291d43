//! How the server's clock stands to this computer's: measured, and converted by.
//!
//! Must hold: once measured, a start that was agreed on is known on this computer's own clock, without
//! the network, and whatever the wall clock is set to while the computer runs.

use mitta_domain::{Seat, UnixMillis};
use mitta_store::{ClockRow, SeatRow};

/// This moment on this computer's clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) wall_ms: UnixMillis,
    /// The clock that counts on while the computer sleeps.
    pub(crate) boot_ms: u64,
    /// Which boot it counts from; empty where the system does not tell.
    pub(crate) boot_id: String,
}

impl Moment {
    fn boot(&self) -> i64 {
        i64::try_from(self.boot_ms).unwrap_or(i64::MAX)
    }

    fn is_of_boot(&self, boot_id: &str) -> bool {
        !self.boot_id.is_empty() && self.boot_id == boot_id
    }
}

/// A question for the server's time, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) asked: Moment,
    pub(crate) server_time_ms: UnixMillis,
    pub(crate) heard: Moment,
}

impl Sample {
    const fn round_trip_ms(&self) -> u64 {
        self.heard.boot_ms.saturating_sub(self.asked.boot_ms)
    }

    /// The server read its clock somewhere between question and answer: in the middle it is off by half
    /// the round trip at most.
    fn row(&self) -> ClockRow {
        let round_trip_ms = self.round_trip_ms();
        let half = i64::try_from(round_trip_ms / 2).unwrap_or(i64::MAX);
        let middle = self.asked.boot().saturating_add(half);
        let server_minus_boot_ms = self.server_time_ms.0.saturating_sub(middle);
        let boot_minus_wall = self.heard.boot().saturating_sub(self.heard.wall_ms.0);
        ClockRow {
            measured_at_ms: self.heard.wall_ms,
            server_minus_wall_ms: server_minus_boot_ms.saturating_add(boot_minus_wall),
            boot_id: self.heard.boot_id.clone(),
            server_minus_boot_ms,
            error_ms: u32::try_from(round_trip_ms.div_ceil(2)).unwrap_or(u32::MAX),
        }
    }
}

/// What the samples say together: that of the shortest round trip is off by the least.
pub(crate) fn best(samples: &[Sample]) -> Option<ClockRow> {
    let best = samples.iter().min_by_key(|sample| sample.round_trip_ms());
    best.map(Sample::row)
}

/// Whether it was measured in this boot, not longer ago than `for_ms`.
pub(crate) fn is_fresh(clock: &ClockRow, here: &Moment, for_ms: u64) -> bool {
    let age_ms = here.wall_ms.since_ms(clock.measured_at_ms);
    // Where the system does not tell boots apart, the wall clock alone judges.
    here.boot_id == clock.boot_id && age_ms.is_some_and(|age_ms| age_ms < for_ms)
}

/// The server's clock now.
pub(crate) fn server_now(clock: &ClockRow, here: &Moment) -> UnixMillis {
    if here.is_of_boot(&clock.boot_id) {
        UnixMillis(here.boot().saturating_add(clock.server_minus_boot_ms))
    } else {
        here.wall_ms.plus_ms(clock.server_minus_wall_ms)
    }
}

/// A seat with its start on this computer's own clock.
pub(crate) fn seat(row: &SeatRow, clock: &ClockRow, here: &Moment) -> Seat {
    let until_start = row.starts_at_ms.0.saturating_sub(server_now(clock, here).0);
    Seat {
        together_id: row.together_id,
        starts_at_boot_ms: here.boot().saturating_add(until_start),
        planned_s: row.planned_s,
        bells: row.bells,
    }
}

/// When a sitting together is over, on the clock of its start.
pub(crate) fn ends_at(row: &SeatRow) -> UnixMillis {
    row.starts_at_ms
        .plus_ms(i64::from(row.planned_s.seconds().0) * 1000)
}

#[cfg(test)]
mod tests;
