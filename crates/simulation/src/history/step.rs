//! One step: something happens, by the step's own dice.

use mitta_domain::{DeviceId, PartnershipId, ShareId};

use super::act::DEEDS;
use super::device::SignedIn;
use super::faults::{DAY_MS, skew};
use super::{Broken, Token, World, short};
use crate::dice::Dice;
use crate::server::{Act, Refusal};

/// What may happen.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Deed,
    SignIn,
    Round,
    Network,
    TimeOut,
    Crash,
    ClockMoves,
    Days,
    Membership,
    Revoke,
    BackUp,
    Restore,
}

const HAPPENS: [(usize, Happens); 12] = [
    (260, Happens::Deed),
    (80, Happens::SignIn),
    (110, Happens::Round),
    (560, Happens::Network),
    (20, Happens::TimeOut),
    (14, Happens::Crash),
    (6, Happens::ClockMoves),
    (10, Happens::Days),
    (30, Happens::Membership),
    (4, Happens::Revoke),
    (8, Happens::BackUp),
    (4, Happens::Restore),
];

impl World {
    pub(super) fn step(&mut self, number: usize, dice: &mut Dice) -> Result<(), Broken> {
        self.pass(dice.between(1, 20_000));
        let device = dice.below(self.devices.len());
        let person = dice.below(self.persons.len());
        let Some(happens) = dice.weighted(&HAPPENS) else {
            return Ok(());
        };
        let from = self.trace.lines().len();
        match happens {
            Happens::Deed => {
                if let Some(deed) = dice.weighted(&DEEDS) {
                    self.deed(device, deed, dice)?;
                }
            }
            Happens::SignIn => self.sign_in(device)?,
            Happens::Round => self.begin_round(device)?,
            Happens::Network => self.network(dice)?,
            Happens::TimeOut => self.time_out(dice),
            Happens::Crash => self.crash(device),
            Happens::ClockMoves => {
                self.devices[device].skew_ms = skew(dice);
                let skew_ms = self.devices[device].skew_ms;
                self.trace.say(format_args!(
                    "device {device}: its clock is {skew_ms} ms off now"
                ));
            }
            Happens::Days => self.pass(dice.between(1, 6) * DAY_MS),
            Happens::Membership => self.membership(person, dice)?,
            Happens::Revoke => self.revoke(device),
            Happens::BackUp => {
                self.trace
                    .say(format_args!("the server's database is backed up"));
                self.host.back_up()?;
            }
            Happens::Restore => self.restore(dice)?,
        }
        if self.trace.lines().len() > from {
            self.trace.say(format_args!("  (that was step {number})"));
        }
        Ok(())
    }

    /// A round goes on, or a message arrives: one of all that can.
    fn network(&mut self, dice: &mut Dice) -> Result<(), Broken> {
        let able = self.able().len();
        let (requests, replies) = {
            let net = self.net.borrow();
            (net.requests.len(), net.replies.len())
        };
        let turn = dice.below(able + requests + replies);
        if turn < able {
            self.poll_some(dice)
        } else if turn < able + requests {
            self.deliver_request(dice)
        } else {
            self.deliver_reply(dice);
            Ok(())
        }
    }

    /// Signs a device in, or, signed in, answers whether its history may be offered.
    pub(super) fn sign_in(&mut self, device: usize) -> Result<(), Broken> {
        let token = self
            .tokens
            .get(usize::try_from(self.devices[device].token).unwrap_or(0));
        let is_good = token.is_some_and(|it| it.is_good && it.device_id == self.devices[device].id);
        match self.devices[device].signed_in {
            SignedIn::No => {
                self.store_account(device)?;
                self.new_token(device);
                self.devices[device].signed_in = SignedIn::Asked;
                self.trace.say(format_args!("device {device} signs in"));
            }
            SignedIn::Asked => {
                self.store_claim(device)?;
                self.devices[device].signed_in = SignedIn::Yes;
                self.trace
                    .say(format_args!("device {device}: its history may be offered"));
            }
            SignedIn::Yes if !is_good => {
                self.store_account(device)?;
                self.new_token(device);
                self.trace
                    .say(format_args!("device {device} signs in again"));
            }
            SignedIn::Yes => {}
        }
        Ok(())
    }

