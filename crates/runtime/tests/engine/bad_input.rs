//! Bad input: each is a typed error with a stable code, and no row is changed.

use mitta_domain::bells::Bell;
use mitta_domain::recovery::RecoveryChoice;
use mitta_domain::session::Words;
use mitta_domain::timer::SleepChoice;
use mitta_domain::{IntervalBells, PlanChoice, Seconds, SessionId};
use mitta_runtime::api::{
    ApiError, ChooseArgs, Commands as _, DescribeArgs, ErrorCode, HistoryArgs, OfSession,
    ParseLengthArgs, RecoverArgs, SitView, dispatch,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{House, Sit, every, of, open_ended, plain};

fn unknown() -> SessionId {
    "0197a3c2-5f00-7000-8000-000000000001".parse().unwrap()
}

fn at(seconds: &[u32]) -> PlanChoice {
    let at_s = seconds.iter().map(|s| Seconds(*s)).collect();
    PlanChoice {
        intervals: IntervalBells::At { at_s },
        ..plain(600)
    }
}

fn random(min_s: u32, max_s: u32) -> PlanChoice {
    let (min_s, max_s) = (Seconds(min_s), Seconds(max_s));
    PlanChoice {
        intervals: IntervalBells::Random { min_s, max_s },
        ..plain(600)
    }
}

fn struck(strikes: u8) -> PlanChoice {
    let start_bell = Bell {
        strikes,
        ..plain(60).start_bell
    };
    PlanChoice {
        start_bell,
        ..plain(60)
    }
}

#[rstest]
#[case::preparation(PlanChoice { preparation_s: Seconds(301), ..plain(60) }, ErrorCode::InvalidPreparation)]
#[case::strikes(struck(10), ErrorCode::InvalidBell)]
#[case::label(PlanChoice { label: Some("l".repeat(81)), ..plain(60) }, ErrorCode::LabelTooLong)]
#[case::every_nothing(every(0, plain(600)), ErrorCode::InvalidIntervals)]
#[case::every_second_of_a_day(every(1, open_ended()), ErrorCode::InvalidIntervals)]
#[case::longer_than_the_sit(every(600, plain(600)), ErrorCode::IntervalsTooLong)]
#[case::longer_than_a_day(every(90_000, plain(600)), ErrorCode::InvalidIntervals)]
#[case::given_after_the_end(at(&[600, 700]), ErrorCode::IntervalsTooLong)]
#[case::given_none(at(&[]), ErrorCode::InvalidIntervals)]
#[case::given_zero(at(&[0, 60]), ErrorCode::InvalidIntervals)]
#[case::given_too_many(at(&[60; 201]), ErrorCode::TooManyIntervals)]
#[case::random_backwards(random(120, 60), ErrorCode::InvalidIntervals)]
#[case::random_all_the_time(random(1, 2), ErrorCode::InvalidIntervals)]
#[case::random_too_late(random(700, 800), ErrorCode::IntervalsTooLong)]
fn a_plan_that_makes_no_sense_is_refused(#[case] choice: PlanChoice, #[case] code: ErrorCode) {
    let house = House::new();
    let sit = house.open();
    let before = house.dump();
    let error = sit.engine.begin(choice).unwrap_err();
    assert_eq!(error.code, code, "{error}");
    assert!(
        error.message.chars().count() > 10,
        "a sentence that helps: {error}"
    );
    assert!(sit.bells.calls().is_empty());
    sit.flush();
    assert_eq!(house.dump(), before);
}

#[test]
fn two_hundred_given_times_are_well() {
    let house = House::new();
    let times: Vec<u32> = (1..=200).collect();
    let view = house.open().begin(at(&times));
    assert_eq!(view.interval_at_s.len(), 200);
}

#[rstest]
#[case::words("soon", ErrorCode::InvalidLength)]
#[case::nothing("", ErrorCode::InvalidLength)]
#[case::negative("-5", ErrorCode::InvalidLength)]
#[case::zero("0", ErrorCode::LengthOutOfRange)]
#[case::a_second_too_long("24h 1s", ErrorCode::LengthOutOfRange)]
#[case::huge("99999999999999999999h", ErrorCode::LengthOutOfRange)]
fn a_length_that_does_not_parse_is_refused(#[case] text: &str, #[case] code: ErrorCode) {
    let house = House::new();
    let sit = house.open();
    let parse = |text: &str| {
        sit.engine.parse_length(ParseLengthArgs {
            text: text.to_owned(),
        })
    };
    assert_eq!(parse(text).unwrap_err().code, code);
    assert!(parse("1h 30m").is_ok());
}

/// What a window could send that is not of the declared shape.
#[rstest]
#[case::command("levitate", json!({}))]
#[case::no_arguments("begin", Value::Null)]
#[case::no_id("pause", json!({}))]
#[case::bad_id("pause", json!({ "session_id": "x' OR 1=1 --" }))]
#[case::number_as_id("pause", json!({ "session_id": 7 }))]
#[case::length_zero("begin", with("planned_s", json!(0)))]
#[case::length_too_long("begin", with("planned_s", json!(86_401)))]
#[case::length_negative("begin", with("planned_s", json!(-1)))]
#[case::length_broken("begin", with("planned_s", json!(1.5)))]
#[case::volume("begin", with("end_bell", json!({ "sound": { "kind": "bowl" }, "strikes": 1, "volume": 101 })))]
#[case::sound("begin", with("end_bell", json!({ "sound": { "kind": "drum" }, "strikes": 1, "volume": 1 })))]
#[case::intervals("begin", with("intervals", json!({ "kind": "often" })))]
#[case::choice("choose", json!({ "session_id": unknown(), "choice": "perhaps" }))]
fn a_request_of_another_shape_is_refused(#[case] command: &str, #[case] args: Value) {
    let house = House::new();
    let sit = house.open();
    let before = house.dump();
    let error = dispatch(&sit.engine, command, args).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest, "{error}");
    assert_eq!(house.dump(), before);
}

