//! Looks a file over before anything of it is taken: what it is, and what only the person knows.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use mitta_domain::UnixMillis;
use serde::{Deserialize, Serialize};

use crate::dates::{DateOrder, TimesAre, When};
use crate::judge::{Found, Judge, Judged, Refusal};
use crate::kind::{Kind, Layout, tell};
use crate::table::OnRow;
use crate::text::{self, Encoding, Unreadable};
use crate::{OnBytes, apple, own, table};

/// What is known of the order of day and month in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Dates {
    /// No date leaves it open.
    Clear,
    /// The file as a whole tells: the month stands first.
    MonthFirst,
    /// The file as a whole tells: the day stands first.
    DayFirst,
    /// Every date can be read in both orders: the person has to say.
    Open,
    /// Some dates can only be read one way, some only the other: whichever is chosen, some rows
    /// will be refused.
    Mixed,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Which app wrote it.
    pub kind: Kind,
    /// How its bytes are text.
    pub encoding: Encoding,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal: the same file is known again.
    pub sha256: String,
    /// Its rows, good and bad ones.
    pub rows: u64,
    /// Whether it leaves open in which zone the sits were sat.
    pub needs_zone: bool,
    /// What is known of the order of day and month.
    pub dates: Dates,
    /// What its times are; `None` where the person has to say.
    pub times: Option<TimesAre>,
    /// Whether it ends before it should: what came before can be taken over.
    pub breaks_off: bool,
    layout: Layout,
}

/// How much is read to tell the kind of a file, in bytes.
const BEGINNING: u64 = 16 * 1024;

/// Looks a file over: all of it, twice, and holds none of it. `on_bytes` hears how much was read, up to
/// twice its length.
///
/// # Errors
/// [`Unreadable`], also [`Unreadable::Cancelled`] where `on_bytes` ended it.
pub fn survey(
    file: &mut (impl Read + Seek),
    now_ms: UnixMillis,
    on_bytes: OnBytes<'_>,
) -> Result<Survey, Unreadable> {
    let bytes = text::look(file, &mut *on_bytes)?;
    let layout = {
        let mut nothing = |_| ControlFlow::Continue(());
        let text = text::open(file, bytes.encoding, &mut nothing)?;
        let mut beginning = Vec::new();
        text.take(BEGINNING).read_to_end(&mut beginning)?;
        tell(&String::from_utf8_lossy(&beginning))?
    };
    let kind = layout.kind;
    let mut survey = Survey {
        kind,
        encoding: bytes.encoding,
        bytes: bytes.length,
        sha256: bytes.sha256,
        rows: 0,
        needs_zone: !matches!(kind, Kind::AppleHealth | Kind::MittaCsv | Kind::MittaJson),
        dates: Dates::Clear,
        times: match kind {
            Kind::InsightTimerUtc | Kind::InsightTimerMinutes | Kind::Meditate => {
                Some(TimesAre::Utc)
            }
            Kind::MeditationAssistant => None,
            _ => Some(TimesAre::Local),
        },
        breaks_off: false,
        layout,
    };
    let mut orders = Orders::default();
    let (mut rows, mut needs_zone) = (0, false);
    let mut on_row = |_line: u64, row: Result<Found, Refusal>| {
        rows += 1;
        if let Ok(Found::Foreign(foreign)) = row {
            orders.see(foreign.when, now_ms);
            let is_open = matches!(foreign.when, When::Wall(_) | When::Slashed { .. });
            needs_zone |= is_open && foreign.zone.is_none();
        }
        ControlFlow::Continue(())
    };
    let mut on_second = |at: u64| on_bytes(bytes.length.saturating_add(at));
    let (_, is_whole) = rows_of(file, &survey, &mut on_second, &mut on_row)?;
    survey.rows = rows;
    survey.needs_zone |= needs_zone;
    survey.dates = orders.dates();
    survey.breaks_off = !is_whole;
    Ok(survey)
}

/// Which orders of day and month the dates of a file allow.
#[derive(Default)]
struct Orders {
    /// Dates that can only be read with the month first, and only with the day first.
    only: [u64; 2],
    open: u64,
}

impl Orders {
    fn see(&mut self, when: When, now_ms: UnixMillis) {
        let When::Slashed { first, second, .. } = when else {
            return;
        };
        // Nobody has sat later than tomorrow anywhere on earth.
        let latest = now_ms.plus_ms(86_400_000).0;
        let can = |order| when.roughly(order).is_some_and(|at| at <= latest);
        match (can(DateOrder::MonthFirst), can(DateOrder::DayFirst)) {
            (true, false) => self.only[0] += 1,
            (false, true) => self.only[1] += 1,
            (true, true) if first != second => self.open += 1,
            _ => {}
        }
    }

    const fn dates(&self) -> Dates {
        match (self.only, self.open) {
            ([0, 0], 0) => Dates::Clear,
            ([0, 0], _) => Dates::Open,
            ([_, 0], _) => Dates::MonthFirst,
            ([0, _], _) => Dates::DayFirst,
            _ => Dates::Mixed,
        }
    }
}

/// Reads a file that was looked over, and hands on what became of each row. The judge's order and
/// times are those that the file itself tells, where it does.
///
/// # Errors
/// [`Unreadable`]; what was handed on before stands.
pub fn read(
    file: &mut (impl Read + Seek),
    survey: &Survey,
    judge: &mut Judge,
    on_bytes: OnBytes<'_>,
    on_row: &mut dyn FnMut(u64, Judged) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Unreadable> {
    judge.knows(survey);
    let mut judged = |line: u64, row| on_row(line, judge.judge(line, row));
    rows_of(file, survey, on_bytes, &mut judged).map(|(flow, _)| flow)
}

/// Whether the reading was ended, and whether the file is whole.
fn rows_of(
    file: &mut (impl Read + Seek),
    survey: &Survey,
    on_bytes: OnBytes<'_>,
    on_row: OnRow<'_>,
) -> Result<(ControlFlow<()>, bool), Unreadable> {
    let mut text = text::open(file, survey.encoding, on_bytes)?;
    match survey.kind {
        Kind::AppleHealth => apple::read(&mut text, on_row),
        Kind::MittaJson => own::json::read(&mut text, on_row),
        _ => table::read(&mut text, survey.layout, on_row),
    }
}
