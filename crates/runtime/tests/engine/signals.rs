//! What windows are told, and that nobody who listens can hold up a sit (I9).

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use mitta_domain::BellKind::{End, Start};
use mitta_domain::{Seconds, Settings};
use mitta_runtime::api::{ApiError, Commands as _, ErrorCode, NoticeTopic, Update};
use mitta_runtime::sound::{RecorderOutput, SoundEvent, SoundProblem};
use mitta_runtime::{Config, Drive, Engine, Signal};

use crate::harness::{House, of, plain};
use crate::listening::locked;

#[test]
fn a_listener_that_hangs_delays_neither_bell_nor_record() {
    let house = House::new();
    let (release, hang) = channel::<()>();
    let hang = Mutex::new(hang);
    let bells = RecorderOutput::default();
    let engine = Engine::start(Config {
        dir: house.dir(),
        clock: house.clock.clone(),
        sound: Arc::new(bells.clone()),
        on_signal: Box::new(move |_| {
            let _hung_up = locked(&hang).recv();
        }),
        usual: Settings::default(),
        resume: true,
        drive: Drive::ByHand,
    })
    .unwrap();

    let view = engine.begin(plain(60)).unwrap();
    house.clock.pass(60_000);
    engine.tick();
    assert_eq!(bells.strikes(), [Start, End]);
    drop(engine);

    let completion = house.session(view.session_id).completion.unwrap();
    assert_eq!(completion.credited_s, Seconds(60));
    drop(release);
}

#[test]
fn a_listener_may_give_commands() {
    let house = House::new();
    let engine: Arc<Mutex<Option<Arc<Engine>>>> = Arc::default();
    let (tell, told) = channel();
    let for_listener = engine.clone();
    let started = Engine::start(Config {
        dir: house.dir(),
        clock: house.clock.clone(),
        sound: Arc::new(RecorderOutput::default()),
        on_signal: Box::new(move |signal| {
            let engine = locked(&for_listener).clone();
            if let (Signal::EndReached(_), Some(engine)) = (signal, engine) {
                tell.send(engine.snapshot(mitta_runtime::api::Nothing {}))
                    .unwrap();
            }
        }),
        usual: Settings::default(),
        resume: true,
        drive: Drive::ByHand,
    });
    let started = Arc::new(started.unwrap());
    *locked(&engine) = Some(started.clone());
    let view = started.begin(plain(60)).unwrap();
    house.clock.pass(60_000);
    started.tick();
    let snapshot = told.recv().unwrap().unwrap();
    assert_eq!(snapshot.sit.unwrap().session_id, view.session_id);
    *locked(&engine) = None;
}

#[test]
fn a_notice_is_told_once_stays_and_is_closed() {
    let house = House::new();
    let sit = house.open();
    let error = ApiError::new(ErrorCode::NoNotifications, "no service");
    for _ in 0..3 {
        sit.engine
            .notice(NoticeTopic::Notification, Some(error.clone()));
    }
    let told = sit.signals().into_iter().filter(|signal| {
        matches!(signal, Signal::Update(Update::Notices(all))
            if all.iter().any(|n| n.topic == NoticeTopic::Notification)
                && all.iter().all(|n| n.topic != NoticeTopic::Tray && n.topic != NoticeTopic::KeepAwake))
    });
    assert!(told.count() <= 1, "the same notice is not told twice");
    assert_eq!(sit.notice(NoticeTopic::Notification), Some(error));
    sit.engine.notice(NoticeTopic::Notification, None);
    assert_eq!(sit.notice(NoticeTopic::Notification), None);
}

#[test]
fn that_none_could_begin_is_said_until_a_sit_begins() {
    let house = House::new();
    let sit = house.open();
    let error = ApiError::new(ErrorCode::DiskFull, "no room");
    for topic in [NoticeTopic::Begin, NoticeTopic::Shortcut] {
        sit.engine.notice(topic, Some(error.clone()));
    }
    let terminal = house.open_terminal();
    let elsewhere = terminal.begin(plain(60));
    assert!(sit.engine.begin(plain(60)).is_err());
    assert_eq!(sit.notice(NoticeTopic::Begin), Some(error.clone()));
    terminal.engine.discard(of(&elsewhere)).unwrap();
    sit.begin(plain(60));
    assert_eq!(sit.notice(NoticeTopic::Begin), None);
    assert_eq!(sit.notice(NoticeTopic::Shortcut), Some(error));
}

#[test]
fn what_the_sound_tells_becomes_a_notice_and_goes_when_all_is_well() {
    let house = House::new();
    let sit = house.open();
    let code = || sit.notice(NoticeTopic::Sound).map(|error| error.code);

    sit.engine.heard(SoundEvent::Missed(End));
    assert_eq!(code(), Some(ErrorCode::BellMissed));
    let missing = SoundProblem::FileMissing {
        name: "gong.wav".to_owned(),
    };
    sit.engine.heard(SoundEvent::Problems(vec![missing]));
    assert_eq!(code(), Some(ErrorCode::SoundMissing));
    sit.engine.heard(SoundEvent::Missed(End));
    assert_eq!(
        code(),
        Some(ErrorCode::SoundMissing),
        "the known reason stays"
    );
    sit.engine.heard(SoundEvent::Problems(Vec::new()));
    assert_eq!(code(), None);
}

#[test]
fn a_sit_put_away_is_not_shown_again_by_late_news() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(1));
    sit.pass(1_000);
    sit.engine.dismiss(of(&view)).unwrap();
    assert_eq!(sit.views_told().last(), Some(&None));
}
