//! What `mitta stats` says.

use mitta_domain::stats::{
    GoalOf, HourTotal, LabelTotal, Scope, ScopeStatistics, Span, Statistics, Streak,
};
use mitta_domain::units::spoken;

use chrono::{Datelike as _, NaiveDate, Weekday};
use mitta_words::{date, say, word};

use super::dates::span;
use super::{printable, sits};

/// The labels that are listed; the JSON has all of them.
const LISTED_LABELS: usize = 12;

/// A name, how long, how many, and what of it is not over.
fn line(name: &str, credited_s: u64, count: u32, rest: &str) -> String {
    let line = format!(
        "{name:<24}{:>12}   {:<8}   {rest}",
        spoken(credited_s),
        sits(count)
    );
    line.trim_end().to_owned()
}

fn of_span(name: &str, span: &Span) -> String {
    line(name, span.credited_s, span.sits, &so_far(span))
}

/// That a span is not over, and how much of it is; nothing for one that is.
fn so_far(span: &Span) -> String {
    match (span.is_over, span.of_days) {
        (true, _) => String::new(),
        (false, 1) => word!("so far", "bisher").to_owned(),
        (false, of_days) => say!(
            "so far: {} of {of_days} days are over",
            "bisher: {} von {of_days} Tagen sind vorbei",
            span.days_over
        ),
    }
}

fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => word!("Monday", "Montag"),
        Weekday::Tue => word!("Tuesday", "Dienstag"),
        Weekday::Wed => word!("Wednesday", "Mittwoch"),
        Weekday::Thu => word!("Thursday", "Donnerstag"),
        Weekday::Fri => word!("Friday", "Freitag"),
        Weekday::Sat => word!("Saturday", "Samstag"),
        Weekday::Sun => word!("Sunday", "Sonntag"),
    }
}

/// All of it, as lines of text.
pub fn statistics(found: &Statistics) -> Vec<String> {
    let all = line(
        word!("All", "Alles"),
        found.all.credited_s,
        found.all.sits,
        "",
    );
    let mut lines = vec![
        of_span(word!("Today", "Heute"), &found.today),
        of_span(word!("This week", "Diese Woche"), &found.week),
        of_span(word!("This month", "Dieser Monat"), &found.month),
        all,
        String::new(),
    ];
    lines.extend(goal(found));
    let before = found.week_before_until_now;
    let until = say!(
        "Last week until {}",
        "Letzte Woche bis {}",
        weekday(before.to)
    );
    lines.push(of_span(&until, &before));
    lines.extend(found.streak.map(streak));
    lines.push(String::new());
    let weeks = found.weeks.iter().rev();
    lines.extend(weeks.map(|week| of_span(&span(week.from, week.to), week)));
    lines.push(String::new());
    lines.extend(of_scope(&found.scope, found.today.from));
    lines
}

fn goal(found: &Statistics) -> Option<String> {
    let goal = found.goal.as_ref()?;
    let left = match goal.left_s {
        0 => word!("reached", "erreicht").to_owned(),
        left_s => say!("{} left", "noch {}", spoken(left_s)),
    };
    let weekly = spoken(goal.weekly_goal_s.0.into());
    Some(match &goal.of {
        GoalOf::Own => say!(
            "The weekly goal: {weekly}, {left}.",
            "Das Wochenziel: {weekly}, {left}."
        ),
        GoalOf::Partnership { name } => {
            let (whose, shared) = (printable(name), spoken(goal.week.credited_s));
            let from = date(goal.week.from);
            say!(
                "The weekly goal of {whose}: {weekly}, shared in the week from {from}: {shared}, {left}.",
                "Das Wochenziel von {whose}: {weekly}, geteilt in der Woche ab {from}: {shared}, {left}."
            )
        }
    })
}

fn streak(streak: Streak) -> String {
    say!(
        "{} in a row; the most were {}.",
        "{} in Folge; die meisten waren {}.",
        days(streak.days),
        streak.longest_days
    )
}

fn days(count: u32) -> String {
    match count {
        1 => word!("1 day", "1 Tag").to_owned(),
        _ => say!("{count} days", "{count} Tage"),
    }
}

