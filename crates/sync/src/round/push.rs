//! Sending: batches in order, each answer stored before the next batch (I5).

use std::collections::BTreeSet;

use mitta_domain::UnixMillis;
use mitta_protocol::MAX_PUSH_BYTES;
use mitta_protocol::push::{Outcome, PushAnswer};
use mitta_store::{
    Answer, AnswerOutcome, CanonicalRow, FinalOutcome, OutboxRow, ReadError, SyncWriteError,
    WriteError,
};

use super::{Failure, Run, convert};
use crate::api::SyncPhase;
use crate::plan::{self, Next, Pace, Sending};
use crate::remote::Remote;

const OPEN: &[u8] = br#"{"ops":["#;
const CLOSE: &[u8] = b"]}";
/// What a push has around its ops, and a comma for each.
const ENVELOPE: usize = OPEN.len() + CLOSE.len() + mitta_protocol::MAX_PUSH_OPS;
/// So often in one push another process may be quicker.
const MOST_AGAIN: u32 = 100;
/// No server may put an op off for longer at once: one day, in whole seconds.
const LONGEST_RETRY_S: u32 = 86_400;

impl<R: Remote> Run<'_, R> {
    /// Offers what is due, until nothing is.
    pub(super) async fn push(&mut self) -> Result<(), Failure> {
        let mut pace = Pace::default();
        let mut again = 0;
        loop {
            let waiting = self.reader.sync_counts()?.waiting;
            let done = u64::from(self.pushed.answered);
            let batch = self.due(pace.max_ops())?;
            if batch.is_empty() {
                self.plan.sending = Sending::Done;
                return self.after_push();
            }
            self.progress(SyncPhase::Pushing, done, done + waiting)?;
            let ids: Vec<_> = batch.iter().map(|row| row.op_id).collect();
            match self.writer.offering(self.known.owner(), &ids) {
                Ok(()) => {}
                // Another process had one of them answered, or a start went into its completion.
                Err(SyncWriteError::Write(WriteError::RowCount { .. })) if again < MOST_AGAIN => {
                    again += 1;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            let asked_ms = (self.now)();
            let is_kept = match self.remote.push(body(&batch)).await {
                Ok(answer) => {
                    self.hear_clock(asked_ms, answer.server_time_ms);
                    let verdict = plan::push(&self.known, &answer);
                    // Of another life rows may lack what only a later op brings back: the ops
                    // stay, and are offered once more.
                    if !self.accept(&verdict, &answer.epoch)? {
                        return Ok(());
                    }
                    pace.answered();
                    self.take_answer(&batch, answer)?
                }
                Err(error) => self.take_refusal(&batch, error, &mut pace)?,
            };
            if !is_kept {
                return self.begin_again();
            }
        }
    }

    /// The next ops; what cannot be read is set aside first.
    fn due(&mut self, max_ops: usize) -> Result<Vec<OutboxRow>, Failure> {
        let now = (self.now)();
        let most = MAX_PUSH_BYTES - ENVELOPE;
        match self.reader.outbox_batch(max_ops, most, now) {
            Err(ReadError::Corrupt { .. }) => {}
            batch => return Ok(batch?),
        }
        let aside = self.writer.set_unreadable_aside(now)?;
        tracing::warn!(aside, "changes that wait cannot be read and were set aside");
        self.pushed.rejected += aside;
        self.is_history_changed |= aside > 0;
        Ok(self.reader.outbox_batch(max_ops, most, now)?)
    }

    /// Stores what the server said of each op; one that it did not name stays (I5). `false` as by
    /// [`Self::store`].
    fn take_answer(&mut self, batch: &[OutboxRow], answer: PushAnswer) -> Result<bool, Failure> {
        let now = (self.now)();
        let mut offered: BTreeSet<_> = batch.iter().map(|row| row.op_id).collect();
        let mut answers = Vec::with_capacity(answer.outcomes.len());
        for op in answer.outcomes {
            let Some(outcome) = outcome(op.outcome, now) else {
                continue;
            };
            if offered.remove(&op.op_id) {
                let op_id = op.op_id;
                answers.push(Answer { op_id, outcome });
            }
        }
        if answers.is_empty() {
            return Err(Failure::garbled("it answered none of the changes"));
        }
        let rows = convert::canonical(answer.sessions);
        self.store(&answers, &rows, now)
    }

    fn take_refusal(
        &mut self,
        batch: &[OutboxRow],
        error: crate::RemoteError,
        pace: &mut Pace,
    ) -> Result<bool, Failure> {
        let now = (self.now)();
        let outcome = match pace.failed(&error, batch.len()) {
            Next::Smaller => return Ok(true),
            Next::Stop => return Err(error.into()),
            Next::SetAside { code } => AnswerOutcome::Final(FinalOutcome::Rejected { code }),
            Next::Later { after_s } => later(now, after_s),
        };
        let answers: Vec<_> = batch
            .iter()
            .map(|row| Answer {
                op_id: row.op_id,
                outcome: outcome.clone(),
            })
            .collect();
        self.store(&answers, &[], now)
    }

    /// `false` where another process has met another life of the server's database in the meantime:
    /// the answers are of the one before, and nothing was stored.
    fn store(
        &mut self,
        answers: &[Answer],
        rows: &[CanonicalRow],
        now: UnixMillis,
    ) -> Result<bool, Failure> {
        let (owner, epoch) = (self.known.owner(), self.known.epoch.as_deref());
        let answered = match self.writer.answer(owner, epoch, answers, rows, now) {
            Err(SyncWriteError::OtherLife { .. }) => return Ok(false),
            answered => answered?,
        };
        self.is_history_changed |= answered.changed;
        self.pushed.answered += answered.removed;
        self.pushed.rejected += answered.rejected;
        for answer in answers {
            if let AnswerOutcome::Retry { next_attempt_at_ms } = answer.outcome {
                let first = self.pushed.retry_at_ms.unwrap_or(next_attempt_at_ms);
                self.pushed.retry_at_ms = Some(first.min(next_attempt_at_ms));
            }
        }
        Ok(true)
    }

    /// With the outbox empty, what the own feed holds can be compared.
    fn after_push(&mut self) -> Result<(), Failure> {
        let feed = convert::feed(self.reader, &self.known, None, (self.now)())?;
        if let Some(own) = self.plan.feed(None) {
            own.compare = feed.compare;
        }
        Ok(())
    }
}

/// `None`: the server did not say what this program understands, so the op stays.
fn outcome(outcome: Outcome, now: UnixMillis) -> Option<AnswerOutcome> {
    let outcome = match outcome {
        Outcome::Applied => FinalOutcome::Applied,
        Outcome::Duplicate => FinalOutcome::Duplicate,
        Outcome::Superseded => FinalOutcome::Superseded,
        Outcome::Rejected { code } => FinalOutcome::Rejected { code },
        Outcome::Retry { after_s } => return Some(later(now, after_s)),
        Outcome::Unknown => return None,
    };
    Some(AnswerOutcome::Final(outcome))
}

fn later(now: UnixMillis, after_s: u32) -> AnswerOutcome {
    let wait_ms = i64::from(after_s.clamp(1, LONGEST_RETRY_S)) * 1000;
    AnswerOutcome::Retry {
        next_attempt_at_ms: now.plus_ms(wait_ms),
    }
}

/// The push: each op's bytes as they lie in the outbox, for the server hashes them.
fn body(batch: &[OutboxRow]) -> Vec<u8> {
    let bytes = batch.iter().map(|row| row.payload.len() + 1).sum::<usize>();
    let mut body = Vec::with_capacity(bytes + ENVELOPE);
    body.extend(OPEN);
    for (place, row) in batch.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        body.extend(&row.payload);
    }
    body.extend(CLOSE);
    body
}
