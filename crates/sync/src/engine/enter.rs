//! Entering an account: sign-up, sign-in and recovery are one way with three doors.
//!
//! Must hold: one data folder belongs to one person on one server (I10), and no account is made whose
//! sign-in could not be kept.

use mitta_domain::PersonId;
use mitta_protocol::account::{DeviceIntro, Recover, SignIn, SignUp, SignedIn};
use mitta_store::{AccountRow, Claim, TokenPlace};

use super::signed_in::Kept;
use super::worker::Worker;
use crate::address::ServerUrl;
use crate::api::{
    AccountError, AccountErrorCode as Code, RecoverAccountArgs, SignInArgs, SignUpArgs,
    SignedInView,
};
use crate::http::HttpRemote;
use crate::remote::{Remote as _, RemoteError};
use crate::token::Token;
use crate::view::local_sits;

/// The longest name of a device, in characters.
const LONGEST_NAME: usize = 80;

/// How an account is entered; the device is filled in.
enum Entry {
    Up(SignUp),
    In(SignIn),
    Recover(Recover),
}

impl Entry {
    async fn send(
        mut self,
        remote: &HttpRemote,
        intro: DeviceIntro,
    ) -> Result<SignedIn, RemoteError> {
        let (Self::Up(SignUp { device, .. })
        | Self::In(SignIn { device, .. })
        | Self::Recover(Recover { device, .. })) = &mut self;
        *device = Some(intro);
        match &self {
            Self::Up(body) => remote.sign_up(body).await,
            Self::In(body) => remote.sign_in(body).await,
            Self::Recover(body) => remote.recover(body).await,
        }
    }
}

/// Where and how an account is entered.
pub(super) struct Door {
    server_url: String,
    device_name: String,
    token_in_file: bool,
    entry: Entry,
}

impl From<SignUpArgs> for Door {
    fn from(args: SignUpArgs) -> Self {
        Self {
            server_url: args.server_url,
            device_name: args.device_name,
            token_in_file: args.token_in_file,
            entry: Entry::Up(SignUp {
                login: args.login,
                password: args.password,
                display_name: args.display_name,
                device: None,
            }),
        }
    }
}

impl From<SignInArgs> for Door {
    fn from(args: SignInArgs) -> Self {
        Self {
            server_url: args.server_url,
            device_name: args.device_name,
            token_in_file: args.token_in_file,
            entry: Entry::In(SignIn {
                login: args.login,
                password: args.password,
                device: None,
            }),
        }
    }
}

impl From<RecoverAccountArgs> for Door {
    fn from(args: RecoverAccountArgs) -> Self {
        Self {
            server_url: args.server_url,
            device_name: args.device_name,
            token_in_file: args.token_in_file,
            entry: Entry::Recover(Recover {
                login: args.login,
                recovery_code: args.recovery_code,
                new_password: args.new_password,
                device: None,
            }),
        }
    }
}

