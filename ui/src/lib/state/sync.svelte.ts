// How sync is, as the engine tells it, and what a person asks of it. It never stands in the way of
// a sit, and says nothing aloud during one.
import { asAccountError } from "$lib/errors";
import type { AccountError } from "$lib/generated/AccountError";
import type { OpId } from "$lib/generated/OpId";
import type { RejectedOp } from "$lib/generated/RejectedOp";
import type { SyncView } from "$lib/generated/SyncView";
import type { SyncWord } from "$lib/generated/SyncWord";
import type { Port } from "$lib/port";
import { pressing, wordOf } from "$lib/sync";

export class SyncState {
  view = $state.raw<SyncView | null>(null);
  /** Why the state could not be read, or what was asked last did not work. */
  failure = $state.raw<AccountError | null>(null);
  /** The details are open. */
  open = $state.raw(false);
  /** “Sync now” was asked and is not answered yet. */
  asked = $state.raw(false);
  rejected = $state.raw<RejectedOp[] | null>(null);
  /** Where the refused changes were written to. */
  exported = $state.raw<string | null>(null);

  /** Signed in, and the sits here belong to the account. */
  signedIn = $derived(
    this.view?.account?.is_signed_in === true && this.view.word !== "claim_asked",
  );

  /** What other devices sat was never fetched: what is shown is of this computer alone. */
  unfetched = $derived(this.view?.account != null && this.view.last_success_ms === null);

  #told = 0;
  #said: SyncWord | null = null;
  readonly #port: Port;
  readonly #announce: (text: string) => void;
  readonly #changed: () => void;

  /**
   * @param announce speaks to screen readers, or does not while a sit is live
   * @param changed hears that sync went on
   */
  constructor(port: Port, announce: (text: string) => void, changed = () => {}) {
    this.#port = port;
    this.#announce = announce;
    this.#changed = changed;
  }

  /** Hears first, then reads, so that nothing in between is missed. */
  async start(): Promise<() => void> {
    const stop = await this.#port.onSync((view) => this.receive(view));
    await this.read();
    return stop;
  }

  async read(): Promise<void> {
    await this.#ask(() => this.#port.account("sync_view", {}));
  }

  receive(view: SyncView): void {
    this.#told += 1;
    const refused = this.view?.rejected;
    this.view = view;
    this.#speak(view);
    if (view.account === null) this.open = false;
    if (this.open && refused !== view.rejected) void this.readRejected();
    this.#changed();
  }

  /** What needs a person is said once, and that it is well again; neither counts nor progress. */
  #speak(view: SyncView): void {
    const { word } = view;
    const troubled = this.#said !== null && pressing(this.#said);
    if (word === this.#said || !(pressing(word) || (word === "up_to_date" && troubled))) return;
    this.#said = word;
    this.#announce(wordOf(view));
  }

  /** Runs a command that answers how sync is; a reply never overrides what was told since. */
  async #ask(command: () => Promise<SyncView>): Promise<boolean> {
    const told = this.#told;
    try {
      const view = await command();
      if (told === this.#told) this.receive(view);
      this.failure = null;
      return true;
    } catch (thrown) {
      this.failure = asAccountError(thrown);
      return false;
    }
  }

  async now(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    await this.#ask(() => this.#port.account("sync_now", {}));
    this.asked = false;
  }

  async cancel(): Promise<void> {
    await this.#ask(() => this.#port.account("cancel_sync", {}));
  }

  show(): void {
    this.failure = null;
    this.exported = null;
    this.open = true;
    void this.readRejected();
  }

  async readRejected(): Promise<void> {
    if ((this.view?.rejected ?? 0) === 0) {
      this.rejected = null;
      return;
    }
    await this.#attempt(async () => {
      this.rejected = (await this.#port.account("rejected", {})).ops;
    });
  }

  async dismiss(op_id: OpId): Promise<void> {
    await this.#attempt(async () => {
      this.rejected = (await this.#port.account("dismiss_rejected", { op_id })).ops;
    });
  }

  async exportRejected(suggested: string): Promise<void> {
    this.exported = null;
    await this.#attempt(async () => {
      const path = await this.#port.pickSavePath(suggested);
      if (path === null) return;
      this.exported = (await this.#port.account("export_rejected", { path })).path;
    });
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.failure = null;
    } catch (thrown) {
      this.failure = asAccountError(thrown);
    }
  }
}
