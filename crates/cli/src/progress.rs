//! Long work, and how far it is: shown to whoever watches, on a line that is gone at the end.

use std::panic;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use mitta_runtime::api::{ApiError, TransferProgress, Update};
use mitta_runtime::{Engine, Signal};

use crate::output::Output;
use crate::words;

/// An engine that tells how far long work is.
pub struct Telling {
    pub engine: Engine,
    /// `None` is the end of the work.
    heard: Receiver<Option<TransferProgress>>,
    tell: Sender<Option<TransferProgress>>,
}

impl Telling {
    pub fn start(output: &mut Output) -> Result<Self, ApiError> {
        let (tell, heard) = channel();
        let of_engine = tell.clone();
        let engine = crate::engine_that_tells(output, move |signal| {
            if let Signal::Update(Update::Transfer(progress)) = signal {
                // Nobody may be listening any more.
                let _ = of_engine.send(Some(progress));
            }
        })?;
        Ok(Self {
            engine,
            heard,
            tell,
        })
    }

    /// Does the work, on another thread where somebody watches meanwhile.
    pub fn shown<T: Send>(&self, output: &mut Output, work: impl FnOnce(&Engine) -> T + Send) -> T {
        if !output.is_watched() {
            return work(&self.engine);
        }
        let (engine, end) = (&self.engine, End(self.tell.clone()));
        let done = thread::scope(|scope| {
            let working = scope.spawn(move || {
                let _end = end;
                work(engine)
            });
            while let Ok(Some(progress)) = self.heard.recv() {
                output.stand(&words::progress(&progress));
            }
            working.join()
        });
        done.unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    }
}

/// Tells the end when it is dropped, also where the work panics.
struct End(Sender<Option<TransferProgress>>);

impl Drop for End {
    fn drop(&mut self) {
        let _ = self.0.send(None);
    }
}
