//! Histories that are exported, and taken over elsewhere.
//!
//! A file holds what its device held then, so it may be older than what was said since; and a device whose
//! clock is ahead writes stamps into it that no server has set back yet.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use mitta_domain::offer::Whole;
use mitta_domain::{OpId, Session, SessionId};
use mitta_store::{Imported, NewImport};

use super::corrected::{counts, families};
use super::{Broken, World};
use crate::dice::Dice;

/// So many are kept; a further one takes the place of any.
const MOST_FILES: usize = 6;

/// A history as it was exported.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Which file it is.
    number: usize,
    /// Whose, by number.
    person: usize,
    sits: Vec<Whole>,
}

impl World {
    pub(super) fn export(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let reader = self.devices[device].reader(self.now_ms)?;
        let mut sits = Vec::new();
        let mut refused = None;
        let exported = reader.each_session(|session, events| {
            match Whole::of(session.clone(), events.to_vec()) {
                Ok(whole) => sits.push(whole),
                Err(error) => refused = Some(format!("{error}: {session:?}")),
            }
            ControlFlow::Continue(())
        });
        exported.map_err(|error| Broken::new("exporting", error))?;
        if let Some(refused) = refused {
            return Err(Broken::new(
                "a sit that was recorded can be taken over",
                refused,
            ));
        }
        if sits.is_empty() {
            return Ok(());
        }
        let file = File {
            number: self.exported,
            person: self.devices[device].person,
            sits,
        };
        self.exported += 1;
        let (number, len) = (file.number, file.sits.len());
        self.trace.say(format_args!(
            "device {device} exports {len} sits as file {number}"
        ));
        if self.files.len() < MOST_FILES {
            self.files.push(file);
        } else {
            self.files[dice.below(MOST_FILES)] = file;
        }
        Ok(())
    }

    /// Takes a file of the device's person over, sometimes only in part: killed, or given up.
    pub(super) fn import(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let person = self.devices[device].person;
        let files = self.files.iter().filter(|file| file.person == person);
        let Some(file) = dice.pick(&files.cloned().collect::<Vec<_>>()) else {
            return Ok(());
        };
        let before = self.rows(device)?;
        let wall_ms = self.devices[device].wall_ms(self.now_ms);
        let now_ms = self.now_ms;
        let writer = self.devices[device].app(now_ms)?;
        let new = NewImport {
            file_name: format!("{}.json", file.number),
            kind: "mitta".to_owned(),
            content_sha256: format!("{:064x}", file.number),
            reading: String::new(),
            begun_at_ms: wall_ms,
        };
        let importing = |error| Broken::new("importing", error);
        let import_seq = writer.begin_import(&new).map_err(importing)?;
        let is_cut_short = dice.chance(200);
        let batch = 1 + dice.below(4);
        let mut answered = Vec::new();
        for sits in file.sits.chunks(batch) {
            if is_cut_short && dice.chance(400) {
                break;
            }
            let ids = RefCell::new(dice.fork());
            let op_id = || OpId::from_uuid(ids.borrow_mut().uuid(wall_ms.0));
            let answers = writer.import(import_seq, sits, wall_ms, op_id);
            let answers = answers.map_err(importing)?;
            let ids = sits.iter().map(|whole| whole.session().start.session_id);
            answered.extend(ids.zip(answers));
        }
        if answered.len() == file.sits.len() {
            writer
                .finish_import(import_seq, wall_ms)
                .map_err(importing)?;
        }
        let brought = answered.iter().filter(|(_, became)| is_brought(*became));
        self.counts.imported += brought.count();
        self.trace.say(format_args!(
            "device {device} imports {} of {} sits of file {}: {:?}",
            answered.len(),
            file.sits.len(),
            file.number,
            answered
                .iter()
                .map(|(_, became)| became)
                .collect::<Vec<_>>()
        ));
        self.nothing_is_taken_away(device, &before, &answered)
    }