fn of_scope(scope: &ScopeStatistics, today: NaiveDate) -> Vec<String> {
    let total = scope.total;
    let name = match scope.of {
        Scope::PastYear => word!("The past year", "Das vergangene Jahr").to_owned(),
        Scope::Year { year } => year.to_string(),
        Scope::All => word!("All", "Alles").to_owned(),
    };
    let is_year = matches!(scope.of, Scope::Year { .. });
    // Of a year that runs, no day is named that has not come.
    let runs = is_year && total.from <= today;
    let to = if runs { total.to.min(today) } else { total.to };
    let mut lines = vec![format!("{name}, {}", span(total.from, to))];
    let mut rest = match total.days {
        1 => word!("on 1 day", "an 1 Tag").to_owned(),
        count => say!("on {count} days", "an {count} Tagen"),
    };
    if is_year && !total.is_over {
        rest = format!("{rest}, {}", so_far(&total));
    }
    lines.push(line(
        word!("Sat", "Gesessen"),
        total.credited_s,
        total.sits,
        &rest,
    ));
    let figure = |name: &str, figure_s: u64, rest: &str| {
        let line = format!("{name:<24}{:>12}   {rest}", spoken(figure_s));
        line.trim_end().to_owned()
    };
    lines.extend(
        scope
            .average_sit_s
            .map(|s| figure(word!("Average sit", "Sitzung im Mittel"), s, "")),
    );
    lines.extend(scope.average_day_s.map(|s| {
        let rest = word!("of the days that are over", "der Tage, die vorbei sind");
        figure(word!("Average day", "Tag im Mittel"), s, rest)
    }));
    let longest = scope.longest.map(|it| {
        let rest = say!("on {}", "am {}", date(it.local_date));
        figure(
            word!("Longest sit", "Längste Sitzung"),
            it.credited_s.0.into(),
            &rest,
        )
    });
    lines.extend(longest);
    let hours: Vec<&HourTotal> = scope.hours.iter().filter(|hour| hour.sits > 0).collect();
    if !hours.is_empty() {
        let title = word!(
            "By the hour in which a sit began",
            "Nach der Stunde, in der eine Sitzung begann"
        );
        lines.extend([String::new(), title.to_owned()]);
        let hour =
            |it: &&HourTotal| line(&format!("{:02}:00", it.hour), it.credited_s, it.sits, "");
        lines.extend(hours.iter().map(hour));
    }
    // Without labels there is nothing to tell apart.
    if scope.labels.iter().any(|it| it.label.is_some()) {
        let title = word!("By label", "Nach Stichwort");
        lines.extend([String::new(), title.to_owned()]);
        lines.extend(scope.labels.iter().take(LISTED_LABELS).map(label));
        let more = scope.labels.len().saturating_sub(LISTED_LABELS);
        if more > 0 {
            lines.push(say!(
                "and {more} more: `mitta stats --json` has all of them.",
                "und {more} weitere: `mitta stats --json` hat sie alle."
            ));
        }
    }
    lines
}

fn label(it: &LabelTotal) -> String {
    let name = it
        .label
        .as_deref()
        .map_or_else(|| word!("(none)", "(keines)").to_owned(), printable);
    line(&name, it.credited_s, it.sits, "")
}

#[cfg(test)]
mod tests {
    use chrono::WeekdaySet;
    use mitta_domain::stats::{Aim, AsOf, SatSit, Tally, Wishes};
    use mitta_domain::totals::DayTotal;
    use mitta_domain::{Seconds, UnixMillis};

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn day(text: &str, credited_s: u64) -> DayTotal {
        DayTotal {
            local_date: date(text),
            sits: 1,
            credited_s,
        }
    }

    /// 2026-11-25 is a Wednesday.
    fn said(days: &[DayTotal], wishes: Wishes, tally: &Tally) -> Vec<String> {
        let as_of = AsOf {
            today: date("2026-11-25"),
            week_start: Weekday::Mon,
        };
        let found = mitta_domain::stats::statistics(days, as_of, wishes, Scope::PastYear, tally);
        statistics(&found.unwrap())
    }

