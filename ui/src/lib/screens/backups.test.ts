// Copies of the history in the settings, driven as a person drives them.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./Settings.svelte";
import { FakePort } from "../../testing/fake-port";
import { sitAt } from "../../testing/rows";
import { open } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(port = new FakePort()) {
  port.sits = [1, 2, 3].map((n) => sitAt(n, NOW_MS - n * DAY_MS, 1200));
  port.backups.make("weekly", "mitta-weekly-2026-11-20.sqlite3", NOW_MS - DAY_MS);
  const win = await open(port, "#settings");
  await vi.waitFor(() => expect(win.has("backup")).toBe(true));
  await win.pass(0);
  return win;
}

describe("Copies of the history", () => {
  test("it is said when the last one was made, and one is made at a press", async () => {
    const win = await opened();
    expect(win.at("backup-last").textContent).toContain("20 Nov");
    expect(win.at("backup-last").textContent).toContain("weekly");
    await win.click("backup-now");
    expect(win.at("backup-last").textContent).toContain("by hand");
    expect(win.at("backup-saved").textContent).toContain("mitta-copy-1.sqlite3");
  });

  test("a copy goes where the person says, or nowhere", async () => {
    const win = await opened();
    await win.click("backup-save");
    expect(win.at("backup-saved").textContent).toContain("/home/anna/mitta-2026-11-21.sqlite3");
    win.port.savesTo = null;
    await win.click("backup-save");
    expect(win.at("backup-saved").textContent?.trim()).toBe("");
    expect(win.port.calls.filter((call) => call.name === "back_up")).toHaveLength(1);
  });

  test("what a copy holds is shown before anything happens, and undo takes it back", async () => {
    const win = await opened();
    win.port.sits = win.port.sits.slice(1).concat(sitAt(9, NOW_MS, 60));
    const before = structuredClone(win.port.sits);
    await win.click("backup-choose");
    await win.click("backup-look");
    expect(win.at("backup-holds").textContent).toContain("3 sits");
    expect(win.has("backup-account")).toBe(false);
    expect(win.at("backup-comes").textContent).toContain("1 sit");
    expect(win.at("backup-goes").textContent).toContain("1 sit");
    expect(document.activeElement).toBe(win.at("backup-found"));
    expect(win.port.sits).toEqual(before);
    await win.click("backup-restore");
    expect(win.port.sits).toHaveLength(3);
    expect(win.has("backup-found")).toBe(false);
    await win.click("line-undo-action");
    expect(win.port.sits).toEqual(before);
  });

  test("leaving it changes nothing and gives the keyboard back", async () => {
    const win = await opened();
    await win.click("backup-choose");
    await win.click("backup-look");
    await win.click("backup-keep");
    expect(win.has("backup-found")).toBe(false);
    expect(document.activeElement).toBe(win.at("backup-choose"));
    expect(win.port.calls.some((call) => call.name === "restore")).toBe(false);
  });

  test.each([
    ["not_a_backup", "no copy of a history"],
    ["backup_newer", "newer Mitta"],
    ["backup_damaged", "damaged"],
    ["backup_of_another", "another person"],
  ] as const)(
    "a file that cannot be restored is refused in a sentence (%s)",
    async (code, words) => {
      const port = new FakePort();
      port.backups.chosen = "/media/stick/x";
      port.backups.refused.set("/media/stick/x", code);
      const win = await opened(port);
      await win.click("backup-choose");
      await win.click("backup-other");
      expect(win.at("backup-refused").textContent).toContain(words);
      expect(win.has("backup-found")).toBe(false);
    },
  );

  test("a restore while a sit runs elsewhere is refused where it was asked for", async () => {
    const win = await opened();
    await win.click("backup-choose");
    await win.click("backup-look");
    win.port.fail("restore", "sit_running");
    await win.click("backup-restore");
    expect(win.at("restore-refused").textContent).toContain("sit");
    expect(win.port.sits).toHaveLength(3);
  });

  test.each([
    [
      true,
      "It belongs to the account ben on https://mitta.example; so will this history, which belongs to none yet.",
    ],
    [false, "It belongs to the account ben on https://mitta.example."],
  ])(
    "whose a copy is, and that this history would be theirs (%s), is said",
    async (is_new_here, words) => {
      const port = new FakePort();
      port.backups.account = { login: "ben", server_url: "https://mitta.example", is_new_here };
      const win = await opened(port);
      await win.click("backup-choose");
      await win.click("backup-look");
      expect(win.at("backup-account").textContent).toBe(words);
    },
  );

  test("what signs out is said", async () => {
    const port = new FakePort();
    port.backups.signsOut = true;
    const win = await opened(port);
    await win.click("backup-choose");
    await win.click("backup-look");
    expect(win.at("backup-found").textContent).toContain("sign in again");
  });
});
