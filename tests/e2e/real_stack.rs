//! Everything real at once: three devices of two persons sit, edit and sync while the network between
//! them and the server misbehaves and server and Postgres are killed and started again. Afterwards
//! nothing is lost, nothing is there twice, and every total is the same number on all sides (I2, I3,
//! I5, I7, I8, I9).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use mitta_domain::session::Words;
use mitta_domain::share::{ShareRule, visible};
use mitta_domain::{Seconds, Session, SessionId, ShareId, Sharing, State};
use mitta_store::Edit;
use mitta_tests::api::{Api, partner};
use mitta_tests::devices::{ById, TestDevice};
use mitta_tests::proxy::{ChaosProxy, FATES, Fate};
use mitta_tests::server::TestServer;
use mitta_tests::wait::until;
use rand::rngs::StdRng;
use rand::seq::IteratorRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use uuid::Uuid;

/// Unless `MITTA_E2E_SEED` names another.
const SEED: u64 = 20_261_121;
/// What each device does, one after the other.
const STEPS: u32 = 18;
/// What is killed, in this order.
const KILLS: [Kill; 5] = [
    Kill::Server,
    Kill::Postgres,
    Kill::Both,
    Kill::Postgres,
    Kill::Server,
];
/// Rounds of all devices until everything has to be in step, once the network is calm.
const ROUNDS: u32 = 8;
/// The longest that a device takes for a step, with a database that is away.
const STEP: Duration = Duration::from_secs(90);
const PASSWORD: &str = "a long enough password";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    Server,
    Postgres,
    Both,
}

/// How far the devices are.
struct Progress {
    steps: AtomicU32,
    working: AtomicU32,
}

impl Progress {
    /// Waits until so many steps were done, or nobody works any more.
    fn reaches(&self, steps: u32) -> Result<()> {
        until("the devices go on", STEP, || {
            let is_over = self.working.load(Ordering::SeqCst) == 0;
            Ok(is_over || self.steps.load(Ordering::SeqCst) >= steps)
        })
    }
}

/// Counts down when its device is done, however that ends.
struct Working<'a>(&'a Progress);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.working.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A device at work; the sits that the terminal acknowledged.
fn work(device: &TestDevice, seed: u64, progress: &Progress) -> Result<Vec<SessionId>> {
    let _working = Working(progress);
    let mut random = StdRng::seed_from_u64(seed);
    let mut sat = Vec::new();
    for _ in 0..STEPS {
        match random.random_range(0..12) {
            0..4 => sat.push(device.sit("1s")?),
            4..7 => {
                // Whatever becomes of the sync, the sit is not touched (I9).
                let sit = device.start_sit("1s")?;
                device.sync()?;
                sat.push(device.sat(sit)?);
            }
            7..9 => edit(device, &mut random)?,
            _ => {
                device.sync()?;
            }
        }
        progress.steps.fetch_add(1, Ordering::SeqCst);
    }
    Ok(sat)
}

/// Edits any sit that is known here, also one of the other device.
fn edit(device: &TestDevice, random: &mut StdRng) -> Result<()> {
    if !device.terminal.database().exists() {
        return Ok(());
    }
    let sessions = device.sessions()?;
    let completed = sessions
        .iter()
        .filter(|(_, it)| it.state() == State::Completed);
    let Some((session_id, session)) = completed.choose(random) else {
        return Ok(());
    };
    let edit = match random.random_range(0..5) {
        0 if session.deleted => return Ok(()),
        0 => Edit::Words(Words {
            note: Some(format!("note {}", random.random_range(0..1_000))),
            ..Words::default()
        }),
        1 => Edit::Credited(Seconds(random.random_range(1..600))),
        2 => Edit::Sharing(Sharing {
            shared: random.random_range(0..2) == 0,
            note_shared: true,
        }),
        3 => Edit::Sharing(Sharing {
            shared: true,
            note_shared: random.random_range(0..2) == 0,
        }),
        _ => Edit::Deleted(random.random_range(0..2) == 0),
    };
    device.edit(*session_id, &edit)
}

fn kill(server: &mut TestServer, what: Kill, progress: &Progress) -> Result<()> {
    if what != Kill::Postgres {
        server.kill()?;
    }
    if what != Kill::Server {
        server.kill_postgres()?;
    }
    // Somebody notices.
    progress.reaches(progress.steps.load(Ordering::SeqCst) + 2)?;
    server.start_postgres_again()?;
    server.start_again()
}

/// Syncs all, round after round, until a whole round found all in step twice.
fn settle(devices: &[&TestDevice]) -> Result<()> {
    let mut before = false;
    let mut said = Vec::new();
    for _ in 0..ROUNDS {
        said.clear();
        for device in devices {
            said.push(device.sync()?);
        }
        let now = said.iter().all(|(code, _)| *code == Some(0));
        if before && now {
            return Ok(());
        }
        before = now;
    }
    bail!("not in step after {ROUNDS} calm rounds: {said:?}")
}

