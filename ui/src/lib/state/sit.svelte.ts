// The live sit as the window draws it. The engine's view is the truth; between two views this
// adds its own seconds, with one timeout at a time and none while the window is hidden.
import type { Dial } from "$lib/generated/Dial";
import type { SitView } from "$lib/generated/SitView";
import { draw, untilNext } from "$lib/timing";

/** Timers may fire a touch early; this much later the next number is certain. */
const SLACK_MS = 4;
/** A jump between the two clocks by which a suspend shows. */
const SLEPT_MS = 2000;

export class SitState {
  view = $state.raw<SitView | null>(null);
  dial = $state.raw<Dial>("ring_and_time");
  /** Length of the ring's line on the screen. */
  ring_px = $state.raw(900);
  drawn = $derived(this.view === null ? null : draw(this.view, this.#since(), this.ring_px));

  /** Counts what the engine told, so that a late reply never overrides it. */
  told = 0;

  #now_ms = $state(0);
  #received_ms = 0;
  #wall_ahead_ms = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #resync: () => void;

  /** @param resync asks the engine for the state as it is, after a suspend or a hidden time */
  constructor(resync: () => void) {
    this.#resync = resync;
  }

  #since(): number {
    return Math.max(0, this.#now_ms - this.#received_ms);
  }

  receive(view: SitView | null): void {
    this.view = view;
    this.#received_ms = performance.now();
    this.#now_ms = this.#received_ms;
    this.#wall_ahead_ms = Date.now() - this.#received_ms;
    this.#arm();
  }

  showDial(dial: Dial): void {
    this.dial = dial;
    this.#tick();
  }

  measured(ring_px: number): void {
    if (ring_px > 0) this.ring_px = ring_px;
  }

  /** The window was hidden or shown. */
  visibilityChanged(): void {
    if (document.hidden) {
      clearTimeout(this.#timer);
    } else if (this.view !== null) {
      this.#tick();
      this.#resync();
    }
  }

  #tick(): void {
    this.#now_ms = performance.now();
    const ahead_ms = Date.now() - this.#now_ms;
    if (Math.abs(ahead_ms - this.#wall_ahead_ms) > SLEPT_MS) {
      this.#wall_ahead_ms = ahead_ms;
      this.#resync();
    }
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.view === null || document.hidden) return;
    const wait_ms = untilNext(this.view, this.#since(), this.dial, this.ring_px);
    if (wait_ms === null) return;
    this.#timer = setTimeout(() => this.#tick(), Math.ceil(wait_ms) + SLACK_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