fn with(field: &str, value: Value) -> Value {
    let mut choice = serde_json::to_value(plain(60)).unwrap();
    choice[field] = value;
    choice
}

#[test]
fn a_request_of_the_declared_shape_is_carried_out() {
    let house = House::new();
    let sit = house.open();
    let choice = serde_json::to_value(plain(60)).unwrap();
    let view = dispatch(&sit.engine, "begin", choice).unwrap();
    let args = json!({ "session_id": view["session_id"] });
    assert_eq!(
        dispatch(&sit.engine, "pause", args).unwrap()["phase"],
        "paused"
    );
}

type Command = fn(&Sit, OfSession) -> Result<(), ApiError>;

const PAUSE: Command = |sit, of| sit.engine.pause(of).map(drop);
const RESUME: Command = |sit, of| sit.engine.resume(of).map(drop);
const BEGIN_NOW: Command = |sit, of| sit.engine.begin_now(of).map(drop);
const END: Command = |sit, of| sit.engine.end(of).map(drop);
const UNDO_END: Command = |sit, of| sit.engine.undo_end(of).map(drop);
const FINISH: Command = |sit, of| sit.engine.finish(of).map(drop);
const DISCARD: Command = |sit, of| sit.engine.discard(of).map(drop);
const DISMISS: Command = |sit, of| sit.engine.dismiss(of).map(drop);
const DELETE: Command = |sit, of| sit.engine.delete_session(of).map(drop);
const RESTORE: Command = |sit, of| sit.engine.restore_session(of).map(drop);
const CHOOSE: Command = |sit, OfSession { session_id }| {
    let choice = SleepChoice::Keep;
    sit.engine
        .choose(ChooseArgs { session_id, choice })
        .map(drop)
};
const RECOVER: Command = |sit, OfSession { session_id }| {
    let choice = RecoveryChoice::KeepAsPlanned;
    sit.engine
        .recover(RecoverArgs { session_id, choice })
        .map(drop)
};

/// In each state the commands that make no sense there.
#[rstest]
#[case::preparing(|_: &Sit, _: OfSession| {}, &[PAUSE, RESUME, UNDO_END, FINISH, CHOOSE, DISMISS, RECOVER])]
#[case::sitting(
    |sit: &Sit, _: OfSession| sit.pass(20_000),
    &[BEGIN_NOW, RESUME, UNDO_END, FINISH, CHOOSE, DISMISS, RECOVER]
)]
#[case::paused(
    |sit: &Sit, of| { sit.pass(20_000); PAUSE(sit, of).unwrap(); },
    &[BEGIN_NOW, PAUSE, UNDO_END, FINISH, CHOOSE, DISMISS]
)]
#[case::ending(
    |sit: &Sit, of| { sit.pass(20_000); END(sit, of).unwrap(); },
    &[BEGIN_NOW, PAUSE, RESUME, END, CHOOSE]
)]
#[case::asking(
    |sit: &Sit, _: OfSession| { sit.pass(20_000); sit.sleep(700_000); },
    &[BEGIN_NOW, PAUSE, RESUME, END, UNDO_END, FINISH, DISMISS]
)]
#[case::ended(
    |sit: &Sit, _: OfSession| sit.pass(620_000),
    &[BEGIN_NOW, PAUSE, RESUME, END, UNDO_END, FINISH, DISCARD, CHOOSE]
)]
fn a_command_in_a_wrong_state_changes_nothing(
    #[case] bring: fn(&Sit, OfSession),
    #[case] wrong: &[Command],
) {
    let house = House::new();
    let sit = house.open();
    let view: SitView = sit.begin(PlanChoice {
        preparation_s: Seconds(10),
        ..plain(600)
    });
    bring(&sit, of(&view));
    sit.flush();
    let (before, shown) = (house.dump(), sit.view());
    for (index, command) in wrong.iter().enumerate() {
        let error = command(&sit, of(&view)).unwrap_err();
        assert_eq!(error.code, ErrorCode::WrongState, "{index}: {error}");
        assert_eq!(error.session_id, Some(view.session_id));
    }
    sit.flush();
    assert_eq!(house.dump(), before);
    assert_eq!(sit.view(), shown);
}

