// What people write is text, wherever it is shown, and in the page's own HTML.
import { expect, go, live, signIn, signUp, test } from "./page";
import { Person } from "./people";

const EVIL = `<img src=x onerror=alert(1)>"'</script><script>alert(2)</script>`;
const NAME = `<img src=x onerror="alert(1)"> </script>&amp;`;

test("a stored <img onerror> stays text in names, notes, labels and devices", async ({
  browsers,
}) => {
  const ana = await Person.signsUp("Ana", NAME);
  const ben = await Person.signsUp("Ben", EVIL.slice(0, 80));
  await ana.partners(ben, NAME);
  const sit = await ben.sits({ minutes: 20 });
  await ben.writes(sit, EVIL, NAME);
  await ben.share(sit, true, true);

  const page = await browsers.open();
  await signIn(page, ana);
  await live(page);
  const clean = async () => {
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("script:not([src]):not([type='application/json'])").count()).toBe(0);
  };
  await expect(page.getByTestId("partnership-name")).toHaveText(NAME);
  await expect(page.getByTestId("sit-words")).toContainText(EVIL);
  await clean();
  for (const place of ["history", "sharing", "account"]) {
    await go(page, place);
    await expect(page.locator("main")).toContainText("<img");
    await clean();
  }
  // Drawn by the server this time, as HTML and as the data that the script begins with.
  await page.goto("/");
  await expect(page.getByTestId("sit-words")).toContainText(EVIL);
  await clean();
  const html = await (await page.request.get("/")).text();
  expect(html).not.toContain("<img");
  expect(html).toContain("&lt;img");

  const bare = await browsers.open({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  });
  await bare.goto("/");
  await expect(bare.locator("h1")).toHaveText(NAME);
  expect(await bare.locator("img").count()).toBe(0);
});

test("a name of such text waits, is let in and named on the page as text", async ({ browsers }) => {
  const ana = await Person.signsUp("Ana");
  const partnership_id = await ana.begins(NAME);
  const { secret } = await ana.invites(partnership_id);
  const guest = await browsers.open();
  await guest.goto(`/invite#${secret}`);
  await signUp(guest, NAME);
  await guest.getByTestId("join-go").click();
  await expect(guest.getByTestId("waiting")).toContainText(NAME);
  const host = await browsers.open();
  await signIn(host, ana);
  await go(host, "sharing");
  await expect(host.getByTestId("invite")).toContainText(NAME);
  await host.getByTestId("invite-confirm").click();
  await expect(guest.getByTestId("partnership-name")).toHaveText(NAME);
  expect(await host.locator("img").count()).toBe(0);
  expect(await guest.locator("img").count()).toBe(0);
});
