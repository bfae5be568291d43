//! Databases for tests: a fresh one each, copied from a template that was migrated once.

use tokio_postgres::{Client, NoTls};
use url::Url;

use crate::{PgError, random_hex};

/// One at a time makes a template: roles belong to the whole cluster.
const TEMPLATE_LOCK: i64 = 0x6d69_7474_6170_6774;

/// A database of its own, dropped with this.
#[derive(Debug)]
pub struct Database {
    cluster: Url,
    name: String,
}

impl Database {
    /// A new database of the cluster at `admin_url`, copied from a template that `migrate` made
    /// once: it is given the admin's URL of the new template. `key` names what the template holds
    /// (say, a hash of the migrations); another key makes another template.
    ///
    /// # Errors
    /// [`PgError`] where the cluster is not there or a statement failed.
    pub async fn fresh<E: std::fmt::Display>(
        admin_url: &str,
        key: &str,
        migrate: impl AsyncFnOnce(String) -> Result<(), E>,
    ) -> Result<Self, PgError> {
        let cluster = parsed(admin_url)?;
        let client = connect(admin_url).await?;
        let template = template(&client, &cluster, key, migrate).await?;
        Self::copy(&client, cluster, &template).await
    }

    /// A new, empty database of the cluster at `admin_url`.
    ///
    /// # Errors
    /// [`PgError`] where the cluster is not there or a statement failed.
    pub async fn empty(admin_url: &str) -> Result<Self, PgError> {
        let cluster = parsed(admin_url)?;
        let client = connect(admin_url).await?;
        Self::copy(&client, cluster, "template1").await
    }

    async fn copy(client: &Client, cluster: Url, template: &str) -> Result<Self, PgError> {
        let name = format!("mitta_test_{}", random_hex()?);
        client
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
            .map_err(PgError::sql(format!("copying {template}")))?;
        Ok(Self { cluster, name })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL for the cluster's admin.
    pub fn admin_url(&self) -> String {
        of_database(&self.cluster, &self.name)
    }

    /// The URL for another login.
    ///
    /// # Errors
    /// [`PgError::Url`] where the name or the password cannot stand in a URL.
    pub fn url_as(&self, login: &str, password: &str) -> Result<String, PgError> {
        let mut url = self.cluster.clone();
        url.set_path(&self.name);
        url.set_username(login)
            .and_then(|()| url.set_password(Some(password)))
            .map_err(|()| PgError::Url(login.to_owned()))?;
        Ok(url.into())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (url, name) = (self.cluster.to_string(), self.name.clone());
        // On a thread of its own: a drop happens within a runtime, and may not wait in it.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let client = connect(&url).await.map_err(std::io::Error::other)?;
                client
                    .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await
                    .map_err(std::io::Error::other)
            })
        });
        // A cluster that was killed by its test has nothing left to drop.
        let _ = dropped.join();
    }
}

async fn template<E: std::fmt::Display>(
    client: &Client,
    cluster: &Url,
    key: &str,
    migrate: impl AsyncFnOnce(String) -> Result<(), E>,
) -> Result<String, PgError> {
    let name = format!("mitta_template_{key}");
    let finished = "SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate";
    let is_there = async || {
        let found = client.query_opt(finished, &[&name]).await;
        found.map(|row| row.is_some())
    };
    if is_there()
        .await
        .map_err(PgError::sql("looking for the template"))?
    {
        return Ok(name);
    }
    let batch = async |doing: &str, sql: String| {
        let done = client.batch_execute(&sql).await;
        done.map_err(PgError::sql(doing))
    };
    batch(
        "locking",
        format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"),
    )
    .await?;
    let made = async {
        if is_there().await.map_err(PgError::sql("looking again"))? {
            return Ok(());
        }
        let clear = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        batch("clearing a half-made template", clear).await?;
        batch("making the template", format!("CREATE DATABASE {name}")).await?;
        let migrated = migrate(of_database(cluster, &name)).await;
        migrated.map_err(|error| PgError::Migration(error.to_string()))?;
        let finish = format!("ALTER DATABASE {name} IS_TEMPLATE true");
        batch("finishing the template", finish).await
    };
    let made = made.await;
    batch(
        "unlocking",
        format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"),
    )
    .await?;
    made.map(|()| name)
}

/// A connection whose other half runs as a task of the current runtime.
async fn connect(url: &str) -> Result<Client, PgError> {
    let doing = "connecting to the cluster";
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .map_err(PgError::sql(doing))?;
    tokio::spawn(async move {
        // What it would say, the client's next statement says.
        let _ = connection.await;
    });
    Ok(client)
}

fn parsed(url: &str) -> Result<Url, PgError> {
    Url::parse(url).map_err(|error| PgError::Url(error.to_string()))
}

fn of_database(cluster: &Url, name: &str) -> String {
    let mut url = cluster.clone();
    url.set_path(name);
    url.into()
}
