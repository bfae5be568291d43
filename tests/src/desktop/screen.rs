//! The display as a window manager sees it: which windows are up, closing them as its button
//! would, and pictures.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::xinput::{ConnectionExt as _, GrabMode22, GrabOwner, GrabType};
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask,
    GetPropertyReply, GrabMode, ImageFormat, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    MapState, ModMask,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::{DefaultStream, RustConnection};

use super::display;

/// A connection to the display of this test.
pub struct Screen {
    name: String,
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

/// A key without its symbols. The display is other tests' too: dropped, it gives them back.
pub struct WithoutSymbols<'a> {
    screen: &'a Screen,
    keycode: u8,
    symbols: Vec<u32>,
}

impl Drop for WithoutSymbols<'_> {
    fn drop(&mut self) {
        // Without a display there is nobody to give them back to.
        let _ = self.screen.give_symbols(self.keycode, &self.symbols);
    }
}

impl Screen {
    /// # Errors
    /// If there is no display.
    pub fn connect() -> Result<Self> {
        let name = display::name()?;
        let name = name.into_string();
        let name = name.ok().context("a display's name is text")?;
        let (connection, number) = x11rb::connect(Some(&name))?;
        let screen = connection.setup().roots.get(number);
        let root = screen.context("a screen")?.root;
        Ok(Self {
            name,
            connection,
            root,
        })
    }

