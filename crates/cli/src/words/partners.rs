//! What `mitta partners` says.

use chrono::NaiveDate;
use chrono_tz::Tz;
use mitta_sync::api::{
    AcceptedInvite, Activity, ActivityKind, InviteKind, InviteSecret, InviteState, InviteView,
    MemberView, PartnershipView, TogetherPartnership, TogetherSit, TogetherWeek, Total, WeekTotal,
};
use mitta_words::{date, say, word};

use super::dates::{clock_time, span};
use super::{printable, sits, spoken, when};

pub fn no_partners() -> &'static str {
    word!(
        "No partners yet. `mitta partners create NAME` begins a partnership, `mitta partners accept SECRET` joins one.",
        "Noch keine Mitsitzenden. `mitta partners create NAME` beginnt einen Kreis, `mitta partners accept CODE` tritt einem bei."
    )
}

pub fn no_account_yet() -> &'static str {
    word!(
        "there is no account here yet",
        "hier gibt es noch kein Konto"
    )
}

pub fn no_such_partnership() -> &'static str {
    word!(
        "there is no such partnership; `mitta partners` lists them",
        "diesen Kreis gibt es nicht; `mitta partners` listet sie auf"
    )
}

pub fn which_partnership() -> &'static str {
    word!(
        "there are several partnerships; say which one with `--in NAME`",
        "es gibt mehrere Kreise; sag mit `--in NAME`, welcher gemeint ist"
    )
}

pub fn only_with_yes() -> &'static str {
    word!(
        "Nothing was changed. With --yes it is done.",
        "Nichts wurde geändert. Mit --yes geschieht es."
    )
}

pub fn sharing_paused() -> &'static str {
    word!(
        "New sits are private until `mitta partners resume`. What is shared already stays shared.",
        "Neue Sitzungen sind privat bis `mitta partners resume`. Was schon geteilt ist, bleibt geteilt."
    )
}

pub fn sharing_resumed() -> &'static str {
    word!(
        "New sits are shared again. Those that were begun in the pause stay private.",
        "Neue Sitzungen werden wieder geteilt. Die in der Pause begonnenen bleiben privat."
    )
}

pub fn partnership_made(made: &PartnershipView) -> String {
    say!(
        "{} was begun. `mitta partners invite` makes an invite for the other person.",
        "{} wurde begonnen. `mitta partners invite` macht eine Einladung für die andere Person.",
        printable(&made.name)
    )
}

pub fn accepted(accepted: &AcceptedInvite, since: NaiveDate) -> String {
    let since = date(since);
    say!(
        "{} is asked to confirm. Then both of you are in {}, and your sits of {since} and later \
         are shared.",
        "{} wird um Bestätigung gebeten. Dann seid ihr beide in {}, und deine Sitzungen ab {since} \
         werden geteilt.",
        printable(&accepted.inviter_name),
        printable(&accepted.partnership_name)
    )
}

pub fn invite_made(made: &InviteSecret, zone: Tz) -> String {
    let shown = made.link.as_deref().unwrap_or(&made.secret);
    say!(
        "Shown once, for one person, until {}:\n\n    {}\n\nThey give it to `mitta partners \
         accept`; `mitta partners` then asks you to confirm.",
        "Nur einmal gezeigt, für eine Person, bis {}:\n\n    {}\n\nSie gibt es `mitta partners \
         accept`; `mitta partners` bittet dich dann um Bestätigung.",
        when(made.expires_at_ms, zone),
        printable(shown)
    )
}

/// What happens with the rows that are shared, said before it happens.
pub fn since(partnership: &PartnershipView, from: NaiveDate) -> String {
    let before = partnership.members.iter().find(|member| member.is_me);
    let before = before.map_or_else(String::new, |member| {
        let since = date(member.share_since);
        say!(" (now since {since})", " (jetzt seit {since})")
    });
    let date = date(from);
    say!(
        "In {}, your sits of {date} and later will be shared{before}. The share is filled afresh: \
         earlier sits that partners see now are taken away from them, later ones of the past \
         become visible. Private sits, and those begun in a pause, stay private.",
        "In {} werden deine Sitzungen ab {date} geteilt{before}. Was geteilt ist, wird neu gefüllt: \
         frühere, die Mitsitzende jetzt sehen, werden ihnen genommen, spätere aus der Vergangenheit \
         werden sichtbar. Private Sitzungen und in einer Pause begonnene bleiben privat.",
        printable(&partnership.name)
    )
}

