//! Healing: no faults and nothing new; rounds until nothing moves any more.

use std::collections::BTreeMap;

use super::device::SignedIn;
use super::faults::DAY_MS;
use super::look::Look;
use super::{Broken, World};
use crate::dice::Dice;
use crate::net::Replied;
use crate::server::Tables;

/// More passes over all devices than this are no healing.
const MOST_PASSES: usize = 12;
/// More messages in one round than this are no end.
const MOST_MESSAGES: usize = 2_000;

impl World {
    /// What the devices hold in the end.
    pub(super) fn heal(&mut self) -> Result<BTreeMap<usize, Look>, Broken> {
        self.faults = self.faults.none();
        let mut dice = Dice::new(self.options.seed ^ 0xdead);
        self.trace
            .say(format_args!("everything late arrives a year later"));
        self.pass(365 * DAY_MS);
        self.let_arrive(&mut dice)?;
        self.trace.say(format_args!("healing"));
        let mut before: Option<(Tables, BTreeMap<usize, Look>)> = None;
        for pass in 0..MOST_PASSES {
            self.counts.heal_passes = pass + 1;
            self.pass(DAY_MS + 1);
            let mut is_well = true;
            for device in 0..self.devices.len() {
                while self.devices[device].signed_in != SignedIn::Yes {
                    self.sign_in(device)?;
                }
                self.sign_in(device)?;
                is_well &= self.whole_round(device)?;
            }
            let looks = self.look_at_all()?;
            let is_empty = looks.values().all(|look| look.outbox == 0);
            let now = (self.host.memory.tables.clone(), looks);
            if is_well && is_empty && before.as_ref() == Some(&now) {
                return Ok(now.1);
            }
            before = Some(now);
        }
        let outboxes: Vec<_> = before
            .map(|(_, looks)| looks.values().map(|look| look.outbox).collect())
            .unwrap_or_default();
        Err(Broken::new(
            "healing",
            format!("not quiet after {MOST_PASSES} passes; outboxes: {outboxes:?}"),
        ))
    }

    /// All that is under way arrives, and the rounds that wait go on until they are over.
    pub(super) fn let_arrive(&mut self, dice: &mut Dice) -> Result<(), Broken> {
        for _ in 0..MOST_MESSAGES {
            let able = self.able();
            let (requests, replies) = {
                let net = self.net.borrow();
                (net.requests.len(), net.replies.len())
            };
            if !able.is_empty() {
                self.poll_some(dice)?;
            } else if requests > 0 {
                self.deliver_request(dice)?;
            } else if replies > 0 {
                self.deliver_reply(dice);
            } else if let Some(call) = self.unanswered() {
                // Its request or reply was lost.
                let reply = Err(mitta_sync::RemoteError::Timeout);
                self.net.borrow_mut().deliver(Replied { call, reply });
            } else {
                return Ok(());
            }
        }
        Err(Broken::new("letting arrive", "rounds go on without end"))
    }

    fn unanswered(&self) -> Option<u64> {
        self.net.borrow().unanswered().first().copied()
    }

    /// A round from its beginning to its end; whether both directions went well.
    pub(super) fn whole_round(&mut self, device: usize) -> Result<bool, Broken> {
        self.begin_round(device)?;
        let mut dice = Dice::new(self.options.seed ^ 0xbeef);
        for _ in 0..MOST_MESSAGES {
            let place = self.tasks.len().checked_sub(1);
            let place = place.ok_or_else(|| Broken::new("a round", "it did not begin"))?;
            if self.able().contains(&place) {
                if let Some(report) = self.poll(place)? {
                    let differs = report
                        .pulled
                        .as_ref()
                        .is_ok_and(|it| !it.differing_weeks.is_empty());
                    if differs {
                        return Err(Broken::new("healing", "weeks differ after a repair (I8)"));
                    }
                    return Ok(report.pushed.is_ok() && report.pulled.is_ok());
                }
            } else {
                self.deliver_request(&mut dice)?;
                self.deliver_reply(&mut dice);
            }
        }
        Err(Broken::new("healing", "a round goes on without end"))
    }
}
