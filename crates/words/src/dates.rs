//! How a date is written in numbers.
//!
//! Must hold: ten characters in every way, so that the columns of a table stand; and as ISO 8601 has it
//! where nobody said for which country.

use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::{Locale, Spoken, spoken};

const ISO: &str = "%Y-%m-%d";

/// How this process writes dates in English.
static IN_ENGLISH: OnceLock<&str> = OnceLock::new();

/// From now on dates are written for people there; once, at the start of a program, and not in one that
/// writes for programs.
pub fn write_dates(of: &Locale) {
    IN_ENGLISH.get_or_init(|| in_english(of.region()));
}

/// A date in the language that is spoken, as its country writes it.
pub fn date(date: NaiveDate) -> String {
    let format = match spoken() {
        Spoken::De => "%d.%m.%Y",
        Spoken::En => IN_ENGLISH.get().copied().unwrap_or(ISO),
    };
    date.format(format).to_string()
}

/// `yMMdd` of the locale `en-REGION` in Unicode CLDR 48. English needs a table, German does not: its
/// countries write dates alike.
fn in_english(region: Option<&str>) -> &'static str {
    match region {
        None | Some("CA" | "SE") => ISO,
        Some("JP" | "ZA") => "%Y/%m/%d",
        Some("AS" | "BI" | "GU" | "MH" | "MP" | "PH" | "PR" | "UM" | "US" | "VI") => "%m/%d/%Y",
        Some("CH") => "%d.%m.%Y",
        Some("MV") => "%d-%m-%Y",
        Some(_) => "%d/%m/%Y",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::speaking;

    const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 9).expect("a date");

    #[rstest]
    #[case("en-US", "11/09/2026")]
    #[case("en-GB", "09/11/2026")]
    #[case("en-DE", "09/11/2026")]
    #[case("en-CH", "09.11.2026")]
    #[case("en-CA", "2026-11-09")]
    #[case("en-ZA", "2026/11/09")]
    #[case("C", "2026-11-09")]
    fn english_writes_dates_as_its_country_does(#[case] tag: &str, #[case] written: &str) {
        let format = in_english(Locale::of([tag], None).region());
        assert_eq!(DAY.format(format).to_string(), written);
    }

    #[test]
    fn german_writes_the_day_first_and_a_program_that_chose_nothing_iso() {
        assert_eq!(date(DAY), "2026-11-09");
        assert_eq!(speaking(Spoken::De, || date(DAY)), "09.11.2026");
    }
}
