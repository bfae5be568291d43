//! What `mitta sit` tells: each event is a line of JSON, or a line of text (`words::event`).

use mitta_domain::{Completion, PlannedLength, Seconds, SessionId, UnixMillis};
use mitta_runtime::api::{ApiError, NoticeTopic, SpanTotal, UnfinishedView};
use serde::Serialize;

/// `completed`, `discarded`, `left_unfinished` and `not_recorded` are the last but for notices.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// An earlier sit that was never finished.
    Unfinished(&'a UnfinishedView),
    /// The row is committed.
    Started {
        session_id: SessionId,
        planned_s: Option<PlannedLength>,
        preparation_s: Seconds,
        ends_at_ms: Option<UnixMillis>,
    },
    /// The preparation is over.
    Sitting { session_id: SessionId },
    /// The planned length is reached, and the timer goes on.
    Overtime { session_id: SessionId },
    /// A question was answered with what was planned, since nobody could be asked.
    KeptAsPlanned { session_id: SessionId },
    /// Something beside the sit went wrong.
    Problem {
        topic: NoticeTopic,
        error: &'a ApiError,
    },
    /// It is well again.
    ProblemOver { topic: NoticeTopic },
    /// The completion is committed.
    Completed {
        session_id: SessionId,
        credited_s: Seconds,
        completion: Completion,
        week: Option<SpanTotal>,
    },
    /// The sit is completed and deleted.
    Discarded { session_id: SessionId },
    /// The program ends, the sit stays as it is.
    LeftUnfinished { session_id: SessionId },
    /// The sit is over, but its completion could not be committed.
    NotRecorded { session_id: SessionId },
}
