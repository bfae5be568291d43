// The words about a sit that has just ended: kept while the screen is open, written on the way out,
// so that nothing a person typed is lost when the next sit begins from elsewhere.
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { SitView } from "$lib/generated/SitView";
import type { Port } from "$lib/port";
import { WordsDraft } from "./words.svelte";

export class AfterState {
  /** Deleted here; undo brings it back. */
  deleted = $state.raw(false);
  asking = $state.raw(false);
  busy = $state.raw(false);
  error = $state.raw<ApiError | null>(null);

  readonly session_id: string;
  readonly draft: WordsDraft;
  readonly #port: Port;
  #written: string;

  constructor(port: Port, view: SitView) {
    this.#port = port;
    this.session_id = view.session_id;
    this.draft = new WordsDraft({ label: view.label });
    this.deleted = view.discarded;
    this.#written = JSON.stringify(this.draft.words);
  }

  get changed(): boolean {
    return JSON.stringify(this.draft.words) !== this.#written;
  }

  async #write(): Promise<void> {
    if (!this.changed || this.deleted) return;
    const { words } = this.draft;
    await this.#port.call("describe", { session_id: this.session_id, words });
    this.#written = JSON.stringify(words);
  }

  /** One act at a time; an error is kept for showing. */
  async #act(act: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      await act();
      this.error = null;
      return true;
    } catch (thrown) {
      this.error = asApiError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Writes what was typed, then puts the sit away. */
  done(): Promise<boolean> {
    return this.#act(async () => {
      await this.#write();
      await this.#port.call("dismiss", { session_id: this.session_id });
    });
  }

  /** Esc: the same, but words that could not be written are let go the second time. */
  skip(): Promise<boolean> {
    if (this.error === null) return this.done();
    return this.#act(async () => {
      await this.#port.call("dismiss", { session_id: this.session_id });
    });
  }

  discard(): Promise<boolean> {
    return this.#act(async () => {
      await this.#port.call("delete_session", { session_id: this.session_id });
      this.asking = false;
      this.deleted = true;
    });
  }

  restore(): Promise<boolean> {
    return this.#act(async () => {
      await this.#port.call("restore_session", { session_id: this.session_id });
      this.deleted = false;
    });
  }

  /** The screen closed without Done: another sit began. */
  async left(): Promise<void> {
    await this.#write();
  }
}
