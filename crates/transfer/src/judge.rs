//! What becomes of a row: a sit, one that is there already, or a refusal with its reason.

use std::collections::HashSet;

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;
use mitta_domain::offer::{NotWhole, Whole};
use mitta_domain::{SessionEvent, SessionId, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::content::{Content, session};
use crate::dates::{DateOrder, Settled, TimesAre, When};
use crate::survey::{Dates, Survey};
use crate::timeline::{Gone, Met, Span, Timeline};

/// What a person, or the file, has settled about its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Where the clock hung, and where the sits are dated.
    pub zone: Tz,
    /// How `04/05/2026` is read.
    pub order: DateOrder,
    /// What times without a zone are.
    pub times: TimesAre,
    /// From which hour on a sit belongs to the new day (see `domain::calendar`).
    pub day_start_hour: u8,
    /// Now: nobody has sat later than that.
    pub now_ms: UnixMillis,
}

/// Why a row was refused: a stable code to branch on, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Refusal {
    /// The reason.
    pub code: RefusalCode,
    /// The text, column or rule that it is about, where there is one.
    pub detail: Option<String>,
    /// The line of the same file that it collides with.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub other_line: Option<u64>,
    /// The start of the sit in the history that it collides with.
    pub other_started_at_ms: Option<UnixMillis>,
}

/// Stable codes of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// A cell that must be there is not; `detail` is its column.
    Missing,
    /// `detail` is no time.
    NotATime,
    /// `detail` is no length.
    NotALength,
    /// Nothing was sat.
    Zero,
    /// It ends before it begins.
    Negative,
    /// More than 24 hours.
    LongerThanADay,
    /// A 31st of a month that has none, or month and day in the other order.
    NoSuchDay,
    /// A clock that was put forward never showed that time.
    NeverExisted,
    /// Before 1970 or after 9999.
    OutOfCalendar,
    /// It ends after now.
    InTheFuture,
    /// A quote that is opened and never closed.
    UnclosedQuote,
    /// The file ends within it.
    BreaksOff,
    /// Not of the shape that its format says; `detail` is why.
    NotUnderstood,
    /// It breaks a rule that holds for every sit; `detail` is which.
    Impossible,
    /// The same as another line.
    TwiceInFile,
    /// Nobody sits twice at once: it overlaps another line.
    OverlapsInFile,
    /// Nobody sits twice at once: it overlaps a sit in the history.
    OverlapsHere,
}

impl Refusal {
    pub(crate) const fn new(code: RefusalCode) -> Self {
        Self {
            code,
            detail: None,
            other_line: None,
            other_started_at_ms: None,
        }
    }

    /// The reason with what it is about, of which the first 80 characters are kept.
    pub(crate) fn about(code: RefusalCode, detail: &str) -> Self {
        let shown = detail.chars().filter(|c| !c.is_control()).take(80);
        Self {
            detail: Some(shown.collect()),
            ..Self::new(code)
        }
    }

    pub(crate) fn not_a_length(text: &str) -> Self {
        Self::about(RefusalCode::NotALength, text)
    }

    pub(crate) fn missing(column: &str) -> Self {
        Self::about(RefusalCode::Missing, column)
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self::new(code)
    }
}

/// Something about a sit that is taken over and yet worth saying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The clock showed that time twice, when it was put back; the first was taken.
    FirstOfTwo,
    /// Twelve hours or more.
    VeryLong,
    /// The label was longer than a label may be and stands in the note.
    LabelInNote,
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    /// Of another app.
    Foreign(Foreign),
    /// Of Mitta's own.
    Own(Box<mitta_domain::Session>, Vec<SessionEvent>),
}

/// What other apps know of a sit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Foreign {
    pub when: When,
    /// Where the row itself says it.
    pub zone: Option<Tz>,
    pub length_s: u32,
    pub label: Option<String>,
    pub note: Option<String>,
    pub mood: Option<u8>,
}

/// A sit that can be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sit {
    /// Session, events, ops.
    pub whole: Whole,
    /// What is worth saying about it.
    pub remark: Option<Remark>,
}

/// When a row says that somebody sat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowTime {
    /// Start.
    pub started_at_ms: UnixMillis,
    /// Seconds that the clock was east of UTC there.
    pub utc_offset_s: i32,
    /// How long.
    pub length_s: u32,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It can be taken over. Whether its id is known is for the history to say.
    Sit(Box<Sit>),
    /// The history has the same sit under another id: it began then.
    AlreadyThere(RowTime, UnixMillis),
    /// The history had the same sit under another id, imported, and a person has deleted it.
    DeletedHere(RowTime),
    /// It cannot; with its time where that is what is wrong with it.
    Refused(Refusal, Option<RowTime>),
}

/// Twelve hours.
const VERY_LONG_S: u32 = 43_200;
/// How far ahead of this clock the one that wrote the file may have been, in milliseconds.
const CLOCK_MAY_DIFFER_MS: i64 = 5 * 60 * 1000;
/// The end of the year 9999.
const LATEST_MS: i64 = 253_402_300_799_999;

/// Judges the rows of one file, one after the other.
#[derive(Debug)]
pub struct Judge {
    reading: Reading,
    timeline: Timeline,
    own: HashSet<SessionId>,
}

impl Judge {
    /// A judge who knows what was sat already, deleted sits left out.
    pub fn new(reading: Reading, history: Vec<Span>) -> Self {
        Self {
            reading,
            timeline: Timeline::new(history),
            own: HashSet::new(),
        }
    }

