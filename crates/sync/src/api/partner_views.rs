//! The shapes of partnerships, invites and memberships.

use chrono::{NaiveDate, Weekday};
use mitta_domain::{PartnershipId, PersonId, UnixMillis};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::views::shapes;

/// How an invite is given to the other person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum InviteKind {
    /// To be sent; good for seven days.
    Link,
    /// Short, for reading aloud; good for ten minutes.
    Code,
}

/// Where an invite is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    /// Nobody has accepted it yet.
    Open,
    /// Somebody accepted it and waits for the inviter.
    Accepted,
}

shapes! {
    /// The partnerships of the person.
    #[derive(Debug)]
    struct PartnershipList {
        /// Each with its members and the own invites.
        pub partnerships: Vec<PartnershipView>,
    }

    /// A partnership as one of its members sees it.
    #[derive(Debug)]
    struct PartnershipView {
        /// Which.
        pub partnership_id: PartnershipId,
        /// Its name.
        pub name: String,
        /// The first day of its weeks.
        #[cfg_attr(
            feature = "ts",
            ts(type = "\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\"")
        )]
        pub week_start: Weekday,
        /// Its members, oneself first.
        pub members: Vec<MemberView>,
        /// The own invites that are open or wait for an answer, newest first.
        pub invites: Vec<InviteView>,
    }

    /// A member of a partnership.
    #[derive(Debug)]
    struct MemberView {
        /// Who.
        pub person_id: PersonId,
        /// How partners see them.
        pub display_name: String,
        /// What they aim to sit in a week, in seconds.
        pub weekly_goal_s: Option<u32>,
        /// Sits of this date and later are shared.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub share_since: NaiveDate,
        /// Whether it is the person of this account.
        pub is_me: bool,
        /// Whether new sits are private at present; known of oneself only.
        pub is_paused: Option<bool>,
        /// Whether partners see when one is sitting; known of oneself only.
        pub shows_sitting: Option<bool>,
    }

    /// Another name or first day of the week; what is `null` stays.
    #[derive(Debug)]
    struct ChangePartnershipArgs {
        /// Of which partnership.
        pub partnership_id: PartnershipId,
        /// 1 to 80 characters.
        pub name: Option<String>,
        /// The first day of its weeks.
        #[cfg_attr(
            feature = "ts",
            ts(type = "\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\" | null")
        )]
        pub week_start: Option<Weekday>,
        /// The name that the person saw while changing it: where it is another by now, nothing changes.
        pub expected_name: Option<String>,
        /// The same of the first day of its weeks.
        #[cfg_attr(
            feature = "ts",
            ts(type = "\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\" | null")
        )]
        pub expected_week_start: Option<Weekday>,
    }

    /// An own invite.
    #[derive(Debug)]
    struct InviteView {
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub invite_id: Uuid,
        /// How it was given.
        pub kind: InviteKind,
        /// Where it is.
        pub state: InviteState,
        /// Who accepted it and waits.
        pub accepted_by: Option<String>,
        /// When it expires.
        pub expires_at_ms: UnixMillis,
    }

    /// A partnership.
    #[derive(Debug, Copy)]
    struct PartnershipArgs {
        /// Which.
        pub partnership_id: PartnershipId,
    }

    /// A new partnership.
    #[derive(Debug)]
    struct CreatePartnershipArgs {
        /// 1 to 80 characters.
        pub name: String,
        /// The first day of its weeks.
        #[cfg_attr(
            feature = "ts",
            ts(type = "\"Mon\" | \"Tue\" | \"Wed\" | \"Thu\" | \"Fri\" | \"Sat\" | \"Sun\"")
        )]
        pub week_start: Weekday,
        /// Own sits of this date and later will be shared.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub share_since: NaiveDate,
    }

    /// A new invite.
    #[derive(Debug, Copy)]
    struct InviteArgs {
        /// Into which partnership.
        pub partnership_id: PartnershipId,
        /// How it is given.
        pub kind: InviteKind,
    }

    /// A new invite, shown once.
    struct InviteSecret {
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub invite_id: Uuid,
        /// What the other person gives back: the code, or what the link ends with.
        pub secret: String,
        /// The whole link, where the server knows its own address and a link was asked for.
        pub link: Option<String>,
        /// When it expires.
        pub expires_at_ms: UnixMillis,
    }

    /// An own invite.
    #[derive(Debug, Copy)]
    struct InviteOfArgs {
        /// Into which partnership.
        pub partnership_id: PartnershipId,
        /// Which.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub invite_id: Uuid,
    }

    /// An invite that was given to this person.
    struct AcceptInviteArgs {
        /// As it was given: a code, a whole link, or what it ends with.
        pub secret: String,
        /// Own sits of this date and later will be shared.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub share_since: NaiveDate,
    }

    /// An invite that was accepted; the inviter still has to confirm.
    #[derive(Debug)]
    struct AcceptedInvite {
        /// The partnership's name.
        pub partnership_name: String,
        /// Who invited.
        pub inviter_name: String,
    }

    /// The answer to whoever accepted an invite.
    #[derive(Debug, Copy)]
    struct ConfirmInviteArgs {
        /// Into which partnership.
        pub partnership_id: PartnershipId,
        /// Which invite.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        pub invite_id: Uuid,
        /// `false` turns the person away; the invite is used up in either case.
        pub accept: bool,
    }

    /// What the person shares; what is `null` stays.
    #[derive(Debug, Copy)]
    struct ChangeMembershipArgs {
        /// In which partnership.
        pub partnership_id: PartnershipId,
        /// Sits of this date and later are shared: the share is filled afresh from that date.
        #[cfg_attr(feature = "ts", ts(type = "string | null"))]
        pub share_since: Option<NaiveDate>,
        /// New sits are private while it is true; what is shared already stays shared.
        pub is_paused: Option<bool>,
        /// In seconds a week, 1 to 604,800; 0 for none.
        pub weekly_goal_s: Option<u32>,
        /// Whether partners see when one is sitting.
        pub shows_sitting: Option<bool>,
    }
}
