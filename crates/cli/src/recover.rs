//! `mitta recover`: a person's decision on a sit that was never finished, by its id (I1).

use mitta_domain::State;
use mitta_runtime::api::{
    ApiError, Commands as _, ErrorCode, Nothing, OfSession, RecoverArgs as Decision,
};
use serde_json::json;

use crate::args::RecoverArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::{quiet_engine, words};

/// Decides on one unfinished sit or, without one, lists them.
pub fn run(args: &RecoverArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let engine = quiet_engine(output)?;
    let snapshot = engine.snapshot(Nothing {})?;
    if let Some(running) = snapshot.elsewhere {
        let error = ApiError::said(ErrorCode::SitRunning, words::recover_while_sitting());
        return Err(error.about(running));
    }
    let (Some(session_id), Some(choice)) = (args.session_id, args.choice) else {
        output.document(&json!({ "unfinished": snapshot.unfinished }));
        if snapshot.unfinished.is_empty() {
            output.line(words::nothing_unfinished());
        }
        for sit in &snapshot.unfinished {
            output.line(words::unfinished(sit));
        }
        return Ok(Exit::Done);
    };
    if engine.session(OfSession { session_id })?.state == State::Completed {
        let error = ApiError::said(ErrorCode::AlreadyCompleted, words::completed_before());
        return Err(error.about(session_id));
    }
    let choice = choice.into();
    let sit = engine.recover(Decision { session_id, choice })?;
    output.document(&json!({ "recovered": sit }));
    output.line(words::recovered(&sit));
    Ok(Exit::Done)
}
