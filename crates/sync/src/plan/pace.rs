//! How many ops are offered at once, and what a push that failed as a whole means for the next one.
//!
//! Must hold: an op is set aside only when it was refused standing alone, and for what it says; never
//! because the server was away, busy, broken or asked for a sign-in (I5).

use mitta_protocol::{ErrorCode, MAX_PUSH_OPS};

use crate::remote::RemoteError;

/// Below so many ops a push that took too long is not made smaller: the line is the reason then.
const FEWEST_ON_TIMEOUT: usize = 32;
/// An op alone that makes the server fail is offered again after so many whole seconds.
pub(crate) const FAILED_ALONE_S: u32 = 300;
/// So many ops in a row that fail alone are a server that fails, not ops that are bad.
const FAILING_SERVER: u32 = 2;

/// How many ops are offered at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    max_ops: usize,
    failed_alone: u32,
}

/// What to do after a push that failed as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// Offer fewer.
    Smaller,
    /// The one op is refused for what it says.
    SetAside {
        /// The server's code.
        code: String,
    },
    /// The one op makes the server fail: the others first.
    Later {
        /// In so many whole seconds again.
        after_s: u32,
    },
    /// Not in this round.
    Stop,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            max_ops: MAX_PUSH_OPS,
            failed_alone: 0,
        }
    }
}

impl Pace {
    /// The most ops of the next push.
    pub(crate) const fn max_ops(self) -> usize {
        self.max_ops
    }

    /// A push was answered.
    pub(crate) fn answered(&mut self) {
        self.max_ops = (self.max_ops * 2).min(MAX_PUSH_OPS);
        self.failed_alone = 0;
    }

    /// A push of `ops` ops failed as a whole.
    pub(crate) fn failed(&mut self, error: &RemoteError, ops: usize) -> Next {
        let is_alone = ops <= 1;
        let next = match blame(error) {
            Blame::Op(_) | Blame::Size | Blame::Answer | Blame::Crash if !is_alone => Next::Smaller,
            Blame::Slow if ops > FEWEST_ON_TIMEOUT => Next::Smaller,
            Blame::Op(code) => Next::SetAside { code },
            Blame::Size => Next::SetAside {
                code: ErrorCode::BodyTooLarge.name().to_owned(),
            },
            Blame::Crash if self.failed_alone + 1 < FAILING_SERVER => {
                self.failed_alone += 1;
                Next::Later {
                    after_s: FAILED_ALONE_S,
                }
            }
            Blame::Answer | Blame::Crash | Blame::Slow | Blame::Other => Next::Stop,
        };
        if next == Next::Smaller {
            self.max_ops = (ops / 2).max(1);
        }
        next
    }
}

/// What a whole push failed for.
enum Blame {
    /// What an op says: the server's code.
    Op(String),
    /// Its size.
    Size,
    /// The size of its answer, which is no op's fault.
    Answer,
    /// The server's mistake, which may be with one op.
    Crash,
    /// It took too long.
    Slow,
    /// Nothing that fewer ops would change.
    Other,
}

fn blame(error: &RemoteError) -> Blame {
    const CONTENT: [ErrorCode; 3] = [
        ErrorCode::MalformedJson,
        ErrorCode::InvalidField,
        ErrorCode::MalformedOp,
    ];
    const SIZE: [ErrorCode; 2] = [ErrorCode::BodyTooLarge, ErrorCode::TooManyOps];
    let is = |codes: &[ErrorCode], code: &str| codes.iter().any(|c| c.name() == code);
    match error {
        RemoteError::TooLarge => Blame::Size,
        RemoteError::AnswerTooLarge => Blame::Answer,
        RemoteError::Refused { code, .. } if is(&CONTENT, code) => Blame::Op(code.clone()),
        RemoteError::Refused { code, .. } if is(&SIZE, code) => Blame::Size,
        RemoteError::Refused { code, .. } if is(&[ErrorCode::Internal], code) => Blame::Crash,
        RemoteError::Timeout => Blame::Slow,
        _ => Blame::Other,
    }
}
