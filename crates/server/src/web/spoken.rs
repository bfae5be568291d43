//! In which language a page is drawn: the one chosen on it, else the first that the browser asks for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use chrono::{Datelike as _, NaiveDate};
use mitta_domain::settings::Language;
use mitta_words::{Locale, Spoken};
use serde::Deserialize;

use super::files;

/// The cookie in which the page keeps the choice; as in `ui/src/web/Language.svelte`.
const CHOSEN: &str = "mitta-language";

/// What the first screen of one who is signed in says, made from the catalogue of the page by
/// `ui/src/web/prerender.ts`. Values stand in braces.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FirstWords {
    week: String,
    /// Monday first.
    weekdays: Vec<String>,
    months: Vec<String>,
    seconds: String,
    minutes: String,
    hours: String,
}

static WORDS: LazyLock<BTreeMap<String, FirstWords>> = LazyLock::new(|| {
    let json = files::find("first-words.json").unwrap_or_default();
    // It was made with the page that is built in; a test reads it.
    serde_json::from_slice(json).unwrap_or_default()
});

/// Where the words were not built in, which a test excludes, a page waits for its script.
static NONE: LazyLock<FirstWords> = LazyLock::new(FirstWords::default);

/// The language of a page, and its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speech {
    pub(super) spoken: Spoken,
    words: &'static FirstWords,
}

impl Speech {
    /// As a browser asks for it.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut wanted = accepted(headers);
        if let Some(chosen) = chosen(headers) {
            wanted.retain(|tag| tag.split('-').next() == Some(chosen));
            wanted.push(chosen.to_owned());
        }
        let locale = Locale::of(&wanted, None);
        let spoken = locale.spoken(Language::System);
        let words = WORDS
            .get(&locale.tag())
            .or_else(|| WORDS.get(spoken.code()));
        Self {
            spoken,
            words: words.unwrap_or(&NONE),
        }
    }

    /// `Week from Monday 16 November`.
    pub(super) fn week_from(&self, date: NaiveDate) -> String {
        let words = self.words;
        let named = |names: &[String], index: u32| {
            usize::try_from(index)
                .ok()
                .and_then(|index| names.get(index).cloned())
                .unwrap_or_default()
        };
        let weekday = date.weekday().num_days_from_monday();
        words
            .week
            .replace("{weekday}", &named(&words.weekdays, weekday))
            .replace("{day}", &date.day().to_string())
            .replace("{month}", &named(&words.months, date.month0()))
    }

    /// A total in words: `2 h 05`, `45 min`, `20 s`; as `total` of `ui/src/lib/format.ts`, which draws the
    /// same number a moment later.
    pub(super) fn total(&self, seconds: u64) -> String {
        let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
        let words = self.words;
        match (hours, minutes) {
            (0, 0) if seconds > 0 => words.seconds.replace("{n}", &seconds.to_string()),
            (0, minutes) => words.minutes.replace("{n}", &minutes.to_string()),
            (hours, minutes) => words
                .hours
                .replace("{h}", &hours.to_string())
                .replace("{min}", &format!("{minutes:02}")),
        }
    }
}

/// What was chosen on the page, if it is a language that there is.
fn chosen(headers: &HeaderMap) -> Option<&'static str> {
    let cookies = headers.get_all(COOKIE).iter();
    let pairs = cookies
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == CHOSEN);
    ours.find_map(|(_, code)| Spoken::ALL.into_iter().find(|it| it.code() == code))
        .map(Spoken::code)
}

/// The languages that a browser asks for, best first (RFC 9110, 12.5.4). What makes no sense is left out.
fn accepted(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(ACCEPT_LANGUAGE).iter();
    let offers = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    let mut weighed: Vec<(f32, String)> = offers
        .filter_map(|offer| {
            let (tag, quality) = offer.split_once(';').unwrap_or((offer, "q=1"));
            let quality = quality.trim().strip_prefix("q=")?.parse().ok()?;
            (quality > 0.0).then(|| (quality, tag.trim().to_owned()))
        })
        .collect();
    // Those of equal weight stay in their order.
    weighed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    weighed.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn speech(accepted: &'static str, cookie: Option<&'static str>) -> Speech {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(accepted));
        if let Some(cookie) = cookie {
            headers.insert(COOKIE, HeaderValue::from_static(cookie));
        }
        Speech::of(&headers)
    }

    #[rstest]
    #[case::nothing_asked("", None, Spoken::En)]
    #[case::the_first_that_is_spoken("fr-FR,fr;q=0.9,de;q=0.8,en;q=0.7", None, Spoken::De)]
    #[case::by_weight_not_by_place("en;q=0.2, de-AT;q=0.9", None, Spoken::De)]
    #[case::refused("de;q=0, en;q=0.1", None, Spoken::En)]
    #[case::no_sense("de;q=much, ;;, *", None, Spoken::En)]
    #[case::chosen("en-GB,en;q=0.9", Some("a=b; mitta-language=de"), Spoken::De)]
    #[case::chosen_back("de-DE,de", Some("mitta-language=en"), Spoken::En)]
    #[case::chosen_what_there_is_not("de", Some("mitta-language=xx"), Spoken::De)]
    fn a_page_is_in_the_language_chosen_or_asked_for(
        #[case] accepted: &'static str,
        #[case] cookie: Option<&'static str>,
        #[case] spoken: Spoken,
    ) {
        assert_eq!(speech(accepted, cookie).spoken, spoken);
    }

    #[rstest]
    #[case("en-GB", "Week from Monday 16 November")]
    #[case("en-US", "Week from Monday, November 16")]
    #[case("de-AT", "Woche ab Montag, 16. November")]
    fn a_week_is_said_as_the_page_says_it(#[case] accepted: &'static str, #[case] said: &str) {
        let date = NaiveDate::from_ymd_opt(2026, 11, 16).expect("a date");
        assert_eq!(speech(accepted, None).week_from(date), said);
    }

    /// As `total` of `ui/src/lib/format.ts`.
    #[rstest]
    #[case(0, "0 min")]
    #[case(59, "59 s")]
    #[case(60, "1 min")]
    #[case(3_599, "59 min")]
    #[case(7_500, "2 h 05")]
    fn a_total_is_said_as_the_page_says_it(#[case] seconds: u64, #[case] said: &str) {
        for language in ["en", "de"] {
            assert_eq!(speech(language, None).total(seconds), said, "{language}");
        }
    }

    #[test]
    fn every_language_has_all_its_words() {
        for spoken in Spoken::ALL {
            let words = WORDS.get(spoken.code()).expect("words of each language");
            assert_eq!((words.weekdays.len(), words.months.len()), (7, 12));
            for page in ["signed-in", "signed-out", "invite"] {
                let html = files::page(page, spoken);
                let lang = format!("<html lang=\"{}\"", spoken.code());
                assert!(html.contains(&lang), "{page}: {html}");
            }
        }
    }
}
