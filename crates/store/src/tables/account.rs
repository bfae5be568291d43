//! `account`: whose folder this is, and on which server.

use mitta_domain::PersonId;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{execute, from_name, name_of};
use crate::cells::Columns;
use crate::error::{ReadError, WriteError, one_row};

static ACCOUNT: Columns = Columns {
    table: "account",
    names: &[
        "server_url",
        "server_id",
        "person_id",
        "login",
        "display_name",
        "claim",
        "signed_in",
        "token_place",
    ],
};

/// Whether the sits that were recorded before may be given to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// The person was asked, or is to be; nothing is offered yet.
    Asked,
    /// The person said yes.
    Given,
}

/// Where the token is kept; never in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// The system's keyring.
    Keyring,
    /// A file that only its owner can read.
    File,
}

/// The one person on the one server that a data folder belongs to (I10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Where the server is.
    pub server_url: String,
    /// Which server it is, wherever it is.
    pub server_id: Uuid,
    /// Who the person is there.
    pub person_id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// How partners see them.
    pub display_name: String,
    /// Whether the local history may be offered.
    pub claim: Claim,
    /// Whether the token was good when it was last used.
    pub signed_in: bool,
    /// Where the token is kept.
    pub token_place: TokenPlace,
}

pub(crate) fn find(connection: &Connection) -> Result<Option<AccountRow>, ReadError> {
    find_in(connection, "main")
}

/// As [`find`], in a database that is attached.
pub(crate) fn find_in(
    connection: &Connection,
    database: &str,
) -> Result<Option<AccountRow>, ReadError> {
    let sql = format!(
        "SELECT {} FROM {database}.account WHERE one = 1",
        ACCOUNT.list()
    );
    ACCOUNT.query_one(connection, &sql, [], |cells| {
        Ok(AccountRow {
            server_url: cells.next()?,
            server_id: cells.convert(|text: String| text.parse().ok())?,
            person_id: cells.convert(|text: String| text.parse().ok())?,
            login: cells.next()?,
            display_name: cells.next()?,
            claim: cells.convert(from_name)?,
            signed_in: cells.next()?,
            token_place: cells.convert(from_name)?,
        })
    })
}

/// Writes the row, whether there is one or not.
pub(crate) fn save(connection: &Connection, account: &AccountRow) -> Result<(), WriteError> {
    let sql = format!(
        "INSERT OR REPLACE INTO account (one, {}) VALUES (1, {})",
        ACCOUNT.list(),
        ACCOUNT.marks()
    );
    let values = params![
        account.server_url,
        account.server_id.to_string(),
        account.person_id.to_string(),
        account.login,
        account.display_name,
        name_of(&account.claim)?,
        account.signed_in,
        name_of(&account.token_place)?
    ];
    one_row(ACCOUNT.table, execute(connection, &sql, values)?)
}

pub(crate) fn remove(connection: &Connection) -> Result<(), WriteError> {
    one_row(
        ACCOUNT.table,
        execute(connection, "DELETE FROM account", [])?,
    )
}
