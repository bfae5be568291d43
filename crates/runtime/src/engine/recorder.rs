//! The one writer: a thread that carries records to the disk, in order.
//!
//! Must hold: nothing of the timer waits for it (I9). A record that fails for a reason that may
//! pass stays at the head of the queue and is tried again, so that nothing overtakes it and
//! nothing is lost (I2); one that can never succeed is said and put aside. Heartbeats and the
//! last choice come after all records, and only the newest of each counts.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use mitta_domain::recovery::Heartbeat;
use mitta_domain::timer::Record;
use mitta_domain::{OpId, PlanChoice, Session, SessionId, Settings};
use mitta_store::{Stamped, WriteError, Writer};

use crate::api::ApiError;
use crate::locked;

/// Waits between two tries of a failed write, in seconds; the last one repeats.
const RETRY_AFTER_S: [u64; 4] = [1, 2, 5, 10];

/// What the timer wants kept. Ids are made before the first try, so that a retry is the same op
/// (I3).
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
    /// A record is committed.
    Kept(SessionId, Record),
    /// A heartbeat is.
    Seen(SessionId),
    /// The settings, with the choice that the next sit begins with.
    Remembered(Settings),
    /// Not committed yet, being tried again.
    Failing(Option<SessionId>, ApiError),
    /// Never to be committed: the row is not what the record, or without one the heartbeat, needs.
    Refused(SessionId, Option<Record>, ApiError),
    /// Nothing fails any more.
    CaughtUp,
    /// A defect ended the thread: nothing is written any more.
    Died,
}

type Call = Box<dyn FnOnce(Result<&mut Writer, ApiError>) + Send>;

enum Job {
    Keep(Box<Entry>),
    Heartbeat(SessionId, Heartbeat),
    Remember(Box<PlanChoice>),
    Call(Call),
    Retry,
    Stop,
}

/// What the writer thread will say of a work that it was given.
#[must_use]
pub(super) struct Answer<T>(Receiver<Result<T, ApiError>>);

impl<T> Answer<T> {
    /// Waits for it.
    pub(super) fn wait(self) -> Result<T, ApiError> {
        let answered = self.0.recv();
        answered.unwrap_or_else(|_| Err(ApiError::internal(&"the writer thread has stopped")))
    }
}

/// A handle to the writer thread.
pub(super) struct Recorder {
    jobs: Sender<Job>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Recorder {
    /// `settings` reads them as they are on the disk; `tell` hears every outcome, and neither may
    /// wait for this thread.
    pub(super) fn spawn(
        writer: Writer,
        settings: impl Fn() -> Result<Settings, ApiError> + Send + 'static,
        tell: impl FnMut(Outcome) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (jobs, inbox) = channel();
        let mut desk = Desk {
            writer,
            settings: Box::new(settings),
            tell: Box::new(tell),
            queue: VecDeque::new(),
            heartbeat: None,
            choice: None,
            tries: 0,
            trouble: Trouble::None,
        };
        let thread = std::thread::Builder::new()
            .name("mitta-recorder".to_owned())
            .spawn(move || {
                if catch_unwind(AssertUnwindSafe(|| desk.run(&inbox))).is_err() {
                    // Whoever waits for an answer gets none.
                    drop(inbox);
                    (desk.tell)(Outcome::Died);
                }
            })?;
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

    /// The next sit begins with `choice`.
    pub(super) fn remember(&self, choice: PlanChoice) {
        self.send(Job::Remember(Box::new(choice)));
    }

    /// Whether there is anybody to try it.
    pub(super) fn retry(&self) -> bool {
        self.send(Job::Retry)
    }

    /// Runs `work` with the writer after every record queued before it, and waits for its answer.
    pub(super) fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.ask(work).wait()
    }

    /// Runs `work` with the writer after every record queued before it; its answer may be waited for
    /// later.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, WriteError> + Send + 'static,
    ) -> Answer<T> {
        let (answer, answered) = channel();
        self.send(Job::Call(Box::new(move |writer| {
            let result = writer.and_then(|writer| work(writer).map_err(ApiError::from));
            // Whoever asked may have gone; the write stands all the same.
            let _asker_gone = answer.send(result);
        })));
        Answer(answered)
    }

