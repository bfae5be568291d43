//! The person's own sounds: WAV, FLAC, OGG (Vorbis) and MP3 files, copied into `sounds/`.
//!
//! Must hold: a file is refused by its size before a byte of it is read; nothing outside
//! `sounds/` is read through a stored name; a copy is whole or not there; and whatever is in a
//! file, the worst it does is a [`SoundError`].

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use mitta_domain::Sound;
use mitta_store::{ChosenError, DataDir};
use rodio::{Decoder, Source};
use sha2::{Digest, Sha256};

use super::SoundProblem;
use super::buffer::Buffer;
use super::synth::PEAK_DBFS;
use crate::api::{ApiError, ErrorCode};

/// The largest file that is taken, in bytes: 32 MiB.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// The longest sound that is taken, in seconds: five minutes.
pub const MAX_SECONDS: u64 = 300;
/// The most samples a sound may decode to: five minutes of stereo at 96 kHz. A small file can
/// unfold to far more than its size.
const MAX_SAMPLES: usize = 300 * 96_000 * 2;
/// The longest shown name that is kept, in characters.
const MAX_NAME_CHARS: usize = 120;
/// Silence added to the end of a file, in milliseconds.
const END_SILENCE_MS: u64 = 150;
/// Frames that [`check`] decodes: enough to know that there is sound.
const CHECK_FRAMES: usize = 4096;

/// Why a file cannot be used as a bell.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// There is no such file.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// A folder, a device or the like.
    #[error("{} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// The system refuses to read it.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// Not one of the formats, or damaged.
    #[error("this is no sound that Mitta can read ({0}); it takes WAV, FLAC, OGG and MP3")]
    NotASound(String),
    /// Above [`MAX_BYTES`].
    #[error("the file has {bytes} bytes; a bell has at most 32 MiB")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// Above [`MAX_SECONDS`].
    #[error("the sound is longer than five minutes")]
    TooLong,
    /// A stored name that leads out of the folder of sounds.
    #[error("\"{0}\" is not the name of a sound")]
    BadName(String),
    /// A file that this program works with.
    #[error("{} is a file that Mitta works with itself", .0.display())]
    Own(PathBuf),
    /// The copy could not be written.
    #[error("the sound could not be copied into the data folder: {0}")]
    NotCopied(#[source] io::Error),
}

impl SoundError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Missing(_) => ErrorCode::SoundMissing,
            Self::NotAFile(_) | Self::Unreadable(_) | Self::NotASound(_) | Self::BadName(_) => {
                ErrorCode::SoundUnreadable
            }
            Self::Own(_) => ErrorCode::OwnFile,
            Self::TooLarge { .. } | Self::TooLong => ErrorCode::SoundTooLarge,
            Self::NotCopied(error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    ErrorCode::NotWritable
                }
                _ => ErrorCode::Storage,
            },
        }
    }

    /// The same as a problem of the sound called `name`, for saying it before a sit.
    pub fn into_problem(self, name: &str) -> SoundProblem {
        let name = name.to_owned();
        match self {
            Self::Missing(_) => SoundProblem::FileMissing { name },
            other => SoundProblem::FileUnreadable {
                name,
                detail: other.to_string(),
            },
        }
    }
}

impl From<SoundError> for ApiError {
    fn from(error: SoundError) -> Self {
        Self::new(error.code(), error)
    }
}

/// Copies the sound at `path` into `sounds_dir`, which is made where missing.
///
/// The copy is named by its content: the same file twice is one copy.
///
/// # Errors
/// [`SoundError`]; then nothing is left in `sounds_dir`.
pub fn import(path: &Path, sounds_dir: &Path) -> Result<Sound, SoundError> {
    let bytes = read(path, &DataDir::of_sounds(sounds_dir))?;
    let extension = extension_of(path);
    decode(bytes.clone(), &extension, usize::MAX)?;
    let file = format!("{:x}.{extension}", Sha256::digest(&bytes));
    copy_whole(&bytes, sounds_dir, &file).map_err(SoundError::NotCopied)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME_CHARS)
        .collect();
    Ok(Sound::File { file, name })
}

/// Whether `sound` can be played now; built-in bells always can.
///
/// # Errors
/// [`SoundError`] saying why not.
pub fn check(sound: &Sound, sounds_dir: &Path) -> Result<(), SoundError> {
    let Sound::File { file, .. } = sound else {
        return Ok(());
    };
    let path = path_of(file, sounds_dir)?;
    decode(
        read(&path, &DataDir::of_sounds(sounds_dir))?,
        &extension_of(&path),
        CHECK_FRAMES,
    )
    .map(drop)
}

