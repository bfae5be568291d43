//! Passwords and codes: typed unseen at a terminal, else one a line from the standard input.

use std::io::{self, IsTerminal as _};

use mitta_sync::api::{AccountError, AccountErrorCode};

use crate::output::Output;
use crate::words;

/// The password as it is.
pub fn password(output: &mut Output) -> Result<String, AccountError> {
    read(words::ASK_PASSWORD, output)
}

/// A password that is new: asked twice where it is typed.
pub fn new_password(output: &mut Output) -> Result<String, AccountError> {
    let first = read(words::ASK_NEW_PASSWORD, output)?;
    if io::stdin().is_terminal() && read(words::ASK_PASSWORD_AGAIN, output)? != first {
        return Err(AccountError::new(
            AccountErrorCode::InvalidPassword,
            words::NOT_THE_SAME,
        ));
    }
    Ok(first)
}

/// A recovery code.
pub fn recovery_code(output: &mut Output) -> Result<String, AccountError> {
    read(words::ASK_RECOVERY_CODE, output)
}

fn read(question: &str, output: &mut Output) -> Result<String, AccountError> {
    let line = if io::stdin().is_terminal() {
        output.ask(question);
        rpassword::read_password()
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    };
    let line = line.map_err(|error| {
        AccountError::new(
            AccountErrorCode::InvalidPassword,
            words::secret_unread(&error),
        )
    })?;
    let secret = line.trim_end_matches(['\r', '\n']).to_owned();
    if secret.is_empty() {
        return Err(AccountError::new(
            AccountErrorCode::InvalidPassword,
            words::SECRET_MISSING,
        ));
    }
    Ok(secret)
}
