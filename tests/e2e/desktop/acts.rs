//! What a person does around a sit: taking back, choosing, quitting, and what is kept of it.

use anyhow::{Context as _, Result};
use mitta_domain::session::Words;
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::seed::Past;
use serde_json::json;
use thirtyfour::Key;

use super::access::tab_to;
use super::{begin, command, events, launch_at_once, live_id, only_row, ops, rows, with};

/// Waits until at least a second was sat of a sit of 20 minutes: less is nothing to record.
fn sit_a_second(desktop: &TestDesktop) -> Result<()> {
    desktop.wait("a second of it", |it| {
        Ok(it.text("time")?.as_str() <= "19:58")
    })
}

#[test]
fn an_end_that_is_taken_back_is_no_end_and_a_discarded_sit_can_be_restored() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        sit_a_second(desktop)?;
        desktop.click("end")?;
        desktop.wait_for_phase("ending")?;
        desktop.click("undo-end")?;
        desktop.wait_for_phase("sitting")?;
        assert_eq!(live_id(desktop)?, session_id);
        assert_eq!(only_row(desktop)?.state, "running");

        desktop.click("end")?;
        desktop.click("finish")?;
        desktop.wait_for("recorded")?;
        let row = only_row(desktop)?;
        assert_eq!((&*row.session_id, &*row.state), (&*session_id, "completed"));
        let kinds = [
            "started",
            "end_requested",
            "end_undone",
            "end_requested",
            "completed",
        ];
        assert_eq!(events(desktop, &session_id)?, kinds);

        desktop.click("discard")?;
        desktop.click("discard-yes")?;
        desktop.wait_for("discarded")?;
        assert!(only_row(desktop)?.deleted);
        desktop.click("undo-discard")?;
        desktop.wait_for("recorded")?;
        assert!(!only_row(desktop)?.deleted);
        let changes = ["sat", "deleted", "deleted"];
        assert_eq!(ops(desktop, &session_id)?, changes);
        Ok(())
    });
}

#[test]
fn a_sit_discarded_after_end_is_completed_and_deleted() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        sit_a_second(desktop)?;
        desktop.click("end")?;
        desktop.click("discard")?;
        desktop.wait_for("discarded")?;
        let row = only_row(desktop)?;
        assert_eq!((&*row.state, row.deleted), ("completed", true));
        assert_eq!(ops(desktop, &session_id)?, ["sat", "deleted"]);
        Ok(())
    });
}

#[test]
fn a_sit_cancelled_in_the_preparation_leaves_nothing_in_the_history() {
    with(|desktop| {
        desktop.launch()?;
        begin(desktop, "20")?;
        desktop.wait_for_phase("preparing")?;
        desktop.click("end")?;
        desktop.wait_for_screen("sit")?;
        desktop.wait("it is on the disk", |_| Ok(only_row(desktop)?.deleted))?;
        assert_eq!(only_row(desktop)?.credited_s, Some(0));
        desktop.click("nav-history")?;
        desktop.wait_for("history-empty")
    });
}

#[test]
fn control_q_during_a_sit_asks_once_and_without_one_quits() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        desktop.press_with_control('q')?;
        desktop.wait_for("quit-bar")?;
        desktop.click("keep-sitting")?;
        desktop.wait("it is not asked any more", |it| Ok(!it.has("quit-bar")?))?;
        desktop.reload()?;
        assert!(!desktop.has("quit-bar")?, "asked once");
        assert_eq!(live_id(desktop)?, session_id);
        sit_a_second(desktop)?;
        desktop.click("end")?;
        desktop.click("finish")?;
        desktop.click("done")?;
        desktop.wait_for_screen("sit")?;
        // The app may be gone before the driver has its answer.
        drop(desktop.press_with_control('q'));
        desktop.wait_until_ended()
    });
}

