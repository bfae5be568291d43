//! Rows that cannot be understood: they are said, left as they are, and keep nobody from sitting.

use mitta_domain::settings::Theme;
use mitta_domain::{Settings, State};
use mitta_runtime::api::{Commands as _, ErrorCode, NoticeTopic};

use crate::harness::{House, plain};

#[test]
fn settings_that_cannot_be_read_are_said_and_the_usual_ones_used() {
    let house = House::new();
    let sit = house.open();
    let settings = Settings {
        theme: Theme::Dark,
        ..Settings::default()
    };
    sit.engine.save_settings(settings.clone()).unwrap();
    sit.quit();
    let other = house.other_program();
    other
        .execute_batch("UPDATE settings SET choice = '{}'")
        .unwrap();

    let sit = house.open();
    let code = || sit.notice(NoticeTopic::Database).map(|error| error.code);
    assert_eq!(code(), Some(ErrorCode::DatabaseUnusable));
    assert_eq!(sit.snapshot().settings, Settings::default());
    let view = sit.begin(plain(1));
    sit.pass(1_000);
    sit.flush();
    assert_eq!(house.session(view.session_id).state(), State::Completed);
    let left: String = other
        .query_row("SELECT choice FROM settings", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, "{}", "only a person replaces it");

    sit.engine.save_settings(settings.clone()).unwrap();
    assert_eq!(code(), None);
    assert_eq!(sit.snapshot().settings, settings);
}

#[test]
fn an_unfinished_row_that_cannot_be_read_is_said_and_the_rest_is_shown() {
    let house = House::new();
    let terminal = house.open_terminal();
    terminal.begin(plain(600));
    terminal.quit();
    let window = house.open_terminal();
    let other = house.other_program();
    other
        .execute_batch("ALTER TABLE heartbeat RENAME TO away")
        .unwrap();

    let snapshot = window.snapshot();
    assert!(snapshot.unfinished.is_empty() && snapshot.elsewhere.is_none());
    assert!(window.notice(NoticeTopic::Database).is_some());

    other
        .execute_batch("ALTER TABLE away RENAME TO heartbeat")
        .unwrap();
    assert_eq!(window.snapshot().unfinished.len(), 1);
    assert_eq!(window.notice(NoticeTopic::Database), None);
}
