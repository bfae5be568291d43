//! The words around `--help` that clap has in English alone. Its errors about a command line that it does
//! not understand, and the names of values, stay as they are.

use clap::{Arg, Command};
use mitta_words::{Spoken, spoken, word};

/// The command line in the language that is spoken; in English as clap has it.
pub fn in_language(command: Command) -> Command {
    if spoken() == Spoken::En {
        return command;
    }
    let command = match command.get_name() {
        "help" => command.about(word!(
            "Print this message or the help of the given subcommand(s)",
            "Diese Hilfe zeigen, oder die eines Befehls"
        )),
        _ => command,
    };
    command
        // As clap's own, with another word before the usage.
        .help_template(word!(
            "{before-help}{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}{after-help}",
            "{before-help}{about-with-newline}\nAufruf: {usage}\n\n{all-args}{after-help}"
        ))
        .subcommand_help_heading(word!("Commands", "Befehle"))
        .mut_args(argument)
        .mut_subcommands(in_language)
}

fn argument(arg: Arg) -> Arg {
    let arg = match arg.get_id().as_str() {
        "help" => arg
            .help(word!("Print help", "Hilfe zeigen"))
            .long_help(word!("Print help", "Hilfe zeigen")),
        "version" => arg.help(word!("Print version", "Version zeigen")),
        _ => arg,
    };
    let is_positional = arg.is_positional();
    arg.help_heading(if is_positional {
        word!("Arguments", "Angaben")
    } else {
        word!("Options", "Optionen")
    })
}
