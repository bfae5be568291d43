//! The bells, measured.
#![expect(clippy::cast_precision_loss, reason = "counts of samples are small")]

use super::*;
use crate::sound::volume::{overlapping_peak, peaks};

const RATE: u32 = 48_000;

fn seconds(count: f64) -> usize {
    samples_in(count, f64::from(RATE))
}

/// Amplitude of `hz` in `samples` (Goertzel 1958, with a Hann window against leakage).
fn amplitude(samples: &[f32], hz: f64) -> f64 {
    let length = samples.len() as f64;
    let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let at = index as f64;
        let window = 0.5 - 0.5 * (TAU * at / length).cos();
        let angle = TAU * hz * at / f64::from(RATE);
        re += window * f64::from(*sample) * angle.cos();
        im += window * f64::from(*sample) * angle.sin();
        weight += window;
    }
    2.0 * re.hypot(im) / weight
}

fn rms_db(samples: &[f32]) -> f64 {
    let power: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    10.0 * (power / samples.len() as f64).max(1e-20).log10()
}

fn peak_db(samples: &[f32]) -> f64 {
    20.0 * f64::from(samples.iter().fold(1e-10f32, |peak, s| peak.max(s.abs()))).log10()
}

#[test]
fn every_documented_mode_that_matters_stands_out_of_what_lies_beside_it() {
    for bell in BuiltIn::ALL {
        let samples = render(bell, RATE);
        for mode in bell.recipe().modes.iter().filter(|mode| mode.level >= 0.02) {
            // Long enough to tell neighbours apart, short enough to be inside the mode's life.
            let window =
                &samples[..seconds((mode.t60_s / 2.0).clamp(0.04, 1.0)).min(samples.len())];
            let at = amplitude(window, mode.hz);
            let beside = f64::midpoint(
                amplitude(window, mode.hz * 0.88),
                amplitude(window, mode.hz * 1.13),
            );
            assert!(
                at > 3.0 * beside,
                "{bell:?} {} Hz: {at} against {beside}",
                mode.hz
            );
        }
    }
}

#[test]
fn the_fundamental_of_a_bowl_beats_at_its_split() {
    for bell in [BuiltIn::Bowl, BuiltIn::LowBowl, BuiltIn::Inkin] {
        let samples = render(bell, RATE);
        let mode = &bell.recipe().modes[0];
        // The level of the mode every 50 ms, with its decay taken out.
        let hop = seconds(0.05);
        let span = (4.0 / mode.split_hz).min(mode.t60_s);
        let levels: Vec<f64> = (0..seconds(span) / hop)
            .map(|index| {
                let from = index * hop;
                let decay = 10f64.powf(3.0 * (index as f64 * 0.05) / mode.t60_s);
                amplitude(&samples[from..from + 2 * hop], mode.hz) * decay
            })
            .collect();
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        let swing_at = |hz: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (index, level) in levels.iter().enumerate() {
                let angle = TAU * hz * index as f64 * 0.05;
                re += (level - mean) * angle.cos();
                im += (level - mean) * angle.sin();
            }
            2.0 * re.hypot(im) / levels.len() as f64 / mean
        };
        let depth = swing_at(mode.split_hz);
        assert!((0.15..0.6).contains(&depth), "{bell:?}: depth {depth}");
        for wrong in [0.5, 1.75] {
            let other = swing_at(mode.split_hz * wrong);
            assert!(
                other < depth / 2.0,
                "{bell:?}: {other} at {wrong} of the split, {depth} at it"
            );
        }
    }
}

#[test]
fn the_envelope_falls_and_never_rises_again() {
    for bell in BuiltIn::ALL {
        let samples = render(bell, RATE);
        let beat = bell
            .recipe()
            .modes
            .iter()
            .map(|m| m.split_hz)
            .filter(|hz| *hz > 0.0);
        // Over whole beats, or what a beat swells would count as a rise.
        let window = seconds(beat.fold(f64::INFINITY, f64::min).recip().max(0.03));
        let levels: Vec<f64> = samples.chunks_exact(window).map(rms_db).collect();
        for pair in levels.windows(2) {
            assert!(pair[1] < pair[0] + 0.1, "{bell:?}: {levels:?}");
        }
        assert!(
            levels.len() >= 3 && levels[0] - levels[levels.len() - 1] > 30.0,
            "{bell:?}"
        );
    }
}

#[test]
fn decays_are_natural_lengths_and_high_modes_go_first() {
    let check = |bell: BuiltIn, shortest: f64, longest: f64| {
        let length = render(bell, RATE).len() as f64 / f64::from(RATE);
        assert!(
            (shortest..longest).contains(&length),
            "{bell:?}: {length} s"
        );
        let t60s: Vec<f64> = bell.recipe().modes.iter().map(|mode| mode.t60_s).collect();
        assert!(t60s.is_sorted_by(|a, b| a > b), "{bell:?}");
    };
    check(BuiltIn::LowBowl, 15.0, 30.0);
    check(BuiltIn::Bowl, 12.0, 20.0);
    check(BuiltIn::Inkin, 5.0, 10.0);
    check(BuiltIn::WoodBlock, 0.1, 0.5);
}

#[test]
fn at_any_rate_there_is_no_click_no_constant_part_and_silence_at_the_end() {
    for bell in BuiltIn::ALL {
        for rate in [8_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
            let samples = render(bell, rate);
            let context = format!("{bell:?} at {rate}");
            assert!(samples.iter().all(|sample| sample.is_finite()), "{context}");
            assert!(
                (peak_db(&samples) - f64::from(PEAK_DBFS)).abs() < 0.01,
                "{context}"
            );
            assert!(
                samples[0].abs() < 1e-6,
                "{context}: starts at {}",
                samples[0]
            );
            // The first fifth of a millisecond is still quiet: the onset is a ramp, not a step.
            let first = samples_in(0.0002, f64::from(rate));
            assert!(
                peak_db(&samples[..first]) < -8.0,
                "{context}: starts with a click"
            );
            let last = samples.len() - samples_in(0.01, f64::from(rate));
            assert!(peak_db(&samples[last..]) < -70.0, "{context}: ends loud");
            let mean = samples.iter().map(|s| f64::from(*s)).sum::<f64>() / samples.len() as f64;
            assert!(mean.abs() < 1e-3, "{context}: constant part {mean}");
        }
    }
}

#[test]
fn the_strike_is_heard_at_once() {
    for bell in BuiltIn::ALL {
        let samples = render(bell, RATE);
        let loud = samples.iter().position(|s| s.abs() > 0.25).unwrap();
        assert!(loud < seconds(0.010), "{bell:?}: only after {loud} samples");
    }
}

#[test]
fn nine_strikes_at_full_volume_do_not_clip() {
    for bell in BuiltIn::ALL {
        let peak = overlapping_peak(&peaks(&render(bell, RATE), seconds(5.0)), 9);
        assert!(peak <= 1.0, "{bell:?}: {peak}");
    }
}

#[test]
fn the_same_bell_is_the_same_samples() {
    for bell in BuiltIn::ALL {
        assert_eq!(render(bell, 44_100), render(bell, 44_100));
    }
}
