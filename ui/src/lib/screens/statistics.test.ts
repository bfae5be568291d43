// The statistics of the history, driven as a person drives them, before the fake backend.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "$lib/components/stats/Statistics.svelte";
import "./History.svelte";
import "./Settings.svelte";
import type { Goal } from "$lib/generated/Goal";
import { FakePort } from "../../testing/fake-port";
import { ANNA_ID } from "../../testing/fake-together";
import { present } from "../../testing/present";
import { presentSync } from "../../testing/present-sync";
import { DAY_MS, sitAt } from "../../testing/rows";
import { open, openSettings } from "../../testing/window";

/** A Wednesday, 12:00. */
const NOW_MS = Date.UTC(2026, 10, 25, 11);
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

async function statistics(port: FakePort) {
  const win = await open(port);
  await win.click("nav-history");
  await vi.waitFor(() => expect(win.has("history-view-statistics")).toBe(true));
  await win.click("history-view-statistics");
  await vi.waitFor(() => expect(win.has("statistics")).toBe(true));
  return win;
}

function sits(): FakePort {
  const port = new FakePort();
  port.sits = [
    sitAt(1, NOW_MS - HOUR_MS, 1200, { label: "Zazen" }),
    sitAt(2, NOW_MS - DAY_MS, 1800),
    sitAt(3, NOW_MS - 7 * DAY_MS, 600, { label: "Zazen" }),
    sitAt(4, NOW_MS - 6 * DAY_MS, 7200),
    sitAt(5, NOW_MS - 400 * DAY_MS, 3600),
  ];
  return port;
}

const text = (element: HTMLElement) => element.textContent?.replace(/\s+/g, " ").trim();
const cells = (row: Element) =>
  [...row.children].map((cell) => cell.textContent?.replace(/\s+/g, " ").trim());