/// What leaving does, said before it happens.
pub fn leaving(partnership: &PartnershipView) -> String {
    say!(
        "Leaving {}: from then on partners do not see your sits any more, and you do not see \
         theirs. Your own history stays.",
        "{} verlassen: von da an sehen die anderen deine Sitzungen nicht mehr, und du nicht die der \
         anderen. Dein eigener Verlauf bleibt.",
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
    let me = if member.is_me { you() } else { "" };
    let paused = if member.is_paused == Some(true) {
        word!(
            "; paused, new sits are private",
            "; angehalten, neue Sitzungen sind privat"
        )
    } else {
        ""
    };
    say!(
        "    {}{me}, shares since {}{paused}",
        "    {}{me}, teilt seit {}{paused}",
        printable(&member.display_name),
        date(member.share_since)
    )
}

fn invite(invite: &InviteView, zone: Tz) -> String {
    let id = invite.invite_id;
    match (invite.state, &invite.accepted_by) {
        (InviteState::Accepted, name) => say!(
            "    {} waits: `mitta partners confirm {id}` or `mitta partners turn-away {id}`",
            "    {} wartet: `mitta partners confirm {id}` oder `mitta partners turn-away {id}`",
            printable(name.as_deref().unwrap_or(word!("Somebody", "Jemand")))
        ),
        (InviteState::Open, _) => {
            let kind = match invite.kind {
                InviteKind::Link => word!("link", "Link"),
                InviteKind::Code => word!("code", "Code"),
            };
            let until = when(invite.expires_at_ms, zone);
            say!(
                "    open invite {id} ({kind}, until {until})",
                "    offene Einladung {id} ({kind}, bis {until})"
            )
        }
    }
}

pub fn partner_sits(shown: &TogetherPartnership) -> Vec<String> {
    let line = |name: &str, total: Option<Total>| match total {
        Some(total) => {
            let sat = spoken(total.credited_s);
            format!("    {name:<20}{sat:>12}   {}", sits(total.sits))
        }
        None => format!("    {name:<20}  {}", not_fetched()),
    };
    let mut lines = vec![printable(&shown.name)];
    lines.extend(shown.weeks.last().map(|week| {
        let last = week.first_date + chrono::Days::new(6);
        format!("    {}", span(week.first_date, last))
    }));
    for member in &shown.members {
        let me = if member.is_me { you() } else { "" };
        let name = format!("{}{me}", printable(&member.display_name));
        let week = member.weeks.as_deref().and_then(<[_]>::last);
        lines.push(line(&name, week.map(total_of)));
        if member.on_the_way > 0 {
            let waiting = sits(member.on_the_way);
            lines.push(say!(
                "    of these on the way to partners: {waiting}",
                "    davon unterwegs zu den anderen: {waiting}"
            ));
        }
    }
    let week = shown.weeks.last().and_then(TogetherWeek::total);
    lines.push(line(word!("together", "zusammen"), week));
    lines.extend(shown.sits.iter().map(|sit| partner_sit(shown, sit)));
    lines
}

fn you() -> &'static str {
    word!(" (you)", " (du)")
}

fn not_fetched() -> &'static str {
    word!("not fetched yet", "noch nicht geholt")
}

const fn total_of(week: &WeekTotal) -> Total {
    Total {
        sits: week.sits,
        credited_s: week.credited_s,
    }
}

fn partner_sit(shown: &TogetherPartnership, sit: &TogetherSit) -> String {
    let mut members = shown.members.iter();
    let whose = members.find(|member| member.person_id == sit.person_id);
    let words = [&sit.label, &sit.note].into_iter().flatten();
    let words: Vec<String> = words
        .filter_map(|text| text.lines().next())
        .map(printable)
        .collect();
    let line = format!(
        "{}  {}  {:<14}  {}  {}",
        date(sit.local_date),
        clock_time(sit.started_at_ms, sit.utc_offset_s),
        spoken(sit.credited_s.into()),
        printable(whose.map_or("", |member| &member.display_name)),
        words.join("  ")
    );
    line.trim_end().to_owned()
}

pub fn sitting_shown() -> &'static str {
    word!(
        "Partners see from now on when you are sitting, but for private sits.",
        "Mitsitzende sehen von jetzt an, wann du sitzt, außer bei privaten Sitzungen."
    )
}

pub fn sitting_hidden() -> &'static str {
    word!(
        "Partners no longer see when you are sitting.",
        "Mitsitzende sehen nicht mehr, wann du sitzt."
    )
}

pub fn no_activity() -> &'static str {
    word!("Nothing has happened yet.", "Noch ist nichts geschehen.")
}

