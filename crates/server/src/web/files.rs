//! The files of the page, as they were built into the program.

use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use mitta_words::Spoken;

/// Each by its path below `ui/dist-web`, in order; beside a file that is worth it lie the same
/// compressed, as `.br` and `.gz`.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// For what never changes under its name.
pub const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A file by its path.
pub(super) fn find(path: &str) -> Option<&'static [u8]> {
    let at = FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    Some(FILES[at].1)
}

/// A page by its name, in a language. That it is there, the build has seen to.
pub(super) fn page(name: &str, spoken: Spoken) -> &'static str {
    let bytes = find(&format!("{name}.{}.html", spoken.code())).unwrap_or_default();
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// What lies under `/assets`: the name of each says its content, so it is kept forever.
pub(super) fn asset(path: &str, headers: &HeaderMap) -> Option<Response> {
    let content_type = content_type(path)?;
    let (coding, bytes) = packed(path, headers).or_else(|| Some((None, find(path)?)))?;
    let mut response = bytes.into_response();
    let told = response.headers_mut();
    told.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    told.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    told.insert(CACHE_CONTROL, FOREVER);
    told.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        told.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Some(response)
}

/// The file compressed in a way that the browser takes.
fn packed(path: &str, headers: &HeaderMap) -> Option<(Option<&'static str>, &'static [u8])> {
    let accepted = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |coding: &str| {
        let mut offers = accepted.split(',').map(|it| it.split(';'));
        offers.any(|mut offer| {
            let is_it = offer.next().is_some_and(|name| name.trim() == coding);
            let is_refused = offer.any(|quality| matches!(quality.trim(), "q=0" | "q=0.0"));
            is_it && !is_refused
        })
    };
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| takes(coding))
        .find_map(|(coding, ending)| Some((Some(coding), find(&format!("{path}.{ending}"))?)))
}

/// By the end of the name; a file of another kind is not served.
fn content_type(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    match ending {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_in_order_and_every_page_has_its_places() {
        assert!(FILES.is_sorted_by_key(|(name, _)| *name));
        assert!(FILES.iter().any(|(name, _)| name.ends_with(".js.br")));
        for spoken in Spoken::ALL {
            for name in ["signed-out", "invite", "signed-in"] {
                assert!(page(name, spoken).contains("id=\"app\""), "{name}");
            }
        }
    }

    #[test]
    fn a_coding_is_used_where_the_browser_takes_it() {
        let mut names = FILES.iter().map(|(name, _)| *name);
        let script =
            names.find(|name| content_type(name) == Some("text/javascript; charset=utf-8"));
        let script = script.expect("a script");
        let check = |accepted: Option<&'static str>, coding: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(accepted) = accepted {
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            }
            let answer = asset(script, &headers).expect("it is there");
            let told = answer.headers().get(CONTENT_ENCODING);
            let told = told.map(|it| it.to_str().expect("text"));
            assert_eq!(told, coding, "{accepted:?}");
        };
        check(None, None);
        check(Some("identity"), None);
        check(Some("gzip, deflate, br, zstd"), Some("br"));
        check(Some("gzip;q=0.5, br;q=0"), Some("gzip"));
        check(Some("brotli"), None);
    }
}
