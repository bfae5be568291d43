//! `mitta partners`: who shares sits with whom, and what partners have sat, from a terminal.
//!
//! Must hold: what happens with rows that are shared already is said before it happens; an invite's
//! secret goes to the standard output once.

mod args;
mod sits;

use chrono::{NaiveDate, Weekday};
use mitta_domain::{PartnershipId, calendar};
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_runtime::data_dir;
use mitta_store::Reader;
use mitta_sync::api::{
    AcceptInviteArgs, AccountError, AccountErrorCode as Code, ChangeMembershipArgs,
    ChangePartnershipArgs, Commands, ConfirmInviteArgs, CreatePartnershipArgs, InviteArgs,
    InviteKind, InviteOfArgs, NoArgs, PartnershipArgs, PartnershipList, PartnershipView,
};
use uuid::Uuid;

pub use args::PartnersArgs;
use args::Word;

use crate::account::{engine, zone};
use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// `mitta partners`.
///
/// # Errors
/// What the engine answers, or a history that cannot be read.
pub fn run(args: PartnersArgs, output: &mut Output) -> Result<Exit, AccountError> {
    let named = args.partnership.as_deref();
    match args.word {
        Some(Word::Sits { count }) => sits::run(&engine()?, count, named, output),
        Some(word) => act(&engine()?, word, named, output),
        None => list(&engine()?, output),
    }
}

fn act(
    sync: &impl Commands,
    word: Word,
    named: Option<&str>,
    output: &mut Output,
) -> Result<Exit, AccountError> {
    match word {
        Word::Create { name, since } => {
            let made = sync.create_partnership(CreatePartnershipArgs {
                name,
                week_start: Weekday::Mon,
                share_since: since.map_or_else(today, Ok)?,
            })?;
            output.line(words::partnership_made(&made));
            output.document(&made);
            return Ok(fetched(sync));
        }
        Word::Invite { code } => return invite(sync, code, named, output),
        Word::Accept { secret, since } => {
            let share_since = since.map_or_else(today, Ok)?;
            let accepted = sync.accept_invite(AcceptInviteArgs {
                secret,
                share_since,
            })?;
            output.line(words::accepted(&accepted, share_since));
            output.document(&accepted);
            return Ok(Exit::Done);
        }
        Word::Withdraw { invite_id } => {
            let partnership_id = inviting(sync, invite_id)?;
            sync.withdraw_invite(InviteOfArgs {
                partnership_id,
                invite_id,
            })?;
        }
        Word::Confirm { invite_id } => confirm(sync, invite_id, true)?,
        Word::TurnAway { invite_id } => confirm(sync, invite_id, false)?,
        Word::Pause => {
            let is_paused = Some(true);
            change(sync, named, |args| ChangeMembershipArgs {
                is_paused,
                ..args
            })?;
            output.note(words::sharing_paused());
        }
        Word::Resume => {
            let is_paused = Some(false);
            change(sync, named, |args| ChangeMembershipArgs {
                is_paused,
                ..args
            })?;
            output.note(words::sharing_resumed());
        }
        Word::ShowSitting => {
            let shows_sitting = Some(true);
            change(sync, named, |args| ChangeMembershipArgs {
                shows_sitting,
                ..args
            })?;
            output.note(words::sitting_shown());
        }
        Word::HideSitting => {
            let shows_sitting = Some(false);
            change(sync, named, |args| ChangeMembershipArgs {
                shows_sitting,
                ..args
            })?;
            output.note(words::sitting_hidden());
        }
        Word::Rename { name } => rename(sync, name, named)?,
        Word::Since { date, yes } => {
            let one = chosen(sync, named)?;
            output.note(words::since(&one, date));
            if !yes {
                return Ok(unsure(output));
            }
            let (named, share_since) = (one.partnership_id.to_string(), Some(date));
            change(sync, Some(&named), |args| ChangeMembershipArgs {
                share_since,
                ..args
            })?;
        }
        Word::Leave { yes } => {
            let one = chosen(sync, named)?;
            output.note(words::leaving(&one));
            if !yes {
                return Ok(unsure(output));
            }
            let partnership_id = one.partnership_id;
            sync.leave_partnership(PartnershipArgs { partnership_id })?;
        }
        Word::Sits { count } => return sits::run(sync, count, named, output),
        Word::Activity => return activity(sync, output),
    }
    let exit = fetched(sync);
    list(sync, output)?;
    Ok(exit)
}

/// What was changed on the server is fetched at once; where that fails, the next round does it.
fn fetched(sync: &impl Commands) -> Exit {
    if let Err(error) = sync.sync_now(NoArgs {}) {
        tracing::info!(%error, "what was changed is fetched later");
    }
    Exit::Done
}

fn unsure(output: &mut Output) -> Exit {
    output.note(words::only_with_yes());
    Exit::Usage
}

fn list(sync: &impl Commands, output: &mut Output) -> Result<Exit, AccountError> {
    let list = sync.partnerships(NoArgs {})?;
    if list.partnerships.is_empty() {
        output.line(words::no_partners());
    }
    for partnership in &list.partnerships {
        for line in words::partnership(partnership, zone()) {
            output.line(line);
        }
    }
    output.document(&list);
    Ok(Exit::Done)
}