/// `2026-11-21 08:00  Signed in, on desk`
pub fn activity(activity: &Activity, zone: Tz) -> String {
    let about = [
        (word!(", on ", ", Gerät "), &activity.device_name),
        (word!(", in ", ", Kreis "), &activity.partnership_name),
        (": ", &activity.person_name),
    ];
    let about: String = about
        .into_iter()
        .filter_map(|(before, name)| Some(format!("{before}{}", printable(name.as_deref()?))))
        .collect();
    format!(
        "{}  {}{about}",
        when(activity.happened_at_ms, zone),
        happened(activity.kind)
    )
}

fn happened(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::SignedUp => word!("The account was made", "Das Konto wurde angelegt"),
        ActivityKind::SignedIn => word!("Signed in", "Angemeldet"),
        ActivityKind::SignedOut => word!("Signed out", "Abgemeldet"),
        ActivityKind::DeviceRevoked => word!(
            "A device was signed out from elsewhere",
            "Ein Gerät wurde von anderswo abgemeldet"
        ),
        ActivityKind::PasswordChanged => {
            word!("The password was changed", "Das Passwort wurde geändert")
        }
        ActivityKind::Recovered => word!(
            "The password was set anew with the recovery code",
            "Das Passwort wurde mit dem Wiederherstellungscode neu gesetzt"
        ),
        ActivityKind::RecoveryCodeMade => word!(
            "A new recovery code was made",
            "Ein neuer Wiederherstellungscode wurde gemacht"
        ),
        ActivityKind::Exported => word!("Everything was exported", "Alles wurde exportiert"),
        ActivityKind::PartnershipMade => {
            word!("You began a partnership", "Du hast einen Kreis begonnen")
        }
        ActivityKind::Invited => word!("You made an invite", "Du hast eine Einladung gemacht"),
        ActivityKind::InviteAccepted => word!(
            "Your invite was accepted",
            "Deine Einladung wurde angenommen"
        ),
        ActivityKind::Joined => word!("You became a member", "Du bist jetzt dabei"),
        ActivityKind::MemberJoined => word!("Somebody became a member", "Jemand ist jetzt dabei"),
        ActivityKind::Left => word!("You left", "Du bist gegangen"),
        ActivityKind::MemberLeft => word!("Somebody left", "Jemand ist gegangen"),
        ActivityKind::ShareSinceChanged => word!(
            "You changed since when you share",
            "Du hast geändert, seit wann du teilst"
        ),
        ActivityKind::SharingPaused => word!("You paused sharing", "Du hast das Teilen angehalten"),
        ActivityKind::SharingResumed => word!("You share again", "Du teilst wieder"),
        ActivityKind::SittingShown => word!(
            "You let partners see when you sit",
            "Du lässt die anderen sehen, wann du sitzt"
        ),
        ActivityKind::SittingHidden => word!(
            "You no longer let partners see when you sit",
            "Du lässt die anderen nicht mehr sehen, wann du sitzt"
        ),
        ActivityKind::Unknown => word!(
            "Something that this version of Mitta does not know",
            "Etwas, das diese Version von Mitta nicht kennt"
        ),
    }
}

#[cfg(test)]
mod tests {
    use mitta_domain::UnixMillis;

    use super::*;

    #[test]
    fn of_what_is_not_fetched_no_number_is_said() {
        let id = "0197a3c2-5f00-7000-8000-000000000001";
        let shown = serde_json::json!({
            "partnership_id": id, "name": "Morning", "week_start": "Mon",
            "members": [{
                "person_id": id, "display_name": "Ana", "is_me": true,
                "share_since": "2026-11-01", "on_the_way": 0,
            }],
            "weeks": [{"first_date": "2026-11-16"}], "sits": [], "has_more_sits": false,
        });
        let shown: TogetherPartnership = serde_json::from_value(shown).unwrap();
        let lines = partner_sits(&shown);
        assert_eq!(
            lines[2],
            format!("    {:<20}  not fetched yet", "Ana (you)")
        );
        assert_eq!(lines[3], format!("    {:<20}  not fetched yet", "together"));
    }

    #[test]
    fn an_activity_says_when_what_and_about_whom() {
        let signed_in = Activity {
            happened_at_ms: UnixMillis(1_795_248_000_000),
            kind: ActivityKind::MemberJoined,
            device_name: None,
            partnership_name: Some("Morning".to_owned()),
            person_name: Some("Ana".to_owned()),
        };
        assert_eq!(
            activity(&signed_in, Tz::UTC),
            "2026-11-21 08:00  Somebody became a member, in Morning: Ana"
        );
    }
}