    fn new_token(&mut self, device: usize) {
        self.devices[device].token = self.tokens.len() as u64;
        self.tokens.push(Token {
            person: self.devices[device].person,
            device_id: self.devices[device].id,
            is_good: true,
        });
    }

    fn revoke(&mut self, device: usize) {
        let device_id: DeviceId = self.devices[device].id;
        for token in &mut self.tokens {
            token.is_good &= token.device_id != device_id;
        }
        self.trace
            .say(format_args!("device {device} is signed out from afar"));
    }

    /// Every process of the device dies where it stands: its rounds are dropped at their await.
    pub(super) fn crash(&mut self, device: usize) {
        self.tasks.retain(|task| task.caller().device != device);
        self.devices[device].crash();
        self.counts.crashes += 1;
        self.trace.say(format_args!("device {device} crashes"));
    }

    /// The server gets an older database in the place of its own, or an empty one.
    fn restore(&mut self, dice: &mut Dice) -> Result<(), Broken> {
        let backup = dice.below(self.host.backups());
        self.host.restore(backup)?;
        self.partnerships = self
            .host
            .memory
            .tables
            .partnerships
            .keys()
            .copied()
            .collect();
        self.counts.restores += 1;
        self.trace.say(format_args!(
            "the server's database is backup {backup} again"
        ));
        Ok(())
    }

    fn membership(&mut self, person: usize, dice: &mut Dice) -> Result<(), Broken> {
        let by = self.persons[person];
        let known = dice.pick(&self.partnerships);
        let since = self.a_date(dice)?;
        let share_id = ShareId::from_uuid(dice.uuid(self.now_ms));
        let new = PartnershipId::from_uuid(dice.uuid(self.now_ms));
        let members = known.map_or(Vec::new(), |id| self.host.memory.tables.members_of(id));
        let is_member = members.contains(&by);
        let inviter = members.first().copied();
        let act = match (known, inviter) {
            (Some(partnership_id), Some(inviter)) if !is_member && members.len() < 2 => Act::Join {
                partnership_id,
                share_ids: vec![share_id, ShareId::from_uuid(dice.uuid(self.now_ms))],
                inviter,
                since,
            },
            (Some(partnership_id), _) if is_member => match dice.below(10) {
                0..3 => Act::Leave { partnership_id },
                3..6 => Act::Since {
                    partnership_id,
                    share_id,
                    since,
                },
                _ => {
                    let is_paused = dice.chance(500);
                    Act::Pause {
                        partnership_id,
                        is_paused,
                    }
                }
            },
            _ if self.partnerships.len() < 3 => Act::Found {
                partnership_id: new,
                share_id,
                since,
            },
            _ => return Ok(()),
        };
        self.pass(1);
        match self.host.act(by, &act, self.now_ms) {
            Ok(()) => {}
            Err(Refusal::Code(_)) => return Ok(()),
            Err(error) => return Err(Broken::new("membership", error)),
        }
        self.partnerships = self
            .host
            .memory
            .tables
            .partnerships
            .keys()
            .copied()
            .collect();
        let word = match act {
            Act::Found { .. } => "founds",
            Act::Join { .. } => "joins",
            Act::Leave { .. } => "leaves",
            Act::Since { .. } => "shares since another date in",
            Act::Pause {
                is_paused: true, ..
            } => "pauses in",
            Act::Pause {
                is_paused: false, ..
            } => "goes on in",
        };
        let which = short(known.unwrap_or(new).as_uuid());
        self.trace.say(format_args!(
            "person {person} {word} partnership {which} (since {since})"
        ));
        self.check_shares()
    }

    fn a_date(&self, dice: &mut Dice) -> Result<chrono::NaiveDate, Broken> {
        let at_ms = self.now_ms - dice.between(-3, 20) * DAY_MS;
        let at = chrono::DateTime::from_timestamp_millis(at_ms);
        let at = at.ok_or_else(|| Broken::new("a date", "out of range"))?;
        Ok(at.date_naive())
    }
}
