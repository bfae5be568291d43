// Every screen changes its language where it stands: after the switch it says what it would have said
// if it had been opened in that language.
import { afterEach, describe, expect, test, vi } from "vitest";
import { speak } from "$lib/locale.svelte";
import "$lib/components/sync/SyncSheet.svelte";
import "$lib/screens/History.svelte";
import "$lib/screens/Settings.svelte";
import "$lib/screens/Together.svelte";
import { present } from "./testing/present";
import { open, type Opened } from "./testing/window";

afterEach(() => {
  vi.useRealTimers();
  speak("en", []);
});

const SPOKEN = ["aria-label", "placeholder", "title", "alt", "aria-description"];

/** All that is on the screen to be read or heard, a line each. */
function said(): string[] {
  const texts: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    // What happened was said in the language of its moment.
    if (node.parentElement?.dataset["testid"] === "announcement") continue;
    if (node instanceof Element) {
      for (const name of SPOKEN) {
        const text = node.getAttribute(name);
        if (text !== null) texts.push(`${name}: ${text}`);
      }
    } else if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent?.replace(/\s+/g, " ").trim() ?? "";
      if (text !== "") texts.push(text);
    }
  }
  return texts;
}

async function look(
  screen: string,
  sync: string | null,
  language: "en" | "de",
  then: (win: Opened) => Promise<void>,
): Promise<Opened> {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
  const port = await present(screen, "light", sync);
  port.settings.language = language;
  const win = await open(port);
  await then(win);
  await win.pass(0);
  return win;
}

async function switches(
  screen: string,
  sync: string | null = null,
  then: (win: Opened) => Promise<void> = async () => {},
): Promise<void> {
  const win = await look(screen, sync, "en", then);
  const english = said();
  expect(document.documentElement.lang).toBe("en");
  win.port.tell({ kind: "settings", value: { ...win.port.settings, language: "de" } });
  await win.pass(0);
  const switched = said();
  expect(document.documentElement.lang).toBe("de");
  expect(switched).not.toEqual(english);
  win.close();
  vi.useRealTimers();
  const german = await look(screen, sync, "de", then);
  const fresh = said();
  german.close();
  expect(switched).toEqual(fresh);
}

describe("the language changes where one is", () => {
  test.each([
    ...["sit", "unfinished", "empty", "preparing", "sitting", "open", "paused", "overtime"],
    ...["ending", "asking", "slept", "after", "failing", "discarded"],
  ])("on %s", async (screen) => {
    await switches(screen);
  });

  test.each(["history", "settings"])("on %s", async (place) => {
    await switches("sit", "up_to_date", async (win) => {
      await win.click(`nav-${place}`);
      await vi.waitFor(() => expect(win.has(`screen-${place}`)).toBe(true));
      await win.pass(0);
    });
  });

  test.each(["none", "alone", "together", "invited"])("on Together where %s", async (sync) => {
    await switches("sit", sync, async (win) => {
      await win.click("nav-together");
      await vi.waitFor(() => expect(win.has("screen-together")).toBe(true));
      await win.pass(0);
    });
  });
});
