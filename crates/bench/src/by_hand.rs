//! The references: the same rows into the same tables, as one would write it by hand for nothing else.
//!
//! What the columns are is read from the database, and values pass as Postgres gave them.

use std::error::Error;

use futures_util::future::join_all;
use mitta_store::DataDir;
use rusqlite::types::Value;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use crate::bed::{Bed, connect};

/// The tables that a push of sits fills.
pub const TABLES: [&str; 6] = [
    "sessions",
    "session_events",
    "changes",
    "applied_ops",
    "day_totals",
    "feeds",
];
/// Those of them that are filled row by row, parents first, each with the order of its rows.
const ROWS: [(&str, &str); 4] = [
    ("sessions", "session_id"),
    ("session_events", "session_id, event_seq"),
    ("applied_ops", "op_id"),
    ("changes", "seq"),
];
const SITS_AT_ONCE: u32 = 2_000;

const SUM_DAYS: &str =
    "INSERT INTO mitta.day_totals (person_id, share_id, local_date, sits, credited_s)
    SELECT $1, $1, s.local_date, count(*), sum(s.credited_s) FROM mitta.sessions s
    WHERE s.person_id = $1 AND s.local_date = ANY ($2::date[])
        AND s.state = 'completed' AND NOT s.deleted
    GROUP BY s.local_date
    ON CONFLICT (person_id, share_id, local_date)
        DO UPDATE SET sits = excluded.sits, credited_s = excluded.credited_s";
const MOVE_HEAD: &str =
    "UPDATE mitta.feeds SET head_seq = head_seq + $2 WHERE person_id = $1 AND share_id = $1";

/// A value as Postgres writes it, passed back untouched.
#[derive(Debug, Clone)]
struct Verbatim(Vec<u8>);

impl<'a> FromSql<'a> for Verbatim {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Verbatim {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The rows of somebody's sits, by transaction.
pub struct Rows {
    inserts: Vec<String>,
    /// Of each transaction, of each table: its columns as arrays.
    batches: Vec<Vec<Vec<Verbatim>>>,
    /// Of each transaction: its dates, as an array.
    dates: Vec<Verbatim>,
}

impl Rows {
    /// Those of a person with `sits` sits.
    pub fn of(bed: &Bed, person_id: Uuid, sits: u32) -> Self {
        let reading = read(&bed.admin, person_id, sits);
        bed.runtime.block_on(reading)
    }

