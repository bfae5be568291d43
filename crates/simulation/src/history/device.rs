//! A device: a real data folder, the app's handle on it, a clock that is wrong by days.

use std::path::Path;

use mitta_domain::{DeviceId, SessionId, UnixMillis};
use mitta_store::{DataDir, Opening, Reader, Writer};
use tempfile::TempDir;

use super::Broken;

/// How far a device is with its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedIn {
    /// Never signed in.
    No,
    /// Signed in; whether its history may be offered is not answered yet.
    Asked,
    /// Signed in for good.
    Yes,
}

/// One device of a person.
#[derive(Debug)]
pub struct Device {
    /// Whose, by number.
    pub person: usize,
    /// Itself.
    pub id: DeviceId,
    /// How far its clock is from the server's, in milliseconds.
    pub skew_ms: i64,
    /// Whether it has an account.
    pub signed_in: SignedIn,
    /// Its token's number; whether it is still good is the server's to say.
    pub token: u64,
    /// Its sits that run, in the order in which they began.
    pub running: Vec<SessionId>,
    app: Option<Writer>,
    shown: Option<Reader>,
    /// Handles of sync that no round is using.
    pub idle: Vec<(Writer, Reader)>,
    folder: TempDir,
}

impl Device {
    /// A new device in a folder of its own under `under`.
    pub fn new(
        under: &Path,
        person: usize,
        device_id: DeviceId,
        skew_ms: i64,
    ) -> Result<Self, Broken> {
        let folder = TempDir::new_in(under).map_err(|error| Broken::new("a folder", error))?;
        Ok(Self {
            person,
            id: device_id,
            skew_ms,
            signed_in: SignedIn::No,
            token: 0,
            running: Vec::new(),
            app: None,
            shown: None,
            idle: Vec::new(),
            folder,
        })
    }

    /// The folder.
    pub fn dir(&self) -> DataDir {
        DataDir::new(self.folder.path().join("mitta"))
    }

    /// Its clock.
    pub fn wall_ms(&self, now_ms: i64) -> UnixMillis {
        UnixMillis(now_ms + self.skew_ms)
    }

    fn open(&self, now_ms: i64) -> Result<Writer, Broken> {
        let opening = Opening::new(self.wall_ms(now_ms), self.id);
        let (writer, opened) =
            Writer::open(&self.dir(), opening).map_err(|error| Broken::new("opening", error))?;
        if opened.set_aside.is_some() {
            return Err(Broken::new("opening", "the database was set aside"));
        }
        Ok(writer)
    }

    /// The app's own handle.
    pub fn app(&mut self, now_ms: i64) -> Result<&mut Writer, Broken> {
        if self.app.is_none() {
            self.app = Some(self.open(now_ms)?);
        }
        self.app
            .as_mut()
            .ok_or_else(|| Broken::new("opening", "gone"))
    }

    /// Handles for a round.
    pub fn for_sync(&mut self, now_ms: i64) -> Result<(Writer, Reader), Broken> {
        match self.idle.pop() {
            Some(handles) => Ok(handles),
            None => Ok((self.open(now_ms)?, self.read()?)),
        }
    }

    /// The app's handle that reads.
    pub fn reader(&mut self, now_ms: i64) -> Result<&Reader, Broken> {
        self.app(now_ms)?;
        if self.shown.is_none() {
            self.shown = Some(self.read()?);
        }
        let gone = || Broken::new("reading", "gone");
        self.shown.as_ref().ok_or_else(gone)
    }

    fn read(&self) -> Result<Reader, Broken> {
        Reader::open(&self.dir()).map_err(|error| Broken::new("reading", error))
    }

    /// Every process of the device is gone; only the disk is left.
    pub fn crash(&mut self) {
        self.app = None;
        self.shown = None;
        self.idle.clear();
    }
}
