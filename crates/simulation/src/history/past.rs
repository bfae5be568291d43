//! Sits that persons add afterwards, and dates that they correct.

use mitta_domain::session::Words;
use mitta_domain::{OpId, Seconds, SessionId, State, UnixMillis};
use mitta_store::{Edit, PastOps, PastSit, PastTime, WriteError};

use super::act::{ZONES, civil};
use super::{Broken, World};
use crate::dice::Dice;

const DAY_MS: i64 = 86_400_000;

impl World {
    pub(super) fn add_past(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let wall_ms = self.devices[device].wall_ms(self.now_ms);
        let past = PastSit {
            time: past_time(wall_ms, dice)?,
            credited_s: Seconds(u32::try_from(dice.between(1, 7200)).unwrap_or(1)),
            words: Words {
                label: dice.chance(500).then(|| "by hand".to_owned()),
                ..Words::default()
            },
            is_private: dice.chance(200),
        };
        let ops = past_ops(wall_ms, dice);
        let now_ms = self.now_ms;
        let added = self.devices[device].app(now_ms)?.add(&past, wall_ms, ops);
        let session = added.map_err(|error| Broken::new("adding a sit", error))?;
        self.promise(device, &session);
        let what = self.name(session.start.session_id);
        self.trace.say(format_args!("device {device} adds {what}"));
        Ok(())
    }

    /// Of any sit that the device shows, whoever of its person recorded it.
    pub(super) fn correct_date(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let known = self.known_sessions(device)?;
        let Some(session_id) = dice.pick(&known) else {
            return Ok(());
        };
        self.correct(device, session_id, dice)
    }

    /// Something is said of a row of a sit that was corrected: it is corrected again, taken back,
    /// deleted, or restored.
    pub(super) fn correct_again(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let known = self.corrected_sessions(device)?;
        match dice.pick(&known) {
            Some(session_id) => self.say(device, session_id, dice),
            None => Ok(()),
        }
    }

    /// Two devices of a person say something of one sit, neither knowing of the other.
    pub(super) fn say_on_two(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let person = self.devices[device].person;
        let others = (0..self.devices.len())
            .filter(|it| *it != device && self.devices[*it].person == person);
        let Some(other) = dice.pick(&others.collect::<Vec<_>>()) else {
            return Ok(());
        };
        let known = self.known_sessions(other)?;
        let mut both = self.corrected_sessions(device)?;
        if both.is_empty() || dice.chance(300) {
            both = self.known_sessions(device)?;
        }
        both.retain(|session_id| known.contains(session_id));
        let Some(session_id) = dice.pick(&both) else {
            return Ok(());
        };
        for device in [device, other] {
            self.say(device, session_id, dice)?;
            self.pass(dice.between(1, 60_000));
        }
        Ok(())
    }

    fn say(&mut self, device: usize, session_id: SessionId, dice: &mut Dice) -> Result<(), Broken> {
        let session = self.session(device, session_id)?;
        if session.state() == State::Running {
            return Ok(());
        }
        let may_be_taken_back = session.start.replaces.is_some();
        match (session.deleted, dice.below(10)) {
            (false, 4..8) if may_be_taken_back => self.take_back(device, session_id, dice),
            (false, 0..8) => self.correct(device, session_id, dice),
            _ => self.delete(device, session_id, !session.deleted, dice),
        }
    }

    fn correct(
        &mut self,
        device: usize,
        session_id: SessionId,
        dice: &mut Dice,
    ) -> Result<(), Broken> {
        let session = self.session(device, session_id)?;
        if session.state() == State::Running || session.deleted {
            return Ok(());
        }
        let wall_ms = self.devices[device].wall_ms(self.now_ms);
        let now_ms = self.now_ms;
        let ops = past_ops(wall_ms, dice);
        let time = past_time(wall_ms, dice)?;
        let writer = self.devices[device].app(now_ms)?;
        let replaced = writer.replace(session_id, &time, wall_ms, ops);
        let replaced = replaced.map_err(|error| Broken::new("correcting a date", error))?;
        self.promise(device, &replaced.counts);
        self.counts.edits += 1;
        let (old, new) = (self.name(session_id), self.name(time.session_id));
        self.trace.say(format_args!(
            "device {device} puts {new} in the place of {old}"
        ));
        self.counts_once_here(device, session_id)
    }

    fn take_back(
        &mut self,
        device: usize,
        session_id: SessionId,
        dice: &mut Dice,
    ) -> Result<(), Broken> {
        let wall_ms = self.devices[device].wall_ms(self.now_ms);
        let now_ms = self.now_ms;
        let ops = past_ops(wall_ms, dice);
        let writer = self.devices[device].app(now_ms)?;
        match writer.unreplace(session_id, wall_ms, [ops.sat, ops.deletion]) {
            Ok(_) => {}
            // What it replaced, or its end, is on its way to this device still.
            Err(WriteError::Unknown(_) | WriteError::NotCompleted(_)) => return Ok(()),
            Err(error) => return Err(Broken::new("taking a date back", error)),
        }
        self.counts.edits += 1;
        let what = self.name(session_id);
        self.trace
            .say(format_args!("device {device} takes {what} back"));
        self.counts_once_here(device, session_id)
    }

    fn delete(
        &mut self,
        device: usize,
        session_id: SessionId,
        deleted: bool,
        dice: &mut Dice,
    ) -> Result<(), Broken> {
        let at = self.stamped(device, dice);
        let now_ms = self.now_ms;
        let writer = self.devices[device].app(now_ms)?;
        match writer.edit(session_id, &Edit::Deleted(deleted), at) {
            Ok(_) => {}
            Err(WriteError::Rejected(_)) if !deleted => return Ok(()),
            Err(error) => return Err(Broken::new("deleting a row of a corrected sit", error)),
        }
        if deleted {
            self.promised.deleted.insert(session_id);
        }
        self.counts.edits += 1;
        let what = self.name(session_id);
        let word = if deleted { "deletes" } else { "restores" };
        self.trace.say(format_args!(
            "device {device} {word} {what}, a corrected sit"
        ));
        self.counts_once_here(device, session_id)
    }

    fn promise(&mut self, device: usize, session: &mitta_domain::Session) {
        let session_id = session.start.session_id;
        let start = session.start.clone();
        self.promised.begun.insert(session_id, (device, start));
        if let Some(completion) = session.completion {
            self.promised.completed.insert(session_id, completion);
        }
    }
}

fn past_time(wall_ms: UnixMillis, dice: &mut Dice) -> Result<PastTime, Broken> {
    let (tz, utc_offset_s) = ZONES[dice.below(ZONES.len())];
    let started_at_ms = wall_ms.plus_ms(-DAY_MS * dice.between(1, 20));
    Ok(PastTime {
        session_id: SessionId::from_uuid(dice.uuid(wall_ms.0)),
        started_at_ms,
        tz: tz.to_owned(),
        utc_offset_s,
        local_date: civil(started_at_ms, utc_offset_s)?,
    })
}

fn past_ops(wall_ms: UnixMillis, dice: &mut Dice) -> PastOps {
    let mut op = || OpId::from_uuid(dice.uuid(wall_ms.0));
    PastOps {
        sharing: op(),
        sat: op(),
        words: op(),
        deletion: op(),
        counts: op(),
    }
}
