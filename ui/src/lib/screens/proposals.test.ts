// Sittings together on the screen Together, proposed and answered as a person does it.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./Together.svelte";
import { FakePort } from "../../testing/fake-port";
import { presentSync } from "../../testing/present-sync";
import { idOf } from "../../testing/rows";
import { open, said, type Opened } from "../../testing/window";

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const MIN_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(state: string, port = new FakePort()): Promise<Opened> {
  presentSync(port, state);
  const win = await open(port);
  await win.pass(0);
  await win.pass(0);
  await win.click("nav-together");
  await vi.waitFor(() => expect(win.has("together-partnership")).toBe(true));
  await win.pass(0);
  return win;
}

describe("a proposal", () => {
  async function form(): Promise<Opened> {
    const win = await opened("together");
    await win.click("propose-open");
    return win;
  }

  test("for now is sent, and its seat taken at once", async () => {
    const win = await form();
    await win.click("propose-30");
    await win.click("propose-start-fewer");
    await win.click("propose-go");
    await win.pass(0);
    expect(win.port.called("propose")).toEqual([
      {
        partnership_id: idOf(8000),
        starts_at_ms: null,
        planned_s: 1800,
        bells: { start_strikes: 2, end_strikes: 1, interval_every_s: null },
      },
    ]);
    expect(win.port.called("begin_together")).toMatchObject([{ planned_s: 1800 }]);
    expect(win.screen()).toBe("sitting");
    expect(win.phase()).toBe("preparing");
  });

  test.each([
    ["nothing", "", "2026-11-21", "Please write a time"],
    ["no time", "half past", "2026-11-21", "Please write a time"],
    ["a day that is none", "19:30", "2026-02-30", "Please write a time"],
    ["yesterday", "19:30", "2026-11-20", "That time is over."],
    ["in ten years", "19:30", "2036-11-21", "more than 60 days ahead"],
  ])("at %s is refused before it is sent", async (_, time, date, sentence) => {
    const win = await form();
    await win.click("propose-when-later");
    await win.type("propose-time", time);
    await win.type("propose-date", date);
    await win.click("propose-go");
    expect(said(win, "propose-error")).toContain(sentence);
    expect(win.port.called("propose")).toEqual([]);
  });

  test("that the server refuses says why and keeps what was chosen", async () => {
    const win = await form();
    win.port.fail("propose", "invalid_time");
    await win.click("propose-when-later");
    await win.type("propose-time", "23:30");
    await win.click("propose-go");
    expect(win.at("propose-error").textContent).toMatch(/60 days/);
    expect((win.at("propose-time") as HTMLInputElement).value).toBe("23:30");
  });

  test("keeps what was chosen while one looks at what is shared, until it is closed", async () => {
    const win = await form();
    await win.click("propose-45");
    await win.click("propose-start-fewer");
    await win.click("propose-when-later");
    await win.type("propose-time", "23:30");
    await win.click("sharing-open");
    expect(win.has("propose-form")).toBe(false);
    await win.click("sharing-open");
    expect(win.at("propose-45").getAttribute("aria-pressed")).toBe("true");
    expect((win.at("propose-time") as HTMLInputElement).value).toBe("23:30");
    await win.click("propose-60");
    expect(win.at("propose-60").getAttribute("aria-pressed")).toBe("true");
    await win.click("propose-cancel");
    await win.click("propose-open");
    expect(win.at("propose-20").getAttribute("aria-pressed")).toBe("true");
    expect(win.has("propose-time")).toBe(false);
  });

  test("for later is shown with its time, has no seat yet, and can be taken back", async () => {
    const win = await form();
    await win.click("propose-when-later");
    await win.type("propose-date", "2026-11-23");
    await win.type("propose-time", "19:30");
    await win.click("propose-go");
    await win.pass(0);
    expect(win.has("propose-form")).toBe(false);
    expect(document.activeElement).toBe(win.at("propose-open"));
    expect(win.port.called("seat")).toEqual([]);
    expect(said(win, "proposal-title")).toBe(
      "You proposed to sit 20 min together, at 23 Nov, 19:30.",
    );
    await win.click("proposal-withdraw");
    expect(win.has("proposal")).toBe(false);
  });

  test("of a partner counts down, and joining takes the seat", async () => {
    const win = await opened("invited");
    expect(said(win, "proposal-title")).toBe("Cleo proposes to sit 20 min together, in 3 min.");
    await win.pass(2 * MIN_MS + 35_000);
    expect(said(win, "proposal-title")).toContain("in 25 s.");
    await win.click("proposal-join");
    await win.pass(0);
    expect(win.port.called("answer_proposal")).toMatchObject([{ answer: "joined" }]);
    expect(win.screen()).toBe("sitting");
    await win.pass(26_000);
    expect(win.phase()).toBe("sitting");
    expect(said(win, "company")).toBe("together with Cleo");
  });

  test("that is declined is not asked for again, but can still be joined", async () => {
    const win = await opened("invited");
    await win.click("proposal-decline");
    expect(said(win, "proposal-who")).toBe("You said not now.");
    expect(win.has("proposal-join")).toBe(true);
    expect(win.has("proposal-decline")).toBe(false);
  });

  test("to which nobody answered says so, and who said not now", async () => {
    const win = await opened("soon");
    const [one] = win.port.server.together.proposals;
    if (one === undefined) throw new Error("there is a proposal");
    Object.assign(one, { proposed_by: idOf(8001), answers: one.answers.slice(1) });
    win.port.tellTogether();
    await win.pass(0);
    expect(said(win, "proposal-who")).toBe("You will be there. Nobody else has answered yet.");
    one.answers.push({ person_id: idOf(8002), answer: "declined" });
    win.port.tellTogether();
    await win.pass(0);
    expect(said(win, "proposal-who")).toBe("You will be there. Cleo said not now.");
  });

  test.each([
    ["proposal-join", "answer_proposal"],
    ["proposal-decline", "answer_proposal"],
    ["proposal-seat", "seat"],
    ["proposal-withdraw", "cancel_proposal"],
  ] as const)("%s pressed twice asks once", async (button, command) => {
    const state = ["proposal-seat", "proposal-withdraw"].includes(button) ? "soon" : "invited";
    const port = new FakePort();
    presentSync(port, state);
    if (button === "proposal-withdraw") {
      for (const one of port.server.together.proposals) one.proposed_by = idOf(8001);
    }
    const win = await opened("as presented", port);
    const release = port.hold(command);
    const pressed = win.at(button) as HTMLButtonElement;
    pressed.click();
    pressed.click();
    await win.pass(0);
    expect(pressed.disabled).toBe(true);
    expect(port.called(command)).toHaveLength(1);
    release();
    await win.pass(0);
    expect(port.called(command)).toHaveLength(1);
  });

  test("that is over is gone by itself", async () => {
    const win = await opened("invited");
    await win.pass(24 * MIN_MS);
    expect(win.has("proposal")).toBe(false);
  });

  test("accepted for later gives its seat from five minutes before", async () => {
    const win = await opened("soon");
    expect(win.all("proposal-seat")).toHaveLength(1);
    expect(win.all("proposal").map((one) => one.dataset["stage"])).toEqual(["soon", "later"]);
    await win.pass(186 * MIN_MS);
    expect(win.all("proposal").map((one) => one.dataset["stage"])).toEqual(["soon"]);
    await win.click("proposal-seat");
    await win.pass(0);
    expect(win.phase()).toBe("preparing");
  });
});
