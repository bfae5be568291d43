//! With whom a sit is sat: together with others, or seen by nobody.

use mitta_domain::recovery::Unfinished;
use mitta_domain::{SessionId, Sharing, TogetherId};

use super::{Shared, locked};
use crate::api::Update;

/// What of a session a window is told besides how its timer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Company {
    /// The sitting together that it belongs to.
    pub together_id: Option<TogetherId>,
    /// Whether partners never see it.
    pub is_private: bool,
}

impl Company {
    pub(super) const ALONE: Self = Self {
        together_id: None,
        is_private: false,
    };

    pub(super) const PRIVATE: Self = Self {
        is_private: true,
        ..Self::ALONE
    };

    pub(super) const fn together(together_id: TogetherId) -> Self {
        Self {
            together_id: Some(together_id),
            ..Self::ALONE
        }
    }

    /// As its row says.
    pub(super) const fn of(row: &Unfinished) -> Self {
        Self {
            together_id: row.start.together_id,
            is_private: !row.sharing.shared,
        }
    }
}

impl Shared {
    /// Tells of what partners may see of the live sit by now, if that sit it is.
    pub(super) fn shared_as(&self, session_id: SessionId, sharing: Sharing) {
        let mut seat = locked(&self.seat);
        let Some(live) = seat
            .as_mut()
            .filter(|live| live.timer.session_id() == session_id)
        else {
            return;
        };
        live.company.is_private = !sharing.shared;
        if live.is_shown() {
            self.update(Update::Sit(Some(live.view(self.clock.now()))));
        }
    }
}
