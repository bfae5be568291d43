//! Two persons at two windows who sit together, each heard in an ear of its own.
//!
//! The second person's window reaches the server through a [`ChaosProxy`], so that its network may go.

use std::fs::File;
use std::io::{Seek as _, Write as _};

use anyhow::{Context as _, Result, anyhow, ensure};
use mitta_domain::Seconds;
use serde_json::{Value, json};

use crate::desktop::TestDesktop;
use crate::devices::place;
use crate::proxy::ChaosProxy;
use crate::server::TestServer;
use crate::sound::{Ear, PulseSink, Recording};
use crate::wait::{SOON, find, until};

/// Of everybody here.
pub const PASSWORD: &str = "a long enough password";
const SHARE_SINCE: &str = "2026-01-01";

/// Anna and Ben, partners, each at a window.
pub struct Two {
    /// Of both.
    pub server: TestServer,
    /// Between Ben and the server.
    pub network: ChaosProxy,
    /// Where both are heard.
    pub sink: PulseSink,
    /// In the left ear.
    pub anna: TestDesktop,
    /// In the right ear.
    pub ben: TestDesktop,
    /// What they share.
    pub partnership_id: Value,
}

impl Two {
    /// Both have an account, and each is the other's partner.
    ///
    /// # Errors
    /// Where anything of it fails.
    pub fn partners(server: TestServer) -> Result<Self> {
        let network = ChaosProxy::start(server.port(), 4)?;
        let sink = PulseSink::for_two()?;
        let anna = signed_up("anna", &server.url(), sink.env_of(Ear::Left))?;
        let ben = signed_up("ben", &network.url(), sink.env_of(Ear::Right))?;
        let partnership_id = partnership(&anna, &ben)?;
        Ok(Self {
            server,
            network,
            sink,
            anna,
            ben,
            partnership_id,
        })
    }

    /// Anna proposes to sit for so many seconds, with one strike at either end, and Ben joins; its id.
    /// Without a start it is the soonest that there is.
    ///
    /// # Errors
    /// Where anything of it fails.
    pub fn agree(&self, planned_s: Seconds, starts_at_ms: Option<i64>) -> Result<Value> {
        let bells = json!({ "start_strikes": 1, "end_strikes": 1, "interval_every_s": null });
        let args = json!({
            "partnership_id": self.partnership_id,
            "starts_at_ms": starts_at_ms,
            "planned_s": planned_s,
            "bells": bells,
        });
        let together_id = account(&self.anna, "propose", &args)?["together_id"].take();
        until("Ben hears of it", SOON, || {
            let now = account(&self.ben, "together_now", &json!({}))?;
            let proposals = now["now"]["proposals"].as_array();
            let mut proposals = proposals.into_iter().flatten();
            Ok(proposals.any(|it| it["together_id"] == together_id))
        })?;
        let joins = json!({ "together_id": together_id, "answer": "joined" });
        account(&self.ben, "answer_proposal", &joins)?;
        Ok(together_id)
    }

    /// Both take their places, where the window has not done so by itself.
    ///
    /// # Errors
    /// Where a place is refused.
    pub fn take_places(&self, together_id: &Value) -> Result<()> {
        for desktop in [&self.anna, &self.ben] {
            let seat = account(desktop, "seat", &json!({ "together_id": together_id }))?;
            if let Err(refused) = desktop.rpc("begin_together", &seat)? {
                let live = desktop.rpc("snapshot", &json!({}))?;
                let sits = live.is_ok_and(|it| it["sit"]["together_id"] == *together_id);
                ensure!(sits, "begin_together: {refused}");
            }
        }
        Ok(())
    }

    /// Waits until both sits are over, recorded, and silent.
    ///
    /// # Errors
    /// Where they do not end.
    pub fn ring_out(&self, together_id: &Value) -> Result<()> {
        for desktop in [&self.anna, &self.ben] {
            until("the sit is recorded", SOON * 3, || {
                let sits = sits_of(desktop, together_id)?;
                Ok(sits.iter().any(|it| it.state == "completed"))
            })?;
        }
        until("the bells have died away", SOON * 2, || {
            Ok(self.sink.streams()? == 0)
        })
    }
}

/// A session of a sitting together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sat {
    /// Its id.
    pub session_id: String,
    /// `running` or `completed`.
    pub state: String,
    /// Planned seconds.
    pub planned_s: Option<i32>,
    /// Credited seconds.
    pub credited_s: Option<i32>,
}

