//! What a package ships beside the programs, made from the command line as it is declared: manual
//! pages and shell completions.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Args;
use crate::exit::Exit;
use crate::output::Output;
use crate::words::{self, help};

/// Prints the completions of a shell.
pub fn completions(shell: Shell, output: &mut Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "mitta", &mut script);
    output.script(&script);
    Exit::Done
}

/// Writes a page for `mitta`, one for each of its commands, and one for `mitta-desktop`.
pub fn pages(dir: &Path, output: &mut Output) -> Exit {
    let written = fs::create_dir_all(dir)
        .and_then(|()| write(Args::command(), dir))
        .and_then(|()| write(desktop(), dir));
    match written {
        Ok(()) => Exit::Done,
        Err(error) => {
            output.note(words::no_manual(dir, &error));
            Exit::Failed
        }
    }
}

fn write(command: Command, dir: &Path) -> io::Result<()> {
    // `mitta help sit` is `mitta sit --help`, which has its page.
    clap_mangen::generate_to(
        words::in_language(command.disable_help_subcommand(true)),
        dir,
    )
}

/// The window's command line, which it reads by itself: a desktop hands over more than is meant for it.
fn desktop() -> Command {
    Command::new("mitta-desktop")
        .version(env!("CARGO_PKG_VERSION"))
        .about(help::desktop())
        .after_long_help(help::desktop_more())
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("profile")
                .long("profile")
                .value_name("NAME")
                .help(help::profile()),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command's name as its page is called, with those of all commands below it.
    fn names(command: &Command, above: &str) -> Vec<String> {
        let name = match above {
            "" => command.get_name().to_owned(),
            above => format!("{above}-{}", command.get_name()),
        };
        let below = command.get_subcommands().flat_map(|it| names(it, &name));
        let mut names: Vec<String> = below.collect();
        names.push(name);
        names
    }

    #[test]
    fn every_command_has_a_page_and_so_has_the_window() {
        let dir = tempfile::tempdir().unwrap();
        let pages_in = dir.path().join("made/man1");
        assert_eq!(pages(&pages_in, &mut Output::new(false)), Exit::Done);
        let mut wanted = names(&Args::command(), "");
        wanted.push("mitta-desktop".to_owned());
        for name in &wanted {
            let page = fs::read_to_string(pages_in.join(format!("{name}.1"))).unwrap();
            assert!(page.contains(".SH NAME"), "{name}: {page}");
        }
        assert_eq!(fs::read_dir(&pages_in).unwrap().count(), wanted.len());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_a_failure() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let inside = file.path().join("man1");
        assert_eq!(pages(&inside, &mut Output::new(false)), Exit::Failed);
    }

    #[test]
    fn the_completions_of_each_shell_know_the_commands() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "mitta", &mut script);
            let script = String::from_utf8(script).unwrap();
            for word in ["partners", "no-sound"] {
                assert!(script.contains(word), "{shell}: no {word}");
            }
        }
    }
}
