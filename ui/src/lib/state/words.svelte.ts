// The words of a sit as they are typed.
import type { Words } from "$lib/generated/Words";

export class WordsDraft {
  note = $state("");
  label = $state("");
  mood = $state.raw<number | null>(null);

  constructor(words: Partial<Words> = {}) {
    this.note = words.note ?? "";
    this.label = words.label ?? "";
    this.mood = words.mood ?? null;
  }

  /** As they are recorded: what is blank is none. */
  get words(): Words {
    const text = (typed: string) => (typed.trim() === "" ? null : typed);
    return { note: text(this.note), mood: this.mood, label: text(this.label) };
  }
}
