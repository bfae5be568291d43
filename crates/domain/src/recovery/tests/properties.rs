//! What must hold for any row that could be found.

use proptest::prelude::*;

use super::*;

fn any_planned() -> impl Strategy<Value = Planned> {
    let length = prop_oneof![1u32..=60, 1u32..=86_400];
    let at_end = prop_oneof![Just(AtEnd::Stop), Just(AtEnd::CountOvertime)];
    (proptest::option::of(length), at_end)
        .prop_map(|(planned_s, at_end)| Planned { planned_s, at_end })
}

fn any_phase() -> impl Strategy<Value = ProgressPhase> {
    use ProgressPhase::{Asking, Ending, Paused, Preparing, Sitting};
    prop_oneof![
        Just(Preparing),
        Just(Sitting),
        Just(Paused),
        Just(Ending),
        Just(Asking)
    ]
}

fn any_progress() -> impl Strategy<Value = Progress> {
    let day = Seconds::DAY.as_ms();
    let elapsed = prop_oneof![0..2 * MIN, 0..day + MIN];
    (any_phase(), 0..=300 * SEC, elapsed, 0..day, 0..=100u64).prop_map(
        |(phase, preparation_left_ms, elapsed_ms, paused_ms, asleep_percent)| {
            if phase == ProgressPhase::Preparing {
                return preparing(preparation_left_ms);
            }
            seen(
                phase,
                elapsed_ms,
                paused_ms,
                elapsed_ms * asleep_percent / 100,
            )
        },
    )
}

fn any_dead() -> impl Strategy<Value = Dead> {
    let ms = prop_oneof![0..10 * MIN, 0..10_000 * MIN];
    prop_oneof![
        ms.clone().prop_map(SameBoot),
        ms.prop_map(OtherBoot),
        Just(ClockWentBack),
    ]
}

/// What holds for every completion that recovery may write by itself or offer.
fn check_completion(completion: Completion, planned: Planned, progress: Progress) {
    let credited = completion.credited_s.0;
    let counts_overtime = planned.at_end == AtEnd::CountOvertime && planned.planned_s.is_some();
    let planned_s = planned.planned_s.unwrap_or(86_400);
    assert!(credited <= 86_400);
    assert!(
        credited <= planned_s || counts_overtime,
        "beyond the plan without overtime"
    );
    assert_eq!(completion.overtime_s.0, credited.saturating_sub(planned_s));
    let seen_s = Seconds::floor_ms(progress.elapsed_ms).0;
    assert!(
        credited == planned_s || credited <= seen_s,
        "credited what nobody saw"
    );
    assert!(completion.ended_at_ms >= STARTED);
    let since_start = completion.ended_at_ms.since_ms(STARTED).unwrap();
    assert!(
        since_start >= Seconds(credited).as_ms(),
        "ended before it could be credited"
    );
    let sat_ms = progress.elapsed_ms.max(Seconds(planned_s).as_ms());
    assert!(since_start <= sat_ms + progress.paused_ms);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn recovery_credits_what_was_seen_or_planned_and_nothing_else(
        planned in any_planned(),
        progress in any_progress(),
        dead in any_dead(),
    ) {
        let decision = recover(planned, progress, dead);
        let seen_s = Seconds::floor_ms(progress.elapsed_ms).0;
        let limit_s = match (planned.planned_s, planned.at_end) {
            (Some(planned_s), AtEnd::Stop) => planned_s,
            _ => 86_400,
        };
        match decision {
            Recovery::Complete(completion) => {
                check_completion(completion, planned, progress);
                prop_assert!(completion.credited_s.0 >= seen_s.min(limit_s).max(1));
                let near_end = planned.planned_s.unwrap_or(86_400).saturating_sub(seen_s) <= 15;
                prop_assert!(near_end || progress.phase == ProgressPhase::Ending);
            }
            Recovery::DiscardUnstarted(completion) => {
                check_completion(completion, planned, progress);
                prop_assert_eq!(completion.credited_s, Seconds(0));
                prop_assert_eq!(seen_s.min(limit_s), 0, "seen seconds were thrown away");
            }
            Recovery::Ask(question) => {
                check_completion(question.until_last_seen, planned, progress);
                let asking = progress.phase == ProgressPhase::Asking;
                let until = question.until_last_seen.credited_s.0;
                prop_assert!(asking || until == seen_s.min(limit_s));
                if let Some(as_planned) = question.as_planned {
                    check_completion(as_planned, planned, progress);
                    prop_assert_eq!(Some(as_planned.credited_s.0), planned.planned_s);
                } else {
                    prop_assert!(question.can_keep_until_last_seen());
                }
            }
            Recovery::Resume(resumed) if resumed.phase == ProgressPhase::Paused => {
                prop_assert_eq!(progress.phase, ProgressPhase::Paused);
                prop_assert_eq!(resumed.elapsed_ms, progress.elapsed_ms);
                prop_assert!(resumed.paused_ms >= progress.paused_ms);
            }
            Recovery::Resume(resumed) => {
                let (SameBoot(dead_ms) | OtherBoot(dead_ms)) = dead else {
                    return Err(TestCaseError::fail("went on without knowing the time"));
                };
                prop_assert!(dead_ms < RESUME_WITHIN_MS);
                prop_assert!(resumed.elapsed_ms < Seconds(planned.planned_s.unwrap()).as_ms());
                prop_assert_eq!(resumed.paused_ms, progress.paused_ms);
                prop_assert_eq!(resumed.asleep_ms, progress.asleep_ms);
                let passed = resumed.elapsed_ms - progress.elapsed_ms
                    + (progress.preparation_left_ms - resumed.preparation_left_ms);
                prop_assert_eq!(passed, dead_ms);
            }
        }
    }

    #[test]
    fn no_row_that_could_be_read_breaks_recovery(
        planned in any_planned(),
        phase in any_phase(),
        numbers in any::<[u64; 7]>(),
        walls in any::<[i64; 3]>(),
        same_boot in any::<bool>(),
    ) {
        let [preparation_left_ms, elapsed_ms, paused_ms, asleep_ms, boot_ms, now_ms, awake_ms] =
            numbers;
        let progress =
            Progress { phase, preparation_left_ms, elapsed_ms, paused_ms, asleep_ms };
        let wall_ms = UnixMillis(walls[0]);
        let last_seen = Heartbeat { wall_ms, boot_ms, boot_id: "a".to_owned(), progress };
        let mut row = unfinished(planned, Some(last_seen));
        row.start.started_at_ms = UnixMillis(walls[1]);
        let now = Now { boot_ms: now_ms, awake_ms, wall_ms: UnixMillis(walls[2]) };
        decide(&row, now, if same_boot { "a" } else { "b" });
    }
}
