//! The statistics as a person sees them, against the database itself.

use anyhow::{Context as _, Result};
use mitta_domain::session::Words;
use mitta_domain::{Seconds, units::spoken};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::seed::Past;

use super::with;

const DAY_MS: i64 = 86_400_000;

/// Sits on many days of the last year, of whole minutes, some with a label.
fn seed(desktop: &TestDesktop) -> Result<()> {
    desktop.seed(|seed| {
        seed.settings(|settings| settings.weekly_goal_s = Some(Seconds(7200)))?;
        let now_ms = seed.now().wall_ms.0;
        for back in (0..300).rev().step_by(3) {
            let minutes = u32::try_from(10 + back % 50)?;
            let label = (back % 2 == 0).then(|| "Zazen".to_owned());
            seed.past(&Past {
                started_at_ms: now_ms - back * DAY_MS - 3_600_000 - back * 431_000,
                credited_s: minutes * 60,
                words: Words {
                    label,
                    ..Words::default()
                },
                ..Past::default()
            })?;
        }
        Ok(())
    })
}

/// The rows of a figure's table: its head and its length.
fn table(desktop: &TestDesktop, figure: &str) -> Result<Vec<(String, String)>> {
    let script = format!(
        "return [...document.querySelectorAll('[data-testid=stats-{figure}-table] tbody tr')]
            .map((row) => [...row.children].map((cell) => cell.textContent.trim()))"
    );
    let rows: Vec<Vec<String>> = serde_json::from_value(desktop.script(&script, &[])?)?;
    let two = |row: Vec<String>| {
        let mut cells = row.into_iter();
        Some((cells.next()?, cells.next()?))
    };
    rows.into_iter()
        .map(|row| two(row).context("a head and a length"))
        .collect()
}

/// What SQL sums, by `by` of the completed, undeleted rows, where it is not nothing.
fn sums(desktop: &TestDesktop, by: &str, order: &str) -> Result<Vec<(String, String)>> {
    let connection = desktop.sqlite()?;
    let sql = format!(
        "SELECT {by} AS of, sum(credited_s) FROM sessions WHERE deleted = 0 AND state = 'completed'
         GROUP BY of ORDER BY {order}"
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?)))?;
    rows.map(|row| {
        let (of, credited_s): (String, u32) = row?;
        Ok((of, spoken(credited_s.into())))
    })
    .collect()
}

fn with_something(rows: Vec<(String, String)>) -> Vec<(String, String)> {
    rows.into_iter()
        .filter(|(_, length)| length != "0 s")
        .collect()
}

#[test]
fn the_figures_that_are_drawn_are_those_of_the_database() {
    with(|desktop| {
        seed(desktop)?;
        desktop.launch()?;
        desktop.click("nav-history")?;
        desktop.click("history-view-statistics")?;
        desktop.wait_for("stats-hours-picture")?;
        // A picture, and in its place the table.
        desktop.press("t")?;
        desktop.wait_for("stats-hours-table")?;

        let hour = "printf('%02d:00', (started_at_ms / 1000 + utc_offset_s) % 86400 / 3600)";
        let hours = with_something(table(desktop, "hours")?);
        assert_eq!(hours, sums(desktop, hour, "of")?);
        let labels = sums(desktop, "coalesce(label, 'No label')", "2 DESC, 1")?;
        assert_eq!(table(desktop, "labels")?, labels);
        let days = table(desktop, "heat")?;
        let lengths = |rows: &[(String, String)]| -> Vec<String> {
            rows.iter().map(|(_, length)| length.clone()).collect()
        };
        assert_eq!(
            lengths(&days),
            lengths(&sums(desktop, "local_date", "of DESC")?)
        );

        // The seeded weeks begin on Monday.
        let monday = "date(local_date, '-6 days', 'weekday 1')";
        let weeks = with_something(table(desktop, "weeks")?);
        let newest = sums(desktop, monday, "of DESC")?;
        let listed: Vec<_> = newest.into_iter().take(weeks.len()).collect();
        assert!(weeks.len() >= 10, "{weeks:?}");
        assert_eq!(lengths(&weeks), lengths(&listed));
        Ok(())
    });
}
