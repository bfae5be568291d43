//! Ctrl+C, SIGTERM and SIGHUP as happenings. Elsewhere than on Unix they end the program, and the
//! sit is recovered by its last heartbeat.

use std::sync::mpsc::Sender;

use super::happening::Happening;

/// From now on signals are told instead of ending the program.
#[cfg(unix)]
pub fn listen(tell: Sender<Happening>) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new()
        .name("mitta-signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                let happening = match signal {
                    SIGINT => Happening::Interrupt,
                    SIGHUP => Happening::HangUp,
                    _ => Happening::Terminate,
                };
                if tell.send(happening).is_err() {
                    return;
                }
            }
        })?;
    Ok(())
}

/// Nothing is told here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
pub fn listen(_tell: Sender<Happening>) -> std::io::Result<()> {
    Ok(())
}
