//! The log, for a person who wants to show it to somebody.
//!
//! Must hold: nothing private is written into it; and what a path or an address tells of a person is
//! taken out of what is handed on.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use mitta_store::ChosenError;

use super::{Shared, locked};
use crate::api::{ApiError, LogText};

/// So much of the end of the log is handed on, in bytes.
const LONGEST: u64 = 64 * 1024;

impl Shared {
    pub(super) fn log(&self) -> Result<LogText, ApiError> {
        let mut text = String::new();
        let mut left = LONGEST;
        for path in self.log_files()?.iter().rev() {
            let file = match self.dir.open_chosen(path) {
                Ok(file) => file,
                // Whatever somebody put there: no log.
                Err(ChosenError::Own(_) | ChosenError::NotAFile(_)) => continue,
                Err(ChosenError::Io(error)) => return Err(error.into()),
            };
            let end = tail(file, left)?;
            left = left.saturating_sub(end.len() as u64);
            text.insert_str(0, &end);
            if left == 0 {
                break;
            }
        }
        let account = locked(&self.reader).account().ok().flatten();
        let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let mut told = vec![(self.dir.path().display().to_string(), "(data folder)")];
        if let Some(account) = account {
            told.push((account.server_url, "(server)"));
        }
        if let Some(home) = home {
            told.push((home.display().to_string(), "~"));
        }
        Ok(LogText {
            text: without(&text, &told),
            folder: self.dir.logs().to_string_lossy().into_owned(),
        })
    }

    /// Oldest first: a file a day, named by its date.
    fn log_files(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(self.dir.logs()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "log") {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }
}

/// The last lines of a file, whole, at most so many bytes of them.
fn tail(mut file: File, most: u64) -> io::Result<String> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(most);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if from == 0 {
        return Ok(text);
    }
    Ok(text
        .split_once('\n')
        .map_or(String::new(), |(_, rest)| rest.to_owned()))
}

fn without(text: &str, told: &[(String, &str)]) -> String {
    let mut text = text.to_owned();
    for (what, instead) in told {
        // A root folder or an empty name stands everywhere.
        if what.len() > 2 {
            text = text.replace(what.as_str(), instead);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_begins_with_a_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mitta.2026-11-29.log");
        fs::write(&path, "first line\nsecond line\nthird\n").unwrap();
        for (most, expected) in [
            (100, "first line\nsecond line\nthird\n"),
            (19, "second line\nthird\n"),
            (18, "third\n"),
            (6, ""),
            (0, ""),
        ] {
            let file = File::open(&path).unwrap();
            assert_eq!(tail(file, most).unwrap(), expected, "{most}");
        }
    }

    #[test]
    fn folders_and_servers_are_taken_out() {
        let told = [
            ("/home/anna/.local/share/mitta".to_owned(), "(data folder)"),
            ("https://mitta.example".to_owned(), "(server)"),
            ("/home/anna".to_owned(), "~"),
            ("/".to_owned(), "nothing"),
        ];
        let text = "cannot open /home/anna/.local/share/mitta/x; /home/anna/y; \
                    url (https://mitta.example/v1/push)";
        assert_eq!(
            without(text, &told),
            "cannot open (data folder)/x; ~/y; url ((server)/v1/push)"
        );
    }
}
