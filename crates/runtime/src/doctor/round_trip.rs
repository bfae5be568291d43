//! A whole sit on a scratch database, on a clock moved by hand: begun, paused, resumed, completed,
//! and read back by its id (I1).

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use mitta_domain::{PlanChoice, PlannedLength, Seconds, Settings, State};
use mitta_store::DataDir;

use crate::api::{
    Advice, ApiError, Check, CheckName, Commands as _, Found, OfSession, Recording, SessionView,
    SitPhase, Update,
};
use crate::clock::{Clock, ManualClock};
use crate::sound::SilentOutput;
use crate::{Config, Drive, Engine, Signal};

/// The sit that is made.
const LENGTH_S: u32 = 60;
const PAUSE_MS: u64 = 5_000;
/// How long its completion may take to be committed.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn check(clock: &dyn Clock) -> Check {
    let name = CheckName::RoundTrip;
    match sit(clock) {
        Ok(sit) if is_exact(&sit) => Check::well(name, Found::RoundTrip),
        Ok(sit) => Check::bad(name, Found::RoundTripWrong, Advice::Report)
            .text(format_args!("{:?}, {}", sit.state, sit.credited_s)),
        Err(error) => Check::bad(name, Found::Failed, Advice::CheckPermission).text(error.message),
    }
}

fn is_exact(sit: &SessionView) -> bool {
    let paused_s = sit.completion.map(|completion| completion.paused_s);
    sit.state == State::Completed
        && sit.credited_s == Seconds(LENGTH_S)
        && paused_s == Some(Seconds::floor_ms(PAUSE_MS))
}

fn sit(clock: &dyn Clock) -> Result<SessionView, ApiError> {
    let scratch = tempfile::Builder::new().prefix("mitta-doctor-").tempdir()?;
    let zone = clock.zone().unwrap_or_default();
    let by_hand = Arc::new(ManualClock::new(clock.now(), zone));
    let (tell, heard) = channel();
    let engine = Engine::start(Config {
        dir: DataDir::new(scratch.path()),
        clock: Arc::<ManualClock>::clone(&by_hand),
        sound: Arc::new(SilentOutput),
        on_signal: Box::new(move |signal| {
            // Nobody listens any more once the sit is over.
            let _ = tell.send(signal);
        }),
        usual: Settings::default(),
        resume: false,
        drive: Drive::ByHand,
    })?;
    let choice = PlanChoice {
        planned_s: PlannedLength::from_seconds(LENGTH_S).ok(),
        preparation_s: Seconds(0),
        ..PlanChoice::default()
    };
    let session_id = engine.begin(choice)?.session_id;
    let of = OfSession { session_id };
    by_hand.pass(30_000);
    engine.pause(of)?;
    by_hand.pass(PAUSE_MS);
    engine.resume(of)?;
    by_hand.pass(Seconds(LENGTH_S).as_ms());
    engine.tick();
    if !is_recorded(&heard) {
        return Err(ApiError::internal(
            &"the completion of a scratch sit was not committed",
        ));
    }
    engine.session(of)
}

fn is_recorded(heard: &Receiver<Signal>) -> bool {
    std::iter::from_fn(|| heard.recv_timeout(PATIENCE).ok()).any(|signal| {
        matches!(signal, Signal::Update(Update::Sit(Some(view)))
            if view.phase == SitPhase::Ended && view.recording == Recording::Recorded)
    })
}
