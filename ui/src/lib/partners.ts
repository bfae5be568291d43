// What can be said of a partnership's settings before the server is asked.
import type { PartnershipView } from "$lib/generated/PartnershipView";
import { wordsFor } from "$lib/errors";
import { m } from "$lib/paraglide/messages";

export const WEEKDAYS: PartnershipView["week_start"][] = [
  ...(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const),
];

/** Two persons now; nothing in the data forbids twelve. */
const MAX_MEMBERS = 2;

/** Nobody else can be let in. */
export function isFull({ members }: { members: readonly unknown[] }): boolean {
  return members.length >= MAX_MEMBERS;
}

const LONGEST_NAME = 80;
/** Control characters, and those that turn the direction of what follows. */
const HIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** What is wrong with a name; `null` where nothing is. */
export function nameProblem(typed: string): string | null {
  const name = typed.trim();
  if (name === "") return m.field_needed();
  if ([...name].length > LONGEST_NAME || HIDDEN.test(name)) return wordsFor("invalid_name");
  return null;
}

/** `2026-11-21`, where it is a date that there is. */
export function dateIn(text: string): string | null {
  const typed = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) return null;
  const at = new Date(`${typed}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== typed ? null : typed;
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
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
