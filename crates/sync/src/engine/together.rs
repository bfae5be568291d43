//! What the person and their partners sat, from the history here alone: it works offline, and shows
//! what this device has not sent yet as what it is.
//!
//! Must hold: the sums are made by the server's own code from the same rows (I8); what is private stays
//! out of them (I10).

use mitta_domain::calendar::{DateSpan, Week};
use mitta_domain::{PartnershipId, PersonId, UnixMillis};
use mitta_protocol::partnership::{Member, Partnership};
use mitta_protocol::together::{
    Compared, MAX_SITS, MAX_WEEKS, MemberParts, RECENT_SITS, Together, TogetherPartnership,
    TogetherSit, TogetherSits, TogetherSitsQuery, assemble,
};
use mitta_store::{
    MemberRow, Overlay, OwnShare, PartnershipRow, Position, ReadError, Reader, ShareRow,
};

use super::shared::Shared;
use crate::api::{AccountError, AccountErrorCode as Code, TogetherArgs};

/// The newest sits, and one more that says whether there are older ones.
const RECENT_AND_ONE: u32 = 13;
const _: () = assert!(RECENT_AND_ONE as usize == RECENT_SITS + 1);

impl Shared {
    /// All partnerships.
    pub(super) fn together(&self, args: TogetherArgs) -> Result<Together, AccountError> {
        within("weeks", args.weeks, MAX_WEEKS)?;
        let differing = self.live(|live| live.differing_weeks.clone());
        let found = self.read(|reader| {
            reader.in_one_moment(|reader| {
                let Some(here) = Here::read(reader)? else {
                    return Ok(Vec::new());
                };
                let compared = |compared| match compared {
                    Compared::Pending if !differing.is_empty() => Compared::Differs {
                        weeks: differing.clone(),
                    },
                    other => other,
                };
                let of = |row: &PartnershipRow| {
                    let mut found = here.partnership(row, args)?;
                    found.compared = found.compared.map(compared);
                    Ok(found)
                };
                reader.partnerships()?.iter().map(of).collect()
            })
        })?;
        Ok(Together {
            partnerships: found.unwrap_or_default(),
        })
    }

    /// A page of the shared sits of a partnership.
    pub(super) fn together_sits(
        &self,
        query: &TogetherSitsQuery,
    ) -> Result<TogetherSits, AccountError> {
        within("limit", query.limit, MAX_SITS)?;
        let before = match (query.before_ms, query.before_session_id) {
            (Some(started_at_ms), Some(session_id)) => Some(Position {
                started_at_ms,
                session_id,
            }),
            (None, None) => None,
            _ => {
                let why = "before_ms and before_session_id come together";
                return Err(AccountError::invalid_request("together_sits", &why));
            }
        };
        let page = self.read(|reader| {
            reader.in_one_moment(|reader| {
                let Some(here) = Here::read(reader)? else {
                    return Ok(None);
                };
                let rows = reader.partnerships()?;
                let mut rows = rows.iter();
                let row = rows.find(|row| row.partnership_id == query.partnership_id);
                let page = row.map(|row| here.page(row, before, query.limit));
                Ok(page.transpose()?)
            })
        })?;
        page.flatten().ok_or_else(|| {
            let what = "there is no such partnership here";
            AccountError::new(Code::NoSuchPartnership, what)
        })
    }
}

fn within(name: &str, value: u32, most: u32) -> Result<(), AccountError> {
    if (1..=most).contains(&value) {
        return Ok(());
    }
    let why = format_args!("{name} is 1 to {most}");
    Err(AccountError::invalid_request("together", &why))
}

/// How far a share was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// All is here that the server told of.
    ToTheHead,
    /// As it was some time ago.
    Behind,
}

/// What every partnership needs.
struct Here<'r> {
    reader: &'r Reader,
    me: PersonId,
    shares: Vec<ShareRow>,
    /// Until when this device has heard all, on the server's clock.
    heard_until_ms: Option<UnixMillis>,
    /// Whether nothing own waits, and what was sent was fetched since.
    is_settled: bool,
}

impl<'r> Here<'r> {
    /// `None` without an account.
    fn read(reader: &'r Reader) -> Result<Option<Self>, ReadError> {
        let Some(account) = reader.account()? else {
            return Ok(None);
        };
        let counts = reader.sync_counts()?;
        let ahead_ms = reader.server_clock()?.map(|it| it.server_minus_wall_ms);
        let state = reader.sync_state()?;
        let last = state.last_success_ms;
        Ok(Some(Self {
            reader,
            me: account.person_id,
            shares: reader.shares()?,
            heard_until_ms: last.map(|at| at.plus_ms(ahead_ms.unwrap_or(0))),
            is_settled: counts.waiting == 0 && counts.to_offer == 0 && state.last_error.is_none(),
        }))
    }

    fn partnership(
        &self,
        row: &PartnershipRow,
        args: TogetherArgs,
    ) -> Result<TogetherPartnership, ReadError> {
        let this_week = Week::of(args.today, row.week_start);
        let first = this_week.last_weeks(args.weeks).next().unwrap_or(this_week);
        let dates = DateSpan {
            from: first.span().from,
            to: this_week.span().to,
        };
        let mut parts = Vec::new();
        for member in &row.members {
            parts.push((
                member.person_id,
                self.parts(row.partnership_id, member, dates)?,
            ));
        }
        let compared = Some(self.compared(row.partnership_id)?);
        let of = |person_id| {
            let found = parts.iter().position(|(known, _)| *known == person_id);
            found.map_or_else(MemberParts::default, |at| parts.swap_remove(at).1)
        };
        let partnership = shown(row);
        Ok(assemble(
            &partnership,
            self.me,
            args.today,
            args.weeks,
            compared,
            of,
        ))
    }

