//! Keeps the machine, and if wished the display, awake while a sit runs.
//!
//! Works on a thread of its own, since the desktop's services may take their time to answer, and
//! a refusal is told, never in the sit's way (I9).

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::api::{ApiError, ErrorCode};

/// What is to be kept awake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    hold: bool,
    display: bool,
    machine: bool,
}

/// Asks the desktop to stay awake.
pub struct Awake {
    wishes: Sender<Wish>,
    wish: Mutex<Wish>,
}

/// The part of [`Awake`] that asks; it has to be spawned.
pub struct Asker(Receiver<Wish>);

impl Asker {
    /// Starts the thread; `tell` hears `None` when all is well and an error when it was refused.
    ///
    /// # Errors
    /// What the system says when it can start no thread.
    pub fn spawn(self, mut tell: impl FnMut(Option<ApiError>) + Send + 'static) -> io::Result<()> {
        std::thread::Builder::new().name("mitta-awake".to_owned()).spawn(move || {
            let mut held = None;
            while let Ok(wish) = self.0.recv() {
                let_go(held.take());
                if !(wish.display || wish.machine) {
                    tell(None);
                    continue;
                }
                if !wish.hold {
                    continue;
                }
                match ask(wish) {
                    Ok(awake) => {
                        held = Some(awake);
                        tell(None);
                    }
                    Err(error) => tell(Some(ApiError::new(
                        ErrorCode::KeepAwakeRefused,
                        format_args!(
                            "The desktop did not agree to stay awake ({error:#}). Switch its own \
                             suspend off, or keep the lid open; the sit is recorded either way."
                        ),
                    ))),
                }
            }
        })?;
        Ok(())
    }
}

/// The library panics where the desktop's service has gone meanwhile; then nothing is held either.
fn let_go(held: Option<keepawake::KeepAwake>) {
    if catch_unwind(AssertUnwindSafe(|| drop(held))).is_err() {
        tracing::warn!("the desktop's keep-awake service has gone");
    }
}

fn ask(wish: Wish) -> keepawake::Result<keepawake::KeepAwake> {
    keepawake::Builder::default()
        .display(wish.display)
        .sleep(wish.machine)
        .reason("A sit is running")
        .app_name("Mitta")
        .app_reverse_domain("org.mitta.Mitta")
        .create()
}

impl Awake {
    /// A holder of wishes, and what asks the desktop for them.
    pub fn new() -> (Self, Asker) {
        let (wishes, inbox) = channel();
        let wish = Mutex::new(Wish {
            hold: false,
            display: false,
            machine: false,
        });
        (Self { wishes, wish }, Asker(inbox))
    }

    /// What to keep awake while a sit runs.
    pub fn set(&self, display: bool, machine: bool) {
        self.change(|wish| (wish.display, wish.machine) = (display, machine));
    }

    /// Whether a sit runs.
    pub fn hold(&self, hold: bool) {
        self.change(|wish| wish.hold = hold);
    }

    fn change(&self, f: impl FnOnce(&mut Wish)) {
        let mut wish = crate::locked(&self.wish);
        let before = *wish;
        f(&mut wish);
        if *wish != before && self.wishes.send(*wish).is_err() {
            tracing::error!("the keep-awake thread has stopped");
        }
    }
}