/// Decodes the sound called `file` in `sounds_dir`.
///
/// # Errors
/// [`SoundError`] saying why not.
pub fn load(file: &str, sounds_dir: &Path) -> Result<Buffer, SoundError> {
    let path = path_of(file, sounds_dir)?;
    decode(
        read(&path, &DataDir::of_sounds(sounds_dir))?,
        &extension_of(&path),
        usize::MAX,
    )
}

/// The path of a stored name, which must be a plain file name.
fn path_of(file: &str, sounds_dir: &Path) -> Result<PathBuf, SoundError> {
    let plain = Path::new(file).file_name().is_some_and(|name| name == file)
        && !file.contains(['/', '\\', ':', '\0']);
    if plain {
        Ok(sounds_dir.join(file))
    } else {
        Err(SoundError::BadName(file.to_owned()))
    }
}

/// The extension in small letters where it is one of those known, else a neutral one.
fn extension_of(path: &Path) -> String {
    let given = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let known = ["wav", "flac", "ogg", "oga", "mp3"].contains(&given.as_str());
    if known { given } else { "sound".to_owned() }
}

/// Reads a whole file, after a look at what it is and how large.
fn read(path: &Path, dir: &DataDir) -> Result<Vec<u8>, SoundError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SoundError::Missing(path.into()),
        _ => SoundError::Unreadable(error),
    };
    let file = dir.open_chosen(path).map_err(|error| match error {
        ChosenError::Own(path) => SoundError::Own(path),
        ChosenError::NotAFile(path) => SoundError::NotAFile(path),
        ChosenError::Io(error) => failed(error),
    })?;
    let about = file.metadata().map_err(failed)?;
    if about.len() > MAX_BYTES {
        return Err(SoundError::TooLarge { bytes: about.len() });
    }
    let mut bytes = Vec::new();
    // One more than allowed, for a file that grows while it is read.
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(SoundError::TooLarge {
            bytes: bytes.len() as u64,
        });
    }
    Ok(bytes)
}

/// Decodes at most `max_frames` frames of a file's bytes.
fn decode(bytes: Vec<u8>, extension: &str, max_frames: usize) -> Result<Buffer, SoundError> {
    if bytes.is_empty() {
        return Err(SoundError::NotASound("the file is empty".to_owned()));
    }
    // Decoders meet whatever bytes a person picks; a defect in one must not end the sound thread.
    catch_unwind(AssertUnwindSafe(|| {
        decode_inside(bytes, extension, max_frames)
    }))
    .unwrap_or_else(|_| Err(SoundError::NotASound("its decoder failed".to_owned())))
}

fn decode_inside(bytes: Vec<u8>, extension: &str, max: usize) -> Result<Buffer, SoundError> {
    let byte_len = bytes.len() as u64;
    let mut decoder = Decoder::builder()
        .with_data(Cursor::new(bytes))
        .with_byte_len(byte_len)
        .with_hint(extension)
        .build()
        .map_err(|error| SoundError::NotASound(error.to_string()))?;
    let (in_file, rate) = (decoder.channels(), decoder.sample_rate());
    let kept = in_file.min(const { std::num::NonZero::new(2u16).unwrap() });
    let longest = MAX_SECONDS.saturating_mul(u64::from(rate.get()));
    let mut samples: Vec<f32> = Vec::new();
    let mut frames = 0;
    while frames < max {
        // Of more than two channels the first two are the front ones.
        let mut frame = decoder.by_ref().take(usize::from(in_file.get()));
        let before = samples.len();
        samples.extend(frame.by_ref().take(usize::from(kept.get())).map(finite));
        frame.for_each(drop);
        if samples.len() < before + usize::from(kept.get()) {
            samples.truncate(before);
            break;
        }
        frames += 1;
        if frames as u64 > longest || samples.len() > MAX_SAMPLES {
            return Err(SoundError::TooLong);
        }
        if decoder.channels() != in_file || decoder.sample_rate() != rate {
            return Err(SoundError::NotASound(
                "its format changes midway".to_owned(),
            ));
        }
    }
    if samples.is_empty() {
        return Err(SoundError::NotASound("there is no sound in it".to_owned()));
    }
    Buffer::lower_to(&mut samples, PEAK_DBFS);
    // A recording may end loud; what a device still holds when a program exits is this silence.
    let silence = u64::from(rate.get()) * u64::from(kept.get()) * END_SILENCE_MS / 1000;
    samples.extend((0..silence).map(|_| 0.0));
    Ok(Buffer::new(samples, kept, rate))
}

/// Files of floats may hold what is no number; in a mixer it would silence everything.
fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// Writes `bytes` as `dir/name` so that the name is never on a part of them.
fn copy_whole(bytes: &[u8], dir: &Path, name: &str) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let part = dir.join(format!(".{name}.{}.part", std::process::id()));
    let written = (|| {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, dir.join(name))
    })();
    if let Err(error) = written {
        // What was written is of no use; if it cannot be removed either, it is only a leftover.
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests;