    fn parts(
        &self,
        partnership_id: PartnershipId,
        member: &MemberRow,
        dates: DateSpan,
    ) -> Result<MemberParts, ReadError> {
        let share = self.share_of(partnership_id, member.person_id);
        let Some((share, read)) = self.fetched(share)? else {
            return Ok(MemberParts::default());
        };
        let share_id = share.share_id;
        let overlay = self.overlay(share, member)?;
        // What is missing of the own share is not private.
        let is_private_known = member.person_id == self.me && read == Read::ToTheHead;
        let own_days = is_private_known
            .then(|| self.reader.day_totals(dates.from, dates.to))
            .transpose()?;
        let heard_at_ms = member.heard_at_ms;
        let as_of_ms = match self.heard_until_ms {
            Some(until) => heard_at_ms.map(|at| at.min(until)),
            // In the very first round what is at its head already is as new as the server said.
            None => heard_at_ms.filter(|_| read == Read::ToTheHead),
        };
        let days = self
            .reader
            .shared_day_totals(share_id, dates.from, dates.to)?;
        Ok(MemberParts {
            days: Some(overlay.days(days)),
            own_days,
            sits: self.sits(share, member, &overlay, None, RECENT_AND_ONE)?,
            on_the_way: overlay.on_the_way(),
            as_of_ms,
        })
    }

    /// A share of which enough is here to be shown, and how far it was read. `None` while it is fetched
    /// for the first time, or anew: a part of it would be shown as the whole.
    fn fetched<'a>(
        &self,
        share: Option<&'a ShareRow>,
    ) -> Result<Option<(&'a ShareRow, Read)>, ReadError> {
        let Some(share) = share else { return Ok(None) };
        let cursor = self.reader.cursor(share.share_id)?;
        let read = if cursor.seq >= share.head_seq {
            Some(Read::ToTheHead)
        } else {
            // It was whole when it was compared; what came later is what is missing.
            cursor.compared_seq.map(|_| Read::Behind)
        };
        Ok(read.map(|read| (share, read)))
    }

    fn page(
        &self,
        row: &PartnershipRow,
        before: Option<Position>,
        limit: u32,
    ) -> Result<TogetherSits, ReadError> {
        let mut sits = Vec::new();
        for member in &row.members {
            let share = self.share_of(row.partnership_id, member.person_id);
            if let Some((share, _)) = self.fetched(share)? {
                let overlay = self.overlay(share, member)?;
                sits.extend(self.sits(share, member, &overlay, before, limit + 1)?);
            }
        }
        sits.sort_by_key(|sit| std::cmp::Reverse((sit.started_at_ms, sit.session_id)));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = sits.len() > limit;
        sits.truncate(limit);
        Ok(TogetherSits { sits, has_more })
    }

    /// What waits of the own share; of others' shares nothing does.
    fn overlay(&self, share: &ShareRow, member: &MemberRow) -> Result<Overlay, ReadError> {
        if member.person_id != self.me {
            return Ok(Overlay::default());
        }
        self.reader.overlay(&OwnShare::of(share, member))
    }

    fn sits(
        &self,
        share: &ShareRow,
        member: &MemberRow,
        overlay: &Overlay,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<TogetherSit>, ReadError> {
        let shown = self
            .reader
            .shown_sits(share.share_id, overlay, before, limit)?;
        let sit =
            |it: mitta_store::ShownSit| TogetherSit::of(member.person_id, it.sit, it.is_on_the_way);
        Ok(shown.into_iter().map(sit).collect())
    }

    fn share_of(&self, partnership_id: PartnershipId, person_id: PersonId) -> Option<&ShareRow> {
        let mut shares = self.shares.iter();
        shares.find(|it| it.partnership_id == Some(partnership_id) && it.person_id == person_id)
    }

    /// Equal, where every share of the partnership was found so at the very position that is shown.
    fn compared(&self, partnership_id: PartnershipId) -> Result<Compared, ReadError> {
        let mut oldest: Option<UnixMillis> = None;
        let shares = self.shares.iter();
        for share in shares.filter(|it| it.partnership_id == Some(partnership_id)) {
            let cursor = self.reader.cursor(share.share_id)?;
            let is_there = cursor.compared_seq == Some(cursor.seq) && share.head_seq <= cursor.seq;
            let Some(at) = cursor.compared_at_ms.filter(|_| is_there) else {
                return Ok(Compared::Pending);
            };
            oldest = Some(oldest.map_or(at, |oldest| oldest.min(at)));
        }
        Ok(match oldest {
            Some(compared_at_ms) if self.is_settled => Compared::Equal { compared_at_ms },
            _ => Compared::Pending,
        })
    }
}

fn shown(row: &PartnershipRow) -> Partnership {
    let member = |member: &MemberRow| Member {
        person_id: member.person_id,
        display_name: member.display_name.clone(),
        weekly_goal_s: member.weekly_goal_s,
        share_since: member.share_since,
        is_paused: member.is_paused,
        shows_sitting: member.shows_sitting,
        heard_at_ms: member.heard_at_ms,
    };
    Partnership {
        partnership_id: row.partnership_id,
        name: row.name.clone(),
        week_start: row.week_start,
        members: row.members.iter().map(member).collect(),
    }
}
