//! Statistics over a million sessions, beside the same sums as SQL by hand with covering indexes on a
//! table made for nothing else.

use chrono::{NaiveDate, Weekday};
use mitta_domain::calendar::DateSpan;
use mitta_domain::stats::{AsOf, Scope, Tally, Wishes, statistics};
use mitta_domain::totals::DayTotal;
use mitta_store::{DataDir, Reader};
use rusqlite::Connection;

use super::figures::{Series, compare, scratch, timed_ms};
use super::history;

const ROUNDS: usize = 9;

/// What is measured; answers a sum, so that both sides are seen to do the same.
type Work<'w> = &'w dyn Fn() -> u64;

/// The hour by the clock of the sit, by which SQL groups.
const HOUR: &str = "((started_at_ms / 1000 + utc_offset_s) % 86400 / 3600)";

pub fn run() {
    let folder = scratch();
    let dir = DataDir::new(folder.path().join("mitta"));
    let (fill_ms, ()) = timed_ms(|| history::fill(&dir));
    println!(
        "{} sessions made in {:.0} s",
        history::SESSIONS,
        fill_ms / 1000.0
    );
    let reader = Reader::open(&dir).unwrap();
    let bare = by_hand(&dir, &folder.path().join("bare.sqlite3"));
    let as_of = AsOf {
        today: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        week_start: Weekday::Mon,
    };
    let days = reader.all_day_totals().unwrap();
    let past_year = Scope::PastYear.span(&days, as_of).unwrap();
    let all = Scope::All.span(&days, as_of).unwrap();

    let figures: [(&str, Work<'_>, Work<'_>); 6] = [
        (
            "Every day of 27 years: today, weeks, months, years, streak",
            &|| sum(&reader.all_day_totals().unwrap()),
            &|| grouped(&bare, "local_date", all),
        ),
        (
            "Past year: time of day, labels, longest, from its sits",
            &|| tallied(&reader, past_year),
            &|| hours_and_labels(&bare, past_year),
        ),
        (
            "All: time of day, labels, longest, from its sits",
            &|| tallied(&reader, all),
            &|| hours_and_labels(&bare, all),
        ),
        (
            "The document of the past year, as window and terminal show it",
            &|| document(&reader, as_of, Scope::PastYear),
            &|| grouped(&bare, "local_date", all) + hours_and_labels(&bare, past_year),
        ),
        (
            "The document of 2020",
            &|| document(&reader, as_of, Scope::Year { year: 2020 }),
            &|| {
                let year = DateSpan::year(2020).unwrap();
                grouped(&bare, "local_date", all) + hours_and_labels(&bare, year)
            },
        ),
        (
            "The document of all",
            &|| document(&reader, as_of, Scope::All),
            &|| grouped(&bare, "local_date", all) + hours_and_labels(&bare, all),
        ),
    ];
    for (what, ours, theirs) in figures {
        let mut series = [Series::default(), Series::default()];
        for _ in 0..ROUNDS {
            let (mine, reference) = (timed_ms(ours), timed_ms(theirs));
            assert_eq!(mine.1, reference.1, "{what}: both must do the same work");
            series[0].push(mine.0);
            series[1].push(reference.0);
        }
        let reference = "the same sums as SQL by hand, covering indexes";
        let [ours, theirs] = &series;
        compare(what, "ms", ours, (reference, theirs), "≤ 1.3×");
    }
}

fn sum(days: &[DayTotal]) -> u64 {
    days.iter().map(|day| day.credited_s).sum()
}

fn tally(reader: &Reader, span: DateSpan) -> Tally {
    let mut tally = Tally::default();
    reader.each_sat(span, |sit| tally.add(sit)).unwrap();
    tally
}

fn tally_sum(tally: &Tally) -> u64 {
    let hours: u64 = tally.hours().iter().map(|hour| hour.credited_s).sum();
    let labels: u64 = tally.labels().iter().map(|label| label.credited_s).sum();
    hours + labels
}

fn tallied(reader: &Reader, span: DateSpan) -> u64 {
    tally_sum(&tally(reader, span))
}

/// All that the command does but its JSON.
fn document(reader: &Reader, as_of: AsOf, scope: Scope) -> u64 {
    let days = reader.all_day_totals().unwrap();
    let tally = tally(reader, scope.span(&days, as_of).unwrap());
    let wishes = Wishes {
        streak_with_rest: Some(chrono::WeekdaySet::EMPTY),
        ..Wishes::default()
    };
    let found = statistics(&days, as_of, wishes, scope, &tally).unwrap();
    found.all.credited_s + tally_sum(&tally)
}

fn by_hand(dir: &DataDir, path: &std::path::Path) -> Connection {
    let bare = Connection::open(path).unwrap();
    bare.execute("ATTACH ?1 AS mitta", [dir.database().to_string_lossy()])
        .unwrap();
    bare.execute_batch(
        "CREATE TABLE sits AS
             SELECT deleted, state, local_date, started_at_ms, utc_offset_s, credited_s, label
             FROM mitta.sessions;
         CREATE INDEX days ON sits (deleted, state, local_date, credited_s);
         CREATE INDEX sat ON sits
             (deleted, state, local_date, started_at_ms, utc_offset_s, credited_s, label);
         DETACH mitta;",
    )
    .unwrap();
    bare
}

/// The sums of groups of sits, in one statement; answers the sum of the sums.
fn grouped(bare: &Connection, by: &str, span: DateSpan) -> u64 {
    let sql = format!(
        "SELECT {by}, count(*), sum(credited_s), max(credited_s) FROM sits
         WHERE deleted = 0 AND state = 'completed' AND local_date BETWEEN ?1 AND ?2 GROUP BY 1"
    );
    let mut statement = bare.prepare_cached(&sql).unwrap();
    let dates = [span.from.to_string(), span.to.to_string()];
    let rows = statement.query_map(dates, |row| {
        Ok((
            row.get::<_, rusqlite::types::Value>(0)?,
            row.get::<_, u32>(1)?,
            row.get::<_, i64>(2)?,
        ))
    });
    rows.unwrap()
        .map(|row| u64::try_from(std::hint::black_box(row.unwrap()).2).unwrap())
        .sum()
}

fn hours_and_labels(bare: &Connection, span: DateSpan) -> u64 {
    grouped(bare, HOUR, span) + grouped(bare, "label", span)
}
