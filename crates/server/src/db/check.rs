//! Whether this database may be served: its version, and that the server's role is bound by row
//! security (invariant I10).

use super::{Db, DbError, Transaction};
use crate::migrate;

/// Why this database is not served.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It could not be asked.
    #[error(transparent)]
    Db(#[from] DbError),
    /// No tables of ours.
    #[error("the database has not been migrated: run `mitta-server migrate` as its admin first")]
    Unmigrated,
    /// Older than this program.
    #[error(
        "the database has version {found}, this program needs {needed}: run `mitta-server migrate` as its admin first"
    )]
    Older {
        /// Version of the database.
        found: i32,
        /// Version of this program.
        needed: i32,
    },
    /// Newer than this program.
    #[error(
        "the database has version {found}, this program knows only {needed}: it was migrated by a newer mitta-server; use that one"
    )]
    Newer {
        /// Version of the database.
        found: i32,
        /// Version of this program.
        needed: i32,
    },
    /// The role could reach what it must not.
    #[error(
        "the login {login} {could}: it could pass by row security. Give the server a login of its own (`mitta-server migrate --create-login NAME`)"
    )]
    Role {
        /// The login.
        login: String,
        /// What it could do.
        could: String,
    },
    /// The login lacks what it needs.
    #[error(
        "the login {login} is no member of mitta_server: run `mitta-server migrate --create-login {login}` as the database's admin"
    )]
    NoMember {
        /// The login.
        login: String,
    },
    /// Row security was switched off.
    #[error("row security is not on and forced on {0}: the tables were changed by hand")]
    Unguarded(String),
}

/// Refuses a database that must not be served.
///
/// # Errors
/// [`Refused`] with a sentence for the one who runs the server.
pub async fn servable(db: &Db) -> Result<(), Refused> {
    let transaction = db.as_nobody().await?;
    // The role first: a superuser would see any version.
    role(&transaction).await?;
    version(&transaction).await?;
    row_security(&transaction).await?;
    Ok(transaction.rollback().await?)
}

/// Refuses another version than this program's.
///
/// # Errors
/// [`Refused`] where it is not there, older or newer.
pub async fn version(transaction: &Transaction) -> Result<(), Refused> {
    let there =
        "SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'mitta' AND c.relname = 'schema_history'
            AND pg_catalog.has_table_privilege(c.oid, 'SELECT')";
    let there = transaction.query_opt(there, &[]).await?;
    if there.is_none() {
        return Err(Refused::Unmigrated);
    }
    let newest = "SELECT max(version)::int4 FROM mitta.schema_history";
    let found: Option<i32> = transaction.query_one(newest, &[]).await?.get(0);
    let needed = migrate::newest();
    match found {
        None => Err(Refused::Unmigrated),
        Some(found) if found < needed => Err(Refused::Older { found, needed }),
        Some(found) if found > needed => Err(Refused::Newer { found, needed }),
        Some(_) => Ok(()),
    }
}

/// Both the role that acts and the one that signed in, which could return to itself.
const WHAT_IT_COULD: &str = "
    SELECT session_user::text,
        CASE
            WHEN r.rolname = me.name AND r.rolsuper THEN 'is a superuser'
            WHEN r.rolname = me.name AND r.rolbypassrls THEN 'has BYPASSRLS'
            WHEN r.rolname = me.name AND r.rolcreaterole THEN 'may make and grant roles (CREATEROLE)'
            WHEN r.rolname = me.name THEN 'owns tables or functions of the schema mitta'
            ELSE 'is a member of ' || r.rolname
        END
    FROM pg_catalog.pg_roles r, (VALUES (session_user::text), (current_user::text)) AS me (name)
    WHERE pg_catalog.pg_has_role(me.name, r.oid, 'MEMBER')
        AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole
            OR r.rolname IN ('mitta_owner', 'mitta_definer', 'pg_read_all_data', 'pg_write_all_data',
                'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
            OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relowner = r.oid
                AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'mitta'))
            OR EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.proowner = r.oid
                AND p.pronamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'mitta')))
    ORDER BY r.rolname <> me.name, r.rolname
    LIMIT 1";

async fn role(transaction: &Transaction) -> Result<(), Refused> {
    if let Some(row) = transaction.query_opt(WHAT_IT_COULD, &[]).await? {
        return Err(Refused::Role {
            login: row.get(0),
            could: row.get(1),
        });
    }
    let member = "SELECT session_user::text, coalesce(
            (SELECT pg_catalog.pg_has_role(r.oid, 'USAGE') FROM pg_catalog.pg_roles r WHERE r.rolname = 'mitta_server'),
            true)";
    // Without the role there are no tables either, which is then said.
    let row = transaction.query_one(member, &[]).await?;
    if row.get(1) {
        Ok(())
    } else {
        Err(Refused::NoMember { login: row.get(0) })
    }
}

/// Every table with a `person_id` that the server reaches.
async fn row_security(transaction: &Transaction) -> Result<(), Refused> {
    let unguarded = "SELECT c.relname::text FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'person_id'
        WHERE n.nspname = 'mitta' AND c.relkind IN ('r', 'p')
            AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        ORDER BY 1 LIMIT 1";
    match transaction.query_opt(unguarded, &[]).await? {
        Some(row) => Err(Refused::Unguarded(row.get(0))),
        None => Ok(()),
    }
}
