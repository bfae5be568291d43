//! Statistics: reads what they need as of one moment, and has the domain compute them.

use chrono::NaiveDate;
use mitta_domain::calendar::{DateSpan, Week, local_date};
use mitta_domain::stats::{Aim, AsOf, Scope, Statistics, Tally, Wishes, statistics};
use mitta_domain::totals::DayTotal;
use mitta_domain::{PartnershipId, Seconds, Settings};
use mitta_store::{MemberRow, OwnShare, ReadError, Reader};

use super::{Shared, locked};
use crate::api::{ApiError, ErrorCode};

impl Shared {
    /// The civil date here and now, by the person's day-start hour.
    pub(super) fn today(&self, settings: &Settings) -> Result<NaiveDate, ApiError> {
        let zone = self.clock.zone().unwrap_or(chrono_tz::UTC);
        let day = local_date(self.clock.now().wall_ms, zone, settings.day_start_hour)?;
        Ok(day.local_date)
    }

    pub(super) fn statistics(&self, scope: Scope) -> Result<Statistics, ApiError> {
        let settings = self.settings_or_default();
        let as_of = AsOf {
            today: self.today(&settings)?,
            week_start: settings.week_start,
        };
        locked(&self.reader).in_one_moment(|reader| {
            let days = reader.all_day_totals()?;
            let refused = |error| ApiError::new(ErrorCode::InvalidRequest, error);
            let span = scope.span(&days, as_of).map_err(refused)?;
            let mut tally = Tally::default();
            reader.each_sat(span, |sit| tally.add(sit))?;
            let wishes = Wishes {
                weekly_goal: weekly_goal(reader, &settings, as_of.today)?,
                streak_with_rest: settings.show_streak.then_some(settings.rest_days.0),
            };
            statistics(&days, as_of, wishes, scope, &tally).map_err(refused)
        })
    }
}

/// The goal that the person set for a partnership, of several the first as they are listed; else their
/// own.
fn weekly_goal(
    reader: &Reader,
    settings: &Settings,
    today: NaiveDate,
) -> Result<Option<Aim>, ReadError> {
    if let Some(account) = reader.account()? {
        for partnership in reader.partnerships()? {
            let mut members = partnership.members.iter();
            let me = members.find(|member| member.person_id == account.person_id);
            if let Some((me, goal_s)) = me.and_then(|me| Some((me, me.weekly_goal_s?))) {
                let week = Week::of(today, partnership.week_start);
                let days = shared_days(reader, partnership.partnership_id, me, week)?;
                return Ok(days.map(|days| Aim::Partnership {
                    goal_s: Seconds(goal_s),
                    week_start: partnership.week_start,
                    days,
                    name: partnership.name,
                }));
            }
        }
    }
    Ok(settings.weekly_goal_s.map(Aim::Own))
}

/// What the own share shows of a week: as Together has it, with what waits to be sent on top. `None` as
/// long as it is not fetched.
fn shared_days(
    reader: &Reader,
    partnership_id: PartnershipId,
    me: &MemberRow,
    week: Week,
) -> Result<Option<Vec<DayTotal>>, ReadError> {
    let shares = reader.shares()?;
    let mut shares = shares.iter();
    let own =
        shares.find(|it| it.partnership_id == Some(partnership_id) && it.person_id == me.person_id);
    let Some(own) = own else {
        return Ok(None);
    };
    let cursor = reader.cursor(own.share_id)?;
    if cursor.seq < own.head_seq && cursor.compared_seq.is_none() {
        return Ok(None);
    }
    let DateSpan { from, to } = week.span();
    let days = reader.shared_day_totals(own.share_id, from, to)?;
    Ok(Some(reader.overlay(&OwnShare::of(own, me))?.days(days)))
}
