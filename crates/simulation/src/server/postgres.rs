//! The real server behind a real Postgres, asked over HTTP: the same as the one in memory is asked.
//!
//! Must hold: nothing of the server is replaced but its clock and the ids that it draws. Backups are
//! copies of all tables, put back by the cluster's admin, whom row security does not bind.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Parser as _;
use mitta_domain::{DeviceId, PersonId};
use mitta_pgtest::Database;
use mitta_protocol::account::{DeviceIntro, SignUp, SignedIn};
use mitta_protocol::partnership::{
    AcceptInvite, ChangeMembership, ConfirmInvite, InviteKind, InviteMade, NewInvite,
    NewPartnership,
};
use mitta_protocol::pull::{PullAnswer, PullQuery};
use mitta_protocol::push::PushAnswer;
use mitta_protocol::weeks::{SitsAnswer, SitsQuery, WeeksAnswer, WeeksQuery};
use mitta_server::config::{Cli, DatabaseUrl, Word};
use mitta_server::migrate;
use mitta_server::serve::{Outside, Server as Serving};
use mitta_server::source::Clock as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use super::pull::{NAME, display_name};
use super::scripted::Scripted;
use super::tables::Tables;
use super::{Act, Commit, Refusal, Server, backups, http, rows};
use crate::history::Broken;

const LOGIN: &str = "mitta_simulation";
const PASSWORD: &str = "only for simulations on one machine";

/// A cluster in which each history gets a database of its own.
#[derive(Debug)]
pub struct Postgres {
    admin_url: String,
    _private: Option<mitta_pgtest::Postgres>,
}

impl Postgres {
    /// Starts one that ends with this.
    ///
    /// # Errors
    /// Where Postgres is not installed or does not start.
    pub fn private() -> Result<Self, mitta_pgtest::PgError> {
        let postgres = mitta_pgtest::Postgres::start(mitta_pgtest::Options::default())?;
        Ok(Self {
            admin_url: postgres.admin_url(),
            _private: Some(postgres),
        })
    }

    /// The one at this admin URL.
    pub fn at(admin_url: &str) -> Self {
        Self {
            admin_url: admin_url.to_owned(),
            _private: None,
        }
    }

    /// The cluster that the tests of a run share.
    ///
    /// # Errors
    /// Where there is none and none can be started.
    pub fn shared() -> Result<Self, mitta_pgtest::PgError> {
        Ok(Self::at(&mitta_pgtest::shared()?))
    }

    /// A database and a server of their own, which know these persons.
    ///
    /// # Errors
    /// [`Broken`] where they cannot be had.
    pub(super) fn fresh(&self, persons: &[PersonId], now_ms: i64) -> Result<Real, Broken> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| Broken::new("a runtime", error))?;
        let outside = Arc::new(Scripted::new(now_ms));
        let started = runtime.block_on(start(&self.admin_url, outside.clone()));
        let (database, admin, serving) = started.map_err(|error| Broken::new("Postgres", error))?;
        let mut real = Real {
            admin,
            outside,
            serving: Some(serving),
            tokens: BTreeMap::new(),
            backups: 0,
            _database: database,
            runtime,
        };
        for person in persons {
            real.sign_up(*person)?;
        }
        Ok(real)
    }
}

async fn start(
    admin_url: &str,
    outside: Arc<Scripted>,
) -> anyhow::Result<(Database, Client, Serving)> {
    let add = |sum: u64, checksum: u64| sum.rotate_left(7) ^ checksum;
    let migrations = migrate::migrations();
    let checksums = migrations.iter().fold(7, |sum, it| add(sum, it.checksum()));
    let key = format!("simulation_{checksums:016x}");
    let database = Database::fresh(admin_url, &key, async |url| {
        let url: DatabaseUrl = url.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
        migrate::run(&url).await?;
        migrate::create_login(&url, LOGIN, PASSWORD).await?;
        anyhow::Ok(())
    });
    let database = database.await?;
    let (admin, connection) = tokio_postgres::connect(&database.admin_url(), NoTls).await?;
    tokio::spawn(connection);
    let url = database.url_as(LOGIN, PASSWORD)?;
    let words = [
        "mitta-server",
        "serve",
        "--database-url",
        &url,
        "--listen",
        "127.0.0.1:0",
        "--rate-burst",
        "1000000",
        "--rate-per-s",
        "1000000",
    ];
    let Word::Serve(args) = Cli::try_parse_from(words)?.word else {
        anyhow::bail!("serve is no longer serve");
    };
    let outside = Outside {
        clock: outside.clone(),
        random: outside,
    };
    Ok((database, admin, Serving::start(&args, outside).await?))
}

