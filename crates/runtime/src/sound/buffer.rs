//! A sound as samples in memory, and one sounding of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use mitta_domain::bells::STRIKE_SPACING_MS;
use rodio::{ChannelCount, SampleRate, Source};

use super::volume::{from_db, overlapping_peak, peaks};

/// How long a voice that is told to stop takes to fade, in milliseconds.
const FADE_MS: u32 = 50;

/// The highest level that strikes of one bell may add up to: just below full scale.
const CEILING: f32 = 0.97;

/// The rate of buffers that are made before a device is known, in hertz.
pub const USUAL_RATE: SampleRate = SampleRate::new(48_000).unwrap();

/// A sound, ready to be played.
#[derive(Debug, Clone)]
pub struct Buffer {
    /// Interleaved by channel.
    samples: Arc<[f32]>,
    channels: ChannelCount,
    rate: SampleRate,
    /// Its peaks, one for each [`STRIKE_SPACING_MS`]; known ahead, so that a strike need not look.
    peaks: Arc<[f32]>,
}

impl Buffer {
    /// `samples` interleaved by channel, `rate` frames per second.
    pub fn new(samples: Vec<f32>, channels: ChannelCount, rate: SampleRate) -> Self {
        let per_second = u64::from(rate.get()) * u64::from(channels.get());
        let spacing = usize::try_from(per_second * STRIKE_SPACING_MS / 1000).unwrap_or(usize::MAX);
        let peaks = peaks(&samples, spacing).into();
        Self {
            samples: samples.into(),
            channels,
            rate,
            peaks,
        }
    }

    /// Frames per second.
    pub fn rate(&self) -> SampleRate {
        self.rate
    }

    /// The factor that keeps `strikes` of this sound from clipping where they overlap.
    pub fn headroom(&self, strikes: u8) -> f32 {
        let peak = overlapping_peak(&self.peaks, strikes);
        if peak > CEILING { CEILING / peak } else { 1.0 }
    }

    /// Lowers everything so that the highest peak is at `peak_dbfs`; quiet sounds stay as they are.
    pub fn lower_to(samples: &mut [f32], peak_dbfs: f32) {
        let peak = samples
            .iter()
            .fold(0f32, |peak, sample| peak.max(sample.abs()));
        let highest = from_db(peak_dbfs);
        if peak > highest {
            for sample in samples.iter_mut() {
                *sample *= highest / peak;
            }
        }
    }
}

/// What the sound thread and the device's thread share about one sounding.
#[derive(Debug, Default)]
pub struct VoiceState {
    stop: AtomicBool,
    played: AtomicU64,
}

impl VoiceState {
    /// Fades the voice out.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Milliseconds that the device has taken so far.
    pub fn played_ms(&self) -> u64 {
        self.played.load(Ordering::Relaxed)
    }

    /// Whether it was told to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// One sounding of a [`Buffer`]: what the mixer pulls samples from.
///
/// `keep` is dropped when the voice is over, or when its device goes away.
pub struct Voice<K> {
    buffer: Buffer,
    position: usize,
    gain: f32,
    state: Arc<VoiceState>,
    /// Counts down once stopping, in samples.
    fade_left: Option<u32>,
    fade: u32,
    _keep: K,
}

impl<K> Voice<K> {
    /// A voice at linear `gain`.
    pub fn new(buffer: Buffer, gain: f32, state: Arc<VoiceState>, keep: K) -> Self {
        let per_second = buffer
            .rate
            .get()
            .saturating_mul(u32::from(buffer.channels.get()));
        let fade = (per_second / 1000).saturating_mul(FADE_MS).max(1);
        Self {
            buffer,
            position: 0,
            gain,
            state,
            fade_left: None,
            fade,
            _keep: keep,
        }
    }

    /// Looked at now and then only: the mixer asks for every single sample.
    fn keep_in_touch(&mut self) {
        let frames = self.position as u64 / u64::from(self.buffer.channels.get());
        let played_ms = frames * 1000 / u64::from(self.buffer.rate.get());
        self.state.played.store(played_ms, Ordering::Relaxed);
        if self.fade_left.is_none() && self.state.is_stopped() {
            self.fade_left = Some(self.fade);
        }
    }
}

impl<K> Iterator for Voice<K> {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.position.is_multiple_of(64) {
            self.keep_in_touch();
        }
        let sample = *self.buffer.samples.get(self.position)?;
        self.position += 1;
        let fading = match &mut self.fade_left {
            None => 1.0,
            Some(0) => return None,
            Some(left) => {
                *left -= 1;
                ratio(*left, self.fade)
            }
        };
        Some(sample * self.gain * fading)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a fade is some thousand samples long"
)]
fn ratio(part: u32, whole: u32) -> f32 {
    part as f32 / whole as f32
}

impl<K> Source for Voice<K> {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> ChannelCount {
        self.buffer.channels
    }
    fn sample_rate(&self) -> SampleRate {
        self.buffer.rate
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
impl Buffer {
    /// Samples, interleaved by channel.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }
    /// One or two.
    pub fn channels(&self) -> ChannelCount {
        self.channels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(samples: usize) -> Buffer {
        Buffer::new(
            vec![0.5; samples],
            ChannelCount::MIN,
            SampleRate::new(1000).unwrap(),
        )
    }

    #[test]
    fn a_voice_is_its_buffer_at_its_gain_and_then_over() {
        let kept = Arc::new(());
        let state = Arc::new(VoiceState::default());
        let mut voice = Voice::new(flat(200), 0.5, Arc::clone(&state), Arc::clone(&kept));
        let heard: Vec<f32> = voice.by_ref().collect();
        assert_eq!(heard, vec![0.25; 200]);
        assert!(state.played_ms() >= 128, "{}", state.played_ms());
        drop(voice);
        assert_eq!(Arc::strong_count(&kept), 1);
    }

    #[test]
    fn a_stopped_voice_fades_within_50_ms_without_a_step() {
        let state = Arc::new(VoiceState::default());
        let mut voice = Voice::new(flat(10_000), 1.0, Arc::clone(&state), ());
        assert_eq!(voice.by_ref().take(100).count(), 100);
        state.stop();
        let rest: Vec<f32> = voice.collect();
        assert!(rest.len() <= 64 + 50, "{}", rest.len());
        for pair in rest.windows(2) {
            assert!((pair[0] - pair[1]).abs() < 0.02, "{pair:?}");
        }
        assert!(rest[rest.len() - 1].abs() < 0.011);
    }

    #[test]
    fn headroom_keeps_overlapping_strikes_under_full_scale() {
        let check = |samples: usize, strikes: u8, expected: f32| {
            let headroom = flat(samples).headroom(strikes);
            assert!(
                (headroom - expected).abs() < 1e-6,
                "{samples} × {strikes}: {headroom}"
            );
        };
        check(2500, 9, 1.0);
        check(7500, 1, 1.0);
        check(7500, 2, 0.97);
        check(17_500, 9, 0.485);
    }
}
