//! What partners see of each other, for those without the app: sums and sits of every share that one may
//! read, put together by the same function as on a device (I8); who is sitting; sittings together.
//!
//! Must hold: who may see what is judged by the definer functions alone (I10); an answer is one snapshot.

mod now;
mod proposals;

pub(crate) use now::going_on;

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use chrono::{Datelike as _, Days, NaiveDate};
use mitta_domain::totals::DayTotal;
use mitta_domain::{PartnershipId, PersonId, SessionId, ShareId, UnixMillis};
use mitta_protocol::together::{
    MAX_SITS, MAX_WEEKS, MemberParts, RECENT_SITS, Together, TogetherQuery, TogetherSit,
    TogetherSits, TogetherSitsQuery, assemble,
};
use mitta_protocol::{ErrorBody, ErrorCode};
use tokio_postgres::types::Type;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;
use crate::accounts::invalid;
use crate::db::{DbError, Isolation, Transaction, param};
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::http::json::query;
use crate::partnerships;
use crate::sync::rows;

/// The routes of the partners' view.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(together))
        .routes(routes!(sits))
        .routes(routes!(now::now))
        .routes(routes!(now::time))
        .routes(routes!(now::sits_now, now::sits_no_more))
        .routes(routes!(proposals::propose))
        .routes(routes!(proposals::answer))
        .routes(routes!(proposals::cancel))
}

/// What the members of the own partnerships sat, this week and before.
#[utoipa::path(
    get, path = "/v1/together", tag = "together", params(TogetherQuery),
    responses((status = 200, body = Together), (status = "4XX", body = ErrorBody))
)]
async fn together(
    State(state): State<AppState>,
    person: Person,
    uri: Uri,
) -> Result<Json<Together>, ApiError> {
    let TogetherQuery { today, weeks } = query(&uri)?;
    if !(1..=MAX_WEEKS).contains(&weeks) {
        return Err(invalid("weeks is 1 to 53."));
    }
    if !(1970..=9998).contains(&today.year()) {
        return Err(invalid("today is a date of the years 1970 to 9998."));
    }
    seen(&state, &person, today, weeks).await.map(Json)
}

/// The same, for a date and a number of weeks that may be asked for.
pub(crate) async fn seen(
    state: &AppState,
    person: &Person,
    today: NaiveDate,
    weeks: u32,
) -> Result<Together, ApiError> {
    let me = person.person_id;
    let transaction = state.db.as_person(me, Isolation::Snapshot).await?;
    let shares = shares(&transaction).await?;
    let mut seen = Vec::new();
    for partnership in partnerships::load(&transaction).await? {
        let mut parts = HashMap::new();
        for member in &partnership.members {
            let owner = member.person_id;
            let part = match shares.get(&(partnership.partnership_id, owner)) {
                Some(share) => read(&transaction, me, owner, *share, today, weeks).await?,
                None => nothing_shared(),
            };
            let as_of_ms = member.heard_at_ms;
            parts.insert(owner, MemberParts { as_of_ms, ..part });
        }
        let part = |person_id| parts.remove(&person_id).unwrap_or_default();
        seen.push(assemble(&partnership, me, today, weeks, None, part));
    }
    transaction.commit().await?;
    Ok(Together { partnerships: seen })
}

/// The open shares that the person may read, by partnership and owner.
async fn shares(
    transaction: &Transaction,
) -> Result<HashMap<(PartnershipId, PersonId), ShareId>, DbError> {
    let sql = "SELECT s.partnership_id, s.person_id, s.share_id FROM mitta.my_shares() s";
    let found = transaction.query(sql, &[]).await?;
    let share = |row: &tokio_postgres::Row| {
        let partnership_id = PartnershipId::from_uuid(row.get(0));
        let owner = PersonId::from_uuid(row.get(1));
        ((partnership_id, owner), ShareId::from_uuid(row.get(2)))
    };
    Ok(found.iter().map(share).collect())
}

/// The server knows of everybody what they share: of who has no share, that it is nothing.
fn nothing_shared() -> MemberParts {
    MemberParts {
        days: Some(Vec::new()),
        ..MemberParts::default()
    }
}

