//! The language a person reads and the country whose calendar they use.
//!
//! Must hold: whatever the environment says, there is a language that Mitta speaks.

use chrono::Weekday;
use mitta_domain::settings::Language;

use crate::environment;

/// A language that Mitta speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spoken {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Spoken {
    /// Every language there is.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// As BCP 47 writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The language of a code.
    pub fn of(code: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|it| it.code().eq_ignore_ascii_case(code))
    }
}

/// The language of a person and, where it is known, their country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    spoken: Spoken,
    /// Two capital letters, as ISO 3166 has them.
    region: Option<String>,
}

impl Locale {
    /// As the system has it: of the languages a person asks for the first that Mitta speaks, else
    /// English. The country is that of their dates (`LC_TIME`), where the system has one.
    pub fn of_system() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        #[cfg(all(unix, not(target_vendor = "apple")))]
        let wanted = environment::languages(&variable);
        #[cfg(not(all(unix, not(target_vendor = "apple"))))]
        let wanted = sys_locale::get_locales();
        Self::of(wanted, environment::dates(&variable).as_deref())
    }

    /// Of languages as BCP 47 writes them, best first, and of the locale of dates as POSIX writes it
    /// (`de_AT.UTF-8`).
    pub fn of<T: AsRef<str>>(wanted: impl IntoIterator<Item = T>, dates: Option<&str>) -> Self {
        let (spoken, region) = wanted
            .into_iter()
            .find_map(|tag| asked_for(tag.as_ref()))
            .unwrap_or_default();
        let region = dates.and_then(region_of).or(region);
        Self { spoken, region }
    }

    /// The language: what was chosen, else that of the system.
    pub const fn spoken(&self, chosen: Language) -> Spoken {
        match chosen {
            Language::System => self.spoken,
            Language::En => Spoken::En,
            Language::De => Spoken::De,
        }
    }

    /// As BCP 47 writes it, for instance `de-AT`.
    pub fn tag(&self) -> String {
        let code = self.spoken.code();
        match &self.region {
            Some(region) => format!("{code}-{region}"),
            None => code.to_owned(),
        }
    }

    /// The country, as ISO 3166 has it, where one is known.
    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The weekday that a calendar begins with there; where no country is known, Monday, as ISO 8601 has
    /// it.
    pub fn first_weekday(&self) -> Weekday {
        let region = self.region.as_deref().unwrap_or_default();
        let begins = |regions: &str| regions.split(' ').any(|one| one == region);
        if begins(SUNDAY) {
            Weekday::Sun
        } else if begins(SATURDAY) {
            Weekday::Sat
        } else if region == "MV" {
            Weekday::Fri
        } else {
            Weekday::Mon
        }
    }
}

/// Where a week begins with Sunday: `weekData`, `firstDay` of Unicode CLDR 47. Everywhere else it begins
/// with Monday, but for [`SATURDAY`] and the Maldives. A table, because the library that has it (ICU4X)
/// is ten crates for this one fact.
const SUNDAY: &str = "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA \
    MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW";
/// Where a week begins with Saturday, of the same source.
const SATURDAY: &str = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY";

/// What one wanted tag asks for; none where Mitta does not speak it. `C` and `POSIX` are English without
/// a country.
fn asked_for(tag: &str) -> Option<(Spoken, Option<String>)> {
    if matches!(tag, "C" | "POSIX") {
        return Some((Spoken::En, None));
    }
    // BCP 47: a language, perhaps a script, perhaps a region, perhaps more that says nothing here.
    let mut subtags = tag.split('-');
    let spoken = Spoken::of(subtags.next()?)?;
    let region = subtags.take_while(|it| it.len() != 1).find_map(region);
    Some((spoken, region))
}

/// The country of a POSIX locale: `AT` of `de_AT.UTF-8@euro`.
fn region_of(locale: &str) -> Option<String> {
    let (_, subtag) = environment::without_encoding(locale).split_once('_')?;
    region(subtag)
}

fn region(subtag: &str) -> Option<String> {
    let is_region = subtag.len() == 2 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_region.then(|| subtag.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing(&[], None, "en", Spoken::En)]
    #[case::plain(&["de-DE"], None, "de-DE", Spoken::De)]
    #[case::country(&["de-AT", "en-US"], None, "de-AT", Spoken::De)]
    #[case::the_first_that_is_spoken(&["fr-CH", "de-CH", "en-GB"], None, "de-CH", Spoken::De)]
    #[case::none_is_spoken(&["fr-FR"], None, "en", Spoken::En)]
    #[case::posix_is_english(&["C", "de-DE"], None, "en", Spoken::En)]
    #[case::no_tag_at_all(&["", "%%", "de"], None, "de", Spoken::De)]
    #[case::with_a_script(&["de-Latn-ch-1996"], None, "de-CH", Spoken::De)]
    #[case::an_extension_is_no_country(&["en-u-nu-latn", "de"], None, "en", Spoken::En)]
    #[case::dates_of_another_country(&["en-US"], Some("de_DE.UTF-8"), "en-DE", Spoken::En)]
    #[case::dates_without_a_country(&["en-US"], Some("C.UTF-8"), "en-US", Spoken::En)]
    #[case::dates_that_make_no_sense(&["en-US"], Some("de_%%"), "en-US", Spoken::En)]
    fn a_locale_is_what_is_asked_for(
        #[case] wanted: &[&str],
        #[case] dates: Option<&str>,
        #[case] tag: &str,
        #[case] spoken: Spoken,
    ) {
        let locale = Locale::of(wanted, dates);
        assert_eq!((locale.tag(), locale.spoken), (tag.to_owned(), spoken));
    }

    #[rstest]
    #[case(Language::System, Spoken::De)]
    #[case(Language::En, Spoken::En)]
    #[case(Language::De, Spoken::De)]
    fn what_was_chosen_is_spoken(#[case] chosen: Language, #[case] spoken: Spoken) {
        assert_eq!(Locale::of(["de-AT"], None).spoken(chosen), spoken);
    }

    #[rstest]
    #[case("de-DE", Weekday::Mon)]
    #[case("en-GB", Weekday::Mon)]
    #[case("en-US", Weekday::Sun)]
    #[case("en-DE", Weekday::Mon)]
    #[case("en-AE", Weekday::Sat)]
    #[case("en-EG", Weekday::Sat)]
    #[case("en-MV", Weekday::Fri)]
    #[case("en", Weekday::Mon)]
    #[case("en-ZZ", Weekday::Mon)]
    fn a_week_begins_as_it_does_in_that_country(#[case] tag: &str, #[case] first: Weekday) {
        assert_eq!(Locale::of([tag], None).first_weekday(), first);
    }
}
