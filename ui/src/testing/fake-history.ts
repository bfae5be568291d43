// Pages, searches and past sits as the engine answers them, roughly.
import type { HistoryCursor } from "$lib/generated/HistoryCursor";
import type { HistoryFilter } from "$lib/generated/HistoryFilter";
import type { HistoryPage } from "$lib/generated/HistoryPage";
import type { LabelView } from "$lib/generated/LabelView";
import type { PastStart } from "$lib/generated/PastStart";
import type { SessionId } from "$lib/generated/SessionId";
import type { SessionView } from "$lib/generated/SessionView";
import type { SitCheck } from "$lib/generated/SitCheck";
import { apiError } from "./fake-calls";
import { dateOf, OFFSET_S, secondsIn } from "./rows";

const listed = (sit: SessionView) => !sit.deleted && sit.state === "completed";

export function pageOf(
  sits: SessionView[],
  before: HistoryCursor | null,
  limit: number,
): HistoryPage {
  const rows = sits
    .filter(listed)
    .toSorted((a, b) => b.started_at_ms - a.started_at_ms || (a.session_id < b.session_id ? 1 : -1))
    .filter(
      (sit) =>
        before === null ||
        sit.started_at_ms < before.started_at_ms ||
        (sit.started_at_ms === before.started_at_ms && sit.session_id < before.session_id),
    );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length <= limit || last === undefined) return { sits: page, next: null };
  const { started_at_ms, session_id } = last;
  return { sits: page, next: { started_at_ms, session_id } };
}

export function found(sits: SessionView[], filter: HistoryFilter): SessionView[] {
  if ((filter.text ?? "").length > 200) throw apiError("search_too_long");
  const words = (filter.text ?? "").toLowerCase().split(/\s+/);
  return sits.filter((sit) => {
    const text = `${sit.words.note ?? ""}\n${sit.words.label ?? ""}`.toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (filter.label === null || sit.words.label === filter.label) &&
      (filter.source === null || sit.source === filter.source) &&
      (filter.from === null || sit.local_date >= filter.from) &&
      (filter.to === null || sit.local_date <= filter.to)
    );
  });
}

export function labelsOf(sits: SessionView[]): LabelView[] {
  const counts = new Map<string, number>();
  for (const { words } of sits.filter(listed)) {
    if (words.label !== null) counts.set(words.label, (counts.get(words.label) ?? 0) + 1);
  }
  return [...counts].sort().map(([label, n]) => ({ label, sits: n }));
}

/** `2026-10-25T02:30` was twice, `2026-03-29T02:30` never. */
export function checkOf(
  sits: SessionView[],
  start: PastStart,
  length: string,
  replaces: SessionId | null,
): SitCheck {
  const credited_s = secondsIn(length);
  if (credited_s === null) throw apiError("invalid_length");
  if (credited_s < 1) throw apiError("sit_too_short");
  if (credited_s > 86_400) throw apiError("sit_too_long");
  const [, date, h, rest] = /^(\d{4}-\d\d-\d\d)T(\d{1,2})(:\d\d(?::\d\d)?)$/.exec(start.wall) ?? [];
  const at_ms = Date.parse(`${date}T${h?.padStart(2, "0")}${rest}Z`) - OFFSET_S * 1000;
  if (Number.isNaN(at_ms)) throw apiError("invalid_date");
  if (start.wall === "2026-03-29T02:30") throw apiError("time_never_was");
  const is_twice = start.wall === "2026-10-25T02:30";
  const started_at_ms = at_ms + (is_twice && start.occurrence === "second" ? 3_600_000 : 0);
  const ended_at_ms = started_at_ms + credited_s * 1000;
  if (started_at_ms > Date.now()) throw apiError("sit_not_begun");
  if (ended_at_ms > Date.now()) throw apiError("sit_not_over");
  const overlaps = sits.filter(
    (sit) =>
      listed(sit) &&
      sit.session_id !== replaces &&
      sit.started_at_ms < ended_at_ms &&
      sit.started_at_ms + sit.credited_s * 1000 > started_at_ms,
  );
  return {
    started_at_ms,
    ended_at_ms,
    utc_offset_s: OFFSET_S,
    local_date: dateOf(started_at_ms),
    credited_s,
    is_twice,
    overlaps,
  };
}
