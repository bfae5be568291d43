// The form of a past sit, for adding one and for correcting one: what was typed, and what the engine
// understands of it.
import { dateIn } from "$lib/dates";
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { Occurrence } from "$lib/generated/Occurrence";
import type { PastStart } from "$lib/generated/PastStart";
import type { SessionId } from "$lib/generated/SessionId";
import type { SitCheck } from "$lib/generated/SitCheck";
import type { Port } from "$lib/port";
import { WordsDraft } from "./words.svelte";

export interface PastDraft {
  /** As a person writes a date. */
  date: string;
  /** `HH:MM`. */
  time: string;
  /** As a person writes a length. */
  length: string;
}

export class PastState {
  date = $state("");
  time = $state("");
  length = $state("");
  occurrence = $state.raw<Occurrence>("first");
  check = $state.raw<SitCheck | null>(null);
  error = $state.raw<ApiError | null>(null);

  #asked = 0;
  readonly #port: Port;
  readonly #tz: string | null;
  readonly #replaces: SessionId | null;

  constructor(port: Port, draft: PastDraft, tz: string | null, replaces: SessionId | null) {
    this.#port = port;
    this.#tz = tz;
    this.#replaces = replaces;
    this.date = draft.date;
    this.time = draft.time;
    this.length = draft.length;
  }

  get start(): PastStart {
    const { date, time, occurrence } = this;
    return { wall: `${dateIn(date) ?? date.trim()}T${time.trim()}`, tz: this.#tz, occurrence };
  }

  /** Whether enough was typed to ask the engine about it. */
  get complete(): boolean {
    return [this.date, this.time, this.length].every((text) => text.trim() !== "");
  }

  /** Something was typed: resolves to whether it can be recorded so. */
  async look(): Promise<boolean> {
    const asked = ++this.#asked;
    if (!this.complete) {
      this.check = null;
      this.error = null;
      return false;
    }
    try {
      const { start, length } = this;
      const check = await this.#port.call("check_sit", { start, length, replaces: this.#replaces });
      if (asked !== this.#asked) return false;
      this.check = check;
      this.error = null;
      if (!check.is_twice) this.occurrence = "first";
      return true;
    } catch (thrown) {
      if (asked !== this.#asked) return false;
      this.check = null;
      this.error = asApiError(thrown);
      return false;
    }
  }
}

/** A past sit as it is being added, kept while the person looks elsewhere. */
export class AddDraft {
  readonly past: PastState;
  readonly words = new WordsDraft();
  is_private = $state.raw(false);
  /** The form is open; closed by its button it waits as it is. */
  open = $state.raw(true);

  constructor(port: Port, date: string) {
    this.past = new PastState(port, { date, time: "", length: "" }, null, null);
  }
}
