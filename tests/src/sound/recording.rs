//! A recording, and what is in it: strikes, levels, gaps.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// Frames per second of every recording.
pub const RATE: u32 = 48_000;

/// What the device was given, mono, at [`RATE`].
pub struct Recording {
    /// Full scale is 1.
    pub samples: Vec<f32>,
    /// Wall clock of the first sample, Unix milliseconds, to about ten milliseconds.
    pub start_ms: f64,
}

impl Recording {
    /// Wall clock of every strike, Unix milliseconds.
    pub fn strikes_ms(&self) -> Vec<f64> {
        onsets_in(&self.samples, RATE)
            .into_iter()
            .map(|at_s| self.start_ms + at_s * 1000.0)
            .collect()
    }

    /// Level of the stretch from `from_s` to `to_s` seconds, root mean square, decibels of full
    /// scale.
    pub fn level_db(&self, from_s: f64, to_s: f64) -> f64 {
        let at = |seconds: f64| index(seconds * f64::from(RATE)).min(self.samples.len());
        let stretch = &self.samples[at(from_s)..at(to_s)];
        let power: f64 = stretch
            .iter()
            .map(|sample| f64::from(*sample).powi(2))
            .sum();
        10.0 * (power / count(stretch.len().max(1))).max(1e-12).log10()
    }

    /// Writes it as a WAV file of floats, for listening.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let bytes = u32::try_from(self.samples.len() * 4)?;
        let mut file = Vec::with_capacity(self.samples.len() * 4 + 44);
        file.write_all(b"RIFF")?;
        file.write_all(&(36 + bytes).to_le_bytes())?;
        file.write_all(b"WAVEfmt \x10\0\0\0\x03\0\x01\0")?;
        file.write_all(&RATE.to_le_bytes())?;
        file.write_all(&(RATE * 4).to_le_bytes())?;
        file.write_all(b"\x04\0\x20\0data")?;
        file.write_all(&bytes.to_le_bytes())?;
        for sample in &self.samples {
            file.write_all(&sample.to_le_bytes())?;
        }
        Ok(fs::write(path, file)?)
    }
}

/// The strikes in a mono WAV file of floats or 16-bit numbers, in seconds from its beginning.
///
/// # Errors
/// If it is not such a file.
pub fn onsets(wav: &Path) -> Result<Vec<f64>> {
    let bytes = fs::read(wav)?;
    let number = |at: usize| -> Result<u32> {
        let bytes = bytes.get(at..at + 4).context("the file is cut")?;
        Ok(u32::from_le_bytes(bytes.try_into()?))
    };
    ensure!(bytes.get(..4) == Some(b"RIFF"), "no WAV file");
    let (format, channels) = (number(20)? & 0xffff, number(20)? >> 16);
    ensure!(channels == 1, "{channels} channels");
    let data = bytes
        .windows(4)
        .position(|word| word == b"data")
        .context("no samples")?
        + 8;
    let body = &bytes[data.min(bytes.len())..];
    let samples: Vec<f32> = match format {
        1 => body
            .as_chunks::<2>()
            .0
            .iter()
            .map(|b| f32::from(i16::from_le_bytes(*b)) / 32768.0)
            .collect(),
        3 => body
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect(),
        other => bail!("samples of format {other}"),
    };
    Ok(onsets_in(&samples, number(24)?))
}

/// Below this a rise is noise: the step of a 16-bit device, and some.
const FLOOR: f32 = 2e-4;
/// A strike makes the signal's steps at least so much larger than they were.
const RISE: f32 = 2.0;
/// Two strikes are at least so far apart, in milliseconds.
const APART_MS: usize = 300;

/// The strikes in `samples`, in seconds from the first one.
///
/// Looks at the steps from sample to sample, in which the bright beginning of a strike outweighs
/// the hum of what still rings, millisecond by millisecond. A strike is where most of the next
/// milliseconds have steps twice as large as any of the 50 ms before, and larger than usual in the
/// 300 ms before: a crackle is over in one, and sound that goes on after a [gap](gaps_in) is not
/// louder than before it.
pub fn onsets_in(samples: &[f32], rate: u32) -> Vec<f64> {
    let per_ms = rate as usize / 1000;
    let steps: Vec<f32> = samples
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    let largest = |steps: &[f32]| steps.iter().copied().fold(0f32, f32::max);
    let blocks: Vec<f32> = steps.chunks(per_ms.max(1)).map(largest).collect();
    let mut found = Vec::new();
    let mut block = 0;
    while block + 12 <= blocks.len() {
        let before = largest(&blocks[block.saturating_sub(50)..block]);
        let lately = median(&blocks[block.saturating_sub(APART_MS)..block.saturating_sub(50)]);
        let after = median(&blocks[block + 1..block + 12]);
        let begins = blocks[block] > before.max(FLOOR / 4.0) * 1.2;
        if begins && after > FLOOR && after > RISE * before && after > lately {
            found.push(count(block) / 1000.0);
            block += APART_MS;
        } else {
            block += 1;
        }
    }
    found
}

