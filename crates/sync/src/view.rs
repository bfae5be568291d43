//! The state of sync as it is shown: what the data folder says, and what this process knows on top.

use chrono::NaiveDate;
use mitta_domain::{ShareId, UnixMillis};
use mitta_store::{AccountRow, Claim, Reader, SyncCounts, TokenPlace};

use crate::api::{
    AccountError, AccountErrorCode as Code, SyncAccount, SyncProgress, SyncView, SyncWord,
};

/// What this process knows of sync, beyond the data folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live {
    pub(crate) progress: Option<SyncProgress>,
    pub(crate) problem: Option<AccountError>,
    pub(crate) offline_since_ms: Option<UnixMillis>,
    pub(crate) next_try_ms: Option<UnixMillis>,
    pub(crate) clock_offset_ms: Option<i64>,
    pub(crate) differing_weeks: Vec<NaiveDate>,
}

/// All that the word depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Situation {
    /// `None` without an account: whether the history was claimed, and whether the sign-in is valid.
    pub(crate) account: Option<(Claim, bool)>,
    pub(crate) is_running: bool,
    pub(crate) problem: Option<Code>,
    pub(crate) rejected: u32,
    pub(crate) waiting: u32,
    pub(crate) totals_differ: bool,
}

/// The most pressing first.
pub(crate) fn word(at: Situation) -> SyncWord {
    let Some((claim, is_signed_in)) = at.account else {
        return SyncWord::NoAccount;
    };
    match at.problem {
        _ if !is_signed_in => SyncWord::SignInNeeded,
        _ if claim == Claim::Asked => SyncWord::ClaimAsked,
        Some(Code::SignInNeeded) => SyncWord::SignInNeeded,
        Some(Code::UpdateThis) => SyncWord::UpdateThis,
        Some(Code::UpdateServer) => SyncWord::UpdateServer,
        _ if at.is_running => SyncWord::Syncing,
        Some(Code::Offline | Code::Timeout) => SyncWord::Offline,
        Some(_) => SyncWord::ServerFailed,
        None if at.rejected > 0 => SyncWord::Rejected,
        None if at.totals_differ => SyncWord::TotalsDiffer,
        None if at.waiting > 0 => SyncWord::Waiting,
        None => SyncWord::UpToDate,
    }
}

/// The state of sync as it is shown.
pub(crate) fn view(reader: &Reader, live: &Live) -> Result<SyncView, AccountError> {
    let account = reader.account()?;
    let counts = reader.sync_counts()?;
    let state = reader.sync_state()?;
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let waiting = count(counts.waiting.saturating_add(counts.to_offer));
    let rejected = count(counts.rejected);
    let claim = account.as_ref().map(|row| row.claim);
    let local_sits = match claim {
        Some(Claim::Asked) => local_sits(reader, &counts)?,
        _ => 0,
    };
    let compared_at_ms = match &account {
        Some(row) => reader.cursor(ShareId::own(row.person_id))?.compared_at_ms,
        None => None,
    };
    let word = word(Situation {
        account: account.as_ref().map(|row| (row.claim, row.signed_in)),
        is_running: live.progress.is_some(),
        problem: live.problem.as_ref().map(|problem| problem.code),
        rejected,
        waiting,
        totals_differ: !live.differing_weeks.is_empty(),
    });
    Ok(SyncView {
        word,
        account: account.map(shown),
        waiting,
        rejected,
        local_sits,
        last_success_ms: state.last_success_ms,
        offline_since_ms: live.offline_since_ms,
        next_try_ms: live.next_try_ms,
        problem: problem(word, live),
        progress: live.progress,
        clock_offset_ms: live.clock_offset_ms,
        compared_at_ms,
        differing_weeks: live.differing_weeks.clone(),
    })
}

/// What went wrong, or is wrong though nothing failed.
fn problem(word: SyncWord, live: &Live) -> Option<AccountError> {
    let what = "the weekly totals here and on the server differ, also after a repair";
    let differs = || AccountError::new(Code::TotalsDiffer, what);
    let known = live.problem.clone();
    known.or_else(|| (word == SyncWord::TotalsDiffer).then(differs))
}

