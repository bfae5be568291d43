//! What was acknowledged against what is in the database.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use anyhow::{Context as _, Result, ensure};
use mitta_domain::apply::{Applied, apply};
use mitta_domain::{Session, SessionId};
use mitta_store::{DataDir, Reader};
use rusqlite::{Connection, Row};

/// What is known of one session: what was acknowledged, and then what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    /// Credited seconds and whether it was discarded, once completed.
    completed: Option<(u32, bool)>,
    events: u32,
    /// How many notes were written.
    edits: u32,
}

/// How much was acknowledged.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    starts: usize,
    completions: usize,
    events: usize,
    edits: usize,
    /// Changes that were committed and not yet acknowledged when the kill came.
    in_flight: usize,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.starts += other.starts;
        self.completions += other.completions;
        self.events += other.events;
        self.edits += other.edits;
        self.in_flight += other.in_flight;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            starts,
            completions,
            events,
            edits,
            in_flight,
        } = self;
        write!(
            f,
            "{starts} starts, {completions} completions, {events} events, {edits} edits; \
             {in_flight} changes were committed and cut off before their acknowledgement"
        )
    }
}

/// All that was acknowledged in one folder so far.
#[derive(Default)]
pub struct Ledger {
    sessions: HashMap<SessionId, Known>,
    counts: Counts,
}

impl Ledger {
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Adds what a child has told, and compares.
    pub fn look(&mut self, dir: &DataDir, told: &[String]) -> Result<()> {
        for line in told {
            self.acknowledge(line)
                .with_context(|| format!("the child said {line:?}"))?;
        }
        if !dir.database().exists() {
            ensure!(self.sessions.is_empty(), "the database is gone");
            return Ok(());
        }
        let connection = Connection::open(dir.database())?;
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |r| r.get(0))?;
        ensure!(sound == "ok", "integrity_check: {sound}");
        if self.sessions.is_empty() && tables(&connection)? == 0 {
            return Ok(());
        }
        let orphans = count(&connection, "SELECT count(*) FROM pragma_foreign_key_check")?;
        ensure!(orphans == 0, "{orphans} rows without their session");
        // Killed before it was a device, a folder has given no number. A start that was never offered goes
        // into its completion and leaves its number free.
        let (numbers, taken, last) = connection.query_row(
            "SELECT coalesce((SELECT next_seq - 1 FROM device), 0), \
                    count(*) + coalesce(sum(CAST(payload AS TEXT) ->> '$.change.kind' = 'sat'), 0), \
                    coalesce(max(device_seq), 0) FROM outbox",
            [],
            |r| Ok((r.get::<_, u32>(0)?, r.get::<_, u32>(1)?, r.get::<_, u32>(2)?)),
        )?;
        ensure!(
            numbers == taken && numbers == last,
            "{numbers} numbers were given, {taken} were used, the last one is {last}"
        );
        self.compare(found(&connection)?)
    }

    fn acknowledge(&mut self, line: &str) -> Result<()> {
        let mut words = line.split(' ');
        let mut word = || words.next().context("a word is missing");
        let (what, session_id) = (word()?, word()?.parse::<SessionId>()?);
        let number: u32 = word()?.parse()?;
        if what == "start" {
            let new = self.sessions.insert(session_id, Known::default()).is_none();
            ensure!(new, "started twice");
            self.counts.starts += 1;
            return Ok(());
        }
        let known = self
            .sessions
            .get_mut(&session_id)
            .context("never started")?;
        match what {
            "event" => {
                known.events += 1;
                self.counts.events += 1;
            }
            "complete" | "discard" => {
                ensure!(known.completed.is_none(), "completed twice");
                known.completed = Some((number, what == "discard"));
                self.counts.completions += 1;
            }
            "edit" => {
                ensure!(number == known.edits, "edits out of order");
                known.edits += 1;
                self.counts.edits += 1;
            }
            _ => anyhow::bail!("no such word"),
        }
        Ok(())
    }

    /// Everything acknowledged is there; at most one change is there beyond it, the one that was
    /// committed when the kill came, and it is known from here on.
    fn compare(&mut self, found: BTreeMap<SessionId, Known>) -> Result<()> {
        for session_id in self.sessions.keys() {
            ensure!(
                found.contains_key(session_id),
                "{session_id} was acknowledged and is gone"
            );
        }
        let mut in_flight = Vec::new();
        for (session_id, found) in found {
            let known = self.sessions.get(&session_id);
            if known == Some(&found) {
                continue;
            }
            let changes = match known {
                None => beyond(&Known::default(), &found).map(|more| more + 1),
                Some(known) => beyond(known, &found),
            };
            ensure!(
                changes == Some(1),
                "{session_id}: acknowledged {known:?}, found {found:?}"
            );
            in_flight.push(session_id);
            self.sessions.insert(session_id, found);
        }
        ensure!(
            in_flight.len() <= 1,
            "more than one change unasked for: {in_flight:?}"
        );
        self.counts.in_flight += in_flight.len();
        Ok(())
    }

    /// What the ops alone make is what the rows say (I4), read through the program's own reader.
    pub fn look_closely(&self, dir: &DataDir) -> Result<()> {
        if self.sessions.is_empty() {
            return Ok(());
        }
        let reader = Reader::open(dir)?;
        let mut folded: HashMap<SessionId, Session> = HashMap::new();
        for row in reader.outbox()? {
            match apply(folded.remove(&row.session_id), &row.op) {
                Applied::Applied { session, .. } => folded.insert(row.session_id, *session),
                other => anyhow::bail!("op {}: {other:?}", row.device_seq),
            };
        }
        ensure!(
            folded.len() == self.sessions.len(),
            "ops of another number of sessions"
        );
        for (session_id, session) in folded {
            let row = reader.session(session_id)?;
            ensure!(
                row.as_ref() == Some(&session),
                "{session_id}: {row:?} by ops {session:?}"
            );
        }
        Ok(())
    }
}

