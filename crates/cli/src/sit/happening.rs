//! What a terminal hears while it sits, from whatever thread, in one queue.

use mitta_runtime::Signal;
use mitta_runtime::sound::SoundEvent;

#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "signals are told on Unix alone")
)]
#[derive(Debug)]
pub enum Happening {
    /// From the engine.
    Engine(Box<Signal>),
    /// From the sound thread.
    Sound(SoundEvent),
    /// Ctrl+C.
    Interrupt,
    /// The terminal was closed.
    HangUp,
    /// Asked to end by SIGTERM.
    Terminate,
    /// A line was typed; `None` where nothing can be typed any more.
    Typed(Option<String>),
    /// The bells have rung out.
    Quiet,
}
