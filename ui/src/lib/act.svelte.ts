/** One form, question or button: whether it runs, and why it failed. */
export class Act<E> {
  busy = $state.raw(false);
  error = $state.raw<E | null>(null);

  /** What was asked last; it never fails. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #errorOf: (thrown: unknown) => E;

  constructor(errorOf: (thrown: unknown) => E) {
    this.#errorOf = errorOf;
  }

  /** Runs once at a time; whether it went well. For what must not be done twice by two clicks. */
  async run(act: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.error = null;
    return this.#go(act);
  }

  /** Runs after what was asked before it; whether it went well. For controls of which each change counts. */
  inTurn(act: () => Promise<unknown>): Promise<boolean> {
    this.error = null;
    const mine = this.#turn.then(() => this.#go(act));
    this.#turn = mine;
    return mine;
  }

  async #go(act: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    try {
      await act();
      return true;
    } catch (thrown) {
      this.error = this.#errorOf(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
