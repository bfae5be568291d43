//! Notices: what does not work and hinders no sit, one of a topic, until it works again.

use std::collections::BTreeMap;

use mitta_domain::BellKind;

use super::{Engine, Shared};
use crate::api::{ApiError, ErrorCode, Notice, NoticeTopic, Update};
use crate::locked;
use crate::sound::SoundEvent;

impl Engine {
    /// Opens or closes a notice of a surface's own, for instance of the tray.
    pub fn notice(&self, topic: NoticeTopic, error: Option<ApiError>) {
        self.shared.notice(topic, error);
    }

    /// Takes what the sound output tells: whoever makes the output hands its events on to here,
    /// and they become the notice about the sound. Returns at once.
    pub fn heard(&self, event: SoundEvent) {
        let notice = match event {
            SoundEvent::Problems(problems) => problems.into_iter().next().map(ApiError::from),
            SoundEvent::Missed(kind) => {
                tracing::warn!(?kind, "a bell was not heard");
                // A known reason says more.
                if locked(&self.shared.notices).contains_key(&NoticeTopic::Sound) {
                    return;
                }
                let bell = match kind {
                    BellKind::Start => "start",
                    BellKind::Interval => "interval",
                    BellKind::End => "end",
                };
                Some(ApiError::new(
                    ErrorCode::BellMissed,
                    format_args!(
                        "The {bell} bell could not be heard. The sit is recorded either way."
                    ),
                ))
            }
        };
        self.shared.notice(NoticeTopic::Sound, notice);
    }
}

impl Shared {
    /// Opens, replaces or (with `None`) closes the notice of a topic.
    pub(super) fn notice(&self, topic: NoticeTopic, error: Option<ApiError>) {
        let mut notices = locked(&self.notices);
        if notices.get(&topic) == error.as_ref() {
            return;
        }
        match error {
            Some(error) => notices.insert(topic, error),
            None => notices.remove(&topic),
        };
        self.update(Update::Notices(list(&notices)));
    }

    /// As [`Shared::notice`], about reading the database. That it was set aside stays said.
    pub(super) fn database_notice(&self, error: Option<ApiError>) {
        let said = locked(&self.notices)
            .get(&NoticeTopic::Database)
            .map(|e| e.code);
        if said != Some(ErrorCode::DatabaseCorrupt) {
            self.notice(NoticeTopic::Database, error);
        }
    }
}

/// `error` kept the settings from being read.
pub(super) fn without_settings(error: &ApiError) -> ApiError {
    let message = format!(
        "The usual settings are used in place of your own: {}",
        error.message
    );
    ApiError {
        message,
        ..error.clone()
    }
}

pub(super) fn list(notices: &BTreeMap<NoticeTopic, ApiError>) -> Vec<Notice> {
    notices
        .iter()
        .map(|(topic, error)| Notice {
            topic: *topic,
            error: error.clone(),
        })
        .collect()
}
