//! A login that could pass by row security is refused (invariant I10).

use mitta_server::db::Db;
use mitta_server::db::check::{self, Refused};
use rstest::rstest;

use crate::harness::{connect, database, database_args, server_url};

#[tokio::test]
async fn the_login_that_migrate_makes_is_served() {
    let database = database().await;
    let db = Db::new(&database_args(&server_url(&database))).expect("a pool");
    check::servable(&db).await.expect("served");
}

#[rstest]
#[case::superuser("ALTER ROLE {} SUPERUSER", "is a superuser")]
#[case::bypassrls("ALTER ROLE {} BYPASSRLS", "has BYPASSRLS")]
#[case::createrole("ALTER ROLE {} CREATEROLE", "CREATEROLE")]
#[case::owner("GRANT mitta_owner TO {}", "is a member of mitta_owner")]
#[case::definer("GRANT mitta_definer TO {}", "is a member of mitta_definer")]
#[case::reads_all("GRANT pg_read_all_data TO {}", "is a member of pg_read_all_data")]
#[case::owns_a_table("ALTER TABLE mitta.accounts OWNER TO {}", "owns tables")]
#[case::owns_a_function(
    "ALTER FUNCTION mitta.current_person() OWNER TO {}",
    "owns tables or functions"
)]
#[case::hides_behind_a_role(
    "ALTER ROLE {} SUPERUSER; ALTER ROLE {} SET role TO 'mitta_server'",
    "is a superuser"
)]
#[tokio::test]
async fn a_login_that_could_pass_by_row_security_is_refused(
    #[case] made_so: &str,
    #[case] said: &str,
) {
    let refused = refusal(&["GRANT mitta_server TO {}", made_so]).await;
    assert!(matches!(refused, Refused::Role { .. }), "{refused}");
    assert!(refused.to_string().contains(said), "{refused}");
}

#[tokio::test]
async fn a_login_of_nothing_is_refused() {
    let refused = refusal(&[]).await;
    // It does not even see that there are tables.
    assert!(matches!(refused, Refused::NoMember { .. }), "{refused}");
}

#[tokio::test]
async fn tables_without_row_security_are_not_served() {
    for change in ["NO FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"] {
        let database = database().await;
        let admin = connect(&database.admin_url()).await;
        let change = format!("ALTER TABLE mitta.sessions {change}");
        admin.batch_execute(&change).await.expect("changes");
        let db = Db::new(&database_args(&server_url(&database))).expect("a pool");
        let refused = check::servable(&db).await.expect_err("refused");
        assert!(
            matches!(&refused, Refused::Unguarded(table) if table == "sessions"),
            "{refused}"
        );
    }
}

/// What a new login is told after these statements.
async fn refusal(made_so: &[&str]) -> Refused {
    let database = database().await;
    let login = format!("login_{}", database.name());
    let admin = connect(&database.admin_url()).await;
    let make = format!("CREATE ROLE {login} LOGIN PASSWORD 'a login of this test'");
    admin.batch_execute(&make).await.expect("makes");
    for statement in made_so {
        let statement = statement.replace("{}", &login);
        admin.batch_execute(&statement).await.expect("makes it so");
    }
    let url = database
        .url_as(&login, "a login of this test")
        .expect("a URL");
    let db = Db::new(&database_args(&url)).expect("a pool");
    let refused = check::servable(&db).await;
    db.close();
    let clear = format!("REASSIGN OWNED BY {login} TO postgres; DROP OWNED BY {login}");
    admin.batch_execute(&clear).await.expect("clears");
    let drop = format!("DROP ROLE {login}");
    admin.batch_execute(&drop).await.expect("drops");
    refused.expect_err("refused")
}
