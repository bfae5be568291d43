//! Plays bells as told on its input, line by line, and tells what happened: the real sound output
//! in a process of its own, so that a test can give it a sound server of its own.
//!
//! `prepare {PlanChoice}` · `wake` · `strike {Bell}` · `preview {Bell}` · `stop_preview` · `silence`
//! · `release` · `check {Bell}` · `quiet`. Every line is answered by one line; what the output
//! tells by itself comes as `problems […]` and `missed …`.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use mitta_domain::{Bell, BellKind, Plan};
use mitta_runtime::sound::{BellOutput, RodioOutput, SoundEvent};
use mitta_tests::sound::now_ms;

fn say(line: &str) {
    // A test that has ended listens no longer.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn bell(json: &str) -> Result<Bell> {
    serde_json::from_str(json).with_context(|| format!("no bell: {json}"))
}

fn main() -> Result<()> {
    let sounds = std::env::args()
        .nth(1)
        .context("usage: bell-player SOUNDS_FOLDER")?;
    let output = RodioOutput::start(PathBuf::from(sounds), |event| match event {
        SoundEvent::Problems(problems) => {
            let codes: Vec<_> = problems.iter().map(|p| format!("{:?}", p.code())).collect();
            say(&format!("problems [{}] {problems:?}", codes.join(" ")));
        }
        SoundEvent::Missed(kind) => say(&format!("missed {kind:?}")),
    });
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let at = now_ms();
        match verb {
            "prepare" => {
                let choice = serde_json::from_str(rest)?;
                output.prepare(&Plan {
                    choice,
                    interval_at_s: Vec::new(),
                });
            }
            "wake" => output.wake(),
            "strike" => output.strike(BellKind::End, &bell(rest)?),
            "preview" => output.preview(&bell(rest)?),
            "stop_preview" => output.stop_preview(),
            "silence" => output.silence(),
            "release" => output.release(),
            "check" => {
                let problems = output.check(&[bell(rest)?]);
                let codes: Vec<_> = problems.iter().map(|p| format!("{:?}", p.code())).collect();
                say(&format!("check [{}]", codes.join(" ")));
                continue;
            }
            "quiet" => output.wait_until_quiet(Duration::from_mins(1)),
            other => bail!("no such verb: {other}"),
        }
        say(&format!("{verb} {at} {}", now_ms()));
    }
    Ok(())
}
