import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SitView } from "$lib/generated/SitView";
import { SitState } from "./sit.svelte";

let hidden = false;
const resync = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  hidden = false;
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  resync.mockClear();
});
afterEach(() => {
  // First what was put over the fake timers: taken off later it would bring them back.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function sitting(patch: Partial<SitView> = {}): SitState {
  const state = new SitState(resync);
  state.receive({
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
  });
  return state;
}

test("the window counts its own seconds from the last view", () => {
  const state = sitting({ elapsed_ms: 250 });
  expect(state.drawn?.left_s).toBe(1200);
  vi.advanceTimersByTime(760);
  expect(state.drawn?.left_s).toBe(1199);
  vi.advanceTimersByTime(10_000);
  expect(state.drawn?.left_s).toBe(1189);
});

test("it wakes once a second, with one timer at a time", () => {
  const state = sitting();
  const set = vi.spyOn(globalThis, "setTimeout");
  vi.advanceTimersByTime(60_010);
  expect(set.mock.calls.length).toBeLessThanOrEqual(60);
  expect(vi.getTimerCount()).toBe(1);
  expect(state.drawn?.left_s).toBe(1140);
});

test("only the ring wakes it by pixels, nothing shown not at all", () => {
  const state = sitting({ planned_s: 3600 });
  state.measured(900);
  state.showDial("ring");
  const set = vi.spyOn(globalThis, "setTimeout");
  vi.advanceTimersByTime(60_000);
  expect(set.mock.calls.length).toBeLessThanOrEqual(15);
  state.showDial("nothing");
  expect(vi.getTimerCount()).toBe(0);
});

test("hidden it draws nothing, shown again it is right at once and asks how things stand", () => {
  const state = sitting();
  hidden = true;
  state.visibilityChanged();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(90_000);
  hidden = false;
  state.visibilityChanged();
  expect(state.drawn?.left_s).toBe(1110);
  expect(resync).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(1);
});

test("a view that comes while hidden starts no timer", () => {
  hidden = true;
  sitting();
  expect(vi.getTimerCount()).toBe(0);
});

test("a jump between the clocks is a suspend: it asks how things stand", () => {
  sitting();
  vi.advanceTimersByTime(3000);
  expect(resync).not.toHaveBeenCalled();
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1100);
  expect(resync).toHaveBeenCalledOnce();
});

test("a paused sit has no timer, and none is left when it is put away", () => {
  const state = sitting({ phase: "paused", ticking: false });
  expect(vi.getTimerCount()).toBe(0);
  state.receive(null);
  expect(state.drawn).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});
