//! Ten thousand sits to the server, and down to a fresh device; beside the same rows by hand.

use mitta_store::DataDir;

use crate::bed::Bed;
use crate::figures::{Series, alone, compare, scratch, timed_ms};
use crate::process::worked_ms;
use crate::{aim, by_hand, device, sits};

const SITS: u32 = 10_000;
const ROUNDS: usize = 7;

pub fn run(bed: &Bed) {
    let disk = scratch();
    let template = template(SITS);
    let mut push = [Series::default(), Series::default()];
    let mut pull = [Series::default(), Series::default()];
    let mut cpu = Series::default();
    for _ in 0..ROUNDS {
        let person = bed.person();
        let dir = sits::folder(disk.path(), Some(&template.dir));
        sits::sign_in(&dir, bed, &person);
        let worked = worked_ms(bed.server_pid());
        let (ours_ms, synced) = timed_ms(|| device::sync(&dir, &bed.url(), &person));
        cpu.push((worked_ms(bed.server_pid()) - worked) / f64::from(SITS) * 1000.0);
        assert_eq!(synced.pushed, SITS, "both must do the same work");
        push[0].push(ours_ms);

        let other = bed.person();
        let rows = by_hand::Rows::of(bed, person.person_id, SITS);
        let (theirs_ms, ()) = timed_ms(|| rows.write(bed, other.person_id));
        for table in by_hand::TABLES {
            let counts = [person.person_id, other.person_id].map(|it| bed.count(table, it));
            assert_eq!(counts[0], counts[1], "both must do the same work");
        }
        push[1].push(theirs_ms);

        let fresh = sits::folder(disk.path(), None);
        let mut phone = person.clone();
        phone.token = bed.sign_in(person.person_id);
        sits::sign_in(&fresh, bed, &phone);
        let (ours_ms, synced) = timed_ms(|| device::sync(&fresh, &bed.url(), &phone));
        assert_eq!(synced.pulled, SITS, "both must do the same work");
        pull[0].push(ours_ms);

        let bare = sits::folder(disk.path(), None);
        let (theirs_ms, stored) = timed_ms(|| by_hand::fetch(bed, person.person_id, &bare));
        assert_eq!(stored, SITS as usize, "both must do the same work");
        pull[1].push(theirs_ms);
    }
    let filled = "the same tables filled by set-based SQL, by hand";
    compare(
        "Push of 10,000 sits, the device's whole process",
        "ms",
        &push[0],
        (filled, &push[1]),
        "≤ 2.5×, ≤ 300 ms",
    );
    aim(push[0].median() <= (push[1].median() * 2.5).min(300.0));
    compare(
        "Pull of them into a fresh device, its whole process",
        "ms",
        &pull[0],
        ("the same rows read and stored by hand", &pull[1]),
        "≤ 2.5×",
    );
    aim(pull[0].median() <= pull[1].median() * 2.5);
    alone("Server CPU per 1,000 pushed ops", "ms", &cpu, "–");
}

/// A folder in memory, where recording does not wait for the disk.
pub struct Template {
    pub dir: DataDir,
    _folder: tempfile::TempDir,
}

/// A folder with `count` sits that wait.
pub fn template(count: u32) -> Template {
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let dir = DataDir::new(folder.path().join("mitta"));
    let (ms, ()) = timed_ms(|| sits::record(&dir, count));
    println!("{count} sits recorded in {:.1} s", ms / 1000.0);
    Template {
        dir,
        _folder: folder,
    }
}
