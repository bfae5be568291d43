// Dates as a person types them, and times of day with them.
import { writtenIn } from "$lib/locale.svelte";

const two = (n: number) => String(n).padStart(2, "0");

/** `2026-11-21`, where it is a date that there is. */
function existing(y: string, month: string, d: string): string | null {
  const date = `${y}-${month.padStart(2, "0")}-${d.padStart(2, "0")}`;
  const at = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== date ? null : date;
}

/** How the locale writes `date` in figures: the kinds of its parts in order, and what is between them. */
function figures(date: string): Intl.DateTimeFormatPart[] {
  const at = new Date(`${date}T00:00:00Z`);
  const format: Intl.DateTimeFormatOptions = { year: "numeric", month: "2-digit", day: "2-digit" };
  return new Intl.DateTimeFormat(writtenIn(), { ...format, timeZone: "UTC" }).formatToParts(at);
}

/**
 * The date that is meant, as `2026-11-21`; `null` where none is. Understood are `2026-11-21`, `21.11.2026`
 * with points, which nobody writes in another order, and with slashes the order of the locale.
 */
export function dateIn(text: string): string | null {
  const typed = text.trim();
  const [, y, month, d] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed) ?? [];
  if (y && month && d) return existing(y, month, d);
  const [, day, of, year] = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$/.exec(typed) ?? [];
  if (day && of && year) return existing(year, of, day);
  const [, first, second, last] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(typed) ?? [];
  if (!first || !second || !last) return null;
  const order = figures("2026-11-21").map(({ type }) => type);
  const isMonthFirst = order.indexOf("month") < order.indexOf("day");
  return isMonthFirst ? existing(last, first, second) : existing(last, second, first);
}

/**
 * A date as it stands in a field: `21.11.2026` where the locale writes points, else `2026-11-21`, since
 * 10/11/2026 is read in two ways.
 */
export function dateTyped(date: string): string {
  if (dateIn(date) === null) return date;
  const parts = figures(date);
  const has = (separator: string) => parts.some(({ value }) => value === separator);
  return has(".") ? parts.map(({ value }) => value).join("") : date;
}

/** The instant of a date and a time of day here, in milliseconds; `null` where it cannot be read. */
export function instantIn(date: string, time: string): number | null {
  const [, h, min] = /^\s*(\d{1,2}):(\d{2})(?::\d{2})?\s*$/.exec(time) ?? [];
  const day = dateIn(date);
  if (day === null || Number(h ?? 24) > 23 || Number(min ?? 60) > 59) return null;
  const at_ms = new Date(`${day}T${h?.padStart(2, "0")}:${min}:00`).getTime();
  return Number.isNaN(at_ms) ? null : at_ms;
}

/** The date here of an instant. */
export function dateHere(at_ms: number): string {
  const at = new Date(at_ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/**
 * The day an instant belongs to here, where days begin at that hour of the clock face: as the engine has it,
 * also in a night in which the clocks change.
 */
export function dayHere(at_ms: number, begins_at_hour: number): string {
  const at = new Date(at_ms);
  const before = at.getHours() < begins_at_hour ? 1 : 0;
  // Noon, because every day has one.
  return dateHere(new Date(at.getFullYear(), at.getMonth(), at.getDate() - before, 12).getTime());
}
