//! Keys of an X display (X Window System Protocol, `GrabKey`), heard by a thread that sleeps until
//! one is pressed, or the keyboard becomes another.
//!
//! Must hold: it never claims keys that another program hears instead. The display tells of those that
//! are grabbed as these are; of those that are grabbed through `XInput2`, as GNOME's own, `taken` asks.
//!
//! Under Wayland no program hears keys that are meant for others, and X programs hear only those
//! meant for X programs: there it is refused, so that nobody waits for it.

mod taken;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use mitta_domain::ShortcutKeys;
use mitta_runtime::display::Display;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode,
    Keycode, Keysym, ModMask, WindowClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

use super::{Heard, Refused};

/// Keys that are held until this is dropped, as long as the keyboard has them and no other program.
pub struct Grab {
    display: Arc<Server>,
    thread: Option<JoinHandle<()>>,
}

struct Server {
    connection: RustConnection,
    root: u32,
    /// A window that is never shown, to wake the thread with.
    wake: u32,
    is_held: AtomicBool,
}

/// Holds keys. What becomes of that is told from then on, and each time that they are pressed.
///
/// # Errors
/// [`Refused`], where there is no use in waiting for them.
pub fn hold(keys: &ShortcutKeys, tell: impl Fn(Heard) + Send + 'static) -> Result<Grab, Refused> {
    if Display::here() == Display::Wayland {
        let why = "under Wayland no program has keys for itself";
        return Err(Refused::NotHere(why.to_owned()));
    }
    hold_on(None, keys, tell)
}

/// The same, of the display of this name; without one, of that of the environment.
fn hold_on(
    display: Option<&str>,
    keys: &ShortcutKeys,
    tell: impl Fn(Heard) + Send + 'static,
) -> Result<Grab, Refused> {
    let (held, keysym) = x_keys(keys).ok_or(Refused::NoSuchKey)?;
    let display = Arc::new(Server::open(display)?);
    let listening = Arc::clone(&display);
    let thread = std::thread::Builder::new()
        .name("mitta-shortcut".to_owned())
        .spawn(move || listening.listen(held, keysym, &tell))
        .map_err(not_here)?;
    Ok(Grab {
        display,
        thread: Some(thread),
    })
}

impl Grab {
    /// Whether they are held now; where not, that was told.
    pub fn is_held(&self) -> bool {
        self.display.is_held.load(Ordering::Acquire)
    }
}

impl Drop for Grab {
    fn drop(&mut self) {
        let thread = self.thread.take();
        // Without a display the thread has ended by itself.
        if let Err(error) = self.display.wake() {
            tracing::debug!(%error, "the display is gone");
        }
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the shortcut panicked");
        }
    }
}

impl Server {
    fn open(display: Option<&str>) -> Result<Self, Refused> {
        let (connection, number) = x11rb::connect(display).map_err(not_here)?;
        let screen = connection.setup().roots.get(number);
        let root = screen.ok_or_else(|| not_here("no screen"))?.root;
        let wake = connection.generate_id().map_err(not_here)?;
        let display = Self {
            connection,
            root,
            wake,
            is_held: AtomicBool::new(false),
        };
        display.make_wake().map_err(not_here)?;
        Ok(display)
    }

    fn make_wake(&self) -> Result<(), ReplyError> {
        let (kind, like_root) = (WindowClass::INPUT_ONLY, x11rb::COPY_FROM_PARENT);
        let about = CreateWindowAux::new();
        self.connection
            .create_window(
                0, self.wake, self.root, 0, 0, 1, 1, 0, kind, like_root, &about,
            )?
            .check()
    }

    fn wake(&self) -> Result<(), ReplyError> {
        let message = ClientMessageEvent::new(32, self.wake, AtomEnum::INTEGER, [0; 5]);
        self.connection
            .send_event(false, self.wake, EventMask::NO_EVENT, message)?
            .check()
    }

