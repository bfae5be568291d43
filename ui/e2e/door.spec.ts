// Getting in: before the script, with it, with what is wrong; and what the browser is told to keep.
import { couple, expect, go, live, ready, signIn, signUp, test } from "./page";
import { PASSWORD, Person, login } from "./people";

test("the form stands before the script, and keeps what was typed and where", async ({
  browsers,
}) => {
  const ana = await Person.signsUp("Ana");
  const page = await browsers.open();
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(/\.js$/, async (route) => {
    await arrived;
    await route.continue();
  });
  await page.goto("/", { waitUntil: "commit" });
  await page.getByTestId("door-login").fill(ana.login);
  await page.getByTestId("door-password").fill(PASSWORD);
  await expect(page.getByTestId("door-go")).toBeDisabled();
  arrive();
  await ready(page);
  await expect(page.getByTestId("door-login")).toHaveValue(ana.login);
  await expect(page.getByTestId("door-password")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("begin")).toBeVisible();
});

// Before its script the page knows no zone but UTC, where it may be Sunday still.
test("names and this week stand in the HTML of one who is signed in", async ({ browsers }) => {
  const { ana, ben, page } = await couple(browsers, Person);
  await ana.sits({ minutes: 21, zone: "UTC" });
  await ben.sits({ minutes: 65, zone: "UTC" });
  const without = await browsers.open({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  });
  await without.goto("/");
  await expect(without.locator("h1")).toHaveText("Us");
  await expect(without.locator("li").filter({ hasText: "Ana" })).toContainText("21 min");
  await expect(without.locator("li").filter({ hasText: "Ben" })).toContainText("1 h 05");
  await expect(without.locator("main")).toContainText("Week from");
});

test("the page of one who is signed in asks for nothing before it is drawn", async ({
  browsers,
}) => {
  const { page } = await couple(browsers, Person, { timezoneId: "UTC" });
  const again = await page.context().newPage();
  await again.route("**/v1/**", () => {});
  await again.goto("/");
  await expect(again.getByTestId("member")).toHaveCount(2);
});

test("the cookie is of this host, for no script and no other site", async ({ browsers }) => {
  const ana = await Person.signsUp("Ana");
  const page = await browsers.open();
  await signIn(page, ana);
  const [cookie, ...more] = await page.context().cookies();
  expect(more).toEqual([]);
  expect(cookie).toMatchObject({
    name: "__Host-mitta",
    path: "/",
    httpOnly: true,
    secure: true,
    sameSite: "Strict",
  });
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await go(page, "account");
  await page.getByTestId("sign-out").click();
  await expect(page.getByTestId("door-login")).toBeVisible();
  expect(await page.context().cookies()).toEqual([]);
});

test("a page of another site has no cookie to send, and the form is not framed", async ({
  browsers,
}) => {
  const ana = await Person.signsUp("Ana");
  const page = await browsers.open();
  await signIn(page, ana);
  const response = await page.goto("/");
  const headers = response?.headers() ?? {};
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["referrer-policy"]).toBe("no-referrer");
});

test("what is wrong at the door is said where it is wrong, and stays typed", async ({
  browsers,
}) => {
  const ana = await Person.signsUp("Ana");
  const page = await browsers.open();
  await page.goto("/");
  await ready(page);
  await page.getByTestId("door-go").click();
  await expect(page.getByTestId("door-login-below")).toContainText("fill this in");
  await expect(page.getByTestId("door-login")).toBeFocused();
  await page.getByTestId("door-login").fill(ana.login);
  await page.getByTestId("door-password").fill("not the password");
  await page.getByTestId("door-go").click();
  await expect(page.getByTestId("door-login-below")).toContainText("password");
  await expect(page.getByTestId("door-password")).toHaveValue("not the password");
  await page.getByTestId("door-up").click();
  await page.getByTestId("door-name").fill("Ana");
  await page.getByTestId("door-go").click();
  await expect(page.getByTestId("door-login-below")).toContainText("taken");
});

test("back in with the recovery code", async ({ browsers }) => {
  const page = await browsers.open();
  const as = login("rosa");
  await page.goto("/");
  await ready(page);
  await page.getByTestId("door-up").click();
  await page.getByTestId("door-name").fill("Rosa");
  await page.getByTestId("door-login").fill(as);
  await page.getByTestId("door-password").fill(PASSWORD);
  await page.getByTestId("door-go").click();
  const code = (await page.getByTestId("recovery-code").textContent()) ?? "";
  const other = await browsers.open();
  await other.goto("/");
  await ready(other);
  await other.getByTestId("door-recover").click();
  await other.getByTestId("door-login").fill(as);
  await other.getByTestId("door-code").fill(code);
  await other.getByTestId("door-password").fill("a whole new password");
  await other.getByTestId("door-go").click();
  await expect(other.getByTestId("recovery-code")).toBeVisible();
});

test("a sign-in that was ended elsewhere is asked for anew, and nothing typed is lost", async ({
  browsers,
}) => {
  const { ana, page } = await couple(browsers, Person);
  await go(page, "sharing");
  await page.getByTestId("common-name").fill("Our evenings");
  // Another password signs every page out.
  await ana.ask("POST", "account/password", {
    current_password: PASSWORD,
    new_password: "a whole new password",
  });
  await page.getByTestId("common-save").click();
  await expect(page.getByTestId("again-says")).toContainText("still there");
  await expect(page.getByTestId("door-login")).toHaveValue(ana.login);
  await page.getByTestId("door-password").fill("a whole new password");
  await page.getByTestId("door-go").click();
  await expect(page.getByTestId("common-name")).toHaveValue("Our evenings");
  await page.getByTestId("common-save").click();
  await expect(page.getByTestId("sharing").locator("h2")).toHaveText("Our evenings");
});

test("a page opened with a cookie that counts no more is the door", async ({ browsers }) => {
  const { ana, page } = await couple(browsers, Person);
  await ana.ask("POST", "account/password", {
    current_password: PASSWORD,
    new_password: "a whole new password",
  });
  await page.reload();
  await expect(page.getByTestId("door-login")).toBeVisible();
  await expect(page.getByTestId("nav-week")).toHaveCount(0);
});

test("somebody else at the same browser sees nothing of the one before", async ({ browsers }) => {
  const { page } = await couple(browsers, Person);
  await go(page, "account");
  await page.getByTestId("sign-out").click();
  await expect(page.getByTestId("door-login")).toBeVisible();
  await signUp(page, "Zoe");
  await expect(page.getByTestId("begin")).toBeVisible();
  expect(await page.content()).not.toContain("Ben");
  await live(page);
});

test("an account erased on the page is gone", async ({ browsers }) => {
  const ana = await Person.signsUp("Ana");
  const page = await browsers.open();
  await signIn(page, ana);
  await go(page, "account");
  await page.getByTestId("erase").click();
  await page.getByTestId("erase-ask-password").fill("not the password");
  await page.getByTestId("erase-ask-go").click();
  await expect(page.getByTestId("erase-ask-password-below")).toContainText("not the password");
  await page.getByTestId("erase-ask-password").fill(PASSWORD);
  await page.getByTestId("erase-ask-go").click();
  await expect(page.getByTestId("door-login")).toBeVisible();
  await page.getByTestId("door-login").fill(ana.login);
  await page.getByTestId("door-password").fill(PASSWORD);
  await page.getByTestId("door-go").click();
  await expect(page.getByTestId("door-login-below")).toContainText("password");
});
