//! Bells as a person hears them: the real output into a private sound server, recorded.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use mitta_domain::{Bell, PlanChoice, Sound, Volume};
use mitta_tests::sound::{PulseSink, RATE, Recording, gaps_in};

/// Where a strike is taken for the planned one: the machine that tests is busy with other tests,
/// and the recorder's clock is good to some ten milliseconds. The measured lateness is printed.
const NEAR_MS: std::ops::Range<f64> = -60.0..400.0;

/// `bell-player` and what it says.
struct Player {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    /// What it told by itself so far.
    told: Vec<String>,
}

impl Player {
    fn start(sink: &PulseSink, sounds: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bell-player"))
            .arg(sounds)
            .envs(sink.env())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("bell-player starts");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            input,
            lines,
            told: Vec::new(),
        }
    }

    fn line(&self, what: &str) -> String {
        let line = self.lines.recv_timeout(Duration::from_secs(70));
        line.unwrap_or_else(|_| panic!("bell-player does not answer: {what}"))
    }

    /// Gives one line and takes its answer.
    fn ask(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").expect("bell-player listens");
        let verb = line.split(' ').next().unwrap_or_default();
        loop {
            let answer = self.line(line);
            if answer.split(' ').next() == Some(verb) {
                return answer;
            }
            self.told.push(answer);
        }
    }

    /// Strikes, and tells when: Unix milliseconds.
    fn strike(&mut self, bell: &Bell) -> f64 {
        let answer = self.ask(&format!("strike {}", json(bell)));
        answer
            .split(' ')
            .nth(1)
            .and_then(|at| at.parse().ok())
            .expect("a time")
    }

    fn prepare(&mut self, choice: &PlanChoice) {
        let choice = serde_json::to_string(choice).expect("a choice is JSON");
        self.ask(&format!("prepare {choice}"));
    }

    /// Waits until it tells something that begins with `start`.
    fn wait_for(&mut self, start: &str) {
        while !self.told.iter().any(|line| line.starts_with(start)) {
            let line = self.line(start);
            self.told.push(line);
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // It ends by itself at the end of its input; this makes sure.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn json(bell: &Bell) -> String {
    serde_json::to_string(bell).expect("a bell is JSON")
}

fn bell(sound: Sound, volume: u8) -> Bell {
    Bell {
        sound,
        strikes: 3,
        volume: Volume::new(volume).expect("a volume"),
    }
}

fn plan(sound: Sound) -> PlanChoice {
    let bell = bell(sound, 100);
    PlanChoice {
        start_bell: bell.clone(),
        end_bell: bell,
        ..PlanChoice::default()
    }
}

/// Lets sound pass: it is recorded in real time and there is nothing to wait for but time.
fn listen(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// Each planned strike was heard, none else, and how much later; printed for the reader.
fn check_strikes(what: &str, recording: &Recording, planned_ms: &[f64]) {
    let heard = recording.strikes_ms();
    let late: Vec<f64> = heard
        .iter()
        .zip(planned_ms)
        .map(|(heard, due)| heard - due)
        .collect();
    let gaps = gaps_in(&recording.samples, RATE);
    println!("{what}: onset after the planned time: {late:.1?} ms; gaps: {gaps:.1?}");
    assert_eq!(heard.len(), planned_ms.len(), "{what}: {late:?}");
    for late in late {
        assert!(NEAR_MS.contains(&late), "{what}: {late} ms");
    }
}

#[test]
fn every_bell_is_heard_once_at_its_time_and_its_level() {
    let sink = PulseSink::start().expect("a sound server");
    let sounds = tempfile::tempdir().expect("a folder");
    let mut player = Player::start(&sink, sounds.path());
    let bells = [Sound::Bowl, Sound::LowBowl, Sound::Inkin, Sound::WoodBlock];
    let check = format!("check {}", json(&bell(Sound::Bowl, 80)));
    assert_eq!(player.ask(&check), "check []");
    let recorder = sink.record().expect("a recorder");
    let mut planned = Vec::new();
    for sound in &bells {
        player.prepare(&plan(sound.clone()));
        // Answered when it is prepared.
        player.ask(&check);
        planned.push(player.strike(&bell(sound.clone(), 100)));
        listen(700);
        player.ask("silence");
        listen(200);
    }
    // Nothing rings any more; a bell of volume 0 makes no sound, one of 50 a quieter one.
    player.strike(&bell(Sound::WoodBlock, 0));
    listen(400);
    planned.push(player.strike(&bell(Sound::WoodBlock, 50)));
    player.ask("quiet");
    listen(200);
    let recording = recorder.stop().expect("a recording");
    check_strikes("warm", &recording, &planned);
    let at = |index: usize| (planned[index] - recording.start_ms) / 1000.0;
    for (index, sound) in bells.iter().enumerate() {
        let first = recording.level_db(at(index), at(index) + 0.3);
        let floor = if *sound == Sound::WoodBlock {
            -25.0
        } else {
            -20.0
        };
        assert!((floor..-3.0).contains(&first), "{sound:?}: {first} dB");
        let silenced = recording.level_db(at(index) + 0.85, at(index) + 0.89);
        assert!(silenced < -80.0, "{sound:?} after silence: {silenced} dB");
    }
    let (full, half) = (
        recording.level_db(at(3), at(3) + 0.3),
        recording.level_db(at(4), at(4) + 0.3),
    );
    assert!(
        (24.0..31.0).contains(&(full - half)),
        "50 of 100: {full} and {half} dB"
    );
    assert!(player.told.is_empty(), "{:?}", player.told);
}

#[test]
fn a_bell_dies_away_naturally_and_the_device_is_closed_after_it() {
    let sink = PulseSink::start().expect("a sound server");
    let sounds = tempfile::tempdir().expect("a folder");
    let mut player = Player::start(&sink, sounds.path());
    let recorder = sink.record().expect("a recorder");
    // Without any warning before it.
    let due = player.strike(&bell(Sound::Inkin, 100));
    player.ask("quiet");
    assert_eq!(
        sink.streams().expect("pactl"),
        1,
        "closed while it may be needed again"
    );
    listen(8_500);
    assert_eq!(
        sink.streams().expect("pactl"),
        0,
        "an idle output keeps the device open"
    );
    let recording = recorder.stop().expect("a recording");
    check_strikes("cold", &recording, &[due]);
    let at = (due - recording.start_ms) / 1000.0;
    let levels: Vec<f64> = (0..6)
        .map(|second| at + f64::from(second))
        .map(|s| recording.level_db(s, s + 1.0))
        .collect();
    assert!(levels.is_sorted_by(|a, b| a > b), "{levels:?}");
    assert!(levels[5] < levels[0] - 30.0, "{levels:?}");
}

#[test]
fn a_device_that_goes_away_is_told_and_the_next_strike_is_heard_when_it_is_back() {
    let mut sink = PulseSink::start().expect("a sound server");
    let sounds = tempfile::tempdir().expect("a folder");
    let mut player = Player::start(&sink, sounds.path());
    player.prepare(&plan(Sound::Bowl));
    player.strike(&bell(Sound::Bowl, 100));
    listen(1_000);
    sink.kill();
    player.wait_for("problems [NoSoundDevice]");
    // Due while it is away: tried for about two seconds, then told.
    player.strike(&bell(Sound::Bowl, 100));
    player.wait_for("missed End");
    sink.restart().expect("a sound server");
    let recorder = sink.record().expect("a recorder");
    player.wait_for("problems []");
    let due = player.strike(&bell(Sound::WoodBlock, 100));
    player.ask("quiet");
    listen(200);
    check_strikes(
        "after a loss",
        &recorder.stop().expect("a recording"),
        &[due],
    );
}

#[test]
fn without_any_device_it_is_said_before_the_sit_and_nothing_waits() {
    let mut sink = PulseSink::start().expect("a sound server");
    sink.kill();
    let sounds = tempfile::tempdir().expect("a folder");
    let mut player = Player::start(&sink, sounds.path());
    let check = format!("check {}", json(&bell(Sound::Bowl, 80)));
    assert_eq!(player.ask(&check), "check [NoSoundDevice]");
    // Silent bells need no device.
    assert_eq!(
        player.ask(&format!("check {}", json(&bell(Sound::Bowl, 0)))),
        "check []"
    );
    player.prepare(&plan(Sound::Bowl));
    let answer = player.ask(&format!("strike {}", json(&bell(Sound::Bowl, 80))));
    let times: Vec<f64> = answer
        .split(' ')
        .skip(1)
        .filter_map(|at| at.parse().ok())
        .collect();
    assert!(
        times[1] - times[0] < 20.0,
        "strike took {} ms",
        times[1] - times[0]
    );
    player.wait_for("missed End");
}

#[test]
fn a_broken_file_is_said_and_the_bowl_rings_in_its_place() {
    let sink = PulseSink::start().expect("a sound server");
    let sounds = tempfile::tempdir().expect("a folder");
    let mut player = Player::start(&sink, sounds.path());
    let gone = Sound::File {
        file: "gone.wav".to_owned(),
        name: "Our bell".to_owned(),
    };
    let check = format!("check {}", json(&bell(gone.clone(), 80)));
    assert_eq!(player.ask(&check), "check [SoundMissing]");
    player.prepare(&plan(gone.clone()));
    player.wait_for("problems [SoundMissing]");
    let recorder = sink.record().expect("a recorder");
    let due = player.strike(&bell(gone, 100));
    listen(700);
    let recording = recorder.stop().expect("a recording");
    check_strikes("in place of a file", &recording, &[due]);
}
