// What people type on the page: refused with a sentence where it is wrong, and never lost.
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TogetherPartnership } from "$lib/generated/TogetherPartnership";
import { ANA, Refusal, WebServer, partnershipOf, togetherOf } from "../testing/web-server";
import App from "./App.svelte";
import { Refused } from "./api";
import { Page } from "./page.svelte";
import { today } from "./today";
import { goalProblem, sinceProblem, wordsFor } from "./words";

const refuses = (status: number, code: string) => () => {
  throw new Refusal(status, code);
};
let server: WebServer;
let page: Page;
let us: TogetherPartnership;

beforeEach(() => {
  vi.stubGlobal("scrollTo", () => {});
  localStorage.clear();
  server = new WebServer();
  us = partnershipOf("Us");
  server.answers("GET together", () => togetherOf(us));
  server.answers("GET now", () => ({ now_ms: Date.now(), sitting: [], proposals: [] }));
  server.answers("GET partnerships/us/invites", () => ({ invites: [] }));
  server.answers("GET activity", () => ({ activities: [] }));
});

afterEach(() => {
  cleanup();
  page.left();
  vi.unstubAllGlobals();
});

function opens(path: string, is_in = true): void {
  history.replaceState(null, "", path);
  page = new Page();
  const now = { now_ms: Date.now(), sitting: [], proposals: [] };
  const drawn = { account: ANA, today: today(), together: togetherOf(us), now };
  page.begin(is_in ? drawn : null, !is_in);
  render(App, { page, invited: path.includes("invite") });
}

const at = (testid: string) => screen.getByTestId<HTMLInputElement>(testid);
const types = (testid: string, value: string) => fireEvent.input(at(testid), { target: { value } });
const sends = (testid: string) => {
  const { form } = at(testid);
  if (form === null) throw new Error(`${testid} is in no form`);
  return fireEvent.submit(form);
};
/** Until what was sent came back. */
const settled = (testid: string) => waitFor(() => expect(at(testid).disabled).toBe(false));

test("no date is said at the date, and the link stays good", async () => {
  opens("/invite#good-secret");
  await types("join-since", "");
  await sends("join-go");
  await waitFor(() => expect(at("join-since-below").textContent).toContain("choose the date"));
  expect(document.activeElement).toBe(at("join-since"));
  expect(server.times("POST invites/accept")).toBe(0);
  expect(screen.queryByTestId("join-secret")).toBeNull();

  server.answers("POST invites/accept", refuses(422, "invalid_field"));
  await types("join-since", "2026-11-20");
  await sends("join-go");
  await waitFor(() => expect(at("join-error").textContent).toContain("cannot take it"));
  expect(screen.queryByTestId("join-secret")).toBeNull();

  server.answers("POST invites/accept", () => ({ partnership_name: "X", inviter_name: "Cleo" }));
  await sends("join-go");
  await waitFor(() => expect(screen.queryByTestId("join")).toBeNull());
  expect(server.body("POST invites/accept")).toEqual({
    secret: "good-secret",
    share_since: "2026-11-20",
  });
});

test("a link that does not work can be put right by hand", async () => {
  server.answers("POST invites/accept", refuses(404, "no_such_invite"));
  opens("/invite#half-a-sec");
  await sends("join-go");
  await waitFor(() => expect(at("join-secret").value).toBe("half-a-sec"));
  expect(at("join-secret-below").textContent).toContain("not good any more");
  expect(at("join-since").value).toBe(today());
});

/** Somebody else's change arrives. */
async function becomes(change: Partial<TogetherPartnership>): Promise<void> {
  us = { ...us, ...change };
  page.retry();
  await waitFor(() => expect(page.together?.partnerships[0]).toEqual(us));
}
const CHANGE = "PATCH partnerships/us";

test("after a failure the name is still held against what it was", async () => {
  opens("/#sharing");
  await types("common-name", "Mine");
  server.answers(CHANGE, refuses(500, "internal"));
  await sends("common-save");
  await waitFor(() => expect(at("common-name-below").textContent).toContain("trouble"));
  await becomes({ name: "Theirs" });
  server.answers(CHANGE, refuses(409, "changed_meanwhile"));
  await sends("common-save");
  await waitFor(() => expect(at("common-meanwhile").textContent).toContain("Theirs"));
  expect(server.body(CHANGE)).toEqual({ name: "Mine", expected_name: "Us" });
  expect(at("common-name").value).toBe("Mine");
  // Seen, it may be changed.
  await settled("common-save");
  server.answers(CHANGE, () => null);
  await sends("common-save");
  await waitFor(() =>
    expect(server.body(CHANGE)).toEqual({ name: "Mine", expected_name: "Theirs" }),
  );
});

