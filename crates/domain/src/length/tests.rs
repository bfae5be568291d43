//! What a person may type for a length, and that what Mitta writes reads back.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[rstest]
#[case::a_number_alone_is_minutes("25", 1500)]
#[case::decimals_with_a_point("2.5", 150)]
#[case::decimals_with_a_comma("2,5", 150)]
#[case::seconds("90s", 90)]
#[case::as_on_the_dial("1:30", 90)]
#[case::dial_minutes_may_pass_sixty("90:00", 5400)]
#[case::dial_with_hours("1:30:00", 5400)]
#[case::dial_below_a_minute("0:45", 45)]
#[case::dial_with_spaces(" 1 : 30 ", 90)]
#[case::hours_and_minutes("1h 30m", 5400)]
#[case::without_a_space("1h30m", 5400)]
#[case::a_last_number_has_the_next_smaller_unit("1h30", 5400)]
#[case::seconds_after_minutes("1m30", 90)]
#[case::the_unit_apart("45 min", 2700)]
#[case::a_no_break_space("45\u{a0}min", 2700)]
#[case::decimal_hours("1.5h", 5400)]
#[case::decimal_minutes("2,5 min", 150)]
#[case::capitals("1H 30MIN", 5400)]
#[case::whole_words("1 hour 30 minutes 5 seconds", 5405)]
#[case::leaving_minutes_out("1h 5s", 3605)]
#[case::many_spaces("  1  h   30   m  ", 5400)]
#[case::leading_zeros("0025", 1500)]
#[case::parts_of_a_second_are_dropped("1.99s", 1)]
#[case::more_decimals_than_are_read("0.33333333333333333333h", 1199)]
#[case::minutes_past_the_hour_add_up("1h 75m", 8100)]
#[case::the_shortest("1s", 1)]
#[case::the_longest("24h", 86_400)]
#[case::the_longest_in_seconds("86400s", 86_400)]
#[case::the_longest_on_the_dial("24:00:00", 86_400)]
#[case::the_longest_in_minutes("1440", 86_400)]
fn a_length_is_understood(#[case] text: &str, #[case] seconds: u32) {
    assert_eq!(
        PlannedLength::parse(text).map(u32::from),
        Ok(seconds),
        "{text:?}"
    );
}

#[rstest]
#[case::nothing("")]
#[case::spaces("   ")]
#[case::a_word("soon")]
#[case::a_unit_alone("min")]
#[case::an_unknown_unit("3 days")]
#[case::negative("-5")]
#[case::negative_with_a_unit("-5 min")]
#[case::negative_on_the_dial("-1:30")]
#[case::plus("+25")]
#[case::an_exponent("1e3")]
#[case::infinity("inf")]
#[case::not_a_number("NaN")]
#[case::hexadecimal("0x19")]
#[case::full_width_digits("２５")]
#[case::arabic_indic_digits("٢٥")]
#[case::a_fraction_sign("½h")]
#[case::superscript("5²")]
#[case::two_numbers("25 30")]
#[case::a_list("25, 30")]
#[case::units_from_small_to_large("30m 1h")]
#[case::a_unit_twice("10m 10m")]
#[case::nothing_is_smaller_than_a_second("30s 5")]
#[case::decimals_before_the_last_unit("1.5h 30m")]
#[case::a_bare_point("25.")]
#[case::no_whole_part(".5h")]
#[case::two_points("1.2.3")]
#[case::half_typed_on_the_dial("1:3")]
#[case::seconds_past_sixty("1:60")]
#[case::minutes_past_sixty("1:60:00")]
#[case::four_parts("1:00:00:00")]
#[case::an_empty_dial(":")]
#[case::seconds_alone_on_the_dial(":30")]
#[case::unicode_on_the_dial("1:３0")]
#[case::dial_with_a_unit("1:30h")]
#[case::a_null_byte("25\0")]
#[case::rubbish_after("25 min!")]
fn a_text_that_is_no_length_is_named(#[case] text: &str) {
    let expected = LengthError::NotALength {
        text: text.trim().to_owned(),
    };
    assert_eq!(PlannedLength::parse(text), Err(expected));
}

