//! The shapes of what partners see of each other, and of sitting together.

use chrono::NaiveDate;
use mitta_domain::{PartnershipId, PlannedLength, TogetherBells, TogetherId, UnixMillis};
use mitta_protocol::now::{JoinAnswer, Now};
use serde::{Deserialize, Serialize};

use super::views::shapes;

shapes! {
    /// What to show of the partnerships.
    #[derive(Debug, Copy)]
    struct TogetherArgs {
        /// The civil date here, shifted by the hour at which the person's day starts.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub today: NaiveDate,
        /// How many weeks, this one included; 1 to 53.
        pub weeks: u32,
    }

    /// What goes on at this moment.
    #[derive(Debug)]
    struct TogetherNow {
        /// Who sits and what is proposed; its times stand on this computer's clock.
        pub now: Now,
        /// Whether it is told as it happens; else it is as of the last contact.
        pub is_live: bool,
        /// How far this computer's clock may be off the server's after alignment, in milliseconds;
        /// `null` before it was measured.
        pub clock_error_ms: Option<u32>,
    }

    /// A proposal to sit together.
    #[derive(Debug, Copy)]
    struct ProposeArgs {
        /// To whom.
        pub partnership_id: PartnershipId,
        /// Its start on this computer's clock; `null` for as soon as the others can answer.
        pub starts_at_ms: Option<UnixMillis>,
        /// Its length in seconds.
        pub planned_s: PlannedLength,
        /// When its bells ring.
        pub bells: TogetherBells,
    }

    /// A proposal.
    #[derive(Debug, Copy)]
    struct ProposalArgs {
        /// Which.
        pub together_id: TogetherId,
    }

    /// An answer to a proposal.
    #[derive(Debug, Copy)]
    struct AnswerArgs {
        /// To which.
        pub together_id: TogetherId,
        /// Whether one joins.
        pub answer: JoinAnswer,
    }
}
