//! What a page shows before its script has arrived, and what the script begins with instead of asking.
//!
//! Must hold: what people wrote is text, in the page and in its data.

use chrono::{DateTime, NaiveDate, TimeDelta};
use mitta_domain::UnixMillis;
use mitta_protocol::account::Account;
use mitta_protocol::now::Now;
use mitta_protocol::together::{Together, TogetherMember, TogetherPartnership};
use serde::Serialize;

use super::files;
use super::spoken::Speech;
use crate::http::auth::Person;
use crate::http::error::ApiError;
use crate::{AppState, accounts, together};

/// Weeks that the page shows, this one included; as in `ui/src/web/api.ts`.
const WEEKS: u32 = 12;
/// A day of the page begins at four, as in the app before one says otherwise.
const DAY_START: TimeDelta = TimeDelta::hours(4);

/// What the script begins with.
#[derive(Debug, Serialize)]
struct Begin {
    account: Account,
    /// The date that the weeks end with. The browser may be in another week already, or still: it asks
    /// again then.
    today: NaiveDate,
    together: Together,
    now: Now,
}

/// The page of one who is signed in.
pub(super) async fn signed_in(state: &AppState, person: &Person, speech: Speech) -> String {
    match begin(state, person).await {
        Ok(begin) => {
            // Ids, numbers and text can always be written as JSON.
            let data = serde_json::to_string(&begin).unwrap_or_default();
            filled(&shown(&begin, speech), &data, speech)
        }
        Err(error) => unknown(&error, speech),
    }
}

/// A page that does not know whether somebody is signed in, because of that. Its script asks again, and
/// says what is wrong if it still is.
pub(super) fn unknown(error: &ApiError, speech: Speech) -> String {
    let code = error.code().name();
    tracing::warn!(code, ?error, "a page was given without its first content");
    filled("", "{}", speech)
}

async fn begin(state: &AppState, person: &Person) -> Result<Begin, ApiError> {
    let today = today(state.clock.now_ms());
    Ok(Begin {
        account: accounts::own_account(state, person).await?,
        today,
        together: together::seen(state, person, today, WEEKS).await?,
        now: together::going_on(state, person).await?,
    })
}

/// The date in UTC: where the one who asks is, is not known before the script says so.
fn today(now: UnixMillis) -> NaiveDate {
    let now = DateTime::from_timestamp_millis(now.0).unwrap_or_default();
    (now - DAY_START).date_naive()
}

/// The page with what is shown and what the script begins with put in their places.
fn filled(shown: &str, data: &str, speech: Speech) -> String {
    let page = files::page("signed-in", speech.spoken);
    let Some((head, rest)) = page.split_once("<!--first-->") else {
        return page.to_owned();
    };
    let Some((middle, tail)) = rest.split_once("<!--data-->") else {
        return page.to_owned();
    };
    // In JSON a `<` stands only in text: written so, none can end the script.
    let data = data.replace('<', "\\u003c");
    [head, shown, middle, &data, tail].concat()
}

fn shown(begin: &Begin, speech: Speech) -> String {
    let partnerships = &begin.together.partnerships;
    let parts = partnerships.iter().map(|it| of_partnership(it, speech));
    let parts: String = parts.collect();
    let name = &begin.account.display_name;
    let all = if parts.is_empty() { title(name) } else { parts };
    format!("<main class=\"first\">{all}</main>")
}

fn of_partnership(partnership: &TogetherPartnership, speech: Speech) -> String {
    let week = partnership.weeks.last().map(|week| week.first_date);
    let week = week.map(|date| {
        let week = escaped(&speech.week_from(date));
        format!("<p class=\"soft\">{week}</p>")
    });
    let members = partnership.members.iter().map(|it| of_member(it, speech));
    let members: String = members.collect();
    let (title, week) = (title(&partnership.name), week.unwrap_or_default());
    format!("{title}{week}<ul>{members}</ul>")
}

fn title(name: &str) -> String {
    format!("<h1><bdi>{}</bdi></h1>", escaped(name))
}

fn of_member(member: &TogetherMember, speech: Speech) -> String {
    let name = escaped(&member.display_name);
    let week = member.weeks.as_deref().and_then(<[_]>::last);
    let sat = week.map(|week| format!(" <span>{}</span>", speech.total(week.credited_s)));
    format!("<li><bdi>{name}</bdi>{}</li>", sat.unwrap_or_default())
}

/// Text as it stands in HTML, also in an attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
