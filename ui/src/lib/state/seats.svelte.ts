// One's own part in sittings together, as every place in the window takes it: the answer, the seat,
// and what was sat or put aside already.
import { SvelteSet } from "svelte/reactivity";
import type { Proposal } from "$lib/generated/Proposal";
import type { SitView } from "$lib/generated/SitView";
import type { TogetherId } from "$lib/generated/TogetherId";
import { stageOf } from "$lib/together";
import type { App } from "./app.svelte";

export class SeatsState {
  readonly #acting = new SvelteSet<TogetherId>();
  readonly #begun = new SvelteSet<TogetherId>();
  readonly #aside = new SvelteSet<TogetherId>();
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** The engine told of a sit. One that was given up while settling can be begun again. */
  saw({ together_id, phase, discarded }: SitView): void {
    if (together_id === null) return;
    if (phase === "ended" && discarded) this.#begun.delete(together_id);
    else this.#begun.add(together_id);
  }

  /** It is or was sat by this person: there is no second seat in it. */
  isBegun({ together_id, partnership_id }: Proposal): boolean {
    const { history, together } = this.#app;
    if (this.#begun.has(together_id)) return true;
    if (history.sits.some((sit) => sit.together_id === together_id)) return true;
    const me = together.me(partnership_id)?.person_id;
    const one = together.partnerships?.find((it) => it.partnership_id === partnership_id);
    return (
      one?.sits.some((sit) => sit.person_id === me && sit.together_id === together_id) ?? false
    );
  }

  /** The quiet line about it was sent away. */
  isAside({ together_id }: Proposal): boolean {
    return this.#aside.has(together_id);
  }

  /** Something is asked about it, and not answered yet. */
  isActing({ together_id }: Proposal): boolean {
    return this.#acting.has(together_id);
  }

  /** One act on a sitting together at a time: a second press meanwhile does nothing. */
  async #once(together_id: TogetherId, act: () => Promise<void>): Promise<void> {
    if (this.#acting.has(together_id)) return;
    this.#acting.add(together_id);
    try {
      await this.#app.attempt(act);
    } finally {
      this.#acting.delete(together_id);
    }
  }

  /** Joins; a start that is near is waited for on the sitting screen. */
  join(proposal: Proposal): Promise<void> {
    const { together_id } = proposal;
    return this.#once(together_id, async () => {
      await this.#app.together.answer(together_id, "joined");
      if (stageOf(proposal, Date.now()) !== "later") await this.#take(together_id);
    });
  }

  /** Not now. Who proposed it does not answer it: for them it is only put aside. */
  decline({ together_id, partnership_id, proposed_by }: Proposal): Promise<void> {
    const { together } = this.#app;
    if (together.me(partnership_id)?.person_id === proposed_by) {
      this.#aside.add(together_id);
      return Promise.resolve();
    }
    return this.#once(together_id, () => together.answer(together_id, "declined"));
  }

  withdraw({ together_id }: Proposal): Promise<void> {
    return this.#once(together_id, () => this.#app.together.withdraw(together_id));
  }

  /** Takes the place in a sitting together; it counts down, or goes on with what is left. */
  take({ together_id }: Proposal): Promise<void> {
    return this.#once(together_id, () => this.#take(together_id));
  }

  async #take(together_id: TogetherId): Promise<void> {
    const app = this.#app;
    const seat = await app.port.account("seat", { together_id });
    const begun = await app.beginTogether(seat);
    if (begun || app.problems.failed?.error.code === "together_taken") this.#begun.add(together_id);
  }
}
