// The choices of a plan in words.
import { length } from "$lib/format";
import type { IntervalBells } from "$lib/generated/IntervalBells";
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
