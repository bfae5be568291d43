//! A server of one person in memory, with the fold of the real one, that fails on demand.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{Datelike as _, Days, NaiveDate};
use mitta_domain::apply::{Applied, apply};
use mitta_domain::digest::Digest;
use mitta_domain::op::{Change, Op};
use mitta_domain::share::SharedSit;
use mitta_domain::{OpId, PersonId, Session, SessionEvent, SessionId, ShareId, UnixMillis};
use mitta_protocol::meta::Meta;
use mitta_protocol::pull::{PullAnswer, PullQuery, Pulled, PulledChange, Share, Summary};
use mitta_protocol::push::{OpOutcome, Outcome, PushAnswer, PushRequest};
use mitta_protocol::weeks::{OwnSit, SitsAnswer, SitsQuery, WeekSummary, WeeksAnswer, WeeksQuery};
use uuid::Uuid;

use super::folder::NOW;
use crate::remote::{Remote, RemoteError};

pub(super) const SERVER: Uuid = Uuid::from_u128(0x5e00);

pub(super) fn person() -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0x9e00))
}

/// A push that fails, before or after the server has done it.
pub(super) struct Fault {
    pub(super) error: RemoteError,
    pub(super) after: bool,
}

/// A session where it stands in the feed.
type Row = (u64, Session, Vec<SessionEvent>);

/// What the server has; a clone is its backup.
#[derive(Clone, Default)]
pub(super) struct Data {
    pub(super) sessions: BTreeMap<SessionId, Row>,
    answered: BTreeSet<OpId>,
    head_seq: u64,
}

