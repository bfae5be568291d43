//! Proposing a sitting together, answering, and the seat that comes of it.
//!
//! Must hold: a lost answer makes no second sitting together, because its id is made here; once joined,
//! all that is needed to begin it is kept here.

use mitta_domain::{Seat, TogetherId};
use mitta_protocol::now::{AnswerProposal, NewProposal, Proposal};
use mitta_store::{ClockRow, Owner};
use uuid::Builder;

use super::hearing::CLOCK_SERVES_MS;
use super::now::seat_of;
use super::shared::Shared;
use super::worker::Worker;
use crate::api::{
    AccountError, AccountErrorCode as Code, AnswerArgs, ProposalArgs, ProposeArgs, TogetherNow,
};
use crate::clock;
use crate::http::HttpRemote;
use crate::remote::RemoteError;

/// A question whose answer was lost is asked so often.
const TRIES: u32 = 3;

impl Worker {
    pub(super) async fn propose(&mut self, args: ProposeArgs) -> Result<Proposal, AccountError> {
        let (remote, owner) = self.sitter().await?;
        let clock = self.align(&remote, owner).await?;
        let together_id = self.new_together_id();
        let body = NewProposal {
            together_id,
            starts_at_ms: args
                .starts_at_ms
                .map(|at| at.plus_ms(self.ahead_ms(&clock))),
            planned_s: args.planned_s,
            bells: args.bells,
        };
        let partnership_id = args.partnership_id;
        let proposal = persist(|| remote.propose(partnership_id, &body)).await?;
        self.note(owner, proposal, &clock)
    }

    pub(super) async fn answer_proposal(
        &mut self,
        args: AnswerArgs,
    ) -> Result<Proposal, AccountError> {
        let (remote, owner) = self.sitter().await?;
        let clock = self.align(&remote, owner).await?;
        let AnswerArgs {
            together_id,
            answer,
        } = args;
        let body = AnswerProposal { answer };
        match persist(|| remote.answer_proposal(together_id, &body)).await {
            Ok(proposal) => self.note(owner, proposal, &clock),
            Err(error) => {
                let error = AccountError::from(error);
                if error.code == Code::NoSuchProposal {
                    self.lose(owner, together_id)?;
                }
                Err(error)
            }
        }
    }

    pub(super) async fn cancel_proposal(
        &mut self,
        args: ProposalArgs,
    ) -> Result<TogetherNow, AccountError> {
        let (remote, owner) = self.sitter().await?;
        let together_id = args.together_id;
        let mut is_repeated = false;
        let taken_back = persist(|| {
            let was_asked = std::mem::replace(&mut is_repeated, true);
            let remote = &remote;
            async move {
                match remote.cancel_proposal(together_id).await {
                    // The answer before was lost, not the question.
                    Err(error) if was_asked && is_gone(&error) => Ok(()),
                    other => other,
                }
            }
        });
        if let Err(error) = taken_back.await {
            if is_gone(&error) {
                self.lose(owner, together_id)?;
            }
            return Err(error.into());
        }
        self.lose(owner, together_id)?;
        self.shared.together_now()
    }

    /// The seat of a sitting together that was joined, on a clock that is measured now if it never was.
    pub(super) async fn seat(&mut self, args: ProposalArgs) -> Result<Seat, AccountError> {
        let (remote, owner) = self.sitter().await?;
        self.align(&remote, owner).await?;
        match self.shared.seat(args.together_id)? {
            Some((seat, _)) => Ok(seat),
            None => Err(AccountError::internal(
                &"the clock was measured and is not known",
            )),
        }
    }

    /// How the clocks stand.
    pub(super) async fn clock(&mut self) -> Result<ClockRow, AccountError> {
        let (remote, owner) = self.sitter().await?;
        self.align(&remote, owner).await
    }

    async fn sitter(&mut self) -> Result<(HttpRemote, Owner), AccountError> {
        let remote = self.member().await?;
        let none = || AccountError::new(Code::NoAccount, "there is no account here yet");
        Ok((remote, self.owner.ok_or_else(none)?))
    }

    /// Keeps what the server says of a proposal, with the seat where it was joined.
    fn note(
        &mut self,
        owner: Owner,
        proposal: Proposal,
        clock: &ClockRow,
    ) -> Result<Proposal, AccountError> {
        let writer = &mut self.store()?.writer;
        match seat_of(&proposal, owner.person_id) {
            Some(seat) => writer.take_seat(owner, &seat)?,
            None => drop(writer.give_up_seat(owner, proposal.together_id)?),
        }
        self.shared.heard(|heard| heard.put(proposal.clone()));
        self.changed_from_here();
        let starts_at_ms = proposal.starts_at_ms.plus_ms(-self.ahead_ms(clock));
        Ok(Proposal {
            starts_at_ms,
            ..proposal
        })
    }

    fn lose(&mut self, owner: Owner, together_id: TogetherId) -> Result<(), AccountError> {
        self.store()?.writer.give_up_seat(owner, together_id)?;
        self.shared.heard(|heard| heard.take_out(together_id));
        self.changed_from_here();
        Ok(())
    }

    /// The server's clock minus this computer's wall clock.
    fn ahead_ms(&self, clock: &ClockRow) -> i64 {
        let here = self.shared.here();
        clock::server_now(clock, &here).0 - here.wall_ms.0
    }

    fn new_together_id(&self) -> TogetherId {
        let mut random = [0; 10];
        let (first, second) = random.split_at_mut(5);
        for part in [first, second] {
            part.copy_from_slice(&(self.shared.random)().to_le_bytes()[..5]);
        }
        let now_ms = u64::try_from(self.shared.now().0).unwrap_or(0);
        TogetherId::from_uuid(Builder::from_unix_timestamp_millis(now_ms, &random).into_uuid())
    }
}

impl Shared {
    /// The seat of a sitting together that was joined, and whether the clock that tells its start was
    /// measured lately; `None` where no clock does.
    pub(super) fn seat(
        &self,
        together_id: TogetherId,
    ) -> Result<Option<(Seat, bool)>, AccountError> {
        let here = self.here();
        let known = self.read(|reader| {
            let (seats, clock) = (reader.seats()?, reader.server_clock()?);
            let seat = seats.into_iter().find(|it| it.together_id == together_id);
            Ok((seat, clock))
        })?;
        let none = || {
            let what = "this sitting together was not joined here, or is over";
            AccountError::new(Code::NoSuchProposal, what)
        };
        let (seat, clock) = known.ok_or_else(none)?;
        let seat = seat.ok_or_else(none)?;
        let Some(clock) = clock else {
            return Ok(None);
        };
        if clock::ends_at(&seat) <= clock::server_now(&clock, &here) {
            return Err(none());
        }
        let is_fresh = clock::is_fresh(&clock, &here, CLOCK_SERVES_MS);
        Ok(Some((clock::seat(&seat, &clock, &here), is_fresh)))
    }
}

fn is_gone(error: &RemoteError) -> bool {
    matches!(error, RemoteError::Refused { code, .. } if code == "no_such_proposal")
}

/// Asks again where the answer was lost: what is asked means the same however often it is.
async fn persist<T, F: Future<Output = Result<T, RemoteError>>>(
    mut ask: impl FnMut() -> F,
) -> Result<T, RemoteError> {
    for _ in 1..TRIES {
        match ask().await {
            Err(RemoteError::Offline(_) | RemoteError::Timeout) => {}
            answered => return answered,
        }
    }
    ask().await
}
