//! `mitta sit`: one sit, from the row to the last sound of the end bell.
//!
//! Must hold: nothing is shown before the row is committed, "recorded" only after the completion
//! is (I2), and an unfinished sit is named, never resumed.

mod choice;
mod event;
mod happening;
mod keyboard;
mod ring_out;
mod show;
mod signals;
mod watch;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use mitta_domain::{PlanChoice, SessionId};
use mitta_runtime::api::{
    ApiError, CheckPlanArgs, Commands as _, ErrorCode, Nothing, Notice, NoticeTopic,
};
use mitta_runtime::clock::SystemClock;
use mitta_runtime::sound::{BellOutput, RodioOutput, SilentOutput};
use mitta_runtime::{Config, Drive, Engine, data_dir};
use mitta_store::{DataDir, Reader};

use crate::args::SitArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::{presets, words};
pub use event::Event;
use happening::Happening;
use watch::{Outcome, Watch};

/// Sits.
pub fn run(args: &SitArgs, output: &mut Output) -> Result<Exit, ApiError> {
    let dir = data_dir()?;
    let (tell, heard) = channel();
    signals::listen(tell.clone())?;
    let clock = Arc::new(SystemClock::new());
    let sound = sound(args, &dir, &tell);
    let engine = engine(dir.clone(), &clock, sound, &tell)?;
    let snapshot = engine.snapshot(Nothing {})?;
    for unfinished in &snapshot.unfinished {
        output.tell(&Event::Unfinished(unfinished));
    }
    let usual = match &args.preset {
        None => snapshot.settings.choice,
        Some(name) => presets::named(&engine, name)?.choice,
    };
    let choice = choice::choice(args, usual)?;
    // A terminal that finds another sit running has nothing to say about sound.
    if snapshot.elsewhere.is_none() {
        say_sound_problems(&engine, choice.clone(), output)?;
    }
    if let Some(exit) = told_to_go(&heard) {
        output.note(words::nothing_begun());
        return Ok(exit);
    }
    let told = engine.snapshot(Nothing {})?.notices;
    for Notice { topic, error } in told.iter().filter(|it| it.topic != NoticeTopic::Sound) {
        output.tell(&Event::Problem {
            topic: *topic,
            error,
        });
    }
    let preparation_s = choice.preparation_s;
    let begun = if args.private {
        engine.begin_private(choice)
    } else {
        engine.begin(choice)
    };
    let view = begun.map_err(|error| explained(error, args))?;
    let session_id = view.session_id;
    output.tell(&Event::Started {
        session_id,
        planned_s: view.planned_s,
        preparation_s,
        ends_at_ms: view.ends_at_ms,
    });
    let watch = Watch::new(&engine, &*clock, output, tell, heard, view, told);
    let outcome = watch.run();
    // Writes the last heartbeat, and tries once more what could not be written.
    drop(engine);
    Ok(match outcome {
        Outcome::Over => Exit::Done,
        Outcome::Left(exit) => {
            output.tell(&Event::LeftUnfinished { session_id });
            exit
        }
        Outcome::NotRecorded => after_last_try(&dir, session_id, output),
    })
}

/// Reads the row itself: the last try may have recorded the end after all (I1).
fn after_last_try(dir: &DataDir, session_id: SessionId, output: &mut Output) -> Exit {
    let row = Reader::open(dir)
        .ok()
        .and_then(|reader| reader.session(session_id).ok().flatten());
    let Some(completion) = row.as_ref().and_then(|session| session.completion) else {
        output.tell(&Event::NotRecorded { session_id });
        return Exit::NotRecorded;
    };
    if row.is_some_and(|session| session.deleted) {
        output.tell(&Event::Discarded { session_id });
    } else {
        output.tell(&Event::Completed {
            session_id,
            credited_s: completion.credited_s,
            completion,
            week: None,
        });
    }
    Exit::Done
}

fn sound(args: &SitArgs, dir: &DataDir, tell: &Sender<Happening>) -> Arc<dyn BellOutput> {
    if args.no_sound {
        return Arc::new(SilentOutput);
    }
    let tell = tell.clone();
    Arc::new(RodioOutput::start(dir.sounds(), move |event| {
        // Nobody listens any more once the sit is over.
        let _ = tell.send(Happening::Sound(event));
    }))
}

fn engine(
    dir: DataDir,
    clock: &Arc<SystemClock>,
    sound: Arc<dyn BellOutput>,
    tell: &Sender<Happening>,
) -> Result<Engine, ApiError> {
    let tell = tell.clone();
    Engine::start(Config {
        dir,
        clock: Arc::<SystemClock>::clone(clock),
        sound,
        on_signal: Box::new(move |signal| {
            // As above.
            let _ = tell.send(Happening::Engine(Box::new(signal)));
        }),
        usual: crate::usual_settings(),
        resume: false,
        drive: Drive::Thread,
    })
}

/// Says before the sit what would keep its bells from being heard; it is no reason not to sit.
fn say_sound_problems(
    engine: &Engine,
    choice: PlanChoice,
    output: &mut Output,
) -> Result<(), ApiError> {
    let check = engine.check_plan(CheckPlanArgs { choice })?;
    let of_sound = |error: &&ApiError| {
        matches!(
            error.code,
            ErrorCode::NoSoundDevice | ErrorCode::SoundMissing | ErrorCode::SoundUnreadable
        )
    };
    for error in check.problems.iter().filter(of_sound) {
        let topic = NoticeTopic::Sound;
        output.tell(&Event::Problem { topic, error });
    }
    Ok(())
}

/// The exit code, where a signal came already. All else that was heard is in the engine's notices.
fn told_to_go(heard: &Receiver<Happening>) -> Option<Exit> {
    heard.try_iter().find_map(|happening| match happening {
        Happening::Interrupt => Some(Exit::Failed),
        Happening::HangUp => Some(Exit::HungUp),
        Happening::Terminate => Some(Exit::Terminated),
        _ => None,
    })
}

/// Interval bells of the last sit may not fit this one: the person has not named them.
fn explained(mut error: ApiError, args: &SitArgs) -> ApiError {
    let is_about_intervals = matches!(
        error.code,
        ErrorCode::IntervalsTooLong | ErrorCode::InvalidIntervals
    );
    if is_about_intervals && args.intervals.is_none() {
        error.message.push_str(match args.preset {
            Some(_) => words::intervals_of_preset(),
            None => words::intervals_of_last_sit(),
        });
    }
    error
}

impl Output {
    fn tell(&mut self, event: &Event<'_>) {
        self.document(event);
        match event {
            Event::Unfinished(_)
            | Event::Problem { .. }
            | Event::ProblemOver { .. }
            | Event::NotRecorded { .. } => {
                if !self.is_json() {
                    self.note(words::event(event));
                }
            }
            _ => self.line(words::event(event)),
        }
    }
}
