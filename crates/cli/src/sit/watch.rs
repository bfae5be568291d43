//! Watches a sit to its end: shows it, hears what a person or the system wants, asks.
//!
//! Must hold: the sit itself is the engine's; nothing in here, least of all a question that nobody
//! answers, stops or delays it (I9).

use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use mitta_domain::timer::SleepChoice;
use mitta_runtime::api::{
    ApiError, ChooseArgs, Commands as _, ErrorCode, Nothing, Notice, NoticeTopic, OfSession,
    Recording, SitPhase, SitQuestion, SitView, Update,
};
use mitta_runtime::clock::Clock;
use mitta_runtime::{Engine, Signal};

use super::event::Event;
use super::happening::Happening;
use super::keyboard::Keyboard;
use super::ring_out;
use super::show::Shown;
use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// How long, after the end, the record is tried where no person decides when to give up.
const GIVE_UP_AFTER_MS: u64 = 60_000;

/// How it ended for this program.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Completed or discarded, and that is committed.
    Over,
    /// The program was told to go; the sit is as it was.
    Left(Exit),
    /// The sit is over, its end is not committed.
    NotRecorded,
}

/// What a person is being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// End, go on, or discard?
    Interrupted,
    /// Enter ends the overtime.
    Overtime,
    /// The engine's own question.
    Question(SitQuestion),
}

pub struct Watch<'a> {
    engine: &'a Engine,
    clock: &'a dyn Clock,
    output: &'a mut Output,
    tell: Sender<Happening>,
    heard: Receiver<Happening>,
    /// `None` once its other end is gone.
    keyboard: Option<Keyboard>,
    shown: Shown,
    asked: Option<Asked>,
    /// The engine's question has its answer; older views may still ask it.
    answered: bool,
    /// It was said that nobody could be asked.
    kept_said: bool,
    /// Ended before its time: nothing has to ring out.
    cut_short: bool,
    ended_boot_ms: Option<u64>,
    /// Notices that have been told.
    told: Vec<Notice>,
}

impl<'a> Watch<'a> {
    pub fn new(
        engine: &'a Engine,
        clock: &'a dyn Clock,
        output: &'a mut Output,
        tell: Sender<Happening>,
        heard: Receiver<Happening>,
        view: SitView,
        told: Vec<Notice>,
    ) -> Self {
        Self {
            engine,
            clock,
            output,
            keyboard: Some(Keyboard::new(tell.clone())),
            tell,
            heard,
            shown: Shown::new(view, clock.now().boot_ms),
            asked: None,
            answered: false,
            kept_said: false,
            cut_short: false,
            ended_boot_ms: None,
            told,
        }
    }

    /// Until the sit is over and has rung out, or the program has to go.
    pub fn run(mut self) -> Outcome {
        loop {
            let outcome = match self.next() {
                Some(happening) => self.handle(happening),
                None => self.time_passed(),
            };
            if let Some(outcome) = outcome {
                if outcome == Outcome::Over && self.cut_short {
                    ring_out::silence(self.engine);
                } else if outcome == Outcome::Over {
                    ring_out::wait(self.engine, self.clock, &self.tell, &self.heard);
                }
                return outcome;
            }
        }
    }

    /// The next happening; `None` when time alone has something to do.
    fn next(&mut self) -> Option<Happening> {
        let now_ms = self.clock.now().boot_ms;
        let is_typing = !matches!(self.asked, None | Some(Asked::Overtime));
        let is_shown = self.output.is_watched() && !is_typing;
        if is_shown {
            self.output.stand(&self.shown.line(now_ms));
        }
        let tick_ms = is_shown.then(|| self.shown.changes_in_ms(now_ms)).flatten();
        let give_up_ms = self
            .ended_boot_ms
            .filter(|_| !self.is_attended())
            .map(|ended| (ended + GIVE_UP_AFTER_MS).saturating_sub(now_ms));
        match [tick_ms, give_up_ms].into_iter().flatten().min() {
            // `self` holds a sender, so the queue is never closed.
            None => self.heard.recv().ok(),
            Some(ms) => self.heard.recv_timeout(Duration::from_millis(ms)).ok(),
        }
    }

