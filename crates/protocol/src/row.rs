//! A session as the server holds it, for the person's own devices.

use chrono::NaiveDate;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, DeviceId, Plan, PlannedLength, Seconds, Session, SessionId, SessionStart, Sharing,
    Source, TogetherId, UnixMillis,
};
use serde::{Deserialize, Serialize};

/// The canonical row of an own session. The stamp of a group that nobody has written is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SessionRow))]
#[expect(missing_docs, reason = "the fields of domain::Session, in its words")]
pub struct SessionRow {
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub session_id: SessionId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub device_id: DeviceId,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub source: Source,
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub started_at_ms: UnixMillis,
    pub tz: String,
    pub utc_offset_s: i32,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "date"))]
    pub local_date: NaiveDate,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    pub planned_s: Option<PlannedLength>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub together_id: Option<TogetherId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub replaces: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub plan: Option<Plan>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub completion: Option<Completion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    pub credited_override_s: Option<Seconds>,
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub words: Words,
    #[serde(default, skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub sharing: Sharing,
    #[serde(default, skip_serializing_if = "is_default")]
    pub deleted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub words_stamp: Option<Stamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub credited_stamp: Option<Stamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub sharing_stamp: Option<Stamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub deleted_stamp: Option<Stamp>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn written(stamp: Stamp) -> Option<Stamp> {
    (stamp != Stamp::UNWRITTEN).then_some(stamp)
}

impl From<Session> for SessionRow {
    fn from(session: Session) -> Self {
        let start = session.start;
        Self {
            session_id: start.session_id,
            device_id: start.device_id,
            source: start.source,
            started_at_ms: start.started_at_ms,
            tz: start.tz,
            utc_offset_s: start.utc_offset_s,
            local_date: start.local_date,
            planned_s: start.planned_s,
            together_id: start.together_id,
            replaces: start.replaces,
            plan: session.plan,
            completion: session.completion,
            credited_override_s: session.credited_override_s,
            words: session.words,
            sharing: session.sharing,
            deleted: session.deleted,
            words_stamp: written(session.words_stamp),
            credited_stamp: written(session.credited_stamp),
            sharing_stamp: written(session.sharing_stamp),
            deleted_stamp: written(session.deleted_stamp),
        }
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        let stamp = |stamp: Option<Stamp>| stamp.unwrap_or(Stamp::UNWRITTEN);
        Self {
            start: SessionStart {
                session_id: row.session_id,
                device_id: row.device_id,
                source: row.source,
                started_at_ms: row.started_at_ms,
                tz: row.tz,
                utc_offset_s: row.utc_offset_s,
                local_date: row.local_date,
                planned_s: row.planned_s,
                together_id: row.together_id,
                replaces: row.replaces,
            },
            plan: row.plan,
            completion: row.completion,
            credited_override_s: row.credited_override_s,
            words: row.words,
            sharing: row.sharing,
            deleted: row.deleted,
            words_stamp: stamp(row.words_stamp),
            credited_stamp: stamp(row.credited_stamp),
            sharing_stamp: stamp(row.sharing_stamp),
            deleted_stamp: stamp(row.deleted_stamp),
        }
    }
}
