//! One file in the folder `autostart` of the person's configuration.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use directories::BaseDirs;
use tempfile::NamedTempFile;

use super::{AT_LOGIN, Started, program};
use crate::api::{ApiError, ErrorCode, StartAtLogin};

/// Where it is, and what it is to start.
pub(super) struct Entry {
    file: PathBuf,
    program: PathBuf,
    profile: Option<String>,
}

impl Entry {
    /// That of this person and profile.
    pub(super) fn here() -> Result<Self, ApiError> {
        let failed = |why: &dyn std::fmt::Display| ApiError::new(ErrorCode::NoStartAtLogin, why);
        let folders = BaseDirs::new().ok_or_else(|| failed(&"there is no home folder"))?;
        let profile = crate::place::profile().map(str::to_owned);
        let name = match &profile {
            None => "org.mitta.Mitta.desktop".to_owned(),
            Some(profile) => format!("org.mitta.Mitta.{profile}.desktop"),
        };
        Ok(Self {
            file: folders.config_dir().join("autostart").join(name),
            program: program().map_err(|error| failed(&error))?,
            profile,
        })
    }

    pub(super) fn look(&self) -> Result<Started, ApiError> {
        let program = self.started()?;
        let paths = std::env::var_os("PATH").unwrap_or_default();
        Ok(Started {
            file: self.file.clone(),
            is_there: program.as_ref().is_some_and(|it| is_there(it, &paths)),
            program,
        })
    }

