//! Identifiers. Each kind is its own type, made by the device (`UUIDv7`) before anything is sent
//! (invariant I3), and always written as lowercase hyphenated text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is no {what}: expected a UUID such as 0197a3c2-5f00-7000-8000-000000000001")]
pub struct InvalidId {
    /// Which id was expected, for instance `session_id`.
    pub what: &'static str,
    /// The text as it was given, shortened to 80 characters.
    pub text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that the caller's id source made.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId {
                    what: $what,
                    text: text.chars().take(80).collect(),
                })
            }
        }
    };
}

id!(
    /// One recorded sit. On the wire and in tables always `session_id`, never a bare `id`.
    SessionId,
    "session_id"
);
id!(
    /// One installation of the app.
    DeviceId,
    "device_id"
);
id!(
    /// One change that a device sends to the server, exactly once in effect.
    OpId,
    "op_id"
);

id!(
    /// A sitting of several persons at the same time; one session of each carries it.
    TogetherId,
    "together_id"
);
id!(
    /// Who sits. The server makes it at sign-up.
    PersonId,
    "person_id"
);
id!(
    /// Two to twelve persons who share their sits and weekly totals.
    PartnershipId,
    "partnership_id"
);
id!(
    /// One feed: what one member shows one partnership since one date; the feed of a person's own
    /// devices carries the person's own id ([`ShareId::own`]).
    ShareId,
    "share_id"
);

id!(
    /// Choices for a sit that a person keeps under a name, on this device only.
    PresetId,
    "preset_id"
);

id!(
    /// One reminder to sit, on this device only.
    ReminderId,
    "reminder_id"
);

impl ShareId {
    /// The feed of a person's own devices.
    pub const fn own(person_id: PersonId) -> Self {
        Self(person_id.0)
    }
}

#[cfg(test)]
mod tests;