impl Worker {
    /// Signs this device in, or says why not; then nothing has changed here.
    pub(super) async fn enter(&mut self, door: Door) -> Result<SignedInView, AccountError> {
        let url = ServerUrl::parse(&door.server_url)?;
        let _turn = self.turn().await?;
        let known = self.account()?;
        let visitor = HttpRemote::new(self.client()?, url.clone(), None);
        let meta = visitor.meta().await?;
        if let Some(row) = &known {
            if row.server_id != meta.server_id {
                return Err(other_server(row));
            }
            // A new account is another person.
            if matches!(door.entry, Entry::Up(_)) {
                return Err(other_person(row));
            }
        }
        let token_place = if door.token_in_file {
            TokenPlace::File
        } else {
            // Before an account is made whose sign-in could not be kept.
            self.tokens.probe().await?;
            TokenPlace::Keyring
        };
        let intro = DeviceIntro {
            device_id: self.store()?.writer.device_id()?,
            name: device_name(&door.device_name),
        };
        let signed_in = door.entry.send(&visitor, intro).await?;
        let no_token = || RemoteError::Garbled("it gave no token".to_owned());
        let token = Token::new(signed_in.token.ok_or_else(no_token)?);
        let member = HttpRemote::new(self.client()?, url.clone(), Some(token.clone()));
        if let Some(row) = known
            .as_ref()
            .filter(|row| row.person_id != signed_in.person_id)
        {
            let _ = member.sign_out().await;
            return Err(other_person(row));
        }
        let row = AccountRow {
            server_url: url.to_string(),
            server_id: meta.server_id,
            person_id: signed_in.person_id,
            login: signed_in.login,
            display_name: signed_in.display_name,
            claim: self.claim_needed()?,
            signed_in: true,
            token_place,
        };
        // The row first, for it says whether the folder may be theirs: only then may a token of theirs
        // take the place of one that is kept.
        let person_id = row.person_id;
        let noted = self.store()?.writer.sign_in(&row);
        let kept = match noted {
            Ok(()) => self.keep(&row, &url, &token, known.as_ref()).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = kept {
            let _ = member.sign_out().await;
            return Err(error);
        }
        if let Some(row) = &known {
            self.forget_old(row, token_place, &url).await;
        }
        self.signed_in = Some(Kept {
            url,
            person_id,
            token,
        });
        self.begin_anew();
        Ok(SignedInView {
            sync: self.shared.view()?,
            recovery_code: signed_in.recovery_code,
        })
    }

    /// Keeps the token; where that fails the account is again what it was.
    async fn keep(
        &mut self,
        row: &AccountRow,
        url: &ServerUrl,
        token: &Token,
        known: Option<&AccountRow>,
    ) -> Result<(), AccountError> {
        let saved = self.tokens.save(row.token_place, url, row.person_id, token);
        let Err(error) = saved.await else {
            return Ok(());
        };
        let writer = &mut self.store()?.writer;
        match known {
            Some(known) => writer.sign_in(known)?,
            None => writer.leave_server()?,
        }
        Err(error.into())
    }

    /// Where the history here is empty there is nothing to ask.
    fn claim_needed(&mut self) -> Result<Claim, AccountError> {
        let reader = &self.store()?.reader;
        let sits = local_sits(reader, &reader.sync_counts()?)?;
        Ok(if sits == 0 {
            Claim::Given
        } else {
            Claim::Asked
        })
    }

    /// A sign-in that was kept elsewhere is of no use any more.
    async fn forget_old(&self, row: &AccountRow, place: TokenPlace, url: &ServerUrl) {
        if let Ok(old) = ServerUrl::parse(&row.server_url)
            && (row.token_place != place || old != *url)
        {
            self.forget(row.token_place, &old, row.person_id).await;
        }
    }

    pub(super) async fn forget(&self, place: TokenPlace, url: &ServerUrl, person: PersonId) {
        if let Err(error) = self.tokens.forget(place, url, person).await {
            tracing::warn!(%error, "the sign-in could not be forgotten here");
        }
    }
}

fn device_name(typed: &str) -> String {
    let named: String = typed.trim().chars().take(LONGEST_NAME).collect();
    if !named.is_empty() {
        return named;
    }
    let host = gethostname::gethostname();
    let host: String = host.to_string_lossy().chars().take(LONGEST_NAME).collect();
    if host.trim().is_empty() {
        "Mitta".to_owned()
    } else {
        host
    }
}

fn other_server(row: &AccountRow) -> AccountError {
    let (login, url) = (&row.login, &row.server_url);
    let message =
        format_args!("the history here belongs to {login} on {url}; leave that server first");
    AccountError::new(Code::OtherServer, message)
}

fn other_person(row: &AccountRow) -> AccountError {
    let login = &row.login;
    let message = format_args!(
        "the history here belongs to {login}; a profile of its own (--profile NAME) keeps two persons apart"
    );
    AccountError::new(Code::OtherPerson, message)
}
