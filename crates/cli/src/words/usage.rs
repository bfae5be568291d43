//! What there is to say of a command line that is not understood. clap says it in English alone; here it
//! stands in all languages, in English as clap has it (a test compares them).

use std::error::Error as _;
use std::fmt::Write as _;

use clap::builder::{StyledStr, Styles};
use clap::error::{ContextKind, ContextValue, Error, ErrorFormatter, ErrorKind};
use mitta_words::{say, word};

/// An error of clap's in the language that is spoken.
pub struct InLanguage;

impl ErrorFormatter for InLanguage {
    fn format_error(error: &Error<Self>) -> StyledStr {
        let wrong = Wrong {
            error,
            styles: Styles::styled(),
        };
        StyledStr::from(wrong.said())
    }
}

/// What is wrong with a command line.
struct Wrong<'a> {
    error: &'a Error<InLanguage>,
    styles: Styles,
}

impl Wrong<'_> {
    fn said(&self) -> String {
        let style = self.styles.get_error();
        let error = format!("{style}{}{style:#}", word!("error:", "Fehler:"));
        let mut lines = vec![format!("{error} {}", self.what())];
        let tips = self.tips();
        if !tips.is_empty() {
            lines.push(String::new());
            lines.extend(tips.iter().map(|tip| self.tip(tip)));
        }
        if let Some(ContextValue::StyledStr(usage)) = self.error.get(ContextKind::Usage) {
            lines.extend([String::new(), self.usage(usage)]);
        }
        let help = self.literal("--help");
        let more = say!(
            "For more information, try '{help}'.",
            "Mehr dazu sagt '{help}'."
        );
        lines.extend([String::new(), more, String::new()]);
        lines.join("\n")
    }

    /// What is the matter, in one sentence or with a list below it.
    fn what(&self) -> String {
        use ContextKind::{InvalidArg, InvalidSubcommand, InvalidValue};
        let arg = || self.invalid(&self.text(InvalidArg));
        let of_arg = || self.literal(&self.text(InvalidArg));
        let value = || self.invalid(&self.text(InvalidValue));
        let command = || self.invalid(&self.text(InvalidSubcommand));
        match self.error.kind() {
            ErrorKind::UnknownArgument => say!(
                "unexpected argument '{}' found",
                "'{}' ist hier nicht vorgesehen",
                arg()
            ),
            ErrorKind::InvalidSubcommand => say!(
                "unrecognized subcommand '{}'",
                "den Befehl '{}' gibt es nicht",
                command()
            ),
            ErrorKind::MissingSubcommand => {
                let what = say!(
                    "'{}' requires a subcommand but one was not provided",
                    "'{}' braucht einen Befehl dahinter",
                    command()
                );
                let list = word!("subcommands", "Befehle");
                what + &self.choice(list, ContextKind::ValidSubcommand)
            }
            ErrorKind::MissingRequiredArgument => {
                let what = word!(
                    "the following required arguments were not provided:",
                    "es fehlt:"
                );
                what.to_owned() + &self.list(InvalidArg, *self.styles.get_valid())
            }
            ErrorKind::InvalidValue if self.text(InvalidValue).is_empty() => {
                let what = say!(
                    "a value is required for '{}' but none was supplied",
                    "zu '{}' fehlt ein Wert",
                    arg()
                );
                what + &self.possible_values()
            }
            ErrorKind::InvalidValue => {
                let what = say!(
                    "invalid value '{}' for '{}'",
                    "'{}' ist kein Wert für '{}'",
                    value(),
                    of_arg()
                );
                what + &self.possible_values()
            }
            ErrorKind::ValueValidation => {
                let what = say!(
                    "invalid value '{}' for '{}'",
                    "'{}' ist kein Wert für '{}'",
                    value(),
                    of_arg()
                );
                what + &self.why()
            }
            ErrorKind::ArgumentConflict => self.conflict(),
            ErrorKind::TooManyValues => say!(
                "unexpected value '{}' for '{}' found; no more were expected",
                "'{}' ist zu viel für '{}'",
                value(),
                of_arg()
            ),
            ErrorKind::InvalidUtf8 => word!(
                "invalid UTF-8 was detected in one or more arguments",
                "nicht alles auf der Befehlszeile ist UTF-8"
            )
            .to_owned(),
            kind => kind.to_string(),
        }
    }

    fn conflict(&self) -> String {
        let command = match self.error.get(ContextKind::InvalidSubcommand) {
            Some(_) => self.text(ContextKind::InvalidSubcommand),
            None => String::new(),
        };
        let arg = self.text(ContextKind::InvalidArg);
        let prior = self.error.get(ContextKind::PriorArg);
        if matches!(prior, Some(ContextValue::String(prior)) if *prior == arg) {
            let arg = self.invalid(&arg);
            return say!(
                "the argument '{arg}' cannot be used multiple times",
                "'{arg}' geht nur einmal"
            );
        }
        let what = if command.is_empty() {
            let arg = self.invalid(&arg);
            say!(
                "the argument '{arg}' cannot be used with",
                "'{arg}' geht nicht zusammen mit"
            )
        } else {
            let command = self.invalid(&command);
            say!(
                "the subcommand '{command}' cannot be used with",
                "der Befehl '{command}' geht nicht zusammen mit"
            )
        };
        match prior {
            Some(ContextValue::Strings(_)) => {
                format!(
                    "{what}:{}",
                    self.list(ContextKind::PriorArg, *self.styles.get_invalid())
                )
            }
            Some(ContextValue::String(prior)) => format!("{what} '{}'", self.invalid(prior)),
            _ => {
                let others = word!(
                    "one or more of the other specified arguments",
                    "anderem, das angegeben ist"
                );
                format!("{what} {others}")
            }
        }
    }

    /// Why a value is none. In German only what it would have to lie between: the rest is said by
    /// libraries, in English.
    fn why(&self) -> String {
        let why = self.error.source().map(ToString::to_string);
        let why = why.unwrap_or_default();
        let range = why.rsplit(' ').next().filter(|it| it.contains("..="));
        let between = range.map_or_else(String::new, |range| {
            format!(": {}", range.replace("..=", " – "))
        });
        word!(format!(": {why}"), between)
    }

    fn tips(&self) -> Vec<String> {
        let suggested = [
            (
                ContextKind::SuggestedSubcommand,
                word!(
                    "a similar subcommand exists:",
                    "es gibt einen ähnlichen Befehl:"
                ),
                word!(
                    "some similar subcommands exist:",
                    "es gibt ähnliche Befehle:"
                ),
            ),
            (
                ContextKind::SuggestedArg,
                word!("a similar argument exists:", "es gibt etwas Ähnliches:"),
                word!("some similar arguments exist:", "es gibt Ähnliches:"),
            ),
            (
                ContextKind::SuggestedValue,
                word!("a similar value exists:", "es gibt einen ähnlichen Wert:"),
                word!("some similar values exist:", "es gibt ähnliche Werte:"),
            ),
        ];
        let mut tips = Vec::new();
        for (kind, one, several) in suggested {
            let names = self.all(kind);
            if !names.is_empty() {
                let quoted: Vec<String> = names
                    .iter()
                    .map(|name| format!("'{}'", self.valid(name)))
                    .collect();
                let exists = if names.len() == 1 { one } else { several };
                tips.push(format!("{exists} {}", quoted.join(", ")));
            }
        }
        if let Some(ContextValue::StyledStrs(others)) = self.error.get(ContextKind::Suggested) {
            tips.extend(
                others
                    .iter()
                    .filter_map(|it| self.other_tip(&it.to_string())),
            );
        }
        tips
    }

    /// A tip that clap has put into a sentence: what it says is known by what it quotes.
    fn other_tip(&self, english: &str) -> Option<String> {
        let parts: Vec<&str> = english.split('\'').collect();
        Some(match *parts.as_slice() {
            ["", what, _] => {
                let what = self.valid(what);
                say!("'{what}' exists", "es gibt '{what}'")
            }
            [_, what, _, "--", _] => {
                let (what, dashes) = (self.valid(what), self.invalid("--"));
                say!(
                    "subcommand '{what}' exists; to use it, remove the '{dashes}' before it",
                    "es gibt den Befehl '{what}'; er gilt ohne das '{dashes}' davor"
                )
            }
            [_, what, _, how, ""] => {
                let (what, how) = (self.invalid(what), self.valid(how));
                say!(
                    "to pass '{what}' as a value, use '{how}'",
                    "um '{what}' als Wert anzugeben, schreibe '{how}'"
                )
            }
            _ => return None,
        })
    }

    fn tip(&self, tip: &str) -> String {
        let valid = self.styles.get_valid();
        format!("  {valid}{}{valid:#} {tip}", word!("tip:", "Tipp:"))
    }

    /// With another word before it.
    fn usage(&self, usage: &StyledStr) -> String {
        let usage = usage.ansi().to_string();
        match usage.split_once(':') {
            Some((_, rest)) => {
                let style = self.styles.get_usage();
                format!("{style}{}:{rest}", word!("Usage", "Aufruf"))
            }
            None => usage,
        }
    }

    fn possible_values(&self) -> String {
        let list = word!("possible values", "mögliche Werte");
        self.choice(list, ContextKind::ValidValue)
    }

    fn choice(&self, name: &str, kind: ContextKind) -> String {
        let all = self.all(kind);
        if all.is_empty() {
            return String::new();
        }
        let all: Vec<String> = all.iter().map(|it| self.valid(it)).collect();
        format!("\n  [{name}: {}]", all.join(", "))
    }

    fn list(&self, kind: ContextKind, style: clap::builder::styling::Style) -> String {
        self.all(kind).iter().fold(String::new(), |mut list, it| {
            let _ = write!(list, "\n  {style}{it}{style:#}");
            list
        })
    }

    /// One or several texts; none where there is nothing.
    fn all(&self, kind: ContextKind) -> Vec<String> {
        match self.error.get(kind) {
            Some(ContextValue::String(one)) => vec![one.clone()],
            Some(ContextValue::Strings(all)) => all.clone(),
            _ => Vec::new(),
        }
    }

    fn text(&self, kind: ContextKind) -> String {
        self.all(kind).join(" ")
    }

    fn valid(&self, text: &str) -> String {
        let style = self.styles.get_valid();
        format!("{style}{text}{style:#}")
    }

    fn invalid(&self, text: &str) -> String {
        let style = self.styles.get_invalid();
        format!("{style}{text}{style:#}")
    }

    fn literal(&self, text: &str) -> String {
        let style = self.styles.get_literal();
        format!("{style}{text}{style:#}")
    }
}

#[cfg(test)]
mod tests;
