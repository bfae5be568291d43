//! Hundreds of sits in one open window, by the driver: memory has to level off.
//!
//! `MITTA_SOAK` is how many, 200 without it.

use anyhow::{Context as _, Result};
use mitta_domain::{PlannedLength, Seconds, Settings};
use mitta_tests::desktop::TestDesktop;

use super::stage::Memory;

const SITS: u32 = 200;
const EVERY: u32 = 20;

pub fn run() {
    let sits = std::env::var("MITTA_SOAK").ok();
    let sits = sits.map_or(SITS, |it| it.parse().unwrap());
    let samples = soak(sits).unwrap();
    println!("Memory over {sits} sits of one second, all processes");
    for (sit, memory) in &samples {
        println!(
            "  {sit:6} sits  PSS {:.1} MiB, dirty pages {:.1} MiB",
            memory.whole_mib, memory.dirty_mib
        );
    }
    tell("PSS", &samples, |memory| memory.whole_mib);
    tell("dirty pages", &samples, |memory| memory.dirty_mib);
}

fn tell(what: &str, samples: &[(u32, Memory)], value: fn(&Memory) -> f64) {
    let last = samples.last().map_or(0, |(sit, _)| *sit);
    let kib_a_sit = |from_sit: u32| {
        let late = samples.iter().filter(|(sit, _)| *sit >= from_sit);
        let points: Vec<_> = late
            .map(|(sit, memory)| (f64::from(*sit), value(memory) * 1024.0))
            .collect();
        slope(&points)
    };
    let at = |sample: Option<&(u32, Memory)>| sample.map_or(f64::NAN, |(_, memory)| value(memory));
    println!(
        "{what}: first {:.1}, last {:.1} MiB; growth per sit {:.1} KiB over all, {:.1} over the \
         last half, {:.1} over the last quarter (aim: levels off)",
        at(samples.first()),
        at(samples.last()),
        kib_a_sit(0),
        kib_a_sit(last / 2),
        kib_a_sit(last / 4 * 3),
    );
}

fn short_and_silent(settings: &mut Settings) {
    let choice = &mut settings.choice;
    choice.planned_s = PlannedLength::from_seconds(1).ok();
    choice.preparation_s = Seconds(0);
    choice.start_bell.strikes = 0;
    choice.end_bell.strikes = 0;
    settings.prevent_suspend = false;
}

/// Sits so far and the memory then, every [`EVERY`] sits.
fn soak(sits: u32) -> Result<Vec<(u32, Memory)>> {
    let mut desktop = TestDesktop::new()?;
    // As much is logged as where a person sits.
    desktop.place.env.push(("MITTA_LOG".into(), "info".into()));
    desktop.seed(|seed| seed.settings(short_and_silent))?;
    desktop.launch()?;
    let pid = desktop.pid()?;
    let mut samples = Vec::new();
    for sit in 0..=sits {
        if sit.is_multiple_of(EVERY) {
            samples.push((sit, Memory::of(pid)));
        }
        if sit == sits {
            break;
        }
        let one = || -> Result<()> {
            desktop.click("begin")?;
            desktop.wait_for("recorded")?;
            desktop.click("done")?;
            desktop.wait_for_screen("sit")
        };
        one().with_context(|| format!("sit {sit}"))?;
    }
    let recorded: u32 = desktop.value("SELECT count(*) FROM sessions WHERE state = 'completed'")?;
    anyhow::ensure!(recorded == sits, "{recorded} rows after {sits} sits");
    Ok(samples)
}

/// Of the line through all points with the least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let of = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>();
    let count = of(|_| 1.0);
    let (x, y) = (of(|it| it.0) / count, of(|it| it.1) / count);
    let covariance: f64 = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let variance: f64 = points.iter().map(|it| (it.0 - x) * (it.0 - x)).sum();
    covariance / variance
}