    fn time_passed(&self) -> Option<Outcome> {
        let ended = self.ended_boot_ms.filter(|_| !self.is_attended())?;
        (self.clock.now().boot_ms >= ended + GIVE_UP_AFTER_MS).then_some(Outcome::NotRecorded)
    }

    fn handle(&mut self, happening: Happening) -> Option<Outcome> {
        match happening {
            Happening::Engine(signal) => match *signal {
                Signal::Update(Update::Sit(Some(view))) => return self.seen(view),
                Signal::Update(Update::Notices(notices)) => return self.notices(notices),
                _ => {}
            },
            Happening::Quiet => {}
            Happening::Sound(event) => self.engine.heard(event),
            Happening::Interrupt => return self.interrupted(),
            Happening::HangUp => return Some(self.left(Exit::HungUp)),
            Happening::Terminate => return Some(self.left(Exit::Terminated)),
            Happening::Typed(Some(line)) => self.typed(line.trim()),
            Happening::Typed(None) => self.nobody_there(),
        }
        None
    }

    /// Whether a person can be asked.
    fn is_attended(&self) -> bool {
        self.keyboard.is_some() && !self.output.is_json() && Keyboard::is_there()
    }

    const fn of(&self) -> OfSession {
        OfSession {
            session_id: self.shown.view.session_id,
        }
    }

    fn left(&self, exit: Exit) -> Outcome {
        match self.shown.view.phase {
            SitPhase::Ended => Outcome::NotRecorded,
            _ => Outcome::Left(exit),
        }
    }

    fn seen(&mut self, view: SitView) -> Option<Outcome> {
        let OfSession { session_id } = self.of();
        if view.session_id != session_id {
            return None;
        }
        let now_ms = self.clock.now().boot_ms;
        let before = self.shown.view.phase;
        self.shown = Shown::new(view, now_ms);
        let phase = self.shown.view.phase;
        if phase == SitPhase::Ended {
            self.asked = None;
            self.ended_boot_ms.get_or_insert(now_ms);
            return self.recorded();
        }
        if phase == SitPhase::Sitting && before == SitPhase::Preparing {
            self.output.tell(&Event::Sitting { session_id });
        }
        if phase == SitPhase::Overtime && before != SitPhase::Overtime {
            self.output.tell(&Event::Overtime { session_id });
            if self.is_attended() {
                self.ask(Asked::Overtime);
            } else {
                self.say_kept();
                self.end();
            }
        }
        if let (SitPhase::Asking, Some(question)) = (phase, self.shown.view.question)
            && !self.answered
            && self.asked != Some(Asked::Question(question))
        {
            if self.is_attended() {
                self.ask(Asked::Question(question));
            } else {
                self.keep_as_planned(question);
            }
        }
        None
    }

    /// What to tell once the end is committed.
    fn recorded(&mut self) -> Option<Outcome> {
        let view = &self.shown.view;
        let OfSession { session_id } = self.of();
        if view.recording != Recording::Recorded {
            return None;
        }
        if view.discarded {
            self.output.tell(&Event::Discarded { session_id });
        } else if let Some(completion) = view.completion {
            // The totals are an extra: they are left out rather than in the way.
            let week = self
                .engine
                .totals(Nothing {})
                .ok()
                .map(|totals| totals.week);
            self.output.tell(&Event::Completed {
                session_id,
                credited_s: completion.credited_s,
                completion,
                week,
            });
        }
        Some(Outcome::Over)
    }

