//! Backups of the real server's database: copies of all tables, put back by the cluster's admin.

/// Every table, parents first.
const TABLES: [&str; 21] = [
    "accounts",
    "partnerships",
    "invites",
    "devices",
    "tokens",
    "memberships",
    "shares",
    "pauses",
    "feeds",
    "sessions",
    "session_events",
    "changes",
    "applied_ops",
    "day_totals",
    "contacts",
    "presence",
    "proposals",
    "proposal_answers",
    "activities",
    "attempts",
    "server",
];

/// What makes a backup.
pub(super) fn back_up(number: usize) -> String {
    let name = format!("backup_{number}");
    let copy = |table: &&str| format!("CREATE TABLE {name}.{table} AS TABLE mitta.{table};");
    let copies: String = TABLES.iter().map(copy).collect();
    format!("BEGIN; DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}; {copies} COMMIT")
}

/// What puts a backup in the place of all rows, in a new epoch.
pub(super) fn restore(number: usize) -> String {
    let all: Vec<_> = TABLES
        .iter()
        .map(|table| format!("mitta.{table}"))
        .collect();
    let names: Vec<_> = TABLES.iter().map(|table| format!("'{table}'")).collect();
    format!(
        "BEGIN; CREATE TEMPORARY TABLE life ON COMMIT DROP AS SELECT epoch + 1 AS epoch FROM mitta.server; \
         TRUNCATE {all}; \
         DO $$ DECLARE name text; columns text; BEGIN \
         FOREACH name IN ARRAY ARRAY[{names}] LOOP \
            SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) INTO columns \
            FROM information_schema.columns \
            WHERE table_schema = 'mitta' AND table_name = name AND is_generated = 'NEVER'; \
            EXECUTE format('INSERT INTO mitta.%I (%s) SELECT %s FROM backup_{number}.%I', \
                name, columns, columns, name); \
         END LOOP; END $$; \
         UPDATE mitta.server SET epoch = (SELECT epoch FROM life); COMMIT",
        all = all.join(", "),
        names = names.join(", "),
    )
}
