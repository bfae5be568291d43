//! The web page in the system's Chromium, before the real server and Postgres: what `ui/e2e` says, each
//! file before a server of its own. `ui/playwright.config.ts` is how the browser is started.

use std::process::Command;

use mitta_tests::server::TestServer;

use crate::policy::root;

fn passes(file: &str) {
    let server = TestServer::start().expect("a server");
    let ui = root().join("ui");
    let playwright = ui.join("node_modules/@playwright/test/cli.js");
    assert!(
        playwright.is_file(),
        "npm's packages are missing: run `cargo xtask ui`"
    );
    let status = Command::new("node")
        .arg(playwright)
        .args(["test", file])
        .current_dir(ui)
        // The cookie is a secure one, and to a browser this name is as good as TLS.
        .env(
            "MITTA_WEB_URL",
            format!("http://localhost:{}", server.port()),
        )
        .env("MITTA_WEB_DATABASE", server.database_url())
        .status()
        .expect("node runs");
    assert!(status.success(), "{file}: see what Playwright says above");
}

#[test]
fn getting_in() {
    passes("door.spec.ts");
}

#[test]
fn seeing_each_other() {
    passes("together.spec.ts");
}

#[test]
fn invites_that_are_no_good() {
    passes("invites.spec.ts");
}

#[test]
fn what_people_write_is_text() {
    passes("safe.spec.ts");
}

#[test]
fn for_everybody() {
    passes("access.spec.ts");
}
