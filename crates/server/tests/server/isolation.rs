//! Straight in SQL, as the server's role (invariant I10): without a person, or as another, nothing
//! is read and nothing changed. Over whatever tables and functions there are, so that none is
//! forgotten.

use tokio_postgres::{Client, error::SqlState};

use crate::harness::{connect, database, server_url};

/// Everybody may read these: they are nobody's.
const NOBODYS: [&str; 2] = ["schema_history", "server"];
const ALICE: &str = "0197a3c2-5f00-7000-8000-00000000000a";
const STRANGER: &str = "0197a3c2-5f00-7000-8000-00000000000c";

/// One row of Alice in every table.
const SEED: &str = include_str!("seed.sql");

async fn tables(admin: &Client) -> Vec<String> {
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = 'mitta'::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1";
    let rows = admin.query(sql, &[]).await.expect("the tables");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn columns(admin: &Client, table: &str) -> Vec<String> {
    let sql = "SELECT attname::text FROM pg_attribute WHERE attrelid = ('mitta.' || $1)::regclass
        AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum";
    let rows = admin.query(sql, &[&table]).await.expect("the columns");
    rows.iter().map(|row| row.get(0)).collect()
}

/// The rows that a statement read or changed; `None` where it was forbidden.
async fn rows(server: &mut Client, person: Option<&str>, sql: &str) -> Option<u64> {
    let transaction = server.transaction().await.expect("begins");
    if let Some(person) = person {
        let set = format!("SELECT set_config('mitta.person_id', '{person}', true)");
        transaction.batch_execute(&set).await.expect("sets");
    }
    let done = transaction.execute(sql, &[]).await;
    transaction.rollback().await.expect("rolls back");
    match done {
        Ok(rows) => Some(rows),
        Err(error) => {
            let forbidden = error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE);
            assert!(forbidden, "{sql}: {error:?}");
            None
        }
    }
}

#[tokio::test]
async fn without_a_person_or_as_another_nothing_is_read_and_nothing_changed() {
    let database = database().await;
    let admin = connect(&database.admin_url()).await;
    admin.batch_execute(SEED).await.expect("seeds");
    let mut server = connect(&server_url(&database)).await;
    let mut forbidden = 0;
    for table in tables(&admin).await {
        let one = format!("SELECT to_jsonb(t)::text FROM mitta.{table} t LIMIT 1");
        let one = admin.query_opt(&one, &[]).await.expect("reads");
        let row: String = one
            .unwrap_or_else(|| panic!("seed.sql has no row for {table}"))
            .get(0);
        let columns = columns(&admin, &table).await;
        let listed = columns.join(", ");
        let mut statements = vec![
            format!("DELETE FROM mitta.{table}"),
            format!("SELECT FROM mitta.{table}"),
            format!("SELECT FROM mitta.{table} FOR UPDATE"),
            // Alice's own row, as somebody else: forbidden before it is found to be there already.
            format!(
                "INSERT INTO mitta.{table} ({listed}) SELECT {listed} FROM jsonb_populate_record(NULL::mitta.{table}, '{}')",
                row.replace('\'', "''")
            ),
            format!(
                "INSERT INTO mitta.{table} ({listed}) SELECT {listed} FROM jsonb_populate_record(NULL::mitta.{table}, '{}') ON CONFLICT DO NOTHING",
                row.replace('\'', "''")
            ),
        ];
        statements.extend(
            columns
                .iter()
                .map(|column| format!("UPDATE mitta.{table} SET {column} = {column}")),
        );
        for statement in statements {
            if statement.starts_with("SELECT FROM") && NOBODYS.contains(&table.as_str()) {
                continue;
            }
            for person in [None, Some(""), Some(STRANGER)] {
                let touched = rows(&mut server, person, &statement).await;
                assert!(
                    matches!(touched, None | Some(0)),
                    "{statement} as {person:?}: {touched:?}"
                );
                if statement.starts_with("INSERT") {
                    assert_eq!(touched, None, "{statement} as {person:?} was let through");
                }
                forbidden += u32::from(touched.is_none());
            }
        }
    }
    assert!(
        forbidden > 0,
        "nothing was forbidden: was it the server's role?"
    );
}

#[tokio::test]
async fn a_person_reads_their_own_rows() {
    let database = database().await;
    let admin = connect(&database.admin_url()).await;
    admin.batch_execute(SEED).await.expect("seeds");
    let mut server = connect(&server_url(&database)).await;
    let read = rows(&mut server, Some(ALICE), "SELECT FROM mitta.sessions").await;
    assert_eq!(read, Some(1));
}

#[tokio::test]
async fn the_person_of_a_transaction_ends_with_it() {
    let database = database().await;
    let mut server = connect(&server_url(&database)).await;
    rows(&mut server, Some(ALICE), "SELECT").await;
    let sql = "SELECT mitta.current_person() IS NULL";
    let nobody: bool = server.query_one(sql, &[]).await.expect("asks").get(0);
    assert!(nobody);
}

#[tokio::test]
async fn no_function_is_open_to_all_and_each_has_a_fixed_search_path() {
    let database = database().await;
    let admin = connect(&database.admin_url()).await;
    let sql = "SELECT p.oid::regprocedure::text, p.prosecdef, p.proowner::regrole::text,
            coalesce(array_to_string(p.proconfig, ';'), ''), has_function_privilege('public', p.oid, 'EXECUTE')
        FROM pg_proc p WHERE p.pronamespace = 'mitta'::regnamespace";
    let functions = admin.query(sql, &[]).await.expect("the functions");
    assert!(!functions.is_empty());
    for row in functions {
        let (name, definer): (String, bool) = (row.get(0), row.get(1));
        let (owner, config, public): (String, String, bool) = (row.get(2), row.get(3), row.get(4));
        assert!(!public, "{name} may be called by everybody");
        let expected = if definer {
            "mitta_definer"
        } else {
            "mitta_owner"
        };
        assert_eq!(owner, expected, "{name}");
        if definer {
            assert_eq!(config, "search_path=pg_catalog, mitta, pg_temp", "{name}");
        }
    }
}

#[tokio::test]
async fn policies_read_no_table() {
    let database = database().await;
    let admin = connect(&database.admin_url()).await;
    // A policy that reads a table depends on it.
    let sql = "SELECT p.polname::text, d.refobjid::regclass::text FROM pg_policy p
        JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> p.polrelid";
    let read = admin.query(sql, &[]).await.expect("the policies");
    let read: Vec<(String, String)> = read.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(read, []);
}