describe("Statistics", () => {
  test("today, the week and the month say that they are not over", async () => {
    const win = await statistics(sits());
    expect(text(win.at("stats-today"))).toBe("Today 20 min 1 sit · so far");
    expect(text(win.at("stats-week"))).toContain("50 min 2 sits · so far: 2 of 7 days are over");
    expect(text(win.at("stats-month"))).toContain("24 of 30 days are over");
    expect(text(win.at("stats-week-before"))).toBe("Last week until Wednesday: 10 min");
    expect(win.has("stats-streak")).toBe(false);
    expect(win.has("stats-goal")).toBe(false);
  });

  test("the goal and the streak are shown to those who want them", async () => {
    const port = sits();
    port.settings.weekly_goal_s = 7200;
    port.settings.show_streak = true;
    const win = await statistics(port);
    expect(text(win.at("stats-goal"))).toBe("of 2 h 00 · 1 h 10 left");
    expect(text(win.at("stats-streak"))).toContain("12 days");
  });

  test("the goal of a partnership says what is shared of which week", async () => {
    const port = sits();
    const goal = (from: string, credited_s: number): Goal => ({
      weekly_goal_s: 7200,
      of: { kind: "partnership", name: "Morning room" },
      week: {
        ...{ from, to: "2026-11-28", of_days: 7, days_over: 3, is_over: false },
        ...{ sits: 3, credited_s, days: 2 },
      },
      left_s: 7200 - credited_s,
    });
    port.goal = goal("2026-11-22", 5400);
    const win = await statistics(port);
    expect(text(win.at("stats-goal"))).toBe(
      "shared: 1 h 30 of 2 h 00 · 30 min left · the goal with Morning room · week from Sunday 22 November",
    );
    expect(win.at("stats-week").querySelector(".part")?.getAttribute("width")).toBe("75");
    expect(win.at("stats-weeks-picture").querySelector(".goal")).toBeNull();
    port.goal = goal("2026-11-23", 1800);
    port.tell({ kind: "history" });
    await vi.waitFor(() =>
      expect(text(win.at("stats-goal"))).toBe(
        "shared: 30 min of 2 h 00 · 1 h 30 left · the goal with Morning room",
      ),
    );
  });

  test("another goal of a partnership is read as soon as it is known", async () => {
    const port = new FakePort();
    presentSync(port, "together");
    port.sits = sits().sits;
    const win = await statistics(port);
    await vi.waitFor(() => expect(win.has("stats-couple")).toBe(true));
    const asked = port.called("statistics").length;
    const { members } = port.server.together;
    members[ANNA_ID] = { ...members[ANNA_ID], weekly_goal_s: 3600 };
    port.tellTogether();
    await vi.waitFor(() => expect(port.called("statistics").length).toBe(asked + 1));
  });

  test("a figure turns to its table in its place, and back", async () => {
    const win = await statistics(sits());
    expect(win.has("stats-weeks-picture")).toBe(true);
    await win.click("stats-weeks-turn");
    expect(win.has("stats-weeks-picture")).toBe(false);
    expect(win.at("stats-weeks-turn").getAttribute("aria-pressed")).toBe("true");
    const rows = [...win.at("stats-weeks-table").querySelectorAll("tbody tr")];
    expect(cells(rows[0] as Element)).toEqual([
      "23 Nov",
      "50 min",
      "2",
      "so far: 2 of 7 days are over",
    ]);
    expect(cells(rows[1] as Element)).toEqual(["16 Nov", "2 h 10 min", "2", "yes"]);
    await win.click("stats-weeks-turn");
    expect(win.has("stats-weeks-picture")).toBe(true);
  });

  test("T turns all of them, but not while one types", async () => {
    const win = await statistics(sits());
    const figures = ["weeks", "months", "heat", "hours", "labels"];
    await win.press("t");
    for (const figure of figures) expect(win.has(`stats-${figure}-table`)).toBe(true);
    await win.press("T", { shiftKey: true });
    for (const figure of figures) expect(win.has(`stats-${figure}-picture`)).toBe(true);
    await win.press("t", { ctrlKey: true });
    expect(win.has("stats-weeks-table")).toBe(false);
  });

  test("the heatmap has a square for each day, and only days that have come", async () => {
    const win = await statistics(sits());
    const squares = win.at("stats-heat-picture").querySelectorAll(".map > svg > rect");
    // 52 weeks and Monday to Wednesday.
    expect(squares).toHaveLength(52 * 7 + 3);
    expect(win.at("stats-heat-picture").querySelectorAll(".today")).toHaveLength(1);
    expect(win.at("stats-heat-picture").querySelector("rect.today title")?.textContent).toBe(
      "Wednesday 25 November: 20 min, 1 sit",
    );
  });

  test("the heatmap has as much room for its names as they take", async () => {
    vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(32);
    const win = await statistics(sits());
    const map = win.at("stats-heat-picture").querySelector(".map > svg");
    const left = [...(map?.querySelectorAll("rect") ?? [])].map((it) =>
      Number(it.getAttribute("x")),
    );
    expect(Math.min(...left)).toBe(68);
    expect(map?.querySelector("text")?.textContent).toBe("Mon");
  });

  test("times of day and labels are those of the sits", async () => {
    const win = await statistics(sits());
    await win.press("t");
    const rows = [...win.at("stats-hours-table").querySelectorAll("tbody tr")].map(cells);
    expect(rows).toHaveLength(24);
    expect(rows[11]).toEqual(["11:00", "20 min", "1"]);
    expect(rows[12]).toEqual(["12:00", "2 h 40 min", "3"]);
    const labels = [...win.at("stats-labels-table").querySelectorAll("tbody tr")].map(cells);
    expect(labels).toEqual([
      ["No label", "2 h 30 min", "2"],
      ["Zazen", "30 min", "2"],
    ]);
  });

  test("the past year is looked at first, and a longer time is drawn by its years", async () => {
    const port = sits();
    const win = await statistics(port);
    expect(port.called("statistics")).toEqual([{ scope: { kind: "past_year" } }]);
    expect(text(win.at("stats-scope-total"))).toBe("3 h 00");
    expect(text(win.at("stats-between"))).toBe("24 Nov 2025 to 25 Nov 2026");
    expect(text(win.at("stats-longest"))).toBe("2 h 00");
  });

  test("what a terminal recorded counts at once", async () => {
    const port = sits();
    const win = await statistics(port);
    port.sits.push(sitAt(9, NOW_MS - 2 * HOUR_MS, 600));
    port.tell({ kind: "history" });
    await win.pass(0);
    expect(text(win.at("stats-today"))).toContain("30 min 2 sits");
  });

  test("out of sight nothing is read, and what changed is read on return", async () => {
    const port = sits();
    const win = await statistics(port);
    await win.click("nav-sit");
    const before = port.called("statistics").length;
    port.sits.push(sitAt(9, NOW_MS - 2 * HOUR_MS, 600));
    port.tell({ kind: "history" });
    await win.pass(0);
    expect(port.called("statistics")).toHaveLength(before);
    await win.click("nav-history");
    await vi.waitFor(() => expect(text(win.at("stats-today"))).toContain("30 min"));
  });

  test("a failure is said with a retry", async () => {
    const port = sits();
    port.fail("statistics", "storage");
    const win = await open(port);
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("history-view-statistics")).toBe(true));
    await win.click("history-view-statistics");
    await vi.waitFor(() => expect(win.has("line-problem")).toBe(true));
    port.mend("statistics");
    await win.click("line-problem-action");
    await vi.waitFor(() => expect(win.has("statistics")).toBe(true));
  });

  test("an empty history says what will appear", async () => {
    const win = await statistics(new FakePort());
    expect(win.has("statistics-empty")).toBe(true);
    expect(win.has("stats-weeks")).toBe(false);
  });

  test("where there is a partner, the weeks of both stand side by side", async () => {
    const win = await statistics(await present("sit", null, "together"));
    await vi.waitFor(() => expect(win.has("stats-couple")).toBe(true));
    await win.click("weeks-together-turn");
    await win.press("t");
    for (const figure of ["weeks-together", "stats-weeks", "stats-hours"])
      expect(win.has(`${figure}-table`), figure).toBe(true);
    await win.press("t");
    expect(document.querySelector("table")).toBeNull();
  });
});

describe("Settings of the statistics", () => {
  const settings = () => openSettings("show-streak");

  test("a weekly goal is set in steps, and taken away again", async () => {
    const win = await settings();
    await win.click("own-goal-hours-more");
    await win.click("own-goal-minutes-more");
    expect(win.port.settings.weekly_goal_s).toBe(3900);
    await win.click("own-goal-hours-fewer");
    await win.click("own-goal-minutes-fewer");
    expect(win.port.settings.weekly_goal_s).toBeNull();
  });

  test("days of rest are chosen where days in a row are counted", async () => {
    const win = await settings();
    expect(win.has("rest-Sun")).toBe(false);
    await win.click("show-streak");
    await win.click("rest-Sun");
    await win.click("rest-Tue");
    expect(win.port.settings).toMatchObject({ show_streak: true, rest_days: ["Tue", "Sun"] });
    expect(win.at("rest-Sun").getAttribute("aria-pressed")).toBe("true");
    await win.click("rest-Sun");
    expect(win.port.settings.rest_days).toEqual(["Tue"]);
  });
});
