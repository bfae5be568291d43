//! Secrets that the server makes and the person keeps: tokens, recovery codes, invites.
//!
//! Must hold: the database keeps only the SHA-256 of each; nothing prints one. All but the short
//! code of an invite have 128 bits or more, so that a plain hash is enough and nobody guesses one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The beginning of every token, so that scanners recognise one that was published by mistake.
const TOKEN_PREFIX: &str = "mitta_";
/// Bytes of a token.
pub const TOKEN_BYTES: usize = 32;
/// Bytes of a recovery code: 160 bits, 32 characters.
pub const RECOVERY_BYTES: usize = 20;
/// Bytes of an invite's link.
pub const LINK_BYTES: usize = 16;
/// Bytes of an invite's code: 40 bits, eight characters.
pub const CODE_BYTES: usize = 5;

/// Crockford's base32: no letter that is taken for a digit.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What the database keeps of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// As lowercase hexadecimal, for a column of text.
    pub fn to_hex(self) -> String {
        use fmt::Write as _;
        self.0
            .iter()
            .fold(String::with_capacity(64), |mut hex, byte| {
                // Writing to a string cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// A secret to be shown once, and its hash.
pub struct Made {
    /// For the person.
    pub shown: String,
    /// For the database.
    pub hash: SecretHash,
}

/// A token for `Authorization: Bearer`, or the cookie.
pub fn token(random: [u8; TOKEN_BYTES]) -> Made {
    let shown = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
    let hash = SecretHash::of(shown.as_bytes());
    Made { shown, hash }
}

/// The hash of a token that was given back; none where it cannot be one.
pub fn read_token(given: &str) -> Option<SecretHash> {
    let encoded = given.strip_prefix(TOKEN_PREFIX)?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    (bytes.len() == TOKEN_BYTES).then(|| SecretHash::of(given.as_bytes()))
}

/// A recovery code, in groups of four.
pub fn recovery_code(random: [u8; RECOVERY_BYTES]) -> Made {
    from_base32(&base32(&random))
}

/// The hash of a recovery code that was given back; none where it cannot be one.
pub fn read_recovery_code(given: &str) -> Option<SecretHash> {
    read_base32(given, RECOVERY_BYTES)
}

/// The secret of an invite's link.
pub fn invite_link(random: [u8; LINK_BYTES]) -> Made {
    Made {
        shown: URL_SAFE_NO_PAD.encode(random),
        hash: SecretHash::of(&random),
    }
}

/// The code of an invite, for reading aloud.
pub fn invite_code(random: [u8; CODE_BYTES]) -> Made {
    from_base32(&base32(&random))
}

/// The hash of an invite's link, of the secret in it, or of a code that was given back; none where it
/// can be neither.
pub fn read_invite(given: &str) -> Option<SecretHash> {
    let given = given.rsplit_once('#').map_or(given, |(_, secret)| secret);
    let link = URL_SAFE_NO_PAD.decode(given.trim()).ok();
    let link = link.filter(|bytes| bytes.len() == LINK_BYTES);
    link.map(|bytes| SecretHash::of(&bytes))
        .or_else(|| read_base32(given, CODE_BYTES))
}

/// Five bits a character; `bytes` has a multiple of five bytes.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5);
    let (mut held, mut bits) = (0_u16, 0);
    for &byte in bytes {
        held = (held << 8) | u16::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(CROCKFORD[usize::from((held >> bits) & 31)]));
        }
        held &= (1 << bits) - 1;
    }
    text
}

fn from_base32(text: &str) -> Made {
    let groups: Vec<&str> = (0..text.len())
        .step_by(4)
        .map(|at| &text[at..at + 4])
        .collect();
    Made {
        shown: groups.join("-"),
        hash: SecretHash::of(text.as_bytes()),
    }
}

/// Spaces, hyphens and case do not count; O is 0, I and L are 1.
fn read_base32(given: &str, bytes: usize) -> Option<SecretHash> {
    if given.len() > 200 {
        return None;
    }
    let text = given
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect::<String>();
    let is_code = text.len() == bytes * 8 / 5 && text.bytes().all(|b| CROCKFORD.contains(&b));
    is_code.then(|| SecretHash::of(text.as_bytes()))
}

#[cfg(test)]
mod tests;
