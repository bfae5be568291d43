//! Which display the session of this process has: whether a program can hold keys there.

/// Where windows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// An X server's: a program may hold keys.
    X11,
    /// Wayland's, also where this process would be beside it on X: no program has keys for itself.
    Wayland,
    /// None, as for a terminal of another machine.
    None,
}

impl Display {
    /// As the environment says.
    pub fn here() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|it| !it.is_empty());
        let is_wayland = is_set("WAYLAND_DISPLAY")
            || is_set("WAYLAND_SOCKET")
            || variable("XDG_SESSION_TYPE").is_some_and(|it| it == "wayland");
        if is_wayland {
            Self::Wayland
        } else if is_set("DISPLAY") {
            Self::X11
        } else {
            Self::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wayland_is_seen_also_where_windows_are_those_of_x() {
        let check = |set: &[(&str, &str)], expected: Display| {
            let variable = |name: &str| {
                let found = set.iter().find(|(it, _)| *it == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Display::of(variable), expected, "{set:?}");
        };
        check(&[("DISPLAY", ":0")], Display::X11);
        check(
            &[("DISPLAY", ":0"), ("XDG_SESSION_TYPE", "x11")],
            Display::X11,
        );
        check(&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "")], Display::X11);
        check(
            &[("DISPLAY", ":0"), ("XDG_SESSION_TYPE", "wayland")],
            Display::Wayland,
        );
        check(
            &[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")],
            Display::Wayland,
        );
        check(&[("WAYLAND_SOCKET", "5")], Display::Wayland);
        check(&[("XDG_SESSION_TYPE", "tty")], Display::None);
        check(&[("DISPLAY", "")], Display::None);
    }
}
