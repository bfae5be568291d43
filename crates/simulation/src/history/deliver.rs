//! Messages: which goes next, and what becomes of it on its way and at the server.

use mitta_domain::{DeviceId, PersonId};
use mitta_protocol::ErrorCode;
use mitta_protocol::push::PushRequest;
use mitta_sync::RemoteError;
use serde::Serialize;

use super::{Broken, World};
use crate::dice::Dice;
use crate::net::{Replied, Reply, Request, Sent};
use crate::server::{Commit, Refusal};

impl World {
    /// One of the requests under way arrives, is lost, or arrives and stays under way.
    pub(super) fn deliver_request(&mut self, dice: &mut Dice) -> Result<(), Broken> {
        let count = self.net.borrow().requests.len();
        if count == 0 {
            return Ok(());
        }
        let place = dice.below(count);
        let faults = self.faults;
        let sent = if dice.chance(faults.request_doubled) {
            self.counts.doubled += 1;
            self.net.borrow().requests[place].clone()
        } else {
            self.net.borrow_mut().requests.remove(place)
        };
        let device = sent.caller.device;
        let call = sent.call;
        if dice.chance(faults.request_lost) {
            self.counts.lost += 1;
            self.trace
                .say(format_args!("request {call} of device {device} is lost"));
            return Ok(());
        }
        self.serve(&sent, dice)
    }

    /// The server gets a request.
    pub(super) fn serve(&mut self, sent: &Sent, dice: &mut Dice) -> Result<(), Broken> {
        let faults = self.faults;
        let device = sent.caller.device;
        let what = kind(&sent.request);
        let call = sent.call;
        let is_divisible = ops_of(&sent.request) > 1;
        let before = dice.chance(faults.dies_before);
        let after = dice.chance(faults.dies_after);
        let reply = if dice.chance(faults.busy) {
            let after_s = dice.chance(500).then_some(3);
            Err(RemoteError::Busy { after_s })
        } else if is_divisible && dice.chance(faults.too_large) {
            Err(RemoteError::TooLarge)
        } else {
            let commit = if before { Commit::Lost } else { Commit::Done };
            self.handle(sent, commit)?
        };
        let said = match &reply {
            Ok(bytes) => format!("{} bytes", bytes.len()),
            Err(error) => error.to_string(),
        };
        if before || after {
            self.counts.crashes += 1;
            let when = if before { "before" } else { "after" };
            self.trace.say(format_args!(
                "the server dies {when} it commits {what} {call} of device {device}"
            ));
            // The line breaks, or nothing at all is heard.
            if dice.chance(500) {
                let reply = Err(RemoteError::Offline("the line broke".to_owned()));
                self.net.borrow_mut().replies.push(Replied { call, reply });
            }
            return Ok(());
        }
        self.trace
            .say(format_args!("{what} {call} of device {device}: {said}"));
        self.net.borrow_mut().replies.push(Replied { call, reply });
        Ok(())
    }

    /// One of the replies under way arrives whole or cut, or is lost.
    pub(super) fn deliver_reply(&mut self, dice: &mut Dice) {
        let count = self.net.borrow().replies.len();
        if count == 0 {
            return;
        }
        let place = dice.below(count);
        let faults = self.faults;
        let mut replied = if dice.chance(faults.reply_doubled) {
            self.net.borrow().replies[place].clone()
        } else {
            self.net.borrow_mut().replies.remove(place)
        };
        let call = replied.call;
        if dice.chance(faults.reply_lost) {
            self.counts.lost += 1;
            self.trace.say(format_args!("reply {call} is lost"));
            return;
        }
        if let Ok(bytes) = &mut replied.reply
            && dice.chance(faults.reply_cut)
        {
            let left = dice.below(bytes.len());
            bytes.truncate(left);
            self.counts.cut += 1;
            self.trace
                .say(format_args!("reply {call} is cut after {left} bytes"));
        }
        let is_awaited = self.net.borrow_mut().deliver(replied);
        let word = if is_awaited {
            "arrives"
        } else {
            "comes too late"
        };
        self.trace.say(format_args!("reply {call} {word}"));
    }

    /// A device gives up on a call; its request and reply stay under way.
    pub(super) fn time_out(&mut self, dice: &mut Dice) {
        let Some(call) = dice.pick(&self.net.borrow().unanswered()) else {
            return;
        };
        let reply = Err(RemoteError::Timeout);
        self.net.borrow_mut().deliver(Replied { call, reply });
        self.trace.say(format_args!("call {call} times out"));
    }

    fn handle(&mut self, sent: &Sent, commit: Commit) -> Result<Reply, Broken> {
        let place = usize::try_from(sent.caller.token).unwrap_or(usize::MAX);
        let token = self.tokens.get(place).filter(|token| token.is_good);
        let Some(token) = token else {
            return Ok(Err(RemoteError::SignInNeeded));
        };
        let by = (self.persons[token.person], token.device_id);
        let answered = self.answer(by, &sent.request, commit);
        match answered {
            Ok(bytes) => Ok(Ok(bytes)),
            Err(Refusal::Code(code)) => Ok(Err(remote_error(code, &sent.request))),
            Err(error @ Refusal::Broken(_)) => Err(Broken::new("the server", error)),
        }
    }

    fn answer(
        &mut self,
        by: (PersonId, DeviceId),
        request: &Request,
        commit: Commit,
    ) -> Result<Vec<u8>, Refusal> {
        let now_ms = self.now_ms;
        let (person, _) = by;
        match request {
            Request::Meta => json(&self.host.meta(now_ms)),
            Request::Push(body) => json(&self.host.push(by, body, now_ms, commit)?),
            Request::Pull(query) => {
                let mut query = query.clone();
                query.limit = query.limit.or(Some(self.faults.page));
                json(&self.host.pull(person, &query, now_ms)?)
            }
            Request::Weeks(query) => json(&self.host.weeks(person, query)?),
            Request::Sits(query) => json(&self.host.sits(person, query)?),
        }
    }
}

fn json(answer: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(answer).map_err(|error| Refusal::Broken(error.to_string()))
}

/// What the client's HTTP makes of a code.
fn remote_error(code: ErrorCode, request: &Request) -> RemoteError {
    match (code, request) {
        (ErrorCode::NoSuchShare, Request::Pull(query)) => RemoteError::NoSuchShare(query.share_id),
        (ErrorCode::NoSuchShare, Request::Weeks(query)) => RemoteError::NoSuchShare(query.share_id),
        (ErrorCode::NoSuchShare, Request::Sits(query)) => RemoteError::NoSuchShare(query.share_id),
        (ErrorCode::SignInNeeded, _) => RemoteError::SignInNeeded,
        _ => RemoteError::Refused {
            code: code.name().to_owned(),
            message: String::new(),
        },
    }
}

/// How many ops a push has.
fn ops_of(request: &Request) -> usize {
    let Request::Push(body) = request else {
        return 0;
    };
    let request: Result<PushRequest<'_>, _> = serde_json::from_slice(body);
    request.map_or(0, |request| request.ops.len())
}

fn kind(request: &Request) -> &'static str {
    match request {
        Request::Meta => "meta",
        Request::Push(_) => "push",
        Request::Pull(_) => "pull",
        Request::Weeks(_) => "weeks",
        Request::Sits(_) => "sits",
    }
}
