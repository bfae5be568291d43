//! One person's changes to their feeds, one after the other, before any of them takes a connection.
//!
//! Must hold: whoever would wait for the lock of a person's feeds waits here and not with a connection of
//! the pool, so that one person's devices never keep the others from the database; who waits long is
//! turned away; who changes nothing is not remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mitta_domain::PersonId;
use mitta_protocol::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::http::error::ApiError;

/// The most changes of one person at once, the one under way among them: each has a body in memory.
pub const PLACES: usize = 10;
/// How long one waits for its turn: less than a request may take.
const WAIT: Duration = Duration::from_secs(10);

/// Who changes their feeds just now. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<PersonId, Line>>>);

/// Those of one person.
#[derive(Debug)]
struct Line {
    turn: Arc<Semaphore>,
    places: usize,
}

/// The turn of one change; dropped, it is the next one's.
#[derive(Debug)]
#[must_use = "the turn lasts as long as this is held"]
pub struct Turn {
    // Given on before the place is given back: fields are dropped in order.
    _turn: OwnedSemaphorePermit,
    _place: Place,
}

impl Turns {
    /// Waits until it is the turn of this change of `person`.
    ///
    /// # Errors
    /// `rate_limited` where as many wait as may, or the turn did not come in time.
    pub async fn take(&self, person: PersonId) -> Result<Turn, ApiError> {
        let (place, turn) = self.place(person).ok_or_else(busy)?;
        // A semaphore that is never closed gives its permit in the end.
        match timeout(WAIT, turn.acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Turn {
                _turn: turn,
                _place: place,
            }),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }

    /// Whether nobody's change is under way or waits.
    pub fn is_quiet(&self) -> bool {
        self.lines().is_empty()
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<PersonId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, person: PersonId) -> Option<(Place, Arc<Semaphore>)> {
        let mut lines = self.lines();
        let line = lines.entry(person).or_insert_with(|| Line {
            turn: Arc::new(Semaphore::new(1)),
            places: 0,
        });
        if line.places >= PLACES {
            return None;
        }
        line.places += 1;
        let place = Place {
            turns: self.clone(),
            person,
        };
        Some((place, Arc::clone(&line.turn)))
    }
}

/// A place in the line of a person.
#[derive(Debug)]
struct Place {
    turns: Turns,
    person: PersonId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut lines = self.turns.lines();
        if let Some(line) = lines.get_mut(&self.person) {
            line.places -= 1;
            if line.places == 0 {
                lines.remove(&self.person);
            }
        }
    }
}

fn busy() -> ApiError {
    ApiError::new(
        ErrorCode::RateLimited,
        "Others of your devices are sending just now. Nothing is lost; try again in a moment.",
    )
    .retry_after_s(2)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(n: u128) -> PersonId {
        PersonId::from_uuid(Uuid::from_u128(n))
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_has_one_turn_at_a_time_and_waits_for_it_so_long_and_no_longer() {
        let turns = Turns::default();
        let first = turns.take(person(1)).await.expect("the first");
        let other = turns.take(person(2)).await.expect("another person's");
        let begun = tokio::time::Instant::now();
        let waited = turns.take(person(1)).await.map_err(|it| it.code()).err();
        assert_eq!(waited, Some(ErrorCode::RateLimited));
        assert_eq!(begun.elapsed(), WAIT);
        let next = turns.take(person(1));
        let give = async {
            tokio::task::yield_now().await;
            drop(first);
        };
        let (next, ()) = tokio::join!(next, give);
        drop((next.expect("its turn"), other));
        assert!(turns.is_quiet(), "who changes nothing is not remembered");
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_wait_and_who_gives_up_makes_room() {
        let turns = Turns::default();
        let under_way = turns.take(person(1)).await.expect("the first");
        let waiting: Vec<_> = (1..PLACES)
            .map(|_| {
                let turns = turns.clone();
                tokio::spawn(async move { turns.take(person(1)).await.is_ok() })
            })
            .collect();
        tokio::task::yield_now().await;
        let begun = tokio::time::Instant::now();
        assert!(turns.take(person(1)).await.is_err());
        assert!(begun.elapsed().is_zero(), "at once");
        waiting[0].abort();
        drop(under_way);
        let mut had = 0;
        for waiting in waiting {
            had += usize::from(waiting.await.unwrap_or(false));
        }
        assert_eq!(had, PLACES - 2);
        assert!(turns.is_quiet());
    }
}
