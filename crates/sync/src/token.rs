//! Where the sign-in is kept: in the system's keyring, or, where there is none and the person agreed, in
//! a file that only they can read.
//!
//! Must hold: a token is in no log and in no `Debug`; a keyring that hangs costs a bounded time and
//! never a sit (I9).

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use mitta_domain::PersonId;
use mitta_store::{DataDir, TokenPlace};

use crate::address::ServerUrl;

/// What the keyring shows the entry as.
const SERVICE: &str = "mitta";
/// A person may have to unlock the keyring.
const PATIENCE: Duration = Duration::from_secs(45);

/// A sign-in of this device.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Wraps what a server gave.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A place for secrets, by the name of who they are for. Every call may block for long.
pub trait Keyring: Send + Sync {
    /// Keeps a secret in place of the one before.
    ///
    /// # Errors
    /// Why not, for a log.
    fn set(&self, name: &str, secret: &str) -> Result<(), String>;
    /// The secret, if there is one.
    ///
    /// # Errors
    /// Why it cannot be said.
    fn get(&self, name: &str) -> Result<Option<String>, String>;
    /// Forgets a secret; none is well.
    ///
    /// # Errors
    /// Why not.
    fn delete(&self, name: &str) -> Result<(), String>;
}

/// Secret Service, Keychain or Credential Manager.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeyring;

fn entry(name: &str) -> Result<keyring::v1::Entry, String> {
    keyring::v1::Entry::new(SERVICE, name).map_err(|error| error.to_string())
}

impl Keyring for SystemKeyring {
    fn set(&self, name: &str, secret: &str) -> Result<(), String> {
        let done = entry(name)?.set_password(secret);
        done.map_err(|error| error.to_string())
    }

    fn get(&self, name: &str) -> Result<Option<String>, String> {
        match entry(name)?.get_password() {
            Ok(secret) => Ok(Some(secret)),
            Err(keyring::v1::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn delete(&self, name: &str) -> Result<(), String> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::v1::Error::NoEntry) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Why a sign-in could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No keyring answers.
    #[error("there is no keyring ({0})")]
    Unavailable(String),
    /// The file cannot be read or written.
    #[error("the file of the sign-in cannot be used: {0}")]
    File(#[from] io::Error),
}

/// The sign-ins of one data folder.
pub struct Tokens {
    folder: PathBuf,
    keyring: Arc<dyn Keyring>,
    patience: Duration,
    is_asked: Arc<AtomicBool>,
}

impl Tokens {
    /// Of a data folder.
    pub fn new(dir: &DataDir, keyring: Arc<dyn Keyring>) -> Self {
        // Two names of one folder are one folder.
        let folder = fs::canonicalize(dir.path()).unwrap_or_else(|_| dir.path().to_owned());
        Self {
            folder,
            keyring,
            patience: PATIENCE,
            is_asked: Arc::default(),
        }
    }

    /// Sees whether the keyring takes something: before an account is made whose sign-in could not be
    /// kept.
    ///
    /// # Errors
    /// [`TokenError::Unavailable`].
    pub async fn probe(&self) -> Result<(), TokenError> {
        let name = format!("probe {}", self.folder.display());
        self.ask(move |keyring| {
            keyring.set(&name, "probe")?;
            keyring.delete(&name)
        })
        .await
    }

    /// Keeps a sign-in.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn save(
        &self,
        place: TokenPlace,
        server: &ServerUrl,
        person: PersonId,
        token: &Token,
    ) -> Result<(), TokenError> {
        match place {
            TokenPlace::Keyring => {
                let (name, token) = (self.name(server, person), token.clone());
                self.ask(move |keyring| keyring.set(&name, token.expose()))
                    .await
            }
            TokenPlace::File => Ok(self.write(server, person, token)?),
        }
    }

    /// A person's sign-in for a server, if there is one.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn load(
        &self,
        place: TokenPlace,
        server: &ServerUrl,
        person: PersonId,
    ) -> Result<Option<Token>, TokenError> {
        match place {
            TokenPlace::Keyring => {
                let name = self.name(server, person);
                let found = self.ask(move |keyring| keyring.get(&name)).await?;
                Ok(found.map(Token::new))
            }
            TokenPlace::File => Ok(self.read(server, person)?),
        }
    }

    /// Forgets a person's sign-in for a server; another one stays.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn forget(
        &self,
        place: TokenPlace,
        server: &ServerUrl,
        person: PersonId,
    ) -> Result<(), TokenError> {
        match place {
            TokenPlace::Keyring => {
                let name = self.name(server, person);
                self.ask(move |keyring| keyring.delete(&name)).await
            }
            TokenPlace::File if self.read(server, person)?.is_none() => Ok(()),
            TokenPlace::File => match fs::remove_file(self.file()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            },
        }
    }

    /// Whose it is stands in the name: one sign-in never takes the place of another's.
    fn name(&self, server: &ServerUrl, person: PersonId) -> String {
        format!("{server} {person} {}", self.folder.display())
    }

    fn file(&self) -> PathBuf {
        DataDir::new(&self.folder).token()
    }

    fn write(&self, server: &ServerUrl, person: PersonId, token: &Token) -> io::Result<()> {
        let unfinished = self.folder.join("token.new");
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        writeln!(file, "{server}\n{person}\n{}", token.expose())?;
        file.sync_all()?;
        fs::rename(unfinished, self.file())
    }

    fn read(&self, server: &ServerUrl, person: PersonId) -> io::Result<Option<Token>> {
        let text = match fs::read_to_string(self.file()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut lines = text.lines();
        let is_for = lines.next() == Some(server.to_string().as_str())
            && lines.next() == Some(person.to_string().as_str());
        let token = lines.next().filter(|token| is_for && !token.is_empty());
        Ok(token.map(|token| Token(token.to_owned())))
    }

    /// Asks on a thread of its own: a keyring may block for ever, and may not be asked from within an
    /// async runtime.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Keyring) -> Result<T, String> + Send + 'static,
    ) -> Result<T, TokenError> {
        // One that hangs costs one thread, not one for every try.
        if self.is_asked.swap(true, Ordering::AcqRel) {
            let why = "it has not answered the last question yet";
            return Err(TokenError::Unavailable(why.to_owned()));
        }
        let (keyring, is_asked) = (Arc::clone(&self.keyring), Arc::clone(&self.is_asked));
        let (tell, told) = tokio::sync::oneshot::channel();
        let body = move || {
            let answer = question(keyring.as_ref());
            is_asked.store(false, Ordering::Release);
            // Nobody waits any more where it took too long.
            let _ = tell.send(answer);
        };
        let builder = thread::Builder::new().name("mitta-keyring".to_owned());
        if let Err(error) = builder.spawn(body) {
            self.is_asked.store(false, Ordering::Release);
            return Err(error.into());
        }
        match tokio::time::timeout(self.patience, told).await {
            Ok(Ok(answer)) => answer.map_err(TokenError::Unavailable),
            Ok(Err(_)) => {
                self.is_asked.store(false, Ordering::Release);
                Err(TokenError::Unavailable("it failed".to_owned()))
            }
            Err(_) => Err(TokenError::Unavailable(
                "it did not answer in time".to_owned(),
            )),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
