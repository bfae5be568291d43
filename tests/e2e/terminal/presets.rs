//! Presets in a terminal: begun by their name, listed, and a name that is none is said.

use anyhow::Result;
use mitta_domain::{PlanChoice, PlannedLength, Preset, PresetName, Seconds, UnixMillis};
use mitta_store::{DataDir, Opening, WriteError, Writer};
use mitta_tests::terminal::Terminal;

use super::only_row;

fn writer(terminal: &Terminal) -> Result<Writer> {
    let device = "0197a3c2-5f00-7000-8000-00000000d001".parse()?;
    let (writer, _) = Writer::open(
        &DataDir::new(terminal.dir()),
        Opening::new(UnixMillis(0), device),
    )?;
    Ok(writer)
}

fn preset(n: u32, name: &str) -> Result<Preset> {
    Ok(Preset {
        preset_id: format!("0197a3c2-5f00-7000-8000-{n:012}").parse()?,
        name: PresetName::parse(name)?,
        choice: PlanChoice {
            planned_s: Some(PlannedLength::from_seconds(n)?),
            preparation_s: Seconds(0),
            label: Some("Tea".to_owned()),
            ..PlanChoice::default()
        },
    })
}

#[test]
fn a_preset_is_begun_by_its_name_however_it_is_written() -> Result<()> {
    let terminal = Terminal::new()?;
    let mut writer = writer(&terminal)?;
    writer.add_preset(&preset(2, "Café  Morning")?)?;
    writer.add_preset(&preset(3, "Evening")?)?;
    let taken = writer.add_preset(&preset(4, "CAFE\u{301} morning")?);
    assert!(matches!(taken, Err(WriteError::Preset(_))), "{taken:?}");
    drop(writer);

    let listed = terminal.run(&["presets"])?;
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert_eq!(
        listed.stdout,
        "Café Morning              2 s, Tea\nEvening                   3 s, Tea\n"
    );
    let ran = terminal.run(&["sit", "--no-sound", "--preset", "cafe\u{301} MORNING"])?;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let row = only_row(&terminal)?;
    assert_eq!(
        (row.credited_s, row.label.as_deref()),
        (Some(2), Some("Tea"))
    );

    let unknown = terminal.run(&["--json", "sit", "--no-sound", "--preset", "Noon"])?;
    assert_eq!(unknown.error_code()?, "unknown_preset");
    assert!(
        unknown
            .stderr
            .contains("There is no preset “Noon”. There are “Café Morning”, “Evening”."),
        "{unknown:?}"
    );
    only_row(&terminal).map(drop)
}
