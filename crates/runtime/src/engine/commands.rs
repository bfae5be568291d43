//! The commands of `api`, on the engine.

use std::path::Path;

use mitta_domain::bells::IntervalBells;
use mitta_domain::past;
use mitta_domain::timer::Input;
use mitta_domain::{PlanChoice, PlannedLength, Preset, Seat, Settings};
use mitta_store::Edit;

use super::company::Company;
use super::found::page;
use super::{Engine, Shared, locked, views};
use crate::api::{
    AddSitArgs, ApiError, BackUpArgs, BackupFile, BackupView, Backups, CheckPlanArgs, CheckSitArgs,
    ChooseArgs, Commands, CorrectCreditedArgs, CorrectStartArgs, Corrected, DescribeArgs,
    Examination, ExportHistoryArgs, ExportedHistory, FindSitsArgs, HistoryArgs, HistoryPage,
    ImportDone, ImportFileArgs, ImportList, ImportPreview, ImportRowsArgs, ImportRowsPage,
    ImportSoundArgs, ImportView, Labels, LogText, Nothing, NoticeTopic, OfBackup, OfImport,
    OfPreset, OfReminder, OfSession, ParseLengthArgs, ParsedLength, PlanCheck, PresetList,
    PreviewArgs, QuietHoursArgs, RecoverArgs, ReminderList, ReorderPresetsArgs, Restored,
    SavePresetArgs, SaveReminderArgs, SaveRowsArgs, SessionChanges, SessionStory, SessionView,
    ShareSessionArgs, SitCheck, SitView, Snapshot, SoundChosen, StartAtLogin, StartAtLoginArgs,
    Statistics, StatisticsArgs, Totals,
};
use crate::doctor;
use crate::login;
use crate::sound::files;

impl Engine {
    fn running(&self) -> Result<&Shared, ApiError> {
        self.shared.check_running()?;
        Ok(&self.shared)
    }
}

impl Commands for Engine {
    fn snapshot(&self, _: Nothing) -> Result<Snapshot, ApiError> {
        Ok(self.running()?.snapshot())
    }

    fn begin(&self, choice: PlanChoice) -> Result<SitView, ApiError> {
        self.running()?.begin(choice, Company::ALONE)
    }

    fn begin_private(&self, choice: PlanChoice) -> Result<SitView, ApiError> {
        self.running()?.begin(choice, Company::PRIVATE)
    }

    fn begin_together(&self, seat: Seat) -> Result<SitView, ApiError> {
        self.running()?.begin_together(&seat)
    }