    /// The display of a test that sees another root directory than its server, where the server's
    /// socket has no file: by its other name, which has none. It has to let everybody in.
    ///
    /// # Errors
    /// If there is no display of this machine's.
    #[cfg(target_os = "linux")]
    pub fn connect_from_another_root() -> Result<Self> {
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::net::{SocketAddr, UnixStream};

        let name = display::name()?;
        let name = name.into_string();
        let name = name.ok().context("a display's name is text")?;
        let number = name
            .strip_prefix(':')
            .context("a display of this machine")?;
        let address = SocketAddr::from_abstract_name(format!("/tmp/.X11-unix/X{number}"))?;
        let (stream, _) = DefaultStream::from_unix_stream(UnixStream::connect_addr(&address)?)?;
        let connection = RustConnection::connect_to_stream(stream, 0)?;
        let root = connection.setup().roots.first().context("a screen")?.root;
        Ok(Self {
            name,
            connection,
            root,
        })
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
            let owner = self.property(id, of_process, AtomEnum::CARDINAL.into())?;
            if owner.and_then(|it| it.value32()?.next()) == Some(pid) {
                found.extend(self.window(id)?);
            }
        }
        Ok(found)
    }

    fn property(&self, id: u32, name: u32, kind: u32) -> Result<Option<GetPropertyReply>> {
        let asked = self.connection.get_property(false, id, name, kind, 0, 64)?;
        Ok(asked.reply().ok())
    }

    /// What is to be said of a window; nothing of a helper's small one, or of one that has gone since.
    fn window(&self, id: u32) -> Result<Option<AppWindow>> {
        let title = self
            .property(id, AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())?
            .map(|it| String::from_utf8_lossy(&it.value).into_owned())
            .unwrap_or_default();
        let Ok(shape) = self.connection.get_geometry(id)?.reply() else {
            return Ok(None);
        };
        let Ok(state) = self.connection.get_window_attributes(id)?.reply() else {
            return Ok(None);
        };
        let is_large = shape.width >= 100;
        Ok(is_large.then_some(AppWindow {
            id,
            title,
            is_up: state.map_state == MapState::VIEWABLE,
            size: (shape.width, shape.height),
        }))
    }

    /// The windows with this title, of whatever process.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn windows_titled(&self, title: &str) -> Result<Vec<AppWindow>> {
        let tree = self.connection.query_tree(self.root)?.reply()?;
        let mut found = Vec::new();
        for id in tree.children {
            if let Some(window) = self.window(id)?
                && window.title == title
            {
                found.push(window);
            }
        }
        Ok(found)
    }

    /// What a window says that it is (`WM_CLASS`), by which a desktop knows whose it is.
    ///
    /// # Errors
    /// If the display or the window is gone.
    pub fn classes(&self, id: u32) -> Result<Vec<String>> {
        let (name, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        let asked = self.connection.get_property(false, id, name, kind, 0, 64)?;
        let value = asked.reply()?.value;
        let words = value.split(|it| *it == 0).filter(|it| !it.is_empty());
        let words = words.map(|it| String::from_utf8_lossy(it).into_owned());
        Ok(words.collect())
    }

    /// How many colours a window shows.
    ///
    /// # Errors
    /// If the display or the window is gone.
    pub fn colours(&self, id: u32) -> Result<usize> {
        let shape = self.connection.get_geometry(id)?.reply()?;
        let (width, height) = (shape.width, shape.height);
        let format = ImageFormat::Z_PIXMAP;
        let asked = self
            .connection
            .get_image(format, id, 0, 0, width, height, u32::MAX)?;
        let pixels = asked.reply()?.data;
        let colours: HashSet<&[u8]> = pixels.chunks_exact(4).collect();
        Ok(colours.len())
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

    /// Presses keys, each by its number, and lets go of them the other way round: wherever the keyboard is.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn press(&self, keycodes: &[u8]) -> Result<()> {
        let down = keycodes.iter().map(|key| (KEY_PRESS_EVENT, *key));
        let up = keycodes.iter().rev().map(|key| (KEY_RELEASE_EVENT, *key));
        for (kind, key) in down.chain(up) {
            self.connection
                .xtest_fake_input(kind, key, x11rb::CURRENT_TIME, self.root, 0, 0, 0)?
                .check()?;
        }
        Ok(())
    }

    /// Takes a key with Control for this program, as long as it is connected.
    ///
    /// # Errors
    /// If another has it.
    pub fn take_with_control(&self, keycode: u8) -> Result<()> {
        let (held, mode) = (ModMask::CONTROL, GrabMode::ASYNC);
        self.connection
            .grab_key(false, self.root, held, keycode, mode, mode)?
            .check()?;
        Ok(())
    }

    /// Takes a key with Control as a desktop does for itself, through `XInput2`: as long as this program
    /// is connected.
    ///
    /// # Errors
    /// If another has it that way, or the display knows no such way.
    pub fn take_with_control_for_the_desktop(&self, keycode: u8) -> Result<()> {
        /// The number of a display's own keyboard.
        const KEYBOARD: u16 = 3;
        self.connection.xinput_xi_query_version(2, 2)?.reply()?;
        let asked = self.connection.xinput_xi_passive_grab_device(
            x11rb::CURRENT_TIME,
            self.root,
            x11rb::NONE,
            keycode.into(),
            KEYBOARD,
            GrabType::KEYCODE,
            GrabMode22::ASYNC,
            GrabMode::ASYNC,
            GrabOwner::NO_OWNER,
            &[],
            &[u16::from(ModMask::CONTROL).into()],
        )?;
        let refused = asked.reply()?.modifiers;
        ensure!(refused.is_empty(), "another program has it: {refused:?}");
        Ok(())
    }

    /// Takes a key's symbols away, as another keyboard would, until what is returned is dropped.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn without_symbols(&self, keycode: u8) -> Result<WithoutSymbols<'_>> {
        let asked = self.connection.get_keyboard_mapping(keycode, 1)?;
        let symbols = asked.reply()?.keysyms;
        let without = WithoutSymbols {
            screen: self,
            keycode,
            symbols,
        };
        self.give_symbols(keycode, &vec![0; without.symbols.len()])?;
        Ok(without)
    }

    fn give_symbols(&self, keycode: u8, symbols: &[u32]) -> Result<()> {
        let width = u8::try_from(symbols.len())?;
        self.connection
            .change_keyboard_mapping(1, keycode, width, symbols)?
            .check()?;
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
            .args(["-display", &self.name])
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
