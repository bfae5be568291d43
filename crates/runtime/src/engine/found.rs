//! Pages of the history, and of what is wanted of it.

use chrono::NaiveDate;
use mitta_domain::State;
use mitta_store::{HistoryEntry, HistoryFilter, MAX_SEARCH_CHARS, Position, ReadError};

use super::{Shared, locked};
use crate::api::{
    self, ApiError, ErrorCode, FindSitsArgs, HistoryCursor, HistoryPage, LabelView, Labels,
    SessionView,
};

/// The longest page.
const MAX_PAGE: u32 = 500;
/// The most labels that are told.
const MAX_LABELS: u32 = 500;

impl Shared {
    pub(super) fn find_sits(&self, args: FindSitsArgs) -> Result<HistoryPage, ApiError> {
        let filter = filter(args.filter)?;
        page(args.before, args.limit, |before, limit| {
            self.found_page(&filter, before, limit)
        })
    }

    /// A damaged index is made anew from the sits, which it is only a picture of.
    fn found_page(
        &self,
        filter: &HistoryFilter,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, ApiError> {
        let look = || locked(&self.reader).found_page(filter, before, limit);
        match look() {
            Err(error) if ReadError::is_of_search(&error) => {
                tracing::warn!(%error, "the index of the search is made anew");
                self.recorder().call(mitta_store::Writer::rebuild_search)?;
                Ok(look()?)
            }
            found => Ok(found?),
        }
    }

    pub(super) fn labels(&self) -> Result<Labels, ApiError> {
        let labels = locked(&self.reader).labels(MAX_LABELS)?.into_iter();
        Ok(Labels {
            labels: labels
                .map(|it| LabelView {
                    label: it.label,
                    sits: it.sits,
                })
                .collect(),
        })
    }
}

/// One page of rows, and where the next one begins.
pub(super) fn page(
    before: Option<HistoryCursor>,
    limit: u32,
    read: impl FnOnce(Option<Position>, u32) -> Result<Vec<HistoryEntry>, ApiError>,
) -> Result<HistoryPage, ApiError> {
    if !(1..=MAX_PAGE).contains(&limit) {
        let why = format_args!("a page has 1 to {MAX_PAGE} rows, not {limit}");
        return Err(ApiError::new(ErrorCode::InvalidRequest, why));
    }
    let before = before.map(|cursor| Position {
        started_at_ms: cursor.started_at_ms,
        session_id: cursor.session_id,
    });
    let entries = read(before, limit)?;
    let is_full = u32::try_from(entries.len()).is_ok_and(|found| found == limit);
    let last = entries.last().filter(|_| is_full);
    let next = last.map(|last| HistoryCursor {
        started_at_ms: last.started_at_ms,
        session_id: last.session_id,
    });
    Ok(HistoryPage {
        sits: entries.into_iter().map(entry_view).collect(),
        next,
    })
}

fn filter(asked: api::HistoryFilter) -> Result<HistoryFilter, ApiError> {
    let text = asked.text.filter(|text| !text.trim().is_empty());
    let chars = text.as_ref().map_or(0, |text| text.chars().count());
    if chars > MAX_SEARCH_CHARS {
        return Err(ApiError::new(
            ErrorCode::SearchTooLong,
            format_args!(
                "a search has at most {MAX_SEARCH_CHARS} characters; this one has {chars}"
            ),
        ));
    }
    Ok(HistoryFilter {
        text,
        label: asked.label,
        source: asked.source,
        from: asked.from.as_deref().map(date).transpose()?,
        to: asked.to.as_deref().map(date).transpose()?,
    })
}

fn date(text: &str) -> Result<NaiveDate, ApiError> {
    text.trim().parse().map_err(|_| {
        let text: String = text.trim().chars().take(80).collect();
        ApiError::new(
            ErrorCode::InvalidDate,
            format_args!("“{text}” is no date: write 2026-11-28"),
        )
    })
}

pub(super) fn entry_view(entry: HistoryEntry) -> SessionView {
    let state = if entry.completion.is_some() {
        State::Completed
    } else {
        State::Running
    };
    SessionView {
        session_id: entry.session_id,
        source: entry.source,
        state,
        started_at_ms: entry.started_at_ms,
        utc_offset_s: entry.utc_offset_s,
        local_date: entry.local_date.to_string(),
        planned_s: entry.planned_s,
        credited_s: entry.credited_s,
        completion: entry.completion,
        interval_bells: entry.interval_bells,
        words: entry.words,
        together_id: entry.together_id,
        sharing: entry.sharing,
        deleted: false,
    }
}
