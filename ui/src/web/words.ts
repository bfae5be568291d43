// What to tell a person: of a refusal our own words where the page knows more than the server, else the
// server's sentence, which is meant for people; of what was typed, before the server is asked.
import { language } from "$lib/locale.svelte";
import { m } from "$lib/paraglide/messages";
import { dateIn } from "$lib/dates";
import type { Refused } from "./api";

const words: Record<string, () => string> = {
  offline: m.web_error_offline,
  timeout: m.web_error_timeout,
  server_failed: m.web_error_server,
  unavailable: m.web_error_server,
  internal: m.web_error_server,
  // The server names the field as programs do.
  invalid_field: m.web_error_invalid,
  malformed_json: m.web_error_invalid,
  sign_in_needed: m.web_error_signed_out,
  no_such_invite: m.web_error_invite,
  already_member: m.web_error_already_member,
  partnership_full: m.web_error_full,
  login_taken: m.web_error_login_taken,
  protocol_unsupported: m.web_error_reload,
  wrong_login: m.error_wrong_login,
  wrong_password: m.error_wrong_password,
  wrong_recovery_code: m.error_wrong_recovery_code,
  invalid_login: m.error_invalid_login,
  invalid_password: m.error_invalid_password,
  no_such_partnership: m.error_no_such_partnership,
  no_such_proposal: m.error_no_such_proposal,
  changed_meanwhile: m.error_changed_meanwhile,
  rate_limited: m.error_rate_limited,
};

export function wordsFor(refused: Refused): string {
  const own = words[refused.code];
  if (own !== undefined) return own();
  // The server speaks English alone.
  return language() === "en" ? refused.message : m.web_error_other({ code: refused.code });
}

/** What is wrong with a date from which on one shares; `null` where nothing is. */
export function sinceProblem(date: string): string | null {
  const read = dateIn(date);
  return read === null || read < "1970" ? m.web_since_needed() : null;
}

export const MOST_GOAL_MIN = 7 * 24 * 60;

/** What is wrong with a weekly goal in minutes; `null` where nothing is. */
export function goalProblem(minutes: string): string | null {
  const goal_min = Number(minutes);
  return goal_min >= 0 && goal_min <= MOST_GOAL_MIN ? null : m.web_goal_range();
}
