import { describe, expect, test } from "vitest";
import type { SitView } from "$lib/generated/SitView";
import { draw, marks, untilNext } from "./timing";

const RING_PX = 1000;

function view(patch: Partial<SitView>): SitView {
  return {
    session_id: "s",
    phase: "sitting",
    ticking: true,
    planned_s: 1200,
    preparation_left_ms: 0,
    elapsed_ms: 0,
    asleep_ms: 0,
    undo_left_ms: 0,
    ends_at_ms: null,
    interval_at_s: [],
    label: null,
    together_id: null,
    is_private: false,
    question: null,
    completion: null,
    discarded: false,
    recording: "recorded",
    ...patch,
  };
}

describe("what is drawn", () => {
  test.each<[string, Partial<SitView>, number, Partial<ReturnType<typeof draw>>]>([
    ["a sit begins with its whole length", {}, 0, { left_s: 1200, elapsed_s: 0, filled: 0 }],
    ["one second on, one second less", {}, 1000, { left_s: 1199, elapsed_s: 1 }],
    ["the last second still shows 1", {}, 1_199_001, { left_s: 1, elapsed_s: 1199 }],
    ["past the end nothing is negative", {}, 1_300_000, { left_s: 0, filled: 1 }],
    [
      "a pause stands",
      { phase: "paused", elapsed_ms: 5000, ticking: false },
      9000,
      { elapsed_s: 5 },
    ],
    [
      "a sit that does not tick stands",
      { elapsed_ms: 5000, ticking: false },
      9000,
      { elapsed_s: 5 },
    ],
    ["open-ended counts up", { planned_s: null }, 61_500, { left_s: null, elapsed_s: 61 }],
    [
      "open-ended fills once an hour",
      { planned_s: null, elapsed_ms: 5_400_000 },
      0,
      { filled: 0.5 },
    ],
    [
      "settling counts down",
      { phase: "preparing", preparation_left_ms: 10_000 },
      1,
      { preparation_left_s: 10 },
    ],
    [
      "settling ends at 0",
      { phase: "preparing", preparation_left_ms: 900 },
      2000,
      { preparation_left_s: 0 },
    ],
    [
      "nothing is sat while settling",
      { phase: "preparing", preparation_left_ms: 9000 },
      5000,
      { elapsed_s: 0 },
    ],
    [
      "overtime counts from the plan",
      { phase: "overtime", elapsed_ms: 1_200_000 },
      2500,
      { over_s: 2, filled: 1 },
    ],
    [
      "undo counts down",
      { phase: "ending", undo_left_ms: 30_000, ticking: false },
      1500,
      { undo_left_s: 29 },
    ],
  ])("%s", (_name, patch, since_ms, expected) => {
    expect(draw(view(patch), since_ms, RING_PX)).toMatchObject(expected);
  });

  test("the ring stands still until it would move by a pixel", () => {
    const at = (ms: number) => draw(view({}), ms, RING_PX).filled;
    expect(at(1199)).toBe(0);
    expect(at(1200)).toBe(0.001);
    expect(at(2399)).toBe(0.001);
  });
});

describe("when it changes next", () => {
  test.each<[string, Partial<SitView>, number, Parameters<typeof untilNext>[2], number | null]>([
    ["a full second at the start", {}, 0, "ring_and_time", 1000],
    ["the rest of the second", {}, 250, "ring_and_time", 750],
    ["aligned to the time left, not to the start", { elapsed_ms: 300 }, 0, "ring_and_time", 700],
    ["never once the end is due", { planned_s: 2 }, 2000, "nothing", null],
    ["only the ring: by pixels", { planned_s: 3600 }, 0, "ring", 3600],
    ["only the ring: never more than once a second", { planned_s: 60 }, 0, "ring", 1000],
    ["nothing shown, nothing drawn", {}, 0, "nothing", null],
    ["a pause is silent", { phase: "paused", ticking: false }, 0, "ring_and_time", null],
    [
      "settling counts with any dial",
      { phase: "preparing", preparation_left_ms: 9300 },
      0,
      "nothing",
      300,
    ],
    ["settling ends", { phase: "preparing", preparation_left_ms: 900 }, 900, "ring_and_time", null],
    ["undo counts", { phase: "ending", undo_left_ms: 1500, ticking: false }, 0, "ring", 500],
    ["overtime counts on", { phase: "overtime", elapsed_ms: 1_200_400 }, 0, "ring_and_time", 600],
    [
      "a full ring in overtime rests",
      { phase: "overtime", elapsed_ms: 1_200_400 },
      0,
      "ring",
      null,
    ],
    ["an ended sit rests", { phase: "ended", ticking: false }, 0, "ring_and_time", null],
  ])("%s", (_name, patch, since_ms, dial, expected) => {
    expect(untilNext(view(patch), since_ms, dial, RING_PX)).toBe(expected);
  });
});

describe("marks on the ring", () => {
  test("stand at their share of the sit", () => {
    expect(marks(view({ interval_at_s: [300, 600, 900] }), RING_PX, 8)).toEqual([0.25, 0.5, 0.75]);
  });
  test("are thinned where they would touch", () => {
    const every_second = Array.from({ length: 1199 }, (_, s) => s + 1);
    expect(marks(view({ interval_at_s: every_second }), RING_PX, 8).length).toBeLessThan(130);
  });
  test("of an open-ended sit show the first hour", () => {
    const interval_at_s = [1800, 3600, 5400];
    expect(marks(view({ planned_s: null, interval_at_s }), RING_PX, 8)).toEqual([0.5]);
  });
});
