//! One sit as Mitta's JSON has it. `docs/history.schema.json` says the same for other programs.

use chrono::NaiveDate;
use mitta_domain::session::{Stamp, Words};
use mitta_domain::{
    Completion, DeviceId, Plan, PlannedLength, Seconds, Session, SessionEvent, SessionId,
    SessionStart, Sharing, Source, TogetherId, UnixMillis,
};
use serde::{Deserialize, Serialize};

/// A completed sit. Whatever is not known here, is passed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SitDoc {
    pub session_id: SessionId,
    pub device_id: DeviceId,
    pub source: Source,
    pub started_at_ms: UnixMillis,
    pub tz: String,
    pub utc_offset_s: i32,
    pub local_date: NaiveDate,
    pub planned_s: Option<PlannedLength>,
    pub together_id: Option<TogetherId>,
    pub replaces: Option<SessionId>,
    /// What counts toward totals: derived, for who reads the file; not read back.
    #[serde(default)]
    pub credited_s: Seconds,
    pub completion: Completion,
    pub corrected_credited_s: Option<Seconds>,
    pub note: Option<String>,
    pub mood: Option<u8>,
    pub label: Option<String>,
    pub shared: bool,
    pub note_shared: bool,
    pub deleted: bool,
    pub written: Written,
    pub plan: Option<Plan>,
    pub events: Vec<SessionEvent>,
}

/// Who wrote each group of edits last; null where nobody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Written {
    pub words: Option<Stamp>,
    pub corrected: Option<Stamp>,
    pub sharing: Option<Stamp>,
    pub deleted: Option<Stamp>,
}

/// A stamp, unless it stands for nobody.
pub(crate) fn written(stamp: Stamp) -> Option<Stamp> {
    (stamp != Stamp::UNWRITTEN).then_some(stamp)
}

pub(crate) fn stamp(written: Option<Stamp>) -> Stamp {
    written.unwrap_or(Stamp::UNWRITTEN)
}

impl SitDoc {
    /// A completed session; `None` of one that is still running.
    ///
    /// Taken apart without a rest, as it is put together below: a field that comes to a session comes to
    /// the file, or is left out by name.
    pub(crate) fn of(session: &Session, events: &[SessionEvent]) -> Option<Self> {
        let Session {
            start,
            plan,
            completion,
            credited_override_s,
            words,
            sharing,
            deleted,
            words_stamp,
            credited_stamp,
            sharing_stamp,
            deleted_stamp,
        } = session;
        let SessionStart {
            session_id,
            device_id,
            source,
            started_at_ms,
            tz,
            utc_offset_s,
            local_date,
            planned_s,
            together_id,
            replaces,
        } = start;
        let Words { note, mood, label } = words;
        let Sharing {
            shared,
            note_shared,
        } = *sharing;
        Some(Self {
            session_id: *session_id,
            device_id: *device_id,
            source: *source,
            started_at_ms: *started_at_ms,
            tz: tz.clone(),
            utc_offset_s: *utc_offset_s,
            local_date: *local_date,
            planned_s: *planned_s,
            together_id: *together_id,
            replaces: *replaces,
            credited_s: session.credited_s(),
            completion: (*completion)?,
            corrected_credited_s: *credited_override_s,
            note: note.clone(),
            mood: *mood,
            label: label.clone(),
            shared,
            note_shared,
            deleted: *deleted,
            written: Written {
                words: written(*words_stamp),
                corrected: written(*credited_stamp),
                sharing: written(*sharing_stamp),
                deleted: written(*deleted_stamp),
            },
            plan: plan.clone(),
            events: events.to_vec(),
        })
    }

    pub(crate) fn into_session(self) -> (Session, Vec<SessionEvent>) {
        let start = SessionStart {
            session_id: self.session_id,
            device_id: self.device_id,
            source: self.source,
            started_at_ms: self.started_at_ms,
            tz: self.tz,
            utc_offset_s: self.utc_offset_s,
            local_date: self.local_date,
            planned_s: self.planned_s,
            together_id: self.together_id,
            replaces: self.replaces,
        };
        let session = Session {
            start,
            plan: self.plan,
            completion: Some(self.completion),
            credited_override_s: self.corrected_credited_s,
            words: Words {
                note: self.note,
                mood: self.mood,
                label: self.label,
            },
            sharing: Sharing {
                shared: self.shared,
                note_shared: self.note_shared,
            },
            deleted: self.deleted,
            words_stamp: stamp(self.written.words),
            credited_stamp: stamp(self.written.corrected),
            sharing_stamp: stamp(self.written.sharing),
            deleted_stamp: stamp(self.written.deleted),
        };
        (session, self.events)
    }
}