fn ids(sessions: &ById<Session>) -> BTreeSet<SessionId> {
    sessions.keys().copied().collect()
}

/// What Postgres has of a person: by session what an edit can change.
fn stored(server: &TestServer, person: Uuid) -> Result<BTreeMap<SessionId, Row>> {
    let sql = "SELECT session_id, state, CASE WHEN deleted THEN 0 ELSE credited_s END, deleted, shared, note_shared, note
        FROM mitta.sessions WHERE person_id = $1";
    let mut stored = BTreeMap::new();
    for row in server.rows(sql, &[&person])? {
        let session_id = SessionId::from_uuid(row.try_get(0)?);
        let credited_s: Option<i32> = row.try_get(2)?;
        let row = Row {
            state: row.try_get(1)?,
            credited_s: u32::try_from(credited_s.context("a completed sit")?)?,
            deleted: row.try_get(3)?,
            sharing: (row.try_get(4)?, row.try_get(5)?),
            note: row.try_get(6)?,
        };
        ensure!(
            stored.insert(session_id, row).is_none(),
            "{session_id} twice"
        );
    }
    Ok(stored)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    state: String,
    credited_s: u32,
    deleted: bool,
    sharing: (bool, bool),
    note: Option<String>,
}

impl From<&Session> for Row {
    fn from(session: &Session) -> Self {
        Self {
            state: match session.state() {
                State::Running => "running".to_owned(),
                State::Completed => "completed".to_owned(),
            },
            credited_s: session.credited_s().0,
            deleted: session.deleted,
            sharing: (session.sharing.shared, session.sharing.note_shared),
            note: session.words.note.clone(),
        }
    }
}

/// Days whose stored totals are not the sums of the sits of that feed, or that are missing.
const WRONG_DAYS: &str = "
    WITH summed AS (
        SELECT person_id, person_id AS share_id, local_date, count(*)::int, sum(credited_s)::bigint
        FROM mitta.sessions WHERE state = 'completed' AND NOT deleted GROUP BY 1, 2, 3
        UNION ALL
        SELECT c.person_id, c.share_id, s.local_date, count(*)::int, sum(s.credited_s)::bigint
        FROM mitta.changes c JOIN mitta.sessions s USING (person_id, session_id)
        WHERE c.share_id <> c.person_id AND c.kind = 'session' GROUP BY 1, 2, 3
    ), stored AS (
        SELECT person_id, share_id, local_date, sits, credited_s FROM mitta.day_totals
    )
    SELECT count(*) FROM (
        (TABLE summed EXCEPT TABLE stored) UNION ALL (TABLE stored EXCEPT TABLE summed)
    ) AS wrong";

/// The weeks of a feed as the server tells them: first date, sits, credited seconds.
fn told_weeks(api: &Api, share: Option<ShareId>) -> Result<Vec<(String, u64, u64)>> {
    let share = share.map_or_else(String::new, |id| format!("&share_id={id}"));
    let answer = api.ask("GET", &format!("/v1/weeks?week_start=Mon{share}"), None)?;
    let weeks = answer["weeks"].as_array().context("weeks")?.iter();
    let week = |week: &Value| {
        Some((
            week["first_date"].as_str()?.to_owned(),
            week["sits"].as_u64()?,
            week["credited_s"].as_u64()?,
        ))
    };
    weeks
        .map(|it| week(it).with_context(|| it.to_string()))
        .collect()
}

/// The same as the device computes them from its rows.
fn own_weeks(device: &TestDevice, share: Option<ShareId>) -> Result<Vec<(String, u64, u64)>> {
    let reader = device.reader()?;
    let weeks = match share {
        None => reader.own_weeks(chrono::Weekday::Mon)?,
        Some(share) => reader.share_weeks(share, chrono::Weekday::Mon)?,
    };
    let weeks = weeks.iter();
    Ok(weeks
        .map(|it| (it.first_date.to_string(), it.sits, it.credited_s))
        .collect())
}

/// A device holds exactly these sits, Postgres holds the same, and nothing waits or was refused.
fn check_own(server: &TestServer, device: &TestDevice, sat: &BTreeSet<SessionId>) -> Result<()> {
    let sessions = device.sessions()?;
    assert_eq!(ids(&sessions), *sat, "acknowledged is there, once (I2, I3)");
    let reader = device.reader()?;
    let person = reader.account()?.context("an account")?.person_id;
    let here: BTreeMap<_, _> = sessions
        .iter()
        .map(|(id, it)| (*id, Row::from(it)))
        .collect();
    assert_eq!(stored(server, person.as_uuid())?, here);
    for table in ["outbox", "outbox_rejected", "offers"] {
        let left = device.count(&format!("SELECT count(*) FROM {table}"))?;
        assert_eq!(left, 0, "{table}");
    }
    let api = Api::new(&server.url(), &device.token()?)?;
    assert_eq!(own_weeks(device, None)?, told_weeks(&api, None)?, "I8");
    Ok(())
}

