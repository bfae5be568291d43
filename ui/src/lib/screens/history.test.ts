// The history kept by hand: adding, correcting, looking for sits, before the fake backend.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./History.svelte";
import { FakePort } from "../../testing/fake-port";
import { presentSync } from "../../testing/present-sync";
import { DAY_MS, idOf, sitAt } from "../../testing/rows";
import { open, type Opened } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(port: FakePort): Promise<Opened> {
  const win = await open(port);
  await win.click("nav-history");
  await vi.waitFor(() => expect(win.has("add-sit")).toBe(true));
  return win;
}

async function fill(win: Opened, date: string, time: string, length: string): Promise<void> {
  await win.type("past-date", date);
  await win.type("past-time", time);
  await win.type("past-length", length);
}

function withTwo(): FakePort {
  const port = new FakePort();
  port.sits = [
    sitAt(1, NOW_MS - 3_600_000, 1200, { note: "rain on the roof", label: "Evening" }),
    sitAt(2, NOW_MS - DAY_MS, 600, { note: "wind", label: "Zazen" }),
  ];
  return port;
}

test("a past sit that is being added waits while one looks elsewhere", async () => {
  const win = await opened(withTwo());
  await win.click("add-sit");
  await fill(win, "2026-11-20", "07:30", "25");
  await win.type("add-note", "rain, and a long thought");
  const typed = (id: string) => (win.at(id) as HTMLInputElement).value;
  const all = () => ["past-date", "past-time", "past-length", "add-note"].map(typed);
  const was = all();
  expect(was.at(-1)).toBe("rain, and a long thought");
  await win.click("nav-sit");
  await win.click("nav-history");
  expect(all()).toEqual(was);
  await win.click("add-sit");
  expect(win.has("add-sit-form")).toBe(false);
  await win.click("add-sit");
  expect(all()).toEqual(was);
  await win.click("add-save");
  await win.pass(0);
  expect(win.port.called("add_sit")).toMatchObject([
    { words: { note: "rain, and a long thought" } },
  ]);
  await win.click("add-sit");
  expect(typed("add-note")).toBe("");
  await win.type("add-note", "no");
  await win.click("add-cancel");
  await win.click("add-sit");
  expect(typed("add-note")).toBe("");
});

test("a past sit is added with its words, and taken back", async () => {
  const win = await opened(new FakePort());
  await win.click("add-sit");
  await fill(win, "2026-11-20", "07:30", "25");
  expect(win.at("past-said").textContent).toContain("25 min");
  await win.type("add-note", "rain");
  await win.click("add-save");
  expect(win.port.called("add_sit")).toMatchObject([
    {
      start: { wall: "2026-11-20T07:30", tz: null, occurrence: "first" },
      length: "25",
      words: { note: "rain", mood: null, label: null },
      is_private: false,
    },
  ]);
  expect(win.has("add-sit-form")).toBe(false);
  expect(win.all("sit-row")).toHaveLength(1);
  await win.click("line-undo-action");
  expect(win.all("sit-row")).toHaveLength(0);
});

test("what cannot have been is said, and cannot be added", async () => {
  const win = await opened(withTwo());
  await win.click("add-sit");
  for (const [date, time, length, says] of [
    ["2026-11-20", "07:30", "0", "at least 1 second"],
    ["2026-11-20", "07:30", "25h", "at most 24 hours"],
    ["2026-11-22", "07:30", "20", "not come yet"],
    ["2026-03-29", "02:30", "20", "never showed that time"],
    ["soon", "07:30", "20", "2026-11-21"],
  ] as const) {
    await fill(win, date, time, length);
    expect(win.at("past-error").textContent).toContain(says);
    expect(win.at("add-save")).toHaveProperty("disabled", true);
  }
  await fill(win, "2026-11-21", "12:10", "20");
  expect(win.at("past-overlaps").textContent).toContain("12:00 (20 min)");
  expect(win.at("add-save")).toHaveProperty("disabled", false);
});