#[rstest]
#[case::zero("0", 0)]
#[case::zero_on_the_dial("0:00", 0)]
#[case::less_than_a_second("0.9s", 0)]
#[case::a_second_above_a_day("24h1s", 86_401)]
#[case::in_seconds("86401s", 86_401)]
#[case::on_the_dial("24:00:01", 86_401)]
#[case::minutes("1441", 86_460)]
#[case::above_32_bits("4294967297s", 4_294_967_297)]
#[case::above_64_bits("99999999999999999999999999", u64::MAX)]
#[case::above_64_bits_on_the_dial("99999999999999999999999999:00", u64::MAX)]
#[case::above_64_bits_in_a_sum("99999999999999999999999999h 99999999999999999999999999m", u64::MAX)]
fn a_length_no_sit_can_have_is_out_of_range(#[case] text: &str, #[case] seconds: u64) {
    let expected = LengthError::OutOfRange(LengthOutOfRange(seconds));
    assert_eq!(PlannedLength::parse(text), Err(expected), "{text:?}");
}

#[test]
fn the_sentences_help() {
    let sentence = |text: &str| PlannedLength::parse(text).unwrap_err().to_string();
    assert_eq!(
        sentence(" soon "),
        "“soon” is not a length: write 25 for minutes, or 90s, 1:30 (minutes:seconds), 1h 30m"
    );
    assert_eq!(sentence("0"), "a sit lasts 1 second to 24 hours, not 0 s");
    assert_eq!(sentence(&"x".repeat(1_000_000)).matches('x').count(), 80);
}

#[test]
fn every_length_that_is_written_reads_back() {
    for seconds in 1..=Seconds::DAY.0 {
        let length = PlannedLength::from_seconds(seconds).unwrap();
        for text in [
            length.seconds().dial(),
            length.seconds().spoken(),
            format!("{seconds}s"),
        ] {
            assert_eq!(PlannedLength::parse(&text), Ok(length), "{text}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in any::<String>()) {
        let _ = PlannedLength::parse(&text);
        let _ = parse_times(&text);
    }

    #[test]
    fn no_text_made_of_likely_pieces_breaks_the_reader(
        text in proptest::collection::vec("[0-9]{1,25}|[hms:.,; ]|min|hour|²|３|-", 0..12)
    ) {
        let _ = PlannedLength::parse(&text.concat());
        let _ = parse_times(&text.concat());
    }
}

#[rstest]
#[case::minutes("25, 30, 55", &[1500, 1800, 3300])]
#[case::one("25", &[1500])]
#[case::without_spaces("5,10,15", &[300, 600, 900])]
#[case::mixed("90s, 1:30, 1h 5m", &[90, 90, 3900])]
#[case::a_comma_at_the_end("25, 30, ", &[1500, 1800])]
#[case::semicolons_leave_the_comma_to_decimals("2,5; 5", &[150, 300])]
#[case::order_is_kept("30, 10", &[1800, 600])]
fn a_list_of_times_is_understood(#[case] text: &str, #[case] seconds: &[u32]) {
    let expected: Vec<Seconds> = seconds.iter().copied().map(Seconds).collect();
    assert_eq!(parse_times(text), Ok(expected));
}

#[rstest]
#[case::nothing("", "")]
#[case::only_commas(" , ,", ", ,")]
#[case::the_time_that_cannot_be_read("25, noon, 55", "noon")]
fn a_list_that_cannot_be_read_names_the_time(#[case] text: &str, #[case] named: &str) {
    let expected = LengthError::NotALength {
        text: named.to_owned(),
    };
    assert_eq!(parse_times(text), Err(expected));
}

#[test]
fn a_time_out_of_range_in_a_list_is_refused() {
    let expected = LengthError::OutOfRange(LengthOutOfRange(90_000));
    assert_eq!(parse_times("25, 1500"), Err(expected));
}

#[test]
fn json_cannot_bring_in_a_length_out_of_range() {
    assert!(serde_json::from_str::<PlannedLength>("0").is_err());
    assert!(serde_json::from_str::<PlannedLength>("86401").is_err());
    assert_eq!(
        serde_json::from_str::<PlannedLength>("86400").unwrap(),
        PlannedLength::from_seconds(86_400).unwrap()
    );
}
