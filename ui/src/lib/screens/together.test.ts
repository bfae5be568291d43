// The screen Together and sitting together, driven as a person drives them.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./History.svelte";
import "./Together.svelte";
import { FakePort } from "../../testing/fake-port";
import { ANNA_ID, CLEO_ID } from "../../testing/fake-together";
import { presentSync } from "../../testing/present-sync";
import { idOf } from "../../testing/rows";
import { open, said, type Opened } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const MIN_MS = 60_000;
const EVIL = "<img src=x onerror=alert(1)>";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

async function started(state: string, port = new FakePort()): Promise<Opened> {
  presentSync(port, state);
  const win = await open(port);
  await win.pass(0);
  await win.pass(0);
  return win;
}
async function opened(state: string, port = new FakePort()): Promise<Opened> {
  const win = await started(state, port);
  await win.click("nav-together");
  await vi.waitFor(() => expect(win.has("together-partnership")).toBe(true));
  await win.pass(0);
  return win;
}
/** As if the window were hidden or shown. */
function hide(hidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

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

describe("elsewhere in the window", () => {
  const line = (win: Opened) =>
    [...win.at("lines").querySelectorAll<HTMLElement>("[data-testid^=line-together-]")].find(
      (one) => !/-(action|also)$/.test(one.dataset["testid"] ?? ""),
    );
  const press = async (win: Opened, which: string) => {
    line(win)?.querySelector<HTMLElement>(`[data-testid$=-${which}]`)?.click();
    await win.pass(0);
    await win.pass(0);
  };

  test("a proposal is a quiet line with two answers", async () => {
    const win = await started("invited");
    expect(line(win)?.getAttribute("role")).toBe("status");
    expect(line(win)?.textContent).toContain("Cleo proposes to sit 20 min together");
    await press(win, "also");
    expect(win.port.called("answer_proposal")).toMatchObject([{ answer: "declined" }]);
    expect(line(win)).toBeUndefined();
  });

  test("its line says a time that stands still", async () => {
    const win = await started("invited");
    const before = line(win)?.textContent;
    expect(before).toMatch(/together, at \d\d:\d\d\./);
    await win.pass(2 * MIN_MS + 35_000);
    expect(line(win)?.textContent).toBe(before);
    await win.pass(30_000);
    expect(line(win)?.textContent).toMatch(/since \d\d:\d\d\./);
  });

  test("its answers, pressed twice, are asked once", async () => {
    const win = await started("invited");
    const release = win.port.hold("answer_proposal");
    await press(win, "action");
    await press(win, "also");
    await press(win, "action");
    expect(win.port.called("answer_proposal")).toMatchObject([{ answer: "joined" }]);
    release();
    await win.pass(0);
    expect(win.port.called("begin_together")).toHaveLength(1);
  });

  test("one's seat is not offered again after one ended one's own sit", async () => {
    const win = await started("invited");
    await press(win, "action");
    await win.pass(5 * MIN_MS);
    await win.click("end");
    await win.click("finish");
    expect(win.screen()).toBe("after");
    expect(line(win)).toBeUndefined();
    await win.click("done");
    expect(line(win)).toBeUndefined();
    await win.click("nav-together");
    await vi.waitFor(() => expect(win.has("proposal")).toBe(true));
    expect(win.has("proposal-seat")).toBe(false);
    expect(win.has("proposal-decline")).toBe(false);
  });

  test("nor where the engine refuses it", async () => {
    const win = await started("soon");
    win.port.fail("begin_together", "together_taken");
    expect(line(win)?.textContent).toContain("Sitting 20 min together");
    await press(win, "action");
    expect(said(win, "line-problem")).toContain("You have sat this one already.");
    expect(line(win)).toBeUndefined();
  });

  test("nor where one's own shared sits have it", async () => {
    const port = new FakePort();
    presentSync(port, "soon");
    const [one] = port.server.together.proposals;
    Object.assign(port.server.together.sits[0] ?? {}, { together_id: one?.together_id });
    const win = await started("as presented", port);
    expect(line(win)).toBeUndefined();
  });

  test("a countdown that was given up can be begun again", async () => {
    const win = await started("invited");
    await press(win, "action");
    expect(win.phase()).toBe("preparing");
    await win.click("end");
    expect(win.screen()).toBe("sit");
    await press(win, "action");
    expect(win.phase()).toBe("preparing");
    expect(win.port.called("begin_together")).toHaveLength(2);
  });

  test.each([
    ["a partner, who hears of it", idOf(8002), 1],
    ["oneself, who only puts it aside", idOf(8001), 0],
  ])("a seat proposed by %s is answered by not now", async (_, proposed_by, answers) => {
    const port = new FakePort();
    presentSync(port, "soon");
    Object.assign(port.server.together.proposals[0] ?? {}, { proposed_by });
    const win = await started("as presented", port);
    await press(win, "also");
    expect(win.port.called("answer_proposal")).toHaveLength(answers);
    expect(line(win)).toBeUndefined();
  });

  test("joining from the line sits down", async () => {
    const win = await started("invited");
    await press(win, "action");
    expect(win.screen()).toBe("sitting");
  });

  test("it is never shown over a sit, and comes after it", async () => {
    const win = await started("together");
    await win.click("begin");
    win.port.server.together.propose(3 * MIN_MS);
    win.port.tellTogether();
    await win.pass(0);
    expect(win.phase()).toBe("preparing");
    expect(line(win)).toBeUndefined();
    await win.click("end");
    expect(win.screen()).toBe("sit");
    expect(line(win)).toBeDefined();
  });

  test.each(["sit_running", "together_over", "together_too_early", "together_taken"] as const)(
    "a seat that cannot be taken says why: %s",
    async (code) => {
      const win = await started("invited");
      win.port.fail("begin_together", code);
      await press(win, "action");
      expect(win.screen()).toBe("sit");
      expect(said(win, "line-problem").length).toBeGreaterThan(20);
    },
  );

  test("a proposal that was taken back says so", async () => {
    const win = await started("invited");
    win.port.server.together.proposals = [];
    await press(win, "action");
    expect(said(win, "line-problem")).toContain("taken back");
    expect(line(win)).toBeUndefined();
  });

  test("a sitting together neither pauses nor begins early, by button or key", async () => {
    const win = await started("invited");
    await press(win, "action");
    expect(win.has("begin-now")).toBe(false);
    await win.press(" ");
    expect(win.phase()).toBe("preparing");
    await win.pass(3 * MIN_MS + 1000);
    expect(win.phase()).toBe("sitting");
    expect(win.has("pause")).toBe(false);
    await win.press(" ");
    expect(win.port.called("pause")).toEqual([]);
    expect(win.port.called("begin_now")).toEqual([]);
    await win.press("Escape");
    expect(win.phase()).toBe("ending");
  });

  test("who sits too is a quiet line, during an ordinary sit and before it", async () => {
    const win = await started("together");
    expect(said(win, "sitting-too")).toBe("Cleo is sitting too");
    await win.click("begin");
    expect(said(win, "sitting-too")).toBe("Cleo is sitting too");
    expect(win.has("company")).toBe(false);
    win.port.server.together.sitting = [];
    win.port.tellTogether();
    await win.pass(0);
    expect(win.has("sitting-too")).toBe(false);
  });

  test("who sat until a time is gone then, without being told", async () => {
    const win = await started("together");
    await win.pass(12 * MIN_MS - 1000);
    expect(win.has("sitting-too")).toBe(true);
    await win.pass(1100);
    expect(win.has("sitting-too")).toBe(false);
  });

  test("a private sit is begun as one, once", async () => {
    const win = await started("together");
    await win.click("begin-private");
    await win.click("begin");
    expect(win.port.called("begin_private")).toHaveLength(1);
    await win.click("end");
    await win.click("begin");
    expect(win.port.called("begin")).toHaveLength(1);
  });

  test("without a partnership nothing of it is there", async () => {
    const win = await started("up_to_date");
    expect(win.has("begin-private")).toBe(false);
    expect(win.port.called("together_now")).toEqual([]);
  });

  test("signing out forgets what was shown", async () => {
    const win = await opened("together");
    win.port.server.become({ ...win.port.server.view, account: null, word: "no_account" });
    await win.pass(0);
    expect(win.has("together-no-account")).toBe(true);
    expect(win.has("member")).toBe(false);
    await win.click("nav-sit");
    expect(win.has("sitting-too")).toBe(false);
  });

  test("marks what was sat together and what is private", async () => {
    const win = await started("invited");
    await press(win, "action");
    await win.pass(24 * MIN_MS);
    expect(win.screen()).toBe("after");
    expect(said(win, "after-together")).toBe("together");
    await win.click("done");
    await win.click("nav-history");
    await vi.waitFor(() => expect(win.has("row-together")).toBe(true));
    expect(win.has("row-private")).toBe(false);
  });
});