test("of a time that was twice it is asked which one, and the first is meant", async () => {
  const win = await opened(new FakePort());
  await win.click("add-sit");
  await fill(win, "2026-10-25", "02:30", "20");
  expect(win.at("past-occurrence-first").getAttribute("aria-checked")).toBe("true");
  await win.click("past-occurrence-second");
  await win.click("add-save");
  expect(win.port.called("add_sit")).toMatchObject([{ start: { occurrence: "second" } }]);
});

test("date and length are corrected as one act with one undo, and what was typed beside is kept", async () => {
  const win = await opened(withTwo());
  win.all("row-toggle")[0]?.click();
  await win.pass(0);
  await win.type("edit-note", "rain and wind");
  await win.click("correct");
  await fill(win, "2026-11-19", "08:00", "15");
  await win.click("correct-save");
  expect(win.port.called("describe")).toMatchObject([{ words: { note: "rain and wind" } }]);
  expect(win.port.called("correct_credited")).toMatchObject([{ credited_s: 900 }]);
  expect(win.port.called("correct_start")).toMatchObject([
    { start: { wall: "2026-11-19T08:00", tz: null } },
  ]);
  expect(win.all("sit-row")).toHaveLength(2);
  expect(win.all("sit-row")[1]?.textContent).toContain("rain and wind");
  await win.click("line-undo-action");
  expect(win.port.called("undo_correct_start")).toHaveLength(1);
  expect(win.port.called("correct_credited")).toMatchObject([{}, { credited_s: 1200 }]);
  expect(win.all("sit-row")[0]?.textContent).toContain("20 min");
});

test("what was changed of a sit is told, and nothing of one that nobody changed", async () => {
  const win = await opened(withTwo());
  win.all("row-toggle")[0]?.click();
  await win.pass(0);
  expect(win.has("changes")).toBe(false);
  await win.click("correct");
  await win.type("past-length", "15");
  await win.click("correct-save");
  win.all("row-toggle")[0]?.click();
  await win.pass(0);
  win.all("row-toggle")[0]?.click();
  await win.pass(0);
  expect(win.at("changes").textContent).toMatch(/on this computer.*15 min; before: 20 min/s);
});

test("a change elsewhere names its device, and an open row learns of its own change", async () => {
  const port = withTwo();
  presentSync(port, "up_to_date");
  const win = await opened(port);
  win.all("row-toggle")[0]?.click();
  await win.pass(0);
  expect(win.has("changes")).toBe(false);
  const first = port.sits[0];
  if (first === undefined) throw new Error("there are two");
  const [now, before] = ["rain", "rain on the roof"].map((note) => ({ ...first.words, note }));
  if (now === undefined || before === undefined) throw new Error("both");
  const change = { kind: "words" as const, now, before };
  const elsewhere = { at_ms: NOW_MS, device_id: idOf(2), is_here: false, change };
  port.changed.set(first.session_id, [elsewhere]);
  port.sits = [{ ...first, words: now }, ...port.sits.slice(1)];
  await port.tell({ kind: "history" });
  await vi.waitFor(() => expect(win.at("changes").textContent).toContain("on Desk"));
});

test("words are looked for as they are typed; nothing found offers all again", async () => {
  const win = await opened(withTwo());
  await win.type("history-search", "rain");
  expect(win.port.called("find_sits")).toEqual([]);
  await win.pass(200);
  expect(win.all("sit-row")).toHaveLength(1);
  expect(win.at("history-end").textContent).toContain("1 sit found");
  await win.type("history-search", "x".repeat(201));
  await win.pass(200);
  expect(win.at("search-error").textContent).toContain("200 characters");
  await win.type("history-search", "heron");
  await win.pass(200);
  expect(win.has("none-found")).toBe(true);
  await win.click("show-all");
  expect(win.all("sit-row")).toHaveLength(2);
});

