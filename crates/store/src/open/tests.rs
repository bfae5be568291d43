//! Migration of an existing database, with one more migration made up for the test.

use std::fs;

use refinery::Migration;
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;

/// The newest migration of this program.
const NEWEST: u32 = 8;

fn folder() -> (TempDir, DataDir, Opening) {
    let folder = TempDir::new().unwrap();
    let dir = DataDir::new(folder.path());
    let device_id = DeviceId::from_uuid(Uuid::from_u128(1));
    let opening = Opening::new(UnixMillis(77), device_id);
    (folder, dir, opening)
}

fn with_one_more(sql: &str) -> Vec<Migration> {
    let mut migrations = migrate::embedded().to_vec();
    let name = format!("V{}__made_up", NEWEST + 1);
    migrations.push(Migration::unapplied(&name, sql).unwrap());
    migrations
}

fn version(database: &std::path::Path) -> u32 {
    Connection::open(database)
        .unwrap()
        .query_row(
            "SELECT max(version) FROM refinery_schema_history",
            [],
            |row| row.get(0),
        )
        .unwrap()
}

#[test]
fn a_migration_is_made_after_a_backup_that_opens() {
    let (_folder, dir, opening) = folder();
    drop(for_writing(&dir, opening).unwrap());
    let migrations = with_one_more("CREATE TABLE made_up (n INTEGER) STRICT");
    let (connection, _, device_id, opened) = with_migrations(&dir, opening, &migrations).unwrap();
    assert_eq!(device_id, opening.new_device_id);
    connection
        .execute("INSERT INTO made_up VALUES (1)", [])
        .unwrap();
    let backup = dir.backups().join(format!("mitta-v{NEWEST}-77.sqlite3"));
    assert_eq!(
        opened,
        Opened {
            backup: Some(backup.clone()),
            set_aside: None
        }
    );
    assert_eq!(
        (version(&backup), version(&dir.database())),
        (NEWEST, NEWEST + 1)
    );
    let sound: String = Connection::open(&backup)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    drop(connection);
    let (.., opened) = with_migrations(&dir, opening, &migrations).unwrap();
    assert_eq!(opened, Opened::default(), "once is enough");
}

#[test]
fn an_older_database_is_migrated_by_a_writer_only() {
    let (_folder, dir, opening) = folder();
    let migrations = with_one_more("CREATE TABLE made_up (n INTEGER) STRICT");
    drop(with_migrations(&dir, opening, &migrations).unwrap());
    let refused = for_reading(&dir, DEFAULT_BUSY_TIMEOUT);
    assert!(
        matches!(
            refused,
            Err(OpenError::Newer { found, known: NEWEST }) if found == NEWEST + 1
        ),
        "{refused:?}"
    );
}

#[test]
fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let (_folder, dir, opening) = folder();
    drop(for_writing(&dir, opening).unwrap());
    let constraint = "CREATE TABLE made_up (n INTEGER NOT NULL); INSERT INTO made_up VALUES (NULL)";
    for (sql, is_failure_of_sqlite) in [(constraint, true), ("nonsense", false)] {
        let failed = with_migrations(&dir, opening, &with_one_more(sql));
        match (&failed, is_failure_of_sqlite) {
            (Err(OpenError::Sqlite(_)), true) => {}
            (Err(OpenError::Migration(why)), false) if !why.contains('\n') => {}
            _ => panic!("{failed:?}"),
        }
        assert_eq!(version(&dir.database()), NEWEST);
        let (connection, ..) = for_writing(&dir, opening).unwrap();
        let left: u32 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'made_up'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(left, 0);
    }
    assert!(
        fs::read_dir(dir.backups()).unwrap().count() > 0,
        "the backup was made before"
    );
}

/// As when the process is killed between the two: what is there without its record could never be
/// migrated again.
#[test]
fn a_migration_and_the_record_of_it_are_there_together_or_not_at_all() {
    let (_folder, dir, opening) = folder();
    dir.create().unwrap();
    let migrations = with_one_more("CREATE TABLE made_up (n INTEGER) STRICT");
    for version in 1..=NEWEST + 1 {
        let mut history = Connection::open(dir.database()).unwrap();
        let refuse = format!(
            "CREATE TABLE IF NOT EXISTS refinery_schema_history (
                 version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255),
                 checksum VARCHAR(255));
             CREATE TRIGGER refused BEFORE INSERT ON refinery_schema_history
             WHEN NEW.version = {version} BEGIN SELECT RAISE(ABORT, 'no record'); END"
        );
        history.execute_batch(&refuse).unwrap();
        let refused = migrate::run(&mut history, &migrations, &dir);
        assert!(refused.is_err(), "version {version}");
        history.execute_batch("DROP TRIGGER refused").unwrap();
        drop(history);
        let known = &migrations[..version as usize];
        let (.., opened) = with_migrations(&dir, opening, known).unwrap();
        assert_eq!(opened.set_aside, None);
        assert_eq!(self::version(&dir.database()), version);
    }
}

/// Where there is no log: in the first launch before there is one, and on file systems that allow none.
#[test]
fn a_change_that_was_cut_short_without_a_log_is_taken_back() {
    let (_folder, dir, opening) = folder();
    drop(for_writing(&dir, opening).unwrap());
    let (_cut_folder, cut, _) = self::folder();
    cut.create().unwrap();
    let writing = Connection::open(dir.database()).unwrap();
    let change = "PRAGMA journal_mode = delete; PRAGMA cache_size = 2; BEGIN IMMEDIATE;
         CREATE TABLE half (text TEXT);
         WITH n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 200)
         INSERT INTO half SELECT hex(zeroblob(2000)) FROM n";
    writing.execute_batch(change).unwrap();
    let journal = |dir: &DataDir| dir.path().join("mitta.sqlite3-journal");
    fs::copy(dir.database(), cut.database()).unwrap();
    fs::copy(journal(&dir), journal(&cut)).unwrap();
    let (connection, .., opened) = for_writing(&cut, opening).unwrap();
    assert_eq!(opened, Opened::default());
    let half = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'";
    let half: u32 = connection.query_row(half, [], |row| row.get(0)).unwrap();
    assert_eq!((half, version(&cut.database())), (0, NEWEST));
    assert!(!journal(&cut).exists());
}

#[test]
fn nothing_is_migrated_while_another_process_has_the_database_open() {
    let (_folder, dir, opening) = folder();
    let open = for_writing(&dir, opening).unwrap();
    let migrations = with_one_more("CREATE TABLE made_up (n INTEGER) STRICT");
    let refused = with_migrations(&dir, opening, &migrations);
    assert!(matches!(refused, Err(OpenError::InUse)), "{refused:?}");
    assert_eq!(version(&dir.database()), NEWEST);
    drop(open);
    with_migrations(&dir, opening, &migrations).unwrap();
}

#[test]
fn a_first_migration_that_was_cut_short_is_made_up_for() {
    let (_folder, dir, opening) = folder();
    dir.create().unwrap();
    Connection::open(dir.database())
        .unwrap()
        .execute_batch(
            "CREATE TABLE refinery_schema_history (
                 version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255),
                 checksum VARCHAR(255))",
        )
        .unwrap();
    let (.., opened) = for_writing(&dir, opening).unwrap();
    assert_eq!(
        (version(&dir.database()), opened),
        (NEWEST, Opened::default())
    );
}
