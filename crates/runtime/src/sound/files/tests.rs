//! Own files: what is taken, what is refused, and what lies in the folder afterwards.

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const FLAC: &[u8] = include_bytes!("fixtures/beep.flac");
const OGG: &[u8] = include_bytes!("fixtures/beep.ogg");
const MP3: &[u8] = include_bytes!("fixtures/beep.mp3");

/// A WAV file of 16-bit samples; `seconds` of a sawtooth.
fn wav(rate: u32, channels: u16, seconds: u32) -> Vec<u8> {
    let frames = rate * seconds;
    let bytes = frames * u32::from(channels) * 2;
    let mut file = header(1, 16, rate, channels, bytes);
    for frame in 0..frames {
        let value = i16::try_from(frame % 200).unwrap() * 100 - 10_000;
        for _ in 0..channels {
            file.extend(value.to_le_bytes());
        }
    }
    file
}

fn header(format: u16, bits: u16, rate: u32, channels: u16, bytes: u32) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(format.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file
}

struct Folder {
    root: TempDir,
}

impl Folder {
    fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    fn sounds(&self) -> PathBuf {
        self.root.path().join("sounds")
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.root.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, name: &str, bytes: &[u8]) -> Result<Sound, SoundError> {
        import(&self.file(name, bytes), &self.sounds())
    }

