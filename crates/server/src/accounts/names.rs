//! Logins and names: what they may be.

use mitta_protocol::ErrorCode;

use crate::http::error::ApiError;

/// A login as it is kept: 3 to 64 of `a-z 0-9 . _ @ + -`; upper case counts as lower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// The login in the text; none where it cannot be one.
    pub fn read(given: &str) -> Option<Self> {
        let given = given.trim();
        let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"._@+-".contains(&b);
        let fits = (3..=64).contains(&given.len()) && given.bytes().all(is_allowed);
        fits.then(|| Self(given.to_ascii_lowercase()))
    }

    /// The login.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The most characters of a name of a person, device or partnership.
pub const MAX_NAME_CHARS: usize = 80;

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoName {
    /// Nothing but space.
    #[error("is empty; it needs 1 to {MAX_NAME_CHARS} characters")]
    Empty,
    /// More than [`MAX_NAME_CHARS`].
    #[error("has {0} characters; {MAX_NAME_CHARS} are possible")]
    TooLong(usize),
    /// A line end, another control character, or one that turns the direction of what follows.
    #[error("has a character that is not shown or turns the text around; leave it out")]
    Unseen,
}

/// A name of a person, device or partnership, without the space around it.
///
/// # Errors
/// [`NoName`].
pub fn read_name(given: &str) -> Result<String, NoName> {
    let given = given.trim();
    if given.is_empty() {
        return Err(NoName::Empty);
    }
    let chars = given.chars().count();
    if chars > MAX_NAME_CHARS {
        return Err(NoName::TooLong(chars));
    }
    if given.chars().any(|c| c.is_control() || turns_text(c)) {
        return Err(NoName::Unseen);
    }
    Ok(given.to_owned())
}

/// Marks, embeddings, overrides and isolates of direction (Unicode UAX #9): with them a name could stand
/// as another one, or change how what follows it is read.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The name in the field.
///
/// # Errors
/// `invalid_field`, with what is wrong.
pub(crate) fn name_of(field: &'static str, given: &str) -> Result<String, ApiError> {
    read_name(given).map_err(|no| ApiError::new(ErrorCode::InvalidField, format!("{field} {no}.")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_login_is_kept_in_lower_case() {
        let check = |given: &str, kept: Option<&str>| {
            let login = Login::read(given);
            assert_eq!(login.as_ref().map(Login::as_str), kept, "{given:?}");
        };
        check("Ada", Some("ada"));
        check(" ada.l+sits@example.org ", Some("ada.l+sits@example.org"));
        check("ab", None);
        check("", None);
        check("a b c", None);
        check("ädä", None);
        check("ada\0", None);
        check(&"a".repeat(64), Some(&"a".repeat(64)));
        check(&"a".repeat(65), None);
    }

    #[test]
    fn a_name_has_1_to_80_characters() {
        let check = |given: &str, kept: Result<&str, NoName>| {
            assert_eq!(read_name(given), kept.map(str::to_owned), "{given:?}");
        };
        check(" Ada ", Ok("Ada"));
        check("", Err(NoName::Empty));
        check("   ", Err(NoName::Empty));
        check("a\nb", Err(NoName::Unseen));
        check("a\0b", Err(NoName::Unseen));
        for turning in ['\u{202e}', '\u{2066}', '\u{200f}', '\u{61c}'] {
            check(&format!("a{turning}b"), Err(NoName::Unseen));
        }
        check(
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
            Ok("\u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
        );
        check(&"ä".repeat(80), Ok(&"ä".repeat(80)));
        check(&"ä".repeat(81), Err(NoName::TooLong(81)));
        check(&"x".repeat(10_000), Err(NoName::TooLong(10_000)));
        check(&"𐍈".repeat(80), Ok(&"𐍈".repeat(80)));
    }

    proptest! {
        #[test]
        fn what_is_kept_of_any_text_is_kept_of_itself(given in "\\PC{0,90}|[a-zA-Z0-9._@+ -]{0,70}") {
            if let Some(login) = Login::read(&given) {
                prop_assert_eq!(Login::read(login.as_str()), Some(login.clone()));
                prop_assert!((3..=64).contains(&login.as_str().len()));
            }
            if let Ok(name) = read_name(&given) {
                prop_assert_eq!(read_name(&name), Ok(name.clone()));
            }
        }
    }
}
