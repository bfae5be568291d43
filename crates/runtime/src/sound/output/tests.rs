//! The front of the sound thread: it never waits, and says so when the thread does.

use mitta_domain::Volume;

use super::*;

fn bell(volume: u8) -> Bell {
    Bell {
        sound: Sound::WoodBlock,
        strikes: 1,
        volume: Volume::new(volume).unwrap(),
    }
}

/// An output whose device opens (to be refused) only when `let_go` is dropped, and what it tells.
fn stuck() -> (RodioOutput, Sender<()>, Receiver<SoundEvent>) {
    let (let_go, gate) = channel::<()>();
    let (send, told) = channel();
    let send = Mutex::new(send);
    let open = move |_: Sender<Command>, _: u64| {
        let _ = gate.recv();
        Err("none".to_owned())
    };
    let tell = move |event| drop(send.lock().unwrap().send(event));
    (
        RodioOutput::start_with(open, PathBuf::new(), tell),
        let_go,
        told,
    )
}

fn no_device(detail: &str) -> SoundEvent {
    SoundEvent::Problems(vec![SoundProblem::NoDevice {
        detail: detail.to_owned(),
    }])
}

#[test]
fn a_stuck_driver_delays_no_strike_and_is_told_at_the_next_one() {
    let (output, let_go, told) = stuck();
    output.wake();
    output.strike(BellKind::Start, &bell(50));
    output.strike(BellKind::End, &bell(50));
    assert_eq!(told.recv().unwrap(), no_device(NO_ANSWER));
    drop(let_go);
    // Back again, it tells how things are; of the two strikes only the later one is tried.
    let then = [told.recv().unwrap(), told.recv().unwrap()];
    assert!(then.contains(&no_device("none")), "{then:?}");
    assert!(
        then.contains(&SoundEvent::Missed(BellKind::Start)),
        "{then:?}"
    );
}

#[test]
fn a_check_does_not_wait_for_ever_and_silent_bells_need_none() {
    let (output, _let_go, _) = stuck();
    assert_eq!(
        output.check(&[
            bell(0),
            Bell {
                strikes: 0,
                ..bell(50)
            }
        ]),
        []
    );
    let expected = SoundProblem::NoDevice {
        detail: NO_ANSWER.to_owned(),
    };
    assert_eq!(output.check(&[bell(50)]), [expected]);
}

#[test]
fn waiting_for_quiet_ends_when_nothing_rings_or_time_is_over() {
    let (output, let_go, told) = stuck();
    output.wait_until_quiet(Duration::from_mins(10));
    output.strike(BellKind::End, &bell(0));
    output.wait_until_quiet(Duration::from_mins(10));
    output.strike(BellKind::End, &bell(50));
    output.wait_until_quiet(Duration::from_millis(20));
    drop(let_go);
    // Given up after two seconds, it rings no more.
    output.wait_until_quiet(Duration::from_mins(10));
    assert!(
        told.iter()
            .any(|event| event == SoundEvent::Missed(BellKind::End))
    );
}
