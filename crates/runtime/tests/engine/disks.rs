//! A disk that really is full, at Begin, at a heartbeat and at the end (I2, I9).
//!
//! Each test runs itself again in a mount namespace of its own, on a small disk in memory.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use mitta_domain::BellKind::{End, Start};
use mitta_domain::{Seconds, State};
use mitta_runtime::api::{Commands as _, ErrorCode, Nothing, Recording};
use mitta_runtime::sound::Recorded;

use crate::harness::{House, Sit, plain};

/// The disk of one test.
struct Disk<'a>(&'a Path);

impl Disk<'_> {
    /// Runs the calling test again where it may mount; `body` runs there.
    fn with(body: impl FnOnce(&Disk<'_>, &House, &Sit)) {
        const INSIDE: &str = "MITTA_TEST_OWN_MOUNTS";
        if let Some(mounted) = std::env::var_os(INSIDE) {
            let disk = Disk(mounted.as_ref());
            let mounted = Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=2m", "mitta"])
                .arg(disk.0)
                .status();
            assert!(mounted.unwrap().success());
            let mut house = House::new();
            house.data_in(disk.0.join("mitta"));
            let sit = house.open();
            return body(&disk, &house, &sit);
        }
        let name = std::thread::current().name().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", &name])
            .env(INSIDE, folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let erred = String::from_utf8_lossy(&output.stderr);
        let is_well = output.status.success() && said.contains("1 passed");
        assert!(is_well, "{said}\n{erred}");
    }

    /// Takes what is left, to the last byte.
    fn fill(&self, house: &House) {
        // The log must not have room of its own left over from earlier.
        house
            .other_program()
            .execute_batch("PRAGMA wal_checkpoint(truncate)")
            .unwrap();
        let mut options = OpenOptions::new();
        let mut file = options
            .create(true)
            .append(true)
            .open(self.filler())
            .unwrap();
        for size in [4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> std::path::PathBuf {
        self.0.join("filler")
    }
}

fn retry(sit: &Sit) {
    sit.engine.retry_recording(Nothing {}).unwrap();
    assert_eq!(sit.recording_notice(), None);
    assert_eq!(sit.view().recording, Recording::Recorded);
}

#[test]
fn a_full_disk_at_begin_is_said_and_nothing_rings() {
    Disk::with(|disk, house, sit| {
        disk.fill(house);
        let error = sit.engine.begin(plain(60)).unwrap_err();
        assert_eq!(error.code, ErrorCode::DiskFull, "{error}");
        assert!(sit.snapshot().sit.is_none());
        assert!(sit.bells.kinds().is_empty());
        assert_ne!(sit.bells.calls().last(), Some(&Recorded::Prepare));
        assert!(house.ops().is_empty());
        disk.free();
        sit.begin(plain(60));
        assert_eq!(house.changes(), ["start"]);
    });
}

#[test]
fn a_disk_that_fills_up_during_the_sit_is_said_and_the_end_is_recorded_later() {
    Disk::with(|disk, house, sit| {
        let view = sit.begin(plain(60));
        sit.flush();
        disk.fill(house);
        sit.pass(15_000);
        assert_eq!(
            sit.recording_notice().unwrap().code,
            ErrorCode::DiskFull,
            "the heartbeat"
        );
        assert_eq!(sit.view().recording, Recording::Failing);
        disk.free();
        retry(sit);

        disk.fill(house);
        sit.pass(45_000);
        assert_eq!(sit.bells.kinds(), [Start, End]);
        assert_eq!(
            sit.recording_notice().unwrap().code,
            ErrorCode::DiskFull,
            "the completion"
        );
        assert_eq!(sit.view().recording, Recording::Failing);
        assert_eq!(house.session(view.session_id).state(), State::Running);
        disk.free();
        retry(sit);
        let completion = house.session(view.session_id).completion.unwrap();
        assert_eq!(completion.credited_s, Seconds(60));
        assert_eq!(house.changes(), ["sat"]);
    });
}
