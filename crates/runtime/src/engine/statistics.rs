//! Statistics: reads what they need as of one moment, and has the domain compute them.

use chrono::NaiveDate;
use mitta_domain::calendar::local_date;
use mitta_domain::stats::{AsOf, GoalOf, Scope, Statistics, Tally, Wishes, statistics};
use mitta_domain::{Seconds, Settings};
use mitta_store::{ReadError, Reader};

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
                weekly_goal: weekly_goal(reader, &settings)?,
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
) -> Result<Option<(Seconds, GoalOf)>, ReadError> {
    if let Some(account) = reader.account()? {
        for partnership in reader.partnerships()? {
            let mut members = partnership.members.iter();
            let me = members.find(|member| member.person_id == account.person_id);
            if let Some(goal_s) = me.and_then(|me| me.weekly_goal_s) {
                let of = GoalOf::Partnership {
                    name: partnership.name,
                };
                return Ok(Some((Seconds(goal_s), of)));
            }
        }
    }
    Ok(settings.weekly_goal_s.map(|goal| (goal, GoalOf::Own)))
}