#[test]
fn completing_twice_is_refused_and_changes_nothing() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    sit.pass(60_000);
    END(&sit, of(&view)).unwrap();
    FINISH(&sit, of(&view)).unwrap();
    sit.flush();
    let before = house.dump();
    assert_eq!(
        FINISH(&sit, of(&view)).unwrap_err().code,
        ErrorCode::WrongState
    );
    assert_eq!(
        RECOVER(&sit, of(&view)).unwrap_err().code,
        ErrorCode::AlreadyCompleted
    );
    DISMISS(&sit, of(&view)).unwrap();
    assert_eq!(FINISH(&sit, of(&view)).unwrap_err().code, ErrorCode::NoSit);
    sit.flush();
    assert_eq!(house.dump(), before);
}

#[rstest]
#[case::pause(PAUSE, ErrorCode::OtherSit)]
#[case::resume(RESUME, ErrorCode::OtherSit)]
#[case::begin_now(BEGIN_NOW, ErrorCode::OtherSit)]
#[case::end(END, ErrorCode::OtherSit)]
#[case::undo_end(UNDO_END, ErrorCode::OtherSit)]
#[case::finish(FINISH, ErrorCode::OtherSit)]
#[case::discard(DISCARD, ErrorCode::OtherSit)]
#[case::choose(CHOOSE, ErrorCode::OtherSit)]
#[case::dismiss(DISMISS, ErrorCode::OtherSit)]
#[case::recover(RECOVER, ErrorCode::UnknownSession)]
#[case::delete(DELETE, ErrorCode::UnknownSession)]
#[case::restore(RESTORE, ErrorCode::UnknownSession)]
fn an_unknown_session_id_changes_nothing_of_the_live_sit(
    #[case] command: Command,
    #[case] code: ErrorCode,
) {
    let house = House::new();
    let sit = house.open();
    let session_id = unknown();
    let expected = if code == ErrorCode::OtherSit {
        ErrorCode::NoSit
    } else {
        code
    };
    assert_eq!(
        command(&sit, OfSession { session_id }).unwrap_err().code,
        expected
    );

    let view = sit.begin(plain(600));
    sit.flush();
    let (before, shown) = (house.dump(), sit.view());
    let error = command(&sit, OfSession { session_id }).unwrap_err();
    assert_eq!(error.code, code);
    sit.flush();
    assert_eq!(house.dump(), before);
    assert_eq!(sit.view(), shown);
    assert!(error.session_id == Some(session_id) || error.session_id == Some(view.session_id));
}

#[test]
fn a_running_sit_is_neither_deleted_nor_restored() {
    let house = House::new();
    let sit = house.open();
    let view = sit.begin(plain(600));
    sit.flush();
    let before = house.dump();
    for command in [DELETE, RESTORE] {
        assert_eq!(
            command(&sit, of(&view)).unwrap_err().code,
            ErrorCode::NotCompleted
        );
    }
    assert_eq!(house.dump(), before);
}

fn words(note: usize, mood: Option<u8>, label: usize) -> Words {
    let text = |chars: usize| (chars > 0).then(|| "ü".repeat(chars));
    Words {
        note: text(note),
        mood,
        label: text(label),
    }
}

#[rstest]
#[case::a_megabyte(words(1 << 20, None, 0), ErrorCode::NoteTooLong)]
#[case::one_more(words(10_001, None, 0), ErrorCode::NoteTooLong)]
#[case::no_mood(words(0, Some(0), 0), ErrorCode::InvalidMood)]
#[case::high_mood(words(0, Some(6), 0), ErrorCode::InvalidMood)]
#[case::label(words(0, None, 81), ErrorCode::LabelTooLong)]
fn words_out_of_their_ranges_are_refused(#[case] words: Words, #[case] code: ErrorCode) {
    let house = House::new();
    let sit = house.open();
    let session_id = sit.begin(plain(60)).session_id;
    sit.pass(60_000);
    sit.flush();
    let before = house.dump();
    let error = sit
        .engine
        .describe(DescribeArgs { session_id, words })
        .unwrap_err();
    assert_eq!(error.code, code);
    assert_eq!(house.dump(), before);
}

#[test]
fn words_at_their_limits_are_kept() {
    let house = House::new();
    let sit = house.open();
    let session_id = sit.begin(plain(60)).session_id;
    let words = words(10_000, Some(5), 80);
    let described = sit.engine.describe(DescribeArgs {
        session_id,
        words: words.clone(),
    });
    assert_eq!(described.unwrap().words, words);
}

#[rstest]
#[case::none(0)]
#[case::too_many(501)]
fn a_page_of_an_impossible_size_is_refused(#[case] limit: u32) {
    let house = House::new();
    let error = house
        .open()
        .engine
        .history(HistoryArgs {
            before: None,
            limit,
        })
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest);
}
