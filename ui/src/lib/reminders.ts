// Times of day and days of the week, as reminders have them.
import { weekday } from "$lib/format";
import type { Weekdays } from "$lib/generated/Weekdays";

export type Weekday = Weekdays[number];

/** In the order in which a week starts on `first`. */
export function weekFrom(first: Weekday): Weekday[] {
  const at = WEEK.indexOf(first);
  return [...WEEK.slice(at), ...WEEK.slice(0, at)];
}

export const WEEK: readonly Weekday[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

export function dayName(day: Weekday): string {
  return weekday(WEEK.indexOf(day));
}

/** `07:05` of the minutes from midnight. */
export function clockMinute(minute: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** Minutes from midnight of a time as one likes to write it: `7`, `7:05`, `07.05`, `7 pm`. */
export function minuteIn(text: string): number | null {
  const found = /^(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?$/i.exec(text.trim());
  if (found === null) return null;
  const half = found[3]?.[0]?.toLowerCase();
  const [typed, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  if (half !== undefined && (typed < 1 || typed > 12)) return null;
  const hour = half === undefined ? typed : (typed % 12) + (half === "p" ? 12 : 0);
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}
