//! Passwords: what may be one, and argon2id over it, for a few requests at a time.
//!
//! Must hold: a login that does not exist costs the same work as a wrong password; hashing never
//! takes more memory than [`AT_ONCE`] times 19 MiB, and gives it back to the system.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 8;
/// The most bytes of a password.
pub const MAX_BYTES: usize = 1024;
/// Hashes that are made at the same time; the others wait.
pub const AT_ONCE: usize = 2;
/// Hashes that may wait. More are turned away: they would wait longer than anybody does.
const MAY_WAIT: usize = 128;

/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// The blocks of 1 KiB that are asked for: more than are used, because above 32 MiB the allocators
/// take memory from the system and give it back at once. What is not touched is not there.
const ALLOCATED_BLOCKS: usize = 33 * 1024;

/// Whether the text may be a new password.
pub fn is_allowed(password: &str) -> bool {
    !is_too_long(password) && password.chars().count() >= MIN_CHARS
}

/// Whether the text is longer than any password, and not worth hashing.
pub const fn is_too_long(password: &str) -> bool {
    password.len() > MAX_BYTES
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait already.
    #[error("too many passwords are being checked")]
    Busy,
    /// A stored hash that is none, or a hash that argon2 refused to make.
    #[error("a password hash is unreadable: {0}")]
    Unreadable(String),
    /// The thread that hashed is gone.
    #[error("the hashing thread was lost")]
    Lost,
}

/// Makes and checks password hashes on threads that may wait.
#[derive(Debug, Clone)]
pub struct Hasher {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    made: Arc<AtomicU64>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            working: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(AT_ONCE + MAY_WAIT)),
            made: Arc::default(),
        }
    }
}

impl Hasher {
    /// The hash of a new password, as text in the PHC format.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, HashError> {
        let password = password.to_owned();
        self.blocking(move || {
            let salt = Salt::new(&salt).map_err(unreadable)?;
            let params = cost().map_err(unreadable)?;
            let hash = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(unreadable)?,
                salt: Some(salt),
                hash: Some(digest(params, &password, &salt)?),
            };
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one behind `stored`. Without `stored`, for a login that does not
    /// exist, the answer is no, after the same work.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, HashError> {
        let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
        self.blocking(move || {
            let Some(stored) = stored else {
                let salt = Salt::new(b"nobody's salt...").map_err(unreadable)?;
                std::hint::black_box(digest(cost().map_err(unreadable)?, &password, &salt)?);
                return Ok(false);
            };
            let stored = PasswordHash::new(&stored).map_err(unreadable)?;
            let params = Params::try_from(&stored).map_err(unreadable)?;
            let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
                return Err(HashError::Unreadable("it has no salt or no hash".into()));
            };
            // `Output` compares in constant time.
            Ok(digest(params, &password, &salt)? == expected)
        })
        .await
    }

    /// How many hashes were made, those for unknown logins among them.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = place.map_err(|_| HashError::Busy)?;
        let turn = Arc::clone(&self.working).acquire_owned().await;
        let turn = turn.map_err(|_| HashError::Lost)?;
        self.made.fetch_add(1, Ordering::Relaxed);
        // The permits go with the work: a caller that hangs up does not make room for another.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        done.await.map_err(|_| HashError::Lost)?
    }
}

fn cost() -> Result<Params, argon2::Error> {
    let (memory_kib, passes, lanes) = COST;
    Params::new(memory_kib, passes, lanes, Some(HASH_BYTES))
}

fn digest(params: Params, password: &str, salt: &Salt) -> Result<Output, HashError> {
    let length = params.output_len().unwrap_or(HASH_BYTES);
    let count = params.block_count();
    let mut blocks: Vec<Block> = Vec::with_capacity(count.max(ALLOCATED_BLOCKS));
    blocks.resize(count, Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = vec![0_u8; length];
    argon2
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut blocks)
        .map_err(unreadable)?;
    Output::new(&out).map_err(unreadable)
}

fn unreadable(error: impl std::fmt::Display) -> HashError {
    HashError::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests;
