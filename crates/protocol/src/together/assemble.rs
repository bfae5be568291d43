//! Totals and sits of a partnership, of what a database holds of each member: the same code for the
//! server's answer and for a device's own (I8).

use chrono::NaiveDate;
use mitta_domain::calendar::Week;
use mitta_domain::totals::{DayTotal, by_week};
use mitta_domain::{PersonId, UnixMillis};

use super::{
    Compared, RECENT_SITS, TogetherMember, TogetherPartnership, TogetherSit, TogetherWeek, Total,
    WeekTotal,
};
use crate::partnership::Partnership;

/// What is known of one member's share.
#[derive(Debug, Clone, Default)]
pub struct MemberParts {
    /// What the share holds, per day; dates outside the weeks asked for do no harm. `None` where it is
    /// not known yet: no number is made of it, and no zero.
    pub days: Option<Vec<DayTotal>>,
    /// Of the one who asks: all that they sat, per day, shared or not.
    pub own_days: Option<Vec<DayTotal>>,
    /// The newest sits of the share, newest first; [`RECENT_SITS`] and one more, if there are so many.
    pub sits: Vec<TogetherSit>,
    /// How many of its sits wait to be sent.
    pub on_the_way: u32,
    /// Until when all is known that their devices had to say.
    pub as_of_ms: Option<UnixMillis>,
}

/// A partnership as `me` sees it on the civil date `today`, over `weeks` weeks. `parts` answers what is
/// known of a member.
pub fn assemble(
    partnership: &Partnership,
    me: PersonId,
    today: NaiveDate,
    weeks: u32,
    compared: Option<Compared>,
    mut parts: impl FnMut(PersonId) -> MemberParts,
) -> TogetherPartnership {
    let this_week = Week::of(today, partnership.week_start);
    let per_week = |days: &[DayTotal]| -> Vec<WeekTotal> {
        let spans = by_week(days, this_week, weeks);
        spans
            .into_iter()
            .map(|total| WeekTotal {
                first_date: total.span.from,
                sits: total.sits,
                credited_s: total.credited_s,
            })
            .collect()
    };
    let mut all_sits = Vec::new();
    let mut members = Vec::new();
    for member in &partnership.members {
        let is_me = member.person_id == me;
        let part = parts(member.person_id);
        let weeks = part.days.as_deref().map(&per_week);
        let own = part.own_days.as_deref().map(&per_week);
        let private = own.and_then(|own| not_shared(own.last()?, weeks.as_deref()?.last()?));
        all_sits.extend(part.sits);
        members.push(TogetherMember {
            person_id: member.person_id,
            display_name: member.display_name.clone(),
            is_me,
            weekly_goal_s: member.weekly_goal_s,
            share_since: member.share_since,
            is_paused: member.is_paused,
            shows_sitting: member.shows_sitting,
            weeks,
            private: private.filter(|_| is_me),
            on_the_way: part.on_the_way,
            as_of_ms: part.as_of_ms.filter(|_| !is_me),
        });
    }
    all_sits.sort_by_key(|sit| std::cmp::Reverse((sit.started_at_ms, sit.session_id)));
    let has_more_sits = all_sits.len() > RECENT_SITS;
    all_sits.truncate(RECENT_SITS);
    TogetherPartnership {
        partnership_id: partnership.partnership_id,
        name: partnership.name.clone(),
        week_start: partnership.week_start,
        weeks: summed(&members, &per_week(&[])),
        members,
        sits: all_sits,
        has_more_sits,
        compared,
    }
}

/// What of a week is not shared. A share can never hold more than its owner sat; where a device has not
/// fetched all yet it may look so for a moment, and then nothing is said.
fn not_shared(own: &WeekTotal, shared: &WeekTotal) -> Option<Total> {
    Some(Total {
        sits: own.sits.checked_sub(shared.sits)?,
        credited_s: own.credited_s.checked_sub(shared.credited_s)?,
    })
}

/// The sum of all, where all are known: of some it would be no sum of the week.
fn summed(members: &[TogetherMember], empty: &[WeekTotal]) -> Vec<TogetherWeek> {
    let known: Option<Vec<_>> = members.iter().map(|it| it.weeks.as_deref()).collect();
    let sum = |at: usize| {
        let mut sum = Total::default();
        for week in known.as_ref()?.iter().filter_map(|weeks| weeks.get(at)) {
            sum.sits += week.sits;
            sum.credited_s += week.credited_s;
        }
        Some(sum)
    };
    let week = |(at, week): (usize, &WeekTotal)| {
        let sum = sum(at);
        TogetherWeek {
            first_date: week.first_date,
            sits: sum.map(|it| it.sits),
            credited_s: sum.map(|it| it.credited_s),
        }
    };
    empty.iter().enumerate().map(week).collect()
}

#[cfg(test)]
mod tests;
