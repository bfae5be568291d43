//! Words about presets.

use mitta_domain::{IntervalBells, Preset, Presets};
use mitta_words::{say, words};

use super::{length, printable};

words! {
    no_presets = "No presets yet. In the window, choose how to sit and keep it as a preset.",
        "Noch keine Vorlagen. Wähle im Fenster, wie du sitzen willst, und behalte es als Vorlage.";
}

/// `Morning            20 min, after 10 s, a bell every 5 min, Zazen`.
pub fn preset_line(preset: &Preset) -> String {
    let choice = &preset.choice;
    let mut parts = vec![length(choice.planned_s)];
    if choice.preparation_s.0 > 0 {
        let settle = choice.preparation_s.spoken();
        parts.push(say!("after {settle}", "nach {settle}"));
    }
    match &choice.intervals {
        IntervalBells::None => {}
        IntervalBells::Every { every_s } => {
            let every = every_s.spoken();
            parts.push(say!("a bell every {every}", "eine Glocke alle {every}"));
        }
        IntervalBells::At { at_s } => parts.push(match at_s.len() {
            1 => say!("1 interval bell", "1 Zwischenglocke"),
            n => say!("{n} interval bells", "{n} Zwischenglocken"),
        }),
        IntervalBells::Random { min_s, max_s } => {
            let (min, max) = (min_s.spoken(), max_s.spoken());
            parts.push(say!(
                "a bell every {min} to {max}",
                "eine Glocke alle {min} bis {max}"
            ));
        }
    }
    if let Some(label) = &choice.label {
        parts.push(printable(label));
    }
    format!(
        "{:<24}  {}",
        printable(preset.name.as_str()),
        parts.join(", ")
    )
}

/// Names what there is, so that a slip of the keys is mended at once.
pub fn no_such_preset(name: &str, presets: &Presets) -> String {
    let name: String = printable(name).chars().take(80).collect();
    let none = say!(
        "There is no preset “{name}”.",
        "Es gibt keine Vorlage „{name}“."
    );
    if presets.as_slice().is_empty() {
        return format!("{none} {}", no_presets());
    }
    let names: Vec<String> = presets
        .as_slice()
        .iter()
        .map(|preset| {
            let name = printable(preset.name.as_str());
            say!("“{name}”", "„{name}“")
        })
        .collect();
    let names = names.join(", ");
    let there = say!("There are {names}.", "Es gibt {names}.");
    format!("{none} {there}")
}

#[cfg(test)]
mod tests {
    use mitta_domain::{PlanChoice, PresetName, Seconds};

    use super::*;

    fn preset(name: &str, choice: PlanChoice) -> Preset {
        Preset {
            preset_id: "0197a3c2-5f00-7000-8000-000000000001"
                .parse()
                .expect("an id"),
            name: PresetName::parse(name).expect("a name"),
            choice,
        }
    }

    #[test]
    fn a_preset_is_told_in_one_line_by_what_it_is() {
        let usual = preset("Morning", PlanChoice::default());
        assert_eq!(
            preset_line(&usual),
            "Morning                   20 min, after 10 s"
        );
        let all = PlanChoice {
            planned_s: None,
            preparation_s: Seconds(0),
            intervals: IntervalBells::Every {
                every_s: Seconds(300),
            },
            label: Some("Zazen".to_owned()),
            ..PlanChoice::default()
        };
        assert_eq!(
            preset_line(&preset("Evening", all)),
            "Evening                   open-ended, a bell every 5 min, Zazen"
        );
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_that_are_there() {
        let some = ["Morning", "Evening"].map(|name| preset(name, PlanChoice::default()));
        assert_eq!(
            no_such_preset("mornin", &Presets::new(some.to_vec())),
            "There is no preset “mornin”. There are “Morning”, “Evening”."
        );
        let none = no_such_preset("x\u{1b}[31m", &Presets::default());
        assert!(none.starts_with("There is no preset “x[31m”. No presets yet."));
    }
}
