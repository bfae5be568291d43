// The keyboard is somewhere after each act, also where what had it is gone.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./History.svelte";
import "./Settings.svelte";
import "$lib/components/presets/PresetSheet.svelte";
import { somePresets } from "../../testing/fake-presets";
import { someReminders } from "../../testing/fake-reminders";
import { apiError, FakePort } from "../../testing/fake-port";
import { DAY_MS, idOf, sitAt } from "../../testing/rows";
import { open, openSettings, type Opened } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The history of so many sits, each labelled in turn. */
async function opened(count: number, port = new FakePort()): Promise<Opened> {
  port.sits = Array.from({ length: count }, (_, n) =>
    sitAt(n, NOW_MS - n * DAY_MS - 60_000, 600, { label: n % 2 === 0 ? "Zazen" : "Walking" }),
  );
  const win = await open(port);
  await win.click("nav-history");
  await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
  return win;
}

/** Goes to a control and presses it, as the keyboard does. */
async function press(win: Opened, testid: string): Promise<void> {
  win.at(testid).focus();
  await win.click(testid);
  await win.pass(0);
}

const sitWithIt = () =>
  document.activeElement?.matches("[data-testid=row-toggle]") === true
    ? document.activeElement.closest<HTMLElement>("[data-session-id]")?.dataset["sessionId"]
    : document.activeElement?.outerHTML;

async function opens(win: Opened, index: number): Promise<void> {
  win.all("row-toggle")[index]?.focus();
  win.all("row-toggle")[index]?.click();
  await win.pass(0);
}

test("a sit that comes back has the keyboard, by the line and by Ctrl+Z", async () => {
  const win = await opened(5);
  for (const undo of [
    () => press(win, "line-undo-action"),
    () => win.press("z", { ctrlKey: true }),
  ]) {
    await opens(win, 2);
    await press(win, "delete");
    expect(sitWithIt()).toBe(idOf(3));
    await undo();
    await win.pass(0);
    expect(sitWithIt()).toBe(idOf(2));
  }
});

test("a sit that comes back takes the keyboard from nobody who writes", async () => {
  const win = await opened(5);
  await opens(win, 2);
  await press(win, "delete");
  const release = win.port.hold("restore_session");
  await press(win, "line-undo-action");
  win.at("history-search").focus();
  release();
  await win.pass(0);
  expect(win.all("sit-row")).toHaveLength(5);
  expect(document.activeElement).toBe(win.at("history-search"));
});

test("who goes elsewhere while a row is being drawn stays there", async () => {
  const win = await opened(5);
  win.all("row-toggle")[0]?.focus();
  win
    .at("row-toggle")
    .dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true, cancelable: true }));
  win.at("history-search").focus();
  await win.pass(500);
  expect(document.activeElement).toBe(win.at("history-search"));
});

test("the button that asks for more gives the keyboard to the first row that came", async () => {
  const win = await opened(80);
  const rows = Number(win.at("history-list").dataset["rows"]);
  expect(rows).toBeLessThan(80);
  await press(win, "more");
  expect(win.has("more")).toBe(false);
  await win.pass(500);
  expect(sitWithIt()).toBe(idOf(rows));
});

test("a line that is dealt with gives the keyboard to the next, and the last one to the screen", async () => {
  const port = new FakePort();
  port.notices = [
    { topic: "tray", error: apiError("disk_full") },
    { topic: "clock", error: apiError("internal") },
  ];
  const win = await opened(3, port);
  await press(win, "line-tray-action");
  expect(document.activeElement).toBe(win.at("line-clock-action"));
  await press(win, "line-clock-action");
  expect(sitWithIt()).toBe(idOf(0));
  await win.click("nav-sit");
  port.tell({ kind: "notices", value: [{ topic: "tray", error: apiError("disk_full") }] });
  await win.pass(0);
  await press(win, "line-tray-action");
  expect(document.activeElement).toBe(document.querySelector("main [data-first]"));
});

test("a sit that what is looked for leaves out gives the keyboard to the one below", async () => {
  const win = await opened(5);
  await win.type("history-search", "Zazen");
  await win.pass(200);
  await opens(win, 1);
  await win.type("edit-label", "Evening");
  await press(win, "edit-save");
  await win.pass(0);
  expect(win.all("sit-row")).toHaveLength(2);
  expect(sitWithIt()).toBe(idOf(4));
});

test("the last sit of what is looked for gives the keyboard to the search, and of all to the first step", async () => {
  const win = await opened(2);
  await win.type("history-search", "Walking");
  await win.pass(200);
  await opens(win, 0);
  await press(win, "delete");
  expect(document.activeElement).toBe(win.at("history-search"));
  await win.type("history-search", "");
  await win.pass(200);
  await opens(win, 0);
  await press(win, "delete");
  win.port.tell({ kind: "history" });
  await win.pass(0);
  expect(document.activeElement?.closest("[data-testid=history-empty]")).not.toBeNull();
});

test("a reminder that another time puts elsewhere keeps the keyboard", async () => {
  const port = new FakePort();
  port.reminders = someReminders();
  const win = await openSettings("reminder", port);
  const times = () => win.all("reminder-time").map((it) => (it as HTMLInputElement).value);
  const before = times();
  await win.type("reminder-time", "23:50");
  const day = win.at("reminder").querySelector<HTMLElement>("[data-testid=reminder-Mon]");
  day?.focus();
  await win.pass(0);
  await win.pass(0);
  expect(times()).toEqual([...before.slice(1), "23:50"]);
  expect(document.activeElement).toBe(day);
});

test("a preset that comes back has the keyboard", async () => {
  const port = new FakePort();
  port.presets = somePresets();
  const win = await open(port);
  await win.click("presets-open");
  await vi.waitFor(() => expect(win.has("presets-sheet")).toBe(true));
  const first = () => win.all("preset-delete")[0];
  const name = first()?.getAttribute("aria-label");
  first()?.focus();
  first()?.click();
  await win.pass(0);
  expect(first()?.getAttribute("aria-label")).not.toBe(name);
  await press(win, "preset-undo-go");
  expect(document.activeElement?.getAttribute("aria-label")).toBe(name);
});
