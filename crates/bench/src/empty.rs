//! A sync with nothing to send and nothing to fetch.

use crate::bed::Bed;
use crate::figures::{Series, compare, scratch, timed_ms};
use crate::{aim, bulk, device, sits};

const SITS: u32 = 1_000;
const ROUNDS: usize = 31;

pub fn run(bed: &Bed) {
    let disk = scratch();
    let template = bulk::template(SITS);
    let person = bed.person();
    let dir = sits::folder(disk.path(), Some(&template.dir));
    sits::sign_in(&dir, bed, &person);
    assert_eq!(device::sync(&dir, &bed.url(), &person).pushed, SITS);

    let remote = device::remote(&bed.url(), &person.token);
    let client = mitta_sync::http_client().unwrap();
    let health = || async {
        let answer = client.get(format!("{}/healthz", bed.url())).send().await;
        answer.unwrap().bytes().await.unwrap()
    };
    let mut open = device::Device::open(&dir);
    let (mut ours, mut theirs, mut whole) =
        (Series::default(), Series::default(), Series::default());
    for round in 0..=ROUNDS {
        let (ours_ms, report) = timed_ms(|| bed.runtime.block_on(open.round(&remote)));
        assert_eq!(report.pushed.unwrap().answered, 0);
        assert_eq!(report.pulled.unwrap().changes, 0);
        let (theirs_ms, _) = timed_ms(|| bed.runtime.block_on(health()));
        let (whole_ms, _) = timed_ms(|| device::sync(&dir, &bed.url(), &person));
        // The first opens the connections.
        if round > 0 {
            ours.push(ours_ms);
            theirs.push(theirs_ms);
            whole.push(whole_ms);
        }
    }
    let reference = ("a bare GET /healthz over the same client", &theirs);
    compare(
        "An empty sync, in a program that runs",
        "ms",
        &ours,
        reference,
        "≤ 30 ms",
    );
    aim(ours.median() <= 30.0);
    compare(
        "An empty sync, as a whole process",
        "ms",
        &whole,
        reference,
        "≤ 30 ms",
    );
    aim(whole.median() <= 30.0);
}