async fn read(
    transaction: &Transaction,
    me: PersonId,
    owner: PersonId,
    share_id: ShareId,
    today: NaiveDate,
    weeks: u32,
) -> Result<MemberParts, DbError> {
    // A week reaches at most six days beyond today, in either direction.
    let from = today - Days::new(u64::from(weeks) * 7 + 6);
    let to = today + Days::new(6);
    let days = "SELECT d.local_date, d.sits, d.credited_s FROM mitta.share_days($1, $2, $3) d";
    let own = "SELECT d.local_date, d.sits, d.credited_s FROM mitta.day_totals d
        WHERE d.person_id = $1 AND d.share_id = $1 AND d.local_date BETWEEN $2 AND $3";
    let own_days = if owner == me {
        Some(day_totals(transaction, own, ShareId::own(me), from, to).await?)
    } else {
        None
    };
    let at_most = i32::try_from(RECENT_SITS + 1).unwrap_or(i32::MAX);
    Ok(MemberParts {
        days: Some(day_totals(transaction, days, share_id, from, to).await?),
        own_days,
        sits: newest(transaction, owner, share_id, None, at_most).await?,
        on_the_way: 0,
        as_of_ms: None,
    })
}

async fn day_totals(
    transaction: &Transaction,
    sql: &str,
    share_id: ShareId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<DayTotal>, DbError> {
    let share_id = share_id.as_uuid();
    let params = [
        param(&share_id, Type::UUID),
        param(&from, Type::DATE),
        param(&to, Type::DATE),
    ];
    let found = transaction.query(sql, &params).await?;
    let day = |row| {
        let (local_date, sits, credited_s) = rows::day(row)?;
        let sits = u32::try_from(sits).map_err(|_| DbError::Corrupt {
            table: "day_totals",
            column: "sits",
            detail: "there are too many".to_owned(),
        })?;
        Ok(DayTotal {
            local_date,
            sits,
            credited_s,
        })
    };
    found.iter().map(day).collect()
}

/// The newest sits that a share of `owner` shows, from before a place.
async fn newest(
    transaction: &Transaction,
    owner: PersonId,
    share_id: ShareId,
    before: Option<(UnixMillis, SessionId)>,
    at_most: i32,
) -> Result<Vec<TogetherSit>, DbError> {
    let columns = rows::SHARED_COLUMNS;
    let sql = format!("SELECT {columns} FROM mitta.share_newest($1, $2, $3, $4) c");
    let share_id = share_id.as_uuid();
    let before_ms = before.map(|(started_at_ms, _)| started_at_ms.0);
    let before_id = before.map(|(_, session_id)| session_id.as_uuid());
    let params = [
        param(&share_id, Type::UUID),
        param(&before_ms, Type::INT8),
        param(&before_id, Type::UUID),
        param(&at_most, Type::INT4),
    ];
    let found = transaction.query(&sql, &params).await?;
    let sit = |row| Ok(TogetherSit::of(owner, rows::shared(row, 0)?, false));
    found.iter().map(sit).collect()
}

/// The shared sits of one partnership, newest first, page by page.
#[utoipa::path(
    get, path = "/v1/together/sits", tag = "together", params(TogetherSitsQuery),
    responses((status = 200, body = TogetherSits), (status = "4XX", body = ErrorBody))
)]
async fn sits(
    State(state): State<AppState>,
    person: Person,
    uri: Uri,
) -> Result<Json<TogetherSits>, ApiError> {
    let query: TogetherSitsQuery = query(&uri)?;
    if !(1..=MAX_SITS).contains(&query.limit) {
        return Err(invalid("limit is 1 to 100."));
    }
    let before = match (query.before_ms, query.before_session_id) {
        (Some(started_at_ms), Some(session_id)) => Some((started_at_ms, session_id)),
        (None, None) => None,
        _ => {
            return Err(invalid(
                "before_ms and before_session_id stand for one place: give both or none.",
            ));
        }
    };
    let me = person.person_id;
    let transaction = state.db.as_person(me, Isolation::Snapshot).await?;
    let shares = shares(&transaction).await?;
    let mut all = Vec::new();
    let mut is_member = false;
    let at_most = i32::try_from(query.limit + 1).unwrap_or(i32::MAX);
    for ((partnership_id, owner), share_id) in shares {
        if partnership_id == query.partnership_id {
            is_member = true;
            all.extend(newest(&transaction, owner, share_id, before, at_most).await?);
        }
    }
    transaction.commit().await?;
    if !is_member {
        return Err(ApiError::new(
            ErrorCode::NoSuchPartnership,
            "You are in no such partnership.",
        ));
    }
    all.sort_by_key(|sit| std::cmp::Reverse((sit.started_at_ms, sit.session_id)));
    let has_more = all.len() > query.limit as usize;
    all.truncate(query.limit as usize);
    Ok(Json(TogetherSits {
        sits: all,
        has_more,
    }))
}
