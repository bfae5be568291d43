// The words about files of sits.
import { length, number, shortDate, timeAt } from "$lib/format";
import type { Encoding } from "$lib/generated/Encoding";
import type { ImportCounts } from "$lib/generated/ImportCounts";
import type { ImportResult } from "$lib/generated/ImportResult";
import type { ImportView } from "$lib/generated/ImportView";
import type { ImportRowView } from "$lib/generated/ImportRowView";
import type { Kind } from "$lib/generated/Kind";
import type { Refusal } from "$lib/generated/Refusal";
import type { RefusalCode } from "$lib/generated/RefusalCode";
import type { Remark } from "$lib/generated/Remark";
import type { TransferPhase } from "$lib/generated/TransferPhase";
import { m } from "$lib/paraglide/messages";

const kinds: Record<Kind, () => string> = {
  insight_timer: m.transfer_kind_insight,
  insight_timer_utc: m.transfer_kind_insight,
  insight_timer_minutes: m.transfer_kind_insight,
  meditation_assistant: m.transfer_kind_assistant,
  meditate: m.transfer_kind_meditate,
  apple_health: m.transfer_kind_apple,
  mitta_csv: m.transfer_kind_mitta,
  mitta_json: m.transfer_kind_mitta,
};

export function kindName(kind: Kind): string {
  return kinds[kind]();
}

const reasons: Record<RefusalCode, () => string> = {
  missing: m.transfer_reason_missing,
  not_a_time: m.transfer_reason_not_a_time,
  not_a_length: m.transfer_reason_not_a_length,
  zero: m.transfer_reason_zero,
  negative: m.transfer_reason_negative,
  longer_than_a_day: m.transfer_reason_longer_than_a_day,
  no_such_day: m.transfer_reason_no_such_day,
  never_existed: m.transfer_reason_never_existed,
  out_of_calendar: m.transfer_reason_out_of_calendar,
  in_the_future: m.transfer_reason_in_the_future,
  unclosed_quote: m.transfer_reason_unclosed_quote,
  breaks_off: m.transfer_reason_breaks_off,
  not_understood: m.transfer_reason_not_understood,
  impossible: m.transfer_reason_impossible,
  twice_in_file: m.transfer_reason_twice_in_file,
  overlaps_in_file: m.transfer_reason_overlaps_in_file,
  overlaps_here: m.transfer_reason_overlaps_here,
};

const remarks: Record<Remark, () => string> = {
  first_of_two: m.transfer_remark_first_of_two,
  very_long: m.transfer_remark_very_long,
  label_in_note: m.transfer_remark_label_in_note,
};

const encodings: Record<Encoding, (() => string) | null> = {
  utf8: null,
  utf8_damaged: m.transfer_encoding_damaged,
  utf16_le: m.transfer_encoding_utf16,
  utf16_be: m.transfer_encoding_utf16,
  utf16_le_damaged: m.transfer_encoding_utf16_damaged,
  utf16_be_damaged: m.transfer_encoding_utf16_damaged,
  latin1: m.transfer_encoding_latin1,
};

/** What is worth saying about an encoding; nothing about the usual one. */
export function encodingRemark(encoding: Encoding): string | null {
  return encodings[encoding]?.() ?? null;
}

/** Day and time of a moment where the clock was that far ahead of UTC. */
export function moment(at_ms: number, utc_offset_s: number): string {
  const local = new Date(at_ms + utc_offset_s * 1000).toISOString();
  return m.day_and_time({
    day: shortDate(local.slice(0, 10), null),
    time: timeAt(at_ms, utc_offset_s),
  });
}

/** Why a row was refused, with what it is about; `other` is the sit that it collides with. */
function reasonOf(refusal: Refusal, other: string | null): string {
  const reason = reasons[refusal.code]();
  if (refusal.other_line !== null) {
    return m.transfer_reason_line({ reason, line: refusal.other_line });
  }
  const about = refusal.detail ?? other;
  return about === null ? reason : m.transfer_reason_about({ reason, about });
}

/**
 * What a row says of itself beside its time: its length, a remark, the sit that is there already, or
 * why it was refused.
 */
export function rowSays(row: ImportRowView): string {
  const other =
    row.other_started_at_ms === null ? null : moment(row.other_started_at_ms, row.utc_offset_s);
  if (row.refusal !== null) return reasonOf(row.refusal, other);
  const said = row.credited_s > 0 ? [length(row.credited_s)] : [];
  if (other !== null && row.other_started_at_ms !== row.started_at_ms) {
    said.push(m.transfer_row_there({ when: other }));
  }
  if (row.remark !== null) said.push(remarks[row.remark]());
  return said.join(" · ");
}

/** The sits that an import brings, or ends; or did. */
export function taken(counts: ImportCounts): number {
  return counts.new + counts.corrects + counts.again + counts.ended;
}

/** A count as plural messages take it. */
export function counted(n: number): { n: number; count: string } {
  return { n, count: number(n) };
}

/** How much of an import is taken back, where that was cut short. */
export function takenBackPartly(one: ImportView): string | null {
  if (one.is_undone || one.taken_back === 0) return null;
  return m.transfer_undone_partly({ back: number(one.taken_back), count: number(one.sits) });
}

const results: Record<ImportResult, (args: { n: number; count: string }) => string> = {
  new: m.transfer_count_new,
  corrects: m.transfer_count_corrects,
  again: m.transfer_count_again,
  ended: m.transfer_count_ended,
  already_there: m.transfer_count_already_there,
  deleted_here: m.transfer_count_deleted_here,
  deleted_in_file: m.transfer_count_deleted_in_file,
  refused: m.transfer_count_refused,
};
const ORDER: ImportResult[] = [
  "new",
  "corrects",
  "again",
  "ended",
  "already_there",
  "deleted_here",
  "deleted_in_file",
  "refused",
];

/** The counts that are not nothing, each with its words; the first always. */
export function countWords(counts: ImportCounts): { result: ImportResult; text: string }[] {
  return ORDER.filter((result) => result === "new" || counts[result] > 0).map((result) => ({
    result,
    text: results[result](counted(counts[result])),
  }));
}

const phases: Record<TransferPhase, () => string> = {
  looking: m.transfer_phase_looking,
  reading: m.transfer_phase_reading,
  undoing: m.transfer_phase_undoing,
  exporting: m.transfer_phase_exporting,
};

export function phaseWords(phase: TransferPhase): string {
  return phases[phase]();
}
