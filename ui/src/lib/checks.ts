// The words of Troubleshooting: what was looked at, what was found, what to do.
import { wordsFor } from "$lib/errors";
import { day, moment, number, total } from "$lib/format";
import type { AccountAdvice } from "$lib/generated/AccountAdvice";
import type { AccountCheck } from "$lib/generated/AccountCheck";
import type { AccountCheckName } from "$lib/generated/AccountCheckName";
import type { AccountFound } from "$lib/generated/AccountFound";
import type { Advice } from "$lib/generated/Advice";
import type { Check } from "$lib/generated/Check";
import type { CheckName } from "$lib/generated/CheckName";
import type { Found } from "$lib/generated/Found";
import { m } from "$lib/paraglide/messages";
import { keyNames } from "$lib/shortcut-keys";
import { host } from "$lib/sync";

/** One line of what was looked at. */
export interface Line {
  key: string;
  ok: boolean;
  name: string;
  found: string;
  advice: string | null;
}

const NAMES: Record<CheckName | AccountCheckName, () => string> = {
  data_folder: m.check_data_folder,
  free_space: m.check_free_space,
  database: m.check_database,
  sits: m.check_sits,
  outbox: m.check_outbox,
  backups: m.check_backups,
  round_trip: m.check_round_trip,
  sound: m.check_sound,
  own_sounds: m.check_own_sounds,
  zone: m.check_zone,
  clock: m.check_clock,
  start_at_login: m.check_start_at_login,
  shortcut: m.check_shortcut,
  account: m.check_account,
  server: m.check_server,
  server_clock: m.check_server_clock,
  sitting_together: m.check_sitting_together,
  keyring: m.check_keyring,
  sign_in: m.check_sign_in,
  refused: m.check_refused,
  totals: m.check_totals,
};

const as = (n: number | null) => number(n ?? 0);

const keysOf = ({ text }: Check) => keyNames(text ?? "").join(" ");

const FOUND: Record<Found, (check: Check) => string> = {
  folder_writable: ({ text }) => text ?? "",
  folder_to_be: ({ text }) => text ?? "",
  folder_not_writable: ({ text }) => m.found_folder_not_writable({ text: text ?? "" }),
  free: ({ count }) => m.found_free({ mib: as(count) }),
  not_looked_at: () => m.found_not_looked_at(),
  no_database: () => m.found_no_database(),
  whole: () => m.found_whole(),
  database_bad: ({ text }) => m.found_database_bad({ text: text ?? "" }),
  nothing_unfinished: () => m.found_nothing_unfinished(),
  running: () => m.found_running(),
  unfinished: () => m.found_unfinished(),
  waiting_for_account: ({ count }) => m.found_waiting_for_account({ n: as(count) }),
  waiting: ({ count }) => m.found_waiting({ n: as(count) }),
  last_backup: ({ at_ms }) => m.found_last_backup({ when: moment(at_ms ?? 0) }),
  no_backup: () => m.backup_none(),
  round_trip: () => m.found_round_trip(),
  round_trip_wrong: ({ text }) => m.found_round_trip_wrong({ text: text ?? "" }),
  sound_well: () => m.found_sound_well(),
  sound_bad: ({ text }) => text ?? "",
  own_sounds: ({ count }) =>
    count === 0 ? m.found_no_own_sounds() : m.found_own_sounds({ n: as(count) }),
  own_sounds_bad: ({ text }) => text ?? "",
  zone: ({ text }) => text ?? "",
  zone_unknown: () => m.found_zone_unknown(),
  clocks_agree: () => m.found_clocks_agree(),
  clock_back: () => m.found_clock_back(),
  wall_moved: () => m.found_wall_moved(),
  wall_early: () => m.found_wall_early(),
  not_started: ({ file }) => m.found_not_started({ file: file ?? "" }),
  started: ({ file, text }) => m.found_started({ file: file ?? "", text: text ?? "" }),
  starts_nothing: ({ file, text }) =>
    m.found_starts_nothing({ file: file ?? "", text: text ?? "" }),
  no_shortcut: () => m.found_no_shortcut(),
  shortcut: (check) => m.found_shortcut({ keys: keysOf(check) }),
  shortcut_wayland: (check) =>
    check.text === null
      ? m.found_no_shortcut_wayland()
      : m.found_shortcut_wayland({ keys: keysOf(check) }),
  shortcut_no_display: (check) => m.found_shortcut_no_display({ keys: keysOf(check) }),
  failed: ({ text }) => m.found_failed({ text: text ?? "" }),
};