#[test]
fn overtime_is_asked_about_and_kept_or_not() {
    with(|desktop| {
        desktop.seed(|seed| {
            seed.settings(|settings| {
                super::at_once(settings);
                settings.choice.at_end = mitta_domain::plan::AtEnd::CountOvertime;
            })
        })?;
        desktop.launch()?;
        for (choice, least) in [("choose-trim", 1), ("choose-keep", 2)] {
            let session_id = begin(desktop, "1s")?;
            desktop.wait_for_phase("overtime")?;
            desktop.wait("a second more", |it| Ok(it.text("time")? != "+00:00"))?;
            desktop.click("end")?;
            desktop.wait_for_phase("asking")?;
            desktop.click(choice)?;
            desktop.wait_for("recorded")?;
            let row = rows(desktop)?.pop().context("a row")?;
            assert_eq!(row.session_id, session_id);
            let credited_s = row.credited_s.context("it is completed")?;
            assert!(credited_s >= least, "{choice}: {credited_s}");
            assert!(choice == "choose-keep" || credited_s == 1, "{credited_s}");
            desktop.press(thirtyfour::Key::Escape)?;
            desktop.wait_for_screen("sit")?;
        }
        Ok(())
    });
}

#[test]
fn a_sit_deleted_in_the_history_can_be_restored_and_its_words_changed() {
    with(|desktop| {
        let session_id = desktop.seed(|seed| {
            let started_at_ms = seed.now().wall_ms.0 - 7_200_000;
            seed.past(&Past {
                started_at_ms,
                planned_s: Some(1500),
                credited_s: 1500,
                interval_bells: 2,
                words: Words {
                    label: Some("Evening".to_owned()),
                    ..Words::default()
                },
            })
        })?;
        desktop.launch()?;
        desktop.click("nav-history")?;
        assert_eq!(desktop.text("row-length")?, "25 min");
        desktop.click("row-toggle")?;
        desktop.fill("edit-note", "A fly on the hand.")?;
        desktop.click("edit-save")?;
        desktop.wait("the note is on the disk", |_| {
            Ok(only_row(desktop)?.note.as_deref() == Some("A fly on the hand."))
        })?;
        desktop.click("row-toggle")?;
        desktop.click("delete")?;
        desktop.wait("the row is gone", |it| Ok(!it.has("sit-row")?))?;
        assert!(only_row(desktop)?.deleted);
        desktop.click("line-undo-action")?;
        desktop.wait_for("sit-row")?;
        let row = only_row(desktop)?;
        assert_eq!((row.deleted, row.credited_s), (false, Some(1500)));
        let changes = ["sat", "words", "words", "deleted", "deleted"];
        assert_eq!(ops(desktop, &session_id.to_string())?, changes);
        Ok(())
    });
}

#[test]
fn what_is_set_in_the_window_is_there_at_the_next_launch() {
    with(|desktop| {
        desktop.launch()?;
        desktop.click("chip-45")?;
        desktop.click("nav-settings")?;
        desktop.click("theme-dark")?;
        desktop.click("intervals-every")?;
        desktop.click("ask-mood")?;
        desktop.wait("it is saved", |_| {
            let settings = settings(desktop)?;
            Ok(settings["theme"] == "dark" && settings["ask_mood"] == true)
        })?;
        let before = settings(desktop)?;
        desktop.terminate()?;
        desktop.launch()?;
        assert_eq!(settings(desktop)?, before);
        assert_eq!(desktop.text("planned")?, "45:00");
        let theme = desktop.script("return document.documentElement.dataset.theme", &[])?;
        assert_eq!(theme, "dark");
        let paper = desktop.script(
            "return getComputedStyle(document.body).backgroundColor",
            &[],
        )?;
        assert_eq!(paper, "rgb(20, 22, 26)", "the paper of the night");
        Ok(())
    });
}

fn settings(desktop: &TestDesktop) -> Result<serde_json::Value> {
    Ok(command(desktop, "snapshot", &json!({}))?["settings"].clone())
}

