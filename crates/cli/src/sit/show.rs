//! The line that changes once a second, between two views of the engine.

use mitta_domain::{PlannedLength, Seconds};
use mitta_runtime::api::{SitPhase, SitView};

use crate::words;

/// The engine's last word on the sit, and when it was said.
#[derive(Debug)]
pub struct Shown {
    pub view: SitView,
    said_boot_ms: u64,
}

impl Shown {
    pub const fn new(view: SitView, now_boot_ms: u64) -> Self {
        Self {
            view,
            said_boot_ms: now_boot_ms,
        }
    }

    fn passed_ms(&self, now_boot_ms: u64) -> u64 {
        if self.view.ticking {
            now_boot_ms.saturating_sub(self.said_boot_ms)
        } else {
            0
        }
    }

    /// What stands in the terminal at this moment.
    pub fn line(&self, now_boot_ms: u64) -> String {
        let passed_ms = self.passed_ms(now_boot_ms);
        let elapsed_ms = self.view.elapsed_ms + passed_ms;
        let planned = self.view.planned_s.map(PlannedLength::seconds);
        match (self.view.phase, planned) {
            (SitPhase::Preparing, _) => {
                words::starts_in(rounded_up(self.view.preparation_left_ms, passed_ms))
            }
            (SitPhase::Sitting, Some(planned)) => {
                words::left(rounded_up(planned.as_ms(), elapsed_ms))
            }
            (SitPhase::Sitting, None) => words::sat(Seconds::floor_ms(elapsed_ms)),
            (SitPhase::Overtime, Some(planned)) => words::over(Seconds::floor_ms(
                elapsed_ms.saturating_sub(planned.as_ms()),
            )),
            (SitPhase::Paused, _) => words::paused(Seconds::floor_ms(elapsed_ms)),
            _ => String::new(),
        }
    }

    /// Milliseconds until that line is another one; `None` where it stays.
    pub fn changes_in_ms(&self, now_boot_ms: u64) -> Option<u64> {
        let passed_ms = self.passed_ms(now_boot_ms);
        let counts_down_from = match (self.view.phase, self.view.planned_s) {
            _ if !self.view.ticking => return None,
            (SitPhase::Preparing, _) => Some(self.view.preparation_left_ms),
            (SitPhase::Sitting, Some(planned)) => Some(
                planned
                    .seconds()
                    .as_ms()
                    .saturating_sub(self.view.elapsed_ms),
            ),
            _ => None,
        };
        let into_second_ms = match counts_down_from {
            // Past zero the engine's next word is due any moment.
            Some(from_ms) if passed_ms >= from_ms => return None,
            Some(from_ms) => (1000 - (from_ms - passed_ms) % 1000) % 1000,
            None => (self.view.elapsed_ms + passed_ms) % 1000,
        };
        Some(1000 - into_second_ms)
    }
}

/// What is left of `whole_ms`, so that a full length is shown at first and 0:00 only at the end.
fn rounded_up(whole_ms: u64, passed_ms: u64) -> Seconds {
    Seconds::floor_ms(whole_ms.saturating_sub(passed_ms).saturating_add(999))
}

#[cfg(test)]
mod tests {
    use mitta_domain::SessionId;
    use mitta_runtime::api::Recording;
    use rstest::rstest;

    use super::*;

    fn view(phase: SitPhase, planned_s: Option<u32>, elapsed_ms: u64) -> SitView {
        let session_id = "0197a3c2-5f00-7000-8000-000000000001".parse::<SessionId>();
        SitView {
            session_id: session_id.expect("an id"),
            phase,
            ticking: !matches!(phase, SitPhase::Paused | SitPhase::Asking),
            planned_s: planned_s.map(|s| PlannedLength::from_seconds(s).expect("in range")),
            preparation_left_ms: if phase == SitPhase::Preparing {
                10_000
            } else {
                0
            },
            elapsed_ms,
            asleep_ms: 0,
            undo_left_ms: 0,
            ends_at_ms: None,
            interval_at_s: Vec::new(),
            label: None,
            together_id: None,
            is_private: false,
            question: None,
            completion: None,
            discarded: false,
            recording: Recording::Recorded,
        }
    }

    #[rstest]
    #[case(SitPhase::Preparing, Some(60), 0, 0, "0:10", Some(1_000))]
    #[case(SitPhase::Preparing, Some(60), 0, 1, "0:10", Some(999))]
    #[case(SitPhase::Preparing, Some(60), 0, 1_000, "0:09", Some(1_000))]
    #[case(SitPhase::Preparing, Some(60), 0, 10_000, "0:00", None)]
    #[case(SitPhase::Sitting, Some(60), 400, 0, "1:00", Some(600))]
    #[case(SitPhase::Sitting, Some(60), 400, 601, "0:59", Some(999))]
    #[case(SitPhase::Sitting, Some(60), 400, 70_000, "0:00", None)]
    #[case(SitPhase::Sitting, None, 3_600_400, 0, "1:00:00", Some(600))]
    #[case(SitPhase::Overtime, Some(60), 61_200, 0, "0:01", Some(800))]
    #[case(SitPhase::Paused, Some(60), 5_400, 9_000, "0:05", None)]
    fn the_line_counts_from_the_last_view(
        #[case] phase: SitPhase,
        #[case] planned_s: Option<u32>,
        #[case] elapsed_ms: u64,
        #[case] passed_ms: u64,
        #[case] dial: &str,
        #[case] changes_in_ms: Option<u64>,
    ) {
        let shown = Shown::new(view(phase, planned_s, elapsed_ms), 5_000);
        let line = shown.line(5_000 + passed_ms);
        let said = line
            .split(' ')
            .any(|word| word.trim_start_matches('+') == dial);
        assert!(said, "{line:?} does not say {dial}");
        assert_eq!(shown.changes_in_ms(5_000 + passed_ms), changes_in_ms);
    }

    #[test]
    fn the_line_is_another_one_when_it_is_said_to_change_and_not_before() {
        for (phase, planned_s) in [
            (SitPhase::Preparing, Some(60)),
            (SitPhase::Sitting, Some(60)),
            (SitPhase::Sitting, None),
            (SitPhase::Overtime, Some(60)),
        ] {
            let elapsed_ms = if phase == SitPhase::Overtime {
                60_123
            } else {
                123
            };
            let shown = Shown::new(view(phase, planned_s, elapsed_ms), 0);
            for now_ms in (0..9_000).step_by(37) {
                let line = shown.line(now_ms);
                let change_ms = now_ms + shown.changes_in_ms(now_ms).expect("it counts");
                assert_eq!(shown.line(change_ms - 1), line, "{phase:?} at {now_ms}");
                assert_ne!(shown.line(change_ms), line, "{phase:?} at {now_ms}");
            }
        }
    }
}
