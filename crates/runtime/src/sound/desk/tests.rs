//! The desk against devices that come, go, stall and refuse: no thread, no clock, no sound card.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};

use mitta_domain::Volume;
use rodio::mixer::{MixerSource, mixer};

use super::*;
use crate::sound::output::Ringing;

/// The machine's sound as the test wills it.
#[derive(Default)]
struct Machine {
    refuses: bool,
    panics: bool,
    opened: usize,
    source: Option<MixerSource>,
}

/// Takes the source away when its speaker is dropped, as a device does.
struct Closing(Rc<RefCell<Machine>>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.borrow_mut().source = None;
    }
}

type Open = Box<dyn FnMut(Sender<Command>, u64) -> Result<Speaker, String>>;
type Tell = Box<dyn Fn(SoundEvent)>;

struct Rig {
    desk: Desk<Open, Tell>,
    machine: Rc<RefCell<Machine>>,
    told: Rc<RefCell<Vec<SoundEvent>>>,
    ringing: Arc<Ringing>,
    folder: tempfile::TempDir,
    _commands: Receiver<Command>,
}

const RATE: SampleRate = SampleRate::new(8_000).unwrap();

impl Rig {
    fn new() -> Self {
        let machine = Rc::new(RefCell::new(Machine::default()));
        let told = Rc::new(RefCell::new(Vec::new()));
        let folder = tempfile::tempdir().unwrap();
        let (send, commands) = channel();
        let (of_open, of_tell) = (Rc::clone(&machine), Rc::clone(&told));
        let open: Open = Box::new(move |_, _| {
            assert!(!of_open.borrow().panics, "a driver with a defect");
            if of_open.borrow().refuses {
                return Err("none".to_owned());
            }
            let (mixer, source) = mixer(ChannelCount::MIN, RATE);
            let mut machine = of_open.borrow_mut();
            machine.source = Some(source);
            machine.opened += 1;
            Ok(Speaker::new(mixer, RATE, Closing(Rc::clone(&of_open))))
        });
        let tell: Tell = Box::new(move |event| of_tell.borrow_mut().push(event));
        let desk = Desk::new(open, tell, send, folder.path().to_owned());
        Self {
            desk,
            machine,
            told,
            ringing: Arc::default(),
            folder,
            _commands: commands,
        }
    }

    fn strike(&self, kind: BellKind, sound: Sound) -> Command {
        Command::Strike {
            kind,
            bell: bell(sound),
            ring: Ring::new(&self.ringing),
        }
    }

    fn give(&mut self, command: Command) {
        self.desk.handle(vec![command]);
    }

    fn give_strike(&mut self, kind: BellKind) {
        let strike = self.strike(kind, Sound::WoodBlock);
        self.give(strike);
    }

    fn lose(&mut self) {
        let opened = self.desk.opened;
        self.give(Command::Lost {
            opened,
            detail: "pulled out".to_owned(),
        });
        if !self.is_open() && self.desk.patience().is_some() {
            self.desk.patience_over();
        }
    }

    /// The next `ms` that the device takes; its peak.
    fn hear(&self, ms: usize) -> f32 {
        let mut machine = self.machine.borrow_mut();
        let Some(source) = &mut machine.source else {
            return 0.0;
        };
        (0..ms * 8)
            .map(|_| source.next().unwrap_or(0.0).abs())
            .fold(0.0, f32::max)
    }

    fn is_open(&self) -> bool {
        self.machine.borrow().source.is_some()
    }

    fn told(&self) -> Vec<SoundEvent> {
        self.told.take()
    }
}

fn bell(sound: Sound) -> Bell {
    Bell {
        sound,
        strikes: 1,
        volume: Volume::FULL,
    }
}

fn problems(details: &[&str]) -> SoundEvent {
    SoundEvent::Problems(details.iter().map(|detail| no_device(detail)).collect())
}

#[test]
fn a_strike_opens_the_device_sounds_and_ends_and_then_the_device_is_closed() {
    let mut rig = Rig::new();
    assert_eq!(rig.desk.patience(), None);
    rig.give_strike(BellKind::Start);
    assert!(rig.hear(20) > 0.3);
    assert_eq!(rig.ringing.count(), 1);
    assert_eq!(rig.desk.patience(), Some(PARK_AFTER));
    rig.desk.patience_over();
    assert!(rig.is_open(), "closed while it rings");
    rig.hear(2_000);
    assert_eq!(rig.ringing.count(), 0);
    rig.desk.patience_over();
    assert!(!rig.is_open(), "open though nothing rings");
    assert_eq!(rig.desk.patience(), None);
    assert_eq!(rig.told(), []);
}

