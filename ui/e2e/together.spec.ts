// From an invite to what two people see of each other, live, and equal to what the tables say.
import { couple, expect, go, live, ready, signIn, signUp, test } from "./page";
import { Person, date, sql } from "./people";

test("sign up by a link, accept, be let in, see each other", async ({ browsers }) => {
  const host = await Person.signsUp("Hanna");
  const partnership_id = await host.begins("Evenings");
  await host.sits({ minutes: 25 });
  const { secret } = await host.invites(partnership_id);

  const guest = await browsers.open();
  await guest.goto(`/invite#${secret}`);
  await expect(guest.getByTestId("invited-says")).toBeVisible();
  await signUp(guest, "Gil");
  await guest.getByTestId("join-go").click();
  await expect(guest.getByTestId("waiting")).toContainText("Hanna");
  await expect(guest.getByTestId("waiting")).toContainText("Evenings");
  expect(new URL(guest.url()).hash).not.toContain(secret);
  await live(guest);

  const inviter = await browsers.open();
  await signIn(inviter, host);
  await go(inviter, "sharing");
  await expect(inviter.getByTestId("invite")).toContainText("Gil");
  await inviter.getByTestId("invite-confirm").click();
  await expect(inviter.getByTestId("consent-with")).toContainText("Gil");

  await expect(guest.getByTestId("waiting")).toBeHidden();
  await expect(guest.getByTestId("partnership-name")).toHaveText("Evenings");
  await expect(guest.getByTestId("member").filter({ hasText: "Hanna" })).toContainText("25 min");
  await go(inviter, "week");
  await expect(inviter.getByTestId("member").filter({ hasText: "Gil" })).toBeVisible();
});

test("an invite made on the page is accepted on another", async ({ browsers }) => {
  const host = await browsers.open();
  await host.goto("/");
  await signUp(host, "Hanna");
  await host.getByTestId("create").click();
  await host.getByTestId("create-ask-name").fill("Mornings");
  await host.getByTestId("create-ask-go").click();
  await expect(host.getByTestId("sharing")).toContainText("Mornings");
  await host.getByTestId("invite-link").click();
  const link = (await host.getByTestId("invite-secret").textContent()) ?? "";
  expect(link).toContain("/invite#");

  const guest = await browsers.open();
  await guest.goto(link.trim());
  await signUp(guest, "Gil");
  await guest.getByTestId("join-go").click();
  await expect(host.getByTestId("invite").filter({ hasText: "Gil" })).toBeVisible();
  await host.getByTestId("invite-confirm").click();
  await expect(guest.getByTestId("partnership-name")).toHaveText("Mornings");
});

test("a sit appears by itself, its totals are those of the tables, private it is gone", async ({
  browsers,
}) => {
  const { ana, ben, page } = await couple(browsers, Person);
  const bens = page.getByTestId("member").filter({ hasText: "Ben" });
  await expect(bens).toContainText("0 min");
  await ana.sits({ minutes: 20 });
  const first = await ben.sits({ minutes: 31 });
  await expect(bens.getByTestId("member-total")).toHaveText("31 min");
  const second = await ben.sits({ minutes: 44 });
  await expect(bens.getByTestId("member-total")).toHaveText("1 h 15");
  await expect(page.getByTestId("together-sit").filter({ hasText: "Ben" })).toHaveCount(2);

  const [shown] = sql(
    `SELECT sum(d.credited_s) FROM mitta.shares s JOIN mitta.day_totals d USING (share_id)
     WHERE s.person_id = '${ben.person_id}' AND d.local_date > '${date(7)}'`,
  );
  const [h, min] = [Math.floor(Number(shown) / 3600), (Number(shown) % 3600) / 60];
  await expect(bens.getByTestId("member-total")).toHaveText(`${h} h ${min}`);

  await ben.share(second, false);
  await expect(bens.getByTestId("member-total")).toHaveText("31 min");
  await expect(page.getByTestId("together-sit").filter({ hasText: "Ben" })).toHaveCount(1);
  await ben.share(first, false);
  await expect(bens.getByTestId("member-total")).toHaveText("0 min");
  expect(await page.content()).not.toContain(first);
  // Nor is it in the next page.
  await page.reload();
  await expect(bens.getByTestId("member-total")).toHaveText("0 min");
});

test("the history goes back page by page, and what is made private leaves it", async ({
  browsers,
}) => {
  const { ben, page } = await couple(browsers, Person);
  const sits: string[] = [];
  for (let day = 0; day < 55; day += 1) sits.push(await ben.sits({ minutes: 10, days_ago: day }));
  await expect(page.getByTestId("together-more")).toBeVisible();
  await go(page, "history");
  const rows = page.getByTestId("together-sit");
  await expect(rows).toHaveCount(50);
  await page.getByTestId("together-more").click();
  await expect(rows).toHaveCount(55);
  await expect(page.getByTestId("together-more")).toBeHidden();
  await ben.share(sits[54] ?? "", false);
  await expect(rows).toHaveCount(54);
});