    /// Holds the key that gives a symbol, and tells whether it does.
    fn grab(&self, held: ModMask, keysym: Keysym, tell: &impl Fn(Heard)) -> Option<Keycode> {
        let grabbed = self.try_grab(held, keysym);
        if grabbed.is_err()
            && let Err(refused) = self.let_go()
        {
            tracing::debug!(?refused, "what was held in part is still");
        }
        self.is_held.store(grabbed.is_ok(), Ordering::Release);
        match grabbed {
            Ok(keycode) => {
                tell(Heard::Held);
                Some(keycode)
            }
            Err(refused) => {
                tell(Heard::Lost(refused));
                None
            }
        }
    }

    /// The key that gives a symbol, by itself before with Shift, held whatever locks are on.
    fn try_grab(&self, held: ModMask, keysym: Keysym) -> Result<Keycode, Refused> {
        let keycode = self.keycode(keysym).map_err(not_here)?;
        let keycode = keycode.ok_or(Refused::NoSuchKey)?;
        let now = GrabMode::ASYNC;
        for locks in locks() {
            let grabbed = self
                .connection
                .grab_key(false, self.root, held | locks, keycode, now, now)
                .map_err(ReplyError::from)
                .and_then(x11rb::cookie::VoidCookie::check);
            match grabbed {
                Ok(()) => {}
                Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => {
                    return Err(Refused::Taken);
                }
                Err(error) => return Err(not_here(error)),
            }
        }
        let all = locks().map(|locks| held | locks);
        if taken::is_taken(&self.connection, self.root, keycode, all).map_err(not_here)? {
            return Err(Refused::Taken);
        }
        Ok(keycode)
    }

    fn keycode(&self, keysym: Keysym) -> Result<Option<Keycode>, ReplyError> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = self
            .connection
            .get_keyboard_mapping(first, last - first + 1)?
            .reply()?;
        let width = usize::from(mapping.keysyms_per_keycode).max(1);
        let keys = || (first..=last).zip(mapping.keysyms.chunks(width));
        let by_itself = keys().find(|(_, symbols)| symbols.first() == Some(&keysym));
        let found = by_itself.or_else(|| keys().find(|(_, symbols)| symbols.contains(&keysym)));
        Ok(found.map(|(keycode, _)| keycode))
    }

    fn listen(&self, held: ModMask, keysym: Keysym, tell: &impl Fn(Heard)) {
        let mut keycode = self.grab(held, keysym, tell);
        let mut released = None;
        loop {
            match self.connection.wait_for_event() {
                Ok(Event::ClientMessage(_)) => return,
                Ok(Event::KeyRelease(event)) => released = Some(event.time),
                // A key that is kept down is let go and pressed at one moment, again and again.
                Ok(Event::KeyPress(event)) if released != Some(event.time) => tell(Heard::Pressed),
                Ok(Event::MappingNotify(_)) => {
                    // One that was lost may be there again.
                    let is_moved = self.keycode(keysym).is_ok_and(|it| it != keycode);
                    if keycode.is_none() || is_moved {
                        if let Err(refused) = self.let_go() {
                            tracing::warn!(?refused, "the old key is held still");
                        }
                        keycode = self.grab(held, keysym, tell);
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    self.is_held.store(false, Ordering::Release);
                    tell(Heard::Lost(not_here(error)));
                    return;
                }
            }
        }
    }

    fn let_go(&self) -> Result<(), Refused> {
        self.connection
            .ungrab_key(x11rb::protocol::xproto::Grab::ANY, self.root, ModMask::ANY)
            .map_err(ReplyError::from)
            .and_then(x11rb::cookie::VoidCookie::check)
            .map_err(not_here)
    }
}

fn not_here(why: impl std::fmt::Display) -> Refused {
    Refused::NotHere(why.to_string())
}

/// Caps Lock and Num Lock count as held keys, and are not meant.
fn locks() -> [ModMask; 4] {
    let (caps, num) = (ModMask::LOCK, ModMask::M2);
    [ModMask::default(), caps, num, caps | num]
}

/// What is held, and the symbol of the key (`keysymdef.h`).
fn x_keys(keys: &ShortcutKeys) -> Option<(ModMask, Keysym)> {
    let mut words = keys.as_str().rsplit('+');
    let keysym = keysym(words.next()?)?;
    let held = words.try_fold(ModMask::default(), |held, word| {
        let one = match word {
            "Ctrl" => ModMask::CONTROL,
            "Alt" => ModMask::M1,
            "Shift" => ModMask::SHIFT,
            "Super" => ModMask::M4,
            _ => return None,
        };
        Some(held | one)
    })?;
    Some((held, keysym))
}

