// The screen Together, driven as a person drives it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./History.svelte";
import "./Together.svelte";
import { FakePort } from "../../testing/fake-port";
import { ANNA_ID, CLEO_ID } from "../../testing/fake-together";
import { presentSync } from "../../testing/present-sync";
import { hide, opened, started } from "../../testing/together";
import { open, said } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const MIN_MS = 60_000;
const EVIL = "<img src=x onerror=alert(1)>";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the week", () => {
  test("is each one's, oneself first, with goal, sitting now, private and on the way", async () => {
    const win = await opened("together");
    const [you, cleo] = win.all("member");
    expect(you?.textContent).toContain("You");
    expect(you?.textContent).toContain("2 h 05");
    expect(said(win, "member-goal")).toBe("of 2 h 30");
    expect(said(win, "member-private")).toBe("+25 min private");
    expect(said(win, "member-on-the-way")).toBe("1 on the way");
    expect(cleo?.textContent).toContain("1 h 40");
    expect(said(win, "sitting-now")).toContain("sitting now, until");
    expect(said(win, "weeks-together-note")).toBe("together 25 h 27");
    expect(said(win, "together-partnership")).toContain("Week from Monday 16 November");
    expect(said(win, "freshness")).toContain("Cleo’s sits as of");
    expect(win.at("compared").dataset["compared"]).toBe("equal");
  });

  test("of what is not fetched yet says so, and shows no number for it", async () => {
    const port = new FakePort();
    presentSync(port, "together");
    const { together } = port.server;
    const sits = together.sits;
    const mine = together.members[ANNA_ID] ?? {};
    const theirs = together.members[CLEO_ID] ?? {};
    // Nothing is here yet.
    together.members = { [ANNA_ID]: { weeks: null }, [CLEO_ID]: { weeks: null } };
    together.sits = [];
    together.sitting = [];
    const win = await open(port);
    await win.click("nav-together");
    await vi.waitFor(() => expect(win.has("together-partnership")).toBe(true));
    expect(win.all("member-not-fetched").map((it) => it.textContent)).toEqual([
      "not fetched yet",
      "not fetched yet",
    ]);
    expect(win.has("member-total") || win.has("member-sits")).toBe(false);
    expect(said(win, "weeks-together-note")).toBe("together not fetched yet");
    expect(said(win, "freshness")).toBe("Cleo’s sits not fetched yet");
    expect(said(win, "together-sits-empty")).toBe("The shared sits are not fetched yet.");
    expect(said(win, "together-partnership")).not.toMatch(/0 min|no shared sits/i);

    // Cleo's are, the own are not.
    together.sits = sits;
    together.members[CLEO_ID] = theirs;
    port.tellTogether();
    await vi.waitFor(() => expect(said(win, "member-total")).toBe("1 h 40"));
    expect(said(win, "member")).toContain("not fetched yet");
    expect(said(win, "freshness")).toContain("Cleo’s sits as of");
    expect(said(win, "weeks-together-note")).toBe("together not fetched yet");
    const picture = win.at("weeks-together-picture");
    expect(picture.getAttribute("aria-label")).toMatch(/^You, not fetched yet; Cleo, .* 1 h 40$/);
    expect(picture.querySelectorAll("rect")).toHaveLength(8);
    await win.press("t");
    const row = win.at("weeks-together-table").querySelector("tbody tr");
    expect([...(row?.querySelectorAll("td") ?? [])].map((cell) => cell.textContent)).toEqual([
      "not fetched yet",
      "1 h 40",
      "not fetched yet",
    ]);

    together.members[ANNA_ID] = mine;
    port.tellTogether();
    await vi.waitFor(() => expect(win.all("member-total")).toHaveLength(2));
    expect(win.has("member-not-fetched")).toBe(false);
    expect(said(win, "weeks-together-note")).toBe("together 25 h 27");
    await win.click("weeks-together-turn");
  });

  test("that is not over is hollow, and said to be so", async () => {
    const win = await opened("together");
    expect(said(win, "weeks-together")).toContain("Hollow: not over yet.");
    const bars = [...win.at("weeks-together-picture").querySelectorAll("rect")];
    expect(bars).toHaveLength(16);
    const partial = bars.filter((bar) => bar.classList.contains("partial"));
    expect(partial.map((bar) => bar.querySelector("title")?.textContent)).toEqual([
      "You · 16 Nov (so far) · 2 h 05",
      "Cleo · 16 Nov (so far) · 1 h 40",
    ]);
    expect(win.has("member-since")).toBe(false);
  });

  test("from before somebody shared, or in part, is never a bare number", async () => {
    const port = new FakePort();
    presentSync(port, "together");
    const { members } = port.server.together;
    members[CLEO_ID] = { ...members[CLEO_ID], share_since: "2026-11-05" };
    members[ANNA_ID] = { ...members[ANNA_ID], share_since: "2026-11-19" };
    const win = await open(port);
    await win.click("nav-together");
    await vi.waitFor(() => expect(win.has("weeks-together-picture")).toBe(true));
    const picture = () => win.at("weeks-together-picture");
    const titles = [...picture().querySelectorAll("rect.partial title")];
    expect(titles.map((title) => title.textContent)).toEqual([
      "You · 16 Nov (so far) · 2 h 05 (shared from 19 Nov)",
      "Cleo · 2 Nov · 45 min (shared from 5 Nov)",
      "Cleo · 16 Nov (so far) · 1 h 40",
    ]);
    expect(picture().querySelectorAll("rect")).toHaveLength(1 + 3);
    const spoken = picture().getAttribute("aria-label");
    expect(spoken).toContain("9 Nov not shared, 16 Nov (so far) 2 h 05 (shared from 19 Nov)");
    expect(spoken).toContain("26 Oct not shared, 2 Nov 45 min (shared from 5 Nov), 9 Nov 2 h 23");
    expect(said(win, "weeks-together")).toContain(
      "Hollow: not over yet, or shared only from a day within it.",
    );
    expect(said(win, "weeks-together-note")).toBe(
      "together 25 h 27 · You: shared from 19 Nov · Cleo: shared from 5 Nov",
    );
    expect(win.all("member-since").map((it) => it.textContent)).toEqual(["shared from 19 Nov"]);
    await win.click("weeks-together-turn");
    const rows = [...win.at("weeks-together-table").querySelectorAll("tbody tr")].slice(0, 4);
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ["16 Nov (so far)", "2 h 05 (shared from 19 Nov)", "1 h 40", "3 h 45 (in part)"],
      ["9 Nov", "not shared", "2 h 23", "3 h 05 (in part)"],
      ["2 Nov", "not shared", "45 min (shared from 5 Nov)", "1 h 31 (in part)"],
      ["26 Oct", "not shared", "not shared", "not shared"],
    ]);
  });

  test("is asked by the engine's date, and has a table", async () => {
    const win = await opened("together");
    expect(win.port.called("together").at(-1)).toEqual({ today: "2026-11-21", weeks: 8 });
    expect(win.at("weeks-together-picture").getAttribute("aria-label")).toMatch(/^You, .*Cleo/);
    expect(win.has("weeks-together-table")).toBe(false);
    await win.press("t");
    const rows = win.at("weeks-together-table").querySelectorAll("tbody tr");
    expect(rows).toHaveLength(8);
    expect(rows[0]?.querySelector("th")?.textContent).toBe("16 Nov (so far)");
    expect([...(rows[0]?.querySelectorAll("td") ?? [])].map((cell) => cell.textContent)).toEqual([
      "2 h 05",
      "1 h 40",
      "3 h 45",
    ]);
    await win.click("weeks-together-turn");
    expect(win.has("weeks-together-table")).toBe(false);
  });

  test("a sitting together is one line, and older sits come when they are asked for", async () => {
    const win = await opened("together");
    expect(said(win, "together-sits")).toContain("Sat together, 20 min");
    expect(win.all("together-sit")).toHaveLength(4);
    await win.click("together-more");
    expect(win.all("together-sit")).toHaveLength(6);
    expect(win.has("together-more")).toBe(false);
  });

  test("totals that differ say which week and what happens", async () => {
    const port = new FakePort();
    port.server.together.compared = { kind: "pending" };
    const win = await opened("partners", port);
    expect(said(win, "compared")).toBe("totals not compared yet");
    port.server.together.compared = { kind: "differs", weeks: ["2026-11-09", "2026-11-16"] };
    port.tellTogether();
    await win.pass(0);
    await vi.waitFor(() => expect(win.at("compared").dataset["compared"]).toBe("differs"));
    expect(said(win, "compared")).toContain("9 Nov and 16 Nov");
  });

  test("names, notes and labels are text", async () => {
    const port = new FakePort();
    presentSync(port, "together");
    const [one] = port.server.partners.list;
    if (one !== undefined) one.name = EVIL;
    for (const member of one?.members ?? []) if (!member.is_me) member.display_name = EVIL;
    for (const sit of port.server.together.sits) Object.assign(sit, { note: EVIL, label: EVIL });
    const win = await open(port);
    await win.click("nav-together");
    await vi.waitFor(() => expect(win.has("sit-words")).toBe(true));
    expect(said(win, "together-name")).toBe(EVIL);
    expect(said(win, "sit-words")).toBe(`${EVIL} ${EVIL}`);
    await win.click("sharing-open");
    expect(said(win, "consent-with")).toBe(EVIL);
    expect(document.querySelectorAll("img")).toHaveLength(0);
  });

  test("is read again when it is told, and not while the window is hidden", async () => {
    const win = await opened("together");
    const reads = () => win.port.called("together").length;
    const before = reads();
    win.port.tellTogether();
    await win.pass(0);
    expect(reads()).toBe(before + 1);
    hide(true);
    win.port.tellTogether();
    win.port.tellTogether();
    await win.pass(MIN_MS);
    expect(reads()).toBe(before + 1);
    hide(false);
    await win.pass(0);
    expect(reads()).toBe(before + 2);
  });

  test("asks the server nothing while a sync goes on, which a question would end", async () => {
    const win = await opened("together");
    const asked = win.port.called("partnerships").length;
    const view = win.port.server.view;
    for (const word of ["syncing", "up_to_date", "syncing"] as const) {
      win.port.server.become({ ...view, word });
      await win.pass(0);
    }
    expect(win.port.called("partnerships")).toHaveLength(asked);
    win.port.server.become({ ...view, last_success_ms: NOW_MS + 1 });
    await win.pass(0);
    expect(win.port.called("partnerships")).toHaveLength(asked + 1);
  });

  test("elsewhere only what goes on now is read", async () => {
    const win = await started("together");
    const before = win.port.called("together").length;
    const now = win.port.called("together_now").length;
    win.port.tellTogether();
    await win.pass(0);
    expect(win.port.called("together")).toHaveLength(before);
    expect(win.port.called("together_now")).toHaveLength(now + 1);
  });

  test("what cannot be read is said, and read by a retry", async () => {
    const win = await opened("together");
    win.port.fail("together", "storage");
    win.port.tellTogether();
    await win.pass(0);
    expect(win.has("together-failure")).toBe(true);
    win.port.mend("together");
    await win.click("together-retry");
    expect(win.has("together-failure")).toBe(false);
  });
});
