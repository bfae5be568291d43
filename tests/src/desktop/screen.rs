//! The display as a window manager sees it: which windows are up, closing them as its button
//! would, and pictures.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, InputFocus,
    KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// A connection to the display of this test run.
pub struct Screen {
    connection: RustConnection,
    root: u32,
}

/// A window of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppWindow {
    /// The X window.
    pub id: u32,
    /// Its title.
    pub title: String,
    /// Whether it is mapped.
    pub is_up: bool,
    /// Width and height in pixels.
    pub size: (u16, u16),
}

impl Screen {
    /// # Errors
    /// If there is no display.
    pub fn connect() -> Result<Self> {
        let (connection, number) = x11rb::connect(None)?;
        let screen = connection.setup().roots.get(number);
        let root = screen.context("a screen")?.root;
        Ok(Self { connection, root })
    }

    fn atom(&self, name: &str) -> Result<u32> {
        let atom = self.connection.intern_atom(false, name.as_bytes())?;
        Ok(atom.reply()?.atom)
    }

    /// The windows of the process `pid` that carry a title and are larger than a helper's.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn windows_of(&self, pid: u32) -> Result<Vec<AppWindow>> {
        let of_process = self.atom("_NET_WM_PID")?;
        let mut found = Vec::new();
        let tree = self.connection.query_tree(self.root)?.reply()?;
        for id in tree.children {
            let property = |name: u32, kind: u32| -> Result<_> {
                let asked = self.connection.get_property(false, id, name, kind, 0, 64)?;
                Ok(asked.reply().ok())
            };
            let owner = property(of_process, AtomEnum::CARDINAL.into())?;
            if owner.and_then(|it| it.value32()?.next()) != Some(pid) {
                continue;
            }
            let title = property(AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())?
                .map(|it| String::from_utf8_lossy(&it.value).into_owned())
                .unwrap_or_default();
            // A window may go between two questions.
            let Ok(shape) = self.connection.get_geometry(id)?.reply() else {
                continue;
            };
            let Ok(state) = self.connection.get_window_attributes(id)?.reply() else {
                continue;
            };
            if shape.width >= 100 {
                found.push(AppWindow {
                    id,
                    title,
                    is_up: state.map_state == MapState::VIEWABLE,
                    size: (shape.width, shape.height),
                });
            }
        }
        Ok(found)
    }

    /// Closes a window as the button in its title bar does.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn close(&self, id: u32) -> Result<()> {
        let (protocols, delete) = (self.atom("WM_PROTOCOLS")?, self.atom("WM_DELETE_WINDOW")?);
        let message = ClientMessageEvent::new(32, id, protocols, [delete, 0, 0, 0, 0]);
        let sent = self
            .connection
            .send_event(false, id, EventMask::NO_EVENT, message)?;
        sent.check()?;
        Ok(())
    }

    /// Gives a window the keyboard, as a window manager would, and presses Return.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn press_return(&self, id: u32) -> Result<()> {
        /// Where it is on every keyboard of this display.
        const RETURN: u8 = 36;
        self.connection
            .set_input_focus(InputFocus::PARENT, id, x11rb::CURRENT_TIME)?
            .check()?;
        for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            self.connection
                .xtest_fake_input(kind, RETURN, x11rb::CURRENT_TIME, self.root, 0, 0, 0)?
                .check()?;
        }
        Ok(())
    }

    /// Takes a window off the display, as minimising does.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn hide(&self, id: u32) -> Result<()> {
        Ok(self.connection.unmap_window(id)?.check()?)
    }

    /// Gives a window a size in pixels, at the display's corner.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn resize(&self, id: u32, width: u32, height: u32) -> Result<()> {
        let shape = ConfigureWindowAux::new()
            .x(0)
            .y(0)
            .width(width)
            .height(height);
        self.connection.configure_window(id, &shape)?.check()?;
        Ok(())
    }

    /// Writes a picture of a window, in at most 128 colours, with no pointer over anything.
    ///
    /// # Errors
    /// If `ImageMagick` is not installed or cannot write there.
    pub fn picture(&self, id: u32, path: &Path) -> Result<()> {
        let (far, none) = (i16::MAX, x11rb::NONE);
        self.connection
            .warp_pointer(none, self.root, 0, 0, 0, 0, far, far)?
            .check()?;
        let taken = Command::new("import")
            .args(["-window", &id.to_string()])
            .args(["-strip", "-dither", "None", "-colors", "128"])
            .args(["-define", "png:compression-level=9"])
            .arg(format!("PNG8:{}", path.display()))
            .status()
            .context("import (apt install imagemagick)")?;
        ensure!(taken.success(), "no picture of window {id}");
        Ok(())
    }
}
