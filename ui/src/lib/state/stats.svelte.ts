// The statistics, read when they are in sight and may be others by now.
import type { Statistics } from "$lib/generated/Statistics";
import type { StatisticsScope } from "$lib/generated/StatisticsScope";
import type { Port } from "$lib/port";

export class StatsState {
  value = $state.raw<Statistics | null>(null);
  /** The longer time that was asked for; `value` may still be of another. */
  scope = $state.raw<StatisticsScope>({ kind: "past_year" });
  /** The person looks at them, and not at the list. */
  shown = $state.raw(false);

  #watchers = 0;
  #stale = true;
  #reading: Promise<void> | null = null;
  readonly #port: Port;
  readonly #fail: (thrown: unknown, retry: () => void) => void;

  constructor(port: Port, fail: (thrown: unknown, retry: () => void) => void) {
    this.#port = port;
    this.#fail = fail;
  }

  /** They are in sight, until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1;
    this.changed();
    return () => (this.#watchers -= 1);
  }

  /** What was read may be another by now: read anew, or later where nobody sees it. */
  changed(): void {
    this.#stale = true;
    if (!this.#seen()) return;
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
  }

  /** A window that was out of sight may have slept into another day. */
  visibilityChanged(): void {
    if (!document.hidden) this.changed();
  }

  choose(scope: StatisticsScope): void {
    this.scope = scope;
    this.changed();
  }

  #seen(): boolean {
    return this.#watchers > 0 && !document.hidden;
  }

  /** Reads until nothing changed while it was read. */
  async #read(): Promise<void> {
    while (this.#stale && this.#seen()) {
      this.#stale = false;
      try {
        this.value = await this.#port.call("statistics", { scope: this.scope });
      } catch (thrown) {
        this.#fail(thrown, () => this.changed());
      }
    }
  }
}
