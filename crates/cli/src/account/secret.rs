//! Passwords and codes: typed unseen at a terminal, else one a line from the standard input.

use std::io::{self, IsTerminal as _};

use mitta_sync::api::{AccountError, AccountErrorCode};

use crate::output::Output;
use crate::words;

/// The password as it is.
pub fn password(output: &mut Output) -> Result<String, AccountError> {
    read(words::ask_password(), output)
}

/// A password that is new: asked twice where it is typed.
pub fn new_password(output: &mut Output) -> Result<String, AccountError> {
    let first = read(words::ask_new_password(), output)?;
    if io::stdin().is_terminal() && read(words::ask_password_again(), output)? != first {
        return Err(AccountError::said(
            AccountErrorCode::InvalidPassword,
            words::not_the_same(),
        ));
    }
    Ok(first)
}

/// A recovery code.
pub fn recovery_code(output: &mut Output) -> Result<String, AccountError> {
    read(words::ask_recovery_code(), output)
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
        AccountError::said(
            AccountErrorCode::InvalidPassword,
            words::secret_unread(&error),
        )
    })?;
    let secret = line.trim_end_matches(['\r', '\n']).to_owned();
    if secret.is_empty() {
        return Err(AccountError::said(
            AccountErrorCode::InvalidPassword,
            words::secret_missing(),
        ));
    }
    Ok(secret)
}
