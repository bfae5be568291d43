// Before a sit and during it, driven as a person drives it, before the fake backend.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apiError, FakePort } from "../../testing/fake-port";
import { present } from "../../testing/present";
import { idOf } from "../../testing/rows";
import { open } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Sit", () => {
  test("shows the last used choices and begins with them", async () => {
    const win = await open();
    expect(win.screen()).toBe("sit");
    expect(win.at("planned").textContent).toContain("20:00");
    expect(win.at("summary").textContent).toContain("10 s to settle · no interval bells");
    await win.click("begin");
    expect(win.port.called("begin")).toEqual([win.port.settings.choice]);
    expect(win.screen()).toBe("sitting");
    expect(win.phase()).toBe("preparing");
  });

  test("a rebuilt window opens where the last one was", async () => {
    const win = await open();
    await win.click("nav-history");
    expect(location.hash).toBe("#history");
    const again = await open(win.port, location.hash);
    expect(again.screen()).toBe("history");
  });

  test("a chip changes the length and keeps it for the next launch", async () => {
    const win = await open();
    await win.click("chip-45");
    expect(win.at("planned").textContent).toContain("45:00");
    expect(win.at("chip-45").getAttribute("aria-pressed")).toBe("true");
    expect(win.port.settings.choice.planned_s).toBe(2700);
    await win.click("chip-open");
    expect(win.port.settings.choice.planned_s).toBeNull();
  });

  test.each([
    ["25", 1500, "25 min"],
    ["90s", 90, "1 min 30 s"],
    ["1:30", 90, "1 min 30 s"],
    ["1h 30m", 5400, "1 h 30 min"],
  ])("typing %s is understood as %i s and shown", async (text, planned_s, shown) => {
    const win = await open();
    await win.click("chip-other");
    await win.type("length-input", text);
    expect(win.at("length-help").textContent).toContain(shown);
    await win.press("Enter");
    expect(win.port.called("begin")).toMatchObject([{ planned_s }]);
  });

  test.each([
    ["later", "Not a length."],
    ["25h", "24 hours"],
    ["0", "1 second"],
  ])("typing %s is refused in words and nothing begins", async (text, words) => {
    const win = await open();
    await win.click("chip-other");
    await win.type("length-input", text);
    expect(win.at("length-help").textContent).toContain(words);
    await win.click("begin");
    expect(win.port.called("begin")).toEqual([]);
    expect(win.screen()).toBe("sit");
    expect(document.activeElement).toBe(win.at("length-input"));
  });

  test("a Begin that fails is said and nothing looks begun", async () => {
    const port = new FakePort();
    port.fail("begin", "disk_full");
    const win = await open(port);
    await win.click("begin");
    expect(win.screen()).toBe("sit");
    expect(win.at("line-problem").textContent).toContain("The disk is full.");
    expect(win.at("line-problem").getAttribute("role")).toBe("alert");
    port.mend("begin");
    await win.click("begin");
    expect(win.screen()).toBe("sitting");
    expect(win.has("line-problem")).toBe(false);
  });

  test("nothing looks begun before the engine has answered", async () => {
    const port = new FakePort();
    const win = await open(port);
    vi.spyOn(port, "tell").mockReturnValue();
    const release = port.hold("begin");
    await win.click("begin");
    await win.click("begin");
    expect(win.screen()).toBe("sit");
    release();
    await win.pass(0);
    expect(win.screen()).toBe("sitting");
    expect(port.called("begin")).toHaveLength(1);
  });

  test("a missing sound device is said before the sit and can be checked again", async () => {
    const port = new FakePort();
    port.problems = [apiError("no_sound_device")];
    const win = await open(port);
    expect(win.at("line-no_sound_device").textContent).toContain("No sound device");
    port.problems = [];
    await win.click("line-no_sound_device-action");
    expect(win.has("line-no_sound_device")).toBe(false);
  });

  test("a sit in a terminal is named", async () => {
    const port = new FakePort();
    port.elsewhere = idOf(1);
    const win = await open(port);
    expect(win.at("elsewhere").textContent).toContain("running in a terminal");
    port.elsewhere = null;
    port.tell({ kind: "unfinished" });
    await win.pass(0);
    expect(win.has("elsewhere")).toBe(false);
  });

  test("several unfinished sits are decided one by one, each by its own id", async () => {
    const win = await open(await present("unfinished", null));
    expect(win.at("unfinished").textContent).toContain("the first of 2");
    expect(win.at("recover-planned").textContent).toContain("30 min");
    expect(win.at("recover-seen").textContent).toContain("11 min");
    await win.click("recover-seen");
    expect(win.port.called("recover")).toEqual([
      { session_id: idOf(9001), choice: "keep_until_last_seen" },
    ]);
    await win.click("recover-discard");
    expect(win.port.called("recover").at(-1)).toEqual({
      session_id: idOf(9002),
      choice: "discard",
    });
    expect(win.has("unfinished")).toBe(false);
    await win.click("line-undo-action");
    expect(win.port.called("restore_session")).toEqual([{ session_id: idOf(9002) }]);
  });
});

