// Partners on the screen Together, and what they see of a sit, driven as a person drives it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./History.svelte";
import "./Settings.svelte";
import "./Together.svelte";
import { INVITE } from "../../testing/fake-partners";
import { FakePort } from "../../testing/fake-port";
import { presentSync } from "../../testing/present-sync";
import { sitAt } from "../../testing/rows";
import { open, said, type Opened } from "../../testing/window";

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
  await win.click("nav-together");
  await vi.waitFor(() => expect(win.has("screen-together")).toBe(true));
  await win.pass(0);
  await win.pass(0);
  return win;
}

/** What is shared, and everything that changes it. */
async function sharing(state = "partners", port = new FakePort()): Promise<Opened> {
  const win = await opened(state, port);
  await vi.waitFor(() => expect(win.has("sharing-open")).toBe(true));
  await win.click("sharing-open");
  await win.pass(0);
  return win;
}

describe("partners", () => {
  test("without an account it says what will be seen, and leads to one", async () => {
    const win = await opened("none");
    expect(said(win, "together-no-account")).toContain("Here you will see this week");
    expect(win.port.called("partnerships")).toEqual([]);
    expect(win.port.called("together")).toEqual([]);
    await win.click("together-account");
    await vi.waitFor(() => expect(win.has("account")).toBe(true));
  });

  test("the settings lead to them instead of showing them twice", async () => {
    const port = new FakePort();
    presentSync(port, "partners");
    const win = await open(port);
    await win.click("nav-settings");
    await vi.waitFor(() => expect(win.has("to-together")).toBe(true));
    expect(win.has("partnership")).toBe(false);
    await win.click("to-together");
    expect(win.screen()).toBe("together");
  });

  test("a partnership is begun, and shares from today on", async () => {
    const win = await opened("up_to_date");
    expect(said(win, "together-none")).toContain("Nobody yet.");
    await win.click("partners-begin-go");
    expect(said(win, "partners-begin-name-below")).toBe("Please fill this in.");
    await win.type("partners-begin-name", "Morning room");
    await win.click("partners-begin-go");
    expect(win.port.called("create_partnership")).toEqual([
      { name: "Morning room", week_start: "Mon", share_since: "2026-11-21" },
    ]);
    await vi.waitFor(() => expect(win.has("together-name")).toBe(true));
    expect(said(win, "together-name")).toBe("Morning room");
    expect(win.has("partners-begin")).toBe(false);
  });

  test("a partnership begins its weeks with the own ones, unless another day is chosen", async () => {
    const port = new FakePort();
    port.settings = { ...port.settings, week_start: "Sun" };
    const win = await opened("up_to_date", port);
    await win.type("partners-begin-name", "Morning room");
    await win.click("partners-begin-go");
    expect(win.port.called("create_partnership")).toMatchObject([{ week_start: "Sun" }]);
  });

  test.each([
    ["of 81 characters", "x".repeat(81)],
    ["of control characters", "Morning\u0007room"],
    ["that turns its direction", "Morning\u202eroom"],
  ])("a name %s is refused before it is sent", async (_, name) => {
    const win = await opened("up_to_date");
    await win.type("partners-begin-name", name);
    await win.click("partners-begin-go");
    expect(win.at("partners-begin-name").getAttribute("aria-invalid")).toBe("true");
    expect(win.port.called("create_partnership")).toEqual([]);
  });

  test("an invite is shown once, and can be taken back", async () => {
    const win = await opened("alone");
    expect(said(win, "invite-card")).toContain("So far you are alone here.");
    await win.click("invite-code");
    expect(said(win, "invite-secret")).toBe(INVITE);
    expect(win.all("invite")).toHaveLength(1);
    await win.click("code-written");
    expect(win.has("invite-secret")).toBe(false);
    await win.click("invite-link");
    expect(win.port.called("invite")).toMatchObject([{ kind: "code" }, { kind: "link" }]);
    await win.click("invite-withdraw");
    expect(win.has("invite-secret")).toBe(false);
    expect(win.all("invite-withdraw")).toHaveLength(1);
  });

  test("who accepted is let in or turned away", async () => {
    const win = await opened("partners");
    expect(said(win, "invite")).toContain("Ben accepted your invite.");
    await win.click("invite-confirm");
    expect(win.port.called("confirm_invite")).toMatchObject([{ accept: true }]);
    await vi.waitFor(() => expect(win.all("member")).toHaveLength(3));
    win.port.server.partners.begin();
    await win.click("nav-sit");
    await win.click("nav-together");
    await vi.waitFor(() => expect(win.has("invite-turn-away")).toBe(true));
    await win.click("invite-turn-away");
    await vi.waitFor(() => expect(win.all("member")).toHaveLength(2));
  });

  test("nobody more is invited where it is full, and who waits is still shown", async () => {
    const win = await sharing();
    expect(win.has("invite")).toBe(true);
    expect(win.has("invite-code")).toBe(false);
    await win.click("invite-turn-away");
    await vi.waitFor(() => expect(win.has("invites")).toBe(false));
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
    const win = await sharing();
    const pressed = () => win.at("partners-pause").getAttribute("aria-checked");
    win.port.fail("change_membership", "offline");
    await win.click("partners-pause");
    expect(pressed()).toBe("false");
    expect(said(win, "partner-error")).toBe("The server cannot be reached.");
    win.port.mend("change_membership");
    await win.click("partners-pause");
    expect(pressed()).toBe("true");
    expect(win.has("partner-error")).toBe(false);
    expect(said(win, "consent-new")).toContain("Paused");
  });

  test("that one is sitting is shown only by its own consent", async () => {
    const win = await sharing();
    expect(said(win, "consent-sitting")).toBe("Not shown.");
    await win.click("partners-shows");
    expect(win.port.called("change_membership")).toMatchObject([
      { shows_sitting: true, is_paused: null, share_since: null, weekly_goal_s: null },
    ]);
    expect(said(win, "consent-sitting")).toContain("Shown while you sit");
  });

  test("what is asked while another change is on its way is done after it", async () => {
    const win = await sharing();
    win.at("partners-shows").click();
    win.at("partners-pause").click();
    await win.pass(0);
    expect(win.at("partners-shows").getAttribute("aria-checked")).toBe("true");
    expect(win.at("partners-pause").getAttribute("aria-checked")).toBe("true");
  });

  test("a goal is put together from hours and minutes", async () => {
    const win = await sharing();
    await win.click("goal-hours-more");
    await win.click("goal-hours-more");
    await win.click("goal-minutes-more");
    await win.click("goal-go");
    expect(win.port.called("change_membership")).toMatchObject([{ weekly_goal_s: 7500 }]);
    expect(said(win, "goal-now")).toContain("2 h 05");
    expect(win.has("goal-go")).toBe(false);
  });

  test("another date to share from says what it does before it is done", async () => {
    const win = await sharing();
    await win.click("share-since-open");
    await win.type("share-since-date", "2026-13-01");
    expect(said(win, "share-since-date-below")).toBe("Please write the date as in 2026-11-21.");
    await win.type("share-since-date", "2026-10-01");
    expect(said(win, "share-since-says")).toContain("Sits from Thursday 1 October on");
    expect(said(win, "share-since-says")).toContain("become visible too");
    await win.type("share-since-date", "2016-01-10");
    expect(said(win, "share-since-says")).toContain("Sits from Sunday 10 January 2016 on");
    await win.type("share-since-date", "2026-11-15");
    expect(said(win, "share-since-says")).toContain("disappear from what partners see");
    expect(win.port.called("change_membership")).toEqual([]);
    await win.click("share-since-go");
    expect(win.port.called("change_membership")).toMatchObject([{ share_since: "2026-11-15" }]);
  });

  test("the year of a date long ago is told, one's own and the partner's", async () => {
    const port = new FakePort();
    presentSync(port, "partners");
    for (const member of port.server.partners.list[0]?.members ?? []) {
      member.share_since = member.is_me ? "2016-01-10" : "2015-12-31";
    }
    const win = await sharing("as presented", port);
    expect(said(win, "share-since")).toContain("shares since Sunday 10 January 2016");
    expect(said(win, "consent-since")).toContain("Sits of Sunday 10 January 2016 and later");
    const partner = said(win, `consent-${port.server.partners.list[0]?.members[1]?.person_id}`);
    expect(partner).toContain("31 Dec 2015");
  });

  test("a date that is refused stays typed", async () => {
    const win = await sharing();
    await win.click("share-since-open");
    await win.type("share-since-date", "2026-11-15");
    win.port.fail("change_membership", "offline");
    await win.click("share-since-go");
    expect(said(win, "partner-error")).toBe("The server cannot be reached.");
    expect((win.at("share-since-date") as HTMLInputElement).value).toBe("2026-11-15");
    win.port.mend("change_membership");
    await win.click("share-since-go");
    expect(win.has("share-since-date")).toBe(false);
  });

  test("a goal saved here is followed when it is changed elsewhere", async () => {
    const win = await sharing();
    await win.click("goal-hours-more");
    await win.click("goal-go");
    const [one] = win.port.server.partners.list;
    for (const member of one?.members ?? []) if (member.is_me) member.weekly_goal_s = 10_800;
    await win.click("partners-pause");
    expect(said(win, "goal-now")).toContain("3 h");
    expect(win.has("goal-go")).toBe(false);
  });

  test("a name that another changed meanwhile is shown, and what was typed stays", async () => {
    const win = await sharing();
    await win.type("partners-name", "Evening room");
    const [one] = win.port.server.partners.list;
    if (one !== undefined) one.name = "Snow room";
    await win.click("partners-name-go");
    expect(said(win, "changed-meanwhile")).toContain("“Snow room”");
    expect((win.at("partners-name") as HTMLInputElement).value).toBe("Evening room");
    await win.click("partners-name-go");
    expect(win.port.called("change_partnership")).toMatchObject([
      { name: "Evening room", expected_name: "Morning room", week_start: null },
      { name: "Evening room", expected_name: "Snow room", expected_week_start: null },
    ]);
    expect(win.has("changed-meanwhile")).toBe(false);
    expect(said(win, "partnership")).toContain("Evening room");
  });

  test("leaving says what it does and asks once", async () => {
    const win = await sharing();
    await win.click("partners-leave");
    expect(said(win, "partners-leave-ask")).toContain(
      "What was shared disappears from your partners’ app and page",
    );
    expect(win.port.called("leave_partnership")).toEqual([]);
    await win.click("partners-leave-ask-go");
    await vi.waitFor(() => expect(win.has("partners-begin")).toBe(true));
    expect(win.has("partnership")).toBe(false);
  });

  test("partners that cannot be read are said, and read by a retry", async () => {
    const port = new FakePort();
    port.fail("partnerships", "offline");
    const win = await sharing("partners", port);
    expect(said(win, "partners-failure")).toContain("The server cannot be reached.");
    port.mend("partnerships");
    await win.click("partners-retry");
    expect(win.all("partnership")).toHaveLength(1);
  });

  test("what happened to the account is read when it is asked for", async () => {
    const win = await sharing("together");
    expect(win.port.called("activity")).toEqual([]);
    await win.click("activity-show");
    expect(said(win, "activities")).toContain("Signed in on Kitchen laptop");
  });

  test("a code just made, and what was accepted, wait through a look elsewhere", async () => {
    const win = await opened("alone");
    await win.click("invite-code");
    await win.click("partners-enter");
    await win.type("partners-enter-ask-secret", INVITE);
    await win.click("partners-enter-ask-go");
    await win.click("nav-sit");
    await win.click("nav-together");
    await vi.waitFor(() => expect(win.has("invite-secret")).toBe(true));
    expect(said(win, "invite-secret")).toBe(INVITE);
    expect(said(win, "partners-accepted")).toContain("Cleo is asked");

    const { view } = win.port.server;
    const account = view.account && { ...view.account, login: "ben" };
    win.port.server.become({ ...view, account });
    await win.pass(0);
    await vi.waitFor(() => expect(said(win, "partners-accepted")).toBe(""));
    expect(win.has("invite-secret")).toBe(false);
  });

  test("a code that was taken up, and a wait that is over, are gone", async () => {
    const win = await opened("alone");
    await win.click("invite-code");
    await win.click("partners-enter");
    await win.type("partners-enter-ask-secret", INVITE);
    await win.click("partners-enter-ask-go");
    win.port.server.partners.begin();
    win.port.server.become({ ...win.port.server.view, last_success_ms: Date.now() + 1 });
    await win.pass(0);
    await win.click("sharing-open");
    await vi.waitFor(() => expect(win.has("partners-enter")).toBe(true));
    expect(said(win, "partners-accepted")).toBe("");
    expect(win.has("invite-secret")).toBe(false);
  });

  test("they are asked for with each sync while they are seen, and once more if told meanwhile", async () => {
    const win = await opened("partners");
    const asked = () => win.port.called("partnerships").length;
    const synced = async () => {
      await win.pass(1000);
      win.port.server.become({ ...win.port.server.view, last_success_ms: Date.now() });
      await win.pass(0);
    };
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    const before = asked();
    await synced();
    await synced();
    expect(asked()).toBe(before);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await win.pass(0);
    expect(asked()).toBe(before + 1);

    const release = win.port.hold("partnerships");
    await synced();
    await synced();
    await synced();
    expect(asked()).toBe(before + 2);
    release();
    await win.pass(0);
    expect(asked()).toBe(before + 3);
  });

  test("who accepted elsewhere is seen with the next sync", async () => {
    const win = await opened("up_to_date");
    win.port.server.partners.begin();
    await win.pass(1000);
    win.port.server.become({ ...win.port.server.view, last_success_ms: Date.now() });
    await win.pass(0);
    await vi.waitFor(() => expect(win.has("invite-confirm")).toBe(true));
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
