//! Which feed is asked for: one's own, or a share that one may read.

use mitta_domain::{PersonId, ShareId};
use mitta_protocol::ErrorCode;
use tokio_postgres::types::Type;

use super::rows::position;
use crate::db::{Transaction, param};
use crate::http::auth::sign_in_needed;
use crate::http::error::ApiError;

/// A feed that the person may read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feed {
    pub(super) person_id: PersonId,
    pub(super) share_id: ShareId,
    pub(super) head_seq: u64,
}

impl Feed {
    /// Finds it; `None` is the own feed.
    ///
    /// # Errors
    /// `no_such_share` where it is not there or not to be seen: which of them is not said (I10).
    pub(super) async fn find(
        transaction: &Transaction,
        person_id: PersonId,
        share_id: Option<ShareId>,
    ) -> Result<Self, ApiError> {
        let own = ShareId::own(person_id);
        let share_id = share_id.unwrap_or(own);
        let sql = if share_id == own {
            "SELECT f.head_seq FROM mitta.feeds f WHERE f.person_id = $1 AND f.share_id = $1"
        } else {
            "SELECT h FROM mitta.share_head($1) h WHERE h IS NOT NULL"
        };
        let id = share_id.as_uuid();
        let row = transaction
            .query_opt(sql, &[param(&id, Type::UUID)])
            .await?;
        let row = row.ok_or_else(|| {
            if share_id == own {
                sign_in_needed()
            } else {
                ApiError::new(
                    ErrorCode::NoSuchShare,
                    "There is no such share, or it is not shared with you any more.",
                )
            }
        })?;
        Ok(Self {
            person_id,
            share_id,
            head_seq: position("feeds", "head_seq", row.get(0))?,
        })
    }

    pub(super) fn is_own(self) -> bool {
        self.share_id == ShareId::own(self.person_id)
    }
}
