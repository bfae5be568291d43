// Troubleshooting and what happened to a sit, driven as a person drives them.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./History.svelte";
import "./Settings.svelte";
import type { Check } from "$lib/generated/Check";
import { synced } from "../../testing/fake-account";
import { checked } from "../../testing/fake-backups";
import { FakePort } from "../../testing/fake-port";
import { sitAt } from "../../testing/rows";
import { open } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(navigator, "clipboard");
});

async function opened(port = new FakePort()) {
  const win = await open(port, "#settings");
  await vi.waitFor(() => expect(win.has("trouble")).toBe(true));
  await win.pass(0);
  return win;
}

describe("Troubleshooting", () => {
  test("each line is well or says what to do", async () => {
    const win = await opened();
    expect(win.port.called("examine")).toHaveLength(0);
    await win.click("trouble-look");
    expect(win.at("trouble-said").textContent).toContain("1 of the lines");
    expect(win.at("check-database").textContent).toContain("whole");
    expect(win.at("check-sound").textContent).toContain("no sound device");
    expect(win.at("check-sound").textContent).toContain("sound settings");
    expect(win.at("check-account").textContent).toContain("on this computer");
  });

  test("the account is looked at too, and all in one list", async () => {
    const port = new FakePort();
    port.server.view = synced();
    const win = await opened(port);
    await win.click("trouble-look");
    expect(win.at("check-account").textContent).toContain("anna");
    expect(win.at("check-server_clock").textContent).toContain("90 s behind");
    expect(win.at("trouble-said").textContent).toContain("2 of the lines");
  });

  test("an account is left alone where the history is not whole", async () => {
    const port = new FakePort();
    port.backups.examination = {
      is_database_well: false,
      checks: [
        checked("database", "database_bad", {
          ok: false,
          text: "page 3",
          advice: "restore_backup",
        }),
      ],
    };
    const win = await opened(port);
    await win.click("trouble-look");
    expect(port.called("examine_account")).toHaveLength(0);
    expect(win.at("check-database").textContent).toContain("Restore a copy");
  });

  test("what starts at login and which keys can be had is said", async () => {
    const port = new FakePort();
    const win = await opened(port);
    const look = async (check: Check) => {
      port.backups.examination = { is_database_well: false, checks: [check] };
      await win.click("trouble-look");
      return win.at(`check-${check.name}`).textContent ?? "";
    };
    const [file, text] = ["/home/anna/.config/autostart/x.desktop", "/opt/mitta-desktop"];
    expect(await look(checked("start_at_login", "not_started", { file }))).toContain(
      `off; it would be in ${file}`,
    );
    expect(await look(checked("start_at_login", "started", { file, text }))).toContain(
      `on: ${file} starts ${text}`,
    );
    const gone = { ok: false, file, text, advice: "start_again" as const };
    const said = await look(checked("start_at_login", "starts_nothing", gone));
    expect(said).toContain("which is not there");
    expect(said).toContain("off and on again");
    const keys = { text: "Ctrl+Alt+M" };
    expect(await look(checked("shortcut", "no_shortcut"))).toContain("none is set");
    expect(await look(checked("shortcut", "shortcut", keys))).toContain("Ctrl Alt M; this desktop");
    const refused = { ...keys, ok: false, advice: "desktop_keys" as const };
    expect(await look(checked("shortcut", "shortcut_wayland", refused))).toContain("mitta-desktop");
    expect(await look(checked("shortcut", "shortcut_wayland"))).toContain(
      "none is set; under Wayland",
    );
    expect(await look(checked("shortcut", "shortcut_no_display", keys))).toContain("no display");
  });

  test("a look that fails is said, and can be tried again", async () => {
    const win = await opened();
    win.port.fail("examine", "storage");
    await win.click("trouble-look");
    expect(win.at("trouble-said").textContent?.trim()).not.toBe("");
    win.port.mend("examine");
    await win.click("trouble-look");
    expect(win.has("check-database")).toBe(true);
  });

  test("the log is copied and shown", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
    const win = await opened();
    await win.click("log-copy");
    expect(writeText).toHaveBeenCalledWith(win.port.backups.logged);
    expect(win.at("log-text").textContent).toContain("started");
  });
});

test("what happened to a sit is told up to the server’s answer", async () => {
  const port = new FakePort();
  port.sits = [sitAt(1, NOW_MS - 3_600_000, 1200)];
  const win = await open(port, "#history");
  await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
  win.all("sit-row")[0]?.querySelector("button")?.click();
  await win.pass(0);
  await win.click("story-open");
  expect(win.all("story-event").map((one) => one.textContent)).toHaveLength(2);
  const changes = win.all("story-change").map((one) => one.textContent ?? "");
  expect(changes[0]).toContain("the server has it");
  expect(changes[2]).toContain("offered 2 times");
  expect(changes[3]).toContain("credited_out_of_range");
});
