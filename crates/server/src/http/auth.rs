//! Who asks: the person whose token a request carries.
//!
//! Must hold: the token alone decides (invariant I10); a page of somebody else cannot make a browser
//! that is signed in change anything; whether a token was never made, has expired or was revoked is
//! not said.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use mitta_domain::{DeviceId, PersonId};
use mitta_protocol::ErrorCode;
use tokio_postgres::types::Type;

use super::error::ApiError;
use crate::AppState;
use crate::accounts::activity::About;
use crate::accounts::secret::{SecretHash, read_token};
use crate::db::Param;

/// The cookie of the web page. By this prefix the browser itself sees to it that the cookie is of this
/// host alone, for all its paths, and secure.
pub const COOKIE_NAME: &str = "__Host-mitta";
/// The header that only our own page sends, since another site's page may not without asking.
pub const WEB_HEADER: &str = "x-mitta";
/// What that header says.
pub const WEB_HEADER_VALUE: &str = "web";

/// In which a browser says whose page asks.
const FETCH_SITE: &str = "sec-fetch-site";

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a device stays signed in without being used: a retreat must not sign anyone out.
pub const DEVICE_SLIDE_MS: i64 = 90 * DAY_MS;
/// How long the web page stays signed in without being used.
pub const WEB_SLIDE_MS: i64 = 7 * DAY_MS;
/// How long the web page stays signed in at most, however much it is used.
pub const WEB_AT_MOST_MS: i64 = 90 * DAY_MS;

/// The person who asks.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Who.
    pub person_id: PersonId,
    /// On which device; none from the web page.
    pub device_id: Option<DeviceId>,
    /// Whether it is the web page that asks, with its cookie.
    pub is_web: bool,
    /// Of the token that was shown.
    pub(crate) token: SecretHash,
}

impl Person {
    /// What an activity says of who did it: the device, where it is one.
    pub(crate) fn about(&self) -> About {
        About {
            device: self.device_id,
            ..About::default()
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let shown = shown(&parts.headers).ok_or_else(sign_in_needed)?;
        let person = whose(&AppState::from_ref(state), &shown).await?;
        if shown.is_cookie && is_foreign(&parts.method, &parts.headers) {
            return Err(ApiError::new(
                ErrorCode::ForeignPage,
                "This request did not come from the server's own page, and nothing was changed.",
            ));
        }
        Ok(person)
    }
}

/// A token as a request carries it.
struct Shown {
    hash: SecretHash,
    is_cookie: bool,
}

/// A bearer token goes before a cookie: a browser adds the cookie by itself.
fn shown(headers: &HeaderMap) -> Option<Shown> {
    if let Some(authorization) = headers.get(AUTHORIZATION) {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        let hash = read_token(token.trim())?;
        return scheme.eq_ignore_ascii_case("bearer").then_some(Shown {
            hash,
            is_cookie: false,
        });
    }
    let cookies = headers.get_all(COOKIE).iter();
    let pairs = cookies
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == COOKIE_NAME);
    ours.find_map(|(_, value)| read_token(value))
        .map(|hash| Shown {
            hash,
            is_cookie: true,
        })
}

fn is_foreign(method: &Method, headers: &HeaderMap) -> bool {
    let changes = !(method == Method::GET || method == Method::HEAD);
    let ours = HeaderValue::from_static(WEB_HEADER_VALUE);
    let site = headers.get(FETCH_SITE);
    let elsewhere = site.is_some_and(|site| site != "same-origin");
    changes && (headers.get(WEB_HEADER) != Some(&ours) || elsewhere)
}

