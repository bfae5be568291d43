//! What is written into the log: that something failed, and nothing that a person has written.

use mitta_domain::session::Words;
use mitta_logtest::Log;
use mitta_runtime::api::{Commands as _, DescribeArgs, ImportSoundArgs, OfBackup};

use crate::harness::{House, of, plain};

#[test]
fn notes_and_labels_never_come_into_the_log() {
    let log = Log::start();
    let house = House::new();
    let sit = house.open();
    let mut choice = plain(3);
    choice.label = Some("Quinquireme".into());
    let view = sit.begin(choice);
    sit.pass(4_000);
    sit.flush();
    let words = Words {
        note: Some("apes and peacocks".into()),
        label: Some("Quinquireme".into()),
        mood: Some(2),
    };
    let described = || DescribeArgs {
        session_id: view.session_id,
        words: words.clone(),
    };
    sit.engine.describe(described()).unwrap();
    // What fails is told with its reason.
    let missing = house.folder.path().join("sandalwood").display().to_string();
    sit.engine
        .import_sound(ImportSoundArgs {
            path: missing.clone(),
        })
        .unwrap_err();
    sit.engine.restore(OfBackup { path: missing }).unwrap_err();
    let other = house.other_program();
    other.execute_batch("DROP TABLE settings").unwrap();
    sit.snapshot();
    sit.engine.totals(mitta_runtime::api::Nothing {}).unwrap();
    sit.engine.story(of(&view)).unwrap();
    let text = log.text();
    assert!(text.contains("WARN"), "something was logged: {text:?}");
    for private in ["Quinquireme", "apes", "peacocks", "sandalwood"] {
        assert!(!text.contains(private), "{text}");
    }
}
