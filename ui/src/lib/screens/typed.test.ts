// What a person has typed about a sit is never lost, whatever becomes of its row meanwhile.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./History.svelte";
import type { SessionId } from "$lib/generated/SessionId";
import { FakePort } from "../../testing/fake-port";
import { DAY_MS, idOf, sitAt } from "../../testing/rows";
import { open, said, type Opened } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const FIRST = idOf(1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The history with its newest sit open. */
async function opened(): Promise<Opened> {
  const port = new FakePort();
  port.sits = [
    sitAt(1, NOW_MS - 3_600_000, 1200, { note: "rain", label: "Evening" }),
    sitAt(2, NOW_MS - DAY_MS, 600, { note: "wind" }),
  ];
  const win = await open(port);
  await win.click("nav-history");
  await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
  await win.click("row-toggle");
  return win;
}

const row = (win: Opened, session_id: SessionId) => {
  const sit = win.port.sits.find((one) => one.session_id === session_id);
  if (sit === undefined) throw new Error("no such sit");
  return sit;
};
const corrected = (win: Opened) => row(win, idOf(1001));

/** Another window, or another device, does it. */
async function elsewhere(win: Opened, act: (port: FakePort) => Promise<unknown>): Promise<void> {
  await act(win.port);
  win.port.tell({ kind: "history" });
  await win.pass(0);
  await win.pass(0);
}

const toThe19th = (port: FakePort) =>
  port.call("correct_start", {
    session_id: FIRST,
    start: { wall: "2026-11-19T08:00", tz: null, occurrence: "first" },
  });

test("undo of a corrected date takes along what is being written in the row", async () => {
  const win = await opened();
  await win.click("correct");
  await win.pass(0);
  await win.type("past-date", "2026-11-19");
  await win.click("correct-save");
  await win.pass(0);
  await win.type("edit-note", "rain, then sun");
  await win.click("line-undo-action");
  await win.pass(0);
  expect(row(win, FIRST)).toMatchObject({ deleted: false, words: { note: "rain, then sun" } });
  expect(corrected(win)).toMatchObject({ deleted: true, words: { note: "rain" } });
  expect(win.all("sit-row")[0]?.textContent).toContain("rain, then sun");
});

test("what is written while another device corrects the date is of the corrected sit", async () => {
  const win = await opened();
  await win.type("edit-note", "rain, then sun");
  await elsewhere(win, async (port) => {
    const { sit } = await toThe19th(port);
    const words = { ...sit.words, label: "Night" };
    await port.call("describe", { session_id: sit.session_id, words });
  });
  const words = { note: "rain, then sun", label: "Night", mood: null };
  expect(corrected(win).words).toEqual(words);
  expect(row(win, FIRST).words.note).toBe("rain");
  const last = win.all("row-toggle").at(-1);
  expect(last?.getAttribute("aria-expanded")).toBe("true");
  await win.click("line-undo-action");
  expect(corrected(win).words).toEqual({ ...words, note: "rain" });
});

test("undo of words that were changed before the date was corrected is of the corrected sit", async () => {
  const win = await opened();
  await win.type("edit-note", "hail");
  await win.click("edit-save");
  await elsewhere(win, toThe19th);
  await win.click("line-undo-action");
  await win.pass(0);
  expect(corrected(win).words.note).toBe("rain");
});

test("what is written about a sit that is deleted meanwhile is said, and brings it back", async () => {
  const win = await opened();
  await win.type("edit-note", `snow ${"and snow ".repeat(20)}`);
  await elsewhere(win, (port) => port.call("delete_session", { session_id: FIRST }));
  const line = `line-unkept-${FIRST}`;
  expect(said(win, line)).toContain("not recorded: “snow and snow");
  expect(said(win, line)).toContain("…”");
  expect(row(win, FIRST).words.note).toBe("rain");
  await win.click(`${line}-action`);
  await win.pass(0);
  expect(row(win, FIRST).deleted).toBe(false);
  expect(row(win, FIRST).words.note).toMatch(/^snow/);
  expect(win.has(line)).toBe(false);
});

test("what is written about a deleted sit can be let go", async () => {
  const win = await opened();
  await win.type("edit-label", "Morning");
  await elsewhere(win, (port) => port.call("delete_session", { session_id: FIRST }));
  const line = `line-unkept-${FIRST}`;
  expect(said(win, line)).toContain("“Morning”");
  await win.click(`${line}-also`);
  expect([win.has(line), row(win, FIRST).deleted]).toEqual([false, true]);
});

test("what cannot be written on the way to another screen is written when it can be", async () => {
  const win = await opened();
  await win.type("edit-note", "snow");
  win.port.fail("describe", "disk_full");
  await win.click("nav-settings");
  await win.click("line-problem-action");
  expect(row(win, FIRST).words.note).toBe("rain");
  win.port.mend("describe");
  await win.click("line-problem-action");
  expect(row(win, FIRST).words.note).toBe("snow");
  expect(win.has("line-problem")).toBe(false);
});
