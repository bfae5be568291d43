//! What goes on at this moment, as it was last heard: kept in memory, shown on this computer's clock,
//! and without the network as far as it can still be true.

use mitta_domain::{PersonId, PlannedLength, TogetherId, UnixMillis};
use mitta_protocol::now::{
    JoinAnswer, Now, PRESENCE_LASTS_S, Proposal, ProposalAnswer, SittingNow,
};
use mitta_store::{ClockRow, SeatRow};

use super::shared::Shared;
use crate::api::{AccountError, TogetherNow};
use crate::clock::{self, Moment};

/// Somebody else's proposal that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Which.
    pub together_id: TogetherId,
    /// Who proposed it, by their name.
    pub proposed_by: String,
    /// Its start, on this computer's wall clock.
    pub starts_at_ms: UnixMillis,
    /// Its length.
    pub planned_s: PlannedLength,
}

/// What the server last said.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    now: Option<(Now, Moment)>,
    /// Whether the server tells of changes as they happen.
    pub(super) is_live: bool,
}

impl Heard {
    pub(super) fn hear(&mut self, now: Now, at: Moment, is_live: bool) -> bool {
        // The clock goes on by itself.
        let is_new = self.now.as_ref().is_none_or(|(known, _)| {
            (&known.sitting, &known.proposals) != (&now.sitting, &now.proposals)
        });
        let is_another = is_new || self.is_live != is_live;
        self.now = Some((now, at));
        self.is_live = is_live;
        is_another
    }

    /// An own change, known before the server's whole picture of it.
    pub(super) fn put(&mut self, proposal: Proposal) {
        if let Some((now, _)) = &mut self.now {
            now.proposals
                .retain(|known| known.together_id != proposal.together_id);
            now.proposals.push(proposal);
        }
    }

    /// A proposal that is no more.
    pub(super) fn take_out(&mut self, together_id: TogetherId) {
        if let Some((now, _)) = &mut self.now {
            now.proposals
                .retain(|known| known.together_id != together_id);
        }
    }

    /// The server's clock: as measured, or else as it was last heard.
    fn server_now(&self, clock: Option<&ClockRow>, here: &Moment) -> UnixMillis {
        match (clock, &self.now) {
            (Some(clock), _) => clock::server_now(clock, here),
            (None, Some((now, at))) => {
                let since = here.boot_ms.saturating_sub(at.boot_ms);
                now.now_ms.plus_ms(i64::try_from(since).unwrap_or(i64::MAX))
            }
            (None, None) => here.wall_ms,
        }
    }

    /// Who may still be sitting.
    fn sitting(&self, server_now: UnixMillis, here: &Moment) -> Vec<SittingNow> {
        let Some((now, at)) = &self.now else {
            return Vec::new();
        };
        let since_ms = here.boot_ms.saturating_sub(at.boot_ms);
        if !self.is_live && since_ms >= u64::from(PRESENCE_LASTS_S) * 1000 {
            return Vec::new();
        }
        let is_on = |it: &&SittingNow| it.ends_at_ms.is_none_or(|ends_at| ends_at > server_now);
        now.sitting.iter().filter(is_on).copied().collect()
    }

    /// What is proposed and not over, with what was joined, whatever was heard.
    fn proposals(&self, server_now: UnixMillis, seats: &[SeatRow], me: PersonId) -> Vec<Proposal> {
        let heard = self.now.iter().flat_map(|(now, _)| &now.proposals);
        let mut proposals: Vec<_> = heard.cloned().collect();
        for seat in seats {
            if proposals
                .iter()
                .all(|it| it.together_id != seat.together_id)
            {
                proposals.push(of_seat(seat, me));
            }
        }
        proposals.retain(|it| ends_at(it) > server_now);
        proposals.sort_by_key(|it| (it.starts_at_ms, it.together_id));
        proposals
    }

