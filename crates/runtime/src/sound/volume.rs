//! From the volume that a person sets to the factor that samples are multiplied by.
//!
//! Hearing is roughly logarithmic (Fechner; ten decibels more sound about twice as loud: Stevens,
//! "The measurement of loudness", J. Acoust. Soc. Am. 27, 1955), so equal steps of the slider are
//! equal steps in decibels, as on a mixing desk. Must hold: 0 is silence, 1 is barely audible,
//! 100 is the sound as it is, and more is never quieter.

use mitta_domain::Volume;

/// Level of 1 %, in decibels below the sound as it is: a bell at −3 dBFS is then at the level of
/// a quiet room's noise, where the system's volume is set for speech.
const BARELY_AUDIBLE_DB: f32 = -54.0;

/// The linear gain of `volume`, 0.0 to 1.0.
pub fn gain(volume: Volume) -> f32 {
    match volume.percent() {
        0 => 0.0,
        percent => {
            let below_full = f32::from(100 - percent.min(100)) / 99.0;
            from_db(BARELY_AUDIBLE_DB * below_full)
        }
    }
}

/// The linear factor of `db` decibels.
pub(super) fn from_db(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// The peak of each stretch of `spacing` samples.
pub(super) fn peaks(samples: &[f32], spacing: usize) -> Vec<f32> {
    let peak = |stretch: &[f32]| stretch.iter().fold(0f32, |peak, s| peak.max(s.abs()));
    samples.chunks(spacing.max(1)).map(peak).collect()
}

/// The highest level that `strikes` of the same sound can add up to, from its [`peaks`].
///
/// An upper bound, for strikes one stretch apart: it adds the peaks of those that sound together.
pub(super) fn overlapping_peak(peaks: &[f32], strikes: u8) -> f32 {
    let together = usize::from(strikes.max(1)).min(peaks.len().max(1));
    peaks
        .windows(together)
        .map(|window| window.iter().sum::<f32>())
        .fold(0f32, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn db(percent: u8) -> f32 {
        20.0 * gain(Volume::new(percent).unwrap()).log10()
    }

    #[test]
    fn zero_is_silent_one_is_barely_audible_and_a_hundred_is_the_sound_as_it_is() {
        assert!(gain(Volume::new(0).unwrap()).abs() < f32::EPSILON);
        assert!((-60.0..=-50.0).contains(&db(1)), "{}", db(1));
        assert!(db(100).abs() < 1e-4, "{}", db(100));
    }

    #[test]
    fn every_step_up_is_louder_by_the_same_ratio() {
        let step = db(2) - db(1);
        assert!(step > 0.0);
        for percent in 1..100 {
            assert!(
                (db(percent + 1) - db(percent) - step).abs() < 0.01,
                "{percent}"
            );
        }
    }

    #[test]
    fn strikes_that_overlap_are_added_up_and_those_that_do_not_are_not() {
        let check = |samples: &[f32], strikes, expected: f32| {
            let peak = overlapping_peak(&peaks(samples, 2), strikes);
            assert!(
                (peak - expected).abs() < 1e-6,
                "{samples:?} × {strikes}: {peak}"
            );
        };
        check(&[0.5, -0.8], 9, 0.8);
        check(&[0.5, -0.8, 0.4, 0.1], 1, 0.8);
        check(&[0.5, -0.8, 0.4, 0.1], 2, 1.2);
        check(&[0.5, -0.8, 0.4, 0.1, 0.3], 2, 1.2);
        check(&[0.5, -0.8, 0.4, 0.1, 0.3], 9, 1.5);
        check(&[], 3, 0.0);
    }
}