fn invite(
    sync: &impl Commands,
    code: bool,
    named: Option<&str>,
    output: &mut Output,
) -> Result<Exit, AccountError> {
    let kind = if code {
        InviteKind::Code
    } else {
        InviteKind::Link
    };
    let partnership_id = chosen(sync, named)?.partnership_id;
    let made = sync.invite(InviteArgs {
        partnership_id,
        kind,
    })?;
    output.line(words::invite_made(&made, zone()));
    output.document(&made);
    Ok(Exit::Done)
}

fn confirm(sync: &impl Commands, invite_id: Uuid, accept: bool) -> Result<(), AccountError> {
    let partnership_id = inviting(sync, invite_id)?;
    sync.confirm_invite(ConfirmInviteArgs {
        partnership_id,
        invite_id,
        accept,
    })?;
    Ok(())
}

fn change(
    sync: &impl Commands,
    named: Option<&str>,
    what: impl FnOnce(ChangeMembershipArgs) -> ChangeMembershipArgs,
) -> Result<(), AccountError> {
    sync.change_membership(what(ChangeMembershipArgs {
        partnership_id: chosen(sync, named)?.partnership_id,
        share_since: None,
        is_paused: None,
        weekly_goal_s: None,
        shows_sitting: None,
    }))?;
    Ok(())
}

/// Where somebody else gives another name at the same moment, nothing is changed.
fn rename(sync: &impl Commands, name: String, named: Option<&str>) -> Result<(), AccountError> {
    let one = chosen(sync, named)?;
    sync.change_partnership(ChangePartnershipArgs {
        partnership_id: one.partnership_id,
        name: Some(name),
        week_start: None,
        expected_name: Some(one.name),
        expected_week_start: None,
    })?;
    Ok(())
}

fn activity(sync: &impl Commands, output: &mut Output) -> Result<Exit, AccountError> {
    let list = sync.activity(NoArgs {})?;
    if list.activities.is_empty() {
        output.line(words::no_activity());
    }
    for activity in &list.activities {
        output.line(words::activity(activity, zone()));
    }
    output.document(&list);
    Ok(Exit::Done)
}

/// The partnership that an own invite leads into.
fn inviting(sync: &impl Commands, invite_id: Uuid) -> Result<PartnershipId, AccountError> {
    let list = sync.partnerships(NoArgs {})?;
    let has = |one: &&PartnershipView| one.invites.iter().any(|it| it.invite_id == invite_id);
    let found = list.partnerships.iter().find(has);
    found.map(|one| one.partnership_id).ok_or_else(|| {
        AccountError::new(
            Code::NoSuchInvite,
            format_args!("there is no invite {invite_id} of yours that is open or waits"),
        )
    })
}

fn chosen(sync: &impl Commands, named: Option<&str>) -> Result<PartnershipView, AccountError> {
    let PartnershipList { partnerships } = sync.partnerships(NoArgs {})?;
    let named_so =
        |one: &PartnershipView, text: &str| is_named(&one.name, one.partnership_id, text);
    let found = partnerships.into_iter();
    one_of(found.filter(|one| named.is_none_or(|text| named_so(one, text))))
}

/// By its name or its id.
fn is_named(name: &str, partnership_id: PartnershipId, text: &str) -> bool {
    name.to_lowercase() == text.to_lowercase() || partnership_id.to_string() == text
}

/// The only one there is.
fn one_of<T>(mut found: impl Iterator<Item = T>) -> Result<T, AccountError> {
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(AccountError::said(
            Code::InvalidRequest,
            words::which_partnership(),
        )),
        (None, _) => Err(AccountError::said(
            Code::NoSuchPartnership,
            words::no_such_partnership(),
        )),
    }
}

/// The date that a sit begun now would have.
fn today() -> Result<NaiveDate, AccountError> {
    let dir = data_dir().map_err(|e| AccountError::new(Code::Storage, e.message))?;
    today_of(&Reader::open(&dir)?)
}

fn today_of(reader: &Reader) -> Result<NaiveDate, AccountError> {
    let now = SystemClock::new().now().wall_ms;
    let day = calendar::local_date(now, zone(), reader.settings()?.day_start_hour);
    day.map(|day| day.local_date)
        .map_err(|error| AccountError::new(Code::Storage, error))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("morning room", true)]
    #[case("00000000-0000-0000-0000-000000000007", true)]
    #[case("morning", false)]
    fn a_partnership_is_named_by_its_name_or_id(#[case] text: &str, #[case] is_it: bool) {
        let id = PartnershipId::from_uuid(Uuid::from_u128(7));
        assert_eq!(is_named("Morning Room", id, text), is_it);
    }

    #[rstest]
    #[case(0, Err(Code::NoSuchPartnership))]
    #[case(1, Ok(0))]
    #[case(2, Err(Code::InvalidRequest))]
    fn which_one_is_asked_only_where_there_are_several(
        #[case] count: u32,
        #[case] expected: Result<u32, Code>,
    ) {
        assert_eq!(one_of(0..count).map_err(|error| error.code), expected);
    }
}
