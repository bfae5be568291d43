// What the figures of the statistics have in common: scales of time, cells of a year, words for a span
// that is not over.
import { shortDay, total, weekdayShort } from "$lib/format";
import type { Heat } from "$lib/generated/Heat";
import type { HeatDay } from "$lib/generated/HeatDay";
import type { Settings } from "$lib/generated/Settings";
import type { StatisticsScope } from "$lib/generated/StatisticsScope";
import type { StatisticsSpan } from "$lib/generated/StatisticsSpan";
import { m } from "$lib/paraglide/messages";

const DAY_MS = 86_400_000;
const MINUTE_S = 60;
const HOUR_S = 3600;
/** Distances between lines of a scale that can be read: minutes, then hours. */
const STEPS_S = [
  ...[1, 5, 10, 15, 30].map((min) => min * MINUTE_S),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map((h) => h * HOUR_S),
];
const MOST_LINES = 4;

/** Where the lines of a scale lie that reaches `most_s`, 0 left out; the last is at or above it. */
export function timeLines(most_s: number): number[] {
  const step = STEPS_S.find((one) => most_s <= one * MOST_LINES) ?? Math.ceil(most_s / MOST_LINES);
  const count = Math.max(1, Math.ceil(most_s / step));
  return Array.from({ length: count }, (_, n) => (n + 1) * step);
}

/** What stands at a line of a scale: whole hours without minutes. */
export function timeOnScale(at_s: number): string {
  return at_s % HOUR_S === 0 ? m.unit_h({ n: at_s / HOUR_S }) : total(at_s);
}

/** A bar with round shoulders that stands on `bottom`. */
export function barPath(x: number, width: number, top: number, bottom: number): string {
  const r = Math.max(0, Math.min(4, width / 2, bottom - top));
  return (
    `M${x},${bottom}V${top + r}q0,${-r} ${r},${-r}h${width - 2 * r}` +
    `q${r},0 ${r},${r}V${bottom}z`
  );
}

/** `so far`, with how much of it is over; `null` for a span that is. */
export function soFar(span: StatisticsSpan): string | null {
  if (span.is_over) return null;
  if (span.of_days === 1) return m.stats_so_far();
  return m.stats_so_far_days({ over: span.days_over, of: span.of_days });
}

/** `1 h 20 · 4 sits`, and that it is not all. */
export function spanSaid(name: string, span: StatisticsSpan): string {
  const said = `${name}: ${total(span.credited_s)}, ${m.sits({ n: span.sits })}`;
  const part = soFar(span);
  return part === null ? said : `${said}, ${part}`;
}

/** A year by its number, where the whole of it is meant. */
export function scopeKey(scope: StatisticsScope): string {
  return scope.kind === "year" ? String(scope.year) : scope.kind;
}

export function scopeOf(key: string): StatisticsScope {
  if (key === "all" || key === "past_year") return { kind: key };
  return { kind: "year", year: Number(key) };
}

/** A square of the heatmap: its column is its week, its row its weekday from the week start on. */
export interface Cell {
  local_date: string;
  column: number;
  row: number;
  day: HeatDay | null;
}

const WEEKDAYS: Settings["week_start"][] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const at = (local_date: string) => Date.parse(`${local_date}T00:00:00Z`);
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
/** 0 is Monday. */
const weekdayOf = (ms: number) => (new Date(ms).getUTCDay() + 6) % 7;

/** Short weekday names from the week start on. */
export function weekdaysFrom(week_start: Settings["week_start"]): string[] {
  const first = WEEKDAYS.indexOf(week_start);
  return Array.from({ length: 7 }, (_, n) => weekdayShort((first + n) % 7));
}

/** The days of `from` to `to`, none after `today`: what has not come is not nothing. */
export function cellsOf(
  heat: Heat,
  span: { from: string; to: string },
  today: string,
  week_start: Settings["week_start"],
): Cell[] {
  const days = new Map(heat.days.map((day) => [day.local_date, day]));
  const first_ms = at(span.from);
  const last_ms = at(span.to < today ? span.to : today);
  const into = (weekdayOf(first_ms) - WEEKDAYS.indexOf(week_start) + 7) % 7;
  const cells: Cell[] = [];
  for (let ms = first_ms, n = into; ms <= last_ms; ms += DAY_MS, n += 1) {
    const local_date = dateOf(ms);
    const day = days.get(local_date) ?? null;
    cells.push({ local_date, column: Math.floor(n / 7), row: n % 7, day });
  }
  return cells;
}

/** The first column of each month that begins within. */
export function monthsOf(cells: readonly Cell[]): { local_date: string; column: number }[] {
  return cells.filter(({ local_date }) => local_date.endsWith("-01"));
}

/** What each shade means: `1 min and more`, up to the next. */
export function shadesSaid(heat: Heat): string[] {
  return heat.level_from_s.map((from_s, level) => {
    const next_s = heat.level_from_s[level + 1];
    if (level === 0) return m.stats_shade_under({ to: total(next_s ?? 0) });
    if (next_s === undefined) return m.stats_shade_from({ from: total(from_s) });
    return m.stats_shade_between({ from: total(from_s), to: total(next_s) });
  });
}

/** `06:00`. */
export function hourSaid(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

/** The name of a week: its first day. */
export function weekName(span: StatisticsSpan): string {
  return shortDay(span.from);
}
