// For everybody: axe in both themes, the keyboard alone, and the width of a small phone.
import AxeBuilder from "@axe-core/playwright";
import { couple, expect, go, ready, signUp, test, type Browsers, type Page } from "./page";
import { PASSWORD, Person, date, login } from "./people";

async function clean(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze();
  const said = found.violations.map(
    (one) => `${page.url()} ${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`,
  );
  expect(said).toEqual([]);
}

async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over, page.url()).toBeLessThanOrEqual(0);
}

/** Every screen, with something on it, and `look` at each. */
async function everyScreen(
  browsers: Browsers,
  options: Parameters<Browsers["open"]>[0],
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const door = await browsers.open(options);
  await door.goto("/invite#not-one");
  await ready(door);
  await look(door);
  await door.getByTestId("door-in").click();
  await look(door);
  await door.getByTestId("door-recover").click();
  await door.getByTestId("door-go").click();
  await expect(door.getByTestId("door-login")).toBeFocused();
  await look(door);
  await door.goto("/");
  await door.reload();
  await ready(door);
  await door.getByTestId("door-up").click();
  await door.getByTestId("door-name").fill("Dora");
  await door.getByTestId("door-login").fill(login("dora"));
  await door.getByTestId("door-password").fill(PASSWORD);
  await door.getByTestId("door-go").click();
  await expect(door.getByTestId("recovery-code")).toBeVisible();
  await look(door);
  await door.getByTestId("code-written").click();
  await door.getByTestId("enter").click();
  await look(door);

  const { ana, ben, partnership_id, page } = await couple(browsers, Person, options);
  await ana.ask("PATCH", `partnerships/${partnership_id}`, {
    name: "A-rather-long-name-without-a-single-space-in-it-for-everybody",
  });
  for (let day = 0; day < 20; day += 3) {
    const sit = await ben.sits({ minutes: 11 + day, days_ago: day });
    await ben.writes(sit, "still, then rain ".repeat(9), "Evening");
    await ben.share(sit, true, true);
    await ana.sits({ minutes: 25, days_ago: day });
  }
  const sign = { session_id: crypto.randomUUID(), elapsed_s: 60, left_s: 1200 };
  await ben.ask("PUT", "presence", { ...sign, local_date: date() });
  await ben.ask("PATCH", `partnerships/${partnership_id}/membership`, { shows_sitting: true });
  await ben.ask("POST", `partnerships/${partnership_id}/proposals`, {
    together_id: crypto.randomUUID(),
    starts_at_ms: Date.now() + 3_600_000,
    planned_s: 1500,
    bells: { start_strikes: 1, end_strikes: 3, interval_every_s: null },
  });
  await expect(page.getByTestId("join-in-app")).toBeVisible();
  await expect(page.getByTestId("sitting-now")).toBeVisible();
  await look(page);
  await go(page, "history");
  await expect(page.getByTestId("together-sit").first()).toBeVisible();
  await look(page);
  await go(page, "sharing");
  await ana.begins("Not yet two");
  await expect(page.getByTestId("sharing")).toHaveCount(2);
  await page.getByTestId("invite-link").click();
  await expect(page.getByTestId("invite-secret")).toBeVisible();
  await page.getByTestId("leave").first().click();
  await look(page);
  await go(page, "account");
  await expect(page.getByTestId("activities")).toBeVisible();
  await page.getByTestId("change-password").click();
  await page.getByTestId("change-password-ask-go").click();
  await page.getByTestId("erase").click();
  await look(page);
  await ana.ask("POST", "account/password", {
    current_password: PASSWORD,
    new_password: "a whole new password",
  });
  // The server tells the page that its sign-in is over.
  await expect(page.getByTestId("again-says")).toBeVisible();
  await look(page);
}

for (const colorScheme of ["light", "dark"] as const) {
  const locale = colorScheme === "light" ? "en-GB" : "de-DE";
  test(`axe finds nothing on any screen, ${colorScheme}, ${locale}`, async ({ browsers }) => {
    await everyScreen(browsers, { colorScheme, locale, reducedMotion: "reduce" }, clean);
  });
}

// In German, which has the longer words.
test("nothing is wider than a phone of 360 px", async ({ browsers }) => {
  const phone = {
    viewport: { width: 360, height: 640 },
    hasTouch: true,
    isMobile: true,
    locale: "de-DE",
  };
  await everyScreen(browsers, phone, fits);
});

test("the first picture is in the language of the browser, then in the one chosen", async ({
  browsers,
}) => {
  const page = await browsers.open({ locale: "de-AT" });
  // What the server drew, before any script.
  const drawn = await (
    await page.request.get("/", { headers: { "accept-language": "de-AT" } })
  ).text();
  expect(drawn).toContain('<html lang="de"');
  expect(drawn).toContain("Anmeldename");
  await page.goto("/");
  await ready(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByTestId("door-go")).toHaveText("Anmelden");
  await page.getByTestId("door-login").fill("kei");
  await page.getByTestId("language-en").click();
  await expect(page.getByTestId("door-go")).toHaveText("Sign in");
  await expect(page.getByTestId("door-login")).toHaveValue("kei");
  await page.reload();
  await ready(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.keyboard.press("Escape");
  await page.locator("body").press("?");
  await expect(page.getByTestId("shortcuts")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("shortcuts")).toHaveCount(0);
});

/** Tabs on until the focus is at `testid`; fails where it never is. */
async function tabTo(page: Page, testid: string): Promise<void> {
  const at = () => page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  for (let step = 0; step < 60; step += 1) {
    if ((await at()) === testid) return;
    await page.keyboard.press("Tab");
  }
  expect(await at()).toBe(testid);
}

test("the keyboard alone does it: sign up, begin, invite, set, leave", async ({ browsers }) => {
  const page = await browsers.open();
  await page.goto("/");
  await ready(page);
  const press = async (testid: string, key = "Enter") => {
    await tabTo(page, testid);
    const shown = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body);
      return `${style.outlineStyle} ${style.outlineWidth}`;
    });
    expect(shown, testid).toBe("solid 2px");
    await page.keyboard.press(key);
  };
  await press("door-up");
  await tabTo(page, "door-name");
  await page.keyboard.type("Kei");
  await tabTo(page, "door-login");
  await page.keyboard.type(login("kei"));
  await tabTo(page, "door-password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("recovery-code")).toBeVisible();
  await press("code-written");
  await expect(page.getByTestId("create")).toBeVisible();
  await press("create");
  await expect(page.getByTestId("create-ask-name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("create")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Mornings");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("sharing")).toBeVisible();
  await press("pause", "Space");
  await expect(page.getByTestId("consent-new")).toContainText("Paused");
  await press("invite-code");
  await expect(page.getByTestId("invite-secret")).toBeVisible();
  await press("leave");
  await press("leave-ask-go");
  await expect(page.getByTestId("sharing")).toHaveCount(0);
  await press("nav-account");
  await expect(page.locator("h1")).toBeFocused();
  await press("sign-out");
  await expect(page.getByTestId("door-login")).toBeVisible();
});

test("a screen reader is told what fails, waits and changes", async ({ browsers }) => {
  const page = await browsers.open();
  await page.goto("/");
  await signUp(page, "Kei");
  await page.getByTestId("enter").click();
  await page.getByTestId("join-secret").fill("nonsense");
  await page.getByTestId("join-go").click();
  const field = page.getByRole("textbox", { name: "Code or link" });
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(/not good any more/);
});
