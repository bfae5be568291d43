//! In which language this process speaks. It is chosen before the command line is read: what there is
//! to say about that is in it too.

use std::ffi::OsString;

use mitta_domain::settings::Language;
use mitta_runtime::data_dir_of;
use mitta_words::{Locale, Spoken};

/// What the command line says about the language, as far as that can be seen without reading it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    is_json: bool,
    profile: Option<String>,
}

impl Asked {
    fn of(args: impl IntoIterator<Item = OsString>) -> Self {
        let mut asked = Self::default();
        let mut args = args.into_iter().map_while(|arg| arg.into_string().ok());
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--" => break,
                "--json" => asked.is_json = true,
                "--profile" => asked.profile = args.next(),
                _ => {
                    let name = arg.strip_prefix("--profile=").map(str::to_owned);
                    asked.profile = name.or(asked.profile);
                }
            }
        }
        asked
    }
}

/// From now on in the language of the settings, else in that of the system; in that of programs, English
/// with dates of ISO 8601, for JSON. Once, at the start.
pub fn choose() {
    let asked = Asked::of(std::env::args_os().skip(1));
    if asked.is_json {
        mitta_words::speak(Spoken::En);
        return;
    }
    let locale = Locale::of_system();
    mitta_words::speak(locale.spoken(chosen(asked.profile.as_deref())));
    mitta_words::write_dates(&locale);
}

/// What was chosen in the window. Whatever is the matter with the folder, the command itself meets it and
/// says it, and speaks as the system does.
fn chosen(profile: Option<&str>) -> Language {
    let dir = data_dir_of(profile).ok();
    dir.and_then(|dir| mitta_store::language(&dir).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing(&[], false, None)]
    #[case::json(&["log", "--json"], true, None)]
    #[case::a_profile(&["--profile", "anna", "log"], false, Some("anna"))]
    #[case::a_profile_in_one(&["log", "--profile=anna", "-n", "3"], false, Some("anna"))]
    #[case::a_profile_without_a_name(&["log", "--profile"], false, None)]
    #[case::what_follows_is_no_option(&["log", "add", "--", "--json", "--profile=x"], false, None)]
    fn json_and_the_profile_are_seen(
        #[case] args: &[&str],
        #[case] is_json: bool,
        #[case] profile: Option<&str>,
    ) {
        let asked = Asked::of(args.iter().map(OsString::from));
        let profile = profile.map(str::to_owned);
        assert_eq!(asked, Asked { is_json, profile });
    }
}
