use proptest::prelude::*;

use super::*;

#[test]
fn a_token_given_back_has_the_hash_that_was_kept() {
    let made = token([0xa5; 32]);
    assert!(made.shown.starts_with("mitta_"));
    assert_eq!(made.shown.len(), 6 + 43);
    assert_eq!(read_token(&made.shown), Some(made.hash));
    assert_ne!(read_token(&token([0xa6; 32]).shown), Some(made.hash));
}

#[test]
fn what_cannot_be_a_token_is_none() {
    let long = "mitta_".repeat(1000);
    for given in [
        "",
        "mitta_",
        "mitta_abc",
        "Mitta_AAAA",
        "bearer",
        "mitta_ü",
        &long,
    ] {
        assert_eq!(read_token(given), None, "{given}");
    }
}

#[test]
fn codes_are_read_with_any_spacing_and_case() {
    let made = invite_code([0x01, 0x23, 0x45, 0x67, 0x89]);
    assert_eq!(made.shown, "04HM-ASW9");
    for given in ["04HM-ASW9", "04hmasw9", " o4hm asw9 ", "O4HM--ASW9"] {
        assert_eq!(read_invite(given), Some(made.hash), "{given}");
    }
    for given in [
        "",
        "04HM-ASW",
        "04HM-ASW99",
        "04HM-ASU9",
        "04HM-ASW8",
        &"0".repeat(5000),
    ] {
        assert_ne!(read_invite(given), Some(made.hash), "{given}");
    }
    let one = invite_code([0x08, 0x42, 0x10, 0x84, 0x21]);
    assert_eq!(one.shown, "1111-1111");
    assert_eq!(read_invite("iIlL-1111"), Some(one.hash));
}

#[test]
fn a_link_given_back_has_the_hash_that_was_kept() {
    let made = invite_link([0xfe; 16]);
    assert_eq!(made.shown.len(), 22);
    assert_eq!(read_invite(&made.shown), Some(made.hash));
    assert_eq!(read_invite(&format!(" {}\n", made.shown)), Some(made.hash));
}

#[test]
fn a_recovery_code_has_160_bits_in_groups() {
    let made = recovery_code(std::array::from_fn(|n| {
        u8::try_from(n * 11).expect("small")
    }));
    assert_eq!(made.shown.len(), 32 + 7);
    assert!(made.shown.split('-').all(|group| group.len() == 4));
    let spoken = made.shown.to_lowercase().replace('-', " ");
    assert_eq!(read_recovery_code(&spoken), Some(made.hash));
    assert_eq!(read_recovery_code(&made.shown[..38]), None);
}

#[test]
fn every_character_of_a_code_carries_five_bits() {
    let all = base32(&[0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]);
    assert_eq!(all, "0123456789ABCDEF");
    assert_eq!(base32(&[0xff; 5]), "ZZZZZZZZ");
}

#[test]
fn a_hash_prints_nothing_of_itself() {
    let hash = SecretHash::of(b"x");
    assert_eq!(format!("{hash:?}"), "SecretHash(…)");
    assert_eq!(hash.to_hex().len(), 64);
}

proptest! {
    #[test]
    fn no_text_breaks_a_reader_of_secrets(given in "\\PC{0,60}|[0-9A-Za-z -]{0,50}|mitta_[0-9A-Za-z_=-]{40,46}") {
        if let Some(hash) = read_token(&given) {
            prop_assert!(given.starts_with("mitta_"));
            prop_assert_eq!(hash, SecretHash::of(given.as_bytes()));
        }
        let _ = (read_recovery_code(&given), read_invite(&given));
    }

    #[test]
    fn however_a_code_is_typed_it_is_the_same(random: [u8; RECOVERY_BYTES], spaces in "[ -]{0,3}") {
        let made = recovery_code(random);
        let typed = made.shown.to_lowercase().replace('-', &spaces);
        prop_assert_eq!(read_recovery_code(&typed.replace('1', "l").replace('0', "o")), Some(made.hash));
        let short: [u8; CODE_BYTES] = std::array::from_fn(|at| random[at]);
        let made = invite_code(short);
        let typed = made.shown.to_lowercase().replace('-', &spaces);
        prop_assert_eq!(read_invite(&typed), Some(made.hash));
    }
}
