//! `mitta partners sits`: this week of everybody and the newest sits, from the local database alone.
//!
//! Must hold: what is shown is what the window shows, from the same command.

use mitta_sync::api::{
    AccountError, AccountErrorCode as Code, Commands, MAX_SITS, NoArgs, Together, TogetherArgs,
    TogetherPartnership, TogetherSit, TogetherSitsQuery,
};

use super::{is_named, today};
use crate::exit::Exit;
use crate::output::Output;
use crate::words;

pub fn run(
    sync: &impl Commands,
    count: u32,
    named: Option<&str>,
    output: &mut Output,
) -> Result<Exit, AccountError> {
    if sync.sync_view(NoArgs {})?.account.is_none() {
        return Err(AccountError::said(Code::NoAccount, words::no_account_yet()));
    }
    let (today, weeks) = (today()?, 1);
    let Together { partnerships } = sync.together(TogetherArgs { today, weeks })?;
    let wanted = |one: &TogetherPartnership| {
        named.is_none_or(|text| is_named(&one.name, one.partnership_id, text))
    };
    let mut shown = Vec::new();
    for mut partnership in partnerships.into_iter().filter(wanted) {
        (partnership.sits, partnership.has_more_sits) = newest(sync, &partnership, count)?;
        shown.push(partnership);
    }
    if shown.is_empty() {
        output.line(words::no_partners());
    }
    for line in shown.iter().flat_map(words::partner_sits) {
        output.line(line);
    }
    output.document(&Together {
        partnerships: shown,
    });
    Ok(Exit::Done)
}

/// So many of the newest sits, page after page, and whether there are more.
fn newest(
    sync: &impl Commands,
    partnership: &TogetherPartnership,
    count: u32,
) -> Result<(Vec<TogetherSit>, bool), AccountError> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut sits: Vec<TogetherSit> = Vec::new();
    loop {
        let left = u32::try_from(count - sits.len()).unwrap_or(MAX_SITS);
        let page = sync.together_sits(TogetherSitsQuery {
            partnership_id: partnership.partnership_id,
            before_ms: sits.last().map(|sit| sit.started_at_ms),
            before_session_id: sits.last().map(|sit| sit.session_id),
            limit: left.min(MAX_SITS),
        })?;
        sits.extend(page.sits);
        if !page.has_more || sits.len() >= count {
            return Ok((sits, page.has_more));
        }
    }
}
