//! Whose the folder is after a restore (I10).

use super::RestoreError;
use crate::{AccountRow, Claim};

/// The account after a copy that belongs to `there` took the place of a history that belongs to `here`.
/// Nobody is signed in: what is restored is a new device. `is_undo`: the copy is what was here before a
/// restore, whose account is taken as it was, also that there was none.
///
/// # Errors
/// [`RestoreError::OtherAccount`] for two accounts that are not one.
pub(super) fn after(
    here: Option<AccountRow>,
    there: Option<AccountRow>,
    is_undo: bool,
) -> Result<Option<AccountRow>, RestoreError> {
    let account = match (here, there) {
        (Some(here), Some(there)) if here.owner() != there.owner() => {
            return Err(RestoreError::OtherAccount {
                login: there.login,
                server_url: there.server_url,
            });
        }
        (Some(_), None) if is_undo => None,
        // What is known here is newer.
        (Some(here), Some(_)) => Some(here),
        // The copy is from before the account: whether its sits are the account's is asked again.
        (Some(here), None) => Some(AccountRow {
            claim: Claim::Asked,
            ..here
        }),
        (None, there) => there,
    };
    Ok(account.map(|account| AccountRow {
        signed_in: false,
        ..account
    }))
}

#[cfg(test)]
mod tests {
    use mitta_domain::PersonId;
    use uuid::Uuid;

    use super::*;
    use crate::TokenPlace;

    fn account(person: u128, claim: Claim) -> AccountRow {
        AccountRow {
            server_url: "https://mitta.example".into(),
            server_id: Uuid::from_u128(7),
            person_id: PersonId::from_uuid(Uuid::from_u128(person)),
            login: format!("person{person}"),
            display_name: "A person".into(),
            claim,
            signed_in: true,
            token_place: TokenPlace::Keyring,
        }
    }

    #[test]
    fn a_folder_stays_its_persons_and_nobody_is_signed_in() {
        use Claim::{Asked, Given};
        let one = |claim| Some(account(1, claim));
        let out = |claim| {
            Some(AccountRow {
                signed_in: false,
                ..account(1, claim)
            })
        };
        for (here, there, expected) in [
            (None, None, None),
            (None, one(Given), out(Given)),
            (None, one(Asked), out(Asked)),
            (one(Given), None, out(Asked)),
            (one(Given), one(Asked), out(Given)),
            (one(Asked), one(Given), out(Asked)),
        ] {
            assert_eq!(after(here.clone(), there.clone(), false).unwrap(), expected);
            let undone = after(here, there.clone(), true).unwrap();
            assert_eq!(undone.is_some(), there.is_some(), "as it was");
        }
        for is_undo in [false, true] {
            let refused = after(one(Given), Some(account(2, Given)), is_undo).unwrap_err();
            assert!(
                matches!(&refused, RestoreError::OtherAccount { login, .. } if login == "person2"),
                "{refused:?}"
            );
        }
    }
}
