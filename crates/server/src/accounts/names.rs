//! Logins and names: what they may be.

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

/// A name of a person, device or partnership, without the space around it: 1 to
/// [`MAX_NAME_CHARS`] characters, none of them a control character.
pub fn read_name(given: &str) -> Option<String> {
    let given = given.trim();
    let fits = !given.is_empty()
        && given.len() <= MAX_NAME_CHARS * 4
        && given.chars().count() <= MAX_NAME_CHARS
        && !given.chars().any(char::is_control);
    fits.then(|| given.to_owned())
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
        let check = |given: &str, kept: Option<&str>| {
            assert_eq!(read_name(given).as_deref(), kept, "{given:?}");
        };
        check(" Ada ", Some("Ada"));
        check("", None);
        check("   ", None);
        check("a\nb", None);
        check("a\0b", None);
        check(&"ä".repeat(80), Some(&"ä".repeat(80)));
        check(&"ä".repeat(81), None);
        check(&"𐍈".repeat(80), Some(&"𐍈".repeat(80)));
    }

    proptest! {
        #[test]
        fn what_is_kept_of_any_text_is_kept_of_itself(given in "\\PC{0,90}|[a-zA-Z0-9._@+ -]{0,70}") {
            if let Some(login) = Login::read(&given) {
                prop_assert_eq!(Login::read(login.as_str()), Some(login.clone()));
                prop_assert!((3..=64).contains(&login.as_str().len()));
            }
            if let Some(name) = read_name(&given) {
                prop_assert_eq!(read_name(&name), Some(name.clone()));
            }
        }
    }
}
