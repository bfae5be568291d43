//! A server for tests: the rows of one person, folded by the function that the real one uses, with a
//! feed in which each session stands once at its newest position.

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::apply::{Applied, apply};
use mitta_domain::op::{Change, OP_VERSION, Op};
use mitta_domain::session::Stamp;
use mitta_domain::{OpId, PersonId, Session, SessionEvent, SessionId, ShareId};
use mitta_store::{
    AccountRow, Answer, AnswerOutcome, Answered, CanonicalRow, Claim, FinalOutcome, OutboxRow,
    Owner, Page, PageItem, Reader, TokenPlace, Writer,
};
use uuid::Uuid;

use crate::support::{T0, device};
use crate::sync_push::NOW;

pub const SERVER: Uuid = Uuid::from_u128(0x5e00);
pub const PERSON: PersonId = PersonId::from_uuid(Uuid::from_u128(0x9e00));
pub const OWNER: Owner = Owner {
    server_id: SERVER,
    person_id: PERSON,
};
pub const OWN: ShareId = ShareId::own(PERSON);
pub const EPOCH: &str = "1-7000-1";
pub const LIFE: Option<&str> = Some(EPOCH);

pub fn account() -> AccountRow {
    AccountRow {
        server_url: "https://mitta.example".into(),
        server_id: SERVER,
        person_id: PERSON,
        login: "asha".into(),
        display_name: "Asha".into(),
        claim: Claim::Given,
        signed_in: true,
        token_place: TokenPlace::Keyring,
    }
}

/// Signs in and meets the server for the first time.
pub fn sign_in(writer: &mut Writer) {
    writer.sign_in(&account()).unwrap();
    writer.new_epoch(SERVER, EPOCH).unwrap();
}

#[derive(Default, Clone)]
pub struct Server {
    pub rows: BTreeMap<SessionId, Session>,
    pub events: BTreeMap<SessionId, Vec<SessionEvent>>,
    seqs: BTreeMap<SessionId, u64>,
    seen: BTreeSet<OpId>,
    head: u64,
}

impl Server {
    /// Stores one op, as every device's.
    pub fn take(&mut self, op: &Op) -> FinalOutcome {
        let session_id = op.session.session_id;
        if !self.seen.insert(op.op_id) {
            return FinalOutcome::Duplicate;
        }
        match apply(self.rows.get(&session_id).cloned(), op) {
            Applied::Applied { session, .. } => {
                self.rows.insert(session_id, *session);
                if let Change::Complete { events, .. } | Change::Sat { events, .. } = &op.change {
                    self.events.insert(session_id, events.clone());
                }
                self.head += 1;
                self.seqs.insert(session_id, self.head);
                FinalOutcome::Applied
            }
            Applied::Duplicate => FinalOutcome::Duplicate,
            Applied::Superseded { .. } => FinalOutcome::Superseded,
            Applied::Rejected(why) => FinalOutcome::Rejected {
                code: why.code().into(),
            },
        }
    }

    /// Stores what was sent and answers it.
    pub fn push(&mut self, batch: &[OutboxRow]) -> (Vec<Answer>, Vec<CanonicalRow>) {
        let answers = batch
            .iter()
            .map(|row| answered(row.op_id, self.take(&row.op)));
        let answers = answers.collect();
        let sessions: BTreeSet<_> = batch.iter().map(|row| row.session_id).collect();
        let rows = sessions.iter().filter_map(|id| self.rows.get(id));
        (answers, rows.map(canonical).collect())
    }

    /// A device sends all that waits, and is answered.
    pub fn exchange(&mut self, writer: &mut Writer, reader: &Reader) -> Answered {
        let sent = reader.outbox().unwrap();
        let op_ids: Vec<_> = sent.iter().map(|row| row.op_id).collect();
        writer.offering(OWNER, &op_ids).unwrap();
        let (answers, rows) = self.push(&sent);
        writer.answer(OWNER, LIFE, &answers, &rows, NOW).unwrap()
    }

    /// The own feed after a position, at most so many changes.
    pub fn page(&self, asked_after: u64, limit: usize) -> Page {
        let mut changes: Vec<_> = self
            .seqs
            .iter()
            .map(|(id, seq)| (*seq, *id))
            .filter(|(seq, _)| *seq > asked_after)
            .collect();
        changes.sort_unstable();
        let is_complete = changes.len() <= limit;
        changes.truncate(limit);
        let last = changes.last().map(|(seq, _)| *seq);
        let own = |(_, id): &(u64, SessionId)| {
            PageItem::Own(Box::new(CanonicalRow {
                session: self.rows[id].clone(),
                events: self.events.get(id).cloned(),
            }))
        };
        Page {
            server_id: SERVER,
            epoch: EPOCH.into(),
            share_id: OWN,
            asked_after,
            next_after: if is_complete {
                self.head.max(asked_after)
            } else {
                last.unwrap_or(asked_after)
            },
            items: changes.iter().map(own).collect(),
            membership: None,
        }
    }

    /// An edit of another device of the same person, `n` seconds after [`T0`].
    pub fn edited_elsewhere(&mut self, session_id: SessionId, change: Change, n: u32) {
        let stamp = Stamp {
            hlc_ms: T0 + i64::from(n) * 1000,
            device_id: device(2),
            device_seq: self.head + 1,
        };
        let op = Op {
            v: OP_VERSION,
            op_id: OpId::from_uuid(Uuid::from_u128(0xf000_0000 + u128::from(self.head))),
            stamp,
            session: self.rows[&session_id].start.clone(),
            change,
        };
        self.take(&op);
    }
}

pub fn answered(op_id: OpId, outcome: FinalOutcome) -> Answer {
    Answer {
        op_id,
        outcome: AnswerOutcome::Final(outcome),
    }
}

pub fn canonical(session: &Session) -> CanonicalRow {
    CanonicalRow {
        session: session.clone(),
        events: None,
    }
}
