//! How far apart the bells of two windows ring that sit together, as two ears at one place hear them.
//!
//! Beside it the same of two plain players that are told to play at one moment: what the sound system
//! alone does.

use std::fs::File;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use mitta_domain::Seconds;
use mitta_runtime::clock::{Clock as _, SystemClock};
use mitta_tests::server::TestServer;
use mitta_tests::sound::{Ear, PulseSink, RATE};
use mitta_tests::together::{Two, bells_ms};
use tempfile::NamedTempFile;

use super::figures::{Series, compare};

const SITS: u32 = 5;
const PLANNED_S: Seconds = Seconds(4);
/// Time to agree and to take both places.
const AHEAD_MS: i64 = 8_000;

pub fn run() {
    let two = Two::partners(TestServer::with_own_postgres().unwrap()).unwrap();
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    for _ in 0..SITS {
        for offset_ms in sit(&two) {
            ours.push(offset_ms.abs());
        }
        theirs.push(players(&two.sink).abs());
    }
    compare(
        "Offset between the bells of two who sit together",
        "ms",
        &ours,
        ("two plain players started at once", &theirs),
        "≤ 50 ms",
    );
    println!(
        "  worst      ours {:.3} ms, reference {:.3} ms",
        ours.quantile(1.0),
        theirs.quantile(1.0)
    );
}

/// The offsets of start and end of one sit.
fn sit(two: &Two) -> [f64; 2] {
    let starts_at_ms = SystemClock::new().now().wall_ms.0 + AHEAD_MS;
    let together_id = two.agree(PLANNED_S, Some(starts_at_ms)).unwrap();
    two.take_places(&together_id).unwrap();
    let recorder = two.sink.record_both().unwrap();
    two.ring_out(&together_id).unwrap();
    let heard = recorder.stop_both().unwrap();
    let [hers, his] = bells_ms(&heard, PLANNED_S).unwrap();
    for desktop in [&two.anna, &two.ben] {
        desktop.click("done").unwrap();
        desktop.wait_for_screen("sit").unwrap();
    }
    [his[0] - hers[0], his[1] - hers[1]]
}

/// The offset of two plain players.
fn players(sink: &PulseSink) -> f64 {
    let tone = tone();
    let recorder = sink.record_both().unwrap();
    let players = [Ear::Left, Ear::Right].map(|ear| play(sink, ear, tone.reopen().unwrap()));
    for mut player in players {
        assert!(player.wait().unwrap().success(), "pacat");
    }
    let heard = recorder.stop_both().unwrap();
    let [left, right] = heard.map(|ear| ear.strikes_ms()[0]);
    right - left
}

fn play(sink: &PulseSink, ear: Ear, tone: File) -> Child {
    Command::new("pacat")
        .args(["--raw", "--format=float32le", "--channels=1"])
        .args([&format!("--rate={RATE}"), "--latency-msec=50"])
        .envs(sink.env_of(ear))
        .stdin(tone)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Half a second that dies away.
fn tone() -> NamedTempFile {
    let samples = (0..RATE / 2).flat_map(|frame| {
        let at_s = f64::from(frame) / f64::from(RATE);
        let level = 0.5 * (-6.0 * at_s).exp() * (std::f64::consts::TAU * 440.0 * at_s).sin();
        #[expect(clippy::cast_possible_truncation, reason = "samples are 32-bit")]
        let level = level as f32;
        level.to_le_bytes()
    });
    let samples: Vec<u8> = samples.collect();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&samples).unwrap();
    file
}
