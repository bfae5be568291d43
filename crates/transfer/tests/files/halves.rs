//! Files of which a piece is missing: a quote, or the end. What is whole is taken, and nothing is guessed.

use rstest::rstest;

use crate::support::{berlin, read_with, rows, surveyed, told};

const HEADER: &str = "Started At,Duration,Preset,Activity\n";

/// Whatever comes after the quote that is missing, and in every encoding.
#[rstest]
#[case::to_the_end("\"b,", &["c,"], &[])]
#[case::up_to_the_next_cell_in_quotes("\"b,", &["c,", "\"d\",", "e,"], &["6: e"])]
#[case::up_to_another_that_is_missing("\"b,", &["c,", "\"d,", "e,"], &["6: e"])]
#[case::up_to_a_cell_that_begins_with_a_comma("\"b,", &["c,", "\", d\",", "e,"], &["6: e"])]
#[case::up_to_one_that_ends_a_line("\"b,", &["c,", "\"", "e,"], &["6: e"])]
#[case::up_to_words_of_several_lines("\"b,", &["\"c\nd\",", "e,"], &["5: (d\")", "6: e"])]
#[case::at_the_end_of_the_file("\"b,", &[], &[])]
fn a_quote_that_is_never_closed_takes_nothing_with_it_unsaid(
    #[case] unclosed: &str,
    #[case] after: &[&str],
    #[case] told_after: &[&str],
) {
    let mut file = format!("{HEADER}05/01/2024 08:00:00,0:20:0,a,\n");
    for (day, cells) in std::iter::once(&unclosed).chain(after).enumerate() {
        file = format!("{file}05/{:02}/2024 08:00:00,0:20:0,{cells}\n", day + 2);
    }
    let wide: Vec<u8> = file.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [file.as_bytes(), &wide] {
        let told = told(&read_with(bytes, berlin(), Vec::new()));
        let (first, rest) = told.split_at(2);
        assert_eq!(
            first,
            ["2: 2024-05-01 06:00:00 1200 s a", "3: unclosed_quote"]
        );
        let rest: Vec<_> = rest
            .iter()
            .map(|row| {
                let (line, label) = (row.split(':').next(), row.rsplit(' ').next());
                format!("{}: {}", line.unwrap(), label.unwrap())
            })
            .collect();
        assert_eq!(rest, told_after);
    }
}

#[test]
fn quotes_that_are_as_they_should_be_are_no_matter() {
    let file = format!(
        "{HEADER}05/01/2024 08:00:00,0:20:0,\"a \"\"b\"\",\r\n\nc\",\"\"\r\n\
         05/02/2024 08:00:00,0:20:0,5\" of snow,\r\n05/03/2024 08:00:00,0:20:0,d,\"\""
    );
    assert_eq!(
        told(&rows(&file)),
        [
            "2: 2024-05-01 06:00:00 1200 s a \"b\",\r\n\nc",
            "5: 2024-05-02 06:00:00 1200 s 5\" of snow",
            "6: 2024-05-03 06:00:00 1200 s d"
        ]
    );
}

/// However its lines end, and whatever stands between them.
#[rstest]
#[case::unix("\n")]
#[case::windows("\r\n")]
fn a_row_is_told_by_its_line(#[case] end: &str) {
    let lines = [
        HEADER.trim_end(),
        "",
        "soon,0:20:0,,",
        "05/01/2024 08:00:00,0:20:0,\"a",
        "b\",",
        "",
        ",,,",
        "later,0:20:0,,",
    ];
    let rows = rows(&lines.join(end));
    let lines: Vec<_> = rows.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 4, 8]);
}

/// Of half a row nobody can tell half a number: `0:45` of `0:45:0` is no 45 seconds.
#[rstest]
#[case::insight(
    "Started At,Duration,Preset,Activity\n05/01/2024 08:00:00,0:45:0,,\n",
    "05/02/2024 08:00:00,0:45",
    "3: breaks_off"
)]
#[case::meditate(
    "start_time_unix,duration_secs,mode,label,note\n1760000000,1200,timer,,\n",
    "1760100000,12",
    "3: breaks_off"
)]
#[case::the_only_row(
    "start_time_unix,duration_secs,mode,label,note\n",
    "1760100000,12",
    "2: breaks_off"
)]
#[case::within_a_quote(
    "start_time_unix,duration_secs,mode,label,note\n",
    "1760100000,1200,timer,,\"so",
    "2: unclosed_quote"
)]
fn a_table_that_breaks_off_gives_what_came_before(
    #[case] whole: &str,
    #[case] half: &str,
    #[case] expected: &str,
) {
    let file = format!("{whole}{half}");
    let survey = surveyed(file.as_bytes()).unwrap();
    assert!(survey.breaks_off);
    assert!(!surveyed(whole.as_bytes()).unwrap().breaks_off);
    let told = told(&rows(&file));
    assert_eq!(told.len(), whole.lines().count());
    assert_eq!(told.last().map(String::as_str), Some(expected));
}

/// The last line of many a file has no end, and a row by hand may have few cells.
#[test]
fn a_last_row_without_an_end_is_a_row() {
    let full = format!("{HEADER}05/01/2024 08:00:00,0:45:0,,");
    let by_hand = "started_at,credited_s,label\n2024-05-01T08:00Z,2700\n2024-05-02T08:00Z,60";
    for (file, sits) in [(full.as_str(), 1), (by_hand, 2)] {
        assert!(!surveyed(file.as_bytes()).unwrap().breaks_off);
        let rows = rows(file);
        assert_eq!(crate::support::sits(&rows).len(), sits, "{:?}", told(&rows));
    }
}