    fn started(&self) -> Result<Option<String>, ApiError> {
        match fs::read_to_string(&self.file) {
            Ok(text) => Ok(started_by(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    pub(super) fn read(&self) -> Result<StartAtLogin, ApiError> {
        let program = self.program.to_string_lossy().into_owned();
        let started = self.started()?;
        Ok(StartAtLogin {
            is_on: started.is_some(),
            path: self.file.to_string_lossy().into_owned(),
            other_program: started.filter(|started| *started != program),
        })
    }

    /// Whole or not at all: a session that begins meanwhile reads the old file or the new one.
    pub(super) fn write(&self) -> Result<(), ApiError> {
        let text = self.text().map_err(|error| self.failed(&error))?;
        let write = || {
            let folder = self.file.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.persist(&self.file)?;
            Ok(())
        };
        write().map_err(|error: io::Error| self.failed(&error))
    }

    pub(super) fn remove(&self) -> Result<(), ApiError> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.failed(&error)),
            _ => Ok(()),
        }
    }

    fn text(&self) -> io::Result<String> {
        let program = self.program.to_str().filter(|it| !it.contains('\n'));
        let no_text = || io::Error::new(ErrorKind::InvalidData, "the program's path is no text");
        let mut command = quoted(program.ok_or_else(no_text)?);
        for word in [AT_LOGIN]
            .into_iter()
            .chain(self.profile.iter().flat_map(|name| ["--profile", name]))
        {
            command.push(' ');
            command.push_str(word);
        }
        Ok(format!(
            "[Desktop Entry]\nType=Application\nVersion=1.4\nName=Mitta\nExec={command}\n\
             Icon=org.mitta.Mitta\nTerminal=false\nStartupNotify=false\n"
        ))
    }

    fn failed(&self, error: &io::Error) -> ApiError {
        ApiError::new(
            ErrorCode::StartAtLoginFailed,
            format_args!("{}: {error}", self.file.display()),
        )
    }
}

/// Whether a session that looks for commands in `paths` finds that program.
fn is_there(program: &str, paths: &OsStr) -> bool {
    let is_program = |path: &Path| {
        let found = fs::metadata(path);
        found.is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return is_program(Path::new(program));
    }
    std::env::split_paths(paths).any(|folder| is_program(&folder.join(program)))
}

/// A program as the first word of `Exec`: in quotes, with what they do not quote escaped, and that
/// escaped once more as in every value (Desktop Entry Specification, *The Exec key*).
fn quoted(program: &str) -> String {
    let mut quoted = String::from('"');
    for c in program.chars() {
        match c {
            '\\' => quoted.push_str(r"\\\\"),
            '"' | '`' | '$' => quoted.extend([r"\\", c.encode_utf8(&mut [0; 4])]),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The program that a desktop starts by this entry; none where it is switched off in it.
fn started_by(text: &str) -> Option<String> {
    let group = text.split("\n[").next()?;
    let value = |key: &str| {
        let mut lines = group.lines().filter_map(|line| line.split_once('='));
        let last = lines.rfind(|(name, _)| name.trim() == key);
        last.map(|(_, value)| value.trim())
    };
    // The second is how GNOME's and others' settings switch it off.
    if value("Hidden") == Some("true") || value("X-GNOME-Autostart-enabled") == Some("false") {
        return None;
    }
    value("Exec").and_then(first_word)
}

/// The reverse of [`quoted`], and what stands without quotes.
fn first_word(command: &str) -> Option<String> {
    let command = command.replace(r"\\", r"\");
    let Some(rest) = command.strip_prefix('"') else {
        let word = command.split_whitespace().next()?;
        return Some(word.replace("%%", "%"));
    };
    let mut word = String::new();
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '"' => return Some(word.replace("%%", "%")),
            '\\' => word.push(chars.next()?),
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(folder: &Path, program: &str) -> Entry {
        Entry {
            file: folder.join("autostart").join("org.mitta.Mitta.desktop"),
            program: program.into(),
            profile: None,
        }
    }

    #[test]
    fn it_is_off_until_it_is_written_and_off_again_when_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let entry = entry(folder.path(), "/usr/bin/mitta-desktop");
        assert!(!entry.read().unwrap().is_on);
        entry.remove().unwrap();
        entry.write().unwrap();
        let read = entry.read().unwrap();
        assert_eq!((read.is_on, read.other_program), (true, None));
        assert_eq!(
            fs::read_to_string(&read.path).unwrap(),
            "[Desktop Entry]\nType=Application\nVersion=1.4\nName=Mitta\n\
             Exec=\"/usr/bin/mitta-desktop\" --at-login\n\
             Icon=org.mitta.Mitta\nTerminal=false\nStartupNotify=false\n"
        );
        entry.remove().unwrap();
        assert!(!entry.read().unwrap().is_on);
    }

    #[test]
    fn what_the_desktops_own_settings_switch_off_is_off() {
        let entry = "[Desktop Entry]\nExec=mitta-desktop --at-login\n";
        let check = |more: &str, started: Option<&str>| {
            let text = format!("{entry}{more}");
            assert_eq!(started_by(&text).as_deref(), started, "{more:?}");
        };
        check("", Some("mitta-desktop"));
        check("Hidden=false\n", Some("mitta-desktop"));
        check("Hidden=true\n", None);
        check("X-GNOME-Autostart-enabled=false\n", None);
        check("[Desktop Action x]\nHidden=true\n", Some("mitta-desktop"));
        assert_eq!(started_by(""), None);
    }

    #[test]
    fn another_program_is_named_and_writing_puts_this_one_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        entry(folder.path(), "/opt/old/mitta-desktop")
            .write()
            .unwrap();
        let new = entry(folder.path(), "/usr/bin/mitta-desktop");
        let other = new.read().unwrap().other_program;
        assert_eq!(other.as_deref(), Some("/opt/old/mitta-desktop"));
        new.write().unwrap();
        assert_eq!(new.read().unwrap().other_program, None);
    }

    #[test]
    fn a_program_that_has_gone_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("mitta-desktop");
        let entry = entry(folder.path(), program.to_str().unwrap());
        let look = || entry.look().unwrap();
        assert_eq!((look().program, look().is_there), (None, false));
        entry.write().unwrap();
        assert_eq!(look().program.as_deref(), program.to_str());
        assert_eq!(look().file, entry.file);
        assert!(!look().is_there);
        fs::write(&program, "").unwrap();
        assert!(!look().is_there, "a text is no program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(look().is_there);
        let paths = std::env::join_paths([Path::new("/nowhere"), folder.path()]).unwrap();
        assert!(is_there("mitta-desktop", &paths));
        assert!(!is_there("mitta-other", &paths));
    }

    #[test]
    fn a_profile_starts_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let entry = Entry {
            profile: Some("anna".to_owned()),
            ..entry(folder.path(), "/usr/bin/mitta-desktop")
        };
        let text = entry.text().unwrap();
        assert!(
            text.contains("Exec=\"/usr/bin/mitta-desktop\" --at-login --profile anna\n"),
            "{text}"
        );
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_said_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("autostart"), "a file").unwrap();
        let failed = entry(folder.path(), "/usr/bin/mitta-desktop").write();
        let failed = failed.unwrap_err();
        assert_eq!(failed.code, ErrorCode::StartAtLoginFailed);
        assert!(failed.message.contains("autostart"), "{failed}");
    }

    proptest! {
        #[test]
        fn any_path_is_read_as_it_was_written(path in "/[ -~äß%\"`$\\\\]{1,40}") {
            prop_assert_eq!(first_word(&quoted(&path)), Some(path));
        }
    }
}
