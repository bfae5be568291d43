//! An answer that a task of its own writes, part by part.
//!
//! Must hold: what the writer has taken (a connection to the database, a permit) is given back soon after
//! the reader stopped reading or is gone; an answer that broke off never looks whole.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream::try_unfold;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long a part waits for its reader. Less than the database lets a transaction be idle.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where the writer puts what it wrote.
#[derive(Debug)]
pub(crate) struct Parts(mpsc::Sender<Part>);

#[derive(Debug)]
enum Part {
    Bytes(Bytes),
    /// It was written to its end.
    End,
}

/// The reader stopped reading, or is gone.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads on")]
pub(crate) struct GivenUp;

impl Parts {
    /// Hands on a part, once the one before it was taken.
    pub(crate) async fn send(&self, bytes: impl Into<Bytes>) -> Result<(), GivenUp> {
        self.put(Part::Bytes(bytes.into())).await
    }

    /// Says that this was all: without it, the answer breaks off.
    pub(crate) async fn end(self) -> Result<(), GivenUp> {
        self.put(Part::End).await
    }

    async fn put(&self, part: Part) -> Result<(), GivenUp> {
        let sent = timeout(PATIENCE, self.0.send(part)).await;
        sent.map_err(|_| GivenUp)?.map_err(|_| GivenUp)
    }
}

/// A body, and where its parts come from.
pub(crate) fn body() -> (Parts, Body) {
    let (parts, taken) = mpsc::channel(1);
    let stream = try_unfold(taken, |mut taken| async move {
        match taken.recv().await {
            Some(Part::Bytes(bytes)) => Ok(Some((bytes, taken))),
            Some(Part::End) => Ok(None),
            None => Err(io::Error::other("the answer broke off")),
        }
    });
    (Parts(parts), Body::from_stream(stream))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http_body_util::BodyExt as _;
    use tokio::sync::Semaphore;

    use super::*;

    /// Writes `parts` parts while it holds a permit.
    fn writing(permits: &Arc<Semaphore>, parts: usize) -> Body {
        let permit = Arc::clone(permits).try_acquire_owned().expect("a permit");
        let (to, body) = super::body();
        tokio::spawn(async move {
            let _permit = permit;
            for _ in 0..parts {
                to.send("part ").await?;
            }
            to.end().await
        });
        body
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_given_up_and_what_was_held_for_them_is_free() {
        let permits = Arc::new(Semaphore::new(1));
        let unread = writing(&permits, 5);
        let begun = tokio::time::Instant::now();
        let permit = timeout(2 * PATIENCE, permits.acquire()).await;
        drop(permit.expect("in time").expect("a permit"));
        assert_eq!(begun.elapsed(), PATIENCE);
        assert!(unread.collect().await.is_err(), "it does not look whole");

        let begun = tokio::time::Instant::now();
        drop(writing(&permits, 5));
        let _permit = permits.acquire().await.expect("a permit");
        assert!(begun.elapsed().is_zero(), "who is gone is not waited for");
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_slowly_gets_it_all() {
        let permits = Arc::new(Semaphore::new(1));
        let mut body = writing(&permits, 5);
        let mut read = Vec::new();
        while let Some(frame) = body.frame().await {
            read.extend(frame.expect("a part").into_data().expect("data"));
            tokio::time::sleep(PATIENCE / 2).await;
        }
        assert_eq!(read, b"part part part part part ");
    }
}