    fn copies(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.sounds()) else {
            return Vec::new();
        };
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

fn file_of(sound: &Sound) -> &str {
    match sound {
        Sound::File { file, .. } => file,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_four_formats_are_taken_and_can_be_loaded_afterwards() {
    let check = |name: &str, bytes: &[u8], frames: std::ops::Range<usize>| {
        let folder = Folder::new();
        let sound = folder.import(name, bytes).unwrap();
        super::check(&sound, &folder.sounds()).unwrap();
        let buffer = load(file_of(&sound), &folder.sounds()).unwrap();
        let got = buffer.samples().len() / usize::from(buffer.channels().get());
        assert!(frames.contains(&got), "{name}: {got} frames");
        let peak = buffer
            .samples()
            .iter()
            .fold(0f32, |peak, s| peak.max(s.abs()));
        assert!((0.2..=0.71).contains(&peak), "{name}: {peak}");
        let Sound::File { name: shown, .. } = sound else {
            panic!()
        };
        assert_eq!(shown, name);
    };
    check("bell.wav", &wav(8000, 1, 1), 9200..9201);
    check("stereo.wav", &wav(48_000, 2, 1), 55_200..55_201);
    check("surround.WAV", &wav(48_000, 6, 1), 55_200..55_201);
    check("beep.flac", FLAC, 8800..8840);
    check("beep.ogg", OGG, 8000..9500);
    check("beep.mp3", MP3, 8000..11_000);
    check("misnamed.mp3", &wav(8000, 1, 1), 9200..9201);
    check("no extension", FLAC, 8800..8840);
}

#[test]
fn what_is_no_bell_is_refused_with_its_code_and_leaves_nothing_behind() {
    let check = |name: &str, bytes: &[u8], code: ErrorCode| {
        let folder = Folder::new();
        let error = folder.import(name, bytes).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(folder.copies().is_empty(), "{name}: {:?}", folder.copies());
    };
    check("empty.wav", b"", ErrorCode::SoundUnreadable);
    check(
        "text.wav",
        b"this is no sound at all, only words",
        ErrorCode::SoundUnreadable,
    );
    check(
        "picture.ogg",
        b"\x89PNG\r\n\x1a\n0000IHDR",
        ErrorCode::SoundUnreadable,
    );
    check(
        "headers only.wav",
        &header(1, 16, 8000, 1, 0),
        ErrorCode::SoundUnreadable,
    );
    check(
        "no channels.wav",
        &header(1, 16, 8000, 0, 4),
        ErrorCode::SoundUnreadable,
    );
    check(
        "no rate.wav",
        &header(1, 16, 0, 1, 4),
        ErrorCode::SoundUnreadable,
    );
    check("long.wav", &wav(1000, 1, 301), ErrorCode::SoundTooLarge);
}

#[test]
fn missing_files_and_folders_are_told_apart() {
    let folder = Folder::new();
    let missing = import(&folder.root.path().join("gone.wav"), &folder.sounds()).unwrap_err();
    assert_eq!(missing.code(), ErrorCode::SoundMissing);
    let directory = import(folder.root.path(), &folder.sounds()).unwrap_err();
    assert!(matches!(directory, SoundError::NotAFile(_)), "{directory}");
    #[cfg(unix)]
    {
        let device = import(Path::new("/dev/zero"), &folder.sounds()).unwrap_err();
        assert!(matches!(device, SoundError::NotAFile(_)), "{device}");
    }
}

#[test]
fn a_gigabyte_is_refused_by_its_size_unread() {
    let folder = Folder::new();
    let path = folder.root.path().join("huge.wav");
    // Sparse: it would take this test minutes and a gigabyte of memory if it were read.
    File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let error = import(&path, &folder.sounds()).unwrap_err();
    assert!(
        matches!(error, SoundError::TooLarge { bytes } if bytes == 1 << 30),
        "{error}"
    );
    assert_eq!(error.code(), ErrorCode::SoundTooLarge);
}

#[test]
fn the_same_content_is_one_copy_whatever_its_name() {
    let folder = Folder::new();
    let first = folder.import("a.flac", FLAC).unwrap();
    let second = folder.import("b.flac", FLAC).unwrap();
    assert_eq!(file_of(&first), file_of(&second));
    assert_eq!(folder.copies(), vec![file_of(&first)]);
    assert_eq!(
        fs::read(folder.sounds().join(file_of(&first))).unwrap(),
        FLAC
    );
}

#[test]
fn a_copy_that_is_removed_or_damaged_later_is_noticed() {
    let folder = Folder::new();
    let sound = folder.import("a.wav", &wav(8000, 1, 1)).unwrap();
    let copy = folder.sounds().join(file_of(&sound));
    fs::write(&copy, b"rubbish").unwrap();
    let damaged = check(&sound, &folder.sounds())
        .unwrap_err()
        .into_problem("a.wav");
    assert!(
        matches!(damaged, SoundProblem::FileUnreadable { .. }),
        "{damaged}"
    );
    fs::remove_file(&copy).unwrap();
    let gone = check(&sound, &folder.sounds())
        .unwrap_err()
        .into_problem("a.wav");
    assert_eq!(
        gone,
        SoundProblem::FileMissing {
            name: "a.wav".to_owned()
        }
    );
    check(&Sound::Bowl, &folder.sounds()).unwrap();
}

#[test]
fn a_stored_name_never_leads_out_of_the_folder() {
    let folder = Folder::new();
    folder.file("secret.wav", &wav(8000, 1, 1));
    fs::create_dir_all(folder.sounds()).unwrap();
    for name in [
        "../secret.wav",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/../b.wav",
        "..\\x.wav",
        "C:x.wav",
        "a\0.wav",
    ] {
        let error = load(name, &folder.sounds()).unwrap_err();
        assert!(matches!(error, SoundError::BadName(_)), "{name:?}: {error}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_a_failed_copy_not_a_bad_sound() {
    let folder = Folder::new();
    folder.file("sounds", b"a file where the folder should be");
    let error = folder.import("a.wav", &wav(8000, 1, 1)).unwrap_err();
    assert!(matches!(error, SoundError::NotCopied(_)), "{error}");
}

#[test]
fn samples_that_are_no_numbers_become_silence() {
    let folder = Folder::new();
    let mut bytes = header(3, 32, 8000, 1, 16);
    for sample in [0.5f32, f32::NAN, f32::INFINITY, -0.5] {
        bytes.extend(sample.to_le_bytes());
    }
    let sound = folder.import("odd.wav", &bytes).unwrap();
    let buffer = load(file_of(&sound), &folder.sounds()).unwrap();
    assert_eq!(&buffer.samples()[..4], &[0.5, 0.0, 0.0, -0.5]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_files_are_errors_or_sounds_but_never_a_panic_that_escapes(
        which in 0..4usize,
        hits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
        keep in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = [wav(8000, 1, 1), FLAC.to_vec(), OGG.to_vec(), MP3.to_vec()][which].clone();
        for (at, value) in hits {
            let at = at.index(bytes.len().min(400));
            bytes[at] = value;
        }
        bytes.truncate(keep.index(bytes.len()) + 1);
        if let Ok(buffer) = decode(bytes, "wav", usize::MAX) {
            prop_assert!(buffer.samples().iter().all(|s| s.is_finite() && s.abs() <= 1.0));
        }
    }
}
