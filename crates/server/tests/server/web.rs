//! The web page as it is served: what stands around it, what may be kept of it, and whom it shows what.

use hyper::StatusCode;
use mitta_protocol::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{Answer, TestServer};
use crate::people::{PASSWORD, Somebody, ask, server};

const PAGES: [&str; 2] = ["/", "/invite"];

/// As a browser asks for an address: with none of our headers.
async fn browse(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.send("GET", path, headers, "").await
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).expect("text")
}

/// The cookie of one who signs in on the page.
async fn cookie(server: &TestServer, login: &str) -> String {
    let body = json!({"login": login, "password": PASSWORD});
    let answer = ask(server, "POST", "/v1/sign-in", &body).await;
    let set = answer.is(200).header("set-cookie").expect("a cookie");
    set.split(';').next().expect("a pair").to_owned()
}

/// What the script of a page begins with.
fn begins_with(answer: &Answer) -> Value {
    let (_, rest) = text(answer)
        .split_once("type=\"application/json\">")
        .expect("a place for data");
    let (data, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("JSON")
}

#[tokio::test]
async fn a_page_is_kept_by_nobody_framed_by_nobody_and_loads_from_here_alone() {
    let server = server().await;
    for path in PAGES {
        let page = browse(&server, path, &[]).await;
        assert_eq!(page.status, StatusCode::OK);
        let is = |name: &str, value: &str| assert_eq!(page.header(name), Some(value), "{path}");
        is("content-type", "text/html; charset=utf-8");
        is("cache-control", "no-store");
        is("x-content-type-options", "nosniff");
        is("referrer-policy", "no-referrer");
        is("cross-origin-opener-policy", "same-origin");
        let csp = page.header("content-security-policy").expect("a policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(csp.split("; ").any(|it| it == part), "{csp}");
        }
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(page.header("strict-transport-security"), None);
        assert!(!text(&page).contains("://"), "{path} names another address");
        assert!(text(&page).contains("<form"), "{path}");
    }
}

#[tokio::test]
async fn tls_is_told_to_stay_where_the_server_is_known_to_have_it() {
    let public = ["--public-url", "https://mitta.example.org"];
    let server = TestServer::start(&public).await;
    let page = browse(&server, "/", &[]).await;
    let told = page.header("strict-transport-security");
    assert_eq!(told, Some("max-age=31536000"));
}

#[tokio::test]
async fn what_a_page_names_is_there_is_compressed_and_is_kept_for_good() {
    let server = server().await;
    let page = browse(&server, "/", &[]).await;
    let named: Vec<&str> = text(&page)
        .split('"')
        .filter_map(|it| it.strip_prefix("./"))
        .filter(|it| it.starts_with("assets/"))
        .collect();
    assert!(named.len() >= 2, "{named:?}");
    for path in named {
        let path = format!("/{path}");
        let plain = browse(&server, &path, &[]).await;
        assert_eq!(plain.status, StatusCode::OK, "{path}");
        let forever = Some("public, max-age=31536000, immutable");
        assert_eq!(plain.header("cache-control"), forever, "{path}");
        assert_eq!(plain.header("content-encoding"), None);
        let packed = browse(&server, &path, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(packed.header("content-encoding"), Some("br"), "{path}");
        assert!(packed.body.len() < plain.body.len() / 2, "{path}");
    }
    let icon = browse(&server, "/favicon.svg", &[]).await;
    assert_eq!(icon.header("content-type"), Some("image/svg+xml"));
}

#[tokio::test]
async fn nothing_else_is_served_and_a_refusal_is_kept_by_nobody() {
    let server = server().await;
    for path in [
        "/assets/none.js",
        "/assets/..%2Fsigned-in.html",
        "/assets/%2e%2e/signed-in.html",
        "/assets/",
        "/signed-in.html",
        "/weight.json",
        "/invite/secret",
        "/index.html",
    ] {
        let answer = browse(&server, path, &[]).await;
        assert_eq!(answer.code(), ErrorCode::NotFound, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    let posted = server.send("POST", "/", &[], "login=a&password=b").await;
    assert_eq!(posted.code(), ErrorCode::MethodNotAllowed);
}

#[tokio::test]
async fn a_page_shows_what_its_person_may_see_and_only_with_their_cookie() {
    let server = server().await;
    let ana = Somebody::new(&server, "ana", 1).await;
    let ben = Somebody::new(&server, "ben", 2).await;
    let eve = Somebody::new(&server, "eve", 3).await;
    let partnership = ana.joins(&ben, "2026-11-01").await;
    ben.sits(1, "2026-11-20", 65).await;
    ana.sits(1, "2026-11-19", 20).await;

    let (anas, eves) = (cookie(&server, "ana").await, cookie(&server, "eve").await);
    let page = browse(&server, "/", &[("cookie", &anas)]).await;
    assert!(text(&page).contains("<bdi>BEN</bdi> <span>1 h 05</span>"));
    assert!(text(&page).contains("Week from Monday 16 November"));
    let begun = begins_with(&page);
    assert_eq!(begun["account"]["login"], "ana");
    assert_eq!(begun["today"], "2026-11-20");
    // The same as is answered to whoever asks for it.
    let asked = ana.get("/v1/together?today=2026-11-20&weeks=12").await;
    assert_eq!(begun["together"], asked);

    let bearer = format!("Bearer {}", ana.token);
    let forged = "__Host-mitta=mitta_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for headers in [
        vec![],
        vec![("cookie", eves.as_str())],
        vec![("cookie", forged)],
        // A device's token shows no page.
        vec![("authorization", bearer.as_str())],
    ] {
        for path in PAGES {
            let page = browse(&server, path, &headers).await;
            assert_eq!(page.status, StatusCode::OK);
            for secret in ["BEN", "1 h 05", &partnership] {
                assert!(!text(&page).contains(secret), "{headers:?} {path}");
            }
        }
    }
    assert_eq!(
        eve.get("/v1/together?today=2026-11-20&weeks=1").await["partnerships"],
        json!([])
    );

    // Revoked, it is the cookie of nobody.
    let change = json!({"current_password": PASSWORD, "new_password": "a whole new one"});
    ana.ask("POST", "/v1/account/password", &change)
        .await
        .is(204);
    let page = browse(&server, "/", &[("cookie", &anas)]).await;
    assert!(!text(&page).contains("BEN") && text(&page).contains("<form"));
}

#[tokio::test]
async fn what_people_write_is_text_in_the_page_and_in_its_data() {
    let server = server().await;
    let evil = "</script><img src=x onerror='alert(1)'>&\"";
    let ana = Somebody::new(&server, "ana", 1).await;
    let name = json!({"display_name": evil});
    ana.ask("PATCH", "/v1/account", &name).await.is(200);
    let new = json!({"name": evil, "week_start": "Mon", "share_since": "2026-11-01"});
    ana.ask("POST", "/v1/partnerships", &new).await.is(201);
    let anas = cookie(&server, "ana").await;
    let page = browse(&server, "/", &[("cookie", &anas)]).await;
    assert!(!text(&page).contains("<img"));
    let escaped = "&lt;/script&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;&quot;";
    assert!(text(&page).contains(&format!("<h1><bdi>{escaped}</bdi></h1>")));
    let begun = begins_with(&page);
    assert_eq!(begun["account"]["display_name"], evil);
    assert_eq!(begun["together"]["partnerships"][0]["name"], evil);
}