    fn notices(&mut self, notices: Vec<Notice>) -> Option<Outcome> {
        let mut refused = false;
        for notice in &notices {
            let Notice { topic, error } = notice;
            if !self.told.contains(notice) {
                self.output.tell(&Event::Problem {
                    topic: *topic,
                    error,
                });
            }
            refused |= *topic == NoticeTopic::Recording && !error.code.may_pass();
        }
        for Notice { topic, .. } in &self.told {
            if notices.iter().all(|notice| notice.topic != *topic) {
                self.output.tell(&Event::ProblemOver { topic: *topic });
            }
        }
        self.told = notices;
        (refused && self.ended_boot_ms.is_some()).then_some(Outcome::NotRecorded)
    }

    fn interrupted(&mut self) -> Option<Outcome> {
        match self.asked {
            _ if self.ended_boot_ms.is_some() => return Some(Outcome::NotRecorded),
            Some(Asked::Question(question)) => self.keep_as_planned(question),
            None if self.is_attended() => self.ask(Asked::Interrupted),
            None | Some(Asked::Interrupted | Asked::Overtime) => self.end(),
        }
        None
    }

    fn typed(&mut self, line: &str) {
        let Some(asked) = self.asked else { return };
        let key = line.chars().next().map(|key| key.to_ascii_lowercase());
        match (asked, key) {
            (Asked::Interrupted, Some('e')) | (Asked::Overtime, _) => self.end(),
            (Asked::Interrupted, Some('d')) => {
                self.asked = None;
                self.cut_short = true;
                let discarded = self.engine.discard(self.of());
                self.tried(discarded);
            }
            (Asked::Interrupted, Some('c')) => {
                self.asked = None;
                self.output.line(words::goes_on());
            }
            (Asked::Question(_), Some('k')) => self.choose(SleepChoice::Keep),
            (Asked::Question(_), Some('t')) => self.choose(SleepChoice::Trim),
            (Asked::Question(_), Some('d')) => self.choose(SleepChoice::Discard),
            _ => self.ask(asked),
        }
    }

    fn nobody_there(&mut self) {
        self.keyboard = None;
        match self.asked.take() {
            None | Some(Asked::Interrupted) => {}
            Some(Asked::Overtime) => self.end(),
            Some(Asked::Question(question)) => self.keep_as_planned(question),
        }
    }

    fn ask(&mut self, asked: Asked) {
        self.asked = Some(asked);
        let view = &self.shown.view;
        match asked {
            Asked::Interrupted => self.output.ask(words::ask_interrupted()),
            Asked::Overtime => self.output.line(words::ask_overtime()),
            Asked::Question(question) => self.output.ask(&words::question(question, view)),
        }
        if let Some(keyboard) = &self.keyboard {
            keyboard.listen();
        }
    }

    /// Ends the sit now. A person at a window has half a minute to take that back; here the
    /// question came before.
    fn end(&mut self) {
        self.asked = None;
        self.cut_short |= self.shown.view.phase != SitPhase::Overtime;
        let ended = self
            .engine
            .end(self.of())
            .and_then(|view| match view.phase {
                SitPhase::Ending => self.engine.finish(self.of()),
                _ => Ok(view),
            });
        self.tried(ended);
    }

    fn say_kept(&mut self) {
        let OfSession { session_id } = self.of();
        if !std::mem::replace(&mut self.kept_said, true) {
            self.output.tell(&Event::KeptAsPlanned { session_id });
        }
    }

    fn keep_as_planned(&mut self, question: SitQuestion) {
        self.say_kept();
        self.choose(match question {
            SitQuestion::Slept => SleepChoice::Keep,
            SitQuestion::KeepOvertime => SleepChoice::Trim,
        });
    }

    fn choose(&mut self, choice: SleepChoice) {
        self.asked = None;
        self.answered = true;
        let OfSession { session_id } = self.of();
        let chosen = self.engine.choose(ChooseArgs { session_id, choice });
        self.tried(chosen);
    }

    /// What came of a command: the view follows as a happening. That the sit was over already is
    /// no failure, and is told in the same way.
    fn tried(&mut self, result: Result<SitView, ApiError>) {
        if let Err(error) = result
            && error.code != ErrorCode::WrongState
        {
            self.output.error(&error);
        }
    }
}