    #[test]
    fn a_part_of_a_day_week_or_month_is_called_one() {
        let days = [day("2026-11-17", 600), day("2026-11-25", 1200)];
        let lines = said(&days, Wishes::default(), &Tally::default());
        let expected = [
            "Today                         20 min   1 sit      so far",
            "This week                     20 min   1 sit      so far: 2 of 7 days are over",
            "This month                    30 min   2 sits     so far: 24 of 30 days are over",
            "All                           30 min   2 sits",
            "",
            "Last week until Wednesday      10 min   1 sit",
            "",
            "2026-11-23 – 2026-11-29       20 min   1 sit      so far: 2 of 7 days are over",
            "2026-11-16 – 2026-11-22       10 min   1 sit",
        ];
        assert_eq!(lines[..expected.len()], expected);
    }

    #[rstest::rstest]
    #[case::running(
        2026,
        "2026, 2026-01-01 – 2026-11-25",
        "on 1 day, so far: 328 of 365 days are over"
    )]
    #[case::over(2025, "2025, 2025-01-01 – 2025-12-31", "on 1 day")]
    #[case::to_come(
        2027,
        "2027, 2027-01-01 – 2027-12-31",
        "on 0 days, so far: 0 of 365 days are over"
    )]
    fn a_part_of_a_year_is_called_one(#[case] year: i32, #[case] heading: &str, #[case] sat: &str) {
        let as_of = AsOf {
            today: date("2026-11-25"),
            week_start: Weekday::Mon,
        };
        let days = [day("2025-03-01", 600), day("2026-11-25", 600)];
        let scope = Scope::Year { year };
        let (wishes, tally) = (Wishes::default(), Tally::default());
        let found = mitta_domain::stats::statistics(&days, as_of, wishes, scope, &tally);
        let lines = statistics(&found.unwrap());
        let at = lines.iter().position(|line| line == heading);
        let line = at.and_then(|at| lines.get(at + 1));
        let told = line.is_some_and(|line| line.starts_with("Sat ") && line.ends_with(sat));
        assert!(told, "{heading}, {sat} in {lines:#?}");
    }

    /// 2026-11-22 is a Sunday, with which the partnership's week begins.
    #[test]
    fn a_goal_of_a_partnership_says_what_is_shared_in_which_week() {
        let wishes = Wishes {
            weekly_goal: Some(Aim::Partnership {
                name: "Ti\u{1b}es".to_owned(),
                goal_s: Seconds(3600),
                week_start: Weekday::Sun,
                days: vec![day("2026-11-22", 600), day("2026-11-25", 1200)],
            }),
            streak_with_rest: None,
        };
        let text = said(&[day("2026-11-25", 2400)], wishes, &Tally::default()).join("\n");
        let expected = "The weekly goal of Ties: 1 h, shared in the week from 2026-11-22: 30 min, 30 min left.";
        assert!(text.contains(expected), "{expected} in\n{text}");
    }

    #[test]
    fn goal_streak_hours_and_labels_are_said_where_there_are_any() {
        let mut tally = Tally::default();
        tally.add(&SatSit {
            local_date: date("2026-11-25"),
            started_at_ms: UnixMillis(6 * 3_600_000),
            utc_offset_s: 3600,
            credited_s: Seconds(1200),
            label: Some("Za\u{1b}zen"),
        });
        let wishes = Wishes {
            weekly_goal: Some(Aim::Own(Seconds(3600))),
            streak_with_rest: Some(WeekdaySet::EMPTY),
        };
        let text = said(&[day("2026-11-25", 1200)], wishes, &tally).join("\n");
        for expected in [
            "The weekly goal: 1 h, 40 min left.",
            "1 day in a row; the most were 1.",
            "Longest sit                   20 min   on 2026-11-25",
            "07:00                         20 min   1 sit",
            "Zazen                         20 min   1 sit",
        ] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
        let none = said(&[], Wishes::default(), &Tally::default()).join("\n");
        for absent in [
            "goal",
            "in a row",
            "By label",
            "By the hour",
            "Average",
            "Longest",
        ] {
            assert!(!none.contains(absent), "{absent} in\n{none}");
        }
    }
}
