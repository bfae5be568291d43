use mitta_simulation::runs::many;
use mitta_simulation::server::Postgres;

/// The first hundred of the same seeds: every answer and, in the end, every row is compared.
#[test]
fn a_hundred_histories_are_the_same_behind_postgres() {
    let postgres = Postgres::shared().unwrap();
    let report = many(1, 100, Some(&postgres));
    if let Some(failed) = report.failed {
        panic!("{failed}");
    }
    assert_eq!(report.runs, 100);
}
