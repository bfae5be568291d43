//! The whole of it at once: two apps, each in a window, and two browsers before one server. A sit in the
//! app shows on the page as it happens, the number is the same in the app, on the page and in SQL, and what
//! is made private is gone; then they sit together though the network of one goes, both ring, and the
//! page sees both.
//!
//! `ui/e2e/beside/beside.spec.ts` looks at the pages and says what it has seen, one word a line; this does
//! what it then waits for.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use anyhow::{Context as _, Result, bail, ensure};
use mitta_tests::server::TestServer;
use mitta_tests::together::{Two, account};
use mitta_tests::wait::{SOON, find, until};
use serde_json::{Value, json};

use super::together::{PLANNED_S, sit_through};
use crate::policy::root;

/// What the pages have seen, as it is said.
struct Pages {
    browser: Child,
    said: Receiver<String>,
}

impl Pages {
    fn open(server: &TestServer) -> Result<Self> {
        let ui = root().join("ui");
        let mut browser = Command::new("node")
            .arg(ui.join("node_modules/@playwright/test/cli.js"))
            .args(["test", "--config", "playwright.beside.config.ts"])
            .current_dir(ui)
            .env(
                "MITTA_WEB_URL",
                format!("http://localhost:{}", server.port()),
            )
            .stdout(Stdio::piped())
            .spawn()?;
        let output = browser.stdout.take().context("its output")?;
        let (tell, said) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                println!("{line}");
                if let Some(seen) = line.trim().strip_prefix("SEEN ")
                    && tell.send(seen.to_owned()).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self { browser, said })
    }

    /// Waits until the pages have seen that; what else they say with it.
    fn see(&self, wanted: &str) -> Result<String> {
        let said = self.said.recv_timeout(SOON * 3);
        let said = said.with_context(|| format!("the pages have not seen: {wanted}"))?;
        let rest = said.strip_prefix(wanted);
        let rest = rest.with_context(|| format!("“{said}” in place of “{wanted}”"))?;
        Ok(rest.trim().to_owned())
    }

    fn end(mut self) -> Result<()> {
        let status = self.browser.wait()?;
        ensure!(status.success(), "see what Playwright says above");
        Ok(())
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}

/// What Anna has sat this week: as her app and Ben's show it, and as the tables have it.
fn weeks(two: &Two) -> Result<[u64; 3]> {
    let today = two.anna.rpc("totals", &json!({}))?;
    let today = today.map_err(|refused| anyhow::anyhow!("totals: {refused}"))?;
    let args = json!({ "today": today["today"]["from"], "weeks": 1 });
    let of_anna = |seen: &Value| {
        let members = seen["partnerships"][0]["members"].as_array().cloned();
        let mut members = members.unwrap_or_default().into_iter();
        let anna = members.find(|it| it["display_name"] == "anna");
        anna.and_then(|it| it["weeks"][0]["credited_s"].as_u64())
    };
    let mut seen = Vec::new();
    for desktop in [&two.anna, &two.ben] {
        let together = account(desktop, "together", &args)?;
        seen.push(of_anna(&together).with_context(|| together.to_string())?);
    }
    let sum = "SELECT coalesce(sum(d.credited_s), 0)::bigint FROM mitta.day_totals d
        JOIN mitta.shares s USING (person_id, share_id) JOIN mitta.accounts a USING (person_id)
        WHERE a.login = 'anna' AND s.closed_at_ms IS NULL";
    let there: i64 = two.server.rows(sum, &[])?[0].get(0);
    Ok([seen[0], seen[1], there.unsigned_abs()])
}

fn sits(two: &Two) -> Result<String> {
    let choice = two.anna.rpc("snapshot", &json!({}))?;
    let choice = choice.map_err(|refused| anyhow::anyhow!("snapshot: {refused}"))?;
    let mut choice = choice["settings"]["choice"].clone();
    choice["planned_s"] = json!(1200);
    // Nothing of it may ring on into what is recorded afterwards.
    for bell in ["start_bell", "end_bell"] {
        choice[bell]["strikes"] = json!(0);
    }
    let sit = two.anna.rpc("begin", &choice)?;
    let sit = sit.map_err(|refused| anyhow::anyhow!("begin: {refused}"))?;
    Ok(sit["session_id"].as_str().context("an id")?.to_owned())
}

fn does(two: &Two, name: &str, args: &Value) -> Result<()> {
    match two.anna.rpc(name, args)? {
        Ok(_) => Ok(()),
        Err(refused) => bail!("{name}: {refused}"),
    }
}

#[test]
fn a_page_and_two_apps_show_the_same_as_it_happens() {
    let told = || {
        let two = Two::partners(TestServer::start()?)?;
        for desktop in [&two.anna, &two.ben] {
            let shows = json!({ "partnership_id": two.partnership_id, "share_since": null,
                "is_paused": null, "weekly_goal_s": null, "shows_sitting": true });
            account(desktop, "change_membership", &shows)?;
            until("the consent is known here", SOON, || {
                let seen = account(desktop, "partnerships", &json!({}))?;
                account(desktop, "sync_now", &json!({}))?;
                Ok(seen["partnerships"][0]["members"][0]["shows_sitting"] == true)
            })?;
        }
        let pages = Pages::open(&two.server)?;
        pages.see("both pages")?;

        let session_id = sits(&two)?;
        let of = json!({ "session_id": session_id });
        pages.see("Anna sitting")?;
        until("two seconds are sat", SOON, || {
            let live = two.anna.rpc("snapshot", &json!({}))?;
            Ok(live.is_ok_and(|it| it["sit"]["elapsed_ms"].as_u64() >= Some(2_000)))
        })?;
        does(&two, "end", &of)?;
        does(&two, "finish", &of)?;
        let on_page = pages.see("her total")?;
        let [hers, his, there] = find("all show the same", SOON, || {
            let all = weeks(&two)?;
            Ok((all[0] > 0 && all[0] == all[1] && all[1] == all[2]).then_some(all))
        })?;
        assert_eq!((hers, his), (there, there));
        assert_eq!(on_page, format!("{there} s"));

        let private = json!({ "session_id": session_id,
            "sharing": { "shared": false, "note_shared": false } });
        does(&two, "share_session", &private)?;
        pages.see("it gone")?;
        until("it is gone in Ben's own database", SOON, || {
            let left =
                format!("SELECT count(*) FROM partner_sessions WHERE session_id = '{session_id}'");
            Ok(two.ben.value::<u32>(&left)? == 0 && weeks(&two)? == [0, 0, 0])
        })?;

        let together_id = two.agree(PLANNED_S, None)?;
        pages.see("the proposal")?;
        two.take_places(&together_id)?;
        pages.see("both sitting")?;
        sit_through(&two, &together_id)?;
        pages.see("that they sat together")?;
        pages.end()
    };
    if let Err(error) = told() {
        panic!("{error:?}");
    }
}
