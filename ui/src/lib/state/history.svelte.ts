// The history as far as it was scrolled, newest first, page by page after a keyset position; all of
// it, or what a search wants of it.
import { tick } from "svelte";
import type { HistoryCursor } from "$lib/generated/HistoryCursor";
import type { HistoryFilter } from "$lib/generated/HistoryFilter";
import type { HistoryPage } from "$lib/generated/HistoryPage";
import type { LabelView } from "$lib/generated/LabelView";
import type { SessionId } from "$lib/generated/SessionId";
import type { SessionView } from "$lib/generated/SessionView";
import type { Totals } from "$lib/generated/Totals";
import type { Port } from "$lib/port";

/** Rows of the first page: more than a screen holds. */
export const PAGE = 60;
/** Rows of each page after it, when somebody scrolls. */
export const NEXT_PAGE = 200;

export const EVERYTHING: HistoryFilter = {
  text: null,
  label: null,
  source: null,
  from: null,
  to: null,
};

/** Newest first; sits of one instant by their id, as the backend orders them. */
function before(a: HistoryCursor, b: HistoryCursor): boolean {
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
  /** What is wanted. */
  filter = $state.raw<HistoryFilter>(EVERYTHING);
  /** The labels that sits have, for choosing one. */
  labels = $state.raw<LabelView[]>([]);
  /** Whether what is shown is not yet what is wanted. */
  seeking = $state.raw(false);

  /** A sit that comes back: the keyboard goes to it as soon as it is there. */
  returning = $state.raw<SessionId | null>(null);

  readonly filtered = $derived(Object.values(this.filter).some((wanted) => wanted !== null));

  #known = new Set<SessionId>();
  #more: { after: HistoryCursor; read: Promise<void> } | null = null;
  #reading = 0;
  #latest: Promise<void> = Promise.resolve();
  /** What the rows that are shown were looked for with. */
  #shown = EVERYTHING;
  /** Whether totals and labels are to be read again. */
  #recount = true;
  /** What commands answered since the last reading began. */
  #patched: SessionView[] = [];
  readonly #port: Port;

  constructor(port: Port) {
    this.#port = port;
  }

  #page(cursor: HistoryCursor | null, limit: number): Promise<HistoryPage> {
    return this.filtered
      ? this.#port.call("find_sits", { filter: this.filter, before: cursor, limit })
      : this.#port.call("history", { before: cursor, limit });
  }

  /**
   * Reads the newest page again and shows it, then the older rows that were scrolled to: another
   * window, a terminal or another device may have changed any of them.
   */
  async refresh(): Promise<void> {
    this.#recount = true;
    const reading = this.#reading + 1;
    try {
      await this.#read();
    } catch (thrown) {
      if (reading === this.#reading) throw thrown;
      // A search came between, and failed.
      if (this.#recount) await this.refresh();
    }
  }

  /** Shows what is wanted from now on. Until it is read, what was shown stays. */
  seek(filter: HistoryFilter): Promise<void> {
    this.filter = filter;
    this.seeking = true;
    return this.#read();
  }

  /** One reading at a time: who is overtaken waits for the one that reads what it would have read. */
  #read(): Promise<void> {
    const reading = ++this.#reading;
    this.#patched = [];
    this.#latest = this.#readNewest(reading).catch((thrown: unknown) => {
      if (reading !== this.#reading) return;
      // What is shown and what is said to be wanted stay one.
      this.filter = this.#shown;
      this.seeking = false;
      throw thrown;
    });
    return this.#latest.then(() => (reading === this.#reading ? undefined : this.#latest));
  }

  async #readNewest(reading: number): Promise<void> {
    const [page, counts] = await Promise.all([
      this.#page(null, PAGE),
      this.#recount ? this.#readCounts() : null,
    ]);
    if (reading !== this.#reading) return;
    if (counts !== null) {
      ({ totals: this.totals, labels: this.labels } = counts);
      this.#recount = false;
      this.loaded = true;
    }
    // Rows that something else was wanted of are no older rows of this.
    if (this.seeking) this.#show([]);
    this.seeking = false;
    this.#shown = this.filter;
    this.#showRead(page.sits, page.next);
    await this.#readOlder(page, reading);
  }

  async #readCounts(): Promise<{ totals: Totals; labels: LabelView[] }> {
    const [totals, { labels }] = await Promise.all([
      this.#port.call("totals", {}),
      this.#port.call("labels", {}),
    ]);
    return { totals, labels };
  }

  /** As far as rows are shown, and then all at once: the list does not move under a reader. */
  async #readOlder({ sits: newest, next }: HistoryPage, reading: number): Promise<void> {
    const sits = [...newest];
    while (next !== null && this.#isShownAfter(next)) {
      // One after the other: each begins where the one before ended.
      const page = await this.#page(next, NEXT_PAGE);
      if (reading !== this.#reading) return;
      sits.push(...page.sits);
      next = page.next;
    }
    if (sits.length > newest.length) this.#showRead(sits, next);
  }

  #isShownAfter(next: HistoryCursor): boolean {
    const last = this.sits.at(-1);
    return last !== undefined && before(last, next);
  }

  /** Rows that were read up to `next`, before the older ones that were not, with what commands said since. */
  #showRead(sits: SessionView[], next: HistoryCursor | null): void {
    const older = next === null ? [] : this.sits.filter((sit) => before(sit, next));
    this.#show([...sits, ...older]);
    if (older.length === 0) this.next = next;
    for (const sit of this.#patched) this.#put(sit);
  }

  /** Brings a sit back by `act`. */
  async bring(session_id: SessionId, act: () => Promise<void>): Promise<void> {
    this.returning = session_id;
    try {
      await act();
      await tick();
    } finally {
      this.returning = null;
    }
  }

  #show(sits: SessionView[]): void {
    this.#known = new Set(sits.map((sit) => sit.session_id));
    this.sits = sits;
  }

  /** Reads the page after the last row; several asks at once are one. */
  more(): Promise<void> {
    const after = this.next;
    if (after === null || this.seeking) return Promise.resolve();
    if (this.#more?.after !== after) {
      const more = { after, read: this.#readMore(after) };
      const done = () => {
        if (this.#more === more) this.#more = null;
      };
      more.read = more.read.finally(done);
      this.#more = more;
    }
    return this.#more.read;
  }

  async #readMore(after: HistoryCursor): Promise<void> {
    const { filter } = this;
    const page = await this.#page(after, NEXT_PAGE);
    if (filter !== this.filter || this.next !== after) return;
    const fresh = page.sits.filter((sit) => !this.#known.has(sit.session_id));
    for (const sit of fresh) this.#known.add(sit.session_id);
    this.sits = this.sits.concat(fresh);
    this.next = page.next;
  }

  /** A row as a command answered it. One that is not there is put where it belongs, if that was read. */
  patch(sit: SessionView): void {
    this.#patched.push(sit);
    this.#put(sit);
  }

  #put(sit: SessionView): void {
    const { session_id } = sit;
    if (sit.deleted) {
      this.#known.delete(session_id);
      this.sits = this.sits.filter((row) => row.session_id !== session_id);
    } else if (this.#known.has(session_id)) {
      this.sits = this.sits.map((row) => (row.session_id === session_id ? sit : row));
    } else if (!this.filtered && (this.next === null || !before(sit, this.next))) {
      const at = this.sits.findIndex((row) => before(row, sit));
      this.#known.add(session_id);
      this.sits = this.sits.toSpliced(at < 0 ? this.sits.length : at, 0, sit);
    }
  }
}
