//! Remembers what a chore last worked on, so that it is skipped while nothing changed.
//!
//! A stamp is a hash of the contents it was given; it lies in `target/xtask` and is written only
//! after the chore succeeded.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::shell;

/// What a chore works on, seen at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    file: PathBuf,
    hash: String,
}

impl Stamp {
    /// Looks at `inputs`: files, or folders with all that is in them but the entries named in
    /// `except`. What does not exist counts as such.
    pub fn of(name: &str, inputs: &[PathBuf], except: &[&str]) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            add(&mut hasher, input, except)?;
        }
        Ok(Self {
            file: shell::target()?.join("xtask").join(name),
            hash: format!("{:016x}", hasher.finish()),
        })
    }

    /// Looks at every file of a checkout that git does not ignore, and at `facts` about the machine.
    /// `None` where this is no checkout of git's.
    pub fn of_checkout(name: &str, root: &Path, facts: &[String]) -> Result<Option<Self>> {
        let mut git = shell::command("git")?;
        git.current_dir(root);
        git.args(["ls-files", "-z", "--cached", "--others"]);
        let Some(files) = shell::output_of(git.arg("--exclude-standard")) else {
            return Ok(None);
        };
        let mut files: Vec<_> = files.split('\0').filter(|it| !it.is_empty()).collect();
        files.sort_unstable();
        files.dedup();
        let mut hasher = DefaultHasher::new();
        facts.hash(&mut hasher);
        for file in files {
            file.hash(&mut hasher);
            fs::read(root.join(file)).ok().hash(&mut hasher);
        }
        Ok(Some(Self {
            file: shell::target()?.join("xtask").join(name),
            hash: format!("{:016x}", hasher.finish()),
        }))
    }

    /// Whether the chore has been done for exactly this.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|hash| hash == self.hash)
    }

    /// The chore is being done again: that it was done counts no more.
    pub fn remove(&self) -> Result<()> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.file.display()))
            }
            _ => Ok(()),
        }
    }

    /// The chore has been done for exactly this.
    pub fn write(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.hash)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

fn add(hasher: &mut DefaultHasher, path: &Path, except: &[&str]) -> Result<()> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    if except.iter().any(|it| name == *it) {
        return Ok(());
    }
    name.hash(hasher);
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?
            .map(|entry| entry.map(|it| it.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        entries.sort();
        entries.len().hash(hasher);
        for entry in entries {
            add(hasher, &entry, except)?;
        }
    } else {
        fs::read(path).ok().hash(hasher);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(folder: &Path) -> String {
        Stamp::of("test", &[folder.to_owned()], &["skipped"])
            .unwrap()
            .hash
    }

    #[test]
    fn a_stamp_of_a_checkout_is_of_its_files_and_of_what_is_told_besides() {
        let root = std::env::temp_dir().join(format!("mitta-checkout-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let of = |told: &str| Stamp::of_checkout("test", &root, &[told.to_owned()]).unwrap();
        assert_eq!(of("rustc 1"), None, "no checkout");
        let mut git = shell::command("git").unwrap();
        shell::run(git.args(["init", "--quiet"]).current_dir(&root)).unwrap();
        fs::write(root.join(".gitignore"), "made").unwrap();
        let first = of("rustc 1");
        assert!(first.is_some());
        fs::write(root.join("made"), "").unwrap();
        assert_eq!(of("rustc 1"), first, "an ignored file counts");
        assert_ne!(of("rustc 2"), first);
        fs::write(root.join("new"), "").unwrap();
        assert_ne!(of("rustc 1"), first, "a new file goes unseen");
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_stamp_changes_with_any_content_but_what_is_excepted() {
        let folder = std::env::temp_dir().join(format!("mitta-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("skipped")).unwrap();
        fs::create_dir_all(folder.join("inner")).unwrap();
        fs::write(folder.join("inner/a"), "1").unwrap();
        let first = hash_of(&folder);
        fs::write(folder.join("skipped/b"), "1").unwrap();
        assert_eq!(hash_of(&folder), first, "an excepted entry counts");
        fs::write(folder.join("inner/a"), "2").unwrap();
        let second = hash_of(&folder);
        assert_ne!(second, first, "a changed file goes unseen");
        fs::rename(folder.join("inner/a"), folder.join("inner/c")).unwrap();
        assert_ne!(hash_of(&folder), second, "a renamed file goes unseen");
        fs::remove_dir_all(&folder).unwrap();
    }
}