fn keysym(key: &str) -> Option<Keysym> {
    if let [c] = key.as_bytes() {
        return Some(Keysym::from(c.to_ascii_lowercase()));
    }
    if let Some(number) = key.strip_prefix('F').and_then(|it| it.parse::<u32>().ok()) {
        return Some(0xffbe + number.checked_sub(1)?);
    }
    Some(match key {
        "Space" => 0x20,
        "Enter" => 0xff0d,
        "Home" => 0xff50,
        "ArrowLeft" => 0xff51,
        "ArrowUp" => 0xff52,
        "ArrowRight" => 0xff53,
        "ArrowDown" => 0xff54,
        "PageUp" => 0xff55,
        "PageDown" => 0xff56,
        "End" => 0xff57,
        "Insert" => 0xff63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    /// Far beyond any time that is right.
    const AT_MOST: Duration = Duration::from_mins(1);

    /// A display that nobody sees, killed when dropped.
    struct Xvfb {
        server: Child,
        name: String,
    }

    impl Xvfb {
        /// Of this name, or of one that is free.
        fn start(name: Option<&str>) -> Self {
            let mut server = Command::new("Xvfb")
                .args(name)
                .args(["-displayfd", "1", "-screen", "0", "640x480x24"])
                .args(["-nolisten", "tcp", "-noreset"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("Xvfb (apt install xvfb)");
            let output = server.stdout.take().expect("a pipe");
            let mut number = String::new();
            let read = BufReader::new(output).read_line(&mut number);
            assert!(read.is_ok() && !number.is_empty(), "Xvfb did not start");
            let name = format!(":{}", number.trim());
            Self { server, name }
        }
    }

    impl Drop for Xvfb {
        fn drop(&mut self) {
            self.server.kill().expect("it runs");
            self.server.wait().expect("it ends");
        }
    }

    #[test]
    fn a_display_that_ends_loses_the_keys_and_they_are_held_again_when_it_is_back() {
        let keys = ShortcutKeys::parse("Ctrl+Alt+M").expect("a shortcut");
        let (tell, heard) = channel();
        let hold = |display: &Xvfb| {
            let tell = tell.clone();
            let grab = hold_on(Some(&display.name), &keys, move |it| drop(tell.send(it)));
            let grab = grab.expect("a display");
            assert!(matches!(heard.recv_timeout(AT_MOST), Ok(Heard::Held)));
            assert!(grab.is_held());
            grab
        };
        let display = Xvfb::start(None);
        let name = display.name.clone();
        let grab = hold(&display);
        drop(display);
        let told = heard.recv_timeout(AT_MOST);
        assert!(matches!(told, Ok(Heard::Lost(Refused::NotHere(_)))));
        assert!(!grab.is_held(), "so that they are looked for again");
        // Nobody is there to wake its thread, which has ended.
        drop(grab);
        assert!(heard.try_recv().is_err(), "told once");
        let refused = hold_on(Some(&name), &keys, |_| {});
        assert!(matches!(refused, Err(Refused::NotHere(_))));

        let display = Xvfb::start(Some(&name));
        assert_eq!(display.name, name);
        drop(hold(&display));
    }

    #[test]
    fn each_key_has_its_symbol_and_what_is_held() {
        let check = |text: &str, held: ModMask, keysym: Keysym| {
            let keys = ShortcutKeys::parse(text).expect("a shortcut");
            assert_eq!(x_keys(&keys), Some((held, keysym)), "{text}");
        };
        check("Ctrl+Alt+M", ModMask::CONTROL | ModMask::M1, 0x6d);
        check("Super+0", ModMask::M4, 0x30);
        check("Shift+F12", ModMask::SHIFT, 0xffc9);
        check("F1", ModMask::default(), 0xffbe);
        check("Alt+Space", ModMask::M1, 0x20);
        check("Ctrl+PageDown", ModMask::CONTROL, 0xff56);
    }
}