describe("Sitting", () => {
  test("runs from settling to the end and counts down", async () => {
    const win = await open();
    await win.click("begin");
    expect(win.at("time").textContent?.trim()).toBe("10");
    await win.pass(4010);
    expect(win.at("time").textContent?.trim()).toBe("6");
    await win.pass(6000);
    expect(win.phase()).toBe("sitting");
    expect(win.has("nav-history")).toBe(false);
    await win.pass(60_010);
    expect(win.at("time").textContent?.trim()).toBe("19:00");
    expect(win.at("caption").textContent).toMatch(/until \d\d:\d\d/);
    await win.pass(19 * 60_000);
    expect(win.screen()).toBe("after");
    expect(win.at("credited").textContent).toContain("20 min");
    expect(win.at("recorded").textContent).toContain("recorded");
  });

  test("begin now, pause, resume, end and its undo", async () => {
    const win = await open();
    await win.click("begin");
    await win.click("begin-now");
    expect(win.phase()).toBe("sitting");
    await win.pass(5010);
    await win.click("pause");
    const stood = win.at("time").textContent;
    await win.pass(60_000);
    expect(win.at("time").textContent).toBe(stood);
    await win.click("resume");
    await win.click("end");
    expect(win.phase()).toBe("ending");
    expect(win.at("undo-left").textContent).toBe("30");
    await win.pass(2010);
    expect(win.at("undo-left").textContent).toBe("28");
    await win.click("undo-end");
    expect(win.phase()).toBe("sitting");
    await win.click("end");
    await win.pass(30_000);
    expect(win.screen()).toBe("after");
    expect(win.at("credited").textContent).toContain("5 s");
  });

  test("by the keyboard alone", async () => {
    const win = await open();
    await win.press(" ");
    win.at("begin").blur();
    await win.press(" ");
    expect(win.phase()).toBe("preparing");
    await win.press(" ");
    expect(win.phase()).toBe("sitting");
    await win.pass(3000);
    await win.press(" ");
    expect(win.phase()).toBe("paused");
    await win.press(" ");
    expect(win.phase()).toBe("sitting");
    await win.press("f");
    expect(win.port.called("toggleFullscreen")).toHaveLength(1);
    await win.press("Escape");
    expect(win.phase()).toBe("ending");
    expect(document.activeElement).toBe(win.at("undo-end"));
  });

  test("H takes away the time, then the ring, and is remembered", async () => {
    const win = await open();
    await win.click("begin");
    await win.click("begin-now");
    await win.press("h");
    expect(win.has("time")).toBe(false);
    expect(win.port.settings.dial).toBe("ring");
    await win.press("h");
    expect(win.port.settings.dial).toBe("nothing");
    await win.pass(0);
    expect(vi.getTimerCount()).toBe(2); // the fake engine's own, and the hourly look at the day
    await win.press("h");
    expect(win.at("time").textContent?.trim()).toBe("20:00");
  });

  test("Escape while settling cancels and leaves nothing to look at", async () => {
    const win = await open();
    await win.click("begin");
    await win.press("Escape");
    expect(win.screen()).toBe("sit");
    expect(win.at("announcement").textContent).toBe("Cancelled. Nothing is recorded.");
    expect(win.port.called("dismiss")).toHaveLength(1);
  });

  test("a window opened in the middle of a sit lands in it", async () => {
    const port = new FakePort();
    const first = await open(port);
    await first.click("begin");
    await first.click("begin-now");
    await first.pass(65_000);
    first.close();
    const again = await open(port);
    expect(again.screen()).toBe("sitting");
    expect(again.at("time").textContent?.trim()).toBe("18:55");
    expect(port.called("begin")).toHaveLength(1);
  });

  test("a sit begun elsewhere, as from the tray, is shown", async () => {
    const win = await open();
    await win.port.call("begin", win.port.settings.choice);
    await win.pass(0);
    expect(win.screen()).toBe("sitting");
  });

  test("a late reply does not override what the engine told since", async () => {
    const win = await open();
    await win.click("begin");
    await win.click("begin-now");
    const release = win.port.hold("pause");
    await win.click("pause");
    await win.port.call("resume", { session_id: win.port.live?.view.session_id ?? "" });
    release();
    await win.pass(0);
    expect(win.phase()).toBe("sitting");
  });

  test("overtime counts on and asks", async () => {
    const port = new FakePort();
    port.settings.choice = { ...port.settings.choice, planned_s: 5, at_end: "count_overtime" };
    const win = await open(port);
    await win.click("begin");
    await win.click("begin-now");
    await win.pass(8010);
    expect(win.phase()).toBe("overtime");
    expect(win.at("time").textContent).toContain("+00:03");
    await win.click("end");
    expect(win.at("question").textContent).toContain("3 s longer");
    await win.click("choose-trim");
    expect(win.screen()).toBe("after");
    expect(win.at("credited").textContent).toContain("5 s");
  });

  test("a sleep past the end is asked about", async () => {
    const win = await open(await present("slept", null));
    expect(win.at("question").textContent).toContain("slept for 9 min 20 s");
    await win.click("choose-keep");
    expect(win.port.called("choose")).toMatchObject([{ choice: "keep" }]);
  });

  test("a command that fails is said and the sit goes on", async () => {
    const win = await open();
    await win.click("begin");
    await win.click("begin-now");
    win.port.fail("pause", "wrong_state");
    await win.click("pause");
    expect(win.phase()).toBe("sitting");
    expect(win.at("line-problem").textContent).toContain("not possible");
    await win.click("line-problem-action");
    expect(win.has("line-problem")).toBe(false);
  });

  test("quitting is asked once, without a dialog in the way", async () => {
    const win = await open();
    await win.click("begin");
    win.port.askQuit();
    await win.pass(0);
    expect(win.at("quit-bar").getAttribute("role")).toBe("alert");
    await win.click("keep-sitting");
    expect(win.has("quit-bar")).toBe(false);
    win.port.askQuit();
    await win.pass(0);
    await win.click("quit");
    expect(win.port.called("quit")).toHaveLength(1);
  });

  test("start, pause and end are announced, seconds are not", async () => {
    const win = await open();
    const heard: string[] = [];
    const listen = () => {
      const now = win.at("announcement").textContent ?? "";
      if (heard.at(-1) !== now) heard.push(now);
    };
    await win.click("begin");
    listen();
    await win.pass(10_000);
    listen();
    for (let s = 0; s < 5; s += 1) {
      await win.pass(1000);
      listen();
    }
    await win.click("pause");
    listen();
    await win.click("resume");
    listen();
    await win.click("end");
    listen();
    expect(heard).toEqual([
      "Settling.",
      "The sit has begun.",
      "Paused.",
      "The sit goes on.",
      "Ended. Undo is possible for half a minute.",
    ]);
  });
});
