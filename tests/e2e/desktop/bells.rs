//! The bells of a real sit in the real window, as a person hears them: recorded and held against
//! the plan.

use anyhow::Context as _;
use mitta_domain::bells::STRIKE_SPACING_MS;
use mitta_domain::{IntervalBells, Seconds, Settings, Sound};
use mitta_tests::sound::PulseSink;
use mitta_tests::wait::{SOON, until};

use super::{at_once, begin, only_row, with};

/// Onset minus planned time, in milliseconds: the recording's clock is known to about ten, and
/// whoever tests may be busy.
const NEAR_MS: std::ops::Range<f64> = -40.0..250.0;

const START_STRIKES: u8 = 2;
const INTERVAL_S: u32 = 7;
const PLANNED_S: u32 = 9;
const END_STRIKES: u8 = 2;

fn bells(settings: &mut Settings) {
    at_once(settings);
    let choice = &mut settings.choice;
    choice.start_bell.sound = Sound::Bowl;
    choice.start_bell.strikes = START_STRIKES;
    choice.intervals = IntervalBells::At {
        at_s: vec![Seconds(INTERVAL_S)],
    };
    choice.interval_bell.sound = Sound::WoodBlock;
    choice.end_bell.sound = Sound::Inkin;
    choice.end_bell.strikes = END_STRIKES;
}

/// When each strike is due after the start of the sit, in milliseconds.
fn planned_ms() -> Vec<f64> {
    let spacing = u32::try_from(STRIKE_SPACING_MS).unwrap_or(u32::MAX);
    let strikes = |count: u8, from_s: u32| (0..count).map(move |n| (from_s, u32::from(n)));
    strikes(START_STRIKES, 0)
        .chain([(INTERVAL_S, 0)])
        .chain(strikes(END_STRIKES, PLANNED_S))
        .map(|(from_s, n)| f64::from(from_s * 1000 + n * spacing))
        .collect()
}

#[test]
fn a_sit_in_the_window_rings_each_bell_at_its_time_and_no_other() {
    with(|desktop| {
        let sink = PulseSink::start()?;
        for (name, value) in sink.env() {
            desktop.place.env.push((name.to_owned(), value.into()));
        }
        desktop.seed(|seed| seed.settings(bells))?;
        desktop.launch()?;
        let recorder = sink.record()?;
        begin(desktop, "9s")?;
        desktop.wait_for("recorded")?;
        assert!(!desktop.has("line-sound")?, "all is well with the sound");
        until("the last bell has died away", SOON * 2, || {
            Ok(sink.streams()? == 0)
        })?;
        let recording = recorder.stop()?;

        let started_at_ms: f64 =
            desktop.value("SELECT CAST(started_at_ms AS REAL) FROM sessions")?;
        let heard: Vec<f64> = recording.strikes_ms();
        let after_start: Vec<f64> = heard.iter().map(|at| at - started_at_ms).collect();
        let planned = planned_ms();
        let late: Vec<f64> = after_start
            .iter()
            .zip(&planned)
            .map(|(it, due)| it - due)
            .collect();
        println!("onset after the planned time, each strike: {late:.1?} ms");
        assert_eq!(
            heard.len(),
            planned.len(),
            "heard {after_start:.0?}, planned {planned:?}"
        );
        let worst = late.iter().find(|late| !NEAR_MS.contains(late));
        assert_eq!(worst, None, "{late:.1?}");
        let row = only_row(desktop)?;
        assert_eq!(row.credited_s.context("completed")?, PLANNED_S);
        Ok(())
    });
}
