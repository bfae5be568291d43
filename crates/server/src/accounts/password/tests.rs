use super::*;

/// The program's resident memory, in KiB.
#[cfg(target_os = "linux")]
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process's status");
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    kib.expect("a figure").parse().expect("a number")
}

#[tokio::test]
async fn a_password_is_known_again_and_another_is_not() {
    let hasher = Hasher::default();
    let hash = hasher.hash("correct horse", [7; 16]).await.expect("a hash");
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    let verify = async |password| {
        hasher
            .verify(password, Some(&hash))
            .await
            .expect("an answer")
    };
    assert!(verify("correct horse").await);
    assert!(!verify("correct horsf").await);
    assert!(!verify("").await);
}

#[tokio::test]
async fn the_same_password_twice_has_two_hashes() {
    let hasher = Hasher::default();
    let one = hasher.hash("correct horse", [1; 16]).await.expect("a hash");
    let other = hasher.hash("correct horse", [2; 16]).await.expect("a hash");
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_login_that_does_not_exist_costs_a_hash_too() {
    let hasher = Hasher::default();
    let is_right = hasher.verify("anything at all", None).await;
    assert!(!is_right.expect("an answer"));
    assert_eq!(hasher.made(), 1);
}

#[tokio::test]
async fn a_stored_hash_that_is_none_is_an_error_and_not_a_no() {
    for stored in [
        "",
        "plain",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0",
    ] {
        let said = Hasher::default().verify("anything", Some(stored)).await;
        assert!(matches!(said, Err(HashError::Unreadable(_))), "{stored}");
    }
}

#[test]
fn a_password_has_eight_characters_to_1024_bytes() {
    let check =
        |password: &str, allowed| assert_eq!(is_allowed(password), allowed, "{}", password.len());
    check("1234567", false);
    check("12345678", true);
    check("äöüäöüä", false);
    check("äöüäöüäö", true);
    check(&"a".repeat(1024), true);
    check(&"a".repeat(1025), false);
    check(&"ä".repeat(513), false);
    check(&"a".repeat(1_000_000), false);
}

#[tokio::test]
async fn more_than_can_wait_are_turned_away() {
    let hasher = Hasher::default();
    let all: Vec<_> = (0..AT_ONCE + MAY_WAIT)
        .map(|_| Arc::clone(&hasher.waiting).try_acquire_owned())
        .collect::<Result<_, _>>()
        .expect("places");
    let said = hasher.verify("anything", None).await;
    assert!(matches!(said, Err(HashError::Busy)));
    drop(all);
    assert!(hasher.verify("anything", None).await.is_ok());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_hashes_leave_no_memory_behind() {
    let hasher = Hasher::default();
    let round = async |count: usize| {
        let all: Vec<_> = (0..count)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify("anything", None).await })
            })
            .collect();
        for one in all {
            assert!(!one.await.expect("a task").expect("an answer"));
        }
    };
    round(4).await;
    let before = resident_kib();
    round(60).await;
    let after = resident_kib();
    assert!(
        after < before + 4 * 1024,
        "{before} KiB before, {after} after"
    );
}
