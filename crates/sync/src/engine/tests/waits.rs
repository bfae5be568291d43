//! When the next round is due.

use tokio::time::Instant;

use super::*;
use crate::engine::worker::IDLE;
use crate::remote::RemoteError;
use crate::round::{Failure, RoundReport};

/// A worker that is signed in, on a runtime of its own.
fn check(test: impl FnOnce(Worker) + Send) {
    let (home, server) = (Home::new(), server());
    home.sign_in(&server).unwrap();
    home.sit();
    let Home { folder, .. } = home;
    let config = Config {
        dir: DataDir::new(folder.path().join("mitta")),
        new_device_id: DeviceId::from_uuid(Uuid::from_u128(0xd001)),
        now: Arc::new(|| NOW),
        boot_ms: Arc::new(|| BOOT_MS),
        boot_id: "boot".into(),
        random: Arc::new(|| 7),
        keyring: Arc::new(Memory::default()),
        on_update: Box::new(|_| {}),
        on_history_changed: Box::new(|| {}),
        on_together: Box::new(|| {}),
        in_background: true,
        is_checked: false,
    };
    let (inbox, _messages) = unbounded_channel();
    let mut worker = Worker::new(Arc::new(Shared::new(config)), inbox);
    worker.note_account();
    test(worker);
}

fn run(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(future);
}

fn busy(after_s: Option<u32>) -> RoundReport {
    let failure = || Failure::Remote(RemoteError::Busy { after_s });
    RoundReport {
        pushed: Err(failure()),
        pulled: Err(failure()),
        is_history_changed: false,
        clock_offset_ms: None,
    }
}

#[rstest]
#[case::as_the_server_wants(Some(600), true)]
#[case::at_once(None, false)]
fn neither_a_change_nor_the_network_comes_before_the_server_wants(
    #[case] after_s: Option<u32>,
    #[case] waits: bool,
) {
    check(|mut worker| {
        run(async {
            let now = Instant::now();
            worker.settle(busy(after_s));
            worker.take(Message::Nudge).await;
            worker.take(Message::Network).await;
            let due = worker.due.unwrap();
            assert_eq!(due >= now + Duration::from_mins(10), waits);
            // A person's own wish does.
            let (reply, _answer) = mpsc::sync_channel(1);
            worker.wait_for_round(reply);
            assert!(worker.due.unwrap() <= Instant::now());
        });
    });
}

#[test]
fn after_a_cancel_it_looks_again_in_its_time() {
    check(|mut worker| {
        run(async {
            worker.soon(Duration::ZERO);
            let (reply, answer) = mpsc::sync_channel(1);
            worker.take(Message::Ask(Ask::Cancel(reply))).await;
            answer.recv().unwrap().unwrap();
            let due = worker.due.unwrap();
            let latest = Instant::now() + IDLE;
            assert!(due <= latest && due > latest - Duration::from_mins(1));
        });
    });
}

#[test]
fn whoever_asks_for_a_round_asks_for_what_was_put_off_too() {
    let (home, server) = (Home::new(), server());
    home.sign_in(&server).unwrap();
    home.sit();
    let device = Device::at(home.folder.path().join("mitta"), 1);
    let mut other = device.other_process();
    let put_off = mitta_store::AnswerOutcome::Retry {
        next_attempt_at_ms: NOW.plus_ms(3_600_000),
    };
    let answer = mitta_store::Answer {
        op_id: device.waiting_ops()[0],
        outcome: put_off,
    };
    let owner = device.reader.account().unwrap().unwrap().owner();
    let life = device.reader.sync_state().unwrap().epoch;
    let stored = other
        .writer
        .answer(owner, life.as_deref(), &[answer], &[], NOW);
    stored.unwrap();
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::UpToDate, 0));
}
