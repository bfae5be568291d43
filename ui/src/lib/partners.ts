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