test("who sits now and what is proposed is shown; the page cannot join", async ({ browsers }) => {
  const { ben, partnership_id, page } = await couple(browsers, Person);
  const sitting = page.getByTestId("sitting-now");
  const presence = {
    session_id: crypto.randomUUID(),
    local_date: date(),
    elapsed_s: 60,
    left_s: 1200,
  };
  await ben.ask("PUT", "presence", presence);
  await ben.sits({ minutes: 12 });
  await expect(page.getByTestId("member").filter({ hasText: "12 min" })).toBeVisible();
  // It is a consent of its own.
  await expect(sitting).toBeHidden();
  await ben.ask("PATCH", `partnerships/${partnership_id}/membership`, { shows_sitting: true });
  await expect(sitting).toBeVisible();
  await ben.ask("DELETE", "presence");
  await expect(sitting).toBeHidden();

  const bells = { start_strikes: 1, end_strikes: 3, interval_every_s: null };
  const proposal = {
    together_id: crypto.randomUUID(),
    starts_at_ms: Date.now() + 3_600_000,
    planned_s: 1500,
    bells,
  };
  await ben.ask("POST", `partnerships/${partnership_id}/proposals`, proposal);
  await expect(page.getByTestId("join-in-app")).toBeVisible();
  await expect(page.getByTestId("proposal-join")).toHaveCount(0);
  await ben.ask("DELETE", `proposals/${proposal.together_id}`);
  await expect(page.getByTestId("join-in-app")).toBeHidden();
});

test("leaving stops both directions at once, on every page", async ({ browsers }) => {
  const { ana, ben, page } = await couple(browsers, Person);
  await ana.sits({ minutes: 20 });
  const other = await browsers.open();
  await signIn(other, ben);
  await live(other);
  await expect(other.getByTestId("member").filter({ hasText: "Ana" })).toContainText("20 min");
  await go(page, "sharing");
  await page.getByTestId("leave").click();
  await expect(page.getByTestId("leave-ask")).toContainText("not see your sits any more");
  await page.getByTestId("leave-ask-go").click();
  await expect(page.getByTestId("sharing")).toHaveCount(0);
  await expect(other.getByTestId("member")).toHaveCount(1);
  await expect(other.getByTestId("together-sit")).toHaveCount(0);
});

test("what is shared is changed on the page and said by it at once", async ({ browsers }) => {
  const { page } = await couple(browsers, Person);
  await go(page, "sharing");
  await expect(page.getByTestId("consent-with")).toHaveText("Ben");
  await page.getByTestId("pause").click();
  await expect(page.getByTestId("consent-new")).toContainText("Paused");
  await page.getByTestId("shows-sitting").click();
  await expect(page.getByTestId("consent-sitting")).toContainText("Shown while you sit");
  await page.getByTestId("since").fill(date(3));
  await page.getByTestId("since-save").click();
  await expect(page.getByTestId("since-save")).toBeDisabled();
  await page.getByTestId("goal").fill("150");
  await page.getByTestId("goal-save").click();
  await expect(page.getByTestId("goal-save")).toBeDisabled();
  await go(page, "week");
  await expect(page.getByTestId("member-goal").first()).toContainText("2 h 30");
  await go(page, "account");
  await expect(page.getByTestId("activities")).toContainText("New sits are private");
});

test("a hidden page has no stream, and has missed nothing when it is seen again", async ({
  browsers,
}) => {
  const { ben, page } = await couple(browsers, Person);
  const hidden = (is: boolean) =>
    page.evaluate((is) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
      document.dispatchEvent(new Event("visibilitychange"));
    }, is);
  const ended = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/v1/live"));
  await hidden(true);
  await ended;
  // What was asked before it was hidden may only now be told; what comes from here on is asked in hiding.
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/v1/")) asked.push(request.url());
  });
  await ben.sits({ minutes: 33 });
  expect(asked).toEqual([]);
  await hidden(false);
  await expect(page.getByTestId("member").filter({ hasText: "Ben" })).toContainText("33 min");
  await ready(page);
});

test("a stream that broke is opened anew, and nothing of the time between is missed", async ({
  browsers,
}) => {
  const { ben, page } = await couple(browsers, Person);
  const other = await page.context().newPage();
  let opened = 0;
  await other.route("**/v1/live", async (route) => {
    opened += 1;
    if (opened === 1) await route.fulfill({ contentType: "text/event-stream", body: "" });
    else if (opened === 2) await route.abort();
    else await route.continue();
  });
  await other.goto("/");
  await ben.sits({ minutes: 17 });
  await live(other);
  await expect.poll(() => opened).toBeGreaterThanOrEqual(3);
  await expect(other.getByTestId("member").filter({ hasText: "Ben" })).toContainText("17 min");
});

test("a page left open over a change of week begins the new one by itself", async ({
  browsers,
}) => {
  const { ben } = await couple(browsers, Person);
  const page = await browsers.open();
  await page.clock.install({ time: new Date() });
  await signIn(page, ben);
  await expect(page.getByTestId("member").first()).toBeVisible();
  await ben.sits({ minutes: 23 });
  await expect(page.getByTestId("member-total").first()).toHaveText("23 min");
  await page.clock.fastForward(8 * 86_400_000);
  await expect(page.getByTestId("member-total").first()).toHaveText("0 min");
});
