/** One form, question or button: whether it runs, and why it failed. */
export class Act<E> {
  busy = $state.raw(false);
  error = $state.raw<E | null>(null);

  readonly #errorOf: (thrown: unknown) => E;

  constructor(errorOf: (thrown: unknown) => E) {
    this.#errorOf = errorOf;
  }

  /** Runs once at a time; whether it went well. */
  async run(act: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
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
