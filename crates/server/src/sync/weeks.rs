//! `GET /v1/weeks`: a feed summed up by week, to find the one that differs (I8).

use chrono::Weekday;
use mitta_domain::PersonId;
use mitta_protocol::weeks::{WeeksAnswer, WeeksQuery};

use super::feed::Feed;
use super::{served, summary};
use crate::AppState;
use crate::db::Isolation;
use crate::http::error::ApiError;

/// The weeks of a feed, in one snapshot.
///
/// # Errors
/// `no_such_share`.
pub async fn weeks(
    state: &AppState,
    person: PersonId,
    query: WeeksQuery,
) -> Result<WeeksAnswer, ApiError> {
    let transaction = state.db.as_person(person, Isolation::Snapshot).await?;
    let feed = Feed::find(&transaction, person, query.share_id).await?;
    let epoch = served(&transaction).await?.epoch;
    let week_start = query.week_start.unwrap_or(Weekday::Mon);
    let weeks = summary::weeks(&transaction, feed, week_start).await?;
    transaction.commit().await?;
    Ok(WeeksAnswer {
        epoch,
        head_seq: feed.head_seq,
        weeks,
    })
}
