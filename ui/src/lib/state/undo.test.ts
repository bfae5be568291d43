// The last thing done can be taken back, once and for a while.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UndoState } from "./undo.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function offering(text: string): { undo: UndoState; line: UndoState["line"] } {
  const undo = new UndoState();
  undo.offer(text, () => undefined);
  return { undo, line: undo.line };
}

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

test("its time stands still while the line has the keyboard or the pointer", () => {
  const { undo, line } = offering("first");
  vi.advanceTimersByTime(15_000);
  line.onfocusin();
  line.onpointerenter();
  vi.advanceTimersByTime(60_000);
  line.onfocusout();
  vi.advanceTimersByTime(60_000);
  expect(undo.offered?.text).toBe("first");
  line.onpointerleave();
  vi.advanceTimersByTime(4_999);
  expect(undo.offered?.text).toBe("first");
  vi.advanceTimersByTime(1);
  expect(undo.offered).toBeNull();
});

test("one that follows under the pointer waits too, and one after a line that went does not", () => {
  const { undo, line } = offering("first");
  line.onpointerenter();
  undo.offer("second", () => undefined);
  vi.advanceTimersByTime(60_000);
  expect(undo.offered?.text).toBe("second");
  undo.offered?.run();
  undo.offer("third", () => undefined);
  vi.advanceTimersByTime(20_000);
  expect(undo.offered).toBeNull();
});
