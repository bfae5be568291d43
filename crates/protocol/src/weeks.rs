//! `GET /v1/weeks`: the totals of a share by week. `GET /v1/sits`: the rows of a share between two
//! dates, for the repair of a week that differs.

use chrono::{NaiveDate, Weekday};
use mitta_domain::digest::Digest;
use mitta_domain::share::SharedSit;
use mitta_domain::{SessionEvent, ShareId};
use serde::{Deserialize, Serialize};

use crate::row::SessionRow;

/// The query for weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct WeeksQuery {
    /// The share; the feed of the person's own devices where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub share_id: Option<ShareId>,
    /// The first day of a week, `Mon` to `Sun`; Monday where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub week_start: Option<Weekday>,
}

/// The weeks of a share that have rows, ascending, in one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WeeksAnswer {
    /// The life of the server's database.
    pub epoch: String,
    /// The position of the share at which they were read.
    pub head_seq: u64,
    /// The weeks.
    pub weeks: Vec<WeekSummary>,
}

/// What a share holds of one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WeekSummary {
    /// The week's first date.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub first_date: NaiveDate,
    /// Its rows: in the own feed all sessions, running and deleted ones too.
    pub rows: u64,
    /// Their digest.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// Completed, undeleted sits, from the stored day totals.
    pub sits: u64,
    /// Their credited seconds, from the stored day totals.
    pub credited_s: u64,
}

/// The query for the rows of some dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct SitsQuery {
    /// The share; the feed of the person's own devices where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub share_id: Option<ShareId>,
    /// The first date.
    #[cfg_attr(feature = "openapi", param(value_type = String))]
    pub from: NaiveDate,
    /// The last date; at most 31 days after the first.
    #[cfg_attr(feature = "openapi", param(value_type = String))]
    pub to: NaiveDate,
}

/// All rows of the dates asked for, in one snapshot. Of the two lists the one that fits the share is
/// filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SitsAnswer {
    /// The life of the server's database.
    pub epoch: String,
    /// The position of the share at which they were read.
    pub head_seq: u64,
    /// Own sessions.
    pub sessions: Vec<OwnSit>,
    /// Sits of a member.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub shared: Vec<SharedSit>,
}

/// An own session with what happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSit {
    /// The row.
    pub session: SessionRow,
    /// What happened in it, where it is completed.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub events: Vec<SessionEvent>,
}
