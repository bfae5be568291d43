// What went wrong, and what the engine warns of: said at the bottom until it is dealt with.
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { Notice } from "$lib/generated/Notice";

/** A failed command. */
interface Failed {
  error: ApiError;
  retry?: () => void;
}

export class ProblemsState {
  /** The last failed command. */
  failed = $state.raw<Failed | null>(null);
  /** What the engine warns of. */
  notices = $state.raw<Notice[]>([]);
  /** What was found wrong with the sound before the first sit. */
  sound = $state.raw<ApiError[]>([]);
  /** The notices that the person has not put aside; one that is sent again comes back. */
  readonly shown = $derived.by(() => this.notices.filter((one) => !this.#hidden.includes(one)));

  #hidden = $state.raw<Notice[]>([]);

  fail(thrown: unknown, retry?: () => void): void {
    this.failed = { error: asApiError(thrown), retry };
  }

  /** The failure is dealt with, or no longer matters. */
  forget(): void {
    this.failed = null;
  }

  hide(notice: Notice): void {
    this.#hidden = [...this.#hidden.filter((one) => this.notices.includes(one)), notice];
  }
}
