//! The four built-in bells, computed: modal synthesis.
//!
//! A struck bell is a sum of modes, each a sine that dies away at its own rate. Casting and
//! hammering are never quite round, so that most modes of a bowl are pairs ("doublets") a hertz
//! or so apart, and their sum beats. What makes each bell is its table of modes below.
//!
//! Must hold: the same bell at the same rate is always the same samples; they begin at zero
//! without a click, peak at [`PEAK_DBFS`], carry no constant part and end in silence.
//!
//! Sources of the numbers:
//! - Bowls: O. Inácio, L. L. Henrique, J. Antunes, "The dynamics of Tibetan singing bowls", Acta
//!   Acustica united with Acustica 92 (2006) 637–653. Their three bowls of 180, 152 and 140 mm have
//!   modes at 221, 614, 1145, 1804, 2577, 3456, 4419 Hz; 314, 836, 1519, 2360, 3341, 4462, 5696 Hz;
//!   and 528, 1460, 2704, 4122, 5694 Hz (as listed in the Csound manual, "Modal frequency ratios").
//!   D. Terwagne, J. W. M. Bush, "Tibetan singing bowls", Nonlinearity 24 (2011) R51–R66, explain
//!   the ratios: modes (2,0), (3,0), (4,0)… of a shell of revolution, near n²·(n²−1)²/(n²+1).
//! - Doublets and their beats, also of small bells (a handbell of 1312 Hz has its pair 2.5 Hz
//!   apart): T. D. Rossing, "Science of percussion instruments" (2000); N. H. Fletcher,
//!   T. D. Rossing, "The physics of musical instruments", 2nd ed. (1998), ch. 21.
//! - The inkin is a bowl of about 7 cm on a handle: the ratios of the smallest bowl measured, at
//!   the pitch of a small bell.
//! - Wood block: 915, 1540, 1863, 3112 Hz (Csound manual, the same table); wood damps so much that
//!   each mode is gone in a few tenths of a second, the higher the sooner.
//! - A soft mallet stays on the bowl for milliseconds, which rounds the onset and keeps high modes
//!   quiet (Fletcher & Rossing, ch. 19). Levels and decays are chosen by ear within that.

use std::f64::consts::TAU;

use super::volume::from_db;

/// Peak level of every built-in bell, in decibels of full scale.
pub const PEAK_DBFS: f32 = -3.0;

/// A sound that falls below this level, in decibels under its peak, is over.
const OVER_DB: f64 = -75.0;

/// Length of the last fade to zero, in seconds.
const TAIL_FADE_S: f64 = 0.05;

/// Modes above this part of the sample rate are left out: they would fold back.
const HIGHEST_OF_RATE: f64 = 0.45;

/// A built-in bell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BuiltIn {
    /// Singing bowl, 152 mm.
    Bowl,
    /// Singing bowl, 180 mm.
    LowBowl,
    /// Small hand bell of the zendo.
    Inkin,
    /// Wood block.
    WoodBlock,
}

impl BuiltIn {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bowl, Self::LowBowl, Self::Inkin, Self::WoodBlock];

    /// How it is built.
    const fn recipe(self) -> &'static Recipe {
        match self {
            Self::Bowl => &BOWL,
            Self::LowBowl => &LOW_BOWL,
            Self::Inkin => &INKIN,
            Self::WoodBlock => &WOOD_BLOCK,
        }
    }
}

/// One mode: a pair of sines that die away together.
struct Mode {
    /// Middle of the pair, in hertz.
    hz: f64,
    /// Distance within the pair, in hertz: the rate of the beat. 0 is a single sine.
    split_hz: f64,
    /// Amplitude of the pair's sum, relative to the other modes.
    level: f64,
    /// Seconds until it has fallen by 60 dB.
    t60_s: f64,
}

/// A bell: its modes and how it is struck.
struct Recipe {
    modes: &'static [Mode],
    /// How long the mallet stays on it, in seconds: the length of the onset.
    contact_s: f64,
    /// Amplitude of the mallet's own thud, relative to the modes.
    thud: f64,
    /// Seconds until the thud has fallen by 60 dB.
    thud_t60_s: f64,
    /// The thud's brightness: corner of its low-pass, in hertz.
    thud_hz: f64,
}

const fn mode(hz: f64, split_hz: f64, level: f64, t60_s: f64) -> Mode {
    Mode {
        hz,
        split_hz,
        level,
        t60_s,
    }
}

const BOWL: Recipe = Recipe {
    modes: &[
        mode(314.0, 0.9, 1.0, 15.0),
        mode(836.0, 1.6, 0.62, 10.0),
        mode(1519.0, 2.3, 0.28, 5.5),
        mode(2360.0, 3.1, 0.12, 2.8),
        mode(3341.0, 0.0, 0.05, 1.5),
        mode(4462.0, 0.0, 0.02, 0.8),
        mode(5696.0, 0.0, 0.008, 0.45),
    ],
    contact_s: 0.004,
    thud: 0.10,
    thud_t60_s: 0.06,
    thud_hz: 900.0,
};

const LOW_BOWL: Recipe = Recipe {
    modes: &[
        mode(221.0, 0.6, 1.0, 20.0),
        mode(614.0, 1.1, 0.60, 13.0),
        mode(1145.0, 1.7, 0.24, 7.0),
        mode(1804.0, 2.2, 0.09, 3.5),
        mode(2577.0, 0.0, 0.035, 1.8),
        mode(3456.0, 0.0, 0.012, 0.9),
        mode(4419.0, 0.0, 0.004, 0.5),
    ],
    contact_s: 0.006,
    thud: 0.12,
    thud_t60_s: 0.08,
    thud_hz: 600.0,
};

