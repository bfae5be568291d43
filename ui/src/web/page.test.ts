// What the page knows, and when it asks: against a server of routes and a stream.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Now } from "$lib/generated/Now";
import { ANA, Refusal, WebServer, hide, partnershipOf, togetherOf } from "../testing/web-server";
import { Page } from "./page.svelte";
import { today } from "./today";

const BEN = { person_id: "ben", login: "ben", display_name: "Ben" };
const US = partnershipOf("Us");
let server: WebServer;
let page: Page;

const nowOf = (sitting: Now["sitting"] = []): Now => ({
  now_ms: Date.now(),
  sitting,
  proposals: [],
});
const sits = (ends_in_ms: number | null) => ({
  partnership_id: "us",
  person_id: "ben",
  started_at_ms: Date.now() - 60_000,
  ends_at_ms: ends_in_ms === null ? null : Date.now() + ends_in_ms,
});
const drawn = (sitting: Now["sitting"] = []) => ({
  account: ANA,
  today: today(),
  together: togetherOf(US),
  now: nowOf(sitting),
});
/** Lets what is on its way arrive, and the clock go on. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 28, 12, 0) });
  localStorage.clear();
  history.replaceState(null, "", "/");
  hide(false);
  server = new WebServer();
  server.answers("GET together", () => togetherOf(US));
  server.answers("GET now", () => nowOf());
  page = new Page();
});

afterEach(() => {
  page.left();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what the server drew a moment ago is not asked for again", async () => {
  page.begin(drawn(), false);
  await pass();
  expect(page.is_live).toBe(true);
  expect(server.times("GET together")).toBe(0);
  expect(page.membership_told).toBe(0);
});

test("seen again after it was hidden, the page asks for what no stream tells", async () => {
  page.begin(drawn(), false);
  await pass();
  hide(true);
  expect(page.is_live).toBe(false);
  hide(false);
  await pass();
  expect(page.is_live).toBe(true);
  expect(page.membership_told).toBe(1);
  expect(server.times("GET together")).toBe(1);
  expect(server.times("GET now")).toBe(1);
});

test("a stream that broke is followed by one, and by asking for what is missed", async () => {
  page.begin(drawn(), false);
  await pass();
  server.hangsUp();
  await pass(1_000);
  expect(server.times("GET live")).toBe(2);
  expect(page.membership_told).toBe(1);
  expect(server.times("GET together")).toBe(1);
});

test("drawn into a page nobody saw yet, it is asked for once it is seen", async () => {
  hide(true);
  page.begin(drawn(), false);
  await pass(3_600_000);
  expect(server.asked).toEqual([]);
  hide(false);
  await pass();
  expect(page.membership_told).toBe(1);
  expect(server.times("GET together")).toBe(1);
});

test("nobody sits past the end that was planned", async () => {
  page.begin(drawn([sits(30_000)]), false);
  await pass(29_000);
  expect(page.sitting).toHaveLength(1);
  await pass(2_000);
  expect(page.sitting).toEqual([]);
});

test("cut off for two minutes, nobody is said to be sitting until it is heard again", async () => {
  page.begin(drawn([sits(null)]), false);
  await pass();
  const off = () => {
    throw new TypeError("no network");
  };
  server.answers("GET live", off);
  server.hangsUp();
  await pass(115_000);
  expect(page.sitting).toHaveLength(1);
  await pass(6_000);
  expect(page.sitting).toEqual([]);
  server.answers("GET now", () => nowOf([sits(null)]));
  page.retry();
  await pass();
  expect(page.sitting).toHaveLength(1);
});

test("a hidden page neither ticks nor asks, and catches up when it is seen", async () => {
  page.begin(drawn(), false);
  await pass();
  hide(true);
  await pass(20 * 3_600_000);
  expect(server.times("GET together")).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  hide(false);
  await pass();
  expect(server.times("GET together")).toBeGreaterThan(0);
  expect(page.today).toBe("2026-11-29");
});

test("the recovery code of a sign-up is shown, whatever fails after it", async () => {
  server.answers("GET account", () => {
    throw new Refusal(500, "internal");
  });
  page.entered({ ...ANA, recovery_code: "one-time" });
  expect(page.phase).toBe("in");
  expect(page.account).toEqual(ANA);
  // Asked to sign in again before it was written down.
  page.entered(ANA);
  expect(page.recovery_code).toBe("one-time");
  page.entered(BEN);
  expect(page.recovery_code).toBeNull();
});

async function accepts(): Promise<void> {
  page.begin({ ...drawn(), together: togetherOf(partnershipOf("Evenings", "old")) }, false);
  server.answers("GET together", () => togetherOf(partnershipOf("Evenings", "old")));
  server.answers("POST invites/accept", () => ({
    partnership_name: "Evenings",
    inviter_name: "Cleo",
  }));
  await page.accept("secret", page.today);
  await pass();
}

test("another partnership of the same name ends no waiting; the one waited for does", async () => {
  await accepts();
  page.retry();
  await pass();
  expect(page.waiting?.inviter_name).toBe("Cleo");
  server.answers("GET together", () =>
    togetherOf(partnershipOf("Evenings", "old"), partnershipOf("Evenings", "new")),
  );
  server.tells("membership");
  await pass();
  expect(page.waiting).toBeNull();
  expect(localStorage.getItem("mitta-waiting")).toBeNull();
});

test("what one waits for outlives a reload, but is nobody else's", async () => {
  await accepts();
  const kept = localStorage.getItem("mitta-waiting") ?? "";
  const reloaded = new Page();
  reloaded.entered(ANA);
  expect(reloaded.waiting?.partnership_name).toBe("Evenings");
  reloaded.left();
  expect(localStorage.getItem("mitta-waiting")).toBeNull();
  localStorage.setItem("mitta-waiting", kept);
  const other = new Page();
  other.entered(BEN);
  expect(other.waiting).toBeNull();
  expect(localStorage.getItem("mitta-waiting")).toBeNull();
  other.left();
});

test("a sign-in that counts no more forgets it; the same person still sees it", async () => {
  await accepts();
  server.answers("GET together", () => {
    throw new Refusal(401, "sign_in_needed");
  });
  page.retry();
  await pass();
  expect(page.phase).toBe("again");
  expect(localStorage.getItem("mitta-waiting")).toBeNull();
  page.entered(ANA);
  expect(page.waiting?.inviter_name).toBe("Cleo");
});

test("what cannot be read of the browser's storage is as good as nothing", () => {
  for (const odd of ["{", "null", '{"partnership_name":"Us"}', '{"person_id":"ana"}']) {
    localStorage.setItem("mitta-waiting", odd);
    page.entered(ANA);
    expect(page.waiting).toBeNull();
  }
});

test("what was on its way when somebody signed out is not put back", async () => {
  page.begin(drawn(), false);
  await pass();
  let arrive = (_: unknown) => {};
  const late = new Promise((resolve) => (arrive = resolve));
  server.answers("GET together", () => late);
  server.answers("PATCH account", () => late.then(() => ({ ...ANA, display_name: "Anna" })));
  page.retry();
  const renamed = page.rename("Anna").catch((thrown: unknown) => thrown);
  page.left();
  server.answers("GET together", () => togetherOf());
  page.entered(BEN);
  await pass();
  expect(page.together).toEqual(togetherOf());
  arrive(togetherOf(US));
  await renamed;
  await pass();
  expect(page.account).toEqual(BEN);
  expect(page.together).toEqual(togetherOf());
  expect(page.phase).toBe("in");
});
