//! The bells of a sit in the terminal, as a person hears them.

use anyhow::{Context as _, Result};
use mitta_domain::Sound;
use mitta_tests::sound::PulseSink;
use mitta_tests::terminal::{Running, Terminal};

use super::set;

/// Where a strike is taken for the planned one, in milliseconds; the measured lateness is printed.
const NEAR_MS: std::ops::Range<f64> = -60.0..400.0;

#[test]
fn the_end_bell_rings_out_before_the_program_ends() -> Result<()> {
    let terminal = Terminal::new()?;
    set(&terminal, |settings| {
        let choice = &mut settings.choice;
        choice.start_bell.strikes = 1;
        choice.end_bell.strikes = 2;
        for bell in [&mut choice.start_bell, &mut choice.end_bell] {
            bell.sound = Sound::WoodBlock;
        }
    })?;
    let sink = PulseSink::start()?;
    let recorder = sink.record()?;
    let mut command = terminal.mitta(&["sit", "3s", "--preparation", "3s", "--json"]);
    command.envs(sink.env());
    let ran = Running::start(command)?.end()?;
    let recording = recorder.stop()?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        !ran.stdout.contains("\"sound\""),
        "nothing is wrong with the sound: {ran:?}"
    );

    let told = ran.json()?;
    let ends_at_ms = told.iter().find_map(|event| event["ends_at_ms"].as_f64());
    let ends_at_ms = ends_at_ms.context("when it ends")?;
    let strikes_ms = recording.strikes_ms();
    let planned_ms = [-3_000.0, 0.0, 5_000.0].map(|ms| ends_at_ms + ms);
    assert_eq!(
        strikes_ms.len(),
        planned_ms.len(),
        "each strike and none else: {strikes_ms:?}"
    );
    for (struck_ms, planned_ms) in strikes_ms.iter().zip(planned_ms) {
        let late_ms = struck_ms - planned_ms;
        println!("strike {late_ms:+.1} ms from its planned time");
        assert!(NEAR_MS.contains(&late_ms), "{late_ms} ms");
    }
    Ok(())
}
