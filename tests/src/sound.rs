//! Real sound on a machine without a sound card: a private sound server with a silent device, what
//! it was given recorded, and the strikes found in the recording.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::wait::{SOON, until};

mod recording;

pub use recording::{RATE, Recording, gaps_in, onsets, onsets_in};

/// A private `pulseaudio` whose only device is silent, until dropped.
pub struct PulseSink {
    folder: TempDir,
    server: Option<Child>,
    for_two: bool,
}

/// One of two programs that play into one device: each is heard by itself, on one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ear {
    /// The first.
    Left,
    /// The other.
    Right,
}

impl Ear {
    const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The part of the device that only this ear hears.
    fn module(self) -> String {
        let name = self.name();
        format!(
            "module-remap-sink sink_name={name} master=bell channels=1 channel_map=mono \
             master_channel_map=front-{name} remix=no"
        )
    }
}

impl PulseSink {
    /// Starts the server and waits until it answers.
    ///
    /// # Errors
    /// If `pulseaudio` is not installed or does not come up soon.
    pub fn start() -> Result<Self> {
        Self::with(false)
    }

    /// As [`PulseSink::start`], for two programs that are told apart: see [`PulseSink::env_of`].
    ///
    /// # Errors
    /// As [`PulseSink::start`].
    pub fn for_two() -> Result<Self> {
        Self::with(true)
    }

    fn with(for_two: bool) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("mitta-pulse").tempdir()?;
        fs::write(
            folder.path().join("asound.conf"),
            "</usr/share/alsa/alsa.conf>\n\
             pcm.!default { type pulse }\n\
             ctl.!default { type pulse }\n",
        )?;
        let mut sink = Self {
            folder,
            server: None,
            for_two,
        };
        sink.restart()?;
        Ok(sink)
    }

    /// Starts the server again after [`PulseSink::kill`].
    ///
    /// # Errors
    /// As [`PulseSink::start`].
    pub fn restart(&mut self) -> Result<()> {
        self.kill();
        let socket = self.folder.path().join("native");
        let _ = fs::remove_file(&socket);
        let protocol = format!("module-native-protocol-unix socket={}", socket.display());
        let ears = [Ear::Left, Ear::Right].into_iter();
        let ears = ears.filter(|_| self.for_two);
        let server = Command::new("pulseaudio")
            .args([
                "-n",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
            ])
            .args(["-L", &protocol, "-L", "module-null-sink sink_name=bell"])
            .args(ears.flat_map(|ear| ["-L".to_owned(), ear.module()]))
            .envs(self.env())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.folder.path().join("server.log"))?)
            .spawn()
            .context("pulseaudio (apt install pulseaudio)")?;
        self.server = Some(server);
        until("the sound server", SOON, || Ok(self.streams().is_ok()))
    }

    /// Kills the server, as if the device were pulled out.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            // It may have ended by itself; either way it is gone afterwards.
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    /// What a program needs in its environment to play into this sink.
    pub fn env(&self) -> Vec<(&'static str, PathBuf)> {
        let dir = self.folder.path();
        let server = PathBuf::from(format!("unix:{}", dir.join("native").display()));
        vec![
            ("XDG_RUNTIME_DIR", dir.to_owned()),
            ("PULSE_SERVER", server),
            ("PULSE_COOKIE", dir.join("cookie")),
            ("ALSA_CONFIG_PATH", dir.join("asound.conf")),
        ]
    }

    /// As [`PulseSink::env`], of the program that only this ear hears.
    pub fn env_of(&self, ear: Ear) -> Vec<(&'static str, PathBuf)> {
        let mut env = self.env();
        env.push(("PULSE_SINK", PathBuf::from(ear.name())));
        env
    }

    /// How many streams programs have open on the device.
    ///
    /// # Errors
    /// If `pactl` is not installed or gets no answer.
    pub fn streams(&self) -> Result<usize> {
        let listed = Command::new("pactl")
            .args(["list", "short", "sink-inputs"])
            .envs(self.env())
            .output()
            .context("pactl (apt install pulseaudio-utils)")?;
        ensure!(
            listed.status.success(),
            "pactl: {}",
            String::from_utf8_lossy(&listed.stderr)
        );
        Ok(listed
            .stdout
            .split(|byte| *byte == b'\n')
            // The ears themselves play on the device all the time.
            .filter(|line| !line.is_empty() && !contains(line, b"module-remap-sink"))
            .count())
    }

    /// Records from now on.
    ///
    /// # Errors
    /// If `parec` is not installed or no sound arrives soon.
    pub fn record(&self) -> Result<Recorder> {
        self.recorder(1)
    }

    /// Records from now on what each ear hears: end it with [`Recorder::stop_both`].
    ///
    /// # Errors
    /// As [`PulseSink::record`].
    pub fn record_both(&self) -> Result<Recorder> {
        self.recorder(2)
    }

    fn recorder(&self, channels: usize) -> Result<Recorder> {
        let mut child = Command::new("parec")
            .args([
                "-d",
                "bell.monitor",
                "--raw",
                "--format=float32le",
                "--latency-msec=10",
            ])
            .args([format!("--rate={RATE}"), format!("--channels={channels}")])
            .envs(self.env())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("parec (apt install pulseaudio-utils)")?;
        let mut pipe = child.stdout.take().context("parec has no output")?;
        let taken = Arc::new(Mutex::new(Taken {
            channels,
            ..Taken::default()
        }));
        let into = Arc::clone(&taken);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0u8; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut bytes) {
                into.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .add(&bytes[..count], now_ms());
            }
        });
        let recorder = Recorder {
            child,
            reader: Some(reader),
            taken,
        };
        until("the recorder", SOON, || Ok(recorder.frames() > 0))?;
        Ok(recorder)
    }
}