    fn begin_now(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::BeginNow)
    }

    fn pause(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Pause)
    }

    fn resume(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Resume)
    }

    fn end(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::End)
    }

    fn undo_end(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::UndoEnd)
    }

    fn finish(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Finish)
    }

    fn discard(&self, of: OfSession) -> Result<SitView, ApiError> {
        self.running()?.input(of.session_id, Input::Discard)
    }

    fn choose(&self, args: ChooseArgs) -> Result<SitView, ApiError> {
        self.running()?
            .input(args.session_id, Input::Choose(args.choice))
    }

    fn dismiss(&self, of: OfSession) -> Result<Nothing, ApiError> {
        self.running()?.dismiss(of.session_id).map(|()| Nothing {})
    }

    fn recover(&self, args: RecoverArgs) -> Result<SessionView, ApiError> {
        self.running()?.recover(args.session_id, args.choice)
    }

    fn retry_recording(&self, _: Nothing) -> Result<Nothing, ApiError> {
        self.running()?.retry_recording();
        Ok(Nothing {})
    }

    fn describe(&self, args: DescribeArgs) -> Result<SessionView, ApiError> {
        let words = args
            .words
            .checked()
            .map_err(|e| ApiError::from(mitta_store::WriteError::from(e)))?;
        self.running()?.edit(args.session_id, Edit::Words(words))
    }

    fn share_session(&self, args: ShareSessionArgs) -> Result<SessionView, ApiError> {
        let view = self
            .running()?
            .edit(args.session_id, Edit::Sharing(args.sharing))?;
        self.shared.shared_as(args.session_id, args.sharing);
        Ok(view)
    }

    fn delete_session(&self, of: OfSession) -> Result<SessionView, ApiError> {
        self.running()?.edit(of.session_id, Edit::Deleted(true))
    }

    fn restore_session(&self, of: OfSession) -> Result<SessionView, ApiError> {
        self.running()?.edit(of.session_id, Edit::Deleted(false))
    }

    fn session(&self, of: OfSession) -> Result<SessionView, ApiError> {
        let session = self.running()?.session(of.session_id)?;
        Ok(views::session(&session))
    }

    fn counting(&self, of: OfSession) -> Result<SessionView, ApiError> {
        let session = self.running()?.counting(of.session_id)?;
        Ok(views::session(&session))
    }

    fn story(&self, of: OfSession) -> Result<SessionStory, ApiError> {
        self.running()?.story(of.session_id)
    }

    fn history(&self, args: HistoryArgs) -> Result<HistoryPage, ApiError> {
        let reader = &self.running()?.reader;
        page(args.before, args.limit, |before, limit| {
            Ok(locked(reader).history_page(before, limit)?)
        })
    }

    fn find_sits(&self, args: FindSitsArgs) -> Result<HistoryPage, ApiError> {
        self.running()?.find_sits(args)
    }

    fn labels(&self, _: Nothing) -> Result<Labels, ApiError> {
        self.running()?.labels()
    }

    fn check_sit(&self, args: CheckSitArgs) -> Result<SitCheck, ApiError> {
        self.running()?.check_sit(&args)
    }

    fn add_sit(&self, args: AddSitArgs) -> Result<SessionView, ApiError> {
        self.running()?.add_sit(args)
    }

    fn correct_credited(&self, args: CorrectCreditedArgs) -> Result<SessionView, ApiError> {
        let edit = Edit::Credited(past::credited(args.credited_s)?);
        self.running()?.edit(args.session_id, edit)
    }

    fn correct_start(&self, args: CorrectStartArgs) -> Result<Corrected, ApiError> {
        self.running()?.correct_start(&args)
    }

    fn undo_correct_start(&self, of: OfSession) -> Result<Corrected, ApiError> {
        self.running()?.undo_correct_start(of.session_id)
    }

    fn changes(&self, of: OfSession) -> Result<SessionChanges, ApiError> {
        self.running()?.changes(of.session_id)
    }

    fn backups(&self, _: Nothing) -> Result<Backups, ApiError> {
        self.running()?.backups()
    }

    fn back_up(&self, args: BackUpArgs) -> Result<BackupFile, ApiError> {
        self.running()?.back_up(args)
    }

    fn look_at_backup(&self, of: OfBackup) -> Result<BackupView, ApiError> {
        self.running()?.look_at_backup(&of.path)
    }

    fn restore(&self, of: OfBackup) -> Result<Restored, ApiError> {
        self.running()?.restore(&of.path)
    }

    fn stop_backup(&self, _: Nothing) -> Result<Nothing, ApiError> {
        self.running()?.stop_backup();
        Ok(Nothing {})
    }

    fn examine(&self, _: Nothing) -> Result<Examination, ApiError> {
        let shared = self.running()?;
        let found = doctor::examine(&shared.dir, &*shared.clock, &*shared.sound, &mut |_| {});
        Ok(found)
    }

    fn log(&self, _: Nothing) -> Result<LogText, ApiError> {
        self.running()?.log()
    }

    fn totals(&self, _: Nothing) -> Result<Totals, ApiError> {
        self.running()?.totals()
    }

    fn statistics(&self, args: StatisticsArgs) -> Result<Statistics, ApiError> {
        self.running()?.statistics(args.scope)
    }

    fn save_settings(&self, settings: Settings) -> Result<Settings, ApiError> {
        self.running()?.save_settings(settings)
    }

    fn presets(&self, _: Nothing) -> Result<PresetList, ApiError> {
        self.running()?.presets()
    }

    fn save_preset(&self, args: SavePresetArgs) -> Result<Preset, ApiError> {
        self.running()?.save_preset(args)
    }

    fn reorder_presets(&self, args: ReorderPresetsArgs) -> Result<PresetList, ApiError> {
        self.running()?.reorder_presets(args)
    }

    fn delete_preset(&self, of: OfPreset) -> Result<PresetList, ApiError> {
        self.running()?.delete_preset(&of)
    }

    fn restore_preset(&self, of: OfPreset) -> Result<PresetList, ApiError> {
        self.running()?.restore_preset(&of)
    }

    fn reminders(&self, _: Nothing) -> Result<ReminderList, ApiError> {
        self.running()?.reminder_list()
    }

    fn save_reminder(&self, args: SaveReminderArgs) -> Result<ReminderList, ApiError> {
        self.running()?.save_reminder(&args)
    }

    fn delete_reminder(&self, of: OfReminder) -> Result<ReminderList, ApiError> {
        self.running()?.delete_reminder(&of)
    }

    fn restore_reminder(&self, of: OfReminder) -> Result<ReminderList, ApiError> {
        self.running()?.restore_reminder(&of)
    }

    fn save_quiet_hours(&self, args: QuietHoursArgs) -> Result<ReminderList, ApiError> {
        self.running()?.save_quiet_hours(&args)
    }

    fn start_at_login(&self, _: Nothing) -> Result<StartAtLogin, ApiError> {
        login::read()
    }

    fn set_start_at_login(&self, args: StartAtLoginArgs) -> Result<StartAtLogin, ApiError> {
        login::set(args.on)
    }

    fn parse_length(&self, args: ParseLengthArgs) -> Result<ParsedLength, ApiError> {
        Ok(ParsedLength {
            planned_s: PlannedLength::parse(&args.text)?,
        })
    }

    fn import_sound(&self, args: ImportSoundArgs) -> Result<SoundChosen, ApiError> {
        let sound = files::import(Path::new(&args.path), &self.running()?.dir.sounds())?;
        Ok(SoundChosen { sound: Some(sound) })
    }

    fn preview(&self, args: PreviewArgs) -> Result<Nothing, ApiError> {
        self.running()?.sound.preview(&args.bell);
        Ok(Nothing {})
    }

    fn stop_preview(&self, _: Nothing) -> Result<Nothing, ApiError> {
        self.running()?.sound.stop_preview();
        Ok(Nothing {})
    }

    fn import_preview(&self, args: ImportFileArgs) -> Result<ImportPreview, ApiError> {
        self.running()?.import_preview(&args)
    }

    fn import_file(&self, args: ImportFileArgs) -> Result<ImportDone, ApiError> {
        self.running()?.import_file(&args)
    }

    fn cancel_transfer(&self, _: Nothing) -> Result<Nothing, ApiError> {
        self.running()?.transfer.cancel();
        Ok(Nothing {})
    }

    fn import_rows(&self, args: ImportRowsArgs) -> Result<ImportRowsPage, ApiError> {
        self.running()?.import_rows(&args)
    }

    fn save_import_rows(&self, args: SaveRowsArgs) -> Result<Nothing, ApiError> {
        self.running()?.save_import_rows(Path::new(&args.path))?;
        Ok(Nothing {})
    }

    fn imports(&self, _: Nothing) -> Result<ImportList, ApiError> {
        self.running()?.imports()
    }

    fn undo_import(&self, of: OfImport) -> Result<ImportView, ApiError> {
        self.running()?.undo_import(of.import_seq, true)
    }

    fn redo_import(&self, of: OfImport) -> Result<ImportView, ApiError> {
        self.running()?.undo_import(of.import_seq, false)
    }

    fn export_history(&self, args: ExportHistoryArgs) -> Result<ExportedHistory, ApiError> {
        self.running()?.export_history(&args)
    }

    fn check_plan(&self, args: CheckPlanArgs) -> Result<PlanCheck, ApiError> {
        let choice = args.choice;
        let mut bells = vec![choice.start_bell.clone(), choice.end_bell.clone()];
        if choice.intervals != IntervalBells::None {
            bells.push(choice.interval_bell.clone());
        }
        let problems: Vec<ApiError> = self
            .running()?
            .sound
            .check(&bells)
            .into_iter()
            .map(ApiError::from)
            .collect();
        self.running()?
            .notice(NoticeTopic::Sound, problems.first().cloned());
        let plan = choice.check();
        Ok(PlanCheck {
            problems: plan
                .err()
                .map(ApiError::from)
                .into_iter()
                .chain(problems)
                .collect(),
        })
    }
}
