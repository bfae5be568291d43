//! The network between devices and server: calls that wait, requests and replies under way.
//!
//! Must hold: a call is answered at most once, and only by what was delivered to it; what is under way
//! stays under way when its caller has crashed or given up. Which message goes when, and what becomes
//! of it, is the scheduler's choice, not made here.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use mitta_protocol::meta::Meta;
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};
use mitta_sync::{Remote, RemoteError};
use serde::de::DeserializeOwned;

/// What a device asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// `GET /v1/meta`.
    Meta,
    /// `POST /v1/push`, the body.
    Push(Vec<u8>),
    /// `GET /v1/pull`.
    Pull(PullQuery),
    /// `GET /v1/weeks`.
    Weeks(WeeksQuery),
    /// `GET /v1/sits`.
    Sits(SitsQuery),
}

/// What came back: the bytes of a good answer's body, or why there is none.
pub type Reply = Result<Vec<u8>, RemoteError>;

/// Who asks: which task of which device, with which token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The task, unique in a history.
    pub task: u64,
    /// The device's number.
    pub device: usize,
    /// The token's number.
    pub token: u64,
}

/// A request on its way.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The call that it belongs to.
    pub call: u64,
    /// Who asked.
    pub caller: Caller,
    /// What.
    pub request: Rc<Request>,
}

/// A reply on its way.
#[derive(Debug, Clone)]
pub struct Replied {
    /// The call that it answers.
    pub call: u64,
    /// What is in it.
    pub reply: Reply,
}

#[derive(Debug)]
struct Waiting {
    task: u64,
    reply: Option<Reply>,
}

/// Calls and messages.
#[derive(Debug, Default)]
pub struct Net {
    next_call: u64,
    waiting: BTreeMap<u64, Waiting>,
    /// Requests under way, in the order in which they were sent.
    pub requests: Vec<Sent>,
    /// Replies under way.
    pub replies: Vec<Replied>,
}

impl Net {
    /// Hands a reply to its call; lost where nobody waits for it any more.
    pub fn deliver(&mut self, replied: Replied) -> bool {
        match self.waiting.get_mut(&replied.call) {
            Some(waiting) if waiting.reply.is_none() => {
                waiting.reply = Some(replied.reply);
                true
            }
            _ => false,
        }
    }

    /// The calls that nothing has answered, in order.
    pub fn unanswered(&self) -> Vec<u64> {
        let open = self.waiting.iter().filter(|(_, it)| it.reply.is_none());
        open.map(|(call, _)| *call).collect()
    }

    /// Whether a call of the task has its answer.
    pub fn may_go_on(&self, task: u64) -> bool {
        let mut of_task = self.waiting.values().filter(|it| it.task == task);
        of_task.any(|it| it.reply.is_some())
    }

    /// Whether the task waits for anything.
    pub fn waits(&self, task: u64) -> bool {
        self.waiting.values().any(|it| it.task == task)
    }
}

/// The network as everyone shares it.
pub type SharedNet = Rc<RefCell<Net>>;

/// A device's way to the server.
#[derive(Debug, Clone)]
pub struct SimRemote {
    /// The network.
    pub net: SharedNet,
    /// Who asks over it.
    pub caller: Caller,
}

impl SimRemote {
    async fn ask<T: DeserializeOwned>(&self, request: Request) -> Result<T, RemoteError> {
        let call = Call {
            remote: self,
            request: Some(request),
            number: None,
        };
        let bytes = call.await?;
        serde_json::from_slice(&bytes).map_err(|error| RemoteError::Garbled(error.to_string()))
    }
}

impl Remote for SimRemote {
    async fn meta(&self) -> Result<Meta, RemoteError> {
        self.ask(Request::Meta).await
    }

    async fn push(&self, body: Vec<u8>) -> Result<PushAnswer, RemoteError> {
        self.ask(Request::Push(body)).await
    }

    async fn pull(&self, query: &PullQuery) -> Result<PullAnswer, RemoteError> {
        self.ask(Request::Pull(query.clone())).await
    }

    async fn weeks(&self, query: &WeeksQuery) -> Result<WeeksAnswer, RemoteError> {
        self.ask(Request::Weeks(query.clone())).await
    }

    async fn sits(&self, query: &SitsQuery) -> Result<SitsAnswer, RemoteError> {
        self.ask(Request::Sits(query.clone())).await
    }
}

/// A call: sends itself when it is first polled, is ready when it was answered.
struct Call<'a> {
    remote: &'a SimRemote,
    request: Option<Request>,
    number: Option<u64>,
}

impl Future for Call<'_> {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Reply> {
        let remote = self.remote;
        let mut net = remote.net.borrow_mut();
        if let Some(request) = self.request.take() {
            let call = net.next_call;
            net.next_call += 1;
            self.number = Some(call);
            let task = remote.caller.task;
            net.waiting.insert(call, Waiting { task, reply: None });
            net.requests.push(Sent {
                call,
                caller: remote.caller,
                request: Rc::new(request),
            });
        }
        let answered = |call: &u64| net.waiting.get_mut(call)?.reply.take();
        match self.number.as_ref().and_then(answered) {
            Some(reply) => Poll::Ready(reply),
            None => Poll::Pending,
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let Some(call) = self.number {
            self.remote.net.borrow_mut().waiting.remove(&call);
        }
    }
}
