//! Scrolling through a hundred thousand sits in the real window: how many frames take longer than a
//! screen shows one, beside the same way down an empty page of that height in the same web view.
//!
//! The window is driven, as a wheel drives it, by a script within it that moves on with every frame.

use mitta_tests::desktop::TestDesktop;
use serde_json::{Value, json};

use super::figures::{Series, compare};
use super::history;

const SESSIONS: u32 = 100_000;
const ROUNDS: usize = 3;
const FRAMES: u32 = 600;
/// Two rows and more in each frame: a fast wheel.
const STEP_PX: u32 = 120;

/// Goes down for so many frames; answers with the times between them, and how far it came.
const SCROLL: &str = "const [selector, frames, step, done] = arguments;
    const box = document.querySelector(selector);
    const times = [];
    box.scrollTop = 0;
    let last = performance.now();
    const next = now => {
        times.push(now - last);
        last = now;
        box.scrollTop += step;
        if (times.length < frames) requestAnimationFrame(next);
        else done([times.slice(1), box.scrollTop]);
    };
    requestAnimationFrame(next);";

/// An empty page of the same height over the window.
const BARE: &str = "const bare = document.createElement('div');
    bare.id = 'bare';
    bare.style.cssText = 'position:fixed;inset:0;z-index:99;overflow-y:auto;background:canvas';
    const tall = document.createElement('div');
    tall.style.height = '4300000px';
    bare.append(tall);
    document.body.append(bare)";

pub fn run() {
    let mut desktop = TestDesktop::new().unwrap();
    history::fill_with(&desktop.dir(), SESSIONS);
    desktop.launch().unwrap();
    desktop.click("nav-history").unwrap();
    desktop.wait_for("sit-row").unwrap();
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    let (mut slow_ours, mut slow_theirs) = (Series::default(), Series::default());
    for _ in 0..ROUNDS {
        frames(&desktop, "main", &mut ours, &mut slow_ours);
        desktop.script(BARE, &[]).unwrap();
        frames(&desktop, "#bare", &mut theirs, &mut slow_theirs);
        let gone = "document.querySelector('#bare').remove()";
        desktop.script(gone, &[]).unwrap();
    }
    let rows = "return document.querySelector('[data-testid=history-list]').dataset.rows";
    println!(
        "{} rows were read on the way",
        desktop.script(rows, &[]).unwrap()
    );
    let page = "an empty page of that height";
    compare("Scroll: one frame", "ms", &ours, (page, &theirs), "≤ 1.3×");
    let what = format!("Scroll: frames over 16.7 ms, of {FRAMES}");
    compare(&what, "", &slow_ours, (page, &slow_theirs), "≤ 1.3×");
}

fn frames(desktop: &TestDesktop, selector: &str, times: &mut Series, slow: &mut Series) {
    let args = [json!(selector), json!(FRAMES), json!(STEP_PX)];
    let found = desktop.script_that_answers(SCROLL, &args).unwrap();
    let of_frames: Vec<f64> = found[0]
        .as_array()
        .map(|all| all.iter().filter_map(Value::as_f64).collect())
        .unwrap_or_default();
    assert!(found[1].as_f64().unwrap_or_default() > 0.0, "it moved");
    // A frame that was in time is a little late by the clock of the page.
    let over = of_frames.iter().filter(|ms| **ms > 17.5).count();
    slow.push(f64::from(u32::try_from(over).unwrap_or(u32::MAX)));
    for ms in of_frames {
        times.push(ms);
    }
}
