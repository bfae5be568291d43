//! A store in memory that keeps what pushes fold: what Postgres does, in the plainest way.

use std::collections::BTreeMap;

use mitta_domain::share::{SharedSit, visible};

use super::*;

/// One person's rows.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub(super) now: UnixMillis,
    rules: Vec<ShareRule>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) ledger: HashMap<OpId, LedgerRow>,
    pub(super) events: BTreeMap<SessionId, Vec<SessionEvent>>,
    /// What each feed said last of each entity.
    pub(super) feeds: BTreeMap<(ShareId, SessionId), ChangeKind>,
    /// What the last push did.
    pub(super) last: Folded,
}

impl Store {
    /// With a share for each rule, numbered from 0.
    pub(super) fn new(rules: &[ShareRule]) -> Self {
        Self {
            now: NOW,
            rules: rules.to_vec(),
            sessions: BTreeMap::new(),
            ledger: HashMap::new(),
            events: BTreeMap::new(),
            feeds: BTreeMap::new(),
            last: Folded::default(),
        }
    }

    pub(super) fn session(&self, n: u128) -> &Session {
        &self.sessions[&session_id(n)]
    }

    /// One push.
    pub(super) fn push(&mut self, ops: &[Vec<u8>]) -> Folded {
        let raw = ops.iter().map(|bytes| RawOp { bytes });
        let batch = Batch::read(raw).unwrap();
        let folded = fold(self.known(&batch), batch, self.now);
        for it in &folded.sessions {
            let session_id = it.session.start.session_id;
            let before = self.sessions.insert(session_id, it.session.clone());
            match it.write {
                Write::Keep => assert_eq!(before.as_ref(), Some(&it.session)),
                Write::Insert => assert_eq!(before, None),
                Write::Update => assert!(before.is_some_and(|before| before != it.session)),
            }
        }
        for (op_id, row) in &folded.ledger {
            assert_eq!(self.ledger.insert(*op_id, row.clone()), None);
        }
        for (session_id, events) in &folded.events {
            assert_eq!(self.events.insert(*session_id, events.clone()), None);
        }
        let mut told = HashSet::new();
        for change in &folded.changes {
            assert!(told.insert((change.share_id, change.session_id)));
            let entity = (change.share_id, change.session_id);
            self.feeds.insert(entity, change.kind);
        }
        self.last = folded.clone();
        folded
    }

    fn known(&self, batch: &Batch) -> Known {
        let sessions = batch.session_ids();
        let sessions = sessions.filter_map(|id| Some((id, self.sessions.get(&id)?.clone())));
        let ledger = batch.op_ids();
        let ledger = ledger.filter_map(|id| Some((id, self.ledger.get(&id)?.clone())));
        let shares = (0..).zip(&self.rules).map(|(n, rule)| ShareState {
            share_id: share(n),
            rule: rule.clone(),
            contains: self.shown(share(n)).collect(),
        });
        Known {
            person_id: person(),
            sessions: sessions.collect(),
            ledger: ledger.collect(),
            shares: shares.collect(),
        }
    }

    /// The sits that a share shows, by what its feed says.
    pub(super) fn shown(&self, of: ShareId) -> impl Iterator<Item = SessionId> {
        let feed = self.feeds.iter();
        let shown = feed.filter(move |(key, kind)| key.0 == of && **kind == ChangeKind::Session);
        shown.map(|(key, _)| key.1)
    }

    /// The sits that a share is to show, by its rule.
    pub(super) fn visible(&self, n: usize) -> Vec<SharedSit> {
        let sessions = self.sessions.values();
        let sits = sessions.filter_map(|session| visible(session, &self.rules[n]));
        sits.collect()
    }
}