    fn send(&self, job: Job) -> bool {
        let is_sent = self.jobs.send(job).is_ok();
        if !is_sent {
            tracing::error!("the writer thread has stopped");
        }
        is_sent
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

/// What a person has been told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// Over once all is written.
    Failing,
    /// Over when the person says so, by *retry*.
    Refused,
}

struct Desk {
    writer: Writer,
    settings: Box<dyn Fn() -> Result<Settings, ApiError> + Send>,
    tell: Box<dyn FnMut(Outcome) + Send>,
    queue: VecDeque<Entry>,
    /// Newer than what the queue carries.
    heartbeat: Option<(SessionId, Heartbeat)>,
    choice: Option<Box<PlanChoice>>,
    tries: usize,
    trouble: Trouble,
}

impl Desk {
    fn run(&mut self, inbox: &Receiver<Job>) {
        loop {
            let job = if self.is_idle() {
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                let wait = RETRY_AFTER_S[self.tries.clamp(1, RETRY_AFTER_S.len()) - 1];
                inbox.recv_timeout(Duration::from_secs(wait))
            };
            match job {
                Ok(Job::Keep(entry)) => {
                    // The entry carries a newer one, or completes its sit.
                    self.heartbeat
                        .take_if(|(session_id, _)| *session_id == entry.session_id);
                    self.queue.push_back(*entry);
                    if self.queue.len() == 1 {
                        self.work_off();
                    }
                }
                Ok(Job::Heartbeat(session_id, heartbeat)) => {
                    self.heartbeat = Some((session_id, heartbeat));
                    self.work_off_unless_failing();
                }
                Ok(Job::Remember(choice)) => {
                    self.choice = Some(choice);
                    self.work_off_unless_failing();
                }
                Ok(Job::Call(work)) => {
                    let written = self.write_queue();
                    let is_open = written.is_ok();
                    work(written.map(|()| &mut self.writer));
                    if is_open {
                        self.work_off();
                    }
                }
                Ok(Job::Retry) => {
                    if self.trouble == Trouble::Refused {
                        self.trouble = Trouble::Failing;
                    }
                    self.work_off();
                }
                Err(RecvTimeoutError::Timeout) => self.work_off(),
                Ok(Job::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.work_off();
                    for lost in &self.queue {
                        tracing::error!(session_id = %lost.session_id, record = ?lost.record, "not written at exit");
                    }
                    return;
                }
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.heartbeat.is_none() && self.choice.is_none()
    }

    /// While writes fail, what can wait does so until the next try.
    fn work_off_unless_failing(&mut self) {
        if self.trouble != Trouble::Failing {
            self.work_off();
        }
    }

    /// Writes all that waits, as far as it can be written.
    fn work_off(&mut self) {
        if self.write_queue().is_err() {
            return;
        }
        self.write_heartbeat();
        self.write_choice();
        if self.is_idle() && self.trouble == Trouble::Failing {
            self.trouble = Trouble::None;
            (self.tell)(Outcome::CaughtUp);
        }
    }

    /// Writes the queued records, oldest first; stops at the first that fails and says why.
    fn write_queue(&mut self) -> Result<(), ApiError> {
        while let Some(entry) = self.queue.front() {
            let (session_id, record) = (entry.session_id, entry.record);
            match write(&mut self.writer, entry) {
                Ok(()) => {
                    self.tries = 0;
                    self.queue.pop_front();
                    (self.tell)(Outcome::Kept(session_id, record));
                }
                Err(error) if may_pass(&error) => {
                    tracing::warn!(%session_id, ?record, %error, "not written");
                    return Err(self.failing(Some(session_id), ApiError::retried(&error)));
                }
                Err(error) => {
                    tracing::error!(%session_id, ?record, %error, "refused");
                    self.queue.pop_front();
                    self.refused(session_id, Some(record), error);
                }
            }
        }
        Ok(())
    }

    fn write_heartbeat(&mut self) {
        let Some((session_id, heartbeat)) = self.heartbeat.take() else {
            return;
        };
        match self.writer.heartbeat(session_id, &heartbeat) {
            Ok(()) => (self.tell)(Outcome::Seen(session_id)),
            Err(error) if may_pass(&error) => {
                tracing::warn!(%session_id, %error, "heartbeat not written");
                self.failing(Some(session_id), ApiError::retried(&error));
                self.heartbeat = Some((session_id, heartbeat));
            }
            Err(error) => {
                tracing::error!(%session_id, %error, "heartbeat refused");
                self.refused(session_id, None, error);
            }
        }
    }

    /// Read and written on this thread, so that settings saved meanwhile are not undone.
    fn write_choice(&mut self) {
        let Some(choice) = self.choice.take() else {
            return;
        };
        let remembered = (self.settings)().and_then(|settings| {
            if settings.choice == *choice {
                return Ok(None);
            }
            let settings = Settings {
                choice: (*choice).clone(),
                ..settings
            };
            let saved = self.writer.save_settings(&settings);
            saved.map_err(|error| ApiError::retried(&error))?;
            Ok(Some(settings))
        });
        match remembered {
            Ok(None) => {}
            Ok(Some(settings)) => (self.tell)(Outcome::Remembered(settings)),
            Err(error) if error.code.may_pass() => {
                tracing::warn!(%error, "the last choice was not saved");
                self.failing(None, error);
                self.choice = Some(choice);
            }
            // The next sit begins with an older choice, and that is all.
            Err(error) => tracing::error!(%error, "the last choice cannot be saved"),
        }
    }

    fn failing(&mut self, session_id: Option<SessionId>, error: ApiError) -> ApiError {
        self.tries += 1;
        self.trouble = Trouble::Failing;
        let error = ApiError {
            session_id,
            ..error
        };
        (self.tell)(Outcome::Failing(session_id, error.clone()));
        error
    }

    fn refused(&mut self, session_id: SessionId, record: Option<Record>, error: WriteError) {
        self.trouble = Trouble::Refused;
        let error = ApiError::from(error).about(session_id);
        (self.tell)(Outcome::Refused(session_id, record, error));
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
        Record::Complete(completion) => {
            let written = writer.complete(session_id, completion, entry.stamped);
            unless_there(written, |there| there.completion == Some(*completion))
        }
        Record::Discard(completion) => {
            let written = writer.discard(session_id, completion, entry.stamped, entry.delete_op);
            unless_there(written, |there| {
                there.completion == Some(*completion) && there.deleted
            })
        }
    }
}

/// An end that was committed, and whose answer was lost, is found there by the retry (I3).
fn unless_there(
    written: Result<Session, WriteError>,
    is_same: impl FnOnce(&Session) -> bool,
) -> Result<(), WriteError> {
    match written {
        Err(WriteError::AlreadyCompleted { session }) if is_same(&session) => Ok(()),
        other => other.map(drop),
    }
}

/// Whether trying the same write again can succeed.
fn may_pass(error: &WriteError) -> bool {
    ApiError::code_of_write(error).may_pass()
}

#[cfg(test)]
mod tests;
