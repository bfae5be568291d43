//! Median, range, ratio.

/// Measured values of one thing, in one unit.
#[derive(Debug, Clone, Default)]
pub struct Series(Vec<f64>);

impl Series {
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The value below which a `share` of all lie.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index into a short list"
        )]
        let at = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
        sorted.get(at).copied().unwrap_or(f64::NAN)
    }

    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    fn range(&self, unit: &str) -> String {
        let (low, high) = (self.quantile(0.0), self.quantile(1.0));
        format!("{:.3} {unit} [{low:.3} – {high:.3}]", self.median())
    }
}

/// One line: ours, the reference, their ratio and the aim.
pub fn compare(what: &str, unit: &str, ours: &Series, reference: (&str, &Series), aim: &str) {
    let (name, theirs) = reference;
    println!("{what}");
    println!("  ours       {}", ours.range(unit));
    println!("  reference  {}  ({name})", theirs.range(unit));
    println!(
        "  ratio      {:.2}×  (aim {aim})",
        ours.median() / theirs.median()
    );
}

/// One line without a reference.
pub fn alone(what: &str, unit: &str, ours: &Series, aim: &str) {
    println!("{what}\n  ours       {}  (aim {aim})", ours.range(unit));
}

/// Milliseconds that `work` takes.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn timed_ms<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let from = std::time::Instant::now();
    let done = work();
    (from.elapsed().as_secs_f64() * 1000.0, done)
}

/// A folder on a real disk: `/tmp` may be memory, where a durable commit costs nothing.
pub fn scratch() -> tempfile::TempDir {
    let target = std::env::current_exe().unwrap();
    tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(target.parent().unwrap())
        .unwrap()
}
