//! Rounds of the real client as tasks that are polled one step at a time.

use std::cell::Cell;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use mitta_domain::UnixMillis;
use mitta_store::{AccountRow, Claim, Reader, TokenPlace, Writer};
use mitta_sync::{Failure, RoundReport, round};

use super::device::SignedIn;
use super::{Broken, World};
use crate::dice::Dice;
use crate::net::{Caller, SimRemote};

/// A round that is under way: a process of its device.
pub(crate) struct Task {
    caller: Caller,
    is_begun: bool,
    future: Pin<Box<dyn Future<Output = (Writer, Reader, RoundReport)>>>,
}

impl Task {
    pub(super) const fn caller(&self) -> Caller {
        self.caller
    }
}

async fn one_round(
    mut writer: Writer,
    reader: Reader,
    remote: SimRemote,
    clock: Rc<Cell<i64>>,
    skew_ms: i64,
) -> (Writer, Reader, RoundReport) {
    let now = move || UnixMillis(clock.get() + skew_ms);
    let mut go_on = |_| ControlFlow::Continue(());
    let report = round(&mut writer, &reader, &remote, &now, &mut go_on).await;
    (writer, reader, report)
}

impl World {
    /// A process of the device begins a round; at most two at once.
    pub(super) fn begin_round(&mut self, device: usize) -> Result<(), Broken> {
        let at_once = self
            .tasks
            .iter()
            .filter(|it| it.caller.device == device)
            .count();
        if at_once >= 2 || self.devices[device].signed_in == SignedIn::No {
            return Ok(());
        }
        let (writer, reader) = self.devices[device].for_sync(self.now_ms)?;
        let caller = Caller {
            task: self.next_task,
            device,
            token: self.devices[device].token,
        };
        self.next_task += 1;
        let net = self.net.clone();
        let remote = SimRemote { net, caller };
        let skew_ms = self.devices[device].skew_ms;
        let future = one_round(writer, reader, remote, self.clock.clone(), skew_ms);
        self.tasks.push(Task {
            caller,
            is_begun: false,
            future: Box::pin(future),
        });
        self.counts.rounds += 1;
        let task = caller.task;
        self.trace
            .say(format_args!("device {device} begins round {task}"));
        Ok(())
    }

    /// Lets one of the rounds that can go on do so.
    pub(super) fn poll_some(&mut self, dice: &mut Dice) -> Result<(), Broken> {
        let able = self.able();
        match dice.pick(&able) {
            Some(place) => self.poll(place).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Tasks that can go on.
    pub(super) fn able(&self) -> Vec<usize> {
        let net = self.net.borrow();
        let tasks = self.tasks.iter().enumerate();
        let able = tasks.filter(|(_, it)| !it.is_begun || net.may_go_on(it.caller.task));
        able.map(|(place, _)| place).collect()
    }

    /// Lets a round go on; says what came of it, if it is over.
    pub(super) fn poll(&mut self, place: usize) -> Result<Option<RoundReport>, Broken> {
        let task = &mut self.tasks[place];
        task.is_begun = true;
        let mut context = Context::from_waker(Waker::noop());
        let step = task.future.as_mut().poll(&mut context);
        let Caller {
            task: id, device, ..
        } = task.caller;
        let Poll::Ready((writer, reader, report)) = step else {
            if !self.net.borrow().waits(id) {
                return Err(Broken::new(
                    "a round",
                    "it waits for nothing that is simulated",
                ));
            }
            return Ok(None);
        };
        drop(self.tasks.remove(place));
        self.devices[device].give_back((writer, reader));
        let pushed = said(&report.pushed, |it| {
            format!("{} answered, {} rejected", it.answered, it.rejected)
        });
        let pulled = said(&report.pulled, |it| {
            let differing = it.differing_weeks.len();
            format!("{} changes, {differing} weeks differ", it.changes)
        });
        self.trace.say(format_args!(
            "round {id} of device {device} is over: {pushed}; {pulled}"
        ));
        for failure in [report.pushed.as_ref().err(), report.pulled.as_ref().err()] {
            if let Some(failure @ (Failure::Storage(_) | Failure::OtherPerson)) = failure {
                return Err(Broken::new(
                    format!("round {id} of device {device}"),
                    failure,
                ));
            }
        }
        Ok(Some(report))
    }
}

fn said<T>(result: &Result<T, Failure>, well: impl FnOnce(&T) -> String) -> String {
    match result {
        Ok(value) => well(value),
        Err(failure) => format!("failed ({failure})"),
    }
}

impl World {
    /// The account as the client stores it after a sign-in.
    pub(super) fn store_account(&mut self, device: usize) -> Result<(), Broken> {
        let person = self.devices[device].person;
        let account = AccountRow {
            server_url: "https://mitta.example".to_owned(),
            server_id: self.host.memory.server_id,
            person_id: self.persons[person],
            login: format!("person{person}"),
            display_name: format!("Person {person}"),
            claim: Claim::Asked,
            signed_in: true,
            token_place: TokenPlace::File,
        };
        let now_ms = self.now_ms;
        let writer = self.devices[device].app(now_ms)?;
        let signed_in = writer.sign_in(&account);
        signed_in.map_err(|error| Broken::new("signing in", error))
    }

    /// The person says that the local history may be offered.
    pub(super) fn store_claim(&mut self, device: usize) -> Result<(), Broken> {
        let now_ms = self.now_ms;
        let given = self.devices[device].app(now_ms)?.give_claim();
        given.map_err(|error| Broken::new("claiming", error))
    }
}