/// The real server with a database of its own.
pub(super) struct Real {
    admin: Client,
    outside: Arc<Scripted>,
    serving: Option<Serving>,
    tokens: BTreeMap<PersonId, String>,
    backups: usize,
    _database: Database,
    runtime: Runtime,
}

impl Real {
    fn ask<T: DeserializeOwned>(
        &self,
        by: PersonId,
        method: &str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<T, Refusal> {
        let address = self.serving.as_ref().map(Serving::address);
        let address = address.ok_or_else(|| Refusal::Broken("no server".to_owned()))?;
        let token = self.tokens.get(&by).map(String::as_str);
        self.runtime
            .block_on(http::ask(address, token, method, path, body))
    }

    fn tell<T: DeserializeOwned>(
        &self,
        by: PersonId,
        method: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Refusal> {
        let body = serde_json::to_vec(body).map_err(|error| Refusal::Broken(error.to_string()))?;
        self.ask(by, method, path, body)
    }

    fn sql(&self, sql: &str) -> Result<(), Refusal> {
        let done = self.runtime.block_on(self.admin.batch_execute(sql));
        done.map_err(|error| Refusal::Broken(format!("{sql}: {}", said(&error))))
    }

    fn sign_up(&mut self, person: PersonId) -> Result<(), Refusal> {
        let now_ms = self.outside.now_ms().0;
        self.outside.set(now_ms, &[person.as_uuid()]);
        let device = DeviceIntro {
            device_id: DeviceId::from_uuid(person.as_uuid()),
            name: "simulated".to_owned(),
        };
        let sign_up = SignUp {
            login: person.to_string(),
            password: PASSWORD.to_owned(),
            display_name: display_name(person),
            device: Some(device),
        };
        let signed_in: SignedIn = self.tell(person, "POST", "/v1/accounts", &sign_up)?;
        if signed_in.person_id != person {
            return Err(Refusal::Broken("another person was minted".to_owned()));
        }
        self.tokens
            .insert(person, signed_in.token.unwrap_or_default());
        // Tokens of a history are its own; this one is only how the server is asked.
        self.sql(
            "UPDATE mitta.tokens SET expires_at_ms = 9000000000000000; TRUNCATE mitta.attempts",
        )
    }

    /// All rows, table by table, against those in memory.
    pub(super) fn compare(&mut self, tables: &Tables) -> Result<(), Broken> {
        let expected = rows::of_memory(tables);
        for (table, expected) in expected {
            let found = self.runtime.block_on(rows::of_postgres(&self.admin, table));
            let found = found.map_err(|error| Broken::new(table, said(&error)))?;
            if found != expected {
                let only = |one: &[String], other: &[String]| -> Vec<String> {
                    one.iter()
                        .filter(|row| !other.contains(row))
                        .cloned()
                        .collect()
                };
                let what = format!(
                    "only in memory {:?}\n  only in Postgres {:?}",
                    only(&expected, &found),
                    only(&found, &expected)
                );
                return Err(Broken::new(
                    format!("{table} is the same in Postgres"),
                    what,
                ));
            }
        }
        Ok(())
    }

    fn joined(
        &self,
        by: PersonId,
        inviter: PersonId,
        place: &str,
        since: chrono::NaiveDate,
        share_ids: &[Uuid],
    ) -> Result<(), Refusal> {
        let now_ms = self.outside.now_ms().0;
        let kind = InviteKind::Link;
        let made: InviteMade = self.tell(
            inviter,
            "POST",
            &format!("{place}/invites"),
            &NewInvite { kind },
        )?;
        let accept = AcceptInvite {
            secret: made.secret,
            share_since: since,
        };
        let _: serde_json::Value = self.tell(by, "POST", "/v1/invites/accept", &accept)?;
        self.outside.set(now_ms, share_ids);
        let path = format!("{place}/invites/{}/confirm", made.invite_id);
        self.tell(inviter, "POST", &path, &ConfirmInvite { accept: true })
    }
}

impl Server for Real {
    fn push(
        &mut self,
        (by, _): (PersonId, DeviceId),
        body: &[u8],
        now_ms: i64,
        _: Commit,
    ) -> Result<PushAnswer, Refusal> {
        self.outside.set(now_ms, &[]);
        self.ask(by, "POST", "/v1/push", body.to_vec())
    }

    fn pull(
        &mut self,
        by: PersonId,
        query: &PullQuery,
        now_ms: i64,
    ) -> Result<PullAnswer, Refusal> {
        self.outside.set(now_ms, &[]);
        self.ask(by, "GET", &http::path("/v1/pull", query)?, Vec::new())
    }

    fn weeks(&mut self, by: PersonId, query: &WeeksQuery) -> Result<WeeksAnswer, Refusal> {
        self.ask(by, "GET", &http::path("/v1/weeks", query)?, Vec::new())
    }

    fn sits(&mut self, by: PersonId, query: &SitsQuery) -> Result<SitsAnswer, Refusal> {
        self.ask(by, "GET", &http::path("/v1/sits", query)?, Vec::new())
    }

    fn act(&mut self, by: PersonId, act: &Act, now_ms: i64) -> Result<(), Refusal> {
        self.sql("TRUNCATE mitta.attempts")?;
        self.outside.set(now_ms, &[]);
        let place = |id: &mitta_domain::PartnershipId| format!("/v1/partnerships/{id}");
        match act {
            Act::Found {
                partnership_id,
                share_id,
                since,
            } => {
                self.outside
                    .set(now_ms, &[partnership_id.as_uuid(), share_id.as_uuid()]);
                let new = NewPartnership {
                    name: NAME.to_owned(),
                    week_start: chrono::Weekday::Mon,
                    share_since: *since,
                    weekly_goal_s: None,
                };
                let _: serde_json::Value = self.tell(by, "POST", "/v1/partnerships", &new)?;
                Ok(())
            }
            Act::Join {
                partnership_id,
                share_ids,
                inviter,
                since,
            } => {
                let share_ids: Vec<_> = share_ids.iter().map(|id| id.as_uuid()).collect();
                self.joined(by, *inviter, &place(partnership_id), *since, &share_ids)
            }
            Act::Leave { partnership_id } => self.ask(
                by,
                "POST",
                &format!("{}/leave", place(partnership_id)),
                Vec::new(),
            ),
            Act::Since {
                partnership_id,
                share_id,
                since,
            } => {
                self.outside.set(now_ms, &[share_id.as_uuid()]);
                let change = ChangeMembership {
                    share_since: Some(*since),
                    ..ChangeMembership::default()
                };
                let path = format!("{}/membership", place(partnership_id));
                self.tell::<serde_json::Value>(by, "PATCH", &path, &change)
                    .map(drop)
            }
            Act::Pause {
                partnership_id,
                is_paused,
            } => {
                let change = ChangeMembership {
                    is_paused: Some(*is_paused),
                    ..ChangeMembership::default()
                };
                let path = format!("{}/membership", place(partnership_id));
                self.tell::<serde_json::Value>(by, "PATCH", &path, &change)
                    .map(drop)
            }
        }
    }

    fn back_up(&mut self) -> Result<(), Refusal> {
        self.backups += 1;
        self.sql(&backups::back_up(self.backups - 1))
    }

    fn restore(&mut self, backup: usize) -> Result<(), Refusal> {
        self.backups = backup + 1;
        self.sql(&backups::restore(backup))
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            self.runtime.block_on(serving.stop());
        }
    }
}

fn said(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), ToString::to_string)
}
