//! What `mitta partners` says.

use chrono::NaiveDate;
use chrono_tz::Tz;
use mitta_sync::api::{
    AcceptedInvite, InviteKind, InviteSecret, InviteState, InviteView, MemberView, PartnershipView,
};

use super::{clock_time, printable, sits, spoken, when};
use crate::partners::{PartnerSit, Shown};

pub const NO_PARTNERS: &str = "No partners yet. `mitta partners create NAME` begins a partnership, \
     `mitta partners accept SECRET` joins one.";
pub const NO_ACCOUNT_YET: &str = "there is no account here yet";
pub const NO_SUCH_PARTNERSHIP: &str = "there is no such partnership; `mitta partners` lists them";
pub const WHICH_PARTNERSHIP: &str =
    "there are several partnerships; say which one with `--in NAME`";
pub const ONLY_WITH_YES: &str = "Nothing was changed. With --yes it is done.";
pub const PAUSED: &str = "New sits are private until `mitta partners resume`. What is shared already \
     stays shared.";
pub const RESUMED: &str =
    "New sits are shared again. Those that were begun in the pause stay private.";

pub fn partnership_made(made: &PartnershipView) -> String {
    format!(
        "{} was begun. `mitta partners invite` makes an invite for the other person.",
        printable(&made.name)
    )
}

pub fn accepted(accepted: &AcceptedInvite, since: NaiveDate) -> String {
    format!(
        "{} is asked to confirm. Then both of you are in {}, and your sits of {since} and later \
         are shared.",
        printable(&accepted.inviter_name),
        printable(&accepted.partnership_name)
    )
}

pub fn invite_made(made: &InviteSecret, zone: Tz) -> String {
    let shown = made.link.as_deref().unwrap_or(&made.secret);
    format!(
        "Shown once, for one person, until {}:\n\n    {}\n\nThey give it to `mitta partners \
         accept`; `mitta partners` then asks you to confirm.",
        when(made.expires_at_ms, zone),
        printable(shown)
    )
}

/// What happens with the rows that are shared, said before it happens.
pub fn since(partnership: &PartnershipView, date: NaiveDate) -> String {
    let before = partnership.members.iter().find(|member| member.is_me);
    let before = before.map_or_else(String::new, |member| {
        format!(" (now since {})", member.share_since)
    });
    format!(
        "In {}, your sits of {date} and later will be shared{before}. The share is filled afresh: \
         earlier sits that partners see now are taken away from them, later ones of the past \
         become visible. Private sits, and those begun in a pause, stay private.",
        printable(&partnership.name)
    )
}

/// What leaving does, said before it happens.
pub fn leaving(partnership: &PartnershipView) -> String {
    format!(
        "Leaving {}: from then on partners do not see your sits any more, and you do not see \
         theirs. Your own history stays.",
        printable(&partnership.name)
    )
}

pub fn partnership(partnership: &PartnershipView, zone: Tz) -> Vec<String> {
    let mut lines = vec![format!(
        "{} ({})",
        printable(&partnership.name),
        partnership.partnership_id
    )];
    lines.extend(partnership.members.iter().map(member));
    let waiting = partnership.invites.iter();
    lines.extend(waiting.map(|it| invite(it, zone)));
    lines
}

fn member(member: &MemberView) -> String {
    let me = if member.is_me { " (you)" } else { "" };
    let paused = if member.is_paused == Some(true) {
        "; paused, new sits are private"
    } else {
        ""
    };
    format!(
        "    {}{me}, shares since {}{paused}",
        printable(&member.display_name),
        member.share_since
    )
}

fn invite(invite: &InviteView, zone: Tz) -> String {
    let id = invite.invite_id;
    match (invite.state, &invite.accepted_by) {
        (InviteState::Accepted, name) => format!(
            "    {} waits: `mitta partners confirm {id}` or `mitta partners turn-away {id}`",
            printable(name.as_deref().unwrap_or("Somebody"))
        ),
        (InviteState::Open, _) => {
            let kind = match invite.kind {
                InviteKind::Link => "link",
                InviteKind::Code => "code",
            };
            let until = when(invite.expires_at_ms, zone);
            format!("    open invite {id} ({kind}, until {until})")
        }
    }
}

pub fn partner_sits(shown: &Shown) -> Vec<String> {
    let line = |name: &str, credited_s, count| {
        format!("    {name:<20}{:>12}   {}", spoken(credited_s), sits(count))
    };
    let mut lines = vec![format!(
        "{}, {} – {}",
        printable(&shown.name),
        shown.from,
        shown.to
    )];
    for member in &shown.members {
        let me = if member.is_me { " (you)" } else { "" };
        let name = format!("{}{me}", printable(&member.display_name));
        lines.push(line(&name, member.credited_s, member.sits));
    }
    lines.push(line(
        "together",
        shown.credited_s_together,
        shown.sits_together,
    ));
    lines.extend(shown.sits.iter().map(partner_sit));
    lines
}

fn partner_sit(PartnerSit { display_name, sit }: &PartnerSit) -> String {
    let words = [&sit.label, &sit.note].into_iter().flatten();
    let words: Vec<String> = words
        .filter_map(|text| text.lines().next())
        .map(printable)
        .collect();
    let line = format!(
        "{}  {}  {:<14}  {}  {}",
        sit.local_date,
        clock_time(sit.started_at_ms, sit.utc_offset_s),
        sit.credited_s.spoken(),
        printable(display_name),
        words.join("  ")
    );
    line.trim_end().to_owned()
}