test("only what was changed is sent", async () => {
  opens("/#sharing");
  server.answers(CHANGE, () => null);
  await types("common-name", "Mine");
  await becomes({ week_start: "Sun" });
  await sends("common-save");
  await waitFor(() => expect(server.body(CHANGE)).toEqual({ name: "Mine", expected_name: "Us" }));
});

test("Escape closes a question and goes no further, and the keyboard is where it was", async () => {
  opens("/#account");
  await fireEvent.click(at("rename"));
  expect(document.activeElement).toBe(at("rename-ask-name"));
  const further = vi.fn();
  addEventListener("keydown", further);
  await fireEvent.keyDown(at("rename-ask-name"), { key: "Escape" });
  removeEventListener("keydown", further);
  expect(screen.queryByTestId("rename-ask")).toBeNull();
  expect(document.activeElement).toBe(at("rename"));
  expect(further).not.toHaveBeenCalled();
});

test("who accepts while the invites are being read is shown all the same", async () => {
  const INVITES = "GET partnerships/us/invites";
  const invite = { invite_id: "one", kind: "link", expires_at_ms: Date.now() + 60_000 };
  // The first is answered never.
  server.answers(INVITES, () => new Promise(() => {}));
  opens("/#sharing");
  await waitFor(() => expect(server.times(INVITES)).toBe(1));
  server.answers(INVITES, () => ({
    invites: [{ ...invite, state: "accepted", accepted_by: "Gil" }],
  }));
  page.membership_told += 1;
  await waitFor(() => expect(at("invite").textContent).toContain("Gil"));
});

test("nobody is invited where it is full", async () => {
  opens("/#sharing");
  await waitFor(() => expect(server.times("GET partnerships/us/invites")).toBe(1));
  expect(screen.queryByTestId("invite-link")).toBeNull();
  await becomes({ members: us.members.slice(0, 1) });
  await waitFor(() => expect(at("invite-link").disabled).toBe(false));
});

const TURNED = "turned \u202e around";

test("a name that is none is refused at its field, before the server is asked", async () => {
  opens("/#sharing");
  for (const bad of ["   ", "x".repeat(81), TURNED]) {
    await types("common-name", bad);
    await sends("common-save");
    await waitFor(() => expect(at("common-name").getAttribute("aria-invalid")).toBe("true"));
    expect(at("common-name-below").textContent).toMatch(/\w+.*\./);
    expect(at("common-name").value).toBe(bad);
  }
  expect(server.times(CHANGE)).toBe(0);
});

test("the same for a person's name, at the door and in the account", async () => {
  opens("/", false);
  await fireEvent.click(at("door-up"));
  await types("door-name", TURNED);
  await types("door-login", "zoe");
  await types("door-password", "long enough");
  await sends("door-go");
  await waitFor(() => expect(at("door-name-below").textContent).toContain("80 characters"));
  expect(document.activeElement).toBe(at("door-name"));
  expect(server.times("POST accounts")).toBe(0);
  cleanup();

  opens("/#account");
  await fireEvent.click(at("rename"));
  await types("rename-ask-name", TURNED);
  await sends("rename-ask-go");
  await waitFor(() => expect(at("rename-ask-name-below").textContent).toContain("80 characters"));
  expect(server.times("PATCH account")).toBe(0);
});

test("a goal out of its range is refused at its field, and one within is sent", async () => {
  opens("/#sharing");
  await types("goal", "10081");
  await sends("goal-save");
  await waitFor(() => expect(at("goal-wrong").textContent).toContain("10,080"));
  await types("goal", "10080");
  expect(screen.queryByTestId("goal-wrong")).toBeNull();
  server.answers("PATCH partnerships/us/membership", () => null);
  await sends("goal-save");
  await waitFor(() =>
    expect(server.body("PATCH partnerships/us/membership")).toEqual({ weekly_goal_s: 604_800 }),
  );
});

test.each([
  ["", false],
  ["1969-12-31", false],
  ["12026-01-01", false],
  ["2026-02-30", false],
  ["1970-01-01", true],
])("%s is a date to share from: %s", (date, is_one) => {
  expect(sinceProblem(date) === null).toBe(is_one);
});

test.each([
  ["-1", false],
  ["10080.5", false],
  ["x", false],
  ["0", true],
  ["90", true],
])("%s is a goal: %s", (minutes, is_one) => {
  expect(goalProblem(minutes) === null).toBe(is_one);
});

test("what programs say of a field is no sentence for people", () => {
  for (const code of ["invalid_field", "malformed_json", "unavailable"]) {
    expect(wordsFor(new Refused(code, "In the body at share_since (line 1)"))).not.toMatch(/body/);
  }
});