const INKIN: Recipe = Recipe {
    modes: &[
        mode(1250.0, 2.4, 1.0, 6.5),
        mode(3456.4, 3.5, 0.45, 3.6),
        mode(6401.5, 0.0, 0.14, 1.6),
        mode(9758.5, 0.0, 0.04, 0.8),
        mode(13480.1, 0.0, 0.012, 0.4),
    ],
    contact_s: 0.001,
    thud: 0.05,
    thud_t60_s: 0.02,
    thud_hz: 3500.0,
};

const WOOD_BLOCK: Recipe = Recipe {
    modes: &[
        mode(915.0, 0.0, 1.0, 0.24),
        mode(1540.0, 0.0, 0.55, 0.17),
        mode(1863.0, 0.0, 0.45, 0.14),
        mode(3112.0, 0.0, 0.20, 0.08),
    ],
    contact_s: 0.0008,
    thud: 0.25,
    thud_t60_s: 0.03,
    thud_hz: 2500.0,
};

/// Part of a pair's amplitude that its upper sine has: below a half, so that a beat makes the
/// sound swell and ebb without ever stopping it.
const UPPER_OF_PAIR: f64 = 0.28;

/// Renders `bell`: one strike, mono, at `sample_rate` hertz.
pub fn render(bell: BuiltIn, sample_rate: u32) -> Vec<f32> {
    let recipe = bell.recipe();
    let rate = f64::from(sample_rate);
    let mut samples = vec![0f32; samples_in(length_s(recipe), rate)];
    for mode in recipe
        .modes
        .iter()
        .filter(|mode| mode.hz < rate * HIGHEST_OF_RATE)
    {
        let upper = if mode.split_hz > 0.0 {
            UPPER_OF_PAIR
        } else {
            0.0
        };
        let half = mode.split_hz / 2.0;
        add_sine(
            &mut samples,
            rate,
            mode.hz - half,
            mode.level * (1.0 - upper),
            mode.t60_s,
        );
        if upper > 0.0 {
            add_sine(
                &mut samples,
                rate,
                mode.hz + half,
                mode.level * upper,
                mode.t60_s,
            );
        }
    }
    add_thud(&mut samples, rate, recipe);
    shape_ends(&mut samples, rate, recipe.contact_s);
    normalise(&mut samples);
    samples
}

/// Seconds until the longest mode is over.
fn length_s(recipe: &Recipe) -> f64 {
    recipe
        .modes
        .iter()
        .map(|mode| over_after_s(mode.t60_s))
        .fold(0.0, f64::max)
}

fn over_after_s(t60_s: f64) -> f64 {
    t60_s * OVER_DB / -60.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few seconds of samples, never negative: far inside the range"
)]
fn samples_in(seconds: f64, rate: f64) -> usize {
    (seconds * rate).ceil() as usize
}

/// The factor by which a sine falls from one sample to the next.
fn decay_per_sample(t60_s: f64, rate: f64) -> f64 {
    0.001f64.powf(1.0 / (t60_s * rate))
}

/// Adds a sine that starts at zero and dies away, until it is over.
///
/// The two-term recurrence of a damped resonator: exact, and one multiplication and one
/// subtraction more than a copy.
fn add_sine(samples: &mut [f32], rate: f64, hz: f64, level: f64, t60_s: f64) {
    let r = decay_per_sample(t60_s, rate);
    let angle = TAU * hz / rate;
    let (a, b) = (2.0 * r * angle.cos(), r * r);
    let (mut now, mut next) = (0.0, level * r * angle.sin());
    let end = samples_in(over_after_s(t60_s), rate).min(samples.len());
    for sample in &mut samples[..end] {
        *sample += narrow(now);
        (now, next) = (next, a * next - b * now);
    }
}

/// Adds the mallet: a short, dull noise, the same every time.
fn add_thud(samples: &mut [f32], rate: f64, recipe: &Recipe) {
    let r = decay_per_sample(recipe.thud_t60_s, rate);
    let corner = (-TAU * recipe.thud_hz / rate).exp();
    let end = samples_in(over_after_s(recipe.thud_t60_s), rate).min(samples.len());
    let mut state = 0x2545_f491u32;
    let (mut low, mut previous, mut level) = (0.0, 0.0, recipe.thud);
    for sample in &mut samples[..end] {
        // Xorshift (Marsaglia 2003): enough for a noise of some milliseconds.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let white = f64::from(state) / f64::from(u32::MAX) * 2.0 - 1.0;
        low = white + (low - white) * corner;
        // The difference of two neighbours has no constant part.
        *sample += narrow((low - previous) * level / (1.0 - corner).sqrt());
        previous = low;
        level *= r;
    }
}

/// Rounds the onset over the time that the mallet touches, and the end to zero.
fn shape_ends(samples: &mut [f32], rate: f64, contact_s: f64) {
    let mut ramp = |seconds: f64, at_end: bool| {
        let count = samples_in(seconds, rate).min(samples.len());
        let step = 1.0 / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let mut part = 0.0;
        for index in 0..count {
            let index = if at_end {
                samples.len() - 1 - index
            } else {
                index
            };
            samples[index] *= narrow(0.5 - 0.5 * (TAU / 2.0 * part).cos());
            part += step;
        }
    };
    ramp(contact_s, false);
    ramp(TAIL_FADE_S, true);
}

fn normalise(samples: &mut [f32]) {
    let peak = samples
        .iter()
        .fold(0f32, |peak, sample| peak.max(sample.abs()));
    if peak > 0.0 {
        let factor = from_db(PEAK_DBFS) / peak;
        for sample in samples.iter_mut() {
            *sample *= factor;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "samples are 32-bit; nothing is near the limits"
)]
fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests;
