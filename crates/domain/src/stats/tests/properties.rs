//! Every figure against a second computation, sit by sit and date by date, that is slow and obvious.

use chrono::Timelike as _;
use proptest::prelude::*;

use super::*;

pub(super) const WEEK_STARTS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];
const LABELS: [Option<&str>; 4] = [None, Some("Zazen"), Some("Metta"), Some("Ähnlich")];

/// A sit: days after 2026-11-02, minutes of the day by the own clock, offset, credited, label.
type Made = (u64, u32, i32, u32, usize);

fn any_sits() -> impl Strategy<Value = Vec<Made>> {
    let offset_s = prop_oneof![Just(0), Just(3600), Just(-34_200), Just(50_400)];
    let sit = (
        0u64..800,
        0u32..1440,
        offset_s,
        1u32..=86_400,
        0..LABELS.len(),
    );
    proptest::collection::vec(sit, 0..80)
}

fn first() -> NaiveDate {
    date("2026-11-02")
}

fn made(&(after, minute, utc_offset_s, credited_s, label): &Made) -> SatSit<'static> {
    let local_date = first() + Days::new(after);
    let face = local_date
        .and_hms_opt(minute / 60, minute % 60, 30)
        .unwrap();
    let utc_ms = face.and_utc().timestamp_millis() - i64::from(utc_offset_s) * 1000;
    SatSit {
        local_date,
        started_at_ms: UnixMillis(utc_ms),
        utc_offset_s,
        credited_s: Seconds(credited_s),
        label: LABELS[label],
    }
}

