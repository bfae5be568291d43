//! Hundreds of sits in one open window, by the driver: memory has to level off.
//!
//! `MITTA_SOAK` is how many, 200 without it.

use anyhow::{Context as _, Result};
use mitta_domain::{PlannedLength, Seconds, Settings};
use mitta_tests::desktop::TestDesktop;

use super::stage::memory_mib;

const SITS: u32 = 200;
const EVERY: u32 = 20;

pub fn run() {
    let sits = std::env::var("MITTA_SOAK").ok();
    let sits = sits.map_or(SITS, |it| it.parse().unwrap());
    let samples = soak(sits).unwrap();
    let (first, last) = (samples[0], samples[samples.len() - 1]);
    println!(
        "Memory over {} sits of one second, PSS of all processes",
        last.0
    );
    for (sit, mib) in &samples {
        println!("  {sit:6} sits  {mib:.1} MiB");
    }
    let after = |part: f64| {
        let late = samples.iter().filter(|(sit, _)| *sit >= last.0 * part);
        late.copied().collect::<Vec<_>>()
    };
    println!("  first {:.1}, last {:.1} MiB", first.1, last.1);
    println!(
        "  growth per sit: {:.1} KiB over all, {:.1} over the last half, {:.1} over the last \
         quarter (aim: levels off)",
        slope(&samples) * 1024.0,
        slope(&after(0.5)) * 1024.0,
        slope(&after(0.75)) * 1024.0,
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

/// Sits so far and memory in MiB, every [`EVERY`] sits.
fn soak(sits: u32) -> Result<Vec<(f64, f64)>> {
    let mut desktop = TestDesktop::new()?;
    // As much is logged as where a person sits.
    desktop.place.env.push(("MITTA_LOG".into(), "info".into()));
    desktop.seed(|seed| seed.settings(short_and_silent))?;
    desktop.launch()?;
    let pid = desktop.pid()?;
    let mut samples = Vec::new();
    for sit in 0..=sits {
        if sit.is_multiple_of(EVERY) {
            samples.push((f64::from(sit), memory_mib(pid)));
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
