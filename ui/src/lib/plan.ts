// The choices of a plan in words.
import { length } from "$lib/format";
import type { IntervalBells } from "$lib/generated/IntervalBells";
import type { PlanChoice } from "$lib/generated/PlanChoice";
import type { Sound } from "$lib/generated/Sound";
import { m } from "$lib/paraglide/messages";

export function intervalsInWords(intervals: IntervalBells): string {
  switch (intervals.kind) {
    case "none":
      return m.intervals_none();
    case "every":
      return m.intervals_every({ length: length(intervals.every_s) });
    case "at":
      return m.interval_bells({ n: intervals.at_s.length });
    case "random":
      return m.intervals_random({ min: length(intervals.min_s), max: length(intervals.max_s) });
  }
}

/** A plan in one line: `20 min · 10 s to settle · a bell every 5 min · Zazen`. */
export function choiceInWords(choice: PlanChoice): string {
  const parts = [choice.planned_s === null ? m.open_ended() : length(choice.planned_s)];
  if (choice.preparation_s > 0) parts.push(m.settle({ length: length(choice.preparation_s) }));
  if (choice.intervals.kind !== "none") parts.push(intervalsInWords(choice.intervals));
  if (choice.label !== null) parts.push(choice.label);
  return parts.join(" · ");
}

/** Whether two choices are the same, however they were put together. */
export function samePlan(a: PlanChoice, b: PlanChoice): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1)))
      : part,
  );
}

/** Whether both are one name to a person, as the engine has it. */
export function isSameName(a: string, b: string): boolean {
  const plain = (name: string) =>
    name.normalize("NFKC").trim().replace(/\s+/g, " ").toUpperCase().toLowerCase();
  return plain(a) === plain(b);
}

export function soundName(sound: Sound): string {
  switch (sound.kind) {
    case "bowl":
      return m.sound_bowl();
    case "low_bowl":
      return m.sound_low_bowl();
    case "inkin":
      return m.sound_inkin();
    case "wood_block":
      return m.sound_wood_block();
    case "file":
      return sound.name;
  }
}