const ADVICE: Record<Advice, () => string> = {
  check_permission: m.advice_check_permission,
  make_room: m.advice_make_room,
  update: m.advice_update,
  open_once: m.advice_open_once,
  close_others: m.advice_close_others,
  restore_backup: m.advice_restore_backup,
  report: m.advice_report,
  decide: m.advice_decide,
  back_up: m.advice_back_up,
  check_sound: m.advice_check_sound,
  choose_again: m.advice_choose_again,
  set_zone: m.advice_set_zone,
  set_clock: m.advice_set_clock,
  start_again: m.advice_start_again,
  desktop_keys: m.advice_desktop_keys,
};

export function lineOf(check: Check): Line {
  return {
    key: check.name,
    ok: check.ok,
    name: NAMES[check.name](),
    found: FOUND[check.found](check),
    advice: check.advice === null ? null : ADVICE[check.advice](),
  };
}

/** Clocks that are so close are the same to a person. */
const SAME_MS = 1000;

function apart(ms: number): string {
  const s = number(Math.round(Math.abs(ms) / 1000));
  if (Math.abs(ms) < SAME_MS) return m.found_clock_same();
  return ms > 0 ? m.found_clock_ahead({ s }) : m.found_clock_behind({ s });
}

const ACCOUNT_FOUND: Record<AccountFound, (check: AccountCheck) => string> = {
  no_account: () => m.found_no_account(),
  account: ({ text, server_url }) =>
    m.found_account({ login: text ?? "", server: host(server_url ?? "") }),
  server: ({ text }) => m.found_server({ version: text ?? "" }),
  server_clock: ({ count }) => apart(count ?? 0),
  aligned: ({ error_ms }) => m.found_aligned({ ms: as(error_ms) }),
  kept_in_keyring: () => m.found_kept_in_keyring(),
  kept_in_file: () => m.found_kept_in_file(),
  signed_in: ({ count }) => m.found_signed_in({ n: as(count) }),
  refused: ({ count }) =>
    count === 0 ? m.found_none_refused() : m.found_refused({ n: as(count) }),
  totals: ({ count, credited_s, at_ms }) => {
    const sums = { sits: m.sits({ n: as(count) }), length: total(credited_s ?? 0) };
    return at_ms === null
      ? m.found_totals_not_compared(sums)
      : m.found_totals({ ...sums, when: moment(at_ms) });
  },
  totals_differ: ({ dates }) =>
    dates.length === 0
      ? m.found_totals_unsettled()
      : m.found_totals_differ({ weeks: dates.map((date) => day(date, null)).join(", ") }),
  failed: ({ code, text }) =>
    code === null ? m.found_failed({ text: text ?? "" }) : wordsFor(code),
};

const ACCOUNT_ADVICE: Record<AccountAdvice, () => string | null> = {
  of_code: () => null,
  set_clock: m.advice_set_clock,
  slow_line: m.advice_slow_line,
  see_refused: m.advice_see_refused,
  sync_again: m.advice_sync_again,
  report: m.advice_report,
};

export function accountLineOf(check: AccountCheck): Line {
  return {
    key: check.name,
    ok: check.ok,
    name: NAMES[check.name](),
    found: ACCOUNT_FOUND[check.found](check),
    advice: check.advice === null ? null : ACCOUNT_ADVICE[check.advice](),
  };
}
