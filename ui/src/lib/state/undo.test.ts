// The last thing done can be taken back, once and for a while.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UndoState } from "./undo.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("what is taken back is not offered again", () => {
  const undo = new UndoState();
  const back = vi.fn();
  undo.offer("Deleted.", back);
  undo.offered?.run();
  expect(back).toHaveBeenCalledOnce();
  expect(undo.offered).toBeNull();
});

test("each has its whole time, also one that follows another", () => {
  const undo = new UndoState();
  undo.offer("first", () => undefined);
  vi.advanceTimersByTime(19_000);
  undo.offer("second", () => undefined);
  vi.advanceTimersByTime(19_000);
  expect(undo.offered?.text).toBe("second");
  vi.advanceTimersByTime(1_000);
  expect(undo.offered).toBeNull();
});
