//! When bells are due within a sit, and which of them may still be struck.

use crate::bells::{BellKind, STRIKE_SPACING_MS};
use crate::plan::Plan;

/// A bell that is later than this is not struck any more (the end bell always is, once).
pub(super) const LATEST_STRIKE_MS: u64 = 2_000;

/// Start and interval strikes by elapsed time: ascending, all before the end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Schedule(Vec<(u64, BellKind, u8)>);

impl Schedule {
    pub(super) fn of(plan: &Plan) -> Self {
        let start = (0..plan.choice.start_bell.strikes)
            .map(|index| (u64::from(index) * STRIKE_SPACING_MS, BellKind::Start, index));
        let rings = plan.choice.interval_bell.strikes > 0;
        let intervals = plan
            .interval_at_s
            .iter()
            .filter(|_| rings)
            .map(|at| (at.as_ms(), BellKind::Interval, 0));
        let limit_ms = plan.limit_ms();
        let mut strikes: Vec<_> = start
            .chain(intervals)
            .filter(|(due_ms, ..)| *due_ms < limit_ms)
            .collect();
        strikes.sort_unstable();
        Self(strikes)
    }

    /// The strike to make at `elapsed_ms`, if what was due after `rung_until_ms` is fresh enough:
    /// the latest one only.
    pub(super) fn due(
        &self,
        rung_until_ms: Option<u64>,
        elapsed_ms: u64,
    ) -> Option<(BellKind, u8, u64)> {
        let from = self.first_after(rung_until_ms);
        let to = self.0.partition_point(|(due_ms, ..)| *due_ms <= elapsed_ms);
        let (due_ms, kind, index) = *self.0.get(from..to)?.last()?;
        (elapsed_ms - due_ms <= LATEST_STRIKE_MS).then_some((kind, index, due_ms))
    }

    /// When the next strike after `rung_until_ms` is due.
    pub(super) fn next(&self, rung_until_ms: Option<u64>) -> Option<u64> {
        self.0
            .get(self.first_after(rung_until_ms))
            .map(|(due_ms, ..)| *due_ms)
    }

    fn first_after(&self, rung_until_ms: Option<u64>) -> usize {
        rung_until_ms.map_or(0, |until| {
            self.0.partition_point(|(due_ms, ..)| *due_ms <= until)
        })
    }
}

/// When strike `index` of an end bell is due.
pub(super) const fn end_due(first_boot_ms: u64, index: u8) -> u64 {
    first_boot_ms + index as u64 * STRIKE_SPACING_MS
}

/// The end strike to make at `boot_ms` with its due time, and the index of the next one.
pub(super) fn end_strike(
    first_boot_ms: u64,
    next: u8,
    strikes: u8,
    boot_ms: u64,
) -> (Option<(u8, u64)>, u8) {
    let due = |index| end_due(first_boot_ms, index);
    let after = (next..strikes)
        .find(|index| due(*index) > boot_ms)
        .unwrap_or(strikes);
    let strike = (next..after)
        .next_back()
        .map(|index| (index, due(index)))
        .filter(|(_, due_ms)| boot_ms - due_ms <= LATEST_STRIKE_MS);
    (strike, after)
}