test("dates cut the list, and one that cannot be read is said and not asked for", async () => {
  const win = await opened(withTwo());
  await win.click("history-filters");
  await win.type("filter-from", "2026-11-21");
  await win.pass(200);
  expect(win.all("sit-row")).toHaveLength(1);
  await win.type("filter-to", "soon");
  await win.pass(200);
  expect(win.at("filter-to-below").textContent).toContain("2026-11-21");
  expect(win.port.called("find_sits")).toHaveLength(1);
  await win.click("filter-clear");
  expect(win.all("sit-row")).toHaveLength(2);
});

test("arrows, Home and End go from row to row, and the one with the keyboard stays drawn", async () => {
  const port = new FakePort();
  port.sits = Array.from({ length: 50 }, (_, n) => sitAt(n, NOW_MS - n * DAY_MS, 600));
  const win = await opened(port);
  await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
  win.all("row-toggle")[0]?.focus();
  await win.press("ArrowDown");
  const at = () =>
    document.activeElement?.closest("li")?.getAttribute("aria-posinset") ?? "not in the list";
  expect(at()).toBe("2");
  await win.press("End");
  expect(at()).toBe("50");
  await win.press("PageUp");
  expect(at()).toBe("40");
  await win.press("Home");
  expect(at()).toBe("1");
});

async function opensFirst(port: FakePort): Promise<Opened> {
  const win = await opened(port);
  await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
  await win.click("row-toggle");
  return win;
}
const words = (port: FakePort, index: number) =>
  port.sits.toSorted((a, b) => b.started_at_ms - a.started_at_ms)[index]?.words;

test("changed words have an undo, and what was changed elsewhere meanwhile stays", async () => {
  const port = withTwo();
  const win = await opensFirst(port);
  await win.type("edit-note", "hail");
  const first = port.sits.find((sit) => sit.words.label === "Evening");
  if (first !== undefined) first.words = { ...first.words, label: "Night" };
  port.tell({ kind: "history" });
  await win.pass(0);
  await win.click("edit-save");
  expect(words(port, 0)).toEqual({ note: "hail", mood: null, label: "Night" });
  await win.click("line-undo-action");
  expect(words(port, 0)).toEqual({ note: "rain on the roof", mood: null, label: "Night" });
});

test("Save with nothing typed writes nothing, and gives the keyboard back to the row", async () => {
  const port = withTwo();
  const win = await opensFirst(port);
  win.at("edit-save").focus();
  await win.click("edit-save");
  await win.pass(0);
  expect(port.called("describe")).toEqual([]);
  expect(win.has("sit-details")).toBe(false);
  expect(document.activeElement).toBe(win.all("row-toggle")[0]);
});

test("after a deletion the keyboard is at the sit below", async () => {
  const port = withTwo();
  const win = await opensFirst(port);
  win.at("delete").focus();
  await win.click("delete");
  await win.pass(0);
  expect(win.all("sit-row")).toHaveLength(1);
  expect(document.activeElement).toBe(win.all("row-toggle")[0]);
});

test("a corrected date leaves its row open, with the keyboard at it", async () => {
  const port = withTwo();
  const win = await opensFirst(port);
  await win.click("correct");
  await win.pass(0);
  await win.type("past-date", "19.11.2026");
  win.at("correct-save").focus();
  await win.click("correct-save");
  await win.pass(0);
  expect(document.activeElement).toBe(win.all("row-toggle").at(-1));
  expect(win.all("row-toggle").at(-1)?.getAttribute("aria-expanded")).toBe("true");
});

test("a sit that is recorded is not recorded again because the list could not be read", async () => {
  const win = await opened(new FakePort());
  await win.click("add-sit");
  await fill(win, "2026-11-20", "07:30", "25");
  win.port.fail("history", "disk_full");
  await win.click("add-save");
  await win.pass(0);
  expect(win.has("add-sit-form")).toBe(false);
  expect(win.port.called("add_sit")).toHaveLength(1);
  expect(win.has("line-problem")).toBe(true);
  expect(win.has("line-undo-action")).toBe(true);
});

