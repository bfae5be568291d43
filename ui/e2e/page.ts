// A page of a browser that tells on itself: a break of the CSP, a request to anywhere else, a dialog or
// an error of the script fails the test, whatever it is about.
import {
  test as base,
  expect,
  type Browser,
  type BrowserContext,
  type Page,
} from "@playwright/test";
import { PASSWORD, type Person, login } from "./people";

export { expect, type Page };

const ORIGIN = new URL(process.env["MITTA_WEB_URL"] ?? "http://localhost:8743").origin;

class Browsers {
  readonly said: string[] = [];
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** A browser of its own, with no cookie yet. */
  async open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context = await this.#browser.newContext(options);
    this.#contexts.push(context);
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== ORIGIN && url.protocol !== "blob:") this.said.push(`asked ${url.href}`);
    });
    const page = await context.newPage();
    page.on("dialog", (dialog) => {
      this.said.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("pageerror", (error) => this.said.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy|Refused to|violat/i.test(message.text()))
        this.said.push(message.text());
    });
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
  }
}

export const test = base.extend<{ browsers: Browsers }>({
  browsers: async ({ browser }, use) => {
    const browsers = new Browsers(browser);
    await use(browsers);
    await browsers.close();
    expect(browsers.said).toEqual([]);
  },
});

/** Once the script has taken over. */
export async function ready(page: Page): Promise<void> {
  await expect(page.locator("html[data-ready]")).toBeAttached();
}

export async function signIn(page: Page, who: { login: string }): Promise<void> {
  await page.goto("/");
  await ready(page);
  await page.getByTestId("door-login").fill(who.login);
  await page.getByTestId("door-password").fill(PASSWORD);
  await page.getByTestId("door-go").click();
  await expect(page.getByTestId("nav-week")).toBeVisible();
}

/** Makes an account on the page, up to where the code was written down; its login. */
export async function signUp(page: Page, name: string): Promise<string> {
  const as = login(name.toLowerCase().replace(/[^a-z]/g, "x"));
  await ready(page);
  const way = page.getByTestId("door-up");
  if (await way.isVisible()) await way.click();
  await page.getByTestId("door-name").fill(name);
  await page.getByTestId("door-login").fill(as);
  await page.getByTestId("door-password").fill(PASSWORD);
  await page.getByTestId("door-go").click();
  await expect(page.getByTestId("recovery-code")).toHaveText(/\S{4}/);
  await page.getByTestId("code-written").click();
  return as;
}

/** Two persons with an app in one partnership, and the first one's page, told what happens. */
export async function couple(
  browsers: Browsers,
  make: typeof Person,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ ana: Person; ben: Person; partnership_id: string; page: Page }> {
  const [ana, ben] = [await make.signsUp("Ana"), await make.signsUp("Ben")];
  const partnership_id = await ana.partners(ben);
  const page = await browsers.open(options);
  await signIn(page, ana);
  await live(page);
  return { ana, ben, partnership_id, page };
}

export async function go(page: Page, place: string): Promise<void> {
  await page.getByTestId(`nav-${place}`).click();
  await expect(page.getByTestId(`nav-${place}`)).toHaveAttribute("aria-current", "page");
}

/** Once the server tells this page what happens. */
export async function live(page: Page): Promise<void> {
  await expect(page.getByTestId("live")).toHaveAttribute("data-live", "true");
}

export type { Browsers };
