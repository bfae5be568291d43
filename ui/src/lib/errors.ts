// The words for every error code. The engine's own English stays in logs and terminals.
import type { ApiError } from "$lib/generated/ApiError";
import type { ErrorCode } from "$lib/generated/ErrorCode";
import { m } from "$lib/paraglide/messages";

const words: Record<ErrorCode, () => string> = {
  sit_running: m.error_sit_running,
  no_sit: m.error_no_sit,
  other_sit: m.error_other_sit,
  unknown_session: m.error_unknown_session,
  already_completed: m.error_already_completed,
  not_completed: m.error_not_completed,
  wrong_state: m.error_wrong_state,
  invalid_length: m.error_invalid_length,
  length_out_of_range: m.error_length_out_of_range,
  invalid_preparation: m.error_invalid_preparation,
  invalid_bell: m.error_invalid_bell,
  invalid_intervals: m.error_invalid_intervals,
  intervals_too_long: m.error_intervals_too_long,
  too_many_intervals: m.error_too_many_intervals,
  note_too_long: m.error_note_too_long,
  label_too_long: m.error_label_too_long,
  invalid_mood: m.error_invalid_mood,
  invalid_setting: m.error_invalid_setting,
  invalid_request: m.error_invalid_request,
  disk_full: m.error_disk_full,
  not_writable: m.error_not_writable,
  database_busy: m.error_database_busy,
  database_newer: m.error_database_newer,
  database_corrupt: m.error_database_corrupt,
  database_unusable: m.error_database_unusable,
  storage: m.error_storage,
  no_sound_device: m.error_no_sound_device,
  bell_missed: m.error_bell_missed,
  sound_missing: m.error_sound_missing,
  sound_unreadable: m.error_sound_unreadable,
  sound_too_large: m.error_sound_too_large,
  keep_awake_refused: m.error_keep_awake_refused,
  no_tray: m.error_no_tray,
  no_notifications: m.error_no_notifications,
  zone_unknown: m.error_zone_unknown,
  internal: m.error_internal,
};

/** What to tell the person. */
export function wordsFor(code: ErrorCode): string {
  return words[code]();
}

function isApiError(thrown: unknown): thrown is ApiError {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    typeof thrown.code === "string" &&
    thrown.code in words
  );
}

/** What was thrown as an `ApiError`; anything that is none is a defect, and says so. */
export function asApiError(thrown: unknown): ApiError {
  if (isApiError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", message, session_id: null };
}
