//! When it is tried again: full jitter from one second to five minutes, never before the server wants.

/// The first wait is at most so long, in milliseconds.
const FIRST_MS: u64 = 1_000;
/// No wait is longer, in milliseconds, unless the server asks for it.
const LONGEST_MS: u64 = 300_000;
/// A wait is at least so long, so that no mistake becomes a hot loop.
const SHORTEST_MS: u64 = 200;

/// How often it failed in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// It went well, or something has changed that makes a try worthwhile.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// It failed: after how many milliseconds to try again. `random` is any number; `after_s` is what
    /// the server said, in whole seconds.
    pub(crate) fn failed(&mut self, random: u64, after_s: Option<u32>) -> u64 {
        let most = FIRST_MS
            .saturating_mul(1 << self.failures.min(16))
            .min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        let wait_ms = SHORTEST_MS + random % (most - SHORTEST_MS + 1);
        let told_ms = u64::from(after_s.unwrap_or(0)) * 1000;
        // Those who were sent away together do not come back together.
        if told_ms > wait_ms {
            told_ms + random % FIRST_MS
        } else {
            wait_ms
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 1_000)]
    #[case(1, 2_000)]
    #[case(5, 32_000)]
    #[case(9, 300_000)]
    #[case(1_000, 300_000)]
    fn it_waits_longer_with_every_failure_up_to_five_minutes(
        #[case] failures: u32,
        #[case] most_ms: u64,
    ) {
        let waits = [0, 1, 777, u64::from(u32::MAX), u64::MAX].map(|random| {
            let mut backoff = Backoff { failures };
            backoff.failed(random, None)
        });
        assert!(waits.iter().all(|ms| (SHORTEST_MS..=most_ms).contains(ms)));
        let longest = Backoff { failures }.failed(most_ms - SHORTEST_MS, None);
        assert_eq!(longest, most_ms);
    }

    #[test]
    fn it_never_comes_back_before_the_server_wants() {
        let mut backoff = Backoff::default();
        for random in [0, 5, u64::MAX] {
            assert!(backoff.failed(random, Some(600)) >= 600_000);
        }
    }

    #[test]
    fn after_a_change_it_begins_anew() {
        let mut backoff = Backoff { failures: 30 };
        backoff.reset();
        assert!(backoff.failed(u64::MAX, None) <= 1_000);
    }
}