/// Whose token it is; its use prolongs it.
async fn whose(state: &AppState, shown: &Shown) -> Result<Person, ApiError> {
    // Before every request: one round trip.
    let sql = "SELECT person_id, device_id, kind FROM mitta.token_lookup($1, $2, $3, $4)";
    let now_ms = state.clock.now_ms().0;
    let params: [Param<'_>; _] = [
        (&shown.hash.as_bytes(), Type::BYTEA),
        (&now_ms, Type::INT8),
        (&DEVICE_SLIDE_MS, Type::INT8),
        (&WEB_SLIDE_MS, Type::INT8),
    ];
    let found = state.db.once(sql, &params).await?;
    let row = found.ok_or_else(sign_in_needed)?;
    let is_web = row.get::<_, &str>(2) == "web";
    // A cookie's token is no bearer token and the other way round: each has its own protection.
    if is_web != shown.is_cookie {
        return Err(sign_in_needed());
    }
    Ok(Person {
        person_id: PersonId::from_uuid(row.get(0)),
        device_id: row.get::<_, Option<_>>(1).map(DeviceId::from_uuid),
        is_web,
        token: shown.hash,
    })
}

/// No token, or none that counts.
pub(crate) fn sign_in_needed() -> ApiError {
    ApiError::new(
        ErrorCode::SignInNeeded,
        "Please sign in. What you recorded stays on this device.",
    )
}

/// A header that has the browser keep the token, or forget what it keeps.
pub(crate) fn set_cookie(token: Option<&str>) -> HeaderValue {
    let max_age_s = token.map_or(0, |_| WEB_AT_MOST_MS / 1000);
    let text = format!(
        "{COOKIE_NAME}={}; Max-Age={max_age_s}; Path=/; HttpOnly; Secure; SameSite=Strict",
        token.unwrap_or_default()
    );
    // A token is base64url, which a header can always carry.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::secret::token;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).expect("a header"));
        }
        headers
    }

    #[test]
    fn a_token_is_found_where_it_is_and_a_bearer_goes_before_a_cookie() {
        let (one, two) = (token([1; 32]), token([2; 32]));
        let check = |pairs: &[(&'static str, &str)], expected: Option<(SecretHash, bool)>| {
            let found = shown(&headers(pairs)).map(|shown| (shown.hash, shown.is_cookie));
            assert_eq!(found, expected, "{pairs:?}");
        };
        let bearer = format!("Bearer {}", one.shown);
        let cookie = format!("a=b; __Host-mitta={}; c", two.shown);
        check(&[], None);
        check(&[("authorization", &bearer)], Some((one.hash, false)));
        check(
            &[("authorization", &bearer.replace("Bearer", "bearer"))],
            Some((one.hash, false)),
        );
        check(&[("cookie", &cookie)], Some((two.hash, true)));
        check(
            &[("cookie", "a=b"), ("cookie", &cookie)],
            Some((two.hash, true)),
        );
        check(
            &[("cookie", &cookie), ("authorization", &bearer)],
            Some((one.hash, false)),
        );
        check(&[("cookie", &cookie), ("authorization", "Bearer x")], None);
        check(&[("authorization", &format!("Basic {}", one.shown))], None);
        check(&[("authorization", &one.shown)], None);
        check(&[("cookie", "__Host-mitta=")], None);
    }

    #[test]
    fn only_our_page_changes_something_with_a_cookie() {
        let check = |method: Method, pairs: &[(&'static str, &str)], foreign: bool| {
            assert_eq!(is_foreign(&method, &headers(pairs)), foreign, "{method}");
        };
        check(Method::GET, &[], false);
        check(Method::HEAD, &[], false);
        check(Method::POST, &[], true);
        check(Method::DELETE, &[("x-mitta", "other")], true);
        check(Method::PATCH, &[("x-mitta", "web")], false);
        let from = |site| [("x-mitta", "web"), ("sec-fetch-site", site)];
        check(Method::POST, &from("same-origin"), false);
        check(Method::POST, &from("same-site"), true);
        check(Method::POST, &from("cross-site"), true);
    }

    #[test]
    fn a_cookie_is_for_this_server_and_its_own_pages_alone() {
        let set = set_cookie(Some("mitta_x"));
        assert_eq!(
            set.to_str().expect("text"),
            "__Host-mitta=mitta_x; Max-Age=7776000; Path=/; HttpOnly; Secure; SameSite=Strict"
        );
        assert!(
            set_cookie(None)
                .to_str()
                .expect("text")
                .contains("Max-Age=0")
        );
    }
}