test("a window that stays open over night knows another day, at the hour a day begins", async () => {
  vi.setSystemTime(new Date(2026, 10, 21, 23, 30));
  const port = withTwo();
  port.settings = { ...port.settings, day_start_hour: 2 };
  const win = await opened(port);
  const asked = () => port.called("totals").length;
  const before = asked();
  await win.pass(2 * 3_600_000);
  expect(asked()).toBe(before);
  await win.pass(3_600_000);
  expect(asked()).toBe(before + 1);
});

/** The rows that Tab comes to, by their place in the list. */
const stops = (win: Opened) =>
  win
    .all("row-toggle")
    .filter((row) => row.tabIndex === 0)
    .map((row) => row.closest("li")?.getAttribute("aria-posinset"));

test("for Tab the list is one stop: the row that had the keyboard last, else the first", async () => {
  const port = new FakePort();
  port.sits = Array.from({ length: 300 }, (_, n) => sitAt(n, NOW_MS - n * DAY_MS, 600));
  const win = await opened(port);
  await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
  expect(stops(win)).toEqual(["1"]);
  win.all("row-toggle")[0]?.focus();
  await win.press("PageDown");
  await win.press("ArrowUp");
  win.at("history-search").focus();
  await win.pass(0);
  expect(stops(win)).toEqual(["10"]);
});

test("Ctrl+Z takes back what is offered, but in a field what was typed there", async () => {
  const port = withTwo();
  const win = await opensFirst(port);
  await win.click("delete");
  await win.type("history-search", "wind");
  const undo = () => win.press("z", { ctrlKey: true });
  await undo();
  expect(port.called("restore_session")).toEqual([]);
  win.at("history-filters").focus();
  await win.press("z", { ctrlKey: true, shiftKey: true });
  await win.press("z");
  expect(port.called("restore_session")).toEqual([]);
  await undo();
  expect(port.called("restore_session")).toHaveLength(1);
  expect(win.has("line-undo")).toBe(false);
  await undo();
  expect(port.called("restore_session")).toHaveLength(1);
});

test("Ctrl+Z in a field where nothing was typed takes back what is offered", async () => {
  const port = withTwo();
  const win = await opensFirst(port);
  await win.click("delete");
  win.at("history-search").focus();
  await win.press("z", { ctrlKey: true });
  expect(port.called("restore_session")).toHaveLength(1);
});

test("Ctrl+Z takes nothing back that is out of sight behind a sheet", async () => {
  const port = withTwo();
  presentSync(port, "up_to_date");
  const win = await opensFirst(port);
  await win.click("delete");
  await win.click("sync-word");
  await vi.waitFor(() => expect(win.has("sync-sheet")).toBe(true));
  await win.press("z", { ctrlKey: true });
  expect(port.called("restore_session")).toEqual([]);
});

test("only what the timer sat says a plan; the others say where they come from", async () => {
  const port = withTwo();
  const [timer, manual] = port.sits;
  if (timer === undefined || manual === undefined) throw new Error("two sits");
  port.sits = [timer, { ...manual, source: "manual", planned_s: null }];
  port.sits.push({ ...sitAt(3, NOW_MS - 2 * DAY_MS, 600), source: "import", planned_s: null });
  const win = await opened(port);
  const says = ["Planned 20 min", "Recorded by Added by hand", "Recorded by Imported"];
  for (const [index, expected] of says.entries()) {
    win.all("row-toggle")[index]?.click();
    await win.pass(0);
    const facts = [...win.at("sit-details").querySelectorAll("dl div")];
    expect(facts[1]?.textContent?.replace(/\s+/g, " ").trim()).toBe(expected);
    win.all("row-toggle")[index]?.click();
    await win.pass(0);
  }
});
