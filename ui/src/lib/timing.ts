// What the ring and the numbers of a live sit show, and when they next change: pure functions of
// the engine's last view and the milliseconds since it was received.
import type { Dial } from "$lib/generated/Dial";
import type { SitView } from "$lib/generated/SitView";

/** What is drawn. Seconds are whole. */
export interface Drawn {
  preparation_left_s: number;
  elapsed_s: number;
  /** Seconds left; `null` where the sit is open-ended. */
  left_s: number | null;
  /** Seconds beyond the planned length. */
  over_s: number;
  undo_left_s: number;
  /** How much of the ring is filled, 0 to 1. An open-ended sit goes round once an hour. */
  filled: number;
}

const HOUR_MS = 3_600_000;

/** Seconds still to come, so that a sit of 20 minutes begins with 20:00 and ends with 00:01. */
const toCome = (ms: number) => Math.ceil(Math.max(0, ms) / 1000);

function elapsed(view: SitView, since_ms: number): number {
  const runs = view.ticking && (view.phase === "sitting" || view.phase === "overtime");
  return view.elapsed_ms + (runs ? since_ms : 0);
}

/**
 * @param since_ms milliseconds since the view was received
 * @param ring_px length of the ring's line on the screen: the ring moves by whole pixels
 */
export function draw(view: SitView, since_ms: number, ring_px: number): Drawn {
  const elapsed_ms = elapsed(view, since_ms);
  const planned_ms = view.planned_s === null ? null : view.planned_s * 1000;
  const share =
    planned_ms === null ? (elapsed_ms % HOUR_MS) / HOUR_MS : Math.min(1, elapsed_ms / planned_ms);
  return {
    preparation_left_s: toCome(view.preparation_left_ms - since_ms),
    elapsed_s: Math.floor(elapsed_ms / 1000),
    left_s: planned_ms === null ? null : toCome(planned_ms - elapsed_ms),
    over_s: planned_ms === null ? 0 : Math.floor(Math.max(0, elapsed_ms - planned_ms) / 1000),
    undo_left_s: toCome(view.undo_left_ms - since_ms),
    filled: share >= 1 ? 1 : Math.floor(share * ring_px) / ring_px,
  };
}

/** Milliseconds until a countdown shows the next number; `null` once it has come to its end. */
const downTick = (left_ms: number) => (left_ms <= 0 ? null : left_ms % 1000 || 1000);

/**
 * Milliseconds until the drawing changes; `null` if nothing does before the engine speaks again.
 * Never more than once a second, whatever the ring would allow.
 */
export function untilNext(
  view: SitView,
  since_ms: number,
  dial: Dial,
  ring_px: number,
): number | null {
  if (view.phase === "preparing") return downTick(view.preparation_left_ms - since_ms);
  if (view.phase === "ending") return downTick(view.undo_left_ms - since_ms);
  if (!view.ticking || (view.phase !== "sitting" && view.phase !== "overtime")) return null;
  if (dial === "nothing") return null;
  const elapsed_ms = elapsed(view, since_ms);
  const planned_ms = view.planned_s === null ? null : view.planned_s * 1000;
  if (dial === "ring") {
    if (planned_ms !== null && elapsed_ms >= planned_ms) return null;
    const pixel_ms = (planned_ms ?? HOUR_MS) / ring_px;
    return Math.max(1000, pixel_ms - (elapsed_ms % pixel_ms));
  }
  if (planned_ms !== null && elapsed_ms < planned_ms) return downTick(planned_ms - elapsed_ms);
  return 1000 - (elapsed_ms % 1000);
}

/** Where marks go on the ring, 0 to 1, none nearer to the last than `apart_px`. */
export function marks(view: SitView, ring_px: number, apart_px: number): number[] {
  const round_s = view.planned_s ?? 3600;
  const kept: number[] = [];
  for (const at_s of view.interval_at_s) {
    if (at_s >= round_s && view.planned_s === null) break;
    const at = at_s / round_s;
    const last = kept.at(-1);
    if (last === undefined || (at - last) * ring_px >= apart_px) kept.push(at);
  }
  return kept;
}
