// Partners in the settings, and what they see of a sit, driven as a person drives it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./History.svelte";
import "./Settings.svelte";
import { INVITE } from "../../testing/fake-partners";
import { FakePort } from "../../testing/fake-port";
import { presentSync } from "../../testing/present-sync";
import { sitAt } from "../../testing/rows";
import { open, type Opened } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(state: string, port = new FakePort()): Promise<Opened> {
  presentSync(port, state);
  const win = await open(port);
  await win.click("nav-settings");
  await vi.waitFor(() => expect(win.has("account")).toBe(true));
  await win.pass(0);
  return win;
}
const said = (win: Opened, testid: string) =>
  win.at(testid).textContent?.replaceAll(/\s+/g, " ").trim() ?? "";

describe("partners", () => {
  test("without an account there are none to be seen", async () => {
    const win = await opened("none");
    expect(win.has("partners")).toBe(false);
    expect(win.port.called("partnerships")).toEqual([]);
  });

  test("a partnership is begun, and shares from today on", async () => {
    const win = await opened("up_to_date");
    expect(said(win, "partners")).toContain("Nobody yet.");
    await win.click("partners-begin");
    await win.type("partners-begin-ask-name", "Morning room");
    await win.click("partners-begin-ask-go");
    expect(win.port.called("create_partnership")).toEqual([
      { name: "Morning room", week_start: "Mon", share_since: "2026-11-21" },
    ]);
    expect(said(win, "partnership")).toContain("Morning room");
    expect(win.has("partners-begin")).toBe(false);
  });

  test("an invite is shown once, and can be taken back", async () => {
    const win = await opened("partners");
    await win.click("invite-code");
    expect(said(win, "invite-secret")).toBe(INVITE);
    expect(win.all("partner-invite")).toHaveLength(2);
    await win.click("code-written");
    expect(win.has("invite-secret")).toBe(false);
    await win.click("invite-link");
    expect(win.port.called("invite")).toMatchObject([{ kind: "code" }, { kind: "link" }]);
    await win.click("partner-withdraw");
    expect(win.has("invite-secret")).toBe(false);
    expect(win.all("partner-withdraw")).toHaveLength(1);
  });

  test("who accepted is let in or turned away", async () => {
    const win = await opened("partners");
    expect(said(win, "partner-invite")).toContain("Ben accepted your invite.");
    await win.click("partner-confirm");
    expect(win.port.called("confirm_invite")).toMatchObject([{ accept: true }]);
    expect(win.all("partner").map((one) => one.textContent)).toHaveLength(3);
    win.port.server.partners.begin();
    await win.click("nav-sit");
    await win.click("nav-settings");
    await vi.waitFor(() => expect(win.has("partner-turn-away")).toBe(true));
    await win.click("partner-turn-away");
    expect(win.all("partner")).toHaveLength(2);
  });

  test("an invite of another is accepted, and a wrong one said at its field", async () => {
    const win = await opened("up_to_date");
    await win.click("partners-enter");
    await win.type("partners-enter-ask-secret", "ABCD-EFGX");
    await win.click("partners-enter-ask-go");
    expect(said(win, "partners-enter-ask-secret-below")).toContain("There is no such invite");
    await win.type("partners-enter-ask-secret", INVITE);
    await win.click("partners-enter-ask-go");
    expect(win.port.called("accept_invite").at(-1)).toEqual({
      secret: INVITE,
      share_since: "2026-11-21",
    });
    expect(said(win, "partners-accepted")).toBe("Cleo is asked to let you into Morning room.");
  });

  test("a pause is the server's to say: one that failed is not shown", async () => {
    const win = await opened("partners");
    const pressed = () => win.at("partners-pause").getAttribute("aria-checked");
    win.port.fail("change_membership", "offline");
    await win.click("partners-pause");
    expect(pressed()).toBe("false");
    expect(said(win, "partner-error")).toBe("The server cannot be reached.");
    win.port.mend("change_membership");
    await win.click("partners-pause");
    expect(pressed()).toBe("true");
    expect(win.has("partner-error")).toBe(false);
  });

  test("leaving says what it does and asks once", async () => {
    const win = await opened("partners");
    await win.click("partners-leave");
    expect(said(win, "partners-leave-ask")).toContain("do not see your sits any more");
    expect(win.port.called("leave_partnership")).toEqual([]);
    await win.click("partners-leave-ask-go");
    expect(win.has("partnership")).toBe(false);
  });

  test("partners that cannot be read are said, and read by a retry", async () => {
    const port = new FakePort();
    port.fail("partnerships", "offline");
    const win = await opened("partners", port);
    await vi.waitFor(() => expect(win.has("partners-retry")).toBe(true));
    port.mend("partnerships");
    await win.click("partners-retry");
    expect(win.all("partnership")).toHaveLength(1);
  });

  test("who accepted elsewhere is seen with the next sync", async () => {
    const win = await opened("up_to_date");
    win.port.server.partners.begin();
    await win.pass(1000);
    win.port.server.become({ ...win.port.server.view, last_success_ms: Date.now() });
    await win.pass(0);
    await vi.waitFor(() => expect(win.has("partner-confirm")).toBe(true));
  });
});

describe("what partners see of a sit", () => {
  async function row(sync: string): Promise<Opened> {
    const port = new FakePort();
    port.sits = [sitAt(1, NOW_MS - 3_600_000, 1200)];
    presentSync(port, sync);
    const win = await open(port);
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("sit-row")).toBe(true));
    win.at("sit-row").querySelector("button")?.click();
    await win.pass(0);
    return win;
  }

  test("is not asked without an account", async () => {
    const win = await row("none");
    expect(win.has("sit-private")).toBe(false);
  });

  test("is the sit, or nothing, or its note too", async () => {
    const win = await row("up_to_date");
    await win.click("sit-note-shared");
    await win.click("sit-private");
    expect(win.has("sit-note-shared")).toBe(false);
    await win.click("sit-private");
    expect(win.at("sit-note-shared").getAttribute("aria-checked")).toBe("false");
    expect(win.port.called("share_session")).toMatchObject([
      { sharing: { shared: true, note_shared: true } },
      { sharing: { shared: false, note_shared: false } },
      { sharing: { shared: true, note_shared: false } },
    ]);
    expect(win.port.called("describe")).toEqual([]);
  });
});
