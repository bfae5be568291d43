// Start at login and the shortcut from anywhere, in the settings, before the fake backend.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "$lib/screens/Settings.svelte";
import { keyNames, pressed } from "$lib/shortcut-keys";
import { windowShortcuts } from "$lib/shortcuts";
import { FakePort } from "../../testing/fake-port";
import { openSettings, said, type Opened } from "../../testing/window";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

const settings = (port?: FakePort) => openSettings("start-at-login", port);

const key = (code: string, key: string, held: Partial<KeyboardEventInit> = {}) =>
  new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true, ...held });

describe("Start at login", () => {
  test("is off until it is switched on, and says where that is written", async () => {
    const win = await settings();
    expect(win.at("start-at-login").ariaChecked).toBe("false");
    expect(said(win, "start-at-login-said")).toBe("");
    await win.click("start-at-login");
    await vi.waitFor(() => expect(win.at("start-at-login").ariaChecked).toBe("true"));
    expect(said(win, "start-at-login-said")).toContain("autostart/org.mitta.Mitta.desktop");
  });

  test("what starts another Mitta is said, and this one put in its place", async () => {
    const port = new FakePort();
    port.atLogin = { ...port.atLogin, is_on: true, other_program: "/opt/old/mitta-desktop" };
    const win = await settings(port);
    await vi.waitFor(() => expect(win.has("start-at-login-this")).toBe(true));
    expect(said(win, "start-at-login-said")).toContain("/opt/old/mitta-desktop");
    await win.click("start-at-login-this");
    await vi.waitFor(() => expect(win.has("start-at-login-this")).toBe(false));
    expect(port.atLogin.is_on).toBe(true);
  });

  test("what fails is said, with the file that it is about", async () => {
    const win = await settings();
    win.port.fail("set_start_at_login", "start_at_login_failed");
    await win.click("start-at-login");
    await vi.waitFor(() => expect(said(win, "start-at-login-said")).toContain("cannot be used"));
    expect(said(win, "start-at-login-said")).toContain("It would be written in");
    expect(win.at("start-at-login").ariaChecked).toBe("false");
  });
});

describe("The shortcut from anywhere", () => {
  async function press(win: Opened, event: KeyboardEvent): Promise<void> {
    win.at("shortcut-keys").dispatchEvent(event);
    await win.pass(0);
  }

  test("is set by pressing its keys, given something to do, and removed", async () => {
    const win = await settings();
    expect(win.has("shortcut-does")).toBe(false);
    await win.click("shortcut-keys");
    expect(said(win, "shortcut-keys")).toBe("Press the keys, or Esc");
    await press(win, key("ControlLeft", "Control", { ctrlKey: true }));
    await press(win, key("KeyM", "m", { ctrlKey: true, altKey: true }));
    await vi.waitFor(() =>
      expect(win.port.settings.shortcut).toEqual({ keys: "Ctrl+Alt+M", does: "show" }),
    );
    expect(win.at("shortcut-keys").getAttribute("aria-label")).toContain("Ctrl Alt M");
    await win.click("shortcut-does-begin");
    await vi.waitFor(() => expect(win.port.settings.shortcut?.does).toBe("begin"));
    await win.click("shortcut-clear");
    await vi.waitFor(() => expect(win.port.settings.shortcut).toBeNull());
  });

  test("what is typed with is none, and Esc leaves it as it was", async () => {
    const win = await settings();
    await win.click("shortcut-keys");
    await press(win, key("KeyM", "M", { shiftKey: true }));
    expect(said(win, "shortcut-said")).toContain("for typing");
    await press(win, key("Escape", "Escape"));
    expect(said(win, "shortcut-keys")).toBe("Set keys");
    expect(said(win, "shortcut-said")).toBe("");
    expect(win.port.settings.shortcut).toBeNull();
  });

  test("keys that are taken are said at the setting and on every screen", async () => {
    const port = new FakePort();
    port.settings.shortcut = { keys: "Ctrl+Alt+M", does: "show" };
    const win = await settings(port);
    const error = { code: "shortcut_taken" as const, message: "", session_id: null };
    win.port.tell({ kind: "notices", value: [{ topic: "shortcut", error }] });
    await vi.waitFor(() => expect(said(win, "shortcut-said")).toContain("Another program"));
    expect(win.at("line-shortcut").textContent).toContain("The shortcut from anywhere");
  });

  test("that it could begin no sit is said apart, as the keys themselves are held", async () => {
    const port = new FakePort();
    port.settings.shortcut = { keys: "Ctrl+Alt+M", does: "begin" };
    const win = await settings(port);
    const error = { code: "disk_full" as const, message: "", session_id: null };
    win.port.tell({ kind: "notices", value: [{ topic: "begin", error }] });
    await vi.waitFor(() =>
      expect(win.at("line-begin").textContent).toContain("The shortcut from anywhere began no sit"),
    );
    expect(said(win, "shortcut-said")).toBe("");
  });

  test("stands in the sheet of keys", () => {
    const titles = windowShortcuts({ keys: "Super+Space", does: "begin" }).map((it) => it.title);
    expect(titles).toContain("From any program");
    expect(windowShortcuts(null).map((it) => it.title)).not.toContain("From any program");
  });
});

test.each([
  ["KeyM", "m", { ctrlKey: true, altKey: true }, "Ctrl+Alt+M"],
  // What stands on the key, not its place: German Z where English has Y.
  ["KeyY", "z", { ctrlKey: true }, "Ctrl+Z"],
  ["KeyA", "ф", { altKey: true }, "Alt+A"],
  ["Digit1", "!", { ctrlKey: true, shiftKey: true }, "Ctrl+Shift+1"],
  ["F9", "F9", {}, "F9"],
  ["Space", " ", { metaKey: true }, "Super+Space"],
])("%s (%s) is kept as it is read", (code, typed, held, keys) => {
  expect(pressed(key(code, typed, held))).toEqual({ kind: "keys", keys });
});

test.each([
  ["KeyM", "m", {}, "none"],
  ["Semicolon", "ö", { ctrlKey: true }, "none"],
  ["ShiftLeft", "Shift", { shiftKey: true }, "held"],
])("%s alone is no shortcut", (code, typed, held, kind) => {
  expect(pressed(key(code, typed, held)).kind).toBe(kind);
});

test("keys are named as they stand on the keyboard", () => {
  expect(keyNames("Ctrl+PageUp")).toEqual(["Ctrl", "Page Up"]);
});
