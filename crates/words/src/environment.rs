//! What the environment of a process asks for, by the rules of POSIX and of GNU gettext: where the
//! system has no other place in which a person chooses languages.
//!
//! Must hold: an empty variable is none.

/// The value of the first of these variables that has one.
fn first<const N: usize>(
    names: [&str; N],
    get: &impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut values = names.into_iter().filter_map(get);
    values.find(|value| !value.is_empty())
}

/// The languages of messages as BCP 47 writes them, best first; `get` knows the variables.
///
/// `LANGUAGE` lists them, but only where the locale of messages is one of a language: who says
/// `LC_ALL=C` wants no translation, whatever else is set.
#[cfg(any(test, all(unix, not(target_vendor = "apple"))))]
pub fn languages(get: &impl Fn(&str) -> Option<String>) -> Vec<String> {
    let locale = first(["LC_ALL", "LC_MESSAGES", "LANG"], get);
    let locale = locale.as_deref().map_or("C", without_encoding);
    let listed = match locale {
        "C" | "POSIX" => None,
        _ => first(["LANGUAGE"], get),
    };
    let listed = listed.iter().flat_map(|all| all.split(':'));
    let all = listed.map(without_encoding).chain([locale]);
    all.filter(|it| !it.is_empty())
        .map(|it| it.replace('_', "-"))
        .collect()
}

/// The locale of dates, as POSIX writes it.
pub fn dates(get: &impl Fn(&str) -> Option<String>) -> Option<String> {
    first(["LC_ALL", "LC_TIME", "LANG"], get)
}

/// `de_AT` of `de_AT.UTF-8@euro`.
pub fn without_encoding(locale: &str) -> &str {
    locale.split(['.', '@']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{Locale, Spoken};

    #[rstest]
    #[case::nothing(&[], "en", Spoken::En)]
    #[case::plain(&[("LANG", "de_DE.UTF-8")], "de-DE", Spoken::De)]
    #[case::no_translation(&[("LC_ALL", "C"), ("LANGUAGE", "de")], "en", Spoken::En)]
    #[case::no_translation_by_its_other_name(&[("LC_ALL", "POSIX"), ("LANGUAGE", "de")], "en", Spoken::En)]
    #[case::no_translation_in_utf_8(&[("LC_ALL", "C.UTF-8"), ("LANGUAGE", "de")], "en", Spoken::En)]
    #[case::no_messages_translated(&[("LC_MESSAGES", "C"), ("LANG", "de_AT.UTF-8"), ("LANGUAGE", "de")], "en-AT", Spoken::En)]
    #[case::no_locale_is_that_of_c(&[("LANGUAGE", "de")], "en", Spoken::En)]
    #[case::a_list_goes_before_the_locale(&[("LANG", "en_US"), ("LANGUAGE", "de")], "de-US", Spoken::De)]
    #[case::the_first_that_is_spoken(&[("LANG", "en_US.UTF-8"), ("LANGUAGE", "fr:de:en")], "de-US", Spoken::De)]
    #[case::countries_in_the_list(&[("LANG", "fr_FR.UTF-8"), ("LANGUAGE", "fr_FR:de_CH.UTF-8:en")], "de-FR", Spoken::De)]
    #[case::the_locale_is_asked_last(&[("LANG", "de_DE.UTF-8"), ("LANGUAGE", "fr")], "de-DE", Spoken::De)]
    #[case::all_goes_before_the_rest(&[("LC_ALL", "de_AT.UTF-8@euro"), ("LC_MESSAGES", "en_GB"), ("LANG", "en_US")], "de-AT", Spoken::De)]
    #[case::messages_go_before_lang(&[("LC_MESSAGES", "de_DE.UTF-8"), ("LANG", "en_US.UTF-8")], "de-US", Spoken::De)]
    #[case::empty_is_none(&[("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", "de_DE.UTF-8"), ("LANGUAGE", "")], "de-DE", Spoken::De)]
    #[case::all_empty(&[("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", ""), ("LANGUAGE", "")], "en", Spoken::En)]
    #[case::holes_in_the_list(&[("LANG", "en_US.UTF-8"), ("LANGUAGE", "::de")], "de-US", Spoken::De)]
    #[case::dates_of_another_country(&[("LANG", "en_US.UTF-8"), ("LC_TIME", "de_DE.UTF-8")], "en-DE", Spoken::En)]
    fn the_environment_says_the_language(
        #[case] variables: &[(&str, &str)],
        #[case] tag: &str,
        #[case] spoken: Spoken,
    ) {
        let get = |name: &str| {
            let found = variables.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let locale = Locale::of(languages(&get), dates(&get).as_deref());
        let chosen = mitta_domain::settings::Language::System;
        assert_eq!(
            (locale.tag(), locale.spoken(chosen)),
            (tag.to_owned(), spoken)
        );
    }
}
