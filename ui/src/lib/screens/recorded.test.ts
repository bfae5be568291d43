// After a sit and in the history, driven as a person drives it, before the fake backend.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./History.svelte";
import { FakePort } from "../../testing/fake-port";
import { present } from "../../testing/present";
import { DAY_MS, sitAt } from "../../testing/rows";
import { open } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("After", () => {
  test("note, label and mood are written on Done", async () => {
    const win = await open(await present("after", null));
    await win.type("note", "rain on the roof");
    await win.type("label", "Evening");
    await win.click("mood-4");
    await win.click("done");
    expect(win.port.called("describe")).toMatchObject([
      { words: { note: "rain on the roof", label: "Evening", mood: 4 } },
    ]);
    expect(win.screen()).toBe("sit");
  });

  test("Escape skips without writing what was not typed", async () => {
    const win = await open(await present("after", null));
    await win.press("Escape");
    expect(win.port.called("describe")).toEqual([]);
    expect(win.screen()).toBe("sit");
  });

  test("Escape does not lose what was typed", async () => {
    const win = await open(await present("after", null));
    await win.type("note", "wide");
    await win.press("Escape");
    expect(win.port.called("describe")).toMatchObject([{ words: { note: "wide" } }]);
  });

  test("a note that is refused is said and kept", async () => {
    const win = await open(await present("after", null));
    await win.type("note", "x".repeat(10_001));
    await win.click("done");
    expect(win.screen()).toBe("after");
    expect(win.at("after-error").textContent).toContain("10,000 characters");
    expect((win.at("note") as HTMLTextAreaElement).value).toHaveLength(10_001);
    await win.press("Escape");
    expect(win.screen()).toBe("sit");
  });

  test("a note is not lost when the next sit begins from the tray", async () => {
    const win = await open(await present("after", null));
    const ended = win.port.live?.view.session_id;
    await win.type("note", "half a thought");
    await win.port.call("begin", win.port.settings.choice);
    await win.pass(0);
    expect(win.screen()).toBe("sitting");
    expect(win.port.called("describe")).toMatchObject([
      { session_id: ended, words: { note: "half a thought" } },
    ]);
  });

  test("it does not say recorded before it is, and a retry makes it so", async () => {
    const win = await open(await present("failing", null));
    expect(win.has("recorded")).toBe(false);
    expect(win.at("recording").dataset["recording"]).toBe("failing");
    expect(win.at("line-recording").getAttribute("role")).toBe("alert");
    await win.click("line-recording-action");
    expect(win.has("recorded")).toBe(true);
    expect(win.has("line-recording")).toBe(false);
  });

  test("it says from when to when also where the history looks for something else", async () => {
    const port = new FakePort();
    port.sits = [sitAt(1, NOW_MS - DAY_MS, 1200, { note: "rain" })];
    const win = await open(port);
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("history-search")).toBe(true));
    await win.type("history-search", "rain");
    await win.pass(500);
    await win.port.call("begin", { ...port.settings.choice, preparation_s: 0, planned_s: 600 });
    await win.pass(0);
    await win.pass(600_000);
    await win.pass(60_000);
    expect(win.screen()).toBe("after");
    expect(win.at("ended-at").textContent?.trim()).toMatch(/^\d\d:\d\d – \d\d:\d\d$/);
  });

  test("discarding is asked once and can be undone", async () => {
    const win = await open(await present("after", null));
    const session_id = win.port.live?.view.session_id;
    await win.click("discard");
    expect(win.port.called("delete_session")).toEqual([]);
    await win.click("discard-yes");
    expect(win.port.called("delete_session")).toEqual([{ session_id }]);
    expect(win.has("recorded")).toBe(false);
    await win.click("undo-discard");
    expect(win.port.called("restore_session")).toEqual([{ session_id }]);
    expect(win.has("recorded")).toBe(true);
  });
});

