//! Keyrings that work, fail and hang.

use std::collections::BTreeMap;
use std::sync::Mutex;

use tempfile::TempDir;

use super::*;

const ANNA: PersonId = PersonId::from_uuid(uuid::Uuid::from_u128(0xa));
const BEN: PersonId = PersonId::from_uuid(uuid::Uuid::from_u128(0xb));

/// A keyring in memory.
#[derive(Default)]
pub(crate) struct Memory(Mutex<BTreeMap<String, String>>);

impl Keyring for Memory {
    fn set(&self, name: &str, secret: &str) -> Result<(), String> {
        let mut secrets = self.0.lock().unwrap();
        secrets.insert(name.to_owned(), secret.to_owned());
        Ok(())
    }

    fn get(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn delete(&self, name: &str) -> Result<(), String> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// No keyring at all.
pub(crate) struct None;

impl Keyring for None {
    fn set(&self, _: &str, _: &str) -> Result<(), String> {
        Err("no bus".to_owned())
    }

    fn get(&self, _: &str) -> Result<Option<String>, String> {
        Err("no bus".to_owned())
    }

    fn delete(&self, _: &str) -> Result<(), String> {
        Err("no bus".to_owned())
    }
}

/// A keyring that asks nobody for a password, for ever.
struct Hanging;

impl Keyring for Hanging {
    fn set(&self, _: &str, _: &str) -> Result<(), String> {
        loop {
            thread::park();
        }
    }

    fn get(&self, _: &str) -> Result<Option<String>, String> {
        self.set("", "").map(|()| Option::None)
    }

    fn delete(&self, _: &str) -> Result<(), String> {
        self.set("", "")
    }
}

fn tokens(folder: &TempDir, keyring: impl Keyring + 'static) -> Tokens {
    Tokens::new(&DataDir::new(folder.path()), Arc::new(keyring))
}

fn server(text: &str) -> ServerUrl {
    ServerUrl::parse(text).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(future)
}

fn token(text: &str) -> Token {
    Token::new(text.to_owned())
}

#[rstest::rstest]
#[case(TokenPlace::Keyring)]
#[case(TokenPlace::File)]
fn a_sign_in_is_kept_for_its_server_and_forgotten(#[case] place: TokenPlace) {
    let folder = tempfile::tempdir().unwrap();
    let tokens = tokens(&folder, Memory::default());
    let (here, there) = (server("https://a.example"), server("https://b.example"));
    run(async {
        tokens.probe().await.unwrap();
        assert_eq!(tokens.load(place, &here, ANNA).await.unwrap(), Option::None);
        tokens
            .save(place, &here, ANNA, &token("one"))
            .await
            .unwrap();
        tokens
            .save(place, &here, ANNA, &token("two"))
            .await
            .unwrap();
        assert_eq!(
            tokens.load(place, &here, ANNA).await.unwrap(),
            Some(token("two"))
        );
        assert_eq!(
            tokens.load(place, &there, ANNA).await.unwrap(),
            Option::None
        );
        // Another person's is another one.
        assert_eq!(tokens.load(place, &here, BEN).await.unwrap(), Option::None);
        tokens.forget(place, &here, BEN).await.unwrap();
        assert_eq!(
            tokens.load(place, &here, ANNA).await.unwrap(),
            Some(token("two"))
        );
        for _ in 0..2 {
            tokens.forget(place, &here, ANNA).await.unwrap();
            assert_eq!(tokens.load(place, &here, ANNA).await.unwrap(), Option::None);
        }
    });
}

#[test]
fn two_folders_have_two_sign_ins() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let keyring = Arc::new(Memory::default());
    let of = |folder: &TempDir| Tokens::new(&DataDir::new(folder.path()), keyring.clone());
    let (a, b) = (of(&folders[0]), of(&folders[1]));
    let here = server("https://a.example");
    run(async {
        let place = TokenPlace::Keyring;
        a.save(place, &here, ANNA, &token("one")).await.unwrap();
        assert_eq!(b.load(place, &here, ANNA).await.unwrap(), Option::None);
    });
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let tokens = tokens(&folder, None);
    let here = server("https://a.example");
    run(tokens.save(TokenPlace::File, &here, ANNA, &token("one"))).unwrap();
    let mode = fs::metadata(folder.path().join("token")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

#[test]
fn no_keyring_is_told_and_writes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = tokens(&folder, None);
    let here = server("https://a.example");
    let failed = run(async {
        let probed = tokens.probe().await;
        let saved = tokens
            .save(TokenPlace::Keyring, &here, ANNA, &token("one"))
            .await;
        (probed, saved)
    });
    assert!(matches!(failed.0, Err(TokenError::Unavailable(_))));
    assert!(matches!(failed.1, Err(TokenError::Unavailable(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_keyring_that_hangs_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut tokens = tokens(&folder, Hanging);
    tokens.patience = Duration::from_millis(1);
    let probed = run(tokens.probe());
    assert!(matches!(probed, Err(TokenError::Unavailable(why)) if why.contains("in time")));
    // And not asked again while it hangs.
    tokens.patience = PATIENCE;
    let probed = run(tokens.probe());
    assert!(matches!(probed, Err(TokenError::Unavailable(why)) if why.contains("yet")));
}

#[test]
fn a_token_is_not_shown() {
    assert_eq!(format!("{:?}", token("s3cret")), "Token(…)");
}
