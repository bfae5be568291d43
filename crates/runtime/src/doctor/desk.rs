//! What Mitta is to the rest of the desktop: whether it starts at login, and keys from anywhere.

use mitta_domain::Shortcut;

use crate::api::{Advice, ApiError, Check, CheckName, ErrorCode, Found};
use crate::display::Display;
use crate::login::Started;

/// What the session starts, by which file, and whether that is there.
pub(super) fn start_at_login(looked: Result<Started, ApiError>) -> Check {
    let name = CheckName::StartAtLogin;
    let started = match looked {
        Ok(started) => started,
        Err(error) if error.code == ErrorCode::NoStartAtLogin => {
            return Check::well(name, Found::NotLookedAt);
        }
        Err(error) => {
            return Check::bad(name, Found::Failed, Advice::CheckPermission).text(error.message);
        }
    };
    match started.program {
        None => Check::well(name, Found::NotStarted),
        Some(program) if started.is_there => Check::well(name, Found::Started).text(program),
        Some(program) => Check::bad(name, Found::StartsNothing, Advice::StartAgain).text(program),
    }
    .file(&started.file)
}

/// Which keys are set, and whether a program can have keys where this one runs. Whether another has
/// them, only the window finds out, as it holds them.
pub(super) fn shortcut(shortcut: Option<&Shortcut>, display: Display) -> Check {
    let name = CheckName::Shortcut;
    if !cfg!(target_os = "linux") {
        return Check::well(name, Found::NotLookedAt);
    }
    let Some(shortcut) = shortcut else {
        return match display {
            Display::Wayland => Check::well(name, Found::ShortcutWayland),
            Display::X11 | Display::None => Check::well(name, Found::NoShortcut),
        };
    };
    match display {
        Display::X11 => Check::well(name, Found::Shortcut),
        Display::Wayland => Check::bad(name, Found::ShortcutWayland, Advice::DesktopKeys),
        Display::None => Check::well(name, Found::ShortcutNoDisplay),
    }
    .text(&shortcut.keys)
}

#[cfg(test)]
mod tests {
    use mitta_domain::{ShortcutDoes, ShortcutKeys};

    use super::*;

    #[test]
    fn a_start_at_login_names_its_file_and_its_program() {
        let check = |program: Option<&str>, is_there: bool, found: Found, advice| {
            let check = start_at_login(Ok(Started {
                file: "/home/anna/x.desktop".into(),
                program: program.map(str::to_owned),
                is_there,
            }));
            assert_eq!((check.found, check.advice), (found, advice));
            assert_eq!(check.file.as_deref(), Some("/home/anna/x.desktop"));
            assert_eq!(check.text.as_deref(), program);
        };
        check(None, false, Found::NotStarted, None);
        check(Some("/usr/bin/mitta-desktop"), true, Found::Started, None);
        let again = Some(Advice::StartAgain);
        check(
            Some("/opt/mitta-desktop"),
            false,
            Found::StartsNothing,
            again,
        );
        let refused = |code| start_at_login(Err(ApiError::new(code, "why")));
        assert!(refused(ErrorCode::NoStartAtLogin).ok);
        assert_eq!(
            refused(ErrorCode::StartAtLoginFailed).text.as_deref(),
            Some("why")
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn keys_that_cannot_be_had_are_told_from_those_that_can() {
        let keys = Shortcut {
            keys: ShortcutKeys::parse("Ctrl+Alt+M").unwrap(),
            does: ShortcutDoes::Show,
        };
        let check = |set: Option<&Shortcut>, display, found: Found, ok: bool| {
            let check = shortcut(set, display);
            assert_eq!((check.found, check.ok), (found, ok));
            assert_eq!(check.text.as_deref(), set.map(|_| "Ctrl+Alt+M"));
        };
        check(None, Display::X11, Found::NoShortcut, true);
        check(None, Display::None, Found::NoShortcut, true);
        check(None, Display::Wayland, Found::ShortcutWayland, true);
        check(Some(&keys), Display::X11, Found::Shortcut, true);
        check(Some(&keys), Display::Wayland, Found::ShortcutWayland, false);
        check(Some(&keys), Display::None, Found::ShortcutNoDisplay, true);
    }
}
