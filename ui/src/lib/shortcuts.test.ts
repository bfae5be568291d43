// The sheet of keys, and each key that it lists.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "$lib/components/Shortcuts.svelte";
import "$lib/screens/History.svelte";
import "$lib/screens/Settings.svelte";
import "$lib/screens/Together.svelte";
import { present } from "../testing/present";
import { open, type Opened } from "../testing/window";
import { speak } from "./locale.svelte";
import { windowShortcuts } from "./shortcuts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.useRealTimers();
  speak("en", []);
});

const named = (keys: string[]) => keys.join("+");

/** What to press for the keys as the sheet names them. */
function pressed(keys: string[]): [string, KeyboardEventInit] {
  const key = keys.at(-1) ?? "";
  const names: Record<string, string> = { Space: " ", Esc: "Escape", "−": "-", Q: "q", Z: "z" };
  return [names[key] ?? key, { ctrlKey: keys.includes("Ctrl") }];
}

async function press(win: Opened, keys: string[]): Promise<void> {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  await win.press(...pressed(keys));
}

/** Deletes a sit: its undo is offered. */
async function deletes(win: Opened): Promise<void> {
  await win.click("nav-history");
  await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
  await win.click("row-toggle");
  await win.click("delete");
  expect(win.has("line-undo")).toBe(true);
}

/** By group and keys: where it is pressed, and what is so afterwards. */
const EFFECTS: Record<string, [screen: string, effect: (win: Opened) => unknown, is: unknown]> = {
  "Anywhere but during a sit: Ctrl+1": ["sit", (win) => win.screen(), "sit"],
  "Anywhere but during a sit: Ctrl+2": ["sit", (win) => win.screen(), "history"],
  "Anywhere but during a sit: Ctrl+3": ["sit", (win) => win.screen(), "together"],
  "Anywhere but during a sit: Ctrl+4": ["sit", (win) => win.screen(), "settings"],
  "Anywhere but during a sit: Ctrl+,": ["sit", (win) => win.screen(), "settings"],
  "Anywhere but during a sit: Ctrl++": ["sit", (win) => win.port.settings.text_percent, 110],
  "Anywhere but during a sit: Ctrl+−": ["sit", (win) => win.port.settings.text_percent, 90],
  "Anywhere but during a sit: Ctrl+0": ["sit", (win) => win.port.settings.text_percent, 100],
  "Anywhere but during a sit: Ctrl+Z": ["offering", (win) => win.has("line-undo"), false],
  "Anywhere but during a sit: ?": ["sit", (win) => win.has("shortcuts"), true],
  "Anywhere but during a sit: Ctrl+Q": ["sitting", (win) => win.has("quit-bar"), true],
  "Before a sit: Space": ["sit", (win) => win.phase(), "preparing"],
  "During a sit: Space": ["sitting", (win) => win.phase(), "paused"],
  "During a sit: Esc": ["sitting", (win) => win.phase(), "ending"],
  "During a sit: H": ["sitting", (win) => win.port.settings.dial, "ring"],
  "During a sit: F": ["sitting", (win) => win.port.calls.at(-1)?.name, "toggleFullscreen"],
  "Afterwards: Esc": ["after", (win) => win.screen(), "sit"],
};

describe("each key of the window does what the sheet says", () => {
  speak("en", []);
  // Those of the statistics are tried with them, and what every control understands is the browser's.
  const listed = windowShortcuts(null)
    .slice(0, 4)
    .flatMap(({ title, shortcuts }) =>
      shortcuts.map(({ keys }) => ({ name: `${title}: ${named(keys)}`, keys })),
    );

  test("and all of them are tried here", () => {
    expect(listed.map(({ name }) => name).toSorted()).toEqual(Object.keys(EFFECTS).toSorted());
  });

  test.each(listed)("$name", async ({ name, keys }) => {
    const [screen, effect, is] = EFFECTS[name] ?? ["sit", () => null, undefined];
    const win = await open(await present(screen === "offering" ? "sit" : screen, "light"));
    if (screen === "offering") await deletes(win);
    await press(win, keys);
    await vi.waitFor(() => expect(effect(win)).toBe(is));
  });
});

describe("the sheet", () => {
  test("opens with ?, has the keys to itself, and closes", async () => {
    const win = await open(await present("sit", "light"));
    await press(win, ["?"]);
    await vi.waitFor(() => expect(win.has("shortcuts")).toBe(true));
    await press(win, ["Space"]);
    await press(win, ["Ctrl", "4"]);
    expect([win.screen(), win.phase()]).toEqual(["sit", "none"]);
    await win.click("shortcuts-close");
    await vi.waitFor(() => expect(win.has("shortcuts")).toBe(false));
    await press(win, ["Space"]);
    expect(win.phase()).toBe("preparing");
  });

  test("is never over a sit", async () => {
    const win = await open(await present("sitting", "light"));
    await press(win, ["?"]);
    await win.pass(50);
    expect(win.has("shortcuts")).toBe(false);
  });

  test("a question mark that is typed stays one", async () => {
    const win = await open(await present("sit", "light"));
    await win.click("chip-other");
    win.at("length-input").focus();
    await win.press("?");
    await win.pass(50);
    expect(win.has("shortcuts")).toBe(false);
  });

  test("stands in the settings for those who look there", async () => {
    const win = await open(await present("sit", "light"));
    await win.click("nav-settings");
    await vi.waitFor(() => expect(win.has("shortcuts-open")).toBe(true));
    await win.click("shortcuts-open");
    await vi.waitFor(() => expect(win.has("shortcuts")).toBe(true));
  });
});

describe("the size of text", () => {
  test("goes in steps to its ends, is told, and is kept", async () => {
    const win = await open(await present("sit", "light"));
    for (let step = 0; step < 9; step += 1) await press(win, ["Ctrl", "+"]);
    expect(win.port.settings.text_percent).toBe(200);
    expect(document.documentElement.style.getPropertyValue("--text-size")).toBe("200%");
    expect(win.at("announcement").textContent).toBe("The size of text is 200 %.");
    for (let step = 0; step < 9; step += 1) await press(win, ["Ctrl", "−"]);
    expect(win.port.settings.text_percent).toBe(80);
    await press(win, ["Ctrl", "0"]);
    expect(win.port.settings.text_percent).toBe(100);
  });

  test("changes during a sit as well", async () => {
    const win = await open(await present("sitting", "light"));
    await press(win, ["Ctrl", "+"]);
    expect(win.port.settings.text_percent).toBe(110);
  });
});
