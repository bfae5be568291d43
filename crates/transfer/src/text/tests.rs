//! Encodings, and what is no text.

use std::io::Cursor;

use rstest::rstest;

use super::*;

fn encode(text: &str, encoding: &str) -> Vec<u8> {
    let wide = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    match encoding {
        "utf8" => text.as_bytes().to_vec(),
        "utf8 bom" => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        "utf16le" => wide(u16::to_le_bytes),
        "utf16le bom" => [vec![0xff, 0xfe], wide(u16::to_le_bytes)].concat(),
        "utf16be" => wide(u16::to_be_bytes),
        "utf16be bom" => [vec![0xfe, 0xff], wide(u16::to_be_bytes)].concat(),
        _ => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect(),
    }
}

#[rstest]
#[case("utf8", Encoding::Utf8)]
#[case("utf8 bom", Encoding::Utf8)]
#[case("utf16le", Encoding::Utf16Le)]
#[case("utf16le bom", Encoding::Utf16Le)]
#[case("utf16be", Encoding::Utf16Be)]
#[case("utf16be bom", Encoding::Utf16Be)]
#[case("latin1", Encoding::Latin1)]
fn an_encoding_is_told_and_the_text_is_the_same(#[case] name: &str, #[case] expected: Encoding) {
    let text = "Größe, Café\nzweite Zeile\n";
    let mut file = Cursor::new(encode(text, name));
    let mut nothing = |_| std::ops::ControlFlow::Continue(());
    let bytes = look(&mut file, &mut nothing).unwrap();
    assert_eq!(bytes.encoding, expected);
    assert_eq!(bytes.length, file.get_ref().len() as u64);
    let mut opened = open(&mut file, expected, &mut nothing).unwrap();
    let mut read = String::new();
    opened.read_to_string(&mut read).unwrap();
    assert_eq!(read, text);
    assert_eq!(opened.line(), 3);
}

/// A character that two pieces of the file share is one; a broken one is a damage that is said.
#[test]
fn a_character_may_lie_across_pieces_of_the_file() {
    let mut whole = vec![b'a'; CHUNK - 1];
    whole.extend("ö and more".bytes());
    let mut nothing = |_| std::ops::ControlFlow::Continue(());
    let bytes = look(&mut Cursor::new(&whole), &mut nothing).unwrap();
    assert_eq!(bytes.encoding, Encoding::Utf8);
    whole.push(0xff);
    let bytes = look(&mut Cursor::new(&whole), &mut nothing).unwrap();
    assert_eq!(bytes.encoding, Encoding::Utf8Damaged);
    let cut = &whole[..CHUNK];
    let bytes = look(&mut Cursor::new(cut), &mut nothing).unwrap();
    assert_eq!(bytes.encoding, Encoding::Latin1, "half a character is none");
}

/// A unit alone that is one of two, or half a unit at the end, is a damage that is said.
#[rstest]
#[case::whole(&[], &[], false)]
#[case::a_pair(&[0xd83e, 0xdd8b], &[], false)]
#[case::a_first_alone(&[0xd83e], &[], true)]
#[case::a_second_alone(&[0xdd8b], &[], true)]
#[case::the_wrong_way_round(&[0xdd8b, 0xd83e], &[], true)]
#[case::half_a_unit(&[], &[0], true)]
fn utf16_that_had_to_be_replaced_is_said(
    #[case] units: &[u16],
    #[case] end: &[u8],
    #[case] is_damaged: bool,
) {
    let around: Vec<u16> = "Started At,Duration\n".encode_utf16().collect();
    // Once in the middle of a piece, once across two of them, once at the end of the file.
    let long: Vec<u16> = "x".repeat(CHUNK / 2 - 1).encode_utf16().collect();
    for (before, after) in [(&around, &around), (&long, &around), (&around, &Vec::new())] {
        let units = [before.as_slice(), units, after].concat();
        let le: Vec<u8> = units.iter().copied().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = units.iter().copied().flat_map(u16::to_be_bytes).collect();
        for (bytes, whole, damaged) in [
            (le, Encoding::Utf16Le, Encoding::Utf16LeDamaged),
            (be, Encoding::Utf16Be, Encoding::Utf16BeDamaged),
        ] {
            let bytes = [&bytes, end].concat();
            let mut nothing = |_| std::ops::ControlFlow::Continue(());
            let looked = look(&mut Cursor::new(&bytes), &mut nothing).unwrap();
            let expected = if is_damaged { damaged } else { whole };
            assert_eq!(looked.encoding, expected);
            let mut file = Cursor::new(&bytes);
            let mut read = String::new();
            let mut opened = open(&mut file, expected, &mut nothing).unwrap();
            opened.read_to_string(&mut read).unwrap();
            assert_eq!(read.contains('\u{fffd}'), is_damaged);
        }
    }
}

#[test]
fn what_is_no_text_is_named() {
    let look = |bytes: &[u8]| {
        let mut nothing = |_| std::ops::ControlFlow::Continue(());
        look(&mut Cursor::new(bytes.to_vec()), &mut nothing)
    };
    assert!(matches!(look(b""), Err(Unreadable::Empty)));
    assert!(matches!(look(b"PK\x03\x04rest"), Err(Unreadable::Zip)));
    assert!(matches!(
        look(b"SQLite format 3\0rest"),
        Err(Unreadable::Database)
    ));
    assert!(matches!(
        look(&[1, 0, 0, 7, 0, 200, 3, 0]),
        Err(Unreadable::Binary)
    ));
    let mut late = vec![b'x'; CHUNK];
    late.push(0);
    assert!(matches!(look(&late), Err(Unreadable::Binary)));
}

#[test]
fn a_reading_can_be_cancelled() {
    let bytes = vec![b'x'; 3 * CHUNK];
    let mut seen = 0;
    let mut stop = |bytes| {
        seen = bytes;
        std::ops::ControlFlow::Break(())
    };
    let looked = look(&mut Cursor::new(&bytes), &mut stop);
    assert!(matches!(looked, Err(Unreadable::Cancelled)));
    assert_eq!(seen, CHUNK as u64);
}
