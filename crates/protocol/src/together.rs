//! `GET /v1/together`: what partners see of each other. The server answers it for the web page; the app
//! makes the same of its own database, by the same [`assemble`], so that both show the same number.

use chrono::{NaiveDate, Weekday};
use mitta_domain::share::SharedSit;
use mitta_domain::{PartnershipId, PersonId, SessionId, TogetherId, UnixMillis};
use serde::{Deserialize, Serialize};

mod assemble;

pub use assemble::{MemberParts, assemble};

/// The most weeks that may be asked for.
pub const MAX_WEEKS: u32 = 53;
/// How many sits [`TogetherPartnership::sits`] has at most; more are had by [`TogetherSitsQuery`].
pub const RECENT_SITS: usize = 12;
/// The most sits of one page.
pub const MAX_SITS: u32 = 100;

/// The query of `GET /v1/together`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct TogetherQuery {
    /// The civil date where the one who asks is, shifted by the hour at which their day starts.
    #[cfg_attr(feature = "openapi", param(value_type = String))]
    pub today: NaiveDate,
    /// How many weeks, this one included; 1 to [`MAX_WEEKS`].
    pub weeks: u32,
}

/// All partnerships of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Together {
    /// In the order in which the person joined them.
    pub partnerships: Vec<TogetherPartnership>,
}

/// A partnership, with what its members sat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TogetherPartnership {
    /// Which.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub partnership_id: PartnershipId,
    /// Its name.
    pub name: String,
    /// The first day of its weeks.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[cfg_attr(
        feature = "ts",
        ts(type = "\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\"")
    )]
    pub week_start: Weekday,
    /// Its members, the one who asks first.
    pub members: Vec<TogetherMember>,
    /// What all sat together in each week, oldest first; the last is this week.
    pub weeks: Vec<TogetherWeek>,
    /// The newest sits of all members, newest first; at most [`RECENT_SITS`].
    pub sits: Vec<TogetherSit>,
    /// Whether there are older sits than those.
    pub has_more_sits: bool,
    /// Whether these numbers were held against the server's; absent where the server itself answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub compared: Option<Compared>,
}

/// A member, as the one who asks may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TogetherMember {
    /// Who.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// How partners see them.
    pub display_name: String,
    /// Whether it is the one who asks.
    pub is_me: bool,
    /// What they aim to sit in a week, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub weekly_goal_s: Option<u32>,
    /// Sits of this date and later are shared.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub share_since: NaiveDate,
    /// Whether new sits are private at present; said only of the one who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub is_paused: Option<bool>,
    /// Whether partners see that one is sitting; said only of the one who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub shows_sitting: Option<bool>,
    /// What they share of each week, oldest first; the last is this week. Absent on a device that has
    /// not fetched it yet; the server knows it of everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub weeks: Option<Vec<WeekTotal>>,
    /// What they sat this week and do not share; said only of the one who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub private: Option<Total>,
    /// Sits counted here that partners cannot see yet, because this device has not sent them.
    pub on_the_way: u32,
    /// When a device of theirs was last heard of, on the server's clock, rounded down: what it had to say
    /// by then is here, unless it was refused or waits on another device. Absent where none was, and of
    /// the one who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub as_of_ms: Option<UnixMillis>,
}

/// A number of sits and their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Total {
    /// Completed sits.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
}

/// What was sat in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WeekTotal {
    /// Its first date.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub first_date: NaiveDate,
    /// Completed sits.
    pub sits: u32,
    /// Their credited seconds.
    pub credited_s: u64,
}

/// What all members sat in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TogetherWeek {
    /// Its first date.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub first_date: NaiveDate,
    /// Completed sits; absent as long as a member's are ([`TogetherMember::weeks`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub sits: Option<u32>,
    /// Their credited seconds; absent where `sits` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub credited_s: Option<u64>,
}

impl TogetherWeek {
    /// Both numbers, where they are known.
    pub fn total(&self) -> Option<Total> {
        Some(Total {
            sits: self.sits?,
            credited_s: self.credited_s?,
        })
    }
}

/// A shared sit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TogetherSit {
    /// Whose.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub person_id: PersonId,
    /// Which.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub session_id: SessionId,
    /// When it began, on its owner's wall clock.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub started_at_ms: UnixMillis,
    /// Seconds east of UTC where it began.
    pub utc_offset_s: i32,
    /// The civil date it belongs to.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub local_date: NaiveDate,
    /// Whole seconds that count.
    pub credited_s: u32,
    /// The sitting together it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub together_id: Option<TogetherId>,
    /// Its note, where its owner shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub note: Option<String>,
    /// Its label, where its owner shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub label: Option<String>,
    /// Whether it waits on this device to be sent, so that partners cannot see it yet.
    #[serde(default)]
    pub is_on_the_way: bool,
}

impl TogetherSit {
    /// A sit of `person_id`, as a share shows it.
    pub fn of(person_id: PersonId, sit: SharedSit, is_on_the_way: bool) -> Self {
        Self {
            person_id,
            session_id: sit.session_id,
            started_at_ms: sit.started_at_ms,
            utc_offset_s: sit.utc_offset_s,
            local_date: sit.local_date,
            credited_s: sit.credited_s.0,
            together_id: sit.together_id,
            note: sit.note,
            label: sit.label,
            is_on_the_way,
        }
    }
}

/// Whether a device's totals were held against the server's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Compared {
    /// They are the same on both sides.
    Equal {
        /// When that was found, on this device's wall clock.
        #[cfg_attr(feature = "openapi", schema(value_type = i64))]
        compared_at_ms: UnixMillis,
    },
    /// Something is still on the way, in one direction or the other.
    Pending,
    /// They differ, also after a repair.
    Differs {
        /// The first dates of the weeks that differ.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        #[cfg_attr(feature = "ts", ts(type = "Array<string>"))]
        weeks: Vec<NaiveDate>,
    },
}

/// The query of `GET /v1/together/sits`: the shared sits of a partnership, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct TogetherSitsQuery {
    /// The partnership.
    #[cfg_attr(feature = "openapi", param(value_type = String))]
    pub partnership_id: PartnershipId,
    /// With `before_session_id`: sits before this one in the list, its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>))]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub before_ms: Option<UnixMillis>,
    /// With `before_ms`: sits before this one in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    #[cfg_attr(feature = "ts", ts(optional = nullable))]
    pub before_session_id: Option<SessionId>,
    /// At most so many, 1 to [`MAX_SITS`].
    pub limit: u32,
}

/// A page of shared sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TogetherSits {
    /// Newest first.
    pub sits: Vec<TogetherSit>,
    /// Whether there are older ones.
    pub has_more: bool,
}
