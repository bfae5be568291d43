//! What persons do at their devices: begin, complete, discard, edit, through the real store.

use chrono::{DateTime, NaiveDate, TimeDelta};
use mitta_domain::event::EventKind;
use mitta_domain::recovery::Heartbeat;
use mitta_domain::session::Words;
use mitta_domain::timer::{Progress, ProgressPhase};
use mitta_domain::{
    Completion, OpId, Plan, PlanChoice, Seconds, Session, SessionId, Sharing, State, UnixMillis,
};
use mitta_store::{Edit, NewSession, Stamped, WriteError};

use super::{Broken, World};
use crate::dice::Dice;

/// Zones that devices are in.
pub(super) const ZONES: [(&str, i32); 3] = [
    ("UTC", 0),
    ("Europe/Berlin", 3600),
    ("America/Los_Angeles", -28_800),
];

/// What a person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A sit begins.
    Begin,
    /// A running sit is paused and resumed.
    PauseSit,
    /// A running sit is completed.
    Complete,
    /// A running sit is discarded, sometimes with nothing sat.
    Discard,
    /// A note is written.
    Words,
    /// The credited seconds are corrected.
    Credited,
    /// Who may see it.
    Sharing,
    /// Deleted, or restored where it is deleted.
    Delete,
    /// A past sit is added.
    AddPast,
    /// A date is corrected.
    CorrectDate,
    /// A corrected sit is corrected again, taken back, deleted or restored.
    CorrectAgain,
    /// Two devices correct one sit, or say something else of it, without knowing of each other.
    SayOnTwo,
    /// The history is exported.
    Export,
    /// An exported history is taken over.
    Import,
    /// An import is taken back, or brought back.
    TakeImportBack,
}

/// Deeds, each with how often it is done.
pub const DEEDS: [(usize, Deed); 15] = [
    (24, Deed::Begin),
    (5, Deed::PauseSit),
    (20, Deed::Complete),
    (5, Deed::Discard),
    (18, Deed::Words),
    (9, Deed::Credited),
    (9, Deed::Sharing),
    (10, Deed::Delete),
    (6, Deed::AddPast),
    (6, Deed::CorrectDate),
    (8, Deed::CorrectAgain),
    (30, Deed::SayOnTwo),
    (6, Deed::Export),
    (10, Deed::Import),
    (5, Deed::TakeImportBack),
];

impl World {
    /// Does the deed at the device, if it can be done there.
    pub(super) fn deed(
        &mut self,
        device: usize,
        deed: Deed,
        dice: &mut Dice,
    ) -> Result<(), Broken> {
        match deed {
            Deed::Begin => self.begin(device, dice),
            Deed::PauseSit => self.pause_sit(device, dice),
            Deed::Complete => self.complete(device, dice, false),
            Deed::Discard => self.complete(device, dice, true),
            Deed::AddPast => self.add_past(device, dice),
            Deed::CorrectDate => self.correct_date(device, dice),
            Deed::CorrectAgain => self.correct_again(device, dice),
            Deed::SayOnTwo => self.say_on_two(device, dice),
            Deed::Export => self.export(device, dice),
            Deed::Import => self.import(device, dice),
            Deed::TakeImportBack => self.take_import_back(device, dice),
            Deed::Words | Deed::Credited | Deed::Sharing | Deed::Delete => {
                self.edit(device, deed, dice)
            }
        }
    }

    pub(super) fn stamped(&self, device: usize, dice: &mut Dice) -> Stamped {
        let wall_ms = self.devices[device].wall_ms(self.now_ms);
        Stamped {
            wall_ms,
            op_id: OpId::from_uuid(dice.uuid(wall_ms.0)),
        }
    }

    fn begin(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let at = self.stamped(device, dice);
        let (tz, utc_offset_s) = ZONES[dice.below(ZONES.len())];
        let planned_s = if dice.chance(700) {
            600.try_into().ok()
        } else {
            None
        };
        let label = dice.chance(300).then(|| "zazen".to_owned());
        let plan = Plan {
            choice: PlanChoice {
                planned_s,
                label,
                ..PlanChoice::default()
            },
            interval_at_s: Vec::new(),
        };
        let new = NewSession {
            session_id: SessionId::from_uuid(dice.uuid(at.wall_ms.0)),
            started_at_ms: at.wall_ms.plus_ms(10_000),
            tz: tz.to_owned(),
            utc_offset_s,
            local_date: civil(at.wall_ms, utc_offset_s)?,
            together_id: None,
        };
        let now_ms = self.now_ms;
        let writer = self.devices[device].app(now_ms)?;
        let session_id = writer
            .start(&new, &plan, &heartbeat(at.wall_ms, 0), at)
            .map_err(|error| Broken::new("beginning", error))?;
        let session = self.session(device, session_id)?;
        self.promised
            .begun
            .insert(session_id, (device, session.start));
        self.devices[device].running.push(session_id);
        let what = self.name(session_id);
        self.trace
            .say(format_args!("device {device} begins {what}"));
        Ok(())
    }

