//! Whatever comes in whatever order (own edits, answers that were lost, late or refused, pages, edits
//! of another device, another life of the server): what is shown is the server's row with the unsent
//! ops on top, no op leaves without its answer (I5), and in the end both sides hold the same (I3, I8).

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::apply::overlay;
use mitta_domain::digest::Digest;
use mitta_domain::op::Change;
use mitta_domain::{OpId, Seconds, Session, SessionId, Sharing, UnixMillis};
use mitta_store::{AnswerOutcome, Edit, FinalOutcome, Page, Writer};
use proptest::prelude::*;

use crate::server::{OWN, OWNER, SERVER, Server, sign_in};
use crate::support::{Folder, T0, at, completion, heartbeat, new_session, note, op, plan, session};

const NOW: UnixMillis = UnixMillis(T0 + 1_000_000);

#[derive(Debug, Clone)]
enum Step {
    Start,
    Complete,
    Discard,
    Edit(Edit),
    /// Another device of the same person edits the session.
    Elsewhere(Edit),
    /// At most so many ops are sent; the answer is stored, or lost on the way.
    Push {
        ops: usize,
        is_lost: bool,
    },
    /// The answer names only every other op.
    PushHalfAnswered,
    Pull {
        limit: usize,
    },
    NewEpoch,
    /// The server's database is kept aside.
    Backup,
    /// It is put back: what came since is forgotten.
    Restore,
    Offer,
    Reopen,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        "[a-c]{1,2}".prop_map(|text| Edit::Words(note(&text))),
        (1u32..4).prop_map(|s| Edit::Credited(Seconds(s))),
        any::<(bool, bool)>().prop_map(|(shared, note_shared)| {
            Edit::Sharing(Sharing {
                shared,
                note_shared,
            })
        }),
        any::<bool>().prop_map(Edit::Deleted),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Start),
        3 => Just(Step::Complete),
        1 => Just(Step::Discard),
        5 => edit().prop_map(Step::Edit),
        4 => edit().prop_map(Step::Elsewhere),
        5 => (1usize..5, any::<bool>()).prop_map(|(ops, is_lost)| Step::Push { ops, is_lost }),
        1 => Just(Step::PushHalfAnswered),
        4 => (1usize..4).prop_map(|limit| Step::Pull { limit }),
        1 => Just(Step::NewEpoch),
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
        1 => Just(Step::Offer),
        1 => Just(Step::Reopen),
    ]
}

struct World {
    folder: Folder,
    writer: Writer,
    server: Server,
    backup: Server,
    /// The server's rows as this device last saw them.
    seen: BTreeMap<SessionId, Session>,
    epoch: u32,
    /// Ops that were made, with whether they may be folded; and those that were answered.
    made: BTreeMap<OpId, bool>,
    answered: BTreeSet<OpId>,
}

impl World {
    fn new() -> Self {
        let folder = Folder::new();
        let mut writer = folder.writer();
        sign_in(&mut writer);
        writer.new_epoch(SERVER, "0").unwrap();
        Self {
            folder,
            writer,
            server: Server::default(),
            backup: Server::default(),
            seen: BTreeMap::new(),
            epoch: 0,
            made: BTreeMap::new(),
            answered: BTreeSet::new(),
        }
    }

    fn push(&mut self, ops: usize, is_lost: bool, only_every: usize) {
        let batch = self
            .folder
            .reader()
            .outbox_batch(ops, 1 << 20, NOW)
            .unwrap();
        let ids: Vec<_> = batch.iter().map(|row| row.op_id).collect();
        self.writer.offering(OWNER, &ids).unwrap();
        let (mut answers, rows) = self.server.push(&batch);
        if is_lost {
            return;
        }
        let mut place = 0;
        answers.retain(|_| {
            place += 1;
            place % only_every == 0
        });
        for answer in &answers {
            let is_refused = matches!(
                answer.outcome,
                AnswerOutcome::Final(FinalOutcome::Rejected { .. })
            );
            assert!(!is_refused, "{answer:?} of {batch:?}");
            self.answered.insert(answer.op_id);
        }
        let named: BTreeSet<_> = batch
            .iter()
            .filter(|row| answers.iter().any(|a| a.op_id == row.op_id))
            .map(|row| row.session_id)
            .collect();
        let life = Some(self.epoch.to_string());
        self.writer
            .answer(OWNER, life.as_deref(), &answers, &rows, NOW)
            .unwrap();
        for row in rows {
            if named.contains(&row.session.start.session_id) {
                self.seen.insert(row.session.start.session_id, row.session);
            }
        }
    }

    fn new_epoch(&mut self) {
        self.epoch += 1;
        let epoch = self.epoch.to_string();
        assert!(self.writer.new_epoch(SERVER, &epoch).unwrap());
    }

