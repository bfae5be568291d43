// axe finds nothing on any screen, and every pair of colors can be read, in both themes.
import { readFileSync } from "node:fs";
import axe from "axe-core";
import { afterEach, describe, expect, test, vi } from "vitest";
import "$lib/components/presets/PresetSheet.svelte";
import "$lib/components/stats/Statistics.svelte";
import "$lib/components/Shortcuts.svelte";
import "$lib/components/sync/SyncSheet.svelte";
import "$lib/screens/History.svelte";
import "$lib/screens/Settings.svelte";
import "$lib/screens/Together.svelte";
import { speak } from "$lib/locale.svelte";
import { present } from "./testing/present";
import { SYNC_STATES } from "./testing/present-sync";
import { open, type Opened } from "./testing/window";

afterEach(() => {
  vi.useRealTimers();
});

const SCREENS = [
  ...["sit", "unfinished", "empty", "preparing", "sitting", "open", "paused", "overtime", "ending"],
  ...["asking", "slept", "after", "failing", "discarded", "ring", "nothing", "presets"],
];

async function violations(): Promise<string[]> {
  vi.useRealTimers();
  const found = await axe.run(document.body, {
    // jsdom lays nothing out: colors are checked below, from the tokens themselves.
    rules: { "color-contrast": { enabled: false }, region: { enabled: true } },
  });
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`);
}

async function look(
  screen: string,
  then?: (win: Opened) => Promise<void>,
  sync: string | null = null,
): Promise<string[]> {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
  document.documentElement.lang = "en";
  document.title = "Mitta";
  const win = await open(await present(screen, "light", sync));
  await then?.(win);
  return violations();
}

describe("axe", () => {
  test.each(SCREENS)("finds nothing on %s", async (screen) => {
    expect(await look(screen)).toEqual([]);
  });

  test("finds nothing on the sheet of keys", async () => {
    const found = await look("sit", async (win) => {
      await win.press("?");
      await vi.waitFor(() => expect(win.has("shortcuts")).toBe(true));
    });
    expect(found).toEqual([]);
  });

  test.each(["sit", "after"])("finds nothing on %s in German", async (screen) => {
    speak("de", []);
    const german = async (win: Opened) => {
      win.port.tell({ kind: "settings", value: { ...win.port.settings, language: "de" } });
      await win.pass(0);
    };
    expect(await look(screen, german)).toEqual([]);
    expect(document.documentElement.lang).toBe("de");
    speak("en", []);
  });

  test.each([null, "up_to_date"])("finds nothing on History and a row (%s)", async (sync) => {
    const opened = async (win: Opened) => {
      await win.click("nav-history");
      await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
      win.all("sit-row")[0]?.querySelector("button")?.click();
      await win.pass(0);
    };
    expect(await look("sit", opened, sync)).toEqual([]);
  });

  test.each([
    ["pictures", "together", []],
    ["tables", null, ["weeks", "months", "heat", "hours", "labels"]],
  ])("finds nothing on the statistics as %s", async (_, sync, turned) => {
    const opened = async (win: Opened) => {
      win.port.settings.weekly_goal_s = 9000;
      win.port.settings.show_streak = true;
      await win.click("nav-history");
      await vi.waitFor(() => expect(win.has("history-view-statistics")).toBe(true));
      await win.click("history-view-statistics");
      await vi.waitFor(() => expect(win.has("stats-hours")).toBe(true));
      for (const figure of turned) await win.click(`stats-${figure}-turn`);
    };
    expect(await look("sit", opened, sync)).toEqual([]);
  });

  test.each(["every", "at", "random"])("finds nothing on Settings with bells %s", async (kind) => {
    const found = await look("sit", async (win) => {
      await win.click("nav-settings");
      await vi.waitFor(() => expect(win.has("theme")).toBe(true));
      await win.click(`intervals-${kind}`);
    });
    expect(found).toEqual([]);
  });

  test("finds nothing on the reminders", async () => {
    const found = await look("presets", async (win) => {
      await win.click("nav-settings");
      await vi.waitFor(() => expect(win.has("reminder-quiet")).toBe(true));
      await win.type("reminder-time", "soon");
      await win.press("Enter");
    });
    expect(found).toEqual([]);
  });

  /** Opens the account in the settings and presses what is named. */
  async function account(win: Opened, ...presses: string[]): Promise<void> {
    await win.click("nav-settings");
    await vi.waitFor(() => expect(win.has("account")).toBe(true));
    await win.pass(0);
    for (const press of presses) await win.click(press);
  }

  test.each(SYNC_STATES)("finds nothing on the account where sync is %s", async (state) => {
    expect(await look("sit", (win) => account(win), state)).toEqual([]);
  });

  test.each([
    ["none", "sign-up", "join-go"],
    ["none", "sign-in", "join-recover", "join-password-show"],
    ["up_to_date", "revoke", "change-password", "new-code", "sign-out", "move-server"],
    ["up_to_date", "erase", "erase-ask-go", "export-account"],
  ])("finds nothing on the account where %s, after %s …", async (state, ...presses) => {
    expect(await look("sit", (win) => account(win, ...presses), state)).toEqual([]);
  });

  test.each([
    ["none"],
    ["signed_out"],
    ["up_to_date", "partners-begin-go", "partners-enter"],
    ["alone", "invite-code"],
    ["together"],
    ["invited", "propose-open", "propose-when-later", "propose-go"],
    ["soon"],
    ["partners", "sharing-open", "partners-pause", "goal-hours-more", "share-since-open"],
    ["together", "sharing-open", "partners-leave", "activity-show"],
  ])("finds nothing on Together where %s, after %s …", async (state, ...presses) => {
    const pressed = async (win: Opened) => {
      await win.click("nav-together");
      await vi.waitFor(() => expect(win.has("screen-together")).toBe(true));
      await win.pass(0);
      await win.pass(0);
      for (const press of presses) await win.click(press);
    };
    expect(await look("sit", pressed, state)).toEqual([]);
  });

  test.each(["sit", "sitting"])("finds nothing on %s while a partner sits", async (screen) => {
    const told = async (win: Opened) => {
      await win.pass(0);
      await vi.waitFor(() => expect(win.has("sitting-too")).toBe(true));
    };
    expect(await look(screen, told, "together")).toEqual([]);
  });

  test("finds nothing where it is asked whether a file may keep the sign-in", async () => {
    const asked = async (win: Opened) => {
      win.port.server.keyless = true;
      await account(win, "sign-in");
      for (const [field, typed] of [
        ["server_url", "mitta.example.org"],
        ["login", "anna"],
        ["password", "correct horse"],
      ]) {
        await win.type(`join-${field}`, typed ?? "");
      }
      await win.click("join-go");
      expect(win.has("file")).toBe(true);
    };
    expect(await look("sit", asked, "none")).toEqual([]);
  });

  test("finds nothing on the recovery code", async () => {
    const code = async (win: Opened) => {
      await account(win, "new-code");
      await win.type("new-code-ask-password", "correct horse");
      await win.click("new-code-ask-go");
      expect(win.has("recovery-code")).toBe(true);
    };
    expect(await look("sit", code, "up_to_date")).toEqual([]);
  });

  test.each(SYNC_STATES.filter((state) => state !== "none"))(
    "finds nothing on the sheet where sync is %s",
    async (state) => {
      const sheet = async (win: Opened) => {
        await win.click("sync-word");
        await vi.waitFor(() => expect(win.has("sync-sheet")).toBe(true));
        await win.pass(0);
      };
      expect(await look("sit", sheet, state)).toEqual([]);
    },
  );

  test.each([
    ["empty"],
    ["presets"],
    ["presets", "preset-keep"],
    ["presets", "preset-delete"],
    ["presets", "preset-edit"],
    ["presets", "preset-edit", "intervals-every"],
  ])("finds nothing on the presets where %s, after %s …", async (state, ...presses) => {
    const sheet = async (win: Opened) => {
      await win.click("presets-open");
      await vi.waitFor(() => expect(win.has("presets-sheet")).toBe(true));
      await win.pass(0);
      for (const press of presses) await win.click(press);
    };
    expect(await look(state, sheet)).toEqual([]);
  });

  test("finds nothing with the length field open, refused, and lines at the bottom", async () => {
    const found = await look("unfinished", async (win) => {
      await win.click("chip-other");
      await win.type("length-input", "soon");
      win.port.askQuit();
      await win.pass(0);
    });
    expect(found).toEqual([]);
  });
});

describe("contrast of the tokens", () => {
  const css = readFileSync("src/tokens.css", "utf8").split("@media")[0] ?? "";
  const tokens = new Map(
    [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
      ([, name, light, dark]) => [name ?? "", [light ?? "", dark ?? ""]],
    ),
  );
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const c = parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  };
  const contrast = (a: string, b: string) => {
    const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
    return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
  };

  test.each([
    ["ink", "paper", 4.5],
    ["ink", "raise", 4.5],
    ["ink", "moss-soft", 4.5],
    ["soft", "paper", 4.5],
    ["soft", "raise", 4.5],
    ["moss", "paper", 4.5],
    ["moss", "raise", 4.5],
    ["paper", "moss", 4.5],
    ["paper", "moss-deep", 4.5],
    ["paper", "ink", 4.5],
    ["brick", "paper", 4.5],
    ["brick", "raise", 4.5],
    ["edge", "paper", 3],
    ["edge", "raise", 3],
  ])("%s on %s is at least %d to 1", (front, back, least) => {
    for (const theme of [0, 1]) {
      const [a, b] = [tokens.get(front)?.[theme] ?? "", tokens.get(back)?.[theme] ?? ""];
      expect(contrast(a, b)).toBeGreaterThanOrEqual(least);
    }
  });
});