fn count(connection: &Connection, sql: &str) -> Result<u32> {
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

fn tables(connection: &Connection) -> Result<u32> {
    count(
        connection,
        "SELECT count(*) FROM sqlite_schema WHERE name = 'outbox'",
    )
}

/// How many changes lie between what is known and what was found; `None` if something is lost
/// or different.
fn beyond(known: &Known, found: &Known) -> Option<u32> {
    let completions = match (known.completed, found.completed) {
        (None, Some(_)) => 1,
        (known, found) if known == found => 0,
        _ => return None,
    };
    let events = found.events.checked_sub(known.events)?;
    Some(completions + events + found.edits.checked_sub(known.edits)?)
}

/// Every session with what its ops and events say of it; they must say the same as the row.
fn found(connection: &Connection) -> Result<BTreeMap<SessionId, Known>> {
    let mut statement = connection.prepare(
        "WITH ops AS (
             SELECT session_id,
                    sum(kind IN ('start', 'sat')) AS starts,
                    sum(kind IN ('complete', 'sat')) AS completes,
                    sum(kind = 'words') AS words, sum(kind = 'deleted') AS deletes
             FROM (SELECT session_id, CAST(payload AS TEXT) ->> '$.change.kind' AS kind FROM outbox)
             GROUP BY session_id
         ), events AS (
             SELECT session_id,
                    sum(kind = 'started') AS started,
                    sum(kind = 'completed') AS completed, sum(kind = 'discarded') AS discarded,
                    sum(kind IN ('paused', 'resumed')) AS changes, sum(kind = 'edited') AS edited
             FROM session_events GROUP BY session_id
         )
         SELECT s.session_id, s.state = 'completed', s.completion_credited_s, s.deleted,
                coalesce(s.note + 1, 0),
                ops.starts, ops.completes, ops.words, ops.deletes,
                events.started, events.completed, events.discarded, events.changes, events.edited,
                EXISTS (SELECT 1 FROM heartbeat WHERE heartbeat.session_id = s.session_id)
         FROM sessions AS s LEFT JOIN ops USING (session_id) LEFT JOIN events USING (session_id)",
    )?;
    let mut rows = statement.query([])?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let session_id: SessionId = row.get::<_, String>(0)?.parse()?;
        let known = agreed(row).with_context(|| format!("{session_id}"))?;
        ensure!(
            found.insert(session_id, known).is_none(),
            "{session_id} is there twice"
        );
    }
    Ok(found)
}

fn agreed(row: &Row<'_>) -> Result<Known> {
    let number =
        |at: usize, what: &str| row.get::<_, u32>(at).with_context(|| format!("no {what}"));
    let is_completed: bool = row.get(1)?;
    let deleted: bool = row.get(3)?;
    let edits = number(4, "note")?;
    let completions = u32::from(is_completed);
    let deletions = u32::from(deleted);
    ensure!(number(5, "ops")? == 1, "{} start ops", number(5, "ops")?);
    ensure!(
        number(6, "ops")? == completions,
        "completed {completions}, ops {}",
        number(6, "ops")?
    );
    ensure!(
        number(7, "ops")? == edits,
        "{edits} edits, ops {}",
        number(7, "ops")?
    );
    ensure!(
        number(8, "ops")? == deletions,
        "deleted {deletions}, ops {}",
        number(8, "ops")?
    );
    ensure!(
        number(9, "events")? == 1,
        "{} started events",
        number(9, "events")?
    );
    ensure!(
        number(10, "events")? == completions - deletions,
        "completed event"
    );
    ensure!(number(11, "events")? == deletions, "discarded event");
    ensure!(number(13, "events")? == edits, "edited events");
    ensure!(
        row.get::<_, bool>(14)? != is_completed,
        "a heartbeat while running, none after"
    );
    let credited: Option<u32> = row.get(2)?;
    Ok(Known {
        completed: credited.map(|credited_s| (credited_s, deleted)),
        events: number(12, "events")?,
        edits,
    })
}
