//! Making the tables, and which versions are served.

use mitta_server::config::DatabaseUrl;
use mitta_server::db::Db;
use mitta_server::db::check::{self, Refused};
use mitta_server::migrate::{self, MigrateError};
use rstest::rstest;

use crate::harness::{connect, database, database_args, empty, server_url};

#[tokio::test]
async fn an_empty_database_is_migrated_and_again_is_no_change() {
    let database = empty().await;
    let url: DatabaseUrl = database.admin_url().parse().expect("a URL");
    let first = migrate::run(&url).await.expect("migrates");
    assert_eq!(first.version, migrate::newest());
    assert_eq!(first.applied.len(), migrate::migrations().len());
    let again = migrate::run(&url).await.expect("migrates");
    assert_eq!(again.version, migrate::newest());
    assert!(again.applied.is_empty(), "{again:?}");
}

#[tokio::test]
async fn two_who_migrate_at_once_do_it_once() {
    let database = empty().await;
    let url: DatabaseUrl = database.admin_url().parse().expect("a URL");
    let (one, other) = tokio::join!(migrate::run(&url), migrate::run(&url));
    let applied = one.expect("migrates").applied.len() + other.expect("migrates").applied.len();
    assert_eq!(applied, migrate::migrations().len());
}

#[tokio::test]
async fn an_admin_need_not_be_a_superuser() {
    // Made for its side effect on the cluster: the three roles.
    let _migrated = database().await;
    let database = empty().await;
    let name = database.name();
    let admin = format!("admin_{name}");
    let login = format!("login_{}", &name[..30]);
    let superuser = connect(&database.admin_url()).await;
    // From Postgres 16 on, who did not make a role grants it only where that was granted.
    let roles = format!(
        "CREATE ROLE {admin} LOGIN CREATEROLE PASSWORD 'of a managed one'; ALTER DATABASE {name} OWNER TO {admin};
        REVOKE ALL ON DATABASE {name} FROM PUBLIC;
        DO $$ BEGIN IF current_setting('server_version_num')::int >= 160000 THEN
            GRANT mitta_owner, mitta_definer, mitta_server TO {admin} WITH ADMIN OPTION; END IF; END $$"
    );
    superuser.batch_execute(&roles).await.expect("makes");
    let url = database.url_as(&admin, "of a managed one").expect("a URL");
    let url: DatabaseUrl = url.parse().expect("a URL");
    let migrated = migrate::run(&url).await.map(|it| it.version);
    let again = migrate::run(&url).await.map(|it| it.applied);
    let made = migrate::create_login(&url, &login, "the first password").await;
    let changed = migrate::create_login(&url, &login, "another password").await;
    let served = database
        .url_as(&login, "another password")
        .map(|url| Db::new(&database_args(&url)).expect("a pool"));
    let served = check::servable(&served.expect("a URL")).await;
    let epoch = migrate::after_restore(&url).await;
    let clear = format!(
        "ALTER DATABASE {name} OWNER TO postgres; DROP ROLE IF EXISTS {login}; DROP OWNED BY {admin}; DROP ROLE {admin}"
    );
    superuser.batch_execute(&clear).await.expect("clears");
    assert_eq!(migrated.expect("migrates"), migrate::newest());
    assert!(again.expect("migrates").is_empty());
    made.expect("makes a login");
    changed.expect("gives it another password");
    served.expect("serves");
    epoch.expect("counts");
}

async fn refusal(url: &str) -> Refused {
    let db = Db::new(&database_args(url)).expect("a pool");
    check::servable(&db).await.expect_err("refused")
}

#[tokio::test]
async fn a_database_without_tables_is_not_served() {
    // Made for its side effect on the cluster: the login.
    let _migrated = database().await;
    let database = empty().await;
    let refused = refusal(&server_url(&database)).await;
    assert!(matches!(refused, Refused::Unmigrated), "{refused}");
    let url: DatabaseUrl = database.admin_url().parse().expect("a URL");
    let epoch = migrate::after_restore(&url).await;
    assert!(matches!(epoch, Err(MigrateError::Unmigrated)), "{epoch:?}");
}

