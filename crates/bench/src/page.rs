//! The web page: its weight, and when its first content is there, at the server's side and in Chromium.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::aim;
use crate::bed::Bed;
use crate::figures::{Series, compare, timed_ms};

const ROUNDS: usize = 101;
const PAINTS: &str = "9";
/// The most bytes of the page, compressed, without fonts.
const MOST_BYTES: u64 = 110_000;

pub fn run(bed: &Bed) {
    weight();
    first_byte(bed);
    first_content(bed);
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui")
}

fn weight() {
    let text = std::fs::read_to_string(ui().join("dist-web/weight.json")).unwrap();
    let weight: Value = serde_json::from_str(&text).unwrap();
    let bytes = |name: &str| weight[name].as_u64().unwrap();
    let (page, fonts) = (bytes("weight"), bytes("fonts"));
    println!("The page's weight: all that is fetched, compressed, without fonts");
    println!("  ours       {page} bytes, and {fonts} of fonts  (aim ≤ {MOST_BYTES})");
    aim(page <= MOST_BYTES);
}

fn first_byte(bed: &Bed) {
    let client = mitta_sync::http_client().unwrap();
    let get = |path: &str| {
        let url = format!("{}{path}", bed.url());
        bed.runtime.block_on(async {
            let answer = client.get(url).send().await.unwrap();
            answer.bytes().await.unwrap()
        })
    };
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for round in 0..=ROUNDS {
        let (ours_ms, page) = timed_ms(|| get("/"));
        assert!(!page.is_empty());
        let (theirs_ms, _) = timed_ms(|| get("/healthz"));
        // The first opens the connection.
        if round > 0 {
            ours.push(ours_ms);
            theirs.push(theirs_ms);
        }
    }
    let reference = ("a bare GET /healthz over the same client", &theirs);
    compare(
        "The page's HTML, at the server's side",
        "ms",
        &ours,
        reference,
        "≤ 5 ms",
    );
    aim(ours.median() <= 5.0);
}

fn first_content(bed: &Bed) {
    let painted = Command::new("node")
        .args(["scripts/paint.mjs", &bed.url(), PAINTS])
        .current_dir(ui())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&painted.stdout);
    assert!(
        painted.status.success(),
        "{}",
        String::from_utf8_lossy(&painted.stderr)
    );
    let measured: Value = serde_json::from_str(said.trim()).unwrap();
    for (line, what) in [
        ("local", "First content in Chromium, on this machine"),
        (
            "slow",
            "First content in Chromium, 400 kbit/s and 400 ms of delay",
        ),
    ] {
        let series = |whose: &str| {
            let mut series = Series::default();
            for ms in measured[line][whose].as_array().unwrap() {
                series.push(ms.as_f64().unwrap());
            }
            series
        };
        let (ours, theirs) = (series("ours"), series("theirs"));
        let reference = ("a page of one word", &theirs);
        compare(what, "ms", &ours, reference, "≤ 3× on the slow line");
    }
}