/// A device shows exactly what the partner lets it see (I10).
fn check_shared(server: &TestServer, device: &TestDevice, partner: &TestDevice) -> Result<()> {
    let [share] = device.partner_shares()?[..] else {
        bail!("one share of the partner: {:?}", device.partner_shares()?);
    };
    let rule = ShareRule {
        share_since: "2000-01-01".parse()?,
        pauses: Vec::new(),
    };
    let theirs = partner.sessions()?;
    let shown = theirs.values().filter_map(|it| visible(it, &rule));
    let shown: ById<_> = shown.map(|sit| (sit.session_id, sit)).collect();
    assert_eq!(device.shared(share)?, shown);
    let api = Api::new(&server.url(), &device.token()?)?;
    let weeks = own_weeks(device, Some(share))?;
    assert_eq!(weeks, told_weeks(&api, Some(share))?, "I8");
    let sum = |of: fn(&(String, u64, u64)) -> u64| weeks.iter().map(of).sum::<u64>();
    let credited_s: u64 = shown.values().map(|sit| u64::from(sit.credited_s.0)).sum();
    assert_eq!(
        (sum(|it| it.1), sum(|it| it.2)),
        (u64::try_from(shown.len())?, credited_s)
    );
    Ok(())
}

#[test]
fn three_devices_lose_nothing_while_network_server_and_postgres_fail() -> Result<()> {
    let mut server = TestServer::with_own_postgres()?;
    let seed = match std::env::var("MITTA_E2E_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => SEED,
    };
    let proxy = ChaosProxy::start(server.port(), seed)?;
    let (laptop, phone, ben) = (TestDevice::new()?, TestDevice::new()?, TestDevice::new()?);
    laptop.sign_up(&proxy.url(), "anna", PASSWORD)?;
    phone.sign_in(&proxy.url(), "anna", PASSWORD)?;
    ben.sign_up(&proxy.url(), "ben", PASSWORD)?;
    let api = |device: &TestDevice| Api::new(&server.url(), &device.token()?);
    partner(&api(&laptop)?, &api(&ben)?)?;

    proxy.be_calm(false);
    let devices = [&laptop, &phone, &ben];
    let progress = Progress {
        steps: AtomicU32::new(0),
        working: AtomicU32::new(3),
    };
    let sat = thread::scope(|scope| {
        let progress = &progress;
        let workers: Vec<_> = (seed..)
            .zip(devices)
            .map(|(seed, device)| scope.spawn(move || work(device, seed, progress)))
            .collect();
        let each = STEPS * 3 / (u32::try_from(KILLS.len())? + 2);
        for (nth, what) in (1..).zip(KILLS) {
            progress.reaches(nth * each)?;
            kill(&mut server, what, progress)?;
        }
        let sat = workers.into_iter().map(|it| it.join().expect("no panic"));
        sat.collect::<Result<Vec<_>>>()
    })?;
    proxy.be_calm(true);
    let drawn = FATES.map(|fate| (fate, proxy.drawn(fate)));
    eprintln!(
        "seed {seed}, sits {:?}, fates {drawn:?}",
        sat.iter().map(Vec::len).collect::<Vec<_>>()
    );
    let bad = drawn.iter().filter(|(fate, _)| *fate != Fate::Passes);
    ensure!(
        bad.map(|it| it.1).sum::<u32>() >= 10,
        "a calm storm: {drawn:?}"
    );
    settle(&devices)?;

    let all = |lists: &[Vec<SessionId>]| lists.concat().into_iter().collect::<BTreeSet<_>>();
    check_own(&server, &laptop, &all(&sat[..2]))?;
    check_own(&server, &phone, &all(&sat[..2]))?;
    check_own(&server, &ben, &all(&sat[2..]))?;
    assert_eq!(laptop.sessions()?, phone.sessions()?, "stamps and all");
    assert_eq!(
        server.count("SELECT count(*) FROM mitta.sessions")?,
        i64::try_from(sat.concat().len())?
    );
    assert_eq!(server.count(WRONG_DAYS)?, 0, "I8");
    check_shared(&server, &ben, &laptop)?;
    check_shared(&server, &laptop, &ben)?;
    check_shared(&server, &phone, &ben)?;
    let stats =
        |device: &TestDevice| Ok::<_, anyhow::Error>(device.done(&["stats"], &[])?["all"].clone());
    assert_eq!(stats(&laptop)?, stats(&phone)?);
    Ok(())
}
