// What is still being understood within a form, for whoever saves it: a length that was typed is
// asked about, and saving before the answer would save the old one.
import { getContext, setContext } from "svelte";

const PENDING = Symbol("pending");

export class Pending {
  readonly #waiting = new Set<Promise<boolean>>();

  add(understood: Promise<boolean>): void {
    this.#waiting.add(understood);
    void understood.finally(() => this.#waiting.delete(understood));
  }

  /** Whether all of it was understood. */
  async settled(): Promise<boolean> {
    const all = await Promise.all(this.#waiting);
    return all.every(Boolean);
  }
}

/** Of the form that is being made. */
export function providePending(): Pending {
  return setContext(PENDING, new Pending());
}

/** Of the form around a field, if there is one that saves as a whole. */
export function pendingAround(): Pending | undefined {
  return getContext<Pending | undefined>(PENDING);
}