fn median(blocks: &[f32]) -> f32 {
    let mut sorted = blocks.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// Gaps within sound, in seconds from the first sample and their lengths in milliseconds: where a
/// device ran dry, which is heard as a crackle. Silence of a second or more is no gap.
pub fn gaps_in(samples: &[f32], rate: u32) -> Vec<(f64, f64)> {
    let per_ms = count(rate as usize / 1000);
    let mut gaps = Vec::new();
    let mut last_sound = None;
    for (at, _) in samples
        .iter()
        .enumerate()
        .filter(|(_, sample)| sample.abs() > FLOOR)
    {
        if let Some(last) = last_sound.replace(at) {
            let gap_ms = count(at - last) / per_ms;
            // A low bell stays near zero for a millisecond or two by itself.
            if (5.0..1000.0).contains(&gap_ms) && samples[last + 1..at].iter().all(|s| *s == 0.0) {
                gaps.push((count(last) / f64::from(rate), gap_ms));
            }
        }
    }
    gaps
}

/// Milliseconds that `frames` of a recording last.
pub fn ms_of(frames: usize) -> f64 {
    count(frames) * 1000.0 / f64::from(RATE)
}

#[expect(clippy::cast_precision_loss, reason = "recordings are minutes long")]
fn count(samples: usize) -> f64 {
    samples as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a negative time is the beginning"
)]
fn index(at: f64) -> usize {
    at as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bells of 0.5 s, each a decaying sine, at `at_s`.
    fn bells(at_s: &[f64], hz: f64, level: f64) -> Vec<f32> {
        let mut samples = vec![0f32; RATE as usize * 4];
        for start in at_s {
            let from = index(start * f64::from(RATE));
            for (offset, sample) in samples[from..].iter_mut().enumerate() {
                let t = count(offset) / f64::from(RATE);
                let value = level * (-6.0 * t).exp() * (std::f64::consts::TAU * hz * t).sin();
                #[expect(clippy::cast_possible_truncation, reason = "samples are 32-bit")]
                let value = value as f32;
                *sample += value;
            }
        }
        samples
    }

    #[test]
    fn every_strike_is_found_to_the_millisecond_and_no_other() {
        let check = |at_s: &[f64], hz: f64, level: f64| {
            let found = onsets_in(&bells(at_s, hz, level), RATE);
            assert_eq!(
                found.len(),
                at_s.len(),
                "{at_s:?} at {hz} Hz, {level}: {found:?}"
            );
            for (found, given) in found.iter().zip(at_s) {
                assert!((found - given).abs() <= 0.002, "{found} for {given}");
            }
        };
        check(&[], 440.0, 0.5);
        check(&[0.0], 440.0, 0.5);
        check(&[1.0], 221.0, 0.7);
        check(&[0.5, 1.5, 2.5], 915.0, 0.7);
        check(&[0.5, 1.5, 2.5], 1250.0, 0.05);
        check(&[0.3, 1.9], 314.0, 0.01);
    }

    #[test]
    fn a_gap_is_found_and_is_no_strike() {
        let mut samples = bells(&[0.5], 440.0, 0.5);
        assert_eq!(gaps_in(&samples, RATE), []);
        let gap = index(0.8 * f64::from(RATE))..index(0.84 * f64::from(RATE));
        samples[gap].fill(0.0);
        let gaps = gaps_in(&samples, RATE);
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert!(
            (gaps[0].0 - 0.8).abs() < 0.002 && (gaps[0].1 - 40.0).abs() < 2.0,
            "{gaps:?}"
        );
        assert_eq!(onsets_in(&samples, RATE).len(), 1);
    }

    #[test]
    fn a_saved_recording_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.wav");
        let samples = bells(&[1.0, 2.0], 600.0, 0.5);
        Recording {
            samples,
            start_ms: 0.0,
        }
        .save(&path)
        .unwrap();
        assert_eq!(onsets(&path).unwrap().len(), 2);
    }
}
