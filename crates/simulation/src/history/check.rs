//! What must hold in the end, and what must hold at any time.

use std::collections::{BTreeMap, BTreeSet};

use mitta_domain::calendar::Week;
use mitta_domain::share::SharedSit;
use mitta_domain::totals::DayTotal;
use mitta_domain::{PersonId, SessionId, ShareId};
use mitta_server::fold::ChangeKind;

use super::look::{Look, PartnerSit};
use super::{Broken, World};

impl World {
    /// After healing, with what the devices hold since.
    pub(super) fn check(&mut self, looks: &BTreeMap<usize, Look>) -> Result<(), Broken> {
        self.check_sessions(looks)?;
        self.check_promises(looks)?;
        self.check_corrected()?;
        Self::check_outboxes(looks)?;
        self.check_totals(looks)?;
        self.check_shares()?;
        self.check_partners(looks)?;
        self.host.compare_databases()?;
        Ok(())
    }

    fn person_of(&self, device: usize) -> PersonId {
        self.persons[self.devices[device].person]
    }

    /// Every device of a person holds exactly the server's rows, stamps and events and all.
    fn check_sessions(&self, looks: &BTreeMap<usize, Look>) -> Result<(), Broken> {
        let tables = &self.host.memory.tables;
        for (device, look) in looks {
            let person = self.person_of(*device);
            let there: BTreeMap<_, _> = tables
                .sessions_of(person)
                .map(|session| (session.start.session_id, session))
                .collect();
            let ids: BTreeSet<_> = there.keys().chain(look.sessions.keys()).collect();
            for id in ids {
                let (here, there) = (look.sessions.get(id), there.get(id).copied());
                if here != there {
                    let name = self.name(*id);
                    return Err(Broken::new(
                        format!("device {device} and the server hold the same {name}"),
                        format!("here {here:?}\n  there {there:?}"),
                    ));
                }
                let happened = tables.events_of(person, *id);
                let here = look.events.get(id).map_or(&[][..], |it| &**it);
                let is_there = happened.iter().all(|event| here.contains(event));
                if !is_there {
                    return Err(Broken::new(
                        format!("device {device} has the events of {}", self.name(*id)),
                        format!("here {here:?}\n  there {happened:?}"),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Nothing lost, nothing twice (I2, I3), no completion undone, no words gone without a trace.
    fn check_promises(&self, looks: &BTreeMap<usize, Look>) -> Result<(), Broken> {
        let tables = &self.host.memory.tables;
        for (session_id, (device, start)) in &self.promised.begun {
            let person = self.person_of(*device);
            let row = tables.sessions.get(&(person, *session_id));
            if row.map(|row| &row.start) != Some(start) {
                let what = format!("begun {start:?}, at the server {row:?}");
                return Err(Broken::new(
                    format!("{} is there", self.name(*session_id)),
                    what,
                ));
            }
            let owners = tables.sessions.keys().filter(|(_, id)| id == session_id);
            if owners.count() != 1 {
                return Err(Broken::new("one owner", self.name(*session_id)));
            }
            let completion = row.and_then(|row| row.completion);
            let promised = self.promised.completed.get(session_id).copied();
            if completion != promised {
                return Err(Broken::new(
                    format!("{} is completed as promised", self.name(*session_id)),
                    format!("promised {promised:?}, there {completion:?}"),
                ));
            }
        }
        if tables.sessions.len() != self.promised.begun.len() {
            return Err(Broken::new(
                "no session that nobody began",
                tables.sessions.len(),
            ));
        }
        for (session_id, note) in &self.promised.notes {
            let quoted = format!("\"{note}\"");
            let is_kept = looks.values().any(|look| {
                let session = look.sessions.get(session_id);
                let revisions = look.revisions.get(session_id);
                session.is_some_and(|it| it.words.note.as_ref() == Some(note))
                    || revisions.is_some_and(|it| it.iter().any(|text| text.contains(&quoted)))
                    || look
                        .rejected
                        .iter()
                        .any(|(_, payload)| payload.contains(&quoted))
            });
            if !is_kept {
                let what = format!("of {}", self.name(*session_id));
                return Err(Broken::new(format!("{quoted} is somewhere"), what));
            }
        }
        Ok(())
    }

    fn check_outboxes(looks: &BTreeMap<usize, Look>) -> Result<(), Broken> {
        for (device, look) in looks {
            if look.outbox > 0 {
                return Err(Broken::new(
                    format!("the outbox of device {device} is empty"),
                    look.outbox,
                ));
            }
            if let Some((code, payload)) = look.rejected.first() {
                return Err(Broken::new(
                    format!("nothing of device {device} was refused"),
                    format!("{code}: {payload}"),
                ));
            }
        }
        Ok(())
    }

    /// Totals, day by day and week by week, are the same at devices and server, and are what the
    /// sessions sum up to (I8).
    fn check_totals(&self, looks: &BTreeMap<usize, Look>) -> Result<(), Broken> {
        let tables = &self.host.memory.tables;
        for (device, look) in looks {
            let person = self.person_of(*device);
            let own = (person, ShareId::own(person));
            let stored = tables.stored_days(own);
            if look.days != stored || by_week(&look.days) != by_week(&tables.derived_days(own)) {
                let what = format!("here {:?}\n  there {stored:?}", look.days);
                return Err(Broken::new(format!("totals of device {device} (I8)"), what));
            }
        }
        Ok(())
    }

    /// At any time: what the open shares tell is what their rule shows, and so are their totals.
    pub(super) fn check_shares(&self) -> Result<(), Broken> {
        let tables = &self.host.memory.tables;
        for (feed, share) in &tables.shares {
            if share.closed_at_ms.is_some() {
                continue;
            }
            let shown: BTreeSet<_> = tables
                .visible_in(*feed)
                .iter()
                .map(|it| it.session_id)
                .collect();
            let told: BTreeSet<_> = tables
                .changes_after(*feed, 0)
                .into_iter()
                .filter(|(_, row)| row.kind == ChangeKind::Session)
                .map(|(session_id, _)| session_id)
                .collect();
            if shown != told {
                let name = |ids: BTreeSet<SessionId>| {
                    ids.into_iter().map(|id| self.name(id)).collect::<Vec<_>>()
                };
                return Err(Broken::new(
                    "a share tells of what it shows",
                    format!("shows {:?}\n  tells of {:?}", name(shown), name(told)),
                ));
            }
            let (stored, derived) = (tables.stored_days(*feed), tables.derived_days(*feed));
            if stored != derived {
                let what = format!("stored {stored:?}\n  derived {derived:?}");
                return Err(Broken::new("totals of a share (I8)", what));
            }
        }
        Ok(())
    }

    /// What a device has of partners is exactly what their shares show now (I10).
    fn check_partners(&mut self, looks: &BTreeMap<usize, Look>) -> Result<(), Broken> {
        for (device, look) in looks {
            let person = self.person_of(*device);
            let tables = &self.host.memory.tables;
            let shares = tables.readable_shares(person).into_iter();
            let mut expected: Vec<PartnerSit> = shares
                .flat_map(|feed| {
                    let shown = tables.visible_in(feed).into_iter();
                    shown.map(move |sit| partner_sit(feed.1, sit))
                })
                .collect();
            expected.sort();
            let mut here = look.partner_sits.clone();
            here.sort();
            self.counts.shared_rows += here.len();
            if here != expected {
                let what = format!("here {here:?}\n  shown {expected:?}");
                return Err(Broken::new(
                    format!("partners' sits on device {device} (I10)"),
                    what,
                ));
            }
        }
        Ok(())
    }
}

fn partner_sit(share_id: ShareId, sit: SharedSit) -> PartnerSit {
    (
        share_id.to_string(),
        sit.session_id.to_string(),
        sit.started_at_ms.0,
        sit.utc_offset_s.into(),
        sit.local_date.to_string(),
        sit.planned_s.map(|it| it.seconds().0.into()),
        sit.credited_s.0.into(),
        sit.together_id.map(|it| it.to_string()),
        sit.note,
        sit.label,
    )
}

/// Weeks from Monday: sits and credited seconds.
fn by_week(days: &[DayTotal]) -> BTreeMap<chrono::NaiveDate, (u32, u64)> {
    let mut weeks = BTreeMap::new();
    for day in days {
        let week: &mut (u32, u64) = weeks
            .entry(Week::of(day.local_date, chrono::Weekday::Mon).start())
            .or_default();
        week.0 += day.sits;
        week.1 += day.credited_s;
    }
    weeks
}
