// The word of sync at the edge, and the sheet behind it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "$lib/components/sync/SyncSheet.svelte";
import "$lib/components/stats/Statistics.svelte";
import "./History.svelte";
import "./Settings.svelte";
import { synced } from "../../testing/fake-account";
import { present } from "../../testing/present";
import { open, type Opened } from "../../testing/window";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

const opened = async (state: string | null, screen = "sit"): Promise<Opened> =>
  open(await present(screen, null, state));
async function withSheet(state: string): Promise<Opened> {
  const win = await opened(state);
  await win.click("sync-word");
  await vi.waitFor(() => expect(win.has("sync-sheet")).toBe(true));
  return win;
}
const text = (win: Opened, testid: string) =>
  (win.at(testid).textContent ?? "").replace(/\s+/g, " ").trim();

describe("the word", () => {
  test.each([
    ["claim", "one question"],
    ["up_to_date", "up to date"],
    ["waiting", "3 waiting"],
    ["offline", /^Sync: offline since \d\d:\d\d$/],
    ["signed_out", "please sign in"],
    ["rejected", "2 rejected"],
    ["differ", "totals differ"],
    ["first", "syncing"],
    ["trouble", "the server has trouble"],
    ["too_old", "please update Mitta"],
  ])("of %s is %s", async (state, word) => {
    const win = await opened(state);
    if (typeof word === "string") expect(text(win, "sync-word")).toBe(`Sync: ${word}`);
    else expect(text(win, "sync-word")).toMatch(word);
  });

  test.each([null, "none"])("is not there without an account (%s)", async (state) => {
    const win = await opened(state);
    expect(win.has("sync-word")).toBe(false);
    expect(win.has("sync-quiet")).toBe(false);
  });

  test("of a first sync stands beside a history that says what it lacks", async () => {
    const win = await opened("first");
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("week-total")).toBe(true));
    expect(text(win, "history-not-fetched")).toMatch(/^The sits of your other devices are not/);
    await win.click("history-view-statistics");
    expect(win.has("history-not-fetched")).toBe(true);
    win.port.server.become({ ...win.port.server.view, last_success_ms: Date.now() });
    await vi.waitFor(() => expect(win.has("history-not-fetched")).toBe(false));
  });

  test("stands on every place", async () => {
    const win = await opened("waiting");
    for (const place of ["history", "settings", "sit"]) {
      await win.click(`nav-${place}`);
      expect(win.all("sync-word")).toHaveLength(1);
    }
  });

  test("is only a word during a sit, and nothing is said aloud", async () => {
    const win = await opened("up_to_date", "sitting");
    expect(win.has("sync-word")).toBe(false);
    expect(text(win, "sync-quiet")).toBe("Sync: up to date");
    const before = text(win, "announcement");
    win.port.server.become(synced({ word: "offline", offline_since_ms: Date.now() }));
    await win.pass(0);
    expect(text(win, "sync-quiet")).toContain("offline");
    expect(text(win, "announcement")).toBe(before);
  });

  test("that comes to ask something is said aloud once", async () => {
    const win = await opened("up_to_date");
    win.port.server.become(synced({ word: "sign_in_needed" }));
    await win.pass(0);
    expect(text(win, "announcement")).toBe("please sign in");
  });
});

describe("the sheet", () => {
  test("says what waits, when it is tried again and how far the clock is off", async () => {
    const win = await withSheet("offline");
    const said = text(win, "sync-sheet");
    for (const part of [
      "The server cannot be reached. Sits are recorded here",
      "Waiting to be sent 3",
      "Tried again at",
      "5 s ahead of the server's",
    ]) {
      expect(said).toContain(part);
    }
  });

  test.each([
    ["up_to_date", "totals-equal", "the same here and there"],
    ["differ", "totals-differ", "9 Nov, 16 Nov"],
  ])("of %s says how the totals compare", async (state, testid, part) => {
    const win = await withSheet(state);
    expect(text(win, testid)).toContain(part);
    expect(text(win, "sync-sheet")).not.toContain("clock");
  });

  test("syncs now", async () => {
    const win = await withSheet("offline");
    await win.click("sync-now");
    expect(text(win, "sync-word")).toBe("Sync: up to date");
    win.port.fail("sync_now", "timeout");
    await win.click("sync-now");
    expect(text(win, "sync-failure")).toBe("The server did not answer in time.");
  });

  test("shows how far a sync is, and stops it", async () => {
    const win = await withSheet("first");
    expect(text(win, "sync-progress")).toContain("Sending 1,204 of 3,000");
    await win.click("sync-cancel");
    expect(win.has("sync-progress")).toBe(false);
  });

  test("names each refused change with its reason, and takes it off on demand", async () => {
    const win = await withSheet("rejected");
    await vi.waitFor(() => expect(win.all("refused")).toHaveLength(2));
    expect(win.all("refused")[0]?.textContent).toContain("The note or the label is too long.");
    await win.click("refused-export");
    expect(text(win, "refused-exported")).toContain("/home/anna/mitta-refused.json");
    await win.click("refused-dismiss");
    await win.click("refused-dismiss");
    expect(win.has("refused")).toBe(false);
    expect(text(win, "sync-word")).toBe("Sync: up to date");
  });

  test.each(["claim", "signed_out"])("of %s leads to the settings", async (state) => {
    const win = await withSheet(state);
    expect(win.has("sync-now")).toBe(false);
    await win.click("sync-settings");
    await vi.waitFor(() => expect(win.has("account")).toBe(true));
    await vi.waitFor(() => expect(win.has("sync-sheet")).toBe(false));
    expect(win.screen()).toBe("settings");
  });

  test("closes by Esc, and when a sit begins", async () => {
    const win = await withSheet("waiting");
    await win.press("Escape");
    await vi.waitFor(() => expect(win.has("sync-sheet")).toBe(false));
    await win.click("sync-word");
    await vi.waitFor(() => expect(win.has("sync-sheet")).toBe(true));
    await win.port.call("begin", win.port.settings.choice);
    await win.pass(0);
    await vi.waitFor(() => expect(win.has("sync-sheet")).toBe(false));
    expect(win.screen()).toBe("sitting");
  });
});