#[test]
fn a_prepared_sit_keeps_its_sounds_while_the_device_sleeps() {
    let mut rig = Rig::new();
    rig.give(Command::Prepare(vec![Sound::WoodBlock, Sound::Inkin]));
    assert!(rig.is_open());
    rig.desk.patience_over();
    assert!(!rig.is_open());
    assert_eq!(rig.desk.buffers.len(), 2);
    rig.give(Command::Wake);
    assert!(rig.is_open());
    rig.give_strike(BellKind::End);
    rig.give(Command::Release);
    assert!(rig.hear(20) > 0.3, "released before it rang out");
    rig.hear(2_000);
    rig.desk.patience_over();
    assert!(rig.desk.buffers.is_empty());
}

#[test]
fn strikes_that_piled_up_never_come_as_a_burst() {
    let mut rig = Rig::new();
    let kinds = [BellKind::Interval, BellKind::Interval, BellKind::End];
    let batch = kinds.map(|kind| rig.strike(kind, Sound::WoodBlock)).into();
    rig.desk.handle(batch);
    let missed = SoundEvent::Missed(BellKind::Interval);
    assert_eq!(rig.told(), [missed.clone(), missed]);
    assert_eq!(rig.ringing.count(), 1);
    assert!(rig.hear(50) < 0.75, "several at once");
}

#[test]
fn a_strike_without_a_device_waits_about_two_seconds_and_is_then_told() {
    let mut rig = Rig::new();
    rig.machine.borrow_mut().refuses = true;
    rig.give_strike(BellKind::End);
    assert_eq!(rig.told(), [problems(&["none"])]);
    let mut waited = Duration::ZERO;
    while rig.ringing.count() > 0 {
        waited += rig.desk.patience().unwrap();
        rig.desk.patience_over();
    }
    assert_eq!(rig.told(), [SoundEvent::Missed(BellKind::End)]);
    let about = Duration::from_millis(1_500)..Duration::from_millis(2_500);
    assert!(about.contains(&waited), "{waited:?}");
    // Outside a sit nobody waits for the device any more.
    assert_eq!(rig.desk.patience(), None);
}

#[test]
fn a_strike_that_waits_sounds_once_the_device_is_there() {
    let mut rig = Rig::new();
    rig.machine.borrow_mut().refuses = true;
    rig.give_strike(BellKind::End);
    rig.machine.borrow_mut().refuses = false;
    rig.desk.patience_over();
    assert!(rig.hear(20) > 0.3);
    assert_eq!(rig.told(), [problems(&["none"]), problems(&[])]);
}

#[test]
fn a_later_strike_takes_the_place_of_one_that_still_waits() {
    let mut rig = Rig::new();
    rig.machine.borrow_mut().refuses = true;
    rig.give_strike(BellKind::Interval);
    rig.give_strike(BellKind::End);
    assert_eq!(
        rig.told(),
        [problems(&["none"]), SoundEvent::Missed(BellKind::Interval)]
    );
    assert_eq!(rig.ringing.count(), 1);
}

#[test]
fn in_a_sit_a_lost_device_is_told_and_looked_for_ever_more_rarely() {
    let mut rig = Rig::new();
    rig.give(Command::Prepare(vec![Sound::WoodBlock]));
    rig.machine.borrow_mut().refuses = true;
    rig.lose();
    assert_eq!(rig.told(), [problems(&["pulled out"]), problems(&["none"])]);
    let waits: Vec<Duration> = (0..12)
        .map(|_| {
            let wait = rig.desk.patience().unwrap();
            rig.desk.patience_over();
            wait
        })
        .collect();
    assert!(waits.is_sorted(), "{waits:?}");
    assert_eq!(waits[11], Duration::from_secs(10));
    assert_eq!(rig.told(), [], "told again though nothing changed");
    rig.machine.borrow_mut().refuses = false;
    rig.desk.patience_over();
    assert_eq!(rig.told(), [problems(&[])]);
    assert_eq!(rig.desk.patience(), Some(PARK_AFTER));
}