/// The server.
pub(super) struct Fake {
    pub(super) data: RefCell<Data>,
    pub(super) epoch: RefCell<String>,
    pub(super) server_id: Cell<Uuid>,
    pub(super) person_id: Cell<PersonId>,
    pub(super) clock_ms: Cell<i64>,
    pub(super) page: Cell<u32>,
    /// Whether an answer takes one poll more.
    pub(super) is_slow: Cell<bool>,
    pub(super) asked: RefCell<Vec<&'static str>>,
    pub(super) pushed: RefCell<Vec<Vec<u8>>>,
    pub(super) push_faults: RefCell<VecDeque<Fault>>,
    pub(super) pull_faults: RefCell<VecDeque<RemoteError>>,
    /// Ops that an answer leaves out.
    pub(super) leave_out: RefCell<BTreeSet<OpId>>,
    /// Ops that are answered so, and not folded.
    pub(super) outcomes: RefCell<BTreeMap<OpId, Outcome>>,
    /// Ops that fail the whole push with a code.
    pub(super) bad: RefCell<BTreeMap<OpId, String>>,
    /// A share of a partner, with what it holds.
    pub(super) partner: RefCell<Option<(ShareId, Vec<SharedSit>)>>,
    /// So many sits more than there are it says that there are.
    pub(super) false_sits: Cell<u64>,
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            data: RefCell::default(),
            epoch: RefCell::new("1-a-1".to_owned()),
            server_id: Cell::new(SERVER),
            person_id: Cell::new(person()),
            clock_ms: Cell::new(NOW.0),
            page: Cell::new(500),
            is_slow: Cell::new(false),
            asked: RefCell::default(),
            pushed: RefCell::default(),
            push_faults: RefCell::default(),
            pull_faults: RefCell::default(),
            leave_out: RefCell::default(),
            outcomes: RefCell::default(),
            bad: RefCell::default(),
            partner: RefCell::default(),
            false_sits: Cell::new(0),
        }
    }

    pub(super) fn fail_push(&self, error: &RemoteError, after: bool) {
        let error = error.clone();
        let fault = Fault { error, after };
        self.push_faults.borrow_mut().push_back(fault);
    }

    pub(super) fn say(&self, op_id: OpId, outcome: Outcome) {
        self.outcomes.borrow_mut().insert(op_id, outcome);
    }

    /// Another life of the database, which knows no op and of each session all but its plan.
    pub(super) fn is_restored_without_plans(&self) {
        "2-a-1".clone_into(&mut self.epoch.borrow_mut());
        let data = &mut *self.data.borrow_mut();
        data.answered.clear();
        for row in data.sessions.values_mut() {
            row.1.plan = None;
        }
    }

    pub(super) fn sessions(&self) -> usize {
        self.data.borrow().sessions.len()
    }

    async fn take_time(&self) {
        let mut is_ready = !self.is_slow.get();
        std::future::poll_fn(|_| {
            if std::mem::replace(&mut is_ready, true) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }

    async fn ask(&self, what: &'static str) {
        self.asked.borrow_mut().push(what);
        self.take_time().await;
    }

    fn fold(&self, op: &Op) -> Outcome {
        if let Some(outcome) = self.outcomes.borrow().get(&op.op_id) {
            return outcome.clone();
        }
        let data = &mut *self.data.borrow_mut();
        if !data.answered.insert(op.op_id) {
            return Outcome::Duplicate;
        }
        let session_id = op.session.session_id;
        let known = data.sessions.get(&session_id).cloned();
        let (current, mut events) = known.map_or((None, vec![]), |(_, s, e)| (Some(s), e));
        match apply(current, op) {
            Applied::Applied { session, .. } => {
                if let Change::Complete { events: told, .. } | Change::Sat { events: told, .. } =
                    &op.change
                {
                    events.clone_from(told);
                }
                data.head_seq += 1;
                let row = (data.head_seq, *session, events);
                data.sessions.insert(session_id, row);
                Outcome::Applied
            }
            Applied::Duplicate => Outcome::Duplicate,
            Applied::Superseded { .. } => Outcome::Superseded,
            Applied::Rejected(rejection) => rejection.into(),
        }
    }

    fn shares(&self) -> Vec<Share> {
        let own = Share {
            share_id: ShareId::own(person()),
            person_id: person(),
            partnership_id: None,
            generation: 0,
            share_since: None,
            head_seq: self.data.borrow().head_seq,
        };
        let mut shares = vec![own.clone()];
        if let Some((share_id, sits)) = &*self.partner.borrow() {
            shares.push(Share {
                share_id: *share_id,
                person_id: PersonId::from_uuid(Uuid::from_u128(0x9e01)),
                head_seq: sits.len() as u64,
                ..own
            });
        }
        shares
    }

    fn answer(&self, query: &PullQuery) -> PullAnswer {
        PullAnswer {
            server_id: self.server_id.get(),
            epoch: self.epoch.borrow().clone(),
            server_time_ms: UnixMillis(self.clock_ms.get()),
            person_id: self.person_id.get(),
            share_id: query.share_id.unwrap_or(ShareId::own(person())),
            head_seq: 0,
            changes: vec![],
            next_after: 0,
            complete: true,
            summary: None,
            shares: self.shares(),
            partnerships: vec![],
        }
    }

    fn own_page(&self, query: &PullQuery) -> PullAnswer {
        let mut answer = self.answer(query);
        let data = self.data.borrow();
        let mut rows: Vec<_> = data.sessions.values().collect();
        rows.retain(|row| row.0 > query.after);
        rows.sort_by_key(|row| row.0);
        let limit = self.page.get() as usize;
        answer.head_seq = data.head_seq;
        answer.complete = rows.len() <= limit;
        rows.truncate(limit);
        let change = |(seq, session, events): &Row| PulledChange {
            seq: *seq,
            entity: Pulled::Session {
                session: Box::new(session.clone().into()),
                events: events.clone(),
            },
        };
        answer.changes = rows.into_iter().map(change).collect();
        let last = answer.changes.last();
        answer.next_after = match last {
            Some(change) if !answer.complete => change.seq,
            _ => data.head_seq,
        };
        if answer.complete && query.summary {
            let mut summary = sum(data.sessions.values().map(|row| &row.1));
            summary.sits += self.false_sits.get();
            answer.summary = Some(summary);
        }
        answer
    }

    fn partner_page(&self, query: &PullQuery, sits: &[SharedSit]) -> PullAnswer {
        let mut answer = self.answer(query);
        answer.head_seq = sits.len() as u64;
        answer.next_after = answer.head_seq;
        for (sit, seq) in sits.iter().cloned().zip(1..) {
            if seq > query.after {
                let entity = Pulled::Shared { sit };
                answer.changes.push(PulledChange { seq, entity });
            }
        }
        answer.summary = query.summary.then(|| Summary {
            rows: sits.len() as u64,
            digest: Digest::of_shared(sits),
            sits: sits.len() as u64,
            credited_s: sits.iter().map(|sit| u64::from(sit.credited_s.0)).sum(),
        });
        answer
    }
}

fn sum<'a>(sessions: impl Iterator<Item = &'a Session> + Clone) -> Summary {
    let counted = sessions
        .clone()
        .filter(|s| s.completion.is_some() && !s.deleted);
    Summary {
        rows: sessions.clone().count() as u64,
        digest: Digest::of_sessions(sessions),
        sits: counted.clone().count() as u64,
        credited_s: counted.map(|s| u64::from(s.credited_s().0)).sum(),
    }
}

