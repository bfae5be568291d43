// axe finds nothing on any screen, and every pair of colors can be read, in both themes.
import { readFileSync } from "node:fs";
import axe from "axe-core";
import { afterEach, describe, expect, test, vi } from "vitest";
import "$lib/components/sync/SyncSheet.svelte";
import "$lib/screens/History.svelte";
import "$lib/screens/Settings.svelte";
import { present } from "./testing/present";
import { SYNC_STATES } from "./testing/present-sync";
import { open, type Opened } from "./testing/window";

afterEach(() => {
  vi.useRealTimers();
});

const SCREENS = [
  ...["sit", "unfinished", "empty", "preparing", "sitting", "open", "paused", "overtime", "ending"],
  ...["asking", "slept", "after", "failing", "discarded", "ring", "nothing"],
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

  test.each([null, "up_to_date"])("finds nothing on History and a row (%s)", async (sync) => {
    const opened = async (win: Opened) => {
      await win.click("nav-history");
      await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
      win.all("sit-row")[0]?.querySelector("button")?.click();
      await win.pass(0);
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
    ["up_to_date", "partners-begin", "partners-begin-ask-go", "partners-enter"],
    ["partners", "invite-code", "partners-pause", "partners-leave"],
  ])("finds nothing on the account where %s, after %s …", async (state, ...presses) => {
    expect(await look("sit", (win) => account(win, ...presses), state)).toEqual([]);
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
