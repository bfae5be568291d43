// The words of sync: its state in one, why the server refused a change, how far a sync is.
import { wordsFor } from "$lib/errors";
import { moment, number } from "$lib/format";
import type { RejectedOp } from "$lib/generated/RejectedOp";
import type { SyncProgress } from "$lib/generated/SyncProgress";
import type { SyncView } from "$lib/generated/SyncView";
import type { SyncWord } from "$lib/generated/SyncWord";
import { m } from "$lib/paraglide/messages";

/** From here on the two clocks are said to differ. */
const CLOCK_DIFFERS_MS = 2000;

const PRESSING: readonly SyncWord[] = [
  ...(["claim_asked", "sign_in_needed", "update_this", "update_server"] as const),
  ...(["offline", "server_failed", "rejected", "totals_differ"] as const),
];

/** Whether the state asks something of the person, or keeps changes from being sent. */
export function pressing(word: SyncWord): boolean {
  return PRESSING.includes(word);
}

/** The state in a word, as it stands at the edge of every screen. */
export function wordOf(view: SyncView): string {
  switch (view.word) {
    case "no_account":
      return m.sync_no_account();
    case "claim_asked":
      return m.sync_claim_asked();
    case "sign_in_needed":
      return m.sync_sign_in_needed();
    case "update_this":
      return m.sync_update_this();
    case "update_server":
      return m.sync_update_server();
    case "syncing":
      return m.sync_syncing();
    case "offline":
      return view.offline_since_ms === null
        ? m.sync_offline()
        : m.sync_offline_since({ time: moment(view.offline_since_ms) });
    case "server_failed":
      return m.sync_server_failed();
    case "rejected":
      return m.sync_rejected({ n: number(view.rejected) });
    case "totals_differ":
      return m.sync_totals_differ();
    case "waiting":
      return m.sync_waiting({ n: number(view.waiting) });
    case "up_to_date":
      return m.sync_up_to_date();
  }
}

/** What the word means for the person, in a sentence or two. */
export function sentenceOf(view: SyncView): string {
  switch (view.word) {
    case "no_account":
      return m.account_why();
    case "claim_asked":
      return m.says_claim_asked();
    case "sign_in_needed":
      return m.says_sign_in_needed();
    case "update_this":
    case "update_server":
    case "totals_differ":
      return wordsFor(view.word);
    case "offline":
    case "server_failed":
      return m.says_later({ why: wordsFor(view.problem?.code ?? view.word) });
    case "syncing":
      return m.says_syncing();
    case "rejected":
      return m.says_rejected();
    case "waiting":
      return m.says_waiting();
    case "up_to_date":
      return m.says_up_to_date();
  }
}

/** The server as a person names it: without the way to it. */
export function host(server_url: string): string {
  return server_url.replace(/^[a-z]+:\/\//, "").replace(/\/$/, "");
}

/** The server's clock minus this one's in whole seconds; 0 where it does not matter. */
export function clockOffset_s(view: SyncView): number {
  const offset_ms = view.clock_offset_ms ?? 0;
  return Math.abs(offset_ms) > CLOCK_DIFFERS_MS ? Math.round(offset_ms / 1000) : 0;
}

const PHASES: Record<SyncProgress["phase"], (of: { done: string; total: string }) => string> = {
  pushing: m.progress_pushing,
  pulling: m.progress_pulling,
  comparing: m.progress_comparing,
};

/** `Sending 1,204 of 3,000`. */
export function progressOf({ phase, done, total }: SyncProgress): string {
  return PHASES[phase]({ done: number(done), total: number(Math.max(done, total)) });
}

const CHANGES: Record<string, () => string> = {
  start: m.change_start,
  complete: m.change_complete,
  sat: m.change_sat,
  words: m.change_words,
  credited: m.change_credited,
  sharing: m.change_sharing,
  deleted: m.change_deleted,
};

/** What a refused change does to its sit. */
export function changeOf(op: RejectedOp): string {
  return (CHANGES[op.change] ?? m.change_other)();
}

const REASONS: Record<string, () => string> = {
  unknown_version: m.refused_unknown_version,
  invalid_stamp: m.refused_invalid_stamp,
  invalid_time: m.refused_invalid_time,
  invalid_plan: m.refused_invalid_plan,
  invalid_completion: m.refused_invalid_completion,
  invalid_events: m.refused_invalid_events,
  invalid_zone: m.refused_invalid_zone,
  other_session: m.refused_other_session,
  other_plan: m.refused_other_plan,
  stamp_reused: m.refused_stamp_reused,
  credited_out_of_range: m.refused_credited_out_of_range,
  nothing_credited: m.refused_nothing_credited,
  invalid_words: m.refused_invalid_words,
  key_reuse: m.refused_key_reuse,
  malformed_op: m.refused_malformed_op,
};

/** Why the server refused a change, and what to do. */
export function reasonOf(op: RejectedOp): string {
  return REASONS[op.code]?.() ?? m.refused_other({ code: op.code });
}