#[test]
fn a_command_that_cannot_be_is_refused_with_its_code_and_changes_no_row() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let session_id = begin(desktop, "20")?;
        let unknown = "01a1fd3c-23aa-7f9e-b129-d76b24a50e3e";
        let row = only_row(desktop)?;
        let refused = |name: &str, args: serde_json::Value| -> Result<String> {
            let answer = desktop.rpc(name, &args)?;
            let error = answer
                .err()
                .with_context(|| format!("{name} was not refused"))?;
            assert!(
                error["message"].as_str().is_some_and(|it| it.len() > 10),
                "{error}"
            );
            Ok(error["code"].as_str().context("a code")?.to_owned())
        };
        let check = |name: &str, args: serde_json::Value, code: &str| -> Result<()> {
            assert_eq!(refused(name, args.clone())?, code, "{name} {args}");
            assert_eq!(only_row(desktop)?, row, "{name} {args}");
            Ok(())
        };
        let of = |id: &str| json!({ "session_id": id });
        check("resume", of(&session_id), "wrong_state")?;
        check("begin_now", of(&session_id), "wrong_state")?;
        check("undo_end", of(&session_id), "wrong_state")?;
        check("pause", of(unknown), "other_sit")?;
        check("delete_session", of(unknown), "unknown_session")?;
        check("delete_session", of(&session_id), "not_completed")?;
        check("parse_length", json!({ "text": "soon" }), "invalid_length")?;
        check(
            "parse_length",
            json!({ "text": "25h" }),
            "length_out_of_range",
        )?;
        check("pause", json!({ "session": 1 }), "invalid_request")?;
        check("no_such_command", json!({}), "invalid_request")?;
        let note = "n".repeat(1_000_000);
        let words = json!({ "note": note, "mood": null, "label": null });
        let long = json!({ "session_id": session_id, "words": words });
        assert_eq!(refused("describe", long)?, "note_too_long");
        assert_eq!(only_row(desktop)?, row);
        Ok(())
    });
}

/// Which place in the list the row with the keyboard has.
fn place(desktop: &TestDesktop) -> Result<String> {
    let code = "const row = document.activeElement;
        if (row?.dataset?.testid !== 'row-toggle') return '';
        return row.closest('li').ariaPosInSet ?? ''";
    let place = desktop.script(code, &[])?;
    Ok(place.as_str().unwrap_or_default().to_owned())
}

/// Which sit's row has the keyboard.
fn held(desktop: &TestDesktop) -> Result<String> {
    let code = "const row = document.activeElement?.closest('[data-session-id]');
        return row?.dataset.sessionId ?? ''";
    let held = desktop.script(code, &[])?;
    Ok(held.as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_sit_far_down_a_long_history_is_deleted_and_taken_back_with_the_keyboard() {
    with(|desktop| {
        desktop.seed(|seed| {
            let now_ms = seed.now().wall_ms.0;
            (1..=200).try_for_each(|day| {
                let started_at_ms = now_ms - day * 86_400_000;
                let past = Past {
                    started_at_ms,
                    credited_s: 600,
                    ..Past::default()
                };
                seed.past(&past).map(drop)
            })
        })?;
        desktop.launch()?;
        desktop.press_with_control('2')?;
        // What stands behind the list asks for more of it, until all is there.
        desktop.wait_for("history-end")?;
        tab_to(desktop, "row-toggle")?;
        for there in ["11", "21", "31", "41"] {
            desktop.press(Key::PageDown)?;
            desktop.wait("ten rows on", |_| Ok(place(desktop)? == there))?;
        }
        let sit = held(desktop)?;
        desktop.press(Key::Enter)?;
        desktop.wait_for("sit-details")?;
        tab_to(desktop, "delete")?;
        desktop.press(Key::Enter)?;
        let deleted = || desktop.value::<u32>("SELECT count(*) FROM sessions WHERE deleted");
        desktop.wait("it is gone", |_| Ok(deleted()? == 1))?;
        desktop.wait("the row below has the keyboard", |_| {
            Ok(place(desktop)? == "41" && held(desktop)? != sit)
        })?;
        desktop.press_with_control('z')?;
        desktop.wait("it is back", |_| Ok(deleted()? == 0))?;
        desktop.wait("it has the keyboard", |_| {
            Ok(place(desktop)? == "41" && held(desktop)? == sit)
        })?;

        // The list is one stop: what is behind it is a key away.
        desktop.press(Key::Tab)?;
        desktop.wait("the list is left", |_| Ok(place(desktop)?.is_empty()))
    });
}
