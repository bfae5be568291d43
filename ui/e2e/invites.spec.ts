// Codes that are no good, and what one cannot do: each a sentence, and nothing typed is lost.
import { couple, expect, go, live, ready, signIn, signUp, test } from "./page";
import { Person, date, sql } from "./people";

test("a code that is used, expired or mistyped is said, and can be typed again", async ({
  browsers,
}) => {
  const ana = await Person.signsUp("Ana");
  const partnership_id = await ana.begins("Us");
  const { secret } = await ana.invites(partnership_id);
  const guest = await browsers.open();
  // Half a link.
  await guest.goto(`/invite#${secret.slice(0, 9)}`);
  await signUp(guest, "Gil");
  await guest.getByTestId("join-go").click();
  const said = guest.getByTestId("join-secret-below");
  await guest.getByTestId("join-secret").fill("nonsense");
  await guest.getByTestId("join-go").click();
  await expect(said).toContainText("not good any more");
  await expect(guest.getByTestId("join-secret")).toHaveValue("nonsense");
  await expect(guest.getByTestId("join-secret")).toBeFocused();

  sql(`UPDATE mitta.invites SET expires_at_ms = 1 WHERE partnership_id = '${partnership_id}'`);
  await guest.getByTestId("join-secret").fill(secret);
  await guest.getByTestId("join-go").click();
  await expect(said).toContainText("expired");

  const fresh = await ana.invites(partnership_id, "code");
  await guest.getByTestId("join-secret").fill(` ${fresh.secret.toLowerCase()} `);
  await guest.getByTestId("join-go").click();
  await expect(guest.getByTestId("waiting")).toBeVisible();

  // Used by now.
  const other = await browsers.open();
  await other.goto("/");
  await signUp(other, "Olga");
  await other.getByTestId("enter").click();
  await other.getByTestId("join-secret").fill(fresh.secret);
  await other.getByTestId("join-go").click();
  await expect(other.getByTestId("join-secret-below")).toContainText("used");
});

test("one's own partnership cannot be joined, nor a full one", async ({ browsers }) => {
  const ana = await Person.signsUp("Ana");
  const partnership_id = await ana.begins("Us");
  const [first, second] = [
    await ana.invites(partnership_id),
    await ana.invites(partnership_id, "code"),
  ];
  const page = await browsers.open();
  await signIn(page, ana);
  await page.goto(`/invite#${first.secret}`);
  await page.getByTestId("join-go").click();
  await expect(page.getByTestId("join-error")).toContainText("in this partnership already");
  await page.getByTestId("join-keep").click();

  const ben = await Person.signsUp("Ben");
  await ben.ask("POST", "invites/accept", { secret: first.secret, share_since: date() });
  const confirm = `partnerships/${partnership_id}/invites/${first.id}/confirm`;
  await ana.ask("POST", confirm, { accept: true });
  const third = await browsers.open();
  await signIn(third, await Person.signsUp("Carl"));
  await third.getByTestId("enter").click();
  await third.getByTestId("join-secret").fill(second.secret);
  await third.getByTestId("join-go").click();
  await expect(third.getByTestId("join-error")).toContainText("as many members");
});

test("who is turned away is in nothing, and the invite is used up", async ({ browsers }) => {
  const ana = await Person.signsUp("Ana");
  const partnership_id = await ana.begins("Us");
  const { secret } = await ana.invites(partnership_id);
  const guest = await browsers.open();
  await guest.goto(`/invite#${secret}`);
  await signUp(guest, "Gil");
  await guest.getByTestId("join-go").click();
  await expect(guest.getByTestId("waiting")).toBeVisible();
  const host = await browsers.open();
  await signIn(host, ana);
  await go(host, "sharing");
  await host.getByTestId("invite-turn-away").click();
  await expect(host.getByTestId("invite")).toHaveCount(0);
  await expect(host.getByTestId("consent-with")).toContainText("Nobody");
  await live(guest);
  await expect(guest.getByTestId("partnership")).toHaveCount(0);
});

test("one who is signed in already joins by the link, and puts it aside as well", async ({
  browsers,
}) => {
  const ana = await Person.signsUp("Ana");
  const partnership_id = await ana.begins("Us");
  const { secret } = await ana.invites(partnership_id);
  const guest = await browsers.open();
  await signIn(guest, await Person.signsUp("Gil"));
  await guest.goto(`/invite#${secret}`);
  await guest.getByTestId("join-keep").click();
  await expect(guest.getByTestId("join")).toHaveCount(0);
  expect(guest.url()).not.toContain("invite");
  await guest.goto(`/invite#${secret}`);
  await guest.getByTestId("join-go").click();
  await expect(guest.getByTestId("waiting")).toContainText("Ana");
});

test("two people name it at once: one is told, and keeps what was typed", async ({ browsers }) => {
  const { ben, partnership_id, page } = await couple(browsers, Person);
  await go(page, "sharing");
  const name = page.getByTestId("common-name");
  await name.fill("Ana’s name for it");
  await ben.ask("PATCH", `partnerships/${partnership_id}`, { name: "Ben’s name for it" });
  await expect(page.getByTestId("sharing").locator("h2")).toHaveText("Ben’s name for it");
  await expect(name).toHaveValue("Ana’s name for it");
  await page.getByTestId("common-save").click();
  await expect(page.getByTestId("common-meanwhile")).toContainText("Ben’s name for it");
  await expect(name).toHaveValue("Ana’s name for it");
  await page.getByTestId("common-save").click();
  await expect(page.getByTestId("sharing").locator("h2")).toHaveText("Ana’s name for it");
});

test("a name that is none is refused with a sentence, and stays typed", async ({ browsers }) => {
  const { page } = await couple(browsers, Person);
  await go(page, "sharing");
  const name = page.getByTestId("common-name");
  for (const bad of ["x".repeat(10_000), "turned ‮ around"]) {
    await name.fill(bad);
    await page.getByTestId("common-save").click();
    await expect(page.getByTestId("common-name-below")).toContainText(/\w+.*\./);
    await expect(name).toHaveValue(bad);
  }
  await ready(page);
});
