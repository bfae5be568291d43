//! A goal, the own or that of a partnership, is held against its week.

use chrono::Weekday;
use rstest::rstest;

use super::*;

#[test]
fn a_goal_says_what_is_left_of_it() {
    let goal = |credited_s| {
        let wishes = Wishes {
            weekly_goal: Some(Aim::Own(Seconds(700))),
            streak_with_rest: None,
        };
        let days = [day("2026-11-24", credited_s)];
        let found = statistics(
            &days,
            as_of("2026-11-25"),
            wishes,
            Scope::All,
            &Tally::default(),
        );
        found.unwrap().goal.unwrap().left_s
    };
    assert_eq!((goal(0), goal(699), goal(700), goal(9999)), (700, 1, 0, 0));
}

/// 2026-11-29 is a Sunday: its week began on Monday, or begins on it.
#[rstest]
#[case::mon(Weekday::Mon, "2026-11-23", 150)]
#[case::sat(Weekday::Sat, "2026-11-28", 90)]
#[case::sun(Weekday::Sun, "2026-11-29", 50)]
fn a_goal_of_a_partnership_counts_what_is_shared_in_its_own_week(
    #[case] week_start: Weekday,
    #[case] from: &str,
    #[case] credited_s: u64,
) {
    let all = [
        ("2026-11-22", 10),
        ("2026-11-23", 160),
        ("2026-11-28", 40),
        ("2026-11-29", 55),
    ];
    let shared = [
        ("2026-11-22", 10),
        ("2026-11-23", 60),
        ("2026-11-28", 40),
        ("2026-11-29", 50),
    ];
    let days = |days: [(&str, u64); 4]| days.map(|(date, credited_s)| day(date, credited_s));
    let aim = Aim::Partnership {
        name: "Ties".to_owned(),
        goal_s: Seconds(200),
        week_start,
        days: days(shared).into(),
    };
    let wishes = Wishes {
        weekly_goal: Some(aim),
        streak_with_rest: None,
    };
    let today = as_of("2026-11-29");
    let found = statistics(&days(all), today, wishes, Scope::All, &Tally::default()).unwrap();
    let goal = found.goal.unwrap();
    assert_eq!(
        (goal.week.from, goal.week.credited_s),
        (date(from), credited_s)
    );
    assert_eq!(goal.left_s, 200 - credited_s);
    assert!(!goal.week.is_over);
    let together = totals::by_week(&days(shared), Week::of(today.today, week_start), 2);
    let last = together.last().unwrap();
    assert_eq!(
        (goal.week.from, goal.week.to),
        (last.span.from, last.span.to)
    );
    assert_eq!(
        (goal.week.credited_s, goal.week.sits),
        (last.credited_s, last.sits)
    );
    assert_eq!(
        (found.week.from, found.week.credited_s),
        (date("2026-11-23"), 255)
    );
}