/// Sits that would be added: those that count, or at least one where only others wait.
pub(crate) fn local_sits(reader: &Reader, counts: &SyncCounts) -> Result<u32, AccountError> {
    let counted = reader.all_total()?.map_or(0, |span| span.sits);
    let at_least = u64::from(counts.waiting + counts.to_offer > 0);
    Ok(u32::try_from(u64::from(counted).max(at_least)).unwrap_or(u32::MAX))
}

fn shown(row: AccountRow) -> SyncAccount {
    SyncAccount {
        server_url: row.server_url,
        login: row.login,
        display_name: row.display_name,
        is_signed_in: row.signed_in,
        token_in_file: row.token_place == TokenPlace::File,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const WELL: Situation = Situation {
        account: Some((Claim::Given, true)),
        is_running: false,
        problem: None,
        rejected: 0,
        waiting: 0,
        totals_differ: false,
    };

    const ALL_AT_ONCE: Situation = Situation {
        account: Some((Claim::Given, true)),
        is_running: false,
        problem: None,
        rejected: 1,
        waiting: 1,
        totals_differ: true,
    };

    fn with(problem: Code) -> Situation {
        Situation {
            problem: Some(problem),
            ..ALL_AT_ONCE
        }
    }

    #[rstest]
    #[case(Situation { account: None, ..ALL_AT_ONCE }, SyncWord::NoAccount)]
    #[case(Situation { account: Some((Claim::Asked, true)), ..ALL_AT_ONCE }, SyncWord::ClaimAsked)]
    #[case(Situation { account: Some((Claim::Asked, false)), ..WELL }, SyncWord::SignInNeeded)]
    #[case(Situation { account: Some((Claim::Given, false)), ..ALL_AT_ONCE }, SyncWord::SignInNeeded)]
    #[case(with(Code::SignInNeeded), SyncWord::SignInNeeded)]
    #[case(with(Code::UpdateThis), SyncWord::UpdateThis)]
    #[case(with(Code::UpdateServer), SyncWord::UpdateServer)]
    #[case(Situation { is_running: true, ..with(Code::UpdateServer) }, SyncWord::UpdateServer)]
    #[case(Situation { is_running: true, ..with(Code::Offline) }, SyncWord::Syncing)]
    #[case(Situation { is_running: true, ..WELL }, SyncWord::Syncing)]
    #[case(with(Code::Offline), SyncWord::Offline)]
    #[case(with(Code::Timeout), SyncWord::Offline)]
    #[case(with(Code::ServerBusy), SyncWord::ServerFailed)]
    #[case(with(Code::CertificateRefused), SyncWord::ServerFailed)]
    #[case(with(Code::NotMitta), SyncWord::ServerFailed)]
    #[case(with(Code::KeyringUnavailable), SyncWord::ServerFailed)]
    #[case(ALL_AT_ONCE, SyncWord::Rejected)]
    #[case(Situation { rejected: 0, ..ALL_AT_ONCE }, SyncWord::TotalsDiffer)]
    #[case(Situation { waiting: 1, ..WELL }, SyncWord::Waiting)]
    #[case(WELL, SyncWord::UpToDate)]
    fn the_word_says_what_presses_most(#[case] at: Situation, #[case] expected: SyncWord) {
        assert_eq!(word(at), expected);
    }

    #[rstest]
    #[case(SyncWord::TotalsDiffer, None, Some(Code::TotalsDiffer))]
    #[case(SyncWord::UpToDate, None, None)]
    #[case(SyncWord::Offline, Some(Code::Offline), Some(Code::Offline))]
    fn totals_that_differ_are_a_problem_though_nothing_failed(
        #[case] word: SyncWord,
        #[case] failed: Option<Code>,
        #[case] told: Option<Code>,
    ) {
        let live = Live {
            problem: failed.map(|code| AccountError::new(code, "")),
            ..Live::default()
        };
        assert_eq!(problem(word, &live).map(|problem| problem.code), told);
    }
}