fn monday(date: NaiveDate) -> NaiveDate {
    date - Days::new(date.weekday().num_days_from_monday().into())
}

impl Remote for Fake {
    async fn meta(&self) -> Result<Meta, RemoteError> {
        Err(RemoteError::NotMitta)
    }

    async fn push(&self, body: Vec<u8>) -> Result<PushAnswer, RemoteError> {
        self.ask("push").await;
        let fault = self.push_faults.borrow_mut().pop_front();
        if let Some(fault) = fault.as_ref().filter(|fault| !fault.after) {
            return Err(fault.error.clone());
        }
        let request: PushRequest<'_> = serde_json::from_slice(&body).unwrap();
        let read = |raw: &str| Op::from_bytes(raw.as_bytes()).unwrap();
        let ops: Vec<Op> = request.ops.iter().map(|raw| read(raw.get())).collect();
        self.pushed.borrow_mut().push(body.clone());
        let bad = ops
            .iter()
            .find_map(|op| self.bad.borrow().get(&op.op_id).cloned());
        if let Some(code) = bad {
            let message = String::new();
            return Err(RemoteError::Refused { code, message });
        }
        let mut outcomes: Vec<_> = ops
            .iter()
            .map(|op| OpOutcome {
                op_id: op.op_id,
                outcome: self.fold(op),
            })
            .collect();
        outcomes.retain(|op| !self.leave_out.borrow().contains(&op.op_id));
        let named: BTreeSet<_> = ops.iter().map(|op| op.session.session_id).collect();
        let row = |id| {
            let data = self.data.borrow();
            data.sessions.get(id).map(|row| row.1.clone().into())
        };
        let answer = PushAnswer {
            server_id: self.server_id.get(),
            epoch: self.epoch.borrow().clone(),
            server_time_ms: UnixMillis(self.clock_ms.get()),
            person_id: self.person_id.get(),
            outcomes,
            sessions: named.iter().filter_map(row).collect(),
        };
        // Done; the way back may be long.
        self.take_time().await;
        fault.map_or(Ok(answer), |fault| Err(fault.error))
    }

    async fn pull(&self, query: &PullQuery) -> Result<PullAnswer, RemoteError> {
        self.ask("pull").await;
        if let Some(error) = self.pull_faults.borrow_mut().pop_front() {
            return Err(error);
        }
        let Some(share) = query.share_id else {
            return Ok(self.own_page(query));
        };
        match &*self.partner.borrow() {
            Some((id, sits)) if *id == share => Ok(self.partner_page(query, sits)),
            _ => Err(RemoteError::NoSuchShare(Some(share))),
        }
    }

    async fn weeks(&self, _: &WeeksQuery) -> Result<WeeksAnswer, RemoteError> {
        self.ask("weeks").await;
        let data = self.data.borrow();
        let mut weeks: BTreeMap<NaiveDate, Vec<&Session>> = BTreeMap::new();
        for (_, session, _) in data.sessions.values() {
            let week = weeks.entry(monday(session.start.local_date)).or_default();
            week.push(session);
        }
        let week = |(first_date, sessions): (NaiveDate, Vec<&Session>)| {
            let sum = sum(sessions.into_iter());
            WeekSummary {
                first_date,
                rows: sum.rows,
                digest: sum.digest,
                sits: sum.sits + self.false_sits.get(),
                credited_s: sum.credited_s,
            }
        };
        Ok(WeeksAnswer {
            epoch: self.epoch.borrow().clone(),
            head_seq: data.head_seq,
            weeks: weeks.into_iter().map(week).collect(),
        })
    }

    async fn sits(&self, query: &SitsQuery) -> Result<SitsAnswer, RemoteError> {
        self.ask("sits").await;
        let data = self.data.borrow();
        let dates = query.from..=query.to;
        let rows = data.sessions.values();
        let sit = |(_, session, events): &Row| OwnSit {
            session: session.clone().into(),
            events: events.clone(),
        };
        Ok(SitsAnswer {
            epoch: self.epoch.borrow().clone(),
            head_seq: data.head_seq,
            sessions: rows
                .filter(|row| dates.contains(&row.1.start.local_date))
                .map(sit)
                .collect(),
            shared: vec![],
        })
    }
}