#[test]
fn a_strike_hardly_begun_when_its_device_went_is_struck_again_and_an_older_one_is_not() {
    let check = |heard_ms: usize, again: bool| {
        let mut rig = Rig::new();
        let strike = rig.strike(BellKind::End, Sound::Bowl);
        rig.give(strike);
        rig.hear(heard_ms);
        rig.lose();
        assert_eq!(rig.machine.borrow().opened, 2, "{heard_ms} ms");
        assert_eq!(rig.hear(20) > 0.1, again, "{heard_ms} ms");
        assert_eq!(rig.ringing.count(), usize::from(again), "{heard_ms} ms");
        assert_eq!(
            rig.told(),
            [problems(&["pulled out"]), problems(&[])],
            "{heard_ms} ms"
        );
    };
    check(0, true);
    check(100, true);
    check(1_000, false);
}

#[test]
fn a_device_that_takes_nothing_of_a_strike_is_replaced() {
    let mut rig = Rig::new();
    rig.give_strike(BellKind::End);
    assert_eq!(rig.desk.patience(), Some(STALLED_AFTER));
    rig.desk.patience_over();
    assert_eq!(rig.told(), [problems(&["it takes no sound"])]);
    rig.desk.patience_over();
    assert_eq!(rig.machine.borrow().opened, 2);
    assert!(rig.hear(20) > 0.3);
}

#[test]
fn a_strike_that_came_while_a_stuck_device_was_closed_is_the_only_one_to_sound() {
    let mut rig = Rig::new();
    rig.give_strike(BellKind::Interval);
    rig.desk.patience_over();
    rig.told();
    rig.give_strike(BellKind::End);
    assert_eq!(rig.ringing.count(), 1);
    assert!(rig.told().contains(&SoundEvent::Missed(BellKind::Interval)));
}

#[test]
fn the_loss_of_an_earlier_device_is_no_news() {
    let mut rig = Rig::new();
    rig.give(Command::Prepare(vec![Sound::WoodBlock]));
    rig.lose();
    rig.told();
    rig.give(Command::Lost {
        opened: 1,
        detail: "late".to_owned(),
    });
    assert_eq!(rig.told(), []);
    assert!(rig.is_open());
}

#[test]
fn an_idle_device_that_goes_away_outside_a_sit_is_no_news_either() {
    let mut rig = Rig::new();
    let (answer, answered) = channel();
    rig.give(Command::Check(answer));
    assert_eq!(answered.recv().unwrap(), None);
    rig.lose();
    assert_eq!(rig.told(), []);
    assert!(!rig.is_open());
}

#[test]
fn a_broken_file_is_told_and_the_bowl_rings() {
    let mut rig = Rig::new();
    let sound = Sound::File {
        file: "x.flac".to_owned(),
        name: "Ours".to_owned(),
    };
    rig.give(Command::Prepare(vec![sound.clone()]));
    let missing = SoundProblem::FileMissing {
        name: "Ours".to_owned(),
    };
    assert_eq!(rig.told(), [SoundEvent::Problems(vec![missing])]);
    let strike = rig.strike(BellKind::Start, sound.clone());
    rig.give(strike);
    assert!(rig.hear(50) > 0.3);
    // Mended: the next sit takes it.
    let beep = include_bytes!("../files/fixtures/beep.flac");
    std::fs::write(rig.folder.path().join("x.flac"), beep).unwrap();
    rig.give(Command::Prepare(vec![sound]));
    assert_eq!(rig.told(), [SoundEvent::Problems(Vec::new())]);
}

#[test]
fn a_new_preview_ends_the_one_before_and_silence_ends_all() {
    let mut rig = Rig::new();
    let preview = |rig: &Rig| Command::Preview {
        bell: bell(Sound::Bowl),
        ring: Ring::new(&rig.ringing),
    };
    for _ in 0..2 {
        let preview = preview(&rig);
        rig.give(preview);
        rig.hear(200);
        assert_eq!(rig.ringing.count(), 1);
    }
    rig.give_strike(BellKind::Start);
    rig.give(Command::StopPreview);
    rig.hear(60);
    assert_eq!(
        rig.ringing.count(),
        1,
        "the bell of the sit ended with the preview"
    );
    rig.give(Command::Silence);
    rig.hear(60);
    assert_eq!(rig.ringing.count(), 0);
    assert!(rig.hear(50) < 1e-6);
}

#[test]
fn a_driver_that_panics_costs_the_device_and_not_the_thread() {
    let mut rig = Rig::new();
    rig.machine.borrow_mut().panics = true;
    rig.give(Command::Prepare(vec![Sound::WoodBlock]));
    assert_eq!(rig.told(), [problems(&["the sound system failed"])]);
    rig.machine.borrow_mut().panics = false;
    rig.give_strike(BellKind::Start);
    assert!(rig.hear(20) > 0.3);
    assert_eq!(rig.told(), [problems(&[])]);
}
