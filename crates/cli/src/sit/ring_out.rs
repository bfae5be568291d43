//! After a sit: the strikes of the end bell that are still to come, and their last sound.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use mitta_runtime::Engine;
use mitta_runtime::clock::Clock;

use super::happening::Happening;

/// The longest that the end bell is waited for; a file of the person's own may ring for minutes.
const AT_MOST: Duration = Duration::from_secs(330);
/// How long bells take to fall silent when told to.
const FADE: Duration = Duration::from_millis(200);
/// After the time of a strike, so that it has been given to the sound by then.
const STRUCK_MS: u64 = 20;

/// Silences all, where a sit was ended before its time.
pub fn silence(engine: &Engine) {
    engine.sound().silence();
    engine.sound().wait_until_quiet(FADE);
}

/// Waits for the rest of the end bell, unless a person or the system does not want to.
pub fn wait(
    engine: &Engine,
    clock: &dyn Clock,
    tell: &Sender<Happening>,
    heard: &Receiver<Happening>,
) {
    while let Some(at_ms) = engine.deadline() {
        let left_ms = at_ms.saturating_sub(clock.now().boot_ms) + STRUCK_MS;
        if is_told_to_go(clock, heard, Duration::from_millis(left_ms)) {
            return;
        }
    }
    let (sound, tell) = (Arc::clone(engine.sound()), tell.clone());
    let waiter = std::thread::Builder::new().name("mitta-quiet".to_owned());
    let waits = waiter.spawn(move || {
        sound.wait_until_quiet(AT_MOST);
        // Whoever waited may have been told to go.
        let _ = tell.send(Happening::Quiet);
    });
    if waits.is_ok() {
        is_told_to_go(clock, heard, AT_MOST);
    }
}

/// Waits that long, or until all is quiet.
fn is_told_to_go(clock: &dyn Clock, heard: &Receiver<Happening>, at_most: Duration) -> bool {
    let at_most_ms = u64::try_from(at_most.as_millis()).unwrap_or(u64::MAX);
    let until_ms = clock.now().boot_ms.saturating_add(at_most_ms);
    loop {
        let left_ms = until_ms.saturating_sub(clock.now().boot_ms);
        match heard.recv_timeout(Duration::from_millis(left_ms)) {
            Ok(Happening::Interrupt | Happening::Terminate | Happening::HangUp) => return true,
            Ok(Happening::Quiet) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}