    fn pause_sit(&mut self, device: usize, dice: &mut Dice) -> Result<(), Broken> {
        let Some(session_id) = dice.pick(&self.devices[device].running) else {
            return Ok(());
        };
        let (now_ms, wall_ms) = (self.now_ms, self.devices[device].wall_ms(self.now_ms));
        let writer = self.devices[device].app(now_ms)?;
        for (kind, after_ms) in [(EventKind::Paused, 60_000), (EventKind::Resumed, 90_000)] {
            let beat = heartbeat(wall_ms, 60_000);
            writer
                .event(session_id, kind, wall_ms.plus_ms(after_ms), 60_000, &beat)
                .map_err(|error| Broken::new("pausing", error))?;
        }
        let what = self.name(session_id);
        self.trace
            .say(format_args!("device {device} pauses and resumes {what}"));
        Ok(())
    }

    fn complete(&mut self, device: usize, dice: &mut Dice, discard: bool) -> Result<(), Broken> {
        let Some(session_id) = dice.pick(&self.devices[device].running) else {
            return Ok(());
        };
        let at = self.stamped(device, dice);
        let started = self.promised.begun[&session_id].1.started_at_ms;
        let least = i64::from(!(discard && dice.chance(500)));
        let credited = if least == 0 { 0 } else { dice.between(1, 7200) };
        let completion = Completion {
            ended_at_ms: at.wall_ms.max(started),
            credited_s: Seconds(u32::try_from(credited).unwrap_or(1)),
            paused_s: Seconds(3),
            asleep_s: Seconds(0),
            overtime_s: Seconds(0),
        };
        let delete_op = OpId::from_uuid(dice.uuid(at.wall_ms.0));
        let now_ms = self.now_ms;
        let writer = self.devices[device].app(now_ms)?;
        let done = if discard {
            writer.discard(session_id, &completion, at, delete_op)
        } else {
            writer.complete(session_id, &completion, at)
        };
        done.map_err(|error| Broken::new("completing", error))?;
        self.devices[device].running.retain(|it| *it != session_id);
        self.promised.completed.insert(session_id, completion);
        if discard {
            self.promised.deleted.insert(session_id);
        }
        let what = self.name(session_id);
        let word = if discard { "discards" } else { "completes" };
        self.trace.say(format_args!(
            "device {device} {word} {what} with {credited} s"
        ));
        Ok(())
    }

    /// Edits any session that the device shows, whoever of its person recorded it.
    fn edit(&mut self, device: usize, deed: Deed, dice: &mut Dice) -> Result<(), Broken> {
        let known = self.known_sessions(device)?;
        let Some(session_id) = dice.pick(&known) else {
            return Ok(());
        };
        let session = self.session(device, session_id)?;
        let edit = match deed {
            Deed::Words => {
                let note = format!("note {} of device {device}", self.promised.notes.len());
                let mood = dice.chance(500).then_some(4);
                let note = Some(note);
                Edit::Words(Words {
                    note,
                    mood,
                    label: None,
                })
            }
            Deed::Sharing => Edit::Sharing(Sharing {
                shared: dice.chance(400),
                note_shared: dice.chance(500),
            }),
            _ if session.state() == State::Running => return Ok(()),
            Deed::Credited => {
                let credited = u32::try_from(dice.between(1, 7200)).unwrap_or(1);
                Edit::Credited(Seconds(credited))
            }
            _ => Edit::Deleted(!session.deleted),
        };
        let at = self.stamped(device, dice);
        let now_ms = self.now_ms;
        let writer = self.devices[device].app(now_ms)?;
        match writer.edit(session_id, &edit, at) {
            Ok(_) => {}
            // A sit of nothing cannot be restored: refused here, and nothing was written.
            Err(WriteError::Rejected(_)) if matches!(edit, Edit::Deleted(false)) => return Ok(()),
            // Nobody writes words about a sit that is deleted.
            Err(WriteError::Deleted(_)) if matches!(edit, Edit::Words(_)) => return Ok(()),
            Err(error) => return Err(Broken::new("editing", error)),
        }
        if let Edit::Words(Words {
            note: Some(note), ..
        }) = &edit
        {
            self.promised.notes.push((session_id, note.clone()));
        }
        if edit == Edit::Deleted(true) {
            self.promised.deleted.insert(session_id);
        }
        self.counts.edits += 1;
        let what = self.name(session_id);
        self.trace
            .say(format_args!("device {device} edits {what}: {edit:?}"));
        Ok(())
    }

    pub(super) fn session(
        &mut self,
        device: usize,
        session_id: SessionId,
    ) -> Result<Session, Broken> {
        let reader = self.devices[device].reader(self.now_ms)?;
        let session = reader.session(session_id);
        let session = session.map_err(|error| Broken::new("reading", error))?;
        session.ok_or_else(|| Broken::new("reading", "a session that was just there is not"))
    }
}

pub(super) fn civil(at: UnixMillis, utc_offset_s: i32) -> Result<NaiveDate, Broken> {
    let utc = DateTime::from_timestamp_millis(at.0);
    let local = utc.and_then(|utc| utc.checked_add_signed(TimeDelta::seconds(utc_offset_s.into())));
    let local = local.ok_or_else(|| Broken::new("a date", "out of range"))?;
    Ok(local.date_naive())
}

fn heartbeat(wall_ms: UnixMillis, elapsed_ms: u64) -> Heartbeat {
    Heartbeat {
        wall_ms,
        boot_ms: 5_000 + elapsed_ms,
        boot_id: "boot".to_owned(),
        progress: Progress {
            phase: ProgressPhase::Sitting,
            preparation_left_ms: 0,
            elapsed_ms,
            paused_ms: 0,
            asleep_ms: 0,
        },
    }
}
