//! Who listens on this server, and what they know.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mitta_domain::{PersonId, ShareId};
use tokio::sync::{Notify, watch};

/// What a person may see, as far as it is told that it is another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Picture {
    /// The feeds that they may read, by id, each with the position of its newest change.
    pub(super) heads: Vec<(ShareId, u64)>,
    /// Stands for what they see of their partnerships themselves.
    pub(super) membership: String,
    /// Stands for who is sitting and what is proposed.
    pub(super) going_on: String,
}
/// The SHA-256 of a token.
type Token = [u8; 32];

/// Those who listen on this server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Live(Arc<Hub>);

#[derive(Debug, Default)]
struct Hub {
    listening: Mutex<Listening>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Listening {
    persons: HashMap<PersonId, Ear>,
    /// Whose heads are to be read at once.
    stale: HashSet<PersonId>,
    is_polled: bool,
}

/// One person's streams.
#[derive(Debug)]
struct Ear {
    told: watch::Sender<Told>,
    /// How many streams each token has.
    tokens: HashMap<Token, usize>,
    /// How many of the streams are those of devices.
    devices: usize,
}

#[derive(Debug, Clone, Default)]
struct Told {
    /// `None` until it was read first.
    picture: Option<Arc<Picture>>,
    /// Tokens that no longer count.
    void: Arc<[Token]>,
}

impl Live {
    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.0
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens for `person`; `None` where that would be more than `at_most` streams.
    pub(super) fn subscribe(
        &self,
        person: PersonId,
        token: Token,
        is_device: bool,
        at_most: usize,
    ) -> Option<Subscription> {
        let mut listening = self.listening();
        let ear = listening.persons.entry(person).or_insert_with(|| Ear {
            told: watch::Sender::new(Told::default()),
            tokens: HashMap::new(),
            devices: 0,
        });
        if ear.tokens.values().sum::<usize>() >= at_most {
            return None;
        }
        *ear.tokens.entry(token).or_default() += 1;
        ear.devices += usize::from(is_device);
        let mut told = ear.told.subscribe();
        told.mark_changed();
        listening.stale.insert(person);
        drop(listening);
        self.0.wake.notify_one();
        Some(Subscription {
            live: self.clone(),
            person,
            token,
            is_device,
            told,
        })
    }

    /// These feeds moved, on this server: whoever reads them need not wait for the next second. What
    /// they are told is still read from the database, which knows whether they may.
    pub fn moved(&self, shares: impl IntoIterator<Item = ShareId>) {
        let moved: HashSet<ShareId> = shares.into_iter().collect();
        let mut listening = self.listening();
        let Listening { persons, stale, .. } = &mut *listening;
        let reads = |ear: &Ear| {
            let told = ear.told.borrow();
            let heads = told.picture.as_ref().map(|picture| &picture.heads[..]);
            heads
                .unwrap_or_default()
                .iter()
                .any(|(share_id, _)| moved.contains(share_id))
        };
        let before = stale.len();
        stale.extend(
            persons
                .iter()
                .filter(|(_, ear)| reads(ear))
                .map(|(person, _)| *person),
        );
        let is_more = stale.len() > before;
        drop(listening);
        if is_more {
            self.0.wake.notify_one();
        }
    }

    /// What these persons may read is other now: those of them who listen here are told at once.
    pub fn nudge(&self, persons: impl IntoIterator<Item = PersonId>) {
        let mut listening = self.listening();
        let Listening {
            persons: ears,
            stale,
            ..
        } = &mut *listening;
        let before = stale.len();
        stale.extend(
            persons
                .into_iter()
                .filter(|person| ears.contains_key(person)),
        );
        let is_more = stale.len() > before;
        drop(listening);
        if is_more {
            self.0.wake.notify_one();
        }
    }

    /// Whether the caller is to poll from now on: true once, until [`Live::end_polling`].
    pub(super) fn begin_polling(&self) -> bool {
        let mut listening = self.listening();
        !std::mem::replace(&mut listening.is_polled, true)
    }

    /// Whether nobody listens any more, so that polling has ended.
    pub(super) fn end_polling(&self) -> bool {
        let mut listening = self.listening();
        listening.is_polled = !listening.persons.is_empty();
        !listening.is_polled
    }

    /// Returns when somebody's heads are to be read at once.
    pub(super) async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Whose heads are to be read: of `all`, or at once.
    pub(super) fn take_stale(&self, all: bool) -> Vec<PersonId> {
        let mut listening = self.listening();
        let stale = std::mem::take(&mut listening.stale);
        if all {
            return listening.persons.keys().copied().collect();
        }
        stale.into_iter().collect()
    }

    /// Tells a person's streams what they may see.
    pub(super) fn tell(&self, person: PersonId, picture: Picture) {
        let listening = self.listening();
        let Some(ear) = listening.persons.get(&person) else {
            return;
        };
        ear.told.send_if_modified(|told| {
            let is_other = told.picture.as_deref() != Some(&picture);
            if is_other {
                told.picture = Some(Arc::new(picture));
            }
            is_other
        });
    }

    /// Those of whom a device listens, not only the web page.
    pub(in crate::sync) fn persons_with_devices(&self) -> Vec<PersonId> {
        let listening = self.listening();
        let persons = listening.persons.iter();
        let with_devices = persons.filter(|(_, ear)| ear.devices > 0);
        with_devices.map(|(person, _)| *person).collect()
    }

    /// The tokens of all streams.
    pub(super) fn tokens(&self) -> Vec<Token> {
        let listening = self.listening();
        let tokens = listening.persons.values().flat_map(|ear| ear.tokens.keys());
        tokens.copied().collect()
    }

    /// Ends the streams with any of `asked` that is not among those that still count.
    pub(super) fn end_all_but(&self, asked: &[Token], valid: &HashSet<Token>) {
        let void: HashSet<&Token> = asked
            .iter()
            .filter(|token| !valid.contains(*token))
            .collect();
        if void.is_empty() {
            return;
        }
        for ear in self.listening().persons.values() {
            let here: Vec<Token> = ear
                .tokens
                .keys()
                .filter(|it| void.contains(it))
                .copied()
                .collect();
            if !here.is_empty() {
                ear.told.send_modify(|told| told.void = here.into());
            }
        }
    }
}

/// One stream; dropped, it no longer counts.
#[derive(Debug)]
pub(super) struct Subscription {
    live: Live,
    person: PersonId,
    token: Token,
    is_device: bool,
    told: watch::Receiver<Told>,
}

impl Subscription {
    /// The picture, when it is another; `None` when the token no longer counts.
    pub(super) async fn changed(&mut self) -> Option<Arc<Picture>> {
        loop {
            self.told.changed().await.ok()?;
            let told = self.told.borrow_and_update();
            if told.void.contains(&self.token) {
                return None;
            }
            if let Some(picture) = &told.picture {
                return Some(Arc::clone(picture));
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listening = self.live.listening();
        let Some(ear) = listening.persons.get_mut(&self.person) else {
            return;
        };
        ear.devices -= usize::from(self.is_device);
        if let Some(streams) = ear.tokens.get_mut(&self.token) {
            *streams -= 1;
            if *streams == 0 {
                ear.tokens.remove(&self.token);
            }
        }
        if ear.tokens.is_empty() {
            listening.persons.remove(&self.person);
        }
    }
}
