// Rows, totals and settings for tests and previews.
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { SessionView } from "$lib/generated/SessionView";
import type { Settings } from "$lib/generated/Settings";
import type { SitView } from "$lib/generated/SitView";
import type { SpanTotal } from "$lib/generated/SpanTotal";
import type { Totals } from "$lib/generated/Totals";

export const DAY_MS = 86_400_000;
export const OFFSET_S = 3600;

/** An id that sorts as it counts. */
export function idOf(n: number): string {
  return `0197a3c2-5f00-7000-8000-${String(n).padStart(12, "0")}`;
}

export function dateOf(unix_ms: number): string {
  return new Date(unix_ms + OFFSET_S * 1000).toISOString().slice(0, 10);
}

export function settings(): Settings {
  return {
    choice: {
      planned_s: 1200,
      preparation_s: 10,
      start_bell: { sound: { kind: "bowl" }, strikes: 3, volume: 80 },
      intervals: { kind: "none" },
      interval_bell: { sound: { kind: "bowl" }, strikes: 1, volume: 60 },
      end_bell: { sound: { kind: "bowl" }, strikes: 1, volume: 80 },
      at_end: "stop",
      label: null,
    },
    theme: "system",
    language: "system",
    text_percent: 100,
    dial: "ring_and_time",
    keep_display_awake: false,
    prevent_suspend: true,
    ask_mood: false,
    notify_at_end: "when_hidden",
    day_start_hour: 4,
    week_start: "Mon",
    close_to_tray: true,
    weekly_goal_s: null,
    show_streak: false,
    rest_days: [],
    shortcut: null,
  };
}

export function sitAt(
  n: number,
  started_at_ms: number,
  credited_s: number,
  words: Partial<SessionView["words"]> = {},
): SessionView {
  return {
    session_id: idOf(n),
    source: "timer",
    state: "completed",
    started_at_ms,
    utc_offset_s: OFFSET_S,
    local_date: dateOf(started_at_ms),
    planned_s: credited_s,
    credited_s,
    completion: {
      ended_at_ms: started_at_ms + credited_s * 1000,
      credited_s,
      paused_s: 0,
      asleep_s: 0,
      overtime_s: 0,
    },
    interval_bells: 0,
    words: { note: null, mood: null, label: null, ...words },
    sharing: { shared: true, note_shared: false },
    together_id: null,
    deleted: false,
  };
}

/** A sit that has just been begun. */
export function liveView(session_id: string, choice: PlanChoice, started_at_ms: number): SitView {
  const { intervals, planned_s } = choice;
  const interval_at_s: number[] = intervals.kind === "at" ? intervals.at_s : [];
  if (intervals.kind === "every") {
    for (let s = intervals.every_s; s < (planned_s ?? 3600); s += intervals.every_s) {
      interval_at_s.push(s);
    }
  }
  return {
    session_id,
    phase: "preparing",
    ticking: true,
    planned_s,
    preparation_left_ms: choice.preparation_s * 1000,
    elapsed_ms: 0,
    asleep_ms: 0,
    undo_left_ms: 0,
    ends_at_ms: planned_s === null ? null : started_at_ms + planned_s * 1000,
    interval_at_s,
    label: choice.label,
    together_id: null,
    is_private: false,
    question: null,
    completion: null,
    discarded: false,
    recording: "recorded",
  };
}

function span(sits: SessionView[], from: string, to: string): SpanTotal {
  const within = sits.filter((sit) => sit.local_date >= from && sit.local_date <= to);
  return {
    from,
    to,
    sits: within.length,
    credited_s: within.reduce((sum, sit) => sum + sit.credited_s, 0),
    days: new Set(within.map((sit) => sit.local_date)).size,
  };
}

/** Totals as of `now_ms`, weeks from Monday. */
export function totalsOf(sits: SessionView[], now_ms: number): Totals {
  const done = sits.filter((sit) => sit.state === "completed" && !sit.deleted);
  const today = dateOf(now_ms);
  const today_ms = Date.parse(`${today}T00:00:00Z`);
  const monday_ms = today_ms - ((new Date(today_ms).getUTCDay() + 6) % 7) * DAY_MS;
  const on = (unix_ms: number) => new Date(unix_ms).toISOString().slice(0, 10);
  const weeks = Array.from({ length: 12 }, (_, index) => {
    const from_ms = monday_ms - (11 - index) * 7 * DAY_MS;
    return span(done, on(from_ms), on(from_ms + 6 * DAY_MS));
  });
  return {
    today: span(done, today, today),
    week: weeks[11] ?? span(done, today, today),
    month: span(done, `${today.slice(0, 7)}-01`, today),
    all: span(done, "0000-01-01", "9999-12-31"),
    weeks,
  };
}

/** What the engine would understand of a length as typed, roughly; `null` for nothing. */
export function secondsIn(text: string): number | null {
  const typed = text.trim();
  if (/^\d+$/.test(typed)) return Number(typed) * 60;
  const dial = /^(\d+):(\d{2})$/.exec(typed);
  if (dial !== null) return Number(dial[1]) * 60 + Number(dial[2]);
  const units = /^(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s)?$/.exec(typed);
  if (units === null || typed === "") return null;
  const [h, min, s] = [1, 2, 3].map((n) => Number(units[n] ?? 0));
  return (h ?? 0) * 3600 + (min ?? 0) * 60 + (s ?? 0);
}
