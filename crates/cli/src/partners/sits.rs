//! `mitta partners sits`: what was pulled of partners, and this week of everybody, from the local
//! database alone.
//!
//! Must hold: the week of each person is read from their share, the own one too, so that everybody is
//! told the same numbers.

use chrono::NaiveDate;
use mitta_domain::share::SharedSit;
use mitta_domain::totals::DayTotal;
use mitta_domain::{PartnershipId, PersonId, ShareId};
use mitta_runtime::data_dir;
use mitta_store::{MemberRow, OpenError, PartnershipRow, ReadError, Reader};
use mitta_sync::api::{AccountError, AccountErrorCode as Code};
use serde::Serialize;

use super::{is_named, today_of};
use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// What is shown of a partnership.
#[derive(Debug, Serialize)]
pub struct Shown {
    pub partnership_id: PartnershipId,
    pub name: String,
    /// First and last date of this week.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub members: Vec<MemberWeek>,
    /// Of the members together.
    pub sits_together: u32,
    pub credited_s_together: u64,
    /// Of the partners, newest first.
    pub sits: Vec<PartnerSit>,
}

/// This week of a member, as it is shared.
#[derive(Debug, Serialize)]
pub struct MemberWeek {
    pub person_id: PersonId,
    pub display_name: String,
    pub is_me: bool,
    pub sits: u32,
    pub credited_s: u64,
}

/// A partner's sit.
#[derive(Debug, Serialize)]
pub struct PartnerSit {
    pub display_name: String,
    #[serde(flatten)]
    pub sit: SharedSit,
}

pub fn run(count: u32, named: Option<&str>, output: &mut Output) -> Result<Exit, AccountError> {
    let dir = data_dir().map_err(|e| AccountError::new(Code::Storage, e.message))?;
    let shown = match Reader::open(&dir) {
        Ok(reader) => read(&reader, today_of(&reader)?, count, named)?,
        // No history yet, and so no partners.
        Err(OpenError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    if shown.is_empty() {
        output.line(words::NO_PARTNERS);
    }
    for line in shown.iter().flat_map(words::partner_sits) {
        output.line(line);
    }
    output.document(&serde_json::json!({ "partnerships": shown }));
    Ok(Exit::Done)
}

fn read(
    reader: &Reader,
    today: NaiveDate,
    count: u32,
    named: Option<&str>,
) -> Result<Vec<Shown>, AccountError> {
    let Some(account) = reader.account()? else {
        return Err(AccountError::new(Code::NoAccount, words::NO_ACCOUNT_YET));
    };
    let shares = reader.shares()?;
    let share_of = |partnership: PartnershipId, person: PersonId| {
        let mut found = shares.iter();
        let is_it = |it: &&mitta_store::ShareRow| {
            it.partnership_id == Some(partnership) && it.person_id == person
        };
        found.find(is_it).map(|share| share.share_id)
    };
    let wanted = |one: &PartnershipRow| {
        named.is_none_or(|text| is_named(&one.name, one.partnership_id, text))
    };
    let mut shown = Vec::new();
    for partnership in reader.partnerships()?.into_iter().filter(wanted) {
        let week = today.week(partnership.week_start);
        let (from, to) = (week.first_day(), week.last_day());
        let (mut members, mut sits) = (Vec::new(), Vec::new());
        for member in partnership.members {
            let share = share_of(partnership.partnership_id, member.person_id);
            let is_me = member.person_id == account.person_id;
            if let (Some(share), false) = (share, is_me) {
                sits.extend(sits_of(reader, share, &member, count)?);
            }
            members.push(week_of(reader, share, member, is_me, from, to)?);
        }
        sits.sort_by_key(|it| std::cmp::Reverse((it.sit.started_at_ms, it.sit.session_id)));
        sits.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        shown.push(Shown {
            partnership_id: partnership.partnership_id,
            name: partnership.name,
            from,
            to,
            sits_together: members.iter().map(|it| it.sits).sum(),
            credited_s_together: members.iter().map(|it| it.credited_s).sum(),
            members,
            sits,
        });
    }
    Ok(shown)
}

fn sits_of(
    reader: &Reader,
    share: ShareId,
    member: &MemberRow,
    count: u32,
) -> Result<Vec<PartnerSit>, ReadError> {
    let sits = reader.partner_sits(share, None, count)?;
    let of_member = |sit| PartnerSit {
        display_name: member.display_name.clone(),
        sit,
    };
    Ok(sits.into_iter().map(of_member).collect())
}

fn week_of(
    reader: &Reader,
    share: Option<ShareId>,
    member: MemberRow,
    is_me: bool,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<MemberWeek, ReadError> {
    let days = share.map(|share| reader.shared_day_totals(share, from, to));
    let days: Vec<DayTotal> = days.transpose()?.unwrap_or_default();
    Ok(MemberWeek {
        person_id: member.person_id,
        display_name: member.display_name,
        is_me,
        sits: days.iter().map(|day| day.sits).sum(),
        credited_s: days.iter().map(|day| day.credited_s).sum(),
    })
}
