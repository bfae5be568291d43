//! What windows and terminals may ask of the engine, and what it answers: the one declaration
//! from which the TypeScript types are generated (`cargo xtask types`).

mod args;
mod error;
mod views;

pub use args::{
    CheckPlanArgs, ChooseArgs, DescribeArgs, HistoryArgs, ImportSoundArgs, Nothing, OfSession,
    ParseLengthArgs, ParsedLength, PlanCheck, PreviewArgs, RecoverArgs, ShareSessionArgs,
    SoundChosen,
};
pub use error::{ApiError, ErrorCode};
pub use views::{
    HistoryCursor, HistoryPage, Notice, NoticeTopic, Recording, SessionView, SitPhase, SitQuestion,
    SitView, Snapshot, SpanTotal, Totals, UnfinishedView, Update,
};

use mitta_domain::{PlanChoice, Settings};

mitta_rpc::commands! {
    map = "Commands";
    error = ApiError;
    update = Update;

    /// All a window needs to draw itself.
    snapshot(Nothing) -> Snapshot;
    /// Records a session and starts the sit timer.
    begin(PlanChoice) -> SitView;
    /// Ends the preparation and starts sitting.
    begin_now(OfSession) -> SitView;
    /// Pauses.
    pause(OfSession) -> SitView;
    /// Resumes.
    resume(OfSession) -> SitView;
    /// Ends early: undo for 30 s, then it is completed. In the preparation: discards.
    /// In overtime: asks.
    end(OfSession) -> SitView;
    /// Takes an End back: the sit goes on.
    undo_end(OfSession) -> SitView;
    /// Completes an ending sit at once, without waiting for the undo to pass.
    finish(OfSession) -> SitView;
    /// Completes and deletes, in one transaction.
    discard(OfSession) -> SitView;
    /// Answers a question.
    choose(ChooseArgs) -> SitView;
    /// Puts an ended sit away (completing it first if End's undo still runs).
    dismiss(OfSession) -> Nothing;
    /// Decides on an unfinished sit.
    recover(RecoverArgs) -> SessionView;
    /// Tries failed writes again now.
    retry_recording(Nothing) -> Nothing;
    /// Writes note, mood and label.
    describe(DescribeArgs) -> SessionView;
    /// Says what partners may see of a sit: nothing, its times, or its note and label too.
    share_session(ShareSessionArgs) -> SessionView;
    /// Deletes a completed sit; undo is `restore_session`.
    delete_session(OfSession) -> SessionView;
    /// Takes a deletion back.
    restore_session(OfSession) -> SessionView;
    /// One session.
    session(OfSession) -> SessionView;
    /// A page of the history.
    history(HistoryArgs) -> HistoryPage;
    /// Totals as of now.
    totals(Nothing) -> Totals;
    /// Saves all settings.
    save_settings(Settings) -> Settings;
    /// Understands a length as typed.
    parse_length(ParseLengthArgs) -> ParsedLength;
    /// Copies a sound file into the data folder.
    import_sound(ImportSoundArgs) -> SoundChosen;
    /// Rings a bell once.
    preview(PreviewArgs) -> Nothing;
    /// Silences a preview.
    stop_preview(Nothing) -> Nothing;
    /// Checks choices and sound before sitting.
    check_plan(CheckPlanArgs) -> PlanCheck;
}
