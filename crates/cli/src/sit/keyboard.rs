//! Lines that a person types in answer to a question. Read only while there is a question, so
//! that a sit in the background is not stopped for reading the terminal.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use super::happening::Happening;

pub struct Keyboard {
    tell: Sender<Happening>,
    reading: Arc<AtomicBool>,
}

impl Keyboard {
    pub fn new(tell: Sender<Happening>) -> Self {
        Self {
            tell,
            reading: Arc::default(),
        }
    }

    /// Whether there is a person at the terminal who sees a question and can answer it.
    pub fn is_there() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal() && is_foreground()
    }

    /// Tells the next line. A question that nobody answered leaves its reading to the next one.
    pub fn listen(&self) {
        if self.reading.swap(true, Ordering::AcqRel) {
            return;
        }
        let (tell, reading) = (self.tell.clone(), Arc::clone(&self.reading));
        let reader = std::thread::Builder::new().name("mitta-keyboard".to_owned());
        let spawned = reader.spawn(move || {
            let mut line = String::new();
            let read = io::stdin().read_line(&mut line);
            let line = matches!(read, Ok(1..)).then_some(line);
            reading.store(false, Ordering::Release);
            // The sit may be over by now.
            let _ = tell.send(Happening::Typed(line));
        });
        if spawned.is_err() {
            self.reading.store(false, Ordering::Release);
            let _ = self.tell.send(Happening::Typed(None));
        }
    }
}

#[cfg(unix)]
fn is_foreground() -> bool {
    rustix::termios::tcgetpgrp(io::stdin()).is_ok_and(|group| group == rustix::process::getpgrp())
}

#[cfg(not(unix))]
const fn is_foreground() -> bool {
    true
}
