//! Pushing, pulling and comparing: what devices of a person exchange with the server, and what
//! partners read of each other.
//!
//! Must hold: everything is of the person whose token asks, and what is another's comes from the
//! definer functions alone, which judge membership themselves (I10); each answer that reads is one
//! snapshot.

pub mod contact;
mod days;
mod feed;
pub(crate) mod fill;
pub mod live;
pub mod pull;
pub mod push;
mod routes;
pub(crate) mod rows;
pub mod sits;
mod summary;
pub mod weeks;

use uuid::Uuid;

use crate::db::{DbError, Transaction};

pub use routes::routes;

/// Who answers: which server, in which life of its database.
struct Server {
    server_id: Uuid,
    epoch: String,
}

async fn served(transaction: &Transaction) -> Result<Server, DbError> {
    let sql = "SELECT s.server_id, mitta.served_epoch() FROM mitta.server s";
    let row = transaction.query_one(sql, &[]).await?;
    Ok(Server {
        server_id: row.get(0),
        epoch: row.get(1),
    })
}
