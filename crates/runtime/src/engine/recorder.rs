//! The one writer: a thread that carries records to the disk, in order.
//!
//! Must hold: nothing of the timer waits for it (I9). A write that fails for a reason that may
//! pass stays at the head of the queue and is tried again, so that nothing overtakes it and
//! nothing is lost; one that can never succeed is said and put aside.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use mitta_domain::recovery::Heartbeat;
use mitta_domain::timer::Record;
use mitta_domain::{OpId, SessionId};
use mitta_store::{Stamped, WriteError, Writer};

use crate::api::{ApiError, ErrorCode};
use crate::locked;

/// Waits between two tries of a failed write, in seconds; the last one repeats.
const RETRY_AFTER_S: [u64; 4] = [1, 2, 5, 10];

/// What the timer wants kept. Ids are made before the first try, so that a retry is the same op.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub session_id: SessionId,
    pub record: Record,
    pub heartbeat: Heartbeat,
    pub stamped: Stamped,
    pub delete_op: OpId,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Committed.
    Kept(SessionId, Record),
    /// Not committed yet, being tried again.
    Failing(SessionId, ApiError),
    /// Never to be committed: the row is not what the record needs.
    Refused(SessionId, ApiError),
}

type Call = Box<dyn FnOnce(Result<&mut Writer, ApiError>) + Send>;

enum Job {
    Keep(Box<Entry>),
    Heartbeat(SessionId, Heartbeat),
    Call(Call),
    Retry,
    Stop,
}

/// A handle to the writer thread.
pub(super) struct Recorder {
    jobs: Sender<Job>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Recorder {
    pub(super) fn spawn(
        writer: Writer,
        tell: impl FnMut(Outcome) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (jobs, inbox) = channel();
        let desk = Desk {
            writer,
            queue: VecDeque::new(),
            tell: Box::new(tell),
            tries: 0,
        };
        let thread = std::thread::Builder::new()
            .name("mitta-recorder".to_owned())
            .spawn(move || desk.run(&inbox))?;
        Ok(Self {
            jobs,
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn keep(&self, entry: Entry) {
        self.send(Job::Keep(Box::new(entry)));
    }

    pub(super) fn heartbeat(&self, session_id: SessionId, heartbeat: Heartbeat) {
        self.send(Job::Heartbeat(session_id, heartbeat));
    }

    pub(super) fn retry(&self) {
        self.send(Job::Retry);
    }

    /// Runs `work` with the writer after everything queued before it, and waits for its answer.
    pub(super) fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (answer, answered) = channel();
        self.send(Job::Call(Box::new(move |writer| {
            let result = writer.and_then(|writer| work(writer).map_err(ApiError::from));
            // Whoever asked may have gone; the write stands all the same.
            let _asker_gone = answer.send(result);
        })));
        answered
            .recv()
            .unwrap_or_else(|_| Err(ApiError::internal(&"the writer thread has stopped")))
    }

    fn send(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the writer thread has stopped");
        }
    }

    /// Tries what is queued once more and ends the thread.
    pub(super) fn stop(&self) {
        self.send(Job::Stop);
        let thread = locked(&self.thread).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the writer thread panicked");
        }
    }
}

struct Desk {
    writer: Writer,
    queue: VecDeque<Entry>,
    tell: Box<dyn FnMut(Outcome) + Send>,
    tries: usize,
}

impl Desk {
    fn run(mut self, inbox: &Receiver<Job>) {
        loop {
            let job = if self.queue.is_empty() {
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                let wait = RETRY_AFTER_S[self.tries.clamp(1, RETRY_AFTER_S.len()) - 1];
                inbox.recv_timeout(Duration::from_secs(wait))
            };
            match job {
                Ok(Job::Keep(entry)) => {
                    self.queue.push_back(*entry);
                    if self.queue.len() == 1 {
                        self.drain();
                    }
                }
                Ok(Job::Heartbeat(session_id, heartbeat)) => {
                    // While writes fail, the queue itself carries newer heartbeats.
                    if self.queue.is_empty()
                        && let Err(error) = self.writer.heartbeat(session_id, &heartbeat)
                    {
                        tracing::warn!(%session_id, %error, "heartbeat not written");
                        (self.tell)(Outcome::Failing(session_id, error.into()));
                    }
                }
                Ok(Job::Call(work)) => {
                    let blocked = self.drain();
                    work(match blocked {
                        None => Ok(&mut self.writer),
                        Some(error) => Err(error),
                    });
                }
                Ok(Job::Retry) | Err(RecvTimeoutError::Timeout) => {
                    self.drain();
                }
                Ok(Job::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.drain();
                    for lost in &self.queue {
                        tracing::error!(session_id = %lost.session_id, record = ?lost.record, "not written at exit");
                    }
                    return;
                }
            }
        }
    }

    /// Writes what is queued, oldest first; stops at the first that fails and says why.
    fn drain(&mut self) -> Option<ApiError> {
        while let Some(entry) = self.queue.front() {
            let (session_id, record) = (entry.session_id, entry.record);
            match write(&mut self.writer, entry) {
                Ok(()) => {
                    self.tries = 0;
                    self.queue.pop_front();
                    (self.tell)(Outcome::Kept(session_id, record));
                }
                Err(error) => {
                    let passes = may_pass(&error);
                    tracing::warn!(%session_id, ?record, %error, "not written");
                    let error = ApiError::from(error).about(session_id);
                    if passes {
                        self.tries += 1;
                        (self.tell)(Outcome::Failing(session_id, error.clone()));
                        return Some(error);
                    }
                    self.queue.pop_front();
                    (self.tell)(Outcome::Refused(session_id, error));
                }
            }
        }
        None
    }
}

fn write(writer: &mut Writer, entry: &Entry) -> Result<(), WriteError> {
    let session_id = entry.session_id;
    match &entry.record {
        Record::Event {
            kind,
            at_ms,
            elapsed_ms,
        } => writer.event(session_id, *kind, *at_ms, *elapsed_ms, &entry.heartbeat),
        Record::Complete(completion) => writer
            .complete(session_id, completion, entry.stamped)
            .map(drop),
        Record::Discard(completion) => writer
            .discard(session_id, completion, entry.stamped, entry.delete_op)
            .map(drop),
    }
}

/// Whether trying the same write again can succeed.
fn may_pass(error: &WriteError) -> bool {
    matches!(
        ApiError::code_of_write(error),
        ErrorCode::DiskFull | ErrorCode::NotWritable | ErrorCode::DatabaseBusy | ErrorCode::Storage
    )
}
