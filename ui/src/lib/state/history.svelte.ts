// The history as far as it was scrolled, newest first, page by page after a keyset position.
import type { HistoryCursor } from "$lib/generated/HistoryCursor";
import type { SessionView } from "$lib/generated/SessionView";
import type { Totals } from "$lib/generated/Totals";
import type { Port } from "$lib/port";

export const PAGE = 60;

/** Newest first; sits of one instant by their id, as the backend orders them. */
function before(a: SessionView, b: HistoryCursor): boolean {
  return a.started_at_ms === b.started_at_ms
    ? a.session_id < b.session_id
    : a.started_at_ms < b.started_at_ms;
}

export class HistoryState {
  sits = $state.raw<SessionView[]>([]);
  totals = $state.raw<Totals | null>(null);
  loaded = $state.raw(false);
  /** Where the next page begins; `null` at the end. */
  next = $state.raw<HistoryCursor | null>(null);

  #more: Promise<void> | null = null;
  #reading = 0;
  readonly #port: Port;

  constructor(port: Port) {
    this.#port = port;
  }

  /** Reads the newest page again and keeps the older rows that were scrolled to. */
  async refresh(): Promise<void> {
    const reading = ++this.#reading;
    const [page, totals] = await Promise.all([
      this.#port.call("history", { before: null, limit: PAGE }),
      this.#port.call("totals", {}),
    ]);
    if (reading !== this.#reading) return;
    const { next } = page;
    const older = next === null ? [] : this.sits.filter((sit) => before(sit, next));
    this.sits = [...page.sits, ...older];
    if (older.length === 0) this.next = next;
    this.totals = totals;
    this.loaded = true;
  }

  /** Reads the page after the last row; several asks at once are one. */
  more(): Promise<void> {
    if (this.next === null) return Promise.resolve();
    this.#more ??= this.#readMore(this.next).finally(() => (this.#more = null));
    return this.#more;
  }

  async #readMore(after: HistoryCursor): Promise<void> {
    const page = await this.#port.call("history", { before: after, limit: PAGE });
    const known = new Set(this.sits.map((sit) => sit.session_id));
    this.sits = [...this.sits, ...page.sits.filter((sit) => !known.has(sit.session_id))];
    this.next = page.next;
  }

  /** A row as a command answered it. */
  patch(sit: SessionView): void {
    this.sits = sit.deleted
      ? this.sits.filter((row) => row.session_id !== sit.session_id)
      : this.sits.map((row) => (row.session_id === sit.session_id ? sit : row));
  }
}
