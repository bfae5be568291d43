//! What the engine tells its surroundings, on a thread of its own.
//!
//! Must hold: nobody who listens can delay a bell or a record (I9), and what is told arrives in
//! the order in which it happened: a window that draws the last thing it heard is right.

use std::sync::mpsc::{Sender, channel};

use mitta_domain::SessionId;

use crate::api::Update;

/// What the engine tells its surroundings.
#[expect(
    clippy::large_enum_variant,
    reason = "told a few times in a sit, and never kept"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// What a window shows has changed.
    Update(Update),
    /// The planned end was reached: tell a person who does not look at the window.
    EndReached(SessionId),
    /// A reminder is due: it is time to sit.
    Remind,
}

/// Takes signals and returns at once; may be used under any lock of the engine.
pub(super) struct Signals(Sender<Signal>);

impl Signals {
    /// Starts the thread. It ends when this handle is gone and all is told; nobody waits for it,
    /// since whoever listens may be waiting for the engine to end.
    pub(super) fn spawn(hear: Box<dyn Fn(Signal) + Send + Sync>) -> std::io::Result<Self> {
        let (signals, inbox) = channel();
        std::thread::Builder::new()
            .name("mitta-signals".to_owned())
            .spawn(move || {
                for signal in inbox {
                    hear(signal);
                }
            })?;
        Ok(Self(signals))
    }

    pub(super) fn send(&self, signal: Signal) {
        if self.0.send(signal).is_err() {
            tracing::error!("nobody hears signals any more");
        }
    }
}
