//! What windows and terminals may ask of the engine, and what it answers: the one declaration
//! from which the TypeScript types are generated (`cargo xtask types`).

mod args;
mod changes;
mod checks;
mod copies;
mod error;
mod story;
mod transfer;
mod views;

pub use args::{
    AddSitArgs, CheckPlanArgs, CheckSitArgs, ChooseArgs, CorrectCreditedArgs, CorrectStartArgs,
    DescribeArgs, FindSitsArgs, HistoryArgs, HistoryFilter, ImportSoundArgs, Nothing, OfPreset,
    OfReminder, OfSession, ParseLengthArgs, ParsedLength, PastStart, PlanCheck, PresetList,
    PreviewArgs, QuietHoursArgs, RecoverArgs, ReorderPresetsArgs, SavePresetArgs, SaveReminderArgs,
    ShareSessionArgs, SoundChosen, StartAtLoginArgs, StatisticsArgs,
};
pub use changes::{ChangeView, Changed, SessionChanges, SitDate};
pub use checks::{Advice, Check, CheckName, Examination, Found, LogText};
pub use copies::{
    BackUpArgs, BackupAccount, BackupFile, BackupKind, BackupPhase, BackupProgress, BackupView,
    Backups, OfBackup, Restored,
};
pub use error::{ApiError, ErrorCode};
pub use story::{ChangeState, ChangedPart, SessionStory, StoryChange, StoryEvent, Whence};
pub use transfer::{
    ExportHistoryArgs, ExportedHistory, HistoryFormat, ImportCounts, ImportDone, ImportFileArgs,
    ImportList, ImportPreview, ImportQuestion, ImportResult, ImportRowView, ImportRowsArgs,
    ImportRowsPage, ImportView, OfImport, SaveRowsArgs, TransferPhase, TransferProgress,
};
pub use views::{
    Corrected, HistoryCursor, HistoryPage, LabelView, Labels, MovedReminder, Notice, NoticeTopic,
    Recording, ReminderList, ReminderView, SessionView, SitCheck, SitPhase, SitQuestion, SitView,
    Snapshot, SpanTotal, StartAtLogin, Totals, UnfinishedView, Update,
};

pub use mitta_domain::stats::Statistics;
pub use mitta_transfer::{
    DateOrder, Dates, Encoding, Kind, Refusal, RefusalCode, Remark, TimesAre,
};

use mitta_domain::{PlanChoice, Preset, Seat, Settings};

mitta_rpc::commands! {
    map = "Commands";
    error = ApiError;
    update = Update;

    /// All a window needs to draw itself.
    snapshot(Nothing) -> Snapshot;
    /// Records a session and starts the sit timer.
    begin(PlanChoice) -> SitView;
    /// The same for a sit that partners shall never see, also not while it goes on.
    begin_private(PlanChoice) -> SitView;
    /// Takes a place in a sitting together: the timer starts at the common start and ends at the common
    /// end. Whoever comes late sits what is left. It can be ended early, but neither paused nor begun now.
    begin_together(Seat) -> SitView;
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
    /// The session that counts for the sit of which this one is a row; the session itself where none does.
    counting(OfSession) -> SessionView;
    /// What happened to one sit: its events, and what became of each change of it.
    story(OfSession) -> SessionStory;
    /// A page of the history.
    history(HistoryArgs) -> HistoryPage;
    /// A page of the sits that are wanted, by their words, label, source and dates.
    find_sits(FindSitsArgs) -> HistoryPage;
    /// The labels there are.
    labels(Nothing) -> Labels;
    /// What a past sit would be, before it is added or its date corrected; refuses as those do.
    check_sit(CheckSitArgs) -> SitCheck;
    /// Adds a sit that is over; undo is `delete_session`.
    add_sit(AddSitArgs) -> SessionView;
    /// Says how long a sit was; undo is to say what it was before.
    correct_credited(CorrectCreditedArgs) -> SessionView;
    /// Says when a sit began: a new session stands in its place. Undo is `undo_correct_start`.
    correct_start(CorrectStartArgs) -> Corrected;
    /// Takes `correct_start` back, by the session that came of it.
    undo_correct_start(OfSession) -> Corrected;
    /// What was changed of a sit since it was recorded, newest first.
    changes(OfSession) -> SessionChanges;
    /// Totals as of now.
    totals(Nothing) -> Totals;
    /// Every figure of the statistics, as of now.
    statistics(StatisticsArgs) -> Statistics;
    /// The copies of the history that are in the folder of copies.
    backups(Nothing) -> Backups;
    /// Copies the history; what is sat meanwhile is not held up.
    back_up(BackUpArgs) -> BackupFile;
    /// Looks at a copy: checks all of it, and changes nothing.
    look_at_backup(OfBackup) -> BackupView;
    /// Replaces the history by a copy, after what is there was kept. Not while a sit runs.
    restore(OfBackup) -> Restored;
    /// Stops a copy or a restore that is under way; nothing of it is kept.
    stop_backup(Nothing) -> Nothing;
    /// Looks everything over that a sit needs; repairs and changes nothing.
    examine(Nothing) -> Examination;
    /// The end of the log, to be shown to somebody.
    log(Nothing) -> LogText;
    /// Saves all settings.
    save_settings(Settings) -> Settings;
    /// The presets, in the person's order.
    presets(Nothing) -> PresetList;
    /// Keeps choices under a name: a new preset at the end, or another content of one that is there.
    save_preset(SavePresetArgs) -> Preset;
    /// Puts the presets into an order.
    reorder_presets(ReorderPresetsArgs) -> PresetList;
    /// Deletes a preset; undo is `restore_preset`, for thirty days.
    delete_preset(OfPreset) -> PresetList;
    /// Brings a deleted preset back to its place; if its name was given again, with a number.
    restore_preset(OfPreset) -> PresetList;
    /// The reminders, by their time of day, and the hours of quiet.
    reminders(Nothing) -> ReminderList;
    /// Keeps a new reminder, or changes one. What was due before is not made up for.
    save_reminder(SaveReminderArgs) -> ReminderList;
    /// Deletes a reminder; undo is `restore_reminder`, for thirty days.
    delete_reminder(OfReminder) -> ReminderList;
    /// Brings a deleted reminder back.
    restore_reminder(OfReminder) -> ReminderList;
    /// Sets the hours in which nothing is shown.
    save_quiet_hours(QuietHoursArgs) -> ReminderList;
    /// Whether the session starts Mitta by itself, as the system has it now.
    start_at_login(Nothing) -> StartAtLogin;
    /// Has the session start Mitta by itself, or no more.
    set_start_at_login(StartAtLoginArgs) -> StartAtLogin;
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
    /// Looks a file of sits over: what it is, what it leaves open, what importing it would do.
    import_preview(ImportFileArgs) -> ImportPreview;
    /// Imports it. Every question of the preview has to be answered.
    import_file(ImportFileArgs) -> ImportDone;
    /// Stops what is read, written or taken back at the moment; what was done until then stays.
    cancel_transfer(Nothing) -> Nothing;
    /// The rows of the last preview or import.
    import_rows(ImportRowsArgs) -> ImportRowsPage;
    /// Writes all of them into a file.
    save_import_rows(SaveRowsArgs) -> Nothing;
    /// Every import that brought sits.
    imports(Nothing) -> ImportList;
    /// Takes an import back: deletes the sits that it brought. Undo is `redo_import`.
    undo_import(OfImport) -> ImportView;
    /// Brings an import back.
    redo_import(OfImport) -> ImportView;
    /// Writes all sits into a file.
    export_history(ExportHistoryArgs) -> ExportedHistory;
}
