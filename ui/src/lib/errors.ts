// The words for every error code of both ports. The engine's own English stays in logs and
// terminals.
import type { AccountError } from "$lib/generated/AccountError";
import type { AccountErrorCode } from "$lib/generated/AccountErrorCode";
import type { ApiError } from "$lib/generated/ApiError";
import type { ErrorCode } from "$lib/generated/ErrorCode";
import { m } from "$lib/paraglide/messages";

const words: Record<ErrorCode | AccountErrorCode, () => string> = {
  sit_running: m.error_sit_running,
  no_sit: m.error_no_sit,
  other_sit: m.error_other_sit,
  unknown_session: m.error_unknown_session,
  already_completed: m.error_already_completed,
  not_completed: m.error_not_completed,
  wrong_state: m.error_wrong_state,
  sat_together: m.error_sat_together,
  together_too_early: m.error_together_too_early,
  together_over: m.error_together_over,
  together_taken: m.error_together_taken,
  invalid_length: m.error_invalid_length,
  length_out_of_range: m.error_length_out_of_range,
  sit_too_short: m.error_sit_too_short,
  sit_too_long: m.error_sit_too_long,
  sit_not_begun: m.error_sit_not_begun,
  sit_not_over: m.error_sit_not_over,
  sit_too_long_ago: m.error_sit_too_long_ago,
  time_never_was: m.error_time_never_was,
  invalid_date: m.error_invalid_date,
  sit_deleted: m.error_sit_deleted,
  search_too_long: m.error_search_too_long,
  invalid_preparation: m.error_invalid_preparation,
  invalid_bell: m.error_invalid_bell,
  invalid_intervals: m.error_invalid_intervals,
  intervals_too_long: m.error_intervals_too_long,
  too_many_intervals: m.error_too_many_intervals,
  note_too_long: m.error_note_too_long,
  label_too_long: m.error_label_too_long,
  invalid_mood: m.error_invalid_mood,
  invalid_setting: m.error_invalid_setting,
  invalid_preset_name: m.error_invalid_preset_name,
  preset_name_taken: m.error_preset_name_taken,
  too_many_presets: m.error_too_many_presets,
  unknown_preset: m.error_unknown_preset,
  presets_changed: m.error_presets_changed,
  too_many_reminders: m.error_too_many_reminders,
  unknown_reminder: m.error_unknown_reminder,
  shortcut_taken: m.error_shortcut_taken,
  shortcut_unknown_key: m.error_shortcut_unknown_key,
  no_shortcuts: m.error_no_shortcuts,
  start_at_login_failed: m.error_start_at_login_failed,
  no_start_at_login: m.error_no_start_at_login,
  invalid_request: m.error_invalid_request,
  disk_full: m.error_disk_full,
  not_writable: m.error_not_writable,
  database_busy: m.error_database_busy,
  database_newer: m.error_database_newer,
  database_corrupt: m.error_database_corrupt,
  database_unusable: m.error_database_unusable,
  storage: m.error_storage,
  file_exists: m.error_file_exists,
  own_file: m.error_own_file,
  backup_unsound: m.error_backup_unsound,
  backup_unreadable: m.error_backup_unreadable,
  not_a_backup: m.error_not_a_backup,
  backup_newer: m.error_backup_newer,
  backup_damaged: m.error_backup_damaged,
  backup_of_another: m.error_backup_of_another,
  stopped: m.error_stopped,
  no_sound_device: m.error_no_sound_device,
  bell_missed: m.error_bell_missed,
  sound_missing: m.error_sound_missing,
  sound_unreadable: m.error_sound_unreadable,
  sound_too_large: m.error_sound_too_large,
  keep_awake_refused: m.error_keep_awake_refused,
  no_tray: m.error_no_tray,
  no_notifications: m.error_no_notifications,
  zone_unknown: m.error_zone_unknown,
  offline: m.error_offline,
  timeout: m.error_timeout,
  certificate_refused: m.error_certificate_refused,
  insecure_address: m.error_insecure_address,
  invalid_address: m.error_invalid_address,
  not_mitta: m.error_not_mitta,
  update_this: m.error_update_this,
  update_server: m.error_update_server,
  sign_in_needed: m.error_sign_in_needed,
  wrong_login: m.error_wrong_login,
  wrong_password: m.error_wrong_password,
  wrong_recovery_code: m.error_wrong_recovery_code,
  login_taken: m.error_login_taken,
  invalid_login: m.error_invalid_login,
  invalid_password: m.error_invalid_password,
  invalid_name: m.error_invalid_name,
  rate_limited: m.error_rate_limited,
  server_busy: m.error_server_busy,
  other_program: m.error_other_program,
  server_failed: m.error_server_failed,
  keyring_unavailable: m.error_keyring_unavailable,
  other_person: m.error_other_person,
  other_server: m.error_other_server,
  no_account: m.error_no_account,
  no_such_device: m.error_no_such_device,
  no_such_op: m.error_no_such_op,
  no_such_partnership: m.error_no_such_partnership,
  no_such_invite: m.error_no_such_invite,
  partnership_full: m.error_partnership_full,
  already_member: m.error_already_member,
  changed_meanwhile: m.error_changed_meanwhile,
  no_such_proposal: m.error_no_such_proposal,
  invalid_time: m.error_invalid_time,
  file_not_writable: m.error_file_not_writable,
  totals_differ: m.error_totals_differ,
  file_unreadable: m.error_file_unreadable,
  imported_file: m.error_imported_file,
  import_empty: m.error_import_empty,
  import_zip: m.error_import_zip,
  import_database: m.error_import_database,
  import_binary: m.error_import_binary,
  import_unknown: m.error_import_unknown,
  import_newer: m.error_import_newer,
  import_broken: m.error_import_broken,
  import_unanswered: m.error_import_unanswered,
  import_otherwise: m.error_import_otherwise,
  import_there: m.error_import_there,
  transfer_busy: m.error_transfer_busy,
  transfer_cancelled: m.error_transfer_cancelled,
  unknown_import: m.error_unknown_import,
  export_not_writable: m.error_export_not_writable,
  internal: m.error_internal,
};

/** What to tell the person. */
export function wordsFor(code: ErrorCode | AccountErrorCode): string {
  return words[code]();
}

function hasKnownCode(thrown: unknown): boolean {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    typeof thrown.code === "string" &&
    thrown.code in words
  );
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What was thrown as an `ApiError`; anything that is none is a defect, and says so. */
export function asApiError(thrown: unknown): ApiError {
  if (hasKnownCode(thrown)) return thrown as ApiError;
  return { code: "internal", message: messageOf(thrown), session_id: null };
}

/** The same for what an account command threw. */
export function asAccountError(thrown: unknown): AccountError {
  if (hasKnownCode(thrown)) return thrown as AccountError;
  return { code: "internal", message: messageOf(thrown) };
}
