// Every screen, driven as a person drives it, before the fake backend.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "$lib/screens/History.svelte";
import "$lib/screens/Settings.svelte";
import { apiError, FakePort } from "./testing/fake-port";
import { present } from "./testing/present";
import { DAY_MS, idOf, sitAt } from "./testing/rows";
import { open } from "./testing/window";

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
    expect(vi.getTimerCount()).toBe(1); // the fake engine's own
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

  test("what a terminal recorded appears", async () => {
    const win = await open();
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("history-empty")).toBe(true));
    win.port.sits.push(sitAt(1, NOW_MS - 3_600_000, 1200));
    win.port.tell({ kind: "history" });
    await win.pass(0);
    expect(win.all("sit-row")).toHaveLength(1);
  });

  test("more rows are read on demand", async () => {
    const port = new FakePort();
    port.sits = Array.from({ length: 130 }, (_, n) => sitAt(n, NOW_MS - n * DAY_MS, 600));
    const win = await open(port);
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.all("sit-row")).toHaveLength(60));
    await win.click("more");
    expect(win.all("sit-row")).toHaveLength(120);
    await win.click("more");
    expect(win.all("sit-row")).toHaveLength(130);
    expect(win.has("more")).toBe(false);
  });
});

describe("Settings", () => {
  async function opened(port = new FakePort()) {
    const win = await open(port);
    await win.press(",", { ctrlKey: true });
    await vi.waitFor(() => expect(win.has("theme")).toBe(true));
    return win;
  }

  test("the theme is followed at once", async () => {
    const win = await opened();
    await win.click("theme-dark");
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(win.port.settings.theme).toBe("dark");
  });

  test("switches and segments are saved", async () => {
    const win = await opened();
    await win.click("ask-mood");
    await win.click("keep-display-awake");
    await win.click("at-end-count_overtime");
    await win.click("notify-at-end");
    await win.click("close-to-tray");
    await win.click("prevent-suspend");
    await win.click("dial-ring");
    expect(win.port.settings).toMatchObject({
      ask_mood: true,
      keep_display_awake: true,
      notify_at_end: "never",
      close_to_tray: false,
      prevent_suspend: false,
      dial: "ring",
      choice: { at_end: "count_overtime" },
    });
  });

  test("strikes go from none to nine", async () => {
    const win = await opened();
    for (let n = 0; n < 3; n += 1) await win.click("bell-start-strikes-fewer");
    expect(win.port.settings.choice.start_bell.strikes).toBe(0);
    expect((win.at("bell-start-strikes-fewer") as HTMLButtonElement).disabled).toBe(true);
    for (let n = 0; n < 9; n += 1) await win.click("bell-start-strikes-more");
    expect(win.port.settings.choice.start_bell.strikes).toBe(9);
    expect((win.at("bell-start-strikes-more") as HTMLButtonElement).disabled).toBe(true);
  });

  test("a bell can be heard, and falls silent when the settings are left", async () => {
    const win = await opened();
    await win.click("bell-end-preview");
    expect(win.port.called("preview")).toEqual([{ bell: win.port.settings.choice.end_bell }]);
    await win.click("nav-sit");
    expect(win.port.called("stop_preview")).toHaveLength(1);
  });

  test("the volume follows the keyboard", async () => {
    const win = await opened();
    win.at("bell-end-volume").focus();
    await win.press("ArrowLeft");
    expect(win.port.settings.choice.end_bell.volume).toBe(79);
  });

  test("interval bells of each kind", async () => {
    const win = await opened();
    await win.click("intervals-every");
    expect(win.port.settings.choice.intervals).toEqual({ kind: "every", every_s: 300 });
    await win.type("interval-every", "90s");
    await win.press("Enter");
    expect(win.port.settings.choice.intervals).toEqual({ kind: "every", every_s: 90 });

    await win.click("intervals-at");
    await win.type("interval-at", "25, 30 ; 90s, 25");
    await win.press("Enter");
    expect(win.port.settings.choice.intervals).toEqual({ kind: "at", at_s: [90, 1500, 1800] });

    await win.click("intervals-random");
    await win.type("interval-min", "10m");
    await win.press("Enter");
    expect(win.port.settings.choice.intervals).toEqual({
      kind: "random",
      min_s: 600,
      max_s: 600,
    });
    await win.click("intervals-none");
    expect(win.port.settings.choice.intervals).toEqual({ kind: "none" });
  });

  test("too many bell times and unreadable ones are refused in words", async () => {
    const win = await opened();
    await win.click("intervals-at");
    await win.type("interval-at", Array.from({ length: 201 }, (_, n) => n + 1).join(","));
    await win.press("Enter");
    expect(document.body.textContent).toContain("At most 200 bell times");
    await win.type("interval-at", "25, soon");
    await win.press("Enter");
    expect(document.body.textContent).toContain("Not a length.");
    expect(win.port.settings.choice.intervals).toEqual({ kind: "at", at_s: [600] });
  });

  test("settings that cannot be saved are said, and saved by a retry", async () => {
    const port = new FakePort();
    port.fail("save_settings", "not_writable");
    const win = await opened(port);
    await win.click("ask-mood");
    expect(win.at("line-unsaved").textContent).toContain("cannot be written");
    port.mend("save_settings");
    await win.click("line-unsaved-action");
    expect(win.has("line-unsaved")).toBe(false);
    expect(port.settings.ask_mood).toBe(true);
  });
});

describe("notices", () => {
  test("stay until put aside, and come back when sent anew", async () => {
    const win = await open();
    const tray = { topic: "tray", error: apiError("no_tray") } as const;
    win.port.tell({ kind: "notices", value: [tray] });
    await win.pass(60_000);
    expect(win.at("line-tray").textContent).toContain("no tray");
    await win.click("line-tray-action");
    expect(win.has("line-tray")).toBe(false);
    win.port.tell({ kind: "notices", value: [tray] });
    await win.pass(0);
    expect(win.has("line-tray")).toBe(true);
  });

  test("a state that cannot be read is said with a retry", async () => {
    const port = new FakePort();
    port.fail("snapshot", "database_busy");
    const win = await open(port);
    expect(win.screen()).toBe("loading");
    expect(win.at("line-problem").textContent).toContain("Another program holds the database.");
    port.mend("snapshot");
    await win.click("line-problem-action");
    expect(win.screen()).toBe("sit");
    expect(win.has("line-problem")).toBe(false);
  });
});
