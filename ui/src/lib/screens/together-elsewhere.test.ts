// Sitting together, and what is said of it elsewhere in the window.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./History.svelte";
import "./Together.svelte";
import { FakePort } from "../../testing/fake-port";
import { presentSync } from "../../testing/present-sync";
import { idOf } from "../../testing/rows";
import { opened, started } from "../../testing/together";
import { said, type Opened } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const MIN_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
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