#[rstest]
#[case::older(-1, "run `mitta-server migrate`")]
#[case::newer(1, "newer mitta-server")]
#[tokio::test]
async fn another_version_is_not_served(#[case] by: i32, #[case] said: &str) {
    let database = database().await;
    let admin = connect(&database.admin_url()).await;
    let newest = migrate::newest();
    let change = if by < 0 {
        format!("DELETE FROM mitta.schema_history WHERE version = {newest}")
    } else {
        format!("UPDATE mitta.schema_history SET version = version + {by} WHERE version = {newest}")
    };
    admin.batch_execute(&change).await.expect("changes");
    let refused = refusal(&server_url(&database)).await;
    let fits = match refused {
        Refused::Older { .. } => by < 0,
        Refused::Newer { .. } => by > 0,
        _ => false,
    };
    assert!(fits && refused.to_string().contains(said), "{refused}");
}

#[tokio::test]
async fn a_newer_database_is_left_as_it_is() {
    let database = database().await;
    let admin = connect(&database.admin_url()).await;
    let change = format!(
        "UPDATE mitta.schema_history SET version = version + 1 WHERE version = {}",
        migrate::newest()
    );
    admin.batch_execute(&change).await.expect("changes");
    let url: DatabaseUrl = database.admin_url().parse().expect("a URL");
    let refused = migrate::run(&url).await;
    assert!(
        matches!(refused, Err(MigrateError::Newer { .. })),
        "{refused:?}"
    );
    let count = "SELECT count(*) FROM mitta.schema_history";
    let rows: i64 = admin.query_one(count, &[]).await.expect("counts").get(0);
    assert_eq!(
        rows,
        i64::try_from(migrate::migrations().len()).expect("few")
    );
}

#[tokio::test]
async fn a_restore_is_another_epoch() {
    let database = database().await;
    let admin = connect(&database.admin_url()).await;
    let epoch = async || -> String {
        let row = admin.query_one("SELECT mitta.served_epoch()", &[]).await;
        row.expect("an epoch").get(0)
    };
    let url: DatabaseUrl = database.admin_url().parse().expect("a URL");
    let mut served = vec![epoch().await];
    // The same backup, which knows epoch 1, restored twice.
    for _ in 0..2 {
        let back = "UPDATE mitta.server SET epoch = 1";
        assert_eq!(admin.execute(back, &[]).await.expect("goes back"), 1);
        let counted = migrate::after_restore(&url).await.expect("counts");
        let now = epoch().await;
        assert_eq!(
            now.split_once('-').map(|it| it.0),
            Some(&*counted.to_string())
        );
        assert!(!served.contains(&now), "{now} again");
        served.push(now);
    }
    // However wrong the clock was: never back.
    let ahead = "UPDATE mitta.server SET epoch = 1::bigint << 60";
    admin.batch_execute(ahead).await.expect("is ahead");
    let counted = migrate::after_restore(&url).await;
    assert_eq!(counted.expect("counts"), (1 << 60) + 1);
}

#[rstest]
#[case("", "long enough a password")]
#[case("Mitta", "long enough a password")]
#[case("a; DROP TABLE x", "long enough a password")]
#[case("mitta_login", "short")]
#[tokio::test]
async fn a_login_with_a_bad_name_or_password_is_not_made(
    #[case] name: &str,
    #[case] password: &str,
) {
    // Nothing listens there: it is refused before anything is asked.
    let url: DatabaseUrl = "host=127.0.0.1 port=1 user=x".parse().expect("a URL");
    let refused = migrate::create_login(&url, name, password).await;
    let expected = matches!(
        refused,
        Err(MigrateError::LoginName | MigrateError::LoginPassword)
    );
    assert!(expected, "{refused:?}");
}
