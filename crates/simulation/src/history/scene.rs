//! A history that a test tells itself, step by step: no faults but those that it names.

use std::collections::BTreeMap;

use mitta_domain::{OpId, SessionId};
use mitta_protocol::push::{OpOutcome, Outcome};
use mitta_store::{AccountRow, OutboxRow};

use super::device::{Device, SignedIn};
use super::faults::DAY_MS;
use super::{BEGIN_MS, Broken, Deed, Options, World};
use crate::dice::Dice;
use crate::net::Sent;
use crate::server::{Commit, Tables};

/// A story of one person's devices.
pub struct Scene {
    world: World,
    dice: Dice,
}

impl Scene {
    /// One person with `devices` devices, none of which has an account yet.
    ///
    /// # Errors
    /// [`Broken`] where there is no disk.
    pub fn new(devices: usize) -> Result<Self, Broken> {
        let options = Options::new(0);
        let mut dice = Dice::new(0);
        let mut world = World::new(&options, &mut dice, None)?;
        world.persons.truncate(1);
        world.faults = world.faults.none();
        world.faults.page = 500;
        world.devices.clear();
        for _ in 0..devices {
            let device_id = mitta_domain::DeviceId::from_uuid(dice.uuid(BEGIN_MS));
            let device = Device::new(&options.under, 0, device_id, 0)?;
            world.devices.push(device);
        }
        world.host.back_up()?;
        Ok(Self { world, dice })
    }

    /// Something is done at a device; says which session began last there.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn does(&mut self, device: usize, deed: Deed) -> Result<Option<SessionId>, Broken> {
        self.world.pass(1_000);
        self.world.deed(device, deed, &mut self.dice)?;
        Ok(self.world.devices[device].running.last().copied())
    }

    /// Signs a device in, and gives the claim where it may.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn signs_in(&mut self, device: usize, with_claim: bool) -> Result<(), Broken> {
        if self.world.devices[device].signed_in == SignedIn::No {
            self.world.sign_in(device)?;
        }
        if with_claim && self.world.devices[device].signed_in == SignedIn::Asked {
            self.world.sign_in(device)?;
        }
        Ok(())
    }

    /// The account that the device's store has.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn account(&mut self, device: usize) -> Result<Option<AccountRow>, Broken> {
        let reader = self.world.devices[device].reader(self.world.now_ms)?;
        reader
            .account()
            .map_err(|error| Broken::new("reading", error))
    }

    /// A whole round; whether all of it went well.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn syncs(&mut self, device: usize) -> Result<bool, Broken> {
        self.world.pass(1_000);
        self.world.whole_round(device)
    }

    /// A process of the device begins a round and sends its first request, which stays under way.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn begins_round(&mut self, device: usize) -> Result<(), Broken> {
        self.world.begin_round(device)?;
        self.world.poll(self.world.tasks.len() - 1).map(drop)
    }

    /// The requests that are under way.
    pub fn under_way(&self) -> Vec<Sent> {
        self.world.net.borrow().requests.clone()
    }

    /// The server gets this request (again); its reply is under way then.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn serves(&mut self, sent: &Sent) -> Result<(), Broken> {
        self.world
            .net
            .borrow_mut()
            .requests
            .retain(|it| it.call != sent.call);
        self.world.serve(sent, &mut self.dice)
    }

    /// Every reply under way arrives, cut to this many bytes where that is said; rounds go on.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn replies_arrive(&mut self, cut_to: Option<usize>) -> Result<(), Broken> {
        let replies = std::mem::take(&mut self.world.net.borrow_mut().replies);
        for mut replied in replies {
            if let (Ok(bytes), Some(left)) = (&mut replied.reply, cut_to) {
                bytes.truncate(left);
            }
            self.world.net.borrow_mut().deliver(replied);
        }
        while let Some(place) = self.world.able().first().copied() {
            self.world.poll(place)?;
        }
        Ok(())
    }

    /// Everything under way arrives, and every round ends.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn settles(&mut self) -> Result<(), Broken> {
        let mut dice = self.dice.fork();
        self.world.let_arrive(&mut dice)
    }

    /// The ops that wait at a device.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn outbox(&mut self, device: usize) -> Result<Vec<OutboxRow>, Broken> {
        let reader = self.world.devices[device].reader(self.world.now_ms)?;
        reader
            .outbox()
            .map_err(|error| Broken::new("reading", error))
    }

    /// The codes of the ops that a device has as refused, with those.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn refused(&mut self, device: usize) -> Result<Vec<(String, String)>, Broken> {
        Ok(self.world.look_at(device)?.rejected)
    }

    /// These bytes are pushed as ops of the person, by whatever way; what the server says of each.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn pushed(&mut self, ops: &[&[u8]]) -> Result<BTreeMap<OpId, Outcome>, Broken> {
        let body = [br#"{"ops":["#, ops.join(&b',').as_slice(), b"]}"].concat();
        let by = (self.world.persons[0], self.world.devices[0].id);
        let answer = self
            .world
            .host
            .push(by, &body, self.world.now_ms, Commit::Done)?;
        let outcomes = answer.outcomes.into_iter();
        Ok(outcomes
            .map(|OpOutcome { op_id, outcome }| (op_id, outcome))
            .collect())
    }

    /// The server's tables.
    pub fn tables(&self) -> &Tables {
        &self.world.host.memory.tables
    }

    /// Days go by.
    pub fn days_pass(&mut self, days: i64) {
        self.world.pass(days * DAY_MS);
    }

    /// The server's database is the first backup again, in a new epoch.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn is_reset(&mut self) -> Result<(), Broken> {
        Ok(self.world.host.restore(0)?)
    }

    /// Heals, and checks all that was promised.
    ///
    /// # Errors
    /// [`Broken`] with the promise.
    pub fn heals(&mut self) -> Result<(), Broken> {
        let looks = self.world.heal()?;
        self.world.check(&looks)
    }

    /// Heals, and checks only that all devices hold what the server holds.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn comes_to_rest(&mut self) -> Result<(), Broken> {
        self.world.heal().map(drop)
    }
}
