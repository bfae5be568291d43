use clap::FromArgMatches as _;
use mitta_words::{Spoken, speaking};
use rstest::rstest;

use super::*;
use crate::args::Args;

/// What clap says by itself of a command line that it does not understand, and what is said here.
fn said(line: &str, spoken: Spoken) -> (String, String) {
    let error = || {
        let command = Args::command_to_ask();
        let found = command.try_get_matches_from(line.split(' '));
        let found = found.and_then(|found| Args::from_arg_matches(&found));
        found.expect_err("not understood")
    };
    speaking(spoken, || {
        let own = error();
        assert_eq!(own.exit_code(), 2, "{line}");
        let said = error().apply::<InLanguage>();
        assert_eq!(said.exit_code(), 2, "{line}");
        (
            own.render().ansi().to_string(),
            said.render().ansi().to_string(),
        )
    })
}

#[rstest]
#[case::an_option_like_another(
    "mitta --jsn",
    "'--jsn' ist hier nicht vorgesehen",
    "etwas Ähnliches: '--json'"
)]
#[case::an_option_of_a_command(
    "mitta --year stats",
    "'--year' ist hier nicht vorgesehen",
    "es gibt 'stats --year'"
)]
#[case::one_word_too_many(
    "mitta stats x",
    "'x' ist hier nicht vorgesehen",
    "Aufruf: mitta stats"
)]
#[case::a_value_with_a_hyphen(
    "mitta sit -x",
    "'-x' ist hier nicht vorgesehen",
    "um '-x' als Wert anzugeben, schreibe '-- -x'"
)]
#[case::a_command_behind_dashes(
    "mitta -- log",
    "'log' ist hier nicht vorgesehen",
    "er gilt ohne das '--' davor"
)]
#[case::a_command_like_another("mitta logg", "den Befehl 'logg' gibt es nicht", "Befehl: 'log'")]
#[case::a_command_like_several(
    "mitta account re",
    "den Befehl 're' gibt es nicht",
    "Mehr dazu sagt '--help'."
)]
#[case::what_is_needed(
    "mitta log add",
    "es fehlt:\n  <START>\n  <LENGTH>",
    "Aufruf: mitta log add"
)]
#[case::a_value_of_a_list(
    "mitta log --source timr",
    "'timr' ist kein Wert für '--source <SOURCE>'\n  [mögliche Werte: timer, manual, import]",
    "einen ähnlichen Wert: 'timer'"
)]
#[case::no_value(
    "mitta log --source",
    "zu '--source <SOURCE>' fehlt ein Wert",
    "[mögliche Werte: timer"
)]
#[case::outside_of_a_range(
    "mitta log -n 0",
    "'0' ist kein Wert für '--count <COUNT>': 1 – 100000",
    "Mehr dazu"
)]
#[case::no_number(
    "mitta stats --year x",
    "'x' ist kein Wert für '--year <YEAR>'\n",
    "Mehr dazu"
)]
#[case::two_that_exclude_each_other(
    "mitta stats --all --year 2026",
    "'--all' geht nicht zusammen mit '--year <YEAR>'",
    "Aufruf:"
)]
#[case::several_that_exclude_each_other(
    "mitta import --list --undo --redo",
    "geht nicht zusammen mit:\n",
    "Aufruf:"
)]
#[case::twice("mitta log --json --json", "'--json' geht nur einmal", "Aufruf:")]
#[case::an_option_before_a_command(
    "mitta log -n 3 add 08:00 20",
    "der Befehl 'add' geht nicht zusammen mit",
    "Aufruf:"
)]
fn a_command_line_that_is_not_understood(
    #[case] line: &str,
    #[case] what: &str,
    #[case] more: &str,
) {
    let (clap, english) = said(line, Spoken::En);
    assert_eq!(english, clap, "{line}: in English it is said as clap does");
    let (_, german) = said(line, Spoken::De);
    let german = StyledStr::from(german).to_string();
    for part in ["Fehler: ", what, more] {
        assert!(german.contains(part), "{line}: no {part:?} in {german}");
    }
    for word in [
        "error",
        "argument",
        "subcommand",
        "tip:",
        "Usage",
        "value",
        "found",
    ] {
        assert!(!german.contains(word), "{line}: {word} in {german}");
    }
}