    /// The picture as it is shown.
    pub(super) fn picture(
        &self,
        me: PersonId,
        seats: &[SeatRow],
        clock: Option<&ClockRow>,
        here: &Moment,
    ) -> TogetherNow {
        let server_now = self.server_now(clock, here);
        let shift_ms = here.wall_ms.0.saturating_sub(server_now.0);
        let mut sitting = self.sitting(server_now, here);
        for it in &mut sitting {
            it.started_at_ms = it.started_at_ms.plus_ms(shift_ms);
            it.ends_at_ms = it.ends_at_ms.map(|at| at.plus_ms(shift_ms));
        }
        let mut proposals = self.proposals(server_now, seats, me);
        for it in &mut proposals {
            it.starts_at_ms = it.starts_at_ms.plus_ms(shift_ms);
        }
        TogetherNow {
            now: Now {
                now_ms: here.wall_ms,
                sitting,
                proposals,
            },
            is_live: self.is_live,
            clock_error_ms: clock.map(|clock| clock.error_ms),
        }
    }
}

impl Shared {
    /// What goes on at this moment.
    pub(super) fn together_now(&self) -> Result<TogetherNow, AccountError> {
        let here = self.here();
        let known = self.read(|reader| {
            let Some(account) = reader.account()? else {
                return Ok(None);
            };
            let (seats, clock) = (reader.seats()?, reader.server_clock()?);
            Ok(Some((account.person_id, seats, clock)))
        })?;
        let Some((me, seats, clock)) = known.flatten() else {
            let nobody = PersonId::from_uuid(uuid::Uuid::nil());
            return Ok(Heard::default().picture(nobody, &[], None, &here));
        };
        Ok(self.heard(|heard| heard.picture(me, &seats, clock.as_ref(), &here)))
    }
}

impl Shared {
    /// The proposals of others that wait for an answer, before their start.
    pub(super) fn unanswered(&self) -> Result<Vec<Unanswered>, AccountError> {
        let now = self.together_now()?.now;
        let known = self.read(|reader| Ok((reader.account()?, reader.partnerships()?)))?;
        let Some((Some(account), partnerships)) = known else {
            return Ok(Vec::new());
        };
        let is_open = |it: &Proposal| {
            let is_answered = it.answers.iter().any(|a| a.person_id == account.person_id);
            it.starts_at_ms > now.now_ms && it.proposed_by != account.person_id && !is_answered
        };
        let name_of = |it: &Proposal| {
            let found = partnerships
                .iter()
                .find(|known| known.partnership_id == it.partnership_id)?;
            let mut members = found.members.iter();
            let member = members.find(|known| known.person_id == it.proposed_by)?;
            Some(member.display_name.clone())
        };
        let open = now.proposals.iter().filter(|it| is_open(it));
        // Of whom nothing is known here yet, there is nothing to say.
        Ok(open
            .filter_map(|it| {
                Some(Unanswered {
                    together_id: it.together_id,
                    proposed_by: name_of(it)?,
                    starts_at_ms: it.starts_at_ms,
                    planned_s: it.planned_s,
                })
            })
            .collect())
    }
}

/// A proposal as far as a seat in it knows it.
fn of_seat(seat: &SeatRow, me: PersonId) -> Proposal {
    Proposal {
        together_id: seat.together_id,
        partnership_id: seat.partnership_id,
        proposed_by: seat.proposed_by,
        starts_at_ms: seat.starts_at_ms,
        planned_s: seat.planned_s,
        bells: seat.bells,
        answers: vec![ProposalAnswer {
            person_id: me,
            answer: JoinAnswer::Joined,
        }],
    }
}

/// The seat that a proposal is, where the person has joined it.
pub(super) fn seat_of(proposal: &Proposal, me: PersonId) -> Option<SeatRow> {
    let joined = ProposalAnswer {
        person_id: me,
        answer: JoinAnswer::Joined,
    };
    proposal.answers.contains(&joined).then_some(SeatRow {
        together_id: proposal.together_id,
        partnership_id: proposal.partnership_id,
        proposed_by: proposal.proposed_by,
        starts_at_ms: proposal.starts_at_ms,
        planned_s: proposal.planned_s,
        bells: proposal.bells,
    })
}

fn ends_at(proposal: &Proposal) -> UnixMillis {
    let length_ms = i64::from(proposal.planned_s.seconds().0) * 1000;
    proposal.starts_at_ms.plus_ms(length_ms)
}

#[cfg(test)]
mod tests;