    /// What counted counts, each sit once; and what is said to be in the history is.
    fn nothing_is_taken_away(
        &mut self,
        device: usize,
        before: &[Session],
        answered: &[(SessionId, Imported)],
    ) -> Result<(), Broken> {
        let after = self.rows(device)?;
        let of = families(after.iter());
        let mut must_count = counting(before);
        let there = answered.iter().filter(|(_, became)| {
            is_brought(*became) || matches!(became, Imported::Known | Imported::Ended)
        });
        must_count.extend(there.map(|(session_id, _)| *session_id));
        for session_id in must_count {
            let family = of
                .iter()
                .find(|rows| rows.iter().any(|row| row.start.session_id == session_id));
            // A row that is known with another date needs not be here itself.
            let is_known = answered.contains(&(session_id, Imported::Known));
            let Some(family) = family else {
                if is_known {
                    continue;
                }
                let what = self.name(session_id);
                return Err(Broken::new("what was here or came is here", what));
            };
            // Two devices may each have said that another counts; that is settled after a sync.
            let is_of_it = |row: &&Session| {
                let id = row.start.session_id;
                family.iter().any(|it| it.start.session_id == id)
            };
            let counted = before
                .iter()
                .filter(|row| counts(row))
                .filter(is_of_it)
                .count();
            let counting = family.iter().filter(|row| counts(row)).count();
            if !(1..=counted.max(1)).contains(&counting) {
                let rows = family.iter().map(|row| {
                    let what = self.name(row.start.session_id);
                    format!("{what}: counts {}, by {:?}", counts(row), row.deleted_stamp)
                });
                let rows: Vec<_> = rows.collect();
                return Err(Broken::new(
                    "a file takes nothing away, and each of its sits counts once",
                    rows.join("\n  "),
                ));
            }
        }
        Ok(())
    }

    /// Takes an import of the device back, or brings it back, sometimes only in part.
    pub(super) fn take_import_back(
        &mut self,
        device: usize,
        dice: &mut Dice,
    ) -> Result<(), Broken> {
        let importing = |error| Broken::new("reading the imports", error);
        let reader = self.devices[device].reader(self.now_ms)?;
        let imports = reader.imports().map_err(importing)?;
        let Some(import) = dice.pick(&imports) else {
            return Ok(());
        };
        let is_undo = import.undone_at_ms.is_none();
        let before = self.rows(device)?;
        let wall_ms = self.devices[device].wall_ms(self.now_ms);
        let now_ms = self.now_ms;
        let writer = self.devices[device].app(now_ms)?;
        let mut changed = 0;
        loop {
            let ids = RefCell::new(dice.fork());
            let op_id = || OpId::from_uuid(ids.borrow_mut().uuid(wall_ms.0));
            let step = if is_undo {
                writer.undo_import(import.import_seq, 2, wall_ms, op_id)
            } else {
                writer.redo_import(import.import_seq, 2, wall_ms, op_id)
            };
            let step = step.map_err(|error| Broken::new("taking an import back", error))?;
            changed += step.changed;
            if step.is_done || dice.chance(100) {
                break;
            }
        }
        let counted = counting(&before);
        let after = self.rows(device)?;
        let gone = families(after.iter()).into_iter().filter(|family| {
            let counted = family
                .iter()
                .any(|row| counted.contains(&row.start.session_id));
            counted && !family.iter().any(|row| counts(row))
        });
        let gone = gone.count() as u64;
        if gone > if is_undo { changed } else { 0 } {
            let what = format!("{gone} sits count no more, {changed} were to change");
            return Err(Broken::new(
                "taking an import back or bringing it back",
                what,
            ));
        }
        for row in after.iter().filter(|row| row.deleted) {
            if counted.contains(&row.start.session_id) {
                self.promised.deleted.insert(row.start.session_id);
            }
        }
        let word = if is_undo { "takes back" } else { "brings back" };
        self.trace.say(format_args!(
            "device {device} {word} {changed} sits of import {}",
            import.file_name
        ));
        Ok(())
    }

    fn rows(&mut self, device: usize) -> Result<Vec<Session>, Broken> {
        Ok(self.look_at(device)?.sessions.into_values().collect())
    }
}

fn is_brought(became: Imported) -> bool {
    matches!(became, Imported::New | Imported::Corrects | Imported::Again)
}

fn counting(rows: &[Session]) -> BTreeSet<SessionId> {
    let counting = rows.iter().filter(|row| counts(row));
    counting.map(|row| row.start.session_id).collect()
}