    /// Writes them for somebody else.
    pub fn write(&self, bed: &Bed, person_id: Uuid) {
        bed.runtime.block_on(async {
            let mut client = connect(&bed.database.admin_url()).await;
            let prepared = self.inserts.iter().map(|sql| client.prepare(sql));
            let inserts: Vec<_> = join_all(prepared)
                .await
                .into_iter()
                .map(Result::unwrap)
                .collect();
            let sum_days = client.prepare(SUM_DAYS).await.unwrap();
            let move_head = client.prepare(MOVE_HEAD).await.unwrap();
            for (batch, dates) in self.batches.iter().zip(&self.dates) {
                let transaction = client.transaction().await.unwrap();
                for (insert, columns) in inserts.iter().zip(batch) {
                    let mut params: Vec<&(dyn ToSql + Sync)> = vec![&person_id];
                    // The own feed carries its person's id.
                    params.extend(columns.iter().map(|it| it as &(dyn ToSql + Sync)));
                    transaction.execute(insert, &params).await.unwrap();
                }
                transaction
                    .execute(&sum_days, &[&person_id, dates])
                    .await
                    .unwrap();
                let count = i64::from(SITS_AT_ONCE);
                transaction
                    .execute(&move_head, &[&person_id, &count])
                    .await
                    .unwrap();
                transaction.commit().await.unwrap();
            }
        });
    }
}

async fn read(client: &Client, person_id: Uuid, sits: u32) -> Rows {
    let mut rows = Rows {
        inserts: Vec::new(),
        batches: Vec::new(),
        dates: Vec::new(),
    };
    let transactions = sits / SITS_AT_ONCE;
    rows.batches.resize(transactions as usize, Vec::new());
    for (table, order) in ROWS {
        let columns = columns(client, table).await;
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let list = names.join(", ");
        let types = (2..).zip(&columns);
        let marks: Vec<String> = types
            .map(|(n, (_, its_type))| format!("${n}::{its_type}[]"))
            .collect();
        // A share's id is the person's in the own feed.
        let (extra, value) = if table == "changes" {
            ("share_id, ", "$1, ")
        } else {
            ("", "")
        };
        rows.inserts.push(format!(
            "INSERT INTO mitta.{table} (person_id, {extra}{list}) SELECT $1, {value}* FROM unnest({})",
            marks.join(", ")
        ));
        let arrays = names
            .iter()
            .map(|it| format!("array_agg(r.{it} ORDER BY r.n)"));
        let arrays: Vec<String> = arrays.collect();
        let sql = format!(
            "SELECT {} FROM (SELECT t.*, row_number() OVER (ORDER BY {order}) - 1 AS n,
                count(*) OVER () AS total FROM mitta.{table} t WHERE t.person_id = $1) r
            GROUP BY r.n * $2 / r.total ORDER BY r.n * $2 / r.total",
            arrays.join(", ")
        );
        let found = client
            .query(&sql, &[&person_id, &i64::from(transactions)])
            .await
            .unwrap();
        assert_eq!(found.len(), transactions as usize);
        for (batch, row) in rows.batches.iter_mut().zip(&found) {
            batch.push((0..columns.len()).map(|at| row.get(at)).collect());
            if table == "sessions" {
                let at = names.iter().position(|it| *it == "local_date").unwrap();
                rows.dates.push(row.get(at));
            }
        }
    }
    rows
}

/// What is to be given of a row besides whose it is: columns and their types.
async fn columns(client: &Client, table: &str) -> Vec<(String, String)> {
    let sql = "SELECT column_name::text, data_type::text FROM information_schema.columns
        WHERE table_schema = 'mitta' AND table_name = $1 AND is_generated = 'NEVER'
            AND column_name NOT IN ('person_id', 'share_id')
        ORDER BY ordinal_position";
    let found = client.query(sql, &[&table]).await.unwrap();
    found.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The sessions with what happened in them, in two statements, into the tables of a data folder, in one
/// transaction. Says how many sessions there were.
pub fn fetch(bed: &Bed, person_id: Uuid, dir: &DataDir) -> usize {
    let (sessions, events) = bed.runtime.block_on(async {
        let client = connect(&bed.server_url()).await;
        let person = format!("SET mitta.person_id = '{person_id}'");
        client.batch_execute(&person).await.unwrap();
        let columns = "session_id, device_id, source, started_at_ms, tz, utc_offset_s, local_date,
            planned_s, plan, state, ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s,
            note, mood, label, words_hlc_ms, words_device_id, words_device_seq, corrected_credited_s,
            credited_hlc_ms, credited_device_id, credited_device_seq, deleted, deleted_hlc_ms,
            deleted_device_id, deleted_device_seq, credited_s, together_id, shared, note_shared,
            sharing_hlc_ms, sharing_device_id, sharing_device_seq";
        let sessions = format!(
            "SELECT {columns} FROM mitta.changes c JOIN mitta.sessions s USING (person_id, session_id)
            WHERE c.person_id = $1 AND c.share_id = $1 ORDER BY c.seq"
        );
        let events = "SELECT session_id, event_seq, kind, at_ms, elapsed_ms FROM mitta.session_events
            WHERE person_id = $1 ORDER BY session_id, event_seq";
        (
            client.query(&sessions, &[&person_id]).await.unwrap(),
            client.query(events, &[&person_id]).await.unwrap(),
        )
    });
    let mut connection = rusqlite::Connection::open(dir.database()).unwrap();
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        .unwrap();
    let transaction = connection.transaction().unwrap();
    store(
        &transaction,
        "sessions",
        &sessions,
        &[("interval_bells", Value::Integer(0))],
    );
    store(&transaction, "session_events", &events, &[]);
    transaction.commit().unwrap();
    sessions.len()
}

fn store(sqlite: &rusqlite::Connection, table: &str, rows: &[Row], more: &[(&str, Value)]) {
    let Some(first) = rows.first() else { return };
    let found = first.columns().iter().map(tokio_postgres::Column::name);
    let names: Vec<&str> = found.chain(more.iter().map(|(name, _)| *name)).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES ({marks})",
        names.join(", ")
    );
    let mut insert = sqlite.prepare(&sql).unwrap();
    for row in rows {
        let values = (0..row.len()).map(|at| value(row, at));
        let values = values.chain(more.iter().map(|(_, value)| value.clone()));
        insert.execute(rusqlite::params_from_iter(values)).unwrap();
    }
}

fn value(row: &Row, at: usize) -> Value {
    let its_type = row.columns()[at].type_();
    match *its_type {
        Type::UUID => row
            .get::<_, Option<Uuid>>(at)
            .map(|id| id.to_string())
            .into(),
        Type::INT8 => row.get::<_, Option<i64>>(at).into(),
        Type::INT4 => row.get::<_, Option<i32>>(at).into(),
        Type::BOOL => row.get::<_, Option<bool>>(at).into(),
        Type::DATE => row
            .get::<_, Option<chrono::NaiveDate>>(at)
            .map(|date| date.to_string())
            .into(),
        Type::JSON => row
            .get::<_, Option<Verbatim>>(at)
            .map(|json| String::from_utf8(json.0).unwrap())
            .into(),
        _ => row.get::<_, Option<String>>(at).into(),
    }
}