    /// Whether there was anything to pull.
    fn pull(&mut self, limit: usize) -> bool {
        let after = self.folder.reader().cursor(OWN).unwrap().seq;
        let page = Page {
            epoch: self.epoch.to_string(),
            ..self.server.page(after, limit)
        };
        self.writer.apply_page(&page).unwrap();
        for item in &page.items {
            if let mitta_store::PageItem::Own(row) = item {
                self.seen
                    .insert(row.session.start.session_id, row.session.clone());
            }
        }
        page.next_after > after
    }

    fn step(&mut self, n: u32, step: Step, which: u128) {
        let id = session(which);
        let mut stamped = at(n);
        stamped.op_id = op(1_000 + n * 2);
        let delete_op = op(1_001 + n * 2);
        match step {
            Step::Start => {
                let new = new_session(which);
                let _ = self.writer.start(&new, &plan(), &heartbeat(0), stamped);
            }
            Step::Complete => drop(self.writer.complete(id, &completion(60), stamped)),
            Step::Discard => drop(self.writer.discard(id, &completion(9), stamped, delete_op)),
            Step::Edit(edit) => drop(self.writer.edit(id, &edit, stamped)),
            Step::Elsewhere(edit) => {
                let change = match edit {
                    Edit::Words(words) => Change::Words { words },
                    Edit::Credited(credited_s) => Change::Credited { credited_s },
                    Edit::Sharing(sharing) => Change::Sharing { sharing },
                    Edit::Deleted(deleted) => Change::Deleted { deleted },
                };
                if self.server.rows.contains_key(&id) {
                    self.server.edited_elsewhere(id, change, n);
                }
            }
            Step::Push { ops, is_lost } => self.push(ops, is_lost, 1),
            Step::PushHalfAnswered => self.push(9, false, 2),
            Step::Pull { limit } => drop(self.pull(limit)),
            Step::NewEpoch => self.new_epoch(),
            Step::Backup => self.backup = self.server.clone(),
            Step::Restore => {
                self.server = self.backup.clone();
                self.new_epoch();
            }
            Step::Offer => drop(self.writer.offer_more(2).unwrap()),
            Step::Reopen => self.writer = self.folder.writer(),
        }
    }

    /// Everything that holds after every step.
    fn check(&mut self, after: &Step) {
        let reader = self.folder.reader();
        let outbox = reader.outbox().unwrap();
        let waiting: BTreeSet<_> = outbox.iter().map(|row| row.op_id).collect();
        // I5: what was made waits or was answered, but for a start that nobody can have seen and that
        // its completion says too.
        for (id, is_unseen_start) in &self.made {
            assert!(
                waiting.contains(id) || self.answered.contains(id) || *is_unseen_start,
                "{id} left without its answer at {after:?}"
            );
        }
        for row in &outbox {
            let is_start = matches!(row.op.change, Change::Start { .. });
            self.made.insert(row.op_id, is_start && row.attempts == 0);
        }
        for n in 0..4 {
            let id = session(n);
            let shown = reader.session(id).unwrap();
            let unsent = outbox
                .iter()
                .filter(|row| row.session_id == id)
                .map(|row| &row.op);
            if let Some(seen) = self.seen.get(&id) {
                let expected = overlay(Some(seen.clone()), unsent);
                assert_eq!(shown, expected, "{id} after {after:?}");
            } else {
                let expected = overlay(None, unsent);
                assert_eq!(
                    shown, expected,
                    "{id}, which the server has not shown, after {after:?}"
                );
            }
        }
    }

    /// Everything is sent, offered and pulled, until nothing moves.
    fn settle(&mut self) {
        while self.writer.offer_more(1).unwrap() > 0 {}
        while !self.folder.reader().outbox().unwrap().is_empty() {
            self.push(3, false, 1);
        }
        while self.pull(2) {}
        let reader = self.folder.reader();
        let summary = reader.own_summary().unwrap();
        assert!(!summary.pending);
        assert_eq!(
            summary.digest,
            Digest::of_sessions(self.server.rows.values())
        );
        assert_eq!(summary.rows, self.server.rows.len() as u64);
        for (id, row) in &self.server.rows {
            assert_eq!(reader.session(*id).unwrap().as_ref(), Some(row));
        }
        self.folder.assert_sound();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_is_the_servers_row_with_the_unsent_ops_on_top(
        steps in proptest::collection::vec((step(), 0u128..4), 1..60)
    ) {
        let mut world = World::new();
        for (n, (step, which)) in (0u32..).zip(steps) {
            world.step(n, step.clone(), which);
            world.check(&step);
        }
        world.settle();
    }
}
