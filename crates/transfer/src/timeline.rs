//! Nobody sits twice at once. What was sat when, so that a sit that another app recorded too is
//! found, and counts once (I3).
//!
//! The rule. Two sits *meet* if they overlap by more than a minute, or, where one of them is shorter
//! than two minutes, by more than half of it; less is a rounded time. Of two that meet, a sit of the
//! history with a start and a length within a minute of the row's is the same sit; any other is a
//! collision, which is refused: taken over, the time of both would count twice, and which of the two
//! is right, only the person knows.

use std::collections::BTreeMap;

use mitta_domain::UnixMillis;

/// When somebody sat, pauses included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Start.
    pub started_at_ms: UnixMillis,
    /// From start to end.
    pub length_s: u32,
}

impl Span {
    const fn start(self) -> i64 {
        self.started_at_ms.0
    }

    const fn length_ms(self) -> i64 {
        self.length_s as i64 * 1000
    }

    const fn end(self) -> i64 {
        self.start().saturating_add(self.length_ms())
    }

    fn meets(self, other: Self) -> bool {
        let overlap = self.end().min(other.end()) - self.start().max(other.start());
        let shorter = self.length_ms().min(other.length_ms());
        overlap > TOLERATED_MS.min(shorter / 2)
    }

    fn is_same_sit(self, other: Self) -> bool {
        let apart = self.start().abs_diff(other.start());
        let longer = self.length_ms().abs_diff(other.length_ms());
        apart <= TOLERATED_MS.unsigned_abs() && longer <= TOLERATED_MS.unsigned_abs()
    }
}

/// An imported sit that is there no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gone {
    /// When it was.
    pub span: Span,
    /// Start of the sit that counts in its place, where its date was corrected; `None` where a person
    /// has deleted it.
    pub counts_from_ms: Option<UnixMillis>,
}

/// How far rounded times may be from what they were: files write whole minutes.
const TOLERATED_MS: i64 = 60_000;

/// What a row meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    Nobody,
    /// The same sit, in the history.
    Same(Span),
    /// The same sit, which the history has no more.
    Gone(Gone),
    /// Another sit, in the history.
    Overlapping(Span),
    /// A row of the same file.
    Line {
        line: u64,
        is_same: bool,
    },
}

/// What was sat, in the history and in the rows of the file so far.
#[derive(Debug)]
pub(crate) struct Timeline {
    /// By start.
    history: Vec<Span>,
    /// For each of them, the latest end up to there.
    latest_end: Vec<i64>,
    /// Rows that were taken, by start and line; of two none meet.
    rows: BTreeMap<(i64, u64), u32>,
    /// By start.
    gone: Vec<Gone>,
}

impl Timeline {
    pub(crate) fn new(mut history: Vec<Span>) -> Self {
        history.sort_unstable();
        let mut latest = i64::MIN;
        let latest_end = history
            .iter()
            .map(|span| {
                latest = latest.max(span.end());
                latest
            })
            .collect();
        Self {
            history,
            latest_end,
            rows: BTreeMap::new(),
            gone: Vec::new(),
        }
    }

    pub(crate) fn set_gone(&mut self, mut gone: Vec<Gone>) {
        gone.sort_unstable();
        self.gone = gone;
    }

    /// What a row that says `span` meets. A sit of the history that is the same goes before all.
    pub(crate) fn meet(&self, span: Span) -> Met {
        let mut overlapping = None;
        let before_end = self
            .history
            .partition_point(|other| other.start() < span.end());
        let (spans, ends) = (&self.history[..before_end], &self.latest_end[..before_end]);
        for (other, latest_end) in spans.iter().zip(ends).rev() {
            if *latest_end <= span.start() {
                break;
            }
            if other.meets(span) {
                if other.is_same_sit(span) {
                    return Met::Same(*other);
                }
                overlapping = Some(*other);
            }
        }
        if let Some(other) = overlapping {
            return Met::Overlapping(other);
        }
        for ((start, line), length_s) in self.rows.range(..(span.end(), 0)).rev() {
            let other = Span {
                started_at_ms: UnixMillis(*start),
                length_s: *length_s,
            };
            if other.meets(span) {
                return Met::Line {
                    line: *line,
                    is_same: other == span,
                };
            }
            // Rows that were taken do not meet: an earlier one ends at most a minute after this
            // one's start.
            if *start <= span.start() - TOLERATED_MS {
                break;
            }
        }
        self.gone(span).map_or(Met::Nobody, Met::Gone)
    }

    /// The same sit among those that are there no more; one with another in its place goes before.
    fn gone(&self, span: Span) -> Option<Gone> {
        let from = self
            .gone
            .partition_point(|gone| gone.span.start() < span.start() - TOLERATED_MS);
        let near = self.gone[from..]
            .iter()
            .take_while(|gone| gone.span.start() <= span.start() + TOLERATED_MS);
        near.filter(|gone| gone.span.is_same_sit(span))
            .max_by_key(|gone| gone.counts_from_ms.is_some())
            .copied()
    }

    /// Takes a row that met nobody.
    pub(crate) fn take(&mut self, line: u64, span: Span) {
        self.rows.insert((span.start(), line), span.length_s);
    }
}

/// How many of those sits would count beside one of the history that they meet.
pub fn meeting(history: Vec<Span>, sits: &[Span]) -> usize {
    let timeline = Timeline::new(history);
    let meets = |span: &&Span| matches!(timeline.meet(**span), Met::Same(_) | Met::Overlapping(_));
    sits.iter().filter(meets).count()
}

#[cfg(test)]
mod tests;
