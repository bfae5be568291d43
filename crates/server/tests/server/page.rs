//! The page for those who run the server says every setting, and names none that is not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use mitta_server::config::Cli;

/// Variables of the words of the command line, besides those that have a flag.
const BESIDES: &[&str] = &["MITTA_LOGIN_PASSWORD"];
/// Of the Caddyfile.
const OF_THE_PROXY: &[&str] = &["MITTA_DOMAIN", "MITTA_UPSTREAMS"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn page() -> String {
    read(&repository().join("docs/server.md"))
}

#[test]
fn every_setting_of_serve_is_in_the_table_with_its_default() {
    let mut cli = Cli::command();
    cli.build();
    let serve = cli.find_subcommand("serve").expect("a word");
    let page = page();
    let mut settings = 0;
    for arg in serve.get_arguments() {
        let (Some(variable), Some(flag)) = (arg.get_env(), arg.get_long()) else {
            continue;
        };
        let begins = format!("| `{}` | `--{flag}` |", variable.to_string_lossy());
        let row = page.lines().find(|line| line.starts_with(&begins));
        let row = row.unwrap_or_else(|| panic!("{begins} is missing"));
        for default in arg.get_default_values() {
            let default = format!("`{}`", default.to_string_lossy());
            assert!(row.contains(&default), "{row}: not {default}");
        }
        settings += 1;
    }
    assert!(settings > 10, "{settings}");
}

#[test]
fn the_page_and_the_examples_name_no_setting_that_is_not() {
    let mut cli = Cli::command();
    cli.build();
    let mut known: BTreeSet<String> = BESIDES
        .iter()
        .chain(OF_THE_PROXY)
        .map(|&it| it.to_owned())
        .collect();
    for word in cli.get_subcommands() {
        let variables = word.get_arguments().filter_map(clap::Arg::get_env);
        known.extend(variables.map(|it| it.to_string_lossy().into_owned()));
    }
    let deploy = std::fs::read_dir(repository().join("deploy")).expect("a folder");
    let mut texts = vec![page()];
    texts.extend(deploy.map(|entry| read(&entry.expect("a file").path())));
    for text in texts {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        for word in words.filter(|word| word.starts_with("MITTA_")) {
            assert!(known.contains(word), "{word}");
        }
    }
}