impl Drop for PulseSink {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What has been recorded so far.
#[derive(Default)]
struct Taken {
    channels: usize,
    bytes: Vec<u8>,
    /// Wall clock of the first frame: the earliest that any piece's arrival allows.
    start_ms: Option<f64>,
}

impl Taken {
    fn add(&mut self, bytes: &[u8], arrived_ms: f64) {
        self.bytes.extend_from_slice(bytes);
        let start = arrived_ms - recording::ms_of(self.frames());
        self.start_ms = Some(self.start_ms.map_or(start, |earlier| earlier.min(start)));
    }

    const fn frames(&self) -> usize {
        self.bytes.len() / 4 / self.channels
    }

    /// What one channel heard.
    fn heard(&self, channel: usize) -> Result<Recording> {
        let start_ms = self.start_ms.context("nothing was recorded")?;
        let (samples, _) = self.bytes.as_chunks::<4>();
        let samples = samples.iter().skip(channel).step_by(self.channels);
        Ok(Recording {
            samples: samples.map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            start_ms,
        })
    }
}

/// A recording under way; ended by [`Recorder::stop`] or by dropping it.
pub struct Recorder {
    child: Child,
    reader: Option<JoinHandle<()>>,
    taken: Arc<Mutex<Taken>>,
}

impl Recorder {
    /// Frames recorded so far.
    pub fn frames(&self) -> usize {
        self.taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .frames()
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// If nothing was recorded.
    pub fn stop(mut self) -> Result<Recording> {
        self.end();
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.heard(0)
    }

    /// Ends a recording of both ears: what the left one heard, and the right one.
    ///
    /// # Errors
    /// As [`Recorder::stop`].
    pub fn stop_both(mut self) -> Result<[Recording; 2]> {
        self.end();
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        Ok([taken.heard(0)?, taken.heard(1)?])
    }

    fn end(&mut self) {
        // It may have ended with its server; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.end();
    }
}

fn contains(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|part| part == word)
}

/// The wall clock, Unix milliseconds.
#[expect(
    clippy::disallowed_methods,
    reason = "the recorder is the watch the bells are held against"
)]
pub fn now_ms() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64()
        * 1000.0
}
