use mitta_simulation::history::{Options, run};
use mitta_simulation::runs::many;

#[test]
fn fifteen_hundred_histories_heal_and_lose_nothing() {
    let report = many(1, 1_500, None);
    if let Some(failed) = report.failed {
        panic!("{failed}");
    }
    let counts = report.counts;
    // A proof of nothing would pass as well.
    let seen = [
        counts.sessions,
        counts.edits,
        counts.rounds,
        counts.lost,
        counts.doubled,
        counts.cut,
        counts.crashes,
        counts.restores,
        counts.shared_rows,
        counts.corrected,
    ];
    assert!(seen.iter().all(|seen| *seen >= 300), "{counts:?}");
    assert!(counts.settled >= 30, "{counts:?}");
    assert!(counts.imported >= 60, "{counts:?}");
}

#[test]
fn a_seed_is_one_history_and_another_seed_another() {
    let hash = |seed| run(&Options::new(seed), None).trace.hash();
    for seed in [3, 77, 1_000_003] {
        assert_eq!(hash(seed), hash(seed), "seed {seed}");
        assert_ne!(hash(seed), hash(seed + 1), "seed {seed}");
    }
}

#[test]
fn a_history_without_some_of_its_steps_is_a_history_still() {
    let whole = Options::new(11);
    let part = Options {
        skip: (0..200).step_by(3).collect(),
        ..whole.clone()
    };
    for options in [whole, part] {
        let ended = run(&options, None);
        assert_eq!(ended.broken, None, "{:#?}", ended.trace.lines());
    }
}