fn days_of(sits: &[SatSit<'_>]) -> Vec<DayTotal> {
    let mut days: Vec<DayTotal> = Vec::new();
    for sit in sits {
        let credited_s = u64::from(sit.credited_s.0);
        match days.iter_mut().find(|day| day.local_date == sit.local_date) {
            Some(day) => {
                day.sits += 1;
                day.credited_s += credited_s;
            }
            None => days.push(DayTotal {
                local_date: sit.local_date,
                sits: 1,
                credited_s,
            }),
        }
    }
    days.sort_by_key(|day| day.local_date);
    days
}

/// Walks the dates of the span one by one and looks at every sit on each of them.
fn check_span(span: &Span, sits: &[SatSit<'_>], today: NaiveDate) -> Result<(), TestCaseError> {
    let (mut of_days, mut days_over, mut with_a_sit, mut count, mut sum_s) = (0, 0, 0, 0, 0u64);
    let mut at = span.from;
    while at <= span.to {
        let on_it: Vec<_> = sits.iter().filter(|sit| sit.local_date == at).collect();
        of_days += 1;
        days_over += u32::from(at < today);
        with_a_sit += u32::from(!on_it.is_empty());
        count += on_it.len();
        sum_s += on_it
            .iter()
            .map(|sit| u64::from(sit.credited_s.0))
            .sum::<u64>();
        at = at.succ_opt().unwrap();
    }
    prop_assert_eq!(
        (span.of_days, span.days_over),
        (of_days, days_over),
        "{:?}",
        span
    );
    prop_assert_eq!(span.is_over, days_over == of_days);
    prop_assert_eq!(
        (span.sits as usize, span.credited_s, span.days),
        (count, sum_s, with_a_sit)
    );
    Ok(())
}

/// What a person would count by hand of the scope's sits.
fn check_scope(
    scope: &ScopeStatistics,
    sits: &[SatSit<'_>],
    today: NaiveDate,
) -> Result<(), TestCaseError> {
    let total = scope.total;
    check_span(&total, sits, today)?;
    let within: Vec<_> = sits
        .iter()
        .filter(|sit| total.from <= sit.local_date && sit.local_date <= total.to)
        .collect();
    for hour in 0..24u8 {
        let begun = within.iter().filter(|sit| {
            let utc = chrono::DateTime::from_timestamp_millis(sit.started_at_ms.0).unwrap();
            let zone = chrono::FixedOffset::east_opt(sit.utc_offset_s).unwrap();
            utc.with_timezone(&zone).hour() == u32::from(hour)
        });
        let (sits, sum_s) = begun.fold((0, 0), |(n, sum), sit| {
            (n + 1, sum + u64::from(sit.credited_s.0))
        });
        let found = scope.hours[usize::from(hour)];
        prop_assert_eq!(
            (found.hour, found.sits, found.credited_s),
            (hour, sits, sum_s)
        );
    }
    for label in LABELS {
        let under = within.iter().filter(|sit| sit.label == label);
        let sum_s: u64 = under.map(|sit| u64::from(sit.credited_s.0)).sum();
        let found = scope
            .labels
            .iter()
            .find(|total| total.label.as_deref() == label);
        prop_assert_eq!(found.map_or(0, |total| total.credited_s), sum_s);
    }
    prop_assert!(
        scope
            .labels
            .is_sorted_by(|a, b| a.credited_s >= b.credited_s)
    );
    let longest = within.iter().map(|sit| sit.credited_s).max();
    prop_assert_eq!(scope.longest.map(|longest| longest.credited_s), longest);
    if let Some(heat) = &scope.heat {
        prop_assert!(
            heat.level_from_s.is_sorted_by(|a, b| a < b),
            "{:?}",
            heat.level_from_s
        );
        prop_assert_eq!(heat.days.len(), total.days as usize);
        for day in &heat.days {
            let from_s = heat.level_from_s[usize::from(day.level) - 1];
            prop_assert!(from_s <= day.credited_s);
            let next = heat.level_from_s.get(usize::from(day.level));
            prop_assert!(next.is_none_or(|next| day.credited_s < *next));
        }
    }
    Ok(())
}

/// The streaks by marching over every date from the first on, once, with a run that breaks.
fn streaks_by_marching(sits: &[SatSit<'_>], today: NaiveDate, rest: WeekdaySet) -> (u32, u32) {
    let (mut run, mut longest) = (0, 0);
    let mut at = first();
    while at <= today {
        let is_sat = sits.iter().any(|sit| sit.local_date == at);
        if is_sat {
            run += 1;
        } else if at != today && !rest.contains(at.weekday()) {
            run = 0;
        }
        longest = longest.max(run);
        at = at.succ_opt().unwrap();
    }
    (run, longest)
}

proptest! {
    #[test]
    fn every_figure_equals_a_count_by_hand(
        made_sits in any_sits(),
        today_after in 0u64..820,
        week_start in 0..7usize,
        rest in proptest::collection::vec(0..7usize, 0..3),
        scope in prop_oneof![
            Just(Scope::PastYear), Just(Scope::All), (2026..2030).prop_map(|year| Scope::Year { year }),
        ],
        goal in proptest::option::of(1u32..=604_800),
    ) {
        let sits: Vec<SatSit<'_>> = made_sits.iter().map(made).collect();
        let days = days_of(&sits);
        let today = first() + Days::new(today_after);
        let as_of = AsOf { today, week_start: WEEK_STARTS[week_start] };
        let rest: WeekdaySet = rest.into_iter().map(|day| WEEK_STARTS[day]).collect();
        let span = scope.span(&days, as_of).unwrap();
        let mut tally = Tally::default();
        for sit in sits.iter().filter(|sit| span.contains(sit.local_date)) {
            tally.add(sit);
        }
        let wishes = Wishes {
            weekly_goal: goal.map(|goal| Aim::Own(Seconds(goal))),
            streak_with_rest: Some(rest),
        };
        let found = statistics(&days, as_of, wishes, scope, &tally).unwrap();

        let spans = [found.today, found.week, found.week_before_until_now, found.month, found.all];
        for span in spans.iter().chain(&found.weeks).chain(&found.months).chain(&found.years) {
            check_span(span, &sits, today)?;
        }
        check_scope(&found.scope, &sits, today)?;

        prop_assert_eq!(found.week.from.weekday(), as_of.week_start);
        prop_assert!(found.week.from <= today && today <= found.week.to);
        for pair in found.weeks.windows(2).chain(found.months.windows(2)) {
            prop_assert_eq!(pair[0].to.succ_opt(), Some(pair[1].from), "no gap, no overlap");
        }
        prop_assert_eq!(found.weeks.last(), Some(&found.week));
        prop_assert_eq!(found.months.last(), Some(&found.month));
        let of_years: u64 = found.years.iter().map(|year| year.credited_s).sum();
        prop_assert_eq!(of_years, found.all.credited_s);
        let streak = found.streak.unwrap();
        let marched = streaks_by_marching(&sits, today, rest);
        prop_assert_eq!((streak.days, streak.longest_days), marched);
        if let Some(Goal { weekly_goal_s, left_s, week, .. }) = found.goal {
            prop_assert_eq!(week, found.week);
            let reached = found.week.credited_s;
            prop_assert_eq!(left_s == 0, reached >= u64::from(weekly_goal_s.0));
            prop_assert!(left_s == 0 || reached + left_s == u64::from(weekly_goal_s.0));
        }
    }
}
