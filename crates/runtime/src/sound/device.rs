//! The default sound device, opened through rodio with a short buffer.

use std::any::Any;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rodio::cpal::BufferSize;
use rodio::cpal::traits::HostTrait;
use rodio::mixer::Mixer;
use rodio::{
    ChannelCount, CpalError, CpalErrorKind, DeviceSinkBuilder, DeviceTrait, SampleRate, Source,
};

/// Periods of the device in a second: each is 30 ms, and up to two of them lie between a strike and
/// the ear. rodio's own choice is 50 ms; at 20 ms a machine with both cores busy left gaps.
const PERIODS_PER_SECOND: u32 = 33;

/// So many errors without a sample taken in between mean that the device is gone: with the pause
/// after each, 0.4 s.
const ERRORS_IN_A_ROW: u32 = 200;

/// The stream's thread tries again at once after an error; this keeps it from spinning.
const AFTER_AN_ERROR: Duration = Duration::from_millis(2);

/// An open device: what is added to its mixer is heard.
pub struct Speaker {
    /// Takes voices.
    pub mixer: Mixer,
    /// Frames per second of the device.
    pub rate: SampleRate,
    /// Closes the device when dropped.
    _stream: Box<dyn Any>,
}

impl Speaker {
    /// A device that is open as long as `stream` lives.
    pub fn new(mixer: Mixer, rate: SampleRate, stream: impl Any) -> Self {
        Self {
            mixer,
            rate,
            _stream: Box::new(stream),
        }
    }
}

/// Opens the default device. `on_lost` is called, at most once, when it goes away later on.
///
/// Only the default: a bell that plays into a device nobody listens to would count as heard.
///
/// # Errors
/// What the system said.
pub fn open(on_lost: impl FnOnce(String) + Send + 'static) -> Result<Speaker, String> {
    #[cfg(target_os = "linux")]
    let chatter = alsa::Output::local_error_handler();
    let opened = open_default(on_lost);
    // Without a device ALSA writes eight lines for each attempt: into the log, not the terminal.
    #[cfg(target_os = "linux")]
    if let (Ok(chatter), Err(_)) = (chatter, &opened) {
        tracing::debug!(chatter = %chatter.borrow(), "ALSA");
    }
    opened
}

fn open_default(on_lost: impl FnOnce(String) + Send + 'static) -> Result<Speaker, String> {
    let watch = Watch::new(on_lost, AFTER_AN_ERROR);
    let device = rodio::cpal::default_host()
        .default_output_device()
        .ok_or("none is set up")?;
    let rate = device
        .default_output_config()
        .map_err(|error| in_words(&error))?
        .sample_rate();
    let builder = DeviceSinkBuilder::from_device(device.clone()).map_err(|e| in_words(&e))?;
    let opened = builder
        .with_buffer_size(BufferSize::Fixed((rate / PERIODS_PER_SECOND).max(1)))
        .with_error_callback(watch.callback())
        .open_stream()
        // A device may refuse the short buffer, or the format it named as its default.
        .or_else(|_| {
            DeviceSinkBuilder::from_device(device)?
                .with_error_callback(watch.callback())
                .open_sink_or_fallback()
        });
    let mut stream = opened.map_err(|error| in_words(&error))?;
    stream.log_on_drop(false);
    let rate = stream.config().sample_rate();
    stream.mixer().add(Meter {
        taken: Arc::clone(&watch.taken),
        rate,
    });
    Ok(Speaker::new(stream.mixer().clone(), rate, stream))
}

/// An error with its causes, on one line.
fn in_words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}

/// A silent source that counts what the device takes: the sign that it is alive.
struct Meter {
    taken: Arc<AtomicU64>,
    rate: SampleRate,
}

impl Iterator for Meter {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        self.taken.fetch_add(1, Ordering::Relaxed);
        Some(0.0)
    }
}

impl Source for Meter {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> ChannelCount {
        ChannelCount::MIN
    }
    fn sample_rate(&self) -> SampleRate {
        self.rate
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

/// Decides which of a stream's errors mean that the device is gone.
///
/// Underruns do not, and the ALSA plugin of pulseaudio fails now and then with an i/o error
/// and goes on; what counts is whether the device still takes samples between one and the next.
struct Watch<F> {
    on_lost: Arc<Mutex<Option<F>>>,
    taken: Arc<AtomicU64>,
    pause: Duration,
}

impl<F: FnOnce(String) + Send + 'static> Watch<F> {
    fn new(on_lost: F, pause: Duration) -> Self {
        Self {
            on_lost: Arc::new(Mutex::new(Some(on_lost))),
            taken: Arc::default(),
            pause,
        }
    }

    fn callback(&self) -> impl FnMut(CpalError) + Clone + Send + 'static + use<F> {
        let (on_lost, taken) = (Arc::clone(&self.on_lost), Arc::clone(&self.taken));
        let (mut errors, mut taken_before, pause) = (0, 0, self.pause);
        move |error: CpalError| {
            let taken = taken.load(Ordering::Relaxed);
            errors = if taken == taken_before { errors + 1 } else { 1 };
            taken_before = taken;
            let lost = match error.kind() {
                // The stream goes on by itself.
                CpalErrorKind::DeviceChanged | CpalErrorKind::RealtimeDenied => false,
                CpalErrorKind::DeviceNotAvailable
                | CpalErrorKind::HostUnavailable
                | CpalErrorKind::StreamInvalidated => true,
                _ => errors > ERRORS_IN_A_ROW,
            };
            tracing::debug!(%error, lost, "sound stream");
            if lost
                && let Some(tell) = on_lost
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take()
            {
                tell(in_words(&error));
            }
            std::thread::sleep(pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told after `errors`; `alive` is whether the device takes samples in between.
    fn told(errors: &[CpalErrorKind], alive: bool) -> usize {
        let told = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&told);
        let watch = Watch::new(
            move |words| list.lock().unwrap().push(words),
            Duration::ZERO,
        );
        let mut callback = watch.callback();
        for kind in errors {
            callback(CpalError::from(*kind));
            watch.taken.fetch_add(u64::from(alive), Ordering::Relaxed);
        }
        told.lock().unwrap().len()
    }

    #[test]
    fn a_device_that_is_gone_is_told_once_and_one_that_stumbles_not_at_all() {
        use CpalErrorKind::{
            BackendError, DeviceChanged, DeviceNotAvailable, RealtimeDenied, StreamInvalidated,
            Xrun,
        };
        let check = |errors: &[CpalErrorKind], alive: bool, times: usize| {
            assert_eq!(told(errors, alive), times, "{errors:?} {alive}");
        };
        check(&[], false, 0);
        check(
            &[DeviceChanged, RealtimeDenied, Xrun, BackendError],
            false,
            0,
        );
        check(&[DeviceNotAvailable], true, 1);
        check(
            &[DeviceNotAvailable, DeviceNotAvailable, BackendError],
            true,
            1,
        );
        check(&[StreamInvalidated], true, 1);
        for stumble in [Xrun, BackendError] {
            check(&[stumble; 1000], true, 0);
            check(&[stumble; 1000], false, 1);
        }
    }
}