describe("History", () => {
  test("shows the sits by day, newest first, and what they came to", async () => {
    const port = new FakePort();
    port.sits = [
      sitAt(1, NOW_MS - 3_600_000, 1200, { note: "rain", label: "Evening" }),
      sitAt(2, NOW_MS - DAY_MS, 1800),
      sitAt(3, NOW_MS - DAY_MS - 3_600_000, 600),
    ];
    const win = await open(port);
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.all("sit-row")).toHaveLength(3));
    expect(win.all("day").map((day) => day.textContent?.trim())).toEqual(["Today", "Yesterday"]);
    expect(win.at("week-total").textContent).toBe("1 h 00");
    expect(win.all("sit-row")[0]?.textContent).toMatch(/12:00.*20 min.*Evening.*rain/);
    expect(document.querySelectorAll("table tbody tr")).toHaveLength(12);
  });

  test("an empty history says what will appear and offers the first step", async () => {
    const win = await open();
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("history-empty")).toBe(true));
  });

  test("a row opens, its words are changed, and it can be deleted with undo", async () => {
    const port = new FakePort();
    port.sits = [sitAt(1, NOW_MS - 3_600_000, 1200), sitAt(2, NOW_MS - 7_200_000, 600)];
    const win = await open(port);
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.all("sit-row")).toHaveLength(2));
    const toggle = () => win.all("sit-row")[0]?.querySelector("button");
    toggle()?.click();
    await win.pass(0);
    expect(toggle()?.getAttribute("aria-expanded")).toBe("true");
    await win.type("edit-note", "quiet");
    await win.click("edit-save");
    expect(win.all("sit-row")[0]?.textContent).toContain("quiet");
    toggle()?.click();
    await win.pass(0);
    await win.click("delete");
    expect(win.all("sit-row")).toHaveLength(1);
    await win.click("line-undo-action");
    expect(win.all("sit-row")).toHaveLength(2);
  });

  test("words typed into a row are kept when the screen is left, but not when cancelled", async () => {
    const port = new FakePort();
    port.sits = [sitAt(1, NOW_MS - 3_600_000, 1200)];
    const win = await open(port);
    const edit = async (text: string) => {
      await win.click("nav-history");
      await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
      win.at("sit-row").querySelector("button")?.click();
      await win.pass(0);
      await win.type("edit-note", text);
    };
    await edit("not this");
    await win.click("edit-cancel");
    expect(port.called("describe")).toEqual([]);
    await edit("half a thought");
    await win.click("nav-sit");
    expect(port.called("describe")).toMatchObject([{ words: { note: "half a thought" } }]);
  });

  test("what a terminal recorded appears", async () => {
    const win = await open();
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("history-empty")).toBe(true));
    win.port.sits.push(sitAt(1, NOW_MS - 3_600_000, 1200));
    win.port.tell({ kind: "history" });
    await win.pass(0);
    expect(win.all("sit-row")).toHaveLength(1);
  });

  test("more rows are read on demand, and only those near the part in sight are drawn", async () => {
    const port = new FakePort();
    port.sits = Array.from({ length: 300 }, (_, n) => sitAt(n, NOW_MS - n * DAY_MS, 600));
    const win = await open(port);
    await win.click("nav-history");
    const rows = () => win.at("history-list").dataset["rows"];
    await vi.waitFor(() => expect(rows()).toBe("60"));
    expect(win.all("sit-row").length).toBeLessThan(60);
    const item = win.all("sit-row")[0]?.closest("li");
    expect(item?.getAttribute("aria-setsize")).toBe("-1");
    await win.click("more");
    expect(rows()).toBe("260");
    await win.click("more");
    expect(rows()).toBe("300");
    expect(win.has("more")).toBe(false);
    expect(win.at("history-end").textContent).toContain("300 sits");
    const first = win.all("sit-row")[0]?.closest("li");
    expect(first?.getAttribute("aria-setsize")).toBe("300");
    expect(first?.getAttribute("aria-posinset")).toBe("1");
  });
});