/// The sessions of a sitting together in a window's database.
///
/// # Errors
/// Where it cannot be read.
pub fn sits_of(desktop: &TestDesktop, together_id: &Value) -> Result<Vec<Sat>> {
    let connection = desktop.sqlite()?;
    let mut statement = connection.prepare(
        "SELECT session_id, state, planned_s, credited_s FROM sessions \
         WHERE together_id = ?1 AND NOT deleted",
    )?;
    let rows = statement.query_map([together_id.as_str()], |row| {
        Ok(Sat {
            session_id: row.get(0)?,
            state: row.get(1)?,
            planned_s: row.get(2)?,
            credited_s: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When each ear heard start and end of a sit of so many seconds, in Unix milliseconds: the first strike,
/// and the one nearest to where the end is due. A crackle in between is neither.
///
/// # Errors
/// Where an ear did not hear both.
pub fn bells_ms(heard: &[Recording; 2], planned_s: Seconds) -> Result<[[f64; 2]; 2]> {
    let [left, right] = heard.each_ref().map(|ear| bells_of(ear, planned_s));
    Ok([left.context("Anna's bells")?, right.context("Ben's bells")?])
}

fn bells_of(heard: &Recording, planned_s: Seconds) -> Result<[f64; 2]> {
    let strikes = heard.strikes_ms();
    let start = *strikes.first().context("no strike")?;
    let due = start + f64::from(planned_s.0) * 1000.0;
    let off = |at: &f64| (at - due).abs();
    let end = strikes[1..]
        .iter()
        .copied()
        .min_by(|a, b| off(a).total_cmp(&off(b)));
    let end = end.with_context(|| format!("one strike only, of {strikes:.0?}"))?;
    Ok([start, end])
}

/// A command of the account that must not be refused.
///
/// # Errors
/// Where it is, or the page is gone.
pub fn account(desktop: &TestDesktop, name: &str, args: &Value) -> Result<Value> {
    desktop
        .account_rpc(name, args)?
        .map_err(|refused| anyhow!("{name}: {refused}"))
}

/// A window of somebody who has an account, with nothing that a test would wait for.
///
/// # Errors
/// Where signing up or the window fails.
pub fn signed_up<V: Into<std::ffi::OsString>>(
    login: &str,
    url: &str,
    env: Vec<(&'static str, V)>,
) -> Result<TestDesktop> {
    let mut desktop = TestDesktop::new()?;
    for (name, value) in env {
        desktop.place.env.push((name.to_owned(), value.into()));
    }
    desktop.seed(|seed| {
        seed.settings(|settings| {
            settings.choice.preparation_s = Seconds(0);
            settings.prevent_suspend = false;
        })
    })?;
    let mut password = tempfile::tempfile()?;
    writeln!(password, "{PASSWORD}")?;
    password.rewind()?;
    let input: File = password;
    let done = desktop
        .command("mitta")?
        .arg("--json")
        .args(place("sign-up", url, login))
        .args(["--name", login])
        .stdin(input)
        .status()?;
    ensure!(done.success(), "mitta account sign-up: {done}");
    desktop.launch()?;
    Ok(desktop)
}

/// Anna makes it and invites, Ben accepts, she confirms; both know of it.
fn partnership(anna: &TestDesktop, ben: &TestDesktop) -> Result<Value> {
    let new = json!({ "name": "Ties", "week_start": "Mon", "share_since": SHARE_SINCE });
    let partnership_id = account(anna, "create_partnership", &new)?["partnership_id"].take();
    let invite = json!({ "partnership_id": partnership_id, "kind": "code" });
    let invite = account(anna, "invite", &invite)?;
    let accept = json!({ "secret": invite["secret"], "share_since": SHARE_SINCE });
    account(ben, "accept_invite", &accept)?;
    let confirm = json!({
        "partnership_id": partnership_id,
        "invite_id": invite["invite_id"],
        "accept": true,
    });
    account(anna, "confirm_invite", &confirm)?;
    for desktop in [anna, ben] {
        find("both are members", SOON, || {
            account(desktop, "sync_now", &json!({}))?;
            let list = account(desktop, "partnerships", &json!({}))?;
            let members = list["partnerships"][0]["members"].as_array();
            Ok(members.filter(|them| them.len() == 2).map(drop))
        })
        .context("a partnership of two")?;
    }
    Ok(partnership_id)
}
