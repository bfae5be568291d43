//! The default sound device, opened through rodio with a short buffer.

use std::any::Any;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use rodio::cpal::BufferSize;
use rodio::cpal::traits::HostTrait;
use rodio::mixer::Mixer;
use rodio::{CpalError, CpalErrorKind, DeviceSinkBuilder, DeviceTrait, SampleRate};

/// Periods of the device in a second: each is 10 ms, and two or three of them lie between a strike
/// and the ear. rodio's own choice is five times as long.
const PERIODS_PER_SECOND: u32 = 100;

/// Underruns after which a stream counts as broken: one that is merely late has a few.
const TOO_MANY_UNDERRUNS: u32 = 200;

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
    let watch = Watch::new(on_lost);
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

/// Decides which of a stream's errors mean that the device is gone.
struct Watch<F> {
    on_lost: Arc<Mutex<Option<F>>>,
}

impl<F: FnOnce(String) + Send + 'static> Watch<F> {
    fn new(on_lost: F) -> Self {
        Self {
            on_lost: Arc::new(Mutex::new(Some(on_lost))),
        }
    }

    fn callback(&self) -> impl FnMut(CpalError) + Clone + Send + 'static + use<F> {
        let on_lost = Arc::clone(&self.on_lost);
        let mut underruns = 0;
        move |error: CpalError| {
            let lost = match error.kind() {
                // The stream goes on by itself.
                CpalErrorKind::DeviceChanged | CpalErrorKind::RealtimeDenied => false,
                CpalErrorKind::Xrun => {
                    underruns += 1;
                    underruns > TOO_MANY_UNDERRUNS
                }
                _ => true,
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told after `errors`, in order.
    fn told(errors: &[CpalErrorKind]) -> Vec<String> {
        let told = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&told);
        let watch = Watch::new(move |words| list.lock().unwrap().push(words));
        let mut callback = watch.callback();
        for kind in errors {
            callback(CpalError::from(*kind));
        }
        let told = told.lock().unwrap();
        told.clone()
    }

    #[test]
    fn a_device_that_is_gone_is_told_once_and_a_late_one_not_at_all() {
        use CpalErrorKind::{DeviceChanged, DeviceNotAvailable, RealtimeDenied, Xrun};
        let check = |errors: &[CpalErrorKind], times: usize| {
            assert_eq!(told(errors).len(), times, "{errors:?}");
        };
        check(&[], 0);
        check(&[DeviceChanged, RealtimeDenied, Xrun, Xrun], 0);
        check(&[DeviceNotAvailable], 1);
        check(
            &[
                DeviceNotAvailable,
                DeviceNotAvailable,
                CpalErrorKind::BackendError,
            ],
            1,
        );
        check(&[CpalErrorKind::StreamInvalidated], 1);
        check(&[Xrun; 1000], 1);
    }
}
