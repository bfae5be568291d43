// The window before a fake backend, as a test drives it.
import { render } from "@testing-library/svelte";
import { tick } from "svelte";
import { expect, vi } from "vitest";
import Window from "../Window.svelte";
import { FakePort } from "./fake-port";

export interface Opened {
  port: FakePort;
  /** The control with that test id; fails where there is none. */
  at: (testid: string) => HTMLElement;
  has: (testid: string) => boolean;
  all: (testid: string) => HTMLElement[];
  click: (testid: string) => Promise<void>;
  type: (testid: string, text: string) => Promise<void>;
  /** Presses a key where the keyboard is. */
  press: (key: string, init?: KeyboardEventInit) => Promise<void>;
  screen: () => string | undefined;
  phase: () => string | undefined;
  /** Lets time pass (fake timers) and what hangs on it settle. */
  pass: (ms: number) => Promise<void>;
  close: () => void;
}

const found = (testid: string) => [
  ...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`),
];

/** Opens the window and waits until it has drawn its first state. Needs fake timers. */
export async function open(port = new FakePort(), hash = ""): Promise<Opened> {
  document.body.focus();
  history.replaceState(null, "", `/${hash}`);
  const { unmount } = render(Window, { port });
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    await tick();
  };
  const at = (testid: string) => {
    const [one] = found(testid);
    if (one === undefined) throw new Error(`nothing on screen is “${testid}”`);
    return one;
  };
  await pass(0);
  return {
    port,
    at,
    has: (testid) => found(testid).length > 0,
    all: found,
    click: async (testid) => {
      at(testid).click();
      await pass(0);
    },
    type: async (testid, text) => {
      const field = at(testid) as HTMLInputElement;
      field.focus();
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await pass(0);
    },
    press: async (key, init = {}) => {
      const target = document.activeElement ?? document.body;
      target.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }),
      );
      await pass(0);
    },
    screen: () => document.body.dataset["screen"],
    phase: () => document.body.dataset["phase"],
    pass,
    close: unmount,
  };
}

/** Opens the window at its settings, and waits for the control with that test id. */
export async function openSettings(until: string, port = new FakePort()): Promise<Opened> {
  const win = await open(port);
  await win.click("nav-settings");
  await vi.waitFor(() => expect(win.has(until)).toBe(true));
  return win;
}

/** What the control with that test id says, its spaces as they are seen. */
export const said = (win: Opened, testid: string): string =>
  win.at(testid).textContent?.replace(/\s+/g, " ").trim() ?? "";
