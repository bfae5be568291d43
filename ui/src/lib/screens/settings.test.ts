// The settings and the lines at the bottom, driven as a person drives them.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./Settings.svelte";
import { apiError, FakePort } from "../../testing/fake-port";
import { open } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
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