    /// It also knows which imported sits are there no more.
    #[must_use]
    pub fn with_gone(mut self, gone: Vec<Gone>) -> Self {
        self.timeline.set_gone(gone);
        self
    }

    /// What the file itself tells goes before what a person said.
    pub(crate) fn knows(&mut self, survey: &Survey) {
        match survey.dates {
            Dates::MonthFirst => self.reading.order = DateOrder::MonthFirst,
            Dates::DayFirst => self.reading.order = DateOrder::DayFirst,
            Dates::Clear | Dates::Open | Dates::Mixed => {}
        }
        if let Some(times) = survey.times {
            self.reading.times = times;
        }
    }

    /// What becomes of a row.
    pub(crate) fn judge(&mut self, line: u64, row: Result<Found, Refusal>) -> Judged {
        let judged = row.and_then(|found| match found {
            Found::Foreign(foreign) => self.foreign(line, foreign),
            Found::Own(session, events) => self.own(*session, events),
        });
        judged.unwrap_or_else(|refusal| Judged::Refused(refusal, None))
    }

    fn own(
        &mut self,
        session: mitta_domain::Session,
        events: Vec<SessionEvent>,
    ) -> Result<Judged, Refusal> {
        let whole = whole(session, events)?;
        if !self.own.insert(whole.session().start.session_id) {
            return Err(Refusal::new(RefusalCode::TwiceInFile));
        }
        let remark = None;
        Ok(Judged::Sit(Box::new(Sit { whole, remark })))
    }

    fn foreign(&mut self, line: u64, foreign: Foreign) -> Result<Judged, Refusal> {
        let Reading {
            order,
            times,
            day_start_hour,
            now_ms,
            ..
        } = self.reading;
        let zone = foreign.zone.unwrap_or(self.reading.zone);
        let (at, twice) = match foreign.when.settle(zone, order, times) {
            Settled::Once(at) => (at, false),
            Settled::Twice(at) => (at, true),
            Settled::Never => return Err(Refusal::new(RefusalCode::NeverExisted)),
            Settled::NoSuchDay => return Err(Refusal::new(RefusalCode::NoSuchDay)),
        };
        let length_ms = i64::from(foreign.length_s) * 1000;
        let ended_at_ms = at.plus_ms(length_ms);
        if at.0 < 0 || ended_at_ms.0 > LATEST_MS {
            return Err(Refusal::new(RefusalCode::OutOfCalendar));
        }
        if ended_at_ms.0 > now_ms.plus_ms(CLOCK_MAY_DIFFER_MS).0 {
            return Err(Refusal::new(RefusalCode::InTheFuture));
        }
        let span = Span {
            started_at_ms: at,
            length_s: foreign.length_s,
        };
        let time = RowTime {
            started_at_ms: at,
            utc_offset_s: offset_s(&foreign, zone, at),
            length_s: foreign.length_s,
        };
        match self.timeline.meet(span) {
            Met::Nobody => {}
            Met::Same(other) => return Ok(Judged::AlreadyThere(time, other.started_at_ms)),
            Met::Gone(gone) => {
                // What the file has beside it is no more welcome than it was.
                self.timeline.take(line, span);
                return Ok(match gone.counts_from_ms {
                    Some(other) => Judged::AlreadyThere(time, other),
                    None => Judged::DeletedHere(time),
                });
            }
            Met::Overlapping(other) => {
                let refusal = Refusal {
                    other_started_at_ms: Some(other.started_at_ms),
                    ..Refusal::new(RefusalCode::OverlapsHere)
                };
                return Ok(Judged::Refused(refusal, Some(time)));
            }
            Met::Line { line, is_same } => {
                let code = if is_same {
                    RefusalCode::TwiceInFile
                } else {
                    RefusalCode::OverlapsInFile
                };
                let refusal = Refusal {
                    other_line: Some(line),
                    ..Refusal::new(code)
                };
                return Ok(Judged::Refused(refusal, Some(time)));
            }
        }
        let content = Content {
            at,
            shown: match foreign.when {
                When::Offset(shown) => Some(*shown.offset()),
                _ => None,
            },
            zone,
            day_start_hour,
            foreign,
        };
        let sat_s = content.foreign.length_s;
        let (session, label_in_note) = session(content)?;
        let sit = Sit {
            whole: whole(session, Vec::new())?,
            remark: if twice {
                Some(Remark::FirstOfTwo)
            } else if sat_s >= VERY_LONG_S {
                Some(Remark::VeryLong)
            } else {
                label_in_note.then_some(Remark::LabelInNote)
            },
        };
        self.timeline.take(line, span);
        Ok(Judged::Sit(Box::new(sit)))
    }
}

/// What the clock was ahead of UTC: as the row says it, else as its zone has it.
fn offset_s(foreign: &Foreign, zone: Tz, at: UnixMillis) -> i32 {
    if let When::Offset(shown) = foreign.when {
        return shown.offset().local_minus_utc();
    }
    DateTime::from_timestamp_millis(at.0).map_or(0, |utc| {
        let offset = zone.offset_from_utc_datetime(&utc.naive_utc());
        offset.fix().local_minus_utc()
    })
}

fn whole(session: mitta_domain::Session, events: Vec<SessionEvent>) -> Result<Whole, Refusal> {
    Whole::of(session, events)
        .map_err(|error: NotWhole| Refusal::about(RefusalCode::Impossible, &error.to_string()))
}
