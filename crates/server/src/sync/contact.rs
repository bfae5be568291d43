//! When devices were last heard of.
//!
//! Must hold: it moves with the time alone, in steps so long that it says nothing of what a device did:
//! a private sit that is pushed must not move what a partner sees (I10).

use mitta_domain::{PersonId, UnixMillis};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::AppState;
use crate::db::{DbError, param};
use crate::http::auth::Person;

/// One step: a quarter of an hour.
pub const STEP_MS: i64 = 15 * 60 * 1000;

/// The beginning of the step in which `now` lies.
const fn step(now: UnixMillis) -> i64 {
    now.0 - now.0.rem_euclid(STEP_MS)
}

/// A device has pulled. The web page is no device: it has nothing to send.
pub(super) async fn of_pull(state: &AppState, person: &Person) {
    if !person.is_web {
        note(state, &[person.person_id]).await;
    }
}

/// The devices that listen at this moment.
pub(super) async fn of_listeners(state: &AppState) {
    note(state, &state.live.persons_with_devices()).await;
}

/// What is asked is answered all the same: the next time it is tried again.
async fn note(state: &AppState, persons: &[PersonId]) {
    if let Err(error) = heard(state, persons).await {
        tracing::warn!(%error, "that devices were heard of is noted later");
    }
}

async fn heard(state: &AppState, persons: &[PersonId]) -> Result<(), DbError> {
    let at = step(state.clock.now_ms());
    let fresh = state.heard.fresh(persons, at);
    if fresh.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = fresh.iter().map(|person| person.as_uuid()).collect();
    let transaction = state.db.as_nobody().await?;
    let sql = "SELECT mitta.live_contacts($1, $2)";
    let params = [param(&ids, Type::UUID_ARRAY), param(&at, Type::INT8)];
    transaction.query_one(sql, &params).await?;
    transaction.commit().await?;
    state.heard.note(&fresh, at);
    Ok(())
}

/// Of whom this server has written already that they were heard of in this step: a pull that has
/// nothing to say writes nothing.
#[derive(Debug, Default)]
pub struct Heard(std::sync::Mutex<(i64, std::collections::HashSet<PersonId>)>);

impl Heard {
    fn fresh(&self, persons: &[PersonId], at: i64) -> Vec<PersonId> {
        let known = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_fresh = |person: &&PersonId| known.0 != at || !known.1.contains(person);
        persons.iter().filter(is_fresh).copied().collect()
    }

    fn note(&self, persons: &[PersonId], at: i64) {
        let mut known = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.0 != at {
            *known = (at, std::collections::HashSet::new());
        }
        known.1.extend(persons);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_quarter_of_an_hour_of_the_clock() {
        let quarter = |n: i64| n * STEP_MS;
        assert_eq!(step(UnixMillis(quarter(7))), quarter(7));
        assert_eq!(step(UnixMillis(quarter(8) - 1)), quarter(7));
        assert_eq!(step(UnixMillis(-1)), quarter(-1));
    }

    #[test]
    fn who_was_noted_in_a_step_is_not_written_again_until_the_next() {
        let heard = Heard::default();
        let ada: PersonId = "0197a3c2-5f00-7000-8000-000000000001"
            .parse()
            .expect("an id");
        assert_eq!(heard.fresh(&[ada], 0), [ada]);
        heard.note(&[ada], 0);
        assert_eq!(heard.fresh(&[ada], 0), []);
        assert_eq!(heard.fresh(&[ada], STEP_MS), [ada]);
        heard.note(&[], STEP_MS);
        assert_eq!(heard.fresh(&[ada], STEP_MS), [ada]);
    }
}
