//! A device: a real data folder, handles on it, a clock that is wrong by days.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use mitta_domain::{DeviceId, SessionId, UnixMillis};
use mitta_store::{DataDir, Opening, Reader, Writer};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use uuid::Uuid;

use super::Broken;
use super::look::looking;

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
    /// Handles that no round is using. A device that syncs has more of them: each round is a process.
    idle: Vec<(Writer, Reader)>,
    looked_at: Option<Connection>,
    folder: TempDir,
}

impl Device {
    /// A new device in a folder of its own under `under`, in which the tables are made already: making
    /// them is tested elsewhere, and took a fourth of the time of all histories.
    pub fn new(
        under: &Path,
        person: usize,
        device_id: DeviceId,
        skew_ms: i64,
    ) -> Result<Self, Broken> {
        let folder = TempDir::new_in(under).map_err(making)?;
        let dir = DataDir::new(folder.path().join("mitta"));
        fs::create_dir(dir.path()).map_err(making)?;
        fs::write(dir.database(), without_device(under)?).map_err(making)?;
        Ok(Self {
            person,
            id: device_id,
            skew_ms,
            signed_in: SignedIn::No,
            token: 0,
            running: Vec::new(),
            idle: Vec::new(),
            looked_at: None,
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

    fn handles(&mut self, now_ms: i64) -> Result<&mut (Writer, Reader), Broken> {
        if self.idle.is_empty() {
            let writer = self.open(now_ms)?;
            self.idle.push((writer, self.read()?));
        }
        let gone = || Broken::new("opening", "gone");
        self.idle.last_mut().ok_or_else(gone)
    }

    /// The app's handle.
    pub fn app(&mut self, now_ms: i64) -> Result<&mut Writer, Broken> {
        Ok(&mut self.handles(now_ms)?.0)
    }

    /// The app's handle that reads.
    pub fn reader(&mut self, now_ms: i64) -> Result<&Reader, Broken> {
        Ok(&self.handles(now_ms)?.1)
    }

    /// Handles that are a round's own until it gives them back.
    pub fn for_sync(&mut self, now_ms: i64) -> Result<(Writer, Reader), Broken> {
        self.handles(now_ms)?;
        self.idle
            .pop()
            .ok_or_else(|| Broken::new("opening", "gone"))
    }

    /// A round is over.
    pub fn give_back(&mut self, handles: (Writer, Reader)) {
        self.idle.push(handles);
    }

    /// The database as any other program reads it, and as the app does.
    pub fn look_in(&mut self, now_ms: i64) -> Result<(&Connection, &Reader), Broken> {
        self.handles(now_ms)?;
        if self.looked_at.is_none() {
            let path = self.dir().database();
            let opened = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
            self.looked_at = Some(opened.map_err(looking)?);
        }
        let reader = self.idle.last().map(|(_, reader)| reader);
        let both = self.looked_at.as_ref().zip(reader);
        both.ok_or_else(|| Broken::new("looking", "gone"))
    }

    fn read(&self) -> Result<Reader, Broken> {
        Reader::open(&self.dir()).map_err(|error| Broken::new("reading", error))
    }

    /// Every process of the device is gone; only the disk is left.
    pub fn crash(&mut self) {
        self.idle.clear();
        self.looked_at = None;
    }
}

/// The bytes of a database of this version that is no device's yet. The first who opens it makes it one.
fn without_device(under: &Path) -> Result<&'static [u8], Broken> {
    static BYTES: OnceLock<Result<Vec<u8>, Broken>> = OnceLock::new();
    let made = BYTES.get_or_init(|| {
        let folder = TempDir::new_in(under).map_err(making)?;
        let dir = DataDir::new(folder.path().join("mitta"));
        let nobody = Opening::new(UnixMillis(0), DeviceId::from_uuid(Uuid::nil()));
        // Closed, it is one file without a log.
        drop(Writer::open(&dir, nobody).map_err(making)?);
        let connection = Connection::open(dir.database()).map_err(making)?;
        let devices = connection
            .execute("DELETE FROM device", [])
            .map_err(making)?;
        if devices != 1 {
            return Err(making(format!("{devices} devices")));
        }
        drop(connection);
        fs::read(dir.database()).map_err(making)
    });
    made.as_deref().map_err(Clone::clone)
}

fn making(error: impl std::fmt::Display) -> Broken {
    Broken::new("making a folder", error)
}
